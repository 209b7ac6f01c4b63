"""Where a stream stands, and what its pages come to. Its runs are in `runs`, its pages in `pages`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Counts:
    """What a page or a run came to. `missing` is counted apart: it was not read."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    held: int = 0
    missing: int = 0

    def add(self, other: Counts) -> None:
        """Add `other` to this."""
        for name in ("read", "new", "changed", "same", "held", "missing"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class StreamState:
    """Where a stream stands: what the next fetch starts from."""

    id: int
    name: str
    cursor: str | None
    origin: str | None
    ordinal: int
    mapping_id: int | None
    version: int
