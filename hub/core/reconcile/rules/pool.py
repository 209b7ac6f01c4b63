"""What a known payer may pay: the open items of its account, or of its group, when the money came.

What other receipts of this run used up still counts as a rival: that a set is the only one *left* is a fact about us,
not about what the debtor paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import compress

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.index.ledger import Part

DATE_SLACK_DAYS = 3  # an invoice may be dated a little after its payment


class Pool:
    """Items of one account a receipt may pay by its date, oldest due first; `amounts` also counts used ones."""

    def __init__(self, desk: Desk, case: Case, accounts: list[int]) -> None:
        ledger = desk.ledger
        last = case.received_on.toordinal() + DATE_SLACK_DAYS
        self.accounts = accounts
        self.invoices: list[int] = []
        self.credits: list[int] = []
        self.amounts: list[int] = []
        left = ledger.left
        for account in accounts:
            if case.seller not in (None, ledger.accounts[account][0]):
                continue
            invoices, credits = ledger.account(account, case.currency)
            _add(self.invoices, self.amounts, invoices, last)
            if credits.rows:
                _add(self.credits, [], credits, last)
        if case.reading.left_out:
            self._leave_out(ledger.items.open_minor, set(case.reading.left_out))
        rest = list(map(left.__getitem__, self.invoices))
        self.left = list(compress(self.invoices, rest))
        # A used-up item still counts with what it had open; a part-paid one also with what is left.
        if list(filter(None, rest)) != list(compress(self.amounts, rest)):
            self.amounts += [now for now, opened in zip(rest, self.amounts, strict=True) if 0 < now != opened]

    def _leave_out(self, opened: Sequence[int], rows: set[int]) -> None:
        """Without the items that the text says are not paid."""
        self.invoices = [row for row in self.invoices if row not in rows]
        self.credits = [row for row in self.credits if row not in rows]
        self.amounts = [opened[row] for row in self.invoices]

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


def _add(rows: list[int], amounts: list[int], part: Part, last: int) -> None:
    """Add the rows issued by a day, and what they had open: mostly all, since new receipts meet older invoices."""
    if part.last <= last:
        rows += part.rows
        amounts += part.opened
    else:
        in_time = [day <= last for day in part.issued]
        rows += compress(part.rows, in_time)
        amounts += compress(part.opened, in_time)


def cap(draft: Draft, most: float) -> Draft:
    """The draft, no surer than `most`."""
    draft.weight = min(draft.weight, most)
    return draft


def pick(rows: Iterable[int], worth: Mapping[int, int] | Sequence[int], amounts: Iterable[int]) -> list[int]:
    """The first rows that are worth these amounts, each row once."""
    wanted, chosen = list(amounts), []
    for row in rows:
        if worth[row] in wanted:
            wanted.remove(worth[row])
            chosen.append(row)
    return chosen
