"""What a reconciliation is given: open items, receipts with money left, debtors, and what was said and done before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hub.core.reconcile import Debtors, Learnt, OpenItems, Receipts, Remittances, SettledNumbers
from hub.core.services.desk import Desk, books_of
from hub.core.services.ledger import LedgerView, allocated_by_document, settled_in_books, view_in
from hub.core.store import Connection, lessons
from hub.core.store import receipts as receipt_store
from hub.core.store.marks import marked_receipts


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the engine is given, and what is needed to write its decisions down.

    The `all_…` and `…_before` columns are those of the beginning, whatever the passes used up since. in_books,
    allocated: minor units by document, settled in the books and by standing allocations of the hub.
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


def load_inputs(desk: Desk, connection: Connection) -> Inputs:
    """Read them, in the engine's columns."""
    view = view_in(desk, connection)
    items, settled = _items(view)
    receipts = receipt_store.unapplied(connection)
    allocated = allocated_by_document(view.facts)
    return Inputs(
        items=items,
        settled=settled,
        receipts=receipts,
        learnt=lessons.learnt(connection),
        debtors=receipt_store.debtors(connection, books_of(desk, connection)),
        remittances=receipt_store.remittances(connection, receipts.id),
        in_books=settled_in_books(view.facts),
        allocated=allocated,
        all_items=items,
        all_settled=settled,
        allocated_before=allocated,
        unapplied_before=receipts.unapplied_minor,
        reversed_receipts=receipt_store.reversed_by_people(connection),
        seen_elsewhere=receipt_store.seen_elsewhere(connection),
        confirmed_receipts=receipt_store.confirmed_receipts(connection),
        marked=marked_receipts(connection),
    )


def _items(view: LedgerView) -> tuple[OpenItems, SettledNumbers]:
    """Open items with their references; numbers of documents with nothing open are told apart."""
    facts, documents, found = view.facts, view.facts.documents, view.ledger.items
    place = dict(zip(documents.id, range(len(documents.id)), strict=True))
    keep = [
        row
        for row, (kind, minor) in enumerate(zip(found.kind, found.open_minor, strict=True))
        if (minor > 0) == (kind == "invoice")  # an over-settled document has nothing to be paid
    ]
    places = [place[found.document_id[row]] for row in keep]
    items = OpenItems(
        id=[found.document_id[row] for row in keep],
        seller=[found.seller[row] for row in keep],
        debtor=[found.debtor_id[row] for row in keep],
        number=[found.number[row] for row in keep],
        kind=[found.kind[row] for row in keep],
        issued_on=[found.issued_on[row] for row in keep],
        due_on=[found.due_on[row] for row in keep],
        currency=[found.currency[row] for row in keep],
        total_minor=[found.total_minor[row] for row in keep],
        open_minor=[abs(found.open_minor[row]) for row in keep],
        order_ref=[facts.order_ref[at] for at in places],
        payment_ref=[facts.payment_ref[at] for at in places],
        corrects=[documents.corrects[at] for at in places],
        discount_terms=[facts.discount_terms[at] for at in places],
    )
    still_open = set(items.id)
    closed = [index for index, document in enumerate(documents.id) if document not in still_open]
    settled = SettledNumbers(
        seller=[documents.seller[at] for at in closed],
        debtor=[documents.debtor_id[at] for at in closed],
        number=[documents.number[at] for at in closed],
    )
    return items, settled
