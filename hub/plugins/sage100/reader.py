"""Reading one stream: what to read in this run, then page after page of units."""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from pydantic_core import to_json

from hub.plugins.sage100.database import Database
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.feeds import Feed
from hub.plugins.sage100.progress import Progress
from hub.sdk import Context, Cursor, Page, RawUnit

#: Bytes of units in a page, well below what the wire takes.
PAGE_BYTES = 3_000_000
#: Rows that one unit may hold. An invoice number with more is a batch label.
MOST_ROWS = 2_000

_DIGEST = 16
#: The digest of a stretch in which nothing was changed.
_NOTHING = hashlib.blake2b(digest_size=_DIGEST).hexdigest()

Unit = tuple[tuple[Any, ...], list[tuple[Any, ...]]]


class Reader:
    """Reads one stream. Between two pages of a run the statement stays open; after a restart it is asked again."""

    def __init__(
        self, database: Database, feed: Feed, layout: str, settings: str, look_back: timedelta, context: Context
    ) -> None:
        self._database = database
        self._feed = feed
        self._ref = feed.ref.format
        self._layout = layout
        self._settings = settings
        self._look_back = look_back
        self._context = context
        self._open: Generator[Unit, None, None] | None = None
        self._at: str | None = None
        self._next: Unit | None = None
        #: The units of the last page and their rows, for mapping them without taking their bodies apart again.
        self.fetched: tuple[list[RawUnit], list[list[tuple[Any, ...]]]] = ([], [])

    def page(self, cursor: Cursor | None, limit: int) -> Page:
        """At most `limit` units after `cursor`."""
        progress = self._plan(cursor) if cursor is None else Progress.from_text(cursor, self._database.where)
        if not progress.running:
            progress = self._plan(cursor)
            if not progress.running:
                return Page([], progress.as_text(), last=True, origin=self._feed.name)
        if self._open is None or self._at != cursor or cursor is None:
            self.close()
            self._open = self._units(progress)
            self._next = next(self._open, None)
        units = list(self._taken(limit))
        after = units[-1][0] if units else progress.after
        last = self._next is None
        progress = replace(progress, running=False) if last else replace(progress, after=tuple(after))
        if last:
            self.close()
        self._at = progress.as_text()
        made = list(map(self._unit, units))
        self.fetched = (made, [rows for _, rows in units])
        return Page(made, self._at, last=last, origin=self._feed.name)

    def existing(self) -> Iterator[str]:
        """Refs of the units that exist now."""
        ref = self._feed.ref.format
        return (ref(*keys) for keys in self._database.stream(self._feed.existing()))

    def close(self) -> None:
        """Give the open statement's connection back."""
        if self._open is not None:
            self._open.close()
        self._open, self._next = None, None

    def _plan(self, cursor: Cursor | None) -> Progress:
        """The progress with which a run begins; not `running` when there is nothing to do."""
        before = None if cursor is None else Progress.from_text(cursor, self._database.where)
        since = self._since(before)
        seen = self._digest(since) if before is not None and since is not None else None
        # A stretch without a row is equal to itself after anything, also after a restored backup: ask for the newest.
        if before is not None and seen == before.seen and seen != _NOTHING:
            return before
        newest = self._database.rows(self._feed.newest())[0][0]
        if before is not None and seen == before.seen and newest == before.stamp:
            return before
        if since is not None and (newest is None or newest < since):
            self._context.logger.warning(
                "%s: the newest change (%s) is older than what was read before: the data base was restored, or its "
                "last entries are gone; everything is compared",
                self._feed.name,
                newest,
            )
            since = None
        seen = self._digest(_earlier(newest, self._look_back)) if newest else ""
        return Progress(self._settings, newest, seen, running=True, since=since)

    def _since(self, before: Progress | None) -> str | None:
        """From when on this run must look; None: from the beginning."""
        if before is None or before.settings != self._settings or before.stamp is None:
            return None
        return _earlier(before.stamp, self._look_back)

    def _digest(self, since: str) -> str:
        digest = hashlib.blake2b(digest_size=_DIGEST)
        for row in self._database.stream(self._feed.look_back(since)):
            digest.update(to_json(row))
        return digest.hexdigest()

    def _units(self, progress: Progress) -> Generator[Unit, None, None]:
        """Adjacent rows with equal keys, together."""
        width = len(self._feed.keys)
        rows = self._database.stream(self._feed.units(progress.since, progress.after))
        if not self._feed.within:  # one row is one unit
            for row in rows:
                yield row[:width], [row[width:]]
            return
        keys: tuple[Any, ...] = ()
        same: list[tuple[Any, ...]] = []
        for row in rows:
            if row[:width] == keys:
                same.append(row[width:])
                continue
            if same:
                yield keys, same
            keys, same = row[:width], [row[width:]]
        if same:
            yield keys, same

    def _taken(self, limit: int) -> Iterator[Unit]:
        size = count = 0
        while self._next is not None and self._open is not None and count < limit and size < PAGE_BYTES:
            unit = self._next
            count, size = count + 1, size + 300 * len(unit[1])
            self._next = next(self._open, None)
            yield unit

    def _unit(self, unit: Unit) -> RawUnit:
        keys, rows = unit
        ref = self._ref(*keys)
        place = f"{self._feed.name} {ref}"
        if len(rows) <= MOST_ROWS:
            return RawUnit(ref, to_json(rows), self._layout, place)
        found = RawUnit(ref, to_json(rows[:1]), self._layout, place)
        number, year = (keys[0], keys[1]) if self._feed.name == "sales" else (keys[-1], "every year")
        refusal = rejected("HUB-SAGE-024", place, number=number, count=len(rows), year=year)
        return replace(found, rejected=refusal, lines=len(rows))


def _earlier(instant: str, by: timedelta) -> str:
    """`instant` less `by`, in the same spelling."""
    moment = datetime.fromisoformat(instant) - by
    return moment.isoformat(timespec="milliseconds")
