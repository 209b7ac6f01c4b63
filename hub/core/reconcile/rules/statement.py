"""Explanations from a month or a statement the text names: everything issued, or due, then."""

from __future__ import annotations

from datetime import date, timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.credited import taken_off
from hub.core.reconcile.rules.pool import Pool, cap
from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import HALF_MONTH_WORDS, MONTHS, RENT_WORDS

_Dated = list[tuple[int, date]]  # rows, and the day that counts of each
_MIDDLE, _A_MONTH = 15, 31  # days
_ABOUT_TO_BEGIN = timedelta(days=7)
_SHORT = 4  # letters of a month that may be half of another word: no word goes on from "FEVRIER"


def months_named(case: Case) -> set[tuple[int, int]]:
    """The months a text names, as (year, month); without a year the last one before the receipt, or the one about to
    begin: rents are paid ahead.
    """
    on = case.received_on
    soon = on + _ABOUT_TO_BEGIN
    return {
        (year or (soon.year if month == soon.month else on.year - (month > on.month)), month)
        for year, month in case.reading.months
    }


def in_a_month_named(desk: Desk, case: Case, row: int) -> bool:
    """Whether an item was issued, or due, in a month the text names."""
    items, months = desk.ledger.items, months_named(case)
    days = (items.issued_on[row], items.due_on[row] or items.issued_on[row])
    return any((day.year, day.month) in months for day in days)


def statement(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """A month or a statement the text names: everything issued, or due, then."""
    items = desk.ledger.items
    both = pool.left + [r for r in pool.credits if desk.ledger.left[r] > 0]
    issued = [(r, items.issued_on[r]) for r in both]
    due = [(r, items.due_on[r] or items.issued_on[r]) for r in both]
    credits = [r for r in both if desk.ledger.is_credit[r]]
    months = months_named(case)
    if not months:
        before = case.received_on.replace(day=1) - timedelta(days=1)
        sets = [
            ("issued last month", _within(issued, {(before.year, before.month)})),
            ("due by then", [r for r, on in due if on <= case.received_on]),
            ("open", both),
        ]
        return _statement_drafts(desk, case, sets, credits)
    drafts = _statement_drafts(desk, case, _of_months(desk, case, months, issued, due), credits)
    return _rents_ahead(desk, case, drafts, months)


def _rents_ahead(desk: Desk, case: Case, drafts: list[Draft], months: set[tuple[int, int]]) -> list[Draft]:
    """Of two months that the text may mean, the one in which rents fall due: a rent is told before it does."""
    if not drafts or not _billed_ahead(desk, [row for row, _ in drafts[0].lines]):
        return drafts
    if _of_one_month_alone(desk, case, drafts, months):
        return drafts
    if len(drafts) == 1 or RENT_WORDS.isdisjoint(case.reading.words):
        cap(drafts[0], 0.9)
        return drafts
    drafts[0].weight, drafts[1].weight = drafts[1].weight, drafts[0].weight
    return [drafts[1], drafts[0], *drafts[2:]]


def _of_months(
    desk: Desk, case: Case, months: set[tuple[int, int]], issued: _Dated, due: _Dated
) -> list[tuple[str, list[int]]]:
    """Everything issued, or due, in the months named, or the one invoice then that is the sum; or all up to then."""
    sets: list[tuple[str, list[int]]] = []
    for what, dated in (("issued", issued), ("due", due)):
        then = _within(dated, months)
        sets.append((f"{what} in the month named", then))
        if len(then) > 1 and not case.reading.statement:
            sets.append((f"of this sum and {what} in the month named", _the_one(desk, case, then)))
    if not HALF_MONTH_WORDS.isdisjoint(case.reading.words):
        for which in (True, False):
            half = [row for row, on in issued if (on.day <= _MIDDLE) is which and (on.year, on.month) in months]
            sets.append((f"issued in the {'first' if which else 'second'} half of the month named", half))
    last = max(months)
    for what, dated in (("issued", issued), ("due", due)):
        if _within(dated, months):  # what is older alone is not the month's
            sets.append((f"{what} up to the month named", [r for r, on in dated if (on.year, on.month) <= last]))
    return sets


def _the_one(desk: Desk, case: Case, rows: list[int]) -> list[int]:
    """The only one of the rows that has exactly the sum of the receipt; nothing when there are more."""
    found = [row for row in rows if desk.signed(row) == case.amount]
    return found if len(found) == 1 else []


def _within(dated: _Dated, months: set[tuple[int, int]]) -> list[int]:
    """The rows whose day lies in one of the months."""
    return [row for row, on in dated if (on.year, on.month) in months]


def _billed_ahead(desk: Desk, rows: list[int]) -> bool:
    """Whether all were issued as a month ended and fall due as the next begins: for which of the two are they?"""
    items = desk.ledger.items
    days = [(items.issued_on[row], items.due_on[row] or items.issued_on[row]) for row in rows]
    return all(on.day > _MIDDLE >= by.day and 0 < (by - on).days <= _A_MONTH for on, by in days)


def _of_one_month_alone(desk: Desk, case: Case, drafts: list[Draft], months: set[tuple[int, int]]) -> bool:
    """Whether nothing of the kind falls due in the months named but what was issued in them, open or just paid."""
    issued_on, due_on = desk.ledger.items.issued_on, desk.ledger.items.due_on
    row, _ = drafts[0].lines[0]
    if (issued_on[row].year, issued_on[row].month) not in months:
        return True  # it falls due then, and nothing that was issued then adds up
    if len(drafts) > 1:
        return not _billed_ahead(desk, [other for other, _ in drafts[1].lines])
    equal = desk.ledger.rows_of_amount(desk.ledger.account_of[row], case.amount)
    due = [(other, due_on[other] or issued_on[other]) for other in equal if other != row]
    return not any(_billed_ahead(desk, [other]) for other in _within(due, months))


def _statement_drafts(desk: Desk, case: Case, sets: list[tuple[str, list[int]]], credits: list[int]) -> list[Draft]:
    """A draft per named set that adds up, with or without its credit notes, or less all that are open, or one."""
    drafts: list[Draft] = []
    for what, rows in sets:
        invoices = [r for r in rows if not desk.ledger.is_credit[r]]
        less = taken_off(desk, credits, invoices, sum(map(desk.signed, invoices)) - case.amount) if invoices else []
        for chosen in (rows, invoices, invoices + less):
            if chosen and sum(map(desk.signed, chosen)) == case.amount:
                reason = f"The text names a statement: {desk.numbers(chosen)}, all that was {what}, add up exactly."
                draft = Draft(0.99, "payer_statement", reason, [(r, desk.signed(r)) for r in chosen])
                if not any(d.same_as(draft) for d in drafts):
                    drafts.append(draft)
                break
    for draft in drafts[1:]:
        draft.weight = 0.8  # a second reading of the month: the plainer one goes first
    if drafts and _may_be_half_a_word(desk, case):
        drafts[0].weight = 0.85
    return drafts


def _may_be_half_a_word(desk: Desk, case: Case) -> bool:
    """Whether the month ends a text that a bank may have cut: "MAI" may be what is left of "MAINTENANCE"."""
    text = desk.receipts.remittance[case.row] or ""
    last = fold(text).split()[-1:]
    return bool(last) and len(last[0]) <= _SHORT and last[0] in MONTHS and desk.cuts.may_have_cut(text)
