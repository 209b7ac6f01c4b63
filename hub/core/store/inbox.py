"""The inbox of webhooks: verified calls, stored before they are answered, until their objects were read again.

On PostgreSQL it is a table among the others. On SQLite it is a file of its own beside the data base: a bulk load holds
the data base's only write lock for as long as a page takes, and a sender does not wait. No fact stands in it: losing it
costs what the next ordinary run finds.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.engine import open_engine, unreachable

#: As text: while a sender waits, an expression would be compiled, for one row otherwise than for several.
_UPSERT = sa.text(
    "INSERT INTO inbox (connector_key, event_id, subject, headers, body, received_at, deliveries, tries) "
    "VALUES (:connector_key, :event_id, :subject, :headers, :body, :received_at, :deliveries, 0) "
    "ON CONFLICT (connector_key, event_id) DO UPDATE SET deliveries = inbox.deliveries + excluded.deliveries"
)
#: For PostgreSQL: all rows in one statement that is a transaction by itself, so that storing is one round trip.
_UPSERT_ARRAYS = sa.text(
    "INSERT INTO inbox (connector_key, event_id, subject, headers, body, received_at, deliveries, tries) "
    "SELECT *, 0 FROM unnest("
    "CAST(:connector_key AS text[]), CAST(:event_id AS text[]), CAST(:subject AS text[]), CAST(:headers AS text[]), "
    "CAST(:body AS bytea[]), CAST(:received_at AS bigint[]), CAST(:deliveries AS int[])) "
    "ON CONFLICT (connector_key, event_id) DO UPDATE SET deliveries = inbox.deliveries + excluded.deliveries"
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One verified event to be stored. `headers` are those worth keeping: no signature, no secret."""

    connector_key: str
    event_id: str
    stream: str
    ref: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Waiting:
    """An event that waits for its object to be read again; `tries`: how often that failed through its fault."""

    id: int
    stream: str
    ref: str
    tries: int


@dataclass(frozen=True, slots=True)
class Heap:
    """What lies in the inbox of one connector; `oldest_at` of those that wait, in microseconds UTC."""

    waiting: int
    oldest_at: int | None
    handled: int
    given_up: int
    deliveries: int


