"""What a file's sample says: separator, header line, decimal marks, forms of dates. Sniffed once, then fixed."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.dates import form_of
from hub.plugins.csv.faults import FileRefused, refused
from hub.plugins.csv.headers import check, missing, resolve
from hub.plugins.csv.layout import Layout
from hub.plugins.csv.limits import MAX_COLUMNS, MAX_TITLE_LINES
from hub.plugins.csv.vocabulary import AMOUNTS, DATES

#: Distinct dates of a column that are weighed; seventy years have fewer days.
_DISTINCT_DATES = 30_000
DELIMITERS = (";", "\t", ",", "|")
_CENTS = re.compile(r"\d+([.,])\d\d?")
_NUMBER = re.compile(r"\d[\d .,'’\u00a0\u202f\u2009]*")


@dataclass(frozen=True, slots=True)
class Header:
    """Where the headers stand: `row` counts the records above, `headers` are their texts, stripped."""

    row: int
    headers: tuple[str, ...]
    fits: bool
    recognised: int


def find_header(kind: str, rows: Sequence[Sequence[str]], told: dict[str, str], *, merged: bool = False) -> Header:
    """The header among the first rows: the first that has all required columns, else the one recognised best.

    `merged`: two rows may form the header together, as merged cells of a spreadsheet do: a group above, its parts
    below (``Montant`` over ``HT, TVA, TTC``).
    """
    best = Header(0, (), False, 0)
    for at, row in enumerate(rows[: MAX_TITLE_LINES + 1]):
        candidates = [(at, tuple(map(str.strip, row)))]
        if merged and at + 1 < len(rows):
            candidates += [(at + 1, headers) for headers in _merged(row, rows[at + 1])]
        for last, headers in candidates:
            found = resolve(kind, headers, told)
            header = Header(last, headers, not missing(kind, found), len(found))
            if (header.fits, header.recognised) > (best.fits, best.recognised):
                best = header
        if best.fits and at >= best.row:
            break
    return best


def _merged(above: Sequence[str], below: Sequence[str]) -> list[tuple[str, ...]]:
    width = max(len(above), len(below))
    upper = [*map(str.strip, above), *[""] * (width - len(above))]
    lower = [*map(str.strip, below), *[""] * (width - len(below))]
    spread, last = [], ""
    for text in upper:
        last = text or last
        spread.append(last)
    either = tuple(low or up for low, up in zip(lower, upper, strict=True))
    joined = tuple(
        f"{wide} {low}" if low and wide else low or up for low, up, wide in zip(lower, upper, spread, strict=True)
    )
    return [either, joined]


def find_delimiter(
    kind: str, split: Callable[[str], Sequence[str]], config: CsvConfig, where: str
) -> tuple[str, Header]:
    """The separator under which a header line is found, and that header.

    Args:
        split: the first records of the file as text, under a separator.

    Raises:
        FileRefused: no line fits; the message lists the headers of the best one and the nearest candidates.
    """
    told = config.columns.get(kind, {})
    delimiters = [config.delimiter] if config.delimiter else DELIMITERS
    best: tuple[str, Header] = (delimiters[0], Header(0, (), False, 0))
    widest = best
    for delimiter in delimiters:
        rows = rows_of(split(delimiter)[: MAX_TITLE_LINES + 1], delimiter)
        header = find_header(kind, rows, told)
        if header.fits:
            check(kind, header.headers, told, where)
            return delimiter, header
        if header.recognised > best[1].recognised:
            best = delimiter, header
        for at, row in enumerate(rows):
            if len(row) > len(widest[1].headers):
                widest = delimiter, Header(at, tuple(map(str.strip, row)), False, 0)
    best = best if best[1].recognised else widest
    if not any(best[1].headers):
        raise refused("HUB-CSV-002", where, kind=kind)
    check(kind, best[1].headers, told, where)
    return best


def rows_of(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The cells of each record, leniently: this is for looking, not for taking in."""
    rows = []
    for line in lines:
        try:
            row = next(csv.reader(line.splitlines(True), delimiter=delimiter), [])
        except csv.Error:
            row = []
        rows.append([] if len(row) > MAX_COLUMNS else row)
    return rows


