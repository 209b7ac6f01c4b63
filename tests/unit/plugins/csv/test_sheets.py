"""Spreadsheets: several sheets, merged headers, serial dates, numbers as they are shown."""

from __future__ import annotations

import builtins
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugins.csv.sheets import cell_text, number_text
from hub.sdk import ConfigError
from tests.unit.plugins.csv.tables import read, run, source_of

xlsxwriter = pytest.importorskip("xlsxwriter")
pytest.importorskip("python_calamine")


def book(
    path: Path, sheets: dict[str, list[list[Any]]], *, merge: str = "", hidden: str = "", very_hidden: str = ""
) -> Path:
    """A workbook; dates get a date format; `merge` names cells of the first sheet to merge."""
    with xlsxwriter.Workbook(str(path)) as workbook:
        day = workbook.add_format({"num_format": "dd/mm/yyyy"})
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            if name == hidden:
                sheet.hide()
            elif name == very_hidden:
                sheet.very_hidden()
            else:
                sheet.activate()
                sheet.set_first_sheet()
            for y, row in enumerate(rows):
                for x, cell in enumerate(row):
                    if isinstance(cell, date):
                        sheet.write_datetime(y, x, cell, day)
                    elif isinstance(cell, str):
                        sheet.write_string(y, x, cell)
                    elif cell is not None:
                        sheet.write(y, x, cell)
            if merge:
                sheet.merge_range(merge, rows[0][5])
                merge = ""
    return path


HEAD = ["N° facture", "Code client", "Date facture", "Échéance", "Total TTC"]


def test_numbers_dates_and_texts(tmp_path: Path) -> None:
    """Typed cells and text cells of one column are read alike."""
    rows = [
        HEAD,
        ["F1", 101, date(2026, 1, 31), 46100, 1234.56],
        ["F2", "0101", "31/01/2026", "2026-02-28", "1 234,56"],
        ["F3", 101.0, date(2026, 2, 1), None, 0.1 + 0.2],
        ["Total", None, None, None, 2469.42],
    ]
    path = book(tmp_path / "t.xlsx", {"Factures": rows})
    result = run(source_of(tmp_path, invoices=path))
    assert not result.rejected
    assert [123456, 123456, 30] == [one.total_minor for one in result.of("invoice")]
    assert ["101", "0101", "101"] == [one.debtor_id for one in result.of("invoice")]
    assert [date(2026, 3, 19), date(2026, 2, 28), None] == [one.due_on for one in result.of("invoice")]
    assert "t.xlsx[Factures]:2" == result.units[0].place


def test_the_sheet_that_fits_is_taken(tmp_path: Path) -> None:
    """Or the one that is named; a name that is not there is said so."""
    path = book(
        tmp_path / "t.xlsx",
        {
            "Notes": [["hello"]],
            "Old": [["Title"], [], HEAD, ["F1", "C", "31/01/2026", "", 1]],
            "New": [HEAD, ["F2", "C", "31/01/2026", "", 2]],
        },
    )
    assert ["F1"] == [one.number for one in run(source_of(tmp_path, invoices=path)).of("invoice")]
    assert ["F2"] == [one.number for one in run(source_of(tmp_path, invoices=path, sheet="New")).of("invoice")]
    assert ["HUB-CSV-008"] == run(source_of(tmp_path, invoices=path, sheet="Nope")).codes
    assert ["HUB-CSV-001"] == run(source_of(tmp_path, invoices=path, sheet="Notes")).codes


def _one(number: str) -> list[list[Any]]:
    return [HEAD, [number, "C", "31/01/2026", "", 1]]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    """Unless they are named: what nobody sees may be last year's copy."""
    sheets = {"Old": _one("F1"), "Older": _one("F2"), "New": _one("F3")}
    path = book(tmp_path / "t.xlsx", sheets, hidden="Old", very_hidden="Older")
    result = run(source_of(tmp_path, invoices=path))
    assert ["F3"] == [one.number for one in result.of("invoice")]
    assert not result.notes
    assert ["F1"] == [one.number for one in run(source_of(tmp_path, invoices=path, sheet="Old")).of("invoice")]


