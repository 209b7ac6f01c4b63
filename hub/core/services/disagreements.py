"""Disagreements: what other connectors say of the books' invoices. Shown, never overruled: the books decide amounts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hub.core.ledger.gap_causes import DISAGREEMENT, MISSING
from hub.core.store import Connection
from hub.core.store import books as store
from hub.core.store.reading import sellers_by_connector

#: Fields compared, in this order; amounts first.
AMOUNTS = ("total_minor", "total_excl_tax_minor", "tax_minor")
OTHERS = ("currency", "issued_on", "due_on")


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One field of one document that another connector tells otherwise, or a document that the books do not have.

    `kind`: "disagreement" or "not_in_the_books" (then `field` is "document"). Values are as stored, amounts in minor
    units of `currency`; `books_value` None: the books say nothing. `document_id` is the books' row, else the other's.
    `effect_minor`: of a total, what the gap would be, were the other one right.
    """

    kind: str
    seller: str
    number: str
    document: str
    debtor_id: str
    connector: str
    field: str
    books_value: Any
    other_value: Any
    currency: str
    document_id: int
    effect_minor: int = 0


def tellings_of(connection: Connection, books: Mapping[str, int], known_at: int | None = None) -> list[Disagreement]:
    """Every disagreement, by seller and number. A field that the other connector leaves empty is none."""
    found: list[Disagreement] = []
    tellers = sellers_by_connector(connection)
    if all(tellers.get(seller, set()) <= {connector} for seller, connector in books.items()):
        return found  # nobody but the books brings invoices
    for row in store.other_tellings(connection, books, known_at):
        if row.own_id is None:
            sign = -1 if row.kind == "invoice" else 1
            found.append(_one(row, MISSING, "document", None, row.total_minor, sign * row.total_minor))
            continue
        for name in (*AMOUNTS, *OTHERS):
            ours, theirs = getattr(row, f"own_{name}"), getattr(row, name)
            if theirs is None or ours is None or ours == theirs:
                continue
            effect = ours - theirs if name == "total_minor" and row.currency == row.own_currency else 0
            found.append(_one(row, DISAGREEMENT, name, ours, theirs, effect if row.kind == "invoice" else -effect))
    return found


def _one(row: Any, kind: str, field: str, ours: Any, theirs: Any, effect: int) -> Disagreement:
    return Disagreement(
        kind, row.seller, row.own_number or row.number, row.kind, row.own_debtor_id or row.debtor_id, row.connector,
        field, ours, theirs, row.own_currency or row.currency, row.own_id or row.id, effect,
    )  # fmt: skip
