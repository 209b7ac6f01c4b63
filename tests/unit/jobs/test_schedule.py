"""When a connector is due: periods, cron, quiet hours, nights on which clocks change, clocks that jump."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from hub.core.jobs.schedule import Schedule, schedule_of
from hub.sdk.errors import ConfigError

PARIS = ZoneInfo("Europe/Paris")
HOUR = timedelta(hours=1)


def _cron(text: str, quiet: str | None = None) -> Schedule:
    return schedule_of(PARIS, HOUR, text, quiet, "[connector.x]")


def _paris(*parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=PARIS, fold=fold).astimezone(UTC)  # type: ignore[arg-type, misc]


def _runs(schedule: Schedule, begin: datetime, end: datetime) -> list[datetime]:
    """The instants at which a daemon that never sleeps begins a run."""
    runs, now = [], begin
    while (due := schedule.next_due(now, now)) is not None and due < end:
        runs.append(due)
        now = due
    return runs


def test_a_night_job_runs_once_on_each_of_730_days() -> None:
    """02:30 does not exist on the last Sunday of March, and is shown twice on the last of October (fault F20)."""
    runs = _runs(_cron("30 2 * * *"), _paris(2026, 1, 1), _paris(2027, 12, 31, 23, 59))
    days = Counter(run.astimezone(PARIS).date() for run in runs)
    assert 730 == len(days)
    assert {1} == set(days.values())
    assert _paris(2026, 3, 29, 3) == next(run for run in runs if run.astimezone(PARIS).date() == date(2026, 3, 29))
    autumn = next(run for run in runs if run.astimezone(PARIS).date() == date(2026, 10, 25))
    assert _paris(2026, 10, 25, 2, 30, fold=0) == autumn


@pytest.mark.parametrize(("hours", "day"), [(23, (2026, 3, 29)), (24, (2026, 6, 1)), (25, (2026, 10, 25))])
def test_a_job_of_every_quarter_of_an_hour_goes_on_through_the_change(hours: int, day: tuple[int, int, int]) -> None:
    """No hour without a run, none with eight."""
    begin = _paris(*day) - timedelta(seconds=1)
    runs = _runs(_cron("*/15 * * * *"), begin, begin + timedelta(hours=hours))
    assert hours * 4 == len(runs)
    assert {timedelta(minutes=15)} == {later - earlier for earlier, later in pairwise(runs)}


def test_weekdays_are_those_of_the_time_zone() -> None:
    """Half past midnight on Monday in Paris is still Sunday in UTC."""
    assert [_paris(2026, 6, 8, 0, 30)] == _runs(_cron("30 0 * * 1"), _paris(2026, 6, 2), _paris(2026, 6, 9))


def test_what_was_missed_is_made_up_for_once() -> None:
    """A daemon that slept for three days runs a daily job at once, then at its next time."""
    schedule, now = _cron("0 6 * * *"), _paris(2026, 6, 4, 12)
    due = schedule.next_due(_paris(2026, 6, 1, 6), now)
    assert due is not None
    assert due <= now
    assert _paris(2026, 6, 5, 6) == schedule.next_due(now, now)


def test_the_first_time_is_now() -> None:
    """A connector that never ran is due at once."""
    now = _paris(2026, 6, 4, 12)
    assert now == _cron("0 6 * * *").next_due(None, now) == Schedule(PARIS, every=HOUR).next_due(None, now)
    assert Schedule(PARIS).next_due(None, now) is None


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-400), timedelta(days=1)])
def test_a_clock_that_jumps_makes_no_storm_and_skips_no_day(jump: timedelta) -> None:
    """Fault F19: at most one run more than without the jump, and the daily job goes on the next day."""
    schedule, last = _cron("30 2 * * *"), _paris(2026, 6, 4, 2, 30)
    now = last + timedelta(minutes=10) + jump
    runs = _runs_from(schedule, last, now, timedelta(days=3))
    assert 2 <= len(runs) <= 4
    hourly = _runs_from(Schedule(PARIS, every=HOUR), last, now, timedelta(hours=10))
    assert 8 <= len(hourly) <= 11


def _runs_from(schedule: Schedule, last: datetime, now: datetime, long: timedelta) -> list[datetime]:
    runs, end = [], now + long
    while now < end:
        due = schedule.next_due(last, now)
        if due is not None and due <= now:
            runs.append(now)
            last = now
        now += timedelta(minutes=10)
    return runs


@pytest.mark.parametrize(
    ("expected", "due"),
    [((2026, 6, 5, 6), (2026, 6, 4, 23)), ((2026, 6, 5, 6), (2026, 6, 5, 3)), ((2026, 6, 5, 12), (2026, 6, 5, 12))],
)
def test_quiet_hours_put_a_run_off(expected: tuple[int, ...], due: tuple[int, ...]) -> None:
    """From 22:00 to 06:00 nothing is begun."""
    schedule = schedule_of(PARIS, HOUR, None, "22:00-06:00", "[connector.x]")
    assert _paris(*expected) == schedule.next_due(_paris(*due) - HOUR, _paris(*due))


@pytest.mark.parametrize(
    ("cron", "quiet"), [("61 * * * *", None), ("* * * *", None), ("@daily", None), (None, "25:00-06:00"),
                        (None, "06:00-06:00")],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused(cron: str | None, quiet: str | None) -> None:
    """With the section that says it."""
    with pytest.raises(ConfigError, match=r"cron|quiet") as caught:
        schedule_of(PARIS, HOUR, cron, quiet, "[connector.x]")
    assert "[connector.x]" == caught.value.where


def test_how_long_silence_may_last() -> None:
    """The longest time between two runs: a weekend for a job of working days."""
    assert timedelta(days=3) == _cron("0 6 * * 1-5").period()
    assert HOUR == Schedule(PARIS, every=HOUR).period()
    assert Schedule(PARIS).period() is None
