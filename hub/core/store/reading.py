"""Facts out of the data base, in columns for the pure rooms: as they stand now, or as they were known at an instant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from types import SimpleNamespace
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa

from hub.core.ledger.balances import with_reopened
from hub.core.ledger.facts import Allocations, Anomaly, Documents, Instalments, Settlements
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.attaching import attached_instalments, attached_settlements
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.reopened import once_confirmed
from hub.core.store.sealing import tally_of
from hub.core.store.snapshots import settled_by_absence, snapshot_lines
from hub.core.store.spent import used_of_receipt
from hub.sdk.records import ANY_SELLER

#: Which connector decides amounts, by seller: seller → connector id. None: every connector does.
Books = Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LedgerFacts:
    """What the ledger needs, with columns that only readers of invoices want (parallel to `documents`).

    `ambiguous`: lines that name a document by a number which several bear; they count nowhere.
    """

    documents: Documents
    settlements: Settlements
    allocations: Allocations
    instalments: Instalments
    debtor_terms: dict[tuple[str, str], str]
    order_ref: list[str | None]
    payment_ref: list[str | None]
    discount_terms: list[str | None]
    ambiguous: list[Anomaly]


def as_known(name: str, known_at: int | None) -> sa.FromClause:
    """The rows of a record table as they stood at `known_at` (microseconds UTC), withdrawn ones left out."""
    table = RECORD_TABLES[name]
    if known_at is None:
        return _standing(name)
    names = [column.name for column in table.current.columns]
    now = sa.select(*(table.current.c[column] for column in names)).where(
        table.current.c.recorded_at <= known_at, table.current.c.withdrawn_at.is_(None)
    )
    then = sa.select(*(table.history.c[column] for column in names)).where(
        table.history.c.recorded_at <= known_at,
        table.history.c.superseded_at > known_at,
        table.history.c.withdrawn_at.is_(None),
    )
    return sa.union_all(now, then).subquery(name)


@cache
def _standing(name: str) -> sa.FromClause:
    """The rows that stand now; made once, and as text: SQLAlchemy would spell out all columns in each statement."""
    current = RECORD_TABLES[name].current
    rows = sa.text(f'SELECT * FROM "{name}" WHERE withdrawn_at IS NULL')  # noqa: S608 -- our own tables
    return rows.columns(*current.columns).subquery(name)


def ledger_facts(
    connection: sa.Connection, books: Books, known_at: int | None = None, only: Sequence[int] | None = None
) -> LedgerFacts:
    """Every document of the books with what settles it: settlements of the books, allocations of the hub.

    `only`: these documents alone, as they stand now. Lines and credit notes choose among them: give those of one number
    together, and credit notes with what they correct.
    """
    invoices = as_known("invoice", known_at)
    if only is not None:
        invoices = sa.select(invoices).where(bulk.among(connection, invoices.c.id, only)).subquery("invoice")
    names = (
        "id", "seller", "debtor_id", "number", "kind", "issued_on", "due_on", "currency", "total_minor", "corrects",
        "payment_terms", "order_ref", "payment_ref", "discount_terms",
    )  # fmt: skip
    order = (invoices.c.seller, invoices.c.issued_on, invoices.c.number, invoices.c.id)
    rows = connection.execute(
        sa.select(*(invoices.c[name] for name in names)).where(of_books(invoices, books)).order_by(*order)
    ).all()
    columns = _columns(rows, len(names))
    settlements, ambiguous = _settlements(connection, books, invoices, known_at, only)
    parts = as_known("instalment", known_at)
    instalments, unclear = attached_instalments(connection, parts, invoices, of_books(invoices, books))
    return LedgerFacts(
        documents=Documents(*columns[:11]),
        settlements=settlements,
        allocations=_allocations(connection, settlements, known_at, only),
        instalments=instalments,
        debtor_terms=_debtor_terms(connection, books, known_at),
        order_ref=columns[11],
        payment_ref=columns[12],
        discount_terms=columns[13],
        ambiguous=ambiguous + unclear,
    )


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def of_books(table: sa.FromClause, books: Books) -> sa.ColumnElement[bool]:
    """Rows that the books connector of their seller brought."""
    by_connector: dict[int, list[str]] = {}
    for seller, connector in books.items():
        by_connector.setdefault(connector, []).append(seller)
    if not by_connector:
        return sa.true()
    return sa.or_(
        *(
            sa.and_(table.c.connector_id == connector, table.c.seller.in_(sellers))
            for connector, sellers in sorted(by_connector.items())
        )
    )


def ledger_settlements(connection: sa.Connection, books: Books, known_at: int | None = None) -> Settlements:
    """Lines of the books joined to their documents, and documents that left a complete snapshot as settled."""
    return _settlements(connection, books, as_known("invoice", known_at), known_at, None)[0]


def _settlements(
    connection: sa.Connection, books: Books, invoices: sa.FromClause, known_at: int | None, only: Sequence[int] | None
) -> tuple[Settlements, list[Anomaly]]:
    lines = as_known("settlement_line", known_at)
    rows, ambiguous = attached_settlements(connection, lines, invoices, of_books(lines, books))
    mine = of_books(invoices, books)
    rows += snapshot_lines(connection, invoices, mine, known_at, only)
    rows += settled_by_absence(connection, invoices, mine, known_at)
    return Settlements(*_columns(rows, 6)), ambiguous


def _allocations(
    connection: sa.Connection, settlements: Settlements, known_at: int | None, only: Sequence[int] | None
) -> Allocations:
    """Allocations that stand (reversed ones left out), by document; those the books gave up again are marked so."""
    reversal = t.allocation_reversal
    reversed_by_then = sa.select(reversal.c.allocation_id)
    if known_at is not None:
        reversed_by_then = reversed_by_then.where(reversal.c.recorded_at <= known_at)
    a, standing = t.allocation, as_known("receipt", known_at)  # money that its source withdrew does not count
    statement = (
        sa.select(
            a.c.invoice_id, a.c.receipt_id, a.c.amount_minor, a.c.effective_on, a.c.books_settled_minor, a.c.origin,
            a.c.currency, a.c.id,
        )
        .where(a.c.id.not_in(reversed_by_then), a.c.receipt_id.in_(sa.select(standing.c.id)))
        .order_by(a.c.id)
    )  # fmt: skip
    if known_at is not None:
        statement = statement.where(a.c.recorded_at <= known_at)
    if only is not None:
        statement = statement.where(bulk.among(connection, a.c.invoice_id, only))
    *columns, ids = _columns(connection.execute(statement).all(), 8)
    found = Allocations(*columns)
    suspects = once_confirmed(connection, known_at, only)
    return with_reopened(found, [id_ in suspects for id_ in ids], settlements) if suspects else found


def _debtor_terms(connection: sa.Connection, books: Books, known_at: int | None) -> dict[tuple[str, str], str]:
    table = as_known("debtor", known_at)
    if connection.execute(sa.select(table.c.id).where(table.c.payment_terms.is_not(None)).limit(1)).first() is None:
        return {}
    rows = _chosen_debtors(connection, books, known_at, ("payment_terms",))
    return {(seller, row.debtor_id): row.payment_terms for seller, row in rows if row.payment_terms}


def debtor_accounts(connection: sa.Connection, books: Books, known_at: int | None = None) -> list[SimpleNamespace]:
    """What is known of each debtor's account, by seller and code; the fields of `Debtor`.

    The seller's books come first; then an account that its source gives for any seller, for each seller that has
    invoices on its code; then a mere mention beside an invoice.
    """
    names = [column.name for column in as_known("debtor", known_at).columns]
    rows = _chosen_debtors(connection, books, known_at, names)
    return [SimpleNamespace(**{**row._mapping, "seller": seller}) for seller, row in rows]


def debtor_columns(
    connection: sa.Connection,
    books: Books,
    names: Sequence[str],
    known_at: int | None = None,
    *,
    codes: Sequence[str] | None = None,
) -> dict[str, list[Any]]:
    """These columns of the debtors' accounts, with `seller` and `debtor_id`, in the order of `debtor_accounts`.

    Several times faster, for those who want all accounts, or those with these codes, and little of each.
    """
    found = _chosen_debtors(connection, books, known_at, names, codes)
    columns = _columns([row for _, row in found], len(_CHOOSING) + len(names))
    own = dict(zip((*_CHOOSING, *names), columns, strict=True))
    return {"seller": [seller for seller, _ in found], "debtor_id": own["debtor_id"], **{n: own[n] for n in names}}


#: What decides which of several rows tells of an account.
_CHOOSING = ("seller", "debtor_id", "connector_id", "stub")


def _chosen_debtors(
    connection: sa.Connection,
    books: Books,
    known_at: int | None,
    names: Sequence[str],
    codes: Sequence[str] | None = None,
) -> list[tuple[str, sa.Row[Any]]]:
    """The row that tells of each account, with the account's seller; in order of seller and code."""
    table, invoices = as_known("debtor", known_at), as_known("invoice", known_at)
    wanted = [table.c[name] for name in (*_CHOOSING, *(n for n in names if n not in _CHOOSING))]
    of_these = sa.true() if codes is None else table.c.debtor_id.in_(codes)
    rows = connection.execute(sa.select(*wanted).where(of_these).order_by(table.c.id)).all()
    billed: dict[str, list[str]] = {}
    if any(row[0] == ANY_SELLER for row in rows):
        bills = sa.select(invoices.c.seller, invoices.c.debtor_id).distinct()
        for seller, code in connection.execute(
            bills if codes is None else bills.where(invoices.c.debtor_id.in_(codes))
        ):
            billed.setdefault(code, []).append(seller)
    ranked: dict[tuple[str, str], tuple[int, sa.Row[Any]]] = {}
    for row in rows:
        of, code, connector, stub = row[:4]
        anyone = of == ANY_SELLER
        if not anyone and books.get(of, connector) != connector:
            continue
        rank = 2 if stub else 1 if anyone else 0
        for seller in sorted(billed.get(code, [ANY_SELLER])) if anyone else (of,):
            known = ranked.get((seller, code))
            if known is None or rank < known[0]:
                ranked[seller, code] = (rank, row)
    return [(key[0], ranked[key][1]) for key in sorted(ranked)]


