"""Decisions as people read them: allocations with their receipts and invoices, suggestions, verdicts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t


@dataclass(frozen=True, slots=True)
class AllocationRow:
    """An allocation line or a line of a suggestion, with what a person calls its receipt and invoice.

    `status`: auto, confirmed, reversed, or suggested. `allocation_id` is None for suggestions; `rank` is theirs.
    """

    allocation_id: int | None
    proposal: str
    rank: int
    receipt_row: int
    receipt_id: str
    received_on: date
    payer_name: str | None
    receipt_minor: int
    seller: str
    debtor_id: str
    invoice_row: int
    invoice_number: str
    invoice_kind: str
    nature: str
    amount_minor: int
    currency: str
    confidence_ppm: int
    status: str
    rule: str
    reason: str
    evidence: str
    effective_on: date
    actor: str
    recorded_at: int | None
    reversed_because: str | None
    receipt_currency: str = ""
    reversed_by: str | None = None
    reversed_at: int | None = None
    policy: str | None = None
    origin: str = ""
    used_minor: int | None = None  # of a receipt in another currency, in that currency


@dataclass(frozen=True, slots=True)
class Only:
    """Which decisions a person asked for: a seller's, a debtor's, of receipts received since a day.

    right: of suggestions those for receipts whose first one was right in so many of 100 cases (`confidence_ppm`).
    """

    seller: str | None = None
    debtor: str | None = None
    since: date | None = None
    right: int | None = None


def allocation_rows(
    connection: sa.Connection,
    known_at: int | None = None,
    *,
    decision: str | None = None,
    receipt_row: int | None = None,
    invoice_row: int | None = None,
    only: Only | None = None,
) -> list[AllocationRow]:
    """All allocations ever made, reversed ones marked, oldest first; as known at an instant when one is given.

    `decision`: only those of that name, or of the name that the allocation with that id bears. `receipt_row`,
    `invoice_row`: only those of decisions about that receipt, or that invoice. `only`: what a person asked for.
    """
    a, r, i, undo = t.allocation, t.receipt, t.invoice, t.allocation_reversal
    known = sa.true() if known_at is None else undo.c.recorded_at <= known_at
    statement = (
        sa.select(
            a.c.id, a.c.proposal, sa.literal(1), r.c.id, r.c.receipt_id, r.c.received_on, r.c.payer_name,
            r.c.amount_minor, i.c.seller, i.c.debtor_id, i.c.id, i.c.number, i.c.kind, a.c.nature, a.c.amount_minor,
            a.c.currency, a.c.confidence_ppm,
            sa.case((undo.c.allocation_id.is_not(None), "reversed"), else_=a.c.origin), a.c.rule, a.c.reason,
            a.c.evidence, a.c.effective_on, a.c.actor, a.c.recorded_at, undo.c.reason, r.c.currency, undo.c.actor,
            undo.c.recorded_at, a.c.policy, a.c.origin, a.c.used_minor,
        )
        .select_from(
            a.join(r, r.c.id == a.c.receipt_id)
            .join(i, i.c.id == a.c.invoice_id)
            .outerjoin(undo, sa.and_(undo.c.allocation_id == a.c.id, known))
        )
        .order_by(a.c.id)
    )  # fmt: skip
    if known_at is not None:
        statement = statement.where(a.c.recorded_at <= known_at)
    if decision is not None:
        named = a.alias().c
        same = sa.select(named.proposal).where(named.id == int(decision)) if _is_id(decision) else [decision]
        statement = statement.where(a.c.proposal.in_(same))
    for column, row in (("receipt_id", receipt_row), ("invoice_id", invoice_row)):
        if row is not None:
            named = a.alias().c
            statement = statement.where(a.c.proposal.in_(sa.select(named.proposal).where(named[column] == row)))
    if only is not None:
        statement = _of_those(statement, only)
    return [AllocationRow(*row) for row in connection.execute(statement)]


def _of_those(statement: sa.Select[Any], only: Only) -> sa.Select[Any]:
    """Whole decisions: one that has a line of the debtor is told with its other lines."""
    a, i = t.allocation.alias(), t.invoice.alias()
    named = sa.select(a.c.proposal).join(i, i.c.id == a.c.invoice_id)
    for column, value in ((i.c.seller, only.seller), (i.c.debtor_id, only.debtor)):
        if value is not None:
            named = named.where(column == value)
    if only.seller is not None or only.debtor is not None:
        statement = statement.where(t.allocation.c.proposal.in_(named))
    return statement if only.since is None else statement.where(t.receipt.c.received_on >= only.since)


def _is_id(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) < 19


def moot_by(connection: sa.Connection, proposal: str) -> str | None:
    """The decision that made a suggestion moot; None when it still is a choice, or never was one."""
    p = t.proposal
    return connection.execute(sa.select(p.c.moot_by).where(p.c.proposal == proposal)).scalar()


def proposal_rows(
    connection: sa.Connection, *, proposal: str | None = None, receipt_row: int | None = None
) -> list[AllocationRow]:
    """Lines of the suggestions of the last reconciliation that still are a choice: by receipt, best proposal first."""
    p, r = t.proposal, t.receipt
    conditions: list[sa.ColumnElement[bool]] = [p.c.moot_by.is_(None)]
    if proposal is not None:
        conditions.append(p.c.proposal == proposal)
    if receipt_row is not None:
        conditions.append(p.c.receipt_id == receipt_row)
    columns = (p, r.c.receipt_id.label("public_id"), r.c.received_on, r.c.payer_name, r.c.amount_minor, r.c.currency)
    rows = connection.execute(
        sa.select(*columns)
        .join(r, r.c.id == p.c.receipt_id)
        .where(*conditions)
        .order_by(r.c.received_on, p.c.receipt_id, p.c.rank)
    ).all()
    wanted = sorted({line[0] for row in rows for line in json.loads(row.lines)})
    names = ("id", "seller", "debtor_id", "number", "kind", "currency")
    found = bulk.rows_by_id(connection, [t.invoice.c[name] for name in names], t.invoice.c.id, wanted)
    invoices = {row.id: row for row in found}
    return [
        AllocationRow(
            None, row.proposal, row.rank, row.receipt_id, row.public_id, row.received_on, row.payer_name,
            row.amount_minor, invoices[item].seller, invoices[item].debtor_id, item, invoices[item].number,
            invoices[item].kind, nature, amount, invoices[item].currency, row.confidence_ppm, "suggested", row.rule,
            row.reason, row.evidence, row.received_on, "", None, None, row.currency, used_minor=next(iter(more), None),
        )
        for row in rows
        for item, nature, amount, *more in json.loads(row.lines)
    ]  # fmt: skip


def verdict_rows(connection: sa.Connection, receipt_id: str | None = None) -> list[sa.Row[Any]]:
    """Receipts the last reconciliation left alone: (receipt row, receipt_id, received_on, amount, currency, payer,
    verdict, reason); only those with the source's id `receipt_id`, when one is given."""
    v, r = t.receipt_verdict, t.receipt
    columns = (
        r.c.id,
        r.c.receipt_id,
        r.c.received_on,
        r.c.amount_minor,
        r.c.currency,
        r.c.payer_name,
        v.c.verdict,
        v.c.reason,
    )
    statement = sa.select(*columns).join(r, r.c.id == v.c.receipt_id).order_by(r.c.received_on, r.c.id)
    return list(connection.execute(statement if receipt_id is None else statement.where(r.c.receipt_id == receipt_id)))


def deducted(connection: sa.Connection, invoice_row: int, nature: str) -> int:
    """What standing allocations deducted of an invoice as `nature`, in minor units."""
    a = t.allocation
    statement = sa.select(sa.func.coalesce(sa.func.sum(a.c.amount_minor), 0)).where(
        a.c.invoice_id == invoice_row,
        a.c.nature == nature,
        a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
    )
    return int(connection.execute(statement).scalar_one())
