"""Where each open invoice number is found again: by all of it, by its counter, by its digits, by its look.

How a seller builds its numbers is learnt (`layouts`); from then on "123", "00123" or "2026/123" in a text can be
checked part by part against each number they may stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from functools import cached_property
from typing import Protocol, TypeVar
from zlib import crc32

from hub.core.reconcile.index.layouts import NO_SCHEME, Sample, Scheme, learn_scheme
from hub.core.reconcile.texts.text import compact

K = TypeVar("K", bound=Hashable)
Key = TypeVar("Key", bound=Hashable, contravariant=True)
_ASCII: dict[int, str] = {code: chr(code) for code in range(128)}  # a table for all of ASCII translates it fastest
_SHAPE = _ASCII | dict.fromkeys(map(ord, "123456789"), "0")
_COMPACT = {code: char.upper() if char.isalnum() or char == "\n" else None for code, char in _ASCII.items()}
HEAD = 2  # first characters that tell whether a word may begin a number
_SAMPLE = 400  # numbers read per series to learn its layout, at most
# Letters that scanners and fingers take for digits.
_LOOKALIKES = _ASCII | dict(zip(map(ord, "OQDILZSBG"), "000112586", strict=True))


class Index(Protocol[Key]):
    """Where rows are found by a key: one row, or a list of rows when several share it; None: none has it."""

    def get(self, key: Key, /) -> int | list[int] | None:
        """What is found by `key`."""

    def __contains__(self, key: object, /) -> bool:
        """Whether anything is found by `key`."""


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


def learn_schemes(
    numbers: Sequence[str], series: Sequence[str], issued_on: Sequence[date], printed: Sequence[str]
) -> dict[str, Scheme]:
    """One scheme per series of compact numbers; a series of which no number is sampled has none."""
    steps = {name: sample_step(size) for name, size in Counter(series).items()}
    samples: dict[str, list[Sample]] = {name: [] for name in steps}
    for at, (number, name) in enumerate(zip(numbers, series, strict=True)):
        if (step := steps[name]) == 1 or is_sampled(number, step):
            samples[name].append(Sample(number, issued_on[at], printed[at]))
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
        schemes = learn_schemes(self.compact, series, issued_on, numbers)
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
