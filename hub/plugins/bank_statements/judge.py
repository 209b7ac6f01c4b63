"""May a statement be booked? Its account is ours, its structure is whole, and its balances agree.

Opening + movements = closing, per account and statement, in one currency, when both balances are there
(formats.md §4.1 rule 1, §4.2, §4.3). A statement that fails is held whole: nothing of it is booked.
"""

from __future__ import annotations

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.model import Statement
from hub.plugins.bank_statements.texts import same_account
from hub.sdk.errors import RecordRejected
from hub.sdk.money import amount_text


def judge(statement: Statement, name: str, config: StatementsConfig) -> RecordRejected | None:
    """Why `statement` of file `name` is held, or None when it may be booked."""
    where = f"{name}:{statement.line}"
    if statement.account and config.account and not same_account(statement.account, config.account):
        return reject("HUB-BANK-024", where, found=statement.account, wanted=config.account)
    if statement.fault is not None:
        return statement.fault
    if not (statement.account or config.account):
        return reject("HUB-BANK-029", where)
    return _unproved(statement, where)


def _unproved(statement: Statement, where: str) -> RecordRejected | None:
    """Why the balances do not prove the movements; None when they do, or when one of them is not given."""
    opening, closing = statement.opening, statement.closing
    if opening is None or closing is None:
        return None
    for move in statement.moves:
        if move.minor is None:
            fault = move.fault
            reason, place = (fault.what, fault.where) if fault else ("its amount is not understood", where)
            return reject("HUB-BANK-021", place, reason=reason)
    currency = opening.currency
    for other in (closing.currency, *(move.currency for move in statement.moves)):
        if other != currency:
            return reject("HUB-BANK-022", where, first=currency, second=other)
    total = sum(move.minor or 0 for move in statement.moves)
    gap = closing.minor - opening.minor - total
    if not gap:
        return None
    texts = {
        "opening": amount_text(opening.minor, currency),
        "movements": amount_text(total, currency),
        "found": amount_text(opening.minor + total, currency),
        "closing": amount_text(closing.minor, currency),
        "gap": amount_text(gap, currency),
    }
    return reject("HUB-BANK-020", where, count=statement.lines, **texts)
