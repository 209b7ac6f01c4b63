"""Where a stream stands, a page of it that is ready to be taken in, and what that comes to. `pages` takes it in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a unit is held, for the person who mends it."""

    code: str
    place: str
    what: str
    mend: str
    excerpt: str
    lines: int = 1


@dataclass(slots=True)
class PageToCommit:
    """A page whose new and changed units were mapped and are ready to be taken in.

    `unit_ids` has one entry per unit of the page, None where the unit is new. `taken` lists the places of the units
    that were mapped or refused, in the order of `evidence`; `refs` and `digests` run parallel to it. `twins` names
    places that repeat an earlier place of the page. `marks` None: they are as they were noted. `aside`: units read by
    themselves, beside the stream's own order (after a webhook): the cursor stays, and no page is noted. `standing` and
    `standing_sum`: how many units stand where the page was noted to have them, and the sum of their evidence ids; the
    sum is None when it is not known. `presumed_new`: the refs were not looked up; the constraint tells if one is known.
    `parts`: the page stands for several of one object, read before, and has their changed units alone.
    """

    connector_id: int
    connector_key: str
    stream: StreamState
    cursor: str | None
    origin: str
    ordinal: int
    fingerprint: bytes
    mapping_id: int
    recorded_at: int
    actor: str
    unit_ids: list[int | None]
    marks: bytes | None = None
    taken: list[int] = field(default_factory=list)
    refs: list[str] = field(default_factory=list)
    digests: list[bytes] = field(default_factory=list)
    batches: list[tuple[str, list[int], dict[str, list[Any]]]] = field(default_factory=list)
    refused: dict[int, Refusal] = field(default_factory=dict)
    evidence: bytes = b""
    standing: int = 0
    standing_sum: int | None = None
    presumed_new: bool = False
    twins: dict[int, int] = field(default_factory=dict)
    already_same: int = 0
    already_held: int = 0
    whole_objects: bool = False
    aside: bool = False
    parts: list[PageToCommit] = field(default_factory=list)
