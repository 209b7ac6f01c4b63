"""Explanations from a month or a statement the text names: everything issued, or due, then."""

from __future__ import annotations

from datetime import timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.text import fold
from hub.core.reconcile.words import MONTHS

_SHORT = 4  # letters of a month that may be half of another word: no word goes on from "FEVRIER"


def months_named(case: Case) -> set[tuple[int, int]]:
    """The months a text names, as (year, month); without a year the last one before the receipt."""
    on = case.received_on
    return {(year or on.year - (month > on.month), month) for year, month in case.reading.months}


def in_a_month_named(desk: Desk, case: Case, row: int) -> bool:
    """Whether an item was issued, or due, in a month the text names."""
    items, months = desk.ledger.items, months_named(case)
    days = (items.issued_on[row], items.due_on[row] or items.issued_on[row])
    return any((day.year, day.month) in months for day in days)


def statement(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """A month or a statement the text names: everything issued, or due, then."""
    items = desk.ledger.items
    sets: list[tuple[str, list[int]]] = []
    both = pool.left + [r for r in pool.credits if desk.ledger.left[r] > 0]
    months = months_named(case)
    if months:
        sets.append(
            (
                "issued in the month named",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) in months],
            )
        )
        due = [(r, items.due_on[r] or items.issued_on[r]) for r in both]
        sets.append(("due in the month named", [r for r, on in due if (on.year, on.month) in months]))
        last = max(months)
        sets.append(
            (
                "issued up to the month named",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) <= last],
            )
        )
        sets.append(("due up to the month named", [r for r, on in due if (on.year, on.month) <= last]))
    else:
        first = case.received_on.replace(day=1)
        before = first - timedelta(days=1)
        sets.append(
            (
                "issued last month",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) == (before.year, before.month)],
            )
        )
        sets.append(("due by then", [r for r in both if (items.due_on[r] or items.issued_on[r]) <= case.received_on]))
        sets.append(("open", both))
    return _statement_drafts(desk, case, sets, [r for r in both if desk.ledger.is_credit[r]])


def _statement_drafts(desk: Desk, case: Case, sets: list[tuple[str, list[int]]], credits: list[int]) -> list[Draft]:
    """A draft per named set that adds up, with or without its credit notes, or less all that are open."""
    drafts: list[Draft] = []
    for what, rows in sets:
        invoices = [r for r in rows if not desk.ledger.is_credit[r]]
        for chosen in (rows, invoices, invoices + credits if invoices else []):
            if chosen and sum(map(desk.signed, chosen)) == case.amount:
                reason = f"The text names a statement: {desk.numbers(chosen)}, all that was {what}, add up exactly."
                draft = Draft(0.99, "payer_statement", reason, [(r, desk.signed(r)) for r in chosen])
                if not any(d.same_as(draft) for d in drafts):
                    drafts.append(draft)
                break
    for draft in drafts[1:]:
        draft.confidence = 0.8  # a second reading of the month: the plainer one goes first
    if drafts and _may_be_half_a_word(desk, case):
        drafts[0].confidence = 0.85
    return drafts


def _may_be_half_a_word(desk: Desk, case: Case) -> bool:
    """Whether the month ends a text that a bank may have cut: "MAI" may be what is left of "MAINTENANCE"."""
    text = desk.receipts.remittance[case.row] or ""
    last = fold(text).split()[-1:]
    return bool(last) and len(last[0]) <= _SHORT and last[0] in MONTHS and desk.cuts.may_have_cut(text)
