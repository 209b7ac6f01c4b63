"""Every sample, as understood, in canonical JSON. Write them anew with HUB_WRITE_GOLDEN=1, and read the differences."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.unit.plugins.csv.tables import GOLDEN, OWN, SHARED, run, source_of

SAMPLES: dict[str, tuple[str, Path, dict[str, Any]]] = {
    "french_headers": ("receipts", SHARED / "csv_french_headers.csv", {}),
    "factures_cp1252": ("invoices", OWN / "factures_cp1252.csv", {"seller": "ACME"}),
    "debtors": ("debtors", OWN / "debtors.csv", {"seller": "ACME"}),
    "receipts": ("receipts", OWN / "receipts.csv", {}),
    "instalments": ("instalments", OWN / "instalments.csv", {}),
    "payouts": ("payouts", OWN / "payouts.csv", {}),
    "remittances": ("remittances", OWN / "remittances.csv", {}),
    "settlements": ("settlements", OWN / "settlements.csv", {"seller": "ACME"}),
    "control_totals": ("control_totals", OWN / "control_totals.csv", {"seller": "ACME"}),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_sample(name: str, tmp_path: Path) -> None:
    """Units, records and refusals of a sample, to the letter."""
    stream, path, settings = SAMPLES[name]
    if not path.exists():
        pytest.skip(f"{path} is not shipped with the project: it is read where ../shared is present")
    source = source_of(tmp_path, **{stream: path}, **settings)
    result = run(source, stream)
    described = dict(source.describe(str(path)))
    del described["first_records"], described["fields_without_column"], described["first_refusals"]
    found = {
        "understood": described,
        "layout": result.units[0].layout,
        "units": [{"ref": unit.ref, "place": unit.place} for unit in result.units],
        "records": [{"kind": r.kind, **r.model_dump(mode="json", exclude_none=True)} for r in result.records],
        "held": [str(refusal) for refusal in result.rejected],
    }
    text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
    golden = GOLDEN / f"{name}.json"
    if os.environ.get("HUB_WRITE_GOLDEN"):
        golden.write_text(text, encoding="utf-8")
    assert golden.read_text(encoding="utf-8") == text


def test_the_shared_sample_has_its_totals(tmp_path: Path) -> None:
    """Two disbursements of 1,239.06 and one receipt of 3,500.00, as the file says."""
    path = SHARED / "csv_french_headers.csv"
    if not path.exists():
        pytest.skip(f"{path} is read where ../shared is present")
    result = run(source_of(tmp_path, receipts=path), "receipts")
    assert [350000] == [record.amount_minor for record in result.of("receipt")]
    assert 123456 + 450 == sum(record.amount_minor for record in result.of("disbursement"))
