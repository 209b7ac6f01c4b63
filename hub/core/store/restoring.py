"""Putting a backup back: into a SQLite file that takes the old one's place when it is whole, or into PostgreSQL in one
transaction. Older backups are migrated on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.util.exc import CommandError

from hub.core.store import bulk, leases, migrate
from hub.core.store.backup import LEFT_OUT, Reader, newer
from hub.core.store.database import Store, UnitOfWork
from hub.core.store.engine import open_engine, unreachable
from hub.core.store.restored import note_restored
from hub.core.store.tables import whole_metadata
from hub.sdk.errors import ConfigError

#: Tables whose rows are no fact: a data base that has nothing else is empty.
_NO_FACTS = ("alembic_version", "meta", "run_lease", "alarm", "backlog")


@dataclass(frozen=True, slots=True)
class Moment:
    """When a restore happens: microseconds UTC, and the hub's date."""

    at: int
    day: date


def is_empty(store: Store) -> bool:
    """Whether the data base has no fact yet, of whatever revision it is.

    Raises:
        DatabaseUnreachable: it cannot be read.
    """
    try:
        with store.engine.connect().execution_options(hub_read_only=True) as connection:
            for name in sa.inspect(connection).get_table_names():
                if name not in _NO_FACTS and connection.execute(sa.text(f'SELECT 1 FROM "{name}" LIMIT 1')).first():  # noqa: S608 -- names as the data base tells them
                    return False
            return True
    except sa.exc.DBAPIError as error:
        raise unreachable(error) from error


def at_work(store: Store) -> list[str]:
    """What holds a lease on this data base now: daemons, runs.

    Raises:
        DatabaseUnreachable: it cannot be read.
    """
    try:
        with store.engine.connect().execution_options(hub_read_only=True) as connection:
            there = sa.inspect(connection).has_table("run_lease")
            return sorted(leases.living(connection, "")) if there else []
    except sa.exc.DBAPIError as error:
        raise unreachable(error) from error


def into_file(reader: Reader, target: Path, moment: Moment, progress: Callable[[str, int], None]) -> Path:
    """Make a SQLite data base of the backup beside `target` and return its path; whoever calls puts it in place."""
    made = target.with_name(target.name + ".restoring")
    for end in ("", "-wal", "-shm"):
        Path(f"{made}{end}").unlink(missing_ok=True)
    made.parent.mkdir(parents=True, exist_ok=True)
    engine = open_engine(f"sqlite:///{made}")
    try:
        with engine.begin() as connection:
            _fill(connection, reader, moment, progress)
    except sa.exc.OperationalError as error:
        raise unreachable(error) from error
    finally:
        engine.dispose()
    return made


def put_in_place(made: Path, target: Path, aside: Path | None) -> None:
    """The new file in the place of the old one, in one step; the old one is kept as `aside`.

    Raises:
        ConfigError: another process has the old one open.
    """
    if aside is not None and target.exists():
        engine = open_engine(f"sqlite:///{target}")
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        except sa.exc.DBAPIError:  # damaged, perhaps why it is restored: it is kept with its log as it is
            for end in ("-wal", "-shm"):
                if (log := Path(f"{target}{end}")).exists():
                    log.rename(f"{aside}{end}")
        finally:
            engine.dispose()
        if any(Path(f"{target}{end}").exists() for end in ("-wal", "-shm")):
            raise in_use(str(target), "another process has it open")
        aside.hardlink_to(target)  # at each instant there is a data base under its name
    made.replace(target)


def into_server(
    store: Store, reader: Reader, moment: Moment, drop_schema: str, progress: Callable[[str, int], None]
) -> None:
    """Replace what is in a PostgreSQL data base by the backup, in one transaction.

    `drop_schema`: what the engine of the jobs keeps there; it is dropped.
    """
    try:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("SET LOCAL lock_timeout = '30s'")
            _drop_everything(connection, drop_schema)
            _fill(connection, reader, moment, progress)
    except sa.exc.OperationalError as error:
        raise unreachable(error) from error


