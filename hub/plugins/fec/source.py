"""The connector itself: a company's ledger files as one stream, a snapshot of everything known of its debtors."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from hashlib import blake2b
from typing import Any, Final

from hub.plugins.fec.books import Books
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.faults import unavailable
from hub.plugins.fec.files import Ledger, find
from hub.plugins.fec.mapping import MAPPING_FIELDS, MAPPING_VERSION, Mapper, short_ref
from hub.plugins.fec.units import Found, Place, more_after, units_after
from hub.sdk import Context, Cursor, MappedPage, Page, RawUnit, Stream
from hub.sdk.columns import records_from_columns
from hub.sdk.records import ControlTotal, Record

#: Raised when units are made in another way: the files are then read again.
READER_VERSION: Final = 8
#: The files together are the present state: an entry that is gone was corrected, so it is withdrawn.
STREAM: Final = Stream(name="ledger", mode="snapshot", missing="withdrawn", repeats="latest", whole_objects=True)
_READING = ("accounts", "opening_journals", "invoice_number", "currency", "unbalanced", "encoding")

__all__ = ["MAPPING_FIELDS", "MAPPING_VERSION", "Fec"]


class Fec:
    """A French ledger. Plays RecordSource, BulkMap, ControlTotals and FileCheck; writes nothing anywhere."""

    def __init__(self, config: FecConfig, context: Context) -> None:
        self._config, self._context = config, context
        self._mapper = Mapper(config)
        self._books: tuple[str, Books] | None = None
        self._fetched: Found | None = None
        chosen = [READER_VERSION, *(getattr(config, name) for name in _READING)]
        self._settings = blake2b(json.dumps(chosen).encode(), digest_size=8).hexdigest()

    def streams(self) -> Sequence[Stream]:
        """One: the ledger."""
        return [STREAM]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The next facts. From the last cursor of a run nothing comes while the files are as they were.

        Raises:
            SourceUnavailable: a file is missing, or still being written.
        """
        state = _state(cursor)
        seen = self._stamp()
        if state.get("done") and state.get("seen") == seen:
            return Page((), cursor, True, skipped=(self._origin,))
        books = self._at(seen)
        same = state.get("books") == self._name_of(books)
        if same and state.get("done"):
            return Page((), self._cursor(seen, books, None), True, skipped=(self._origin,))
        place = (int(state["at"][0]), str(state["at"][1])) if same else (0, "")
        found, after = units_after(books, place, max(1, limit), self._config.currency).fitting(place)
        self._fetched = found
        last = not more_after(books, after)
        cursor, notes = self._cursor(seen, books, None if last else after), books.notes if last else ()
        return Page(found.units, cursor, last, self._origin, notes=notes)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """The records of one unit: the same code as `map_page`, on a run of one."""
        page = self._mapper.page([unit])
        if page.rejected:
            raise page.rejected[0]
        return [record for columns in page.columns for _, record in records_from_columns(columns)]

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        """The records of a run of units, straight in columns."""
        known = self._fetched
        # The page just fetched was made from these lines: no need to take its bodies apart again.
        return self._mapper.page(units, known.facts if known and units == known.units else None)

    def control_totals(self, on: date) -> Iterator[ControlTotal]:
        """Debits less credits of each debtor's accounts up to the end of `on`; settled accounts are left out.

        Raises:
            SourceUnavailable: a file is missing, or still being written.
        """
        books = self._at(self._stamp())
        for debtor, balance in books.balances(on.isoformat()):
            yield ControlTotal(
                seller=self._config.seller,
                debtor_id=short_ref(debtor),
                balance_on=on,
                balance_minor=balance,
                currency=self._config.currency,
            )

    def describe(self, file: str) -> Mapping[str, Any]:
        """How one file is understood: its form, its journals, what it holds, its balance, the first records."""
        from hub.plugins.fec.describe import describe

        return describe(file, self._config)

    @property
    def _origin(self) -> str:
        """The name of the whole: what the files are configured as."""
        return ", ".join(path.name for path in self._config.files)[:200]

    def _stamp(self) -> str:
        """A digest of which files there are, their sizes and times, and the settings that reading depends on."""
        ledgers = find(self._config.files)
        now = self._context.clock.now().timestamp()
        whole = blake2b(self._settings.encode(), digest_size=16)
        for ledger in [*ledgers, *self._companion()]:
            if abs(now - ledger.mtime_ns / 1e9) < self._config.settle_s:
                raise unavailable("HUB-FEC-032", ledger.name, name=ledger.name)
            whole.update(f"{ledger.path}\0{ledger.size}\0{ledger.mtime_ns}\0".encode())
        return whole.hexdigest()

    def _companion(self) -> list[Ledger]:
        return find([self._config.due_dates]) if self._config.due_dates is not None else []

    def _at(self, seen: str) -> Books:
        """The books of the files as they are; kept from page to page.

        Raises:
            SourceUnavailable: they changed while they were read.
        """
        if self._books is None or self._books[0] != seen:
            self._forget()
            books = Books.open(self._config)
            if self._stamp() != seen:
                books.scratch.close()
                raise unavailable("HUB-FEC-032", self._origin, name=self._origin)
            self._books = (seen, books)
        return self._books[1]

    def _forget(self) -> None:
        if self._books is not None:
            self._books[1].scratch.close()
            self._books = None

    def _name_of(self, books: Books) -> str:
        return f"{books.digest}/{self._settings}"

    def _cursor(self, seen: str, books: Books, after: Place | None) -> str:
        state: dict[str, Any] = {"v": 1, "seen": seen, "books": self._name_of(books)}
        return json.dumps(state | ({"done": True} if after is None else {"at": after}), separators=(",", ":"))


def _state(cursor: Cursor | None) -> dict[str, Any]:
    """What the cursor says; nothing when it is damaged: the ledger is then read from its start."""
    try:
        state = json.loads(cursor or "{}")
        good = isinstance(state, dict) and state.get("v") == 1 and (state.get("done") or len(state["at"]) == 2)
    except (ValueError, KeyError, TypeError):
        return {}
    return state if good else {}
