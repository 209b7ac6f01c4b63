"""Rows of the debtors' own lists of what a payment pays (avis de paiement) to RemittanceLine."""

from __future__ import annotations

from hashlib import blake2b
from typing import Any

from hub.plugins.csv.faults import EMPTY
from hub.plugins.csv.mapping_invoices import written_types
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.records import columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns

#: Characters of a list's and a document's name: both are part of a row's identity.
_LIMIT = 90


def remittance_keys(t: Table) -> tuple[list[str], list[str], list[str | None]]:
    """List, document and day of each row; a list without a name is its debtor's of that day."""
    if t.keys is None:
        lists = t.optional_id("remittance_id", _LIMIT) or [None] * t.count
        days = t.days("dated_on", required=False)
        debtors = t.optional_id("debtor_id", _LIMIT) or [None] * t.count
        for i, (name, day) in enumerate(zip(lists, days, strict=True)):
            if name is None and day is None:
                t.refuse(i, "dated_on", "HUB-CSV-014", said=EMPTY, name="dated_on or remittance_id")
        rows = zip(lists, debtors, days, strict=True)
        named = [name or f"{debtor or '*'}/{day or '?'}" for name, debtor, day in rows]
        t.keys = (named, t.ids("invoice_number", _LIMIT), days)
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str], list[str | None]] = t.keys
    return keys


def remittance_refs(t: Table, ranks: Ranks) -> list[str]:
    """list|document|rank among the rows with the same two: an amount may be corrected."""
    return [ranks.ref(f"{name}|{number}") for name, number, _ in zip(*remittance_keys(t), strict=True)]


def map_remittances(t: Table) -> list[Columns]:
    """One line a row; a credit note, by its type or its sign, is taken off."""
    lists, numbers, days = remittance_keys(t)
    currencies = t.currencies()
    amounts = t.amounts("amount", currencies, required=True)
    types = written_types(t)
    fields: dict[str, list[Any] | None] = {
        "remittance_id": lists,
        "line": [_line(ref) for ref in t.refs],
        "payer_ref": t.optional_id("debtor_id"),
        "dated_on": days,
        "document_number": numbers,
        "amount_minor": [
            -abs(amount) if amount is not None and kind == "credit_note" else amount
            for amount, kind in zip(amounts, types, strict=True)
        ],
        "currency": currencies,
    }
    return columns_of("remittance_line", fields, t.kept(), t.count)


def _line(ref: str) -> int:
    """A number of a row within its list that stays the same when other rows come or go."""
    return 1 + int.from_bytes(blake2b(ref.encode(), digest_size=6).digest())
