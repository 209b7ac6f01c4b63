"""Reading one stream: what to look at in this run, then page after page of units.

Dolibarr notes when a row was last changed (tms), but not when a payment is added to an invoice, changed or deleted. So
a run looks at two kinds of rows: those changed lately, and the open ones. It looks at them in blocks of ids, and
compares each block with the digest that the last run kept: what is equal is not given again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from hub.sdk import Cursor, Page, RawUnit
from hub_dolibarr.api import Api, Row
from hub_dolibarr.faults import another_form
from hub_dolibarr.progress import Progress
from hub_dolibarr.values import whole

#: Ids that share one digest.
BLOCK = 100
#: Calls after which a page ends, so that the hub sees progress.
CALLS_A_PAGE = 150
#: Where a change was noted in local time, and where we ask for it in UTC: no clock on earth is further behind.
_BEHIND_UTC = timedelta(hours=12)

Block = tuple[int, list[Row]]


@dataclass(frozen=True)
class Feed:
    """What makes a stream: where its rows are, which of them are open, and the unit of a row (it may ask for more)."""

    path: str
    open_rows: str
    is_open: Callable[[Row], bool]
    unit: Callable[[Row], RawUnit]
    taken: Callable[[Row], bool] = lambda row: True


class Reader:
    """Reads one stream. Within a process a run goes on where it stands; after a restart it asks again."""

    def __init__(self, api: Api, feed: Feed, asked: str, look_back: timedelta) -> None:
        self._api = api
        self._feed = feed
        self._asked = asked
        self._look_back = look_back
        self._blocks: Iterator[Block] | None = None
        self._rest: list[RawUnit] = []
        self._block = self._last = 0
        self._mark = ""
        self._at: Cursor | None = None

    def page(self, cursor: Cursor | None, limit: int) -> Page:
        """At most `limit` units after `cursor`."""
        progress = None if cursor is None else Progress.from_text(cursor, self._feed.path)
        at, self._at = self._at, None  # a call that fails leaves nothing to go on with
        if progress is None or not progress.running:
            progress, self._blocks = self._plan(progress), None
        elif at != cursor:
            self._blocks = None
        if self._blocks is None:
            self._blocks, self._rest = self._read(progress), []
        units: list[RawUnit] = []
        enough = self._api.calls + CALLS_A_PAGE
        last = False
        while not last and not units and self._api.calls < enough:
            progress, units, last = self._further(progress, limit)
        progress = progress.ended() if last else progress
        self._at = progress.as_text()
        return Page(units, self._at, last=last, origin=self._feed.path)

    def existing(self) -> Iterator[str]:
        """Refs of all rows that exist now."""
        return (str(row["id"]) for row in self._api.rows(self._feed.path, 0, properties="id"))

    def _plan(self, before: Progress | None) -> Progress:
        """How a run begins. The newest change is asked for first: what is changed while we read is found next time."""
        row = self._api.newest(self._feed.path)
        newest = 0 if row is None else _changed_at(row, self._feed.path)
        # An older newest change: a backup was restored, or the last rows were deleted. Everything is compared.
        everything = before is None or before.asked != self._asked or newest < before.newest
        floor = max(0, newest - int(self._look_back.total_seconds()))
        begun = Progress(self._asked) if before is None else replace(before, asked=self._asked)
        return replace(begun, running=True, everything=everything, next_newest=newest, next_floor=floor)

    def _read(self, progress: Progress) -> Iterator[Block]:
        """Blocks of rows after `progress.after`, each whole."""
        condition = ""
        if not progress.everything and progress.floor:
            since = datetime.fromtimestamp(progress.floor, UTC) - _BEHIND_UTC
            condition = f"(t.tms:>=:'{since:%Y-%m-%d %H:%M:%S}')"
            if self._feed.open_rows:
                condition = f"({self._feed.open_rows} or {condition})"
        rows = self._api.rows(self._feed.path, progress.after, condition)
        for block, some in groupby(rows, key=lambda row: int(str(row["id"])) // BLOCK):
            yield block, list(some)

    def _further(self, progress: Progress, room: int) -> tuple[Progress, list[RawUnit], bool]:
        """The next units, at most `room`; none when a block is as it was. True when nothing follows."""
        if not self._rest:
            block = next(self._blocks or iter(()), None)
            if block is None:
                return progress, [], True
            progress = self._begin(progress, *block)
        some, self._rest = self._rest[:room], self._rest[room:]
        if some and self._rest:
            return replace(progress, given=int(some[-1].ref)), some, False
        return self._end(progress), some, False

    def _begin(self, progress: Progress, number: int, rows: Sequence[Row]) -> Progress:
        """Take a block to hand: its units stand in `_rest` unless they are as they were."""
        feed, path = self._feed, self._feed.path
        seen = [(row, _changed_at(row, path)) for row in rows if feed.taken(row)]
        looked = [pair for pair in seen if progress.everything or feed.is_open(pair[0]) or pair[1] >= progress.floor]
        made = [(feed.unit(row), changed, feed.is_open(row)) for row, changed in looked]
        whole_block = _digest([unit for unit, _, _ in made])
        kept = [unit for unit, changed, is_open in made if is_open or changed >= progress.next_floor]
        self._mark = _digest(kept) if kept else ""
        self._block, self._last = number, int(str(rows[-1]["id"]))
        known = not progress.everything and progress.marks.get(str(number), _digest([])) == whole_block
        self._rest = [] if known else [unit for unit, _, _ in made]
        if progress.begun == whole_block:  # gone on with in another process
            self._rest = [unit for unit in self._rest if int(unit.ref) > progress.given]
        return replace(progress, begun=whole_block, given=progress.given if progress.begun == whole_block else 0)

    def _end(self, progress: Progress) -> Progress:
        return progress.block_done(self._last, str(self._block), self._mark)


def _changed_at(row: Row, path: str) -> int:
    """When a row was last changed, in seconds since 1970; 0 when this version does not say."""
    try:
        return whole(row.get("date_modification") or row.get("tms"))
    except ValueError as error:
        raise another_form(path, f"date_modification {row.get('date_modification')!r}") from error


def _digest(units: Sequence[RawUnit]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for unit in units:
        digest.update(f"{unit.ref} {len(unit.body)} ".encode() + unit.body)
    return digest.hexdigest()