def test_only_a_hidden_sheet_fits(tmp_path: Path) -> None:
    """Held, and the sheet is named."""
    path = book(tmp_path / "t.xlsx", {"Notes": [["hello"]], "Old": _one("F1")}, hidden="Old")
    result = run(source_of(tmp_path, invoices=path))
    assert ["HUB-CSV-008"] == result.codes
    assert "hidden sheet 'Old'" in result.rejected[0].what


def test_several_visible_sheets_fit(tmp_path: Path) -> None:
    """One is read; the run's report and the check name the others, the setting decides; in any page size."""
    path = book(tmp_path / "t.xlsx", {"Mai": [*_one("F1"), *_one("F2")[1:]], "Juin": _one("F3"), "Notes": [["x"]]})
    for limit in (1, 5_000):
        source = source_of(tmp_path, invoices=path)
        result = run(source, limit=limit)
        assert ["F1", "F2"] == [one.number for one in result.of("invoice")]
        assert ["t.xlsx (only the sheet Mai is read, not Juin: name another with sheet = …)"] == result.notes
        assert not result.skipped  # what stands there keeps a snapshot from missing anything
    assert "Juin" == source.describe(str(path))["sheets_not_read"]
    assert not run(source_of(tmp_path, invoices=path, sheet="Juin")).notes


def test_merged_header(tmp_path: Path) -> None:
    """`Montant` over HT, TVA, TTC: two rows make the header."""
    rows = [
        ["N° facture", "Code client", "Client", "Date facture", "Échéance", "Montant", None, None],
        [None, None, None, None, None, "HT", "TVA", "TTC"],
        ["F1", "C", "Dupont", date(2026, 1, 31), None, 100, 20, 120],
    ]
    result = run(source_of(tmp_path, invoices=book(tmp_path / "t.xlsx", {"A": rows}, merge="F1:H1")))
    invoice = result.of("invoice")[0]
    assert (10000, 2000, 12000) == (invoice.total_excl_tax_minor, invoice.tax_minor, invoice.total_minor)


def test_pages_and_resumption(tmp_path: Path) -> None:
    """Rows are counted, whatever the page; twins keep their ranks."""
    rows: list[list[Any]] = [["Date", "Libellé", "Montant"]]
    rows += [[date(2026, 1, 1 + i % 3), "twin", 5] for i in range(12)]
    path = book(tmp_path / "t.xlsx", {"A": rows})
    whole = run(source_of(tmp_path, receipts=path), "receipts")
    assert 12 == len({unit.ref for unit in whole.units})
    found, cursor, last = [], None, False
    while not last:
        page = source_of(tmp_path, receipts=path).fetch("receipts", cursor, 5)
        found += list(page.units)
        cursor, last = page.cursor, page.last
    assert whole.units == found
    assert ["t.xlsx"] == run(source_of(tmp_path, receipts=path), "receipts", cursor=cursor).skipped


def test_poisoned_cells(tmp_path: Path) -> None:
    """Control characters and over-long texts hold their row; scientific notation in a text too."""
    rows = [
        HEAD,
        ["F\x011", "C", date(2026, 1, 31), None, 1],
        ["F" * 200, "C", date(2026, 1, 31), None, 1],
        ["1,23E+11", "C", date(2026, 1, 31), None, 1],
        ["F5", "C", date(2026, 1, 31), None, 1],
    ]
    result = run(source_of(tmp_path, invoices=book(tmp_path / "t.xlsx", {"A": rows})))
    assert ["F5"] == [one.number for one in result.of("invoice")]
    assert {"HUB-CSV-027", "HUB-CSV-020"} <= set(result.codes)


