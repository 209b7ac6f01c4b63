"""From columns of a table to columns of records: which rows, which fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any, cast

from hub.sdk import Columns


def columns_of(kind: str, fields: Mapping[str, list[Any] | None], rows: Sequence[int], count: int) -> list[Columns]:
    """The records of `kind` for `rows` (indexes into the columns of `fields`, which hold `count` entries).

    Columns without any value are left out. No rows: no columns at all.
    """
    if not rows:
        return []
    pick = itemgetter(*rows)
    values: dict[str, list[Any]] = {}
    for name, column in fields.items():
        if column is None:
            continue
        chosen = column if len(rows) == count else list(pick(column)) if len(rows) > 1 else [column[rows[0]]]
        if chosen[0] is not None or chosen.count(None) != len(chosen):
            values[name] = chosen
    return [Columns(kind=kind, unit=list(rows), values=values)]


def absolute(column: list[int | None] | None) -> list[int | None] | None:
    """Amounts without their sign: the kind of the record says it."""
    if column is None:
        return None
    if None in column:
        return [value and abs(value) for value in column]
    return list(map(abs, cast(list[int], column)))
