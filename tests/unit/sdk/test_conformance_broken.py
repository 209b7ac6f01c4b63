"""The kit can fail: sources that break one promise each, and the test that says so."""

from __future__ import annotations

import itertools
import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import Money, Page, RawUnit, RecordRejected
from hub.sdk.records import Record
from hub.sdk.roles import MappedPage
from hub.sdk.testing import (
    BulkMemorySource,
    MemorySource,
    RecordSourceConformance,
    sample_map,
    sample_unit,
)
from hub.sdk.units import MAX_PAGE_BYTES

CANARY = "canary-51aa"
Caught = Callable[[object, Path], set[str]]
UNITS = [sample_unit(n) for n in range(12)]
SAMPLE: dict[str, Any] = {"units": {"invoices": UNITS}, "mapper": sample_map}


class Conformance(RecordSourceConformance):
    """Everything that the sample can prove."""

    expected_total = Money(minor=6_600, currency="EUR")
    expected_refs_count = 12

    def secrets(self) -> Sequence[str]:
        return [CANARY]


Twist = Callable[[Page, str | None, int], Page]


def twisted(twist: Twist) -> type[MemorySource]:
    """A source whose pages are changed by `twist(page, cursor, limit)`."""

    class Twisted(MemorySource):
        def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
            return twist(super().fetch(stream, cursor and cursor.rstrip("\0"), limit), cursor, limit)

    return Twisted


class Stateful(MemorySource):
    """Progress in the object, not in the cursor."""

    def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
        start = 0 if cursor is None else self.__dict__.get("at", 0)
        page = super().fetch(stream, json.dumps({"after": start}), limit)
        self.__dict__["at"] = start + len(page.units)
        return replace(page, cursor=f"page {self.__dict__['at']}")


class Remembers(MemorySource):
    """Its mapping depends on the units seen before."""

    def map(self, stream: str, one: RawUnit) -> Sequence[Record]:
        count = self.__dict__["count"] = self.__dict__.get("count", 0) + 1
        return super().map(stream, one) if count % 7 else []


class Impure(MemorySource):
    """Maps only what it fetched itself."""

    def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
        self.__dict__["fetched"] = True
        return super().fetch(stream, cursor, limit)

    def map(self, stream: str, one: RawUnit) -> Sequence[Record]:
        return super().map(stream, one) if "fetched" in self.__dict__ else []


class OtherInBulk(BulkMemorySource):
    """Other amounts in bulk than one by one."""

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        page = super().map_page(stream, units)
        for columns in page.columns:
            if columns.kind == "invoice":
                columns.values["total_minor"] = [minor + 1 for minor in columns.values["total_minor"]]
        return page


class SilentInBulk(BulkMemorySource):
    """Drops what it cannot map in bulk."""

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        return MappedPage(super().map_page(stream, units).columns, {})


class Talkative(MemorySource):
    """Logs its key."""

    def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
        logging.getLogger("partner.client").debug("calling with %s", CANARY)
        return super().fetch(stream, cursor, limit)


class Chatty(MemorySource):
    """Shows its key in its repr."""

    def __repr__(self) -> str:
        return f"Chatty(key={CANARY})"


class WithoutMap:
    """Plays no role."""

    streams = MemorySource.streams
    fetch = MemorySource.fetch


def invoices(**changes: Any) -> dict[str, Any]:
    """Invoices changed behind the back of validation."""

    def changed(stream: str, one: RawUnit) -> Sequence[Record]:
        debtor, invoice = sample_map(stream, one)
        return [debtor, invoice.model_copy(update=changes)]

    return {"mapper": changed}


def with_unit(changed: RawUnit, **more: Any) -> dict[str, Any]:
    units = [*UNITS[:3], changed, *UNITS[4:]]
    return {"units": {"invoices": units}, "mapper": lambda stream, one: (), **more}


