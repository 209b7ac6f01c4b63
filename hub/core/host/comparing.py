"""A page's marks beside those of its last reading: which rows are new, and which stand where another one stood."""

from __future__ import annotations

from collections.abc import Sequence

from hub.sdk.units import MARK_SIZE

#: Marks compared at once: most pieces of a page that changed here and there are as they were.
_AT_ONCE = 16


def compare(marks: Sequence[bytes], former: bytes) -> tuple[list[int], dict[int, int]]:
    """Places whose mark is not among the former ones; and, of the others that are not where they were, place -> place
    of last time. `former`: marks in their order, joined."""
    joined = b"".join(marks)
    step = _AT_ONCE * MARK_SIZE
    pieces = range(0, max(len(joined), len(former)), step)
    differing = [at for at in pieces if joined[at : at + step] != former[at : at + step]]
    # What stands in a piece that is as it was is not looked for elsewhere: those rows are where they were.
    known = {
        former[at : at + MARK_SIZE]: at // MARK_SIZE
        for piece in differing
        for at in range(piece, min(piece + step, len(former)), MARK_SIZE)
    }
    places: list[int] = []
    moved: dict[int, int] = {}
    for piece in differing:
        first = piece // MARK_SIZE
        for place, mark in enumerate(marks[first : first + _AT_ONCE], first):
            index = known.get(mark)
            if index is None:
                places.append(place)
            elif index != place:
                moved[place] = index
    return places, moved
