"""Allocations, their reversal, and the proposals of the last reconciliation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk, sealing
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.idranges import ranges
from hub.core.store.spent import used_by
from hub.sdk.errors import HubError

# Why the hub itself took an allocation back; stored, never respelt. What people write stands beside them.
USED_BY_BOOKS = "the books used this money for other documents"
SOURCE_WITHDREW = "its source withdrew the receipt"
YIELDS = "the bank has what may be the same money, and it is applied"
UNLINKED = "decided while it was one sum with another receipt, which it is not any more"
#: The receipt's id follows.
COUNTED_AS = "the same money is counted as receipt "


class NewAllocation(NamedTuple):
    """One line to write. `nature` "money" uses the receipt; any other closes the rest of the invoice."""

    proposal: str
    receipt_id: int
    invoice_id: int
    nature: str
    amount_minor: int
    currency: str
    origin: str
    rule: str
    reason: str
    confidence_ppm: int
    evidence: str
    books_settled_minor: int
    effective_on: date
    policy: str | None = None
    used_minor: int | None = None  # of a receipt in another currency, in that currency

    @property
    def used(self) -> int:
        """What a money line uses up of its receipt, in the receipt's currency."""
        return used_by(self)


@dataclass(frozen=True, slots=True)
class NewProposal:
    """A suggestion for a person. `lines`: (invoice id, nature, amount), and what it uses of a receipt in another
    currency."""

    receipt_id: int
    rank: int
    proposal: str
    rule: str
    reason: str
    confidence_ppm: int
    lines: tuple[tuple[int, str, int] | tuple[int, str, int, int | None], ...]
    evidence: str


#: The columns of an allocation in the order of its table: bookkeeping stands between the fields of `NewAllocation`.
_DAY = NewAllocation._fields.index("effective_on")
_COLUMNS = (
    "id", *NewAllocation._fields[: _DAY + 1], "recorded_at", "actor", *NewAllocation._fields[_DAY + 1 :]
)  # fmt: skip


def add_allocations(unit: UnitOfWork, lines: Sequence[NewAllocation]) -> list[int]:
    """Write allocation lines and one journal entry for them; returns their ids.

    Lines that use up credit notes come first, so that the receipt never seems overdrawn on the way.

    Raises:
        HubError: the data base refused: the receipt or the invoice has not that much left.
    """
    taken = _names_taken(unit.connection, sorted({line.proposal for line in lines}))
    if taken:
        lines = [line._replace(proposal=taken.get(line.proposal, line.proposal)) for line in lines]
    ordered = sorted(lines, key=lambda line: (line.receipt_id, line.proposal, line.amount_minor > 0))
    ids = bulk.reserve_ids(unit.connection, t.allocation, len(ordered))
    days = {line.effective_on: line.effective_on.isoformat() for line in ordered}
    at, actor = unit.at, unit.actor
    rows = [
        (number, *line[:_DAY], days[line.effective_on], at, actor, *line[_DAY + 1 :])
        for number, line in zip(ids, ordered, strict=True)
    ]
    try:
        bulk.insert_rows(unit.connection, t.allocation, _COLUMNS, rows)
    except sa.exc.DBAPIError as error:
        if refused_by_rule(error):
            raise refused(error) from error
        raise
    if ids:
        digest = sealing.digest_of_rows(unit.salt, [_told(row) for row in rows])
        unit.journal("allocate", "allocation", {"ids": ranges(ids), "digest": digest})
    return ids


def allocations_by_id(connection: sa.Connection, ids: Sequence[int]) -> list[sa.Row[Any]]:
    """Those of the allocations `ids` that exist, whole, in order of their ids."""
    rows = bulk.rows_by_id(connection, list(t.allocation.columns), t.allocation.c.id, sorted(ids))
    return sorted(rows, key=lambda row: int(row.id))


def digest_of(salt: bytes, allocations: Sequence[sa.Row[Any]]) -> str:
    """What the journal keeps of allocations: their content, salted, so that a later change shows."""
    return sealing.digest_of_rows(salt, [_told([getattr(row, name) for name in _COLUMNS]) for row in allocations])


