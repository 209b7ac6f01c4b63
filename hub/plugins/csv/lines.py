"""Records of a text table as raw bytes: physical lines, joined where a quoted cell holds a line break.

Nothing is decoded here and nearly nothing looked at, so that a known page costs a read and a digest. Where a record
ends depends on its own first line and what follows, never on page borders: any page size gives the same records.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import islice
from typing import BinaryIO

from hub.plugins.csv.limits import MAX_RECORD_BYTES, MAX_RECORD_LINES, PAGE_BYTES

_BLOCK_LINES = 512
_LONG_BLOCK = 64 * 1024
_DIGIT = re.compile(rb"[0-9]")
_TO_CLOSING_QUOTE = re.compile(rb'(?:[^"]|"")*+"')
#: Codes of the faults found here, and what they are.
TOO_LARGE = ("HUB-CSV-019", f"the row has more than {MAX_RECORD_BYTES:,} bytes")
NEVER_CLOSED = ("HUB-CSV-018", "a quote is opened and never closed")
ROWS_BEHIND = (
    "HUB-CSV-018",
    "a quote is opened and is not closed on its line; the lines behind look like rows of their own",
)


@dataclass(slots=True)
class Block:
    """Some records in a row.

    Attributes:
        records: raw bytes, each with its line end.
        heights: physical lines of each record; None when each has one.
        faults: records that cannot be used whole: index -> code of the fault and what it is. A record that is too
            large is represented by its beginning and a digest of all of it.
        raw: all bytes, for the page's digest.
    """

    records: list[bytes]
    heights: list[int] | None
    raw: bytes
    faults: dict[int, tuple[str, str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a line must have to look like a row of this table.

    Attributes:
        separators: as many stand in each row, or more.
        telling: the columns of dates and amounts: one of them holds a digit. None: the separators alone tell.
        width: separators of the header line, with those that end it.
    """

    separators: int
    telling: tuple[int, ...]
    width: int = 0

    @classmethod
    def of(cls, headers: Sequence[str], telling: Iterable[int]) -> Shape:
        """The shape of the rows under `headers`; empty headers at the end need no separator."""
        last = max((at for at, header in enumerate(headers) if header), default=0)
        return cls(last, tuple(sorted(telling)), len(headers) - 1)

    def closed_by(self, line: bytes, delimiter: bytes, column: int) -> bool:
        """True when `line` ends a quoted text of `column` and the cells behind it make the row complete.

        A row of its own with a stray quote has as many separators before that quote, or too many behind it.
        """
        text = _TO_CLOSING_QUOTE.match(line)
        if text is None or text[0].count(delimiter) >= column:
            return False
        behind = line[text.end() :].rstrip(b"\r\n")
        count = _outside_quotes(behind, delimiter).count(delimiter)
        return behind[:1] in (b"", delimiter) and self.separators <= column + count <= self.width

    def fits(self, line: bytes, delimiter: bytes) -> bool:
        """True when `line` alone looks like a row. A table of one column has no shape."""
        if not 0 < self.separators <= line.count(delimiter):
            return False
        cells = line.split(delimiter)
        return not self.telling or any(_DIGIT.search(cells[at]) for at in self.telling if at < len(cells))


