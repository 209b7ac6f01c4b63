"""Invoice numbers: how each seller builds them, and where each open one is found again.

Nobody tells us that "FA-2026-00123" is a prefix, a year and a counter. A seller's numbers of one shape are compared
with their issue dates: digits that follow the calendar are the period, the digits that vary most are the
counter, the letters in front the prefix. From then on "123", "00123" or "2026/123" in a text can be checked
part by part against each number they may stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple, Protocol, TypeVar
from zlib import crc32

from hub.core.reconcile.text import compact

K = TypeVar("K", bound=Hashable)
Key = TypeVar("Key", bound=Hashable, contravariant=True)
_ASCII: dict[int, str] = {code: chr(code) for code in range(128)}  # a table for all of ASCII translates it fastest
_SHAPE = _ASCII | dict.fromkeys(map(ord, "123456789"), "0")
_COMPACT = {code: char.upper() if char.isalnum() or char == "\n" else None for code, char in _ASCII.items()}
_DIGITS = re.compile(r"\d+")
_FORMS = ("yyyymm", "yyyy", "yymm", "yy")  # how a number may write the period it was issued in
HEAD = 2  # first characters that tell whether a word may begin a number
_LEAST_BEHIND = 8  # numbers that tell that the year stands behind their counter
_SAMPLE = 400  # numbers read per series to learn its layout, at most
# Letters that scanners and fingers take for digits.
_LOOKALIKES = _ASCII | dict(zip(map(ord, "OQDILZSBG"), "000112586", strict=True))


class Scheme(NamedTuple):
    """Where the parts of a compact number of one series stand, as slices; start == stop means "no such part"."""

    prefix: slice
    period: slice
    counter: slice


NO_SCHEME = Scheme(slice(0, 0), slice(0, 0), slice(0, None))


class Index(Protocol[Key]):
    """Where rows are found by a key: one row, or a list of rows when several share it; None: none has it."""

    def get(self, key: Key, /) -> int | list[int] | None:
        """What is found by `key`."""

    def __contains__(self, key: object, /) -> bool:
        """Whether anything is found by `key`."""


@lru_cache(maxsize=4096)
def _periods(year: int, month: int) -> tuple[str, str, str, str]:
    """A month as a number may write it, in each of the forms."""
    return f"{year:04}{month:02}", f"{year:04}", f"{year % 100:02}{month:02}", f"{year % 100:02}"


def _period_form(digits: str, issued: date, room: int) -> str:
    """Which form the leading characters of `digits` are the issue period in, the longest one; "" when in none."""
    for form, text in zip(_FORMS, _periods(issued.year, issued.month), strict=True):
        if len(text) <= room and digits.startswith(text):
            return form
    return ""


def learn_scheme(samples: list[tuple[str, date]]) -> Scheme:
    """The layout shared by compact numbers of one series, from their issue dates.

    A part is the period when it follows the calendar in at least nine numbers of ten.
    """
    shape = samples[0][0]
    spans = [found.span() for found in _DIGITS.finditer(shape)]
    if not spans:
        whole = slice(0, len(shape))
        return Scheme(slice(0, 0), slice(0, 0), whole)
    period = _period_in_front(spans, samples) or _period_behind(spans, samples) or slice(0, 0)
    counter = _counter_span(spans, period, samples)
    first = min(part.start for part in (period, counter) if part.stop > part.start)
    return Scheme(slice(0, first), period, counter)


def _period_in_front(spans: list[tuple[int, int]], samples: list[tuple[str, date]]) -> slice | None:
    """The first digits that begin with the issue period, as far as they do."""
    for start, stop in spans:
        votes: Counter[str] = Counter()
        alone = len(spans) > 1
        for number, issued in samples:
            room = stop - start if alone else stop - start - 2
            votes[_period_form(number[start:stop], issued, room)] += 1
        length = _agreed_length(votes, len(samples))
        if length:
            return slice(start, start + length)
    return None


def _period_behind(spans: list[tuple[int, int]], samples: list[tuple[str, date]]) -> slice | None:
    """The year that digits end in, behind their counter: "L5494/26", "125/2026"; of a few numbers it may be chance."""
    start, stop = spans[-1]
    if len(samples) < _LEAST_BEHIND:
        return None
    for length in (4, 2):
        agreed = sum([number[stop - length : stop] == f"{issued.year}"[-length:] for number, issued in samples])
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


def _counter_span(spans: list[tuple[int, int]], period: slice, samples: list[tuple[str, date]]) -> slice:
    """The digits that vary most once the period is set aside; the last ones when two vary alike."""
    best = (-1, slice(0, 0))
    for start, stop in spans:
        if period.start <= start < period.stop:
            start = period.stop
        elif start < period.start < stop:
            stop = period.start
        if start < stop:
            variety = len({number[start:stop] for number, _ in samples})
            if variety >= best[0]:
                best = (variety, slice(start, stop))
    return best[1]


def compact_numbers(numbers: Iterable[str]) -> list[str]:
    """The compact form of each number; all at once, where no number has a letter beyond ASCII or a line feed."""
    printed = list(numbers)
    glued = "\n".join(printed)
    found = glued.translate(_COMPACT).split("\n") if glued.isascii() else []
    if len(found) != len(printed):
        return list(map(compact, printed))
    return [form if form != number else number for form, number in zip(found, printed, strict=True)]


def series_of(seller: str, number: str) -> str:
    """What numbers of one layout share: their seller and their shape, "FA2026000" for "FA2026123".

    What two sellers print alike they may build otherwise: 20250312 is of 2025, 25012345 as well.
    """
    return f"{seller}\n{number.translate(_SHAPE)}"


def _translated(compacts: list[str], table: dict[int, str]) -> list[str]:
    """Compact numbers, letters and digits only, translated all at once."""
    return "\n".join(compacts).translate(table).split("\n") if compacts else []


def all_series(sellers: Sequence[str], compacts: list[str]) -> list[str]:
    """`series_of` each compact number."""
    return [f"{seller}\n{shape}" for seller, shape in zip(sellers, _translated(compacts, _SHAPE), strict=True)]


def lookalikes_of(compacts: list[str]) -> list[str]:
    """`lookalike_of` each compact number."""
    return _translated(compacts, _LOOKALIKES)


def sample_step(size: int) -> int:
    """One in how many numbers of a series is read, by how many there are: a power of two, so that it changes rarely."""
    step = 1
    while size // step >= _SAMPLE:
        step *= 2
    return step


def is_sampled(number: str, step: int) -> bool:
    """Whether a compact number is read; by its content, so that the order of the records is indifferent."""
    return step == 1 or crc32(number.encode()) % step == 0


def learn_schemes(numbers: Sequence[str], series: Sequence[str], issued_on: Sequence[date]) -> dict[str, Scheme]:
    """One scheme per series of compact numbers; a series of which no number is sampled has none."""
    steps = {name: sample_step(size) for name, size in Counter(series).items()}
    samples: dict[str, list[tuple[str, date]]] = {name: [] for name in steps}
    for number, name, issued in zip(numbers, series, issued_on, strict=True):
        if (step := steps[name]) == 1 or is_sampled(number, step):
            samples[name].append((number, issued))
    return {name: learn_scheme(found) for name, found in samples.items() if found}


def counter_of(number: str, scheme: Scheme) -> str:
    """The counter of a compact number without leading zeros."""
    return number[scheme.counter].lstrip("0")


def tail_of(number: str, scheme: Scheme) -> str:
    """What a compact number has behind its counter and its period: the S1 of C26105-S1."""
    end = max(scheme.counter.stop or 0, scheme.period.stop)
    return number[end:] if end else ""


def digits_of(number: str, scheme: Scheme) -> str:
    """A compact number without its letters in front."""
    return number[scheme.prefix.stop :]


def lookalike_of(number: str) -> str:
    """A compact number with the digits that its letters may be taken for (O for 0, I for 1, B for 8)."""
    return number.translate(_LOOKALIKES)


class NumberIndex:
    """Open numbers, found by their whole compact form or by their counter alone.

    Rows are row numbers of OpenItems. A value of `whole` and `by_counter` is one row, or a list of rows when
    several share the key; most keys have one row, and an int costs no memory. `heads` are the first two characters
    of all numbers: a word that begins otherwise begins none. `prefixes` are the letters numbers begin with.
    """

    compact: Sequence[str]
    scheme_of: Sequence[Scheme]
    whole: Index[str]
    by_counter: Index[str]
    by_digits: Index[str]
    heads: set[str]
    prefixes: set[str]
    _prefixes_of: dict[str, set[str]]

    def __init__(self, numbers: Sequence[str], issued_on: Sequence[date], sellers: Sequence[str]) -> None:
        self.compact = self._compacts = compact_numbers(numbers)
        self.whole = rows_by_key(self._compacts)
        self.heads = {number[:HEAD] for number in self.compact}
        series = all_series(sellers, self._compacts)
        schemes = learn_schemes(self.compact, series, issued_on)
        self.scheme_of = [schemes.get(name, NO_SCHEME) for name in series]
        self._prefixes_of = {}
        self._index_parts(sellers)

    def _index_parts(self, sellers: Sequence[str]) -> None:
        """Index every number by its counter and, where it has letters, by its digits alone."""
        parts = list(zip(self._compacts, self.scheme_of, strict=True))
        begun = set(zip(sellers, [number[scheme.prefix] for number, scheme in parts], strict=True))
        for seller, prefix in begun:
            self._prefixes_of.setdefault(seller, set()).add(prefix)
        self.prefixes = {prefix for _, prefix in begun} - {""}
        self.by_counter = rows_by_key([number[scheme.counter].lstrip("0") for number, scheme in parts])
        self.by_digits = rows_by_key([number[scheme.prefix.stop :] for number, scheme in parts])

    @cached_property
    def by_lookalike(self) -> Index[str]:
        """Rows by their compact number with letters taken for digits."""
        return rows_by_key(lookalikes_of(self._compacts))

    def prefixes_of(self, seller: str) -> set[str]:
        """The letters this seller's numbers begin with."""
        return self._prefixes_of.get(seller, set())

    def rows(self, found: int | list[int] | None) -> Sequence[int]:
        """The rows behind a value of one of the indexes."""
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found


def rows_by_key(keys: Iterable[K]) -> dict[K, int | list[int]]:
    """Each key's row; a key met again has a list of rows, ascending."""
    found: dict[K, int | list[int]] = {}
    for row, key in enumerate(keys):
        known = found.setdefault(key, row)  # one look-up; the row itself comes back when the key is new
        if known is row:
            continue
        if isinstance(known, int):
            found[key] = [known, row]
        else:
            known.append(row)
    return found
