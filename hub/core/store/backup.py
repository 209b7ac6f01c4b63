"""A backup: every table in a form that no data base owns, in one ZIP file, with a digest of each part.

It is one state of the data base (a snapshot on both), read while the hub works on. Because it is plain rows, what was
saved from SQLite can be restored into PostgreSQL and the other way round.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import IO, Any

import sqlalchemy as sa

from hub.core.store.database import Store
from hub.core.store.revision import HEAD
from hub.core.store.tables import whole_metadata
from hub.sdk.errors import ConfigError

#: Of the file's own layout; raised when an older hub could not read it any more.
FORMAT = 1
#: Whose lease it was says nothing to a restored hub.
LEFT_OUT = ("run_lease",)
MANIFEST, DIGEST, SETTINGS = "manifest.json", "manifest.sha256", "hub.toml"
_ROWS_AT_ONCE, _LARGE_ROWS_AT_ONCE = 2_000, 40
#: Tables of which a row may have megabytes.
_LARGE = ("evidence", "page", "inbox")


@dataclass(frozen=True, slots=True)
class Part:
    """One table of a backup: columns with their kind (plain, bytes, date), rows, SHA-256 of its lines."""

    name: str
    columns: tuple[tuple[str, str], ...]
    rows: int
    digest: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself; `made_at` in microseconds UTC, `digest` the SHA-256 of all this as written."""

    format: int
    hub: str
    revision: str
    made_at: int
    data_base: str
    parts: tuple[Part, ...]
    digest: str = ""

    @property
    def rows(self) -> int:
        """All rows of all tables."""
        return sum(part.rows for part in self.parts)


def write_backup(
    store: Store, target: Path, *, made_at: int, version: str, settings: str, progress: Callable[[str, int], None]
) -> Manifest:
    """Write a backup of the present state to `target`, which appears when it is whole; readable by its owner only.

    Args:
        settings: the text of the configuration, without secrets, kept for whoever restores.

    Raises:
        ConfigError: the file cannot be written.
        DatabaseUnreachable: the data base cannot be read.
    """
    unfinished = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
                parts = []
                with store.read() as connection:
                    for table in whole_metadata().sorted_tables:
                        if table.name not in LEFT_OUT:
                            parts.append(_write_part(archive, connection, table))
                            progress(table.name, parts[-1].rows)
                manifest = Manifest(FORMAT, version, HEAD, made_at, store.engine.dialect.name, tuple(parts))
                text = json.dumps(asdict(manifest), indent=1).encode()
                archive.writestr(SETTINGS, settings)
                archive.writestr(MANIFEST, text)
                digest = hashlib.sha256(text).hexdigest()
                archive.writestr(DIGEST, digest)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise ConfigError(
            code="HUB-BAK-005", what=f"the backup cannot be written: {error.strerror or error}", where=str(target),
            mend="make room, or name another place with --out",
        ) from error  # fmt: skip
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    return Manifest(**{**_plain(manifest), "digest": digest})


def _plain(manifest: Manifest) -> dict[str, Any]:
    return {name: getattr(manifest, name) for name in manifest.__slots__}


def _kind(column: sa.Column[Any]) -> str:
    if isinstance(column.type, sa.LargeBinary):
        return "bytes"
    return "date" if isinstance(column.type, sa.Date) else "plain"


def _write_part(archive: zipfile.ZipFile, connection: sa.Connection, table: sa.Table) -> Part:
    columns = tuple((column.name, _kind(column)) for column in table.columns)
    tell = [_TELL[kind] for _, kind in columns]
    digest, number = hashlib.sha256(), 0
    at_once = _LARGE_ROWS_AT_ONCE if table.name in _LARGE else _ROWS_AT_ONCE
    rows = connection.execution_options(yield_per=at_once).execute(sa.select(table))
    with archive.open(_place(table.name), "w", force_zip64=True) as file:
        for some in rows.partitions():
            lines = [
                json.dumps([told(value) for told, value in zip(tell, row, strict=True)], ensure_ascii=False)
                for row in some
            ]
            text = ("\n".join(lines) + "\n").encode()
            digest.update(text)
            file.write(text)
            number += len(lines)
    return Part(table.name, columns, number, digest.hexdigest())


