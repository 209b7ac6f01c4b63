"""The connector itself: files to pages of units, units to records."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from hub.plugins.csv.config import STREAMS, CsvConfig
from hub.plugins.csv.cursor import Done, Now, Progress
from hub.plugins.csv.faults import FileRefused, unavailable
from hub.plugins.csv.files import DAMAGED, Source, Stamp, find, is_many, other_capitals
from hub.plugins.csv.layout import Readings
from hub.plugins.csv.looked_at import LookedAt
from hub.plugins.csv.mapping import map_units
from hub.plugins.csv.notes import capitals_differ, columns_not_read, sheets_not_read
from hub.plugins.csv.sniff import refused_layout
from hub.plugins.csv.tables import OpenTable, TextTable, sniff_text
from hub.plugins.csv.units import Units
from hub.sdk import Context, Cursor, MappedPage, Page, RawUnit, RecordRejected, Stream
from hub.sdk.columns import records_from_columns
from hub.sdk.records import KINDS, Record

#: Raised when records, refs or layouts are made in another way: files are then read again.
READER_VERSION = 5
_SETTINGS = (
    "columns",
    "encoding",
    "delimiter",
    "decimal",
    "date_order",
    "date_format",
    "sheet",
    "currency",
    "seller",
)


class CsvSource:
    """Tables of receivables. Plays RecordSource, BulkMap, FileCheck and Prepares; writes a hint for itself, no more."""

    def __init__(self, config: CsvConfig, context: Context) -> None:
        self._config = config
        self._context = context
        self.readings = Readings(config)
        self._open: dict[str, OpenTable] = {}
        self._incomplete: dict[str, str] = {}
        self._notes: dict[str, list[str]] = {}
        self._sniffed: dict[tuple[str, str], tuple[Stamp, Now]] = {}
        chosen = [READER_VERSION, *(getattr(config, name) for name in _SETTINGS)]
        self._settings = hashlib.blake2b(json.dumps(chosen).encode(), digest_size=8).hexdigest()

    def prepare(self) -> None:
        """Sniff the first text file that is not as it was when its stream was last read."""
        looked_at = LookedAt(self._context)
        for stream in STREAMS:
            for source in find(self._config.files(stream)):
                stamp = source.stamp()
                if not source.is_sheet and not self._unsettled(stamp) and looked_at.differs(stream, source.key, stamp):
                    self._sniffed[stream, source.key] = stamp, self.sniff(source, stream)
                    return

    def streams(self) -> Sequence[Stream]:
        """One stream per configured kind of file. Of several files, the latest word on a row counts."""
        return [
            Stream(
                name,
                mode=self._config.mode,
                missing=self._config.missing,
                repeats="by_origin" if is_many(self._config.files(name)) else "hold",
                whole_objects=True,
            )
            for name in STREAMS
            if self._config.files(name)
        ]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The next rows of the file at hand, else of the next file that is new or changed."""
        progress = Progress.from_text(cursor)
        skipped: list[str] = []
        sources = {source.key: source for source in find(self._config.files(stream))}
        nothing_left = progress.now is None and not progress.todo
        if nothing_left and progress.running and stream in self._incomplete:
            raise unavailable("HUB-CSV-034", stream, stream=stream, detail=self._incomplete.pop(stream))
        if nothing_left or not progress.running:
            self._close(stream)
            self._plan(stream, progress, sources, skipped)
        while progress.now is not None or progress.todo:
            key = progress.now.key if progress.now is not None else progress.todo.pop(0)
            source = sources.get(key)
            if source is None:
                self._leave(stream, progress, key, "HUB-CSV-030", skipped)
                continue
            try:
                table = self._table(stream, source, progress, skipped)
            except FileRefused as refusal:
                return self._held(stream, source, refusal, progress, skipped)
            if table is None:
                continue
            begins = table.now.offset == table.now.first
            if begins:
                notes, reading = self._notes.setdefault(stream, []), self.readings[table.now.layout]
                if table.now.unread:
                    notes.append(sheets_not_read(source.name, table.now))
                notes += columns_not_read(source.name, reading, table.now, progress)
            units, fingerprint = table.take(limit)
            progress.now = table.now
            if table.at_end:
                self._finish(stream, progress, table.now)
            return self._page(stream, units, progress, source.name, fingerprint, skipped, begins=begins)
        return self._page(stream, (), progress, "", b"", skipped)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """The records of one row: the same code as `map_page`, on a run of one."""
        page = map_units([unit], self.readings, self._config)
        if page.rejected:
            raise page.rejected[0]
        return [record for columns in page.columns for _, record in records_from_columns(columns)]

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        """The records of a run of rows, straight in columns."""
        # A page just fetched was taken apart to make its units: no need to do it again.
        known = units if isinstance(units, Units) else None
        page = known.mapped() if known else map_units(units, self.readings, self._config)
        page.columns.sort(key=lambda columns: list(KINDS).index(columns.kind))
        return page

    def describe(self, file: str) -> Mapping[str, Any]:
        """How `file` is understood: encoding, separator, decimals, dates, columns, rows, the first records."""
        from hub.plugins.csv.describe import describe

        return describe(file, self._config)

    def _plan(self, stream: str, progress: Progress, sources: Mapping[str, Source], skipped: list[str]) -> None:
        """Begin a run: which files are to be read. A snapshot is read whole or not at all.

        Raises:
            SourceUnavailable: a file is gone; a snapshot cannot be complete.
        """
        snapshot = self._config.mode == "snapshot"
        if snapshot and not sources:
            raise unavailable("HUB-CSV-034", stream, stream=stream, detail="no file matches the configured path")
        self._notes[stream] = [capitals_differ(*near) for near in other_capitals(self._config.files(stream))]
        changed, unchanged = [], []
        stamps = {key: source.stamp() for key, source in sources.items()}
        for key, source in sources.items():
            stamp = stamps[key]
            if self._unsettled(stamp):
                if snapshot:
                    raise unavailable("HUB-CSV-033", source.name, name=source.name)
                skipped.append(f"{source.name} (still being written, left for the next run)")
            elif self._is_unchanged(source, stamp, progress):
                unchanged.append(key)
            else:
                changed.append(key)
        if snapshot and changed:
            changed, unchanged = list(sources), []
        LookedAt(self._context).note(stream, stamps)
        skipped += [sources[key].name for key in unchanged]
        progress.done = {key: done for key, done in progress.done.items() if key in sources}
        progress.todo, progress.now, progress.running = changed, None, True

    def _unsettled(self, stamp: Stamp) -> bool:
        """True when the file was touched less than `settle_s` seconds ago. A time far ahead is a wrong clock."""
        age = self._context.clock.now().timestamp() - stamp.mtime_ns / 1e9
        return -self._config.settle_s < age < self._config.settle_s

    def _is_unchanged(self, source: Source, stamp: Stamp, progress: Progress) -> bool:
        done = progress.done.get(source.key)
        if done is None or done.settings != self._settings:
            return False
        if done.has(stamp, self._settings):
            return True
        if done.size != stamp.size or done.digest != _digest(source):
            return False
        progress.done[source.key] = Done(stamp.size, stamp.mtime_ns, done.digest, self._settings)  # only touched
        return True

    def _table(self, stream: str, source: Source, progress: Progress, skipped: list[str]) -> OpenTable | None:
        """The table at hand, opened or resumed; None when it must be left for the next run."""
        stamp, now = source.stamp(), progress.now
        table = self._open.get(stream)
        if table is not None and now is not None and table.now == now and now.is_of(stamp, self._settings):
            return table
        at_hand = table is not None and now is not None and table.now.key == now.key
        self._close(stream)
        if at_hand and now is not None and not now.is_of(stamp, self._settings):
            self._leave(stream, progress, source.key, "HUB-CSV-033", skipped, source.name)
            return None
        if now is None or not now.is_of(stamp, self._settings):
            before, sniffed = self._sniffed.pop((stream, source.key), (None, None))
            now = sniffed if sniffed is not None and before == stamp else self.sniff(source, stream)
            if source.stamp() != stamp:
                self._leave(stream, progress, source.key, "HUB-CSV-033", skipped, source.name)
                return None
        opened = self._at(source, now)
        progress.now, self._open[stream] = now, opened
        return opened

    def sniff(self, source: Source, kind: str) -> Now:
        """How `source` is written, and the place of its first record.

        Raises:
            FileRefused: it cannot be taken in.
            SourceUnavailable: it cannot be read now.
        """
        if source.is_sheet:
            from hub.plugins.csv.sheet_tables import sniff_sheet

            return sniff_sheet(source, source.stamp(), kind, self._settings, self._config)
        return sniff_text(source, source.stamp(), kind, self._settings, self._config)

    def open(self, source: Source, kind: str) -> OpenTable:
        """`source` as a table of `kind`, from its first record on; raises as `sniff` does."""
        return self._at(source, self.sniff(source, kind))

    def _at(self, source: Source, now: Now) -> OpenTable:
        if source.is_sheet:
            from hub.plugins.csv.sheet_tables import SheetTable

            return SheetTable(source, now, self.readings)
        return TextTable(source, now, self.readings)

    def _leave(self, stream: str, progress: Progress, key: str, code: str, skipped: list[str], name: str = "") -> None:
        """Give a file up for this run; a snapshot without it is none."""
        progress.now = None
        progress.done.pop(key, None)
        self._close(stream)
        if self._config.mode == "snapshot":
            raise unavailable(code, name or key, name=name or key)
        reason = "is gone" if code == "HUB-CSV-030" else "changed while it was read, left for the next run"
        skipped.append(f"{name or key} ({reason})")

    def _finish(self, stream: str, progress: Progress, now: Now) -> None:
        progress.done[now.key] = Done(now.size, now.mtime_ns, now.digest, self._settings)
        progress.now = None
        self._close(stream)

    def _held(self, stream: str, source: Source, refusal: FileRefused, progress: Progress, skipped: list[str]) -> Page:
        """The whole file as one held unit. It counts as read unless a snapshot misses its rows."""
        layout = refused_layout(stream, refusal)
        stamp = source.stamp()
        fault: RecordRejected = refusal.refusal
        body, digest, rows = _evidence(source)
        unit = RawUnit(
            ref=f"file/{source.name}",
            body=body,
            layout=layout.as_text(),
            place=source.name,
            rejected=fault,
            lines=rows,
        )
        progress.now = None
        if self._config.mode == "snapshot":
            self._incomplete[stream] = f"{source.name} is held"
        else:
            progress.done[source.key] = Done(stamp.size, stamp.mtime_ns, digest, self._settings)
        return self._page(stream, [unit], progress, source.name, b"", skipped)

    def _page(
        self,
        stream: str,
        units: Sequence[RawUnit],
        progress: Progress,
        origin: str,
        fingerprint: bytes,
        skipped: Sequence[str],
        *,
        begins: bool = False,
    ) -> Page:
        over = progress.now is None and not progress.todo
        if over and stream in self._incomplete:
            over = False  # this page is kept; the next call says that the snapshot is not complete
        progress.running = not over
        notes = tuple(self._notes.pop(stream, ()))
        return Page(units, progress.as_text(), over, origin, fingerprint, tuple(skipped), begins, notes)

    def _close(self, stream: str) -> None:
        table = self._open.pop(stream, None)
        if table is not None:
            table.close()


def _digest(source: Source) -> str:
    """SHA-256 of the unfolded text, of a spreadsheet as it is; empty when it cannot be read."""
    digest = hashlib.sha256()
    try:
        with source.path.open("rb") if source.is_sheet else source.open() as stream:
            while chunk := stream.read(1024 * 1024):
                digest.update(chunk)
    except (FileRefused, OSError, *DAMAGED):
        return ""
    return digest.hexdigest()


def _evidence(source: Source) -> tuple[bytes, str, int]:
    """The beginning of a refused file as it lies there, its digest (of what is read of it) and how many lines."""
    head, digest, lines, size = b"", hashlib.sha256(), 0, 0
    with source.path.open("rb") as stream:
        while chunk := stream.read(1024 * 1024):
            head = head or chunk[:4096]
            digest.update(chunk)
            lines += chunk.count(b"\n")
            size += len(chunk)
            if size > 1024**3:
                break
    told = f"\n… (SHA-256 of all of it: {digest.hexdigest()})\n".encode()
    return head + told, digest.hexdigest(), max(1, lines - 1)
