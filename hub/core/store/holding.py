"""Opening and closing entries of the quarantine while a page is taken in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.sealing import note_states
from hub.core.store.standing import restore
from hub.core.store.streams import PageToCommit

if TYPE_CHECKING:
    from hub.core.store.database import UnitOfWork


def hold(connection: sa.Connection, page: PageToCommit) -> None:
    """Open a held entry for each refused unit; close the open ones of units that were understood now.

    A unit refused again for the same reason keeps its entry, number and place (a replay does not know the line any
    more); for another reason it gets a new one.
    """
    refused = {unit: refusal for place, refusal in page.refused.items() if (unit := page.unit_ids[place]) is not None}
    kept: set[int] = set()
    if page.taken and connection.execute(sa.select(t.held.c.id).limit(1)).first():
        touched = [unit for place in page.taken if (unit := page.unit_ids[place]) is not None]
        names = [t.held.c[name] for name in ("id", "unit_id", "code", "what", "mend")]
        rows = bulk.rows_by_id(connection, names, t.held.c.unit_id, touched, t.held.c.state == "open")
        for row in rows:
            now = refused.get(row.unit_id)
            if now and (now.code, now.what, now.mend) == (row.code, row.what, row.mend):
                kept.add(row.unit_id)
        gone = [row.id for row in rows if row.unit_id not in kept]
        if gone:
            close_held(connection, gone, "mended", page.recorded_at, page.actor, "read again")
    fresh = [
        {
            "unit_id": unit, "stream_id": page.stream.id, "code": refusal.code, "place": refusal.place,
            "what": refusal.what, "mend": refusal.mend, "excerpt": refusal.excerpt[:2_000], "lines": refusal.lines,
            "state": "open", "recorded_at": page.recorded_at,
        }
        for unit, refusal in refused.items() if unit not in kept
    ]  # fmt: skip
    if fresh:
        connection.execute(t.held.insert(), fresh)
    if refused:
        connection.execute(
            t.raw_unit.update().where(t.raw_unit.c.id == sa.bindparam("b_id")).values(state="held"),
            [{"b_id": unit} for unit in sorted(refused)],
        )
        note_states(connection, refused, "held")


def close_held(connection: sa.Connection, ids: Sequence[int], state: str, at: int, actor: str, because: str) -> None:
    """Close held entries: ``mended`` or ``discarded``."""
    connection.execute(
        t.held.update()
        .where(t.held.c.id == sa.bindparam("b_id"))
        .values(state=state, closed_at=at, closed_by=actor, closed_because=because),
        [{"b_id": held_id} for held_id in ids],
    )


def open_units(connection: sa.Connection, stream_id: int) -> list[int]:
    """The ids of a stream's units that are held now."""
    where = (t.held.c.stream_id == stream_id, t.held.c.state == "open")
    return list(connection.execute(sa.select(t.held.c.unit_id).where(*where).order_by(t.held.c.unit_id)).scalars())


def close_absent(unit: UnitOfWork, stream_id: int, origins: Sequence[str], met: Callable[[int], bool]) -> int:
    """Close what is held from objects that were just read whole and have it no more: the source was corrected.

    A corrected row may come under another ref (its date was the fault); without this, its old entry would stay for
    ever. The unit is again what it was when it was last understood; one that never was stays as evidence, withdrawn.

    Args:
        origins: objects (files) read from their first page to their last in this run.
        met: whether the run met a unit id.

    Returns:
        How many entries were closed.
    """
    h, u, e = t.held, t.raw_unit, t.evidence
    rows = unit.connection.execute(
        sa.select(h.c.id, h.c.unit_id)
        .join(u, u.c.id == h.c.unit_id)
        .join(e, e.c.id == u.c.evidence_id)
        .where(h.c.stream_id == stream_id, h.c.state == "open", e.c.origin.in_(origins))
        .order_by(h.c.id)
    ).all()
    gone = [row for row in rows if not met(row.unit_id)]
    if gone:
        ids = [row.id for row in gone]
        close_held(unit.connection, ids, "mended", unit.at, unit.actor, "no longer in the source")
        restored = restore(unit.connection, [row.unit_id for row in gone], unit.at)
        never_understood = [row.unit_id for row in gone if row.unit_id not in restored]
        if never_understood:
            unit.connection.execute(
                u.update().where(u.c.id == sa.bindparam("b_id")).values(state="withdrawn"),
                [{"b_id": unit_id} for unit_id in never_understood],
            )
            note_states(unit.connection, never_understood, "withdrawn")
        unit.journal("mended", "held", {"ids": ids})
    return len(gone)
