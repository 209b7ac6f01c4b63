"""The XML inside a PDF, found without a PDF library.

A stream is never hidden inside another one (ISO 32000-1, 7.5.7), so the attached invoice stands in the file as it is,
folded by Flate at most. Each stream is unfolded as far as its first kilobytes; the one that begins like an invoice is
unfolded whole, up to a limit. Nothing else of the PDF is interpreted: no fonts, no scripts, no references to follow;
what is damaged elsewhere does not matter. Memory and time are bounded by the size of the file.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect
from collections.abc import Iterator
from typing import Final

from hub.plugins.einvoices.faults import rejected

#: Bytes of the XML, unfolded. HUB-EINV-008.
MAX_XML: Final = 16 * 1024 * 1024
#: Streams looked at; a real invoice has some hundred. HUB-EINV-008.
MAX_STREAMS: Final = 100_000
_PEEK: Final = 4 * 1024
_HEADER: Final = 4 * 1024
_STREAM: Final = re.compile(rb"(?<!end)stream(?:\r\n|\n|\r)")
_OBJECT: Final = re.compile(rb"(\d{1,10})\s+\d{1,5}\s+obj\b")
_FILTER: Final = re.compile(rb"/(FlateDecode|Fl|LZWDecode|ASCII85Decode|ASCIIHexDecode|RunLengthDecode|Crypt)\b")
_ESCAPED: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
#: Where a PDF begins: a line of its own, wherever the one before was cut; at a line's start, or behind the other's end.
#: (Not as an attachment.)
_DOCUMENT: Final = re.compile(rb"%PDF-\d\.\d[ \t]*[\r\n]|(?:(?<=[\r\n])|(?<=%%EOF)|(?<=[ \t\0]))%PDF-\d")
_ATTACHED: Final = re.compile(rb"(?<!end)stream\s*\Z")
_NAME: Final = re.compile(rb"\(([^()\\]{1,100}\.[Xx][Mm][Ll])\)")
#: How an invoice begins: its root, after a declaration, comments and the like (ZUGFeRD 1 has CrossIndustryDocument).
_ROOT: Final = re.compile(
    rb"(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?(?:\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE.*?>)*"
    rb"<(?:[\w.-]+:)?(?:CrossIndustryInvoice|CrossIndustryDocument|Invoice|CreditNote)[\s>]",
    re.DOTALL,
)


def xml_of(data: bytes, where: str) -> bytes:
    """The invoice attached to a PDF.

    Raises:
        RecordRejected: HUB-EINV-006 (not readable, protected, or two invoices), 007 (none), 008 (beyond the limits),
            016 (several PDFs, one behind the other, that do not carry the same invoice).
    """
    begins = _begins_of_others(data)
    found: dict[tuple[int, bytes], bytes] = {}
    for number, header, start in _streams(data, where):
        if _begins_an_invoice(data, header, start):
            # The last one of a number counts, inside one PDF: it was updated.
            found[bisect(begins, start), number] = _unfolded(data, header, start, where)
    if not found:
        if b"/Encrypt" in data:
            raise rejected("HUB-EINV-006", where, detail="it is protected by a password")
        names = sorted({name.decode("latin-1") for name in _NAME.findall(data)})
        if b"%%EOF" not in data[-4096:]:
            raise rejected("HUB-EINV-006", where, detail="its end is missing, and no invoice was found before")
        raise rejected("HUB-EINV-007", where, found=", ".join(names)[:100] or "nothing")
    different = len(set(found.values()))
    if begins and (different > 1 or len({document for document, _ in found}) <= len(begins)):
        detail = f"with {different} different invoices" if different > 1 else "not all of them with an invoice"
        raise rejected("HUB-EINV-016", where, count=len(begins) + 1, detail=detail)
    if different > 1:
        raise rejected("HUB-EINV-006", where, detail=f"it carries {len(found)} different invoices")
    return next(iter(found.values()))


def _begins_of_others(data: bytes) -> list[int]:
    """Where further PDFs begin behind the first one. An update of a PDF has no header of its own."""
    heads = [match.start() for match in _DOCUMENT.finditer(data)]
    first = data.find(b"%PDF-")
    return [at for at in heads if at > first and not _ATTACHED.search(data, max(0, at - 64), at)]


def _streams(data: bytes, where: str) -> Iterator[tuple[bytes, bytes, int]]:
    """Each stream: the number of its object, what stands between `obj` and `stream`, and where its bytes begin."""
    for count, match in enumerate(_STREAM.finditer(data)):
        if count >= MAX_STREAMS:
            raise rejected("HUB-EINV-008", where, what="time")
        before = data[max(0, match.start() - _HEADER) : match.start()]
        objects = list(_OBJECT.finditer(before))
        if objects:
            header = _ESCAPED.sub(lambda m: bytes([int(m[1], 16)]), before[objects[-1].end() :])
            yield objects[-1][1], header, match.end()


def _begins_an_invoice(data: bytes, header: bytes, start: int) -> bool:
    raw = data[start : start + 4 * _PEEK]
    if _FILTER.search(header):
        try:
            raw = zlib.decompressobj().decompress(raw, _PEEK)
        except zlib.error:
            return False
    return _ROOT.match(raw[:_PEEK].replace(b"\0", b"")) is not None  # without the zeros of UTF-16


def _unfolded(data: bytes, header: bytes, start: int, where: str) -> bytes:
    """All bytes of an attachment that begins like an invoice."""
    filters = [name for name in _FILTER.findall(header) if name not in (b"Fl", b"FlateDecode")]
    if filters:
        raise rejected("HUB-EINV-006", where, detail=f"its invoice is folded by {filters[0].decode()}")
    if not _FILTER.search(header):
        end = data.find(b"endstream", start)
        if end < 0:
            raise rejected("HUB-EINV-006", where, detail="it was cut inside its invoice")
        if end - start > MAX_XML:
            raise rejected("HUB-EINV-008", where, what="memory")
        return data[start:end].rstrip(b"\r\n")
    unfolder = zlib.decompressobj()
    try:
        body = unfolder.decompress(memoryview(data)[start:], MAX_XML + 1)
    except zlib.error as error:
        raise rejected("HUB-EINV-006", where, detail=f"its invoice cannot be unfolded ({error})") from None
    if len(body) > MAX_XML:
        raise rejected("HUB-EINV-008", where, what="memory")
    if not unfolder.eof:
        raise rejected("HUB-EINV-006", where, detail="it was cut inside its invoice")
    return body
