"""Where receipts are drawn: what is still unpaid, when it is paid, how the bank shows it, and the truth."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from tests.benchmarks.reconciliation import habits
from tests.benchmarks.reconciliation.scenario import Rows, Truth
from tests.benchmarks.reconciliation.world import TODAY, Debtor, Item, World, iban


class Till:
    """Draws receipts of each kind and remembers what is still unpaid."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.rng = Random(seed * 7 + 1)
        self.receipts, self.remittances = Rows(), Rows()
        self.truth: list[Truth] = []
        self._turn = 0
        self.debtors = [d for d in world.debtors if d.items]
        self.namesakes: dict[str, list[Debtor]] = {}
        for debtor in self.debtors:
            self.namesakes.setdefault(debtor.name, []).append(debtor)
        self.by_id = {d.id: d for d in world.debtors}
        self.rng.shuffle(self.debtors)
        self.past: list[dict[str, Any]] = []
        self.waiting: list[tuple[Debtor, date, int]] = []
        self.silent: list[tuple[int, str, Debtor, date, list[Item]]] = []  # truths to label when the ledger is final

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
        self,
        kind: str,
        amount: int,
        on: date,
        text: str,
        lines: list[tuple[Item, int]],
        *,
        payer: Debtor | None = None,
        name: str | None = None,
        decidable: bool = True,
        must_leave: bool = False,
        seller: str | None = None,
        **more: Any,
    ) -> dict[str, Any]:
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
            "id": len(self.receipts.rows) + 1,
            "received_on": on,
            "currency": "EUR",
            "amount_minor": amount,
            "unapplied_minor": amount,
            "seller": seller if rng.random() < 0.8 else None,
            "payer_name": shown,
            "payer_iban": account,
            "remittance": habits.pieces(rng, text),
            "account": f"ACC-{seller}",
            "transaction_code": "05" if bank == "cfonb" else "PMNT-RCDT-ESCT",
            "bank_ref": f"B{len(self.receipts.rows) + 1}",
        } | more
        self.receipts.add(**row)
        for item, _ in lines:
            item.paid = True
        self.truth.append(Truth(row["id"], kind, tuple(sorted((i.id, a) for i, a in lines)), decidable, must_leave))
        return row
