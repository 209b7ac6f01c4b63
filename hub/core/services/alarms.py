"""Silence is an alarm: connectors not heard of, missing statements, cursors that stand still, growing backlogs.

Judged every few minutes from what the hub knows already; nothing is read from outside.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from hub.core.identity.bank_days import bank_days
from hub.core.services.restored import asking
from hub.core.store import Connection, Store, UnitOfWork, alarms
from hub.core.store.alarms import Alarm, Heard

#: Bank days without news that are never an alarm by themselves.
USUAL_PAUSE = 5
#: A webhook is handled within seconds; one that waits for so long is stuck.
INBOX_WAITS = timedelta(hours=1)
#: A backlog grows when it is larger by half than it was so many days ago.
BACKLOG_OVER_DAYS = 7


@dataclass(frozen=True, slots=True)
class Expected:
    """What is expected of a connector; see the settings of these names. None: never, or as its own past tells."""

    key: str
    section: str
    silent_after: timedelta | None
    news_days: int | None = None
    statement_days: int | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """What the judgement rests on."""

    heard: Mapping[str, Heard]
    statements: Mapping[tuple[str, str, str], Sequence[date]]
    waiting: Mapping[tuple[str, str], int]
    waited: Mapping[tuple[str, str], int] | None
    unhandled: Mapping[str, tuple[int, int]]


def usual_silence(period: timedelta | None, quiet: timedelta) -> timedelta | None:
    """After which time without a complete run a connector of that schedule is called silent; None: never."""
    return None if period is None else period * 1.5 + quiet + timedelta(hours=1)


def look(
    store: Store,
    expected: Sequence[Expected],
    *,
    now: datetime,
    today: date,
    zone: ZoneInfo,
    backlog: int,
    actor: str,
    unhandled: Mapping[str, tuple[int, int]],
    more: Sequence[Alarm] = (),
) -> tuple[list[Alarm], list[Alarm]]:
    """Judge anew and let exactly these alarms stand; returns those that came and those that are mended.

    Args:
        backlog: least number of what waits for which growing is an alarm.
        unhandled: webhooks that wait, by connector key: how many, and when the oldest came (microseconds UTC).
        more: alarms found elsewhere, such as a mail that cannot be sent.
    """
    with store.read() as connection:
        known = Known(
            alarms.heard(connection, today), alarms.statement_days(connection, today), alarms.waiting(connection),
            alarms.waited(connection, today - timedelta(days=BACKLOG_OVER_DAYS)), unhandled,
        )  # fmt: skip
        found = [*judge(expected, known, now=now, today=today, zone=zone, backlog=backlog), *more]
        found += _restored(connection, now)

    def note(unit: UnitOfWork) -> tuple[list[Alarm], list[Alarm]]:
        alarms.note_waiting(unit, known.waiting)
        return alarms.keep(unit, found)

    return store.again(actor, note)


def judge(
    expected: Sequence[Expected], known: Known, *, now: datetime, today: date, zone: ZoneInfo, backlog: int
) -> list[Alarm]:
    """Every alarm there is, in the order of the connectors. Pure."""
    at = _microseconds(now)
    found: list[Alarm] = []
    for one in expected:
        heard = known.heard.get(one.key, Heard())
        found += _of_run(one, heard, now, zone)
        if heard.suspended_at is None:
            found += _of_news(one, heard, today, at)
        found += _of_statements(one, known.statements, today, at)
    names = {one.key: one.section for one in expected}
    found += _of_backlog(known, names, backlog, at)
    for key, (number, oldest) in known.unhandled.items():
        if at - oldest > INBOX_WAITS // timedelta(microseconds=1):
            waits = _many(number, "webhook waits", "webhooks wait")
            found.append(Alarm("inbox", key, f"{names.get(key, key)}: {waits} since {_said(oldest, zone)}", at))
    return found


def _of_run(one: Expected, heard: Heard, now: datetime, zone: ZoneInfo) -> Iterator[Alarm]:
    """Suspended, or silent: the one excludes the other, because the first says why."""
    if heard.suspended_at is not None:
        what = f"{one.section} is suspended since {_said(heard.suspended_at, zone)}: {heard.suspended_because}"
        yield Alarm("suspended", one.key, what, _microseconds(now))
        return
    since = heard.complete_at or heard.first_at
    if not one.silent_after or since is None or heard.at_work:
        return  # a run has a limit of its own
    if now - _moment(since) > one.silent_after:
        last = f"since {_said(since, zone)}" if heard.complete_at else f"ever, and it was tried on {_said(since, zone)}"
        yield Alarm("silent", one.key, f"{one.section}: no run came to its end {last}", _microseconds(now))


def _of_news(one: Expected, heard: Heard, today: date, at: int) -> Iterator[Alarm]:
    """It runs, and brings nothing new for longer than it ever did of late: its cursor may stand still."""
    limit = one.news_days
    if limit is None and len(heard.readings) >= 3:
        limit = max(USUAL_PAUSE, 3 * _longest_pause(heard.readings))
    if limit and heard.readings and bank_days(heard.readings[0], today) > limit:
        last = heard.readings[0].isoformat()
        what = f"{one.section} runs, but brought nothing new since {last}, over {_many(limit, 'bank day')} ago"
        yield Alarm("no_news", one.key, what, at)


def _of_statements(
    one: Expected, statements: Mapping[tuple[str, str, str], Sequence[date]], today: date, at: int
) -> Iterator[Alarm]:
    """The statement of a day comes on the next bank day; when that has passed, too, it is missing."""
    for (key, account, currency), days in statements.items():
        if key != one.key:
            continue
        limit = one.statement_days
        if limit is None:
            limit = max(1, _longest_pause(days[:10])) + 1
        if limit and bank_days(days[0], today) > limit:
            what = (
                f"{one.section}: the newest statement of account {_masked(account)} ({currency}) ends on "
                f"{days[0].isoformat()}; one is missing"
            )
            yield Alarm("statement", f"{key} {account} {currency}", what, at)


def _of_backlog(known: Known, names: Mapping[str, str], least: int, at: int) -> Iterator[Alarm]:
    for (kind, subject), number in known.waiting.items():
        before = None if known.waited is None else known.waited.get((kind, subject), 0)
        if before is None or number < least or 2 * number < 3 * before:
            continue
        words = "held lines" if kind == "held" else "receipts that are applied to nothing"
        whose = f"{names.get(subject, subject)}: " if subject else ""
        what = f"{whose}{number} {words}, a week ago {before}: the backlog grows"
        yield Alarm("backlog", f"{kind} {subject}".strip(), what, at)


def _restored(connection: Connection, now: datetime) -> Iterator[Alarm]:
    if asking(connection) is not None:
        what = "the data base was restored from a backup: nothing leaves until partners were asked what they have"
        yield Alarm("restored", "", what, _microseconds(now))


def _longest_pause(days: Sequence[date]) -> int:
    """The most bank days from one day to the next; `days` newest first."""
    return max((bank_days(earlier, later) for later, earlier in pairwise(days)), default=0)


def _masked(account: str) -> str:
    return f"…{account[-4:]}" if len(account) > 4 else account or "without a number"


def _many(number: int, word: str, words: str | None = None) -> str:
    return f"{number} {word if number == 1 else words or word + 's'}"


def _microseconds(instant: datetime) -> int:
    return (instant - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)


def _moment(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


def _said(microseconds: int, zone: ZoneInfo) -> str:
    return _moment(microseconds).astimezone(zone).strftime("%d/%m/%Y %H:%M")
