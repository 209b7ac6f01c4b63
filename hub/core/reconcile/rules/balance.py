"""Everything a known payer owes, or everything due: sets that debtors pay, and that are no chance among millions."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from hub.core.reconcile.amounts.sums import sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS, Pool

_EQUAL = 0.85  # weight of so many equal invoices as make the sum: larger sets were not tried
_LEAST_EQUAL = 5  # fewer are found among all sets
_SMALL_POOL = 24  # items of which most may be paid at once


def balance(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Everything still open, or everything due by then: sets a debtor pays, and no chance among millions."""
    left, whole = desk.ledger.left, desk.ledger.items.open_minor
    untouched = [r for r in pool.left if left[r] == whole[r]]
    what, rows = _everything(desk, case, pool, untouched)
    if len(rows) > 1:
        reason = f"The payer is known and pays everything {what}: {desk.numbers(rows)}."
        return [Draft(0.984, "payer_balance", reason, [(r, desk.signed(r)) for r in rows])]
    if equal := _several_equal(desk, case, pool):
        return equal
    drafts = _all_but(desk, case, pool, pool.left)
    return drafts if drafts or len(untouched) == len(pool.left) else _all_but(desk, case, pool, untouched)


def _several_equal(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """The oldest of equal invoices, as many as make up the amount. Only ever a suggestion, and yet it takes a turn."""
    left = desk.ledger.left
    for amount, there in Counter([left[row] for row in pool.left]).items():
        several = case.amount // amount
        if _LEAST_EQUAL <= several <= there and several * amount == case.amount:
            rows = [row for row in pool.left if left[row] == amount][:several]
            reason = f"The payer is known and {desk.numbers(rows)}, the oldest of equal ones, add up to this amount."
            return [Draft(_EQUAL, "payer_sum", reason, [(row, amount) for row in rows])]
    return []


def _everything(desk: Desk, case: Case, pool: Pool, untouched: list[int]) -> tuple[str, list[int]]:
    """What adds up to the amount: all invoices open, all due, all open less all credit notes, or all that no other
    receipt pays in part; else nothing."""
    left, items = desk.ledger.left, desk.ledger.items
    total = sum([left[r] for r in pool.left])
    if total == case.amount:
        return "open", pool.left
    if total > case.amount:
        due = case.received_on + timedelta(days=DATE_SLACK_DAYS)
        rows = [r for r in pool.left if (items.due_on[r] or items.issued_on[r]) <= due]
        if len(rows) > 1 and sum([left[r] for r in rows]) == case.amount:
            return "due", rows
    credits = [r for r in pool.credits if left[r] > 0]
    if credits and total - sum([left[r] for r in credits]) == case.amount:
        return f"open less credit note {desk.numbers(credits)}", pool.left + credits
    if len(untouched) < len(pool.left) and sum([left[r] for r in untouched]) == case.amount:
        return "open that no other receipt pays in part", untouched
    return "", []


def _all_but(desk: Desk, case: Case, pool: Pool, of: list[int]) -> list[Draft]:
    """Everything open but one, two or three: they may be paid by receipts that wait. Only ever a suggestion."""
    left = {r: desk.ledger.left[r] for r in of}
    excess = sum(left.values()) - case.amount
    if not 4 < len(left) <= _SMALL_POOL or excess <= 0:
        return []
    sums = sums_to(list(left.values()), excess, 3)
    drafts = []
    for solution in sums.solutions[:2]:
        out = pool.take(desk, solution)
        if out is not None and len(solution) <= 3 and sums.chance(len(solution), excess) < 0.5:
            rows = [r for r in of if r not in out]
            reason = f"The payer is known and pays everything open but {desk.numbers(out)}: {desk.numbers(rows)}."
            drafts.append(Draft(0.75, "payer_balance", reason, [(r, left[r]) for r in rows]))
    return drafts
