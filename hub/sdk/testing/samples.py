"""A ready sample for tests of the kit and of the engine: invoices in memory, with their debtor's stub."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from hub.sdk.columns import columns_from_records
from hub.sdk.errors import RecordRejected
from hub.sdk.records import Debtor, Invoice, Record
from hub.sdk.roles import MappedPage
from hub.sdk.testing.fakes import MemorySource
from hub.sdk.units import RawUnit

START = date(2026, 1, 1)


class BulkMemorySource(MemorySource):
    """A `MemorySource` that also plays BulkMap."""

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        mapped: list[tuple[int, Sequence[Record]]] = []
        rejected: dict[int, RecordRejected] = {}
        for index, one in enumerate(units):
            try:
                mapped.append((index, self.map(stream, one)))
            except RecordRejected as error:
                rejected[index] = error
        return MappedPage(columns_from_records(mapped), rejected)


def sample_unit(n: int | str, ref: str = "") -> RawUnit:
    """Unit number `n`; a text instead of a number makes one that cannot be mapped."""
    return RawUnit(ref=ref or f"F{n}", body=json.dumps({"n": n}).encode(), layout="v1", place=f"memory:{n}")


def sample_map(stream: str, unit: RawUnit) -> Sequence[Record]:
    """Unit `n` is invoice ``Fn`` over `n` euros, issued `n` days after `START`, and the stub of its debtor."""
    n = json.loads(unit.body)["n"]
    if not isinstance(n, int):
        raise RecordRejected(code="HUB-MEM-001", what=f"{n!r} is no number", where=unit.place, mend="write a number")
    debtor = Debtor(seller="S", debtor_id="C1", name="Dupont", stub=True)
    invoice = Invoice(
        seller="S",
        number=f"F{n}",
        debtor_id="C1",
        issued_on=START + timedelta(days=n),
        currency="EUR",
        total_minor=100 * n,
    )
    return [debtor, invoice]


def sample_source(count: int = 12, **changes: Any) -> BulkMemorySource:
    """A stream ``invoices`` of `count` units; `changes` replace arguments of `MemorySource`."""
    units = {"invoices": [sample_unit(n) for n in range(count)]}
    return BulkMemorySource(**{"units": units, "mapper": sample_map, **changes})
