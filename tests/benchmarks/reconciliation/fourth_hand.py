"""A fourth generator: banks that give one label and nothing else, families of like names, short and bare numbers.

It shares no template with the other three. A receipt is decidable when a careful clerk, with the records the hub is
given and the text that is left after the bank's cut, would apply it without asking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation import fourth_hand_texts as texts
from tests.benchmarks.reconciliation.fourth_hand_firms import (
    CREDITS,
    INVOICES,
    Document,
    Firm,
    account,
    make_firms,
    plain,
)
from tests.benchmarks.reconciliation.scenario import Rows, Scenario, Truth

TODAY = date(2026, 11, 12)
_DAYS = 460

# Kinds of receipts and their share.
KINDS = {
    "named": 240, "year_dropped": 50, "list": 70, "range": 18, "month": 25, "solde_all": 20, "acompte_solde": 22,
    "acompte": 25, "order": 35, "client_number": 35, "client_and_number": 12, "escompte": 18, "foreign_fee": 14,
    "too_much": 12, "credit_named": 22, "credit_silent": 8, "group": 18, "factor": 18, "slip": 20, "silent": 55,
    "silent_two": 14, "rent_month": 16, "rent_in_order": 8, "glued": 18, "siren": 10,
    "paid_twice": 10, "closed": 12, "escompte_not_agreed": 6, "short_at_home": 10, "brother_number": 10,
    "brother_amount": 12, "stranger": 10, "advance": 12, "cheques": 10, "nobody": 45, "nobody_tempting": 12,
    "other_counter": 8,
}  # fmt: skip
_FACTORS = ("EUROFACTOR", "BNP PARIBAS FACTOR", "FACTOFRANCE", "CGA FACTORING", "ABN AMRO COMMERCIAL FINANCE")
_NOBODY = (
    ("DGFIP", "VIR DGFIP REMBOURSEMENT CREDIT TVA 3519"), ("", "VIR SEPA URSSAF RHONE ALPES TROP VERSE"),
    ("", "VIREMENT INTERNE DEPUIS CPT EPARGNE"), ("", "DEBLOCAGE PRET PRO 0012458"),
    ("", "REMISE CB 1234567 DU 041126"),
    ("", "VIR CPAM DU RHONE IJSS 10 2026"), ("GENERALI IARD", "REGLEMENT SINISTRE 26A00123"),
    ("", "VIR DRFIP CREDIT IMPOT RECHERCHE 2025"), ("", "INTERETS CREDITEURS 3EME TRIM"),
    ("STRIPE", "STRIPE PAYOUT 88A1"),
    ("", "REMB NOTE DE FRAIS M ADAM"), ("", "VIR OPCO EP FORMATION APPRENTI"), ("", "VERSEMENT ESPECES 1102 AG DOLE"),
    ("SUMUP PAYMENTS", "SUMUP PID 3391"), ("", "REM CARTES TPE 0044123 12/11"), ("", "VIR AGEFIPH AIDE EMBAUCHE"),
    ("", "REMBOURSEMENT TROP PERCU SALAIRE"), ("EDF", "REMBOURSEMENT TROP PERCU CONTRAT 100 234 567"),
    ("", "VIR COMPTE A COMPTE TRESORERIE"), ("MAIF", "INDEMNISATION DOSSIER M26 114 552"),
)  # fmt: skip


class FourthHand:
    """Draws the firms, their documents, and one receipt after the other."""

    def __init__(self, seed: int, invoices: int) -> None:
        self.rng = Random(seed + 77_000_003)
        self.firms = make_firms(self.rng, max(invoices // 15, 40))
        self._join_groups()
        self.closed: list[tuple[Firm, Document]] = []
        self.receipts, self.truth = Rows(), list[Truth]()
        self.silent: list[tuple[int, Firm, date, list[Document]]] = []  # to be labelled when the ledger is final
        self.paid: list[dict[str, Any]] = []
        self._issue(invoices)
        self.names = [(firm, re.sub(r"[^A-Z0-9]", "", plain(firm.name))) for firm in self.firms]
        self.families = self._families()

    def _join_groups(self) -> None:
        """Every sixtieth debtor is the parent of two others of its seller."""
        for firm in self.firms[::60]:
            for child in [f for f in self.firms if f.seller == firm.seller and f is not firm and not f.parent][
                :200:100
            ]:
                child.parent = firm.code if not firm.parent else None

    def _issue(self, invoices: int) -> None:
        rng, counters = self.rng, dict[tuple[object, ...], int]()
        weights = [min(rng.paretovariate(1.3), 25.0) for _ in self.firms]
        owners = rng.choices(self.firms, weights, k=invoices)
        for row, firm in enumerate(owners, 1):
            on = TODAY - timedelta(days=_DAYS - row * _DAYS // (invoices + 1))
            credit = rng.random() < 0.04
            period = {
                "ANNEE": on.year,
                "TIRET": on.year,
                "MENSUEL": (on.year, on.month),
                "SITE": firm.site,
                "PERSO": firm.code,
            }
            key = (firm.seller, period.get(firm.seller), credit)
            counters[key] = counters.get(key, 0) + 1
            total = self._total(firm, credit)
            document: Document = {
                "id": row, "seller": firm.seller, "debtor": firm.code,
                "number": (CREDITS if credit else INVOICES)[firm.seller](counters[key], on, firm),
                "kind": "credit_note" if credit else "invoice", "issued_on": on,
                "due_on": on + timedelta(days=firm.terms), "currency": "EUR", "total_minor": total, "open_minor": total,
                "discount_terms": firm.discount,
            }  # fmt: skip
            order = f"{rng.choice(('45', '26', 'BC'))}{rng.randrange(10**6, 10**7)}" if rng.random() < 0.25 else None
            document["order_ref"] = order
            if not credit and rng.random() < 0.1:
                self.closed.append((firm, document))
            else:
                firm.documents.append(document)

    def _total(self, firm: Firm, credit: bool) -> int:
        rng, draw = self.rng, self.rng.random()
        if firm.rent and not credit:
            return firm.rent
        if draw < 0.2:
            total = rng.randrange(2, 60) * rng.choice((1000, 5000, 12000))
        elif draw < 0.5:
            total = rng.randrange(1, 40) * rng.choice((1249, 4580, 8990, 11990, 36540))
        else:
            total = int(rng.lognormvariate(11.2, 1.3)) + 700
        return total // 4 if credit else total

    def _families(self) -> list[tuple[Firm, Firm]]:
        """Pairs of debtors of one seller whose names begin, or end, with one surname."""
        by_word: dict[tuple[str, str], list[Firm]] = {}
        for firm in self.firms:
            words = [w for w in plain(firm.name).split() if len(w) > 3]
            starts = tuple(f"{form}{word}" for word in words[:1] for form in ("", "ETS ", "SAS "))
            if len(words) <= 2 and words and plain(firm.name).startswith(starts):
                by_word.setdefault((firm.seller, words[0]), []).append(firm)
        return [(one, other) for family in by_word.values() for one in family for other in family if one is not other]

    # --- picking -------------------------------------------------------------------------------------

    def free(self, firm: Firm, kind: str = "invoice") -> list[Document]:
        """What no receipt pays yet."""
        return [d for d in firm.documents if d["kind"] == kind and not d.get("used")]

    def pick(self, least: int = 1, most: int = 1, where: Any = None) -> tuple[Firm, list[Document]] | None:
        """A debtor and neighbouring free invoices of it; debtors with a subscription only where asked for."""
        for _ in range(150):
            firm = self.rng.choice(self.firms)
            if (firm.rent and where is None) or (where is not None and not where(firm)):
                continue
            free = self.free(firm)
            if len(free) >= least:
                size = self.rng.randint(least, min(most, len(free)))
                at = self.rng.randrange(len(free) - size + 1)
                return firm, free[at : at + size]
        return None

    def on(self, documents: Sequence[Document]) -> date:
        """When it is paid: near the due date of the youngest."""
        last = max(documents, key=lambda d: d["issued_on"])
        return max(
            min(last["due_on"] + timedelta(days=self.rng.choice((-3, 0, 0, 2, 5, 12, 25, 40))), TODAY),
            last["issued_on"],
        )

    # --- how the bank shows it -----------------------------------------------------------------------

    def put(
        self, kind: str, firm: Firm | None, amount: int, on: date, reason: str, paid: list[tuple[Document, int]],
        *, sure: bool | str = True, leave: bool | None = None, name: str | None = None, needs: tuple[str, ...] = (),
        iban: str | None = "", **more: Any,
    ) -> None:  # fmt: skip
        """One receipt. `sure` "silent": decidable when the ledger says so; `needs`: what must survive the cut."""
        rng, number = self.rng, len(self.receipts.rows) + 1
        said = name if name is not None else firm.name if firm else ""
        shown = texts.shown_name(rng, said, rng.choice((22, 27, 35, 70))) if said else ""
        bank = rng.choices(("camt", "csv", "cfonb"), (35, 35, 30))[0]
        row: dict[str, Any] = {
            "id": number, "received_on": on, "currency": "EUR", "amount_minor": amount, "unapplied_minor": amount,
            "seller": firm.seller if firm and rng.random() < 0.6 else None, "account": "FR76OURS",
        }  # fmt: skip
        if bank == "camt":
            known = account(rng, firm.country) if firm else None
            own = firm.iban if firm and firm.known_iban and rng.random() < 0.8 and name is None else known
            text = reason[:140]
            row |= {"payer_name": shown or None, "payer_iban": own if iban == "" else iban, "remittance": text or None}
            row |= {
                "transaction_code": "PMNT-RCDT-ESCT",
                "end_to_end_ref": rng.choice((None, "NOTPROVIDED", f"E{number}")),
            }
        else:
            text = texts.cut(rng, texts.label(rng, firm.bank, shown, reason) if said else plain(reason))
            row |= {"remittance": text, "transaction_code": "05" if bank == "cfonb" else None}
        row |= more
        self.receipts.add(**row)
        for document, _ in paid:
            document["used"] = True
        visible = re.sub(r"[^A-Z0-9]", "", plain(text))
        kept = all(re.sub(r"[^A-Z0-9]", "", plain(need)) in visible for need in needs)
        lines = tuple(sorted((d["id"], a) for d, a in paid))
        decidable = sure is True
        if not kept and paid:
            kind, sure, leave = "cut_off", "silent" if amount == sum(d["open_minor"] for d, _ in paid) else False, False
            decidable = False
        if sure == "silent" and firm:
            decidable = False
            if self._tells(shown if bank == "camt" else text, firm, row["seller"], row.get("payer_iban")):
                self.silent.append((number - 1, firm, on, [d for d, _ in paid]))
        self.truth.append(Truth(number, kind, lines, decidable, not sure if leave is None else leave))
        if decidable and kind == "named":
            self.paid.append(row)

    def _tells(self, shown: str, firm: Firm, seller: str | None, iban: str | None) -> bool:
        """Whether the name left, or the account, is that of one debtor only."""
        if iban and iban == firm.iban and firm.known_iban:
            return True
        left = re.sub(r"[^A-Z0-9]", "", plain(shown))
        mine = re.sub(r"[^A-Z0-9]", "", plain(firm.name))
        core = re.sub(r"^(?:SARL|SAS|EURL|SCI|ETS|STE|M|MR|MME|DR)(?=[A-Z])|(?:SARL|SAS|GMBH|LTD)$", "", mine)
        if core not in left and not (len(left) > 12 and mine.startswith(left)):
            return False
        rivals = [f for f, name in self.names if f is not firm and core in name and seller in (None, f.seller)]
        return not rivals

    def run(self, count: int, kinds: dict[str, int] = KINDS) -> None:
        """Draw the receipts, then label those that say nothing."""
        for kind in self.rng.choices(list(kinds), list(kinds.values()), k=count):
            getattr(self, f"_{kind}")()
        for at, firm, on, paid in self.silent:
            if self._only_way(firm, on, paid):
                self.truth[at] = self.truth[at]._replace(decidable=True)

    def _only_way(self, firm: Firm, on: date, paid: list[Document]) -> bool:
        """Whether no other set of up to three of the debtor's documents adds up (equal ones: the oldest is meant)."""
        pool = [d for d in firm.documents if d["issued_on"] <= on + timedelta(days=3) and d["kind"] == "invoice"]
        if len(pool) > 16 or any(d["kind"] == "credit_note" for d in paid):
            return False
        total = sum(d["open_minor"] for d in paid)
        mine = {d["id"] for d in paid}
        ways = [c for k in (1, 2, 3) for c in combinations(pool, k) if sum(d["open_minor"] for d in c) == total]
        return all({d["id"] for d in way} == mine for way in ways) and len(paid) <= 3

    # --- one invoice ---------------------------------------------------------------------------------

    def _one(self, kind: str, spell: Any) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            number = spell(firm, one)
            if number:
                text = texts.named(self.rng, firm.country, number)
                self.put(
                    kind, firm, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])], needs=(number,)
                )

    def _named(self) -> None:
        self._one("named", lambda firm, one: texts.number(self.rng, one["number"], firm.habit))

    def _year_dropped(self) -> None:
        def spell(firm: Firm, one: Document) -> str:
            short = texts.without_year(one["number"], one["issued_on"].year)
            return short if firm.seller in ("ANNEE", "TIRET") else ""

        self._one("year_dropped", spell)

    def _glued(self) -> None:
        """The word before is glued to the number, or the number to the word behind."""
        got = self.pick()
        if got:
            firm, (one,) = got
            number = "".join(c for c in one["number"] if c.isalnum())
            text = self.rng.choice(("FACT{}", "FA{}", "REGLTFACT{}", "{}DU" + f"{one['issued_on']:%d%m%y}")).format(
                number
            )
            self.put(
                "glued", firm, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])], needs=(number,)
            )

    def _slip(self) -> None:
        """One digit of the number wrong or two exchanged, and no such number of that sum."""

        def spell(firm: Firm, one: Document) -> str:
            number = one["number"]
            spots = [i for i, c in enumerate(number) if c.isdigit()][-4:]
            at = self.rng.choice(spots[:-1])
            if self.rng.random() < 0.5 and number[at] != number[at + 1] and number[at + 1].isdigit():
                return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
            return number[:at] + str((int(number[at]) + self.rng.randrange(1, 9)) % 10) + number[at + 1 :]

        got = self.pick()
        if got:
            firm, (one,) = got
            text = texts.named(self.rng, firm.country, spell(firm, one))
            self.put(
                "slip",
                firm,
                one["open_minor"],
                self.on([one]),
                text,
                [(one, one["open_minor"])],
                sure="silent",
                leave=False,
            )

    def _order(self) -> None:
        got = self.pick()
        if got and (ref := got[1][0]["order_ref"]):
            firm, (one,) = got
            text = self.rng.choice(("CDE {}", "V/CDE {}", "BC {}", "COMMANDE N° {}", "PO {}", "{}")).format(ref)
            self.put("order", firm, one["open_minor"], self.on([one]), text, [(one, one["open_minor"])], needs=(ref,))

    def _client_number(self) -> None:
        """The customer's number instead of the invoice's; the bank shows no name, or a strange one."""
        got = self.pick()
        if got and self._no_equal(got):
            firm, (one,) = got
            text = self.rng.choice(
                ("CLIENT {}", "N° CLIENT {}", "REF CLIENT {}", "CODE CLIENT {}", "{}", "CPT {}")
            ).format(firm.code)
            name = self.rng.choice((None, None, "COMPTA CENTRALE", f"M {self.rng.choice('ABCDE')} BERNARDIN"))
            on = self.on([one])
            self.put(
                "client_number",
                firm,
                one["open_minor"],
                on,
                text,
                [(one, one["open_minor"])],
                sure=False,
                leave=False,
                name=name,
                needs=(firm.code,),
            )
            if self.truth[-1].kind == "client_number" and name is None:
                self.silent.append((len(self.truth) - 1, firm, on, [one]))

    def _client_and_number(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            text = f"CLT {firm.code} FACT {one['number']}"
            self.put(
                "client_and_number",
                firm,
                one["open_minor"],
                self.on([one]),
                text,
                [(one, one["open_minor"])],
                needs=(one["number"],),
            )

    def _siren(self) -> None:
        got = self.pick(where=lambda f: f.siren and not f.rent)
        if got:
            firm, (one,) = got
            text = self.rng.choice(("SIREN {} {}", "{} FACT {}", "SIRET {}00015 FA {}")).format(
                firm.siren, one["number"]
            )
            self.put(
                "siren",
                firm,
                one["open_minor"],
                self.on([one]),
                text,
                [(one, one["open_minor"])],
                needs=(one["number"],),
            )

    # --- several -------------------------------------------------------------------------------------

    def _put_several(self, kind: str, firm: Firm, documents: list[Document], text: str, on: date, **more: Any) -> None:
        lines = [(d, d["open_minor"]) for d in documents]
        self.put(kind, firm, sum(a for _, a in lines), on, text, lines, **more)

    def _list(self) -> None:
        got = self.pick(2, self.rng.choice((2, 3, 3, 6, 10)))
        if got:
            firm, documents = got
            numbers = [texts.number(self.rng, d["number"], firm.habit) for d in documents]
            text = texts.several(self.rng, firm.country, numbers)
            self._put_several("list", firm, documents, text, self.on(documents), needs=(text,))

    def _range(self) -> None:
        got = self.pick(3, 8, lambda f: f.seller in ("PERSO", "SITE", "ANNEE") and not f.rent)
        if got:
            firm, documents = got
            own = firm.invoices
            between = own[own.index(documents[0]) : own.index(documents[-1]) + 1]
            if between == documents and documents[0]["issued_on"].year == documents[-1]["issued_on"].year:
                text = texts.ranged(self.rng, documents[0]["number"], documents[-1]["number"])
                self._put_several("range", firm, documents, text, self.on(documents), needs=(text,))

    def _month(self) -> None:
        """All invoices of one month, told by the month."""
        got = self.pick(where=lambda f: not f.rent)
        if got:
            firm, (one,) = got
            month = (one["issued_on"].year, one["issued_on"].month)
            mine = [d for d in firm.invoices if (d["issued_on"].year, d["issued_on"].month) == month]
            if not any(d.get("used") for d in mine) and (TODAY - one["issued_on"]).days < 300:
                text = texts.month(self.rng, *month)
                self._put_several(
                    "month",
                    firm,
                    mine,
                    text,
                    self.on(mine),
                    needs=(text,),
                    sure="silent" if len(mine) == 1 else True,
                    leave=False,
                )

    def _solde_all(self) -> None:
        """Everything open, less nothing."""
        got = self.pick(
            2, 2, lambda f: 2 <= len(f.invoices) <= 9 and not f.rent and not any(d.get("used") for d in f.documents)
        )
        if got:
            firm, documents = got[0], got[0].invoices
            text = self.rng.choice(
                ("SOLDE", "SOLDE DE NOTRE COMPTE", "SOLDE TOUT COMPTE", "SOLDE AU " + f"{TODAY:%d/%m/%Y}", "POUR SOLDE")
            )
            notes = [d for d in firm.documents if d["kind"] == "credit_note"]
            if not notes and len(documents) > 1:
                self._put_several("solde_all", firm, documents, text, TODAY, needs=(firm.name[:12],))

    def _acompte_solde(self) -> None:
        """A part, then the rest of the same invoice."""
        got = self.pick()
        if got and got[1][0]["open_minor"] > 30_000:
            firm, (one,) = got
            part = one["open_minor"] * self.rng.choice((30, 40, 50)) // 100
            if any(d["open_minor"] in (part, one["open_minor"] - part) for d in firm.documents):
                return
            on = self.on([one]) - timedelta(days=20)
            on = max(on, one["issued_on"])
            for word, amount, later in (("ACOMPTE", part, 0), ("SOLDE", one["open_minor"] - part, 15)):
                text = f"{word} {self.rng.choice(('FACT ', 'S/FACT ', ''))}{one['number']}"
                self.put(
                    "acompte_solde",
                    firm,
                    amount,
                    min(on + timedelta(days=later), TODAY),
                    text,
                    [(one, amount)],
                    needs=(one["number"],),
                )

    # --- another amount ------------------------------------------------------------------------------

    def _other_amount(self, kind: str, amount_of: Any, form: str, **more: Any) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            amount = amount_of(one["open_minor"])
            if amount > 0 and all(d["open_minor"] != amount for d in firm.documents):
                text = form.format(one["number"])
                paid = [(one, min(amount, one["open_minor"]))]
                self.put(kind, firm, amount, self.on([one]), text, paid, needs=(one["number"],), **more)

    def _acompte(self) -> None:
        form = self.rng.choice(
            ("ACOMPTE {}", "ACPTE S/FACT {}", "1ER VERSEMENT FACT {}", "REGLT PARTIEL {}", "FACT {} PARTIEL")
        )
        share = self.rng.choice((20, 30, 33, 50))
        self._other_amount("acompte", lambda a: a * share // 100 if a > 30_000 else 0, form)

    def _too_much(self) -> None:
        self._other_amount("too_much", lambda a: a + self.rng.randrange(200, 3_000), "FACT {}")

    def _foreign_fee(self) -> None:
        fee = self.rng.choice((700, 1250, 1800))
        self._other_amount(
            "foreign_fee",
            lambda a: a - fee if a > 50_000 else 0,
            self.rng.choice(("INV {}", "RE {} SPESEN", "{} /OCMT/ CHGS")),
            transaction_code="PMNT-RCDT-XBCT", payer_iban=None,
        )  # fmt: skip

    def _short_at_home(self) -> None:
        kept = self.rng.choice((350, 800, 1200, 2000))
        self._other_amount("short_at_home", lambda a: a - kept if a > 60_000 else 0, "FACT {}", sure=False)

    def _escompte_not_agreed(self) -> None:
        got = self.pick(where=lambda f: not f.discount and not f.rent)
        if got and got[1][0]["open_minor"] > 20_000:
            firm, (one,) = got
            amount = one["open_minor"] - one["open_minor"] * 2 // 100
            self.put(
                "escompte_not_agreed",
                firm,
                amount,
                self.on([one]),
                f"FACT {one['number']} ESC 2%",
                [(one, amount)],
                sure=False,
                needs=(one["number"],),
            )

    def _escompte(self) -> None:
        got = self.pick(where=lambda f: f.discount and not f.rent)
        if got:
            firm, (one,) = got
            amount = one["open_minor"] - (one["open_minor"] * 200 + 5000) // 10000
            on = min(one["issued_on"] + timedelta(days=8), TODAY)
            text = self.rng.choice(("FACT {} ESC 2%", "{}", "FACT {} MOINS ESCOMPTE", "S/FACT {} - 2 PCT")).format(
                one["number"]
            )
            self.put("escompte", firm, amount, on, text, [(one, amount)], needs=(one["number"],))

    def _credit_named(self) -> None:
        got = self.pick(1, 3)
        notes = self.free(got[0], "credit_note") if got else []
        if got and notes and (total := sum(d["open_minor"] for d in got[1]) - notes[0]["open_minor"]) > 1000:
            firm, documents = got
            lines = [(d, d["open_minor"]) for d in documents] + [(notes[0], -notes[0]["open_minor"])]
            text = self.rng.choice(("{} - AV {}", "FACT {} MOINS AVOIR {}", "{} DEDUC. AVOIR {}", "{} / AVR {}"))
            text = text.format(" ".join(d["number"] for d in documents), notes[0]["number"])
            self.put("credit_named", firm, total, self.on([*documents, notes[0]]), text, lines, needs=(text,))

    def _credit_silent(self) -> None:
        """The invoices are named, the credit note is not."""
        got = self.pick()
        notes = self.free(got[0], "credit_note") if got else []
        if got and len(notes) == 1 and (total := got[1][0]["open_minor"] - notes[0]["open_minor"]) > 1000:
            firm, (one,) = got
            if total % 1000 and all(d["open_minor"] != total for d in firm.documents):
                lines = [(one, one["open_minor"]), (notes[0], -notes[0]["open_minor"])]
                text = f"FACT {one['number']} DEDUCTION VOTRE AVOIR"
                self.put("credit_silent", firm, total, self.on([one, notes[0]]), text, lines, needs=(text,))

    # --- other payers --------------------------------------------------------------------------------

    def _group(self) -> None:
        got = self.pick(1, 3, lambda f: f.parent and not f.rent)
        if got:
            firm, documents = got
            parent = next(f for f in self.firms if f.code == firm.parent)
            text = (
                texts.several(self.rng, "FR", [d["number"] for d in documents])
                if len(documents) > 1
                else documents[0]["number"]
            )
            if parent.seller == firm.seller:
                self._put_several("group", firm, documents, text, self.on(documents), name=parent.name, needs=(text,))

    def _factor(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            text = self.rng.choice(("{} {}", "P/C {} FACT {}", "CEDANT {} {}")).format(
                plain(firm.name)[:20], one["number"]
            )
            self.put(
                "factor",
                firm,
                one["open_minor"],
                self.on([one]),
                text,
                [(one, one["open_minor"])],
                name=self.rng.choice(_FACTORS),
                needs=(one["number"],),
            )

    # --- no number -----------------------------------------------------------------------------------

    def _no_equal(self, got: tuple[Firm, list[Document]]) -> bool:
        """Which of two equal invoices somebody means who says nothing, nobody knows: the rents are there for that."""
        amounts = [d["open_minor"] for d in got[0].invoices]
        return all(amounts.count(d["open_minor"]) == 1 for d in got[1])

    def _silent(self) -> None:
        got = self.pick()
        if got and self._no_equal(got):
            firm, (one,) = got
            self._put_several(
                "silent", firm, [one], texts.silent(self.rng, firm.country), self.on([one]), sure="silent", leave=False
            )

    def _silent_two(self) -> None:
        got = self.pick(2, 3)
        if got:
            firm, documents = got
            self._put_several(
                "silent_two",
                firm,
                documents,
                texts.silent(self.rng, firm.country),
                self.on(documents),
                sure="silent",
                leave=False,
            )

    def _rent_month(self) -> None:
        """A subscription: equal invoices, and the text says of which month."""
        got = self.pick(where=lambda f: bool(f.rent))
        if got:
            firm, (one,) = got
            day = one["issued_on"]
            months = [(d["issued_on"].year, d["issued_on"].month) for d in firm.invoices]
            if months.count((day.year, day.month)) == 1 and (TODAY - day).days < 200:
                text = texts.month(self.rng, day.year, day.month, rent=True)
                self._put_several(
                    "rent_month",
                    firm,
                    [one],
                    text,
                    self.on([one]),
                    needs=(text, firm.name[:14]),
                    sure=self._alone(firm),
                    leave=False,
                )

    def _rent_in_order(self) -> None:
        """A subscription paid month after month in silence: of equal debts the oldest first."""
        got = self.pick(2, 2, lambda f: bool(f.rent) and not any(d.get("used") for d in f.documents))
        if got:
            firm = got[0]
            days = sorted(self.on([one]) for one in firm.invoices[:3])
            for one, on in zip(firm.invoices[:3], days, strict=False):
                self._put_several(
                    "rent_in_order",
                    firm,
                    [one],
                    "ABONNEMENT",
                    max(on, one["issued_on"]),
                    needs=(firm.name[:14],),
                    sure=self._alone(firm),
                    leave=False,
                )

    def _alone(self, firm: Firm) -> bool:
        return self._tells(firm.name, firm, None, None)

    # --- left alone ----------------------------------------------------------------------------------

    def _paid_twice(self) -> None:
        if self.paid:
            row = self.paid.pop(self.rng.randrange(len(self.paid)))
            number = len(self.receipts.rows) + 1
            on = min(row["received_on"] + timedelta(days=self.rng.choice((0, 1, 7, 30))), TODAY)
            self.receipts.add(**(row | {"id": number, "received_on": on}))
            self.truth.append(Truth(number, "paid_twice", (), False, True))

    def _closed(self) -> None:
        firm, one = self.rng.choice(self.closed)
        text = texts.named(self.rng, firm.country, one["number"])
        if len(one["number"]) > 5 and all(d["open_minor"] != one["open_minor"] for d in firm.documents):
            self.put("closed", firm, one["open_minor"], self.on([one]), text, [], sure=False)

    def _brother_number(self) -> None:
        """A debtor quotes the number and sum of one with a like name, and owes no such sum itself."""
        if self.families:
            payer, other = self.rng.choice(self.families)
            free = self.free(other)
            if free and not payer.parent and not other.parent:
                one = self.rng.choice(free)
                if all(d["open_minor"] != one["open_minor"] for d in payer.documents):
                    one["used"] = True
                    iban = payer.iban if payer.known_iban else ""
                    self.put(
                        "brother_number",
                        payer,
                        one["open_minor"],
                        self.on([one]),
                        one["number"],
                        [],
                        sure=False,
                        payer_name=plain(payer.name),
                        payer_iban=iban or None,
                        remittance=one["number"],
                    )

    def _brother_amount(self) -> None:
        """Two debtors of like names owe the sum, and the bank shows what both names share."""
        if self.families:
            payer, other = self.rng.choice(self.families)
            mine, theirs = self.free(payer), self.free(other)
            shared = set(plain(payer.name).split()) & set(plain(other.name).split())
            if mine and theirs and shared and not payer.rent and not other.rent:
                one, two = self.rng.choice(mine), self.rng.choice(theirs)
                two["open_minor"] = two["total_minor"] = one["open_minor"]
                one["used"] = two["used"] = True
                name = max(shared, key=len)
                self.put(
                    "brother_amount",
                    payer,
                    one["open_minor"],
                    self.on([one, two]),
                    "REGLEMENT",
                    [(one, one["open_minor"])],
                    sure=False,
                    payer_name=None,
                    payer_iban=None,
                    remittance=f"VIR {name} REGLEMENT",
                )

    def _stranger(self) -> None:
        got = self.pick()
        if got:
            firm, (one,) = got
            name = self.rng.choice(
                ("TYCHO VALERIANE", "MME OLGA PRZYBYLSKI", "KRONBERG VERWALTUNG", "INDIVISION TASTET")
            )
            self.put(
                "stranger",
                firm,
                one["open_minor"],
                self.on([one]),
                self.rng.choice(("", "virement", "merci")),
                [],
                sure=False,
                name=name,
                seller=None,
                payer_iban=None,
            )

    def _advance(self) -> None:
        firm = self.rng.choice(self.firms)
        amount = self.rng.randrange(2, 50) * 10_000 + 13
        self.put(
            "advance",
            firm,
            amount,
            TODAY,
            self.rng.choice(("ACOMPTE COMMANDE A VENIR", "ARRHES DEVIS 2611", "AVANCE", "ACOMPTE DEVIS")),
            [],
            sure=False,
        )

    def _cheques(self) -> None:
        """A deposit of several cheques: sums of several debtors, or one that happens to be an invoice's."""
        picks = [got for got in (self.pick() for _ in range(self.rng.randint(1, 4))) if got]
        if picks:
            total = sum(documents[0]["open_minor"] for _, documents in picks)
            text = self.rng.choice(
                ("REM CHQ {} BORD {}", "REMISE DE {} CHEQUES N {}", "REMISE CHEQUES {} REF {}")
            ).format(len(picks), self.rng.randrange(10**6, 10**7))
            self.put("cheques", None, total, TODAY, text, [], sure=False)

    def _nobody(self) -> None:
        name, text = self.rng.choice(_NOBODY)
        self.put(
            "nobody", None, self.rng.randrange(3_000, 3_000_000), TODAY, text, [], sure=False, payer_name=name or None
        )

    def _nobody_tempting(self) -> None:
        """The same, of exactly the sum of some invoice."""
        got = self.pick()
        if got:
            name, text = self.rng.choice(_NOBODY)
            self.put(
                "nobody_tempting",
                None,
                got[1][0]["open_minor"],
                self.on(got[1]),
                text,
                [],
                sure=False,
                payer_name=name or None,
            )

    def _other_counter(self) -> None:
        """The bare digits are another debtor's invoice of another sum: the payer's own files, or a stranger's."""
        one, other = self.pick(), self.pick()
        if one and other and one[0].seller != other[0].seller and one[0] is not other[0]:
            payer, document = one[0], other[1][0]
            digits = re.findall(r"\d+", document["number"])[-1]
            amount = self.rng.randrange(10_000, 300_000) | 1
            self.put(
                "other_counter",
                payer,
                amount,
                TODAY,
                f"DOSSIER {digits}",
                [],
                sure=False,
                payer_name=plain(payer.name),
                remittance=f"DOSSIER {digits}",
            )


def make_scenario(seed: int, invoices: int) -> Scenario:
    """The fourth hand's scenario of about `invoices` documents."""
    hand = FourthHand(seed, invoices)
    hand.run(invoices * 62 // 100)
    items, debtors = Rows(), Rows()
    for firm in hand.firms:
        debtors.add(
            seller=firm.seller, debtor_id=firm.code, name=firm.name, siren=firm.siren, parent_id=firm.parent,
            ibans=(firm.iban,) if firm.known_iban else (),
        )  # fmt: skip
        for document in firm.documents:
            items.add(**{k: v for k, v in document.items() if k != "used"})
    closed = SettledNumbers(
        [f.seller for f, _ in hand.closed], [f.code for f, _ in hand.closed], [d["number"] for _, d in hand.closed]
    )
    return Scenario(
        f"fourth hand, seed {seed}", TODAY, items.columns(OpenItems), debtors.columns(Debtors),
        hand.receipts.columns(Receipts), Remittances([], [], []), closed, hand.truth,
    )  # fmt: skip
