"""Which units a run met, at a byte each, and whether it met one where a repetition counts."""

from __future__ import annotations

from collections.abc import Sequence

from hub.sdk.units import Stream


class Seen:
    """Which units a run met: one byte per unit id."""

    def __init__(self) -> None:
        self.marks = bytearray()

    def mark(self, unit_ids: Sequence[int]) -> None:
        """These units exist in the source now."""
        if not unit_ids:
            return
        highest = max(unit_ids)
        if highest >= len(self.marks):
            self.marks.extend(bytes(highest + 1 - len(self.marks) + 65_536))
        first = unit_ids[0]
        if list(unit_ids) == list(range(first, first + len(unit_ids))):  # a page as it was loaded, the usual one
            self.marks[first : first + len(unit_ids)] = b"\1" * len(unit_ids)
            return
        for unit in unit_ids:
            self.marks[unit] = 1

    def met(self, unit_id: int) -> bool:
        """True when this run met the unit already."""
        return unit_id < len(self.marks) and bool(self.marks[unit_id])


class Met:
    """The units that a run met, in all and in the object at hand: a ref that comes again may count in either.

    `whole_run` may be filled and asked by the run itself.
    """

    def __init__(self, stream: Stream, whole_run: Seen) -> None:
        self._by_object = stream.repeats == "by_origin"
        self._whole_run = whole_run
        self._object = Seen()

    def begin_object(self) -> None:
        """The next units are of another object."""
        self._object = Seen()

    def forget(self) -> None:
        """The object at hand is read from its beginning again: what was met of it says nothing any more."""
        self._whole_run.marks.clear()

    def mark(self, unit_ids: Sequence[int]) -> None:
        """The run met these units."""
        self._whole_run.mark(unit_ids)
        if self._by_object:
            self._object.mark(unit_ids)

    def before(self, unit_id: int) -> bool:
        """True when the unit was met already where a repetition counts: in this run, or in this object of it."""
        return (self._object if self._by_object else self._whole_run).met(unit_id)
