"""Single promises, checked on values: each raises AssertionError with a sentence that names the fault."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from hub.sdk.columns import columns_from_records, records_from_columns, validate_columns
from hub.sdk.errors import HubError, RecordRejected
from hub.sdk.records import KINDS, Debtor, Record
from hub.sdk.roles import BulkMap
from hub.sdk.testing.runs import Mapped
from hub.sdk.units import MAX_PAGE_BYTES, Page, RawUnit, Stream

T = TypeVar("T")
_CODE = re.compile(r"HUB-[A-Z0-9]{2,12}-\d{3}")
_STREAM_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def check_stream(stream: Stream) -> None:
    """Names and modes are among those the hub knows."""
    assert _STREAM_NAME.fullmatch(stream.name), f"stream {stream.name!r} is not lower case letters, digits and _"
    assert stream.mode in ("append", "snapshot"), f"{stream.name}: mode {stream.mode!r} is unknown"
    assert stream.missing in ("keep", "withdrawn", "settled"), f"{stream.name}: missing {stream.missing!r} is unknown"
    assert stream.repeats in ("hold", "latest", "by_origin"), f"{stream.name}: repeats {stream.repeats!r} is unknown"


def check_same_units(expected: Sequence[RawUnit], found: Sequence[RawUnit], when: str) -> None:
    """The same units in the same order: ref, body and layout (the place may be worded differently)."""
    for index, (one, other) in enumerate(zip(expected, found, strict=False)):
        assert one.ref == other.ref, f"{when}: unit {index} is {other.ref!r}, was {one.ref!r}"
        assert (one.body, one.layout) == (other.body, other.layout), f"{when}: unit {one.ref!r} has other content"
        assert wire(one.rejected) == wire(other.rejected), f"{when}: unit {one.ref!r} is rejected differently"
    assert len(expected) == len(found), f"{when}: {len(found)} units instead of {len(expected)}"


def check_unit(unit: RawUnit) -> None:
    """Types of a unit, and texts that can be stored."""
    assert isinstance(unit.body, bytes), f"{unit.ref!r}: body is {type(unit.body).__name__}, not bytes"
    assert unit.ref, "a unit has an empty ref"
    for name, text in (("ref", unit.ref), ("layout", unit.layout), ("place", unit.place)):
        check_text(text, f"{name} of unit {unit.ref!r}")
    assert unit.lines >= 1, f"{unit.ref!r}: lines is {unit.lines!r}"


def check_text(text: str, what: str) -> None:
    """Text that JSON and both data bases carry unchanged: no lone surrogate, no NUL."""
    assert isinstance(text, str), f"{what} is {type(text).__name__}, not text"
    assert "\0" not in text, f"{what} holds the character NUL"
    try:
        text.encode()
    except UnicodeEncodeError:
        raise AssertionError(f"{what} holds a lone surrogate") from None


def check_page(page: Page, limit: int, stream: str) -> None:
    """A page keeps its limits, its cursor is text, its fingerprint bytes."""
    assert len(page.units) <= limit, f"{stream}: a page of {len(page.units)} units was asked for at most {limit}"
    layouts = {unit.layout for unit in page.units}
    size = sum(len(unit.body) + len(unit.ref) + len(unit.place) for unit in page.units) + sum(map(len, layouts))
    assert size <= MAX_PAGE_BYTES, f"{stream}: a page of {size:,} bytes (limit {MAX_PAGE_BYTES:,}): give fewer units"
    if page.cursor is not None:
        check_text(page.cursor, f"{stream}: the cursor")
    assert isinstance(page.fingerprint, bytes), f"{stream}: the fingerprint is no bytes"


def check_refs(units: Sequence[RawUnit], stream: Stream) -> None:
    """One ref, one content within a run, unless the stream says that the latest wins."""
    first: dict[str, RawUnit] = {}
    for unit in units:
        known = first.setdefault(unit.ref, unit)
        same = (known.body, known.layout) == (unit.body, unit.layout)
        assert same or stream.repeats in ("latest", "by_origin"), (
            f"{stream.name}: ref {unit.ref!r} stands for two contents ({known.place} and {unit.place})"
        )


def check_error(error: HubError, where: str) -> None:
    """An error says what, where and how to mend, under a stable code."""
    assert _CODE.fullmatch(error.code), f"{where}: code {error.code!r} is not written like HUB-ABC-123"
    for name in ("what", "where", "mend"):
        assert getattr(error, name).strip(), f"{where}: {error.code} has an empty `{name}`"


def check_records(mapped: Iterable[Mapped]) -> None:
    """Records are of a known kind and valid, and no two units claim one key (stubs of debtors may repeat)."""
    owners: dict[tuple[object, ...], str] = {}
    for one in mapped:
        for columns in columns_from_records([(0, one.records)]):
            _, faults = validate_columns(columns.kind, len(columns.unit), columns.values)
            assert not faults, f"unit {one.unit.ref!r} gives a {columns.kind} that is not valid: {faults}"
        for record in one.records:
            if isinstance(record, Debtor) and record.stub:
                continue
            key = (record.kind, *(getattr(record, name) for name in KINDS[record.kind].key))
            owner = owners.setdefault(key, one.unit.ref)
            assert owner == one.unit.ref, f"units {owner!r} and {one.unit.ref!r} both claim {key}"


def check_same_mapping(expected: Sequence[Mapped], found: Sequence[Mapped], when: str) -> None:
    """The same records and the same rejections, unit by unit."""
    for one, other in zip(expected, found, strict=True):
        assert one.records == other.records, f"{when}: unit {one.unit.ref!r} gives other records"
        assert wire(one.rejected) == wire(other.rejected), f"{when}: unit {one.unit.ref!r} is rejected differently"


def bulk_mapped(source: BulkMap, stream: str, units: Sequence[RawUnit]) -> list[Mapped]:
    """What `map_page` gives, unit by unit; records of one unit ordered by kind."""
    page = source.map_page(stream, units)
    records: dict[int, list[Record]] = {}
    for columns in page.columns:
        assert columns.unit == sorted(columns.unit), f"{stream}: map_page gives {columns.kind} out of order"
        for index, record in records_from_columns(columns):
            records.setdefault(index, []).append(record)
    unknown = (records.keys() | page.rejected.keys()) - set(range(len(units)))
    assert not unknown, f"{stream}: map_page names units that were not asked for: {sorted(unknown)}"
    return [Mapped(unit, by_kind(records.get(index, ())), page.rejected.get(index)) for index, unit in enumerate(units)]


def by_kind(records: Iterable[Record]) -> tuple[Record, ...]:
    """Records in the order of kinds, otherwise as they came: what columns keep of the order."""
    order = list(KINDS)
    return tuple(sorted(records, key=lambda record: order.index(record.kind)))


def wire(rejected: RecordRejected | None) -> dict[str, object] | None:
    """A rejection as plain values, for comparison."""
    return None if rejected is None else rejected.as_wire()


def made_again(make: Callable[[Path], T], folder: Path) -> T:
    """A second object over the same files: rewritten ones keep their time when their content is the same."""
    before = {path: (path.stat(), sha256(path.read_bytes()).digest()) for path in _files(folder)}
    made = make(folder)
    for path, (stat, digest) in before.items():
        if path.is_file() and sha256(path.read_bytes()).digest() == digest:
            os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    return made


@contextmanager
def heard() -> Iterator[list[str]]:
    """Everything that is logged meanwhile, at any level, as text."""
    lines: list[str] = []
    formatter = logging.Formatter("%(name)s %(message)s")

    class _Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(formatter.format(record))

    root = logging.getLogger()
    ear, level = _Ear(logging.DEBUG), root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.removeHandler(ear)
        root.setLevel(level)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]