def _told(row: Sequence[Any]) -> Sequence[Any]:
    """The values that a digest is made of, in the order of the columns. Those that came later, the policy and what is
    used of a receipt in another currency, count only where they say something: older entries keep their digests."""
    if row[-1] is not None:
        return row
    return row[:-1] if row[-2] is not None else row[:-2]


def _names_taken(connection: sa.Connection, names: Sequence[str]) -> dict[str, str]:
    """Names that a decision bears already (it was reversed since), with a fresh one for each: P12ab, P12ab-2, …"""
    fresh: dict[str, str] = {}
    for name in {
        row.proposal for row in bulk.rows_by_text(connection, [t.allocation.c.proposal], t.allocation.c.proposal, names)
    }:
        like = sa.select(sa.func.count(t.allocation.c.proposal.distinct())).where(
            sa.or_(t.allocation.c.proposal == name, t.allocation.c.proposal.like(f"{name}-%"))
        )
        fresh[name] = f"{name}-{int(connection.execute(like).scalar() or 0) + 1}"
    return fresh


def refused_by_rule(error: sa.exc.DBAPIError) -> bool:
    """True for a rule of `triggers` or a constraint; a lost connection or a deadlock is no refusal."""
    return isinstance(error, sa.exc.IntegrityError) or getattr(error.orig, "sqlstate", None) == "P0001"


def refused(error: sa.exc.DBAPIError) -> HubError:
    """A refusal of the data base as a person reads it."""
    words = str(error.orig).splitlines()[0]
    if "uq_allocation_line" in str(error.orig) or "allocation.proposal" in str(error.orig):
        words = "somebody confirmed the same at the same instant"
    return HubError(
        code="HUB-REC-010",
        what=f"the allocation was refused: {words}",
        where="allocation",
        mend="somebody allocated the same money first, or the invoice shrank: run hub reconcile again",
    )


def reverse(unit: UnitOfWork, allocation_ids: Sequence[int], reason: str) -> None:
    """Undo allocations by a reversing fact; nothing is erased.

    Raises:
        HubError: one of them is reversed already.
    """
    try:
        unit.connection.execute(
            t.allocation_reversal.insert(),
            [
                {"allocation_id": number, "reason": reason, "recorded_at": unit.at, "actor": unit.actor}
                for number in allocation_ids
            ],
        )
    except sa.exc.IntegrityError as error:
        raise HubError(
            code="HUB-REC-011",
            what="that allocation does not exist, or was reversed already",
            where="allocation",
            mend="look at hub allocations list",
        ) from error
    unit.journal("reverse", "allocation", {"ids": list(allocation_ids)})


def replace_proposals(
    unit: UnitOfWork, proposals: Sequence[NewProposal], verdicts: Sequence[tuple[int, str, str]]
) -> None:
    """Put the suggestions and verdicts of this reconciliation in place of the last one's, if they differ."""
    rows = [
        (p.receipt_id, p.rank, p.proposal, p.rule, p.reason, p.confidence_ppm, json.dumps(p.lines), p.evidence)
        for p in sorted(proposals, key=lambda p: (p.receipt_id, p.rank))
    ]
    names = ("receipt_id", "rank", "proposal", "rule", "reason", "confidence_ppm", "lines", "evidence", "moot_by")
    _replace(unit.connection, t.proposal, names, [(*row, None) for row in rows])
    _replace(unit.connection, t.receipt_verdict, ("receipt_id", "verdict", "reason"), sorted(verdicts))


def moot_proposals(unit: UnitOfWork, receipt_rows: Sequence[int], decision: str) -> None:
    """A person decided about these receipts: their suggestions are no choice any more, and say by which decision."""
    p = t.proposal
    for receipt_row in sorted(set(receipt_rows)):
        unit.connection.execute(p.update().where(p.c.receipt_id == receipt_row).values(moot_by=decision))


def _replace(connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: list[tuple[Any, ...]]) -> None:
    keys = list(table.primary_key.columns)
    present = connection.execute(sa.select(*(table.c[name] for name in names)).order_by(*keys)).all()
    if [tuple(row) for row in present] == rows:
        return
    connection.execute(table.delete())
    bulk.insert_rows(connection, table, names, rows)