class Inbox:
    """The inbox that belongs to the data base at `url`; `now` gives the instant in microseconds UTC.

    Every method raises `DatabaseUnreachable` when it cannot be read or written.
    """

    def __init__(self, url: str, now: Callable[[], int]) -> None:
        self._now = now
        self._file = _file_of(url)
        self._url = url if self._file is None else f"sqlite:///{self._file}"
        self._made = self._file is None
        self._engine = open_engine(self._url, ping=False)

    def prepare(self) -> None:
        """Connect, and make the file if there is none: what the first sender would otherwise wait for."""
        with self._write() as connection:
            connection.execute(sa.select(sa.func.max(t.inbox.c.id)))

    def put(self, deliveries: Sequence[Delivery]) -> None:
        """Store these; one that is there already only counts as delivered once more. All of them, or none."""
        first: dict[tuple[str, str], Delivery] = {}
        count: dict[tuple[str, str], int] = {}
        for one in deliveries:
            key = (one.connector_key, one.event_id)
            first.setdefault(key, one)
            count[key] = count.get(key, 0) + 1
        if not first:
            return
        at = self._now()
        rows: list[dict[str, Any]] = [
            {
                "connector_key": one.connector_key, "event_id": one.event_id,
                "subject": json.dumps([one.stream, one.ref], ensure_ascii=False),
                "headers": json.dumps(one.headers, ensure_ascii=False), "body": one.body,
                "received_at": at, "deliveries": count[key],
            }
            for key, one in sorted(first.items())  # in one order, so that two processes do not wait for each other
        ]  # fmt: skip
        if self._file is None:
            self._put_arrays({name: [row[name] for row in rows] for name in rows[0]})
            return
        with self._write() as connection:
            connection.execute(_UPSERT, rows)

    def _put_arrays(self, arrays: dict[str, list[Any]]) -> None:
        try:
            self._put_at_once(arrays)
        except sa.exc.DBAPIError as error:
            if not error.connection_invalidated:
                raise unreachable(error) from error
            with self._reached():  # the server was started anew; at worst a delivery is counted twice
                self._put_at_once(arrays)

    def _put_at_once(self, arrays: dict[str, list[Any]]) -> None:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(_UPSERT_ARRAYS, arrays)

    def waiting(self) -> dict[str, int]:
        """The newest event that waits, by connector key; connectors for which none waits are left out."""
        query = sa.select(t.inbox.c.connector_key, sa.func.max(t.inbox.c.id)).where(t.inbox.c.handled_at.is_(None))
        with self._read() as connection:
            if connection is None:
                return {}
            return {row[0]: int(row[1]) for row in connection.execute(query.group_by(t.inbox.c.connector_key))}

    def take(self, connector_key: str, most: int) -> list[Waiting]:
        """At most `most` events that wait, those received first before the others, and those that failed at the end.
        They go on waiting."""
        i = t.inbox
        query = (
            sa.select(i.c.id, i.c.subject, i.c.tries)
            .where(i.c.handled_at.is_(None), i.c.connector_key == connector_key)
            .order_by(i.c.tries, i.c.id)
            .limit(most)
        )
        with self._read() as connection:
            rows = [] if connection is None else connection.execute(query).all()
        subjects = [json.loads(row.subject) for row in rows]
        return [Waiting(row.id, stream, ref, row.tries) for row, (stream, ref) in zip(rows, subjects, strict=True)]

    def note_handled(self, ids: Sequence[int]) -> None:
        """The objects of these events were read again, after they had come in."""
        self._note(ids, handled_at=self._now(), error=None)

    def note_failed(self, event: Waiting, error: str, most_tries: int) -> bool:
        """Reading failed through the fault of this event; true when it is given up, for it failed so often."""
        over = event.tries + 1 >= most_tries
        self._note([event.id], tries=event.tries + 1, error=error, handled_at=self._now() if over else None)
        return over

    def heaps(self) -> dict[str, Heap]:
        """What lies in it, by connector key."""
        i = t.inbox
        open_ = i.c.handled_at.is_(None)
        query = sa.select(
            i.c.connector_key,
            sa.func.count().filter(open_),
            sa.func.min(i.c.received_at).filter(open_),
            sa.func.count().filter(~open_, i.c.error.is_(None)),
            sa.func.count().filter(~open_, i.c.error.is_not(None)),
            bulk.total(i.c.deliveries),
        ).group_by(i.c.connector_key)
        with self._read() as connection:
            rows = [] if connection is None else connection.execute(query).all()
        return {row[0]: Heap(*row[1:]) for row in rows}

    def prune(self, before: int) -> int:
        """Forget events that were dealt with before this instant (microseconds UTC); how many."""
        with self._read() as connection:
            if connection is None:
                return 0
        with self._write() as connection:
            return connection.execute(t.inbox.delete().where(t.inbox.c.handled_at < before)).rowcount

    def close(self) -> None:
        """Give all connections back."""
        self._engine.dispose()

    def _note(self, ids: Sequence[int], **values: int | str | None) -> None:
        with self._write() as connection:
            for start in range(0, len(ids), 500):
                connection.execute(t.inbox.update().where(t.inbox.c.id.in_(ids[start : start + 500])).values(**values))

    @contextmanager
    def _read(self) -> Iterator[sa.Connection | None]:
        """A transaction that reads; None while there is no inbox."""
        if self._file is not None and not self._file.exists():
            yield None
            return
        self._make()
        with self._reached(), self._engine.connect() as plain:
            connection = plain.execution_options(hub_read_only=True)
            with connection.begin():
                yield connection

    @contextmanager
    def _write(self) -> Iterator[sa.Connection]:
        self._make()
        with self._reached(), self._engine.begin() as connection:
            yield connection

    def _make(self) -> None:
        """The table in a file of its own; a column that comes later is added here, for alembic knows but one data
        base."""
        if not self._made:
            with self._reached(), self._engine.begin() as connection:
                t.inbox.create(connection, checkfirst=True)
            self._made = True

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.DBAPIError as error:
            raise unreachable(error) from error


def _file_of(url: str) -> Path | None:
    """The file of the inbox beside a SQLite data base: ``hub.db`` has ``hub.inbox.db``. None on PostgreSQL."""
    parsed = sa.make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    path = Path(parsed.database)
    return path.with_name(f"{path.stem}.inbox{path.suffix}")
