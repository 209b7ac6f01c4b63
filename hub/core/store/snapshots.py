"""The books' word on what is settled, over time: each reading's snapshot takes effect on a day of its own.

The first snapshot known of a document is how it was taken over: it counts from the day the source gives, else from the
issue date. What a later reading says otherwise counts from the day the source gives, else from the day it was read: so
the aged balance of 30 June does not change when a file of July says that an invoice was paid.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk, keyed
from hub.core.store import tables as t
from hub.core.store.record_tables import RECORD_TABLES

#: One line for `Settlements`: document, day, amount, opening, recorded, currency.
Line = tuple[int, date, int, bool, int, str]


def note_day(connection: sa.Connection, at: int, day: date) -> None:
    """Keep which day it was for the hub at the instant `at`, unless it is that of UTC: time zone, ``[hub] today``."""
    if day != _utc_day(at):
        keyed.insert_if_absent(connection, t.recorded_day, at=at, day=day)


def recorded_days(connection: sa.Connection) -> dict[int, date]:
    """The days that `note_day` kept, by instant."""
    return {row.at: row.day for row in connection.execute(sa.select(t.recorded_day))}


def day_of(days: Mapping[int, date], at: int) -> date:
    """Which day it was for the hub at an instant of recording."""
    return days.get(at) or _utc_day(at)


def _utc_day(at: int) -> date:
    return datetime.fromtimestamp(at / 1e6, UTC).date()


class Version(NamedTuple):
    """What one reading said of a document. `settled_minor` None: nothing about what is settled."""

    recorded_at: int
    settled_minor: int | None
    settled_on: date | None
    issued_on: date
    currency: str


def snapshot_lines(
    connection: sa.Connection,
    invoices: sa.FromClause,
    of_books: sa.ColumnElement[bool],
    known_at: int | None,
    only: Sequence[int] | None = None,
) -> list[Line]:
    """The snapshots of each document in `invoices` (as known then), in order of the documents' ids.

    `only`: the documents that `invoices` is restricted to, if it is.

    Only documents with more than one version are looked at one by one.
    """
    rows = connection.execute(
        sa.select(
            invoices.c.id,
            sa.func.coalesce(invoices.c.settled_on, invoices.c.issued_on, type_=sa.Date()),
            invoices.c.settled_minor,
            sa.true(),
            invoices.c.recorded_at,
            invoices.c.currency,
        )
        .where(of_books, invoices.c.settled_minor.is_not(None))
        .order_by(invoices.c.id)
    )
    lines: list[Line] = [tuple(row) for row in rows]
    read_again = _versions(connection, invoices, of_books, known_at, only)
    if not read_again:
        return lines
    days = recorded_days(connection)
    lines = [line for line in lines if line[0] not in read_again]
    for document in sorted(read_again):
        lines += _lines(document, read_again[document], days)
    return lines


def _versions(
    connection: sa.Connection,
    invoices: sa.FromClause,
    of_books: sa.ColumnElement[bool],
    known_at: int | None,
    only: Sequence[int] | None,
) -> dict[int, list[Version]]:
    """Every version known then of the documents that have a snapshot and an earlier version, oldest first."""
    past = RECORD_TABLES["invoice"].history
    names = ("recorded_at", "settled_minor", "settled_on", "issued_on", "currency")
    earlier = sa.select(past.c.id, *(past.c[name] for name in names)).where(past.c.withdrawn_at.is_(None))
    if known_at is not None:
        earlier = earlier.where(past.c.recorded_at <= known_at)
    if only is not None:
        earlier = earlier.where(bulk.among(connection, past.c.id, only))
    found: dict[int, dict[int, Version]] = {}
    for row in connection.execute(earlier):
        found.setdefault(row.id, {})[row.recorded_at] = Version(*tuple(row)[1:])
    if not found:
        return {}
    columns = [invoices.c.id, *(invoices.c[name] for name in names)]
    now = connection.execute(
        sa.select(*columns).where(
            of_books, invoices.c.settled_minor.is_not(None), invoices.c.id.in_(sa.select(past.c.id))
        )
    )
    versions: dict[int, list[Version]] = {}
    for row in now:
        if row.id in found:
            found[row.id][row.recorded_at] = Version(*tuple(row)[1:])
            versions[row.id] = [version for _, version in sorted(found[row.id].items())]
    return versions


def _lines(document: int, versions: Sequence[Version], days: Mapping[int, date]) -> list[Line]:
    """The snapshots of one document, each on the day from which it counts, in order of days.

    The same amount on another day corrects the day. A snapshot that the source dates before its forerunner replaces it.
    """
    issued_on = versions[-1].issued_on
    lines: list[Line] = []
    last: Version | None = None
    for version in versions:
        amount, day = version.settled_minor, version.settled_on
        if amount is None:
            continue
        if last is not None and amount == last.settled_minor:
            if day in (None, last.settled_on):
                continue
            lines.pop()
        if day is None:
            day = issued_on if last is None else max(day_of(days, version.recorded_at), issued_on)
        while lines and lines[-1][1] > day:
            lines.pop()
        lines.append((document, day, amount, True, version.recorded_at, version.currency))
        last = version
    return lines


def settled_by_absence(
    connection: sa.Connection, invoices: sa.FromClause, of_books: sa.ColumnElement[bool], known_at: int | None
) -> list[Line]:
    """Documents missing from a complete snapshot whose connector says that this means paid; they count as settled
    from the day on which they were found missing."""
    unit, past = t.raw_unit, t.raw_unit_history
    settled: sa.Select[Any] | sa.CompoundSelect[Any]
    settled = sa.select(unit.c.id, unit.c.recorded_at).where(unit.c.state == "settled")
    if known_at is not None:  # it may have come back since
        then = sa.select(past.c.unit_id, past.c.recorded_at).where(
            past.c.state == "settled", past.c.recorded_at <= known_at, past.c.superseded_at > known_at
        )
        settled = sa.union_all(settled.where(unit.c.recorded_at <= known_at), then)
    gone = settled.subquery("gone")
    rows = connection.execute(
        sa.select(invoices.c.id, gone.c.recorded_at, invoices.c.total_minor, invoices.c.currency)
        .join(gone, gone.c.id == invoices.c.unit_id)
        .where(of_books)
        .order_by(invoices.c.id)
    ).all()
    days = recorded_days(connection) if rows else {}
    return [
        (row.id, day_of(days, row.recorded_at), row.total_minor, True, row.recorded_at, row.currency) for row in rows
    ]
