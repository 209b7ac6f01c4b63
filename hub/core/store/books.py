"""What holding the hub against the books needs: whether they were read to the end, money on account, and what other
connectors say of the books' invoices."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from types import SimpleNamespace
from typing import Any

import sqlalchemy as sa

from hub.core.identity.documents import Numbered, attached, number_of
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.reading import Books, as_known, of_books
from hub.core.store.sightings import standing


def last_states(connection: sa.Connection, known_at: int | None = None) -> dict[int, str]:
    """How the newest run of each connector ended, by connector id; as known at an instant."""
    run = t.run
    newest = sa.select(sa.func.max(run.c.id))
    ended: list[Any] = [run.c.state]
    if known_at is not None:
        newest = newest.where(run.c.started_at <= known_at)
        ended = [sa.case((run.c.ended_at > known_at, "running"), else_=run.c.state)]
    rows = connection.execute(
        sa.select(run.c.connector_id, *ended).where(run.c.id.in_(newest.group_by(run.c.connector_id)))
    )
    return {row[0]: row[1] for row in rows}


def held_lines_by_connector(connection: sa.Connection) -> dict[int, int]:
    """How many records of each connector are held now."""
    rows = connection.execute(
        sa.select(t.stream.c.connector_id, sa.func.sum(t.held.c.lines))
        .join(t.stream, t.stream.c.id == t.held.c.stream_id)
        .where(t.held.c.state == "open")
        .group_by(t.stream.c.connector_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def entries(connection: sa.Connection, books: Books, known_at: int | None = None) -> list[Any]:
    """Receipts that the books themselves have: (id, connector_id, seller, debtor_id, amount_minor, currency,
    received_on)."""
    r = as_known("receipt", known_at)
    names = ("id", "connector_id", "seller", "debtor_id", "amount_minor", "currency", "received_on")
    statement = sa.select(*(r.c[name] for name in names)).where(r.c.connector_id.in_(sorted(set(books.values()))))
    return list(connection.execute(statement.order_by(r.c.id)).all())


def ledger_entries(
    connection: sa.Connection, books: Books, on: date, known_at: int | None = None, *, held: bool = False
) -> list[tuple[tuple[str, str, str], int, int]]:
    """Named lines of the books that stand on `on`, less what their settlement lines settled by then: (account, id,
    signed minor units; positive: the debtor owes more). `held`: instead, what the books have in entries that are held
    here; zero where its amount cannot be read."""
    e, line = as_known("ledger_entry", known_at), as_known("settlement_line", known_at)
    settled = (
        sa.select(
            line.c.connector_id, line.c.seller, line.c.document_number, bulk.total(line.c.amount_minor).label("minor")
        )
        .where(line.c.target.in_(("write_off", "other")), line.c.settled_on <= on)
        .group_by(line.c.connector_id, line.c.seller, line.c.document_number)
        .subquery()
    )
    same = sa.and_(
        settled.c.connector_id == e.c.connector_id,
        settled.c.seller == e.c.seller,
        settled.c.document_number == e.c.entry_id,
    )
    rows = connection.execute(
        sa.select(e.c.seller, e.c.debtor_id, e.c.currency, e.c.id, e.c.effect_minor, settled.c.minor)
        .select_from(e.outerjoin(settled, same))
        .where(of_books(e, books), e.c.booked_on <= on, (e.c.category == "held") if held else (e.c.category != "held"))
        .order_by(e.c.id)
    )
    found = []
    for seller, debtor, currency, number, effect, gone in rows:
        left = max(0, abs(effect) - (gone or 0))
        if left or not effect:
            found.append(((seller, debtor, currency), number, left if effect > 0 else -left))
    return found


def entry_labels(connection: sa.Connection, ids: list[int], known_at: int | None = None) -> dict[int, tuple[str, str]]:
    """Of named lines: the entry's number and what is said of it."""
    e = as_known("ledger_entry", known_at)
    rows = bulk.rows_by_id(connection, (e.c.id, e.c.document_number, e.c.label), e.c.id, ids)
    return {row.id: (row.document_number or "", row.label or "") for row in rows}


def standing_lines(connection: sa.Connection, documents: list[int], known_at: int | None = None) -> list[Any]:
    """Allocations that stand on these documents, newest first: (place, id, receipt_id, invoice_id, nature,
    amount_minor, effective_on)."""
    a = t.allocation
    columns = (a.c.id, a.c.receipt_id, a.c.invoice_id, a.c.nature, a.c.amount_minor, a.c.effective_on)
    undone = standing(a, t.allocation_reversal, "allocation_id", known_at)
    rows = bulk.rows_by_id(connection, columns, a.c.invoice_id, documents, undone)
    return sorted(rows, key=lambda row: -int(row.id))


