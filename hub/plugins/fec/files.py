"""The files of a company's ledger: which there are, and how each is written. Nothing is ever written to them."""

from __future__ import annotations

import codecs
import glob
import hashlib
import re
import stat
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from hub.plugins.fec.faults import FileRefused, refused, unavailable

#: Bytes of one file; 1,000,000 lines are about 180 MB. HUB-FEC-003.
MAX_BYTES = 4 * 1024**3
#: Bytes in which the header line must stand.
HEAD_BYTES = 64 * 1024
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")

#: The columns of the law (LPF A47 A-1), folded, in their order; a file without names is read in it.
COLUMNS = (
    "journalcode", "journallib", "ecriturenum", "ecrituredate", "comptenum", "comptelib", "compauxnum", "compauxlib",
    "pieceref", "piecedate", "ecriturelib", "debit", "credit", "ecriturelet", "datelet", "validdate", "montantdevise",
    "idevise",
)  # fmt: skip
#: What some programs call a column instead.
_ALIASES = {
    "ecrturelet": "ecriturelet", "ecriturelettrage": "ecriturelet", "lettrage": "ecriturelet",
    "lettragepiece": "ecriturelet", "datelettrage": "datelet", "iddevise": "idevise", "codedevise": "idevise",
    "comptaux": "compauxnum", "compteauxnum": "compauxnum", "compteauxlib": "compauxlib",
}  # fmt: skip
_KNOWN = {*COLUMNS, "montant", "sens"}
_NEEDED = ("journalcode", "ecrituredate", "comptenum")
_NAME = re.compile(r"(?P<siren>\d{9}(?:\d{5})?)[ _-]?FEC[ _-]?(?P<closed>\d{8})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Ledger:
    """One file: its path, its name for people, and what tells cheaply that it changed."""

    path: Path
    name: str
    size: int
    mtime_ns: int

    @property
    def siren(self) -> str:
        """The company by the file's name (SIREN, FEC, closing date), empty when it does not say."""
        found = _NAME.search(self.name)
        return found["siren"][:9] if found else ""

    @property
    def closed(self) -> str:
        """The closing date by the file's name, AAAAMMJJ, empty when it does not say."""
        found = _NAME.search(self.name)
        return found["closed"] if found else ""


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one file is written.

    Attributes:
        columns: place of each known column, by folded name; `width` is the number of fields.
        headless: the file has no line of names; the legal order is taken.
        quoted: its fields stand in quotes.
        sure: its letters say in which encoding it is written.
    """

    encoding: str
    delimiter: str
    columns: dict[str, int]
    headers: tuple[str, ...]
    width: int
    headless: bool
    quoted: bool
    digest: str
    sure: bool = True


def find(patterns: Sequence[Path]) -> list[Ledger]:
    """The files that `patterns` name, by path, each once; hidden and unfinished ones are left out.

    Raises:
        SourceUnavailable: a file given by name is not there, or nothing matches at all.
    """
    found: dict[str, Ledger] = {}
    for pattern in patterns:
        text = str(pattern)
        is_glob = pattern.is_dir() or (glob.has_magic(text) and not pattern.is_file())
        if pattern.is_dir():
            text = glob.escape(text) + "/*"
        for path in map(Path, sorted(glob.glob(text, recursive=True)) if is_glob else [text]):
            if is_glob and (path.name.startswith((".", "~$")) or path.name.lower().endswith(_UNFINISHED)):
                continue
            try:
                state = path.stat()
            except OSError as error:
                if is_glob:
                    continue
                code = "HUB-FEC-030" if isinstance(error, FileNotFoundError) else "HUB-FEC-031"
                raise unavailable(code, path.name, name=path.name, detail=error.strerror) from None
            if stat.S_ISREG(state.st_mode):
                found.setdefault(str(path), Ledger(path, path.name, state.st_size, state.st_mtime_ns))
    if not found:
        shown = ", ".join(map(str, patterns))
        raise unavailable("HUB-FEC-033", shown, pattern=shown)
    return [found[path] for path in sorted(found)]


def look(ledger: Ledger, encoding: str | None) -> Dialect:
    """Read the file once from end to end: its digest, its encoding, its columns.

    Raises:
        FileRefused: it is no FEC.
        SourceUnavailable: it cannot be read now, or is not there to its end.
    """
    if ledger.size > MAX_BYTES:
        raise refused("HUB-FEC-003", ledger.name, detail=f"{ledger.size:,} bytes, {MAX_BYTES:,} are allowed")
    total, letters = hashlib.sha256(), _Letters()
    try:
        with ledger.path.open("rb") as stream:
            head = stream.read(HEAD_BYTES)
            if b"\0" in head or head.startswith((b"PK\3\4", b"%PDF", b"\x1f\x8b", b"\xff\xfe", b"\xfe\xff")):
                raise refused("HUB-FEC-002", ledger.name, detail=_kind(head))
            chunk, tail = head, b""
            while chunk:
                total.update(chunk)
                letters.feed(chunk)
                tail = (tail + chunk)[-HEAD_BYTES:]
                chunk = stream.read(1024 * 1024)
    except OSError as error:
        raise unavailable("HUB-FEC-031", ledger.name, name=ledger.name, detail=error.strerror) from None
    name = encoding or letters.encoding(bom=head.startswith(codecs.BOM_UTF8))
    if head.startswith(codecs.BOM_UTF8) and name == "utf-8":
        name = "utf-8-sig"
    dialect = _dialect(ledger, head, name, total.hexdigest())
    _check_end(ledger, dialect, tail)
    return dialect if encoding or letters.sure else replace(dialect, sure=False)


def _check_end(ledger: Ledger, dialect: Dialect, tail: bytes) -> None:
    """A last line without an end that has too few fields: the rest of the file is not there, and is not gone."""
    *before, last = re.split(rb"[\r\n]", tail.rstrip(b"\x1a"))
    found = last.count(dialect.delimiter.encode()) + 1
    if before and last.strip() and found < dialect.width:
        raise unavailable("HUB-FEC-037", ledger.name, name=ledger.name, found=found, wanted=dialect.width)


def _kind(head: bytes) -> str:
    if head.startswith(b"PK\3\4"):
        return "it is a spreadsheet or a ZIP archive"
    if head.startswith(b"%PDF"):
        return "it is a PDF document"
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "it is written in UTF-16"
    return "it is compressed" if head.startswith(b"\x1f\x8b") else "it holds NUL bytes"


def _dialect(ledger: Ledger, head: bytes, encoding: str, digest: str) -> Dialect:
    text = head.decode(encoding, errors="replace").lstrip("\ufeff\r\n ")
    first = re.split(r"[\r\n]", text, maxsplit=1)[0]
    best: tuple[int, str, list[str]] = (-1, "\t", [])
    for delimiter in ("\t", "|", ";", ","):
        names = [fold(name) for name in first.split(delimiter)]
        known = len(_KNOWN & set(names))
        if known > best[0]:
            best = (known, delimiter, names)
    known, delimiter, names = best
    if known < 3 and (guess := _headless(first)):
        columns = {name: place for place, name in enumerate(COLUMNS)}
        return Dialect(encoding, guess, columns, COLUMNS, len(COLUMNS), True, False, digest)
    places: dict[str, int] = {}
    for place, name in enumerate(names):
        places.setdefault(name, place)
    missing = [name for name in _NEEDED if name not in places]
    if not ({"debit", "credit"} <= places.keys() or {"montant", "sens"} <= places.keys()):
        missing.append("debit and credit")
    shown = tuple(name.strip().strip('"') for name in first.split(delimiter))
    if missing:
        found = ", ".join(name[:30] for name in shown[:25]) or "nothing"
        raise refused("HUB-FEC-001", ledger.name, missing=", ".join(missing), found=found)
    width = len(names)
    while width and not names[width - 1]:
        width -= 1
    quoted = first.strip().startswith('"') and first.strip().rstrip(delimiter).endswith('"')
    return Dialect(encoding, delimiter, places, shown[:width], width, False, quoted, digest)


def _headless(first: str) -> str:
    """The separator of a file without a line of names: 18 fields, dates where the law has them."""
    for delimiter in ("\t", "|"):
        cells = [cell.strip() for cell in first.split(delimiter)]
        if len(cells) in (18, 19) and re.fullmatch(r"(19|20)\d{6}", cells[3]) and re.fullmatch(r"\w{3,}", cells[4]):
            return delimiter
    return ""


def fold(name: str) -> str:
    """A header for comparison: no case, accents, blanks, quotes, points or underlines."""
    plain = unicodedata.normalize("NFKD", name)
    folded = "".join(letter for letter in plain.lower() if letter.isascii() and letter.isalnum())
    return _ALIASES.get(folded, folded)


class _Letters:
    """Which encoding the bytes above 127 speak for. Valid UTF-8 throughout is UTF-8; old exports are told apart by
    the French letters they would hold."""

    #: é è à ç ê ô û î ù ° É Ê Ë À in cp850, and é è à ç ê ô û î ù ° É È Ê Ë À Ç Î in cp1252 (the same as ISO 8859-15).
    _DOS = b"\x82\x8a\x85\x87\x88\x93\x96\x8c\x97\xf8\x90\xd2\xd3\xb7"
    _WINDOWS = b"\xe9\xe8\xe0\xe7\xea\xf4\xfb\xee\xf9\xb0\xc9\xc8\xca\xcb\xc0\xc7\xce"
    #: Letters that are enough to tell; the rest of a large file is only looked at for being UTF-8.
    _ENOUGH = 5_000
    _PAIR = re.compile(rb"[\xc3\xc2][\x80-\xbf]|\xe2\x80[\x80-\xbf]|\xe2\x82\xac")

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._valid = True
        self._dos = self._windows = self._pairs = self._controls = self._euros = self._high = 0

    def feed(self, chunk: bytes) -> None:
        if chunk.isascii():
            return
        if self._valid:
            try:
                self._decoder.decode(chunk)
            except UnicodeDecodeError:
                self._valid = False
        if self._valid or self._high > self._ENOUGH:
            return
        high = chunk.translate(None, bytes(range(128)))
        self._high += len(high)
        self._dos += len(high) - len(high.translate(None, self._DOS))
        self._windows += len(high) - len(high.translate(None, self._WINDOWS))
        self._controls += len(high) - len(high.translate(None, bytes(range(0x80, 0xA0))))
        self._euros += high.count(b"\xa4")
        self._pairs += sum(map(len, self._PAIR.findall(chunk)))

    @property
    def sure(self) -> bool:
        """True unless letters that might be of either old encoding are all there is."""
        return self._valid or self._pairs > 0 or self._dos != self._windows

    def encoding(self, *, bom: bool) -> str:
        if bom or self._valid:
            return "utf-8"
        if self._pairs * 2 > self._high:
            return "utf-8"  # damaged in places: those lines are held
        if self._dos > self._windows:
            return "cp850"
        return "iso8859-15" if self._euros and not self._controls else "cp1252"


__all__ = ["COLUMNS", "Dialect", "FileRefused", "Ledger", "find", "fold", "look"]