def _bytes(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _date(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


_TELL: Mapping[str, Callable[[Any], Any]] = {"bytes": _bytes, "date": _date, "plain": lambda value: value}


def _place(table: str) -> str:
    return f"tables/{table}.jsonl"


@contextmanager
def opened(path: Path) -> Iterator[Reader]:
    """A backup to be restored, every digest checked.

    Raises:
        ConfigError: it is no backup, was damaged, or was made by a newer hub.
    """
    with contextlib.ExitStack() as stack:
        try:
            reader = Reader(stack.enter_context(zipfile.ZipFile(path)), path)
        except ConfigError:
            raise
        except Exception as error:  # whatever a broken file makes of its readers: it is refused
            raise damaged(path, f"{type(error).__name__}: {error}") from error
        yield reader


class Reader:
    """An opened backup."""

    def __init__(self, archive: zipfile.ZipFile, path: Path) -> None:
        self._archive, self._path = archive, path
        self.name = str(path)
        text = archive.read(MANIFEST)
        digest = hashlib.sha256(text).hexdigest()
        if archive.read(DIGEST).decode("ascii", "replace").strip() != digest:
            raise damaged(path, f"{MANIFEST} does not give its digest")
        values = json.loads(text)
        if values["format"] > FORMAT:
            raise newer(path, f"format {values['format']}")
        parts = tuple(
            Part(part["name"], tuple((name, kind) for name, kind in part["columns"]), part["rows"], part["digest"])
            for part in values.pop("parts")
        )
        self.manifest = Manifest(**{**values, "parts": parts, "digest": digest})
        for part in self.manifest.parts:
            self._check(part)

    def _check(self, part: Part) -> None:
        digest, lines = hashlib.sha256(), 0
        with self._archive.open(_place(part.name)) as file:
            while some := file.read(1 << 20):
                digest.update(some)
                lines += some.count(b"\n")
        if (digest.hexdigest(), lines) != (part.digest, part.rows):
            raise damaged(self._path, f"table {part.name} does not give its digest")

    def damaged(self, why: str) -> ConfigError:
        """The error of a file that cannot be restored from."""
        return damaged(self._path, why)

    def batches(self, part: Part) -> Iterator[list[tuple[Any, ...]]]:
        """The rows of a table, some at a time: values as a driver takes them, dates as ISO text."""
        places = [place for place, (_, kind) in enumerate(part.columns) if kind == "bytes"]
        with self._archive.open(_place(part.name)) as file:
            while lines := _some_lines(file):
                rows = [json.loads(line) for line in lines]
                for place in places:
                    for row in rows:
                        row[place] = None if row[place] is None else base64.b64decode(row[place])
                yield [tuple(row) for row in rows]


def _some_lines(file: IO[bytes]) -> list[bytes]:
    """Up to 5,000 lines or about 4 MB."""
    lines: list[bytes] = []
    size = 0
    while len(lines) < 5_000 and size < 4_000_000 and (line := file.readline()):
        lines.append(line)
        size += len(line)
    return lines


def damaged(path: Path, why: str) -> ConfigError:
    """The file cannot be restored from."""
    return ConfigError(
        code="HUB-BAK-001", what=f"this is no backup, or it was damaged: {why}", where=str(path),
        mend="take another backup; nothing was changed",
    )  # fmt: skip


def newer(path: Path, what: str) -> ConfigError:
    """A newer hub made the file."""
    return ConfigError(
        code="HUB-BAK-002", what=f"the backup was made by a newer hub ({what})", where=str(path),
        mend="install that version of the hub, then restore; nothing was changed",
    )  # fmt: skip
