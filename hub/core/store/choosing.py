"""The receipts and invoices that a person names, locked for the decision, with what is left of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import Books, as_known, of_books
from hub.core.store.record_tables import fold
from hub.core.store.spent import used_of_receipt


class ChosenReceipt(NamedTuple):
    """A receipt as a person may choose it. `left_minor` is what standing allocations have not used."""

    id: int
    receipt_id: str
    received_on: date
    amount_minor: int
    currency: str
    payer_name: str | None
    left_minor: int
    taken_back: bool


class ChosenInvoice(NamedTuple):
    """An invoice or credit note of the books, as a person may choose it."""

    id: int
    seller: str
    debtor_id: str
    number: str
    kind: str
    issued_on: date
    total_minor: int
    currency: str


def receipts_called(
    connection: sa.Connection, receipt_id: str | None = None, rows: Sequence[int] = ()
) -> list[ChosenReceipt]:
    """Receipts with the source's id `receipt_id`, or those with these row numbers; in order of recording."""
    r, a = as_known("receipt", None), t.allocation
    spent = (
        sa.select(sa.func.coalesce(sa.func.sum(used_of_receipt(a)), 0))
        .where(
            a.c.receipt_id == r.c.id,
            a.c.nature == "money",
            a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
        )
        .scalar_subquery()
    )
    back = sa.exists().where(t.receipt_return.c.receipt_id == r.c.id)
    statement = sa.select(
        r.c.id, r.c.receipt_id, r.c.received_on, r.c.amount_minor, r.c.currency, r.c.payer_name,
        r.c.amount_minor - spent, back,
    ).order_by(r.c.id)  # fmt: skip
    statement = statement.where(r.c.id.in_(rows) if receipt_id is None else r.c.receipt_id == receipt_id)
    found = [ChosenReceipt(*row) for row in connection.execute(statement)]
    return [row._replace(left_minor=int(row.left_minor)) for row in found]  # PostgreSQL sums as numeric


def invoices_called(
    connection: sa.Connection, books: Books, number: str | None = None, rows: Sequence[int] = ()
) -> list[ChosenInvoice]:
    """Invoices and credit notes of the books with this number, however it is spaced, or with these row numbers."""
    i = as_known("invoice", None)
    statement = sa.select(*(i.c[name] for name in ChosenInvoice._fields)).where(of_books(i, books)).order_by(i.c.id)
    statement = statement.where(i.c.id.in_(rows) if number is None else i.c.number_key == fold(number))
    return [ChosenInvoice(*row) for row in connection.execute(statement)]


def lock(unit: UnitOfWork, receipt_rows: Sequence[int], invoice_rows: Sequence[int]) -> None:
    """Keep others from deciding about these until the end of the transaction; whoever waits then reads anew.

    Nothing to do on SQLite, where one transaction writes at a time.
    """
    if bulk.is_sqlite(unit.connection):
        return
    for table, rows in ((t.receipt, receipt_rows), (t.invoice, invoice_rows)):
        statement = sa.select(table.c.id).where(table.c.id.in_(sorted(set(rows)))).order_by(table.c.id)
        unit.connection.execute(statement.with_for_update()).all()


def numbers_of(connection: sa.Connection, invoice_rows: Sequence[int]) -> list[str]:
    """The numbers of these invoices, as printed, in the order given."""
    found = bulk.rows_by_id(connection, [t.invoice.c.id, t.invoice.c.number], t.invoice.c.id, invoice_rows)
    return [row.number for row in sorted(found, key=lambda row: int(row[0]))]
