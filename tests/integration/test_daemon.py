"""The daemon as operators run it: by schedule, reloaded, drained, killed, without its jobs' file, several at once."""

from __future__ import annotations

import random
import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import connector_state
from hub.core.store import tables as t
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import content, counted, make_hub, rows, sync, verified, write_csv

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
HEAD = "number;debtor_id;issued_on;due_on;total"


def _files(folder: Path, invoices: int) -> None:
    lines = [f"F{n:05};C{n % 9};2026-09-01;2026-11-15;{n},50" for n in range(invoices)]
    write_csv(folder / "invoices.csv", HEAD, *lines)
    if not (folder / "receipts.csv").exists():
        write_csv(folder / "receipts.csv", "receipt_id;received_on;amount;remittance", "R1;2026-11-20;7,50;F00007")


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Hub:
    """A hub with two connectors and 40 invoices."""
    _files(tmp_path, 40)
    return make_hub(tmp_path, database_url, SECTIONS)


def _invoices(hub: Hub) -> int:
    return len(rows(hub.store, sa.select(t.invoice.c.id)))


def test_a_day_in_a_life(hub: Hub, tmp_path: Path) -> None:
    """It syncs, reconciles, takes new files in by its schedule, refuses a broken configuration, drains and ends."""
    config = tmp_path / "hub.toml"
    with DaemonProcess(config) as daemon:
        daemon.wait_for("run complete", connector="ledger", new=40)
        daemon.wait_for("run complete", connector="other", new=1)
        until(lambda: 1 == len(rows(hub.store, sa.select(t.allocation.c.id))), daemon.log)
        _files(tmp_path, 41)
        daemon.wait_for("run complete", connector="ledger", new=1)
        sound = config.read_text()
        config.write_text(sound + "[connector.third]\nplugin = 'csv'\ninvoice = 'x.csv'\n")
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("configuration refused, the old one stands", code="HUB-CFG-004")
        config.write_text(sound.replace("PT10S", "P1D"))
        daemon.signal(signal.SIGHUP)
        daemon.wait_for("configuration read again")
        assert 0 == daemon.stop()
        assert daemon.said("stopped")
    assert [] == verified(hub).differences


def test_a_command_and_the_daemon_do_not_meet(hub: Hub, tmp_path: Path) -> None:
    """Somebody asks for a run of a connector that has no turn yet: the daemon begins it within seconds."""
    with DaemonProcess(tmp_path / "hub.toml") as daemon:
        daemon.wait_for("run complete", connector="other")
        hub.store.again("Marie", lambda unit: connector_state.ask(unit, "other"))
        daemon.wait_for("due", connector="other", because="asked for by Marie")
        assert 0 == daemon.stop()


def test_losing_the_jobs_file_loses_nothing(hub: Hub, tmp_path: Path) -> None:
    """The engine's file is deleted between two lives of the daemon: what is due is due."""
    with DaemonProcess(tmp_path / "hub.toml") as daemon:
        daemon.wait_for("due", connector="ledger")
        daemon.kill()
    for left in (tmp_path / ".hub").glob("jobs.sqlite3*"):
        left.unlink()
    with DaemonProcess(tmp_path / "hub.toml") as daemon:
        until(lambda: _invoices(hub) == 40, daemon.log)
        assert 0 == daemon.stop()


def _kill_at_random(hub: Hub, folder: Path, kills: int, seed: int) -> None:
    """Kill the daemon `kills` times while files grow, then let it work in peace; nothing is lost or doubled."""
    dice = random.Random(seed)
    config = folder / "hub.toml"
    for kill in range(kills):
        _files(folder, 40 + kill)
        with DaemonProcess(config) as daemon:
            daemon.wait_for("due", connector="ledger")
            time.sleep(dice.random() * 1.5)
            daemon.kill()
    _files(folder, 40 + kills)
    with DaemonProcess(config) as daemon:
        until(lambda: _invoices(hub) == 40 + kills, daemon.log)
        until(lambda: not any(s.interrupted for s in _states(hub)), lambda: f"no run left interrupted: {daemon.log()}")
        assert 0 == daemon.stop()
    assert {} == counted(sync(hub, "ledger"))
    assert [] == verified(hub).differences


def _states(hub: Hub) -> list[connector_state.ConnectorState]:
    with hub.store.read() as connection:
        return list(connector_state.states(connection).values())


@pytest.mark.long
def test_killed_daemons_leave_nothing_half_done(hub: Hub, tmp_path: Path) -> None:
    """Three kills, in a minute; the other one makes two hundred on each data base."""
    _kill_at_random(hub, tmp_path, 3, seed=1)


@pytest.mark.long
def test_killed_two_hundred_times(hub: Hub, tmp_path: Path) -> None:
    """`pytest -m long tests/integration/test_daemon.py`."""
    _kill_at_random(hub, tmp_path, 200, seed=2)


@pytest.mark.long
@pytest.mark.postgres
def test_three_daemons_are_as_one(hub: Hub, tmp_path: Path, database_url: str) -> None:
    """Started at the same instant; the leader is frozen past its lease, then wakes up: each page committed once."""
    if database_url.startswith("sqlite"):
        pytest.skip("SQLite serves one machine: one daemon")
    config = tmp_path / "hub.toml"
    with DaemonProcess(config) as one, DaemonProcess(config) as two, DaemonProcess(config) as three:
        daemons = (one, two, three)
        until(lambda: _invoices(hub) == 40, lambda: "\n\n".join(daemon.log() for daemon in daemons))
        leader = next(d for d in daemons if d.said("due", connector="ledger"))
        leader.signal(signal.SIGSTOP)
        _files(tmp_path, 60)
        others = [daemon for daemon in daemons if daemon is not leader]
        until(lambda: _invoices(hub) == 60, lambda: "\n\n".join(daemon.log() for daemon in others))
        leader.signal(signal.SIGCONT)
        time.sleep(2)
        assert {0} == {daemon.stop() for daemon in daemons}
    pages = rows(hub.store, sa.select(t.raw_unit.c.ref, sa.func.count()).group_by(t.raw_unit.c.ref))
    assert {1} == {number for _, number in pages}
    assert [] == verified(hub).differences
    assert 60 == len(content(hub.store)["invoice"])
