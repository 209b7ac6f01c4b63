"""Small ledgers, written shortly: rows in, columns out."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.core.ledger.facts import Allocations, Documents, Instalments, Settlements
from hub.core.ledger.open_items import OpenLedger, open_ledger

AS_OF = date(2026, 11, 22)
ISSUED = date(2026, 9, 1)
DUE = date(2026, 10, 1)


def documents(*rows: dict[str, Any]) -> Documents:
    """Invoices of 100.00 EUR by ACME on C1, unless a row says otherwise."""
    blank = {
        "seller": "ACME", "debtor_id": "C1", "kind": "invoice", "issued_on": ISSUED, "due_on": DUE, "currency": "EUR",
        "total_minor": 10_000, "corrects": None, "payment_terms": None,
    }  # fmt: skip
    full = [{**blank, "number": f"F{row['id']}", **row} for row in rows]
    names = ("id", "number", *blank)
    return Documents(**{name: [row[name] for row in full] for name in names})


def settlements(*rows: tuple[Any, ...]) -> Settlements:
    """(document id, date, amount[, opening[, recorded[, currency]]])."""
    full = [(*row, *(False, 0, None)[len(row) - 3 :]) for row in rows]
    return Settlements(*(list(column) for column in zip(*full, strict=True))) if full else Settlements()


def allocations(*rows: tuple[Any, ...]) -> Allocations:
    """(document id, amount, date[, level of the books[, status[, currency]]]); the receipt is 1."""
    full = [(*row, *(0, "auto", None)[len(row) - 3 :]) for row in rows]
    columns = [list(column) for column in zip(*full, strict=True)] if full else [[], [], [], [], [], []]
    ids, amounts, days, levels, statuses, currencies = columns
    return Allocations(ids, [1] * len(ids), amounts, days, levels, statuses, currencies)


def instalments(*rows: tuple[Any, ...]) -> Instalments:
    """(document id, due date, amount)."""
    return Instalments(*(list(column) for column in zip(*rows, strict=True)))


def opened(
    docs: Documents, lines: Settlements | None = None, made: Allocations | None = None, **more: Any
) -> OpenLedger:
    """The open ledger on AS_OF unless said otherwise."""
    return open_ledger(docs, lines or Settlements(), made or Allocations(), **{"as_of": AS_OF, **more})


def kinds(ledger: OpenLedger) -> list[tuple[str, int, int]]:
    """The anomalies without their texts."""
    return [(anomaly.kind, anomaly.document_id, anomaly.amount_minor) for anomaly in ledger.anomalies]
