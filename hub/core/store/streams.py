"""Where a stream stands, and what its pages come to. Its runs are in `runs`, its pages in `pages`."""

from __future__ import annotations

from dataclasses import dataclass

#: What a unit that was read can be.
_KINDS = ("new", "changed", "same", "held")


@dataclass(slots=True)
class Counts:
    """What a page or a run came to. `missing` is counted apart: it was not read."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    held: int = 0
    missing: int = 0

    def __str__(self) -> str:
        """``12 read = 10 new + 2 same``."""
        parts = [f"{value} {name}" for name in _KINDS if (value := getattr(self, name))]
        return f"{self.read} read" + (f" = {' + '.join(parts)}" if parts else "")

    def add(self, other: Counts) -> None:
        """Add `other` to this."""
        for name in ("read", *_KINDS, "missing"):
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
