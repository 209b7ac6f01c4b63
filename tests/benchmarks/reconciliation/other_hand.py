"""A second generator by another hand: other schemes, other words, other proportions. Only reported on.

It shares no template with `world`, `habits` and `receipts`, so that a rule fitted to their texts shows here.
"""

from __future__ import annotations

from datetime import date, timedelta
from random import Random
from typing import Any

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation.other_hand_firms import CREDITS, NUMBERING, Firm, plain
from tests.benchmarks.reconciliation.scenario import Rows, Scenario, Truth

TODAY = date(2026, 9, 30)
_KINDS = {
    "neat": 30,
    "sloppy": 18,
    "bare": 6,
    "list": 12,
    "month": 4,
    "silent": 9,
    "silent_two": 3,
    "part": 4,
    "too_much": 2,
    "discount": 2,
    "less_credit": 3,
    "charges": 2,
    "group": 2,
    "agent": 2,
    "cut_word": 3,
    "twice": 1,
    "paid_before": 1,
    "wrong_number": 1,
    "unknown_payer": 1,
    "nothing": 2,
    "other_money": 4,
}


class _Other:
    """Draws the scenario."""

    def __init__(self, seed: int, invoices: int) -> None:
        self.rng = Random(seed + 7_000_003)
        self.firms = [Firm(self.rng, n, list(NUMBERING)[n % 5]) for n in range(max(invoices // 22, 25))]
        for at in range(0, len(self.firms) - 10, 50):
            self.firms[at + 5].parent = self.firms[at].id
        self.closed: list[tuple[Firm, dict[str, Any]]] = []
        self.receipts, self.truth = Rows(), []  # type: Rows, list[Truth]
        self.done: list[tuple[dict[str, Any], str]] = []
        self._issue(invoices)

    def _issue(self, invoices: int) -> None:
        rng, counters = self.rng, dict.fromkeys(NUMBERING, 600)
        notes = dict.fromkeys(NUMBERING, 20)
        for number in range(1, invoices + 1):
            firm = self.firms[int(len(self.firms) * rng.random() ** 1.7)]
            on = date(2025, 7, 1) + timedelta(days=number * 450 // invoices)
            credit = rng.random() < 0.05
            total = round(rng.expovariate(1 / 2400) * 120) + rng.choice((2400, 4800, 9990))
            if credit:
                notes[firm.seller] += 1
                text, total = CREDITS[firm.seller](notes[firm.seller], on), total // 8 + 37
            else:
                counters[firm.seller] += 1
                text = NUMBERING[firm.seller](counters[firm.seller], on)
            document = {
                "id": number * 3,
                "seller": firm.seller,
                "debtor": firm.id,
                "number": text,
                "kind": "credit_note" if credit else "invoice",
                "issued_on": on,
                "due_on": on + timedelta(days=rng.choice((0, 30, 30, 60))),
                "currency": "EUR",
                "total_minor": total,
                "open_minor": total,
                "discount_terms": firm.discount,
                "order_ref": f"4500{rng.randrange(10**6):06d}" if rng.random() < 0.2 else None,
            }
            if not credit and rng.random() < 0.08:
                self.closed.append((firm, document))
            else:
                firm.documents.append(document)

    def free(self, firm: Firm, kind: str = "invoice") -> list[dict[str, Any]]:
        return [d for d in firm.documents if d["kind"] == kind and not d.get("used")]

    def pick(self, count: int = 1) -> tuple[Firm, list[dict[str, Any]]] | None:
        for _ in range(60):
            firm = self.rng.choice(self.firms)
            free = self.free(firm)
            if len(free) >= count:
                at = self.rng.randrange(len(free) - count + 1)
                return firm, free[at : at + count]
        return None

    def name(self, firm: Firm) -> str:
        rng = self.rng
        text = plain(firm.name).replace(".", rng.choice(("", "."))).replace("'", rng.choice((" ", "'", "")))
        for long, short in (
            ("ETABLISSEMENTS", "ETS"),
            ("CONSTRUCTIONS", "CONSTR"),
            ("GRANDS TRAVAUX", "GDS TRAVAUX"),
            ("ET FILS", "& FILS"),
        ):
            if rng.random() < 0.4:
                text = text.replace(long, short)
        if rng.random() < 0.3:
            text = text.split(" SA")[0].split(" (")[0].split(" -")[0]
        return text[: rng.choice((22, 27, 32, 70))].strip()

    def put(
        self,
        kind: str,
        firm: Firm | None,
        amount: int,
        on: date,
        text: str,
        lines: list[tuple[dict[str, Any], int]],
        decidable: bool = True,
        leave: bool = False,
        **more: Any,
    ) -> dict[str, Any]:
        rng, number = self.rng, len(self.receipts.rows) + 1
        name = self.name(firm) if firm else None
        label = f"VIR SEPA {name[:20]}/" if name and rng.random() < 0.3 else ""
        row = {
            "id": number,
            "received_on": min(on, TODAY),
            "currency": "EUR",
            "amount_minor": amount,
            "unapplied_minor": amount,
            "seller": firm.seller if firm else "NORD",
            "account": f"FR{firm.seller if firm else 'NORD'}",
            "payer_name": None if label else name,
            "payer_iban": firm.iban if firm and firm.known_iban and rng.random() < 0.7 else None,
            "remittance": label + text,
            "end_to_end_ref": rng.choice(("NOTPROVIDED", None, f"E2E{rng.randrange(10**9)}")),
            "transaction_code": "05",
        } | more
        self.receipts.add(**row)
        for document, _ in lines:
            document["used"] = True
        self.truth.append(Truth(number, kind, tuple(sorted((d["id"], a) for d, a in lines)), decidable, leave))
        return row

    def on(self, documents: list[dict[str, Any]]) -> date:
        last = max(d["issued_on"] for d in documents)
        later: date = last + timedelta(days=self.rng.choice((2, 9, 28, 31, 33, 47, 62)))
        return min(later, TODAY)

    def neat_text(self, n: str) -> str:
        r = self.rng
        return r.choice(
            (
                "{}",
                "FACTURE {}",
                "FACT. N° {}",
                "/INV/{}",
                "Règlement facture {}",
                "n/f {}",
                "{}/",
                "v/fact {} du mois",
                "RFB/{}",
                "ref:{}",
            )
        ).format(n)

    def sloppy_text(self, n: str) -> str:
        r = self.rng
        bare = "".join(c for c in n if c.isalnum())
        digits = "".join(c for c in n if c.isdigit())
        return r.choice(
            (
                bare,
                bare.lower(),
                f"FAC{digits}",
                f"paiement fac n°{digits}",
                f"{' '.join(bare[i : i + 4] for i in range(0, len(bare), 4))}",
                f"F{digits}",
                n.replace("/", " "),
                n.replace("-", " / "),
                f"MOTIF : {bare} DATE {r.randrange(1, 29):02d}.{r.randrange(1, 13):02d}.26",
            )
        )

    def draw(self, kind: str) -> None:
        rng = self.rng
        count = {"list": rng.randint(2, 5), "silent_two": 2, "month": 1}.get(kind, 1)
        got = self.pick(count)
        if got is None:
            return
        firm, documents = got
        one, on = documents[0], self.on(documents)
        n, amount = one["number"], one["open_minor"]
        total = sum(d["open_minor"] for d in documents)
        lines = [(d, d["open_minor"]) for d in documents]
        if kind == "neat":
            self.done.append((self.put(kind, firm, amount, on, self.neat_text(n), lines), n))
        elif kind == "sloppy":
            self.put(kind, firm, amount, on, self.sloppy_text(n), lines)
        elif kind == "bare":
            digits = "".join(c for c in n if c.isdigit())[-5:]
            self.put(kind, firm, amount, on, rng.choice(("", "facture ", "nos ref ")) + digits, lines)
        elif kind == "cut_word":
            text = f"PAIEMENT DE VOTRE FACTURE REFERENCE {n} MERCI"
            self.put(kind, firm, amount, on, text[:40] + "\n" + text[40:], lines)
        elif kind == "list":
            self.put(
                kind,
                firm,
                total,
                on,
                rng.choice((" ", "+", ", ", " et ", " - ", "\n")).join(d["number"] for d in documents),
                lines,
            )
        elif kind == "month":
            self._month(firm, one)
        elif kind in ("silent", "silent_two"):
            self._silent(kind, firm, documents, on)
        else:
            self._with_difference(kind, firm, one, on)

    def _with_difference(self, kind: str, firm: Firm, one: dict[str, Any], on: date) -> None:
        """More or less money than the invoice has open."""
        rng, n, amount = self.rng, one["number"], one["open_minor"]
        lines = [(one, amount)]
        if kind == "part" and amount > 60000:
            paid = amount * rng.choice((25, 40, 50, 60)) // 100 + 1
            self.put(
                kind,
                firm,
                paid,
                on,
                rng.choice(("1er acompte {}", "reglement partiel {}", "{}")).format(n),
                [(one, paid)],
            )
        elif kind == "too_much":
            self.put(kind, firm, amount + rng.randrange(150, 3000), on, self.neat_text(n), lines)
        elif kind == "discount" and firm.discount:
            paid = amount - (amount * 300 + 5000) // 10000
            self.put(
                kind,
                firm,
                paid,
                one["issued_on"] + timedelta(days=6),
                n + rng.choice((" -3%", " sous escompte", "")),
                [(one, paid)],
            )
        elif kind == "less_credit" and self.free(firm, "credit_note"):
            note = self.free(firm, "credit_note")[0]
            if amount > note["open_minor"] + 500:
                text = rng.choice(("{} - avoir {}", "{} moins {}", "{}/{}")).format(n, note["number"])
                self.put(
                    kind,
                    firm,
                    amount - note["open_minor"],
                    self.on([one, note]),
                    text,
                    [(one, amount), (note, -note["open_minor"])],
                )
        elif kind == "charges" and amount > 50000:
            kept, lines = amount - 1350, [(one, amount - 1350)]
            if rng.random() < 0.5:
                self.put(kind, firm, kept, on, self.neat_text(n), lines, payer_iban=None, transaction_code="39")
            else:
                self.put("kept_back", firm, kept, on, self.neat_text(n), lines, False, True)
        else:
            self._by_another(kind, firm, one, on)

    def _by_another(self, kind: str, firm: Firm, one: dict[str, Any], on: date) -> None:
        """Paid by a parent or an agent."""
        rng, n, amount = self.rng, one["number"], one["open_minor"]
        lines = [(one, amount)]
        if kind == "group" and firm.parent:
            parent = next(f for f in self.firms if f.id == firm.parent)
            if parent.seller == firm.seller:
                self.put(kind, parent, amount, on, self.neat_text(n), lines)
        elif kind == "agent":
            self.put(
                kind,
                None,
                amount,
                on,
                f"P/C {plain(firm.name)} {n}",
                lines,
                seller=firm.seller,
                payer_name=rng.choice(("CGA AFFACTURAGE", "ETUDE NOTARIALE DE LA PLACE", "BIBBY FACTOR FRANCE")),
            )
        else:
            self._left_alone(kind, firm, one, on)

    def _silent(self, kind: str, firm: Firm, documents: list[dict[str, Any]], on: date) -> None:
        total = sum(d["open_minor"] for d in documents)
        pool = [d["open_minor"] for d in firm.documents if d["kind"] == "invoice" and d["issued_on"] <= on]
        sums = {a for a in pool} if len(documents) == 2 else set()
        pairs = sum(1 for i, a in enumerate(pool) for b in pool[i + 1 :] if a + b == total)
        rivals = pool.count(total) + pairs
        if rivals != 1 or total in sums or len(pool) > 14:
            return
        text = self.rng.choice(
            ("", "virement", "SEPA CREDIT TRANSFER", "reglement client", "vos factures", "règlement")
        )
        self.put(kind, firm, total, on, text, [(d, d["open_minor"]) for d in documents])

    def _month(self, firm: Firm, one: dict[str, Any]) -> None:
        month = (one["issued_on"].year, one["issued_on"].month)
        all_of_it = [d for d in firm.documents if (d["issued_on"].year, d["issued_on"].month) == month]
        if any(d.get("used") for d in all_of_it) or month >= (2026, 9) or len(all_of_it) < 2:
            return
        total = sum(d["open_minor"] if d["kind"] == "invoice" else -d["open_minor"] for d in all_of_it)
        if total <= 0:
            return
        words = ("JANVIER FEVRIER MARS AVRIL MAI JUIN JUILLET AOUT SEPTEMBRE OCTOBRE NOVEMBRE DECEMBRE".split())[
            month[1] - 1
        ]
        text = self.rng.choice(
            (
                f"relevé {words.lower()}",
                f"RLV {month[1]:02d}/{month[0] % 100}",
                f"votre releve du mois de {words} {month[0]}",
                f"FACT {words}",
            )
        )
        on = date(month[0] + month[1] // 12, month[1] % 12 + 1, self.rng.choice((3, 10, 25)))
        self.put(
            "month",
            firm,
            total,
            on,
            text,
            [(d, d["open_minor"] if d["kind"] == "invoice" else -d["open_minor"]) for d in all_of_it],
        )

    def _left_alone(self, kind: str, firm: Firm, one: dict[str, Any], on: date) -> None:
        rng = self.rng
        if kind == "twice" and self.done:
            row, _ = self.done.pop(0)
            number = len(self.receipts.rows) + 1
            self.receipts.add(
                **(row | {"id": number, "received_on": min(row["received_on"] + timedelta(days=3), TODAY)})
            )
            self.truth.append(Truth(number, kind, (), False, True))
        elif kind == "paid_before" and self.closed:
            payer, document = rng.choice(self.closed)
            self.put(
                kind,
                payer,
                document["open_minor"],
                self.on([document]),
                self.neat_text(document["number"]),
                [],
                False,
                True,
            )
        elif kind == "wrong_number":
            other = next(
                (f for f in self.firms if f.seller == firm.seller and f is not firm and not f.parent and self.free(f)),
                None,
            )
            if (
                other is not None
                and not firm.parent
                and all(d["open_minor"] != one["open_minor"] for d in other.documents)
            ):
                one["used"] = True
                self.put(
                    kind,
                    other,
                    one["open_minor"],
                    on,
                    self.neat_text(one["number"]),
                    [],
                    False,
                    True,
                    payer_iban=None,
                    payer_name=plain(other.name),
                )
        else:
            self._other_money(kind, firm, one, on)

    def _other_money(self, kind: str, firm: Firm, one: dict[str, Any], on: date) -> None:
        """Strangers, money on account, and what is no payment at all."""
        rng = self.rng
        if kind == "unknown_payer":
            self.put(
                kind,
                None,
                one["open_minor"],
                on,
                "virement",
                [],
                False,
                True,
                payer_name="WQXYZ HANDELS GMBH",
                seller=one["seller"],
            )
        elif kind == "nothing":
            self.put(
                kind,
                firm,
                rng.randrange(40, 400) * 5000 + 3,
                on,
                rng.choice(("acompte", "avance sur travaux", "a valoir")),
                [],
                False,
                True,
            )
        elif kind == "other_money":
            name, text = rng.choice(
                (
                    ("TRESOR PUBLIC", "REMBOURSEMENT TVA"),
                    ("STRIPE TECHNOLOGY EUROPE", "STRIPE PAYOUT"),
                    ("URSSAF", "REGULARISATION"),
                    (None, "VIREMENT COMPTE A COMPTE TRESORERIE"),
                    ("BNP PARIBAS", "DEBLOCAGE EMPRUNT"),
                    (None, "INTERETS CREDITEURS TRIM 3"),
                    ("CPAM 69", "IJSS SALARIE"),
                )
            )
            self.put(kind, None, rng.randrange(10000, 3_000_000), on, text, [], False, True, payer_name=name)


def make_scenario(seed: int, invoices: int) -> Scenario:
    """The other hand's scenario of about `invoices` documents."""
    other = _Other(seed, invoices)
    for kind in other.rng.choices(list(_KINDS), list(_KINDS.values()), k=invoices * 60 // 100):
        other.draw(kind)
    items, debtors = Rows(), Rows()
    for firm in other.firms:
        debtors.add(
            seller=firm.seller,
            debtor_id=firm.id,
            name=firm.name,
            siren=firm.siren,
            parent_id=firm.parent,
            ibans=(firm.iban,) if firm.known_iban else (),
        )
        for document in firm.documents:
            items.add(**{k: v for k, v in document.items() if k != "used"})
    settled = SettledNumbers(
        [f.seller for f, _ in other.closed], [f.id for f, _ in other.closed], [d["number"] for _, d in other.closed]
    )
    return Scenario(
        f"other hand, seed {seed}",
        TODAY,
        items.columns(OpenItems),
        debtors.columns(Debtors),
        other.receipts.columns(Receipts),
        Remittances([], [], []),
        settled,
        other.truth,
    )
