"""Exports computed by the ledger room: open items, aged balance. Amounts are signed: credits are negative."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.ledger.ageing import aged_balance, bucket_names
from hub.core.services.exports.indicators import INDICATORS, indicators
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.ledger import LedgerView, view_in
from hub.core.store import exporting

__all__ = ["AGED_BALANCE", "INDICATORS", "OPEN_ITEMS", "aged_rows", "debtor_names", "indicators", "open_items"]

OPEN_ITEMS = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("number"), Column("kind"),
    Column("issued_on", "date"), Column("due_on", "date"), Column("due_basis"), Column("currency"),
    Column("total", "amount"), Column("open", "amount"), Column("age_days", "int"), Column("late_days", "int"),
    Column("status"),
)  # fmt: skip

#: One amount per bucket, in the spelling of the ledger room; what is no claim stands apart in `credits`.
AGED_BALANCE = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("currency"),
    *(Column(name, "amount") for name in bucket_names(credits_apart=True)),
    Column("total", "amount"), Column("overdue", "amount"),
)  # fmt: skip


def _view(scope: Scope) -> LedgerView:
    return view_in(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)


def debtor_names(scope: Scope, books: dict[str, int]) -> dict[tuple[str, str], str]:
    """Names of debtors by seller and account."""
    rows = exporting.debtors(scope.connection, books, known_at=scope.known_at)
    return {(row.seller, row.debtor_id): row.name for row in rows}


def open_items(scope: Scope) -> Iterator[Row]:
    """Open items in the ledger's order. `total` and `open` are negative for credits, so that columns add up."""
    view = _view(scope)
    names = debtor_names(scope, view.books)
    for item in view.ledger.items:
        total = item.total_minor if item.kind == "invoice" else -item.total_minor
        yield (
            item.seller, item.debtor_id, names.get((item.seller, item.debtor_id)), item.number, item.kind,
            item.issued_on, item.due_on, item.due_basis, item.currency, total, item.open_minor, item.age_days,
            item.late_days, item.status,
        )  # fmt: skip


def aged_rows(scope: Scope) -> Iterator[Row]:
    """The aged balance by seller, debtor and currency; no total rows: a sum of the column is the total."""
    view = _view(scope)
    names = debtor_names(scope, view.books)
    for row in aged_balance(view.ledger.items, as_of=view.as_of, credits_apart=True).rows:
        name = names.get((row.seller, row.debtor_id))
        yield (row.seller, row.debtor_id, name, row.currency, *row.amounts, row.total_minor, row.overdue_minor)
