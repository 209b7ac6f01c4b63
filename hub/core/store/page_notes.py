"""Notes of how the pages of an object were last read, so that what did not change need not be read again.

A reading aid: losing them costs time, no fact. A note is believed while its units stand as they did: each change of a
unit comes with newer evidence, so their number and the sum of their evidence ids say whether any of them changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk, keyed
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges, ranges
from hub.core.store.streams import PageToCommit

#: States of units that are as they were read; a unit withdrawn since then is not.
STANDING = ("mapped", "held", "discarded")
_STANDING_RUN = sa.select(sa.func.count(), sa.func.sum(t.raw_unit.c.evidence_id)).where(
    t.raw_unit.c.id.between(sa.bindparam("first"), sa.bindparam("last")), t.raw_unit.c.state.in_(STANDING)
)
#: Up to how many runs of ids a page is looked up run by run.
_FEW_RUNS = 20


@dataclass(frozen=True)
class Note:
    """How a page was read last time.

    Attributes:
        fingerprint: of its raw bytes; empty when it has none.
        units: ids of its units in order, as `ranges` writes them.
        marks: a mark per unit (see the SDK's `InColumns`), joined; empty when the source gives none.
        evidence_sum: of the evidence ids of its units, then.
    """

    fingerprint: bytes
    units: str
    marks: bytes
    evidence_sum: int

    @cached_property
    def unit_ids(self) -> list[int]:
        """The ids, in order."""
        return from_ranges(self.units)


def note_of(connection: sa.Connection, *, stream_id: int, origin: str, ordinal: int) -> Note | None:
    """How page `ordinal` of `origin` was read last time; None when it never was."""
    p = t.page
    row = connection.execute(
        sa.select(p.c.fingerprint, p.c.units, p.c.marks, p.c.evidence_sum).where(
            p.c.stream_id == stream_id, p.c.origin == origin, p.c.ordinal == ordinal
        )
    ).first()
    return Note(bytes(row[0]), row[1], bytes(row[2]), row[3]) if row else None


def stands(connection: sa.Connection, note: Note) -> bool:
    """True when every unit of the page is as it was when the note was made."""
    return _standing(connection, note.units) == (len(note.unit_ids), note.evidence_sum)


def _standing(connection: sa.Connection, units: str) -> tuple[int, int]:
    """How many of the units stand, and the sum of their evidence ids."""
    u = t.raw_unit
    runs = units.split(",") if units else []
    if len(runs) > _FEW_RUNS:
        rows = bulk.rows_by_id(connection, (u.c.evidence_id, u.c.state), u.c.id, from_ranges(units))
        found = [row.evidence_id for row in rows if row.state in STANDING]
        return len(found), sum(found)
    count = total = 0
    for run in runs:
        first, _, last = run.partition("-")
        some, evidence = connection.execute(_STANDING_RUN, {"first": int(first), "last": int(last or first)}).one()
        count, total = count + some, total + int(evidence or 0)
    return count, total


def noted_digests(connection: sa.Connection, note: Note) -> list[bytes]:
    """The digests that the units of a standing note have, in their order."""
    u, ids = t.raw_unit, note.unit_ids
    if "," not in note.units and ids:
        where = u.c.id.between(ids[0], ids[-1])
        return [bytes(row[0]) for row in connection.execute(sa.select(u.c.digest).where(where).order_by(u.c.id))]
    by_place = {row.place: bytes(row.digest) for row in bulk.rows_by_id(connection, (u.c.digest,), u.c.id, ids)}
    return [by_place.get(place, b"") for place in range(len(ids))]


def page_units(
    connection: sa.Connection, stream_id: int, origin: str, *, since: int = 0, before: int | None = None
) -> list[int] | None:
    """All unit ids of an object as it was last read, or of its pages from `since` to `before`; None: no such page."""
    where = [t.page.c.stream_id == stream_id, t.page.c.origin == origin, t.page.c.ordinal >= since]
    if before is not None:
        where.append(t.page.c.ordinal < before)
    rows = connection.execute(sa.select(t.page.c.units).where(*where)).scalars().all()
    return [unit for text in rows for unit in from_ranges(text)] if rows else None


def forget_pages(connection: sa.Connection, stream_id: int, origin: str, from_ordinal: int) -> None:
    """Drop the notes of pages that an object no longer has: it became shorter."""
    connection.execute(
        t.page.delete().where(
            t.page.c.stream_id == stream_id, t.page.c.origin == origin, t.page.c.ordinal >= from_ordinal
        )
    )


def end_stream(connection: sa.Connection, stream_id: int) -> None:
    """The stream was read to its end: the next run starts its objects from their first page."""
    connection.execute(t.stream.update().where(t.stream.c.id == stream_id).values(origin=None, ordinal=0))


def remember(connection: sa.Connection, pages: Sequence[tuple[PageToCommit, int | None]]) -> None:
    """Note how pages of one stream were read, for the next time; one read again in the same way writes nothing.

    `pages`: each with the sum of the evidence ids of its units, when that is known.
    """
    with_marks: list[dict[str, Any]] = []
    as_noted: list[dict[str, Any]] = []
    for page, evidence_sum in pages:
        if not page.unit_ids and not page.origin:
            continue  # nothing was read; an object that became empty is remembered as such
        units = ranges([unit or 0 for unit in page.unit_ids])
        note = {
            "stream_id": page.stream.id, "origin": page.origin, "ordinal": page.ordinal, "units": units,
            "fingerprint": page.fingerprint, "marks": page.marks or b"",
            "evidence_sum": evidence_sum if evidence_sum is not None else _standing(connection, units)[1],
        }  # fmt: skip
        (as_noted if page.marks is None else with_marks).append(note)
    if with_marks:
        keyed.put(connection, t.page, with_marks)
    if as_noted:
        keyed.put(connection, t.page, as_noted, kept=("marks",))
