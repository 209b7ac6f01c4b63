"""Raw, then mapped: what a source yields before anyone interprets it.

A unit keeps the evidence (its body) and enough of its surroundings (its layout) for `map` to be pure: no file, no
network, no clock. So a held unit is replayed, and a corrected configuration applied, without fetching again.
"""

from __future__ import annotations

from abc import abstractmethod
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import Any

from hub.sdk.errors import RecordRejected

#: Limits of one page on the wire between a connector's process and the hub.
MAX_PAGE_UNITS = 5_000
MAX_PAGE_BYTES = 4 * 1024 * 1024

#: Bytes of a mark: see `InColumns.marks`.
MARK_SIZE = 8

#: Opaque progress: text that only the connector understands, stored by the hub with the page it belongs to.
Cursor = str


@dataclass(frozen=True, slots=True)
class RawUnit:
    """One piece of a source: a row, a bank movement, an object of an API.

    Attributes:
        ref: identity within its stream; never changes, whatever file or page it comes in.
        body: the evidence, as read (bytes of the row, the XML element, the JSON object).
        layout: shared surroundings needed to map the body, such as the header row and number format of the file;
            the same text object for all units of a file. Part of the unit's digest.
        place: where it was read, for people: ``invoices.csv:14``. Not part of the digest.
        rejected: set when fetching already knows that the unit cannot be understood; it is then held.
        lines: how many records of the source the unit stands for when it is held (a whole statement: its movements).
    """

    ref: str
    body: bytes
    layout: str = ""
    place: str = ""
    rejected: RecordRejected | None = None
    lines: int = 1


_SETTERS: dict[str, Any] = {
    name: RawUnit.__dict__[name].__set__ for name in ("ref", "body", "layout", "place", "rejected", "lines")
}


def raw_units(
    refs: Sequence[str],
    bodies: Sequence[bytes],
    layout: str,
    places: Sequence[str],
    rejected: Sequence[RecordRejected | None] | None = None,
) -> list[RawUnit]:
    """Units of one layout, their slots filled column by column: three times faster than one by one."""
    count = len(refs)
    units = list(map(object.__new__, repeat(RawUnit, count)))
    refusals = repeat(None, count) if rejected is None else rejected
    columns = (refs, bodies, repeat(layout, count), places, refusals, repeat(1, count))
    for fill, values in zip(_SETTERS.values(), columns, strict=True):
        deque(map(fill, units, values), 0)
    return units


class InColumns(Sequence[RawUnit]):
    """The units of a page that can also be had as columns, and looked at without being made. For bulk readers.

    No object is made per row then, and a row that did not change is not taken apart.
    """

    @property
    @abstractmethod
    def refs(self) -> list[str]:
        """`RawUnit.ref` of each."""

    @property
    @abstractmethod
    def bodies(self) -> list[bytes]:
        """`RawUnit.body` of each."""

    @property
    @abstractmethod
    def places(self) -> list[str]:
        """`RawUnit.place` of each."""

    @property
    @abstractmethod
    def layout(self) -> str:
        """`RawUnit.layout`, the same for all."""

    @abstractmethod
    def marks(self) -> list[bytes]:
        """A digest of `MARK_SIZE` bytes per unit: of its raw bytes and of all that decides how they are read.

        Equal marks mean equal units. Empty when the units must be made to be told apart.
        """

    @abstractmethod
    def only(self, indexes: Sequence[int]) -> InColumns | None:
        """The units at these places, ascending; None when all must be made to know them."""


@dataclass(frozen=True, slots=True)
class Page:
    """What one `fetch` returns.

    Attributes:
        units: at most the asked number, in the source's order. May be a lazy sequence: it is not touched when
            `fingerprint` tells that the page is known. `InColumns` for bulk readers.
        cursor: progress after this page, stored in the same transaction as its records.
        last: nothing follows now; the run of this stream is complete.
        origin: the object read, for people and for pairing a page with its former reading: a file name, an endpoint.
        fingerprint: digest of the raw bytes of the page, if it costs less than making the units; else empty.
        skipped: objects (files) left alone because they are unchanged since they were read, for the run's report.
        begins: the first page of its object. Where an ended run is gone on with, it tells that the object changed
            meanwhile and is read from its beginning.
        notes: what a person should know of the page's object and holds nothing up, for the run's report: sentences
            such as ``invoices.csv (columns that are not read: Note)``.
    """

    units: Sequence[RawUnit]
    cursor: Cursor | None
    last: bool
    origin: str = ""
    fingerprint: bytes = b""
    skipped: Sequence[str] = field(default=())
    begins: bool = False
    notes: Sequence[str] = field(default=())


@dataclass(frozen=True, slots=True)
class Stream:
    """One kind of facts that a source gives, read with its own cursor.

    Attributes:
        name: stable, lower case: ``invoices``.
        mode: ``append`` (what was read stays) or ``snapshot`` (what is missing from a complete run is gone).
        missing: what a unit missing from a complete snapshot means: ``keep``, ``withdrawn`` or ``settled``.
        repeats: the same ref twice in one run with other content: ``hold`` the second; let the ``latest`` win; or
            ``by_origin``: a later object (file) wins over an earlier one, inside one object the second is held.
        whole_objects: an object (file) that changed is read again from its beginning: what was held of it and is no
            longer in it was corrected.
        swept: the source plays `KeySweep` for this stream: after each complete run it is asked which refs still exist,
            and what does not is withdrawn. For sources read by date of change, where a deletion leaves no trace.
    """

    name: str
    mode: str = "append"
    missing: str = "keep"
    repeats: str = "hold"
    whole_objects: bool = False
    swept: bool = False
