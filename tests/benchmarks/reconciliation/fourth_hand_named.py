"""Kinds of the fourth hand whose text names something: a number, an order, a month, a customer, a balance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.benchmarks.reconciliation import fourth_hand_texts as texts
from tests.benchmarks.reconciliation.fourth_hand_firms import Document, Firm, plain
from tests.benchmarks.reconciliation.fourth_hand_till import TODAY, Till

_FACTORS = ("EUROFACTOR", "BNP PARIBAS FACTOR", "FACTOFRANCE", "CGA FACTORING", "ABN AMRO COMMERCIAL FINANCE")


class NamedKinds(Till):
    """Receipts that name what they pay, whole or in part."""

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
            self.put_one("glued", firm, one, text, needs=(number,))

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
            self.put_one("slip", firm, one, text, sure="silent", leave=False)

    def _order(self) -> None:
        got = self.pick()
        if got and (ref := got[1][0]["order_ref"]):
            firm, (one,) = got
            text = self.rng.choice(("CDE {}", "V/CDE {}", "BC {}", "COMMANDE N° {}", "PO {}", "{}")).format(ref)
            self.put_one("order", firm, one, text, needs=(ref,))

    def _client_number(self) -> None:
        """The customer's number instead of the invoice's; the bank shows no name, or a strange one."""
        got = self.pick()
        if got and self.no_equal(got):
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
            self.put_one("client_and_number", firm, one, text, needs=(one["number"],))

    def _siren(self) -> None:
        got = self.pick(where=lambda f: f.siren and not f.rent)
        if got:
            firm, (one,) = got
            text = self.rng.choice(("SIREN {} {}", "{} FACT {}", "SIRET {}00015 FA {}")).format(
                firm.siren, one["number"]
            )
            self.put_one("siren", firm, one, text, needs=(one["number"],))

    # --- several -------------------------------------------------------------------------------------

    def _list(self) -> None:
        got = self.pick(2, self.rng.choice((2, 3, 3, 6, 10)))
        if got:
            firm, documents = got
            numbers = [texts.number(self.rng, d["number"], firm.habit) for d in documents]
            text = texts.several(self.rng, firm.country, numbers)
            self.put_several("list", firm, documents, text, self.on(documents), needs=(text,))

    def _range(self) -> None:
        got = self.pick(3, 8, lambda f: f.seller in ("PERSO", "SITE", "ANNEE") and not f.rent)
        if got:
            firm, documents = got
            own = firm.invoices
            between = own[own.index(documents[0]) : own.index(documents[-1]) + 1]
            if between == documents and documents[0]["issued_on"].year == documents[-1]["issued_on"].year:
                text = texts.ranged(self.rng, documents[0]["number"], documents[-1]["number"])
                self.put_several("range", firm, documents, text, self.on(documents), needs=(text,))

    def _month(self) -> None:
        """All invoices of one month, told by the month."""
        got = self.pick(where=lambda f: not f.rent)
        if got:
            firm, (one,) = got
            month = (one["issued_on"].year, one["issued_on"].month)
            mine = [d for d in firm.invoices if (d["issued_on"].year, d["issued_on"].month) == month]
            if not any(d.get("used") for d in mine) and (TODAY - one["issued_on"]).days < 300:
                text = texts.month(self.rng, *month)
                self.put_several(
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
                self.put_several("solde_all", firm, documents, text, TODAY, needs=(firm.name[:12],))

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
                self.put_several("group", firm, documents, text, self.on(documents), name=parent.name, needs=(text,))

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
