"""Numbers in a text that speak of no other invoice than the one with the receipt's sum."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.ledger import letters_of
from hub.core.reconcile.mentions import WEAK
from hub.core.reconcile.numbers import counter_of
from hub.core.reconcile.text import compact, fills_its_room, fold
from hub.core.reconcile.words import REFERENCE_WORDS, VOUCHER_WORDS

_LEAST_COUNTED, _BEYOND = 4, 5  # digits of a counter that tells how far a seller counts, and how often beyond it
_LEAST_BEGUN = 4  # characters of a number that a bank must have left to tell it


def is_no_other_number(desk: Desk, case: Case, row: int) -> bool:
    """Whether all a text names is no number of another invoice than the one with this sum.

    It is what the bank left of that invoice's own ("FACT FA0000"), or a reference that is not built like it ("N/REF
    729665" beside F-2026-01-0014): the payer's own.
    """
    reading = case.reading
    if reading.closed or reading.orders or any(m.refs[0].strength > WEAK for m in reading.mentions):
        return False
    return _is_cut_off(desk, case, row) or _is_the_payers_own(desk, case, row)


def _is_the_payers_own(desk: Desk, case: Case, row: int) -> bool:
    """Whether the one number of the text is announced as a reference or a voucher, and is not built like the item's
    or far beyond all that this debtor has: so far no seller has counted.
    """
    if len(case.reading.unknown) != 1:
        return False
    said, (prefix, _, counted) = case.reading.unknown[0], desk.ledger.numbers.scheme_of[row]
    letters, number = letters_of(said), desk.ledger.numbers.compact[row]
    if letters not in VOUCHER_WORDS:
        return False
    said_digits, digits, counter = said[len(letters) :], number[prefix.stop :], number[counted]
    as_long = len(said_digits) == sum(map(str.isdigit, digits))  # a period may stand in front of the counter
    if (letters in REFERENCE_WORDS or not as_long) and _is_beyond(desk, row, said_digits):
        return True
    least = 1 if counter.startswith("0") else len(counter) - 1
    return not as_long and not least <= len(said_digits) <= len(counter) + 1 - (least == 1)


def _is_beyond(desk: Desk, row: int, digits: str) -> bool:
    """Whether a number is many times the largest counter of what the item's debtor has open."""
    numbers, least = desk.ledger.numbers, 10 ** (_LEAST_COUNTED - 1)
    rows = desk.ledger.rows_of[desk.ledger.account_of[row]]
    counters = [counter_of(numbers.compact[r], numbers.scheme_of[r]) for r in rows]
    largest = max([int(counter) for counter in counters if counter.isdigit()], default=0)
    return largest >= least and int(digits) >= largest * _BEYOND and len(digits) <= len(numbers.compact[row])


def _is_cut_off(desk: Desk, case: Case, row: int) -> bool:
    """Whether the bank cut its label within a number that begins as this item's does, and nothing else is named.

    A label may have lost the blank at its end as well: "N  FA26" of 31 characters.
    """
    reading, text = case.reading, desk.receipts.remittance[case.row]
    if not text or not (desk.cuts.may_have_cut(text) or desk.cuts.may_have_cut(f"{text} ") or fills_its_room(text)):
        return False
    number, label = desk.ledger.numbers.compact[row], compact(fold(text))
    said = ["".join(filter(str.isdigit, one)) for one in (*reading.unknown, *(m.text for m in reading.mentions))]
    for whole in (number, number[len(letters_of(number)) :]):
        for end in range(len(whole) - 1, _LEAST_BEGUN - 1, -1):
            before = label[:-end][-1:]
            if label.endswith(whole[:end]) and not (before.isdigit() and whole[0].isdigit()):
                return all(one in whole[:end] for one in said)
    return False
