"""Spreadsheets as tables: which sheet, where its header stands, its rows page by page."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.cursor import Now
from hub.plugins.csv.faults import FileRefused, refused, rejected
from hub.plugins.csv.files import Source, Stamp
from hub.plugins.csv.grid import CELL, Grid
from hub.plugins.csv.headers import check
from hub.plugins.csv.layout import Layout, Readings
from hub.plugins.csv.limits import MAX_CELL_CHARS, MAX_TITLE_LINES, PAGE_BYTES
from hub.plugins.csv.parsed import Parsed, parsed_grid
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.sheets import Cell, Workbook, cell_text, texts
from hub.plugins.csv.sniff import Evidence, Header, find_header
from hub.plugins.csv.units import CONTROL_TEXT, Units
from hub.sdk import RecordRejected


def sniff_sheet(source: Source, stamp: Stamp, kind: str, settings: str, config: CsvConfig) -> Now:
    """The sheet of `source` that holds `kind`, and the place of its first row.

    Raises:
        FileRefused: no sheet fits, or the file cannot be used.
        SourceUnavailable: it cannot be read now.
    """
    book = Workbook(source.path, source.name)
    told = config.columns.get(kind, {})
    names = [config.sheet] if config.sheet else book.visible
    headers_of: dict[str, Header] = {}
    for name in names:
        try:
            headers_of[name] = _header(book, name, kind, told)
        except FileRefused:
            if not any(header.fits for header in headers_of.values()):  # else it is another sheet's matter
                raise
    fitting = [name for name, header in headers_of.items() if header.fits]
    name = max(headers_of, key=lambda name: headers_of[name].recognised, default="") if not fitting else fitting[0]
    header = headers_of.get(name, Header(0, (), False, 0))
    if not fitting and not config.sheet:
        _refuse_hidden(book, kind, told, source.name)
    where = f"{source.name}[{name}]"
    if not any(header.headers):
        raise refused("HUB-CSV-002", where, kind=kind)
    headers = _without_empty_end(header.headers)
    check(kind, headers, told, where)
    first = header.row + 1
    layout = _weigh(book.rows(name)[first:], headers, kind, config, where)
    with source.path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return Now(
        key=source.key,
        size=stamp.size,
        mtime_ns=stamp.mtime_ns,
        digest=digest,
        settings=settings,
        offset=first,
        line=first + 1,
        layout=layout.as_text(),
        first=first,
        first_line=first + 1,
        sheet=name,
        unread=", ".join(fitting[1:]),
    )


def _header(book: Workbook, name: str, kind: str, told: dict[str, str]) -> Header:
    """Where the header of a sheet stands; when it has none, its fullest row."""
    top = [[cell_text(cell) for cell in row] for row in book.rows(name, first=MAX_TITLE_LINES + 2)]
    header = find_header(kind, top, told, merged=True)
    return header if header.headers else Header(0, _widest(top), False, 0)


def _refuse_hidden(book: Workbook, kind: str, told: dict[str, str], where: str) -> None:
    """A hidden sheet is never read unasked: it may be an old copy. One that fits is worth a word, though."""
    for name in book.names:
        if name not in book.visible and _header(book, name, kind, told).fits:
            detail = f"no visible sheet has the columns of {kind}, the hidden sheet {name!r} has them"
            raise refused("HUB-CSV-008", where, detail=detail)


def _widest(rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """The row with most cells filled, for the message."""
    widest = max(rows, key=lambda row: sum(map(bool, map(str.strip, row))), default=())
    return tuple(map(str.strip, widest))


def _without_empty_end(headers: Sequence[str]) -> tuple[str, ...]:
    count = max(at for at, header in enumerate(headers, 1) if header)
    return tuple(headers[:count])


def _weigh(rows: Sequence[Sequence[Cell]], headers: Sequence[str], kind: str, config: CsvConfig, where: str) -> Layout:
    """Only text decides: numbers and dates that the spreadsheet knows as such have one reading."""
    evidence = Evidence(kind, headers, config)
    evidence.feed([cell if isinstance(cell, str) else "" for cell in row] for row in rows)
    return evidence.settle(kind, where)


class SheetTable:
    """A sheet from `now` on. Its cells are in memory: its size is limited."""

    def __init__(self, source: Source, now: Now, readings: Readings) -> None:
        self.now = now
        self._source = source
        self._reading = reading = readings[now.layout]
        book = Workbook(source.path, source.name)
        self._rows = book.rows(now.sheet)
        book.put_lost_cells(now.sheet, self._rows, set(reading.positions.values()))
        book.date_bare_numbers(self._rows, {reading.positions[name] for name in reading.dates})
        layout = reading.layout
        self._decimals = [layout.decimals.get(at, layout.decimal) for at in range(reading.width)]
        for name, mark in reading.decimals.items():
            self._decimals[reading.positions[name]] = mark
        self._words = {position for name, position in reading.positions.items() if name not in reading.forgiving}
        self._ranks = Ranks()
        self.at_end = now.offset >= len(self._rows)
        if now.offset > now.first:
            self._page(now.first, now.offset)

    def take(self, limit: int) -> tuple[Units, bytes]:
        first = self.now.offset
        end = self._end_of_page(first, limit)
        units = Units(self._page(first, end))
        self.now = replace(self.now, offset=end, line=end + 1)
        self.at_end = end >= len(self._rows)
        return units, b""

    def close(self) -> None:
        self._rows = []

    def _end_of_page(self, first: int, limit: int) -> int:
        """Where a page of `limit` rows ends, earlier when its texts are long; at least one row."""
        size = 0
        for at, row in enumerate(self._rows[first : first + limit], first):
            size += sum(len(cell) * 3 if isinstance(cell, str) else 16 for cell in row)
            if size > 3 * PAGE_BYTES and at > first:
                return at
        return min(first + limit, len(self._rows))

    def _page(self, first: int, end: int) -> Parsed:
        """Rows `first` to `end`, taken apart at once: ranks count in the order of the file."""
        rows: list[list[str]] = []
        places: list[str] = []
        good: list[int] = []
        early: dict[int, tuple[bytes, RecordRejected]] = {}
        for at, cells in enumerate(self._rows[first:end]):
            row = [text.replace("\r\n", "\n") for text in texts(cells, self._decimals, self._words)]
            place = f"{self._source.name}[{self.now.sheet}]:{first + at + 1}"
            refusal = _refusal(row, place)
            if refusal is not None:
                early[at] = ("|".join(row)[:4096].encode("utf-8", "replace"), refusal)
                continue
            rows.append(row)
            places.append(place)
            good.append(at)
        bodies = [CELL.join(row).encode() for row in rows]
        parsed = parsed_grid(self._reading, Grid.from_rows(rows, self._reading.width), bodies, places, self._ranks)
        parsed.put_back(early, good)
        return parsed


def _refusal(row: Sequence[str], place: str) -> RecordRejected | None:
    for text in row:
        if len(text) > MAX_CELL_CHARS:
            return rejected("HUB-CSV-019", place, detail=f"a cell has more than {MAX_CELL_CHARS:,} characters")
        control = CONTROL_TEXT.search(text)
        if control:
            return rejected("HUB-CSV-016", place, character=f"U+{ord(control[0]):04X}")
    return None
