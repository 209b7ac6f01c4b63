"""What is an opening and what is not: no invoice may vanish, no balance may count twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.plugins.fec import simple
from hub.sdk.records import Invoice, Receipt
from tests.unit.plugins.fec.made import DIALECTS, Made
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def former() -> Made:
    made = Made(2025)
    made.sale(date(2025, 11, 1), "A25-01", "A", 12_000)
    return made


def years(tmp_path: Path, new: Made, old: Made | None = None, **settings: object) -> Read:
    folder = tmp_path / "fec"
    folder.mkdir(exist_ok=True)
    TAB.write(folder / "2025.txt", (old or former()).rows)
    TAB.write(folder / "2026.txt", new.rows)
    return read(tmp_path, folder, **settings)


@pytest.mark.parametrize("by_columns", [True, False])
@pytest.mark.parametrize(
    ("code", "name", "settings"),
    [
        ("RN", "VENTES RENNES", {}),
        ("RN", "RENNES", {}),
        ("AN", "AGENCE NANTES", {}),
        ("NOUV", "NOUVELLE BOUTIQUE", {}),
        ("VO", "VENTES OUVERTURES", {}),
        ("VO", "OUVERTURES ET FERMETURES", {}),
        ("VE", "VENTES", {"opening_journals": ["VE"]}),
    ],
)
def test_sales_are_no_opening_whatever_their_journal(
    code: str, name: str, settings: dict[str, object], by_columns: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A journal that is called like one of openings: an entry that touches sales is a sale, by both ways of reading."""
    if not by_columns:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    for day in range(1, 9):
        new.sale(date(2026, 1, day), f"R26-{day:02d}", "A", 1_000, JournalCode=code, JournalLib=name)
    found = years(tmp_path, new, **settings)
    assert ["A25-01", *(f"R26-{day:02d}" for day in range(1, 9))] == [one.number for one in found.of(Invoice)]
    assert {"A": 20_000} == found.totals() == explained(found.records)
    assert [] == found.held


def test_money_in_a_branch_called_an_is_a_payment(tmp_path: Path) -> None:
    """By its code alone a journal may be anything: the bank against a debtor is a receipt."""
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    for day in range(2, 9):
        new.paid(date(2026, 1, day), f"V{day}", "A", 100, JournalCode="RN", JournalLib="RENNES")
    found = years(tmp_path, new)
    assert [100] * 7 == [one.amount_minor for one in found.of(Receipt)]
    assert {"A": 11_300} == found.totals() == explained(found.records)
