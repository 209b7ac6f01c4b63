"""Of a set with invoices that have equal ones: those that the text names, or that fall due about when the others do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.ends import ends_named, figures_of
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS
from hub.core.reconcile.rules.told import told
from hub.core.reconcile.rules.turns import LATE

_MOST_EQUAL = 100


def together(desk: Desk, case: Case, draft: Draft, offered: Collection[int]) -> Draft | None:
    """The same set of other equal invoices, where the oldest ones are hardly meant; None where they may be."""
    paid = [row for row, amount in draft.lines if amount > 0]
    equal = {row: _equal(desk, case, row) for row in paid}
    if all(len(rows) < 2 for rows in equal.values()):
        return None
    every = list(dict.fromkeys(row for rows in equal.values() for row in rows))
    pointed = set(ends_named(desk, every, figures_of(case))) or set(told(desk, case, every))
    age = desk.ledger.age
    sure = [row for row in paid if len(equal[row]) < 2] or [row for row in every if row in pointed]
    stale = {row for row in every if (case.received_on - age(row)[0]).days > LATE}
    if not sure and stale.isdisjoint(paid) and not any(row in offered for row in paid):
        return None  # the oldest, in turn
    beside = [age(row)[0] for row in sure]

    def fit(row: int) -> tuple[object, ...]:
        due = age(row)[0]
        apart = max((min(beside) - due).days, (due - max(beside)).days, 0) if beside else 0
        return row not in pointed, row in offered, apart, row in stale, age(row)

    chosen: list[int] = []
    for amount, count in Counter(desk.ledger.left[row] for row in paid).items():
        rows = next(equal[row] for row in paid if desk.ledger.left[row] == amount)
        chosen += sorted(rows, key=fit)[:count]
    if len(chosen) != len(paid) or set(chosen) == set(paid):
        return None
    chosen.sort(key=age)
    lines = [(row, desk.ledger.left[row]) for row in chosen] + [line for line in draft.lines if line[1] < 0]
    reason = f"The payer is known; {desk.numbers(chosen)}, of equal ones those that fit best, make up this amount."
    return replace(draft, reason=reason, lines=lines, evidence=dict(draft.evidence))


def _equal(desk: Desk, case: Case, row: int) -> list[int]:
    """The open invoices of a debtor with the sum of one of them, itself included."""
    ledger, last = desk.ledger, case.received_on + timedelta(days=DATE_SLACK_DAYS)
    amount = ledger.left[row]
    rows = ledger.rows_of_amount(ledger.account_of[row], amount)[:_MOST_EQUAL]
    found = [r for r in rows if ledger.left[r] == amount and desk.usable(r, case) and ledger.items.issued_on[r] <= last]
    return found or [row]
