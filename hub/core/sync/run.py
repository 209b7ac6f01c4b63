"""One run of one connector, from its cursors to the end of every stream.

A page is one transaction: records, versions, journal, held units and cursor together. While the data base writes a
page the connector already fetches the next. A run is complete or not, and says so; it can be killed at any instant.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from hub.core.host.process import ConnectorProcess, Limits, Start, named, place_of
from hub.core.host.spawn import Spawned
from hub.core.store import Store, UnitOfWork, journal, runs
from hub.core.store.corrections import compare_newcomers
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.held import held_counts
from hub.core.store.holding import close_absent
from hub.core.store.page_notes import page_units
from hub.core.store.streams import Counts, StreamState
from hub.core.sync.absent import existing_units, find_absent, lose
from hub.core.sync.again import prepared
from hub.core.sync.pages import PageReader, PageResult
from hub.core.sync.seen import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import BrokenPromise, HubError
from hub.sdk.units import Stream

_log = logging.getLogger(__name__)
#: Pages without progress of the cursor after which a source is taken to be going in circles.
MAX_STANDING_PAGES = 3
#: Share of a snapshot, in percent, that may be missing without a person being asked.
MISSING_PERCENT = 20


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """A connector as configured: its stable key, how to start it, and what its mapping depends on.

    `missing_percent`: how much of a snapshot may be missing before a person is asked.
    `places`: setting and path of the files it reads, if it does.
    """

    key: str
    name: str
    plugin: str
    start: Start
    fingerprint: str
    missing_percent: int = MISSING_PERCENT
    places: tuple[str, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class RunReport:
    """What a run came to; `error` is what ended it early, `streams` how far each came.

    `webhooks`: what objects brought that were read again before it, because webhooks waited; None if none did.
    `acknowledged`: payments handed to these books that it found there.
    """

    connector: str
    state: str
    counts: Counts
    streams: list[runs.StreamRun]
    error: HubError | None = None
    webhooks: Counts | None = None
    acknowledged: int = 0


#: Called after each page with the stream's name and the counts so far.
Progress = Callable[[str, Counts], None]


def sync_connector(
    store: Store,
    spec: ConnectorSpec,
    *,
    actor: str,
    full: bool = False,
    accept_missing: bool = False,
    progress: Progress | None = None,
    spawned: Spawned | None = None,
) -> RunReport:
    """Run one connector now. Errors of the connector are reported, not raised; those of the data base are raised.

    Args:
        full: ignore cursors and digests: everything is read and mapped again; nothing is deleted by that.
        accept_missing: a person says that what a snapshot no longer has is really gone, however much it is.
        progress: called after every page.
        spawned: a process started beforehand, to be the connector's.
    """

    def begin(unit: UnitOfWork) -> tuple[int, int, int, int]:
        connector = runs.connector_id(unit.connection, spec.key, spec.plugin)
        mapping = runs.mapping_id(unit.connection, connector, spec.fingerprint)
        runs.note_places(unit.connection, connector, spec.places)
        return connector, mapping, runs.begin_run(unit.connection, connector, unit.at, actor, full=full), unit.at

    connector, mapping, run_id, began = store.again(actor, begin)
    run = _Run(store, spec, actor, run_id, began, full=full, accept_missing=accept_missing, progress=progress)
    error: HubError | None = None
    try:
        with ConnectorProcess(spec.start, spec.limits, spawned) as process:
            _log.info("%s: connector %s is ready", spec.name, spec.plugin)
            session = Session(store, process, spec.key, connector, mapping, actor)
            for stream in process.streams():
                run.read_stream(session, stream)
    except DatabaseUnreachable:
        raise
    except HubError as caught:
        error = named(caught, spec.start)
    return run.finish(error)


def held_now(store: Store) -> dict[str, int]:
    """Lines held now, by connector key; connectors that hold nothing are left out."""
    with store.read() as connection:
        return held_counts(connection)


@dataclass(slots=True)
class _AtHand:
    """The stream being read, and how far it has come."""

    stream: Stream
    state: StreamState
    counts: Counts
    seen: Seen = field(default_factory=Seen)
    pages: int = 0
    skipped: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    whole: set[str] = field(default_factory=set)
    back: set[int] = field(default_factory=set)


class _Run:
    """The state of one run: what the functions of this module share."""

    def __init__(
        self,
        store: Store,
        spec: ConnectorSpec,
        actor: str,
        run_id: int,
        began: int,
        *,
        full: bool,
        accept_missing: bool,
        progress: Progress | None,
    ) -> None:
        self._store = store
        self._spec = spec
        self._actor = actor
        self._run_id = run_id
        self._began = began
        self._full = full
        self._accept_missing = accept_missing
        self._question: HubError | None = None
        self._progress = progress
        self._at_hand: _AtHand | None = None

    def read_stream(self, session: Session, stream: Stream) -> None:
        """Read one stream to its end, then see what a snapshot no longer has."""
        state, counts = prepared(session, stream.name)
        at = self._at_hand = _AtHand(stream, state, counts)
        reader = PageReader(session, stream, at.seen, full=self._full)
        # A snapshot is read whole: going on in the middle would make what was read before seem missing.
        afresh = self._full or (stream.mode == "snapshot" and state.origin is not None)
        if not afresh:
            self._remember(at)
        cursor, standing, last = (None if afresh else state.cursor), 0, False
        before = None if afresh else (state.origin, state.ordinal)
        reader.ask(cursor)
        while not last:
            page = self._next_page(reader, at, before)
            at.skipped += page.skipped
            at.notes += page.notes
            at.counts.add(page.counts)
            at.back.update(page.back)
            at.pages += 1
            self._say(stream, page)
            if page.ordinal == 0 and stream.whole_objects:
                at.whole.add(page.origin)
            last, standing = page.last, standing + 1 if page.cursor == cursor else 0
            if standing >= MAX_STANDING_PAGES and not last:
                raise self._circles(stream)
            cursor, at.state, before = page.cursor, page.state, (page.origin, page.ordinal + 1)
            if self._progress:
                self._progress(stream.name, at.counts)
        self._close_stream(session, at)
        self._at_hand = None

    @staticmethod
    def _next_page(reader: PageReader, at: _AtHand, before: tuple[str | None, int] | None) -> PageResult:
        """The next page; if the connector fails, what was read before it is written first."""
        try:
            return reader.next_page(at.state, before)
        except DatabaseUnreachable:
            raise
        except HubError:
            at.counts.add(reader.rest())
            raise

    def finish(self, error: HubError | None) -> RunReport:
        """Write the end of the run and say what it came to: an error, else the question that a person must answer."""
        error = error or self._question
        state, streams = self._store.again(self._actor, lambda unit: self._note_end(unit, error))
        total = Counts()
        for stream in streams:
            total.add(stream.counts)
        _log.info("%s: %s, %s", self._spec.name, state, total)
        return RunReport(self._spec.key, state, total, streams, error)

    def _note_end(self, unit: UnitOfWork, error: HubError | None) -> tuple[str, list[runs.StreamRun]]:
        if self._at_hand is not None:
            self._note(unit, self._at_hand, self._at_hand.counts, complete=False)
        streams = runs.stream_runs(unit.connection, self._run_id)
        state, words = "complete", None
        if error is not None:
            began = error is self._question or any(stream.counts.read for stream in streams)
            state = "incomplete" if began else "failed"
            words = {name: str(value) for name, value in error.as_wire().items() if value is not None}
        runs.end_run(unit.connection, self._run_id, unit.at, state, words)
        journal.join_chains(unit.connection, at=unit.at, actor=self._actor)
        return state, streams

    def _note(self, unit: UnitOfWork, at: _AtHand, counts: Counts, *, complete: bool) -> None:
        told = [*at.skipped, *at.notes]
        runs.note_stream(unit.connection, self._run_id, at.state.id, counts, at.pages, told, complete=complete)

    def _remember(self, at: _AtHand) -> None:
        """The run goes on where another one was ended: what that one read of the object at hand was met already."""
        if at.state.origin is not None:
            with self._store.read() as connection:
                at.seen.mark(page_units(connection, at.state.id, at.state.origin, before=at.state.ordinal) or [])

    def _close_stream(self, session: Session, at: _AtHand) -> None:
        """The stream was read to its end: see what a snapshot no longer has, and note the result."""

        existing = existing_units(session, at.stream, at.state) if at.stream.swept else None

        def close(unit: UnitOfWork) -> HubError | None:
            close_absent(unit, at.state.id, sorted(at.whole), at.seen.met)
            counts = self._compare_newcomers(unit, session, at)
            question = None
            absent = find_absent(unit.connection, at.stream, at.state.id, at.seen, at.skipped, existing)
            if self._accept_missing or not absent.too_many(self._spec.missing_percent):
                lose(unit, session, at.stream, absent)
                counts.missing = len(absent.units)
            else:
                question = absent.question(self._spec.name, at.stream)
            self._note(unit, at, counts, complete=question is None)
            return question

        question = self._store.again(self._actor, close)
        self._question = self._question or question

    def _compare_newcomers(self, unit: UnitOfWork, session: Session, at: _AtHand) -> Counts:
        """New documents beside older ones of their number: those that became a question are not new, but held."""
        asked = compare_newcomers(
            unit,
            session.connector_id,
            session.key,
            at.state.id,
            at.seen.met,
            back=at.back,
            whole_objects=at.stream.whole_objects,
            since=self._began,
        ).asked
        new = min(len(asked), at.counts.new)
        changed = min(len(asked) - new, at.counts.changed)
        return replace(
            at.counts, new=at.counts.new - new, changed=at.counts.changed - changed, held=at.counts.held + new + changed
        )

    def _say(self, stream: Stream, page: PageResult) -> None:
        if page.skipped:
            _log.info("%s: %s: as they were: %s", self._spec.name, stream.name, ", ".join(page.skipped))
        if page.origin:
            place = f"{page.origin}, page {page.ordinal + 1}"
            _log.info("%s: %s: %s: %s", self._spec.name, stream.name, place, page.counts)

    def _circles(self, stream: Stream) -> BrokenPromise:
        return BrokenPromise(
            code="HUB-SYNC-001",
            what=f"stream {stream.name!r} gives pages for ever without its cursor moving",
            where=place_of(self._spec.start),
            mend="report it to the connector's author; what was read so far is kept",
        )
