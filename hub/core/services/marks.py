"""A person says that money is no debtor's payment, or takes that back."""

from __future__ import annotations

from hub.core.services.desk import Desk
from hub.core.services.naming import receipt_called
from hub.core.store import marks
from hub.core.store.choosing import ChosenReceipt, lock
from hub.core.store.database import UnitOfWork
from hub.sdk.errors import HubError


def mark_not_a_receipt(desk: Desk, name: str, reason: str) -> ChosenReceipt:
    """Nothing of this receipt will be applied or suggested any more.

    Raises:
        HubError: there is no such receipt, it is marked already (by whom, when), or it is applied to invoices.
    """

    def work(unit: UnitOfWork) -> ChosenReceipt:
        found = receipt_called(unit.connection, name)
        lock(unit, [found.id], [])
        known = marks.mark_of(unit.connection, found.id)
        if known is not None:
            raise HubError(
                code="HUB-REC-033",
                what=f"{name} was marked already by {known.actor}, {desk.moment(known.recorded_at)}: {known.reason}",
                where=name,
                mend="nothing to do; hub allocations unmark takes it back",
            )
        if receipt_called(unit.connection, name).left_minor != found.amount_minor:
            raise HubError(
                code="HUB-REC-034",
                what=f"{name} is applied to invoices",
                where=name,
                mend=f"look at hub allocations explain {name}, reverse what is wrong, then mark it",
            )
        marks.add_mark(unit, found.id, reason)
        return found

    return desk.act(work)


def unmark(desk: Desk, name: str, reason: str) -> ChosenReceipt:
    """Take the mark of a receipt back: the next reconciliation judges it again.

    Raises:
        HubError: there is no such receipt, or no mark stands on it (by whom and when it was taken back).
    """

    def work(unit: UnitOfWork) -> ChosenReceipt:
        found = receipt_called(unit.connection, name)
        lock(unit, [found.id], [])
        known = marks.mark_of(unit.connection, found.id)
        if known is None:
            before = marks.last_undone(unit.connection, found.id)
            said = (
                f": {before.actor} took it back, {desk.moment(before.recorded_at)}: {before.reason}" if before else ""
            )
            raise HubError(
                code="HUB-REC-033",
                what=f"no mark stands on {name}{said}",
                where=name,
                mend="nothing to do; hub reconcile judges the receipt like any other",
            )
        marks.undo_mark(unit, known.id, found.id, reason)
        return found

    return desk.act(work)
