"""Invoices that follow one another, less credit notes or not: what people pay together, offered where nothing is sure.

Of a large account some set nearly always adds up, but there are few rows of neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate, combinations

from hub.core.reconcile.amounts.sums import sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.named import full_lines
from hub.core.reconcile.rules.pool import Pool, pick

RULE = "payer_sum"
_MOST_CREDITS = 6  # credit notes of which one, two or all may be taken off
_MOST_INVOICES = 400
_LIKELY, _LESS_CREDIT, _MAYBE = 0.82, 0.78, 0.5
_BY_CHANCE = 0.5  # runs that make a sum by accident, from which one is only a guess
_MOST_OF_IT, _LEAST_OF_A_PERIOD, _MOST_LEFT_OUT = 0.69, 3, 2
_AT_MOST = 2  # runs offered


def neighbours(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Runs of the open invoices, in the order they fall due or were issued, that make the sum; the nearest first."""
    rows = pool.left[-_MOST_INVOICES:]
    if len(rows) < 2:
        return []
    issued_on, number = desk.ledger.items.issued_on, desk.ledger.items.number
    issued = [row for _, _, row in sorted([(issued_on[row], number[row], row) for row in rows])]
    lists = [_List(desk, order) for order in ((rows,) if issued == rows else (rows, issued))]
    found: list[tuple[int, int, list[int], list[int]]] = []
    for credits in _taken_off(desk, pool):
        target = case.amount + sum([desk.ledger.left[row] for row in credits])
        for run in [run for one in lists for run in one.runs(target)]:
            if len(run) + len(credits) > 1:
                found.append((len(credits), _days(desk, case, run), run, credits))
    if not found:
        return _most_of_a_period(desk, case, rows)
    drafts: list[Draft] = []
    by_chance = len(rows) ** 2 * _ways(len(pool.credits)) > _BY_CHANCE * case.amount
    for _, _, run, credits in sorted(found, key=lambda one: one[:2]):
        draft = _draft(desk, run, credits, _MAYBE if by_chance else _LESS_CREDIT if credits else _LIKELY)
        if not any(draft.same_as(other) for other in drafts):
            drafts.append(draft)
        if len(drafts) == _AT_MOST:
            break
    return drafts


def _taken_off(desk: Desk, pool: Pool) -> Iterator[list[int]]:
    """No credit note, one, two, or all that are open."""
    credits = [row for row in pool.credits if desk.ledger.left[row] > 0]
    yield []
    for row in credits[-_MOST_CREDITS:]:
        yield [row]
    for pair in combinations(credits[-_MOST_CREDITS:], 2):
        yield list(pair)
    if len(credits) > 2:
        yield credits


class _List:
    """Invoices in an order, and what all that stands before each adds up to."""

    def __init__(self, desk: Desk, rows: list[int]) -> None:
        self.rows = rows
        before = [0, *accumulate(map(desk.ledger.left.__getitem__, rows))]
        self.place = dict(zip(before, range(len(before)), strict=True))

    def runs(self, target: int) -> list[list[int]]:
        """Neighbours that add up to the target."""
        place = self.place
        starts = place.keys() & {total - target for total in place}
        return [self.rows[place[total] : place[total + target]] for total in sorted(starts)] if starts else []


def _days(desk: Desk, case: Case, rows: list[int]) -> int:
    """Days between the receipt and the last of the invoices to fall due."""
    return abs((max(desk.ledger.age(row)[0] for row in rows) - case.received_on).days)


def _ways(credits: int) -> int:
    """How many ways there are to take credit notes off."""
    few = min(credits, _MOST_CREDITS)
    return 1 + few + few * (few - 1) // 2


def _draft(desk: Desk, run: list[int], credits: list[int], weight: float) -> Draft:
    less = f", less {desk.numbers(credits)}," if credits else ""
    reason = f"The payer is known; {desk.numbers(run)}, one after the other{less} add up to exactly this amount."
    return Draft(weight, "payer_less_credit_note" if credits else RULE, reason, full_lines(desk, run + credits))


def _most_of_a_period(desk: Desk, case: Case, rows: list[int]) -> list[Draft]:
    """All that falls due on one day, or was issued in one month, but one or two: they are paid apart, or disputed."""
    if len(rows) <= _LEAST_OF_A_PERIOD:
        return []
    left, drafts = desk.ledger.left, list[Draft]()
    for period in _periods(desk, rows):
        excess = sum([left[row] for row in period]) - case.amount
        if len(period) <= _LEAST_OF_A_PERIOD or not 0 < excess < case.amount:
            continue
        for solution in sums_to([left[row] for row in period], excess, _MOST_LEFT_OUT).solutions[:1]:
            out = pick(period[::-1], left, solution)
            run = [row for row in period if row not in out]
            reason = f"The payer is known; {desk.numbers(run)} are all of a period but {desk.numbers(out)}."
            draft = Draft(_MOST_OF_IT, RULE, reason, full_lines(desk, run))
            if len(out) <= _MOST_LEFT_OUT and not any(draft.same_as(other) for other in drafts):
                drafts.append(draft)
    drafts.sort(key=lambda draft: _days(desk, case, [row for row, _ in draft.lines]))
    return drafts[:_AT_MOST]


def _periods(desk: Desk, rows: list[int]) -> list[list[int]]:
    """What falls due on one day, and what was issued in one month."""
    issued_on, due_on = desk.ledger.items.issued_on, desk.ledger.items.due_on
    found: dict[object, list[int]] = {}
    for row in rows:
        day = issued_on[row]
        for period in (due_on[row], day.year * 12 + day.month):
            if period in found:
                found[period].append(row)
            else:
                found[period] = [row]
    return list(found.values())
