"""Which of several invoices of one sum the text of a receipt points at; a hint for who decides, never a proof."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.reading.mentions import WEAK
from hub.core.reconcile.rules.its_day import in_a_week_named
from hub.core.reconcile.rules.near_number import near_number
from hub.core.reconcile.rules.statement import in_a_month_named
from hub.core.reconcile.rules.windows import windows

_ABOUT = 15  # days


def told(desk: Desk, case: Case, rows: list[int]) -> list[int]:
    """Those of the rows that the text points at, by the first of its hints that fits some and not all; else nothing."""
    for fits in _hints(desk, case, rows):
        found = [row for row in rows if fits(row)]
        if 0 < len(found) < len(rows):
            return found
    return []


def _hints(desk: Desk, case: Case, rows: list[int]) -> Iterator[Callable[[int], object]]:
    """What the text says, the plainest first: due days, weeks, numbers, other days, months."""
    reading, items = case.reading, desk.ledger.items
    issued_on, due_on, days = items.issued_on, items.due_on, set(reading.days)
    if reading.due_on:
        yield lambda row: due_on[row] in reading.due_on
        nearest = min((_apart(due_on[row], reading.due_on) for row in rows), default=_ABOUT)
        if nearest < _ABOUT:  # a bill is presented some days after the day it is drawn for, or before
            yield lambda row: _apart(due_on[row], reading.due_on) == nearest
    if reading.weeks:
        yield lambda row: in_a_week_named(desk, case, row)
    if reading.mentions:
        named = {ref.row for mention in reading.mentions for ref in mention.refs if ref.strength > WEAK}
        yield named.__contains__
    if reading.names_something or windows(case):
        yield lambda row: near_number(desk, case, row)
    if days:
        yield lambda row: issued_on[row] in days or due_on[row] in days
    if reading.months:
        yield lambda row: in_a_month_named(desk, case, row)


def _apart(due: date | None, days: list[date]) -> int:
    """Days between a due day and the nearest of some days."""
    return min(abs((due - day).days) for day in days) if due else _ABOUT
