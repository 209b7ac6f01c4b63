"""Finding rows by a key without an index in memory: rows whose keys fall into one slot are chained.

A chain tells where a key may be; whether it is there says the row itself. So a chain is two columns of integers.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from zlib import crc32

_SPREAD = 2_654_435_761  # Knuth's multiplier: neighbouring numbers fall into slots far apart


def slots_for(size: int) -> int:
    """How many slots `size` rows are spread over: a power of two."""
    return 1 << max(4, size.bit_length())


def slot_of_text(key: str, slots: int) -> int:
    """The slot of a text; the same in every process."""
    return crc32(key.encode()) & (slots - 1)


def slot_of_number(key: int, slots: int) -> int:
    """The slot of an integer."""
    return (key * _SPREAD >> 12) & (slots - 1)


def chain(slots: Iterable[int | None], count: int) -> tuple[array[int], array[int]]:
    """The first place of each of `count` slots, and for each place the next one of its slot; both plus one, 0 ends.

    `slots` gives the slot of each place in turn; None leaves it out. Later places come first.
    """
    first = array("I", bytes(4 * count))
    after = array("I")
    add = after.append
    for place, slot in enumerate(slots, start=1):
        if slot is None:
            add(0)
        else:
            add(first[slot])
            first[slot] = place
    return first, after


class Chain:
    """A chain as it lies there."""

    def __init__(self, first: Sequence[int], after: Sequence[int]) -> None:
        self.slots = len(first)
        self._first, self._after = first, after

    def _of_slot(self, slot: int) -> Iterator[int]:
        at = self._first[slot]
        while at:
            yield at - 1
            at = self._after[at - 1]

    def text(self, key: str, is_meant: Callable[[int], bool]) -> list[int]:
        """The places with this key that are meant, ascending."""
        return [place for place in self._of_slot(slot_of_text(key, self.slots)) if is_meant(place)][::-1]

    def number(self, key: int, is_meant: Callable[[int], bool]) -> list[int]:
        """The places with this key that are meant, ascending."""
        return [place for place in self._of_slot(slot_of_number(key, self.slots)) if is_meant(place)][::-1]
