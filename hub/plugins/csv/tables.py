"""An open table: text or spreadsheet, sniffed or resumed, that gives its records page by page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Protocol

from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.cursor import Now
from hub.plugins.csv.encoding import survey
from hub.plugins.csv.files import Source, Stamp, reading
from hub.plugins.csv.layout import Layout, Readings
from hub.plugins.csv.limits import SAMPLE_BYTES
from hub.plugins.csv.lines import Lines, Shape
from hub.plugins.csv.mapping import RANKED
from hub.plugins.csv.ranks import Ranks
from hub.plugins.csv.sniff import Evidence, find_delimiter, rows_of
from hub.plugins.csv.units import Form, Pending, Units

_PAGE = 5_000
_SAMPLE_ROWS = 500


class OpenTable(Protocol):
    """A table at a certain place. `now` says where, for the cursor; `at_end` whether records follow."""

    now: Now
    at_end: bool

    def take(self, limit: int) -> tuple[Units, bytes]:
        """The next records and the digest of their page (empty: none). Moves on."""

    def close(self) -> None:
        """Let the file go."""


def sniff_text(source: Source, stamp: Stamp, kind: str, settings: str, config: CsvConfig) -> Now:
    """Read the file once, find out how it is written; the place of its first record.

    Raises:
        FileRefused: it cannot be taken in.
        SourceUnavailable: it cannot be read now.
    """
    with reading(source):
        found = survey(source.open, config.encoding, source.name, source.limit())
        with source.open() as stream:
            stream.seek(found.start)
            sample = stream.read(SAMPLE_BYTES)
        if found.start + len(sample) < found.size:
            sample = sample[: sample.rfind(b"\n") + 1] or sample

        def split(delimiter: str) -> list[str]:
            lines = Lines(io.BytesIO(sample), 0, delimiter.encode(), long_lines=True, end=len(sample))
            return [record.decode(found.encoding, "replace") for record in lines.take(_PAGE).records]

        delimiter, header = find_delimiter(kind, split, config, source.name)
        lines = Lines(io.BytesIO(sample), 0, delimiter.encode(), long_lines=True, end=len(sample))
        above = lines.take(header.row + 1)
        first = found.start + lines.offset
        first_line = 1 + sum(above.heights or [1] * len(above.records))
        now = Now(
            key=source.key,
            size=stamp.size,
            mtime_ns=stamp.mtime_ns,
            digest=found.digest,
            settings=settings,
            offset=first,
            line=first_line,
            layout="",
            first=first,
            first_line=first_line,
            encoding=found.encoding,
            delimiter=delimiter,
            mixed=found.mixed,
            long_lines=found.long_lines,
            end=found.size,
        )
        layout = _weigh(source, now, header.headers, kind, config)
    return replace(now, layout=layout.as_text())


def _weigh(source: Source, now: Now, headers: Sequence[str], kind: str, config: CsvConfig) -> Layout:
    """Decimal marks and forms of dates: from the sample, from the whole file where the sample leaves a doubt."""
    evidence = Evidence(kind, headers, config)
    with source.open() as stream:
        stream.seek(now.first)
        lines = Lines(
            stream, now.first, now.delimiter.encode(), long_lines=now.long_lines, end=now.end,
            shape=Shape.of(headers, evidence.telling),
        )  # fmt: skip
        while records := lines.take(_SAMPLE_ROWS).records:
            texts = [record.decode(now.encoding, "replace") for record in records]
            evidence.feed(rows_of(texts, now.delimiter))
            if lines.offset > SAMPLE_BYTES and not evidence.open():
                break
    return evidence.settle(kind, source.name)


class TextTable:
    """A text file from `now` on."""

    def __init__(self, source: Source, now: Now, readings: Readings) -> None:
        self.now = now
        self._source = source
        self._reading = readings[now.layout]
        self._form = Form(now.encoding, now.delimiter, now.mixed)
        self._salt = f"{now.layout}\x00{now.settings}\x00{now.encoding} {now.delimiter} {now.mixed}\x00".encode()
        telling = (self._reading.positions[name] for name in self._reading.forgiving)
        self._shape = Shape.of(self._reading.layout.headers, telling)
        self._ranked = self._reading.kind in RANKED
        self._ranks = Ranks()
        if self._ranked and now.offset > now.first:
            self._count_again()
        with reading(source):
            self._stream = source.open()
            self._stream.seek(now.offset)
        self._lines = self._from(now, now.end)
        self.at_end = now.offset >= now.end

    def _from(self, now: Now, end: int) -> Lines:
        return Lines(
            self._stream, now.offset, now.delimiter.encode(), long_lines=now.long_lines, end=end, shape=self._shape
        )

    def take(self, limit: int) -> tuple[Units, bytes]:
        with reading(self._source):
            block = self._lines.take(limit)
        salt = b"" if self._ranked else self._salt
        pending = Pending(block, self._reading, self._form, self._source.name, self.now.line, self._ranks, salt)
        height = sum(block.heights) if block.heights is not None else len(block.records)
        self.now = replace(self.now, offset=self._lines.offset, line=self.now.line + height)
        self.at_end = self.now.offset >= self.now.end or not block.records
        units = Units(pending)
        digest = sha256(self._salt)  # processors have instructions for it: a third of the time of BLAKE2
        digest.update(block.raw)
        if self._ranked:
            # Counted in the order of the file, whoever looks later; twins on two pages are not the same page.
            digest.update("\x1f".join(units.refs).encode())
        return units, digest.digest()[:16]

    def close(self) -> None:
        self._stream.close()

    def __del__(self) -> None:
        """A run that is given up half-way leaves no file open."""
        if hasattr(self, "_stream"):
            self._stream.close()

    def _count_again(self) -> None:
        """The rows before the place where reading goes on, counted once more."""
        here = self.now
        self.now = replace(here, offset=here.first, line=here.first_line)
        with reading(self._source):
            self._stream = self._source.open()
            self._stream.seek(here.first)
        self._lines = self._from(self.now, here.offset)
        while self._lines.offset < here.offset:
            self.take(_PAGE)
        self._stream.close()
        self.now = here
