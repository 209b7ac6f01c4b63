"""How the pages that come next were read last time, looked up some at a time: one alone costs as many round trips.

A run holds its connector's lease, so what it has not written itself stays as it was looked up.
"""

from __future__ import annotations

from hub.core.store import Store
from hub.core.store.page_notes import Note, notes_of, standing_notes
from hub.core.store.streams import PageToCommit

#: Pages looked up together, with their marks: a megabyte at most.
AT_ONCE = 16


class Recalled:
    """The notes of some pages of one object in a row, as they are in the data base, and which of them stand."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._of: tuple[int, str] | None = None
        self._ordinals = range(0)
        self._notes: dict[int, Note] = {}
        self._stand: set[int] = set()

    def note(self, page: PageToCommit) -> Note | None:
        """The note of the page's last reading; None when it never was read."""
        if self._of != (page.stream.id, page.origin) or page.ordinal not in self._ordinals:
            self._look_up(page.stream.id, page.origin, page.ordinal)
        return self._notes.get(page.ordinal)

    def stands(self, page: PageToCommit) -> bool:
        """True when every unit of the noted page is as it was when the note was made."""
        return page.ordinal in self._stand

    def written(self) -> None:
        """Something was written: it is looked up again. Where nothing was noted of any page, nothing is."""
        if self._notes:
            self._of = None

    def _look_up(self, stream_id: int, origin: str, first: int) -> None:
        with self._store.look() as connection:
            self._notes = notes_of(connection, stream_id=stream_id, origin=origin, first=first, count=AT_ONCE)
            self._stand = standing_notes(connection, self._notes)
        self._of, self._ordinals = (stream_id, origin), range(first, first + AT_ONCE)
