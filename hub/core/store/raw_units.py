"""Raw units as rows: found by their ref, put in, written over. What superseded them goes to the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.standing import units_to_history
from hub.core.store.streams import PageToCommit


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A raw unit as the data base has it."""

    id: int
    digest: bytes
    state: str


def known_units(connection: sa.Connection, stream_id: int, refs: Sequence[str]) -> dict[int, KnownUnit]:
    """Units of the stream by their place in `refs`; places not in the answer are new."""
    columns = [t.raw_unit.c.id, t.raw_unit.c.digest, t.raw_unit.c.state]
    rows = bulk.rows_by_text(connection, columns, t.raw_unit.c.ref, refs, t.raw_unit.c.stream_id == stream_id)
    return {row.place: KnownUnit(row.id, bytes(row.digest), row.state) for row in rows}


def refs_of(connection: sa.Connection, unit_ids: Sequence[int]) -> list[str]:
    """The refs of these units, in no order."""
    rows = bulk.rows_by_id(connection, [t.raw_unit.c.ref], t.raw_unit.c.id, sorted(unit_ids))
    return [row.ref for row in rows]


def held_lines(connection: sa.Connection, unit_ids: Sequence[int]) -> tuple[int, int]:
    """Of `unit_ids`: how many are held, and how many lines of their sources these stand for."""
    if not unit_ids:
        return 0, 0
    condition = (
        t.held.c.unit_id.between(min(unit_ids), max(unit_ids)),
        t.held.c.state == "open",
    )
    rows = connection.execute(sa.select(t.held.c.unit_id, t.held.c.lines).where(*condition)).all()
    wanted = set(unit_ids) if rows else set()
    chosen = [row.lines for row in rows if row.unit_id in wanted]
    return len(chosen), sum(chosen)


def insert_units(
    connection: sa.Connection, page: PageToCommit, fresh: list[int], place_of: dict[int, int], evidence_id: int
) -> None:
    """Units never seen before, at the places `fresh`; `place_of` tells where in the evidence each is."""
    ids = bulk.reserve_ids(connection, t.raw_unit, len(fresh))
    for place, unit in zip(fresh, ids, strict=True):
        page.unit_ids[place] = unit
    if not fresh:
        return
    positions = [place_of[place] for place in fresh]
    bulk.insert_columns(
        connection,
        t.raw_unit,
        {
            "id": ids,
            "stream_id": bulk.Constant(page.stream.id),
            "ref": [page.refs[index] for index in positions],
            "digest": [page.digests[index] for index in positions],
            "evidence_id": bulk.Constant(evidence_id),
            "position": positions,
            "mapping_id": bulk.Constant(page.mapping_id),
            "state": ["held" if place in page.refused else "mapped" for place in fresh]
            if page.refused
            else bulk.Constant("mapped"),
            "recorded_at": bulk.Constant(page.recorded_at),
        },
    )


def update_units(
    connection: sa.Connection, page: PageToCommit, again: list[int], place_of: dict[int, int], evidence_id: int
) -> None:
    """Units read before with other content: the former state goes to the history."""
    ids = [unit for place in again if (unit := page.unit_ids[place]) is not None]
    units_to_history(connection, ids, page.recorded_at)
    connection.execute(
        t.raw_unit.update()
        .where(t.raw_unit.c.id == sa.bindparam("b_id"))
        .values(
            digest=sa.bindparam("b_digest"), position=sa.bindparam("b_position"), state=sa.bindparam("b_state"),
            evidence_id=evidence_id, mapping_id=page.mapping_id, recorded_at=page.recorded_at,
        ),
        [
            {
                "b_id": page.unit_ids[place],
                "b_digest": page.digests[place_of[place]],
                "b_position": place_of[place],
                "b_state": "held" if place in page.refused else "mapped",
            }
            for place in again
        ],
    )  # fmt: skip
