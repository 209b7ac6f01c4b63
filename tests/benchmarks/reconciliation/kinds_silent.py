"""Kinds of receipts that name no invoice: only the payer and the amount speak."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations

from tests.benchmarks.reconciliation import habits
from tests.benchmarks.reconciliation.till import Till
from tests.benchmarks.reconciliation.world import TODAY, Debtor, Item


class SilentKinds(Till):
    """Receipts without a number."""

    def _quiet_text(self) -> str:
        return self.rng.choice(
            ("", "VIREMENT", "VIR SEPA", "REGLEMENT FACTURE", "REGLEMENT", "PAIEMENT", "VOTRE FACTURE", "VIR INST")
        )

    def _pool(self, debtor: Debtor, on: date, seller_wide: bool = False) -> list[int]:
        """What the debtor had open in our books on that day."""
        return [i.open for i in debtor.items if i.kind == "invoice" and i.currency == "EUR" and i.issued_on <= on]

    def _unnamed(self, kind: str, items: list[Item], on: date | None = None) -> None:
        """A receipt without reference; whether it is decidable is told when no invoice changes any more."""
        on, debtor = on or self.when(items), items[0].debtor
        if len(self.namesakes[debtor.name]) > 1:
            return
        self.silent.append((len(self.truth), kind, debtor, on, items))
        lines = [(i, i.open) for i in items]
        self.receive(kind, sum(i.open for i in items), on, self._quiet_text(), lines, payer=debtor)

    def label_silent(self) -> None:
        """Silent receipts are decidable only when no other set of up to four amounts of the ledger adds up.

        Told last: making one case ambiguous changes an invoice, which may undo or make a rival of another.
        """
        for at, kind, debtor, on, items in self.silent:
            alone = is_only_set(self._pool(debtor, on), tuple(sorted(i.open for i in items)))
            kind = kind if alone else "ambiguous_sum"
            self.truth[at] = self.truth[at]._replace(kind=kind, decidable=alone, must_leave=not alone)

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
        self.receive(
            "ambiguous_sum",
            whole.open,
            on,
            self._quiet_text(),
            lines,
            payer=whole.debtor,
            decidable=False,
            must_leave=True,
        )
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
            equal = [
                i
                for i in debtor.items
                if i.open == amount
                and i.kind == "invoice"
                and i.currency == "EUR"
                and i.id not in named
                and i.issued_on <= on
            ]
            equal.sort(key=lambda i: (i.due_on, i.issued_on, i.number, i.id))
            if equal:
                named.add(equal[0].id)
                self._unnamed("equal_amounts", [equal[0]], on)

    def _statement(self) -> None:
        items = self.some(2, 2, where=lambda d: not d.recurring)
        if not items:
            return
        first = items[0].issued_on
        month = [
            i
            for i in items[0].debtor.items
            if (i.issued_on.year, i.issued_on.month) == (first.year, first.month) and i.currency == "EUR"
        ]
        if len(month) < 2 or any(i.paid for i in month) or (first.month == TODAY.month and first.year == TODAY.year):
            return
        total = sum(i.open if i.kind == "invoice" else -i.open for i in month)
        if total <= 0:
            return
        name = habits.MONTHS[first.month - 1]
        text = self.rng.choice(
            (
                f"RELEVE {first:%m/%Y}",
                f"RELEVE DE {name}",
                f"FACTURES DE {name} {first.year}",
                f"RELEVE {name} {first:%y}",
                f"VOS FACTURES {name}",
                f"RELEVE {first:%m-%Y}",
            )
        )
        on = min(
            date(first.year + first.month // 12, first.month % 12 + 1, 1) + timedelta(days=self.rng.randrange(0, 40)),
            TODAY,
        )
        lines = [(i, i.open if i.kind == "invoice" else -i.open) for i in month]
        self.receive("statement", total, on, text, lines, payer=items[0].debtor)


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
