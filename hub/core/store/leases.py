"""Leases: who may do what now, with a token that fences off whoever slept past its end.

A lease is taken for some seconds and renewed while the work goes on. Each taking raises its token; a unit of work that
writes under a lease reads the token in its own transaction, so a holder that was frozen and woke up after another one
took over cannot commit anything. A holder whose process is provably gone (same machine, no such process) is not waited
for.

The lease clock never jumps with the wall clock. PostgreSQL: the server's clock, one for all machines. SQLite serves one
machine: its monotonic clock, valid since that machine was started, which the holder's name carries.
"""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hub.core.store import keyed
from hub.core.store import tables as t
from hub.sdk.errors import HubError

if TYPE_CHECKING:
    from hub.core.store.database import Store, UnitOfWork

#: How long a lease lasts unless renewed, in seconds; it is renewed after a quarter of that.
LENGTH_S = 60.0
#: What the leases begin with by which daemons say that they are at work; their names follow.
EXECUTOR = "executor "
_SEPARATOR = " "


@dataclass(frozen=True, slots=True)
class Lease:
    """A lease as taken: only the bearer of this token may write in its name."""

    name: str
    holder: str
    token: int


class LeaseLost(HubError):
    """Another process took the lease over: this one slept too long, and nothing of its work is committed any more."""


class LeaseTaken(HubError):
    """Somebody else is doing this right now."""


@cache
def this_process() -> str:
    """The name of this process as a holder: machine, its start, whose process ids, process id, its start."""
    parts = (platform.node() or "localhost", _boot(), _processes(), str(os.getpid()), _started(os.getpid()) or "0")
    return _SEPARATOR.join(part.replace(_SEPARATOR, "-") for part in parts)


def take(unit: UnitOfWork, name: str, holder: str, length_s: float = LENGTH_S) -> Lease | None:
    """The lease called `name`, unless another living holder has it; then None."""
    connection = unit.connection
    keyed.insert_if_absent(connection, t.run_lease, name=name, holder=holder, token=0, taken_at=unit.at, until=0)
    row = connection.execute(sa.select(t.run_lease).where(t.run_lease.c.name == name).with_for_update()).one()
    now = _now(connection)
    if row.holder != holder and row.until > now and not _is_gone(row.holder, connection):
        return None
    values = {"holder": holder, "token": row.token + 1, "taken_at": unit.at, "until": now + int(length_s * 1e6)}
    connection.execute(t.run_lease.update().where(t.run_lease.c.name == name).values(values))
    return Lease(name, holder, row.token + 1)


def renew(unit: UnitOfWork, lease: Lease, length_s: float = LENGTH_S) -> None:
    """Keep `lease` for another `length_s` seconds.

    Raises:
        LeaseLost: somebody else took it meanwhile.
    """
    until = _now(unit.connection) + int(length_s * 1e6)
    if unit.connection.execute(_mine(lease).values(until=until)).rowcount == 0:
        raise lost(lease)


def release(unit: UnitOfWork, lease: Lease) -> None:
    """Give `lease` back; nothing happens when it is another's by now."""
    unit.connection.execute(_mine(lease).values(until=0))


def check(connection: sa.Connection, lease: Lease) -> None:
    """Make sure, until this transaction ends, that `lease` is still ours.

    Raises:
        LeaseLost: somebody else took it.
    """
    token = connection.execute(
        sa.select(t.run_lease.c.token).where(t.run_lease.c.name == lease.name).with_for_update(read=True)
    ).scalar()
    if token != lease.token:
        raise lost(lease)


def holder_of(store: Store, name: str) -> str | None:
    """Who has the lease called `name` now; None when nobody does."""
    with store.read() as connection:
        row = connection.execute(sa.select(t.run_lease).where(t.run_lease.c.name == name)).first()
        if row is None or row.until <= _now(connection) or _is_gone(row.holder, connection):
            return None
        return str(row.holder)


