"""The export of statuses « encaissée »: a row for each VAT rate of each status that was prepared."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal

from hub.core.services.collected import standing_statuses
from hub.core.services.desk import books_of
from hub.core.services.exports.facts import instant
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.store import collected as store
from hub.sdk.amounts import minor_from_text

COLLECTED = (
    Column("status"), Column("seller"), Column("invoice_number"), Column("collected_on", "date"),
    Column("rate", "number"), Column("amount", "amount"), Column("currency"), Column("receipt_id"),
    Column("allocation_id", "int"), Column("prepared_at", "instant"), Column("reason"),
)  # fmt: skip

#: Stored spellings of the column `status`.
PREPARED, TO_CORRECT = "prepared", "to_correct"


def collected(scope: Scope) -> Iterator[Row]:
    """Statuses in order of their allocations. `to_correct`: the allocation was reversed since, and its `reason`; a
    person corrects it on the platform."""
    books = books_of(scope.desk, scope.connection)
    due = store.due(scope.connection, store.reporters(scope.connection), books)
    right, wrong, covered = standing_statuses(scope.connection, due)
    gone = {status.allocation_id for status in wrong}
    for status in sorted([*right, *wrong], key=lambda one: one.allocation_id):
        which = TO_CORRECT if status.allocation_id in gone else PREPARED
        for part in json.loads(status.plain)["by_rate"]:
            yield (
                which, status.seller, status.invoice_number, status.received_on, Decimal(part["rate"]),
                minor_from_text(part["amount"], status.currency, "."), status.currency, status.receipt_id,
                status.allocation_id, instant(status.recorded_at, scope), status.gone if which == TO_CORRECT else None,
            )  # fmt: skip
    if wrong:
        scope.notes.append(f"{len(wrong)} statuses to correct by hand on your platform: their allocation was reversed")
    if left := len({one.allocation_id for one in due} - covered):
        scope.notes.append(f"{left} receipts on electronic invoices have no status")
