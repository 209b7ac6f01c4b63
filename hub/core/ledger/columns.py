"""Tables of plain columns: a list per field, row `i` of each list being one record."""

from __future__ import annotations

from dataclasses import fields
from typing import Any


def align(table: Any, first: str, blanks: dict[str, object]) -> None:
    """Fill the columns left out and refuse columns of unequal length.

    Raises:
        ValueError: two columns of one table do not have the same number of rows.
    """
    rows = len(getattr(table, first))
    for column in fields(table):
        values = getattr(table, column.name)
        if not values and rows and column.name in blanks:
            object.__setattr__(table, column.name, [blanks[column.name]] * rows)
        elif len(values) != rows:
            raise ValueError(f"{type(table).__name__}.{column.name}: {len(values)} rows, {first} has {rows}")
