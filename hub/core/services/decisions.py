"""What all decisions of people share: names, what is open, writing, and refusals that say what happened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hub.core.ledger.facts import REOPENED_IN_BOOKS
from hub.core.services.desk import Desk
from hub.core.services.ledger import settled_in_books, view_in
from hub.core.store import Connection
from hub.core.store.allocations import NewAllocation, add_allocations, moot_proposals
from hub.core.store.choosing import ChosenReceipt, numbers_of, receipts_called
from hub.core.store.database import UnitOfWork
from hub.core.store.decisions import AllocationRow, allocation_rows
from hub.core.store.marks import mark_of
from hub.core.store.offered import with_offered
from hub.core.store.reopened import once_confirmed
from hub.sdk.errors import HubError


def proposal_id(receipt_id: int, lines: Sequence[tuple[object, ...]]) -> str:
    """A short name of one way to allocate one receipt: the same way has the same name in every run."""
    return "P" + hashlib.sha256(json.dumps([receipt_id, lines]).encode()).hexdigest()[:12]


class State(NamedTuple):
    """A document of the books today, unsigned minor units: what is open, what the books have settled on it, and what
    the ledger set off against a credit note: money that is applied goes before that."""

    open_minor: int
    in_books_minor: int
    set_off_minor: int


def states(desk: Desk, connection: Connection, documents: Sequence[int]) -> dict[int, State]:
    """The state of these documents; one that the books do not have, or over-settled, has nothing open."""
    view = view_in(desk, connection)
    in_books = settled_in_books(view.facts)
    opened = {
        item.document_id: abs(item.open_minor)
        for item in view.ledger.items
        if (item.open_minor > 0) == (item.kind == "invoice")
    }
    set_off = dict(zip(view.facts.documents.id, view.ledger.balances.credited_minor, strict=True))
    return {row: State(opened.get(row, 0), in_books.get(row, 0), set_off.get(row, 0)) for row in documents}


def reopened_documents(desk: Desk, connection: Connection) -> frozenset[int]:
    """Documents that the books settled after an allocation was made here, and opened again since: a person decides."""
    if not once_confirmed(connection, None):
        return frozenset()
    anomalies = view_in(desk, connection).ledger.anomalies
    return frozenset(anomaly.document_id for anomaly in anomalies if anomaly.kind == REOPENED_IN_BOOKS)


def written(desk: Desk, unit: UnitOfWork, lines: Sequence[NewAllocation]) -> list[AllocationRow]:
    """Write the lines of one decision of a person and return them; other suggestions for its receipts go moot.

    The receipts and invoices must be locked by the caller. What the books have settled by now is noted on each line.

    Raises:
        HubError: a choice is as old as the screen it was made on, and something was used up since: it is named.
    """
    found = states(desk, unit.connection, [line.invoice_id for line in lines])
    _refuse_stale(unit, lines, found)
    new = [line._replace(books_settled_minor=found[line.invoice_id].in_books_minor) for line in lines]
    new = with_offered(unit.connection, new)
    ids = add_allocations(unit, new)
    rows = allocation_rows(unit.connection, decision=str(ids[0]))
    moot_proposals(unit, [line.receipt_id for line in lines], rows[0].proposal)
    return rows


def _refuse_stale(unit: UnitOfWork, lines: Sequence[NewAllocation], found: Mapping[int, State]) -> None:
    wanted: dict[int, int] = {}
    used: dict[int, int] = {}
    for line in lines:
        wanted[line.invoice_id] = wanted.get(line.invoice_id, 0) + abs(line.amount_minor)
        if line.nature == "money":
            used[line.receipt_id] = used.get(line.receipt_id, 0) + line.used
    left = {r.id: 0 if r.taken_back else r.left_minor for r in receipts_called(unit.connection, rows=list(used))}
    short = next((row for row, amount in wanted.items() if amount > _most(found[row])), None)
    if short is not None:
        [invoice] = numbers_of(unit.connection, [short])
        what = f"{invoice} has less open than that"
    elif any(amount > left.get(row, 0) for row, amount in used.items()):
        what = "the receipt has less left than that"
    else:
        return
    raise HubError(
        code="HUB-REC-010",
        what=f"the allocation was refused: {what}",
        where=lines[0].proposal,
        mend="something changed since it was chosen: run hub reconcile, then look at hub allocations list",
    )


def _most(state: State) -> int:
    return state.open_minor + state.set_off_minor


def refuse_marked(desk: Desk, connection: Connection, receipt: ChosenReceipt) -> None:
    """Of a receipt that somebody marked as no debtor's payment nothing is applied.

    Raises:
        HubError: who marked it, when and why.
    """
    mark = mark_of(connection, receipt.id)
    if mark is not None:
        raise HubError(
            code="HUB-REC-033",
            what=f"{mark.actor} marked {receipt.receipt_id} as no debtor's payment, {desk.moment(mark.recorded_at)}: "
            f"{mark.reason}",
            where=receipt.receipt_id,
            mend=f'if that is wrong: hub allocations unmark {receipt.receipt_id} --reason "…"',
        )


def refuse_decided(desk: Desk, connection: Connection, name: str) -> None:
    """Say what became of the decision called `name`, if it is one.

    Raises:
        HubError: it was applied, and maybe reversed: by whom, when and why.
    """
    rows = allocation_rows(connection, decision=name)
    if not rows:
        return
    row = rows[0]
    when = desk.moment(row.recorded_at or 0)
    how = "confirmed" if row.origin == "confirmed" else "applied automatically"
    what, mend = (
        f"{name} was {how} already by {row.actor}, {when}",
        f"nothing to do; see hub allocations explain {name}",
    )
    if all(r.status == "reversed" for r in rows) and row.reversed_at is not None:
        what += f"; {row.reversed_by} reversed it, {desk.moment(row.reversed_at)}: {row.reversed_because}"
        mend = "run hub reconcile: what is suggested now has a name of its own"
    raise HubError(code="HUB-REC-030", what=what, where=name, mend=mend)
