"""Figures for those who watch the hub: runs and what they read, states, backlog. Cheap to ask for again and again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import sqlalchemy as sa

from hub.core.store import connector_state, leases
from hub.core.store import tables as t
from hub.core.store.connector_state import ConnectorState
from hub.core.store.held import held_counts
from hub.core.store.revision import HEAD, current

COUNTS = ("read", "new", "changed", "same", "held", "missing")


@dataclass(slots=True)
class Runs:
    """Sums over runs that ended: `outcomes` by connector and state (``interrupted``: it never came to its end),
    `records` by connector and count, `success_at` the newest complete end of each connector (microseconds UTC)."""

    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    records: Counter[tuple[str, str]] = field(default_factory=Counter)
    success_at: dict[str, int] = field(default_factory=dict)

    def plus(self, other: Runs) -> Runs:
        """Both together."""
        newest = {
            key: max(self.success_at.get(key, 0), other.success_at.get(key, 0))
            for key in {*self.success_at, *other.success_at}
        }
        return Runs(self.outcomes + other.outcomes, self.records + other.records, newest)


@dataclass(frozen=True, slots=True)
class Figures:
    """How things stand at one instant. Lines held and states by connector key, alarms by kind."""

    runs: Runs
    states: dict[str, ConnectorState]
    held: dict[str, int]
    alarms: dict[str, int]
    daemons: int


class Watch:
    """Reads figures; remembers the sums of runs that are over, so that years of them are added up once."""

    def __init__(self) -> None:
        self._over = Runs()
        self._upto = 0

    def read(self, connection: sa.Connection) -> Figures:
        """The figures now."""
        kinds = sa.select(t.alarm.c.kind, sa.func.count()).group_by(t.alarm.c.kind)
        return Figures(
            self._runs(connection),
            connector_state.states(connection),
            held_counts(connection),
            {row[0]: int(row[1]) for row in connection.execute(kinds)},
            len(leases.living(connection, "executor ")),
        )

    def _runs(self, connection: sa.Connection) -> Runs:
        r = t.run
        newest = sa.select(sa.func.max(r.c.id)).group_by(r.c.connector_id)
        at_work = sa.select(sa.func.min(r.c.id)).where(r.c.id.in_(newest), r.c.state == "running")
        last = connection.execute(sa.select(sa.func.max(r.c.id))).scalar() or 0
        first_at_work = connection.execute(at_work).scalar()
        settled = last if first_at_work is None else first_at_work - 1
        if settled > self._upto:
            self._over = self._over.plus(_sum(connection, self._upto, settled))
            self._upto = settled
        return self._over.plus(_sum(connection, settled, last, ended=True))


def ready(connection: sa.Connection, executor: str | None) -> dict[str, bool]:
    """What must be so for the hub to do its work: by name, whether it is. `executor`: the daemon beside us, if any."""
    checks = {"schema": current(connection) == HEAD}
    if executor is not None and checks["schema"]:
        name = f"executor {executor}"
        checks["scheduler"] = name in leases.living(connection, name)
    return checks


def _sum(connection: sa.Connection, after: int, upto: int, *, ended: bool = False) -> Runs:
    """Sums over the runs with ids above `after`, up to `upto`; `ended`: those that run are left out."""
    r, s, c = t.run, t.run_stream, t.connector
    if upto <= after:
        return Runs()
    where = [r.c.id > after, r.c.id <= upto, *([r.c.state != "running"] if ended else [])]
    found = Runs()
    states = sa.select(c.c.key, r.c.state, sa.func.count(), sa.func.max(r.c.ended_at)).select_from(
        r.join(c, c.c.id == r.c.connector_id)
    )
    for key, state, count, ended_at in connection.execute(states.where(*where).group_by(c.c.key, r.c.state)):
        found.outcomes[key, "interrupted" if state == "running" else state] += count
        if state == "complete":
            found.success_at[key] = ended_at
    sums = sa.select(c.c.key, *(sa.cast(sa.func.sum(s.c[name]), sa.BigInteger) for name in COUNTS)).select_from(
        s.join(r, r.c.id == s.c.run_id).join(c, c.c.id == r.c.connector_id)
    )
    for row in connection.execute(sums.where(*where).group_by(c.c.key)):
        found.records.update({(row[0], name): int(value) for name, value in zip(COUNTS, row[1:], strict=True)})
    return found
