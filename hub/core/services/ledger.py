"""The ledger on a day, as known on a day: facts of the store through the pure room `ledger`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hub.core.ledger.balances import books_settled_minor
from hub.core.ledger.open_items import OpenLedger, open_ledger
from hub.core.services.desk import Desk, books_of
from hub.core.store import Connection
from hub.core.store.reading import LedgerFacts, ledger_facts


@dataclass(frozen=True, slots=True)
class LedgerView:
    """Open items, anomalies and balances on `as_of`, with the facts they were computed from."""

    as_of: date
    facts: LedgerFacts
    ledger: OpenLedger
    books: dict[str, int]


def view(desk: Desk, *, as_of: date | None = None, known_on: date | None = None) -> LedgerView:
    """The ledger at the end of `as_of` (default: today), as it was known at the end of `known_on` (default: now)."""
    with desk.store.read() as connection:
        return view_in(desk, connection, as_of=as_of, known_on=known_on)


def view_in(
    desk: Desk,
    connection: Connection,
    *,
    as_of: date | None = None,
    known_on: date | None = None,
    only: Sequence[int] | None = None,
) -> LedgerView:
    """`view` inside a transaction of the caller's; of the documents `only`, if they are given (see `ledger_facts`)."""
    day = as_of or desk.clock.today()
    books = books_of(desk, connection)
    facts = ledger_facts(connection, books, desk.known_at(known_on), only)
    ledger = open_ledger(
        facts.documents,
        facts.settlements,
        facts.allocations,
        as_of=day,
        debtor_terms=facts.debtor_terms,
        instalments=facts.instalments,
    )
    ledger = ledger._replace(anomalies=ledger.anomalies + facts.ambiguous)
    return LedgerView(day, facts, ledger, books)


def settled_in_books(facts: LedgerFacts) -> dict[int, int]:
    """What the books have settled on each document, over all dates, in minor units."""
    return books_settled_minor(facts.settlements)


def allocated_by_document(facts: LedgerFacts) -> dict[int, int]:
    """What standing allocations of the hub apply to each document, in minor units, without sign."""
    allocated: dict[int, int] = {}
    for document, amount in zip(facts.allocations.document_id, facts.allocations.amount_minor, strict=True):
        allocated[document] = allocated.get(document, 0) + abs(amount)
    return allocated
