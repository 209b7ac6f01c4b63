"""Leases: one holder at a time, a sleeper is fenced off, a dead one is not waited for. On both data bases."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.jobs.keeper import held
from hub.core.store import Store, leases
from hub.core.store import tables as t
from hub.core.store.leases import Lease, LeaseLost, LeaseTaken
from tests.support.hubs import column, make_hub

OTHER = "elsewhere 11111111-1111-1111-1111-111111111111 pid:[1] 4711 99"


@pytest.fixture
def store(tmp_path: Path, database_url: str) -> Store:
    """An empty data base."""
    return make_hub(tmp_path, database_url, "").store


def _take(store: Store, holder: str, length_s: float = 60.0, name: str = "x") -> Lease | None:
    return store.again("tester", lambda unit: leases.take(unit, name, holder, length_s))


def _on(store: Store) -> str:
    """A holder who may be alive: on another machine; SQLite knows one machine, so another process of this one."""
    return f"{leases.this_process().rsplit(' ', 2)[0]} 1 {leases._started(1)}" if _sqlite(store) else OTHER


def _sqlite(store: Store) -> bool:
    return store.engine.dialect.name == "sqlite"


def test_one_holder_at_a_time(store: Store) -> None:
    """The second one is refused, with words; the first may take again, which fences its older self."""
    first = _take(store, _on(store))
    assert first is not None
    assert _take(store, leases.this_process()) is None
    with pytest.raises(LeaseTaken, match="being run already"), held(store, "x", "tester"):
        pass
    again = _take(store, _on(store))
    assert again is not None
    assert again.token == first.token + 1


def test_a_lease_ends_by_itself_and_the_sleeper_is_fenced(store: Store) -> None:
    """Who slept past the end cannot renew, nor commit anything, once another took over."""
    sleeper = _take(store, _on(store), length_s=0.05)
    assert sleeper is not None
    time.sleep(0.1)
    assert _take(store, leases.this_process()) is not None
    with pytest.raises(LeaseLost, match="took over"):
        store.again("sleeper", lambda unit: leases.renew(unit, sleeper))
    with pytest.raises(LeaseLost), store.under(sleeper).write("sleeper") as unit:
        unit.connection.execute(t.meta.insert().values(name="late", value="x"))
    assert [] == column(store, sa.select(t.meta.c.value).where(t.meta.c.name == "late"))


def test_a_sleeper_whom_nobody_replaced_goes_on(store: Store) -> None:
    """The end of a lease alone takes nothing away."""
    lease = _take(store, leases.this_process(), length_s=0.01)
    assert lease is not None
    time.sleep(0.05)
    store.again("sleeper", lambda unit: leases.renew(unit, lease))
    with store.under(lease).write("sleeper") as unit:
        unit.connection.execute(t.meta.insert().values(name="late", value="x"))
    assert ["x"] == column(store, sa.select(t.meta.c.value).where(t.meta.c.name == "late"))


def test_a_dead_process_is_not_waited_for(store: Store) -> None:
    """Killed, even before it was waited for: its lease is free at once."""
    code = "from hub.core.store import leases; print(leases.this_process(), flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    holder = child.stdout.readline().strip()
    assert _take(store, holder) is not None
    assert _take(store, leases.this_process()) is None
    os.kill(child.pid, signal.SIGKILL)
    deadline = time.monotonic() + 10
    while (mine := _take(store, leases.this_process())) is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert mine is not None
    child.wait()
    child.communicate()


def test_a_restarted_machine_is_not_waited_for(store: Store) -> None:
    """SQLite serves one machine: a lease from before its start is nobody's. On PostgreSQL it may be another machine."""
    mine = leases.this_process().split(" ")
    before = " ".join([mine[0], "00000000-0000-0000-0000-000000000000", *mine[2:]])
    assert _take(store, before) is not None
    assert (_take(store, leases.this_process()) is not None) == _sqlite(store)


def test_twenty_ask_at_once_and_one_gets_it(store: Store) -> None:
    """Also the very first time, when the row is not there yet."""
    got: list[Lease | None] = []
    holders = [f"{_on(store)}{n}" for n in range(20)] if not _sqlite(store) else None
    start = threading.Barrier(20)

    def ask(number: int) -> None:
        holder = holders[number] if holders else f"{OTHER.replace(OTHER.split()[1], leases._boot())}{number}"
        start.wait()
        got.append(_take(store, holder))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert 1 == sum(lease is not None for lease in got)


def test_a_lease_is_kept_while_work_goes_on_and_given_back(store: Store) -> None:
    """Work four times as long as the lease; then the next one may begin."""
    with held(store, "x", "tester", length_s=0.4) as lease:
        time.sleep(1.6)
        assert _take(store, _on(store)) is None
        assert leases.holder_of(store, "x") == lease.holder
    assert leases.holder_of(store, "x") is None
    assert _take(store, _on(store)) is not None
