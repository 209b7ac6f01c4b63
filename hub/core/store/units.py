"""Raw units that are kept: read back for mapping again, replay and verification; marked when their source lost them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import bulk, journal
from hub.core.store import tables as t
from hub.core.store.raw_units import units_to_history
from hub.core.store.records import Taking, withdraw_units

#: How many units are worked on at a time.
BATCH = 5_000


@dataclass(frozen=True, slots=True)
class StoredPage:
    """Units that share one piece of evidence: ids, digests, states and their positions in the blob, in order."""

    evidence_id: int
    origin: str
    blob: bytes | None
    unit_ids: list[int]
    positions: list[int]
    digests: list[bytes]
    refs: list[str]
    states: list[str]
    mapping_ids: list[int]


def stored_pages(
    connection: sa.Connection, stream_id: int, *, states: tuple[str, ...] = ("mapped", "held")
) -> Iterator[StoredPage]:
    """Units of a stream in the given states, grouped by their evidence, oldest evidence first."""
    evidence_ids = connection.execute(
        sa.select(t.raw_unit.c.evidence_id)
        .where(t.raw_unit.c.stream_id == stream_id, t.raw_unit.c.state.in_(states))
        .distinct()
        .order_by(t.raw_unit.c.evidence_id)
    ).scalars()
    for evidence_id in evidence_ids.all():
        yield stored_page(
            connection, evidence_id, (t.raw_unit.c.stream_id == stream_id, t.raw_unit.c.state.in_(states))
        )


def stored_page(
    connection: sa.Connection, evidence_id: int, conditions: tuple[sa.ColumnElement[bool], ...] = ()
) -> StoredPage:
    """The units that rest on one piece of evidence today."""
    proof = connection.execute(sa.select(t.evidence).where(t.evidence.c.id == evidence_id)).one()
    rows = connection.execute(
        sa.select(t.raw_unit)
        .where(t.raw_unit.c.evidence_id == evidence_id, *conditions)
        .order_by(t.raw_unit.c.position)
    ).all()
    return StoredPage(
        evidence_id=evidence_id,
        origin=proof.origin,
        blob=bytes(proof.body) if proof.body is not None else None,
        unit_ids=[row.id for row in rows],
        positions=[row.position for row in rows],
        digests=[bytes(row.digest) for row in rows],
        refs=[row.ref for row in rows],
        states=[row.state for row in rows],
        mapping_ids=[row.mapping_id for row in rows],
    )


def missing_units(connection: sa.Connection, stream_id: int, seen: bytearray) -> list[int]:
    """Living units of a stream that a complete run did not see; `seen` is a byte per unit id."""
    rows = connection.execute(
        sa.select(t.raw_unit.c.id)
        .where(t.raw_unit.c.stream_id == stream_id, t.raw_unit.c.state.in_(("mapped", "held", "discarded")))
        .order_by(t.raw_unit.c.id)
    ).scalars()
    return [unit for unit in rows if unit >= len(seen) or not seen[unit]]


def lose_units(
    connection: sa.Connection,
    connector_id: int,
    connector_key: str,
    stream_name: str,
    units: list[int],
    meaning: str,
    at: int,
    actor: str,
) -> None:
    """Units gone from a complete snapshot: their records are withdrawn, or their invoices taken as settled.

    `meaning` is ``withdrawn`` (the fact was taken back) or ``settled`` (the books dropped it because nothing is owed
    any more): the record stays and the ledger counts it as paid by the books.
    """
    for start in range(0, len(units), BATCH):
        some = units[start : start + BATCH]
        units_to_history(connection, some, at)
        connection.execute(
            t.raw_unit.update().where(t.raw_unit.c.id == sa.bindparam("b_id")).values(state=meaning, recorded_at=at),
            [{"b_id": unit} for unit in some],
        )
        if meaning == "withdrawn":
            withdraw_units(Taking(connection, connector_id, at), set(some))
        rows = bulk.rows_by_id(connection, [t.held.c.id], t.held.c.unit_id, some, t.held.c.state == "open")
        if rows:
            from hub.core.store.holding import close_held

            close_held(connection, [row.id for row in rows], "mended", at, actor, "gone from the source")
        journal.append(
            connection, chain=connector_key, at=at, actor=actor, act=meaning, subject=stream_name,
            payload={"units": some if len(some) < 50 else [some[0], "…", some[-1]], "count": len(some)},
        )  # fmt: skip
