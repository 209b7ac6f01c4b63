"""Connectors, their streams and the log of their runs."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.store import keyed
from hub.core.store import tables as t
from hub.core.store.streams import Counts, StreamState

#: Brackets with more than a copy's number in them.
_SAYS = re.compile(r"\(\d*[^\d)]")


@dataclass(frozen=True, slots=True)
class StreamRun:
    """One stream of a run, for the table that a person reads.

    Attributes:
        skipped: names of objects left alone, and sentences on what a person should know of them.
    """

    stream: str
    counts: Counts
    complete: bool
    skipped: list[str]

    @property
    def news(self) -> list[str]:
        """What of `skipped` says something in brackets: a bare name did not change, ``Export (1).csv`` neither."""
        return [name for name in self.skipped if _SAYS.search(name)]


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a connector; instants in microseconds UTC."""

    connector: str
    plugin: str
    run_id: int
    state: str
    started_at: int
    ended_at: int | None
    error: dict[str, str] | None
    streams: list[StreamRun]


def connector_id(connection: sa.Connection, key: str, plugin: str) -> int:
    """The number of the connector with this stable id, made when it is first seen."""
    query = sa.select(t.connector).where(t.connector.c.key == key)
    found = connection.execute(query).first()
    if found is None:
        keyed.insert_if_absent(connection, t.connector, key=key, plugin=plugin)
        found = connection.execute(query).one()
    if found.plugin != plugin:
        connection.execute(t.connector.update().where(t.connector.c.id == found.id).values(plugin=plugin))
    return int(found.id)


def note_places(connection: sa.Connection, connector: int, places: Sequence[str]) -> None:
    """Keep where a connector reads."""
    where = (t.connector.c.id == connector, t.connector.c.places.is_distinct_from(json.dumps(list(places))))
    connection.execute(t.connector.update().where(*where).values(places=json.dumps(list(places))))


def places_by_key(connection: sa.Connection) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Plugin and places of every connector that brought something, by its key."""
    brought = sa.select(t.stream.c.connector_id)
    rows = connection.execute(sa.select(t.connector).where(t.connector.c.id.in_(brought)).order_by(t.connector.c.id))
    return {row.key: (row.plugin, tuple(json.loads(row.places or "[]"))) for row in rows}


def _key_of(result: sa.CursorResult[Any]) -> int:
    """The primary key of the row just inserted."""
    key = result.inserted_primary_key
    assert key is not None  # noqa: S101 -- single-row inserts always have one
    return int(key[0])


def mapping_id(connection: sa.Connection, connector: int, fingerprint: str) -> int:
    """The number of a mapping version and its settings."""
    where = (t.mapping.c.connector_id == connector, t.mapping.c.fingerprint == fingerprint)
    query = sa.select(t.mapping.c.id).where(*where)
    if connection.execute(query).scalar() is None:
        keyed.insert_if_absent(connection, t.mapping, connector_id=connector, fingerprint=fingerprint)
    return int(connection.execute(query).scalar_one())


def stream_state(connection: sa.Connection, connector: int, name: str) -> StreamState:
    """Where the stream stands; made at its beginning when it is first seen."""
    where = (t.stream.c.connector_id == connector, t.stream.c.name == name)
    row = connection.execute(sa.select(t.stream).where(*where)).first()
    if row is None:
        keyed.insert_if_absent(connection, t.stream, connector_id=connector, name=name, ordinal=0, version=0)
        row = connection.execute(sa.select(t.stream).where(*where)).one()
    return StreamState(row.id, row.name, row.cursor, row.origin, row.ordinal, row.mapping_id, row.version)


def stream_by_id(connection: sa.Connection, stream_id: int) -> StreamState:
    """Where a known stream stands."""
    row = connection.execute(sa.select(t.stream).where(t.stream.c.id == stream_id)).one()
    return StreamState(row.id, row.name, row.cursor, row.origin, row.ordinal, row.mapping_id, row.version)


def set_mapping(connection: sa.Connection, stream_id: int, mapping: int) -> None:
    """Note that every unit of the stream is mapped this way."""
    connection.execute(t.stream.update().where(t.stream.c.id == stream_id).values(mapping_id=mapping))


def begin_run(connection: sa.Connection, connector: int, at: int, actor: str, *, full: bool) -> int:
    """A new line in the run log."""
    statement = t.run.insert().values(connector_id=connector, started_at=at, state="running", full=full, actor=actor)
    return _key_of(connection.execute(statement))


def note_stream(
    connection: sa.Connection,
    run_id: int,
    stream_id: int,
    counts: Counts,
    pages: int,
    skipped: Sequence[str],
    *,
    complete: bool,
) -> None:
    """Write how far a stream of the run has come."""
    values = {
        "complete": complete, "pages": pages, "read": counts.read, "new": counts.new, "changed": counts.changed,
        "same": counts.same, "held": counts.held, "missing": counts.missing, "skipped": json.dumps(list(skipped)),
    }  # fmt: skip
    where = (t.run_stream.c.run_id == run_id, t.run_stream.c.stream_id == stream_id)
    if connection.execute(t.run_stream.update().where(*where).values(values)).rowcount == 0:
        connection.execute(t.run_stream.insert().values(run_id=run_id, stream_id=stream_id, **values))


def end_run(connection: sa.Connection, run_id: int, at: int, state: str, error: dict[str, str] | None) -> None:
    """Close the line in the run log."""
    connection.execute(
        t.run.update()
        .where(t.run.c.id == run_id)
        .values(ended_at=at, state=state, error=json.dumps(error) if error else None)
    )


def last_runs(connection: sa.Connection) -> list[LastRun]:
    """The newest run of each connector, in order of the connectors' ids."""
    newest = sa.select(sa.func.max(t.run.c.id)).group_by(t.run.c.connector_id)
    rows = connection.execute(
        sa.select(t.run, t.connector.c.key, t.connector.c.plugin)
        .join(t.connector, t.connector.c.id == t.run.c.connector_id)
        .where(t.run.c.id.in_(newest))
        .order_by(t.connector.c.id)
    ).all()
    return [
        LastRun(
            connector=row.key,
            plugin=row.plugin,
            run_id=row.id,
            state=row.state,
            started_at=row.started_at,
            ended_at=row.ended_at,
            error=json.loads(row.error) if row.error else None,
            streams=stream_runs(connection, row.id),
        )
        for row in rows
    ]


def stream_runs(connection: sa.Connection, run_id: int) -> list[StreamRun]:
    """The streams of a run, in the order in which they were first read."""
    rows = connection.execute(
        sa.select(t.run_stream, t.stream.c.name)
        .join(t.stream, t.stream.c.id == t.run_stream.c.stream_id)
        .where(t.run_stream.c.run_id == run_id)
        .order_by(t.stream.c.id)
    )
    return [
        StreamRun(
            row.name,
            Counts(row.read, row.new, row.changed, row.same, row.held, row.missing),
            row.complete,
            json.loads(row.skipped),
        )
        for row in rows
    ]
