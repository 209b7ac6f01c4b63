"""How raw units are kept: one compressed blob per page, from which every unit can be taken out again as it was read.

Layout of the uncompressed bytes: 4 bytes big-endian length of a JSON header, the header, then the bodies one after the
other. The header holds the sizes, refs and places of the units and their shared layouts.

The blob is a zlib stream (RFC 1950), whoever wrote it: ISA-L where there is a build of it, a quarter of zlib's time and
a tenth smaller, else zlib.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from hashlib import blake2b
from itertools import groupby
from typing import Any

from pydantic_core import from_json, to_json

try:
    from isal.isal_zlib import compress
except ImportError:  # no build for this machine
    from zlib import compress

from hub.sdk.units import InColumns, RawUnit

DIGEST_SIZE = 16
#: How much of a held unit is shown.
EXCERPT_CHARACTERS = 2_000
#: What one blob may expand to: a page is at most 4 MB, its header less than as much again.
MAX_EXPANDED_BYTES = 64 * 1024 * 1024


def chunks(joined: bytes, size: int) -> list[bytes]:
    """Digests or marks of `size` bytes each, out of one string of them."""
    return [joined[at : at + size] for at in range(0, len(joined), size)]


def digests_of(units: Sequence[RawUnit]) -> list[bytes]:
    """BLAKE2b-128 of ref, layout and body of each unit: equal for units that mean the same, wherever they were read.

    A long layout, which most units of a page share, enters by its own digest.
    """
    if isinstance(units, InColumns):
        return _digests(units.refs, units.bodies, _tail(units.layout)) if units else []
    digests: list[bytes] = []
    for layout, same in groupby(units, key=_layout):
        run = list(same)
        digests += _digests([unit.ref for unit in run], [unit.body for unit in run], _tail(layout))
    return digests


def _layout(unit: RawUnit) -> str:
    return unit.layout


def _tail(layout: str) -> bytes:
    tail = b"\0" + layout.encode("utf-8", "surrogatepass") + b"\0"
    return tail if len(tail) <= 64 else b"\0" + blake2b(tail, digest_size=DIGEST_SIZE).digest()


def _digests(refs: list[str], bodies: list[bytes], tail: bytes) -> list[bytes]:
    size = DIGEST_SIZE
    return [
        blake2b(ref.encode("utf-8", "surrogatepass") + tail + body, digest_size=size).digest()
        for ref, body in zip(refs, bodies, strict=True)
    ]


def pack(units: Sequence[RawUnit]) -> bytes:
    """The blob of `units`, in order."""
    bodies: list[bytes]
    if isinstance(units, InColumns):
        bodies = units.bodies
        header: dict[str, Any] = {
            "refs": units.refs, "places": units.places, "lines": [], "layout": [], "layouts": [units.layout],
        }  # fmt: skip
    else:
        bodies = [unit.body for unit in units]
        layouts: dict[str, int] = {}
        header = {
            "refs": [unit.ref for unit in units],
            "places": [unit.place for unit in units],
            "lines": [unit.lines for unit in units] if any(unit.lines != 1 for unit in units) else [],
            "layout": [layouts.setdefault(unit.layout, len(layouts)) for unit in units],
        }
        header["layouts"] = list(layouts)
        if len(layouts) == 1:
            header["layout"] = []
    header["sizes"] = list(map(len, bodies))
    text = to_json(header)
    return compress(b"".join([struct.pack(">I", len(text)), text, *bodies]), 1)


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


def excerpt(body: bytes) -> str:
    """A unit's text, cut, for the person who looks at it; control characters are shown as dots."""
    text = _text(body[: 4 * EXCERPT_CHARACTERS])[:EXCERPT_CHARACTERS].replace("\x1f", " ; ")
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in text)[:EXCERPT_CHARACTERS]


def _text(body: bytes) -> str:
    """As UTF-8, of which the last character may be cut; a row that is none is usually cp1252."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.end == len(body) and error.reason == "unexpected end of data":
            return body[: error.start].decode("utf-8")
    return body.decode("cp1252", "replace")
