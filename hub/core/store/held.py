"""The quarantine: what could not be understood, kept with place, excerpt, reason and remedy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.holding import close_held
from hub.core.store.sealing import note_states
from hub.core.store.standing import good_versions
from hub.sdk.errors import HubError


@dataclass(frozen=True, slots=True)
class HeldUnit:
    """One held unit. `lines` counts the records of the source it stands for; instants in microseconds UTC.

    `stands_since`: what the unit said then is still in force, because nothing newer was understood; None: nothing is.
    """

    id: int
    connector: str
    stream: str
    code: str
    place: str
    what: str
    mend: str
    excerpt: str
    lines: int
    state: str
    recorded_at: int
    unit_id: int
    stream_id: int
    stands_since: int | None = None


def held_units(connection: sa.Connection, *, state: str | None = "open", ids: Sequence[int] = ()) -> list[HeldUnit]:
    """Held units in order of arrival; `state` None: also those that were mended or discarded."""
    h, s, c = t.held, t.stream, t.connector
    statement = (
        sa.select(
            h.c.id, c.c.key, s.c.name, h.c.code, h.c.place, h.c.what, h.c.mend, h.c.excerpt, h.c.lines, h.c.state,
            h.c.recorded_at, h.c.unit_id, h.c.stream_id,
        )
        .join(s, s.c.id == h.c.stream_id)
        .join(c, c.c.id == s.c.connector_id)
        .order_by(h.c.id)
    )  # fmt: skip
    if state is not None:
        statement = statement.where(h.c.state == state)
    if ids:
        statement = statement.where(h.c.id.in_(ids))
    rows = [tuple(row) for row in connection.execute(statement)]
    good = good_versions(connection, sorted({row[11] for row in rows if row[9] != "mended"}))
    since = {unit: version.recorded_at for unit, version in good.items()}
    return [HeldUnit(*(*row, since.get(row[11]) if row[9] != "mended" else None)) for row in rows]


def held_counts(connection: sa.Connection) -> dict[str, int]:
    """Open held lines by connector key."""
    h, s, c = t.held, t.stream, t.connector
    rows = connection.execute(
        sa.select(c.c.key, sa.func.sum(h.c.lines))
        .select_from(h.join(s, s.c.id == h.c.stream_id).join(c, c.c.id == s.c.connector_id))
        .where(h.c.state == "open")
        .group_by(c.c.key)
    )
    return {row[0]: int(row[1]) for row in rows}


def discard(unit: UnitOfWork, held_id: int, reason: str) -> None:
    """A person decided that this unit is not needed; it stays as evidence.

    Raises:
        HubError: it is not held any more.
    """
    found = held_units(unit.connection, ids=[held_id])
    if not found:
        raise HubError(
            code="HUB-REC-020",
            what=f"nothing is held under {held_id}",
            where=str(held_id),
            mend="look at hub held list",
        )
    close_held(unit.connection, [held_id], "discarded", unit.at, unit.actor, reason)
    unit.connection.execute(t.raw_unit.update().where(t.raw_unit.c.id == found[0].unit_id).values(state="discarded"))
    note_states(unit.connection, [found[0].unit_id], "discarded")
    unit.journal("discard", "held", {"id": held_id, "unit": found[0].unit_id})
