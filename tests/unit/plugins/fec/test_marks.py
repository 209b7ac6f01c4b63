"""Marks in EcritureLet that say that nothing was matched: no lettering is made of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import Invoice, SettlementLine
from tests.unit.plugins.fec.made import DIALECTS, Made, by_debtor
from tests.unit.plugins.fec.reading import explained, read

TAB = DIALECTS[0]


def marked(code: str) -> Made:
    """Each line of a debtor bears the mark, and next to nothing was paid; AA is a matching like any other."""
    made = Made()
    for n in range(1, 9):
        made.sale(date(2026, 1, n), f"F{n}", f"C{n % 4}", 12_000, code)
    made.paid(date(2026, 2, 1), "V1", "C1", 7_000, code)
    made.sale(date(2026, 1, 9), "F9", "C1", 6_000, "AA")
    made.paid(date(2026, 2, 2), "V2", "C1", 6_000, "AA")
    return made


@pytest.mark.parametrize("code", ["0", "00", "*", "-", "--", ".", "/", "?"])
def test_a_mark_on_whatever_was_not_matched_is_none(code: str, tmp_path: Path) -> None:
    """The payment stays to be applied, rather than being taken for the oldest invoice's; the run says so once."""
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", marked(code).rows))
    assert {"F9"} == {one.document_number for one in found.of(SettlementLine) if one.target == "invoice"}
    assert [
        f"fec.txt (EcritureLet {code} is read as none: what bears it does not come to zero; lines: 9)"
    ] == found.notes
    assert explained(found.records) == found.totals() == by_debtor(marked(code).rows)


@pytest.mark.parametrize("code", ["A", "a", "1", "10", "é", "N"])
def test_a_code_with_a_letter_or_a_number_is_a_partial_lettering(code: str, tmp_path: Path) -> None:
    """As ever: what both sides reach is settled."""
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", marked(code).rows))
    settled = {one.document_number: one.amount_minor for one in found.of(SettlementLine) if one.target == "invoice"}
    assert ({"F1": 7_000, "F9": 6_000}, []) == (settled, found.notes)


def test_a_mark_on_what_was_matched_is_a_matching(tmp_path: Path) -> None:
    """One sign for all that was matched: debtor by debtor it comes to zero, but for one who is a cent off."""
    made = Made()
    for n in range(1, 5):
        made.sale(date(2026, 1, n), f"F{n}", f"C{n}", 12_000, "*")
        made.paid(date(2026, 2, n), f"V{n}", f"C{n}", 12_000 - (n == 4), "*")
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", made.rows))
    settled = {one.document_number: one.amount_minor for one in found.of(SettlementLine) if one.target == "invoice"}
    assert ({"F1": 12_000, "F2": 12_000, "F3": 12_000, "F4": 11_999}, []) == (settled, found.notes)
    assert 4 == len(found.of(Invoice))


def test_a_mark_that_matches_two_debtors_is_a_matching(tmp_path: Path) -> None:
    """A parent pays for its daughter: neither comes to zero, both together do."""
    made = Made()
    made.sale(date(2026, 1, 1), "F1", "C1", 12_000, "*")
    made.paid(date(2026, 2, 1), "V1", "PARENT", 12_000, "*")
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", made.rows))
    assert [("F1", 12_000)] == [
        (s.document_number, s.amount_minor) for s in found.of(SettlementLine) if s.target == "invoice"
    ]
    assert [] == found.notes
