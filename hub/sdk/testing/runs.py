"""Reading a source as the hub does: page after page, each unit mapped by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from hub.sdk.errors import RecordRejected
from hub.sdk.money import Money
from hub.sdk.records import Record
from hub.sdk.roles import RecordSource
from hub.sdk.units import MAX_PAGE_UNITS, Cursor, Page, RawUnit

#: Pages that may follow each other without a unit before a run counts as endless.
_EMPTY_PAGES = 1_000
_AMOUNTS = {"invoice": "total_minor", "credit_note": "total_minor"}


@dataclass(frozen=True)
class Mapped:
    """What one unit gave: records, or the reason why it is held."""

    unit: RawUnit
    records: tuple[Record, ...] = ()
    rejected: RecordRejected | None = None


def pages(
    source: RecordSource, stream: str, limit: int = MAX_PAGE_UNITS, cursor: Cursor | None = None
) -> Iterator[Page]:
    """The pages of a run of `stream` after `cursor`, units made, until the source says that it was the last.

    Raises:
        AssertionError: the run does not end: a cursor came back, or page after page is empty.
    """
    seen = {cursor}
    empty = 0
    while True:
        page = source.fetch(stream, cursor, limit)
        units = list(page.units)
        yield Page(units, page.cursor, page.last, page.origin, page.fingerprint, page.skipped)
        if page.last:
            return
        assert page.cursor not in seen, f"{stream}: the cursor {page.cursor!r} comes a second time: the run never ends"
        empty = 0 if units else empty + 1
        assert empty < _EMPTY_PAGES, f"{stream}: {empty} pages without a unit, and none is the last"
        cursor = page.cursor
        seen.add(cursor)


def run_source(
    source: RecordSource, stream: str, limit: int = MAX_PAGE_UNITS, cursor: Cursor | None = None
) -> list[RawUnit]:
    """All units of `stream` after `cursor`, read `limit` at a time."""
    return [unit for page in pages(source, stream, limit, cursor) for unit in page.units]


def map_units(source: RecordSource, stream: str, units: Iterable[RawUnit]) -> list[Mapped]:
    """What each unit gives. A unit that `fetch` rejected already is not mapped."""
    return [_mapped(source, stream, unit) for unit in units]


def read_records(source: RecordSource) -> list[Mapped]:
    """A complete run over all streams, mapped. Of units with one ref the last is kept, as in a ledger."""
    mapped: list[Mapped] = []
    for stream in source.streams():
        latest = {unit.ref: unit for unit in run_source(source, stream.name)}
        mapped += map_units(source, stream.name, latest.values())
    return mapped


def totals(records: Iterable[Record], kind: str) -> dict[str, int]:
    """Sum of the amounts of all records of `kind`, in minor units, by currency; zero sums are left out."""
    sums: dict[str, int] = defaultdict(int)
    for record in records:
        if record.kind == kind:
            sums[getattr(record, "currency")] += getattr(record, _AMOUNTS.get(kind, "amount_minor"))  # noqa: B009 any kind
    return {currency: minor for currency, minor in sorted(sums.items()) if minor}


def by_currency(expected: Money | Sequence[Money]) -> dict[str, int]:
    """Expected totals as `totals` gives them."""
    amounts = [expected] if isinstance(expected, Money) else expected
    return {amount.currency: amount.minor for amount in sorted(amounts, key=lambda it: it.currency) if amount.minor}


def _mapped(source: RecordSource, stream: str, unit: RawUnit) -> Mapped:
    if unit.rejected is not None:
        return Mapped(unit, rejected=unit.rejected)
    try:
        return Mapped(unit, tuple(source.map(stream, unit)))
    except RecordRejected as rejected:
        return Mapped(unit, rejected=rejected)
