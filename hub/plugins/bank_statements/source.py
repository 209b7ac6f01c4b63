"""The connector: a folder of bank statements as one stream of movements."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.files import Found, Looked, in_order, listed, look, unchanged
from hub.plugins.bank_statements.limits import HEAD_BYTES, KEPT_BYTES, PAGE_BYTES, Budget, check_size
from hub.plugins.bank_statements.mapping import Mapper
from hub.plugins.bank_statements.model import Opened
from hub.plugins.bank_statements.progress import Progress
from hub.plugins.bank_statements.readers import reader
from hub.plugins.bank_statements.timeline import Timeline
from hub.plugins.bank_statements.units import held_file, units_of
from hub.sdk.context import Context
from hub.sdk.errors import RecordRejected
from hub.sdk.records import Record
from hub.sdk.roles import MappedPage
from hub.sdk.units import Cursor, Page, RawUnit, Stream

#: A movement told again by another statement is the same one: the latest telling wins, nothing is held for it.
STREAM: Final = Stream(name="movements", mode="append", repeats="latest", whole_objects=True)


class Statements:
    """Reads the statements of one configuration. Plays RecordSource, BulkMap and FileCheck."""

    def __init__(self, config: StatementsConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self._mapper = Mapper(config)
        self._run: _Run | None = None

    def streams(self) -> Sequence[Stream]:
        """One: the movements of the accounts."""
        return [STREAM]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """At most `limit` units after `cursor`, all of one file.

        The files that are known and unchanged are named in `skipped` of the last page, with those that are still
        being written and with what was left alone in a file (pending entries, camt.054).

        Raises:
            SourceUnavailable: the folder cannot be listed.
        """
        run = self._run
        if run is None or cursor is None or run.cursor != cursor:
            now = self._context.clock.now().timestamp()
            run = _Run(self._config, Progress.parse(cursor, self._config), now)
        self._run = None  # an error leaves nothing half done: the next call begins at its cursor
        page = run.page(max(limit, 1))
        if not page.last:
            self._run = run
        return page

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """A receipt for money received, a disbursement for money that left; several for a statement replayed whole.

        Raises:
            RecordRejected: the unit is held.
        """
        return self._mapper.records(unit)

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        """The same as `map` for each unit, in columns."""
        return self._mapper.page(units)

    def describe(self, file: str) -> Mapping[str, Any]:
        """How one file is understood: format, version, encoding, statements with balances, first movements."""
        from hub.plugins.bank_statements.describe import describe

        return describe(file, self._config, self._mapper)


class _Reading:
    """One file being read: its units in order, one looked at ahead so that its end is known."""

    def __init__(self, looked: Looked, config: StatementsConfig, timeline: Timeline, skip: int) -> None:
        self.looked = looked
        self._timeline = timeline
        self.index = 0
        self.notes: list[str] = []
        self._units = self._read(config)
        self.ahead = next(self._units, None)
        for _ in range(skip):
            self.advance()

    def advance(self) -> None:
        """Take the unit that was looked at."""
        if self.ahead is not None:
            self.index += 1
            self.ahead = next(self._units, None)

    def _read(self, config: StatementsConfig) -> Iterator[RawUnit]:
        found, kind = self.looked.found, self.looked.kind
        name = found.label
        try:
            if kind.refused is not None:
                raise kind.refused(name)
            check_size(found.size, kind.family, name, kind.named)
            if kind.format == "camt.054" and config.use_camt054 == "never":
                self.notes.append(f"{name} (camt.054: the camt.053 statement is the book; see use_camt054)")
                return
            yield from self._statements(config)
        except (RecordRejected, OSError) as error:
            fault = error if isinstance(error, RecordRejected) else unreadable(name, error)
            yield held_file(_beginning(found), found.size, name, self.looked.sha256, fault)

    def _statements(self, config: StatementsConfig) -> Iterator[RawUnit]:
        found = self.looked.found
        read, opened = reader(self.looked.kind.format), self._opened(config)
        with open(found.path, "rb") as stream:
            for number, statement in enumerate(read(stream, opened)):
                moves = None
                if statement.rereads:
                    from hub.plugins.bank_statements.camt import moves_of

                    moves = moves_of(found.path, self._opened(config), number)
                yield from units_of(statement, found.label, config, self._timeline, moves)
                self.notes += [f"{found.label}: {note}" for note in statement.notes]

    def _opened(self, config: StatementsConfig) -> Opened:
        found, kind = self.looked.found, self.looked.kind
        budget = Budget(found.label)
        return Opened(found.label, kind.version, kind.encoding, found.size, config, budget)


class _Run:
    """A run over the folder, from one cursor on. Kept between pages so that no file is read from its start again."""

    def __init__(self, config: StatementsConfig, progress: Progress, now: float) -> None:
        self.cursor: Cursor | None = None
        self._config = config
        self._progress = progress
        self._skipped: list[str] = []
        self._present: set[str] = set()
        self._reading: _Reading | None = None
        self._queue = self._look_around(now)

    def page(self, limit: int) -> Page:
        """The next page."""
        units: list[RawUnit] = []
        origin = ""
        while not units and (self._reading is not None or self._queue):
            reading = self._reading or self._next()
            origin = reading.looked.found.label
            self._fill(units, reading, limit)
            if reading.ahead is None:
                self._finish(reading)
        last = self._reading is None and not self._queue
        skipped = self._report(last)
        self.cursor = self._progress.text()
        return Page(units=units, cursor=self.cursor, last=last, origin=origin, skipped=skipped)

    def _look_around(self, now: float) -> list[Looked]:
        """What is to be read, in order: the file under way first, then as time goes (`files.in_order`)."""
        progress = self._progress
        digests = {digest for _, _, digest in progress.files.values()}
        queue: list[Looked] = []
        for found in listed(self._config):
            self._present.add(found.name)
            known = progress.files.get(found.name)
            if known is not None and known[:2] == (found.size, found.mtime_ns):
                self._known(found)
                continue
            if abs(now - found.mtime_ns / 1e9) < self._config.settle_s:
                self._leave(found)
                continue
            try:
                looked = look(found)
            except FileNotFoundError:
                continue
            except OSError as error:
                queue.append(_unlookable(found, error))
                continue
            if not unchanged(found):
                self._leave(found)
            elif looked.sha256 in digests:
                progress.files[found.name] = (found.size, found.mtime_ns, looked.sha256)
                self._known(found)
            else:
                queue.append(looked)
        at = progress.at[0] if progress.at else ""
        return sorted(in_order(queue), key=lambda looked: looked.found.name != at)

    def _known(self, found: Found) -> None:
        if found.name not in self._progress.run:
            self._skipped.append(found.name)

    def _leave(self, found: Found) -> None:
        """A file that is still being written waits for the next run."""
        self._progress.files.pop(found.name, None)
        self._skipped.append(f"{found.name} (still being written, left for the next run)")

    def _next(self) -> _Reading:
        """Begin the next file, or go on in the one under way if it is still the same."""
        looked = self._queue.pop(0)
        progress = self._progress
        at, skip = progress.at, 0
        if at is not None and at[:2] == (looked.found.name, looked.sha256):
            skip = at[2]
        self._reading = _Reading(looked, self._config, progress.timeline, skip)
        return self._reading

    def _fill(self, units: list[RawUnit], reading: _Reading, limit: int) -> None:
        """Move units of the file to the page, up to its limits of number and bytes."""
        size, layout = 0, ""
        while reading.ahead is not None and len(units) < limit:
            ahead = reading.ahead
            size += len(ahead.body) + len(ahead.place) + 64
            if ahead.layout is not layout:
                layout = ahead.layout
                size += 4 * len(layout)  # characters; in bytes of UTF-8 at most four times as many
            if units and size > PAGE_BYTES:
                break
            units.append(reading.ahead)
            reading.advance()
        found = reading.looked.found
        self._progress.at = (found.name, reading.looked.sha256, reading.index)

    def _finish(self, reading: _Reading) -> None:
        """The file is read: it is known from now on, unless it changed meanwhile."""
        progress, found = self._progress, reading.looked.found
        progress.at, self._reading = None, None
        progress.proven = progress.timeline.text()
        self._skipped += reading.notes
        if not unchanged(found):
            self._leave(found)
            return
        if reading.looked.sha256:
            progress.files[found.name] = (found.size, found.mtime_ns, reading.looked.sha256)
        progress.run.append(found.name)
        twins = [looked for looked in self._queue if looked.sha256 == reading.looked.sha256 and looked.sha256]
        for looked in twins:  # the same bytes under another name
            self._queue.remove(looked)
            copy = looked.found
            progress.files[copy.name] = (copy.size, copy.mtime_ns, looked.sha256)
            self._skipped.append(f"{copy.name} (the same as {found.name})")

    def _report(self, last: bool) -> list[str]:
        """What was left alone, told once, with the last page; a complete run forgets files that are gone."""
        if not last:
            return []
        progress = self._progress
        progress.run = []
        progress.files = {name: known for name, known in progress.files.items() if name in self._present}
        return sorted(set(self._skipped))


def unreadable(name: str, error: OSError) -> RecordRejected:
    """The refusal of a file that the system does not let us read."""
    return reject("HUB-BANK-002", name, reason=error.strerror or type(error).__name__)


def _unlookable(found: Found, error: OSError) -> Looked:
    """A file that cannot even be opened: held by name, and tried again by the next run."""
    from hub.plugins.bank_statements.recognise import Kind

    reason = OSError(error.errno, error.strerror)
    return Looked(found, "", Kind("other", "unreadable", refused=lambda where: unreadable(where, reason)), "")


def _beginning(found: Found) -> bytes:
    """The bytes of a refused file, kept as evidence: all of a small one, the beginning of another."""
    try:
        with open(found.path, "rb") as stream:
            return stream.read(KEPT_BYTES if found.size <= KEPT_BYTES else HEAD_BYTES)
    except OSError:
        return b""
