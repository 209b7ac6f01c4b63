"""When silence is an alarm: from what was heard, and from the French and TARGET bank days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.services.alarms import Expected, Known, judge, usual_silence
from hub.core.store.alarms import Alarm, Heard

PARIS = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 30, 10, tzinfo=UTC)  # a Monday
TODAY = NOW.date()
HOURLY = Expected("bank", "bank", usual_silence(timedelta(hours=1), timedelta(0)))


def _at(instant: datetime) -> int:
    return int(instant.timestamp()) * 1_000_000


def _found(expected: Expected = HOURLY, today: date = TODAY, **known: object) -> list[Alarm]:
    facts = {"heard": {}, "statements": {}, "waiting": {}, "waited": None, "unhandled": {}, **known}
    return judge([expected], Known(**facts), now=NOW, today=today, zone=PARIS, backlog=20)  # type: ignore[arg-type]


@pytest.mark.parametrize(("minutes", "kinds"), [(149, []), (151, ["silent"])])
def test_an_hourly_connector_is_silent_after_two_hours_and_a_half(minutes: int, kinds: list[str]) -> None:
    """One run may fail; the second that does not come is told."""
    heard = Heard(complete_at=_at(NOW - timedelta(minutes=minutes)), first_at=_at(NOW - timedelta(days=9)))
    assert kinds == [alarm.kind for alarm in _found(heard={"bank": heard})]


def test_a_connector_that_never_ended_a_run_is_silent_since_it_was_first_tried() -> None:
    """And one that was never tried is not: there is nothing to compare with yet."""
    [alarm] = _found(heard={"bank": Heard(first_at=_at(NOW - timedelta(hours=3)))})
    assert ("silent", "bank") == (alarm.kind, alarm.subject)
    assert "ever" in alarm.what
    assert [] == _found(heard={})


def test_a_connector_at_work_is_not_silent() -> None:
    """A first load may take hours; the limit of a run ends it."""
    assert [] == _found(heard={"bank": Heard(first_at=1, at_work=True)})


def test_a_suspended_connector_is_told_with_its_reason_and_only_once() -> None:
    """It is silent, too, but that is why."""
    heard = Heard(complete_at=1, first_at=1, suspended_at=_at(NOW), suspended_because="HUB-X-001: refused")
    [alarm] = _found(heard={"bank": heard})
    assert "suspended" == alarm.kind
    assert alarm.what.endswith("HUB-X-001: refused")


def test_silence_can_be_switched_off() -> None:
    """PT0S, or no schedule at all."""
    for never in (timedelta(0), None):
        assert [] == _found(Expected("bank", "bank", never), heard={"bank": Heard(1, 1)})
    assert usual_silence(None, timedelta(0)) is None


@pytest.mark.parametrize(
    ("newest", "today", "missing"),
    [
        (date(2026, 11, 26), date(2026, 11, 30), False),  # Thursday's; Friday's comes today
        (date(2026, 11, 26), date(2026, 12, 1), True),  # Monday has passed without Friday's
        (date(2026, 4, 2), date(2026, 4, 7), False),  # Maundy Thursday; Good Friday and Easter Monday are no bank days
        (date(2026, 4, 2), date(2026, 4, 9), True),
        (date(2026, 12, 24), date(2026, 12, 29), False),  # Christmas, its morrow, a weekend
        (date(2026, 5, 7), date(2026, 5, 12), False),  # 8 May
    ],
)
def test_a_statement_that_is_missing_for_a_working_day(newest: date, today: date, missing: bool) -> None:
    """Of a daily account: weekends and holidays of banks do not count."""
    days = [newest, newest - timedelta(days=1)]
    found = _found(today=today, statements={("bank", "FR7630006000011234567890189", "EUR"): days})
    assert missing == bool(found)
    if found:
        assert "…0189" in found[0].what
        assert "FR76" not in found[0].what


def test_the_rhythm_of_an_account_is_its_own() -> None:
    """A statement a month is missing after more than a month; a number in the settings goes before."""
    monthly = {("bank", "A1234", "EUR"): [date(2026, 10, 30), date(2026, 9, 30), date(2026, 8, 31)]}
    assert [] == _found(statements=monthly)
    assert ["statement"] == [a.kind for a in _found(today=date(2026, 12, 4), statements=monthly)]
    strict = Expected("bank", "bank", None, statement_days=3)
    assert ["statement"] == [a.kind for a in _found(strict, statements=monthly)]
    off = Expected("bank", "bank", None, statement_days=0)
    assert [] == _found(off, today=date(2027, 12, 1), statements=monthly)


def test_a_cursor_that_stands_still() -> None:
    """It runs each hour; of late it brought something every other day, and now nothing for seven bank days."""
    days = (date(2026, 11, 18), date(2026, 11, 16), date(2026, 11, 12))
    runs = Heard(complete_at=_at(NOW), first_at=1, readings=days)
    assert ["no_news"] == [alarm.kind for alarm in _found(heard={"bank": runs})]
    assert [] == _found(today=date(2026, 11, 25), heard={"bank": runs})
    assert [] == _found(heard={"bank": Heard(complete_at=_at(NOW), first_at=1, readings=days[:2])})
    strict = Expected("bank", "bank", None, news_days=2)
    assert ["no_news"] == [a.kind for a in _found(strict, heard={"bank": Heard(1, 1, readings=days[:1])})]


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_backlog_is_an_alarm_when_it_is_large_and_grew_by_half(before: int, now: int) -> None:
    """Not on a hub that is younger than a week: it has nothing to compare with."""
    names = {("held", "bank"): now, ("receipts", ""): 0}
    found = _found(waiting=names, waited={("held", "bank"): before})
    assert (now >= 20 and now >= 1.5 * before) == bool(found)
    assert [] == _found(waiting=names, waited=None)


def test_a_webhook_that_waits_for_an_hour() -> None:
    """It should have been handled within seconds."""
    assert [] == _found(unhandled={"stripe": (3, _at(NOW - timedelta(minutes=59)))})
    [alarm] = _found(unhandled={"stripe": (3, _at(NOW - timedelta(minutes=61)))})
    assert "3 webhooks wait" in alarm.what
