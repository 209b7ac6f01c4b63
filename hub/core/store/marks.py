"""What people said about receipts: "this is no debtor's payment", and the taking back of that."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from hub.core.store import tables as t
from hub.core.store.allocations import refused, refused_by_rule
from hub.core.store.database import UnitOfWork
from hub.core.store.offered import offered_in_vain

#: What makes the suggestions for a marked receipt moot, before its row number.
MARKED = "mark of receipt "


def standing_marks() -> sa.Select[Any]:
    """The marks that were not undone: (receipt row, reason, actor, instant, mark id)."""
    m = t.receipt_mark
    return sa.select(m.c.receipt_id, m.c.reason, m.c.actor, m.c.recorded_at, m.c.id).where(
        m.c.id.not_in(sa.select(t.receipt_mark_undone.c.mark_id))
    )


def marked_receipts(connection: sa.Connection) -> dict[int, str]:
    """Receipts that people marked, with the reason they gave."""
    return {row.receipt_id: row.reason for row in connection.execute(standing_marks())}


def mark_of(connection: sa.Connection, receipt_row: int) -> Any:
    """The standing mark of a receipt: (receipt row, reason, actor, instant, mark id); None when it has none."""
    statement = standing_marks().where(t.receipt_mark.c.receipt_id == receipt_row)
    return connection.execute(statement).first()


def last_undone(connection: sa.Connection, receipt_row: int) -> Any:
    """The latest mark of a receipt that was taken back: (reason, actor, instant) of the taking back, or None."""
    m, u = t.receipt_mark, t.receipt_mark_undone
    statement = sa.select(u.c.reason, u.c.actor, u.c.recorded_at).join(m, m.c.id == u.c.mark_id)
    statement = statement.where(m.c.receipt_id == receipt_row).order_by(m.c.id.desc()).limit(1)
    found: Any = connection.execute(statement).first()
    return found


def add_mark(unit: UnitOfWork, receipt_row: int, reason: str) -> None:
    """Mark a receipt as no debtor's payment, with one journal entry; its suggestions are no choice any more,
    its verdict is replaced.

    Raises:
        HubError: the data base refused: it is marked already, or something of it is applied.
    """
    values = {"receipt_id": receipt_row, "reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    values["offered"] = offered_in_vain(unit.connection, receipt_row)
    try:
        unit.connection.execute(t.receipt_mark.insert().values(**values))
    except sa.exc.DBAPIError as error:
        if refused_by_rule(error):
            raise refused(error) from error
        raise
    p = t.proposal
    unit.connection.execute(p.update().where(p.c.receipt_id == receipt_row).values(moot_by=f"{MARKED}{receipt_row}"))
    unit.connection.execute(t.receipt_verdict.delete().where(t.receipt_verdict.c.receipt_id == receipt_row))
    unit.connection.execute(
        t.receipt_verdict.insert().values(receipt_id=receipt_row, verdict="not_a_receipt", reason=reason)
    )
    unit.journal("mark", "receipt", {"ids": [receipt_row]})


def undo_mark(unit: UnitOfWork, mark_id: int, receipt_row: int, reason: str) -> None:
    """Take a mark back: the receipt is judged again by the next reconciliation.

    Raises:
        HubError: somebody took it back at the same instant.
    """
    values = {"mark_id": mark_id, "reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    try:
        unit.connection.execute(t.receipt_mark_undone.insert().values(**values))
    except sa.exc.IntegrityError as error:
        raise refused(error) from error
    unit.connection.execute(t.receipt_verdict.delete().where(t.receipt_verdict.c.receipt_id == receipt_row))
    unit.journal("unmark", "receipt", {"ids": [receipt_row]})
