"""Money that nothing was applied of and nothing is suggested for: how much, and why the engine left it alone."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from hub.core.reconcile.outcome import UNAPPLIED
from hub.core.services.desk import Desk, books_of
from hub.core.store.decisions import verdict_rows
from hub.core.store.marks import marked_receipts
from hub.core.store.reading import allocated_by_receipt, returned_receipts
from hub.core.store.shown import shown_receipts
from hub.core.store.sightings import sums


@dataclass(frozen=True, slots=True)
class LeftAlone:
    """A receipt of which something is not applied, and why.

    left_minor: what is not applied of it, in minor units of its currency.
    text: what the bank said, in its pieces; None when it said nothing.
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
