"""Receipts that are no more: withdrawn by their source, or taken back by the bank. What was applied of them is undone.

Done before anything is decided, so that the invoices that are open again are there to be paid by others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from hub.core.reconcile import Decision, Receipts
from hub.core.reconcile.outcome import RETURN
from hub.core.reconcile.payers.names import iban_key, name_words
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
    and nobody knew of before, and of all money that came back and of which a person must say what it takes back."""

    any: bool
    returned: list[tuple[str, int]]
    to_place: list[tuple[str, int]]


class CameBack(NamedTuple):
    """Money that came back and of which a person must say which receipt it takes back.

    disbursement: its row number. `why` names the receipts that fit, the likeliest first; `fitting` are their names.
    """

    disbursement: int
    why: str
    fitting: list[str]


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
        marked = store.marked_money(connection) if receipts else []
    decisions = returns_of(receipts) if receipts else []
    found = list(taken_back(decisions, confirmed))
    followed = [one for one in elsewhere if one.receipt not in confirmed]
    if orphaned or found or followed:
        desk.store.again(desk.actor, lambda unit: _undo(unit, [*found, *followed]))
    row_of = {id_: row for row, id_ in enumerate(receipts.id)} if receipts else {}
    returned = [_amount(receipts, row_of[one.receipt]) for one in found] if receipts else []
    waiting = _to_place(receipts, decisions, confirmed, marked) if receipts else []
    to_place = [_amount(receipts, row_of[one.receipt_id]) for one in waiting] if receipts else []
    return Undone(bool(orphaned or found or followed), returned, to_place)


def returns_to_place(connection: Connection, books: Mapping[str, int], name: str | None = None) -> list[CameBack]:
    """Money that came back and of which a person must say what it takes back: no receipt fits, several do, one fits
    without a reason code, or what fits was confirmed by a person. Who marks the receipt says it. `name`: only that of
    the source's own id."""
    called = None if name is None else store.disbursements_called(connection, name)
    if called == frozenset() or not store.money_left(connection):
        return []
    receipts, confirmed = store.unapplied(connection, books), store.confirmed_receipts(connection)
    found = _to_place(receipts, returns_of(receipts), confirmed, store.marked_money(connection))
    found = [one for one in found if called is None or -one.receipt_id in called]
    fitting = {one.receipt_id: _fitting(one) for one in found}
    names = store.names_of(connection, sorted({receipt for fits in fitting.values() for receipt in fits}))
    return [_came_back(one, [names[row] for row in fitting[one.receipt_id] if row in names]) for one in found]


def _to_place(
    receipts: Receipts, decisions: Iterable[Decision], confirmed: Collection[int], marked: Iterable[Any]
) -> list[Decision]:
    """The returns that a person must place; a receipt that was marked places one of its payer and amount."""
    returns = [one for one in decisions if one.status == RETURN]
    if not returns:
        return []
    known = {-one.disbursement for one in taken_back(returns, confirmed)}
    left, row_of, waiting = list(marked), {id_: row for row, id_ in enumerate(receipts.id)}, []
    for one in returns:
        if one.receipt_id in known:
            continue
        placed = next((money for money in left if _is_of(receipts, row_of[one.receipt_id], money)), None)
        if placed is None:
            waiting.append(one)
        else:
            left.remove(placed)
    return waiting


def _is_of(receipts: Receipts, row: int, money: Any) -> bool:
    """Whether money that came back is a marked receipt's: amount, currency, and the payer by account or name."""
    if (money.amount_minor, money.currency) != (-receipts.amount_minor[row], receipts.currency[row]):
        return False
    name, iban = receipts.payer_name[row], receipts.payer_iban[row]
    same_account = iban and money.payer_iban and iban_key(iban) == iban_key(money.payer_iban)
    same_name = name and money.payer_name and name_words(name) == name_words(money.payer_name)
    return money.received_on <= receipts.received_on[row] and bool(same_account or same_name)


def _fitting(decision: Decision) -> list[int]:
    """The receipts that money which came back may be, the likeliest first."""
    one = decision.evidence.get("reverses_receipt_id")
    return [one] if one else list(decision.evidence.get("candidates", ()))


def _came_back(decision: Decision, names: list[str]) -> CameBack:
    told = f" They are {', '.join(names)}, the likeliest first." if len(names) > 1 else ""
    told = f" That would be {names[0]}." if len(names) == 1 else told
    if names and decision.evidence.get("reason_code") and decision.evidence.get("reverses_receipt_id"):
        told += " A person confirmed what that paid, so a person must reverse it."
    return CameBack(-decision.receipt_id, decision.reason + told, names)


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
