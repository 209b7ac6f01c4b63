"""Money whose text names only invoices that are closed."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.outcome import UNAPPLIED, Decision
from hub.core.reconcile.payers.stances import CONTRADICTS, STRONG
from hub.core.reconcile.reading.mentions import STRONG as STRONG_REF
from hub.core.reconcile.rules.near_number import due_nearest
from hub.core.reconcile.rules.paid_already import slipped_from_paid
from hub.core.reconcile.texts.text import as_written

_MOST_TOLD = 20  # numbers that are shown
_MOST_ACCOUNTS = 4  # that one payer may be
_MOST_EQUAL = 50  # equal invoices whose numbers are compared with a paid one's


def second_payment(desk: Desk, case: Case) -> Decision | None:
    """The text names only invoices that are closed, before this run or in it: paid twice."""
    ledger, payers = desk.ledger, desk.payers
    if case.reading.closed and any(d.weight > 0.9 for d in (case.thought or (0, []))[1]):
        return None
    if not case.reading.closed and not case.reading.mentions:
        return None
    closed = [
        number
        for number, accounts in case.reading.closed
        if not accounts or any(a < 0 or payers.stance(case.payer, a) != CONTRADICTS for a in accounts)
    ]
    for mention in case.reading.mentions:
        refs = [ref for ref in mention.refs if ref.strength >= STRONG_REF and not ledger.is_credit[ref.row]]
        if any(ledger.left[ref.row] > 0 for ref in refs):
            return None
        if any(payers.stance(case.payer, ledger.account_of[ref.row]) != CONTRADICTS for ref in refs):
            closed.append(mention.text)
    if not closed or _may_be_a_misprint(desk, case):
        return None
    closed = [as_written(number, case.texts) for number in closed[:_MOST_TOLD]]
    reason = f"The text names {', '.join(closed[:5])}, already paid: a duplicate, or money to give back."
    evidence: dict[str, object] = {"closed": closed, "payer_found_by": case.payer.found_by}
    if equal := _equal_open(desk, case):
        reason += f" {equal} of the same sum is open: what paid the one named may have been meant for it."
        evidence["equal_open"] = equal
    return Decision(case.id, UNAPPLIED, "duplicate", reason, (), evidence)


def _equal_open(desk: Desk, case: Case) -> str:
    """The payer's oldest open invoice of exactly the sum: silent money pays the oldest, and this names that one."""
    payer, ledger = case.payer, desk.ledger
    if payer.score < STRONG or len(payer.accounts) > _MOST_ACCOUNTS:
        return ""
    equal = [row for account in payer.accounts for row in ledger.rows_of_amount(account, case.amount)]
    mine = [row for row in equal if ledger.left[row] == case.amount and desk.usable(row, case)]
    return ledger.items.number[min(mine, key=ledger.age)] if mine else ""


def _may_be_a_misprint(desk: Desk, case: Case) -> bool:
    """Whether the payer owes this very sum on an invoice one slip away from the number of a paid one."""
    payer = case.payer
    if payer.score < STRONG or len(payer.accounts) > _MOST_ACCOUNTS:
        return False
    ledger = desk.ledger
    return any(
        desk.usable(row, case) and ledger.left[row] == case.amount and slipped_from_paid(desk, case, row)
        for account in payer.accounts
        for row in due_nearest(desk, case, ledger.rows_of_amount(account, case.amount))[:_MOST_EQUAL]
    )
