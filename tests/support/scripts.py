"""Writing scripts for the guest `scripted`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

SECTION = '[connector.{name}]\nplugin = "scripted"\nscript = "{name}.json"\n'

Unit = dict[str, Any]


def section(name: str = "guest", **settings: str) -> str:
    """The section of a scripted connector in hub.toml."""
    return SECTION.format(name=name) + "".join(f'{key} = "{value}"\n' for key, value in settings.items())


def write_script(
    folder: Path, units: Sequence[Unit], *, name: str = "guest", stream: Unit | None = None, **more: Any
) -> None:
    """The script of the connector `name`: one stream, `facts`, with these units."""
    streams = [{"name": "facts", **(stream or {})}]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps({"streams": streams, "units": {"facts": list(units)}, **more}))


def fetched(folder: Path, name: str = "guest") -> list[str]:
    """The fetches that the connector was asked for so far: stream and cursor."""
    log = folder / ".hub" / name / "fetched.txt"
    return log.read_text().splitlines() if log.exists() else []


def invoice(number: str, total: int = 12_000, debtor: str = "C1", **fields: Any) -> Unit:
    """An invoice as a record of a unit."""
    base = {"kind": "invoice", "seller": "ACME", "number": number, "debtor_id": debtor, "issued_on": "2026-09-01"}
    return {**base, "due_on": "2026-10-01", "currency": "EUR", "total_minor": total, **fields}


def debtor(debtor_id: str, name: str, *, stub: bool = False, **fields: Any) -> Unit:
    """A debtor, or its mere mention."""
    return {"kind": "debtor", "seller": "ACME", "debtor_id": debtor_id, "name": name, "stub": stub, **fields}


def receipt(key: str, amount: int, **fields: Any) -> Unit:
    """Money received."""
    base = {"kind": "receipt", "source_key": key, "receipt_id": key, "received_on": "2026-10-05", "currency": "EUR"}
    return {**base, "amount_minor": amount, "remittance": "", **fields}


def disbursement(key: str, amount: int, **fields: Any) -> Unit:
    """Money that left."""
    base = {"kind": "disbursement", "source_key": key, "disbursement_id": key, "paid_on": "2026-10-09"}
    return {**base, "currency": "EUR", "amount_minor": amount, "remittance": "", **fields}


def unit(ref: str, *records: Unit, **more: Any) -> Unit:
    """A unit that gives these records."""
    return {"ref": ref, "records": list(records), **more}
