"""Allocations, their reversal, and the proposals of the last reconciliation."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.page_notes import ranges
from hub.sdk.errors import HubError


@dataclass(frozen=True, slots=True)
class NewAllocation:
    """One line to write. `nature` "money" uses the receipt; any other closes the rest of the invoice."""

    proposal: str
    receipt_id: int
    invoice_id: int
    nature: str
    amount_minor: int
    currency: str
    origin: str
    rule: str
    reason: str
    confidence_ppm: int
    evidence: str
    books_settled_minor: int
    effective_on: date


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A suggestion for a person. `lines`: (invoice id, nature, amount)."""

    receipt_id: int
    rank: int
    proposal: str
    rule: str
    reason: str
    confidence_ppm: int
    lines: tuple[tuple[int, str, int], ...]
    evidence: str


def add_allocations(unit: UnitOfWork, lines: Sequence[NewAllocation]) -> list[int]:
    """Write allocation lines and one journal entry for them; returns their ids.

    Lines that use up credit notes come first, so that the receipt never seems overdrawn on the way.

    Raises:
        HubError: the data base refused: the receipt or the invoice has not that much left.
    """
    names_taken = _names_taken(unit.connection, sorted({line.proposal for line in lines}))
    lines = [replace(line, proposal=names_taken.get(line.proposal, line.proposal)) for line in lines]
    ordered = sorted(lines, key=lambda line: (line.receipt_id, line.proposal, line.amount_minor > 0))
    ids = bulk.reserve_ids(unit.connection, t.allocation, len(ordered))
    names = ("id", "recorded_at", "actor", *NewAllocation.__slots__)
    rows = [
        (number, unit.at, unit.actor, *(_plain(getattr(line, name)) for name in NewAllocation.__slots__))
        for number, line in zip(ids, ordered, strict=True)
    ]
    try:
        bulk.insert_rows(unit.connection, t.allocation, names, rows)
    except sa.exc.DBAPIError as error:
        if _by_rule(error):
            raise _refused(error) from error
        raise
    if ids:
        digest = digest_of(unit.salt, allocations_by_id(unit.connection, ids))
        unit.journal("allocate", "allocation", {"ids": ranges(ids), "digest": digest})
    return ids


def allocations_by_id(connection: sa.Connection, ids: Sequence[int]) -> list[sa.Row[Any]]:
    """Those of the allocations `ids` that exist, whole, in order of their ids."""
    rows = bulk.rows_by_id(connection, list(t.allocation.columns), t.allocation.c.id, sorted(ids))
    return sorted(rows, key=lambda row: int(row.id))


