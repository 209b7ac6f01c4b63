"""A number in the text that is nearly an item's: one slip away, only its last digits, or without its zeros."""

from __future__ import annotations

from datetime import date

from rapidfuzz.distance import DamerauLevenshtein

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.index.keys import letters_of
from hub.core.reconcile.index.layouts import year_first
from hub.core.reconcile.index.numbers import tail_of
from hub.core.reconcile.reading.mentions import STRONG, WEAK, Mention
from hub.core.reconcile.reading.periods import LETTERS, as_year, is_month_of_a_year, same_period
from hub.core.reconcile.rules.misread import misread, mixed_words
from hub.core.reconcile.rules.paid_already import is_neighbour, is_paid_counter, slipped_from_paid
from hub.core.reconcile.rules.pool import Pool, cap
from hub.core.reconcile.rules.windows import Window, plain, windows
from hub.core.reconcile.texts.text import compact, fold, runs

NEAR = "payer_amount_near_number"
_LEAST_TAIL = 4  # last digits of a number that tell it beside the payer and the amount
_LEAST_SLIPPED = 6  # digits of a number in pieces that may have one slip
_MOST_EQUAL = 50  # items of one amount whose numbers are compared with the text; among more none is sure


def near_number(desk: Desk, case: Case, row: int) -> str | None:
    """A number of the text that is an item's without its zeros, one slip away from it, or its last digits."""
    reading = case.reading
    number, scheme = desk.ledger.numbers.compact[row], desk.ledger.numbers.scheme_of[row]
    if case.mixed != () and (read := misread(case, number)):
        return read
    if not (reading.mentions or reading.unknown or reading.closed or windows(case)):
        return None
    if written := _without_zeros(desk, case, row):
        return written
    seen = _seen(desk, case, row)
    if not seen:
        return None
    counter, period = number[scheme.counter], year_first(number[scheme.period])
    letters, prefixes = letters_of(number), desk.ledger.numbers.prefixes
    spellings = (number, number[len(letters) :], counter, counter.lstrip("0"))
    for text in seen:
        said = letters_of(text)
        if letters != said and letters in prefixes and said in prefixes:
            continue  # of another series: "INT25-10296" is no misprint of PRL25-10196
        digits = text[len(said) :]
        if period and (_other_period(case, digits, period) or _begins_a_number(case, digits)):
            continue
        if period and scheme.period.start >= scheme.counter.stop and _ends_in_another_year(case, digits, period):
            continue
        if len(digits) >= _LEAST_TAIL and number.endswith(digits):
            return text
        for mine in spellings:
            slips = DamerauLevenshtein.distance(digits if mine.isdigit() else text, mine, score_cutoff=1)
            if min(len(mine), len(digits)) < _LEAST_TAIL or slips != 1 or is_neighbour(digits, counter):
                continue
            if not is_paid_counter(desk, row, digits):
                return text
    return _slipped(desk, case, row, seen)


def _without_zeros(desk: Desk, case: Case, row: int) -> str | None:
    """The number as the text has it in pieces: zeros in front of each left out or not, and the customer's own number
    that it begins with, "D9656-2511-01", which who pays knows to be his.
    """
    known = windows(case)
    if not known:
        return None
    pieces = tuple(runs(fold(desk.ledger.items.number[row]))[0])
    found = known.get(plain(pieces)) or known.get(plain(_behind_its_customer(desk, row, pieces)))
    return "-".join(found) if found else None


def _behind_its_customer(desk: Desk, row: int, pieces: Window) -> Window:
    """What follows the customer's own number in a number that begins with it; nothing where none does."""
    begun, code = "", compact(desk.ledger.accounts[desk.ledger.account_of[row]][1])
    for at, piece in enumerate(pieces):
        begun += piece
        if not code.startswith(begun):
            break
        if begun == code:
            return pieces[at + 1 :]
    return ()


def _seen(desk: Desk, case: Case, row: int) -> list[str]:
    """Numbers of the text that are not well spelt ones of this debtor. One that was closed for another debtor may be a
    misprint, unless this debtor has that very number: another seller counts alike.
    """
    reading, account = case.reading, desk.ledger.account_of[row]
    seen = [m.text for m in reading.mentions if not _is_own(desk, case, m, row)]
    if not reading.closed:
        return seen + reading.unknown
    known = [m.text for m in reading.mentions]
    closed = [text for text, accounts in reading.closed if account not in accounts and text not in known]
    return seen + reading.unknown + closed


def _other_period(case: Case, digits: str, period: str) -> bool:
    """Whether another year, or another month, than the number's stands before these digits of the text."""
    return any(
        window[-1] == digits and _is_other(window[-2], period, case.received_on) for window in windows(case).values()
    )


def _is_other(written: str, period: str, received_on: date) -> bool:
    """Whether "2025", or the "07" of "07.0263", is none of a number's period."""
    if written > LETTERS or len(written) not in (2, 4):
        return False
    if len(written) == 2:
        return is_month_of_a_year(period, received_on) and 1 <= int(written) <= 12 and written != period[-2:]
    return as_year(written, received_on) is not None and not same_period(written, period)


def _ends_in_another_year(case: Case, digits: str, period: str) -> bool:
    """Whether digits end in a year that is not the one behind the number's counter: "5225/25" is not 5225/26."""
    years = [end for end in (digits[-4:], digits[-2:]) if as_year(end, case.received_on)]
    return bool(years) and not any(same_period(year, period) for year in years)


def _begins_a_number(case: Case, digits: str) -> bool:
    """Whether digits are the year before a number of the text, and no number themselves."""
    return (
        len(digits) == 4
        and bool(as_year(digits, case.received_on))
        and any(
            window[:1] == (digits,) or (window[0] > LETTERS and window[1:2] == (digits,))
            for window in windows(case).values()
        )
    )


