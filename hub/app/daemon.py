"""`hub daemon`: runs connectors by their schedules, reconciles what they bring, survives what happens to it.

Several daemons may work on one PostgreSQL: one leads and says what is due, all of them run it. What is to be done is
decided from the hub's own tables at each tick, so a daemon that was killed leaves nothing behind that matters.
"""

from __future__ import annotations

import contextlib
import platform
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

from hub.app import logs, memory
from hub.app.bootstrap import Hub, refuse_other_database
from hub.app.planned import plan
from hub.app.policies import policy_of
from hub.app.serving import Serving
from hub.app.watch import Watch
from hub.core.jobs.aside import Aside, Waiting
from hub.core.jobs.dbos_engine import DbosJobs
from hub.core.jobs.events import KEEP_WEBHOOKS_S, Handled
from hub.core.jobs.keeper import held
from hub.core.jobs.running import Stop, Stopped, run_connector, run_events
from hub.core.jobs.scheduler import EVENTS, KEEP_JOBS_S, LEASE_S, RUN, Scheduler
from hub.core.services.reconcile import reconcile_now
from hub.core.store import leases
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.leases import EXECUTOR, LeaseLost, LeaseTaken
from hub.core.store.streams import Counts
from hub.core.sync.run import RunReport
from hub.sdk.errors import BrokenPromise, ConfigError, HubError

ACTOR = "hub daemon"
TICK_S = 1.0
#: How long a daemon that is told to end waits for the pages at hand.
PATIENCE_S = 25.0
PRUNE_EVERY_S = 3600.0
#: How often memory that runs needed and nobody uses now goes back to the system.
GIVE_BACK_EVERY_S = 60.0
#: Runs that only wait for their connector, beside those at work: each is a process with its memory.
BESIDE = 16
_RECONCILE = "reconcile"


class NowAndThen:
    """A chore that is done every so many seconds, for the first time after as many."""

    def __init__(self, every_s: float, work: Callable[[], None]) -> None:
        self._every_s, self._work, self._done = every_s, work, time.monotonic()

    def glance(self) -> None:
        """Called at each tick; works when it is time."""
        if time.monotonic() - self._done > self._every_s:
            self._work()
            self._done = time.monotonic()


