"""One run of a connector under its lease, whoever asked for it: the daemon, the command line, the page."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from hub.core.host.spawn import Spawned
from hub.core.jobs.events import Handled, handle_waiting
from hub.core.jobs.keeper import held
from hub.core.store import Store, UnitOfWork, connector_state, leases
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.inbox import Inbox
from hub.core.store.leases import LeaseLost
from hub.core.store.streams import Counts
from hub.core.sync.run import ConnectorSpec, Progress, RunReport, sync_connector
from hub.sdk.errors import ConfigError, HubError, SourceAuthError

#: Pause after the first failure; it doubles with each further one in a row, up to the longest.
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=1)
#: Failures in a row after which a connector rests until somebody resumes it.
MAX_FAILURES = 6


class Stopped(HubError):
    """The hub is being stopped: the run ends after its page."""


@dataclass(slots=True)
class Stop:
    """Set from outside: runs end after the page at hand."""

    wanted: bool = False


def lease_of(key: str) -> str:
    """The name of the lease under which a connector runs."""
    return leases.of_run(key)


def run_connector(
    store: Store,
    spec: ConnectorSpec,
    *,
    actor: str,
    full: bool = False,
    accept_missing: bool = False,
    progress: Progress | None = None,
    stop: Stop | None = None,
    spawned: Spawned | None = None,
    inbox: Inbox | None = None,
) -> RunReport:
    """Run one connector now, unless it is running already, and remember how it went.

    Webhooks that wait in `inbox` are dealt with first; what keeps them from it does not keep the run from it.

    Raises:
        LeaseTaken: it is being run by another process.
        LeaseLost: another process took it over; nothing of this run is written any more.
        DatabaseUnreachable: the hub's own data base is out of reach.
    """
    with held(store, lease_of(spec.key), actor) as lease:
        fenced = store.under(lease)
        fenced.again(actor, lambda unit: connector_state.note_begin(unit, spec.key))
        watched = _watched(progress, stop)
        handled = None
        if inbox is not None and spec.key in inbox.waiting():
            handled = handle_waiting(fenced, inbox, spec, actor=actor, stopped=lambda: bool(stop and stop.wanted))
        report = sync_connector(
            fenced, spec, actor=actor, full=full, accept_missing=accept_missing, progress=watched, spawned=spawned
        )
        report.webhooks = handled.counts if handled is not None else None
        if report.error is None:
            _acknowledge(fenced, spec, report, actor)
        _remember(fenced, report, actor)
        return report


def run_events(store: Store, inbox: Inbox, spec: ConnectorSpec, *, actor: str, stop: Stop | None = None) -> Handled:
    """Deal with the webhooks of one connector, unless it is being run: then its run does. A failure is remembered.

    Raises:
        LeaseTaken: it is being run by another process.
        LeaseLost: another process took it over.
        DatabaseUnreachable: the hub's own data base is out of reach.
    """
    with held(store, lease_of(spec.key), actor) as lease:
        fenced = store.under(lease)
        handled = handle_waiting(fenced, inbox, spec, actor=actor, stopped=lambda: bool(stop and stop.wanted))
        if handled.error is not None:
            note_failure(fenced, spec.key, handled.error, actor)
        return handled


def _acknowledge(store: Store, spec: ConnectorSpec, report: RunReport, actor: str) -> None:
    """Which entries handed to these books came back with this run; what went wrong in asking is the run's error."""
    with store.read() as connection:
        if not connector_state.was_handed(connection, spec.key):
            return
    # What links entries loads half of the hub: only now, for each run of each connector comes by here.
    from hub.core.host.writing import writer
    from hub.core.services.acknowledging import acknowledge

    try:
        report.acknowledged = acknowledge(store, spec.key, lambda: writer(spec.start, spec.limits), actor)
    except (LeaseLost, DatabaseUnreachable):
        raise
    except HubError as error:
        report.error = error


def _watched(progress: Progress | None, stop: Stop | None) -> Progress:
    def after_page(stream: str, counts: Counts) -> None:
        if progress is not None:
            progress(stream, counts)
        if stop is not None and stop.wanted:
            raise Stopped(
                code="HUB-RUN-003",
                what="the hub is being stopped; what was read is kept",
                mend="it goes on from there when the hub runs again",
            )

    return after_page


def _remember(store: Store, report: RunReport, actor: str) -> None:
    """Success ends a series of failures; a failure means a pause, too many of them or a refused login a rest."""
    key, error = report.connector, report.error
    if error is None:
        store.again(actor, lambda unit: connector_state.note_success(unit, key))
        return
    if isinstance(error, Stopped):
        store.again(actor, lambda unit: connector_state.ask(unit, key))
        return
    note_failure(store, key, error, actor)


def note_failure(store: Store, key: str, error: HubError, actor: str) -> None:
    """A run failed, or could not even begin: a pause, or a rest until somebody resumes it."""
    store.again(actor, lambda unit: _fail(unit, key, error))


def _fail(unit: UnitOfWork, key: str, error: HubError) -> None:
    known = connector_state.states(unit.connection).get(key)
    pause = pause_after(known.failures if known else 0, random.random)
    failures = connector_state.note_failure(unit, key, unit.at + pause // timedelta(microseconds=1))
    if isinstance(error, SourceAuthError | ConfigError):
        connector_state.suspend(unit, key, f"{error.code}: {error.what}")
    elif failures >= MAX_FAILURES:
        connector_state.suspend(unit, key, f"{failures} failures in a row, the last: {error.code}: {error.what}")


def pause_after(failures: int, chance: Callable[[], float]) -> timedelta:
    """How long to wait after a failure that followed `failures` others in a row; between 80 and 120 % of the rule."""
    pause: timedelta = min(FIRST_PAUSE * 2 ** min(failures, 16), LONGEST_PAUSE)
    return pause * (0.8 + 0.4 * chance())
