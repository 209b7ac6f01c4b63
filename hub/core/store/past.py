"""Rows that go to the history: copied inside the data base, and summed up for the journal's seal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store.sealing import note_past


def to_history(
    connection: sa.Connection, source: sa.Table, past: sa.Table, ids: Sequence[int], at: int, names: Mapping[str, str]
) -> None:
    """Copy the rows of `source` with these ids to `past`, superseded at the instant `at`.

    `names`: column of `source` -> column of `past`, in the order of the latter. What is summed up is what was copied:
    both are of one transaction, and nothing but it writes these rows.
    """
    if not ids:
        return
    rows = bulk.rows_by_id(connection, [source.c[name] for name in names], source.c.id, ids)
    bulk.copy_rows(connection, source, past, names, ids, at)
    note_past(connection, past.name, [(*row[1:], at) for row in rows])
