"""The connector: a folder of issued electronic invoices as one stream."""

from __future__ import annotations

import glob
import hashlib
import json
import stat
from base64 import urlsafe_b64encode
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Final

from hub.plugins.einvoices.config import EInvoicesConfig
from hub.plugins.einvoices.faults import rejected, unavailable
from hub.plugins.einvoices.mapping import note_of, records_of, ref_of
from hub.plugins.einvoices.pdf import xml_of
from hub.plugins.einvoices.reading import MAX_XML, invoice_of, kept, root_of
from hub.sdk import Collection, CollectionReport, Context, Cursor, Page, RawUnit, RecordRejected, Stream
from hub.sdk.globs import base_of
from hub.sdk.records import Record

#: The same invoice in another file (its XML beside its PDF, sent again): the latest file tells it.
STREAM: Final = Stream(name="invoices", mode="append", repeats="latest", whole_objects=True)
MAX_PDF: Final = 64 * 1024 * 1024
_UNFINISHED: Final = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")


@dataclass(frozen=True, slots=True)
class Found:
    """A file that exists."""

    path: Path
    size: int
    mtime_ns: int

    @property
    def key(self) -> str:
        """The file in the cursor, in eight letters: a folder may hold thousands."""
        return _short(str(self.path))

    @property
    def stamp(self) -> str:
        """Its state in the cursor."""
        return _short(f"{self.size}/{self.mtime_ns}")


@dataclass(slots=True)
class _Run:
    """A run over the files, from one cursor on; kept between pages so that the folder is looked at once.

    `todo`: the files to read, the next one last, with how many of their units were given.
    """

    cursor: str
    todo: list[tuple[Found, int]] = field(default_factory=list)
    done: dict[str, str] = field(default_factory=dict)
    skipped: list[str] = field(default_factory=list)


class EInvoices:
    """Reads the invoices of one configuration. Plays RecordSource, CollectionReports, FileCheck; writes nothing."""

    def __init__(self, config: EInvoicesConfig, context: Context) -> None:
        self._config, self._context = config, context
        self._run: _Run | None = None

    def streams(self) -> Sequence[Stream]:
        """One: the invoices."""
        return [STREAM]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The next file, new or changed: one invoice a page, so that each keeps its own origin and a crash costs one.

        An invoice whose amounts contradict each other has a note beside it.

        Raises:
            SourceUnavailable: the folder cannot be listed.
        """
        run = self._run
        if run is None or cursor is None or run.cursor != cursor:
            run = self._begin(cursor)
        self._run = None  # an error leaves nothing half done: the next call begins at its cursor
        if not run.todo:
            return Page((), run.cursor or _cursor(run.done), True, skipped=tuple(run.skipped))
        found, given = run.todo.pop()
        units = self.units(found)
        more = given + max(1, limit)
        if more < len(units):
            run.todo.append((found, more))
            run.cursor = _cursor(run.done, f"{found.key}{found.stamp}{more}")
        else:
            run.done[found.key] = found.stamp
            run.cursor = _cursor(run.done)
        self._run, last = run, not run.todo
        return Page(units[given:more], run.cursor, last, found.path.name, skipped=tuple(run.skipped) if last else ())

    def _begin(self, cursor: Cursor | None) -> _Run:
        """Which files are new or changed since `cursor`."""
        before, half = _done(cursor)
        run = _Run(cursor or "")
        now = self._context.clock.now().timestamp()
        for one in listed(self._config.files):
            if before.get(one.key) == one.stamp:
                run.done[one.key] = one.stamp
            elif abs(now - one.mtime_ns / 1e9) < self._config.settle_s:
                run.skipped.append(f"{one.path.name} (still being written, left for the next run)")
            else:
                run.todo.append((one, _given(half, one)))
        run.todo.reverse()
        return run

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """Invoice or credit note, its debtor, its document.

        Raises:
            RecordRejected: the invoice is held.
        """
        return records_of(unit, self._config)

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        """The status « encaissée » of one receipt on one of these invoices.

        Raises:
            RecordRejected: none can be made, or none is due.
        """
        from hub.plugins.einvoices.collected import as_xml, collected

        where = invoice.place or invoice.ref
        try:
            status = collected(invoice_of(root_of(invoice.body, where), where), collection)
        except RecordRejected as refusal:
            raise RecordRejected(code=refusal.code, what=refusal.what, where=where, mend=refusal.mend) from None
        return CollectionReport(status.by_rate, status.as_plain(), as_xml(status, at=at).decode())

    def describe(self, file: str) -> Mapping[str, Any]:
        """Syntax, profile, amounts, VAT breakdown and the records of one file."""
        from hub.plugins.einvoices.describe import describe

        return describe(file, self._config, self)

    def units(self, found: Found) -> list[RawUnit]:
        """One file as a unit, held when it is no invoice; and the note on its amounts, if there is one.

        Raises:
            SourceUnavailable: it is out of reach.
        """
        name = found.path.name
        body, digest = b"", ""
        try:
            digest, head = _digest(found)
            xml, media = self._xml(found, head)
            root = root_of(xml, name)
            invoice = invoice_of(root, name)
            body = kept(root, xml, name)
        except RecordRejected as refusal:
            evidence = body or _beginning(found.path)
            return [RawUnit(f"file/{digest[:32] or name[:150]}", evidence, "", name, refusal)]
        file = {"name": name, "sha256": digest, "size": found.size, "type": media}
        unit = RawUnit(ref_of(invoice), body, json.dumps(file, ensure_ascii=False, sort_keys=True), name)
        return [unit, *note_of(invoice, unit)]

    def _xml(self, found: Found, head: bytes) -> tuple[bytes, str]:
        """The XML of a file and the file's type."""
        name = found.path.name
        if b"%PDF-" in head[:1024]:
            if found.size > MAX_PDF:
                raise rejected("HUB-EINV-003", name, detail=f"{found.size:,} bytes, {MAX_PDF:,} are allowed")
            return xml_of(_whole(found), name), "application/pdf"
        if found.size > MAX_XML:
            raise rejected("HUB-EINV-003", name, detail=f"{found.size:,} bytes, {MAX_XML:,} are allowed")
        text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")
        if not text.startswith(b"<") and not text.replace(b"\0", b"").startswith(b"<"):
            raise rejected("HUB-EINV-002", name, detail="it begins with " + repr(head[:12]) if head else "it is empty")
        return _whole(found), "application/xml"


