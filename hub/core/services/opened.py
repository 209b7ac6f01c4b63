"""What is open and what is closed in a view of the ledger, in the engine's columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from hub.core.ledger.facts import REOPENED_IN_BOOKS
from hub.core.reconcile import OpenItems, SettledNumbers
from hub.core.services.ledger import LedgerView, allocated_by_document, settled_in_books


@dataclass(frozen=True, slots=True)
class Opened:
    """Open items with their references, and the numbers of documents with nothing open (`closed_ids` beside them).

    in_books, allocated: minor units by document, settled in the books and by standing allocations of the hub.
    """

    items: OpenItems
    settled: SettledNumbers
    closed_ids: list[int]
    in_books: dict[int, int]
    allocated: dict[int, int]


def opened_of(
    view: LedgerView, undone: Mapping[int, int] | None = None, freed: Mapping[int, int] | None = None
) -> Opened:
    """The open items of a view.

    undone, freed: amounts to be taken for open again, by document: of allocations, and of credit notes set off
    (`hub.core.services.set_off`).
    """
    undone, freed = undone or {}, freed or {}
    again = {id_: undone.get(id_, 0) + freed.get(id_, 0) for id_ in undone.keys() | freed.keys()}
    items, settled, closed_ids = _items(view, again)
    allocated, in_books = allocated_by_document(view.facts), settled_in_books(view.facts)
    for row, document in enumerate(items.id) if undone else ():
        if document in undone:
            allocated[document] -= undone[document]
            most = items.total_minor[row] - items.open_minor[row]
            in_books[document] = min(in_books.get(document, 0), most)
    return Opened(items, settled, closed_ids, in_books, allocated)


def _items(view: LedgerView, undone: Mapping[int, int]) -> tuple[OpenItems, SettledNumbers, list[int]]:
    """Open items with their references; numbers of documents with nothing open are told apart.

    `undone`: amounts to be taken for open again, by document.
    """
    facts, documents, found = view.facts, view.facts.documents, view.ledger.items
    place = dict(zip(documents.id, range(len(documents.id)), strict=True))
    # What the books reopened waits for a person: the allocation that paid it still stands.
    reopened = {anomaly.document_id for anomaly in view.ledger.anomalies if anomaly.kind == REOPENED_IN_BOOKS}
    keep = [
        row
        for row, (kind, minor) in enumerate(zip(found.kind, found.open_minor, strict=True))
        # an over-settled document has nothing to be paid
        if (minor > 0) == (kind == "invoice") and found.document_id[row] not in reopened
    ]
    places = [place[found.document_id[row]] for row in keep]
    due_on: list[date | None] = [found.due_on[row] for row in keep]
    open_minor = [abs(found.open_minor[row]) + undone.get(found.document_id[row], 0) for row in keep]
    still_open = {found.document_id[row] for row in keep}
    for document in sorted((undone.keys() - still_open) & place.keys()):
        places.append(place[document])
        due_on.append(documents.due_on[place[document]])
        open_minor.append(undone[document])
        still_open.add(document)
    items = OpenItems(
        id=[documents.id[at] for at in places],
        seller=[documents.seller[at] for at in places],
        debtor=[documents.debtor_id[at] for at in places],
        number=[documents.number[at] for at in places],
        kind=[documents.kind[at] for at in places],
        issued_on=[documents.issued_on[at] for at in places],
        due_on=due_on,
        currency=[documents.currency[at] for at in places],
        total_minor=[documents.total_minor[at] for at in places],
        open_minor=open_minor,
        order_ref=[facts.order_ref[at] for at in places],
        payment_ref=[facts.payment_ref[at] for at in places],
        corrects=[documents.corrects[at] for at in places],
        discount_terms=[facts.discount_terms[at] for at in places],
    )
    still_open |= reopened
    closed = [index for index, document in enumerate(documents.id) if document not in still_open]
    settled = SettledNumbers(
        seller=[documents.seller[at] for at in closed],
        debtor=[documents.debtor_id[at] for at in closed],
        number=[documents.number[at] for at in closed],
    )
    return items, settled, [documents.id[at] for at in closed]
