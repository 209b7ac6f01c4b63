"""Which of several equal invoices each of a debtor's undecided receipts may pay: seen together, not one by one.

Of equal debts the oldest is paid first (C. civ. 1342-10), as long as each payment then comes at most some weeks late.
Where that fails something older stays unpaid for reasons of its own; then the receipts are laid beside the invoices so
that each comes about as long after its due day as the others do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

LATE = 45  # days after its due day that an invoice is still paid in turn
_ISSUED_LATER = 3  # days an invoice may be dated after its payment
_MOST = 4_000  # receipts times invoices that are laid beside one another
_MOST_DELAYS = 40
# Costs of laying payments beside debts, in days.
_UNLIKE = 30  # other days late than the others are, at most
_SKIPPED = 2  # a debt left out
_PASSED = 0.3  # each day late: a habit, counted once
_EARLY = 3  # times as much as a day late: debtors pay late by habit, and weeks early by no habit
_NEVER = 10_000.0


class Debt(NamedTuple):
    """One of several equal invoices."""

    row: int
    issued: date
    due: date


def in_turn(days: Sequence[date], debts: Sequence[Debt]) -> list[int]:
    """For each day of payment, in order, the row of the debt it may pay; [] when there are too few debts."""
    if len(days) > len(debts):
        return []
    if all((day - debt.due).days <= LATE and _was_issued(debt, day) for day, debt in zip(days, debts, strict=False)):
        return [debt.row for _, debt in zip(days, debts, strict=False)]
    if len(days) * len(debts) > _MOST:
        return []
    delays = sorted({(day - debt.due).days for day in days for debt in debts}, key=lambda delay: (abs(delay), delay))
    found = [_laid(days, debts, delay) for delay in delays[:_MOST_DELAYS]]
    cost, rows = min(found, key=lambda one: one[0])
    return rows if cost < _NEVER else []


def _was_issued(debt: Debt, day: date) -> bool:
    return (debt.issued - day).days <= _ISSUED_LATER


def _laid(days: Sequence[date], debts: Sequence[Debt], delay: int) -> tuple[float, list[int]]:
    """The cheapest way to lay payments beside debts, both in their order, when all come about `delay` days late."""
    costs: list[float] = [_SKIPPED * at for at in range(len(debts) + 1)]  # with the first debts passed by
    taken: list[list[bool]] = []
    for day in days:
        row: list[float] = [_NEVER * (len(days) + 1)]
        took = [False]
        for at, debt in enumerate(debts):
            paid = costs[at] + min(abs((day - debt.due).days - delay), _UNLIKE)
            paid += 0 if _was_issued(debt, day) else _NEVER
            skipped = row[at] + _SKIPPED
            row.append(min(paid, skipped))
            took.append(paid < skipped)
        costs = row
        taken.append(took)
    at = min(range(len(costs)), key=lambda end: (costs[end], end))
    total = costs[at] + _PASSED * (delay if delay > 0 else -_EARLY * delay)
    rows: list[int] = []
    for took in reversed(taken):
        while at and not took[at]:
            at -= 1
        if not at:
            return _NEVER, []
        at -= 1
        rows.append(debts[at].row)
    return total, rows[::-1]
