"""How a seller builds its numbers: where the prefix, the period and the counter stand, learnt from those it issued.

Nobody tells us that "FA-2026-00123" is a prefix, a year and a counter. Numbers of one shape are compared with their
issue dates: digits that follow the calendar are the period, the digits that vary most are the counter, what is in
front is the prefix. Signs between digits, where all numbers have them, part what would be one run of digits.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import NamedTuple

_DIGITS = re.compile(r"\d+")
_SIGNS = re.compile(r"[^A-Za-z0-9]+")
_FORMS = ("yyyymm", "mmyyyy", "yyyy", "yymm", "mmyy", "yy")  # how a number may write the period it was issued in
Span = tuple[int, int]
_COUNTED = re.compile(r"(?<=[A-Za-z0-9][-/._ ])\d+$")
_MIXED = re.compile(r"\d[A-Za-z]|[A-Za-z](?!20)\d{6}")  # FA202603 is a year and a month
LEAST_DRAWN = 6  # characters of a beginning that a program drew
_NO_CHANCE = 8  # numbers that tell where the year stands behind their counter, or which signs part them


class Scheme(NamedTuple):
    """Where the parts of a compact number of one series stand, as slices; start == stop means "no such part"."""

    prefix: slice
    period: slice
    counter: slice


NO_SCHEME = Scheme(slice(0, 0), slice(0, 0), slice(0, None))


@lru_cache(maxsize=4096)
def _periods(year: int, month: int) -> tuple[str, ...]:
    """A month as a number may write it, in each of the forms."""
    long, short, of_it = f"{year:04}", f"{year % 100:02}", f"{month:02}"
    return long + of_it, of_it + long, long, short + of_it, of_it + short, short


def year_first(period: str) -> str:
    """A period with its year before its month, if it has the month in front: "202603" for "032026", "2603" for "0326".

    No year of invoices is one of the first dozen of its century, so the two are not mistaken for each other.
    """
    month, year = period[:2], period[2:]
    if "01" <= month <= "12" and ((len(year) == 4 and year[:2] == "20") or (len(year) == 2 and year > "12")):
        return year + month
    return period


def _period_form(digits: str, issued: date, room: int) -> str:
    """Which form the leading characters of `digits` are the issue period in, the longest one; "" when in none."""
    for form, text in zip(_FORMS, _periods(issued.year, issued.month), strict=True):
        if len(text) <= room and digits.startswith(text):
            return form
    return ""


class Sample(NamedTuple):
    """One number of a series: compact, the day of its invoice, and as it is printed."""

    number: str
    issued: date
    printed: str


def learn_scheme(samples: list[Sample]) -> Scheme:
    """The layout shared by compact numbers of one series, from their issue dates.

    A part is the period when it follows the calendar in at least nine numbers of ten.
    """
    shape = samples[0].number
    spans = [found.span() for found in _DIGITS.finditer(shape)]
    if not spans:
        whole = slice(0, len(shape))
        return Scheme(slice(0, 0), slice(0, 0), whole)
    parted = _parted(spans, samples)
    period = _period_in_front(spans, samples) or _period_behind(spans, samples)
    if period is None and parted != spans:
        period = _period_in_front(parted, samples)
    period = period or slice(0, 0)
    counter = _counter_span(_told_apart(spans, parted, period, samples), period, samples)
    first = min(part.start for part in (period, counter) if part.stop > part.start)
    return Scheme(slice(0, first), period, counter)


def _parted(spans: list[Span], samples: list[Sample]) -> list[Span]:
    """Runs of digits, parted where a sign stands between two digits of at least nine printed numbers in ten.

    Of few numbers only where all begin with what a program drew for one customer: "A4E6B591-0002".
    """
    if len(samples) < _NO_CHANCE and not _is_drawn(samples):
        return spans
    signs = Counter(at for sample in samples for at in _signs_in(sample))
    agreed = sorted(at for at, count in signs.items() if count * 10 >= len(samples) * 9)
    found = []
    for start, stop in spans:
        ends = [start, *(at for at in agreed if start < at < stop), stop]
        found += list(pairwise(ends))
    return found


def _is_drawn(samples: list[Sample]) -> bool:
    """Whether numbers are one beginning of letters and digits, a sign, and a counter."""
    begun = {sample.printed[: -len(found[0])] for sample in samples if (found := _COUNTED.search(sample.printed))}
    piece = begun.pop()[:-1] if len(begun) == 1 else ""
    return len(piece) >= LEAST_DRAWN and piece.isalnum() and bool(_MIXED.search(piece))


def _signs_in(sample: Sample) -> list[int]:
    """Where in the compact number pieces of the printed one meet; nowhere, when the two do not go together."""
    pieces = _SIGNS.split(sample.printed)
    ends = list(accumulate(map(len, pieces)))
    return ends[:-1] if ends[-1] == len(sample.number) else []


def _told_apart(spans: list[Span], parted: list[Span], period: slice, samples: list[Sample]) -> list[Span]:
    """The runs, parted where signs are, if the last part alone tells the numbers apart, or the period stands in one.

    The 4897 of "FI25/S17-4897" is a counter, the 345 of "12.345" only the end of one, where "13.345" is another.
    """
    if parted == spans or period.start in {start for start, _ in parted} - {start for start, _ in spans}:
        return parted
    start, stop = parted[-1]
    alone = {sample.number[start:stop] for sample in samples}
    return parted if len(alone) * 20 >= len({sample.number for sample in samples}) * 19 else spans


def _period_in_front(spans: list[Span], samples: list[Sample]) -> slice | None:
    """The first digits that begin with the issue period, as far as they do."""
    for start, stop in spans:
        votes: Counter[str] = Counter()
        alone = len(spans) > 1
        for number, issued, _ in samples:
            room = stop - start if alone else stop - start - 2
            votes[_period_form(number[start:stop], issued, room)] += 1
        length = _agreed_length(votes, len(samples))
        if length:
            return slice(start, start + length)
    return None


def _period_behind(spans: list[Span], samples: list[Sample]) -> slice | None:
    """The year that digits end in, behind their counter: "L5494/26", "125/2026"; of a few numbers it may be chance."""
    start, stop = spans[-1]
    if len(samples) < _NO_CHANCE:
        return None
    for length in (4, 2):
        agreed = sum([number[stop - length : stop] == f"{issued.year}"[-length:] for number, issued, _ in samples])
        if stop - start > length and agreed * 10 >= len(samples) * 9:
            return slice(stop - length, stop)
    return None


def _agreed_length(votes: Counter[str], size: int) -> int:
    """The length of the longest period nine numbers in ten carry: one with a month also votes for its year.

    26012007 of January is of the year 26, and its counter 012007 begins with 01 by accident.
    """
    for form in _FORMS:
        if (votes[form] + votes[f"{form}mm"]) * 10 >= size * 9:
            return len(form)
    return 0


def _counter_span(spans: list[Span], period: slice, samples: list[Sample]) -> slice:
    """The digits that vary most once the period is set aside; the last ones when two vary alike."""
    best = (-1, slice(0, 0))
    for start, stop in spans:
        if period.start <= start < period.stop:
            start = period.stop
        elif start < period.start < stop:
            stop = period.start
        if start < stop:
            variety = len({number[start:stop] for number, _, _ in samples})
            if variety >= best[0]:
                best = (variety, slice(start, stop))
    return best[1]
