"""Exports into files: French CSV, JSON lines, workbooks; safe to open, whole or not at all."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from hub.core.services.exports.model import Column, Row, Table
from hub.core.services.exports.workbook import CELL_CHARACTERS
from hub.core.services.exports.writers import safe_cell, write_file, write_stream
from hub.sdk.errors import ConfigError

COLUMNS = (
    Column("name"), Column("day", "date"), Column("at", "instant"), Column("amount", "amount"), Column("currency"),
    Column("count", "int"), Column("share", "number"),
)  # fmt: skip
ROW: Row = (
    "Dupont",
    date(2026, 6, 30),
    datetime(2026, 6, 30, 18, 4, 5, tzinfo=UTC),
    123_456,
    "EUR",
    7,
    Decimal("0.97"),
)


def _table(*rows: Row) -> Table:
    return Table("tried", COLUMNS, iter(rows))


def _csv(*rows: Row) -> str:
    stream = io.StringIO(newline="")
    write_stream(_table(*rows), "csv", stream)
    return stream.getvalue()


def test_csv_is_for_french_spreadsheets() -> None:
    """Semicolon, decimal comma, dd/mm/yyyy, CRLF, header first."""
    expected = "name;day;at;amount;currency;count;share\r\nDupont;30/06/2026;30/06/2026 18:04:05;1234,56;EUR;7;0,97\r\n"
    assert expected == _csv(ROW)


def test_empty_cells_and_other_currencies() -> None:
    """None is an empty cell; yen have no decimals, Tunisian dinars three."""
    rows = [(None, None, None, minor, currency, None, None) for minor, currency in ((500, "JPY"), (-5, "TND"))]
    assert [";;;500;JPY;;", ";;;-0,005;TND;;"] == _csv(*rows).splitlines()[1:]


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("'=1+2", "=1+2"),
        ("'@SUM(A1)", "@SUM(A1)"),
        ("'+cmd|x", "+cmd|x"),
        ("'-2+3", "-2+3"),
        ("'\tx", "\tx"),
        ("'\rx", "\rx"),
        ("-12,5", "-12,5"),
        ("+33612345678", "+33612345678"),
        ("F-12", "F-12"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_made_text(expected: str, text: str) -> None:
    """An apostrophe in front; plain numbers stay numbers."""
    assert expected == safe_cell(text)


def test_separators_quotes_and_line_ends_survive() -> None:
    """A hostile text comes back from the file as it went in, behind its apostrophe if it looks like a formula."""
    texts = ['a;b"c', "two\nlines", "\r\nx", "é€ 'q'"]
    read = list(csv.reader(io.StringIO(_csv(*[(text, *ROW[1:]) for text in texts]), newline=""), delimiter=";"))
    assert [safe_cell(text) for text in texts] == [row[0] for row in read[1:]]


def test_json_lines_are_exact() -> None:
    """ISO dates, amounts as text with a point and the integer of minor units beside it."""
    stream = io.StringIO(newline="")
    assert 1 == write_stream(_table(ROW), "jsonl", stream)
    assert {
        "name": "Dupont", "day": "2026-06-30", "at": "2026-06-30T18:04:05+00:00", "amount": "1234.56",
        "amount_minor": 123_456, "currency": "EUR", "count": 7, "share": 0.97,
    } == json.loads(stream.getvalue())  # fmt: skip


def test_files_of_csv_have_a_mark_and_streams_have_none(tmp_path: Path) -> None:
    """Excel needs the byte order mark to see UTF-8; a pipe does not want it. Folders are made."""
    path = tmp_path / "new" / "folder" / "t.csv"
    assert 1 == write_file(_table(ROW), "csv", path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname;")
    assert _csv(ROW).startswith("name;")


def _failing() -> Iterator[Row]:
    yield ROW
    raise RuntimeError("the source broke")


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_never_half_a_file(tmp_path: Path, form: str) -> None:
    """When rows fail half way the former file stands untouched and nothing is left beside it."""
    path = tmp_path / f"t.{form}"
    path.write_text("former")
    with pytest.raises(RuntimeError):
        write_file(Table("tried", COLUMNS, _failing()), form, path)
    assert "former" == path.read_text()
    assert [path] == list(tmp_path.iterdir())


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A file where a folder should be: an error with its remedy, no traceback."""
    (tmp_path / "file").write_text("x")
    with pytest.raises(ConfigError, match="cannot be written"):
        write_file(_table(ROW), "csv", tmp_path / "file" / "t.csv")


def test_a_workbook_has_typed_cells_and_no_formula(tmp_path: Path) -> None:
    """Amounts and dates are numbers with a format; a text that looks like a formula stays text."""
    path = tmp_path / "t.xlsx"
    assert 2 == write_file(_table(ROW, ("=1+2", *ROW[1:])), "xlsx", path)
    with ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        styles = book.read("xl/styles.xml").decode()
    assert "<f>" not in sheet
    assert "=1+2" in sheet
    assert "<v>1234.56</v>" in sheet
    assert 'formatCode="dd/mm/yyyy"' in styles
    assert 'formatCode="#,##0.00"' in styles or 'numFmtId="4"' in styles


def test_a_text_too_long_for_a_cell_is_cut_and_said(tmp_path: Path) -> None:
    """Nothing is cut silently."""
    table = _table(("x" * (CELL_CHARACTERS + 1), *ROW[1:]))
    write_file(table, "xlsx", tmp_path / "t.xlsx")
    assert ["1 texts were too long for a cell of a workbook: cut, marked ' […]'"] == table.notes


def test_a_workbook_is_no_stream() -> None:
    """On the screen it is refused, with the way out."""
    with pytest.raises(ConfigError, match="cannot be written to the screen"):
        write_stream(_table(ROW), "xlsx", io.StringIO())


@pytest.mark.parametrize("form", ["csv", "jsonl", "xlsx"])
def test_memory_does_not_grow_with_rows(tmp_path: Path, form: str) -> None:
    """Ten times the rows, the same memory: rows pass through."""
    peaks = []
    for rows in (500, 5_000):
        table = Table("tried", COLUMNS, (ROW for _ in range(rows)))
        tracemalloc.start()
        write_file(table, form, tmp_path / f"t.{form}")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] + 1_000_000


def test_a_workbook_says_what_it_shows(tmp_path: Path) -> None:
    """A last sheet names the table, its state and the totals of money, each currency by itself."""
    dollars = (*ROW[:3], -456, "USD", *ROW[5:])
    about = (("Table", "Things tried"), ("As of", "30/06/2026"))
    table = Table("tried", COLUMNS, iter((ROW, ROW, dollars)), about)
    write_file(table, "xlsx", tmp_path / "t.xlsx")
    rows = CalamineWorkbook.from_path(tmp_path / "t.xlsx").get_sheet_by_name("About").to_python()
    assert [
        ["Table", "Things tried"], ["As of", "30/06/2026"], ["Rows", "3"], ["", ""],
        ["Total amount, EUR", 2469.12], ["Total amount, USD", -4.56],
    ] == rows  # fmt: skip