def _slipped(desk: Desk, case: Case, row: int, seen: list[str]) -> str | None:
    """A number written in pieces, of which the last is among `seen`, with one slip in all of it.

    Where no other invoice has this sum, letters in front or behind do not count, and any piece may be the one seen.
    """
    number, scheme = desk.ledger.numbers.compact[row], desk.ledger.numbers.scheme_of[row]
    letters, tail, counter = letters_of(number), tail_of(number, scheme), number[scheme.counter]
    alone = len(desk.ledger.rows_of_amount(desk.ledger.account_of[row], case.amount)) < 2
    digits = number[len(letters) :].removesuffix(tail if alone else "")
    if not digits.isdigit() or len(digits) < _LEAST_SLIPPED:
        return None
    numbers, settled = desk.ledger.numbers, desk.ledger.settled
    for window in windows(case).values():
        pieces = window[1:] if alone and window[0] > LETTERS else window
        telling = pieces if alone else pieces[-1:]
        if not all(run < LETTERS for run in pieces) or not any(s.endswith(telling) for s in seen):
            continue
        text = "".join(pieces)
        if abs(len(text) - len(digits)) < 2 and DamerauLevenshtein.distance(text, digits, score_cutoff=1) == 1:
            spelt = text, letters + text + tail
            known = text in numbers.by_digits or any([one in numbers.whole or one in settled for one in spelt])
            if known or is_neighbour(text, counter) or _of_another_period(desk, case, row, pieces, len(digits)):
                continue
            return text
    return None


def _of_another_period(desk: Desk, case: Case, row: int, pieces: Window, digits: int) -> bool:
    """Whether a slip is none: the number of another year or month, "L5225/25" beside L5225/26.

    digits: of the item's number.
    """
    number, period = desk.ledger.numbers.compact[row], desk.ledger.numbers.scheme_of[row].period
    text, letters = "".join(pieces), len(letters_of(number))
    written = text[period.start - letters : period.stop - letters] if period.stop > period.start else ""
    if len(text) == digits and written != number[period]:
        return True
    own = [run for run in runs(fold(desk.ledger.items.number[row]))[0] if run < LETTERS]
    if len(own) != len(pieces):
        return False
    different = [run for pair in zip(own, pieces, strict=True) if len(set(pair)) > 1 for run in pair]
    on = case.received_on
    return len(different) == 2 and all([is_month_of_a_year(run, on) or as_year(run, on) for run in different])


def _is_own(desk: Desk, case: Case, mention: Mention, row: int) -> bool:
    """Whether a number is that of another item of the same debtor, well spelt or of this very amount, or of the item's:
    no misprint.

    Also when that item was used up in this run: then the money came twice.
    """
    ledger, opened = desk.ledger, desk.ledger.items.open_minor
    return any(
        ref.row != row
        and ledger.account_of[ref.row] == ledger.account_of[row]
        and (ref.strength >= STRONG or (ref.strength > WEAK and opened[ref.row] in (case.amount, opened[row])))
        for ref in mention.refs
    )


def nearest_named(desk: Desk, case: Case, pool: Pool, rows: list[int]) -> list[int]:
    """Of several items with this amount, the one whose number the text nearly spells; else the oldest due.

    Of several such numbers the one due nearest to the receipt: none of them is sure then (`others_near`).
    """
    if not case.reading.names_something and not windows(case) and not mixed_words(case):
        return rows
    equal = [r for r in pool.left if desk.ledger.left[r] == case.amount]
    if len(equal) < 2:
        return rows
    equal = due_nearest(desk, case, equal)[:_MOST_EQUAL]
    near = [r for r in equal if near_number(desk, case, r)]
    near = [r for r in near if _is_its_end(desk, case, r)] or near
    near = near or [r for r in equal if slipped_from_paid(desk, case, r)]
    return near[:1] or rows


def _is_its_end(desk: Desk, case: Case, row: int) -> bool:
    """Whether the text has the end of an item's number as it is: the 0001 of A4E6B591-0001 is no slip of 0003."""
    near = near_number(desk, case, row)
    return near is not None and desk.ledger.numbers.compact[row].endswith(compact(near))


def due_nearest(desk: Desk, case: Case, rows: list[int]) -> list[int]:
    """Items in the order in which they are due near the receipt; of two as near the older."""
    age = desk.ledger.age
    return sorted(rows, key=lambda row: (abs((age(row)[0] - case.received_on).days), age(row)))


def others_near(desk: Desk, case: Case, draft: Draft) -> list[Draft]:
    """Other items of this debtor and amount whose number the text nearly spells as well: then none is sure."""
    row, ledger = draft.lines[0][0], desk.ledger
    equal = ledger.rows_of_amount(ledger.account_of[row], case.amount)
    if len(equal) > _MOST_EQUAL:
        cap(draft, 0.9)
    others = [r for r in equal if r != row and ledger.left[r] == case.amount and desk.usable(r, case)]
    others = [r for r in due_nearest(desk, case, others)[:_MOST_EQUAL] if near_number(desk, case, r)]
    if others and _is_its_end(desk, case, row):
        others = [r for r in others if _is_its_end(desk, case, r)]
    others = others[:3]
    if not others:
        return []
    draft.evidence["against"] = f"{desk.numbers(others)} is one slip away as well"
    cap(draft, 0.9)
    reason = f"The payer is known, {{}} has this amount, and {desk.numbers([row])} is one slip away as well."
    return [Draft(0.89, draft.rule, reason.format(desk.numbers([r])), [(r, case.amount)]) for r in others]
