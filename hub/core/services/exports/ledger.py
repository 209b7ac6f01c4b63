"""Exports computed by the ledger room: open items, aged balance, gaps. Amounts are signed: credits are negative."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from hub.core.ledger import aged_balance, bucket_names
from hub.core.ledger.gaps import Gap
from hub.core.services.desk import books_of
from hub.core.services.exports.indicators import INDICATORS, indicators
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.gaps import check_books
from hub.core.services.ledger import LedgerView, view_in
from hub.core.store import exporting

__all__ = ["AGED_BALANCE", "GAPS", "INDICATORS", "OPEN_ITEMS", "aged_rows", "gaps", "indicators", "open_items"]

OPEN_ITEMS = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("number"), Column("kind"),
    Column("issued_on", "date"), Column("due_on", "date"), Column("due_basis"), Column("currency"),
    Column("total", "amount"), Column("open", "amount"), Column("age_days", "int"), Column("late_days", "int"),
    Column("status"),
)  # fmt: skip

GAPS = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("currency"), Column("balance_on", "date"),
    Column("open", "amount"), Column("books_balance", "amount"), Column("difference", "amount"),
    Column("likely_cause"),
)  # fmt: skip


#: One amount per bucket, in the spelling of the ledger room; what is no claim stands apart in `credits`.
AGED_BALANCE = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("currency"),
    *(Column(name, "amount") for name in bucket_names(credits_apart=True)),
    Column("total", "amount"), Column("overdue", "amount"),
)  # fmt: skip


def _view(scope: Scope) -> LedgerView:
    return view_in(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)


def _names(scope: Scope, books: dict[str, int]) -> dict[tuple[str, str], str]:
    """Names of debtors by seller and account."""
    rows = exporting.debtors(scope.connection, books, known_at=scope.known_at)
    return {(row.seller, row.debtor_id): row.name for row in rows}


def open_items(scope: Scope) -> Iterator[Row]:
    """Open items in the ledger's order. `total` and `open` are negative for credits, so that columns add up."""
    view = _view(scope)
    names = _names(scope, view.books)
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
    names = _names(scope, view.books)
    for row in aged_balance(view.ledger.items, as_of=view.as_of, credits_apart=True).rows:
        name = names.get((row.seller, row.debtor_id))
        yield (row.seller, row.debtor_id, name, row.currency, *row.amounts, row.total_minor, row.overdue_minor)


def gaps(scope: Scope) -> Iterator[Row]:
    """Debtors whose open items differ from the balance of the books on the latest day the books gave one."""
    found = check_books(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)
    if not found.checked:
        scope.notes.append("no gaps can be computed: no connector of the books gives control totals")
        return
    names = _names(scope, books_of(scope.desk, scope.connection))
    for day, gap in found.gaps:
        yield _gap(gap, day, names, found.numbers)


def _gap(gap: Gap, day: date, names: dict[tuple[str, str], str], numbers: dict[int, str]) -> Row:
    cause = None
    if gap.candidates:
        best = gap.candidates[0]
        records = " + ".join(numbers.get(ref, str(ref)) for _, ref in best.records)
        cause = records if best.exact else f"nearest: {records}"
    return (
        gap.seller, gap.debtor_id, names.get((gap.seller, gap.debtor_id)), gap.currency, day, gap.open_minor,
        gap.control_minor, gap.difference_minor, cause,
    )  # fmt: skip