def rows_of(
    connection: sa.Connection, name: str, columns: Sequence[str], known_at: int | None = None
) -> list[sa.Row[Any]]:
    """Columns of a record table as known then, in order of recording."""
    table = as_known(name, known_at)
    return list(connection.execute(sa.select(*(table.c[column] for column in columns)).order_by(table.c.id)).all())


#: What was found in readings that are still open; a reading sees one state of the data base.
_SELLERS: WeakKeyDictionary[sa.Connection, dict[str, set[int]]] = WeakKeyDictionary()


def sellers_by_connector(connection: sa.Connection) -> dict[str, set[int]]:
    """Which connectors brought invoices, by seller: what decides whose books count when nobody said."""
    if tally_of(connection) is not None:  # a unit of work may bring more
        return _sellers_found(connection)
    if connection not in _SELLERS:
        _SELLERS[connection] = _sellers_found(connection)
    return _SELLERS[connection]


def _sellers_found(connection: sa.Connection) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for connector in connection.execute(sa.select(t.connector.c.id)).scalars().all():
        for kind in ("invoice", "credit_note"):
            for seller in _sellers(connection, connector, kind):
                found.setdefault(seller, set()).add(connector)
    return found


def _sellers(connection: sa.Connection, connector: int, kind: str) -> Iterator[str]:
    """The sellers of a connector's documents, each found by one step in the index of keys: the table may be large."""
    mine = (t.invoice.c.connector_id == connector, t.invoice.c.kind == kind)
    seller = connection.execute(sa.select(sa.func.min(t.invoice.c.seller)).where(*mine)).scalar()
    while seller is not None:
        yield seller
        after = sa.select(sa.func.min(t.invoice.c.seller)).where(*mine, t.invoice.c.seller > seller)
        seller = connection.execute(after).scalar()


