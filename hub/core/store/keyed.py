"""Rows found by their key: inserted when they are absent, changed when they are there; also by two at one instant."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import sqlalchemy as sa


def insert_if_absent(connection: sa.Connection, table: sa.Table, **values: Any) -> None:
    """Insert a row unless its key is there, also when two transactions do it at the same instant."""
    connection.execute(_upsert(connection.dialect.name)(table).values(**values).on_conflict_do_nothing())


def put(
    connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]], kept: Collection[str] = ()
) -> None:
    """Write rows by their primary key: those that are there are changed, and only when something in them differs.

    Args:
        rows: all of the same columns, each key once.
        kept: columns that stay as they are in rows that are there.
    """
    insert = _upsert(connection.dialect.name)(table)
    told = {name: insert.excluded[name] for name in rows[0] if not table.c[name].primary_key and name not in kept}
    differs = sa.or_(*(table.c[name].is_distinct_from(value) for name, value in told.items()))
    connection.execute(
        insert.on_conflict_do_update(index_elements=table.primary_key, set_=told, where=differs), list(rows)
    )


def _upsert(dialect: str) -> Any:
    """The INSERT of a dialect; the other one is not loaded for it."""
    if dialect == "sqlite":
        from sqlalchemy.dialects.sqlite import insert as into_sqlite

        return into_sqlite
    from sqlalchemy.dialects.postgresql import insert as into_postgresql

    return into_postgresql