def lines_of_receipts(connection: sa.Connection, receipts: list[int], known_at: int | None = None) -> list[Any]:
    """Allocations that stand on these receipts: (place, invoice_id)."""
    a = t.allocation
    undone = standing(a, t.allocation_reversal, "allocation_id", known_at)
    return bulk.rows_by_id(connection, (a.c.invoice_id,), a.c.receipt_id, receipts, undone)


def other_tellings(connection: sa.Connection, books: Books, known_at: int | None = None) -> list[Any]:
    """Invoices and credit notes of other connectors, each beside the books' own of that number and year, else beside
    the one that is the same document under another date or spelling (see `identity.documents`; columns `own_…` are
    None when they have none): for sellers whose books are known, in order of seller and number."""
    other, own = as_known("invoice", known_at), as_known("invoice", known_at).alias("own")
    same = sa.and_(
        own.c.seller == other.c.seller,
        own.c.kind == other.c.kind,
        own.c.number_key == other.c.number_key,
        own.c.issue_year == other.c.issue_year,
        of_books(own, books),
    )
    names = _TOLD
    statement = (
        sa.select(
            t.connector.c.key.label("connector"),
            *(other.c[name] for name in names),
            *(own.c[name].label(f"own_{name}") for name in names),
            other.c.connector_id,
        )
        .select_from(
            other.join(t.connector, t.connector.c.id == other.c.connector_id).outerjoin(own, same)
        )
        .where(other.c.seller.in_(sorted(books)), sa.not_(of_books(other, books)))
        .order_by(other.c.seller, other.c.number, other.c.id)
    )  # fmt: skip
    rows = list(connection.execute(statement).all())
    return _attached(connection, books, rows, known_at) if any(row.own_id is None for row in rows) else rows


def attached_documents(connection: sa.Connection, books: Books) -> dict[int, int]:
    """The books' document, by id, of each that another connector tells under another date or spelling."""
    return {
        row.id: row.own_id
        for row in other_tellings(connection, books)
        if row.own_id is not None
        and (row.number_key, row.issued_on.year) != (row.own_number_key, row.own_issued_on.year)
    }


_TOLD = (
    "id", "kind", "seller", "number", "number_key", "debtor_id", "issued_on", "due_on", "currency", "total_minor",
    "total_excl_tax_minor", "tax_minor",
)  # fmt: skip


def _attached(connection: sa.Connection, books: Books, rows: list[Any], known_at: int | None) -> list[Any]:
    """`rows`, those without a document of the books put beside the one that is the same under another date. A document
    that the same connector tells exactly is nobody else's."""
    alone = [row for row in rows if row.own_id is None]
    own, told = as_known("invoice", known_at), {(row.connector_id, row.own_id) for row in rows}
    plain: Any = own.c.number_key
    for mark in "-/._":
        plain = sa.func.replace(plain, mark, "")
    wanted = sorted({key for row in alone for key in (row.number_key, number_of(row.number_key))})
    found: dict[str, list[Any]] = defaultdict(list)
    columns = [own.c[name] for name in _TOLD]
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        named = sa.or_(own.c.number_key.in_(part), plain.in_(part))
        for row in connection.execute(sa.select(*columns).where(of_books(own, books), named)):
            found[number_of(row.number_key)].append(row)
    by_id = {row.id: row for ones in found.values() for row in ones}
    chosen: dict[int, int] = {}
    for connector in sorted({row.connector_id for row in alone}):
        mine = [_numbered(row) for row in alone if row.connector_id == connector]
        free = {
            number: [_numbered(row) for row in ones if (connector, row.id) not in told]
            for number, ones in found.items()
        }
        chosen |= attached(mine, free)
    return [_beside(row, by_id[chosen[row.id]]) if row.id in chosen else row for row in rows]


def _numbered(row: Any) -> Numbered:
    return Numbered(*(getattr(row, name) for name in Numbered._fields))


def _beside(row: Any, own: Any) -> Any:
    return SimpleNamespace(**{**row._mapping, **{f"own_{name}": getattr(own, name) for name in _TOLD}})


def documents_of(connection: sa.Connection, known_at: int | None = None) -> dict[tuple[str, str], list[str]]:
    """Digests of the files that prove a document, by seller and folded number."""
    d = as_known("document", known_at)
    rows = connection.execute(
        sa.select(d.c.seller, d.c.document_key, d.c.digest).where(d.c.document_key.is_not(None)).order_by(d.c.id)
    )
    found: dict[tuple[str, str], list[str]] = {}
    for seller, key, digest in rows:
        found.setdefault((seller, key), []).append(digest)
    return found
