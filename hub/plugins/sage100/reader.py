"""Reading one stream: what to read in this run, then page after page of units."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter
from typing import Any

from pydantic_core import to_json

from hub.plugins.sage100.database import Database
from hub.plugins.sage100.faults import rejected
from hub.plugins.sage100.feeds import Feed
from hub.plugins.sage100.figures import Debtors, Figures
from hub.plugins.sage100.progress import Progress
from hub.sdk import Context, Cursor, Page, RawUnit
from hub.sdk.units import raw_units

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
        self,
        database: Database,
        feed: Feed,
        layout: str,
        settings: str,
        look_back: timedelta,
        context: Context,
        debtors: Debtors | None = None,
    ) -> None:
        """`debtors`: whose figures tell what changed without a stamp; None where there are none."""
        self._database = database
        self._feed = feed
        self._ref = feed.ref.format
        self._keys_of = _places_of(feed)
        self._layout = layout
        self._settings = settings
        self._look_back = look_back
        self._context = context
        self._debtors = debtors
        self._open: Generator[list[Unit], None, None] | None = None
        self._at: str | None = None
        self._ready: list[Unit] = []
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
            self._ready = next(self._open, [])
        units = self._taken(limit)
        after = units[-1][0] if units else progress.after
        last = not self._ready
        progress = replace(progress, running=False) if last else replace(progress, after=tuple(after))
        if last:
            self.close()
        self._at = progress.as_text()
        made = self._made(units)
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
        self._open, self._ready = None, []

    def _plan(self, cursor: Cursor | None) -> Progress:
        """The progress with which a run begins; not `running` when there is nothing to do."""
        before = None if cursor is None else Progress.from_text(cursor, self._database.where)
        since = self._since(before)
        seen = self._digest(since) if before is not None and since is not None else None
        same = before is not None and seen == before.seen
        figures, suspects = self._figures(before if since is not None else None, same)
        # A stretch without a row is equal to itself after anything, also after a restored backup: ask for the newest.
        if before is not None and same and suspects == [] and seen != _NOTHING:
            return before
        newest = self._database.rows(self._feed.newest())[0][0]
        if before is not None and same and suspects == [] and newest == before.stamp:
            return before
        if suspects is None:  # too many to name
            since = None
        if since is not None and (newest is None or newest < since):
            self._context.logger.warning(
                "%s: the newest change (%s) is older than what was read before: the data base was restored, or its "
                "last entries are gone; everything is compared",
                self._feed.name,
                newest,
            )
            since = None
        seen = self._digest(_earlier(newest, self._look_back)) if newest else ""
        named = tuple(suspects or ()) if since is not None else ()
        return Progress(self._settings, newest, seen, running=True, since=since, figures=figures, suspects=named)

    def _figures(self, before: Progress | None, same: bool) -> tuple[str, list[str] | None]:
        """The debtors' figures to keep, and the debtors whose lines changed without a stamp; None: too many to name.

        New lines have a stamp: they are left out of the comparison, unless nothing bears a stamp that was not known.
        """
        if self._debtors is None:
            return "", []
        known = None if before is None else Figures.from_text(before.figures)
        look = self._debtors.look(0 if known is None else known.last)
        if known is None:
            return look.now.as_text(), []
        return look.now.as_text(), self._debtors.suspects(known.buckets, look.now.buckets if same else look.former)

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

    def _units(self, progress: Progress) -> Generator[list[Unit], None, None]:
        """Adjacent rows with equal keys, together; some units at a time, never none."""
        batches = self._database.batches(self._feed.units(progress.since, progress.after, progress.suspects))
        keys_of, width = self._keys_of, 0 if self._feed.told else len(self._feed.keys)
        if not self._feed.within:  # one row is one unit
            for rows in batches:
                yield [(keys_of(row), [row[width:]]) for row in rows]
            return
        keys: tuple[Any, ...] = ()
        same: list[tuple[Any, ...]] = []
        for rows in batches:
            units: list[Unit] = []
            for row in rows:
                found = keys_of(row)
                if found == keys:
                    same.append(row[width:])
                    continue
                if same:
                    units.append((keys, same))
                keys, same = found, [row[width:]]
            if units:
                yield units
        if same:
            yield [(keys, same)]

    def _taken(self, limit: int) -> list[Unit]:
        """The units of a page; what follows them stays ready."""
        taken: list[Unit] = []
        size = 0
        while self._ready and self._open is not None and len(taken) < limit and size < PAGE_BYTES:
            count = 0
            for _, rows in self._ready[: limit - len(taken)]:
                if size >= PAGE_BYTES:
                    break
                count, size = count + 1, size + 300 * len(rows)
            taken += self._ready[:count]
            self._ready = self._ready[count:] or next(self._open, [])
        return taken

    def _made(self, units: Sequence[Unit]) -> list[RawUnit]:
        """The units of a page; what has too many rows is refused."""
        name, ref = self._feed.name, self._ref
        refs = [ref(*keys) for keys, _ in units]
        made = raw_units(refs, _bodies([rows for _, rows in units]), self._layout, [f"{name} {one}" for one in refs])
        for at, (keys, rows) in enumerate(units):
            if len(rows) > MOST_ROWS:
                number, year = (keys[0], keys[1]) if name == "sales" else (keys[-1], "every year")
                refusal = rejected("HUB-SAGE-024", made[at].place, number=number, count=len(rows), year=year)
                made[at] = replace(made[at], body=to_json(rows[:1]), rejected=refusal, lines=len(rows))
        return made


def _places_of(feed: Feed) -> Callable[[tuple[Any, ...]], tuple[Any, ...]]:
    """Tells the keys of a row of `feed`."""
    names = list(feed.columns)
    first, *more = [names.index(name) for name in feed.told] or range(len(feed.keys))
    return itemgetter(first, *more) if more else lambda row: (row[first],)


def _bodies(units: Sequence[Sequence[tuple[Any, ...]]]) -> list[bytes]:
    """The rows of each unit as JSON: of all at once, and cut between them unless a text in it looks like such a cut."""
    if not units:
        return []
    bodies = to_json(units)[3:-3].split(b"]],[[")
    if len(bodies) != len(units):
        return [to_json(rows) for rows in units]
    return [b"[[%b]]" % body for body in bodies]


def _earlier(instant: str, by: timedelta) -> str:
    """`instant` less `by`, in the same spelling."""
    moment = datetime.fromisoformat(instant) - by
    return moment.isoformat(timespec="milliseconds")
