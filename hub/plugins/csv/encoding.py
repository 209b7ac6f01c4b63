"""One pass over a whole file before any row is taken: its digest, its encoding, what would trip a reader.

The whole file decides, not its beginning: a single late byte must not change how earlier rows were read.
"""

from __future__ import annotations

import codecs
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

from hub.plugins.csv.faults import refused
from hub.plugins.csv.limits import MAX_LINE_BYTES

_CHUNK = 1024 * 1024
_LINE = 64 * 1024
_END_OF_DOS = 0x1A
_UTF8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ASCII = bytes(range(0x80))
#: Bytes that only go on in UTF-8; in cp850 and Mac Roman they are the common accents, in cp1252 signs.
_CONTINUING = bytes(range(0x80, 0xC0))
_LOWER, _LETTERS = b"abcdefghijklmnopqrstuvwxyz", b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_WORD, _SIGN, _PATTERN = b"a", b"#", b"a#a"


def _classes(letters: bytes, signs: bytes) -> bytes:
    """A translation: `letters` to _WORD, `signs` to _SIGN, all else to a blank: counting _PATTERN is then cheap."""
    return bytes(_WORD[0] if c in letters else _SIGN[0] if c in signs else 0x20 for c in range(256))


#: In cp1252 no word has these inside: € ‚ ƒ „ ‡ ˆ ‰ ‹ “ ” • ˜ ™ › and bytes without a meaning; in cp850 they are
#: Ç é â ä ç ê ë ï ô ö ò ÿ Ö ø É…, in Mac Roman É Ç ç à â è ê î ï ô ù…
_NOT_IN_WORDS = _classes(_LETTERS, bytes.fromhex("80818283848788898b8d8f9093949598999b9d"))
#: Nor these between small letters: … † Š Œ Ž – —; cp850 à å è î û ù, Mac Roman é.
_NOT_IN_SMALL_WORDS = _classes(_LOWER, bytes.fromhex("85868a8c8e9697"))
#: ¼ ½ of cp1252 inside a word are Œ œ of ISO-8859-15. There ¤ is the euro.
_LIGATURES = _classes(_LETTERS, b"\xbc\xbd")
#: Accents that tell the two others apart: é è É of Mac Roman, of cp850.
_OF_MAC, _OF_DOS = b"\x8e\x8f\x83", b"\x82\x8a\x90"
#: Signs of cp1252 that are no printable characters in ISO-8859-15.
_ONLY_WINDOWS = bytes(range(0x80, 0xA0))
_MAGIC = {
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "a ZIP archive or a spreadsheet under another name",
    b"\x1f\x8b": "a gzip archive without .gz at the end of its name, or one inside an archive",
    b"7z\xbc\xaf": "a 7z archive",
    b"Rar!": "a RAR archive",
    b"\xd0\xcf\x11\xe0": "an old Office document under another name",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"{\\rtf": "an RTF document",
    b"<?xml": "an XML document",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
}


@dataclass(frozen=True, slots=True)
class Survey:
    """What one pass over a file told.

    Attributes:
        size: bytes of the text, unfolded; without the sign that ends a file under DOS (0x1A).
        digest: SHA-256, hexadecimal.
        encoding: the decoder's name.
        start: bytes of a byte order mark.
        mixed: some rows are written in another encoding; they are held one by one.
        long_lines: lines beyond 64 KB exist.
    """

    size: int
    digest: str
    encoding: str
    start: int
    mixed: bool
    long_lines: bool


def survey(open_stream: Callable[[], BinaryIO], told: str | None, where: str, limit: int) -> Survey:
    """Read all of a file once (twice when it is no UTF-8).

    Raises:
        FileRefused: it is no text, too large, or its encoding is in doubt.
    """
    digest = hashlib.sha256()
    decoder = codecs.getincrementaldecoder("utf-8")()
    size, since_newline, long_lines, valid, ascii_only, returns = 0, 0, False, True, True, False
    head, last = b"", 0
    with open_stream() as stream:
        while chunk := stream.read(_CHUNK):
            last = chunk[-1]
            if not size:
                head = chunk[:64]
                _refuse_magic(head, where)
            size += len(chunk)
            if size > limit:
                raise refused("HUB-CSV-006", where, detail=f"more than {limit:,} bytes")
            digest.update(chunk)
            long_lines = long_lines or _has_long_line(chunk, since_newline)
            newline = chunk.rfind(b"\n")
            since_newline = since_newline + len(chunk) if newline < 0 else len(chunk) - newline - 1
            if since_newline > MAX_LINE_BYTES:
                raise refused("HUB-CSV-006", where, detail=f"a line of more than {MAX_LINE_BYTES:,} bytes")
            returns = returns or (newline < 0 and b"\r" in chunk)
            ascii_only = ascii_only and chunk.isascii()
            if valid and not (ascii_only and chunk.isascii()):
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    valid = False
    try:
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        valid = False
    if returns and since_newline == size:
        raise refused("HUB-CSV-011", where, detail="its lines end with a bare carriage return (old Macintosh)")
    encoding, mixed = ("utf-8", False) if valid else ("", False)
    if told is not None:
        encoding, mixed = told, False
    elif not valid:
        encoding, mixed = _weigh(open_stream, head, where)
    start = 3 if head.startswith(codecs.BOM_UTF8) and encoding == "utf-8" else 0
    size -= last == _END_OF_DOS
    return Survey(size, digest.hexdigest(), encoding, start, mixed, long_lines)


