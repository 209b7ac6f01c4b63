"""Receipts that are no more: withdrawn by their source, or taken back by the bank. What was applied of them is undone.

Done before anything is decided, so that the invoices that are open again are there to be paid by others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from hub.core.reconcile import Decision, Receipts
from hub.core.reconcile.outcome import RETURN
from hub.core.reconcile.returns import returns_of
from hub.core.services.desk import Desk, books_of
from hub.core.store import Connection, UnitOfWork
from hub.core.store import receipts as store
from hub.core.store.allocations import SOURCE_WITHDREW, reverse
from hub.core.store.sightings import returned_elsewhere


class TakenBack(NamedTuple):
    """A receipt, the disbursement that took it back, and why (ids, a sentence)."""

    receipt: int
    disbursement: int
    reason: str


class Undone(NamedTuple):
    """Whether anything was undone or noted; currency and amount (minor units) of each receipt that the bank took back
    and nobody knew of before."""

    any: bool
    returned: list[tuple[str, int]]


def undo_taken_back(desk: Desk) -> Undone:
    """Reverse what was applied of receipts that are no more; a receipt with a confirmed allocation is a person's.

    Money that came back before its receipt was told by the bank took back the books' entry of it: as soon as both are
    known to be one sum, it takes back the sum.
    """
    with desk.store.read() as connection:
        orphaned = store.allocations_of_withdrawn(connection)
        receipts = store.unapplied(connection, books_of(desk, connection)) if store.money_left(connection) else None
        elsewhere = [TakenBack(*one) for one in returned_elsewhere(connection)]
        confirmed = store.confirmed_receipts(connection) if receipts or elsewhere else frozenset()
    found = list(taken_back(returns_of(receipts), confirmed)) if receipts else []
    followed = [one for one in elsewhere if one.receipt not in confirmed]
    if orphaned or found or followed:
        desk.store.again(desk.actor, lambda unit: _undo(unit, [*found, *followed]))
    row_of = {id_: row for row, id_ in enumerate(receipts.id)} if receipts else {}
    returned = [_amount(receipts, row_of[one.receipt]) for one in found] if receipts else []
    return Undone(bool(orphaned or found or followed), returned)


def returns_to_place(connection: Connection, books: Mapping[str, int]) -> list[Decision]:
    """Money that came back and of which a person must say what it takes back: no receipt fits, several do, one fits
    without a reason code, or what fits was confirmed by a person."""
    if not store.money_left(connection):
        return []
    found = [one for one in returns_of(store.unapplied(connection, books)) if one.status == RETURN]
    known = {-one.disbursement for one in taken_back(found, store.confirmed_receipts(connection))}
    return [one for one in found if one.receipt_id not in known]


def taken_back(decisions: Iterable[Decision], confirmed: Collection[int]) -> Iterator[TakenBack]:
    """The receipts that the bank certainly took back, each once."""
    known: set[int] = set()
    for decision in decisions:
        receipt = decision.evidence.get("reverses_receipt_id")
        # Without a return code an equal amount may be a payment to somebody else: a person decides.
        if decision.status != RETURN or not decision.evidence.get("reason_code") or not receipt:
            continue
        if receipt not in known and receipt not in confirmed:
            known.add(receipt)
            yield TakenBack(int(receipt), -decision.receipt_id, decision.reason)


def _amount(receipts: Receipts, row: int) -> tuple[str, int]:
    return receipts.currency[row], receipts.amount_minor[row]


def _undo(unit: UnitOfWork, found: list[TakenBack]) -> None:
    orphaned = store.allocations_of_withdrawn(unit.connection)
    if orphaned:
        reverse(unit, orphaned, SOURCE_WITHDREW)
    reasons = {one.receipt: one.reason for one in found}
    for receipt in store.take_back(unit, found) if found else ():
        standing = store.standing_allocations(unit.connection, [receipt])
        if standing:
            reverse(unit, standing, reasons[receipt])
