"""Entries understood by columns are what the long way says of them."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.plugins.fec import lines, simple
from tests.unit.plugins.fec.made import DIALECTS, Dialect, Made, practice, random_ledger
from tests.unit.plugins.fec.reading import source


def told(tmp_path: Path, path: Path) -> list[object]:
    """Every unit and every record of a file, as plain values."""
    one = source(tmp_path, path)
    shown: list[object] = []
    cursor, last = None, False
    while not last:
        page = one.fetch("ledger", cursor, 500)
        for unit in page.units:
            shown.append((unit.ref, unit.body, unit.place, unit.lines, unit.rejected and unit.rejected.as_wire()))
        mapped = one.map_page("ledger", [unit for unit in page.units if unit.rejected is None])
        shown += [(columns.kind, columns.unit, columns.values) for columns in mapped.columns]
        cursor, last = page.cursor, page.last
    return [*shown, [(one.debtor_id, one.balance_minor) for one in one.control_totals(date(2026, 12, 31))]]


def many(seed: int) -> Made:
    """Plain sales and payments among entries of every other kind, over several blocks."""
    draw = random.Random(seed)
    made = random_ledger(draw, 60)
    for number in range(150):
        debtor, day, total = f"C{number % 7:03d}", date(2026, 1 + number % 12, 1 + number % 28), number * 1_201 + 2
        label = draw.choice(["Facture", "Solde d'ouverture", "A nouveau"])
        net = total // 2
        legs = [("411000", debtor, total, "AA"), ("706000", "", -net, ""), ("445710", "", net - total, "")]
        made.entry("VE", day, f"F{number}", label, *legs)
        more = draw.choice([0, 900])
        long = [
            ("706000", "", -2_000, ""),
            ("707000", "", -3_000 - more, ""),
            ("708000", "", more, ""),
            ("411000", debtor, 6_000, ""),
            ("445710", "", -1_000, ""),
        ]
        made.entry("VE", day, f"G{number}", "Facture longue", *long)
        made.entry("BQ", day, f"V{number}", "VIR", ("512000", "", total, ""), ("411000", debtor, -total, "AA"))
        made.entry("OD", day, "PAIE", "Salaires", ("641000", "", 5, ""), ("421000", "", -5, ""))
    return made


@pytest.mark.parametrize("dialect", DIALECTS[:6], ids=lambda dialect: dialect.name)
def test_the_short_way_says_what_the_long_way_says(
    dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In small blocks and in one, entries between two blocks included."""
    made = many(len(dialect.name))
    made.rows += practice().rows
    path = dialect.write(tmp_path / "fec.txt", made.rows)
    quick = told(tmp_path, path)
    monkeypatch.setattr(lines, "_CHUNK", 3_000)
    assert quick == told(tmp_path, path)
    monkeypatch.setattr(simple, "shape_of", lambda word: None)
    assert quick == told(tmp_path, path)


def test_the_short_way_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nearly every entry of a plain ledger goes it."""
    long: list[bool] = []
    take = simple.Simple._taken

    def seen(self: simple.Simple, *values: Any) -> Any:
        taken = take(self, *values)
        long.append(taken is None)
        return taken

    monkeypatch.setattr(simple.Simple, "_taken", seen)
    made = Made()
    for number in range(300):
        made.sale(date(2026, 1, 5), f"F{number}", "C1", 12_000)
        made.paid(date(2026, 2, 5), f"V{number}", "C1", 12_000)
    told(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    assert len(long) > 590
    assert not any(long)
