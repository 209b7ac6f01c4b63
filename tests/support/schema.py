"""The schema of a data base beside the one that the code expects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from hub.core.store import Store, migrate
from hub.core.store.tables import whole_metadata


def schema_differences(connection: sa.Connection) -> list[Any]:
    """What alembic would still have to do; empty when they are the same."""
    return list(compare_metadata(_as_is(connection), whole_metadata()))


def upgrade_to(store: Store, revision: str) -> None:
    """The schema as it was at a revision, in a data base that has none or an older one."""
    config = migrate._config()
    with store.engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def fill(connection: sa.Connection, statements: Iterable[str]) -> None:
    """Run plain SQL, in which a colon is a colon."""
    for statement in statements:
        connection.execute(sa.text(statement.replace(":", "\\:")))


def _as_is(connection: sa.Connection) -> MigrationContext:
    """The schema that is there; keys that only SQLite has are asked of SQLite only."""
    options = {"compare_type": True, "include_object": lambda *named: _belongs(connection, *named)}
    return MigrationContext.configure(connection, opts=options)


def _belongs(connection: sa.Connection, thing: Any, _name: str, kind: str, reflected: bool, _to: object) -> bool:
    """False for a foreign key of the metadata that this data base is not to have."""
    if kind != "foreign_key_constraint" or reflected or thing._ddl_if is None:
        return True
    return bool(connection.dialect.name == thing._ddl_if.dialect)
