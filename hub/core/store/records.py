"""Taking records in: what is new is inserted, what differs supersedes its former version, what is gone is withdrawn.

Two ways, one result. Units never seen before go straight into the table in one bulk statement; should a key already
be there, or when units changed, a staging table and set-based statements find out what differs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store.past import to_history
from hub.core.store.record_tables import FOLDED, RECORD_TABLES, RecordTable, fold_column, table_of
from hub.core.store.standing import standing_rows


@dataclass(slots=True)
class Batch:
    """Records of one kind from one page, validated, in columns; `unit_ids[i]` is the raw unit of record i."""

    kind: str
    unit_ids: list[int]
    values: dict[str, list[Any]]


@dataclass(slots=True)
class Outcome:
    """What became of a page's units: those that added, changed or withdrew a record, and those refused (by unit id).

    `left`: former units whose records moved to a unit of the page.
    """

    inserted: set[int] = field(default_factory=set)
    changed: set[int] = field(default_factory=set)
    refused: dict[int, str] = field(default_factory=dict)
    left: set[int] = field(default_factory=set)


def _none_gone(_owners: Collection[int]) -> set[int]:
    return set()


@dataclass(frozen=True, slots=True)
class Taking:
    """Constants of one page: for whom and when records are taken in.

    `gone` says which of some units no longer speak for their records: those may move to a unit that gives the same.
    """

    connection: sa.Connection
    connector_id: int
    recorded_at: int
    gone: Callable[[Collection[int]], set[int]] = _none_gone


def take_new(taking: Taking, batches: list[Batch], outcome: Outcome) -> None:
    """Records of units never seen before. Keys that exist already are found by the constraint, then sorted out."""
    for table, group in _by_table(batches).items():
        plain = [batch for batch in group if not _has_stubs(batch)]
        for batch in plain:
            columns = _table_columns(taking, table, batch)
            savepoint = taking.connection.begin_nested()
            try:
                _insert(taking, table, columns)
            except sa.exc.IntegrityError:
                savepoint.rollback()
                _merge(taking, table, columns, set(batch.unit_ids), outcome)
            else:
                savepoint.commit()
                outcome.inserted.update(batch.unit_ids)
        for batch in group:
            if _has_stubs(batch):
                _merge(taking, table, _table_columns(taking, table, batch), set(batch.unit_ids), outcome)


def take_changed(taking: Taking, batches: list[Batch], units: set[int], outcome: Outcome) -> None:
    """Records of units mapped again: `units` are all of them, also those that no longer give any record."""
    kept: dict[str, set[int]] = {}
    for table, group in _by_table(batches).items():
        for batch in group:
            kept.setdefault(table.name, set()).update(
                _merge(taking, table, _table_columns(taking, table, batch), units, outcome)
            )
    _withdraw_missing(taking, units, kept, outcome)


def withdraw_units(taking: Taking, units: set[int]) -> None:
    """Every record of `units` is withdrawn: the source no longer has them, or they are now held."""
    _withdraw_missing(taking, units, {}, Outcome())


def _by_table(batches: list[Batch]) -> dict[RecordTable, list[Batch]]:
    groups: dict[RecordTable, list[Batch]] = {}
    for batch in batches:
        groups.setdefault(table_of(batch.kind), []).append(batch)
    return groups


def _has_stubs(batch: Batch) -> bool:
    return True in batch.values.get("stub", ())


def _table_columns(taking: Taking, table: RecordTable, batch: Batch) -> dict[str, list[Any]]:
    """The table's columns for `batch`: bookkeeping, payload, folded copies; absent fields are None."""
    count = len(batch.unit_ids)
    columns: dict[str, list[Any]] = {
        "connector_id": [taking.connector_id] * count,
        "unit_id": batch.unit_ids,
        "recorded_at": [taking.recorded_at] * count,
        "withdrawn_at": [None] * count,
    }
    for name in table.payload:
        if name in batch.values:
            columns[name] = batch.values[name]
        else:
            columns[name] = [None] * count
    if table.name == "invoice":
        columns["kind"] = [batch.kind] * count
        days = batch.values["issued_on"]
        years = {day: int(day[:4]) for day in set(days)}
        columns["issue_year"] = [years[day] for day in days]
    for source, folded in FOLDED.items():
        if folded in columns:
            columns[folded] = fold_column(columns[source])
    return columns


def _insert(taking: Taking, table: RecordTable, columns: dict[str, list[Any]]) -> list[int]:
    """Insert rows; returns their ids."""
    ids = bulk.reserve_ids(taking.connection, table.current, len(columns["unit_id"]))
    bulk.insert_columns(taking.connection, table.current, {"id": ids, **_compact(columns)})
    return ids


def _compact(columns: dict[str, list[Any]]) -> dict[str, list[Any] | bulk.Constant]:
    """Columns with one value throughout become constants; those without any are left out: many are, in a bulk load."""
    compact: dict[str, list[Any] | bulk.Constant] = {}
    for name, column in columns.items():
        if column[-1] != column[0] or column.count(column[0]) < len(column):
            compact[name] = column
        elif column[0] is not None:
            compact[name] = bulk.Constant(column[0])
    return compact


