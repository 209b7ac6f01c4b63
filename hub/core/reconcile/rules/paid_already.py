"""Numbers of a text that are those of paid invoices: the money came twice, or the number is a misprint."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import DamerauLevenshtein

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.index.keys import letters_of
from hub.core.reconcile.reading.mentions import STRONG
from hub.core.reconcile.reading.periods import LETTERS
from hub.core.reconcile.rules.windows import windows
from hub.core.reconcile.texts.text import fold, mask, runs

_DIGIT = re.compile(r"\d")
_LOOKED_AT = 400  # characters of a text


def slipped_from_paid(desk: Desk, case: Case, row: int) -> str | None:
    """A number of the text that is a paid invoice's of this debtor and one slip away from an open one's, if any.

    Either the money came twice or the number is a misprint: a person must say.
    """
    ledger, account = desk.ledger, desk.ledger.account_of[row]
    number, scheme = ledger.numbers.compact[row], ledger.numbers.scheme_of[row]
    paid = [text for text, accounts in case.reading.closed if account in accounts]
    for mention in case.reading.mentions:
        own = [ref.row for ref in mention.refs if ledger.account_of[ref.row] == account and ref.strength >= STRONG]
        if own and row not in own and all(ledger.left[other] == 0 for other in own):
            paid.append(mention.text)
    spellings = (number, number[len(letters_of(number)) :])
    for text in paid:
        digits = text[len(letters_of(text)) :]
        for mine in spellings:
            slips = DamerauLevenshtein.distance(digits if mine.isdigit() else text, mine, score_cutoff=1)
            if len(mine) >= 4 and slips == 1 and not is_neighbour(digits, number[scheme.counter]):
                return text
    return None


def paid_as_written(desk: Desk, case: Case, row: int) -> str | None:
    """A number of the text that is a paid invoice's of an item's debtor, when written as the item's number is printed:
    with its letters in front, and its noughts. "2632-163" is W2632-0163, which was paid. Of a seller whose numbers are
    nothing but figures also the few that are no proof of an open one: "51233".
    """
    ledger, account = desk.ledger, desk.ledger.account_of[row]
    number = ledger.items.number[row]
    if number.isdigit():
        return next((said for said in _runs_of(case, len(number)) if _is_paid(desk, said, account)), None)
    known = windows(case)
    if not known:
        return None
    own = runs(fold(number))[0]
    letters = own.pop(0) if own and own[0] > LETTERS else ""
    for window in known.values():
        said = window[1:] if window[0] > LETTERS else window
        if len(said) != len(own) or [run < LETTERS for run in said] != [run < LETTERS for run in own]:
            continue
        spelt = letters + "".join([run.zfill(len(mine)) for run, mine in zip(said, own, strict=True)])
        if _is_paid(desk, spelt, account):
            return spelt
    return None


def _runs_of(case: Case, length: int) -> Iterator[str]:
    """The runs of so many figures in the texts of a receipt, noughts in front included."""
    for _, text in case.texts:
        folded = fold(text[:_LOOKED_AT])
        if _DIGIT.search(folded) is not None:
            yield from (run for run in runs(mask(folded)[0])[0] if len(run) == length and run < LETTERS)


def is_paid_counter(desk: Desk, row: int, digits: str) -> bool:
    """Whether digits in the place of an item's counter make the number of a paid invoice of its debtor.

    Its year or its letters may have been left out: "PRN10071", where PRN26-10071 is paid, is no slip of PRN26-10021.
    """
    numbers, account = desk.ledger.numbers, desk.ledger.account_of[row]
    number, place = numbers.compact[row], numbers.scheme_of[row].counter
    spelt = number[: place.start] + digits.zfill(len(number[place])) + number[place.start + len(number[place]) :]
    return spelt != number and _is_paid(desk, spelt, account)


def _is_paid(desk: Desk, number: str, account: int) -> bool:
    """Whether a whole number is that of an account's invoice which this run paid, or which was closed before."""
    ledger = desk.ledger
    rows = ledger.numbers.rows(ledger.numbers.whole.get(number))
    settled = account in (ledger.settled.get(number) or ())
    return settled or any(ledger.account_of[row] == account and ledger.left[row] == 0 for row in rows)


def is_neighbour(digits: str, counter: str) -> bool:
    """Whether two counters follow each other: then it is rather the invoice before, paid already."""
    tail = digits[-len(counter) :]
    return tail.isdigit() and counter.isdigit() and abs(int(tail) - int(counter)) == 1
