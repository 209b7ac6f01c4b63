"""Control totals as a stream: what the books' role `ControlTotals` answers travels, is kept and verified like any fact.

The stream comes last, so the books are asked only when everything else of the run was read. The balances of one seller
on one day are one unit, however many: a debtor left out later, since he owes nothing any more, is withdrawn with its
new version.
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from hub.sdk.columns import records_from_columns
from hub.sdk.context import Clock
from hub.sdk.errors import BrokenPromise, SourceUnavailable
from hub.sdk.records import ControlTotal, Record
from hub.sdk.roles import Columns, ControlTotals, MappedPage, RecordSource
from hub.sdk.units import Cursor, Page, RawUnit, Stream

STREAM = "control_totals"
#: The origin of its pages.
ORIGIN = "control totals"
#: Bytes of units in one page; a unit alone may have more.
PAGE_BYTES = 2 * 1024 * 1024
#: Bytes of one unit, the balances of some 1,200,000 debtors: more does not pass through a frame to the hub.
MOST_BYTES = 40 * 1024 * 1024
#: Into how many units earlier versions cut a day of more than 60,000 balances (see `sync.former_totals`).
FORMER_PIECES = 16
#: What stands in the body of a unit before its balances.
_BALANCES = b', "balances": ['


class WithTotals:
    """A source that plays `ControlTotals`, with its balances of today as one more stream."""

    def __init__(self, source: Any, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._units: list[RawUnit] = []

    def __getattr__(self, name: str) -> Any:
        """Everything else is the source's own."""
        return getattr(self._source, name)

    def streams(self) -> Sequence[Stream]:
        """The source's streams, then its control totals."""
        return [*self._source.streams(), Stream(STREAM, repeats="latest")]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """Of the control totals: the books are asked once, at the first page."""
        if stream != STREAM:
            page: Page = self._source.fetch(stream, cursor, limit)
            return page
        start = int(cursor or 0) if self._units else 0
        if start == 0:
            self._units = units_of(self._source.control_totals(self._clock.today()))
        stop, size = start, 0
        while stop < len(self._units) and stop - start < limit and size < PAGE_BYTES:
            size += len(self._units[stop].body)
            stop += 1
        last = stop >= len(self._units)
        return Page(self._units[start:stop], None if last else str(stop), last, ORIGIN)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """The balances of a unit; other streams as the source maps them."""
        if stream != STREAM:
            records: Sequence[Record] = self._source.map(stream, unit)
            return records
        return [record for columns in self.balances([unit]).columns for _, record in records_from_columns(columns)]

    def balances(self, units: Sequence[RawUnit]) -> MappedPage:
        """The balances of some units, straight in columns: a unit may hold a million of them."""
        page = MappedPage([], {})
        for at, unit in enumerate(units):
            head = json.loads(unit.body[: unit.body.index(_BALANCES)] + b"}")
            debtors, currencies, minors = [], [], []
            for debtor, currency, minor in _rows(unit.body.decode()):
                debtors.append(debtor)
                currencies.append(sys.intern(currency))
                minors.append(minor)
            count = len(debtors)
            values = {
                "seller": [head["seller"]] * count, "debtor_id": debtors, "balance_on": [head["on"]] * count,
                "balance_minor": minors, "currency": currencies,
            }  # fmt: skip
            page.columns.append(Columns("control_total", [at] * count, values))
        return page


def _rows(text: str) -> Iterator[tuple[str, str, int]]:
    """The balances in the body of a unit, one after the other."""
    decode, at = json.JSONDecoder().raw_decode, text.index(_BALANCES.decode()) + len(_BALANCES)
    while text[at] != "]":
        row, at = decode(text, at)
        yield row
        at += 2 if text[at] == "," else 0


def with_totals(source: Any, clock: Clock) -> Any:
    """`source`, with its control totals as a stream when it plays that role and has no such stream of its own."""
    if not (isinstance(source, ControlTotals) and isinstance(source, RecordSource)):
        return source
    return source if any(stream.name == STREAM for stream in source.streams()) else WithTotals(source, clock)


def units_of(totals: Iterable[Any]) -> list[RawUnit]:
    """Balances as units, one by seller and day; the order of the answer does not matter.

    Raises:
        BrokenPromise: something in there is no ControlTotal, or a debtor has two balances in one currency.
        SourceUnavailable: more balances of one seller than one unit may have.
    """
    days: dict[tuple[str, date], list[str]] = defaultdict(list)
    for total in totals:
        if not isinstance(total, ControlTotal):
            raise _broken(f"control_totals gave a {type(total).__name__}, no ControlTotal")
        told = f"{total.debtor_id}\0{total.currency}\0{total.balance_minor}"
        days[total.seller, total.balance_on].append(told)
    return [_unit(seller, day, days.pop((seller, day))) for seller, day in sorted(days)]


def former_pieces(ref: str) -> list[str]:
    """Under which refs earlier versions told the balances of the unit `ref`, when they were many."""
    return [f"{ref}|{piece + 1} of {FORMER_PIECES}" for piece in range(FORMER_PIECES)]


def _unit(seller: str, day: date, told: list[str]) -> RawUnit:
    """The balances of a day: a million of them pass without an object for each."""
    place = f"control totals of {seller} on {day}"
    told.sort()
    body, before = BytesIO(), ("", "")
    body.write(json.dumps({"seller": seller, "on": day.isoformat()}, ensure_ascii=False).encode()[:-1])
    body.write(_BALANCES)
    for at, line in enumerate(told):
        debtor, currency, minor = line.rsplit("\0", 2)
        if (debtor, currency) == before:
            raise _broken(f"control_totals gave two balances of {debtor} in {currency}")
        before = debtor, currency
        row = json.dumps([debtor, currency, int(minor)], ensure_ascii=False)
        body.write((f", {row}" if at else row).encode())
    body.write(b"]}")
    if body.tell() > MOST_BYTES:
        raise SourceUnavailable(
            code="HUB-HOST-015",
            what=f"{len(told):,} balances in {body.tell():,} bytes; {MOST_BYTES:,} are allowed",
            where=place,
            mend="leave out the debtors whose balance is zero, or split the ledger into several sellers",
        )
    return RawUnit(f"{seller}|{day}", body.getvalue(), place=place)


def _broken(what: str) -> BrokenPromise:
    return BrokenPromise(code="HUB-HOST-010", what=what, mend="report it to the connector's author")