def test_long_identifiers_lost_digits(tmp_path: Path) -> None:
    """A spreadsheet keeps 15 digits of a number: a longer identifier is no longer what was typed. As text it is."""
    long = 12345678901234561
    head = [*HEAD, "SIRET", "N° commande"]
    rows: list[list[Any]] = [
        head,
        [long, "C", "31/01/2026", "", 1],
        ["F2", long, "31/01/2026", "", 1],
        ["F3", "C", "31/01/2026", "", 1, long],
        ["F4", "C", "31/01/2026", "", 1, "", long],
        [str(long), "C", "31/01/2026", "", 1, 12345678901234, str(long)],
        [123456789012345, "C", "31/01/2026", "", 1],
    ]
    result = run(source_of(tmp_path, invoices=book(tmp_path / "t.xlsx", {"A": rows})))
    assert ["HUB-CSV-020"] * 4 == result.codes
    assert ["A]:2:N° facture", "A]:3:Code client", "A]:4:SIRET", "A]:5:N° commande"] == [
        one.where.partition("[")[2] for one in result.rejected
    ]
    assert [str(long), "123456789012345"] == [one.number for one in result.of("invoice")]


def test_an_empty_sheet(tmp_path: Path) -> None:
    """Held as a file without a header."""
    assert ["HUB-CSV-002"] == run(source_of(tmp_path, invoices=book(tmp_path / "t.xlsx", {"A": []}))).codes


def test_a_sheet_too_large(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are limited, for they are held in memory."""
    path = book(tmp_path / "t.xlsx", {"A": [HEAD, ["F1", "C", "31/01/2026", "", 1]]})
    monkeypatch.setattr("hub.plugins.csv.sheet_extent.MAX_SHEET_CELLS", 5)
    assert ["HUB-CSV-006"] == run(source_of(tmp_path, invoices=path)).codes


def test_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message names what to install."""
    path = book(tmp_path / "t.xlsx", {"A": [HEAD]})
    real = builtins.__import__

    def refuse(name: str, *args: Any, **named: Any) -> Any:
        if name == "python_calamine":
            raise ImportError(name)
        return real(name, *args, **named)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ConfigError, match=r"HUB-CSV-032.*excel"):
        source_of(tmp_path, invoices=path).fetch("invoices", None, 1)


@given(st.decimals(-(10**12), 10**12, places=2))
def test_what_was_typed_comes_back(typed: Decimal) -> None:
    """Up to 15 digits: the text of the number in the cell is the text that was typed."""
    assert typed == Decimal(number_text(float(typed)))


def test_odd_numbers() -> None:
    """Noise of a calculation is rounded as the spreadsheet shows it; large numbers are written out."""
    assert "0.3" == number_text(0.1 + 0.2)
    assert "12345678901234" == number_text(12345678901234.0)
    assert "1000000000000000000000" == number_text(1e21)
    assert "1,5" == number_text(1.5, ",")
    assert "nan" == number_text(float("nan"))
    assert "TRUE" == cell_text(True)


def test_text_and_sheet_give_the_same_records(tmp_path: Path) -> None:
    """The same table as CSV and as spreadsheet."""
    rows = [HEAD, ["F1", "C", "31/01/2026", "28/02/2026", "1 234,56"], ["F2", "C", "31/01/2026", "", "-5,00"]]
    text = "\n".join(";".join(row) for row in rows)
    one = read(tmp_path, text)
    other = run(source_of(tmp_path, invoices=book(tmp_path / "t.xlsx", {"A": rows})))
    assert one.records == other.records
    assert [unit.ref for unit in one.units] == [unit.ref for unit in other.units]


@pytest.mark.parametrize("options", [{}, {"date_1904": True}])
def test_dates_that_count_from_1904(options: dict[str, Any], tmp_path: Path) -> None:
    """A day of a workbook of the Macintosh is the same day, whether its cell is shown as a date or as its number."""
    path, day = tmp_path / "t.xlsx", date(2026, 1, 15)
    with xlsxwriter.Workbook(str(path), options) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, ["N° facture", "Code client", "Date facture", "Total TTC"])
        for y, number in enumerate(("F1", "F2"), 1):
            sheet.write_row(y, 0, [number, "C1", 46037 - (1462 if options else 0), 46037])
        sheet.write_datetime(1, 2, datetime(2026, 1, 15), workbook.add_format({"num_format": "dd/mm/yyyy"}))
    found = run(source_of(tmp_path, invoices=path)).of("invoice")
    assert [("F1", day, 4603700), ("F2", day, 4603700)] == [(f.number, f.issued_on, f.total_minor) for f in found]
