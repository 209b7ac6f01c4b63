"""How the books and the hub stand to each other: totals, money not in the books yet, what waits for a person."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from hub.core.ledger.gap_causes import Standing
from hub.core.services.desk import Desk, books_of
from hub.core.services.disagreements import tellings_of
from hub.core.services.gaps import BookCheck, check_books
from hub.core.services.handed import batches_in
from hub.core.store import parties as party_store
from hub.core.store import sightings as store
from hub.core.store.batches import PREPARED, WRITTEN
from hub.core.store.doubts import doubtful_debtors
from hub.core.store.postings import in_suggestions


@dataclass(slots=True)
class BooksStatus:
    """The whole picture.

    `not_in_books`: receipts that the books have no entry of, their number and amounts by currency; None when the books
    give no receipts, so that nothing can be said. `maybe_in_books`: those of them that may be an entry which the books
    have: it is suggested. `same_sum`: suggestions that two receipts are one; `same_party`: that
    two accounts are; `disagreements`: fields of the books' invoices that others tell otherwise.
    `handed`: payments handed to the books that they do not have yet; `to_correct`: those about which the books and the
    hub differ since.
    """

    check: BookCheck
    not_in_books: int | None = None
    not_in_books_minor: Counter[str] = field(default_factory=Counter)
    maybe_in_books: int = 0
    maybe_in_books_minor: Counter[str] = field(default_factory=Counter)
    same_sum: int = 0
    same_party: int = 0
    disagreements: int = 0
    handed: int = 0
    to_correct: int = 0


def books_status(desk: Desk, connection: Any) -> BooksStatus:
    """How the books stand today."""
    books = books_of(desk, connection)
    result = BooksStatus(check_books(desk, connection))
    result.same_sum = store.suggested(connection)
    result.same_party = len(party_store.proposals(connection))
    result.disagreements = len(tellings_of(connection, books))
    for batch in batches_in(desk, connection):
        result.handed += sum(one.state in (PREPARED, WRITTEN) for one in batch.postings)
        result.to_correct += sum(bool(one.corrections) for one in batch.postings)
    if store.receipt_connectors(connection) & set(books.values()):
        found = store.not_in_books(connection, books.values())
        result.not_in_books = sum(number for number, _ in found.values())
        result.not_in_books_minor.update({currency: minor for currency, (_, minor) in found.items()})
        maybe = store.not_in_books(connection, books.values(), among=in_suggestions(connection))
        result.maybe_in_books = sum(number for number, _ in maybe.values())
        result.maybe_in_books_minor.update({currency: minor for currency, (_, minor) in maybe.items()})
    return result


def standing(desk: Desk, connection: Any) -> Standing:
    """Whom no outgoing act may reach today, since the books do not agree, or since money that is applied to his
    invoices may be that of an entry which counts too: see `ledger.gap_causes.may_act`."""
    found = check_books(desk, connection).standing()
    return found._replace(debtors=found.debtors | doubtful_debtors(connection))
