"""How raw units are kept: one compressed blob per page, from which every unit can be taken out again as it was read.

Layout of the uncompressed bytes: 4 bytes big-endian length of a JSON header, the header, then the bodies one after the
other. The header holds the sizes, refs and places of the units and their shared layouts.
"""

from __future__ import annotations

import hashlib
import struct
import zlib
from collections.abc import Sequence
from typing import Any

from pydantic_core import from_json, to_json

from hub.sdk.units import RawUnit

DIGEST_SIZE = 16
#: How much of a held unit is shown.
EXCERPT_CHARACTERS = 2_000
#: What one blob may expand to: a page is at most 4 MB, its header less than as much again.
MAX_EXPANDED_BYTES = 64 * 1024 * 1024


def digests_of(units: Sequence[RawUnit]) -> list[bytes]:
    """BLAKE2b-128 of ref, layout and body of each unit: equal for units that mean the same, wherever they were read.

    A long layout, which most units of a page share, enters by its own digest.
    """
    blake2b = hashlib.blake2b
    digests: list[bytes] = []
    layout, tail = None, b""
    for unit in units:
        if unit.layout is not layout:
            layout = unit.layout
            tail = b"\0" + layout.encode("utf-8", "surrogatepass") + b"\0"
            if len(tail) > 64:
                tail = b"\0" + blake2b(tail, digest_size=DIGEST_SIZE).digest()
        digests.append(blake2b(unit.ref.encode("utf-8", "surrogatepass") + tail + unit.body, digest_size=16).digest())
    return digests


def pack(units: Sequence[RawUnit]) -> bytes:
    """The blob of `units`, in order."""
    layouts: dict[str, int] = {}
    header: dict[str, Any] = {
        "sizes": [len(unit.body) for unit in units],
        "refs": [unit.ref for unit in units],
        "places": [unit.place for unit in units],
        "lines": [unit.lines for unit in units] if any(unit.lines != 1 for unit in units) else [],
        "layout": [layouts.setdefault(unit.layout, len(layouts)) for unit in units],
    }
    header["layouts"] = list(layouts)
    if len(layouts) == 1:
        header["layout"] = []
    text = to_json(header)
    return zlib.compress(b"".join([struct.pack(">I", len(text)), text, *[unit.body for unit in units]]), 1)


def unpack(blob: bytes) -> list[RawUnit]:
    """The units of a blob, in order.

    Raises:
        ValueError: the bytes are no blob of ours, or expand beyond `MAX_EXPANDED_BYTES`.
    """
    expander = zlib.decompressobj()
    try:
        raw = expander.decompress(blob, MAX_EXPANDED_BYTES)
    except zlib.error as error:
        raise ValueError(f"stored evidence is damaged: {error}") from error
    if not expander.eof:
        raise ValueError("stored evidence is cut or too large")
    (length,) = struct.unpack_from(">I", raw)
    header = from_json(raw[4 : 4 + length])
    units: list[RawUnit] = []
    offset = 4 + length
    lines = header["lines"] or [1] * len(header["sizes"])
    layout = header["layout"] or [0] * len(header["sizes"])
    rows = zip(header["sizes"], header["refs"], header["places"], layout, lines, strict=True)
    for size, ref, place, which, count in rows:
        body = raw[offset : offset + size]
        units.append(RawUnit(ref=ref, body=body, layout=header["layouts"][which], place=place, lines=count))
        offset += size
    return units


def excerpt(unit: RawUnit) -> str:
    """The unit's text, cut, for the person who looks at it; control characters are shown as dots."""
    text = unit.body[:EXCERPT_CHARACTERS].decode("utf-8", "replace").replace("\x1f", " ; ")
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text)[:EXCERPT_CHARACTERS]
