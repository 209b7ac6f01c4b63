"""How long a connector rests after a failure, and when it is due, from its state alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from hub.core.jobs.running import LONGEST_PAUSE, pause_after
from hub.core.jobs.schedule import Schedule
from hub.core.jobs.scheduler import EVENTS, RUN, Planned, due_now, next_run
from hub.core.store.connector_state import ConnectorState

NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)
BANK = Planned("bank", "bank", Schedule(ZoneInfo("Europe/Paris"), every=timedelta(hours=1)))


def _at(minutes: int) -> int:
    return int((NOW + timedelta(minutes=minutes)).timestamp()) * 1_000_000


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_pauses_grow_to_an_hour_and_are_spread(failures: int, chance: float) -> None:
    """Never under 48 s, never over 72 minutes, so that forty connectors do not come back at one instant."""
    pause = pause_after(failures, lambda: chance)
    assert timedelta(seconds=48) <= pause <= LONGEST_PAUSE * 1.2
    assert pause <= pause_after(failures + 1, lambda: chance)


def test_due_by_schedule_then_not_again() -> None:
    """An hour after the last start, not before."""
    assert due_now(BANK, ConnectorState("bank", tried_at=_at(-60)), NOW, running=False)
    assert due_now(BANK, ConnectorState("bank", tried_at=_at(-59)), NOW, running=False) is None


def test_what_runs_or_rests_is_not_due() -> None:
    """Whatever was asked for."""
    asked = ConnectorState("bank", asked_at=_at(-1), asked_by="Marie")
    assert due_now(BANK, asked, NOW, running=True) is None
    assert due_now(BANK, ConnectorState("bank", suspended_at=_at(-1), asked_at=_at(-1)), NOW, running=False) is None


def test_a_person_does_not_wait_for_a_pause() -> None:
    """Somebody who mended the password asks for a run at once; the schedule waits."""
    failed = ConnectorState("bank", failures=2, tried_at=_at(-61), retry_at=_at(5))
    assert due_now(BANK, failed, NOW, running=False) is None
    asked = ConnectorState("bank", failures=2, retry_at=_at(5), asked_at=_at(0), asked_by="Marie")
    due = due_now(BANK, asked, NOW, running=False)
    assert due is not None
    assert "Marie" in due.because


def test_an_interrupted_run_goes_on_at_once() -> None:
    """A killed daemon's work is due as soon as nobody runs it."""
    state = ConnectorState("bank", tried_at=_at(-1), interrupted=True)
    assert due_now(BANK, state, NOW, running=False)
    assert due_now(BANK, state, NOW, running=True) is None


_MOMENTS = st.none() | st.integers(-200, 200)


@given(_MOMENTS, _MOMENTS, st.none() | st.just(-1), st.none() | st.just(-1), st.integers(0, 2), st.booleans())
def test_what_is_told_of_the_next_run_is_what_happens(
    tried: int | None, retry: int | None, suspended: int | None, asked: int | None, failures: int, interrupted: bool
) -> None:
    """`hub status` tells when a connector runs next: it is due from then on, and not before."""
    at = [None if minutes is None else _at(minutes) for minutes in (tried, retry, suspended, asked)]
    state = ConnectorState(
        "bank", failures=failures, tried_at=at[0], retry_at=at[1], suspended_at=at[2], suspended_because=None,
        asked_at=at[3], asked_by=None, interrupted=interrupted,
    )  # fmt: skip
    when = next_run(BANK, state, NOW)
    assert (when is not None and when <= NOW) == (due_now(BANK, state, NOW, running=False) is not None)
    if when is not None and when > NOW:
        assert due_now(BANK, state, when, running=False) is not None


def test_two_schedulers_ask_for_the_same_job() -> None:
    """The job's name comes from the state, not from the clock; a later state gives another one."""
    state = ConnectorState("bank", tried_at=_at(-90))
    first, later = (due_now(BANK, state, NOW + timedelta(seconds=s), running=False) for s in (0, 5))
    assert first is not None
    assert later is not None
    assert first.job == later.job
    other = due_now(BANK, ConnectorState("bank", tried_at=_at(-80)), NOW, running=False)
    assert other is not None
    assert other.job != first.job


def test_webhooks_are_dealt_with_between_the_runs() -> None:
    """Unless a run is due, which deals with them too; not while it runs, pauses or rests; one job for what waits."""
    now = ConnectorState("bank", tried_at=_at(-1))
    due = due_now(BANK, now, NOW, running=False, newest_event=7)
    assert due is not None
    assert ("bank@webhooks-7", EVENTS) == (due.job, due.kind)
    assert due_now(BANK, now, NOW, running=True, newest_event=7) is None
    paused = ConnectorState("bank", failures=1, tried_at=_at(-1), retry_at=_at(1))
    assert due_now(BANK, paused, NOW, running=False, newest_event=7) is None
    assert due_now(BANK, ConnectorState("bank", suspended_at=_at(-1)), NOW, running=False, newest_event=7) is None
    by_schedule = due_now(BANK, ConnectorState("bank", tried_at=_at(-60)), NOW, running=False, newest_event=7)
    assert by_schedule is not None
    assert by_schedule.kind == RUN