def living(connection: sa.Connection, prefix: str) -> dict[str, str]:
    """Holders by the name of their lease, of all leases in force whose name begins with `prefix`."""
    now = _now(connection)
    rows = connection.execute(
        sa.select(t.run_lease).where(t.run_lease.c.name.startswith(prefix, autoescape=True), t.run_lease.c.until > now)
    )
    return {row.name: row.holder for row in rows if not _is_gone(row.holder, connection)}


def names(connection: sa.Connection, prefix: str) -> set[str]:
    """Names of all leases that begin with `prefix`, in force or not."""
    return set(
        connection.execute(
            sa.select(t.run_lease.c.name).where(t.run_lease.c.name.startswith(prefix, autoescape=True))
        ).scalars()
    )


def forget(unit: UnitOfWork, name: str) -> None:
    """Remove a lease that is not in force any more: its name will not be used again."""
    unit.connection.execute(
        t.run_lease.delete().where(t.run_lease.c.name == name, t.run_lease.c.until <= _now(unit.connection))
    )


def lost(lease: Lease) -> LeaseLost:
    """The error of a holder that was fenced off."""
    return LeaseLost(
        code="HUB-RUN-002",
        what=f"another process took over {lease.name!r}: this one was silent for too long",
        where=lease.name,
        mend="nothing to do: the other process does the work, and nothing was written twice",
    )


def taken(name: str, holder: str | None) -> LeaseTaken:
    """The error of whoever comes second."""
    parts = holder.split(_SEPARATOR) if holder else []
    who = f"by process {parts[3]} on {parts[0]}" if len(parts) == 5 else "by another process"
    return LeaseTaken(
        code="HUB-RUN-001",
        what=f"{name!r} is being run already, {who}",
        where=name,
        mend="wait until it has finished; hub status shows how far it is",
    )


def of_run(key: str) -> str:
    """The name of the lease under which the connector of this key runs; of no key: how all of them begin."""
    return f"connector {key}"


def process_here(holder: str) -> int | None:
    """The process id of a holder on this machine; None when it is elsewhere."""
    parts, mine = holder.split(_SEPARATOR), this_process().split(_SEPARATOR)
    return int(parts[3]) if parts[:3] == mine[:3] else None


def _mine(lease: Lease) -> sa.Update:
    return t.run_lease.update().where(
        t.run_lease.c.name == lease.name, t.run_lease.c.token == lease.token, t.run_lease.c.holder == lease.holder
    )


def _now(connection: sa.Connection) -> int:
    """The lease clock in microseconds."""
    if connection.dialect.name == "postgresql":
        seconds = connection.exec_driver_sql("SELECT extract(epoch FROM clock_timestamp())").scalar_one()
        return int(seconds * 1_000_000)
    return time.monotonic_ns() // 1_000


def _is_gone(holder: str, connection: sa.Connection) -> bool:
    """True when the holder cannot come back: its process is no more, or its machine was started anew.

    Only a process that we could see is known to be gone: of one on another machine, or in another container, the end
    of its lease tells. SQLite serves one machine, so another start of a machine is an earlier start of this one.
    """
    parts, mine = holder.split(_SEPARATOR), this_process().split(_SEPARATOR)
    if len(parts) != len(mine):
        return False
    if parts[1] != mine[1]:
        return connection.dialect.name == "sqlite"
    return (parts[0], parts[2]) == (mine[0], mine[2]) and _started(int(parts[3])) != parts[4]


@cache
def _boot() -> str:
    """Which start of this machine it is, as Linux tells; a fixed word elsewhere."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return "unknown"


@cache
def _processes() -> str:
    """Whose process ids we see: those of the machine, or of one container."""
    try:
        return os.readlink("/proc/self/ns/pid")
    except OSError:
        return "all"


def _started(process: int) -> str | None:
    """When a process was started, in ticks since the machine's start; None when there is no such process.

    A process that ended and was not yet waited for (a zombie) is no process any more.
    """
    try:
        words = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] in ("Z", "X") else words[19]
