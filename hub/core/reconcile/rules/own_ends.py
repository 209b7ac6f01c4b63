"""Numbers of nothing but digits of which the payer writes the end: "4191060" for 9004191060, which all begin alike."""

from __future__ import annotations

import re

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.payers.stances import STRONG as STRONG_PAYER
from hub.core.reconcile.reading.mentions import STRONG, WEAK, Mention, Ref
from hub.core.reconcile.texts.text import fold, mask
from hub.core.reconcile.texts.words import NUMBERED_STATEMENTS, ORDER_WORDS, OTHER_NUMBER_WORDS, PAYMENT_WORDS

_PLAIN = 7  # digits of an end that is nearly all of a number; fewer, five at least, need an exact sum
_MOST_ACCOUNTS, _MOST_ROWS = 4, 400
_LOOKED_AT, _MOST = 2000, 60  # characters of a text, and numbers of it
_MACHINES = "end_to_end_ref"
_NUMBER = re.compile(r"([A-Z]+)?[^A-Z0-9]*(?:N[OR]?[^A-Z0-9]+)?(?<!\d)(\d{5,})(?![\dA-Z])")
_NONE_OF_OURS = ORDER_WORDS | OTHER_NUMBER_WORDS | NUMBERED_STATEMENTS


def add_ends(desk: Desk, case: Case) -> bool:
    """Add to what was read the open numbers of a sure payer that end as numbers of the texts do, each of one only.

    Returns whether there are any.
    """
    payer, reading = case.payer, case.reading
    if payer.score < STRONG_PAYER or reading.closed or any([m.refs[0].strength >= STRONG for m in reading.mentions]):
        return False
    rows = _open_ones(desk, case)
    known = {ref.row for mention in reading.mentions for ref in mention.refs} | {*reading.left_out}
    found: dict[int, tuple[str, str]] = {}
    for where, text in case.texts:
        for run in _numbers(text) if rows and where != _MACHINES else ():
            ending = [row for row in rows if desk.ledger.numbers.compact[row].endswith(run)]
            if len(ending) == 1 and ending[0] not in known:
                found.setdefault(ending[0], (run, where))
    for row, (run, where) in found.items():
        reading.mentions.append(Mention(run, where, (Ref(row, STRONG if len(run) >= _PLAIN else WEAK),)))
        if len(run) >= _PLAIN:
            reading.unknown = [said for said in reading.unknown if not said.endswith(run)]
    return bool(found)


def _numbers(text: str) -> list[str]:
    """The numbers of a text that no word calls an order's, a payment's, or anything else but an invoice's."""
    folded = mask(fold(text[:_LOOKED_AT]))[0]
    found = _NUMBER.findall(folded)[:_MOST]
    found = [(word, run) for word, run in found if word not in _NONE_OF_OURS]
    return [run for word, run in found if len(run) >= _PLAIN or word not in PAYMENT_WORDS]


def _open_ones(desk: Desk, case: Case) -> list[int]:
    """The payer's open items whose numbers are digits only, where there are not too many."""
    ledger, compact, accounts = desk.ledger, desk.ledger.numbers.compact, case.payer.accounts
    if len(accounts) > _MOST_ACCOUNTS:
        return []
    accounts = tuple([account for account in accounts if case.seller in (None, ledger.accounts[account][0])])
    rows = [row for account in accounts for row in ledger.rows_of[account][: _MOST_ROWS + 1]]
    if len(rows) > _MOST_ROWS:
        return []
    left, currency = ledger.left, ledger.items.currency
    return [row for row in rows if left[row] > 0 and compact[row].isdigit() and currency[row] == case.currency]
