"""Money received on electronic invoices, and the statuses that were prepared of it: each once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.store import tables as t
from hub.core.store.allocations import refused_by_rule
from hub.core.store.books import attached_documents
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import Books
from hub.core.store.sightings import standing
from hub.sdk.errors import HubError

_CHUNK = 500


class Due(NamedTuple):
    """Money applied to an invoice of which an e-invoice is known: the allocation, and where the e-invoice stands."""

    allocation_id: int
    receipt_row: int
    receipt_id: str
    received_on: date
    invoice_row: int
    invoice_number: str
    seller: str
    amount_minor: int
    currency: str
    evidence: str
    connector_id: int
    evidence_id: int
    position: int


class Status(NamedTuple):
    """A status that was prepared. `gone`: its allocation was reversed since, why."""

    allocation_id: int
    receipt_row: int
    receipt_id: str
    received_on: date
    invoice_row: int
    invoice_number: str
    seller: str
    amount_minor: int
    currency: str
    plain: str
    recorded_at: int
    gone: str | None


def due(connection: sa.Connection, connectors: Sequence[int], books: Books) -> list[Due]:
    """Standing allocations of money to invoices that one of these connectors tells as an e-invoice, of that year or as
    the same document under another date or spelling; in order of recording; whether a status was prepared or not."""
    i, e = t.invoice, t.invoice.alias("e")
    told = sa.and_(e.c.connector_id.in_(sorted(connectors)), e.c.withdrawn_at.is_(None))
    same = sa.and_(
        e.c.seller == i.c.seller, e.c.kind == i.c.kind, e.c.number_key == i.c.number_key,
        e.c.issue_year == i.c.issue_year,
    )  # fmt: skip
    rows = _due(connection, e, sa.and_(told, same))
    attached = sorted(attached_documents(connection, books).items()) if connectors else []
    for start in range(0, len(attached), _CHUNK):
        pair = sa.tuple_(e.c.id, i.c.id).in_(attached[start : start + _CHUNK])
        rows += _due(connection, e, sa.and_(told, pair))
    rows.sort(key=lambda row: (row[0].allocation_id, row[0].connector_id, row[1]))
    first: dict[int, Due] = {}
    for one, _ in rows:
        first.setdefault(one.allocation_id, one)
    return list(first.values())


def _due(connection: sa.Connection, e: sa.FromClause, told_as: sa.ColumnElement[bool]) -> list[tuple[Due, int]]:
    """Each with the id of the e-invoice `e` that tells the invoice."""
    a, r, i, unit = t.allocation, t.receipt, t.invoice, t.raw_unit
    statement = (
        sa.select(
            a.c.id, r.c.id, r.c.receipt_id, r.c.received_on, i.c.id, i.c.number, i.c.seller, a.c.amount_minor,
            a.c.currency, a.c.evidence, e.c.connector_id, unit.c.evidence_id, unit.c.position, e.c.id,
        )
        .select_from(
            a.join(r, r.c.id == a.c.receipt_id)
            .join(i, i.c.id == a.c.invoice_id)
            .join(e, told_as)
            .join(unit, unit.c.id == e.c.unit_id)
        )
        .where(
            a.c.nature == "money", a.c.amount_minor > 0, i.c.kind == "invoice", unit.c.state == "mapped",
            standing(a, t.allocation_reversal, "allocation_id"),
        )
    )  # fmt: skip
    return [(Due(*row[:-1]), row[-1]) for row in map(tuple, connection.execute(statement))]


def statuses(connection: sa.Connection) -> list[Status]:
    """All statuses that were prepared, in order of their allocations."""
    s, a, r, i, undo = t.collected_status, t.allocation, t.receipt, t.invoice, t.allocation_reversal
    statement = (
        sa.select(
            a.c.id, r.c.id, r.c.receipt_id, r.c.received_on, i.c.id, i.c.number, i.c.seller, a.c.amount_minor,
            a.c.currency, s.c.plain, s.c.recorded_at, undo.c.reason,
        )
        .select_from(
            s.join(a, a.c.id == s.c.allocation_id)
            .join(r, r.c.id == a.c.receipt_id)
            .join(i, i.c.id == a.c.invoice_id)
            .outerjoin(undo, undo.c.allocation_id == a.c.id)
        )
        .order_by(a.c.id)
    )  # fmt: skip
    return [Status(*list(row)) for row in connection.execute(statement)]


def reporters(connection: sa.Connection) -> list[int]:
    """Connectors that prepared a status."""
    return sorted(connection.execute(sa.select(t.collected_status.c.connector_id).distinct()).scalars())


def messages(connection: sa.Connection, allocations: Sequence[int]) -> dict[int, bytes]:
    """The XML of these statuses, by allocation."""
    s = t.collected_status
    rows = connection.execute(sa.select(s.c.allocation_id, s.c.message))
    wanted = set(allocations)
    return {row.allocation_id: bytes(row.message) for row in rows if row.allocation_id in wanted}


def evidence_body(connection: sa.Connection, evidence_id: int) -> bytes | None:
    """The blob of a piece of evidence; None once it was deleted by policy."""
    body = connection.execute(sa.select(t.evidence.c.body).where(t.evidence.c.id == evidence_id)).scalar()
    return None if body is None else bytes(body)


def add_statuses(unit: UnitOfWork, rows: Sequence[tuple[int, int, dict[str, Any], str]]) -> None:
    """Write statuses (allocation, connector, plain, message) and one journal entry.

    Raises:
        HubError: the data base refused: an allocation was reversed meanwhile, or somebody prepared it first.
    """
    said = {"recorded_at": unit.at, "actor": unit.actor}
    values = [
        {
            "allocation_id": allocation, "connector_id": connector, "message": message.encode(),
            "plain": json.dumps(plain, ensure_ascii=False, sort_keys=True), **said,
        }
        for allocation, connector, plain, message in rows
    ]  # fmt: skip
    try:
        unit.connection.execute(t.collected_status.insert(), values)
    except sa.exc.DBAPIError as error:
        if refused_by_rule(error):
            raise HubError(
                code="HUB-EXP-006",
                what=f"the statuses were refused: {str(error.orig).splitlines()[0]}",
                where="hub export collected",
                mend="something changed at the same instant: nothing was prepared, run it again",
            ) from error
        raise
    unit.journal("collect", "collected_status", {"ids": [row[0] for row in rows]})
