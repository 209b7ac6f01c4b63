"""Ledgers in which EcritureNum counts lines: what balances provably is an entry, the rest is held with its remedy."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.sdk.records import CreditNote, Invoice, LedgerEntry, Receipt
from tests.unit.plugins.fec.made import DIALECTS, Made, Row
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def year() -> Made:
    """Sales, payments, a payment of two invoices and a discount, several on one day and two of one PieceRef."""
    made = Made()
    for n in range(1, 7):
        made.sale(date(2026, 1, 5), f"F{n}", f"C{n % 3}", 12_000 * n, "AA" if n < 3 else "")
    made.paid(date(2026, 1, 20), "V1", "C1", 12_000, "AA")
    made.paid(date(2026, 1, 20), "V2", "C2", 24_000, "AA")
    made.paid(date(2026, 1, 20), "", "C0", 5_000)
    made.paid(date(2026, 1, 20), "", "C1", 6_000)
    legs = [("512000", "", 35_000, ""), ("665000", "", 1_000, ""), ("411000", "C0", -36_000, "")]
    made.entry("BQ", date(2026, 1, 21), "V3", "VIR C0 F3", *legs)
    return made


def numbered_by_line(rows: list[Row]) -> list[Row]:
    return [{**row, "EcritureNum": str(number)} for number, row in enumerate(rows, 1)]


def facts(found: Read) -> list[tuple[object, ...]]:
    """What does not depend on the number of an entry."""
    documents = [
        (d.kind, d.number, d.debtor_id, d.total_minor, d.tax_minor) for d in found.of(Invoice) + found.of(CreditNote)
    ]
    receipts = [(r.debtor_id, r.amount_minor, r.received_on) for r in found.of(Receipt)]
    others = [(e.category, e.debtor_id, e.effect_minor) for e in found.of(LedgerEntry)]
    return [*sorted(documents), *sorted(receipts), *sorted(others)]


def test_lines_numbered_one_by_one_give_the_same_facts(tmp_path: Path) -> None:
    """Told by PieceRef, and where two payments have none, by where debits and credits meet."""
    made = year()
    wanted = read(tmp_path, TAB.write(tmp_path / "by-entry.txt", made.rows))
    found = read(tmp_path, TAB.write(tmp_path / "by-line.txt", numbered_by_line(made.rows)))
    assert ([], []) == (wanted.held, found.held)
    assert facts(wanted) == facts(found)
    assert explained(wanted.records) == explained(found.records) == found.totals()


def test_sorted_by_account_pieces_still_tell(tmp_path: Path) -> None:
    """The lines lie scattered, and each piece balances."""
    made = Made()
    for n in range(1, 7):
        made.sale(date(2026, 1, 5), f"F{n}", f"C{n % 3}", 12_000 * n)
    rows = numbered_by_line(sorted(made.rows, key=lambda row: row["CompteNum"]))
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", rows))
    assert [] == found.held
    assert [f"F{n}" for n in range(1, 7)] == sorted(one.number for one in found.of(Invoice))
    assert all(one.tax_minor for one in found.of(Invoice))


def test_pieces_that_differ_from_line_to_line(tmp_path: Path) -> None:
    """The bank's line has the number of the statement, the debtor's that of the invoice."""
    rows = numbered_by_line(year().rows)
    for number, row in enumerate(rows):
        row["PieceRef"] = f"P{number}" if row["JournalCode"] == "BQ" else row["PieceRef"]
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", rows))
    assert [] == found.held
    assert 5 == len(found.of(Receipt))
    assert explained(found.records) == found.totals()


def test_what_does_not_balance_is_held_with_its_day(tmp_path: Path) -> None:
    """One line is gone: the other lines of its entry are held, the remedy is said, and its neighbours pass."""
    rows = numbered_by_line(year().rows)
    at = next(at for at, row in enumerate(rows) if row["PieceRef"] == "F2" and row["CompteNum"] == "706000")
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", rows[:at] + rows[at + 1 :]))
    fault = next(one for one in found.held if one.code == "HUB-FEC-021")
    assert "each line of journal VE has an entry number of its own, and 2 of 2026-01-05 do not balance" in fault.what
    assert "number the entries, not the lines" in fault.mend
    assert ["F1", "F3", "F4", "F5", "F6"] == sorted(one.number for one in found.of(Invoice))
    assert [("held", 24_000)] == [(e.category, e.effect_minor) for e in found.of(LedgerEntry) if e.category == "held"]


def test_a_line_that_cannot_be_read_is_never_balanced_away(tmp_path: Path) -> None:
    """Its amount is unknown: what stands around it may come to zero by chance."""
    rows = numbered_by_line(year().rows)
    rows[0]["Debit"] = "12x,00"
    rows[1]["Credit"] = rows[2]["Credit"] = "0,00"
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", rows))
    assert "HUB-FEC-011" in {one.code for one in found.held}
    assert "F1" not in {one.number for one in found.of(Invoice)}


@pytest.mark.parametrize("named", ["A NOUVEAUX", "OPERATIONS DIVERSES"])
def test_an_opening_numbered_by_line_stays_one(named: str, tmp_path: Path) -> None:
    """Each line of it is an invoice, or what its amount says, as ever."""
    made = Made()
    legs = [("411000", f"C{n}", 1_000 * n, "") for n in range(1, 4)]
    made.entry("AN", date(2026, 1, 1), "AN", "A nouveau", *legs, ("110000", "", -6_000, ""), JournalLib=named)
    made.sale(date(2026, 1, 5), "F1", "C1", 12_000)
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", numbered_by_line(made.rows)))
    assert [] == found.held
    assert {"C1": 13_000, "C2": 2_000, "C3": 3_000} == found.totals() == explained(found.records)


@settings(max_examples=40)
@given(seed=st.integers(0, 10_000), gone=st.integers(-1, 30))
def test_balances_never_depend_on_how_lines_are_numbered(
    seed: int, gone: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever is held: what is said of each debtor comes to his lines, and nobody's line is lost."""
    draw = random.Random(seed)
    made = Made()
    for n in range(draw.randint(2, 8)):
        day, who = date(2026, 1, draw.randint(1, 3)), f"C{draw.randint(1, 2)}"
        piece, amount = draw.choice([f"P{n}", "P", ""]), draw.choice([1_200, 2_400, 120 * draw.randint(1, 99)])
        make = draw.choice([made.sale, made.paid])
        make(day, piece, who, amount)
    rows = numbered_by_line(made.rows)
    rows = [row for at, row in enumerate(rows) if at != gone]
    folder = tmp_path_factory.mktemp("fec")
    found = read(folder, TAB.write(folder / "fec.txt", rows))
    lines = {}
    for row in rows:
        if row["CompAuxNum"]:
            minor = int(row["Debit"].replace(",", "")) - int(row["Credit"].replace(",", ""))
            lines[row["CompAuxNum"]] = lines.get(row["CompAuxNum"], 0) + minor
    assert {who: minor for who, minor in lines.items() if minor} == found.totals()
    assert "HUB-FEC-024" not in {one.code for one in found.held}
