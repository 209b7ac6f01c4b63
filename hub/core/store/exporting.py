"""Rows for exports, streamed: a million of them pass through without being kept. Order is stated and total."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.reading import as_known, debtor_accounts, of_books
from hub.core.store.spent import used_of_receipt

#: Rows fetched from the data base at a time.
BATCH_ROWS = 2_000

Rows = Iterator[sa.Row[Any]]


def _stream(connection: sa.Connection, statement: sa.Select[Any]) -> Rows:
    yield from connection.execution_options(yield_per=BATCH_ROWS).execute(statement)


def _reversed_by(known_at: int | None) -> sa.Select[Any]:
    undo = t.allocation_reversal
    statement = sa.select(undo.c.allocation_id)
    return statement if known_at is None else statement.where(undo.c.recorded_at <= known_at)


def receipts(connection: sa.Connection, *, as_of: date | None = None, known_at: int | None = None) -> Rows:
    """Every receipt with `spent`, the money that standing allocations use of it, and what the last reconciliation
    said: `verdict`, `verdict_reason`, `suggested` (its best suggestion's reason). In order of recording: no sort.

    Args:
        as_of: receipts and allocations that take effect later are left out.
    """
    r, a = as_known("receipt", known_at), t.allocation
    spent = sa.select(a.c.receipt_id, bulk.total(used_of_receipt(a)).label("spent")).where(
        a.c.nature == "money", a.c.id.not_in(_reversed_by(known_at))
    )
    if known_at is not None:
        spent = spent.where(a.c.recorded_at <= known_at)
    if as_of is not None:
        spent = spent.where(a.c.effective_on <= as_of)
    used = spent.group_by(a.c.receipt_id).subquery()
    best = (
        sa.select(t.proposal.c.receipt_id, t.proposal.c.reason)
        .where(t.proposal.c.rank == 1, t.proposal.c.moot_by.is_(None))
        .subquery()
    )
    v = t.receipt_verdict
    names = (
        "receipt_id", "account", "seller", "received_on", "value_on", "amount_minor", "currency", "payer_name",
        "payer_iban", "remittance", "method", "transaction_code",
    )  # fmt: skip
    statement = (
        sa.select(
            r.c.id,
            *(r.c[name] for name in names),
            sa.func.coalesce(used.c.spent, 0).label("spent"),
            v.c.verdict,
            v.c.reason.label("verdict_reason"),
            best.c.reason.label("suggested"),
        )
        .select_from(
            r.outerjoin(used, used.c.receipt_id == r.c.id)
            .outerjoin(v, v.c.receipt_id == r.c.id)
            .outerjoin(best, best.c.receipt_id == r.c.id)
        )
        .order_by(r.c.id)
    )
    return _stream(connection, statement if as_of is None else statement.where(r.c.received_on <= as_of))


def taken_back(connection: sa.Connection, *, known_at: int | None = None) -> dict[int, str]:
    """Receipts that the bank took back, with the reason noted."""
    back = t.receipt_return
    statement = sa.select(back.c.receipt_id, back.c.reason)
    rows = connection.execute(statement if known_at is None else statement.where(back.c.recorded_at <= known_at))
    return {row.receipt_id: row.reason for row in rows}


def disbursements(connection: sa.Connection, ids: Sequence[int]) -> list[sa.Row[Any]]:
    """Money that left, by these ids, in their order of recording."""
    d = as_known("disbursement", None)
    names = (
        "id", "disbursement_id", "account", "seller", "paid_on", "value_on", "amount_minor", "currency", "payee_name",
        "payee_iban", "remittance", "method", "transaction_code",
    )  # fmt: skip
    return sorted(bulk.rows_by_id(connection, [d.c[name] for name in names], d.c.id, ids), key=lambda row: int(row.id))


def allocations(connection: sa.Connection, *, as_of: date | None = None, known_at: int | None = None) -> Rows:
    """Every allocation ever made, oldest first; `status` is auto, confirmed, or reversed."""
    a, r, i = t.allocation, t.receipt, t.invoice
    status = sa.case((a.c.id.in_(_reversed_by(known_at)), "reversed"), else_=a.c.origin).label("status")
    statement = (
        sa.select(
            a.c.id, a.c.proposal, a.c.nature, a.c.amount_minor, a.c.currency, a.c.confidence_ppm, a.c.rule,
            a.c.reason, r.c.id.label("receipt_row"), r.c.receipt_id, r.c.received_on, i.c.seller, i.c.debtor_id,
            i.c.number, i.c.kind, status, a.c.used_minor, r.c.currency.label("receipt_currency"),
        )
        .select_from(a.join(r, r.c.id == a.c.receipt_id).join(i, i.c.id == a.c.invoice_id))
        .order_by(a.c.id)
    )  # fmt: skip
    if known_at is not None:
        statement = statement.where(a.c.recorded_at <= known_at)
    return _stream(connection, statement if as_of is None else statement.where(a.c.effective_on <= as_of))


def journal(connection: sa.Connection, *, known_at: int | None = None) -> Rows:
    """The journal's entries by chain and sequence."""
    j = t.journal
    statement = sa.select(j.c.chain, j.c.sequence, j.c.recorded_at, j.c.actor, j.c.act, j.c.subject, j.c.hash)
    statement = statement.order_by(j.c.chain, j.c.sequence)
    return _stream(connection, statement if known_at is None else statement.where(j.c.recorded_at <= known_at))


def held(connection: sa.Connection, *, known_at: int | None = None) -> Rows:
    """What is held now, or was held at an instant, in order of arrival."""
    h, s, c = t.held, t.stream, t.connector
    standing = h.c.state == "open"
    if known_at is not None:
        standing = sa.and_(h.c.recorded_at <= known_at, sa.or_(h.c.closed_at.is_(None), h.c.closed_at > known_at))
    statement = (
        sa.select(
            h.c.id, c.c.key.label("connector"), s.c.name.label("stream"), h.c.code, h.c.place, h.c.what, h.c.mend,
            h.c.lines, h.c.recorded_at, h.c.excerpt,
        )
        .select_from(h.join(s, s.c.id == h.c.stream_id).join(c, c.c.id == s.c.connector_id))
        .where(standing)
        .order_by(h.c.id)
    )  # fmt: skip
    return _stream(connection, statement)


def debtors(
    connection: sa.Connection, books: Mapping[str, int], *, known_at: int | None = None
) -> Iterator[SimpleNamespace]:
    """The accounts of debtors, by seller and code."""
    return iter(debtor_accounts(connection, books, known_at))


def control_totals(
    connection: sa.Connection, books: Mapping[str, int], as_of: date, *, known_at: int | None = None
) -> list[sa.Row[Any]]:
    """Each seller's balances of the latest day up to `as_of` on which its books gave some: (seller, debtor_id,
    balance_on, balance_minor, currency)."""
    c = as_known("control_total", known_at)
    mine = sa.and_(of_books(c, books), c.c.balance_on <= as_of)
    last = sa.select(c.c.seller, sa.func.max(c.c.balance_on).label("day")).where(mine).group_by(c.c.seller).subquery()
    statement: sa.Select[Any] = (
        sa.select(c.c.seller, c.c.debtor_id, c.c.balance_on, c.c.balance_minor, c.c.currency)
        .join(last, sa.and_(last.c.seller == c.c.seller, last.c.day == c.c.balance_on))
        .where(mine)
        .order_by(c.c.seller, c.c.debtor_id, c.c.currency)
    )
    return list(connection.execute(statement).all())


def book_totals(connection: sa.Connection, *, known_at: int | None = None) -> dict[int, tuple[int, str]]:
    """The books' own value of documents in foreign currency, by document id: (minor units, currency)."""
    i = as_known("invoice", known_at)
    statement = sa.select(i.c.id, i.c.book_total_minor, i.c.book_currency).where(
        i.c.book_total_minor.is_not(None), i.c.book_currency.is_not(None), i.c.book_currency != i.c.currency
    )
    return {row[0]: (row[1], row[2]) for row in connection.execute(statement)}
