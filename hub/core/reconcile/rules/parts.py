"""A known payer's money that is less than any invoice, or none of them: which one it may be a part of. Only hints."""

from __future__ import annotations

from datetime import timedelta

from hub.core.reconcile.amounts.sums import sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.ends import ends_named
from hub.core.reconcile.rules.near_number import near_number
from hub.core.reconcile.rules.on_account import A_SHARE
from hub.core.reconcile.rules.pool import Pool, pick
from hub.core.reconcile.rules.turns import LATE
from hub.core.reconcile.texts.words import RETENTION_WORDS

PART = "payer_in_part"
_SPELT, _RETAINED, _MADE_UP, _DUE_NOW = 0.8, 0.75, 0.7, 0.41
_MOST_EQUAL = 100
_SOME_WEEKS = timedelta(days=LATE)
_FIVE_PER_CENT = 20  # what is kept back of a builder's invoice is the twentieth part (law 71-584)
_OF_ONE = (PART, "payer_rounding", "payer_bank_fee", "payer_discount")


def parts(desk: Desk, case: Case, pool: Pool, drafts: list[Draft], figures: list[str]) -> list[Draft]:
    """Retention money given back, and a part of what is due now; what the text nearly spells is surer."""
    singles = [draft for draft in drafts if len(draft.lines) == 1 and draft.rule in _OF_ONE]
    named = ends_named(desk, [draft.lines[0][0] for draft in singles], figures)
    explained = any([draft.rule.startswith("named_") for draft in drafts])
    for draft in singles:
        row = draft.lines[0][0]
        if draft.rule == PART:
            spelt = row in named or (draft.weight >= A_SHARE and near_number(desk, case, row))
        else:
            spelt = row in named and not explained
        if spelt:
            draft.weight = max(draft.weight, _SPELT)
    return _retention(desk, case, pool) + _of_what_is_due(desk, case, pool)


def made_up(desk: Desk, case: Case, account: int, others: list[Case]) -> Draft | None:
    """The open invoice that this receipt and another one left to a person make up; the one due nearest to the first."""
    ledger = desk.ledger
    for other in others:
        if other is case or abs((other.received_on - case.received_on).days) > LATE:
            continue
        first = min(case.received_on, other.received_on)
        total = case.amount + other.amount
        rows = ledger.rows_of_amount(account, total)[:_MOST_EQUAL]
        whole = [row for row in rows if ledger.left[row] == total and desk.usable(row, case)]
        if whole:
            row = min(whole, key=lambda r: (abs((ledger.age(r)[0] - first).days), ledger.age(r)))
            number = desk.numbers([row])
            reason = f"The payer is known; this and another receipt of {other.received_on} make up {number}."
            return Draft(_MADE_UP, PART, reason, [(row, case.amount)], evidence={"beside_receipt": other.id})
    return None


def _of_what_is_due(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """A part of the invoice due nearest to the receipt, where the oldest one has been left unpaid for long."""
    age, left, on = desk.ledger.age, desk.ledger.left, case.received_on
    if (on - age(pool.left[0])[0]).days <= LATE:
        return []
    due_on, since, until = desk.ledger.items.due_on, on - _SOME_WEEKS, on + _SOME_WEEKS
    larger = [r for r in pool.left if left[r] > case.amount and (day := due_on[r]) and since <= day <= until]
    if not larger:
        return []
    row = min(larger, key=lambda one: (abs((age(one)[0] - on).days), age(one)))
    reason = f"The payer is known and this may be a part of {desk.numbers([row])}, which is due about now."
    return [Draft(_DUE_NOW, PART, reason, [(row, case.amount)])]


def _retention(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """The twentieth parts of invoices, where the text speaks of retention money."""
    if RETENTION_WORDS.isdisjoint(case.reading.words):
        return []
    total, left = desk.ledger.items.total_minor, desk.ledger.left
    shares = {row: (total[row] + _FIVE_PER_CENT // 2) // _FIVE_PER_CENT for row in pool.left}
    rows = [row for row in pool.left if left[row] > shares[row]]
    for cents in (0, 1, -1, 2, -2):  # each share was rounded
        for solution in sums_to([shares[row] for row in rows], case.amount + cents).solutions[:1]:
            lines = [(row, shares[row]) for row in pick(rows, shares, solution)]
            lines[-1] = (lines[-1][0], lines[-1][1] - cents)
            of = desk.numbers([row for row, _ in lines])
            return [Draft(_RETAINED, PART, f"The text speaks of retention money: 5 % of {of} is this amount.", lines)]
    return []