def _refuse_magic(head: bytes, where: str) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refused("HUB-CSV-005", where, detail="it is UTF-16 (Excel calls it Unicode text)")
    bare = head.removeprefix(codecs.BOM_UTF8).lstrip()
    for magic, name in _MAGIC.items():
        if bare.lower().startswith(magic.lower()):
            raise refused("HUB-CSV-011", where, detail=f"it is {name}")
    if head.count(b"\0") > len(head) // 4:
        raise refused("HUB-CSV-011", where, detail="it holds many NUL bytes")


def _has_long_line(chunk: bytes, before: int) -> bool:
    """Looks every 64 KB: a line longer than twice that cannot hide, a shorter one does no harm."""
    first = chunk.find(b"\n")
    if before + (first if first >= 0 else len(chunk)) > _LINE:
        return True
    return any(chunk.find(b"\n", at, at + _LINE) < 0 for at in range(0, len(chunk) - _LINE, _LINE))


@dataclass(slots=True)
class _Weights:
    """What speaks for each encoding: counts of bytes and letters outside ASCII."""

    letters: int = 0
    high: int = 0
    latin: int = 0
    garbled: int = 0
    mac: int = 0
    dos: int = 0
    ligatures: int = 0
    windows: int = 0

    def add(self, block: bytes) -> None:
        """Count whole lines. The costly looks are taken only where a quick one says that they find something."""
        high = block.translate(None, _ASCII)  # few bytes, so that what follows costs little
        continuing = _count(high, _CONTINUING)
        self.high += len(high)
        self.latin += len(high) - continuing
        if not continuing:
            return
        if not block.decode("utf-8", "ignore").isascii():  # some of it is UTF-8, well formed
            found = _UTF8_LETTER.findall(block)
            self.letters += len(found)
            self.high -= sum(map(len, found))
        windows = _count(high, _ONLY_WINDOWS)
        self.windows += windows
        if windows and windows >= len(high) - continuing:  # else the letters beside them outweigh even the worst
            self.garbled += block.translate(_NOT_IN_WORDS).count(_PATTERN)
            self.garbled += block.translate(_NOT_IN_SMALL_WORDS).count(_PATTERN)
            self.mac += _count(high, _OF_MAC)
            self.dos += _count(high, _OF_DOS)
        if not self.windows and any(sign in high for sign in (b"\xa4", b"\xbc", b"\xbd")):
            self.ligatures += high.count(b"\xa4") + block.translate(_LIGATURES).count(_PATTERN)


def _count(block: bytes, signs: bytes) -> int:
    """How many bytes of `block` are among `signs`."""
    return len(block) - len(block.translate(None, signs))


def _weigh(open_stream: Callable[[], BinaryIO], head: bytes, where: str) -> tuple[str, bool]:
    """The encoding of a file that is no valid UTF-8, and whether it is mixed.

    With as many well-formed UTF-8 letters as other high bytes it is UTF-8 with damaged rows. Otherwise it is
    cp1252; rows that are well-formed UTF-8 are then held, for reading them as cp1252 would garble them. Signs inside
    words say that it is cp850, Mac Roman or ISO-8859-15.
    """
    weights = _Weights()
    tail = b""
    with open_stream() as stream:
        while chunk := stream.read(_CHUNK):
            if not chunk.isascii():
                # Whole lines only, so that nothing is counted twice or cut.
                cut = chunk.rfind(b"\n") + 1
                block, tail = (tail + chunk[:cut], chunk[cut:]) if cut else (tail + chunk, b"")
                weights.add(block)
            else:
                tail = b""
    weights.add(tail)
    if head.startswith(codecs.BOM_UTF8) or weights.letters >= max(weights.high, 1):
        return "utf-8", True
    if weights.garbled >= max(weights.latin, 1):
        looks = "Mac Roman (Macintosh)" if weights.mac > weights.dos else "cp850 (DOS)"
        raise refused("HUB-CSV-005", where, detail=f"its accents look like {looks}, not like cp1252 (Windows)")
    if weights.ligatures and not weights.windows and not weights.letters:
        return "iso-8859-15", False
    return "cp1252", weights.letters > 0
