"""Records of a text table as raw bytes: physical lines, joined where a quoted cell holds a line break.

Nothing is decoded here and nearly nothing looked at, so that a known page costs a read and a digest. Where a record
ends depends on its own first line and what follows, never on page borders: any page size gives the same records.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from itertools import islice
from typing import BinaryIO

from hub.plugins.csv.limits import MAX_RECORD_BYTES, MAX_RECORD_LINES, PAGE_BYTES

_BLOCK_LINES = 512
_LONG_BLOCK = 64 * 1024


@dataclass(slots=True)
class Block:
    """Some records in a row.

    Attributes:
        records: raw bytes, each with its line end.
        heights: physical lines of each record; None when each has one.
        faults: records that cannot be used whole: index -> code of the fault. A record that is too large is
            represented by its beginning and a digest of all of it.
        raw: all bytes, for the page's digest.
    """

    records: list[bytes]
    heights: list[int] | None
    raw: bytes
    faults: dict[int, str] = field(default_factory=dict)


class Lines:
    """Reads records from `stream` onwards.

    Args:
        stream: positioned at `offset`, the start of a record.
        offset: bytes before it; moves on with what is taken.
        delimiter: one byte.
        long_lines: lines beyond 64 KB exist, so each is read with a limit.
        end: where to stop (bytes): what a growing file got later is not looked at.
    """

    def __init__(self, stream: BinaryIO, offset: int, delimiter: bytes, *, long_lines: bool, end: int) -> None:
        self._stream = stream
        self._delimiter = delimiter
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
                block.faults[len(block.records)] = "HUB-CSV-019"
            height = 1
            if size is None and pulled[at].count(b'"') % 2 and _stays_open(pulled[at], self._delimiter):
                height = self._height(pulled, at)
                if not height:
                    block.faults[len(block.records)] = "HUB-CSV-018"
                    height = 1
            record = pulled[at] if height == 1 else b"".join(pulled[at : at + height])
            block.records.append(record)
            heights.append(height)
            self.offset += len(record) if size is None else size
            at += height
        self._ahead[:0] = pulled[at:]
        block.heights = heights if len(heights) != at else None
        block.raw = b"".join(block.records)
        return block

    def _height(self, pulled: list[bytes], at: int) -> int:
        """How many lines the record that begins at `at` has; 0 when its quote is never closed within the limits."""
        size = len(pulled[at])
        for height in range(2, MAX_RECORD_LINES + 1):
            if at + height > len(pulled):
                pulled += self._pull(_BLOCK_LINES)
                if at + height > len(pulled):
                    return 0
            line = pulled[at + height - 1]
            size += len(line)
            if size > MAX_RECORD_BYTES or line in self._oversize:
                return 0
            if line.count(b'"') % 2:
                return height
        return 0


@cache
def _complete_cells(delimiter: bytes) -> re.Pattern[bytes]:
    mark = re.escape(delimiter)
    # Possessive: a hostile line of quotes costs one pass, no backtracking.
    return re.compile(rb"(?:\A|(?<=" + mark + rb'))"(?:[^"]|"")*+"(?=' + mark + rb"|\r?\n|\Z)")


def _stays_open(line: bytes, delimiter: bytes) -> bool:
    """True when a quoted cell begins in `line` and does not end there. A lone quote inside a text opens nothing."""
    rest = _complete_cells(delimiter).sub(b"", line)
    return rest.startswith(b'"') or delimiter + b'"' in rest
