"""SIGKILL at random moments, of the daemon or of a connector's process, while a file grows: nothing lost or doubled.

    python -m tests.benchmarks.kills --database sqlite|postgresql [--kills 200] [--seed 2]

Each round adds an invoice, asks for a run, and kills: the daemon at a moment drawn from the three seconds after the
hand-out (the job waits, the process starts, in its pages, between them, after its end), or the connector at one drawn
from the second and a half after its start. A killed daemon is started again. At the end one daemon works in peace;
then everything is counted and `hub verify` recomputes it. PostgreSQL runs with `fsync = off`: what is proved is what
survives the end of processes, not of the machine.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import tempfile
import time
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import connector_state
from hub.core.store import tables as t
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import counted, make_hub, rows, sync, verified, write_csv

SECTIONS = """
[daemon]
log = "json"

[connector.ledger]
plugin = "csv"
invoices = "invoices.csv"
every = "PT10S"

[connector.other]
plugin = "csv"
receipts = "receipts.csv"
cron = "* * * * *"
"""
#: Invoices before the first kill.
FIRST = 40


def write_files(folder: Path, invoices: int) -> None:
    """So many invoices, and one receipt that pays one of them."""
    lines = [f"F{n:05};C{n % 9};2026-09-01;2026-11-15;{n},50" for n in range(invoices)]
    write_csv(folder / "invoices.csv", "number;debtor_id;issued_on;due_on;total", *lines)
    if not (folder / "receipts.csv").exists():
        write_csv(folder / "receipts.csv", "receipt_id;received_on;amount;remittance", "R1;2026-11-20;7,50;F00007")


def kill_at_random(hub: Hub, folder: Path, kills: int, seed: int, *, say: bool = False) -> Counter[str]:
    """Kill so often, then let it work in peace, and make sure that nothing is lost, doubled or half done.

    Returns who was killed: `daemon`, `connector`, or `late` when no connector was at work at that moment.
    """
    dice, fates, living = random.Random(seed), Counter[str](), list[DaemonProcess]()
    try:
        for kill in range(kills):
            write_files(folder, FIRST + kill)
            if not living:
                living.append(DaemonProcess(folder / "hub.toml"))
            fates[_kill_one(hub, living, dice)] += 1
            if say and kill % 10 == 9:
                print(f"{kill + 1} kills: {dict(fates)}", flush=True)
    finally:
        for daemon in living:
            daemon.kill()
    _in_peace(hub, folder, FIRST + kills)
    return fates


def _kill_one(hub: Hub, living: list[DaemonProcess], dice: random.Random) -> str:
    """Have a run handed out to the daemon that lives, kill it or the connector, and say which."""
    [daemon] = living
    _ask(hub, daemon)
    victim = dice.choice(("daemon", "connector"))
    if victim == "daemon":
        time.sleep(dice.random() * 3)
        living.remove(daemon)
        daemon.kill()
    elif not _kill_connector(daemon, dice):
        victim = "late"
    return victim


def _ask(hub: Hub, daemon: DaemonProcess) -> None:
    """Have a run handed out now, also after failures in a row; the last one may be noted after we asked."""
    handed = _handed(daemon)
    hub.store.again("tester", lambda unit: connector_state.ask(unit, "ledger"))

    def is_handed_out() -> bool:
        if any(state.suspended_at for state in _states(hub)):
            hub.store.again("tester", lambda unit: connector_state.resume(unit, "ledger"))
        return _handed(daemon) > handed

    until(is_handed_out, daemon.log)


def _handed(daemon: DaemonProcess) -> int:
    return sum(1 for line in daemon.events() if line.get("event") == "due" and line.get("connector") == "ledger")


def _kill_connector(daemon: DaemonProcess, dice: random.Random) -> bool:
    """Kill one of the daemon's children within the second and a half after it began; False when it was gone by then."""
    until(lambda: bool(_children(daemon)), daemon.log)
    time.sleep(dice.random() * 1.5)
    try:
        os.kill(dice.choice(_children(daemon)), signal.SIGKILL)
    except (IndexError, ProcessLookupError):
        return False
    return True


def _children(daemon: DaemonProcess) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{daemon.process.pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def _in_peace(hub: Hub, folder: Path, number: int) -> None:
    """A last daemon takes in what is there; then nothing is missing, twice there, or open."""
    write_files(folder, number)
    with DaemonProcess(folder / "hub.toml") as daemon:
        _ask(hub, daemon)
        until(lambda: number == len(rows(hub.store, sa.select(t.invoice.c.id))), daemon.log)
        until(lambda: not any(state.interrupted for state in _states(hub)), daemon.log)
        assert 0 == daemon.stop()
    assert {} == counted(sync(hub, "ledger"))
    pages = rows(hub.store, sa.select(t.raw_unit.c.ref, sa.func.count()).group_by(t.raw_unit.c.ref))
    assert {1} == {times for _, times in pages}
    allocated = rows(hub.store, sa.select(t.allocation.c.amount_minor))
    assert [(750,)] == allocated
    found = verified(hub)
    assert ([], [], {"EUR": 0}) == (found.differences, found.not_checked, found.gap_minor)


def _states(hub: Hub) -> list[connector_state.ConnectorState]:
    with hub.store.read() as connection:
        return list(connector_state.states(connection).values())


def main() -> None:
    """Kill as asked, and print what became of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder, server = Path(name), None
        url = f"sqlite:///{folder / 'hub.db'}"
        if given.database == "postgresql":
            from tests.support.postgres import PostgresServer

            server = PostgresServer()
            url = server.url(server.create())
        try:
            hub = make_hub(folder, url, SECTIONS)
            begun = time.monotonic()
            fates = kill_at_random(hub, folder, given.kills, given.seed, say=True)
            minutes = (time.monotonic() - begun) / 60
            print(f"{given.database}: {given.kills} kills in {minutes:.0f} minutes, {dict(fates)}")
            print("0 lost, 0 doubled, gap 0.00, hub verify finds no difference")
            hub.store.close()
        finally:
            if server is not None:
                server.stop()


if __name__ == "__main__":
    main()
