"""The receipts of a ledger, by kind of case, in stated proportions, with the truth of each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations
from random import Random
from typing import Any

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers
from tests.benchmarks.reconciliation import habits
from tests.benchmarks.reconciliation.scenario import Rows, Scenario, Truth
from tests.benchmarks.reconciliation.world import TODAY, Debtor, Item, World, company_name, iban, make_world

# Kinds of cases and their share of all receipts, in thousandths.
SHARES = {
    "exact": 240, "loose_number": 140, "counter_only": 45, "misprint": 20, "lookalike_letters": 15, "several": 85,
    "range": 10, "statement": 30, "payer_single": 90, "payer_sum": 40, "payer_balance": 12, "equal_amounts": 35, "part": 40,
    "overpaid": 15, "discount_named": 20, "discount_silent": 7, "credit_note_named": 20, "credit_note_silent": 12,
    "bank_fee": 15, "rounding": 10, "parent": 20, "third_party": 15, "order": 20, "payment_ref": 15, "remittance": 12,
    "foreign": 6, "ambiguous_sum": 10, "homonym": 5, "other_debtors_number": 8, "stranger_amount": 8, "on_account": 10,
    "duplicate": 8, "closed_number": 7, "advance": 4, "return": 8, "outsider": 38,
}  # fmt: skip
_OUTSIDERS = (
    ("STRIPE PAYMENTS EUROPE", "STRIPE {n}"), ("STRIPE", "TRANSFER PAYOUT PO{n}"), ("PAYPAL EUROPE", "/INV/{n} PAYPAL"), ("DGFIP", "REMBOURSEMENT CREDIT TVA 3519"),
    ("DRFIP ILE DE FRANCE", "CREDIT TVA {n}"), ("URSSAF RHONE ALPES", "REMB COTISATIONS {n}"), ("CPAM DU RHONE", "IJSS {n}"),
    ("BPIFRANCE", "DEBLOCAGE PRET {n}"), ("BANQUE POPULAIRE", "DEBLOCAGE PRET NO {n}"), (None, "INTERETS CREDITEURS 3T2026"),
    (None, "VIREMENT INTERNE COMPTE A COMPTE"), ("AXA FRANCE IARD", "INDEMNITE SINISTRE {n}"), (None, "REMISE CB {n}"),
    (None, "VERSEMENT ESPECES"), ("M DUPRE JEAN", "APPORT COMPTE COURANT ASSOCIE"), ("GOCARDLESS SAS", "PAYOUT {n}"),
)  # fmt: skip


class Till:
    """Draws receipts of each kind and remembers what is still unpaid."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.rng = Random(seed * 7 + 1)
        self.receipts, self.remittances = Rows(), Rows()
        self.truth: list[Truth] = []
        self._turn = 0
        self.debtors = [d for d in world.debtors if d.items]
        self.rng.shuffle(self.debtors)
        self.past: list[dict[str, Any]] = []
        self.waiting: list[tuple[Debtor, date, int]] = []

    def debtor(self) -> Debtor:
        """The next debtor in turn, so that payments spread over the ledger."""
        self._turn += 1
        return self.debtors[self._turn % len(self.debtors)]

    def unpaid(self, debtor: Debtor, kind: str = "invoice", currency: str = "EUR") -> list[Item]:
        """Items of a debtor no receipt has used yet."""
        return [i for i in debtor.items if not i.paid and i.kind == kind and i.currency == currency]

    def some(self, least: int = 1, most: int = 1, where: Callable[[Debtor], bool] | None = None) -> list[Item] | None:
        """Unpaid invoices of one debtor, the older the likelier; None when a hundred debtors have too few."""
        for _ in range(100):
            debtor = self.debtor()
            if where is not None and not where(debtor):
                continue
            free = self.unpaid(debtor)
            if len(free) >= least:
                size = self.rng.randint(least, min(most, len(free)))
                start = self.rng.randint(0, len(free) - size)
                return free[start : start + size] if self.rng.random() < 0.7 else self.rng.sample(free, size)
        return None

    def when(self, items: list[Item]) -> date:
        """A date of payment: around the due date, after the last issue, not after today."""
        last = max(i.issued_on for i in items)
        due = max(i.due_on for i in items) + timedelta(days=int(self.rng.gauss(4, 12)))
        return min(max(due, last + timedelta(days=1)), TODAY) if last < TODAY else TODAY

    def receive(
        self, kind: str, amount: int, on: date, text: str, lines: list[tuple[Item, int]], *, payer: Debtor | None = None,
        name: str | None = None, decidable: bool = True, must_leave: bool = False, seller: str | None = None, **more: Any,
    ) -> dict[str, Any]:  # fmt: skip
        """Write the receipt as its bank shows it, and the truth."""
        rng = self.rng
        bank = rng.choices(("camt", "cfonb", "csv"), (0.5, 0.3, 0.2))[0]
        shown = name if name is not None else habits.payer_name(rng, payer.name) if payer else None
        account = payer.iban if payer and payer.iban_known and rng.random() < 0.85 else (iban(rng) if shown else None)
        seller = seller or (payer.seller if payer else rng.choice(("ACME", "BOREAL", "CORAIL")))
        if bank == "cfonb":
            account, text = None, habits.plain(text)
            if shown:
                shown = habits.plain(shown)
                if rng.random() < 0.4:
                    text, shown = f"VIR {shown[:24]} {text}", None
        elif bank == "csv" and rng.random() < 0.3:
            account = None
        row = {
            "id": len(self.receipts.rows) + 1, "received_on": on, "currency": "EUR", "amount_minor": amount, "unapplied_minor": amount,
            "seller": seller if rng.random() < 0.8 else None, "payer_name": shown, "payer_iban": account, "remittance": habits.pieces(rng, text),
            "account": f"ACC-{seller}", "transaction_code": "05" if bank == "cfonb" else "PMNT-RCDT-ESCT", "bank_ref": f"B{len(self.receipts.rows) + 1}",
        } | more  # fmt: skip
        self.receipts.add(**row)
        for item, _ in lines:
            item.paid = True
        self.truth.append(Truth(row["id"], kind, tuple(sorted((i.id, a) for i, a in lines)), decidable, must_leave))
        return row

    def run(self, count: int) -> None:
        """Draw `count` receipts; a kind the ledger can no longer serve is skipped."""
        kinds = self.rng.choices(list(SHARES), list(SHARES.values()), k=count)
        late = ("duplicate", "return", "payer_balance")
        for kind in [k for k in kinds if k not in late]:
            getattr(self, f"_{kind}")()
        self._settle_equal()
        for kind in [k for k in kinds if k in late]:
            getattr(self, f"_{kind}")()

    # --- numbers in the text -------------------------------------------------------------------------

    def _single(self, kind: str, text: Callable[[Item], str], decidable: bool = True) -> None:
        items = self.some()
        if items:
            item = items[0]
            core = habits.decorate(self.rng, text(item), item.debtor)
            row = self.receive(kind, item.open, self.when(items), core, [(item, item.open)], payer=item.debtor, decidable=decidable)
            self.past.append(row)

    def _exact(self) -> None:
        self._single("exact", lambda i: habits.number_as_printed(self.rng, i.number))

    def _loose_number(self) -> None:
        self._single("loose_number", lambda i: habits.number_loosely(self.rng, i.number))

    def _counter_only(self) -> None:
        self._single("counter_only", lambda i: self.rng.choice(("", "FACT ", "FACTURE N ", "F")) + habits.counter_of(i.number))

    def _misprint(self) -> None:
        self._single("misprint", lambda i: habits.misprint(self.rng, i.number))

    def _lookalike_letters(self) -> None:
        self._single("lookalike_letters", lambda i: habits.lookalikes(self.rng, i.number))

    def _several(self) -> None:
        items = self.some(2, 6)
        if items:
            text = habits.decorate(self.rng, habits.number_list(self.rng, items), items[0].debtor)
            lines = [(i, i.open) for i in items]
            self.receive("several", sum(i.open for i in items), self.when(items), text, lines, payer=items[0].debtor)

    def _range(self) -> None:
        items = self.some(3, 6)
        if items:
            free = sorted((i for i in self.unpaid(items[0].debtor)), key=lambda i: i.id)
            at = free.index(min(items, key=lambda i: i.id))
            chosen = [i for i in free[at : at + 4]]
            everything = [i for i in items[0].debtor.items if i.kind == "invoice" and chosen[0].id <= i.id <= chosen[-1].id]
            if len(chosen) < 3 or everything != chosen or chosen[0].issued_on.year != chosen[-1].issued_on.year:
                return
            text = f"FACT {chosen[0].number}{self.rng.choice((' A ', ' AU ', ' a '))}{chosen[-1].number}"
            self.receive("range", sum(i.open for i in chosen), self.when(chosen), text, [(i, i.open) for i in chosen], payer=chosen[0].debtor)

    def _part(self) -> None:
        items = self.some(where=lambda d: not d.recurring)
        if items and items[0].open > 20000:
            item = items[0]
            amount = self.rng.choice((item.open // 2, item.open * 3 // 10, item.open // 3, item.open // 10000 * 100 * 40 or 100))
            amount = min(max(amount, 100), item.open - 4000)
            text = self.rng.choice(("ACOMPTE ", "", "FACT ", "1ER VERSEMENT ")) + habits.number_as_printed(self.rng, item.number)
            self.receive("part", amount, self.when(items), text, [(item, amount)], payer=item.debtor)

    def _overpaid(self) -> None:
        items = self.some(where=lambda d: not d.recurring)
        if items:
            item = items[0]
            extra = self.rng.choice((self.rng.randrange(200, 5000), item.open // 10 + 101, item.open // 5 + 200))
            text = "FACT " + habits.number_as_printed(self.rng, item.number)
            self.receive("overpaid", item.open + extra, self.when(items), text, [(item, item.open)], payer=item.debtor)

    def _discount_named(self) -> None:
        self._discount("discount_named", True)

    def _discount_silent(self) -> None:
        self._discount("discount_silent", False)

    def _discount(self, kind: str, named: bool) -> None:
        items = self.some(where=lambda d: d.discount is not None)
        if items and items[0].debtor.discount:
            item, terms = items[0], items[0].debtor.discount
            rate, days = {"2% 8 jours": (200, 8), "1,5 % 10 jours": (150, 10), "2/8 net 30": (200, 8)}[terms]
            on = min(item.issued_on + timedelta(days=self.rng.randrange(1, days)), TODAY)
            amount = item.open - (item.open * rate + 5000) // 10000
            text = habits.number_as_printed(self.rng, item.number) if named else "REGLEMENT"
            self.receive(kind, amount, on, text + self.rng.choice(("", " ESC DEDUIT", " ESCOMPTE")), [(item, amount)], payer=item.debtor)

    def _credit_note_named(self) -> None:
        self._credit_note("credit_note_named", True)

    def _credit_note_silent(self) -> None:
        self._credit_note("credit_note_silent", False)

    def _credit_note(self, kind: str, named: bool) -> None:
        items = self.some(1, 3, where=lambda d: bool(self.unpaid(d, "credit_note")))
        if not items:
            return
        note = self.unpaid(items[0].debtor, "credit_note")[0]
        total = sum(i.open for i in items) - note.open
        if total <= 100:
            return
        text = " ET ".join(i.number for i in items)
        if named:
            text += self.rng.choice((" - ", " MOINS AVOIR ", " DEDUCTION AV ", " AVOIR ")) + note.number
        lines = [(i, i.open) for i in items] + [(note, -note.open)]
        self.receive(kind, total, self.when([*items, note]), text, lines, payer=items[0].debtor)

    def _bank_fee(self) -> None:
        items = self.some()
        if items and items[0].open > 40000:
            item, fee = items[0], self.rng.choice((500, 800, 1200, 1500, 1850))
            text = "FACT " + habits.number_as_printed(self.rng, item.number)
            self.receive("bank_fee", item.open - fee, self.when(items), text, [(item, item.open - fee)], payer=item.debtor)

    def _rounding(self) -> None:
        items = self.some()
        if items and items[0].open % 100:
            item = items[0]
            amount = item.open // 100 * 100
            self.receive("rounding", amount, self.when(items), habits.number_as_printed(self.rng, item.number), [(item, amount)], payer=item.debtor)

    def _order(self) -> None:
        items = self.some(where=lambda d: any(i.order_ref for i in self.unpaid(d)))
        items = [i for i in self.unpaid(items[0].debtor) if i.order_ref][:1] if items else None
        if items and items[0].order_ref:
            item = items[0]
            text = habits.decorate(self.rng, self.rng.choice(("", "COMMANDE ", "VOTRE REF ")) + (item.order_ref or ""), item.debtor)
            self.receive("order", item.open, self.when(items), text, [(item, item.open)], payer=item.debtor)

    def _payment_ref(self) -> None:
        items = self.some(where=lambda d: any(i.payment_ref for i in self.unpaid(d)))
        items = [i for i in self.unpaid(items[0].debtor) if i.payment_ref][:1] if items else None
        if items and items[0].payment_ref:
            item = items[0]
            ref = item.payment_ref
            spaced = " ".join((ref or "")[i : i + 4] for i in range(0, len(ref or ""), 4))
            self.receive("payment_ref", item.open, self.when(items), self.rng.choice(("", spaced)), [(item, item.open)], payer=item.debtor, structured_ref=ref)

    def _foreign(self) -> None:
        for _ in range(60):
            debtor = self.debtor()
            free = [i for i in debtor.items if not i.paid and i.kind == "invoice" and i.currency != "EUR"]
            if free:
                item = free[0]
                amount = item.open * self.rng.randrange(85, 118) // 100
                self.receive(
                    "foreign", amount, self.when([item]), item.number, [(item, item.open)], payer=debtor,
                    original_amount_minor=item.open, original_currency=item.currency,
                )  # fmt: skip
                return

    # --- the payer and the amount --------------------------------------------------------------------

    def _quiet_text(self) -> str:
        return self.rng.choice(("", "VIREMENT", "VIR SEPA", "REGLEMENT FACTURE", "REGLEMENT", "PAIEMENT", "VOTRE FACTURE", "VIR INST"))

    def _pool(self, debtor: Debtor, on: date, seller_wide: bool = False) -> list[int]:
        """What the debtor had open in our books on that day."""
        return [i.open for i in debtor.items if i.kind == "invoice" and i.currency == "EUR" and i.issued_on <= on]

    def _unnamed(self, kind: str, items: list[Item], on: date | None = None) -> None:
        """A receipt without reference; decidable only when no other set of up to four amounts adds up."""
        on, debtor = on or self.when(items), items[0].debtor
        total = sum(i.open for i in items)
        pool = self._pool(debtor, on)
        alone = is_only_set(pool, tuple(sorted(i.open for i in items)))
        homonym = sum(1 for d in self.world.debtors if d.name == debtor.name) > 1 if alone else False
        if homonym:
            return
        lines = [(i, i.open) for i in items]
        self.receive(kind if alone else "ambiguous_sum", total, on, self._quiet_text(), lines, payer=debtor, decidable=alone, must_leave=not alone)

    def _payer_single(self) -> None:
        items = self.some(where=lambda d: not d.recurring and len(d.items) < 40)
        if items and sum(1 for i in items[0].debtor.items if i.open == items[0].open) == 1:
            self._unnamed("payer_single", items)

    def _payer_sum(self) -> None:
        items = self.some(2, 4, where=lambda d: not d.recurring and len(d.items) <= 16)
        if items and len(items) > 1:
            self._unnamed("payer_sum", items)

    def _payer_balance(self) -> None:
        items = self.some(5, 5, where=lambda d: 5 <= len(self.unpaid(d)) <= 9 and not d.recurring)
        if items:
            self._unnamed("payer_balance", self.unpaid(items[0].debtor), TODAY)

    def _ambiguous_sum(self) -> None:
        items = self.some(3, 3, where=lambda d: len(d.items) < 30)
        if not items:
            return
        one, two, whole = items
        if one.open == two.open:
            return
        whole.open = whole.total = one.open + two.open
        on = self.when(items)
        chosen = self.rng.choice(([whole], [one, two]))
        lines = [(i, i.open) for i in chosen]
        self.receive("ambiguous_sum", whole.open, on, self._quiet_text(), lines, payer=whole.debtor, decidable=False, must_leave=True)
        for item in items:
            item.paid = True

    def _equal_amounts(self) -> None:
        items = self.some(2, 2, where=lambda d: d.recurring > 0 and len(d.items) < 60)
        if items:
            debtor = items[0].debtor
            free = sorted(self.unpaid(debtor), key=lambda i: (i.due_on, i.issued_on, i.number, i.id))
            equal = [i for i in free if i.open == debtor.recurring]
            if len(equal) > 1:
                equal[0].paid = True
                self.waiting.append((debtor, self.when(equal[:1]), equal[0].open))

    def _settle_equal(self) -> None:
        """Receipts of equal sums pay, in the order they came, the debts due first (C. civ. 1342-10)."""
        named = {i for t in self.truth for i, _ in t.lines}
        for debtor, on, amount in sorted(self.waiting, key=lambda w: (w[1], w[0].id)):
            equal = [i for i in debtor.items if i.open == amount and i.kind == "invoice" and i.currency == "EUR" and i.id not in named and i.issued_on <= on]
            equal.sort(key=lambda i: (i.due_on, i.issued_on, i.number, i.id))
            if equal:
                named.add(equal[0].id)
                self._unnamed("equal_amounts", [equal[0]], on)

    def _statement(self) -> None:
        items = self.some(2, 2, where=lambda d: not d.recurring)
        if not items:
            return
        first = items[0].issued_on
        month = [i for i in items[0].debtor.items if (i.issued_on.year, i.issued_on.month) == (first.year, first.month) and i.currency == "EUR"]
        if len(month) < 2 or any(i.paid for i in month) or first.month == TODAY.month and first.year == TODAY.year:
            return
        total = sum(i.open if i.kind == "invoice" else -i.open for i in month)
        if total <= 0:
            return
        name = habits.MONTHS[first.month - 1]
        text = self.rng.choice((f"RELEVE {first:%m/%Y}", f"RELEVE DE {name}", f"FACTURES DE {name} {first.year}", f"RELEVE {name} {first:%y}", f"VOS FACTURES {name}", f"RELEVE {first:%m-%Y}"))
        on = min(date(first.year + first.month // 12, first.month % 12 + 1, 1) + timedelta(days=self.rng.randrange(0, 40)), TODAY)
        lines = [(i, i.open if i.kind == "invoice" else -i.open) for i in month]
        self.receive("statement", total, on, text, lines, payer=items[0].debtor)

    # --- other payers --------------------------------------------------------------------------------

    def _parent(self) -> None:
        items = self.some(1, 2, where=lambda d: d.parent is not None)
        if items:
            parent = next(d for d in self.world.debtors if d.id == items[0].debtor.parent and d.seller == items[0].debtor.seller)
            text = " ".join(habits.number_as_printed(self.rng, i.number) for i in items)
            self.receive("parent", sum(i.open for i in items), self.when(items), text, [(i, i.open) for i in items], payer=parent)

    def _third_party(self) -> None:
        items = self.some()
        if items:
            item = items[0]
            name = self.rng.choice(("BNP PARIBAS FACTOR", "FACTOFRANCE", "EUROFACTOR", "CABINET COMPTABLE DU PARC", "NOTAIRES ASSOCIES", company_name(self.rng) + " GESTION"))
            text = f"{habits.number_as_printed(self.rng, item.number)} POUR COMPTE {habits.plain(item.debtor.name)}"
            self.receive("third_party", item.open, self.when(items), text, [(item, item.open)], name=name, seller=item.debtor.seller)

    def _remittance(self) -> None:
        items = self.some(2, 12)
        if items:
            lines = [(i, i.open) for i in items]
            row = self.receive("remittance", sum(i.open for i in items), self.when(items), self.rng.choice(("VOIR DETAIL", "RGLT SUIVANT BORDEREAU 4471", "")), lines, payer=items[0].debtor)
            self.remittances.add(id=row["id"], receipt_id=row["id"], lines=tuple((i.number, i.open) for i in items), seller=items[0].debtor.seller, debtor=items[0].debtor.id)

    # --- what must be left alone ---------------------------------------------------------------------

    def _homonym(self) -> None:
        items = self.some(where=lambda d: sum(1 for e in self.debtors if e.name == d.name) > 1) if self.rng.random() < 0.2 else None
        if not items:
            return
        item = items[0]
        twin = next(d for d in self.debtors if d.name == item.debtor.name and d is not item.debtor)
        other = next((i for i in self.unpaid(twin) if i.issued_on <= item.issued_on), None)
        if other is None:
            return
        other.open = other.total = item.open
        other.paid = True
        self.receive("homonym", item.open, self.when([item, other]), self._quiet_text(), [(item, item.open)], name=habits.plain(item.debtor.name), seller=item.debtor.seller, decidable=False, must_leave=True)

    def _other_debtors_number(self) -> None:
        items, others = self.some(where=lambda d: not d.recurring), self.some(where=lambda d: not d.recurring)
        if items and others and items[0].debtor.seller == others[0].debtor.seller and items[0].debtor.name != others[0].debtor.name:
            payer, item = items[0].debtor, others[0]
            if payer.parent or item.debtor.parent or any(d.parent == payer.id for d in (item.debtor,)):
                return
            if any(i.open == item.open for i in payer.items):
                return
            self.receive("other_debtors_number", item.open, self.when([item]), item.number, [], name=habits.plain(payer.name), seller=payer.seller, payer=payer, decidable=False, must_leave=True)
            item.paid = True

    def _stranger_amount(self) -> None:
        items = self.some()
        if items:
            name = f"{company_name(self.rng)} {self.rng.choice(('ZZ', 'HOLDING', 'INVEST'))} {self.rng.randrange(99)}"
            self.receive("stranger_amount", items[0].open, self.when(items), self._quiet_text(), [], name="XAVIER " + name[:12] + " QUORTEX", decidable=False, must_leave=True)

    def _on_account(self) -> None:
        items = self.some(2, 2, where=lambda d: not d.recurring and len(d.items) < 14)
        if items:
            amount = self.rng.randrange(3, 90) * 10000
            on = self.when(items)
            pool = self._pool(items[0].debtor, on)
            if any(sum(c) in (amount, amount + 1) for k in (1, 2, 3) for c in combinations(pool, k)):
                return
            self.receive("on_account", amount, on, self.rng.choice(("ACOMPTE", "VERSEMENT", "VIREMENT", "A VALOIR")), [], payer=items[0].debtor, decidable=False, must_leave=True)

    def _advance(self) -> None:
        debtor = self.debtor()
        if debtor.items and not debtor.recurring:
            amount = self.rng.randrange(10**5, 10**6) * 1 + 7
            on = min(i.issued_on for i in debtor.items) - timedelta(days=9)
            text = f"ACOMPTE DEVIS {self.rng.randrange(1000, 9999)}"
            self.receive("advance", amount, on, text, [], payer=debtor, decidable=False, must_leave=True)

    def _closed_number(self) -> None:
        if self.world.closed:
            item = self.rng.choice(self.world.closed)
            text = habits.decorate(self.rng, habits.number_as_printed(self.rng, item.number), item.debtor)
            on = min(item.due_on + timedelta(days=20), TODAY)
            self.receive("closed_number", item.total, on, text, [], payer=item.debtor, decidable=False, must_leave=True)

    def _duplicate(self) -> None:
        if self.past:
            row = self.past.pop(self.rng.randrange(len(self.past)))
            on = min(row["received_on"] + timedelta(days=self.rng.randrange(1, 20)), TODAY)
            number = len(self.receipts.rows) + 1
            self.receipts.add(**(row | {"id": number, "received_on": on, "bank_ref": f"B{number}"}))
            self.truth.append(Truth(number, "duplicate", (), False, True))

    def _return(self) -> None:
        if self.past:
            row = self.past.pop(self.rng.randrange(len(self.past)))
            on = min(row["received_on"] + timedelta(days=self.rng.randrange(1, 20)), TODAY)
            number = len(self.receipts.rows) + 1
            back = {"id": number, "received_on": on, "amount_minor": -row["amount_minor"], "unapplied_minor": -row["amount_minor"], "return_reason": self.rng.choice(("AC04", "AM04", "MD06", "FOCR")), "remittance": f"REJET {row['remittance']}", "bank_ref": f"B{number}"}
            self.receipts.add(**(row | back))
            self.truth.append(Truth(number, "return", (), False, True))

    def _outsider(self) -> None:
        name, text = self.rng.choice(_OUTSIDERS)
        self.receive("outsider", self.rng.randrange(10**4, 10**7), TODAY - timedelta(days=self.rng.randrange(300)), text.format(n=self.rng.randrange(10**4, 10**8)), [], name=name or "", decidable=False, must_leave=True)


def is_only_set(pool: list[int], paid: tuple[int, ...]) -> bool:
    """Whether no other set of amounts (up to four, fewer in a large pool) has the sum of `paid`."""
    target = sum(paid)
    usable = [a for a in pool if a <= target]
    most = 4 if len(usable) <= 18 else 3 if len(usable) <= 40 else 2
    for size in range(1, min(most, len(usable)) + 1):
        for chosen in combinations(usable, size):
            if sum(chosen) == target and tuple(sorted(chosen)) != paid:
                return False
    return True


def make_scenario(seed: int, invoices: int) -> Scenario:
    """A scenario of `invoices` invoices and 0.55 receipts per invoice. Equal seeds give equal scenarios."""
    world = make_world(seed, invoices)
    till = Till(world, seed)
    till.run(invoices * 62 // 100)
    order = list(range(len(till.receipts.rows)))
    till.rng.shuffle(order)
    return Scenario(
        f"seed {seed}", TODAY, _open_items(world), _debtors(world), _shuffled(till.receipts, order).columns(Receipts),
        till.remittances.columns(Remittances), _settled(world), [till.truth[i] for i in order],
    )  # fmt: skip


def _shuffled(rows: Rows, order: list[int]) -> Rows:
    return Rows([rows.rows[i] for i in order])


def _open_items(world: World) -> OpenItems:
    rows = Rows()
    for i in world.items:
        rows.add(
            id=i.id, seller=i.debtor.seller, debtor=i.debtor.id, number=i.number, kind=i.kind, issued_on=i.issued_on, due_on=i.due_on,
            currency=i.currency, total_minor=i.total, open_minor=i.open, order_ref=i.order_ref, payment_ref=i.payment_ref,
            discount_terms=i.debtor.discount,
        )  # fmt: skip
    table: OpenItems = rows.columns(OpenItems)
    return table


def _debtors(world: World) -> Debtors:
    rows = Rows()
    for d in world.debtors:
        ibans = (d.iban,) if d.iban_known else ()
        rows.add(seller=d.seller, debtor_id=d.id, name=d.name, siren=d.siren, parent_id=d.parent, ibans=ibans)
    table: Debtors = rows.columns(Debtors)
    return table


def _settled(world: World) -> SettledNumbers:
    closed = world.closed
    return SettledNumbers([i.debtor.seller for i in closed], [i.debtor.id for i in closed], [i.number for i in closed])
