"""A ledger proves itself: control totals follow the lines as they stand, whatever was understood of them."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.plugins.fec import simple
from hub.plugins.fec.blocks import Block
from hub.plugins.fec.entries import Understanding
from hub.sdk.records import LedgerEntry
from tests.unit.plugins.fec.made import DIALECTS, Made
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def made() -> Made:
    """Three invoices of C1, one of C2, a payment."""
    one = Made()
    for n in (1, 2, 3):
        one.sale(date(2026, 1, n), f"F{n}", "C1", 12_000 * n)
    one.sale(date(2026, 1, 4), "F4", "C2", 6_000)
    one.paid(date(2026, 2, 1), "V1", "C1", 12_000)
    return one


def held_of(found: Read) -> dict[str, int]:
    """What facts that count nowhere say of each debtor."""
    told: dict[str, int] = {}
    for one in found.of(LedgerEntry):
        if one.category == "held":
            told[one.debtor_id] = told.get(one.debtor_id, 0) + one.effect_minor
    return told


@pytest.mark.parametrize("by_columns", [True, False])
def test_what_is_lost_on_the_way_shows(by_columns: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An understanding that loses F2: the control total has it all the same, and a held fact names the gap."""
    docs = Understanding.docs

    def losing(self: Understanding, lines: list[Any]) -> list[Any]:
        return [doc for doc in docs(self, lines) if doc.piece != "F2"]

    if by_columns:
        keep = simple.Simple._keep

        def losing_one(self: simple.Simple, block: Block, run: list[simple.Taken]) -> None:
            keep(self, block, [one for one in run if "\tF2\t" not in block.texts[one[0]]])

        monkeypatch.setattr(simple.Simple, "_keep", losing_one)
    else:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    monkeypatch.setattr(Understanding, "docs", losing)
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", made().rows))
    assert {"C1": 60_000, "C2": 6_000} == found.totals()
    assert {"C1": 36_000, "C2": 6_000} == explained(found.records)
    assert {"C1": 24_000} == held_of(found)
    assert ["HUB-FEC-024"] == [one.code for one in found.held]


def test_a_year_proves_itself_with_its_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The year before is not added to the opening that repeats it; what an opening loses shows too."""
    folder = tmp_path / "fec"
    folder.mkdir()
    old = Made(2025)
    old.sale(date(2025, 11, 1), "F1", "C1", 12_000)
    new = Made(2026)
    legs = [("411000", "C1", 12_000, ""), ("411000", "C2", 5_000, ""), ("890000", "", -17_000, "")]
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", *legs)
    new.sale(date(2026, 1, 5), "F2", "C1", 1_000)
    TAB.write(folder / "2025.txt", old.rows)
    TAB.write(folder / "2026.txt", new.rows)
    found = read(tmp_path, folder)
    assert ([], {"C1": 13_000, "C2": 5_000}) == (found.held, found.totals())
    monkeypatch.setattr("hub.plugins.fec.books.opening.join", lambda *_: [])
    found = read(tmp_path, folder)
    assert {"C1": 13_000, "C2": 5_000} == found.totals()
    assert {"C2": 5_000} == held_of(found)


@pytest.mark.parametrize(
    ("old", "new", "held"),
    [
        (b"240,00\t0,00", b"2x0,00\t0,00", 24_000),  # the rest of the entry says it
        (b"240,00\t0,00\t\t\t20260102\t\t\r\n", b"240,00\r\n", 0),  # the line broke off: nobody knows
        (b"000002\t20260102\t411000", b"000002\t20260132\t411000", 24_000),
        (b"000002\t20260102\t411000", b"000002\t20260102\t", 24_000),
        (b"Facture F2", b"Facture\tF2", 24_000),
        (b"Facture F2", b"Facture \x07F2", 24_000),
        (b"Facture F2", b"Facture " + b"F2" * 20_000, 0),
    ],
)
def test_a_line_that_is_held_counts_in_the_balance(old: bytes, new: bytes, held: int, tmp_path: Path) -> None:
    """As far as its amount can be read; else a fact of zero says that the balance is not known."""
    path = TAB.write(tmp_path / "fec.txt", made().rows)
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new, 1))
    found = read(tmp_path, path)
    assert {"C1": held} == held_of(found)
    assert {"C1": 36_000 + held, "C2": 6_000} == found.totals()
    assert {"C1": 36_000, "C2": 6_000} == explained(found.records)
    assert "HUB-FEC-024" not in [one.code for one in found.held]


@pytest.mark.parametrize("missing", [True, False])
def test_a_year_that_is_missing_is_a_gap(missing: bool, tmp_path: Path) -> None:
    """2024 is not there, in which F1 was paid and F3 sent: nobody may take what 2025 opens with for agreed."""
    folder = tmp_path / "fec"
    folder.mkdir()
    old, between, new = Made(2023), Made(2024), Made(2025)
    old.sale(date(2023, 12, 1), "F1", "C1", 12_000)
    old.sale(date(2023, 12, 2), "F2", "C2", 6_000)
    between.entry("AN", date(2024, 1, 1), "F1", "AN", ("411000", "C1", 12_000, ""), ("890000", "", -12_000, ""))
    between.entry("AN", date(2024, 1, 1), "F2", "AN", ("411000", "C2", 6_000, ""), ("890000", "", -6_000, ""))
    between.paid(date(2024, 3, 1), "V1", "C1", 12_000)
    between.sale(date(2024, 12, 3), "F3", "C3", 5_000)
    new.entry("AN", date(2025, 1, 1), "F2", "AN", ("411000", "C2", 6_000, ""), ("890000", "", -6_000, ""))
    new.entry("AN", date(2025, 1, 1), "F3", "AN", ("411000", "C3", 5_000, ""), ("890000", "", -5_000, ""))
    new.sale(date(2025, 1, 5), "F4", "C2", 1_000)
    for year, one in ((2023, old), (2024, between), (2025, new)):
        if year != 2024 or not missing:
            TAB.write(folder / f"{year}.txt", one.rows)
    found = read(tmp_path, folder)
    assert {"C2": 7_000, "C3": 5_000} == found.totals()
    if not missing:
        assert ([], {"C2": 7_000, "C3": 5_000}) == (found.held, explained(found.records))
        return
    assert {"C1": 12_000, "C2": 7_000} == explained(found.records)
    assert {"C1": -12_000, "C3": 5_000} == held_of(found)
    [fault] = found.held
    assert ("HUB-FEC-025", "2025.txt") == (fault.code, fault.where)
    assert "the entries from 2023-12-03 to 2024-12-31" in fault.what
    assert {"missing 2023-12-03 to 2024-12-31"} == {one.document_number for one in found.of(LedgerEntry)}
