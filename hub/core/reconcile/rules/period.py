"""Explanations from a period that no text names: all of a debtor's month, or of one due day, as statements bill it."""

from __future__ import annotations

from datetime import date

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.credited import MOST_CREDITS, taken_off
from hub.core.reconcile.rules.named import full_lines
from hub.core.reconcile.rules.pool import Pool

_LEAST = 3  # invoices of a period that are no accident together
_TOLD, _SURE, _SEVERAL = 0.99, 0.984, 0.8


def of_one_period(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """All that was issued in one month, or falls due on one day, with all credit notes taken off, one, or none.

    Wholesalers bill each delivery and are paid by the month. There are few such sets, so that chance hardly makes one;
    a period of which something was paid otherwise is none.
    """
    if len(pool.accounts) != 1 or len(pool.left) <= _LEAST:
        return []
    left, opened = desk.ledger.left, desk.ledger.items.open_minor
    credits = [r for r in pool.credits if left[r] > 0] if pool.credits else []
    off = {0, sum([left[r] for r in credits]), *[left[r] for r in credits[-MOST_CREDITS:]]} if credits else {0}
    drafts: list[Draft] = []
    for what, rows in _periods(desk, pool, {case.amount + less for less in off}):
        if len(rows) < _LEAST or any([left[r] != opened[r] for r in rows]):
            continue
        less = sum([opened[r] for r in rows]) - case.amount
        chosen = rows + taken_off(desk, credits, rows, less)
        if less and len(chosen) == len(rows):
            continue
        reason = f"The payer is known and {desk.numbers(chosen)}, all that {what}, add up exactly."
        draft = Draft(_SURE, "payer_statement", reason, full_lines(desk, chosen))
        if not any([draft.same_as(other) for other in drafts]):
            drafts.append(draft)
    for draft in drafts:
        if len(drafts) > 1 or _is_any_of_equals(desk, pool, draft):
            draft.weight = _SEVERAL
    return drafts


def _is_any_of_equals(desk: Desk, pool: Pool, draft: Draft) -> bool:
    """Whether all of a period are of one sum, and there are more of it: any as many of them would add up."""
    amounts = {amount for _, amount in draft.lines}
    left = desk.ledger.left
    return len(amounts) == 1 and len([row for row in pool.left if left[row] in amounts]) > len(draft.lines)


def due_on_the_day(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """All that falls due on the day a text names as a due date, when it adds up: "LCR ECH 240626" of two invoices."""
    due_on, left = desk.ledger.items.due_on, desk.ledger.left
    rows = [row for row in pool.left if due_on[row] in case.reading.due_on]
    if len(rows) < 2 or sum([left[row] for row in rows]) != case.amount:
        return []
    reason = f"The text names a due date: {desk.numbers(rows)}, all that falls due then, add up exactly."
    return [Draft(_TOLD, "payer_statement", reason, full_lines(desk, rows))]


def _periods(desk: Desk, pool: Pool, sums: set[int]) -> list[tuple[str, list[int]]]:
    """The months of issue and the due days of a pool that make one of some sums, each with its invoices."""
    issued_on, due_on, opened = desk.ledger.items.issued_on, desk.ledger.items.due_on, desk.ledger.items.open_minor
    months, days = dict[int, int](), dict[date | None, int]()  # what they add up to; counted without a call a row
    for row in pool.invoices:
        month, day = issued_on[row].year * 12 + issued_on[row].month, due_on[row]
        months[month] = months[month] + opened[row] if month in months else opened[row]
        days[day] = days[day] + opened[row] if day in days else opened[row]
    found = []
    for month, total in months.items():
        if total in sums:
            rows = [r for r in pool.invoices if issued_on[r].year * 12 + issued_on[r].month == month]
            found.append((f"was issued in {issued_on[rows[0]]:%m/%Y}", rows))
    for day, total in days.items():
        if total in sums and day is not None:
            found.append((f"falls due on {day:%d/%m/%Y}", [r for r in pool.invoices if due_on[r] == day]))
    return found
