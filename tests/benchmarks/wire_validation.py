"""Cost of records on the wire: into columns (child), JSON, the check of the columns (parent); per record.

Run: ``python tests/benchmarks/wire_validation.py``. The check should stay near 1.5 µs for a record of 20
fields, all given.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from hub.sdk.columns import columns_from_records, validate_columns
from hub.sdk.records import Debtor, Invoice, Receipt, Record

COUNT = 5_000
START = date(2026, 1, 1)


def sample(cls: type[Record], i: int, *, full: bool) -> Record:
    """Record `i` of a kind; `full` gives every field a value, else only those that must be given."""
    row: dict[str, Any] = {}
    for name, info in cls.model_fields.items():
        if not full and not info.is_required():
            continue
        if name.endswith("_on"):
            row[name] = START + timedelta(days=i % 120)
        elif name.endswith("currency"):
            row[name] = "EUR"
        elif name.endswith("_minor"):
            row[name] = 1_000 * i + 7
        elif name == "stub":
            row[name] = i % 2 == 0
        elif name == "category":
            row[name] = "business"
        elif name == "remittance":
            row[name] = f"VIR SEPA RECU /DE DUPONT BTP /MOTIF FACTURE F2026-{i:05d} /REF NOTPROVIDED"
        else:
            row[name] = f"{name} {i:06d}"
    return cls.model_validate(row)


def best_us(work: Callable[[], object], rounds: int = 15) -> float:
    """Best time of `work` in microseconds per record."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times) / COUNT * 1e6


def report(cls: type[Record], *, full: bool) -> None:
    """Print one line of figures."""
    pages = [(i, [sample(cls, i, full=full)]) for i in range(COUNT)]
    [columns] = columns_from_records(pages)
    wire = json.dumps(columns.values)
    values = json.loads(wire)
    _, faults = validate_columns(columns.kind, COUNT, values)
    assert not faults
    first = next(iter(values))
    broken = {**values, first: ["", *values[first][1:]]}
    rows = [record.model_dump() for _, [record] in pages]
    figures = (
        best_us(lambda: columns_from_records(pages)),
        best_us(lambda: validate_columns(columns.kind, COUNT, values)),
        best_us(lambda: validate_columns(columns.kind, COUNT, broken)),
        best_us(lambda: [cls.model_validate(row) for row in rows]),
        len(wire) / 1e6,
    )
    print(f"{cls.kind:9}{len(columns.values):3d} fields " + "".join(f"{figure:12.2f}" for figure in figures))


if __name__ == "__main__":
    print(f"Python {sys.version.split()[0]}, {COUNT} records a page; µs per record, best of 15")
    print(f"{'':19}{'to columns':>12}{'check':>12}{'one faulty':>12}{'as records':>12}{'MB of JSON':>12}")
    for kind in (Invoice, Debtor, Receipt):
        for every_field in (True, False):
            report(kind, full=every_field)
