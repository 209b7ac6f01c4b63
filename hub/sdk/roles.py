"""What a connector can be asked for. A role has one to three methods; a missing ability is a role not played."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, runtime_checkable

from hub.sdk.errors import RecordRejected
from hub.sdk.events import Headers, ReceivedEvent
from hub.sdk.records import ControlTotal, Receipt, Record
from hub.sdk.reporting import Collection, CollectionReport
from hub.sdk.units import Cursor, Page, RawUnit, Stream
from hub.sdk.writing import LedgerBatch, LedgerFile


@runtime_checkable
class RecordSource(Protocol):
    """A place where facts can be read: an ERP, a bank statement, a payment provider.

    Promises: the same cursor gives the same units, in the same order, whatever `limit`; a unit's `ref` never
    changes; nothing is written on the other side; `map` is pure.
    """

    def streams(self) -> Sequence[Stream]:
        """The streams of this source, in the order in which they should be read."""

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """At most `limit` raw units of `stream` after `cursor` (None: from the beginning).

        Raises:
            SourceUnavailable: try later.
            SourceAuthError: the operator must act.
        """

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        """Turn one unit into records. Pure: no network, no file, no clock, no memory of other units.

        Raises:
            RecordRejected: the unit is held with this place, reason and remedy.
        """


@dataclass(slots=True)
class Columns:
    """Records of one kind in columns: `values[field]` has one entry per record, `unit[i]` the index of its unit.

    Fields that are None for all records may be left out. Dates are ISO text, as on the wire.
    """

    kind: str
    unit: list[int]
    values: dict[str, list[Any]]


@dataclass(slots=True)
class MappedPage:
    """What mapping a run of units gave: columns by kind, and the units refused, by their index."""

    columns: list[Columns]
    rejected: dict[int, RecordRejected]


@runtime_checkable
class BulkMap(Protocol):
    """An ability for bulk sources: map many units at once, straight into columns.

    Must give exactly what `RecordSource.map` gives unit by unit; the conformance kit compares them.
    """

    def map_page(self, stream: str, units: Sequence[RawUnit]) -> MappedPage:
        """Map `units` in order. Never raises RecordRejected: refused units are returned in `rejected`."""


@runtime_checkable
class ControlTotals(Protocol):
    """Books that can say what each debtor owes on a date."""

    def control_totals(self, on: date) -> Iterable[ControlTotal]:
        """Balance per debtor on `on`, in the books' currency. Zero balances may be left out, but not all of them: when
        nobody owes a seller anything, one zero says so; without an answer the balances told before stand.

        Raises:
            SourceUnavailable: try later.
        """


@runtime_checkable
class KeySweep(Protocol):
    """A source that can list the refs which still exist, to find what was deleted."""

    def sweep(self, stream: str) -> Iterable[str]:
        """Refs of `stream` that exist now, any order, each once."""


@runtime_checkable
class LedgerWriter(Protocol):
    """Books that take entries from outside, as a file that a person imports. The hub never writes into them itself."""

    def write(self, batch: LedgerBatch) -> LedgerFile:
        """The file for `batch`. Pure: the same batch gives the same bytes, so that a lost file can be made again.

        Raises:
            ConfigError: an account is not configured, or a posting cannot be told in this format.
        """

    def acknowledged(self, references: Mapping[str, str], receipts: Iterable[Receipt]) -> Mapping[str, Sequence[str]]:
        """Which postings the books have by now: posting → `source_key` of each receipt that the books gave for it.

        A posting with parts for several invoices may come back as several receipts; a file imported twice gives each
        of them twice. All are told: whether they add up is for the hub to see.

        Args:
            references: by posting, what `write` said it would be known by.
            receipts: of these same books, as `RecordSource` gave them.
        """


@runtime_checkable
class EventReceiver(Protocol):
    """A source that calls the hub when something changed (webhooks), played beside `RecordSource`.

    A call is a hint where to look: what it says is read again. What was missed is found by the ordinary run.
    """

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        """Verify one call, and say which objects it is about; none for events that do not matter here.

        Pure but for the clock (`context.clock`): no network, no file. The sender waits for it.

        Args:
            body: as it was sent: a signature covers these very bytes.

        Raises:
            SignatureRefused: it is not from the source, or too old or too new (compare with `hub.sdk.same_secret`).
            RecordRejected: it is, but cannot be understood.
        """

    def reread(self, stream: str, refs: Sequence[str]) -> Iterable[RawUnit]:
        """The present units of these objects, as `fetch` gives them, any order; none for what does not exist.

        Raises:
            SourceUnavailable: try later.
            SourceAuthError: the operator must act.
        """


@runtime_checkable
class CollectionReports(Protocol):
    """Invoices of which the seller reports each receipt to the administration (France: status 212 « encaissée »)."""

    def collected(self, invoice: RawUnit, collection: Collection, at: datetime) -> CollectionReport:
        """The report of one collection on `invoice`, one of this source's own units. Pure: `at` is when it is made.

        Raises:
            RecordRejected: no report can be made of it, or none is due: why.
        """


@runtime_checkable
class FileCheck(Protocol):
    """A source of files that can say how it understands one, before anything is taken in."""

    def describe(self, file: str) -> Mapping[str, Any]:
        """What was sniffed of `file` (format, encoding, separator, columns…), as plain values for display."""


@runtime_checkable
class Prepares(Protocol):
    """A source that can do a part of its work before it is asked for anything, while the hub opens its data base."""

    def prepare(self) -> None:
        """Called at most once, before `streams`. Keeps what it finds out for `fetch`, which must do without it as well.

        It looks at this machine alone, and asks no server: nobody knows yet whether this run may begin. What it raises
        is not told; `fetch` will.
        """


#: Roles by the name used in listings and documentation.
ROLES: dict[str, type[Any]] = {
    role.__name__: role
    for role in (
        RecordSource,
        BulkMap,
        ControlTotals,
        KeySweep,
        LedgerWriter,
        EventReceiver,
        CollectionReports,
        FileCheck,
        Prepares,
    )
}
