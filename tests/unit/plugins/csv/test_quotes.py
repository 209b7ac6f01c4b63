"""Stray quotes: none of them swallows a row, and a quoted line break goes on to work."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.plugins.csv.tables import read, run, source_of

HEAD = "number;debtor_id;debtor_name;issued_on;total\n"


def _nine(five: str, eight: str) -> str:
    rows = [f"F{i};C2;Durand;01/02/2026;{i},00" for i in range(1, 10)]
    rows[4], rows[7] = five, eight
    return HEAD + "\n".join(rows) + "\n"


@pytest.mark.parametrize(
    ("five", "eight"),
    [
        ('F5;C2;"Dupont;01/02/2026;5,00', 'F8;C2;Dupont";01/02/2026;8,00'),
        ('F5;C2;"Dupont;01/02/2026;5,00', 'F8;C2;"Dupont";01/02/2026;8,00'),
        ('F5;C2;"Dupont', 'F8;C2;Dupont";01/02/2026;8,00'),
        ('"F5;C2;Dupont;01/02/2026;5,00', 'F8";C2;Dupont;01/02/2026;8,00'),
        ('F5;C2;Dupont;01/02/2026;"5,00', "F8;C2;Dupont;01/02/2026;8,00"),
    ],
)
def test_two_stray_quotes_swallow_nothing(five: str, eight: str, tmp_path: Path) -> None:
    """The row that opens is held, with its place and text; the rows behind keep their own amounts."""
    result = read(tmp_path, _nine(five, eight))
    totals = {one.number.strip('"'): one.total_minor for one in result.of("invoice")}
    assert {f"F{i}": i * 100 for i in (1, 2, 3, 4, 6, 7, 8, 9)} == totals
    assert ["HUB-CSV-018"] == result.codes
    (held,) = result.rejected
    assert "invoices.csv:6" == held.where
    assert "lines behind look like rows of their own" in held.what
    assert "F5;C2;" in held.what
    assert "close the quote" in held.mend
    assert 9 == len(result.units)


def test_adjacent_stray_quotes(tmp_path: Path) -> None:
    """No line between the two: both are rows."""
    text = HEAD + 'F1;C;"Dupont;01/02/2026;1,00\nF2;C;Dupont";01/02/2026;2,00\n'
    result = read(tmp_path, text)
    assert [("F2", 200)] == [(one.number, one.total_minor) for one in result.of("invoice")]
    assert ["HUB-CSV-018"] == result.codes


def test_a_bank_export_keeps_its_movements(tmp_path: Path) -> None:
    """Two hundred movements, two of them with a stray quote far apart: 199 are read, one is held, whatever the page."""
    rows = [f"{1 + i % 28:02d}/02/2026;VIR {i};{i},00" for i in range(200)]
    rows[2], rows[149] = '04/02/2026;"VIR DUPONT;5000,00', '11/02/2026;VIR DUPONT";1,00'
    text = "Date;Libellé;Montant\n" + "\n".join(rows) + "\n"
    result = read(tmp_path, text, "receipts")
    assert (200, ["HUB-CSV-018"]) == (len(result.units), result.codes)
    assert sum(range(200)) - 2 - 149 + 1 == sum(one.amount_minor for one in result.of("receipt")) // 100
    small = run(source_of(tmp_path, receipts=tmp_path / "receipts.csv"), "receipts", limit=7)
    assert [(u.ref, u.place) for u in result.units] == [(u.ref, u.place) for u in small.units]


@pytest.mark.parametrize(
    "row",
    [
        'F1;C;"Dupont\nSA";01/02/2026;1,00',
        '"F\n1";C;Dupont;01/02/2026;1,00',
        '"F1";"C";"Dupont; Paris\n\n12, rue du 4 Septembre\nSA ""D""";"01/02/2026";"1,00"',
        'F1;C;"Dupont; a; b; c; d; e\nSA";01/02/2026;1,00',
    ],
)
def test_a_quoted_line_break_goes_on_to_work(row: str, tmp_path: Path) -> None:
    """Also in the first cell, whose last line has all separators of the row; also beside separators in the text."""
    result = read(tmp_path, HEAD + row + "\nF2;C;Dupont;01/02/2026;2,00\n")
    assert not result.rejected
    assert [100, 200] == [one.total_minor for one in result.of("invoice")]


def test_prose_in_a_narrow_table(tmp_path: Path) -> None:
    """As many commas as a row has make no row: no digit stands where dates and amounts stand."""
    text = 'Date,Montant,Libellé\n01/02/2026,5.00,"Merci\nmadame, monsieur, bien à vous\nX, Y, Z"\n02/02/2026,6.00,b\n'
    result = read(tmp_path, text, "receipts")
    assert not result.rejected
    assert [500, 600] == [one.amount_minor for one in result.of("receipt")]
