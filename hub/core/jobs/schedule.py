"""When a connector is due: pure, from its schedule, its last start and the present instant.

A run that was missed is made up for once, however many were missed. Days and hours are those of the hub's time zone:
a job at 02:30 runs once on the day on which clocks are put forward (at 03:00, when 02:30 does not exist) and once on
the day on which they are put back (the first of the two).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from croniter import croniter

from hub.sdk.errors import ConfigError

#: A last start that lies further ahead was noted by a clock that was wrong: it is not waited for.
_CLOCK_WAS_WRONG = timedelta(hours=25)


@dataclass(frozen=True, slots=True)
class Schedule:
    """How often a connector runs: `every` so long, or by `cron` (five fields), but never begun in the `quiet` hours.

    Neither `every` nor `cron`: it runs only when somebody asks.
    """

    zone: ZoneInfo
    every: timedelta | None = None
    cron: str | None = None
    quiet: tuple[time, time] | None = None

    def next_due(self, last: datetime | None, now: datetime) -> datetime | None:
        """The instant (UTC) from which a run is due; at or before `now`: it is due now. None: never by itself.

        Args:
            last: when the newest run was begun; None if there was none: then it is due at once.
            now: the present instant.
        """
        if self.every is None and self.cron is None:
            return None
        if last is None or last > now + min(self.every or _CLOCK_WAS_WRONG, _CLOCK_WAS_WRONG):
            due = now
        elif self.every is not None:
            due = last + self.every
        else:
            due = _next_slot(str(self.cron), last, self.zone)
        return self._after_quiet(due, now)

    def period(self) -> timedelta | None:
        """The longest time from one run to the next, quiet hours left out; None when it runs only on demand."""
        if self.every is not None or self.cron is None:
            return self.every
        slots = _Slots(self.cron, datetime(2026, 1, 5, tzinfo=UTC), self.zone)
        times = [next(slots) for _ in range(60)]
        return max(later - earlier for earlier, later in pairwise(times))

    def _after_quiet(self, due: datetime, now: datetime) -> datetime:
        """`due`, or the end of the quiet hours when the run would begin in them."""
        if self.quiet is None:
            return due
        begin, end = self.quiet
        local = max(due, now).astimezone(self.zone)
        clock = local.time().replace(tzinfo=None)
        inside = begin <= clock < end if begin <= end else clock >= begin or clock < end
        if not inside:
            return due
        day = local.date() + timedelta(days=1) if clock >= begin and begin > end else local.date()
        return datetime.combine(day, end, tzinfo=self.zone).astimezone(UTC)


def schedule_of(zone: ZoneInfo, every: timedelta, cron: str | None, quiet: str | None, where: str) -> Schedule:
    """The schedule that a connector's settings ask for; `cron` takes the place of `every`.

    Raises:
        ConfigError: one of them cannot be understood.
    """
    if cron is not None and (len(cron.split()) != 5 or not croniter.is_valid(cron)):
        mend = 'five fields: minute hour day month weekday, such as "30 6 * * 1-5"'
        raise _refused(f"cron = {cron!r} cannot be understood", where, mend)
    return Schedule(zone, None if cron else every, cron, _hours(quiet, where) if quiet else None)


def _hours(quiet: str, where: str) -> tuple[time, time]:
    try:
        begin, end = (time.fromisoformat(part) for part in quiet.split("-"))
    except ValueError:
        raise _refused(f"quiet = {quiet!r} are no hours", where, 'write it "22:00-06:00"') from None
    if begin == end:
        raise _refused(f"quiet = {quiet!r} leaves no time for a run", where, "leave it out, or shorten it")
    return begin, end


def _refused(what: str, where: str, mend: str) -> ConfigError:
    return ConfigError(code="HUB-JOB-001", what=what, where=where, mend=mend)


def _next_slot(cron: str, after: datetime, zone: ZoneInfo) -> datetime:
    """The first instant of `cron` after `after`."""
    return next(_Slots(cron, after, zone))


class _Slots:
    """The instants of `cron` after `after`, ascending, UTC.

    The fields are compared with the local clock, which skips an hour in spring and shows one twice in autumn. A time
    that is skipped runs when the gap ends; one that is shown twice runs the first time, unless the job runs every hour
    or more often: then it runs in both.
    """

    def __init__(self, cron: str, after: datetime, zone: ZoneInfo) -> None:
        self._zone = zone
        self._after = after
        self._frequent = cron.split()[1].startswith("*")
        local = after.astimezone(zone).replace(tzinfo=None)
        # From a little earlier: the hour before may be shown again.
        self._clock = croniter(cron, local - timedelta(hours=3))
        self._waiting: list[datetime] = []

    def __iter__(self) -> _Slots:
        return self

    def __next__(self) -> datetime:
        while True:
            # Two hours ahead, because the second showing of an hour comes after what follows its first.
            while len(self._waiting) < 2 or self._waiting[-1] - min(self._waiting) < timedelta(hours=2):
                self._waiting += self._instants(self._clock.get_next(datetime))
            first = min(self._waiting)
            self._waiting = [slot for slot in self._waiting if slot != first]
            if first > self._after:
                self._after = first
                return first

    def _instants(self, local: datetime) -> list[datetime]:
        first = local.replace(tzinfo=self._zone, fold=0).astimezone(UTC)
        second = local.replace(tzinfo=self._zone, fold=1).astimezone(UTC)
        if first == second:
            return [first]
        if first > second:  # skipped: fold 0 counts with the time before the change, fold 1 with the one after
            return [] if self._frequent else [_end_of_gap(second, first, self._zone)]
        return [first, second] if self._frequent else [first]


def _end_of_gap(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The instant at which the clocks were put forward, between `low` and `high`."""
    before = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        low, high = (middle, high) if middle.astimezone(zone).utcoffset() == before else (low, middle)
    return high.replace(microsecond=0)
