"""No hostile file gives a traceback, a silent change of value or a long wait; good neighbours are taken in."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from hub.plugins.csv.faults import FAULTS
from tests.unit.plugins.csv.hostile import Case, cases
from tests.unit.plugins.csv.tables import read

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name[:60])
def test_hostile_file(case: Case, tmp_path: Path) -> None:
    """The right rows come out, the others are held with place, reason and remedy, within ten seconds."""
    start = time.process_time()
    result = read(tmp_path, case.content, case.kind, case.file, **case.settings)
    assert time.process_time() - start < 10
    records = [record for record in result.records if case.kind != "invoices" or record.kind != "debtor"]
    if case.codes == ("*",):
        assert result.codes
    else:
        assert list(case.codes) == result.codes, [str(refusal) for refusal in result.rejected][:5]
    assert case.good == len(records)
    for refusal in result.rejected:
        assert refusal.code in FAULTS
        assert case.file in refusal.where
        assert refusal.what
        assert refusal.mend
    if case.minor is not None:
        kind = "credit_note" if case.minor < 0 else "invoice"
        assert (kind, abs(case.minor)) == (records[1].kind, records[1].total_minor)  # type: ignore[attr-defined]
    if case.day is not None:
        assert case.day == records[1].issued_on.isoformat()  # type: ignore[attr-defined]


def test_there_are_many() -> None:
    """The count is printed by `pytest -rA`; the aim of issue 3 is 300 for all readers together."""
    print(f"{len(CASES)} hostile files")
    assert len(CASES) >= 150
    assert len({case.name for case in CASES}) == len(CASES)


def test_control_characters_never_reach_a_body(tmp_path: Path) -> None:
    """The cell mark of a body cannot be forged from inside a cell."""
    result = read(tmp_path, b"number;debtor_id;issued_on;total\nA;C\x1fX;13/01/2026;1,00\nB;C;13/01/2026;1,00\n")
    assert ["HUB-CSV-016"] == result.codes
    assert 3 == result.units[1].body.count(b"\x1f")
