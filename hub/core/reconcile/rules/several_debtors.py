"""One payment for invoices of several debtors: a public accountant's for two budgets, a manager's for two houses."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS
from hub.core.reconcile.reading.mentions import BARE, FULL
from hub.core.reconcile.rules.named import CONTRADICTED, full_lines

_MOST = 60  # numbers in a text
_SURE, _IN_PART = 0.99, 0.88  # nobody contradicts; the payer owes some of it, and is not known to pay the others'


def of_several_debtors(desk: Desk, case: Case) -> list[Draft]:
    """The draft for all numbers of a text, each whole and of one invoice, that make up the amount together."""
    rows = _rows(desk, case)
    ledger = desk.ledger
    if len({ledger.groups.of(ledger.account_of[row])[0] for row in rows}) < 2:
        return []
    if sum(map(desk.signed, rows)) != case.amount:
        return []
    stances = {desk.payers.stance(case.payer, account) for account in {ledger.account_of[row] for row in rows}}
    most = _SURE if CONTRADICTS not in stances else _IN_PART if AGREES in stances else CONTRADICTED
    reason = f"The text names {desk.numbers(rows)}, of several debtors, and they add up to exactly the amount."
    return [Draft(most, "numbers_named_exact", reason, full_lines(desk, rows), evidence={"received": case.amount})]


def _rows(desk: Desk, case: Case) -> list[int]:
    """The items named, bare counters apart, which may be a mandate's: "MDT 593-19"; none where a number is nearly
    whole, or several items', or nothing is left of its item.
    """
    reading = case.reading
    told = [mention for mention in reading.mentions if mention.refs[0].strength > BARE]
    if not 1 < len(told) <= _MOST or reading.closed or reading.unknown:
        return []
    rows = dict[int, None]()
    for mention in told:
        if len(mention.refs) != 1 or mention.refs[0].strength < FULL or not desk.usable(mention.refs[0].row, case):
            return []
        rows[mention.refs[0].row] = None
    return list(rows)
