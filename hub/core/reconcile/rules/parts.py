"""A known payer's money that is less than any invoice, or none of them: which one it may be a part of. Only hints."""

from __future__ import annotations

from itertools import accumulate

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.near_number import near_number
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.turns import LATE
from hub.core.reconcile.words import RETENTION_WORDS

PART = "payer_in_part"
_SPELT, _RETAINED, _DUE_NOW = 0.8, 0.75, 0.43
_FIVE_PER_CENT = 20  # what is kept back of a builder's invoice is the twentieth part (law 71-584)
_CENTS = 1  # by which each share may be rounded


def parts(desk: Desk, case: Case, pool: Pool, drafts: list[Draft]) -> list[Draft]:
    """Shares of invoices that the text nearly spells, retention money given back, and a part of what is due now."""
    spelt = [d for d in drafts if d.rule == PART and near_number(desk, case, d.lines[0][0])]
    for draft in spelt:
        draft.confidence = max(draft.confidence, _SPELT)
    return _retention(desk, case, pool) + _of_what_is_due(desk, case, pool)


def _of_what_is_due(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """A part of the invoice due nearest to the receipt, where the oldest one has been left unpaid for long."""
    age, left = desk.ledger.age, desk.ledger.left
    days = {row: (case.received_on - age(row)[0]).days for row in pool.left}
    if not days or max(days.values()) <= LATE:
        return []
    larger = [row for row in pool.left if left[row] > case.amount and abs(days[row]) <= LATE]
    if not larger:
        return []
    row = min(larger, key=lambda one: (abs(days[one]), age(one)))
    reason = f"The payer is known and this may be a part of {desk.numbers([row])}, which is due about now."
    return [Draft(_DUE_NOW, PART, reason, [(row, case.amount)])]


def _retention(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """The twentieth parts of invoices one after the other, where the text speaks of retention money."""
    if RETENTION_WORDS.isdisjoint(case.reading.words):
        return []
    total, left = desk.ledger.items.total_minor, desk.ledger.left
    shares = {row: (total[row] + _FIVE_PER_CENT // 2) // _FIVE_PER_CENT for row in pool.left}
    rows = [row for row in pool.left if left[row] >= shares[row]]
    before = [0, *accumulate(shares[row] for row in rows)]
    for size in range(len(rows), 1, -1):
        for start in range(len(rows) - size + 1):
            run = rows[start : start + size]
            missing = case.amount - (before[start + size] - before[start])
            if abs(missing) <= _CENTS * size and left[run[-1]] >= shares[run[-1]] + missing:
                lines = [(row, shares[row]) for row in run]
                lines[-1] = (run[-1], shares[run[-1]] + missing)
                reason = f"The text speaks of retention money: 5 % of {desk.numbers(run)} is this amount."
                return [Draft(_RETAINED, PART, reason, lines)]
    return []
