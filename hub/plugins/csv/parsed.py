"""A page taken apart: its rows as a table, its refused rows between them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

from hub.plugins.csv.grid import Grid
from hub.plugins.csv.headers import fold
from hub.plugins.csv.layout import Reading
from hub.plugins.csv.mapping import map_table, merge, refs_of
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.table import Table
from hub.sdk import MappedPage, RawUnit, RecordRejected
from hub.sdk.units import raw_units

_FOOTER = re.compile(
    r"(sous|grand)?tota(l|ux)|nombrede|cumul|solde(au|final|initial|total|crediteur|debiteur)"
    r"|(nouveau|ancien)solde"
)


class Parsed:
    """A page taken apart: good rows as a table, and the units refused before their cells were known."""

    def __init__(
        self, table: Table, bodies: list[bytes], places: list[str], origin: Sequence[int], ranks: Ranks
    ) -> None:
        """`origin`: which of the rows given each row of the table is."""
        self._table = table
        self.layout = table.reading.text
        self._kept: list[int] | None = None
        self._early: dict[int, RecordRejected] = {}
        self.origin = origin
        self.bodies, self.places = bodies, places
        table.refs = self.refs = refs_of(table, bodies, ranks)

    def put_back(self, early: dict[int, tuple[bytes, RecordRejected]], good: list[int]) -> None:
        """Put the rows that could not be taken apart back between the others.

        Args:
            early: their index in the page -> body and refusal.
            good: index in the page of each row that was given to this table.
        """
        if not early:
            return
        kept = [good[i] for i in self.origin]
        at = {i: position for position, i in enumerate(sorted([*kept, *early]))}
        refs, bodies, places = [""] * len(at), [b""] * len(at), [""] * len(at)
        for row, i in enumerate(kept):
            refs[at[i]], bodies[at[i]], places[at[i]] = self.refs[row], self.bodies[row], self.places[row]
        for i, (body, refusal) in early.items():
            refs[at[i]], bodies[at[i]], places[at[i]] = _content_ref(body), body, refusal.where
            self._early[at[i]] = refusal
        self._kept = [at[i] for i in kept]
        self.refs, self.bodies, self.places = refs, bodies, places

    def mapped(self) -> MappedPage:
        page = map_table(self._table)
        if self._kept is None:
            return page
        done = MappedPage(columns=[], rejected=dict(self._early))
        merge(done, page, self._kept)
        return done

    def units(self) -> list[RawUnit]:
        """The units themselves."""
        refusals = [self._early.get(i) for i in range(len(self.bodies))] if self._early else None
        return raw_units(self.refs, self.bodies, self.layout, self.places, refusals)


def parsed_grid(reading: Reading, grid: Grid, bodies: list[bytes], places: list[str], ranks: Ranks) -> Parsed:
    """Rows as a table, without those that are no records: blank lines, repeated headers, totals."""
    key = grid.column(reading.positions[reading.key])
    header = reading.header(reading.key)
    words = {text for text in set(key) if text[:1].isalpha()} if reading.key in reading.dates else set()
    if not words and "" not in key and header not in key and not any(map(str.isspace, key)):
        return Parsed(Table(reading, grid, places), bodies, places, range(grid.count), ranks)
    left = [
        i
        for i, text in enumerate(map(str.strip, key))
        if (text and text != header and text not in words) or not is_no_record(grid.row(i), reading)
    ]
    bodies, places = [bodies[i] for i in left], [places[i] for i in left]
    return Parsed(Table(reading, grid.only(left), places), bodies, places, left, ranks)


def is_no_record(row: Sequence[str], reading: Reading) -> bool:
    """True for a blank line, the header once more, or a total below: a row that names no document and no date."""
    if not any(map(str.strip, row)):
        return True
    if tuple(map(str.strip, row)) == reading.layout.headers:
        return True
    first = next(text for text in row if text.strip())
    keys = [row[position].strip() for position in reading.record_positions if position < len(row)]
    named = [text for text in keys if text and text != first.strip()]
    return not named and _FOOTER.match(fold(first)) is not None


def _content_ref(body: bytes) -> str:
    return f"row/{blake2b(body, digest_size=10).hexdigest()}"
