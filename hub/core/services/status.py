"""How things stand: last runs, what is held, what waits for a person, open amounts and gaps."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from hub.core.ledger.ageing import aged_balance
from hub.core.services.bank import BankGap, bank_gaps
from hub.core.services.books import BooksStatus, books_status
from hub.core.services.desk import Desk, books_of
from hub.core.services.ledger import view_in
from hub.core.services.restored import asking
from hub.core.services.words import amount
from hub.core.store import Connection, alarms, connector_state, decisions, held, leases, marks, runs
from hub.core.store.alarms import Alarm
from hub.core.store.reading import allocated_by_receipt, connector_keys, returned_receipts, rows_of
from hub.core.store.restored import Restored
from hub.core.store.runs import LastRun
from hub.core.store.sightings import sums
from hub.core.store.standing import stale_counts

#: Documents named of one kind of anomaly.
MOST_NAMED = 3


@dataclass(slots=True)
class SellerStatus:
    """One seller in one currency, minor units. `books` is the connector whose amounts count; `aged` is what is open
    by the buckets of the aged balance, credits apart."""

    seller: str
    currency: str
    books: str
    open_items: int = 0
    open_minor: int = 0
    overdue_minor: int = 0
    aged: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Status:
    """The whole picture; amounts in minor units by currency. `gaps` counts debtors; `buckets` names those of `aged`;
    `where` names the first documents of each kind of anomaly, with the amount.

    `stale` counts records, by connector, that stand on an old version because their newer one is held; `bank` names
    what is wrong between bank statements; `alarms` is what the daemon's watch found; `restored` stands while partners
    must be asked before anything is sent; `daemons` names those at work on this data base, on whatever machine.
    """

    runs: list[LastRun]
    held: dict[str, int]
    sellers: list[SellerStatus]
    received: Counter[str] = field(default_factory=Counter)
    unapplied: Counter[str] = field(default_factory=Counter)
    unapplied_receipts: int = 0
    suggested_receipts: int = 0
    anomalies: Counter[str] = field(default_factory=Counter)
    where: dict[str, list[str]] = field(default_factory=dict)
    gaps: int = 0
    stale: dict[str, int] = field(default_factory=dict)
    bank: list[BankGap] = field(default_factory=list)
    of_books: BooksStatus | None = None
    suspended: dict[str, str] = field(default_factory=dict)
    buckets: tuple[str, ...] = ()
    alarms: list[Alarm] = field(default_factory=list)
    restored: Restored | None = None
    daemons: list[str] = field(default_factory=list)


def status(desk: Desk) -> Status:
    """How things stand today."""
    with desk.store.read() as connection:
        result = Status(runs=runs.last_runs(connection), held=held.held_counts(connection), sellers=[])
        result.stale = stale_counts(connection)
        result.suspended = {
            state.key: state.suspended_because or ""
            for state in connector_state.states(connection).values()
            if state.suspended_at is not None
        }
        _ledger(desk, connection, result)
        _receipts(desk, connection, result)
        result.bank = bank_gaps(connection)
        result.alarms = alarms.standing(connection)
        result.restored = asking(connection)
        result.daemons = sorted(
            name.removeprefix(leases.EXECUTOR) for name in leases.living(connection, leases.EXECUTOR)
        )
        return result


def _ledger(desk: Desk, connection: Connection, result: Status) -> None:
    view = view_in(desk, connection)
    keys = connector_keys(connection)
    books = books_of(desk, connection)
    sums: dict[tuple[str, str], SellerStatus] = {}
    for item in view.ledger.items:
        where = (item.seller, item.currency)
        if where not in sums:
            sums[where] = SellerStatus(item.seller, item.currency, keys.get(books.get(item.seller, -1), ""))
        entry = sums[where]
        entry.open_items += 1
        entry.open_minor += item.open_minor
        entry.overdue_minor += item.open_minor if item.status == "late" else 0
    result.sellers = [sums[key] for key in sorted(sums)]
    aged = aged_balance(view.ledger.items, as_of=view.as_of, credits_apart=True)
    result.buckets = aged.buckets
    for row in aged.rows:
        entry = sums[row.seller, row.currency]
        entry.aged = [a + b for a, b in zip(entry.aged or [0] * len(row.amounts), row.amounts, strict=True)]
    result.of_books = books_status(desk, connection)
    result.gaps = len(result.of_books.check.gaps)
    result.anomalies = Counter(anomaly.kind for anomaly in view.ledger.anomalies)
    numbers = dict(zip(view.facts.documents.id, view.facts.documents.number, strict=True))
    for one in view.ledger.anomalies:
        said = f" ({amount(one.amount_minor, one.currency)})" if one.amount_minor and one.currency else ""
        named = result.where.setdefault(one.kind, [])
        if len(named) < MOST_NAMED and one.document_id in numbers:
            named.append(f"{numbers[one.document_id]}{said}")


def _receipts(desk: Desk, connection: Connection, result: Status) -> None:
    spent, known = allocated_by_receipt(connection), sums(connection, books_of(desk, connection))
    returned = returned_receipts(connection) | marks.marked_receipts(connection).keys()
    for row in rows_of(connection, "receipt", ("id", "amount_minor", "currency")):
        result.received[row.currency] += row.amount_minor - known.elsewhere.get(row.id, 0)
        left = row.amount_minor - spent.get(row.id, 0) - known.taken(row.id)
        if left > 0 and row.id not in returned:
            result.unapplied[row.currency] += left
            result.unapplied_receipts += 1
    result.suggested_receipts = len({row.receipt_row for row in decisions.proposal_rows(connection)})
