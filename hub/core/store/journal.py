"""The journal of changes: append-only, one hash chain per connector and one for acts, joined after each run and act.

An entry names who did what to which ids, with salted digests; it holds no personal data, so that erasing a person
leaves the chain verifiable.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk, sealing
from hub.core.store import tables as t

ACTS = "acts"
ALL = "all"
_GENESIS = b"\0" * 32


@dataclass(frozen=True, slots=True)
class Break:
    """A place where a chain does not hold: entry `sequence` of `chain`, and why."""

    chain: str
    sequence: int
    why: str


def _entry_hash(
    previous: bytes, chain: str, sequence: int, at: int, actor: str, act: str, subject: str, payload: str
) -> bytes:
    text = json.dumps([chain, sequence, at, actor, act, subject, payload], ensure_ascii=False)
    return hashlib.sha256(previous + text.encode()).digest()


def append(
    connection: sa.Connection,
    *,
    chain: str,
    at: int,
    actor: str,
    act: str,
    subject: str,
    payload: Mapping[str, Any],
) -> bytes:
    """Add one entry to `chain` in the caller's transaction; returns its hash.

    Two writers of one chain follow each other: the later one waits for the earlier one's commit and builds on it.
    """
    bulk.lock_name(connection, f"journal {chain}")
    head = connection.execute(
        sa.select(t.journal.c.sequence, t.journal.c.hash)
        .where(t.journal.c.chain == chain)
        .order_by(t.journal.c.sequence.desc())
        .limit(1)
    ).first()
    sequence, previous = (head.sequence + 1, bytes(head.hash)) if head else (1, _GENESIS)
    text = json.dumps({**payload, **_sums(connection, chain)}, sort_keys=True, ensure_ascii=False)
    digest = _entry_hash(previous, chain, sequence, at, actor, act, subject, text)
    connection.execute(
        t.journal.insert().values(
            chain=chain, sequence=sequence, recorded_at=at, actor=actor, act=act, subject=subject,
            payload=text, previous=previous, hash=digest,
        )
    )  # fmt: skip
    return digest


def _sums(connection: sa.Connection, chain: str) -> dict[str, Any]:
    """What the transaction did to units and history since its last entry; the joining chain only joins."""
    if chain == ALL:
        return {}
    tally = sealing.tally_of(connection)
    if tally is not None and chain == ACTS:
        tally.acted = True
    return sealing.drain(connection)


def seal(connection: sa.Connection, *, at: int, actor: str) -> None:
    """At the end of a unit of work: nothing it did to units and history is left untold, and its acts are joined.

    Joined at once, an act cannot be cut off the end of its chain without the joining chain telling.
    """
    tally = sealing.tally_of(connection)
    if tally is None:
        return
    if tally.rows or tally.states:
        append(connection, chain=ACTS, at=at, actor=actor, act="change", subject="units", payload={})
    if tally.acted:
        join_chains(connection, at=at, actor=actor)


def join_chains(connection: sa.Connection, *, at: int, actor: str) -> None:
    """Bind the heads of all chains into one entry, if something was added since the last."""
    bulk.lock_name(connection, f"journal {ALL}")  # two runs that end together join once
    last = connection.execute(
        sa.select(t.journal.c.payload).where(t.journal.c.chain == ALL).order_by(t.journal.c.sequence.desc()).limit(1)
    ).scalar()
    now = heads(connection)
    if now and (last is None or json.loads(last) != now):
        append(connection, chain=ALL, at=at, actor=actor, act="join", subject="chains", payload=now)


def heads(connection: sa.Connection) -> dict[str, str]:
    """The hash of each chain's newest entry in hexadecimal, by chain; the joining chain left out."""
    newest = (
        sa.select(t.journal.c.chain, sa.func.max(t.journal.c.sequence).label("sequence"))
        .where(t.journal.c.chain != ALL)
        .group_by(t.journal.c.chain)
        .subquery()
    )
    rows = connection.execute(
        sa.select(t.journal.c.chain, t.journal.c.hash)
        .join(newest, sa.and_(newest.c.chain == t.journal.c.chain, newest.c.sequence == t.journal.c.sequence))
        .order_by(t.journal.c.chain)
    )
    return {row.chain: bytes(row.hash).hex() for row in rows}


def breaks(connection: sa.Connection) -> list[Break]:
    """Recompute every chain; empty when all hold. A cut tail shows in the joining chain, which names the heads."""
    found: list[Break] = []
    known: dict[tuple[str, str], int] = {}
    expected: dict[str, tuple[int, bytes]] = {}
    rows = connection.execute(
        sa.select(t.journal)
        .order_by(t.journal.c.chain != ALL, t.journal.c.chain, t.journal.c.sequence)
        .execution_options(stream_results=True)
    )
    joins: list[dict[str, str]] = []
    for row in rows:
        sequence, previous = expected.get(row.chain, (1, _GENESIS))
        digest = _entry_hash(
            bytes(row.previous), row.chain, row.sequence, row.recorded_at, row.actor, row.act, row.subject, row.payload
        )
        if row.sequence != sequence or bytes(row.previous) != previous:
            found.append(Break(row.chain, row.sequence, "an entry before it is missing or was exchanged"))
        elif digest != bytes(row.hash):
            found.append(Break(row.chain, row.sequence, "its content does not give its hash"))
        expected[row.chain] = (row.sequence + 1, bytes(row.hash))
        known[row.chain, bytes(row.hash).hex()] = row.sequence
        if row.chain == ALL and row.act == "join":
            joins.append(json.loads(row.payload))
    for join in joins:
        found += [
            Break(chain, 0, "an entry that the joining chain names is gone")
            for chain, head in join.items()
            if (chain, head) not in known
        ]
    return found