def allocated_by_receipt(connection: sa.Connection, known_at: int | None = None) -> dict[int, int]:
    """Money of each receipt that standing allocations use, in minor units; receipts without any are left out."""
    reversed_by_then = sa.select(t.allocation_reversal.c.allocation_id)
    conditions: list[Any] = [t.allocation.c.nature == "money"]
    if known_at is not None:
        reversed_by_then = reversed_by_then.where(t.allocation_reversal.c.recorded_at <= known_at)
        conditions.append(t.allocation.c.recorded_at <= known_at)
    rows = connection.execute(
        sa.select(t.allocation.c.receipt_id, bulk.total(used_of_receipt(t.allocation)))
        .where(*conditions, t.allocation.c.id.not_in(reversed_by_then))
        .group_by(t.allocation.c.receipt_id)
    )
    return {row[0]: int(row[1]) for row in rows}


def instant_of(day: date, zone: Any) -> int:
    """The last microsecond of `day` in the hub's time zone, as an instant of the data base."""
    midnight = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
    return int(midnight.timestamp() * 1_000_000) - 1


def connector_keys(connection: sa.Connection) -> dict[int, str]:
    """Stable keys of the connectors the data base has met, by number."""
    return {row.id: row.key for row in connection.execute(sa.select(t.connector).order_by(t.connector.c.id))}


def returned_receipts(connection: sa.Connection) -> set[int]:
    """Receipts that the bank took back."""
    return set(connection.execute(sa.select(t.receipt_return.c.receipt_id)).scalars())
