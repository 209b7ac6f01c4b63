"""Whatever the bytes: units, or refusals with words; nothing else. Used by the hostile tests and by the fuzzer."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from hub.plugins.bank_statements import Statements
from hub.plugins.bank_statements.faults import CODES
from hub.sdk.columns import validate_columns
from hub.sdk.errors import RecordRejected
from hub.sdk.testing import checks, pages
from hub.sdk.units import RawUnit
from tests.unit.plugins.bank_statements.made import source

#: Settings under which each case is tried: as little as possible, and everything allowed.
PLAIN: dict[str, Any] = {}
OPEN: dict[str, Any] = {
    "account": "FR7630999000010001234567836",
    "currency": "EUR",
    "decimals": 2,
    "date_order": "dmy",
    "use_camt054": "book",
    "ofx_ids": "renewed",
}


def outcome(
    folder: Path, data: bytes, settings: dict[str, Any], seconds: float = 10.0
) -> tuple[int, list[RecordRejected]]:
    """Write `data` as the only file of `folder`, read and map it.

    Returns:
        How many records it gave, and what was refused.

    Raises:
        AssertionError: a promise is broken; any other exception is a fault of the reader.
    """
    folder.mkdir(exist_ok=True)
    path = folder / "file"
    path.write_bytes(data)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    started = time.process_time()
    connector = source(folder, **settings)
    records, refused = 0, []
    for page in pages(connector, "movements"):
        checks.check_page(page, 5000, "movements")
        for unit in page.units:
            checks.check_unit(unit)
        found = _mapped(connector, list(page.units))
        records += found[0]
        refused += found[1]
    assert time.process_time() - started < seconds, "too slow"
    connector.describe(str(path))
    return records, refused


def _mapped(connector: Statements, units: list[RawUnit]) -> tuple[int, list[RecordRejected]]:
    """Map a page, and replay what is held as if its refusal had been lifted."""
    refused = [unit.rejected for unit in units if unit.rejected is not None]
    replayed = [replace(unit, rejected=None) for unit in units]
    page = connector.map_page("movements", replayed)
    for columns in page.columns:
        _, faults = validate_columns(columns.kind, len(columns.unit), columns.values)
        assert not faults, faults
    for index, unit in enumerate(replayed):
        if unit.lines > 1 or index < 20:
            assert _refusal(connector, unit) == checks.wire(page.rejected.get(index))
    refused += [fault for index, fault in page.rejected.items() if units[index].rejected is None]
    for fault in [*refused, *page.rejected.values()]:
        checks.check_error(fault, "hostile file")
        assert fault.code in CODES
    held = {index for index, unit in enumerate(units) if unit.rejected is not None}
    return sum(sum(1 for index in columns.unit if index not in held) for columns in page.columns), refused


def _refusal(connector: Statements, unit: RawUnit) -> dict[str, object] | None:
    """Why mapping one unit is refused, or None."""
    try:
        connector.map("movements", unit)
    except RecordRejected as fault:
        return fault.as_wire()
    return None
