"""Last good versions: the facts of a unit stand while a newer version of it is held, and say that they are old.

A typo in the next export must not make an invoice vanish. What the unit said when it was last understood stays in
force until a version is understood again, or the source no longer has the unit at all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.past import to_history
from hub.core.store.record_tables import TABLE_KINDS
from hub.core.store.sealing import note_states


@dataclass(frozen=True, slots=True)
class GoodVersion:
    """How a unit was last understood: where that text is kept, and since when it stood (microseconds UTC)."""

    unit_id: int
    digest: bytes
    evidence_id: int
    position: int
    mapping_id: int
    recorded_at: int


def units_to_history(connection: sa.Connection, ids: list[int], superseded_at: int) -> None:
    """Copy the present state of raw units to their history."""
    names = {column.name: column.name for column in t.raw_unit.c if column.name not in ("ref", "stream_id")}
    names["id"] = "unit_id"
    to_history(connection, t.raw_unit, t.raw_unit_history, ids, superseded_at, names)


def standing_rows(connection: sa.Connection, unit_ids: Sequence[int]) -> dict[str, list[tuple[int, int]]]:
    """Records that stand under these units, by table: (row id, unit id). Mere mentions of an account are left out."""
    found: dict[str, list[tuple[int, int]]] = {}
    if unit_ids:
        # As text: composing a dozen SELECTs costs more than running them.
        statement = sa.text(_standing_sql(connection.dialect.name))
        for name, row, unit in connection.execute(statement, {"ids": bulk.as_array(connection, unit_ids)}):
            found.setdefault(name, []).append((row, unit))
    return found


@cache
def _standing_sql(dialect: str) -> str:
    among = bulk.IN_ARRAY[dialect].format("ids")
    return " UNION ALL ".join(
        f"SELECT '{name}' AS name, id, unit_id FROM \"{name}\" WHERE withdrawn_at IS NULL"  # noqa: S608 -- our own
        f"{' AND NOT stub' if any('stub' in kind.model_fields for kind in kinds) else ''} AND unit_id {among}"
        for name, kinds in TABLE_KINDS.items()
    )


def standing_records(connection: sa.Connection, unit_ids: Sequence[int]) -> Counter[int]:
    """How many records stand under each of these units; mere mentions of an account are not counted."""
    return Counter(unit for rows in standing_rows(connection, unit_ids).values() for _, unit in rows)


def good_versions(connection: sa.Connection, unit_ids: Sequence[int]) -> dict[int, GoodVersion]:
    """The version on which the records of each unit stand; units without any standing record are left out."""
    past = t.raw_unit_history
    wanted = sorted(standing_records(connection, unit_ids))
    names = ("unit_id", "digest", "evidence_id", "position", "mapping_id", "recorded_at", "superseded_at")
    rows = bulk.rows_by_id(
        connection, [past.c[name] for name in names], past.c.unit_id, wanted, past.c.state == "mapped"
    )
    found: dict[int, GoodVersion] = {}
    for row in sorted(rows, key=lambda row: (row.superseded_at, row.recorded_at)):
        found[row.unit_id] = GoodVersion(
            row.unit_id, bytes(row.digest), row.evidence_id, row.position, row.mapping_id, row.recorded_at
        )
    return found


def not_understood(connection: sa.Connection, stream_id: int | None = None) -> list[int]:
    """Units whose present version is held, or was discarded by a person."""
    where = [t.held.c.state != "mended"]
    if stream_id is not None:
        where.append(t.held.c.stream_id == stream_id)
    chosen = sa.select(t.held.c.unit_id).where(*where).distinct().order_by(t.held.c.unit_id)
    ids = list(connection.execute(chosen).scalars())
    states = ("held", "discarded")
    rows = bulk.rows_by_id(connection, [t.raw_unit.c.id], t.raw_unit.c.id, ids, t.raw_unit.c.state.in_(states))
    return sorted(row.id for row in rows)


def stale_counts(connection: sa.Connection) -> dict[str, int]:
    """Records that stand on an old version, by connector key."""
    records = standing_records(connection, not_understood(connection))
    columns = [t.raw_unit.c.id, t.raw_unit.c.stream_id]
    rows = bulk.rows_by_id(connection, columns, t.raw_unit.c.id, sorted(records))
    of_stream = connection.execute(
        sa.select(t.stream.c.id, t.connector.c.key).join(t.connector, t.connector.c.id == t.stream.c.connector_id)
    )
    keys = {row.id: row.key for row in of_stream}
    found: Counter[str] = Counter()
    for row in rows:
        found[keys[row.stream_id]] += records[row.id]
    return dict(sorted(found.items()))


def restore(connection: sa.Connection, unit_ids: Sequence[int], at: int) -> set[int]:
    """The source no longer has the faulty version: the unit is again what it was when it was last understood.

    Returns:
        The units restored; the others never were understood, or nothing of theirs stands.
    """
    found = good_versions(connection, unit_ids)
    if found:
        units_to_history(connection, sorted(found), at)
        unit = t.raw_unit
        connection.execute(
            unit.update()
            .where(unit.c.id == sa.bindparam("b_id"))
            .values(
                digest=sa.bindparam("b_digest"), evidence_id=sa.bindparam("b_evidence"),
                position=sa.bindparam("b_position"), mapping_id=sa.bindparam("b_mapping"), state="mapped",
                recorded_at=at,
            ),
            [
                {
                    "b_id": v.unit_id, "b_digest": v.digest, "b_evidence": v.evidence_id, "b_position": v.position,
                    "b_mapping": v.mapping_id,
                }
                for v in found.values()
            ],
        )  # fmt: skip
        note_states(connection, found, "mapped")
    return set(found)


def by_evidence(versions: Iterable[GoodVersion]) -> Iterator[tuple[int, list[GoodVersion]]]:
    """The versions that rest on one piece of evidence together, in the order of their positions."""
    groups: dict[int, list[GoodVersion]] = {}
    for version in sorted(versions, key=lambda version: (version.evidence_id, version.position)):
        groups.setdefault(version.evidence_id, []).append(version)
    yield from groups.items()
