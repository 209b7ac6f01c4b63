"""One page after the other: recognise it, find what is new or changed, have it mapped, validate it, commit it."""

from __future__ import annotations

import contextlib
from collections.abc import Collection
from dataclasses import dataclass, replace

from hub.core.host.answers import OFFER
from hub.core.store import UnitOfWork
from hub.core.store.page_notes import end_stream, forget_pages, page_units
from hub.core.store.pages import TakeApart, commit_page
from hub.core.store.raw_units import RefsKnown
from hub.core.store.streams import Counts, PageToCommit, StreamState
from hub.core.sync.finding import Finder
from hub.core.sync.former_totals import withdraw_pieces
from hub.core.sync.gathering import Gathered, as_one, taken_units
from hub.core.sync.seen import Met, Seen
from hub.core.sync.session import Session
from hub.sdk.errors import HubError
from hub.sdk.units import Stream

#: How many unchanged pages may pass before the cursor is written: a crash re-reads them, quickly.
MAX_QUIET_PAGES = 50


@dataclass(slots=True)
class PageResult:
    """A page taken in, and where the next one starts. `back`: units that were gone from the source, and are not now."""

    counts: Counts
    cursor: str | None
    origin: str
    ordinal: int
    last: bool
    skipped: list[str]
    notes: list[str]
    state: StreamState
    back: set[int]


@dataclass(slots=True)
class _Offer:
    origin: str
    cursor: str | None
    last: bool
    skipped: list[str]
    begins: bool
    notes: list[str]
    fingerprint: bytes