def listed(patterns: Sequence[Path]) -> Iterator[Found]:
    """The regular files that `patterns` name, by path, each once; hidden and unfinished ones are left out.

    Raises:
        SourceUnavailable: HUB-EINV-001.
    """
    paths: set[str] = set()
    for pattern in patterns:
        text = str(pattern)
        if pattern.is_dir():
            paths.update(str(path) for path in _listdir(pattern))
        elif glob.has_magic(text):
            if not (folder := base_of(pattern)).is_dir():
                raise unavailable("HUB-EINV-001", folder.name, path=str(folder), detail="the folder does not exist")
            paths.update(glob.glob(text, recursive=True))
        elif pattern.exists():
            paths.add(text)
        else:
            raise unavailable("HUB-EINV-001", pattern.name, path=text, detail="it does not exist")
    for path in map(Path, sorted(paths)):
        if path.name.startswith(".") or path.name.lower().endswith(_UNFINISHED):
            continue
        try:
            state = path.stat()
        except OSError:
            continue  # deleted since it was listed
        if stat.S_ISREG(state.st_mode):
            yield Found(path, state.st_size, state.st_mtime_ns)


def _listdir(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise unavailable("HUB-EINV-001", folder.name, path=str(folder), detail=error.strerror) from None


def _digest(found: Found) -> tuple[str, bytes]:
    """SHA-256 of the file, and its beginning."""
    whole = hashlib.sha256()
    head = b""
    try:
        with found.path.open("rb") as stream:
            while chunk := stream.read(1024 * 1024):
                head = head or chunk[:4096]
                whole.update(chunk)
    except OSError as error:
        raise unavailable("HUB-EINV-001", found.path.name, path=str(found.path), detail=error.strerror) from None
    return whole.hexdigest(), head


def _whole(found: Found) -> bytes:
    try:
        return found.path.read_bytes()
    except OSError as error:
        raise unavailable("HUB-EINV-001", found.path.name, path=str(found.path), detail=error.strerror) from None


def _beginning(path: Path) -> bytes:
    """The evidence of a refused file: all of a small one, the beginning of another."""
    try:
        with path.open("rb") as stream:
            return stream.read(64 * 1024)
    except OSError:
        return b""


def _short(text: str) -> str:
    return urlsafe_b64encode(blake2b(text.encode("utf-8", "surrogateescape"), digest_size=6).digest()).decode()


def _done(cursor: Cursor | None) -> tuple[dict[str, str], str]:
    """The files read, with their state, and the file that was given in part: its key, its state, how many units.

    None when the cursor is damaged: they are then read again, and add nothing.
    """
    try:
        state = json.loads(cursor or "{}")
        text, half = str(state.get("done", "")), str(state.get("half", ""))
    except (ValueError, AttributeError):
        return {}, ""
    return {text[at : at + 8]: text[at + 8 : at + 16] for at in range(0, len(text), 16)}, half


def _given(half: str, found: Found) -> int:
    """How many units of `found` were given, when it is the file of `half`."""
    count = half[16:]
    return int(count) if half[:16] == found.key + found.stamp and count.isdecimal() else 0


def _cursor(done: dict[str, str], half: str = "") -> str:
    state = {"v": 1, "done": "".join(key + stamp for key, stamp in done.items())}
    return json.dumps(state | ({"half": half} if half else {}), separators=(",", ":"))
