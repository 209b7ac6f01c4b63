"""The files of a stream: what the globs find, members of archives, opened as plain bytes. Nothing is ever written."""

from __future__ import annotations

import fnmatch
import glob
import gzip
import io
import lzma
import os
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO, cast

from hub.plugins.csv.faults import refused, unavailable
from hub.plugins.csv.limits import EXPANSION_FREE_BYTES, MAX_EXPANDED_BYTES, MAX_EXPANSION, MAX_ZIP_MEMBERS
from hub.sdk.globs import base_of

SHEETS = (".xlsx", ".xlsm", ".ods", ".xls")
#: What the standard library raises for archives that are cut, forged or protected.
DAMAGED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    KeyError,
)


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells cheaply that a file may have changed."""

    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class Source:
    """One table: a file, or a member of a ZIP.

    Attributes:
        path: of the file or archive, absolute.
        shown: its name for people, relative to the folder that the glob begins in.
        member: name inside the archive, else empty.
        fault: why the archive cannot be listed, else empty.
    """

    path: Path
    shown: str
    member: str = ""
    fault: str = ""

    @property
    def key(self) -> str:
        """Identity in the cursor."""
        return f"{self.path}!{self.member}" if self.member else str(self.path)

    @property
    def name(self) -> str:
        """For places and listings."""
        return f"{self.shown}/{self.member}" if self.member else self.shown

    @property
    def is_sheet(self) -> bool:
        return self.path.suffix.lower() in SHEETS

    def stamp(self) -> Stamp:
        """Size and time now.

        Raises:
            SourceUnavailable: the file is gone or out of reach.
        """
        try:
            found = os.stat(self.path)
        except FileNotFoundError as error:
            raise unavailable("HUB-CSV-030", self.name, name=self.name) from error
        except OSError as error:
            raise unavailable("HUB-CSV-031", self.name, name=self.name, detail=error.strerror) from error
        return Stamp(found.st_size, found.st_mtime_ns)

    def open(self) -> BinaryIO:
        """The text as bytes, unfolded; its limits are those of `survey`, which reads all of it first.

        Raises:
            FileRefused: the archive is damaged or protected.
            SourceUnavailable: the file is gone or out of reach.
        """
        if self.fault:
            raise refused("HUB-CSV-007", self.name, detail=self.fault)
        try:
            if self.member:
                stamp = self.stamp()
                archive = _archive(self.path, stamp.size, stamp.mtime_ns)
                return cast(BinaryIO, io.BufferedReader(_Member(archive, self.member)))
            if self.path.suffix.lower() == ".gz":
                return cast(BinaryIO, io.BufferedReader(gzip.GzipFile(self.path)))
            return open(self.path, "rb", buffering=1024 * 1024)
        except DAMAGED as error:
            raise refused("HUB-CSV-007", self.name, detail=str(error) or type(error).__name__) from error
        except FileNotFoundError as error:
            raise unavailable("HUB-CSV-030", self.name, name=self.name) from error
        except OSError as error:
            raise unavailable("HUB-CSV-031", self.name, name=self.name, detail=error.strerror) from error

    def limit(self) -> int:
        """Bytes that the text may have: an archive that unfolds beyond reason is a bomb."""
        if not self.member and self.path.suffix.lower() != ".gz":
            return MAX_EXPANDED_BYTES
        folded = self.stamp().size
        return min(MAX_EXPANDED_BYTES, max(EXPANSION_FREE_BYTES, folded * MAX_EXPANSION))


@lru_cache(maxsize=1)
def _archive(path: Path, size: int, mtime_ns: int) -> zipfile.ZipFile:
    """The archive, its list of members read once: reading it for each member anew takes minutes for a thousand."""
    return zipfile.ZipFile(path)


class _Member(io.RawIOBase):
    """A member of a ZIP."""

    def __init__(self, archive: zipfile.ZipFile, member: str) -> None:
        self._stream = archive.open(member)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        chunk = self._stream.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._stream.seek(offset, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
        super().close()


@contextmanager
def reading(source: Source) -> Iterator[None]:
    """Turns what can go wrong while bytes are read into refusals and outages of this `source`."""
    try:
        yield
    except DAMAGED as error:
        raise refused("HUB-CSV-007", source.name, detail=str(error) or type(error).__name__) from error
    except OSError as error:
        raise unavailable("HUB-CSV-031", source.name, name=source.name, detail=error.strerror or str(error)) from error


def find(patterns: Sequence[Path]) -> list[Source]:
    """The tables that `patterns` name, in the order of the patterns, by name within each; each once.

    A pattern without glob characters is found whether it exists or not: a missing file is then reported by name.

    Raises:
        SourceUnavailable: the folder that a glob begins in is not there (HUB-CSV-036).
    """
    found: dict[str, Source] = {}
    for pattern in patterns:
        text = str(pattern)
        if pattern.is_dir():
            pattern = pattern / "*"
            text = glob.escape(str(pattern.parent)) + "/*"
        is_glob = glob.has_magic(text) and not pattern.is_file()
        base = base_of(pattern) if is_glob else pattern.parent
        if is_glob and not base.is_dir():
            raise unavailable("HUB-CSV-036", str(base), name=str(base), pattern=pattern.name)
        paths = sorted(glob.glob(text, recursive=True)) if is_glob else [text]
        for path in map(Path, paths):
            if is_glob and (path.name.startswith((".", "~$")) or not _is_file(path)):
                continue
            for source in _tables(path, path.relative_to(base).as_posix()):
                found.setdefault(source.key, source)
    return list(found.values())


def other_capitals(patterns: Sequence[Path]) -> list[tuple[str, str]]:
    """Files that a glob would find if capitals did not count (``FACT.CSV`` for ``*.csv``), each with the glob."""
    found = []
    for pattern in patterns:
        if glob.has_magic(pattern.name) and base_of(pattern) == pattern.parent and pattern.parent.is_dir():
            fits = re.compile(fnmatch.translate(pattern.name), re.IGNORECASE).match
            near = [name for name in os.listdir(pattern.parent) if fits(name) and not name.startswith((".", "~$"))]
            met = {path.name for other in patterns for path in map(Path, glob.glob(str(other)))}
            found += [(name, pattern.name) for name in sorted(near) if name not in met]
    return found


def is_many(patterns: Sequence[Path]) -> bool:
    """True when the configuration may mean several files."""
    return len(patterns) > 1 or any(glob.has_magic(str(pattern)) or pattern.is_dir() for pattern in patterns)


def _is_file(path: Path) -> bool:
    """Regular files only: a pipe or a device would never end."""
    try:
        return stat.S_ISREG(os.stat(path).st_mode)
    except OSError:
        return False


def _tables(path: Path, shown: str) -> list[Source]:
    if path.suffix.lower() != ".zip" or not path.exists():
        return [Source(path, shown)]
    try:
        found = os.stat(path)
        names = _members(path, found.st_size, found.st_mtime_ns)
    except DAMAGED as error:
        return [Source(path, shown, fault=str(error) or type(error).__name__)]
    except OSError:
        return [Source(path, shown)]
    if len(names) > MAX_ZIP_MEMBERS:
        return [Source(path, shown, fault=f"it has {len(names)} members, {MAX_ZIP_MEMBERS} are allowed")]
    return [
        Source(
            path,
            shown,
            name,
            fault=_fault_of(name, times),
        )
        for name, times in names.items()
    ]


@lru_cache(maxsize=4)
def _members(path: Path, size: int, mtime_ns: int) -> dict[str, int]:
    """The names of the tables in an archive, sorted, and how often each stands there; hidden ones are left out."""
    names = [member.filename for member in _archive(path, size, mtime_ns).infolist()]
    return {
        name: times
        for name, times in sorted(Counter(names).items())
        if not name.endswith("/")  # a folder
        and not any(part.startswith((".", "__MACOSX")) and part != ".." for part in PurePosixPath(name).parts)
    }


def _fault_of(name: str, times: int) -> str:
    """Why a member is not read, else empty. Of two members of one name only the last could be reached."""
    if not name:
        return "one of its members has no name"
    if not _stays_inside(name):
        return f"its member {name[:80]!r} climbs out of it"
    return f"{times} of its members have the name {name[:80]!r}" if times > 1 else ""


def _stays_inside(name: str) -> bool:
    """A name like ../x never reaches a disk here, yet an honest archive has none."""
    path = PurePosixPath(name.replace("\\", "/"))
    return not path.is_absolute() and ".." not in path.parts and ":" not in name
