"""Spreadsheets (.xlsx, .xlsm, .ods, .xls) as rows of text, through python-calamine (extra `excel`).

Numbers are exact: a spreadsheet keeps 15 significant digits, and the shortest decimal text of its binary number
(`repr`) is the text that was typed whenever that has at most 15 digits. Longer ones are noise of a calculation
(0.1 + 0.2) and are rounded to 15 digits, which is what the spreadsheet shows. No arithmetic is done on floats.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.plugins.csv.faults import FileRefused, misconfigured, refused, unavailable
from hub.plugins.csv.files import DAMAGED
from hub.plugins.csv.limits import MAX_SHEET_BYTES, MAX_SHEET_EXPANDED_BYTES
from hub.plugins.csv.sheet_errors import lost_cells
from hub.plugins.csv.sheet_extent import check_extent, check_size

Cell = Any  # float, int, str, bool, date, datetime, time, timedelta: what calamine gives
_DIGITS = 15
_KEPT_WHOLE = 10**_DIGITS
_CHUNK = 1024 * 1024
_DAYS_1900_TO_1904 = 1462
_DATE_1904 = re.compile(rb"""\sdate1904=["'](?:1|true|on)["']""")


class Workbook:
    """An open spreadsheet. `names` are its sheets in order, `visible` those that a person sees."""

    def __init__(self, path: Path, shown: str) -> None:
        self._path, self._shown = path, shown
        _check_size(path, shown)
        try:
            import python_calamine
        except ImportError as error:
            raise misconfigured("HUB-CSV-032", shown, name=shown) from error
        self._checked: set[str] = set()
        with _damage(shown):
            check_extent(path, shown)
            self._book = python_calamine.CalamineWorkbook.from_path(str(path))
            self.names: list[str] = list(self._book.sheet_names)
            seen = python_calamine.SheetVisibleEnum.Visible
            table = python_calamine.SheetTypeEnum.WorkSheet  # no chart
            sheets = self._book.sheets_metadata
            self.visible = [sheet.name for sheet in sheets if sheet.visible == seen and sheet.typ == table]

    def rows(self, name: str, *, first: int | None = None) -> list[list[Cell]]:
        """The rows of a sheet as typed cells, from its first row and column on; at most `first` of them.

        Raises:
            FileRefused: there is no such sheet, it is damaged or too large.
        """
        if name not in self.names:
            raise refused("HUB-CSV-008", self._shown, detail=f"no sheet {name!r}; there are {', '.join(self.names)}")
        with _damage(self._shown):
            if name not in self._checked:
                check_extent(self._path, self._shown, name)
                self._checked.add(name)
            sheet = self._book.get_sheet_by_name(name)
            check_size(sheet.height, sheet.width, self._shown, name)
        with _damage(self._shown):
            # skip_empty_area=False: rows keep their numbers, for places.
            return list(sheet.to_python(skip_empty_area=False, nrows=first))

    def date_bare_numbers(self, rows: list[list[Cell]], columns: Container[int]) -> None:
        """Have the bare numbers in these `columns` of dates count from 1900, as those of all other tables do.

        Workbooks made on a Macintosh may count days from 1904. The reader knows it of cells with a format of dates; a
        cell that shows the number itself would be read four years too early.
        """
        if self._counts_from_1904():
            for row in rows:
                for at, cell in enumerate(row):
                    if isinstance(cell, float) and at in columns:
                        row[at] = cell + _DAYS_1900_TO_1904

    def _counts_from_1904(self) -> bool:
        if not zipfile.is_zipfile(self._path):
            return False
        with _damage(self._shown), zipfile.ZipFile(self._path) as archive:
            book = "xl/workbook.xml"
            return book in archive.namelist() and _DATE_1904.search(archive.read(book)) is not None

    def put_lost_cells(self, name: str, rows: list[list[Cell]], columns: Container[int]) -> None:
        """Write into `rows` (all of sheet `name`) what stands in the cells without a value, in these `columns`.

        Raises:
            FileRefused: the sheet is damaged or too large.
        """
        with _damage(self._shown):
            lost = [cell for cell in lost_cells(self._path, name) if cell[1] in columns]
        height, width = max((y for y, _, _ in lost), default=-1) + 1, len(rows[0]) if rows else 0
        check_size(height, width, self._shown, name)
        rows += [[""] * width for _ in range(len(rows), height)]
        for y, x, text in lost:
            if x < len(rows[y]):
                rows[y][x] = text


@contextmanager
def _damage(shown: str) -> Iterator[None]:
    """Whatever the reader in Rust says of a damaged file becomes one refusal.

    It raises several unrelated classes, and on some damage a PanicException, which is no Exception.
    """
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GeneratorExit, MemoryError, FileRefused):
        raise
    except BaseException as error:
        detail = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise refused("HUB-CSV-008", shown, detail=detail) from error


def _check_size(path: Path, shown: str) -> None:
    """Every part is unfolded once with a limit before the real reader sees the file: bombs end here."""
    try:
        size = path.stat().st_size
        if size > MAX_SHEET_BYTES:
            raise refused("HUB-CSV-006", shown, detail=f"{size:,} bytes, {MAX_SHEET_BYTES:,} are allowed for a sheet")
        if zipfile.is_zipfile(path):
            _unfold(path, shown)
        elif path.suffix.lower() != ".xls":
            raise refused("HUB-CSV-008", shown, detail="it is damaged, or protected by a password")
    except FileNotFoundError as error:
        raise unavailable("HUB-CSV-030", shown, name=shown) from error
    except DAMAGED as error:
        detail = (str(error) or type(error).__name__).splitlines()[0][:200]
        raise refused("HUB-CSV-008", shown, detail=detail) from error
    except OSError as error:
        raise unavailable("HUB-CSV-031", shown, name=shown, detail=error.strerror or str(error)) from error


def _unfold(path: Path, shown: str) -> None:
    total = 0
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            with archive.open(member) as part:
                while chunk := part.read(_CHUNK):
                    total += len(chunk)
                    if total > MAX_SHEET_EXPANDED_BYTES:
                        detail = f"it unfolds to more than {MAX_SHEET_EXPANDED_BYTES:,} bytes"
                        raise refused("HUB-CSV-006", shown, detail=detail)
                    if b"<!DOCTYPE" in chunk or b"<!ENTITY" in chunk:
                        raise refused("HUB-CSV-008", shown, detail="it defines XML entities")


def texts(row: Sequence[Cell], decimals: Sequence[str], words: Container[int] = ()) -> list[str]:
    """The cells as text: dates in ISO, numbers exact with the column's decimal mark, never grouped.

    `words`: columns that hold names of things, no amounts. A number there that has more digits than a spreadsheet
    keeps is written as the spreadsheet shows it (1.23456789012346E+16), for what was typed is lost.
    """
    found = [cell_text(cell, decimals[at] if at < len(decimals) else ".") for at, cell in enumerate(row)]
    for at, cell in enumerate(row):
        if isinstance(cell, float) and abs(cell) >= _KEPT_WHOLE and at in words:
            found[at] = f"{cell:.{_DIGITS - 1}E}"
    return found


def cell_text(cell: Cell, decimal: str = ".") -> str:
    """One typed cell as text."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return number_text(cell, decimal)
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time | timedelta | int):
        return str(cell)
    return "" if cell is None else str(cell)


def number_text(number: float, decimal: str = ".") -> str:
    """The decimal number that a spreadsheet's cell shows: 1234.5 -> ``1234.5``, 1e15 -> ``1000000000000000``."""
    if number != number or number in (float("inf"), float("-inf")):
        return str(number)
    exact = Decimal(repr(number))
    if len(exact.as_tuple().digits) > _DIGITS:
        exact = Decimal(f"{number:.{_DIGITS}g}")
    text = format(exact, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace(".", decimal)
