"""What a known payer may pay: the open items of its account, or of its group, when the money came.

What other receipts of this run used up still counts as a rival: that a set is the only one *left* is a fact about us,
not about what the debtor paid.
"""

from __future__ import annotations

from itertools import compress

from hub.core.reconcile.case import Case, Desk, Draft

DATE_SLACK_DAYS = 3  # an invoice may be dated a little after its payment


class Pool:
    """Items of one account a receipt may pay by its date, oldest due first; `amounts` also counts used ones."""

    def __init__(self, desk: Desk, case: Case, accounts: list[int]) -> None:
        ledger, items = desk.ledger, desk.ledger.items
        last = case.received_on.toordinal() + DATE_SLACK_DAYS
        self.accounts = accounts
        self.invoices: list[int] = []
        self.credits: list[int] = []
        left = ledger.left
        for account in accounts:
            if case.seller not in (None, ledger.accounts[account][0]):
                continue
            mine = ledger.account(account, case.currency)
            self.invoices += issued_by(last, mine.invoices, mine.invoiced)
            if mine.credits:
                self.credits += issued_by(last, mine.credits, mine.credited)
        rest = list(map(left.__getitem__, self.invoices))
        self.left = list(compress(self.invoices, rest))
        # A used-up item still counts with what it had open; a part-paid one also with what is left.
        self.amounts = list(map(items.open_minor.__getitem__, self.invoices))
        self.amounts += [now for now, opened in zip(rest, self.amounts, strict=True) if 0 < now != opened]

    def take(self, desk: Desk, amounts: tuple[int, ...]) -> list[int] | None:
        """Items with these open amounts, the oldest due first; None when one has been used up."""
        wanted, chosen, left = list(amounts), [], desk.ledger.left
        for row in self.left:
            if left[row] in wanted:
                wanted.remove(left[row])
                chosen.append(row)
                if not wanted:
                    return chosen
        return None


def issued_by(last: int, rows: list[int], issued: list[int]) -> list[int]:
    """The rows issued by a day, all of them in most runs: new receipts meet older invoices."""
    if not rows or max(issued) <= last:
        return rows
    return [row for row, day in zip(rows, issued, strict=True) if day <= last]


def cap(draft: Draft, most: float) -> Draft:
    """The draft, no surer than `most`."""
    draft.confidence = min(draft.confidence, most)
    return draft
