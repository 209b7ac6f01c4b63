"""Invoices made by others, when they are here: every amount as it stands in the file (golden per file).

`python -m tests.unit.plugins.einvoices.test_samples` writes the golden files anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from hub.sdk.records import CreditNote, Invoice
from hub.sdk.testing import read_records
from tests.support.samples import SAMPLES
from tests.unit.plugins.einvoices.made import canonical, source

ROOT = Path(__file__).resolve().parents[4]
GOLDEN = ROOT / "tests" / "golden" / "einvoices"

#: What each file says of itself (PROVENANCE.md and the files): kind, total with VAT, amount due, in minor units.
AMOUNTS = {
    "facturx/Avoir_FR_type380_BASIC.pdf": ("credit_note", 23_347),
    "facturx/Avoir_FR_type381_BASIC.pdf": ("credit_note", 23_347),
    "facturx/Facture_FR_BASIC.pdf": ("invoice", 67_115),
    "facturx/Facture_FR_BASICWL.pdf": ("invoice", 67_115),
    "facturx/Facture_FR_MINIMUM.pdf": ("invoice", 67_115),
    "facturx/factur-x-basicwl.xml": ("invoice", 10_490),
    "facturx/factur-x-en16931.xml": ("invoice", 10_490),
    "facturx/factur-x-minimum.xml": ("invoice", 10_490),
    "facturx/invoice_EN16931.pdf": ("invoice", 10_490),
    "ubl/BIS3_Invoice_negativ.XML": ("credit_note", 78_217_943),
    "ubl/ubl-21-en16931.xml": ("invoice", 30_803),
    "ubl/ubl-tc434-creditnote1.xml": ("credit_note", 10_011),
    "ubl/ubl-tc434-example1.xml": ("invoice", 25_033),
    "ubl/ubl-tc434-example3.xml": ("invoice", 200_500),
    "cii/CII_business_example_02.xml": ("invoice", 1_190),
    "cii/CII_example1.xml": ("invoice", 25_033),
    "cii/CII_example3.xml": ("invoice", 112_500),
    "cii/CII_example4.xml": ("invoice", 467_500),
}


@pytest.mark.parametrize("name", AMOUNTS)
def test_every_sample_is_read_to_its_amounts(name: str, tmp_path: Path) -> None:
    """Kind and total as the file says; everything else as it was when a person looked at it."""
    path = SAMPLES / name
    if not path.exists():
        pytest.skip("samples of others are not part of the repository")
    records = _records(path, tmp_path)
    [document] = [one for one in records if isinstance(one, Invoice | CreditNote)]
    assert AMOUNTS[name] == (document.kind, document.total_minor)
    golden = json.loads((GOLDEN / f"{Path(name).name}.json").read_text(encoding="utf-8"))
    assert golden == [canonical(one) for one in records]


def _records(path: Path, folder: Path) -> list[Any]:
    [one] = read_records(source(folder, path))
    assert one.rejected is None, one.rejected
    return list(one.records)


if __name__ == "__main__":
    import tempfile

    for name in AMOUNTS:
        found = [canonical(one) for one in _records(SAMPLES / name, Path(tempfile.mkdtemp()))]
        text = json.dumps(found, ensure_ascii=False, indent=1) + "\n"
        (GOLDEN / f"{Path(name).name}.json").write_text(text, encoding="utf-8")
