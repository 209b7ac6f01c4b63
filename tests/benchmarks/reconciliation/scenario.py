"""What a benchmark run consists of, and growing columns row by row."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from typing import Any, NamedTuple

from hub.core.reconcile import Debtors, OpenItems, Receipts, Remittances, SettledNumbers


class Truth(NamedTuple):
    """What really happened to one receipt.

    lines: (item id, money of the receipt), negative for a credit note; empty when it pays no open item.
    decidable: what the hub is given leaves one sensible explanation, so an automatic decision is due.
    must_leave: no automatic allocation may be made, whatever looks tempting.
    """

    receipt_id: int
    kind: str
    lines: tuple[tuple[int, int], ...]
    decidable: bool
    must_leave: bool


@dataclass(slots=True)
class Rows:
    """Records collected one by one, turned into columns at the end."""

    rows: list[dict[str, Any]] = field(default_factory=list)

    def add(self, **record: Any) -> None:
        """Append one record; a column not given is None."""
        self.rows.append(record)

    def columns(self, table: type[Any]) -> Any:
        """An instance of `table` with these rows. Columns nobody gave are left to its defaults."""
        given = set().union(*(r.keys() for r in self.rows)) if self.rows else {f.name for f in fields(table)}
        return table(**{f.name: [r.get(f.name) for r in self.rows] for f in fields(table) if f.name in given})


@dataclass(frozen=True, slots=True)
class Scenario:
    """A ledger, its receipts and the truth, ready for the engine."""

    name: str
    today: date
    items: OpenItems
    debtors: Debtors
    receipts: Receipts
    remittances: Remittances
    settled: SettledNumbers
    truth: list[Truth]
