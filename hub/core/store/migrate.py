"""Migrations: alembic, run from the package itself, one transaction each, safe when two hubs start at once."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError

from hub.core.store import tables as t
from hub.core.store.revision import current
from hub.sdk.errors import ConfigError

#: Key of the advisory lock that serialises migrations on PostgreSQL ("hubm" in ASCII).
_LOCK = 0x6875626D

_OPEN = sa.text("state = 'open'")
sa.Index("uq_held_open_unit", t.held.c.unit_id, unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    return config


def head() -> str:
    """The revision this version of the hub works with."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    assert revision is not None  # noqa: S101 -- the package ships at least one migration
    return revision


def upgrade(engine: sa.Engine) -> None:
    """Bring the data base to `head`. Nothing is written when it is there already."""
    with engine.connect().execution_options(hub_read_only=True) as connection:
        if current(connection) == head():
            return
    config = _config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise ConfigError(
                code="HUB-DB-004",
                what=f"the data base was made by another version of the hub ({current(connection)})",
                where="[hub] database",
                mend="run the newer hub, or restore the backup made before the upgrade",
            ) from error
