"""What became of suggestions: each decision of a person notes the one that stood first, and whether it was right.

What does not stand is not counted: a decision that was reversed, or a mark that was taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa

from hub.core.store import tables as t
from hub.core.store.allocations import NewAllocation
from hub.core.store.decisions import AllocationRow, proposal_rows

NOTE = "offered"
_LATEST = 5_000  # lines of decisions that are looked at: habits change


def with_offered(connection: sa.Connection, lines: Sequence[NewAllocation]) -> list[NewAllocation]:
    """The lines of a decision, those of each receipt with what was suggested first for it, if anything was."""
    notes: dict[int, dict[str, Any]] = {}
    for receipt in dict.fromkeys(line.receipt_id for line in lines):
        first = _first(connection, receipt)
        if first:
            mine = [line for line in lines if line.receipt_id == receipt]
            same = _money(first) == _money(mine)
            if note := _note(first[0], right=same):
                notes[receipt] = note
    return [_noted(line, notes[line.receipt_id]) if line.receipt_id in notes else line for line in lines]


def offered_in_vain(connection: sa.Connection, receipt_row: int) -> str | None:
    """The note of a person's word that nothing of the receipt may be applied; None when nothing was suggested."""
    first = _first(connection, receipt_row)
    note = _note(first[0], right=False) if first else None
    return json.dumps(note) if note else None


def judged(connection: sa.Connection) -> dict[tuple[str, float], tuple[int, int]]:
    """By rule and weight in hundredths: how many first suggestions were right, of how many that people decided."""
    counts: dict[tuple[str, float], tuple[int, int]] = {}
    for note in (*_of_decisions(connection), *_of_marks(connection)):
        kind = note["rule"], round(note["weight"], 2)
        right, cases = counts.get(kind, (0, 0))
        counts[kind] = right + note["right"], cases + 1
    return counts


def _first(connection: sa.Connection, receipt_row: int) -> list[AllocationRow]:
    return [row for row in proposal_rows(connection, receipt_row=receipt_row) if row.rank == 1]


def _money(lines: Iterable[AllocationRow | NewAllocation]) -> set[tuple[int, int]]:
    return {
        (line.invoice_row if isinstance(line, AllocationRow) else line.invoice_id, line.amount_minor)
        for line in lines
        if line.nature == "money"
    }


def _note(first: AllocationRow, *, right: bool) -> dict[str, Any] | None:
    """None of a suggestion that an earlier version made: nobody knows its weight."""
    weight = json.loads(first.evidence).get("weight")
    return None if weight is None else {"rule": first.rule, "weight": weight, "right": right}


def _noted(line: NewAllocation, note: dict[str, Any]) -> NewAllocation:
    evidence = {**json.loads(line.evidence), NOTE: note}
    return line._replace(evidence=json.dumps(evidence, ensure_ascii=False, sort_keys=True))


def _of_decisions(connection: sa.Connection) -> list[dict[str, Any]]:
    a = t.allocation
    statement = (
        sa.select(a.c.proposal, a.c.receipt_id, a.c.evidence)
        .where(
            a.c.origin == "confirmed",
            a.c.nature == "money",
            a.c.evidence.contains(f'"{NOTE}"', autoescape=True),
            a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
        )
        .order_by(a.c.id.desc())
        .limit(_LATEST)
    )
    found = {(row.proposal, row.receipt_id): row.evidence for row in connection.execute(statement)}
    return [json.loads(evidence)[NOTE] for evidence in found.values()]


def _of_marks(connection: sa.Connection) -> list[dict[str, Any]]:
    m = t.receipt_mark
    statement = sa.select(m.c.offered).where(
        m.c.offered.is_not(None), m.c.id.not_in(sa.select(t.receipt_mark_undone.c.mark_id))
    )
    return [json.loads(note) for note in connection.execute(statement.order_by(m.c.id.desc()).limit(_LATEST)).scalars()]
