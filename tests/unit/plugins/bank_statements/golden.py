"""What each sample gives, as JSON beside it: `python -m tests.unit.plugins.bank_statements.golden` writes it anew.

A file is read as `hub sync` would; the result names each unit (place, ref, lines), its records or its refusal, and what
was left alone. Refs stand in it, so that no later change moves the identity of a movement unnoticed.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hub.sdk.errors import RecordRejected
from hub.sdk.testing import pages
from tests.unit.plugins.bank_statements.made import GOLDEN, IBAN, OWN, SHARED, source

#: Settings that a sample needs.
SETTINGS: dict[str, dict[str, Any]] = {
    "bank.qif": {"account": IBAN, "currency": "EUR", "date_order": "dmy"},
    "cfonb_blank_currency.txt": {"currency": "EUR", "decimals": 2},
    "camt054_v2.xml": {"use_camt054": "book"},
}


def understood(file: Path) -> dict[str, Any]:
    """What `file` gives, as plain values."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "in"
        folder.mkdir()
        shutil.copyfile(file, folder / file.name)
        connector = source(folder, **SETTINGS.get(file.name, {}))
        units: list[dict[str, Any]] = []
        skipped: list[str] = []
        for page in pages(connector, "movements"):
            skipped += page.skipped
            for unit in page.units:
                told: dict[str, Any] = {"place": unit.place, "ref": unit.ref, "lines": unit.lines}
                try:
                    if unit.rejected is not None:
                        raise unit.rejected
                    records = connector.map("movements", unit)
                    told["records"] = [
                        {"kind": one.kind, **{k: v for k, v in one.model_dump(mode="json").items() if v is not None}}
                        for one in records
                    ]
                except RecordRejected as fault:
                    told["held"] = {"code": fault.code, "what": fault.what, "where": fault.where}
                units.append(told)
    return {"units": units, "skipped": skipped}


def samples() -> list[Path]:
    """Our own samples, and those of others when they are there."""
    shared = [f for kind in ("cfonb120", "camt", "mt940", "ofx") for f in sorted((SHARED / kind).glob("*"))]
    return [*sorted(OWN.iterdir()), *shared]


def golden_of(file: Path) -> Path:
    return GOLDEN / f"{file.name}.json"


def main() -> None:
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for file in samples():
        told = json.dumps(understood(file), ensure_ascii=False, indent=1, sort_keys=True)
        golden_of(file).write_text(told + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
