"""What a reconciliation is given: open items, receipts with money left, debtors, and what was said and done before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.core.ledger.facts import Allocations
from hub.core.reconcile import Debtors, Learnt, OpenItems, Receipts, Remittances, SettledNumbers
from hub.core.reconcile.confidence import Judged
from hub.core.reconcile.kept.standing import Amounts, Standing
from hub.core.services.desk import Desk, books_of
from hub.core.services.kept import KeptLedger, keep_ledger, kept_ledger, notes_of
from hub.core.services.ledger import view_in
from hub.core.services.opened import opened_of
from hub.core.services.set_off import Waiting, set_off_too_early
from hub.core.store import Connection, lessons
from hub.core.store import receipts as receipt_store
from hub.core.store.doubts import Doubts, doubts
from hub.core.store.marks import marked_receipts
from hub.core.store.offered import judged

#: Minor units by document.
ByDocument = Mapping[int, int] | Amounts


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the engine is given, and what is needed to write its decisions down.

    The `all_…` and `…_before` columns are those of the beginning, whatever the passes used up since. in_books,
    allocated: minor units by document, settled in the books and by standing allocations of the hub. names: what the
    sources call the receipts, where it is wanted. A kept ledger brings its closed numbers with it: `settled` is None.
    """

    items: OpenItems | Standing
    settled: SettledNumbers | None
    receipts: Receipts
    learnt: Learnt
    judged: Judged
    debtors: Debtors
    remittances: Remittances | None
    in_books: ByDocument
    allocated: ByDocument
    all_items: OpenItems | Standing
    all_settled: SettledNumbers | None
    allocated_before: ByDocument
    unapplied_before: list[int]
    reversed_receipts: frozenset[int]
    seen_elsewhere: frozenset[int]
    confirmed_receipts: frozenset[int]
    doubts: Doubts
    marked: Mapping[int, str]
    names: Mapping[int, str] = field(default_factory=dict)


def load_inputs(
    desk: Desk, connection: Connection, undone_since: date | None = None, *, use_kept: bool = True
) -> Inputs:
    """Read them, in the engine's columns; the ledger from what was kept of it, unless `use_kept` says otherwise.

    `undone_since`: as if nothing had been applied automatically of receipts received from that day on, nor settled in
    the books for it.
    """
    books = books_of(desk, connection)
    receipts = receipt_store.unapplied(connection, books, undone_since)
    debtors = receipt_store.debtors(connection, books)
    waiting = Waiting(receipts, debtors)
    known = kept_ledger(desk, connection, waiting) if use_kept and undone_since is None else None
    ledger = _read(desk, connection, undone_since, waiting) if known is None else _kept(known)
    return Inputs(
        items=ledger.items,
        settled=ledger.settled,
        receipts=receipts,
        learnt=lessons.learnt(connection),
        judged=judged(connection),
        debtors=debtors,
        remittances=receipt_store.remittances(connection, receipts),
        in_books=ledger.in_books,
        allocated=ledger.allocated,
        all_items=ledger.items,
        all_settled=ledger.settled,
        allocated_before=ledger.allocated,
        unapplied_before=receipts.unapplied_minor,
        reversed_receipts=receipt_store.reversed_by_people(connection),
        seen_elsewhere=receipt_store.seen_elsewhere(connection, books.values()),
        confirmed_receipts=receipt_store.confirmed_receipts(connection),
        doubts=doubts(connection),
        marked=marked_receipts(connection),
        names=receipt_store.names_of(connection, receipts.id) if undone_since else {},
    )


class _Ledger(NamedTuple):
    """The part of the inputs that the ledger gives."""

    items: OpenItems | Standing
    settled: SettledNumbers | None
    in_books: ByDocument
    allocated: ByDocument


def _kept(known: KeptLedger) -> _Ledger:
    return _Ledger(known.standing, None, known.in_books, known.allocated)


def _read(desk: Desk, connection: Connection, undone_since: date | None, waiting: Waiting) -> _Ledger:
    """The whole ledger, read; kept for the next time, unless something of it is taken for undone."""
    view = view_in(desk, connection)
    undone = _automatic_since(view.facts.allocations, undone_since) if undone_since else {}
    opened = opened_of(view, undone)
    notes = notes_of(desk, connection, view, opened) if undone_since is None else None
    freed = set_off_too_early(view, waiting)
    as_it_was = opened_of(view, undone, freed) if freed else opened
    del view
    if notes is not None:
        keep_ledger(desk, opened, notes)
    return _Ledger(as_it_was.items, as_it_was.settled, as_it_was.in_books, as_it_was.allocated)


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
