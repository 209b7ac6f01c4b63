"""Ids as text, short where they follow each other: how the journal and the notes of pages name units."""

from __future__ import annotations

from collections.abc import Sequence


def ranges(ids: Sequence[int]) -> str:
    """Ids in order as text: ``1-5000,7001``. A run is written only where each id is the former plus one."""
    if len(ids) > 1 and list(ids) == list(range(ids[0], ids[0] + len(ids))):  # a page as it was loaded, the usual one
        return f"{ids[0]}-{ids[-1]}"
    parts: list[str] = []
    start = previous = None
    for unit in ids:
        if previous is not None and unit == previous + 1:
            previous = unit
            continue
        if start is not None:
            parts.append(f"{start}-{previous}" if previous != start else str(start))
        start = previous = unit
    if start is not None:
        parts.append(f"{start}-{previous}" if previous != start else str(start))
    return ",".join(parts)


def from_ranges(text: str) -> list[int]:
    """The ids that `ranges` wrote."""
    ids: list[int] = []
    for part in text.split(",") if text else ():
        first, _, last = part.partition("-")
        ids.extend(range(int(first), int(last or first) + 1))
    return ids
