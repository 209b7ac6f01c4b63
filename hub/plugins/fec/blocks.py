"""Lines as they were read: one by one, or many at once by columns."""

from __future__ import annotations

from functools import partial
from itertools import count, islice, repeat
from operator import ne
from typing import NamedTuple

from hub.sdk import RecordRejected


class Line(NamedTuple):
    """One line of the ledger.

    `key` names its entry (journal, number, date as written; with the piece when entries are not numbered). `amount` is
    debit less credit in minor units. `cells` are the fields as they stand. `fault` is why the line cannot be read; its
    amount is then 0. `text` is the line itself.
    """

    number: int
    key: tuple[str, ...]
    account: str
    amount: int
    cells: list[str]
    text: str
    fault: RecordRejected | None = None


class Stray(NamedTuple):
    """A line of which not even the entry can be told."""

    number: int
    text: str
    fault: RecordRejected


class Guess(NamedTuple):
    """What a line that is held seems to say; `amount` is None where that cannot be read."""

    account: str
    aux: str
    amount: int | None


class Block:
    """Neighbouring lines in which nothing is unusual, by columns.

    Attributes:
        starts: index of the first line of each entry, and after them the number of lines.
        keys, places, amounts: of each line: what names its entry, its account, debit less credit.
        texts: the lines themselves.
        cells: the fields of all lines one after the other, each line followed by a line end: `stride` of them a line.
    """

    def __init__(
        self,
        first: int,
        texts: list[str],
        cells: list[str],
        width: int,
        keys: list[tuple[str, ...]],
        places: list[str],
        amounts: list[int],
    ) -> None:
        self.first, self.texts, self.cells, self.keys, self.places = first, texts, cells, keys, places
        self.amounts, self.stride, self._width = amounts, width + 1, width
        changes = [at for at, new in enumerate(map(ne, keys, islice(keys, 1, None)), 1) if new]
        self.starts = [0, *changes, len(keys)]

    def lines(self, begin: int = 0, end: int | None = None) -> list[Line]:
        """The lines from one index to another, each by itself."""
        stride, width, cells = self.stride, self._width, self.cells
        end = len(self.keys) if end is None else end
        rows = [[*cells[at * stride : at * stride + width], ""] for at in range(begin, end)]
        columns = (one[begin:end] for one in (self.keys, self.places, self.amounts))
        # Without the constructor of a named tuple, which costs twice as much.
        fields = zip(count(self.first + begin), *columns, rows, self.texts[begin:end], repeat(None), strict=False)
        return list(map(partial(tuple.__new__, Line), fields))