class Evidence:
    """What the cells of a file say of its decimal marks and date forms. Fed with rows; `settle` decides.

    Some files decide only far below: `open_columns` tells whether more rows should be looked at.
    """

    def __init__(self, kind: str, headers: Sequence[str], config: CsvConfig) -> None:
        found = resolve(kind, headers, config.columns.get(kind, {}))
        self._config = config
        self._headers = headers
        self._amounts = {position for name, position in found.items() if name in AMOUNTS}
        self._dates = {position for name, position in found.items() if name in DATES}
        self._marks: dict[int, dict[str, int]] = {p: {",": 0, ".": 0} for p in self._amounts}
        self._doubt: dict[int, str] = {}
        self._texts: dict[int, dict[str, None]] = {p: {} for p in self._dates}  # distinct, in order

    @property
    def telling(self) -> set[int]:
        """The positions of dates and amounts."""
        return self._amounts | self._dates

    def feed(self, rows: Iterable[Sequence[str]]) -> None:
        """Look at more rows."""
        for row in rows:
            for position in self._amounts:
                if position < len(row):
                    mark = decimal_mark(row[position])
                    if mark == "?":
                        self._doubt.setdefault(position, row[position].strip())
                    elif mark:
                        self._marks[position][mark] += 1
            for position in self._dates:
                if position < len(row) and len(self._texts[position]) < _DISTINCT_DATES:
                    text = row[position].strip()[:40]
                    if text:
                        self._texts[position][text] = None

    def open(self) -> bool:
        """True while something is in doubt that later rows could decide."""
        if self._config.decimal is None and self._doubt and self._file_mark() is None:
            return True
        if self._config.date_order or self._config.date_format:
            return False
        return any(form_of(list(texts))[0] in ("open", None) for texts in self._texts.values())

    def settle(self, kind: str, where: str) -> Layout:
        """The layout of the file.

        Raises:
            FileRefused: amounts or dates can be read in two ways.
        """
        file_mark = self._file_mark()
        if file_mark is None and self._doubt and self._config.decimal is None:
            position, example = next(iter(self._doubt.items()))
            raise refused(
                "HUB-CSV-003",
                where,
                headers=list(self._headers),
                column=self._headers[position],
                example=example,
            )
        decimal = file_mark or ","
        decimals = {p: m for p in sorted(self._marks) if (m := self._column_mark(p)) and m != decimal}
        dates = {}
        for position in sorted(self._texts):
            form, example = form_of(list(self._texts[position]))
            if form is None and not (self._config.date_order or self._config.date_format):
                raise refused(
                    "HUB-CSV-004",
                    where,
                    headers=list(self._headers),
                    column=self._headers[position],
                    example=example,
                )
            if form not in ("dmy", "open", "", None):
                dates[position] = form
        return Layout(kind, tuple(self._headers), decimal, decimals, dates)

    def _column_mark(self, position: int) -> str | None:
        """The mark that the column's own cells prove. What does not fit is held later, cell by cell."""
        comma, point = self._marks[position][","], self._marks[position]["."]
        return None if not comma and not point else "," if comma >= point else "."

    def _file_mark(self) -> str | None:
        """The mark of most columns that prove one; None when none does. A draw goes to the comma."""
        marks = [mark for position in self._marks if (mark := self._column_mark(position))]
        return None if not marks else "," if marks.count(",") >= marks.count(".") else "."


def decimal_mark(text: str) -> str:
    """The decimal mark that one amount proves: ``,`` or ``.``; ``?`` when it fits both; empty when it has none."""
    plain = _CENTS.fullmatch(text)
    if plain is not None:  # most amounts
        return plain[1]
    match = _NUMBER.search(text)
    if match is None:
        return ""
    number = re.sub(r"[^\d.,]", "", match[0])
    commas, points = number.count(","), number.count(".")
    if not commas and not points:
        return ""
    if commas and points:
        return "," if number.rfind(",") > number.rfind(".") else "."
    mark, other = (",", ".") if commas else (".", ",")
    groups = number.split(mark)
    by_three = 1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])
    if commas + points > 1:
        return other if by_three else ""
    return "?" if by_three and groups[0] != "0" else mark


def refused_layout(kind: str, refusal: FileRefused) -> Layout:
    """The layout of a file held whole: its headers, so that a corrected `[columns]` can be tried on it."""
    return Layout(kind, tuple(refusal.headers), refused=refusal.refusal.code)
