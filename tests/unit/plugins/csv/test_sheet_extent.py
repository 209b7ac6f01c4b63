"""Cells far away from the table: refused before the reader of spreadsheets makes room for all between."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from hub.plugins.csv.faults import FileRefused
from hub.plugins.csv.sheet_extent import check_extent
from tests.unit.plugins.csv.tables import run, source_of

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

HEAD = ["N° facture", "Code client", "Date facture", "Total TTC"]
PART = "xl/worksheets/sheet1.xml"
FAR = b'<row r="1048576"><c r="XFD1048576"%s</row></sheetData>'
ODS_HEAD = (
    '<office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>'
    '<table:table table:name="F">'
)


def _xlsx(path: Path, change: Callable[[bytes], bytes]) -> Path:
    """A sheet of one invoice, its XML changed."""
    with xlsxwriter.Workbook(str(path.with_suffix(".tmp"))) as workbook:
        sheet = workbook.add_worksheet("F")
        sheet.write_row(0, 0, HEAD)
        sheet.write_row(1, 0, ["F1", "C1", "15/01/2026", 100.5])
    with zipfile.ZipFile(path.with_suffix(".tmp")) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name == PART else old.read(name))
    return path


def _cell(text: str, repeated: int = 1) -> str:
    kind = f' office:value-type="string"><text:p>{text}</text:p></table:table-cell>' if text else "/>"
    return f'<table:table-cell table:number-columns-repeated="{repeated}"{kind}'


def _ods(path: Path, rows: str) -> Path:
    head = f"<table:table-row>{''.join(map(_cell, HEAD))}</table:table-row>"
    end = "</table:table></office:spreadsheet></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", ODS_HEAD + head + rows + end)
    return path


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda xml: xml.replace(b"</sheetData>", FAR % b"><v>1</v></c>"), "1,048,576 rows and 16,384 columns"),
        (lambda xml: xml.replace(b"</sheetData>", FAR % b' t="s" ><v>0</v></c>'), "16,384 columns"),
        (lambda xml: xml.replace(b'r="D2"', b'r="ZZZZZZ2"'), "2 rows and 321,272,406 columns"),
        (lambda xml: xml.replace(b'<c r="A2"', b'<c s="0" r="A999999"').replace(b"D2", b"ZZ2"), "999,999 rows"),
    ],
)
def test_a_cell_far_away_is_named(change: Callable[[bytes], bytes], said: str, tmp_path: Path) -> None:
    """It was an abort of the whole process: the reader asks for hundreds of gigabytes."""
    path = _xlsx(tmp_path / "t.xlsx", change)
    with pytest.raises(FileRefused, match=f"HUB-CSV-006.*t.xlsx.*sheet 'F' has .*{said}.*split it"):
        check_extent(path, "t.xlsx", "F")
    (held,) = run(source_of(tmp_path, invoices=path)).rejected
    assert "HUB-CSV-006" == held.code


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml,
        lambda xml: xml.replace(b"</sheetData>", FAR % b' s="0"/>'),  # a format, no content
        lambda xml: xml.replace(b'ref="A1:D2"', b'ref="A1:XFD1048576"'),
        lambda xml: re.sub(rb' r="[A-Z]*\d+"', b"", xml),
        lambda xml: re.sub(rb'<(row|c) r="([A-Z]*\d+)"', rb'<\1 spans="1:4" r="\2"', xml),
    ],
)
def test_what_a_program_may_write_is_read(change: Callable[[bytes], bytes], tmp_path: Path) -> None:
    """Formats reach to the last cell in many honest sheets; some programs do not number rows and cells."""
    (invoice,) = run(source_of(tmp_path, invoices=_xlsx(tmp_path / "t.xlsx", change))).of("invoice")
    assert ("F1", 10050) == (invoice.number, invoice.total_minor)


def test_repeated_cells_of_an_ods(tmp_path: Path) -> None:
    """Fillers to the end of the sheet are nothing; a repeated text, or one behind a million blanks, is refused."""
    row = "".join(map(_cell, ("F1", "C1", "15/01/2026", "100,50")))
    filler = f'<table:table-row table:number-rows-repeated="1048574">{_cell("", 16384)}</table:table-row>'
    good = _ods(tmp_path / "a.ods", f"<table:table-row>{row}{_cell('', 16380)}</table:table-row>{filler}")
    assert ["F1"] == [one.number for one in run(source_of(tmp_path, invoices=good)).of("invoice")]
    many = f'<table:table-row table:number-rows-repeated="900000">{_cell("", 80)}{_cell("x")}</table:table-row>'
    far = f"{filler}<table:table-row>{_cell('', 900)}{_cell('x')}</table:table-row>"
    for at, rows in enumerate((many, far, f"<table:table-row>{_cell('x', 2_000_000_000)}</table:table-row>")):
        (held,) = run(source_of(tmp_path, invoices=_ods(tmp_path / f"bad{at}.ods", rows))).rejected
        assert "HUB-CSV-006" == held.code, held
