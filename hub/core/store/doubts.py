"""Receipts that may be one sum with another: which of them wait until a person has looked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

import sqlalchemy as sa

from hub.core.identity.sightings import MOST_SUGGESTED
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.sightings import standing


@dataclass(frozen=True, slots=True)
class Doubts:
    """The suggestions of the last look, as who decides about receipts needs them.

    `waits`: a receipt that gives its money up, were the suggestion right, with those that would count it. `crowded`:
    of these, receipts for which there are more than are suggested. `applied`: of all of them, those with money applied;
    `automatic`: by the hub alone; `confirmed`: by a person.
    """

    waits: Mapping[int, frozenset[int]] = field(default_factory=dict)
    crowded: frozenset[int] = frozenset()
    applied: frozenset[int] = frozenset()
    automatic: frozenset[int] = frozenset()
    confirmed: frozenset[int] = frozenset()

    @property
    def contested(self) -> frozenset[int]:
        """Receipts that would count money which a person applied under another name: nothing is added to that."""
        return frozenset(one for echo, carriers in self.waits.items() if echo in self.confirmed for one in carriers)


def doubts(connection: sa.Connection) -> Doubts:
    """What waits for a person now."""
    p, a = t.sighting_proposal, t.allocation
    waits: dict[int, set[int]] = defaultdict(set)
    crowded = set()
    for row in connection.execute(sa.select(p.c.receipt_id, p.c.parts, p.c.evidence).order_by(p.c.name)):
        waits[row.receipt_id].update(part for part, _ in json.loads(row.parts))
        if json.loads(row.evidence).get("possible", 0) > MOST_SUGGESTED:
            crowded.add(row.receipt_id)
    if not waits:
        return Doubts()
    ends = sorted({*waits, *(one for carriers in waits.values() for one in carriers)})
    stands = standing(a, t.allocation_reversal, "allocation_id")
    lines = bulk.rows_by_id(
        connection, (a.c.receipt_id, a.c.origin), a.c.receipt_id, ends, stands, a.c.nature == "money"
    )
    confirmed = frozenset(line.receipt_id for line in lines if line.origin != "auto")
    applied = frozenset(line.receipt_id for line in lines)
    return Doubts(
        {echo: frozenset(carriers) for echo, carriers in waits.items()},
        frozenset(crowded),
        applied,
        applied - confirmed,
        confirmed,
    )


def doubtful_debtors(connection: sa.Connection) -> frozenset[tuple[str, str]]:
    """Debtors, as (seller, debtor), to whose invoices money is applied that may be counted as another receipt too."""
    found = doubts(connection)
    ends = sorted(found.applied & {one for carriers in found.waits.values() for one in carriers})
    i, a = t.invoice, t.allocation
    stands = standing(a, t.allocation_reversal, "allocation_id")
    lines = bulk.rows_by_id(connection, (a.c.invoice_id,), a.c.receipt_id, ends, stands)
    rows = bulk.rows_by_id(connection, (i.c.seller, i.c.debtor_id), i.c.id, sorted({line.invoice_id for line in lines}))
    return frozenset((row.seller, row.debtor_id) for row in rows)
