"""The work of a person on allocations: look, confirm a suggestion, reverse with a reason, ask why."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hub.core.services.desk import Desk
from hub.core.services.ledger import LedgerView, settled_in_books, view_in
from hub.core.store.allocations import (
    AllocationRow,
    NewAllocation,
    add_allocations,
    allocation_rows,
    drop_proposals,
    proposal_rows,
    reverse,
    verdict_rows,
)
from hub.core.store.database import UnitOfWork
from hub.core.store.receipts import unapplied
from hub.sdk.errors import HubError


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why lines that were decided together stand: `evidence` is what the engine found and refused."""

    lines: list[AllocationRow]
    evidence: dict[str, Any]


def list_allocations(desk: Desk, *, statuses: Sequence[str] = ()) -> list[AllocationRow]:
    """Allocations, then suggestions (rows of one proposal together, best first); all statuses unless some are named."""
    with desk.store.read() as connection:
        rows = allocation_rows(connection) + proposal_rows(connection)
    return [row for row in rows if not statuses or row.status in statuses]


def confirm(desk: Desk, proposal: str) -> list[AllocationRow]:
    """Apply a suggestion as a person's decision; returns its lines.

    Raises:
        HubError: no such suggestion, or the money or the invoice was used meanwhile.
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        chosen = [row for row in proposal_rows(unit.connection) if row.proposal == proposal]
        if not chosen:
            raise _unknown(proposal)
        if any(row.currency != row.receipt_currency for row in chosen):
            raise HubError(
                code="HUB-REC-013",
                what=f"{proposal} pays an invoice in {chosen[0].currency} with {chosen[0].receipt_currency}",
                where=proposal,
                mend="an allocation has one currency: book the exchange in the ledger; the hub reads it from there",
            )
        view = view_in(desk, unit.connection)
        _refuse_stale(unit, view, chosen)
        in_books = settled_in_books(view.facts)
        add_allocations(unit, [_confirmed(row, in_books) for row in chosen])
        drop_proposals(unit, chosen[0].receipt_row)
        return chosen

    return desk.store.again(desk.actor, work)


def _refuse_stale(unit: UnitOfWork, view: LedgerView, chosen: list[AllocationRow]) -> None:
    """A suggestion is as old as the last reconciliation: what it pays must still be open, its money still there."""
    still_open = {item.document_id: abs(item.open_minor) for item in view.ledger.items}
    receipts = unapplied(unit.connection, view.books)
    left = dict(zip(receipts.id, receipts.unapplied_minor, strict=True)).get(chosen[0].receipt_row, 0)
    wanted: dict[int, int] = {}
    for row in chosen:
        wanted[row.invoice_row] = wanted.get(row.invoice_row, 0) + abs(row.amount_minor)
    too_much = next((row for row in chosen if wanted[row.invoice_row] > still_open.get(row.invoice_row, 0)), None)
    if too_much is not None or sum(row.amount_minor for row in chosen if row.nature == "money") > left:
        what = (
            f"{too_much.invoice_number} has less open than that" if too_much else "the receipt has less left than that"
        )
        raise HubError(
            code="HUB-REC-010",
            what=f"the allocation was refused: {what}",
            where=chosen[0].proposal,
            mend="something changed since the suggestion was made: run hub reconcile again",
        )


def _confirmed(row: AllocationRow, in_books: dict[int, int]) -> NewAllocation:
    return NewAllocation(
        proposal=row.proposal, receipt_id=row.receipt_row, invoice_id=row.invoice_row, nature=row.nature,
        amount_minor=row.amount_minor, currency=row.currency, origin="confirmed", rule=row.rule, reason=row.reason,
        confidence_ppm=row.confidence_ppm, evidence=row.evidence,
        books_settled_minor=in_books.get(row.invoice_row, 0), effective_on=row.effective_on,
    )  # fmt: skip


def reverse_proposal(desk: Desk, name: str, reason: str) -> list[AllocationRow]:
    """Reverse an allocation: all standing lines that were decided together. `name` is a proposal or an allocation id.

    Raises:
        HubError: nothing stands under that name.
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        chosen = [row for row in _named(allocation_rows(unit.connection), name) if row.status != "reversed"]
        if not chosen:
            raise _unknown(name)
        reverse(unit, [row.allocation_id for row in chosen if row.allocation_id is not None], reason)
        return chosen

    return desk.store.again(desk.actor, work)


def explain(desk: Desk, name: str) -> Explanation:
    """Everything known about one decision. `name`: a proposal, an allocation id, or a receipt's own id.

    Raises:
        HubError: nothing is known under that name.
    """
    with desk.store.read() as connection:
        rows = allocation_rows(connection) + proposal_rows(connection)
        verdicts = verdict_rows(connection)
    chosen = _named(rows, name) or [row for row in rows if row.receipt_id == name]
    alone = next((row for row in verdicts if row.receipt_id == name), None)
    if not chosen and alone is not None:
        raise HubError(
            code="HUB-REC-014",
            what=f"receipt {name} is not applied: {alone.reason}",
            where=name,
            mend="if that is wrong, look at the open items: hub export open-items",
        )
    if not chosen:
        raise _unknown(name)
    return Explanation(chosen, json.loads(chosen[0].evidence))


def _named(rows: list[AllocationRow], name: str) -> list[AllocationRow]:
    """Rows of the proposal called `name`, or of the proposal that the allocation with this id belongs to."""
    by_id = {str(row.allocation_id): row.proposal for row in rows if row.allocation_id is not None}
    proposal = by_id.get(name, name)
    return [row for row in rows if row.proposal == proposal]


def _unknown(name: str) -> HubError:
    return HubError(
        code="HUB-REC-012",
        what=f"no allocation or suggestion is called {name!r}",
        where=name,
        mend="look at hub allocations list; after hub reconcile the suggestions are new",
    )
