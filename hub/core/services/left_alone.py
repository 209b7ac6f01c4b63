"""Money that nothing was applied of and nothing is suggested for: how much, and why the engine left it alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from hub.core.reconcile.outcome import RETURN, UNAPPLIED
from hub.core.services.desk import Desk, books_of
from hub.core.services.taken_back import returns_to_place
from hub.core.store.choosing import receipts_called
from hub.core.store.decisions import verdict_rows
from hub.core.store.exporting import disbursements
from hub.core.store.marks import marked_receipts
from hub.core.store.reading import allocated_by_receipt, returned_receipts
from hub.core.store.receipts import returns_by_receipt
from hub.core.store.shown import shown_receipts
from hub.core.store.sightings import sums


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A receipt of which something is not applied, and why.

    left_minor: what is not applied of it, in minor units of its currency.
    text: what the bank said, in its pieces; None when it said nothing. fitting: of money that came back, the names of
    the receipts that it may be, the likeliest first.
    """

    receipt_row: int
    receipt_id: str
    received_on: date
    payer_name: str | None
    text: str | None
    amount_minor: int
    left_minor: int
    currency: str
    verdict: str
    reason: str
    fitting: tuple[str, ...] = ()


def list_came_back(desk: Desk, *, since: date | None = None) -> list[LeftAlone]:
    """Money that came back and of which a person must say which receipt it was: negative amounts, in order of
    recording; `receipt_row` is 0, and `reason` names the receipts that fit."""
    with desk.store.read() as connection:
        found = {one.disbursement: one for one in returns_to_place(connection, books_of(desk, connection))}
        rows = disbursements(connection, sorted(found))
    return [
        LeftAlone(
            0, row.disbursement_id, row.paid_on, row.payee_name, row.remittance, -row.amount_minor, -row.amount_minor,
            row.currency, RETURN, found[row.id].why, tuple(found[row.id].fitting),
        )
        for row in rows
        if since is None or row.paid_on >= since
    ]  # fmt: skip


def list_taken_back(desk: Desk, *, since: date | None = None) -> list[LeftAlone]:
    """Receipts that the bank took back, with its reason, in the order they were received; nothing of them is left."""
    with desk.store.read() as connection:
        reasons = {row.receipt_id: row.reason for row in returns_by_receipt(connection, returned_receipts(connection))}
        found = receipts_called(connection, rows=sorted(reasons))
        said = shown_receipts(connection, reasons.keys())
    return [
        LeftAlone(
            one.id, one.receipt_id, one.received_on, one.payer_name, said[one.id].text, one.amount_minor, 0,
            one.currency, RETURN, reasons[one.id],
        )
        for one in sorted(found, key=lambda one: (one.received_on, one.id))
        if since is None or one.received_on >= since
    ]  # fmt: skip


def list_left_alone(
    desk: Desk, *, verdicts: Collection[str] = (UNAPPLIED,), since: date | None = None
) -> list[LeftAlone]:
    """Receipts that the last reconciliation left alone, in the order they were received.

    Args:
        verdicts: "unapplied", "not_a_receipt", "return".
        since: only those received on that day or later.
    """
    with desk.store.read() as connection:
        spent, known = allocated_by_receipt(connection), sums(connection, books_of(desk, connection))
        gone = returned_receipts(connection) | marked_receipts(connection).keys()
        rows = [
            (row, left)
            for row in verdict_rows(connection)
            if row.verdict in verdicts
            and (since is None or row.received_on >= since)
            and row.id not in gone
            and (left := row.amount_minor - spent.get(row.id, 0) - known.taken(row.id)) > 0
        ]
        said = shown_receipts(connection, {row.id for row, _ in rows})
    return [
        LeftAlone(
            row.id, row.receipt_id, row.received_on, row.payer_name, said[row.id].text, row.amount_minor, left,
            row.currency, row.verdict, row.reason,
        )
        for row, left in rows
    ]  # fmt: skip
