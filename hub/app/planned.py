"""Which connectors run by themselves, when each runs next, and the daemons of this machine that do it."""

from __future__ import annotations

from datetime import datetime

from hub.app.bootstrap import Hub
from hub.core.jobs.schedule import schedule_of
from hub.core.jobs.scheduler import Planned, next_run
from hub.core.store import connector_state, leases
from hub.core.store.connector_state import ConnectorState
from hub.core.store.leases import EXECUTOR


def plan(hub: Hub) -> dict[str, Planned]:
    """The enabled connectors by their stable key, each with its schedule.

    Raises:
        ConfigError: a section is faulty.
    """
    planned = {}
    for section in hub.sections():
        values = hub.config_of(section)
        where = f"{hub.settings.path}: [connector.{section}]"
        schedule = schedule_of(hub.zone, values.every, values.cron, values.quiet, where)
        key = hub.key_of(section)
        planned[key] = Planned(key, section, schedule)
    return planned


def next_runs(hub: Hub) -> dict[str, datetime]:
    """When each connector runs next by itself, by section; the present instant: as soon as a daemon gets to it.

    Connectors that rest until somebody resumes them, or run only on demand, are left out.

    Raises:
        ConfigError: a section is faulty.
    """
    with hub.store.read() as connection:
        states = connector_state.states(connection)
    now, found = hub.clock.now(), {}
    for key, planned in plan(hub).items():
        when = next_run(planned, states.get(key, ConnectorState(key)), now)
        if when is not None:
            found[planned.section] = max(when, now)
    return found


def daemons_here(hub: Hub) -> list[int]:
    """The process ids of the daemons on this machine that work on this data base."""
    with hub.store.read() as connection:
        holders = leases.living(connection, EXECUTOR).values()
    return sorted({process for holder in holders if (process := leases.process_here(holder)) is not None})
