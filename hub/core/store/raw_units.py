"""Raw units as rows: found by their ref, put in, written over. What superseded them goes to the history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.standing import units_to_history
from hub.core.store.streams import PageToCommit

#: What is asked of known units, and where; always the same objects, so that the statement is composed once.
_KNOWN = tuple(t.raw_unit.c[name] for name in ("id", "digest", "state", "evidence_id"))
_OF_STREAM = t.raw_unit.c.stream_id == sa.bindparam("stream")
#: How PostgreSQL and SQLite name the key of the refs when they refuse one.
_REF_KEY = ("uq_raw_unit_ref", "raw_unit.ref")


class RefsKnown(Exception):
    """Units of a page that was presumed to be new were read before; its transaction is to be given up."""


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A raw unit as the data base has it."""

    id: int
    digest: bytes
    state: str
    evidence_id: int


def known_units(connection: sa.Connection, stream_id: int, refs: Sequence[str]) -> dict[int, KnownUnit]:
    """Units of the stream by their place in `refs`; places not in the answer are new."""
    rows = bulk.rows_by_text(connection, _KNOWN, t.raw_unit.c.ref, refs, _OF_STREAM, stream=stream_id)
    return {row.place: KnownUnit(row.id, bytes(row.digest), row.state, row.evidence_id) for row in rows}


def refs_of(connection: sa.Connection, unit_ids: Sequence[int]) -> list[str]:
    """The refs of these units, in no order."""
    rows = bulk.rows_by_id(connection, [t.raw_unit.c.ref], t.raw_unit.c.id, sorted(unit_ids))
    return [row.ref for row in rows]


def holds_any(connection: sa.Connection, stream_id: int) -> bool:
    """True when a unit of the stream is held."""
    of_stream = sa.select(t.held.c.id).where(t.held.c.stream_id == stream_id, t.held.c.state == "open")
    return connection.execute(of_stream.limit(1)).first() is not None


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
    """Units never seen before, at the places `fresh`; `place_of` tells where in the evidence each is.

    Raises:
        RefsKnown: the page was presumed to be new, and is not.
    """
    ids = bulk.reserve_ids(connection, t.raw_unit, len(fresh))
    if not fresh:
        return
    all_of_it = len(fresh) == len(page.taken)
    if all_of_it and len(fresh) == len(page.unit_ids):
        page.unit_ids[:] = ids
    for place, unit in zip(fresh, ids, strict=True):
        page.unit_ids[place] = unit
    positions = range(len(fresh)) if all_of_it else [place_of[place] for place in fresh]
    columns: dict[str, Sequence[Any] | bulk.Constant] = {
        "id": ids,
        "stream_id": bulk.Constant(page.stream.id),
        "ref": page.refs if all_of_it else [page.refs[index] for index in positions],
        "digest": page.digests if all_of_it else [page.digests[index] for index in positions],
        "evidence_id": bulk.Constant(evidence_id),
        "position": positions,
        "mapping_id": bulk.Constant(page.mapping_id),
        "state": ["held" if place in page.refused else "mapped" for place in fresh]
        if page.refused
        else bulk.Constant("mapped"),
        "recorded_at": bulk.Constant(page.recorded_at),
    }
    try:
        bulk.insert_columns(connection, t.raw_unit, columns)
    except sa.exc.IntegrityError as error:
        if page.presumed_new and any(name in str(error.orig) for name in _REF_KEY):
            raise RefsKnown from error
        raise


def update_units(
    connection: sa.Connection, page: PageToCommit, again: list[int], place_of: dict[int, int], evidence_id: int
) -> None:
    """Units read before with other content: the former state goes to the history."""
    ids = [unit for place in again if (unit := page.unit_ids[place]) is not None]
    units_to_history(connection, ids, page.recorded_at)
    positions = [place_of[place] for place in again]
    bulk.update_rows(
        connection,
        t.raw_unit,
        {
            "id": ids,
            "digest": [page.digests[position] for position in positions],
            "position": positions,
            "state": ["held" if place in page.refused else "mapped" for place in again],
            "evidence_id": bulk.Constant(evidence_id),
            "mapping_id": bulk.Constant(page.mapping_id),
            "recorded_at": bulk.Constant(page.recorded_at),
        },
    )
