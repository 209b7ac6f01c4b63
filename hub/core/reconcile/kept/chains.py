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


def hashes_of_texts(keys: Iterable[str]) -> Iterable[int]:
    """A number for each text, the same in every process."""
    return map(crc32, map(str.encode, keys))


def hash_of_number(key: int) -> int:
    """A number for an integer, far from that of its neighbours."""
    return key * _SPREAD >> 12


def chain(hashes: Iterable[int], count: int) -> tuple[array[int], array[int]]:
    """The first place of each of `count` slots, and for each place the next one of its slot; both plus one, 0 ends.

    `hashes` gives that of each place in turn; a negative one leaves the place out. Later places come first.
    """
    first, mask = array("I", bytes(4 * count)), count - 1
    after = array("I")
    add = after.append
    for place, hashed in enumerate(hashes, start=1):
        if hashed < 0:
            add(0)
        else:
            slot = hashed & mask
            add(first[slot])
            first[slot] = place
    return first, after


class Chain:
    """A chain as it lies there."""

    def __init__(self, first: Sequence[int], after: Sequence[int]) -> None:
        self._mask = len(first) - 1
        self._first, self._after = first, after

    def _of_slot(self, hashed: int) -> Iterator[int]:
        at = self._first[hashed & self._mask]
        while at:
            yield at - 1
            at = self._after[at - 1]

    def text(self, key: str, is_meant: Callable[[int], bool]) -> list[int]:
        """The places with this key that are meant, ascending."""
        return [place for place in self._of_slot(crc32(key.encode())) if is_meant(place)][::-1]

    def number(self, key: int, is_meant: Callable[[int], bool]) -> list[int]:
        """The places with this key that are meant, ascending."""
        return [place for place in self._of_slot(hash_of_number(key)) if is_meant(place)][::-1]
