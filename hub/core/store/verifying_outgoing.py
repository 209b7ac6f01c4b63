"""What `hub verify` asks of what was handed out: that the journal knows it, and that no money went twice."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from typing import Any

import sqlalchemy as sa

from hub.core.store import journal
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges
from hub.core.store.postings import handed


def unsound(connection: sa.Connection) -> list[str]:
    """Batches, postings and statuses that the journal does not have, or has otherwise; money handed over twice."""
    return [*_batches(connection), *_postings(connection), *_acts(connection)]


def _told(connection: sa.Connection, subject: str) -> list[tuple[str, dict[str, Any]]]:
    """The acts of the journal on a subject, in order."""
    j = t.journal
    rows = connection.execute(
        sa.select(j.c.act, j.c.payload).where(j.c.chain == journal.ACTS, j.c.subject == subject).order_by(j.c.sequence)
    )
    return [(row.act, json.loads(row.payload)) for row in rows]


def _batches(connection: sa.Connection) -> list[str]:
    """Files that are not what was prepared; numbers with a hole."""
    b = t.ledger_batch
    prepared = {said["ids"][0]: said for act, said in _told(connection, "ledger_batch") if act == "prepare"}
    postings: dict[int, list[int]] = {}
    for row in connection.execute(sa.select(t.ledger_posting.c.id, t.ledger_posting.c.batch_id).order_by("id")):
        postings.setdefault(row.batch_id, []).append(row.id)
    found = []
    last: dict[int, int] = {}
    there = set()
    for row in connection.execute(sa.select(b).order_by(b.c.connector_id, b.c.number)):
        there.add(row.id)
        if row.number != last.get(row.connector_id, 0) + 1:
            found.append(f"batch {row.number}: the one before it is missing")
        last[row.connector_id] = row.number
        said = prepared.get(row.id)
        if said is None:
            found.append(f"batch {row.number}: the journal does not know it")
            continue
        digest = hashlib.sha256(bytes(row.body)).hexdigest()
        if digest != bytes(row.digest).hex() or digest != said["digest"]:
            found.append(f"batch {row.number}: its file is not what was prepared")
        if postings.get(row.id, []) != from_ranges(said["postings"]):
            found.append(f"batch {row.number}: it has other postings than the journal says")
    return found + [f"batch with id {number}: gone, the journal has it" for number in sorted(prepared.keys() - there)]


def _postings(connection: sa.Connection) -> list[str]:
    """Receipts handed over twice; postings whose parts do not add up to them."""
    twice = Counter(connection.execute(handed()).scalars())
    found = [f"receipt {number}: handed to the books {n} times" for number, n in sorted(twice.items()) if n > 1]
    p, part = t.ledger_posting, t.ledger_part
    rows = connection.execute(
        sa.select(p.c.id, p.c.amount_minor, sa.func.coalesce(sa.func.sum(part.c.amount_minor), 0))
        .select_from(p.outerjoin(part, part.c.posting_id == p.c.id))
        .group_by(p.c.id, p.c.amount_minor)
        .order_by(p.c.id)
    )
    return found + [f"posting {row[0]}: its parts are {row[2]} of {row[1]}" for row in rows if row[1] != row[2]]


def _acts(connection: sa.Connection) -> list[str]:
    """What was noted of batches, postings and statuses, on either side."""
    written, withdrawn, seen = t.ledger_batch_written, t.ledger_batch_withdrawn, t.ledger_acknowledgement
    told: dict[str, set[Any]] = {"write": set(), "withdraw": set(), "acknowledge": set(), "collect": set()}
    for subject in ("ledger_batch", "ledger_posting", "collected_status"):
        for act, said in _told(connection, subject):
            if act == "acknowledge":
                told[act].update(tuple(pair) for pair in said["entries"])
            elif act in told:
                told[act].update(said["ids"])
    there: dict[str, set[Any]] = {
        "write": set(connection.execute(sa.select(written.c.batch_id)).scalars()),
        "withdraw": set(connection.execute(sa.select(withdrawn.c.batch_id)).scalars()),
        "acknowledge": {tuple(row) for row in connection.execute(sa.select(seen.c.posting_id, seen.c.entry_id))},
        "collect": set(connection.execute(sa.select(t.collected_status.c.allocation_id)).scalars()),
    }
    found = []
    for act, known in told.items():
        found += [f"{act} {which}: gone, the journal has it" for which in sorted(known - there[act])]
        found += [f"{act} {which}: the journal does not know it" for which in sorted(there[act] - known)]
    return found
