"""What a reconciliation is given: open items, receipts with money left, debtors, and what was said and done before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from hub.core.ledger.facts import REOPENED_IN_BOOKS, Allocations
from hub.core.reconcile import Debtors, Learnt, OpenItems, Receipts, Remittances, SettledNumbers
from hub.core.services.desk import Desk
from hub.core.services.ledger import LedgerView, allocated_by_document, settled_in_books, view_in
from hub.core.store import Connection, lessons
from hub.core.store import receipts as receipt_store
from hub.core.store.marks import marked_receipts


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the engine is given, and what is needed to write its decisions down.

    The `all_…` and `…_before` columns are those of the beginning, whatever the passes used up since. in_books,
    allocated: minor units by document, settled in the books and by standing allocations of the hub. names: what the
    sources call the receipts, where it is wanted.
    """

    items: OpenItems
    settled: SettledNumbers
    receipts: Receipts
    learnt: Learnt
    debtors: Debtors
    remittances: Remittances | None
    in_books: Mapping[int, int]
    allocated: Mapping[int, int]
    all_items: OpenItems
    all_settled: SettledNumbers
    allocated_before: Mapping[int, int]
    unapplied_before: list[int]
    reversed_receipts: frozenset[int]
    seen_elsewhere: frozenset[int]
    confirmed_receipts: frozenset[int]
    marked: Mapping[int, str]
    names: Mapping[int, str] = field(default_factory=dict)


def load_inputs(desk: Desk, connection: Connection, undone_since: date | None = None) -> Inputs:
    """Read them, in the engine's columns.

    `undone_since`: as if nothing had been applied automatically of receipts received from that day on, nor settled in
    the books for it.
    """
    view = view_in(desk, connection)
    undone = _automatic_since(view.facts.allocations, undone_since) if undone_since else {}
    items, settled = _items(view, undone)
    receipts = receipt_store.unapplied(connection, view.books, undone_since)
    allocated = allocated_by_document(view.facts)
    in_books = settled_in_books(view.facts)
    for row, document in enumerate(items.id) if undone else ():
        if document in undone:
            allocated[document] -= undone[document]
            most = items.total_minor[row] - items.open_minor[row]
            in_books[document] = min(in_books.get(document, 0), most)
    return Inputs(
        items=items,
        settled=settled,
        receipts=receipts,
        learnt=lessons.learnt(connection),
        debtors=receipt_store.debtors(connection, view.books),
        remittances=receipt_store.remittances(connection, receipts.id),
        in_books=in_books,
        allocated=allocated,
        all_items=items,
        all_settled=settled,
        allocated_before=allocated,
        unapplied_before=receipts.unapplied_minor,
        reversed_receipts=receipt_store.reversed_by_people(connection),
        seen_elsewhere=receipt_store.seen_elsewhere(connection),
        confirmed_receipts=receipt_store.confirmed_receipts(connection),
        marked=marked_receipts(connection),
        names=receipt_store.names_of(connection, receipts.id) if undone_since else {},
    )


def _automatic_since(allocations: Allocations, day: date) -> dict[int, int]:
    """What the hub applied by itself from `day` on, by document, unsigned minor units."""
    found: dict[int, int] = {}
    columns = zip(
        allocations.document_id, allocations.amount_minor, allocations.effective_on, allocations.status, strict=True
    )
    for document, amount, effective_on, status in columns:
        if status == "auto" and effective_on >= day:
            found[document] = found.get(document, 0) + abs(amount)
    return found


def _items(view: LedgerView, undone: Mapping[int, int]) -> tuple[OpenItems, SettledNumbers]:
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
    return items, settled
