"""Opening the data base: SQLite made safe, PostgreSQL as it is."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.sdk.errors import ConfigError, SourceUnavailable

#: How long a writer waits for another process's transaction on SQLite, in milliseconds.
BUSY_TIMEOUT_MS = 30_000
_TRIED_AGAIN_S = 0.01
#: From how long a rest on a connection is tried before it is used, in seconds.
_RESTED_S = 1.0


def open_engine(url: str, *, ping: bool = True) -> sa.Engine:
    """An engine for `url`; nothing is connected yet.

    PostgreSQL: a connection that rested is tried before it is used, unless `ping` is false: a round trip less.
    SQLite: WAL with full synchronisation, foreign keys, a busy time-out, and transactions that take the write lock
    when they begin, so that nobody fails half way.

    Raises:
        ConfigError: the address is malformed or of another data base.
    """
    try:
        parsed = sa.make_url(url)
    except sa.exc.ArgumentError as error:
        raise _bad_url("is not an address of a data base") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        return _postgresql(parsed, ping)
    raise _bad_url(f"names {parsed.get_backend_name()!r}, which the hub does not use")


def _bad_url(what: str) -> ConfigError:
    return ConfigError(
        code="HUB-DB-001",
        what=f"[hub] database {what}",
        where="[hub] database",
        mend='write "sqlite:///hub.db" or "postgresql+psycopg://user@host/name"',
    )


def _sqlite(url: sa.URL) -> sa.Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise unreachable(error) from error
    engine = sa.create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})

    @sa.event.listens_for(engine, "do_connect")
    def keep_private(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        """A new file is this user's alone, and so are those that SQLite puts beside it: it is confidential."""
        if url.database and url.database != ":memory:":
            with contextlib.suppress(OSError):  # told by the connecting itself
                os.close(os.open(url.database, os.O_RDWR | os.O_CREAT, 0o600))

    @sa.event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, see below
        _use_wal(connection)
        for pragma in (
            "synchronous = FULL",
            "foreign_keys = ON",
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "temp_store = MEMORY",
            "cache_size = -65536",
            "wal_autocheckpoint = 4000",
        ):
            connection.execute(f"PRAGMA {pragma}")

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        read_only = connection.get_execution_options().get("hub_read_only", False)
        connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")

    return engine


def _use_wal(connection: sqlite3.Connection) -> None:
    """Put the file in WAL, which it remembers.

    Two connections that do so to a new file at one instant would wait for each other: SQLite refuses one of them at
    once, however long it may wait otherwise.
    """
    until = time.monotonic() + BUSY_TIMEOUT_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(_TRIED_AGAIN_S)
        else:
            return


def _postgresql(url: sa.URL, ping: bool) -> sa.Engine:
    if url.get_driver_name() not in ("psycopg", "psycopg2"):
        raise _bad_url(f"uses the driver {url.get_driver_name()!r}")
    try:
        engine = sa.create_engine(url.set(drivername="postgresql+psycopg"))
    except ModuleNotFoundError as error:
        raise ConfigError(
            code="HUB-DB-002",
            what="PostgreSQL is asked for, but its driver is not installed",
            where="[hub] database",
            mend="install the extra: pip install 'receivables-hub[postgres]'",
        ) from error
    if ping:
        _try_what_rested(engine)
    return engine


def _try_what_rested(engine: sa.Engine) -> None:
    """Try a connection that rested before it is used: the server may have gone meanwhile. One that was used a moment
    ago, as between the pages of a run, is not tried."""

    @sa.event.listens_for(engine, "checkin")
    def rests(_connection: Any, record: Any) -> None:
        record.info["rests_since"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def wakes(connection: Any, record: Any, _fairy: Any) -> None:
        since = record.info.pop("rests_since", None)
        if since is None or time.monotonic() - since < _RESTED_S:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise sa.exc.InvalidatePoolError("the data base closed its connections") from error


class DatabaseUnreachable(SourceUnavailable):
    """The hub's own data base is out of reach, busy, full or read-only: no run can go on, whichever connector it is."""


class _Cause(NamedTuple):
    """One way in which a data base fails: how it is told apart, what is said, and what to do."""

    code: str
    states: tuple[str, ...]
    words: tuple[str, ...]
    what: str
    mend: str


#: Told apart by PostgreSQL's SQLSTATE or by SQLite's words, in this order.
_CAUSES = (
    _Cause(
        "HUB-DB-005", ("55P03",), ("database is locked", "database table is locked", "database schema is locked"),
        "the data base is busy: another process has been writing for too long",
        "wait until the other hub command (or the tool that has the file open) is done, then run the command again",
    ),
    _Cause(
        "HUB-DB-006", ("25006", "42501"), ("readonly database", "unable to open database file"),
        "the data base cannot be opened for writing",
        "give this user the right to write the file and its folder (SQLite keeps two files beside it), let the server "
        "accept writes, or correct the address; then run the command again",
    ),
    _Cause(
        "HUB-DB-007", ("53100",), ("disk is full", "no space left"),
        "there is no room left for the data base",
        "make room on its disk, then run the command again; it goes on where it ended",
    ),
    _Cause(
        "HUB-DB-008", ("58030",), ("disk i/o error",),
        "the disk of the data base failed to read or write",
        "look at the disk and at the machine's log; run hub verify once it is mended",
    ),
)  # fmt: skip


@contextmanager
def reached() -> Iterator[None]:
    """What a data base fails to do in this block is told as `DatabaseUnreachable`, whoever asked it."""
    try:
        yield
    except sa.exc.OperationalError as error:
        raise unreachable(error) from error


def unreachable(error: Exception) -> DatabaseUnreachable:
    """The data base did not do its work: the same words wherever it happens, by what kept it from it."""
    first = str(getattr(error, "orig", error)).strip().splitlines()
    said = first[0] if first else type(error).__name__
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    for cause in _CAUSES:
        if state in cause.states or any(word in said.lower() for word in cause.words):
            return DatabaseUnreachable(
                code=cause.code, what=f"{cause.what}: {said}", where="[hub] database", mend=cause.mend
            )
    return DatabaseUnreachable(
        code="HUB-DB-003",
        what=f"the data base is out of reach: {said}",
        where="[hub] database",
        mend="start it or correct the address, then run the command again; nothing was half done",
    )
