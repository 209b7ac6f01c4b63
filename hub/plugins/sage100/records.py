"""Gathering the records of many units as columns, without an object for each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.layout import Layout
from hub.sdk import Columns, RawUnit
from hub.sdk.records import KINDS

Row = Sequence[Any]
Work = Callable[[RawUnit, Sequence[Row]], None]


class Mapper(Protocol):
    """Makes the function that maps the units of one layout into `records`."""

    def __call__(self, layout: Layout, config: Sage100Config, records: Records) -> Work: ...


class Records:
    """Records by kind and shape; `unit` is the index of the unit being mapped."""

    def __init__(self) -> None:
        self.unit = 0
        self._rows: dict[tuple[str, tuple[str, ...]], tuple[list[int], list[tuple[Any, ...]]]] = {}

    def into(self, kind: str, fields: str) -> Callable[..., None]:
        """A function that adds one record of `kind`, given its `fields` in this order; dates are ISO text."""
        units, rows = self._rows.setdefault((kind, tuple(fields.split())), ([], []))
        add_unit, add_row = units.append, rows.append

        def add(*values: Any) -> None:
            add_unit(self.unit)
            add_row(values)

        return add

    def add(self, kind: str, **values: Any) -> None:
        """Add one record, by the names of its fields."""
        units, rows = self._rows.setdefault((kind, tuple(values)), ([], []))
        units.append(self.unit)
        rows.append(tuple(values.values()))

    def drop(self, unit: int) -> None:
        """Forget the records of a unit that was refused after all."""
        for units, rows in self._rows.values():
            while units and units[-1] == unit:
                units.pop()
                rows.pop()

    def columns(self) -> list[Columns]:
        """Everything gathered, one `Columns` per kind, in the order of kinds; units ascending."""
        return [found for kind in KINDS if (found := self._of_kind(kind)) is not None]

    def _of_kind(self, kind: str) -> Columns | None:
        shapes = [(fields, *table) for (name, fields), table in self._rows.items() if name == kind and table[0]]
        if not shapes:
            return None
        if len(shapes) == 1:
            fields, units, rows = shapes[0]
            return Columns(kind, units, dict(zip(fields, map(list, zip(*rows, strict=True)), strict=True)))
        names = list(dict.fromkeys(name for fields, _, _ in shapes for name in fields))
        blank = {name: KINDS[kind].model_fields[name].default for name in names}
        merged: list[tuple[int, int, dict[str, Any]]] = []
        for fields, units, rows in shapes:
            for unit, row in zip(units, rows, strict=True):
                merged.append((unit, len(merged), blank | dict(zip(fields, row, strict=True))))
        merged.sort(key=lambda entry: entry[:2])
        return Columns(kind, [unit for unit, _, _ in merged], {n: [row[n] for _, _, row in merged] for n in names})
