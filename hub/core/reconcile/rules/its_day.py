"""Of equal invoices the one that the text tells by its day: when it falls due, or the week it was issued in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import cap
from hub.core.reconcile.texts.words import INVOICE_NAMES

_A_YEAR = timedelta(days=365)  # a week without its year is one of the last
_OF_THE_PAYMENT = 5  # days between a receipt and the day its payer writes on it
_TOLD = 0.985  # one invoice of the day, to the cent, whatever else adds up


def told_by_its_day(desk: Desk, case: Case, draft: Draft) -> None:
    """The invoice of the due date, or of the week, that the text names: a bill of exchange is drawn on that day, and
    agencies of temporary work bill each week.
    """
    due_on, named = desk.ledger.items.due_on, case.reading.due_on
    if named:
        _told_by(desk, case, draft, lambda row: due_on[row] in named, "due date")
    if case.reading.days and not INVOICE_NAMES.isdisjoint(case.reading.words):
        _told_by_issue(desk, case, draft)
    if case.reading.weeks:
        _told_by(desk, case, draft, lambda row: in_a_week_named(desk, case, row), "week")


def _told_by_issue(desk: Desk, case: Case, draft: Draft) -> None:
    """The only one of equal invoices that was issued on a day that the text names, and that is not the payment's."""
    issued_on, days = desk.ledger.items.issued_on, not_of_the_payment(case)
    row, amount = next(line for line in draft.lines if line[1] > 0)
    equal = desk.ledger.rows_of_amount(desk.ledger.account_of[row], amount) if days else []
    if len([other for other in equal if issued_on[other] in days and desk.usable(other, case)]) == 1:
        _told_by(desk, case, draft, lambda row: issued_on[row] in days, "day of issue")


def not_of_the_payment(case: Case) -> list[date]:
    """The days a text names, but for those about the day of the payment itself."""
    return [day for day in case.reading.days if abs((day - case.received_on).days) > _OF_THE_PAYMENT]


def in_a_week_named(desk: Desk, case: Case, row: int) -> bool:
    """Whether an item was issued in a week that the text names, within a year."""
    issued = desk.ledger.items.issued_on[row]
    return issued > case.received_on - _A_YEAR and issued.isocalendar().week in case.reading.weeks


def is_told(draft: Draft) -> bool:
    """Whether the text told which of equal invoices is paid."""
    return "told_by" in draft.evidence


def _told_by(desk: Desk, case: Case, draft: Draft, fits: Callable[[int], bool], what: str) -> None:
    """Of equal invoices the only one that fits what the text names; where several do, or none, none is sure."""
    ledger, invoices = desk.ledger, [line for line in draft.lines if line[1] > 0]
    if len(invoices) > 1:
        return
    [(row, amount)] = invoices
    equal = [r for r in ledger.rows_of_amount(ledger.account_of[row], amount) if desk.usable(r, case)]
    fitting = [r for r in equal if fits(r)]
    if len(fitting) == 1:
        draft.lines = [(fitting[0], amount), *(line for line in draft.lines if line[1] < 0)]
        if len(equal) > 1:
            draft.reason = f"The payer is known; {desk.numbers(fitting)} has this amount and the {what} the text names."
        if draft.rule == "payer_amount":
            draft.evidence["told_by"] = what
            draft.weight = max(draft.weight, _TOLD)
    elif len(equal) > 1:
        cap(draft, 0.85).evidence["against"] = f"the text names a {what} that is not one invoice's alone"
