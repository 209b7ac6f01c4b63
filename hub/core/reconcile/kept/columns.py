"""Columns that lie in one stretch of bytes and are read cell by cell."""

from __future__ import annotations

import json
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, TypeVar, cast

Cell = TypeVar("Cell")

_NOTHING = b"\xff"  # no text in UTF-8 is this byte
_ALIGNED = 8


class Column(Sequence[Cell]):
    """A column of which only the cell asked for is made. `met`: the cells made last, with rows that came since."""

    met: _Cells | None = None

    def cell(self, row: int) -> Cell:
        """The cell of a row."""
        raise IndexError(row)

    def __getitem__(self, row: Any, /) -> Any:
        return self.cell(row)

    def __iter__(self) -> Iterator[Cell]:
        return map(self.cell, range(len(self)))


class Texts(Column[Cell]):
    """Texts one behind the other. Cells are `str`, or None where there is no text."""

    def __init__(self, ends: Sequence[int], letters: memoryview) -> None:
        self._ends, self._letters = ends, letters

    def __len__(self) -> int:
        return len(self._ends) - 1

    def cell(self, row: int) -> Any:
        """The text of a row."""
        raw = bytes(self._letters[self._ends[row] : self._ends[row + 1]])
        return None if raw == _NOTHING else raw.decode()


class Days(Column[Cell]):
    """Dates kept as ordinal numbers; 0 is None."""

    def __init__(self, ordinals: Sequence[int]) -> None:
        self._ordinals = ordinals

    def __len__(self) -> int:
        return len(self._ordinals)

    def cell(self, row: int) -> Any:
        """The day of a row."""
        ordinal = self._ordinals[row]
        return date.fromordinal(ordinal) if ordinal else None


class Coded(Column[Cell]):
    """Values kept by their place among the few that there are."""

    def __init__(self, codes: Sequence[int], values: Sequence[Cell]) -> None:
        self._codes, self._values = codes, values

    def __len__(self) -> int:
        return len(self._codes)

    def cell(self, row: int) -> Cell:
        """The value of a row."""
        return self._values[self._codes[row]]


class _Cells(dict[int, Any]):
    """Cells by row, made when first asked for: what is asked again costs no call."""

    def __init__(self, base: Sequence[Any], more: Sequence[Any]) -> None:
        super().__init__()
        self._base, self._more, self._at = base, more, len(base)
        self._cell: Callable[[int], Any] = base.cell if isinstance(base, Column) else base.__getitem__
        if isinstance(base, Column):
            if base.met is not None:
                base.met._hand_over(self)
            base.met = self

    def _hand_over(self, later: _Cells) -> None:
        """Give `later` the cells made of the column that lies there, for which it need not ask again."""
        later.update(self)
        for row in range(self._at, len(self)):
            later.pop(row, None)

    def __missing__(self, row: int) -> Any:
        found = self[row] = self._cell(row) if row < self._at else self._more[row - self._at]
        return found

    def __len__(self) -> int:
        return self._at + len(self._more)

    def __iter__(self) -> Iterator[Any]:
        return map(self.__getitem__, range(len(self)))


def joined(base: Sequence[Cell], more: Sequence[Cell]) -> Sequence[Cell]:
    """A column that lies there, and rows that came since behind it. Cells once made are kept: rows are asked for again.

    Not for slices.
    """
    return cast(Sequence[Cell], _Cells(base, more))


class Laid:
    """Named columns in one stretch of bytes, and a few small facts (JSON) beside them.

    Raises:
        ValueError: something of it is missing.
    """

    def __init__(self, held: memoryview) -> None:
        size = int.from_bytes(held[:_ALIGNED], "little")
        head = json.loads(bytes(held[_ALIGNED : _ALIGNED + size]))
        self.told: dict[str, Any] = head["told"]
        self._places: dict[str, tuple[str, int, int]] = head["places"]
        self._columns = held[_aligned(_ALIGNED + size) :]
        if len(self._columns) != head["size"]:
            raise ValueError(f"{len(self._columns)} bytes of columns, not {head['size']}")

    def numbers(self, name: str) -> Sequence[int]:
        """A column of integers."""
        kind, start, stop = self._places[name]
        return self._columns[start:stop].cast(kind)  # type: ignore[call-overload, no-any-return]

    def texts(self, name: str) -> Texts[Any]:
        """A column of texts."""
        _, start, stop = self._places[f"{name}:letters"]
        return Texts(self.numbers(f"{name}:ends"), self._columns[start:stop])


def lay(
    told: Mapping[str, Any], numbers: Mapping[str, array[int]], texts: Mapping[str, Iterable[str | None]]
) -> Iterator[bytes | memoryview]:
    """The bytes of columns, piece by piece, as `Laid` reads them."""
    pieces: list[tuple[str, str, bytes | memoryview]] = [
        (name, column.typecode, memoryview(column).cast("B")) for name, column in numbers.items()
    ]
    for name, column in texts.items():
        raw = [_NOTHING if text is None else text.encode() for text in column]
        ends = array("Q", accumulate(map(len, raw), initial=0))
        pieces += [(f"{name}:ends", "Q", memoryview(ends).cast("B")), (f"{name}:letters", "B", b"".join(raw))]
    places, at = {}, 0
    for name, kind, held in pieces:
        places[name] = (kind, at, at + len(held))
        at = _aligned(at + len(held))
    head = json.dumps({"told": told, "places": places, "size": at}, ensure_ascii=False).encode()
    yield len(head).to_bytes(_ALIGNED, "little")
    yield head.ljust(_aligned(len(head)))
    for _, _, held in pieces:
        yield held
        yield bytes(_aligned(len(held)) - len(held))


def _aligned(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED
