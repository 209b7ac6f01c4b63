"""How far the cells of a sheet reach, found in its XML before the reader of spreadsheets sees it.

That reader makes room for the whole rectangle up to the farthest cell: one figure typed by mistake into XFD1048576
would take 500 GB, and end the process. Only cells that hold something count; formats without content reach anywhere.
"""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from hub.plugins.csv.faults import refused
from hub.plugins.csv.limits import MAX_SHEET_CELLS
from hub.plugins.csv.sheet_errors import column_number, part_of

#: How nearly all programs write rows and cells; a search for a fixed beginning costs little.
_USUAL_ROW = re.compile(rb'<row [^<>]*?\br="(\d+)"')
_USUAL_WIDE_CELL = re.compile(rb'<c r="([A-Za-z]{2,})')
_XLSX_ROW = re.compile(rb"<(?:\w+:)?row(?=[\s/>])")
_XLSX_CELL = re.compile(rb"<(?:\w+:)?c(?=[\s/>])([^<>]*)>")
_XLSX_REF = re.compile(rb"""\sr=["']([A-Za-z]+)(\d+)["']""")
_XLSX_ROW_NUMBER = re.compile(rb"""\sr=["'](\d+)["']""")
_ODS_TABLE = re.compile(rb"<table:table[\s>]")
_ODS_CELL = re.compile(rb"<table:(?:covered-)?table-cell(?=[\s/>])([^<>]*)>([^<]*(?:<(?!/?table:)[^<]*)*)")
_ODS_ROWS = re.compile(rb'number-rows-repeated="(\d+)"')
_ODS_COLUMNS = re.compile(rb'number-columns-repeated="(\d+)"')
_ODS_VALUE = (b"office:value", b"<text:p", b"office:date-value", b"office:string-value", b"office:boolean-value")


def check_extent(path: Path, shown: str, sheet: str = "") -> None:
    """Refuse a spreadsheet whose cells reach too far. `sheet`: of an .xlsx; all of an .ods are read at once.

    An old .xls has at most 65,536 rows and 256 columns: it is not looked into.

    Raises:
        FileRefused: HUB-CSV-006.
        KeyError, ValueError, OSError, zipfile.BadZipFile, etree.XMLSyntaxError: the file is damaged.
    """
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        if "content.xml" in names:
            height, width = _of_ods(archive.read("content.xml")) if not sheet else (0, 0)
        else:
            part = part_of(archive, sheet) if sheet else ""
            height, width = _of_xlsx(archive.read(part)) if part in names else (0, 0)
    check_size(height, width, shown, sheet)


def check_size(height: int, width: int, shown: str, sheet: str = "") -> None:
    """Refuse a rectangle of cells that is too large to be held in memory: FileRefused, HUB-CSV-006."""
    if height * width > MAX_SHEET_CELLS:
        which = f"sheet {sheet!r}" if sheet else "a sheet"
        detail = f"{which} has {height:,} rows and {width:,} columns up to its last filled cell"
        raise refused("HUB-CSV-006", shown, detail=detail)


def _of_xlsx(content: bytes) -> tuple[int, int]:
    """Rows and columns; somewhat more than the truth where that is small: not every sheet is looked at cell by cell."""
    rows = list(map(int, _USUAL_ROW.findall(content)))
    height = max(rows, default=0)
    columns = set(_USUAL_WIDE_CELL.findall(content))
    width = max((column_number(letters.decode().upper()) + 1 for letters in columns), default=0)
    width = width or next((at for at in range(26, 0, -1) if b'<c r="%c' % (64 + at) in content), 0)
    cells = content.count(b"<c ") + content.count(b"<c>") + content.count(b"<c/>") + content.count(b":c ")
    usual = cells == content.count(b'<c r="') and len(rows) == content.count(b"<row")
    return (height, width) if usual and height * width <= MAX_SHEET_CELLS else _cell_by_cell(content)


def _cell_by_cell(content: bytes) -> tuple[int, int]:
    """The same, exactly: cells and rows that do not say where they stand follow the one before them."""
    height = width = row = column = 0
    for part in _XLSX_ROW.split(content)[1:]:
        head, _, cells = part.partition(b">")
        number = _XLSX_ROW_NUMBER.search(head)
        row, column = int(number[1]) if number else row + 1, 0
        for told in _XLSX_CELL.findall(cells):
            place = _XLSX_REF.search(told)
            column = column_number(place[1].decode().upper()) + 1 if place else column + 1
            if not told.endswith(b"/"):
                height = max(height, int(place[2]) if place else row)
                width = max(width, column)
    return height, width


def _of_ods(content: bytes) -> tuple[int, int]:
    return max((_of_table(table) for table in _ODS_TABLE.split(content)[1:]), key=_cells, default=(0, 0))


def _cells(size: tuple[int, int]) -> int:
    return size[0] * size[1]


def _of_table(table: bytes) -> tuple[int, int]:
    height = width = row = 0
    for part in table.split(b"<table:table-row")[1:]:
        head = part.partition(b">")[0]
        times = _ODS_ROWS.search(head)
        row += int(times[1]) if times else 1
        if any(sign in part for sign in _ODS_VALUE):
            height, width = row, max(width, _ods_width(part))
    return height, width


def _ods_width(row: bytes) -> int:
    if b"columns-repeated" not in row:
        return row.count(b"<table:table-cell") + row.count(b"<table:covered-table-cell")
    width = column = 0
    for told, inner in _ODS_CELL.findall(row):
        times = _ODS_COLUMNS.search(told)
        column += int(times[1]) if times else 1
        if any(sign in told or sign in inner for sign in _ODS_VALUE):
            width = column
    return width
