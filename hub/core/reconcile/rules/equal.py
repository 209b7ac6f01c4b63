"""Equal invoices of one debtor: silent money pays the oldest (C. civ. 1342-10), unless something speaks against."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.rules.near_number import built_alike
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.words import DELIVERY_WORDS

_RECURRING = 3  # equal invoices of one debtor that are no accident


def recurs(pool: Pool, solution: tuple[int, ...]) -> bool:
    """Whether one invoice of many equal ones is paid: a subscription's sum is no accident, however round."""
    return len(solution) == 1 and pool.amounts.count(solution[0]) >= _RECURRING


def why_not_the_oldest(desk: Desk, case: Case, row: int, amount: int) -> str:
    """Why of several equal invoices the oldest may not be meant; "" when nothing says so, or there is but one."""
    ledger, receipts = desk.ledger, desk.receipts
    equal = ledger.rows_of_amount(ledger.account_of[row], amount)
    if equal and ledger.left[row] != ledger.items.open_minor[row]:
        return "it is the rest of an invoice, and another one has this sum"
    if len(equal) < 2:
        return ""
    if not receipts.payer_name[case.row] and desk.cuts.may_have_cut(receipts.remittance[case.row]):
        return "equal invoices, and the bank may have cut off which"
    if built_alike(case, ledger.items.number[row]):
        return "equal invoices, and the text has a number like theirs that is none"
    if case.reading.of_something and not DELIVERY_WORDS.isdisjoint(case.reading.words):
        return "equal invoices, and the text names a delivery: it may be that of any of them"
    return ""
