"""Numbers in a text that speak of no other invoice than the one with the receipt's sum."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.ledger import letters_of
from hub.core.reconcile.mentions import WEAK
from hub.core.reconcile.text import compact, fills_its_room
from hub.core.reconcile.words import REFERENCE_WORDS


def is_no_other_number(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether all a text names is no number of another invoice than the one with this sum.

    It is what the bank left of that invoice's own ("FACT FA0000"), or a reference that is not built like it ("N/REF
    729665" beside F-2026-01-0014): the payer's own.
    """
    reading, text = case.reading, desk.receipts.remittance[case.row] or ""
    if draft.rule != "payer_amount" or len(reading.unknown) != 1 or reading.closed or reading.orders:
        return False
    if any(m.refs[0].strength > WEAK for m in reading.mentions):
        return False
    numbers, row, said = desk.ledger.numbers, draft.lines[0][0], reading.unknown[0]
    letters, number, scheme = letters_of(said), numbers.compact[row], numbers.scheme_of[row]
    said_digits, digits, counter = said[len(letters) :], number[scheme.prefix.stop :], number[scheme.counter]
    if letters in REFERENCE_WORDS:
        least = 1 if counter.startswith("0") else len(counter) - 1
        return not least <= len(said_digits) <= len(counter) + 1 - (least == 1) and len(said_digits) != len(digits)
    begun = number.startswith(said) or digits.startswith(said_digits)
    return begun and (desk.cuts.may_have_cut(text) or fills_its_room(text)) and compact(text).endswith(said)
