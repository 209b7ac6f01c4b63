"""Which unit a record belongs to: it moves to another unit that gives the very same, once its own unit is gone.

A statement that was held whole and replayed is one unit with many movements; read again with the right settings, each
movement is a unit of its own. The records stay, their unit is another.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges
from hub.core.store.sealing import note_states
from hub.core.store.standing import standing_records, units_to_history


@dataclass(frozen=True, slots=True)
class Reading:
    """The page being taken in: of which object, and which units it has. `ordinal` None: replayed, not read."""

    stream_id: int
    origin: str
    ordinal: int | None
    unit_ids: Sequence[int | None]
    whole_objects: bool


def owners_gone(connection: sa.Connection, reading: Reading, owners: Collection[int]) -> set[int]:
    """Those of `owners` that no longer speak for their records.

    They are held, discarded or withdrawn; or they stood in the object that is read again whole, and neither the page at
    hand nor any other has them.
    """
    unit, proof = t.raw_unit, t.evidence
    columns = [unit.c.id, unit.c.state, unit.c.stream_id, unit.c.evidence_id]
    rows = bulk.rows_by_id(connection, columns, unit.c.id, sorted(owners))
    gone = {row.id for row in rows if row.state != "mapped"}
    left = [row for row in rows if row.state == "mapped" and row.stream_id == reading.stream_id]
    if not reading.whole_objects or not left:
        return gone
    of_origin = bulk.rows_by_id(
        connection,
        [proof.c.id],
        proof.c.id,
        sorted({row.evidence_id for row in left}),
        proof.c.origin == reading.origin,
    )
    here = {row.id for row in of_origin}
    candidates = {row.id for row in left if row.evidence_id in here}
    return gone | (candidates - _elsewhere(connection, reading) if candidates else set())


def _elsewhere(connection: sa.Connection, reading: Reading) -> set[int]:
    """Units of the page at hand and of all other pages of the stream as they were last read."""
    page = t.page
    found = {unit for unit in reading.unit_ids if unit is not None}
    rows = connection.execute(
        sa.select(page.c.units).where(
            page.c.stream_id == reading.stream_id,
            sa.or_(page.c.origin != reading.origin, page.c.ordinal != reading.ordinal),
        )
    )
    for text in rows.scalars():
        found.update(from_ranges(text))
    return found


def leave(connection: sa.Connection, owners: Sequence[int], at: int) -> None:
    """Units whose records moved to others: those with nothing left are withdrawn."""
    if not owners:
        return
    unit = t.raw_unit
    holding = standing_records(connection, owners)
    rows = bulk.rows_by_id(connection, [unit.c.id], unit.c.id, owners, unit.c.state == "mapped")
    empty = sorted(row.id for row in rows if not holding[row.id])
    if empty:
        units_to_history(connection, empty, at)
        connection.execute(
            unit.update().where(unit.c.id == sa.bindparam("b_id")).values(state="withdrawn", recorded_at=at),
            [{"b_id": unit_id} for unit_id in empty],
        )
        note_states(connection, empty, "withdrawn")
