"""A unit of work: everything in it is written together, with its journal entry, or not at all."""

from __future__ import annotations

import copy
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import sqlalchemy as sa

from hub.core.store import journal, keyed, leases, sealing
from hub.core.store import tables as t
from hub.core.store.engine import open_engine, unreachable
from hub.core.store.leases import Lease
from hub.core.store.revision import HEAD, current
from hub.core.store.snapshots import note_day

T = TypeVar("T")

#: SQLSTATEs after which a whole transaction may simply be run again: serialization failure, deadlock.
_AGAIN = {"40001", "40P01"}
_TRIES = 5


#: How PostgreSQL plans the statements of a unit of work.
_PROBE_INDEXES = "; ".join(
    f"SET LOCAL {name} = off" for name in ("enable_hashjoin", "enable_mergejoin", "enable_seqscan", "jit")
)


@dataclass(slots=True)
class UnitOfWork:
    """One transaction. `at` is its instant (microseconds, UTC) and `actor` who acts: both go into the journal.

    `day` is the hub's date at that instant.
    """

    connection: sa.Connection
    at: int
    actor: str
    salt: bytes
    day: date

    def note_day(self) -> None:
        """Keep which day it is for the hub: what changes now takes effect on it."""
        note_day(self.connection, self.at, self.day)

    def journal(self, act: str, subject: str, payload: dict[str, Any]) -> None:
        """One entry in the chain of acts."""
        journal.append(
            self.connection, chain=journal.ACTS, at=self.at, actor=self.actor, act=act, subject=subject, payload=payload
        )


class Store:
    """The hub's data base. `now` gives the instant in microseconds, `today` the date; both come from the context's
    clock. Without `today` the date is that of UTC."""

    def __init__(self, url: str, now: Callable[[], int], today: Callable[[], date] | None = None) -> None:
        self.engine = open_engine(url)
        self._now = now
        self._today = today
        self._salt: bytes | None = None
        self._lease: Lease | None = None

    def under(self, lease: Lease) -> Store:
        """The same data base, written to only while `lease` is ours: each transaction makes sure of it first.

        Its transactions raise `LeaseLost` once another process took the lease over.
        """
        fenced = copy.copy(self)
        fenced._lease = lease
        return fenced

    def migrate(self) -> None:
        """Bring the data base to this version's schema; made from nothing when it is empty.

        Raises:
            SourceUnavailable: it cannot be reached.
            ConfigError: it was made by a newer hub.
        """
        if self.revision() == HEAD:
            return
        from hub.core.store.migrate import upgrade  # alembic takes longer to import than most commands take

        with self._reached():
            upgrade(self.engine)

    def revision(self) -> str | None:
        """The revision of the schema that the data base has; None when it is empty.

        Raises:
            SourceUnavailable: it cannot be reached.
        """
        with self._reached(), self.engine.connect().execution_options(hub_read_only=True) as connection:
            return current(connection)

    @contextmanager
    def write(self, actor: str) -> Iterator[UnitOfWork]:
        """A transaction that writes: committed at the end, rolled back on any error."""
        with self._reached(), self.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                # Our pages are small beside the tables: probe indexes. Fresh arrays and staging tables have no
                # statistics, and without this the planner scans the whole table for every page. A scan it cannot do
                # without then looks so dear that it would be compiled, for longer than it runs: no jit.
                connection.exec_driver_sql(_PROBE_INDEXES)
            if self._lease is not None:
                leases.check(connection, self._lease)
            at = self._now()
            day = self._today() if self._today else datetime.fromtimestamp(at / 1e6, UTC).date()
            salt = self._salt_of(connection)
            sealing.begin(connection, salt)
            try:
                yield UnitOfWork(connection, at, actor, salt, day)
                journal.seal(connection, at=at, actor=actor)
            finally:
                sealing.end(connection)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A transaction that only reads, seeing one state throughout."""
        with self._reached(), self.engine.connect() as plain:
            options: dict[str, Any] = {"hub_read_only": True}
            if plain.dialect.name == "postgresql":
                options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
            connection = plain.execution_options(**options)
            with connection.begin():
                yield connection

    @contextmanager
    def look(self) -> Iterator[sa.Connection]:
        """Statements that only read, each seeing the state of its instant: for what nobody else changes meanwhile.

        On PostgreSQL two round trips less than `read`.
        """
        with self._reached(), self.engine.connect() as plain:
            options: dict[str, Any] = {"hub_read_only": True}
            if plain.dialect.name == "postgresql":
                options |= {"isolation_level": "AUTOCOMMIT"}
            yield plain.execution_options(**options)

    def again(self, actor: str, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in a writing transaction; whole again, up to 5 times, when the data base asks (deadlock)."""
        for attempt in range(1, _TRIES + 1):
            try:
                with self.write(actor) as unit:
                    return work(unit)
            except sa.exc.DBAPIError as error:
                if not _asks_again(error):
                    raise
                if attempt == _TRIES:
                    raise unreachable(error) from error
        raise AssertionError("the last try returns or raises")

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()

    def rest(self) -> None:
        """Close the connections that nobody uses just now: each keeps up to 64 MB of what it read. Others are made
        when they are wanted; those in use are closed when they are given back."""
        self.engine.dispose()

    def _salt_of(self, connection: sa.Connection) -> bytes:
        if self._salt is not None:
            return self._salt
        query = sa.select(t.meta.c.value).where(t.meta.c.name == "salt")
        text = connection.execute(query).scalar()
        if text is not None:
            self._salt = bytes.fromhex(text)
            return self._salt
        # Not remembered yet: this transaction may be rolled back, and the salt with it.
        keyed.insert_if_absent(connection, t.meta, name="salt", value=secrets.token_hex(16))
        return bytes.fromhex(connection.execute(query).scalar_one())

    @contextmanager
    def _reached(self) -> Iterator[None]:
        try:
            yield
        except sa.exc.OperationalError as error:
            if _asks_again(error):
                raise
            raise unreachable(error) from error


def _asks_again(error: sa.exc.DBAPIError) -> bool:
    """True when the data base wants the whole transaction again."""
    return getattr(error.orig, "sqlstate", None) in _AGAIN
