"""What `hub verify` asks of links between receipts: that the journal knows them, and that no money is in two places."""

from __future__ import annotations

import json

import sqlalchemy as sa

from hub.core.store import journal
from hub.core.store import tables as t
from hub.core.store.sightings import links_standing, standing
from hub.core.store.spent import used_of_receipt


def unsound(connection: sa.Connection) -> list[str]:
    """Links that the journal does not have, or has otherwise; receipts that give away more than they have."""
    return [*_unjournalled(connection), *_overdrawn(connection), *_oversold(connection)]


def _unjournalled(connection: sa.Connection) -> list[str]:
    told: dict[str, set[int]] = {"link": set(), "unlink": set()}
    pairs: dict[int, list[int]] = {}
    acts = connection.execute(
        sa.select(t.journal.c.act, t.journal.c.payload).where(
            t.journal.c.chain == journal.ACTS, t.journal.c.subject == "sighting", t.journal.c.act.in_(tuple(told))
        )
    )
    for act, payload in acts:
        said = json.loads(payload)
        told[act].update(said["ids"])
        if act == "link":
            pairs.update(zip(said["ids"], said["receipts"], strict=True))
    s, undone = t.sighting, t.sighting_reversal
    rows = {row.id: row for row in connection.execute(sa.select(s.c.id, s.c.receipt_id, s.c.carrier_id))}
    found = [
        f"sighting {number}: it links other receipts than the journal says"
        for number, row in sorted(rows.items())
        if number in pairs and pairs[number] != [row.receipt_id, row.carrier_id]
    ]
    reversed_ = set(connection.execute(sa.select(undone.c.sighting_id)).scalars())
    for name, there, known in (("sighting", set(rows), told["link"]), ("reversal", reversed_, told["unlink"])):
        found += [f"{name} {number}: gone, the journal has it" for number in sorted(known - there)]
        found += [f"{name} {number}: the journal does not know it" for number in sorted(there - known)]
    return found


def _overdrawn(connection: sa.Connection) -> list[str]:
    """Receipts of which more is counted elsewhere and allocated than they have; the triggers refuse it."""
    a, s, r = t.allocation, t.sighting, t.receipt
    spent = (
        sa.select(a.c.receipt_id, sa.func.sum(used_of_receipt(a)).label("minor"))
        .where(a.c.nature == "money", standing(a, t.allocation_reversal, "allocation_id"))
        .group_by(a.c.receipt_id)
        .subquery()
    )
    given = (
        sa.select(s.c.receipt_id, sa.func.sum(s.c.amount_minor).label("minor"))
        .where(links_standing())
        .group_by(s.c.receipt_id)
        .subquery()
    )
    used = given.c.minor + sa.func.coalesce(spent.c.minor, 0)
    rows = connection.execute(
        sa.select(r.c.id, used, r.c.amount_minor)
        .select_from(
            given.join(r, r.c.id == given.c.receipt_id).outerjoin(spent, spent.c.receipt_id == given.c.receipt_id)
        )
        .where(used > r.c.amount_minor)
        .order_by(r.c.id)
    )
    return [f"receipt {row[0]}: {row[1]} minor units are counted elsewhere or allocated of {row[2]}" for row in rows]


def _oversold(connection: sa.Connection) -> list[str]:
    """Carriers that count more money of one connector's entries than they have: two entries, one payment."""
    s, r, echo = t.sighting, t.receipt, t.receipt.alias("echo")
    taken = sa.func.sum(s.c.amount_minor)
    rows = connection.execute(
        sa.select(r.c.id, taken, r.c.amount_minor)
        .select_from(s.join(r, r.c.id == s.c.carrier_id).join(echo, echo.c.id == s.c.receipt_id))
        .where(links_standing())
        .group_by(r.c.id, r.c.amount_minor, echo.c.connector_id)
        .having(taken > r.c.amount_minor)
        .order_by(r.c.id)
    )
    return [f"receipt {row[0]}: it counts {row[1]} minor units of another source, and has {row[2]}" for row in rows]
