"""What a debtor is called: CompAuxLib wherever one line says it, whatever others leave empty."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.plugins.fec import simple
from hub.sdk.records import Debtor
from tests.unit.plugins.fec.made import DIALECTS, Made
from tests.unit.plugins.fec.reading import Read, read

TAB = DIALECTS[0]


def names(found: Read) -> dict[str, str]:
    return {one.debtor_id: one.name for one in found.of(Debtor)}


@pytest.mark.parametrize("by_columns", [True, False])
def test_an_empty_name_does_not_replace_one(by_columns: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Later lines without CompAuxLib leave the name as it is; a later name replaces an earlier one."""
    if not by_columns:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    made = Made()
    for n in range(1, 9):
        made.sale(date(2026, 1, n), f"F{n}", "C1", 1_000)
        made.sale(date(2026, 1, n), f"G{n}", "C2", 1_000)
        made.sale(date(2026, 1, n), f"H{n}", "C3", 1_000)
    for row in made.rows:
        late = row["PieceRef"] > f"{row['PieceRef'][0]}4"
        if (row["CompAuxNum"] == "C1" and late) or row["CompAuxNum"] == "C3":
            row["CompAuxLib"] = ""
        elif row["CompAuxNum"] == "C2" and late:
            row["CompAuxLib"] = "Société C2 bis"
    found = names(read(tmp_path, TAB.write(tmp_path / "fec.txt", made.rows)))
    assert {"C1": "Société C1", "C2": "Société C2 bis", "C3": "CLIENTS"} == found


def test_a_difference_of_an_opening_names_nobody_by_its_code(tmp_path: Path) -> None:
    """The opening says more than the year before: the debtors keep their names, a new one takes its name from it."""
    old, new = Made(2025), Made(2026)
    old.sale(date(2025, 5, 1), "F1", "A", 12_000)
    for debtor, minor in (("A", 13_000), ("B", 700)):
        new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", debtor, minor, ""), ("110000", "", -minor, ""))
    TAB.write(tmp_path / "1.txt", old.rows)
    TAB.write(tmp_path / "2.txt", new.rows)
    assert {"A": "Société A", "B": "Société B"} == names(read(tmp_path, tmp_path / "*.txt"))