def _drop_everything(connection: sa.Connection, drop_schema: str) -> None:
    for name in [*whole_metadata().tables, "alembic_version"]:
        connection.exec_driver_sql(f'DROP TABLE IF EXISTS "{name}" CASCADE')
    functions = connection.exec_driver_sql(
        r"SELECT proname FROM pg_proc WHERE pronamespace = current_schema()::regnamespace AND proname LIKE 'hub\_%%'"
    ).scalars()
    for name in list(functions):
        connection.exec_driver_sql(f'DROP FUNCTION "{name}" CASCADE')
    connection.exec_driver_sql(f'DROP SCHEMA IF EXISTS "{drop_schema}" CASCADE')


def _fill(connection: sa.Connection, reader: Reader, moment: Moment, progress: Callable[[str, int], None]) -> None:
    """The schema as it was, the rows, then the migrations that came since; the mark of a restored data base."""
    config = migrate._config()
    config.attributes["connection"] = connection
    manifest = reader.manifest
    try:
        command.upgrade(config, manifest.revision)
    except CommandError as error:
        raise newer(Path(reader.name), f"schema {manifest.revision}") from error
    tables = _tables(connection, reader)
    rules = _rules_off(connection, tables)
    for table in reversed(tables):
        connection.execute(table.delete())
    parts = {part.name: part for part in manifest.parts}
    for table in tables:
        part = parts[table.name]
        names = [name for name, _ in part.columns]
        for batch in reader.batches(part):
            bulk.insert_rows(connection, table, names, batch)
        progress(table.name, part.rows)
    _rules_on(connection, rules)
    _count_on(connection, tables)
    command.upgrade(config, "head")
    unit = UnitOfWork(connection, moment.at, "hub restore", b"", moment.day)
    note_restored(unit, manifest.made_at, manifest.digest)


def _tables(connection: sa.Connection, reader: Reader) -> list[sa.Table]:
    """The tables of that revision in the order in which rows may come; they must be those of the backup."""
    found = sa.MetaData()
    found.reflect(connection)
    tables = [table for table in found.sorted_tables if table.name not in ("alembic_version", *LEFT_OUT)]
    there = {table.name: {column.name for column in table.columns} for table in tables}
    told = {part.name: {name for name, _ in part.columns} for part in reader.manifest.parts}
    if there != told:
        other = sorted({name for name in there.keys() | told.keys() if there.get(name) != told.get(name)})
        raise reader.damaged(f"its tables are not those of schema {reader.manifest.revision}: {', '.join(other)}")
    return tables


def _rules_off(connection: sa.Connection, tables: list[sa.Table]) -> list[str]:
    """Switch the data base's own rules off: they judge acts one by one, and these rows were judged already.

    Returns what switches them on again.
    """
    if bulk.is_sqlite(connection):
        rows = connection.exec_driver_sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").all()
        for name, _ in rows:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        return [sql for _, sql in rows]
    for table in tables:
        connection.exec_driver_sql(f'ALTER TABLE "{table.name}" DISABLE TRIGGER USER')
    return [f'ALTER TABLE "{table.name}" ENABLE TRIGGER USER' for table in tables]


def _rules_on(connection: sa.Connection, statements: list[str]) -> None:
    if not bulk.is_sqlite(connection):
        connection.exec_driver_sql("SET CONSTRAINTS ALL IMMEDIATE")
    for statement in statements:
        connection.exec_driver_sql(statement)


def _count_on(connection: sa.Connection, tables: list[sa.Table]) -> None:
    """New rows get numbers after the restored ones; SQLite does so by itself."""
    if bulk.is_sqlite(connection):
        return
    for table in tables:
        if "id" in table.columns and isinstance(table.c.id.type, sa.Integer):
            sequence = f"pg_get_serial_sequence('{table.name}', 'id')"
            connection.exec_driver_sql(
                f'SELECT setval({sequence}, coalesce(max(id), 1), max(id) IS NOT NULL) FROM "{table.name}"'  # noqa: S608 -- names of our own tables
            )


def in_use(where: str, what: str) -> ConfigError:
    """Somebody works on the data base that is to be replaced."""
    return ConfigError(
        code="HUB-BAK-004", what=f"the data base is in use: {what}", where=where,
        mend="stop the daemon and wait for commands at work, then restore again; nothing was changed",
    )  # fmt: skip
