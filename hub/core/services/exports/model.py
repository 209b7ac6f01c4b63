"""What an export is before it has a format: columns with their types, and rows that come one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple

from hub.core.services.desk import Desk

Type = Literal["text", "date", "instant", "amount", "int", "number"]
Row = tuple[Any, ...]


class Column(NamedTuple):
    """A column of an export. The name is a stored spelling: it is never changed, columns are only added.

    Values by type: text str; date `date`; instant an aware `datetime` in the hub's time zone; amount an integer of
    minor units whose currency stands in the column `currency` of the same row; int an integer; number a `Decimal`.
    None is an empty cell.
    """

    name: str
    type: Type = "text"
    currency: str = "currency"


@dataclass(frozen=True, slots=True)
class Asked:
    """What to export: on which day (None: today), as known when (end of a day, or an instant; None: now), of which
    seller."""

    as_of: date | None = None
    known_on: date | None = None
    seller: str | None = None

    @property
    def back(self) -> bool:
        """True when a past state is asked for: what only the present has (suggestions, verdicts) is left out."""
        return self.as_of is not None or self.known_on is not None


@dataclass(slots=True)
class Table:
    """An export about to be written: `rows` can be read once, inside `open_table`.

    `about` says what the table is and which state it shows, as pairs of words: a workbook carries them on a sheet of
    their own. `notes` are remarks for the person who asked (standard error, never the file); more may come while rows
    are read.
    """

    kind: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]
    about: tuple[tuple[str, str], ...] = ()
    notes: list[str] = field(default_factory=list)


class Scope(NamedTuple):
    """What a row maker is given. `connection` is one transaction: all rows come from one state."""

    desk: Desk
    connection: Any
    asked: Asked
    known_at: int | None
    notes: list[str]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of export.

    `no_as_of`, `no_known_on`, `no_seller`: why the option makes no sense for it; empty where it does.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Callable[[Scope], Iterator[Row]]
    no_as_of: str = ""
    no_known_on: str = ""
    no_seller: str = ""
