"""Raw units of a page, made only when someone looks: the hub compares the page's digest first."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import accumulate
from typing import overload

from hub.plugins.csv.faults import rejected
from hub.plugins.csv.grid import BETWEEN_ROWS, CELL, Grid
from hub.plugins.csv.layout import Reading
from hub.plugins.csv.limits import MAX_CELL_CHARS
from hub.plugins.csv.lines import TOO_LARGE, Block
from hub.plugins.csv.parsed import Parsed, parsed_grid
from hub.plugins.csv.ranks import Ranks
from hub.sdk import MappedPage, RawUnit, RecordRejected
from hub.sdk.units import MARK_SIZE, InColumns

_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 13)) + b"\x7f"
CONTROL_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]|\r(?!\n)")
_MARK = "\ufeff"
_BODY_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """How the bytes of a file become cells. `mixed`: other bytes than those of `encoding` were found in the file."""

    encoding: str
    delimiter: str
    mixed: bool = False


class Units(InColumns):
    """The units of one page, taken apart when someone looks."""

    def __init__(self, page: Pending | Parsed) -> None:
        self._pending = self._raw = page if isinstance(page, Pending) else None
        if isinstance(page, Parsed):
            self._parsed = page
        self._built: list[RawUnit] | None = None

    def _ready(self) -> Parsed:
        if self._pending is not None:
            self._parsed = self._pending.parse()
            self._pending = None
        return self._parsed

    @property
    def refs(self) -> list[str]:
        return self._ready().refs

    @property
    def bodies(self) -> list[bytes]:
        return self._ready().bodies

    @property
    def places(self) -> list[str]:
        return self._ready().places

    @property
    def layout(self) -> str:
        return self._ready().layout

    def marks(self) -> list[bytes]:
        """Of the raw records, when each of them is a unit; whether it is shows once they were taken apart."""
        if self._raw is None or (self._pending is None and not self._aligned()):
            return []
        return self._raw.marks()

    def only(self, indexes: Sequence[int]) -> Units | None:
        """The units of these records; None when one of them is no unit, or the order of all matters."""
        part = self._raw.only(indexes) if self._raw is not None else None
        some = Units(part) if part is not None else None
        return some if some is not None and some._aligned() else None

    def _aligned(self) -> bool:
        return self._raw is not None and len(self._ready().bodies) == self._raw.count

    def mapped(self) -> MappedPage:
        """What `map_page` gives for these units, without taking their bodies apart again."""
        return self._ready().mapped()

    def _units(self) -> list[RawUnit]:
        if self._built is None:
            self._built = self._ready().units()
        return self._built

    def __len__(self) -> int:
        return len(self._ready().bodies)

    def __iter__(self) -> Iterator[RawUnit]:
        return iter(self._units())

    @overload
    def __getitem__(self, index: int) -> RawUnit: ...
    @overload
    def __getitem__(self, index: slice) -> list[RawUnit]: ...
    def __getitem__(self, index: int | slice) -> RawUnit | list[RawUnit]:
        return self._units()[index]


class Pending:
    """A page of raw records, not yet looked at.

    Args:
        name: of the file, for places.
        line: physical line of the first record, counted from 1.
        ranks: of the file; only ranked kinds use it, and their pages are parsed in order.
        salt: all that decides how a record is read; empty when its neighbours do, too: there are no marks then.
    """

    def __init__(
        self, block: Block, reading: Reading, form: Form, name: str, line: int, ranks: Ranks, salt: bytes = b""
    ) -> None:
        self._block, self._reading, self._form, self._salt = block, reading, form, salt
        self._name, self._line, self._ranks = name, line, ranks
        self._lines: list[int] | None = None
        self.count = len(block.records)

    def marks(self) -> list[bytes]:
        """A digest of each raw record and of all that decides how it is read."""
        if not self._salt:
            return []
        salted = blake2b(self._salt, digest_size=MARK_SIZE)
        marks = []
        for record in self._block.records:
            mark = salted.copy()
            mark.update(record)
            marks.append(mark.digest())
        for at, fault in self._block.faults.items():
            marks[at] = blake2b(marks[at] + "".join(fault).encode(), digest_size=MARK_SIZE).digest()
        return marks

    def only(self, indexes: Sequence[int]) -> Pending | None:
        """A page of these records; None when they cannot be read without the others."""
        if not self._salt:
            return None
        block, starts = self._block, self._starts()
        records = [block.records[i] for i in indexes]
        faults = {at: block.faults[i] for at, i in enumerate(indexes) if i in block.faults}
        some = Pending(
            Block(records, block.heights and [block.heights[i] for i in indexes], b"".join(records), faults),
            self._reading, self._form, self._name, self._line, self._ranks, self._salt,
        )  # fmt: skip
        some._lines = [starts[i] for i in indexes]
        return some

    def parse(self) -> Parsed:
        quick = None if self._block.faults or self._form.mixed else self._quick()
        return quick or self._careful()

    def _starts(self) -> Sequence[int]:
        """The physical line in which each record begins."""
        if self._lines is not None:
            return self._lines
        if self._block.heights is None:
            return range(self._line, self._line + self.count)
        return list(accumulate(self._block.heights[:-1], initial=self._line))

    def _places(self) -> list[str]:
        return [f"{self._name}:{line}" for line in self._starts()]

    def _quick(self) -> Parsed | None:
        """The whole page in a few passes; None when something in it wants a closer look."""
        raw, delimiter = self._block.raw, self._form.delimiter
        if not raw:
            return parsed_grid(self._reading, Grid([], self._reading.width, 0), [], [], self._ranks)
        if len(raw) != len(raw.translate(None, _CONTROLS)):
            return None
        try:
            text = raw.decode(self._form.encoding)
        except UnicodeDecodeError:
            return None
        text = _without_marks(text)
        if "\r" in text:
            text = text.replace("\r\n", "\n")
            if "\r" in text:
                return None
        text = text.removesuffix("\n")
        if '"' in text:
            try:
                lines = [f"{line}\n" for line in text.split("\n")]
                rows = list(csv.reader(lines, delimiter=delimiter, strict=True))
            except csv.Error:
                return None
            if len(rows) != len(self._block.records):
                return None
            joined = BETWEEN_ROWS.join(map(CELL.join, rows))
        else:
            joined = text.replace("\n", BETWEEN_ROWS).replace(delimiter, CELL)
        bodies = joined.encode().split(BETWEEN_ROWS.encode())
        longest = max(map(len, bodies))
        if longest > MAX_CELL_CHARS:
            return None
        grid = Grid.from_joined(joined, self._reading.width, len(bodies), longest)
        return parsed_grid(self._reading, grid, bodies, self._places(), self._ranks)

    def _careful(self) -> Parsed:
        """Record by record; those that cannot be taken apart are refused, their neighbours are not."""
        places = self._places()
        rows: list[list[str]] = []
        bodies: list[bytes] = []
        good: list[int] = []
        early: dict[int, tuple[bytes, RecordRejected]] = {}
        for i, record in enumerate(self._block.records):
            try:
                row = self._cells(record, places[i], self._block.faults.get(i))
            except RecordRejected as refusal:
                early[i] = (record[:_BODY_LIMIT], refusal)
                continue
            rows.append(row)
            bodies.append(CELL.join(row).encode())
            good.append(i)
        grid = Grid.from_rows(rows, self._reading.width)
        parsed = parsed_grid(self._reading, grid, bodies, [places[i] for i in good], self._ranks)
        parsed.put_back(early, good)
        return parsed

    def _cells(self, record: bytes, place: str, fault: tuple[str, str] | None) -> list[str]:
        if fault is not None:
            code, detail = fault
            shown = "" if fault == TOO_LARGE else f" ({_beginning(record, self._form.encoding)})"
            raise rejected(code, place, detail=detail + shown)
        try:
            text = record.decode(self._form.encoding)
        except UnicodeDecodeError as error:
            detail = f"byte 0x{record[error.start]:02X} at position {error.start + 1}"
            raise rejected("HUB-CSV-017", place, encoding=self._form.encoding, detail=detail) from error
        if self._form.mixed and self._form.encoding != "utf-8" and not record.isascii() and _is_utf8(record):
            detail = "it is written in UTF-8, the rest of the file is not"
            raise rejected("HUB-CSV-017", place, encoding=self._form.encoding, detail=detail)
        text = _without_marks(text).removesuffix("\n").removesuffix("\r")
        control = CONTROL_TEXT.search(text)
        if control:
            character = f"U+{ord(control[0]):04X} at character {control.start() + 1}"
            raise rejected("HUB-CSV-016", place, character=character)
        try:
            lines = text.split("\n")
            found = list(csv.reader([line + "\n" for line in lines], delimiter=self._form.delimiter, strict=True))
        except csv.Error as error:
            if "field limit" in str(error):
                raise _too_long(place) from error
            raise rejected("HUB-CSV-018", place, detail=str(error)) from error
        if len(found) != 1 and text.strip():
            raise rejected("HUB-CSV-018", place, detail="the row falls apart into several")
        row = [cell.replace("\r\n", "\n") for cell in found[0]] if found and text else [""]
        if max(map(len, row), default=0) > MAX_CELL_CHARS:
            raise _too_long(place)
        return row


def _without_marks(text: str) -> str:
    """`text` without the byte order marks at line starts that files joined end to end have."""
    return text.removeprefix(_MARK).replace(f"\n{_MARK}", "\n") if _MARK in text else text


def _beginning(record: bytes, encoding: str) -> str:
    """The first characters of a row, quoted for a message."""
    return repr(record[:200].decode(encoding, "replace").rstrip("\r\n")[:60])


def _too_long(place: str) -> RecordRejected:
    return rejected("HUB-CSV-019", place, detail=f"a cell has more than {MAX_CELL_CHARS:,} characters")


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
