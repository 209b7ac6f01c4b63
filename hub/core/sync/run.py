"""One run of one connector, from its cursors to the end of every stream.

A page is one transaction: records, versions, journal, held units and cursor together. While the data base writes a
page the connector already fetches the next. A run is complete or not, and says so; it can be killed at any instant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.core.host.process import ConnectorProcess, Limits, Start
from hub.core.store import Store, UnitOfWork, journal, runs, units
from hub.core.store.pages import Counts, StreamState, page_units
from hub.core.sync.again import map_again
from hub.core.sync.pages import PageReader, Seen
from hub.core.sync.session import Session
from hub.sdk.errors import BrokenPromise, HubError
from hub.sdk.units import Stream

#: Pages without progress of the cursor after which a source is taken to be going in circles.
MAX_STANDING_PAGES = 3


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """A connector as configured: its stable key, how to start it, and what its mapping depends on."""

    key: str
    name: str
    plugin: str
    start: Start
    fingerprint: str
    limits: Limits = field(default_factory=Limits)


@dataclass(slots=True)
class RunReport:
    """What a run came to; `error` is what ended it early, `streams` how far each came."""

    connector: str
    state: str
    counts: Counts
    streams: list[runs.StreamRun]
    error: HubError | None = None


#: Called after each page with the stream's name and the counts so far.
Progress = Callable[[str, Counts], None]


def sync_connector(
    store: Store, spec: ConnectorSpec, *, actor: str, full: bool = False, progress: Progress | None = None
) -> RunReport:
    """Run one connector now. Errors of the connector are reported, not raised; those of the data base are raised.

    Args:
        full: ignore cursors and digests: everything is read and mapped again; nothing is deleted by that.
        progress: called after every page.
    """
    with store.write(actor) as unit:
        connector = runs.connector_id(unit.connection, spec.key, spec.plugin)
        mapping = runs.mapping_id(unit.connection, connector, spec.fingerprint)
        run_id = runs.begin_run(unit.connection, connector, unit.at, actor, full=full)
    run = _Run(store, spec, actor, run_id, full=full, progress=progress)
    error: HubError | None = None
    try:
        with ConnectorProcess(spec.start, spec.limits) as process:
            session = Session(store, process, spec.key, connector, mapping, actor)
            for stream in process.streams():
                run.read_stream(session, stream)
    except HubError as caught:
        if caught.code.startswith("HUB-DB-"):
            raise
        error = caught
    return run.finish(error)


class _Run:
    """The state of one run: what the functions of this module share."""

    def __init__(
        self, store: Store, spec: ConnectorSpec, actor: str, run_id: int, *, full: bool, progress: Progress | None
    ) -> None:
        self._store = store
        self._spec = spec
        self._actor = actor
        self._run_id = run_id
        self._full = full
        self._progress = progress

    def read_stream(self, session: Session, stream: Stream) -> None:
        """Read one stream to its end, then see what a snapshot no longer has."""
        state, counts = self._prepare(session, stream)
        seen, pages = Seen(), 0
        reader = PageReader(session, stream, seen, full=self._full)
        skipped: list[str] = []
        cursor, standing, last = (None if self._full else state.cursor), 0, False
        before = None if self._full else (state.origin, state.ordinal)
        reader.ask(cursor)
        while not last:
            page = reader.next_page(state, before)
            skipped += page.skipped
            counts.add(page.counts)
            pages += 1
            last, standing = page.last, standing + 1 if page.cursor == cursor else 0
            if standing >= MAX_STANDING_PAGES and not last:
                raise self._circles(stream)
            cursor, state, before = page.cursor, page.state, (page.origin, page.ordinal + 1)
            if self._progress:
                self._progress(stream.name, counts)
        self._close_stream(session, stream, state, counts, pages, skipped, seen)

    def finish(self, error: HubError | None) -> RunReport:
        """Write the end of the run and say what it came to."""
        state = "complete" if error is None else "incomplete"
        with self._store.write(self._actor) as unit:
            streams = runs.stream_runs(unit.connection, self._run_id)
            if error is not None and not any(stream.counts.read for stream in streams):
                state = "failed"
            words = None
            if error is not None:
                words = {name: str(value) for name, value in error.as_wire().items() if value is not None}
            runs.end_run(unit.connection, self._run_id, unit.at, state, words)
            journal.join_chains(unit.connection, at=unit.at, actor=self._actor)
        total = Counts()
        for stream in streams:
            total.add(stream.counts)
        return RunReport(self._spec.key, state, total, streams, error)

    def _prepare(self, session: Session, stream: Stream) -> tuple[StreamState, Counts]:
        """The stream's state; units mapped by an older version or configuration are mapped again first."""
        with self._store.write(self._actor) as unit:
            state = runs.stream_state(unit.connection, session.connector_id, stream.name)
        counts = Counts()
        if state.mapping_id != session.mapping_id:
            if state.mapping_id is not None:
                counts = map_again(session, state)
            with self._store.write(self._actor) as unit:
                runs.set_mapping(unit.connection, state.id, session.mapping_id)
                state = runs.stream_by_id(unit.connection, state.id)
        return state, counts

    def _close_stream(
        self,
        session: Session,
        stream: Stream,
        state: StreamState,
        counts: Counts,
        pages: int,
        skipped: list[str],
        seen: Seen,
    ) -> None:
        """The stream was read to its end: see what a snapshot no longer has, and note the result."""
        with self._store.write(self._actor) as unit:
            if stream.mode == "snapshot" and stream.missing != "keep":
                counts.missing = _lose(unit, session, stream, state, skipped, seen)
            runs.note_stream(unit.connection, self._run_id, state.id, counts, pages, skipped, complete=True)

    def _circles(self, stream: Stream) -> BrokenPromise:
        return BrokenPromise(
            code="HUB-SYNC-001",
            what=f"stream {stream.name!r} gives pages for ever without its cursor moving",
            where=f"[connector.{self._spec.name}] plugin {self._spec.plugin}",
            mend="report it to the connector's author; what was read so far is kept",
        )


def _lose(
    unit: UnitOfWork, session: Session, stream: Stream, state: StreamState, skipped: list[str], seen: Seen
) -> int:
    """What the complete snapshot no longer has is settled or withdrawn, as the connector is configured.

    Objects that were skipped because they did not change count as seen; if one of them was never read (a file still
    being written), nothing can be said about what is missing.
    """
    for origin in skipped:
        known = page_units(unit.connection, state.id, origin)
        if known is None:
            return 0
        seen.mark(known)
    gone = units.missing_units(unit.connection, state.id, seen.marks)
    if gone:
        units.lose_units(
            unit.connection, session.connector_id, session.key, stream.name, gone, stream.missing, unit.at, unit.actor
        )
    return len(gone)
