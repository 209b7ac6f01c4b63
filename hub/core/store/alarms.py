"""What is silent or stuck now, and what was seen of connectors, statements and backlogs to judge it by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import sqlalchemy as sa

from hub.core.store import keyed, leases
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.held import held_counts
from hub.core.store.record_tables import RECORD_TABLES

#: Statements older than this say nothing about how often an account has one.
_STATEMENTS_OF = timedelta(days=400)
#: Days on which something new was read that tell how often that happens.
READINGS = 8
_DAY = 86_400_000_000
#: Days for which numbers of a backlog are kept.
_BACKLOG_DAYS = timedelta(days=35)
_MAILED_ON = "mailed_on"
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that a person must look at, by its `kind` and what it concerns. `since` in microseconds UTC;
    `told_on` is the day of the last message that named it."""

    kind: str
    subject: str
    what: str
    since: int
    told_on: date | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of a connector; instants in microseconds UTC. `readings`: the days on which it brought
    something new, newest first. `at_work`: it is being run now."""

    complete_at: int | None = None
    first_at: int | None = None
    readings: tuple[date, ...] = ()
    suspended_at: int | None = None
    suspended_because: str = ""
    at_work: bool = False


def standing(connection: sa.Connection) -> list[Alarm]:
    """Every alarm that stands, oldest first."""
    a = t.alarm
    rows = connection.execute(sa.select(a).order_by(a.c.since, a.c.kind, a.c.subject))
    return [Alarm(row.kind, row.subject, row.what, row.since, row.told_on) for row in rows]


def keep(unit: UnitOfWork, found: Iterable[Alarm]) -> tuple[list[Alarm], list[Alarm]]:
    """Let exactly the alarms `found` stand; those known keep their beginning. Returns what came and what went."""
    known = {(alarm.kind, alarm.subject): alarm for alarm in standing(unit.connection)}
    now = {(alarm.kind, alarm.subject): alarm for alarm in found}
    a = t.alarm
    for name, alarm in now.items():
        if name not in known:
            keyed.insert_if_absent(
                unit.connection, a, kind=alarm.kind, subject=alarm.subject, what=alarm.what, since=alarm.since
            )
        elif known[name].what != alarm.what:
            unit.connection.execute(a.update().where(*_is(alarm)).values(what=alarm.what))
    gone = [alarm for name, alarm in known.items() if name not in now]
    for alarm in gone:
        unit.connection.execute(a.delete().where(*_is(alarm)))
    return [alarm for name, alarm in now.items() if name not in known], gone


def note_told(unit: UnitOfWork, alarms: Sequence[Alarm], day: date) -> None:
    """A message of `day` named these; there is one a day."""
    for alarm in alarms:
        unit.connection.execute(t.alarm.update().where(*_is(alarm)).values(told_on=day))
    keyed.insert_if_absent(unit.connection, t.meta, name=_MAILED_ON, value="")
    unit.connection.execute(t.meta.update().where(t.meta.c.name == _MAILED_ON).values(value=day.isoformat()))


def mailed_on(connection: sa.Connection) -> date | None:
    """The day of the last message."""
    found = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == _MAILED_ON)).scalar()
    return date.fromisoformat(found) if found else None


def _is(alarm: Alarm) -> tuple[sa.ColumnElement[bool], ...]:
    return t.alarm.c.kind == alarm.kind, t.alarm.c.subject == alarm.subject


def heard(connection: sa.Connection, today: date) -> dict[str, Heard]:
    """What was heard of each connector, by key. A day is that of UTC: a rhythm of days does not ask for more."""
    r, c, s = t.run, t.connector, t.run_state
    mine = r.c.connector_id == c.c.id
    complete = sa.select(r.c.ended_at).where(mine, r.c.state == "complete").order_by(r.c.id.desc()).limit(1)
    first = sa.select(r.c.started_at).where(mine).order_by(r.c.id).limit(1)
    rows = connection.execute(sa.select(c.c.key, complete.scalar_subquery(), first.scalar_subquery())).all()
    working = leases.living(connection, leases.of_run(""))
    found = {
        row[0]: Heard(
            row[1], row[2], _readings(connection, row[0], today), at_work=leases.of_run(row[0]) in working
        )
        for row in rows
    }  # fmt: skip
    for row in connection.execute(sa.select(s).where(s.c.suspended_at.is_not(None))):
        known = found.get(row.connector_key, Heard())
        because = row.suspended_because or ""
        found[row.connector_key] = replace(known, suspended_at=row.suspended_at, suspended_because=because)
    return found


def _readings(connection: sa.Connection, key: str, today: date) -> tuple[date, ...]:
    """From the journal, which has an entry for each page that brought something: a step back in its chain a day."""
    j = t.journal
    days: list[date] = []
    before = None
    while len(days) < READINGS:
        newest = sa.select(j.c.recorded_at).where(j.c.chain == key, j.c.act == "sync-page")
        if before is not None:
            newest = newest.where(j.c.recorded_at < before)
        at = connection.execute(newest.order_by(j.c.sequence.desc()).limit(1)).scalar()
        if at is None:
            break
        before = at - at % _DAY
        day = min(_EPOCH + timedelta(days=at // _DAY), today)
        if not days or day < days[-1]:
            days.append(day)
    return tuple(days)


def statement_days(connection: sa.Connection, today: date) -> dict[tuple[str, str, str], list[date]]:
    """The days on which the statements of each account end, newest first, by connector key, account and currency."""
    b, c = RECORD_TABLES["bank_statement"].current, t.connector
    rows = connection.execute(
        sa.select(c.c.key, b.c.account, b.c.currency, b.c.closed_on)
        .join(c, c.c.id == b.c.connector_id)
        .where(b.c.withdrawn_at.is_(None), b.c.closed_on >= today - _STATEMENTS_OF)
        .distinct()
        .order_by(b.c.closed_on.desc())
    )
    found: dict[tuple[str, str, str], list[date]] = {}
    for key, account, currency, closed_on in rows:
        found.setdefault((key, account or "", currency), []).append(closed_on)
    return found


def waiting(connection: sa.Connection) -> dict[tuple[str, str], int]:
    """What waits for a person now, by kind and subject: held lines of each connector, receipts that the last
    reconciliation applied to nothing."""
    found = {("held", key): number for key, number in held_counts(connection).items()}
    v, p = t.receipt_verdict, t.proposal
    left = connection.execute(sa.select(sa.func.count()).where(v.c.verdict == "unapplied")).scalar_one()
    suggested = connection.execute(
        sa.select(sa.func.count(p.c.receipt_id.distinct())).where(p.c.moot_by.is_(None))
    ).scalar_one()
    return {**found, ("receipts", ""): left + suggested}


def note_waiting(unit: UnitOfWork, numbers: Mapping[tuple[str, str], int]) -> None:
    """Keep the numbers of today: the last ones of each day stay."""
    b = t.backlog
    unit.connection.execute(b.delete().where(sa.or_(b.c.day == unit.day, b.c.day < unit.day - _BACKLOG_DAYS)))
    rows = [
        {"kind": kind, "subject": subject, "day": unit.day, "number": number}
        for (kind, subject), number in numbers.items()
    ]
    if rows:
        unit.connection.execute(b.insert(), rows)


def waited(connection: sa.Connection, day: date) -> dict[tuple[str, str], int] | None:
    """What waited on `day`, or on the last day before it that is known; None when none is. What is not named: 0."""
    b = t.backlog
    known = connection.execute(sa.select(sa.func.max(b.c.day)).where(b.c.day <= day)).scalar()
    if known is None:
        return None
    return {(row.kind, row.subject): row.number for row in connection.execute(sa.select(b).where(b.c.day == known))}
