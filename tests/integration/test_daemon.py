"""The daemon as operators run it: by schedule, reloaded, drained, killed, without its jobs' file, several at once."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.planned import next_runs
from hub.core.services.status import status
from hub.core.store import connector_state
from hub.core.store import tables as t
from tests.benchmarks.kills import SECTIONS, kill_at_random, write_files
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import content, make_hub, rows, verified
from tests.support.smtp import post_office


@pytest.fixture
def hub(tmp_path: Path, database_url: str) -> Hub:
    """A hub with two connectors and 40 invoices."""
    write_files(tmp_path, 40)
    return make_hub(tmp_path, database_url, SECTIONS)


def _invoices(hub: Hub) -> int:
    return len(rows(hub.store, sa.select(t.invoice.c.id)))


@pytest.mark.long_on_postgres
def test_a_day_in_a_life(hub: Hub, tmp_path: Path) -> None:
    """It syncs, reconciles, takes new files in by its schedule, refuses a broken configuration, drains and ends."""
    config = tmp_path / "hub.toml"
    with DaemonProcess(config) as daemon:
        daemon.wait_for("run complete", connector="ledger", new=40)
        daemon.wait_for("run complete", connector="other", new=1)
        until(lambda: 1 == len(rows(hub.store, sa.select(t.allocation.c.id))), daemon.log)
        assert 1 == len(status(hub.desk).daemons)
        assert {"ledger", "other"} == next_runs(hub).keys()
        write_files(tmp_path, 41)
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


@pytest.mark.long_on_postgres
def test_a_command_and_the_daemon_do_not_meet(hub: Hub, tmp_path: Path) -> None:
    """Somebody asks for a run of a connector that has no turn yet: the daemon begins it within seconds."""
    with DaemonProcess(tmp_path / "hub.toml") as daemon:
        daemon.wait_for("run complete", connector="other")
        hub.store.again("Marie", lambda unit: connector_state.ask(unit, "other"))
        daemon.wait_for("due", connector="other", because="asked for by Marie")
        assert 0 == daemon.stop()


@pytest.mark.long_on_postgres
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


@pytest.mark.long
def test_killed_daemons_leave_nothing_half_done(hub: Hub, tmp_path: Path) -> None:
    """Six kills, in a minute; `python -m tests.benchmarks.kills` makes two hundred."""
    kill_at_random(hub, tmp_path, 6, seed=1)


@pytest.mark.long
def test_silence_is_told_by_mail(hub: Hub, tmp_path: Path) -> None:
    """The daemon that leads looks by itself: the alarm is in its log, in the data base, and in the operator's mail."""
    config = tmp_path / "hub.toml"
    text = config.read_text().replace('log = "json"', 'log = "json"\nwatch_every = "PT5S"')
    with post_office() as post:
        mail = f'host = "127.0.0.1"\nport = {post.port}\nstarttls = false\nfrom = "hub@a.test"\nto = "anne@a.test"\n'
        silent = text.replace('every = "PT10S"', 'every = "P1D"\nsilent_after = "PT1S"')
        config.write_text(f"{silent}\n[mail]\nat = 00:00:00\n{mail}")
        with DaemonProcess(config) as daemon:
            daemon.wait_for("alarm", kind="silent", subject="ledger")
            daemon.wait_for("alarms told by mail", alarms=1)
            assert 0 == daemon.stop()
        [told] = post.messages
        assert "ledger: no run came to its end" in told.get_content()
    assert [("silent", "ledger")] == rows(hub.store, sa.select(t.alarm.c.kind, t.alarm.c.subject))


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
        write_files(tmp_path, 60)
        others = [daemon for daemon in daemons if daemon is not leader]
        until(lambda: _invoices(hub) == 60, lambda: "\n\n".join(daemon.log() for daemon in others))
        leader.signal(signal.SIGCONT)
        time.sleep(2)
        assert {0} == {daemon.stop() for daemon in daemons}
    pages = rows(hub.store, sa.select(t.raw_unit.c.ref, sa.func.count()).group_by(t.raw_unit.c.ref))
    assert {1} == {number for _, number in pages}
    assert [] == verified(hub).differences
    assert 60 == len(content(hub.store)["invoice"])
