"""Numbers in a text that speak of no other invoice than the one with the receipt's sum."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.index.keys import letters_of
from hub.core.reconcile.index.numbers import counter_of
from hub.core.reconcile.reading.mentions import BARE, WEAK, Mention
from hub.core.reconcile.reading.periods import LETTERS
from hub.core.reconcile.texts.text import compact, fills_its_room, fold, mask, runs
from hub.core.reconcile.texts.words import INVOICE_NAMES, PAYMENT_WORDS, REFERENCE_WORDS

_LEAST_COUNTED, _BEYOND = 4, 5  # digits of a counter that tells how far a seller counts, and how often beyond it
_LEAST_BEGUN = 4  # characters of a number that a bank must have left to tell it
_WITHIN = 400  # characters of a text in which a number is announced
_SOON, _LONGEST_MARK = (
    4,
    4,
)  # runs behind the word among which the number begins, and letters of a series: "N", "FACT TL6"


def is_no_other_number(desk: Desk, case: Case, row: int) -> bool:
    """Whether all a text names is no number of another invoice than the one with this sum.

    It is what the bank left of that invoice's own ("FACT FA0000"), or a reference that is not built like it ("N/REF
    729665" beside F-2026-01-0014, "RGLT 20259660" beside QL2506027): the payer's own.
    """
    reading = case.reading
    named = [m for m in reading.mentions if m.refs[0].strength > WEAK]
    if reading.closed or reading.orders or not all(_is_anothers(desk, case, m) for m in named):
        return False
    return _is_cut_off(desk, case, row) or _is_the_payers_own(desk, case, row, [m.text for m in named])


def begins_another(desk: Desk, case: Case, rows: list[int]) -> bool:
    """Whether a label ends, where the bank cuts, in the beginning of a number of none of the items: "FA FI25/"."""
    text = desk.receipts.remittance[case.row] or ""
    if not text.strip() or not fills_its_room(text):
        return False
    begun = compact(text.split()[-1])
    letters = letters_of(begun)
    if len(begun) == len(letters) or letters not in desk.ledger.numbers.prefixes:
        return False
    return not any(desk.ledger.numbers.compact[row].startswith(begun) for row in rows)


def announces_a_number(case: Case) -> bool:
    """Whether digits stand behind a word for invoices, or behind the letters of a series that follow it: "FACT 480".

    Too few of them are no number of ours yet, and still say that one invoice is meant; a date is none.
    """
    for _, text in case.texts:
        texts, _ = runs(mask(fold(text[:_WITHIN]))[0])
        for at, word in enumerate(texts):
            if word in INVOICE_NAMES:
                said = next((t for t in texts[at + 1 : at + _SOON] if t < LETTERS or len(t) > _LONGEST_MARK), LETTERS)
                if said < LETTERS:
                    return True
    return False


def _is_anothers(desk: Desk, case: Case, mention: Mention) -> bool:
    """Whether a number is spelt in part only, and a seller's to whom the account does not belong: chance."""
    sellers = desk.ledger.items.seller
    return case.seller is not None and not any(
        ref.strength > BARE or sellers[ref.row] == case.seller for ref in mention.refs
    )


def _is_the_payers_own(desk: Desk, case: Case, row: int, chance: list[str]) -> bool:
    """Whether the one number of the text is announced as a reference or a payment's, and not built like the item's.

    A reference may also lie far beyond all that this debtor has: so far no seller has counted. Beside a payment's
    number one of equal invoices is not told.
    """
    said = case.reading.unknown + chance
    if len(said) != 1:
        return False
    letters = letters_of(said[0])
    digits, letters = said[0][len(letters) :], letters or _word_before(case, said[0])
    if not digits.isdigit():  # begins as a customer's numbers do
        return False
    alike, beyond = _is_built_alike(desk, row, digits), _is_beyond(desk, row, digits)
    if letters in REFERENCE_WORDS:
        return beyond or not alike
    if letters not in PAYMENT_WORDS or _may_have_its_year(desk, row, digits):
        return False
    if alike and (not beyond or _is_as_long(desk, row, digits)):
        return False
    return len(desk.ledger.rows_of_amount(desk.ledger.account_of[row], case.amount)) == 1


def _word_before(case: Case, digits: str) -> str:
    """The word in front of a number of the text; "" when none stands there."""
    for _, text in case.texts:
        before, found, _ = fold(text).partition(digits)
        if found:
            words = before.split()
            return words[-1] if words else ""
    return ""


def _is_built_alike(desk: Desk, row: int, said: str) -> bool:
    """Whether digits are as many as the counter of an item's number has, or as all of it."""
    prefix, _, counted = desk.ledger.numbers.scheme_of[row]
    number = desk.ledger.numbers.compact[row]
    counter = number[counted]
    least = 1 if counter.startswith("0") else len(counter) - 1
    return least <= len(said) <= len(counter) + 1 - (least == 1) or len(said) == len(number[prefix.stop :])


def _is_as_long(desk: Desk, row: int, said: str) -> bool:
    """Whether digits are as many as an item's number has: its period may stand in front of the counter."""
    return len(said) == sum(map(str.isdigit, desk.ledger.numbers.compact[row]))


def _may_have_its_year(desk: Desk, row: int, said: str) -> bool:
    """Whether digits may be a year in full and a counter of the item's seller: "20255379" for 25005379."""
    _, dated, counted = desk.ledger.numbers.scheme_of[row]
    counter = desk.ledger.numbers.compact[row][counted]
    return dated.stop > dated.start and said.startswith("20") and len(said) - len("2026") <= len(counter)


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