class Lines:
    """Reads records from `stream` onwards.

    Args:
        stream: positioned at `offset`, the start of a record.
        offset: bytes before it; moves on with what is taken.
        delimiter: one byte.
        long_lines: lines beyond 64 KB exist, so each is read with a limit.
        end: where to stop (bytes): what a growing file got later is not looked at.
        shape: of the table's rows, once its header is known: a quoted cell does not swallow lines that have it.
    """

    def __init__(
        self,
        stream: BinaryIO,
        offset: int,
        delimiter: bytes,
        *,
        long_lines: bool,
        end: int,
        shape: Shape | None = None,
    ) -> None:
        self._stream = stream
        self._delimiter = delimiter
        self._shape = shape
        self._long = long_lines
        self._end = end
        self._ahead: list[bytes] = []
        self._oversize: dict[bytes, int] = {}
        self._read_to = offset
        self.offset = offset

    def take(self, limit: int) -> Block:
        """At most `limit` records; none at the end."""
        lines = self._lines(limit)
        raw = b"".join(lines)
        if self._oversize or raw.count(b'"'):
            block = self._join(lines, raw)
        else:
            block = Block(lines, None, raw)
            self.offset += len(raw)
        return block

    def _lines(self, limit: int) -> list[bytes]:
        """Up to `limit` lines and about PAGE_BYTES; at least one unless the end is reached."""
        lines, self._ahead = self._ahead[:limit], self._ahead[limit:]
        size = sum(map(len, lines))
        while len(lines) < limit and size < PAGE_BYTES:
            wanted = limit - len(lines)
            # The page's end is decided line by line near its byte limit: the same whatever was read ahead.
            block = self._pull(min(wanted, _BLOCK_LINES))
            if not block:
                break
            lines += block
            size += sum(map(len, block))
        if size > PAGE_BYTES:
            size = 0
            for count, line in enumerate(lines, 1):
                size += len(line)
                if size >= PAGE_BYTES:
                    self._ahead[:0] = lines[count:]
                    return lines[:count]
        return lines

    def _pull(self, count: int) -> list[bytes]:
        if self._ahead:
            lines, self._ahead = self._ahead[:count], self._ahead[count:]
            return lines
        if self._read_to >= self._end:
            return []
        lines = self._pull_long(min(count, 16)) if self._long else list(islice(self._stream, count))
        self._read_to += sum(map(len, lines)) if not self._long else 0
        if self._read_to > self._end and lines and not self._long:
            excess = self._read_to - self._end  # the file grew after it was looked at
            while lines and excess >= len(lines[-1]):
                excess -= len(lines.pop())
            if lines and excess:
                lines[-1] = lines[-1][:-excess]
        return lines

    def _pull_long(self, count: int) -> list[bytes]:
        lines: list[bytes] = []
        while len(lines) < count and self._read_to < self._end:
            line = self._stream.readline(MAX_RECORD_BYTES + 1)
            if not line:
                break
            size = len(line)
            if size > MAX_RECORD_BYTES and not line.endswith(b"\n"):
                digest = blake2b(line, digest_size=16)
                while line and not line.endswith(b"\n"):
                    line = self._stream.readline(_LONG_BLOCK)
                    digest.update(line)
                    size += len(line)
                line = b"too large: " + digest.hexdigest().encode() + b"\n"
                self._oversize[line] = size
            self._read_to += size
            lines.append(line)
        return lines

    def _join(self, lines: list[bytes], raw: bytes) -> Block:
        """Records out of lines, where quotes stand. Lines pulled beyond the page are given back."""
        block = Block([], [], raw)
        heights: list[int] = []
        pulled = list(lines)
        at = 0
        while at < len(lines):
            size = self._oversize.get(pulled[at])
            if size is not None:
                block.faults[len(block.records)] = TOO_LARGE
            height = 1
            if size is None and pulled[at].count(b'"') % 2:
                rest = _outside_quotes(pulled[at], self._delimiter)
                column = _opened_in(rest, self._delimiter)
                if column is not None:
                    complete = self._shape is not None and rest.count(self._delimiter) >= self._shape.separators
                    height, fault = self._height(pulled, at, column, closes_first=column == 0 and not complete)
                    if fault is not None:
                        block.faults[len(block.records)] = fault
            record = pulled[at] if height == 1 else b"".join(pulled[at : at + height])
            block.records.append(record)
            heights.append(height)
            self.offset += len(record) if size is None else size
            at += height
        self._ahead[:0] = pulled[at:]
        block.heights = heights if len(heights) != at else None
        block.raw = b"".join(block.records)
        return block

    def _height(
        self, pulled: list[bytes], at: int, column: int, *, closes_first: bool
    ) -> tuple[int, tuple[str, str] | None]:
        """How many lines the record that begins at `at` has; one and a fault when its quote is not closed rightly.

        A quoted text never holds a whole row of this table: two stray quotes would swallow all rows between them.

        Args:
            column: of the open cell.
            closes_first: the open cell is the first one, and nothing else stands on its line: then the line that
                closes it has all separators of the row, and is none of its own.
        """
        size = len(pulled[at])
        for height in range(2, MAX_RECORD_LINES + 1):
            if at + height > len(pulled):
                pulled += self._pull(_BLOCK_LINES)
                if at + height > len(pulled):
                    return 1, NEVER_CLOSED
            line = pulled[at + height - 1]
            size += len(line)
            if size > MAX_RECORD_BYTES or line in self._oversize:
                return 1, NEVER_CLOSED
            closes = line.count(b'"') % 2 == 1
            if self._is_row(line) and not (closes and (closes_first or self._closes(line, column))):
                return 1, ROWS_BEHIND
            if closes:
                return height, None
        return 1, NEVER_CLOSED

    def _is_row(self, line: bytes) -> bool:
        return self._shape is not None and self._shape.fits(line, self._delimiter)

    def _closes(self, line: bytes, column: int) -> bool:
        return self._shape is not None and self._shape.closed_by(line, self._delimiter, column)


@cache
def _complete_cells(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    # Possessive: a hostile line of quotes costs one pass, no backtracking.
    return re.compile(rb"(?:\A|(?<=" + mark + rb'))"(?:[^"]|"")*+"(?=' + mark + rb"|\r?\n|\Z)")


def _outside_quotes(line: bytes, delimiter: bytes) -> bytes:
    """`line` without its quoted cells that end on it."""
    return _complete_cells(delimiter).sub(b"", line)


def _opened_in(rest: bytes, delimiter: bytes) -> int | None:
    """The column in which a quoted cell begins and does not end on the line; None when there is none.

    A lone quote inside a text opens nothing.
    """
    if rest.startswith(b'"'):
        return 0
    at = rest.find(delimiter + b'"')
    return None if at < 0 else rest.count(delimiter, 0, at) + 1
