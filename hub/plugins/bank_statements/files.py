"""The files of a connector: which exist, which are new, which are still being written. Only read, never moved."""

from __future__ import annotations

import codecs
import glob
import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import CODES
from hub.plugins.bank_statements.limits import HEAD_BYTES
from hub.plugins.bank_statements.recognise import Kind, recognise
from hub.sdk.errors import SourceUnavailable
from hub.sdk.globs import base_of

#: Names that programs give to files which are not finished, or not meant to be seen.
_UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~")
_ISO = rb"\s*(?P<iso>\d{4}-\d\d-\d\d)"
#: Where a format says when its first statement opens, best place first.
_OPENED = {
    "cfonb120": [re.compile(rb"(?:^|\n)01.{32}(?P<d>\d\d)(?P<m>\d\d)(?P<y>\d\d)")],
    "camt": [
        re.compile(rb">\s*(?:OPBD|PRCD)\s*<.{1,2000}?[:<](?:Dt|DtTm)>" + _ISO, re.DOTALL),
        re.compile(rb"[:<](?:FrDtTm|FrDt)>" + _ISO),
        re.compile(rb"BookgDt>\s*<[^>]*>" + _ISO),
        re.compile(rb"CreDtTm>" + _ISO),
    ],
    "mt940": [re.compile(rb":60[FM]:[CD](?P<y>\d\d)(?P<m>\d\d)(?P<d>\d\d)")],
    "ofx": [re.compile(rb"<(?:DTSTART|DTPOSTED|DTASOF)>\s*(?P<y4>\d{4})(?P<m>\d\d)(?P<d>\d\d)", re.IGNORECASE)],
}


#: What a balance says, opening and closing, for statements of one day: where it stands and how it is written.
_CFONB_END = rb"(?:^|\n)%s(.{5}).{4}(.{5}).{5}(.{11}).{58}(.{14})"
_CAMT_END = rb">\s*%s\s*<.{1,300}?[:<]Amt[^>]*>([^<]+)<.{1,60}?[:<]CdtDbtInd>([^<]+)<"
_ENDS = {
    "cfonb120": (re.compile(_CFONB_END % b"01"), re.compile(_CFONB_END % b"07")),
    "camt": (re.compile(_CAMT_END % b"(?:OPBD|PRCD)", re.DOTALL), re.compile(_CAMT_END % b"CLBD", re.DOTALL)),
    "mt940": (
        re.compile(rb":60[FM]:([CD])\d{6}([A-Z]{3}[0-9,]+)"),
        re.compile(rb":62[FM]:([CD])\d{6}([A-Z]{3}[0-9,]+)"),
    ),
}
TAIL_BYTES = 4096


@dataclass(frozen=True, slots=True)
class Found:
    """A file that exists: `name` identifies it in the cursor, `label` in places for people."""

    name: str
    path: str
    size: int
    mtime_ns: int

    @property
    def label(self) -> str:
        """Its name without its folder."""
        return os.path.basename(self.path)


@dataclass(frozen=True, slots=True)
class Looked:
    """A file that was looked at once from end to end: digest, kind, date of its first opening balance (or empty).

    `ends` are its first opening and its last closing balance as written, with the sign: for putting statements of one
    day in order, no more; empty when they are not found in its first and last bytes.
    """

    found: Found
    sha256: str
    kind: Kind
    opened_on: str
    ends: tuple[str, str] = ("", "")


def listed(config: StatementsConfig) -> Iterator[Found]:
    """The regular files of the configuration, by name, each once; unfinished and hidden ones are left out.

    Raises:
        SourceUnavailable: HUB-BANK-001, the folder or a file given by name cannot be looked at.
    """
    seen: set[str] = set()
    for name, path in sorted(_candidates(config)):
        try:
            state = os.stat(path)
        except FileNotFoundError:
            continue  # deleted since it was listed
        except OSError as error:
            raise _unavailable("file", path, error) from None
        if stat.S_ISREG(state.st_mode) and path not in seen:
            seen.add(path)
            yield Found(name, path, state.st_size, state.st_mtime_ns)


