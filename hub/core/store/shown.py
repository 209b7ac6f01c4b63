"""What a person sees beside a decision: what the bank said of the money, and whose invoice it is."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.reading import Books, debtor_columns


class ShownReceipt(NamedTuple):
    """What the bank said: the text in its pieces, the account it came from, references by the name of their field."""

    text: str | None
    payer_iban: str | None
    references: tuple[tuple[str, str], ...]


class ShownInvoice(NamedTuple):
    """Whose invoice it is, and when it fell due; None where nobody says."""

    debtor_name: str | None
    due_on: date | None


_REFERENCES = ("structured_ref", "end_to_end_ref")


def shown_receipts(connection: sa.Connection, rows: Collection[int]) -> dict[int, ShownReceipt]:
    """What is known of the receipts with these row numbers."""
    r = t.receipt
    columns = [r.c.id, r.c.remittance, r.c.payer_iban, *(r.c[name] for name in _REFERENCES)]
    return {
        row.id: ShownReceipt(
            row.remittance, row.payer_iban, tuple((name, said) for name in _REFERENCES if (said := getattr(row, name)))
        )
        for row in bulk.rows_by_id(connection, columns, r.c.id, sorted(rows))
    }


def shown_invoices(connection: sa.Connection, books: Books, rows: Collection[int]) -> dict[int, ShownInvoice]:
    """What is known of the invoices with these row numbers."""
    i = t.invoice
    found = bulk.rows_by_id(connection, [i.c.id, i.c.seller, i.c.debtor_id, i.c.due_on], i.c.id, sorted(rows))
    codes = sorted({row.debtor_id for row in found})
    debtors = debtor_columns(connection, books, ["name"], codes=codes)
    keys = zip(debtors["seller"], debtors["debtor_id"], strict=True)
    names = dict(zip(keys, debtors["name"], strict=True))
    return {row.id: ShownInvoice(names.get((row.seller, row.debtor_id)), row.due_on) for row in found}
