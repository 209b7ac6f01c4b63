"""Credit notes that a debtor takes off a period it pays whole: all that are open, or the one of its time."""

from __future__ import annotations

from hub.core.reconcile.amounts.charges import often_kept_back
from hub.core.reconcile.case import Desk

MOST_CREDITS = 8  # the last ones, of which one alone may be taken off


def taken_off(desk: Desk, credits: list[int], invoices: list[int], less: int) -> list[int]:
    """The open credit notes that make up what is missing of some invoices: all of them, or the only one of that sum.

    Nothing when nothing is missing, or when none does. One alone was issued since the invoices were, and is no sum
    that is often kept back.
    """
    left, issued_on = desk.ledger.left, desk.ledger.items.issued_on
    if less <= 0 or not credits:
        return []
    if sum([left[row] for row in credits]) == less:
        return credits
    first = min([issued_on[row] for row in invoices])
    found = [row for row in credits[-MOST_CREDITS:] if left[row] == less and issued_on[row] >= first]
    return found if len(found) == 1 and not often_kept_back(less) else []