def digest_of(salt: bytes, allocations: Sequence[sa.Row[Any]]) -> str:
    """What the journal keeps of allocations: their content, salted, so that a later change shows."""
    plain = [[_plain(getattr(row, column.name)) for column in t.allocation.columns] for row in allocations]
    return hmac.new(salt, json.dumps(plain, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()


def _names_taken(connection: sa.Connection, names: Sequence[str]) -> dict[str, str]:
    """Names that a decision bears already (it was reversed since), with a fresh one for each: P12ab, P12ab-2, …"""
    fresh: dict[str, str] = {}
    for name in {
        row.proposal for row in bulk.rows_by_text(connection, [t.allocation.c.proposal], t.allocation.c.proposal, names)
    }:
        like = sa.select(sa.func.count(t.allocation.c.proposal.distinct())).where(
            sa.or_(t.allocation.c.proposal == name, t.allocation.c.proposal.like(f"{name}-%"))
        )
        fresh[name] = f"{name}-{int(connection.execute(like).scalar() or 0) + 1}"
    return fresh


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _by_rule(error: sa.exc.DBAPIError) -> bool:
    """True for a rule of `triggers` or a constraint; a lost connection or a deadlock is no refusal."""
    return isinstance(error, sa.exc.IntegrityError) or getattr(error.orig, "sqlstate", None) == "P0001"


def _refused(error: sa.exc.DBAPIError) -> HubError:
    words = str(error.orig).splitlines()[0]
    return HubError(
        code="HUB-REC-010",
        what=f"the allocation was refused: {words}",
        where="allocation",
        mend="somebody allocated the same money first, or the invoice shrank: run hub reconcile again",
    )


def reverse(unit: UnitOfWork, allocation_ids: Sequence[int], reason: str) -> None:
    """Undo allocations by a reversing fact; nothing is erased.

    Raises:
        HubError: one of them is reversed already.
    """
    try:
        unit.connection.execute(
            t.allocation_reversal.insert(),
            [
                {"allocation_id": number, "reason": reason, "recorded_at": unit.at, "actor": unit.actor}
                for number in allocation_ids
            ],
        )
    except sa.exc.IntegrityError as error:
        raise HubError(
            code="HUB-REC-011",
            what="that allocation does not exist, or was reversed already",
            where="allocation",
            mend="look at hub allocations list",
        ) from error
    unit.journal("reverse", "allocation", {"ids": list(allocation_ids)})


def replace_proposals(
    unit: UnitOfWork, proposals: Sequence[NewProposal], verdicts: Sequence[tuple[int, str, str]]
) -> None:
    """Put the suggestions and verdicts of this reconciliation in place of the last one's, if they differ."""
    rows = [
        (p.receipt_id, p.rank, p.proposal, p.rule, p.reason, p.confidence_ppm, json.dumps(p.lines), p.evidence)
        for p in sorted(proposals, key=lambda p: (p.receipt_id, p.rank))
    ]
    names = ("receipt_id", "rank", "proposal", "rule", "reason", "confidence_ppm", "lines", "evidence")
    _replace(unit.connection, t.proposal, names, rows)
    _replace(unit.connection, t.receipt_verdict, ("receipt_id", "verdict", "reason"), sorted(verdicts))


def drop_proposals(unit: UnitOfWork, receipt_row: int) -> None:
    """A person decided about this receipt: its other suggestions are moot."""
    unit.connection.execute(t.proposal.delete().where(t.proposal.c.receipt_id == receipt_row))


def _replace(connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    keys = list(table.primary_key.columns)
    present = connection.execute(sa.select(*(table.c[name] for name in names)).order_by(*keys)).all()
    if [tuple(row) for row in present] == rows:
        return
    connection.execute(table.delete())
    bulk.insert_rows(connection, table, names, rows)


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


def allocation_rows(connection: sa.Connection, known_at: int | None = None) -> list[AllocationRow]:
    """All allocations ever made, reversed ones marked, oldest first; as known at an instant when one is given."""
    a, r, i, undo = t.allocation, t.receipt, t.invoice, t.allocation_reversal
    known = sa.true() if known_at is None else undo.c.recorded_at <= known_at
    statement = (
        sa.select(
            a.c.id, a.c.proposal, sa.literal(1), r.c.id, r.c.receipt_id, r.c.received_on, r.c.payer_name,
            r.c.amount_minor, i.c.seller, i.c.debtor_id, i.c.id, i.c.number, i.c.kind, a.c.nature, a.c.amount_minor,
            a.c.currency, a.c.confidence_ppm,
            sa.case((undo.c.allocation_id.is_not(None), "reversed"), else_=a.c.origin), a.c.rule, a.c.reason,
            a.c.evidence, a.c.effective_on, a.c.actor, a.c.recorded_at, undo.c.reason, r.c.currency,
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
    return [AllocationRow(*row) for row in connection.execute(statement)]


def proposal_rows(connection: sa.Connection) -> list[AllocationRow]:
    """Lines of the suggestions of the last reconciliation: by receipt, best proposal first."""
    p, r = t.proposal, t.receipt
    columns = (p, r.c.receipt_id.label("public_id"), r.c.received_on, r.c.payer_name, r.c.amount_minor, r.c.currency)
    rows = connection.execute(
        sa.select(*columns).join(r, r.c.id == p.c.receipt_id).order_by(r.c.received_on, p.c.receipt_id, p.c.rank)
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
            row.reason, row.evidence, row.received_on, "", None, None, row.currency,
        )
        for row in rows
        for item, nature, amount in json.loads(row.lines)
    ]  # fmt: skip


def verdict_rows(connection: sa.Connection) -> list[sa.Row[Any]]:
    """Receipts the last reconciliation left alone: (receipt row, receipt_id, received_on, amount, currency, payer,
    verdict, reason)."""
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
    return list(
        connection.execute(sa.select(*columns).join(r, r.c.id == v.c.receipt_id).order_by(r.c.received_on, r.c.id))
    )