def _candidates(config: StatementsConfig) -> Iterator[tuple[str, str]]:
    """Name and path of what the folder holds and the globs give."""
    if config.folder is not None:
        try:
            names = os.listdir(config.folder)
        except OSError as error:
            raise _unavailable("folder", str(config.folder), error) from None
        for name in names:
            if not name.startswith(".") and not name.lower().endswith(_UNFINISHED):
                yield name, os.path.join(config.folder, name)
    for pattern in config.files:
        text = str(pattern)
        if glob.has_magic(text):
            if not base_of(pattern).is_dir():
                raise _unavailable("folder", str(base_of(pattern)), FileNotFoundError(2, "it does not exist"))
            for path in glob.glob(text):
                if not path.lower().endswith(_UNFINISHED):
                    yield path, path
        elif not Path(text).exists():
            raise _unavailable("file", text, FileNotFoundError(2, "it does not exist"))
        else:
            yield text, text


def _unavailable(kind: str, path: str, error: OSError) -> SourceUnavailable:
    what, mend = CODES["HUB-BANK-001"]
    reason = error.strerror or type(error).__name__
    return SourceUnavailable(
        code="HUB-BANK-001", what=what.format(kind=kind, path=path, reason=reason), where=path, mend=mend
    )


def unchanged(found: Found) -> bool:
    """Whether the file is still as it was when listed: same size, same modification time."""
    try:
        state = os.stat(found.path)
    except OSError:
        return False
    return (state.st_size, state.st_mtime_ns) == (found.size, found.mtime_ns)


def look(found: Found) -> Looked:
    """Read the file once: its digest, its encoding and its kind.

    Raises:
        OSError: it cannot be read.
    """
    with open(found.path, "rb") as stream:
        head = stream.read(HEAD_BYTES)
        total, utf8 = hashlib.sha256(head), _Utf8(head)
        tail = head
        while chunk := stream.read(1024 * 1024):
            total.update(chunk)
            utf8.feed(chunk)
            tail = (tail + chunk)[-TAIL_BYTES:]
    kind = recognise(head, utf8.valid())
    return Looked(found, total.hexdigest()[:20], kind, opened_on(kind, head), ends(kind, head, tail))


class _Utf8:
    """Whether bytes given piece by piece are valid UTF-8."""

    def __init__(self, head: bytes) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("strict")
        self._valid = True
        self.feed(head)

    def feed(self, piece: bytes) -> None:
        if self._valid and (not piece.isascii() or self._decoder.getstate()[0]):
            try:
                self._decoder.decode(piece)
            except UnicodeDecodeError:
                self._valid = False
                self._decoder.reset()

    def valid(self) -> bool:
        return self._valid and not self._decoder.getstate()[0]


def ends(kind: Kind, head: bytes, tail: bytes) -> tuple[str, str]:
    """The first opening and the last closing balance as written: account and amount with its sign."""
    family = "camt" if kind.format.startswith("camt") else kind.format
    if family not in _ENDS:
        return "", ""
    opening, closing = _ENDS[family]
    first = opening.search(head)
    last = closing.search(head) if family == "camt" else next(reversed(list(closing.finditer(tail))), None)
    return _said(first), _said(last)


def _said(found: re.Match[bytes] | None) -> str:
    return " ".join(part.decode("latin-1") for part in found.groups() if part) if found else ""


def in_order(queue: list[Looked]) -> list[Looked]:
    """By opening date, then as they came; among files of one date, one that opens with another's closing balance comes
    after it. What was told first stands, also when everything is read again."""
    queue = sorted(queue, key=lambda looked: (looked.opened_on, looked.found.mtime_ns, looked.found.name))
    result: list[Looked] = []
    for _, same in groupby(queue, key=lambda looked: looked.opened_on):
        day = list(same)
        after = {looked.ends[1]: looked for looked in reversed(day) if looked.ends[1]}
        placed: dict[str, Looked] = {}
        for looked in day:
            chain: dict[str, Looked] = {}
            one: Looked | None = looked
            while one is not None and one.found.name not in chain and one.found.name not in placed:
                chain[one.found.name] = one
                one = after.get(one.ends[0])
            placed |= dict(reversed(chain.items()))
        result += placed.values()
    return result


def opened_on(kind: Kind, head: bytes) -> str:
    """ISO date on which the first statement of the file opens, for sorting; empty when it is not found."""
    family = "camt" if kind.format.startswith("camt") else kind.format
    for pattern in _OPENED.get(family, ()):
        match = pattern.search(head)
        if match is not None:
            parts = {name: value.decode() for name, value in match.groupdict().items()}
            if "iso" in parts:
                return parts["iso"]
            year = parts.get("y4") or f"{'20' if parts['y'] < '60' else '19'}{parts['y']}"
            return f"{year}-{parts['m']}-{parts['d']}"
    return ""
