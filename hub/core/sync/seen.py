"""Which units a run met, at a byte each."""

from __future__ import annotations

from collections.abc import Sequence


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