class PageReader:
    """Reads the pages of one stream from a connector's process.

    `aside`: the page is one of objects read by themselves (`rereading`), not the stream's next one.
    """

    def __init__(
        self, session: Session, stream: Stream, seen: Seen, *, full: bool = False, aside: bool = False
    ) -> None:
        self._session = session
        self._store = session.store
        self._process = session.process
        self._stream = stream
        self._aside = aside
        self._met = Met(stream, seen)
        self._finder = Finder(session, stream, self._met, self, full=full, aside=aside)
        self._gathered = Gathered(session.process.limits.page_units)
        self._settled = Counts()
        self._version = 0
        self._quiet = 0
        self._all_new = False
        self._cursor: str | None = None
        self._asked = False

    def ask(self, cursor: str | None) -> None:
        """Let the connector fetch the page after `cursor`; the answer is taken by `next_page`.

        While all is new it may go on and map the page, without waiting to be asked.
        """
        request = {"op": "fetch", "stream": self._stream.name, "cursor": cursor, "ahead": self._all_new}
        self._process.tell({**request, "limit": self._process.limits.page_units})
        self._cursor, self._asked = cursor, True

    def next_page(self, state: StreamState, before: tuple[str | None, int] | None) -> PageResult:
        """Take the page that was asked for, commit it and ask for the next one meanwhile.

        A page of which little changed may wait and be written with later ones: its changes are counted then.
        `before` is the object of the former page and how many pages of it were read.
        """
        cursor, self._asked = self._cursor, False
        try:
            return self._take_next(state, before)
        except RefsKnown:
            # What followed new pages and looked new is not: it is read again and compared. The page after was asked for
            # already and will be again.
            self._all_new = False
            if self._asked:
                with contextlib.suppress(HubError):
                    self._hear_offer()
            self.ask(cursor)
            return self._take_next(state, before)

    def concerns(self, unit_ids: Collection[int]) -> bool:
        """True when pages that wait change one of these units."""
        return self._gathered.change(unit_ids)

    def settle(self) -> None:
        """Write the pages that wait."""
        self._write_gathered(last=False)

    def rest(self) -> Counts:
        """The connector failed: write what waits, and tell what it comes to."""
        self._write_gathered(last=False)
        return self._take_settled()

    def _take_next(self, state: StreamState, before: tuple[str | None, int] | None) -> PageResult:
        offer = self._hear_offer()
        if offer.begins and before and before[0] == offer.origin:
            # It changed since an ended run read its first pages: what that one met of it says nothing any more.
            self._met.forget()
            before = None
        if not before or before[0] != offer.origin:
            self._met.begin_object()
        ordinal = before[1] if before and before[0] == offer.origin and state.cursor is not None else 0
        self._version = state.version
        page = self._page(state, offer, ordinal)
        note, recognised = self._finder.recognise(page)
        if not recognised:
            self._finder.find_changes(page, note, all_new=self._all_new)
        return self._commit(page, offer, state, recognised=recognised)

    def _hear_offer(self) -> _Offer:
        answer, fingerprint = self._process.hear(OFFER)
        return _Offer(**answer, fingerprint=fingerprint)

    def _page(self, state: StreamState, offer: _Offer, ordinal: int) -> PageToCommit:
        return PageToCommit(
            connector_id=self._session.connector_id, connector_key=self._session.key, stream=state, cursor=offer.cursor,
            origin=offer.origin, ordinal=ordinal, fingerprint=offer.fingerprint, mapping_id=self._session.mapping_id,
            recorded_at=0, actor=self._session.actor, unit_ids=[],
            whole_objects=self._stream.whole_objects and not self._aside, aside=self._aside,
        )  # fmt: skip

    def _commit(self, page: PageToCommit, offer: _Offer, state: StreamState, *, recognised: bool) -> PageResult:
        """Write the page, or let it wait, while the connector goes on with the next one.

        Recognised pages only move the cursor: that is written every few pages, and at the end.
        """
        self._all_new = bool(page.taken) and not page.already_same and not any(page.unit_ids)
        if not offer.last:
            self.ask(offer.cursor)
        quiet = recognised and not offer.last and self._quiet < MAX_QUIET_PAGES
        idle = quiet and not self._became_shorter(page.stream, page.origin)
        if idle or (self._aside and not page.taken):
            self._quiet += 1
            counts, met = _unwritten(page), [unit for unit in page.unit_ids if unit is not None]
        elif page.taken and self._gathered.takes(page):
            counts, met = _unwritten(page), taken_units(page)
            self._gathered.add(page)
            self._finder.taken(page, held=False)
            if offer.last or self._gathered.full:
                self._write_gathered(last=offer.last)
        else:
            self._write_gathered(last=False)
            counts, unit_ids = self._write_now(page, last=offer.last)
            met = [unit for unit in unit_ids if unit is not None]
        self._met.mark(met)
        counts.add(self._take_settled())
        after = replace(
            state, cursor=offer.cursor, origin=offer.origin, ordinal=page.ordinal + 1, version=self._version
        )
        back = self._finder.take_back()
        return PageResult(
            counts, offer.cursor, offer.origin, page.ordinal, offer.last, offer.skipped, offer.notes, after, back
        )

    def _became_shorter(self, before: StreamState, origin: str) -> bool:
        """True when a new object begins, and pages are noted that the one before has no more: they must go now."""
        if before.origin in (None, origin):
            return False
        with self._store.read() as connection:
            return bool(page_units(connection, before.id, before.origin or "", since=before.ordinal))

    def _take_settled(self) -> Counts:
        settled, self._settled = self._settled, Counts()
        return settled

    def _write_gathered(self, *, last: bool) -> None:
        """Write the pages that wait, in one transaction; one by one if they get into each other's way."""
        pages = self._gathered.take()
        if not pages:
            return
        try:
            whole = as_one(pages)
            self._settled.add(self._changes(whole, last=last))
        except TakeApart:
            for page in pages:
                self._settled.add(self._changes(page, last=last and page is pages[-1]))

    def _changes(self, page: PageToCommit, *, last: bool) -> Counts:
        """Write a page that waited; what stood in it was counted when it was read."""
        counts, _ = self._write_now(replace(page, already_same=0, already_held=0), last=last)
        return counts

    def _write_now(self, page: PageToCommit, *, last: bool) -> tuple[Counts, list[int | None]]:
        """Write the page in a transaction of its own; what it came to, and the ids of its units."""
        self._quiet = 0
        page.stream = replace(page.stream, version=self._version)
        counts, unit_ids, self._version = self._store.again(
            self._session.actor, lambda unit: self._write(unit, page, last=last)
        )
        self._finder.taken(page, held=counts.held > 0)
        self._finder.written()
        return counts, unit_ids

    def _write(self, unit: UnitOfWork, page: PageToCommit, *, last: bool) -> tuple[Counts, list[int | None], int]:
        """One try at committing `page`; it works on a copy, for a transaction may have to be run again."""
        fresh = replace(page, unit_ids=list(page.unit_ids), refused=dict(page.refused), recorded_at=unit.at)
        withdraw_pieces(unit, fresh)
        counts = commit_page(unit.connection, fresh, unit.salt)
        if counts.changed:
            unit.note_day()
        if page.aside:
            return counts, fresh.unit_ids, fresh.stream.version
        former = page.stream.origin
        if former is not None and former != page.origin:
            forget_pages(unit.connection, page.stream.id, former, page.stream.ordinal)
        if last:
            forget_pages(unit.connection, page.stream.id, page.origin, page.ordinal + 1)
            end_stream(unit.connection, page.stream.id)
        return counts, fresh.unit_ids, fresh.stream.version


def _unwritten(page: PageToCommit) -> Counts:
    """What is known of a page before it is written: the units that stand."""
    read = page.already_same + page.already_held
    return Counts(read=read, same=page.already_same, held=page.already_held)
