"""Cells of a spreadsheet that look empty and are not: errors, and formulas that nobody computed."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.unit.plugins.csv.tables import read, run, source_of

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")

HEAD = ["N° facture", "Code client", "Date facture", "Échéance", "Total TTC", "Reste à payer", "N° commande", "Note"]


def _book(path: Path, formulas: dict[tuple[int, int], tuple[str, str]], rows: int = 3) -> Path:
    """Invoices F1 to F3 in the second sheet; `formulas`: (row, column) -> formula and stored result."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        workbook.add_worksheet("Notes")
        sheet = workbook.add_worksheet("R & D")
        sheet.write_row(0, 0, HEAD)
        for y in range(1, rows + 1):
            sheet.write_row(y, 0, [f"F{y}", "C", "31/01/2026", "28/02/2026", 100, 40, f"B{y}", "x"])
        for (y, x), (formula, value) in formulas.items():
            sheet.write_formula(y, x, formula, None, value)
    return path


@pytest.mark.parametrize(
    ("column", "formula", "value", "code"),
    [
        (5, "=VLOOKUP(1,A1:B2,2)", "#N/A", "HUB-CSV-028"),
        (3, "=C2+#REF!", "#REF!", "HUB-CSV-028"),
        (6, "=1/0", "#DIV/0!", "HUB-CSV-028"),
        (4, "=A1*1", "#VALUE!", "HUB-CSV-028"),
        (0, "=A1", "#NAME?", "HUB-CSV-028"),
        (5, "=E3-10", "", "HUB-CSV-021"),
        (3, "=C3+30", "", "HUB-CSV-021"),
    ],
)
def test_a_cell_without_a_value_holds_its_row(column: int, formula: str, value: str, code: str, tmp_path: Path) -> None:
    """The message names the cell and what stands in it, also where the column is required; the neighbours pass."""
    path = _book(tmp_path / "t.xlsx", {(2, column): (formula, value)})
    result = run(source_of(tmp_path, invoices=path))
    assert ["F1", "F3"] == [one.number for one in result.of("invoice")]
    (held,) = result.rejected
    assert code == held.code
    assert f"t.xlsx[R & D]:3:{HEAD[column]}" == held.where
    assert (value or formula) in held.what
    source = source_of(tmp_path, invoices=path)
    with pytest.raises(type(held)) as again:
        source.map("invoices", result.units[1])
    assert str(held) == str(again.value)


def test_values_and_columns_that_nobody_reads_hold_nothing(tmp_path: Path) -> None:
    """A computed formula has a value; an error in a note is not the hub's matter; below the table it makes no row."""
    formulas = {
        (1, 5): ("=E2-90", "10"),
        (2, 7): ("=NA()", "#N/A"),
        (9, 7): ("=NA()", "#N/A"),
    }
    result = run(source_of(tmp_path, invoices=_book(tmp_path / "t.xlsx", formulas)))
    assert not result.rejected
    assert [9000, 6000, 6000] == [one.settled_minor for one in result.of("invoice")]


def test_rows_of_formulas_alone_are_not_lost(tmp_path: Path) -> None:
    """A last row in which nothing was computed is held, not forgotten."""
    formulas = {(4, x): (f"=A{x + 1}", "") for x in range(6)}
    result = run(source_of(tmp_path, invoices=_book(tmp_path / "t.xlsx", formulas)))
    assert (3, ["HUB-CSV-021"]) == (len(result.of("invoice")), result.codes)


def test_an_error_in_a_text_file(tmp_path: Path) -> None:
    """An export of such a sheet writes the error as text; a number sign elsewhere is text."""
    head = "number;debtor_id;issued_on;total;open_amount;order_ref\n"
    text = head + "F1;C;31/01/2026;1,00;#N/A;B\nF2;C;31/01/2026;1,00;;#VALEUR!\nF3;C;31/01/2026;1,00;1,00;#12\n"
    result = read(tmp_path, text)
    assert ["HUB-CSV-028", "HUB-CSV-028"] == result.codes
    assert ["#12"] == [one.order_ref for one in result.of("invoice")]


_NAMES = " ".join(
    f'xmlns:{short}="urn:{long}"'
    for short, long in {
        "office": "oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "oasis:names:tc:opendocument:xmlns:text:1.0",
        "calcext": "org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
    }.items()
)
_MIME = "application/vnd.oasis.opendocument.spreadsheet"


def _text(text: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'


def test_errors_in_an_open_document(tmp_path: Path) -> None:
    """LibreOffice stores an empty text beside the error that it shows."""
    error = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value=""'
        ' calcext:value-type="error"><text:p>#DIV/0!</text:p></table:table-cell>'
    )
    idle = '<table:table-cell table:formula="of:=[.E3]"/>'
    rows = [
        *(map(_text, ["number", "debtor_id", "issued_on", "total", "open_amount"]),),
        *(
            [*map(_text, [f"F{y}", "C", "31/01/2026", "5,00"]), last]
            for y, last in enumerate([error, idle, _text("1")])
        ),
    ]
    lines = "".join(f"<table:table-row>{''.join(row)}</table:table-row>" for row in rows)
    body = f'<office:spreadsheet><table:table table:name="A">{lines}</table:table></office:spreadsheet>'
    manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
    with zipfile.ZipFile(tmp_path / "t.ods", "w") as archive:
        archive.writestr("mimetype", _MIME)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<m:manifest xmlns:m="{manifest}"><m:file-entry m:full-path="/" m:media-type="{_MIME}"/></m:manifest>',
        )
        archive.writestr(
            "content.xml",
            f"<office:document-content {_NAMES}><office:body>{body}</office:body></office:document-content>",
        )
    result = run(source_of(tmp_path, invoices=tmp_path / "t.ods"))
    assert ["HUB-CSV-028", "HUB-CSV-021"] == result.codes
    assert [400] == [one.settled_minor for one in result.of("invoice")]
