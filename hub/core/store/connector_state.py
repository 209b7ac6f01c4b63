"""What the daemon remembers of each connector between runs: failures in a row, pauses, suspension, runs asked for."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import keyed
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class ConnectorState:
    """Instants in microseconds UTC. `interrupted` is true when its newest run never came to an end; `unproven` when it
    failed or stayed incomplete, whatever was forgiven since."""

    key: str
    failures: int = 0
    tried_at: int | None = None
    retry_at: int | None = None
    suspended_at: int | None = None
    suspended_because: str | None = None
    asked_at: int | None = None
    asked_by: str | None = None
    interrupted: bool = False
    unproven: bool = False


def states(connection: sa.Connection) -> dict[str, ConnectorState]:
    """The state of every connector that ever ran or was asked to, by its stable key."""
    s, r, c = t.run_state, t.run, t.connector
    newest = sa.select(sa.func.max(r.c.id)).group_by(r.c.connector_id)
    ended = sa.select(c.c.key, r.c.state).select_from(r.join(c, c.c.id == r.c.connector_id)).where(r.c.id.in_(newest))
    last = {key: state for key, state in connection.execute(ended)}
    broken_off = {key for key, state in last.items() if state == "running"}
    known = {
        row.connector_key: ConnectorState(
            row.connector_key, row.failures, row.tried_at, row.retry_at, row.suspended_at, row.suspended_because,
            row.asked_at, row.asked_by, row.connector_key in broken_off,
            last.get(row.connector_key) in ("failed", "incomplete"),
        )
        for row in connection.execute(sa.select(s))
    }  # fmt: skip
    return {**{key: ConnectorState(key, interrupted=True) for key in broken_off}, **known}


def note_begin(unit: UnitOfWork, key: str) -> None:
    """A run begins: what was asked for is being done."""
    _set(unit, key, tried_at=unit.at, asked_at=None, asked_by=None)


def note_success(unit: UnitOfWork, key: str) -> None:
    """A run came to its end."""
    _set(unit, key, failures=0, retry_at=None)


def note_failure(unit: UnitOfWork, key: str, retry_at: int) -> int:
    """A run failed; not before `retry_at` again. Returns how many failed in a row."""
    _set(unit, key, retry_at=retry_at)
    s = t.run_state
    mine = s.c.connector_key == key
    unit.connection.execute(s.update().where(mine).values(failures=s.c.failures + 1))
    return int(unit.connection.execute(sa.select(s.c.failures).where(mine)).scalar_one())


def suspend(unit: UnitOfWork, key: str, because: str) -> None:
    """The connector rests until somebody resumes it."""
    _set(unit, key, suspended_at=unit.at, suspended_because=because)
    unit.journal("connector suspended", key, {"connector": key})


def resume(unit: UnitOfWork, key: str) -> bool:
    """The connector may run again, from now on; false when it was not suspended."""
    s = t.run_state
    resumed = unit.connection.execute(
        s.update()
        .where(s.c.connector_key == key, s.c.suspended_at.is_not(None))
        .values(suspended_at=None, suspended_because=None, failures=0, retry_at=None)
    ).rowcount
    if resumed:
        unit.journal("connector resumed", key, {"connector": key})
    return bool(resumed)


def ask(unit: UnitOfWork, key: str) -> None:
    """Somebody wants a run as soon as a daemon can begin it."""
    _set(unit, key, asked_at=unit.at, asked_by=unit.actor)


def _set(unit: UnitOfWork, key: str, **values: int | str | None) -> None:
    keyed.insert_if_absent(unit.connection, t.run_state, connector_key=key, failures=0)
    unit.connection.execute(t.run_state.update().where(t.run_state.c.connector_key == key).values(**values))


def was_handed(connection: sa.Connection, key: str) -> bool:
    """Whether a batch of postings was ever made for these books."""
    b, c = t.ledger_batch, t.connector
    statement = sa.select(b.c.id).join(c, c.c.id == b.c.connector_id).where(c.c.key == key).limit(1)
    return connection.execute(statement).first() is not None
