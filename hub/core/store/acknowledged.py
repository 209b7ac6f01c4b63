"""Entries of the books that bear the reference of a posting: which were looked at, which were known again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import as_known
from hub.core.store.sightings import links_standing
from hub.sdk.records import Receipt
from hub.sdk.roles import Columns


def looked_through(connection: sa.Connection, connector: int) -> int | None:
    """Up to which instant of recording the entries of a connector were looked at; None: it has no batch."""
    look, b = t.ledger_look, t.ledger_batch
    first = connection.execute(sa.select(sa.func.min(b.c.recorded_at)).where(b.c.connector_id == connector)).scalar()
    if first is None:
        return None
    through = connection.execute(sa.select(look.c.through).where(look.c.connector_id == connector)).scalar()
    return int(through) if through is not None else int(first) - 1


def newer_entries(connection: sa.Connection, connector: int, after: int) -> list[sa.Row[Any]]:
    """Receipts of a connector recorded after an instant: (recorded_at, id, and the fields of `Receipt`), in order of
    recording."""
    r = as_known("receipt", None)
    columns = (r.c.recorded_at, r.c.id, *(r.c[name] for name in Receipt.model_fields))
    statement = sa.select(*columns).where(r.c.connector_id == connector, r.c.recorded_at > after)
    return list(connection.execute(statement.order_by(r.c.recorded_at, r.c.id)).all())


def unlinked(connection: sa.Connection, connector: int) -> set[int]:
    """Postings with an entry that the books have and that no link makes one sum with another receipt."""
    a, r, p, b, s = t.ledger_acknowledgement, t.receipt, t.ledger_posting, t.ledger_batch, t.sighting
    ends = sa.union(
        sa.select(s.c.receipt_id).where(links_standing()), sa.select(s.c.carrier_id).where(links_standing())
    )
    statement = (
        sa.select(a.c.posting_id)
        .join(r, r.c.id == a.c.entry_id)
        .join(p, p.c.id == a.c.posting_id)
        .join(b, b.c.id == p.c.batch_id)
        .where(b.c.connector_id == connector, r.c.withdrawn_at.is_(None), a.c.entry_id.not_in(ends))
    )
    return set(connection.execute(statement).scalars())


def as_columns(rows: Sequence[sa.Row[Any]]) -> Columns:
    """Receipts as they cross the pipe: dates as text."""
    values = {
        name: [value.isoformat() if isinstance(value := getattr(row, name), date) else value for row in rows]
        for name in Receipt.model_fields
    }
    return Columns(
        "receipt", list(range(len(rows))), {k: v for k, v in values.items() if any(x is not None for x in v)}
    )


def acknowledge(unit: UnitOfWork, connector: int, pairs: Sequence[tuple[int, int]], through: int) -> None:
    """Note the entries (posting, receipt of the books) that came back, and up to where the entries were looked at."""
    look, a = t.ledger_look, t.ledger_acknowledgement
    if (
        unit.connection.execute(look.update().where(look.c.connector_id == connector).values(through=through)).rowcount
        == 0
    ):
        unit.connection.execute(look.insert().values(connector_id=connector, through=through))
    known = bulk.rows_by_id(
        unit.connection, (a.c.posting_id, a.c.entry_id), a.c.posting_id, sorted({p for p, _ in pairs})
    )
    new = sorted(set(pairs) - {(row.posting_id, row.entry_id) for row in known})
    if new:
        said = {"recorded_at": unit.at, "actor": unit.actor}
        unit.connection.execute(a.insert(), [{"posting_id": p, "entry_id": e, **said} for p, e in new])
        unit.journal("acknowledge", "ledger_posting", {"entries": [list(pair) for pair in new]})