def _merge(
    taking: Taking, table: RecordTable, columns: dict[str, list[Any]], units: set[int], outcome: Outcome
) -> set[int]:
    """Insert, supersede or leave each record; returns the ids of rows that `units` still give."""
    staged = bulk.staging_table(taking.connection, table.current)
    count = len(columns["unit_id"])
    bulk.insert_columns(taking.connection, staged, {**_compact(columns), "place": list(range(count))})
    existing = _matches(taking, table, staged)
    claimed = {
        row.unit_id
        for row in existing.values()
        if row.unit_id not in units and row.withdrawn_at is None and not row.differs and not row.stub
    }
    gone = taking.gone(claimed) if claimed else set()
    fresh, different, kept = _classify(table, columns, existing, units, gone, outcome)
    if different:
        _supersede(taking, table, staged, different)
        outcome.changed.update(columns["unit_id"][place] for place in different)
    if fresh:
        chosen = {name: [values[place] for place in fresh] for name, values in columns.items()}
        kept.update(_insert(taking, table, chosen))
        outcome.inserted.update(chosen["unit_id"])
    return kept


def _matches(taking: Taking, table: RecordTable, staged: sa.Table) -> dict[int, sa.Row[Any]]:
    """Rows that bear the key of a staged record, by its place: (place, id, unit_id, differs, withdrawn_at)."""
    rows = taking.connection.execute(_matching(table.name, staged))
    return {row.place: row for row in rows if row.id is not None}


@cache
def _matching(name: str, staged: sa.Table) -> sa.Select[Any]:
    table = RECORD_TABLES[name]
    current = table.current
    same_key = [current.c.connector_id == staged.c.connector_id] + [
        current.c[name] == staged.c[name] for name in table.key
    ]
    compared = [name for name in table.payload if name != "stub"]
    differs = sa.or_(
        current.c.withdrawn_at.is_not(None),
        *(current.c[name].is_distinct_from(staged.c[name]) for name in compared),
    )
    return sa.select(
        staged.c.place,
        current.c.id,
        current.c.unit_id,
        current.c.withdrawn_at,
        differs.label("differs"),
        (current.c.stub if "stub" in current.c else sa.false()).label("stub"),
    ).select_from(staged.outerjoin(current, sa.and_(*same_key)))  # fmt: skip -- the small side first: see bulk._choice


def _classify(
    table: RecordTable,
    columns: dict[str, list[Any]],
    existing: dict[int, sa.Row[Any]],
    units: set[int],
    gone: set[int],
    outcome: Outcome,
) -> tuple[list[int], dict[int, int], set[int]]:
    """Places to insert, places that supersede (→ row id), and ids of rows that stand.

    A key claimed by another living unit refuses the newcomer, unless it or the former is a mere mention (stub), or the
    newcomer says the very same and the former unit is in `gone`.
    """
    fresh: list[int] = []
    different: dict[int, int] = {}
    kept: set[int] = set()
    seen: dict[tuple[Any, ...], int] = {}
    stubs = columns.get("stub")
    key_columns = [columns[name] for name in table.key]
    # Accounts before their mere mentions, whatever the order in which the page tells them.
    order = sorted(range(len(columns["unit_id"])), key=lambda place: bool(stubs and stubs[place]))
    for place in order:
        unit, stub = columns["unit_id"][place], bool(stubs and stubs[place])
        key = tuple(column[place] for column in key_columns)
        row = existing.get(place)
        if key in seen:
            if not stub and columns["unit_id"][seen[key]] != unit:
                outcome.refused[unit] = _taken(table, key)
            continue
        if row is None:
            seen[key] = place
            fresh.append(place)
        elif stub and row.withdrawn_at is None:
            kept.add(row.id)
        elif (
            row.unit_id not in units
            and row.withdrawn_at is None
            and not row.stub
            and (row.differs or row.unit_id not in gone)
        ):
            outcome.refused[unit] = _taken(table, key)
        else:
            if row.unit_id in gone:
                outcome.left.add(row.unit_id)
            seen[key] = place
            kept.add(row.id)
            if row.differs or row.unit_id != unit:
                different[place] = row.id
    return fresh, different, kept


def _taken(table: RecordTable, key: tuple[Any, ...]) -> str:
    shown = " ".join(str(part) for part in key)
    return f"{table.name.replace('_', ' ')} {shown!r} was already given by another record of this connector"


def _supersede(taking: Taking, table: RecordTable, staged: sa.Table, different: dict[int, int]) -> None:
    """Copy the former versions to the history, then write the new ones over them; row ids stay."""
    _to_history(taking, table, list(different.values()))
    names = [name for name in staged.columns.keys() if name not in ("id", "place")]  # noqa: SIM118
    bulk.write_over(taking.connection, table.current, staged, names, different)


def _to_history(taking: Taking, table: RecordTable, ids: list[int]) -> None:
    names = {column.name: column.name for column in table.current.columns}
    to_history(taking.connection, table.current, table.history, ids, taking.recorded_at, names)


def _withdraw_missing(taking: Taking, units: set[int], kept: dict[str, set[int]], outcome: Outcome) -> None:
    """Rows that `units` used to give and give no longer: not deleted, `withdrawn_at` is set.

    A mere mention (stub) stays: other units may mention the same account, and only the first one's is kept.
    """
    for name, rows in standing_rows(taking.connection, sorted(units)).items():
        table = RECORD_TABLES[name]
        gone = {row: unit for row, unit in rows if row not in kept.get(name, ())}
        if not gone:
            continue
        _to_history(taking, table, list(gone))
        taking.connection.execute(
            table.current.update()
            .where(table.current.c.id == sa.bindparam("b_id"))
            .values(withdrawn_at=taking.recorded_at, recorded_at=taking.recorded_at),
            [{"b_id": row_id} for row_id in gone],
        )
        outcome.changed.update(gone.values())
