"""What is so now of a receipt that is not applied, or not wholly: why, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from hub.core.services.desk import Desk, books_of
from hub.core.services.words import amount
from hub.core.store import Connection
from hub.core.store.choosing import ChosenReceipt
from hub.core.store.decisions import verdict_rows
from hub.core.store.marks import mark_of
from hub.core.store.receipts import returns_by_receipt
from hub.core.store.sightings import sums


class Present(NamedTuple):
    """Why money of a receipt is not applied, and what may be done. `left`: how much that is, in words; `free`: whether
    a person may apply it as it stands."""

    why: str
    mend: str
    left: str = ""
    free: bool = False


def present_of(desk: Desk, connection: Connection, receipt: ChosenReceipt) -> Present | None:
    """Why something of a receipt is not applied; None when all of it is."""
    name = receipt.receipt_id
    back = returns_by_receipt(connection, [receipt.id])
    if back:
        return Present(f"the bank took it back. {back[0].reason}", "nothing to do: what it had paid is open again")
    mark = mark_of(connection, receipt.id)
    if mark is not None:
        return Present(
            f"{mark.actor} marked it as no debtor's payment, {desk.moment(mark.recorded_at)}: {mark.reason}",
            f'if that is wrong: hub allocations unmark {name} --reason "…"',
        )
    if receipt.amount_minor <= 0:
        return Present("it brings no money", "nothing to do")
    if receipt.left_minor <= 0:
        return None
    taken = sums(connection, books_of(desk, connection)).taken(receipt.id)
    if taken >= receipt.left_minor:
        return Present(
            "its money is counted as another receipt's, or the books matched it",
            "hub sightings list and hub export receipts say which",
        )
    verdict = next((row.reason for row in verdict_rows(connection, name) if row.id == receipt.id), None)
    if verdict is None:
        return Present("nobody has judged it yet", "run hub reconcile")
    return Present(
        verdict,
        f"if that is wrong, look at hub export open-items, and hub allocations allocate --receipt {name}",
        free=True,
    )


def left_of(
    desk: Desk, connection: Connection, receipts: Iterable[ChosenReceipt], suggested: Collection[int]
) -> dict[int, Present]:
    """What is not applied of these receipts and why, by row; nothing of those that have a suggestion."""
    told = {}
    for receipt in receipts:
        found = None if receipt.id in suggested else present_of(desk, connection, receipt)
        if found is not None:
            told[receipt.id] = found._replace(left=amount(receipt.left_minor, receipt.currency))
    return told
