"""Figures of each debtor's lines: what tells of a change that left no stamp, and whose it was.

A deleted line leaves no trace, a batch writer moves no stamp, a line that changed its debtor is no longer the former
one's. Number, sum and keys of a debtor's lines tell them all. The debtors' figures are folded into `BUCKETS` numbers,
kept between runs as one short text; a bucket that is another than before names the few debtors in it.
"""

from __future__ import annotations

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import Any, NamedTuple

#: Debtors of one bucket are read again together; a bucket takes `_WIDTH` bytes in each cursor.
BUCKETS, _WIDTH = 2_048, 3
#: More debtors than this are not named in a statement: everything is read.
MOST_SUSPECTS = 600

#: Rows (debtor, then number, sum and sum of keys of all lines, the same of those up to a key, and the largest key).
Asked = Callable[[int], Iterable[Sequence[Any]]]


class Figures(NamedTuple):
    """The folded figures of all lines, and the largest key among them."""

    buckets: bytes
    last: int

    def as_text(self) -> str:
        return f"{self.last} {b64encode(self.buckets).decode()}"

    @classmethod
    def from_text(cls, text: str) -> Figures | None:
        """None when there is nothing, or something else, in `text`."""
        last, _, folded = text.partition(" ")
        try:
            buckets = b64decode(folded, validate=True)
            return cls(buckets, int(last)) if len(buckets) == BUCKETS * _WIDTH else None
        except ValueError:
            return None


class Look(NamedTuple):
    """Figures as they are now: of all lines, and of those that were there before (see `Debtors.look`)."""

    now: Figures
    former: bytes


class Debtors:
    """The debtors' figures in one data base; one look serves all streams of a run."""

    def __init__(self, asked: Asked) -> None:
        self._asked = asked
        self._looks: dict[int, Look] = {}

    def look(self, upto: int) -> Look:
        """The figures now; `former`: of lines whose key is not beyond `upto`."""
        if upto not in self._looks:
            all_, former, last = [0] * BUCKETS, [0] * BUCKETS, 0
            for debtor, *figures, newest in self._asked(upto):
                bucket = _bucket(debtor)
                all_[bucket] += _folded(debtor, figures[:3])
                former[bucket] += _folded(debtor, figures[3:])
                last = max(last, newest)
            self._looks[upto] = Look(Figures(_bytes(all_), last), _bytes(former))
        return self._looks[upto]

    def suspects(self, before: bytes, now: bytes) -> list[str] | None:
        """The debtors whose figures may have changed; None when they are too many."""
        changed = set(_differing(before, now))
        if not changed:
            return []
        found = [str(debtor) for debtor, *_ in self._asked(0) if _bucket(debtor) in changed]
        return found if len(found) <= MOST_SUSPECTS else None


def _bucket(debtor: str) -> int:
    return zlib.crc32(debtor.encode()) % BUCKETS


def _folded(debtor: str, figures: Sequence[Any]) -> int:
    """A number of the debtor's figures; 0 for a debtor without lines."""
    if not figures[0]:
        return 0
    said = "|".join([debtor, *(str(int(figure)) for figure in figures)])
    return int.from_bytes(blake2b(said.encode(), digest_size=_WIDTH).digest(), "big")


def _bytes(buckets: Sequence[int]) -> bytes:
    return b"".join([(one % (1 << 8 * _WIDTH)).to_bytes(_WIDTH, "big") for one in buckets])


def _differing(before: bytes, now: bytes) -> Iterator[int]:
    for at in range(BUCKETS):
        place = slice(at * _WIDTH, (at + 1) * _WIDTH)
        if before[place] != now[place]:
            yield at
