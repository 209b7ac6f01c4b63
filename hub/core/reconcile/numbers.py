"""Invoice numbers: how each seller builds them, and where each open one is found again.

Nobody tells us that "FA-2026-00123" is a prefix, a year and a counter. Numbers of one shape are compared
with their issue dates: digits that follow the calendar are the period, the digits that vary most are the
counter, the letters in front the prefix. From then on "123", "00123" or "2026/123" in a text can be checked
part by part against each number they may stand for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import NamedTuple, TypeVar
from zlib import crc32

from hub.core.reconcile.text import compact

K = TypeVar("K", bound=Hashable)
_SHAPE = str.maketrans("123456789", "000000000")
_DIGITS = re.compile(r"\d+")
_HEAD = 2  # first characters that tell whether a word may begin a number
_SAMPLE = 400  # numbers read per shape to learn its layout


class Scheme(NamedTuple):
    """Where the parts of a compact number of one shape stand, as slices; start == stop means "no such part"."""

    prefix: slice
    period: slice
    counter: slice


@lru_cache(maxsize=4096)
def _periods(year: int, month: int) -> tuple[str, str, str, str]:
    """How a number may write the month it was issued in: yyyymm, yyyy, yymm, yy."""
    return f"{year:04}{month:02}", f"{year:04}", f"{year % 100:02}{month:02}", f"{year % 100:02}"


def _period_length(digits: str, issued: date, room: int) -> int:
    """How many leading characters of `digits` are the issue period: yyyymm, yyyy, yymm, yy or none."""
    for text in _periods(issued.year, issued.month):
        if len(text) <= room and digits.startswith(text):
            return len(text)
    return 0


def learn_scheme(samples: list[tuple[str, date]]) -> Scheme:
    """The layout shared by compact numbers of one shape, from their issue dates.

    A part is the period when it follows the calendar in at least nine numbers of ten.
    """
    shape = samples[0][0]
    spans = [found.span() for found in _DIGITS.finditer(shape)]
    if not spans:
        whole = slice(0, len(shape))
        return Scheme(slice(0, 0), slice(0, 0), whole)
    period = slice(0, 0)
    for start, stop in spans:
        votes: Counter[int] = Counter()
        alone = len(spans) > 1
        for number, issued in samples:
            room = stop - start if alone else stop - start - 2
            votes[_period_length(number[start:stop], issued, room)] += 1
        length = _agreed_length(votes, len(samples))
        if length:
            period = slice(start, start + length)
            break
    counter = _counter_span(spans, period, samples)
    first = min(part.start for part in (period, counter) if part.stop > part.start)
    return Scheme(slice(0, first), period, counter)


def _agreed_length(votes: Counter[int], size: int) -> int:
    """The longest period nine numbers in ten carry: yyyymm also counts as a vote for yyyy."""
    for length in (6, 4, 2):
        families = {6: (6,), 4: (6, 4), 2: (2,)}[length]
        if sum(votes[n] for n in families) * 10 >= size * 9:
            return length
    return 0


def _counter_span(spans: list[tuple[int, int]], period: slice, samples: list[tuple[str, date]]) -> slice:
    """The digits that vary most once the period is set aside; the last ones when two vary alike."""
    best = (-1, slice(0, 0))
    for start, stop in spans:
        if period.start <= start < period.stop:
            start = period.stop
        if start < stop:
            variety = len({number[start:stop] for number, _ in samples})
            if variety >= best[0]:
                best = (variety, slice(start, stop))
    return best[1]


class NumberIndex:
    """Open numbers, found by their whole compact form or by their counter alone.

    Rows are row numbers of OpenItems. A value of `whole` and `by_counter` is one row, or a list of rows when
    several share the key; most keys have one row, and an int costs no memory. `heads` are the first two characters
    of all numbers: a word that begins otherwise begins none.
    """

    def __init__(self, numbers: list[str], issued_on: list[date], sellers: list[str]) -> None:
        self.compact = [n if n.isalnum() and n.isascii() and n.isupper() else compact(n) for n in numbers]
        self.whole: dict[str, int | list[int]] = {}
        fill_index(self.whole, self.compact)
        self.heads = {number[:_HEAD] for number in self.compact}
        self.schemes: dict[str, Scheme] = {}
        self.scheme_of: list[Scheme] = self._learn(issued_on)
        self.prefixes: set[str] = set()
        self._sellers = sellers
        self._prefixes_of: dict[str, set[str]] = {}
        self.by_counter: dict[str, int | list[int]] = {}
        self.by_digits: dict[str, int | list[int]] = {}
        self._index_parts()

    def _learn(self, issued_on: list[date]) -> list[Scheme]:
        """Learn one scheme per shape, from samples chosen by content so that record order is indifferent."""
        shapes = [number.translate(_SHAPE) for number in self.compact]
        sizes = Counter(shapes)
        samples: dict[str, list[tuple[str, date]]] = {shape: [] for shape in sizes}
        steps = {shape: size // _SAMPLE + 1 for shape, size in sizes.items()}
        for row, shape in enumerate(shapes):
            step = steps[shape]
            if step == 1 or crc32(self.compact[row].encode()) % step == 0:
                samples[shape].append((self.compact[row], issued_on[row]))
        self.schemes = {s: learn_scheme(found) for s, found in samples.items() if found}
        plain = Scheme(slice(0, 0), slice(0, 0), slice(0, None))
        return [self.schemes.get(shape, plain) for shape in shapes]

    def _index_parts(self) -> None:
        """Index every number by its counter and, where it has letters, by its digits alone."""
        counters: list[str] = []
        digits: list[str] = []
        prefixes: set[str] = set()
        previous = None
        for number, scheme, seller in zip(self.compact, self.scheme_of, self._sellers, strict=True):
            counters.append(number[scheme.counter].lstrip("0"))
            prefix = number[scheme.prefix]
            if (prefix, seller) != previous:
                previous = (prefix, seller)
                prefixes.add(prefix)
                self._prefixes_of.setdefault(seller, set()).add(prefix)
            digits.append(number[len(prefix) :])
        self.prefixes = {p for p in prefixes if p}
        fill_index(self.by_counter, counters)
        fill_index(self.by_digits, digits)

    def prefixes_of(self, seller: str) -> set[str]:
        """The letters this seller's numbers begin with."""
        return self._prefixes_of.get(seller, set())

    def rows(self, found: int | list[int] | None) -> Sequence[int]:
        """The rows behind a value of one of the dictionaries."""
        if found is None:
            return ()
        return (found,) if isinstance(found, int) else found


def fill_index(index: dict[K, int | list[int]], keys: Iterable[K]) -> None:
    """Add each key's row; a key met again turns into a list of rows."""
    for row, key in enumerate(keys):
        known = index.setdefault(key, row)  # one look-up; the row itself comes back when the key is new
        if known is row:
            continue
        if isinstance(known, int):
            index[key] = [known, row]
        else:
            known.append(row)