ticks = itertools.count()
BAD = sample_unit("bad", "F3")
WORDLESS = RecordRejected(code="HUB-MEM-001", what="", where="memory:3", mend="correct the amount")
SIZES, RESUME, RERUN = (
    "any_page_size_gives_the_same_units",
    "a_run_resumes_after_any_page",
    "a_second_run_adds_nothing",
)
LIMITS, PRINT = "pages_keep_their_limits", "a_fingerprint_stands_for_its_page"
PURE, BULK, VALID, TOTALS = (
    "map_is_pure",
    "map_page_gives_what_map_gives",
    "records_are_valid",
    "totals_agree",
)
STREAMS, READ, REFS = "streams_are_declared", "the_sample_is_read", "a_ref_has_one_content"
SECRET, WORDS = "no_secret_gets_out", "errors_can_be_understood"
BROKEN: dict[str, tuple[Any, dict[str, Any], set[str]]] = {
    "forgets the last unit of later pages": (
        twisted(lambda page, cursor, limit: replace(page, units=page.units[:-1] if cursor else page.units)),
        {},
        {SIZES, RESUME},
    ),
    "another order in each page size": (
        twisted(lambda page, cursor, limit: replace(page, units=page.units[::-1])),
        {},
        {SIZES},
    ),
    "progress in the object": (Stateful, {}, {RESUME}),
    "no progress at the end": (
        twisted(lambda page, cursor, limit: replace(page, cursor=None if page.last else page.cursor)),
        {},
        {RERUN},
    ),
    "its next page is itself": (
        twisted(lambda page, cursor, limit: replace(page, cursor="", last=False)),
        {},
        {SIZES, LIMITS, READ},
    ),
    "more units than asked": (
        twisted(lambda page, cursor, limit: replace(page, units=[*page.units, *page.units])),
        {},
        {LIMITS},
    ),
    "a cursor that cannot be stored": (
        twisted(lambda page, cursor, limit: replace(page, cursor=f"{page.cursor}\0")),
        {},
        {LIMITS},
    ),
    "another fingerprint each time": (
        twisted(lambda page, cursor, limit: replace(page, fingerprint=b"%d" % next(ticks))),
        {},
        {PRINT},
    ),
    "one fingerprint for all pages": (
        twisted(lambda page, cursor, limit: replace(page, fingerprint=b"one")),
        {},
        {PRINT},
    ),
    "a page beyond the wire": (MemorySource, with_unit(RawUnit("F3", b"x" * MAX_PAGE_BYTES)), {LIMITS}),
    "map remembers": (Remembers, {}, {PURE}),
    "map needs fetch": (Impure, {}, {PURE}),
    "other amounts in bulk": (OtherInBulk, {}, {BULK}),
    "nothing held in bulk": (SilentInBulk, with_unit(BAD, mapper=sample_map), {BULK}),
    "a role not played": (WithoutMap, {}, {STREAMS}),
    "no unit": (MemorySource, {"units": {"invoices": []}}, {READ}),
    "no stream": (MemorySource, {"units": {}}, {STREAMS}),
    "a stream's name": (MemorySource, {"units": {"My invoices": [sample_unit(1)]}}, {STREAMS}),
    "an unknown mode": (MemorySource, {"modes": {"invoices": {"mode": "sometimes"}}}, {STREAMS}),
    "one ref for two contents": (MemorySource, with_unit(RawUnit("F2", b"other")), {REFS, READ}),
    "an empty ref": (MemorySource, with_unit(RawUnit("", b"x")), {READ}),
    "a ref that is no text": (MemorySource, with_unit(RawUnit("F\ud800", b"x")), {READ}),
    "a body that is text": (MemorySource, with_unit(RawUnit("F3", "x")), {READ}),  # type: ignore[arg-type]
    "a rejection without words": (MemorySource, with_unit(replace(BAD, rejected=WORDLESS)), {WORDS}),
    "a key claimed twice": (MemorySource, invoices(number="F", issued_on=date(2026, 1, 1)), {VALID}),
    "an invented currency": (MemorySource, invoices(currency="ZZZ"), {VALID}),
    "a negative invoice": (MemorySource, invoices(total_minor=-1), {VALID, TOTALS}),
    "an amount in floats": (MemorySource, invoices(total_minor=1.5), {VALID}),
    "a day that does not exist": (MemorySource, invoices(issued_on="2026-02-30"), {VALID}),
    "an instant for a date": (MemorySource, invoices(issued_on=datetime(2026, 2, 3, tzinfo=UTC)), {VALID}),
    "a NUL in a text": (MemorySource, invoices(label="\0"), {VALID}),
    "no record at all": (MemorySource, {"mapper": lambda stream, one: ["invoice"]}, {VALID}),
    "another total": (MemorySource, invoices(total_minor=7), {TOTALS}),
    "another currency": (MemorySource, invoices(currency="USD"), {TOTALS}),
    "a secret in a place": (MemorySource, with_unit(replace(BAD, place=CANARY)), {SECRET}),
    "a secret in the log": (Talkative, {}, {SECRET}),
    "a secret in the repr": (Chatty, {}, {SECRET}),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_promise_is_caught(case: str, failing_tests: Caught, tmp_path: Path) -> None:
    """The kit can fail: each source breaks one promise, and the test of that promise says so."""
    cls, changes, expected = BROKEN[case]

    class Kit(Conformance):
        def make_source(self, tmp_path: Path) -> Any:
            return cls(**SAMPLE | changes) if cls is not WithoutMap else WithoutMap()

    assert expected <= failing_tests(Kit(), tmp_path)
