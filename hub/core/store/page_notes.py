"""Notes of how the pages of an object were last read, so that what did not change need not be read again.

A reading aid: losing them costs time, no fact. A note is believed while its units stand as they did: each change of a
unit comes with newer evidence, so their number and the sum of their evidence ids say whether any of them changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk, keyed
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges, ranges
from hub.core.store.streams import PageToCommit

#: States of units that are as they were read; a unit withdrawn since then is not.
STANDING = ("mapped", "held", "discarded")
_NOTED = (
    sa.select(t.page.c.ordinal, t.page.c.fingerprint, t.page.c.units, t.page.c.evidence_sum, t.page.c.marks)
    .where(t.page.c.stream_id == sa.bindparam("stream"), t.page.c.origin == sa.bindparam("object"))
    .where(t.page.c.ordinal >= sa.bindparam("first"), t.page.c.ordinal < sa.bindparam("behind"))
)
#: The units of each run of ids that stand: their number and the sum of their evidence ids, by the run's place.
_STANDING_RUNS = {
    "sqlite": "SELECT w.key, count(u.id), sum(u.evidence_id) FROM json_each(:runs) AS w LEFT JOIN raw_unit AS u "
    "ON u.id BETWEEN json_extract(w.value, '$[0]') AND json_extract(w.value, '$[1]') AND {} GROUP BY w.key",
    "postgresql": "SELECT w.place - 1, s.count, s.sum "
    "FROM unnest(CAST(:firsts AS bigint[]), CAST(:lasts AS bigint[])) WITH ORDINALITY AS w(first, last, place) "
    "CROSS JOIN LATERAL (SELECT count(*), sum(u.evidence_id) FROM raw_unit AS u "
    "WHERE u.id BETWEEN w.first AND w.last AND {}) AS s",
}


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


def notes_of(connection: sa.Connection, *, stream_id: int, origin: str, first: int, count: int) -> dict[int, Note]:
    """How the pages of `origin` from ordinal `first` on were read last time, `count` at most; by ordinal, those that
    were."""
    asked = {"stream": stream_id, "object": origin, "first": first, "behind": first + count}
    return {
        ordinal: Note(bytes(fingerprint), units, bytes(marks), evidence_sum)
        for ordinal, fingerprint, units, evidence_sum, marks in connection.execute(_NOTED, asked)
    }


def standing_notes(connection: sa.Connection, notes: Mapping[int, Note]) -> set[int]:
    """Of these notes those all of whose units are as they were when the note was made."""
    found = _standing(connection, {ordinal: note.units for ordinal, note in notes.items()})
    return {at for at, note in notes.items() if found[at] == (len(note.unit_ids), note.evidence_sum)}


def _standing(connection: sa.Connection, pages: Mapping[int, str]) -> dict[int, tuple[int, int]]:
    """How many of the units of each page stand, and the sum of their evidence ids; one statement for all."""
    runs = [(page, *_ends(run)) for page, units in pages.items() for run in (units.split(",") if units else ())]
    found = dict.fromkeys(pages, (0, 0))
    if runs:
        ends: dict[str, Any] = {"firsts": [first for _, first, _ in runs], "lasts": [last for _, _, last in runs]}
        if bulk.is_sqlite(connection):
            ends = {"runs": bulk.as_array(connection, list(zip(ends["firsts"], ends["lasts"], strict=True)))}
        for at, count, evidence in connection.execute(_standing_runs(connection.dialect.name), ends):
            before, page = found[runs[at][0]], runs[at][0]
            found[page] = (before[0] + count, before[1] + int(evidence or 0))
    return found


@cache
def _standing_runs(dialect: str) -> sa.TextClause:
    standing = "(" + " OR ".join(f"u.state = '{state}'" for state in STANDING) + ")"
    return sa.text(_STANDING_RUNS[dialect].format(standing))


def _ends(run: str) -> tuple[int, int]:
    first, _, last = run.partition("-")
    return int(first), int(last or first)


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
            "evidence_sum": evidence_sum if evidence_sum is not None else _standing(connection, {0: units})[0][1],
        }  # fmt: skip
        (as_noted if page.marks is None else with_marks).append(note)
    if with_marks:
        keyed.put(connection, t.page, with_marks)
    if as_noted:
        keyed.put(connection, t.page, as_noted, kept=("marks",))
