"""What the leader hands out, and in which line: what failed the last time does not make others wait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from hub.core.jobs.dbos_engine import DbosJobs
from hub.core.jobs.protocol import State, Work
from hub.core.jobs.schedule import Schedule
from hub.core.jobs.scheduler import Planned, Scheduler
from hub.core.store import Store, connector_state
from hub.core.store import tables as t
from tests.support.hubs import make_hub

HOURLY = Schedule(ZoneInfo("Europe/Paris"), every=timedelta(hours=1))


class Noted:
    """An engine that only notes what it is asked to start."""

    def __init__(self) -> None:
        self.started: dict[str, bool] = {}

    def launch(self, works: Mapping[str, Work]) -> None:
        """Nothing is done."""

    def start(self, job: str, kind: str, argument: str, *, doubtful: bool = False) -> None:
        """Note it."""
        self.started[argument] = doubtful

    def cancel(self, job: str) -> None:
        """Nothing is done."""

    def status(self, job: str) -> State | None:
        """Nothing is known."""
        return None

    def adopt(self, executor: str) -> int:
        """Nobody died."""
        return 0

    def mend(self) -> int:
        """Nothing is lost."""
        return 0

    def prune(self, older_than_s: float) -> None:
        """Nothing is kept."""

    def close(self, patience_s: float) -> None:
        """Nothing is open."""


@pytest.fixture
def store(tmp_path: Path, sqlite_template: Path) -> Store:
    """A data base of its own."""
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    return make_hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", "").store


def test_what_is_resumed_proves_itself_first(store: Store) -> None:
    """Its failures are forgiven, but its last run failed: ten of them resumed at once keep nobody else waiting."""
    with store.write("x") as unit:
        connector = unit.connection.execute(t.connector.insert().values(key="back", plugin="csv")).inserted_primary_key
        run = {
            "connector_id": connector[0],
            "started_at": 1,
            "ended_at": 2,
            "full": False,
            "actor": "x",
            "state": "failed",
        }
        unit.connection.execute(t.run.insert().values(**run))
        connector_state.note_failure(unit, "back", 1)
        connector_state.suspend(unit, "back", "it hangs")
        connector_state.resume(unit, "back")
    jobs = Noted()
    Scheduler(store, jobs, "vm-1", {"back": Planned("back", "back", HOURLY)}, "x").tick(
        datetime(2026, 11, 30, tzinfo=UTC), 0
    )
    assert {"back": True} == jobs.started
    store.again("x", lambda unit: unit.connection.execute(t.run.update().values(state="complete")))
    jobs.started.clear()
    Scheduler(store, jobs, "vm-2", {"back": Planned("back", "back", HOURLY)}, "x").tick(
        datetime(2026, 11, 30, 3, tzinfo=UTC), 0
    )
    assert {"back": False} == jobs.started


def test_what_failed_waits_in_a_line_of_its_own(store: Store) -> None:
    """Unless somebody asked for it: then it goes with the others."""
    for key in ("failed", "asked"):
        store.again("x", lambda unit, key=key: connector_state.note_failure(unit, key, 1))  # type: ignore[misc]
    store.again("Marie", lambda unit: connector_state.ask(unit, "asked"))
    jobs = Noted()
    planned = {key: Planned(key, key, HOURLY) for key in ("fine", "failed", "asked")}
    scheduler = Scheduler(store, jobs, "vm-1", planned, "x")
    handed = scheduler.tick(datetime(2026, 11, 30, tzinfo=UTC), 0)
    assert {"fine", "failed", "asked"} == {due.planned.key for due in handed}
    assert {"fine": False, "failed": True, "asked": False} == jobs.started
    scheduler.resign()


def test_a_job_whose_end_could_not_be_noted_is_begun_again() -> None:
    """As on a full disk: it counts as running, and nobody runs it. Twice seen so, it is begun again, once."""
    jobs, resumed = DbosJobs("sqlite:///x", "vm-1", 4), []
    pending = [SimpleNamespace(workflow_id="lost"), SimpleNamespace(workflow_id="at work")]
    engine = SimpleNamespace(
        list_workflows=lambda **_: pending, resume_workflow=lambda job, queue_name: resumed.append((job, queue_name))
    )
    jobs._dbos = SimpleNamespace(DBOS=engine)
    jobs._at_work.add("at work")
    assert 0 == jobs.mend()
    assert 1 == jobs.mend()
    assert [("lost", "hub")] == resumed
    pending.clear()
    assert 0 == jobs.mend()
