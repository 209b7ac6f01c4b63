"""Which receipts may be handed to the books: those that the books do not have."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.marks import standing_marks
from hub.core.store.reading import as_known
from hub.core.store.sightings import links_standing


class Candidate(NamedTuple):
    """A receipt that the books do not have. `elsewhere_minor` of it is counted as other receipts."""

    id: int
    connector_id: int
    receipt_id: str
    seller: str | None
    account: str | None
    received_on: date
    amount_minor: int
    currency: str
    payer_name: str | None
    remittance: str | None
    elsewhere_minor: int


def handed() -> sa.Select[Any]:
    """Receipts with a posting in a batch that was not withdrawn."""
    p = t.ledger_posting
    return sa.select(p.c.receipt_id).where(p.c.batch_id.not_in(sa.select(t.ledger_batch_withdrawn.c.batch_id)))


def candidates(connection: sa.Connection, books: Iterable[int], until: date | None) -> list[Candidate]:
    """Receipts of others than these books connectors that no entry of theirs is linked to, that were not handed over
    yet (nor a sighting of the same sum), not taken back by the bank and not marked as no debtor's payment; by date,
    then id."""
    own = sorted(set(books))
    r, entry, s = as_known("receipt", None), t.receipt.alias("entry"), t.sighting
    of_entries = (
        sa.select(s.c.carrier_id)
        .join(entry, entry.c.id == s.c.receipt_id)
        .where(entry.c.connector_id.in_(own), links_standing())
    )
    to_entries = (
        sa.select(s.c.receipt_id)
        .join(entry, entry.c.id == s.c.carrier_id)
        .where(entry.c.connector_id.in_(own), links_standing())
    )
    of_handed = sa.select(s.c.carrier_id).where(s.c.receipt_id.in_(handed()), links_standing())
    elsewhere = (
        sa.select(sa.func.coalesce(sa.func.sum(s.c.amount_minor), 0))
        .where(s.c.receipt_id == r.c.id, links_standing())
        .scalar_subquery()
    )
    verdict = t.receipt_verdict
    no_payment = sa.select(verdict.c.receipt_id).where(verdict.c.verdict != "unapplied")
    statement = (
        sa.select(*(r.c[name] for name in Candidate._fields[:-1]), elsewhere)
        .where(
            r.c.connector_id.not_in(own), r.c.id.not_in(of_entries), r.c.id.not_in(to_entries),
            r.c.id.not_in(handed()), r.c.id.not_in(of_handed), r.c.id.not_in(sa.select(t.receipt_return.c.receipt_id)),
            r.c.id.not_in(sa.select(standing_marks().subquery().c.receipt_id)), r.c.id.not_in(no_payment),
            sa.true() if until is None else r.c.received_on <= until,
        )
        .order_by(r.c.received_on, r.c.id)
    )  # fmt: skip
    rows = [Candidate(*row) for row in connection.execute(statement)]
    rows = [row._replace(elsewhere_minor=int(row.elsewhere_minor)) for row in rows]  # PostgreSQL sums as numeric
    return [row for row in rows if row.elsewhere_minor < row.amount_minor]


def orphans(connection: sa.Connection) -> set[tuple[str, int, date]]:
    """Postings of standing batches whose receipt its source withdrew since: (currency, amount, day)."""
    p, r, gone = t.ledger_posting, t.receipt, t.ledger_batch_withdrawn
    rows = connection.execute(
        sa.select(p.c.currency, p.c.amount_minor, p.c.booked_on)
        .join(r, r.c.id == p.c.receipt_id)
        .where(r.c.withdrawn_at.is_not(None), p.c.batch_id.not_in(sa.select(gone.c.batch_id)))
    )
    return {(row[0], row[1], row[2]) for row in rows}


def in_suggestions(connection: sa.Connection) -> set[int]:
    """Receipts that may be one sum with another: a person has not looked yet."""
    p = t.sighting_proposal
    found: set[int] = set()
    for row in connection.execute(sa.select(p.c.receipt_id, p.c.parts)):
        found.add(row.receipt_id)
        found.update(part for part, _ in json.loads(row.parts))
    return found


def documents(connection: sa.Connection, ids: Iterable[int]) -> dict[int, Any]:
    """Invoices and credit notes by id: (id, connector_id, seller, debtor_id, number, kind, number_key)."""
    i = t.invoice
    columns = (i.c.id, i.c.connector_id, i.c.seller, i.c.debtor_id, i.c.number, i.c.kind, i.c.number_key)
    return {row.id: row for row in bulk.rows_by_id(connection, columns, i.c.id, sorted(set(ids)))}