class Daemon:
    """A daemon of one process. `run` returns when it was told to stop."""

    def __init__(self, config: Path | None, *, executor: str | None = None, serve: bool = False) -> None:
        """`serve`: `hub serve` runs beside it, in a process of its own, as long as the daemon."""
        self.hub = Hub.open(config, ACTOR, trusted=True)
        self._stop = Stop()
        self._woken = threading.Event()
        self._reload = False
        self._executor = executor
        self._log: Any = None
        self._reconciling = threading.Lock()
        self._serving = Serving(self.hub.settings.path) if serve else None
        self._aside = Aside(BESIDE)

    def run(self) -> None:
        """Work until SIGTERM or SIGINT; read the configuration again at SIGHUP.

        Raises:
            ConfigError: the configuration is faulty when the daemon starts.
            DatabaseUnreachable: the data base is out of reach when the daemon starts.
        """
        import structlog

        memory.share_arenas()
        logs.configure(self.hub.settings.daemon.log)
        self._log = structlog.get_logger()
        planned = plan(self.hub)
        executor = self._executor or free_executor(self.hub)
        jobs = DbosJobs(jobs_url(self.hub), executor, self.hub.settings.daemon.workers)
        scheduler = Scheduler(self.hub.store, jobs, executor, planned, ACTOR, self.hub.inbox.waiting)
        watch = Watch(self.hub, planned, ACTOR, self._log)
        self._listen()
        jobs.launch({RUN: self._run_one, EVENTS: self._deal_with_webhooks})
        if self._serving:
            self._serving.start(executor)
        self._log.info("ready", executor=executor, connectors=len(planned), data_base=_backend(self.hub))
        try:
            self._work(scheduler, jobs, watch)
        finally:
            self._log.info("stopping")
            if self._serving:
                self._serving.stop()
            begun = time.monotonic()
            jobs.close(PATIENCE_S)
            self._aside.wait(begun + PATIENCE_S - time.monotonic())
            with contextlib.suppress(DatabaseUnreachable):  # the leases end by themselves
                scheduler.resign()
            self._log.info("stopped")

    def stop(self) -> None:
        """End soon: no new run, those at work after their page."""
        self._stop.wanted = True
        self._woken.set()

    def _listen(self) -> None:
        def end(_signal: int, _frame: FrameType | None) -> None:
            self.stop()

        def again(_signal: int, _frame: FrameType | None) -> None:
            self._reload = True
            self._woken.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        signal.signal(signal.SIGHUP, again)

    def _work(self, scheduler: Scheduler, jobs: DbosJobs, watch: Watch) -> None:
        chores = (
            NowAndThen(PRUNE_EVERY_S, lambda: self._prune(jobs)),
            NowAndThen(GIVE_BACK_EVERY_S, self._give_back),
        )
        reachable = True
        while not self._stop.wanted:
            try:
                if self._reload:
                    self._read_again(scheduler, watch)
                for due in scheduler.tick(self.hub.clock.now(), time.monotonic()):
                    self._log.info("due", connector=due.planned.section, because=due.because)
                watch.glance(leads=scheduler.leads)
                for chore in chores:
                    chore.glance()
                if not reachable:
                    self._log.info("data base back")
                reachable = True
            except DatabaseUnreachable as error:
                if reachable:
                    self._log.error("data base out of reach", code=error.code, what=error.what)
                reachable = False
            if self._serving:
                self._serving.keep()
            self._woken.wait(TICK_S if reachable else 5 * TICK_S)
            self._woken.clear()

    def _prune(self, jobs: DbosJobs) -> None:
        jobs.prune(KEEP_JOBS_S)
        self.hub.inbox.prune(int((self.hub.clock.now().timestamp() - KEEP_WEBHOOKS_S) * 1e6))

    def _give_back(self) -> None:
        self.hub.store.rest()
        memory.give_back()

    def _read_again(self, scheduler: Scheduler, watch: Watch) -> None:
        """The configuration anew; a broken one is refused and the old one stands."""
        self._reload = False
        try:
            fresh = Hub.open(self.hub.settings.path, ACTOR, trusted=True)
            planned = plan(fresh)
            refuse_other_database(self.hub, fresh)
            fresh.store, fresh.inbox = self.hub.store, self.hub.inbox  # their connections are in use
            watch.settle(fresh, planned)
        except HubError as error:
            self._log.error("configuration refused, the old one stands", code=error.code, what=error.what)
            return
        fresh.store, fresh.inbox = self.hub.store, self.hub.inbox  # their connections are in use
        self.hub, scheduler.planned = fresh, planned
        if self._serving:
            self._serving.read_again()
        self._log.info("configuration read again", connectors=len(planned))

    def _run_one(self, key: str) -> None:
        """The work of one job. It ends early when the run only waits: others are not kept waiting by it."""
        self._aside.do(f"run {key}", lambda waits: self._run_to_the_end(key, waits))

    def _run_to_the_end(self, key: str, waits: Waiting) -> None:
        """A connector's run, then the reconciliation of what it brought."""

        def work(hub: Hub, section: str) -> list[Counts]:
            spec = hub.spec(section)
            spec = replace(spec, limits=replace(spec.limits, when_silent=waits))
            report = run_connector(hub.store, spec, actor=ACTOR, stop=self._stop, inbox=hub.inbox)
            self._say(report)
            return [report.counts, *([report.webhooks] if report.webhooks else [])]

        self._guarded(key, work)

    def _deal_with_webhooks(self, key: str) -> None:
        """The work of one job: objects read again after webhooks, then the reconciliation of what they brought."""

        def work(hub: Hub, section: str) -> list[Counts]:
            handled = run_events(hub.store, hub.inbox, hub.spec(section), actor=ACTOR, stop=self._stop)
            self._say_handled(handled)
            return [handled.counts]

        self._guarded(key, work)

    def _guarded(self, key: str, work: Callable[[Hub, str], list[Counts]]) -> None:
        """Do `work` for a connector and reconcile what it brought; whatever goes wrong is logged and remembered."""
        import structlog

        hub = self.hub
        section = next((name for name in hub.settings.connectors if hub.key_of(name) == key), None)
        if section is None:
            return  # taken out of the configuration since
        with structlog.contextvars.bound_contextvars(connector=section, run=f"{time.time_ns():x}"):
            try:
                if any(counts.new or counts.changed for counts in work(hub, section)):
                    self._reconcile(hub)
            except (LeaseTaken, LeaseLost) as error:
                self._log.info("left to another process", code=error.code)
            except DatabaseUnreachable as error:
                self._log.error("data base out of reach", code=error.code, what=error.what)
            except HubError as error:
                self._note(hub, key, error)
            except Exception as error:
                self._log.exception("a fault of the hub")
                self._note(hub, key, BrokenPromise(code="HUB-RUN-004", what=f"{type(error).__name__}: {error}"))

    def _note(self, hub: Hub, key: str, error: HubError) -> None:
        from hub.core.jobs.running import note_failure

        self._log.error("could not run", code=error.code, what=error.what, mend=error.mend)
        note_failure(hub.store, key, error, ACTOR)

    def _reconcile(self, hub: Hub) -> None:
        """Reconcile, after whoever does it now: he may have begun before our records were there."""
        with self._reconciling:
            while not self._stop.wanted:
                try:
                    with held(hub.store, _RECONCILE, ACTOR):
                        found = reconcile_now(hub.desk, policy_of(hub.settings))
                    break
                except LeaseTaken:
                    time.sleep(TICK_S)
            else:
                return
        applied = sum(count.receipts for count in found.automatic.values())
        suggested = sum(count.receipts for count in found.suggested.values())
        self._log.info("reconciled", applied=applied, suggested=suggested)

    def _say_handled(self, handled: Handled) -> None:
        figures = {"events": handled.events, "given_up": handled.given_up, **_figures(handled.counts)}
        if handled.error is None:
            self._log.info("webhooks dealt with", **figures)
        else:
            error = handled.error
            self._log.error("webhooks wait", code=error.code, what=error.what, mend=error.mend, **figures)

    def _say(self, report: RunReport) -> None:
        figures = _figures(report.counts)
        if report.error is None:
            self._log.info("run complete", **figures)
        elif isinstance(report.error, Stopped):
            self._log.info("run stopped", **figures)
        else:
            error = report.error
            self._log.error(f"run {report.state}", code=error.code, what=error.what, mend=error.mend, **figures)


def _figures(counts: Counts) -> dict[str, int]:
    return {name: getattr(counts, name) for name in ("read", "new", "changed", "same", "held")}


def jobs_url(hub: Hub) -> str:
    """Where the engine keeps its jobs: a SQLite file of its own, or a schema of its own on PostgreSQL."""
    url = hub.settings.database_url
    if url.startswith("sqlite"):
        return f"sqlite:///{(hub.settings.folder / hub.settings.hub.work_folder).resolve() / 'jobs.sqlite3'}"
    return url


def free_executor(hub: Hub) -> str:
    """A stable name for this daemon: the machine's, and the first number that no living daemon of it has."""
    holder = leases.this_process()
    host = platform.node() or "localhost"
    for number in range(1, 100):
        name = f"{host}-{number}"
        lease = hub.store.again(ACTOR, lambda unit, name=name: leases.take(unit, EXECUTOR + name, holder, LEASE_S))  # type: ignore[misc]
        if lease is not None:
            return name
    raise ConfigError(code="HUB-JOB-003", what=f"99 daemons run on {host} already", mend="stop some of them")


def _backend(hub: Hub) -> str:
    return hub.settings.database_url.partition(":")[0]
