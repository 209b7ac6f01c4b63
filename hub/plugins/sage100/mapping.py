"""Units to records: pure, from a unit's rows, its layout and the configuration."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pydantic_core import from_json

from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.layout import layout_of
from hub.plugins.sage100.map_commercial import map_allocations, map_documents, map_payments
from hub.plugins.sage100.map_debtors import map_debtors
from hub.plugins.sage100.map_entries import map_entries, map_sales
from hub.plugins.sage100.map_lettrage import map_lettrage
from hub.plugins.sage100.records import Mapper, Records, Row
from hub.sdk import MappedPage, RawUnit, RecordRejected

MAPPERS: dict[str, Mapper] = {
    "debtors": map_debtors,
    "sales": map_sales,
    "entries": map_entries,
    "lettrage": map_lettrage,
    "documents": map_documents,
    "payments": map_payments,
    "allocations": map_allocations,
}


def map_units(
    stream: str, units: Sequence[RawUnit], config: Sage100Config, known: Sequence[Sequence[Row]] | None = None
) -> MappedPage:
    """The records of a run of units in columns; units refused stand in `rejected`.

    Args:
        known: the rows of these very units, when they are still at hand.
    """
    mapper = MAPPERS[stream]
    records = Records()
    refusals: dict[int, RecordRejected] = {}
    parsed: Sequence[Sequence[Row] | None] = _parsed(units) if known is None else known
    told: str | None = None
    width = 0
    work: Callable[..., None] | None = None
    for index, unit in enumerate(units):
        if (unit.layout is not told and unit.layout != told) or work is None:
            told = unit.layout
            layout = layout_of(unit.layout)
            width = len(layout.columns)
            work = mapper(layout, config, records)
        rows = parsed[index]
        try:
            if rows is None or (known is None and any([len(row) != width for row in rows])):
                raise rejected("HUB-SAGE-026", unit.place)
            records.unit = index
            work(unit, rows)
        except RecordRejected as refusal:
            records.drop(index)
            refusals[index] = refusal
    return MappedPage(records.columns(), refusals)


def _parsed(units: Sequence[RawUnit]) -> list[list[list[Any]] | None]:
    """The rows of each unit: of all at once, which is quicker; one by one when a body is damaged."""
    try:
        rows: list[list[list[Any]] | None] = from_json(b"[" + b",".join([unit.body for unit in units]) + b"]")
        if len(rows) == len(units):
            return rows
    except ValueError:
        pass
    return [_rows(unit.body) for unit in units]


def _rows(body: bytes) -> list[list[Any]] | None:
    try:
        rows = from_json(body)
    except ValueError:
        return None
    good = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    return rows if good else None
