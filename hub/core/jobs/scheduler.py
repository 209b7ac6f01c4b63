"""Who runs what next: looks at schedules and states, hands due connectors to the engine, adopts dead executors' jobs.

Every daemon on a data base has a scheduler; the leader's decides. A job's name is made from the state that made it
due, so that two schedulers that see the same state ask for the same job, which is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from hub.core.jobs.protocol import Jobs
from hub.core.jobs.running import lease_of
from hub.core.jobs.schedule import Schedule
from hub.core.store import Store, UnitOfWork, connector_state, leases
from hub.core.store.connector_state import ConnectorState
from hub.core.store.leases import EXECUTOR, Lease

LEADER = "leader"
RUN = "run connector"
EVENTS = "deal with webhooks"
#: A leader and an executor say that they live this often; after a lease without a word others take over.
LEASE_S = 20.0
#: Ended jobs are forgotten after this.
KEEP_JOBS_S = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Planned:
    """A connector that the daemon runs: its stable key, its section's name and its schedule."""

    key: str
    section: str
    schedule: Schedule


@dataclass(frozen=True, slots=True)
class Due:
    """Why a connector runs now; `because` is for the log. `kind` EVENTS: only its webhooks are dealt with."""

    planned: Planned
    job: str
    because: str
    kind: str = RUN


def due_now(
    planned: Planned, state: ConnectorState, now: datetime, *, running: bool, newest_event: int | None = None
) -> Due | None:
    """Whether a connector is due, given its state. Pure.

    Args:
        running: some process runs it at this instant.
        newest_event: the newest webhook that waits for it; None: none does.
    """
    if running or state.suspended_at is not None:
        return None
    if state.asked_at is not None:
        return _due(planned, state, f"asked for by {state.asked_by}")
    if state.retry_at is not None and now < _instant(state.retry_at):
        return None
    if state.interrupted:
        return _due(planned, state, "its last run was interrupted")
    if state.retry_at is not None and state.failures:
        return _due(planned, state, f"again after {state.failures} failures")
    last = None if state.tried_at is None else _instant(state.tried_at)
    when = planned.schedule.next_due(last, now)
    if when is not None and when <= now:
        return _due(planned, state, "by its schedule")
    if newest_event is not None:
        return Due(planned, f"{planned.key}@webhooks-{newest_event}", "webhooks", EVENTS)
    return None


def next_run(planned: Planned, state: ConnectorState, now: datetime) -> datetime | None:
    """From when on a connector is due, if nothing else happens; None: not by itself, or it is suspended. Pure."""
    if state.suspended_at is not None:
        return None
    if state.asked_at is not None or (state.retry_at is None and state.interrupted):
        return now
    if state.retry_at is not None and (state.failures or state.interrupted or now < _instant(state.retry_at)):
        return _instant(state.retry_at)
    return planned.schedule.next_due(None if state.tried_at is None else _instant(state.tried_at), now)


def _due(planned: Planned, state: ConnectorState, because: str) -> Due:
    basis = f"{state.tried_at or 0}-{state.asked_at or 0}-{state.failures}"
    return Due(planned, f"{planned.key}@{basis}", because)


def _instant(microseconds: int) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(microseconds=microseconds)


class Scheduler:
    """One daemon's scheduler; `tick` is called every second or so."""

    def __init__(
        self,
        store: Store,
        jobs: Jobs,
        executor: str,
        planned: Mapping[str, Planned],
        actor: str,
        waiting: Callable[[], Mapping[str, int]] = dict,
    ) -> None:
        """`waiting`: the newest webhook that waits, by connector key."""
        self.planned = dict(planned)
        self._store = store
        self._jobs = jobs
        self._executor = executor
        self._actor = actor
        self._waiting = waiting
        self._leader: Lease | None = None
        self._mine: Lease | None = None
        self._said_at = -LEASE_S

    @property
    def leads(self) -> bool:
        """True while this daemon decides what is due."""
        return self._leader is not None

    def tick(self, now: datetime, monotonic_s: float) -> list[Due]:
        """Do what is to be done now; returns the jobs that were handed to the engine.

        Raises:
            DatabaseUnreachable: the data base is out of reach; call again later.
        """
        if monotonic_s - self._said_at >= LEASE_S / 4:
            self._say_alive()
            self._said_at = monotonic_s
            self._jobs.mend()
            if self.leads:
                self._adopt_orphans()
        return self._hand_out(now) if self.leads else []

    def resign(self) -> None:
        """Give the leases back: this daemon ends."""
        for lease in (self._leader, self._mine):
            if lease is not None:
                self._store.again(self._actor, lambda unit, lease=lease: leases.release(unit, lease))  # type: ignore[misc]
        self._leader = self._mine = None

    def _say_alive(self) -> None:
        holder = leases.this_process()

        def say(unit: UnitOfWork) -> tuple[Lease | None, Lease | None]:
            mine = _kept(unit, EXECUTOR + self._executor, holder, self._mine)
            return mine, _kept(unit, LEADER, holder, self._leader)

        self._mine, self._leader = self._store.again(self._actor, say)

    def _adopt_orphans(self) -> None:
        """Jobs of executors that say nothing any more are done by the others."""
        with self._store.read() as connection:
            known, alive = leases.names(connection, EXECUTOR), leases.living(connection, EXECUTOR)
        for name in known - alive.keys():
            self._jobs.adopt(name.removeprefix(EXECUTOR))
            self._store.again(self._actor, lambda unit, name=name: leases.forget(unit, name))  # type: ignore[misc]

    def _hand_out(self, now: datetime) -> list[Due]:
        with self._store.read() as connection:
            states = connector_state.states(connection)
            running = leases.living(connection, lease_of("")).keys()
        waiting = self._waiting()
        handed = []
        for key, planned in self.planned.items():
            state = states.get(key, ConnectorState(key))
            due = due_now(planned, state, now, running=lease_of(key) in running, newest_event=waiting.get(key))
            if due is not None and (name := self._fresh(due.job)) is not None:
                doubtful = (state.failures > 0 or state.unproven) and state.asked_at is None
                self._jobs.start(name, due.kind, key, doubtful=doubtful)
                handed.append(due)
        return handed

    def _fresh(self, job: str) -> str | None:
        """The name under which `job` is to be started; None when it waits or runs already.

        A job that ended and left the connector due (its data base went away before it could note anything) is started
        under another name.
        """
        name, number = job, 0
        while (state := self._jobs.status(name)) is not None:
            if state in ("waiting", "running"):
                return None
            number += 1
            name = f"{job}+{number}"
        return name


def _kept(unit: UnitOfWork, name: str, holder: str, lease: Lease | None) -> Lease | None:
    """The lease, renewed or taken; None when another living process has it."""
    if lease is not None:
        try:
            leases.renew(unit, lease, LEASE_S)
        except leases.LeaseLost:
            return None
        return lease
    return leases.take(unit, name, holder, LEASE_S)
