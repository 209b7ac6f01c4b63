"""Allocations that the books confirmed and then gave up: their settlement is gone, the invoice is open there again.

Such an allocation is no money on the way to the books any more; it is a disagreement that a person settles. It is told
by what the hub knew: a settlement that came after the allocation was made and does not stand now.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.record_tables import RECORD_TABLES


def once_confirmed(
    connection: sa.Connection, known_at: int | None, only: Sequence[int] | None = None
) -> frozenset[int]:
    """Standing allocations whose invoice the books settled further after they were made, and then not any more.

    Whether the books now hold less than they would with this allocation is for the caller: he knows the sums.
    `only`: those of these documents.
    """
    a = t.allocation
    standing: sa.ColumnElement[bool] = a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id))
    if only is not None:
        standing = sa.and_(standing, bulk.among(connection, a.c.invoice_id, only))
    found: set[int] = set()
    for evidence in (_snapshots(known_at), _lines(known_at), _absences(known_at)):
        found.update(connection.execute(evidence.where(standing).distinct()).scalars())
    return frozenset(found)


def _since(past: Any, known_at: int | None) -> sa.ColumnElement[bool]:
    """The row came after the allocation, and its end was known at that instant."""
    came = past.recorded_at > t.allocation.c.recorded_at
    return came if known_at is None else sa.and_(came, past.superseded_at <= known_at)


def _snapshots(known_at: int | None) -> sa.Select[Any]:
    """The books' own open amount: a version of the invoice that is superseded had more settled."""
    a, past = t.allocation, RECORD_TABLES["invoice"].history.c
    return (
        sa.select(a.c.id)
        .join(RECORD_TABLES["invoice"].history, past.id == a.c.invoice_id)
        .where(past.settled_minor > a.c.books_settled_minor, _since(past, known_at))
    )


def _lines(known_at: int | None) -> sa.Select[Any]:
    """Lettrage: a line on the invoice that came after the allocation and was withdrawn or changed since."""
    a, i, table = t.allocation, t.invoice, RECORD_TABLES["settlement_line"]
    now, past = table.current.c, table.history.c
    ended = sa.select(*_of_line(now), now.recorded_at, now.withdrawn_at.label("superseded_at")).where(
        now.withdrawn_at.is_not(None)
    )
    gone = ended.union_all(sa.select(*_of_line(past), past.recorded_at, past.superseded_at)).subquery("gone")
    same = sa.and_(
        i.c.connector_id == gone.c.connector_id,
        i.c.kind == gone.c.target,
        i.c.seller == gone.c.seller,
        i.c.number_key == gone.c.document_key,
    )
    joined = gone.join(i, same).join(a, a.c.invoice_id == i.c.id)
    return sa.select(a.c.id).select_from(joined).where(_since(gone.c, known_at))


def _of_line(columns: Any) -> list[Any]:
    return [columns.connector_id, columns.target, columns.seller, columns.document_key]


def _absences(known_at: int | None) -> sa.Select[Any]:
    """The invoice was missing from a complete reading, which meant paid, and came back."""
    a, i, past = t.allocation, t.invoice, t.raw_unit_history
    joined = past.join(i, i.c.unit_id == past.c.unit_id).join(a, a.c.invoice_id == i.c.id)
    return sa.select(a.c.id).select_from(joined).where(past.c.state == "settled", _since(past.c, known_at))
