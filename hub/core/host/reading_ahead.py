"""Pages fetched before they are asked for, while the hub writes to its data base.

Each page tells the cursor after which the next one begins, so a process that has nothing else to do can go on. Only the
pages of bulk readers (`InColumns`) are fetched like that: they are read in their order and looked at later, or never.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from hub.sdk.units import Cursor, InColumns, Page

#: Pages that are kept before they are asked for: of a bulk reader at most some 3 MB each.
MOST_AHEAD = 8


@dataclass(slots=True)
class Read:
    """A page, and the marks of its units once somebody made them."""

    page: Page
    marks: list[bytes] | None = None

    def make_marks(self) -> bool:
        """Make the marks, if the page may have any and they are not there. False when there was nothing to do."""
        if self.marks is not None or not isinstance(self.page.units, InColumns):
            return False
        self.marks = self.page.units.marks()
        return True


class ReadingAhead:
    """The pages of one source. Those of one stream are asked for one after the other, as their cursors say."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._next: tuple[str, Cursor | None, int] | None = None
        self._latest: Page | None = None
        self._waiting: deque[Read] = deque()
        self._failed: Exception | None = None

    def take(self, stream: str, cursor: Cursor | None, limit: int) -> Read:
        """The page after `cursor`, fetched already or now; raises whatever the source raised."""
        if self._next != (stream, cursor, limit):
            self._waiting.clear()
            self._failed = None
        if self._failed is not None and not self._waiting:
            failed, self._failed = self._failed, None
            raise failed
        if not self._waiting:
            self._next = None
            self._latest = self._source.fetch(stream, cursor, limit)
            self._waiting.append(Read(self._latest))
        read = self._waiting.popleft()
        self._next = (stream, read.page.cursor, limit)
        return read

    def go_on(self, *, with_marks: bool) -> bool:
        """Make the marks of a page that waits, or fetch one more. False when there is nothing to do."""
        if with_marks and any(read.make_marks() for read in self._waiting):
            return True
        latest = self._latest
        if self._next is None or self._failed is not None or len(self._waiting) >= MOST_AHEAD:
            return False
        if latest is None or latest.last or not isinstance(latest.units, InColumns):
            return False
        stream, _, limit = self._next
        try:
            self._latest = self._source.fetch(stream, latest.cursor, limit)
            self._waiting.append(Read(self._latest))
        except Exception as error:  # told when the page is asked for
            self._failed = error
        return True
