"""What the books say of themselves: rows of settlements to SettlementLine, of control totals to ControlTotal."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from hub.plugins.csv.mapping_invoices import written_types
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.records import columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns

#: The account of a settlement whose row names none: nothing hangs on it, the document tells whose it is.
NO_ACCOUNT = "*"
#: Characters of a document's and a receipt's number: both are part of a row's identity.
_LIMIT = 90


def settlement_keys(t: Table) -> tuple[list[str], list[str], list[str | None], list[str | None]]:
    """Seller, document, receipt and date of each row."""
    if t.keys is None:
        receipts = t.optional_id("receipt_id", _LIMIT) or [None] * t.count
        t.keys = (t.sellers(), t.ids("invoice_number", _LIMIT), receipts, t.days("settled_on"))
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str], list[str | None], list[str | None]] = t.keys
    return keys


def settlement_refs(t: Table, ranks: Ranks) -> list[str]:
    """seller|document|receipt|date|rank among the rows with the same four: an amount may be corrected."""
    return [
        ranks.ref(f"{seller}|{document}|{receipt or ''}|{day or '?'}")
        for seller, document, receipt, day in zip(*settlement_keys(t), strict=True)
    ]


def map_settlements(t: Table) -> list[Columns]:
    """Two lines a row: what it settles of the document and, when it names one, what it uses of the receipt."""
    sellers, documents, receipts, days = settlement_keys(t)
    currencies = t.currencies()
    amounts = t.amounts("amount", currencies, required=True)
    for i, amount in enumerate(amounts):
        if amount is not None and amount < 0:
            t.refuse(i, "amount", "HUB-CSV-012", detail="a settlement is not negative: say type = avoir", or_else="")
    types = written_types(t)
    accounts = t.optional_id("debtor_id") or [None] * t.count
    common: dict[str, list[Any] | None] = {
        "seller": sellers,
        "settlement_id": [ref if len(ref) <= 200 else blake2b(ref.encode()).hexdigest()[:40] for ref in t.refs],
        "debtor_id": [account or NO_ACCOUNT for account in accounts],
        "settled_on": days,
        "amount_minor": amounts,
        "currency": currencies,
    }
    kept = t.kept()
    of_document = common | {
        "line": [1] * t.count,
        "target": [kind or "invoice" for kind in types],
        "document_number": documents,
    }
    of_receipt = common | {"line": [2] * t.count, "target": ["receipt"] * t.count, "document_number": receipts}
    return [
        *columns_of("settlement_line", of_document, kept, t.count),
        *columns_of("settlement_line", of_receipt, [i for i in kept if receipts[i]], t.count),
    ]


def total_keys(t: Table) -> tuple[list[str], list[str], list[str | None], list[str]]:
    """Seller, account, date and currency of each row."""
    if t.keys is None:
        t.keys = (t.sellers(), t.ids("debtor_id"), t.days("balance_on"), t.currencies())
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str], list[str | None], list[str]] = t.keys
    return keys


def total_refs(t: Table) -> list[str]:
    """seller|account|date|currency."""
    return [f"{s}|{a}|{d or '?'}|{c}" for s, a, d, c in zip(*total_keys(t), strict=True)]


def map_totals(t: Table) -> list[Columns]:
    """The balances of all good rows, signed: positive when the debtor owes."""
    sellers, accounts, days, currencies = total_keys(t)
    fields: dict[str, list[Any] | None] = {
        "seller": sellers,
        "debtor_id": accounts,
        "balance_on": days,
        "balance_minor": t.amounts("balance", currencies, required=True),
        "currency": currencies,
    }
    return columns_of("control_total", fields, t.kept(), t.count)
