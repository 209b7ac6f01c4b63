"""Which schema the data base has, told without alembic: every command asks, few need to migrate."""

from __future__ import annotations

import sqlalchemy as sa

#: The newest migration under `migrations/versions`; a test compares them.
HEAD = "0017"


def current(connection: sa.Connection) -> str | None:
    """The revision the data base is at; None when it is empty."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()
    return revision
