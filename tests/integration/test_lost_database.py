"""The hub's own data base fails in the middle: a COMMIT without an answer, a server that restarts, a disk that is full.

The long ones: `pytest -m long tests/integration/test_lost_database.py`.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.policies import policy_of
from hub.core.jobs.running import run_connector
from hub.core.services.reconcile import reconcile_now
from hub.core.store import connector_state
from hub.core.store import tables as t
from hub.core.store.engine import DatabaseUnreachable
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import counted, make_hub, rows, spec_of, sync, verified, write_csv
from tests.support.in_process import InProcess
from tests.support.postgres import PostgresServer
from tests.support.proxy import Wire, wire_to

SECTIONS = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\nreceipts = "receipts.csv"\n'
DAEMON = '[daemon]\nlog = "json"\n' + SECTIONS + 'every = "PT10S"\n'


def _files(folder: Path, number: int) -> None:
    """`number` invoices, each paid by a receipt that names it."""
    invoices = [f"F{n:05};C{n % 9};2026-09-01;{n + 1},50" for n in range(number)]
    receipts = [f"R{n:05};2026-11-20;{n + 1},50;VIR F{n:05}" for n in range(number)]
    write_csv(folder / "invoices.csv", "number;debtor_id;issued_on;total", *invoices)
    write_csv(folder / "receipts.csv", "receipt_id;received_on;amount;remittance", *receipts)


@pytest.fixture
def wire(postgres: PostgresServer) -> Iterator[Wire]:
    """A wire to the tests' PostgreSQL."""
    with wire_to(postgres.folder) as made:
        yield made


def _cut_everywhere(
    folder: Path, postgres: PostgresServer, template: str, wire: Wire, monkeypatch: pytest.MonkeyPatch, cuts: int
) -> None:
    """Cut the wire at one COMMIT after the other of a run and its reconciliation, until `cuts` were made."""
    for module in ("hub.core.sync.run", "hub.core.services.verify"):
        monkeypatch.setattr(f"{module}.ConnectorProcess", InProcess)
    name = postgres.create(template)
    hub = make_hub(folder, f"postgresql+psycopg://postgres@127.0.0.1:{wire.port}/{name}", SECTIONS)
    dice, number, at = random.Random(5), 0, 0
    while wire.cuts.total() < cuts:
        number += 3
        _files(folder, number)
        at = at % 14 + 1
        wire.how, wire.cut_in = dice.choice(("before", "answer")), at
        before = wire.cuts.total()
        try:
            run_connector(hub.store, spec_of(hub, "ledger", page_units=5), actor="tester")
            reconcile_now(hub.desk, policy_of(hub.settings))
        except DatabaseUnreachable:
            assert before + 1 == wire.cuts.total()
    wire.cut_in = 0
    run_connector(hub.store, spec_of(hub, "ledger"), actor="tester")
    reconcile_now(hub.desk, policy_of(hub.settings))
    assert min(wire.cuts["before"], wire.cuts["answer"]) > cuts // 5
    assert {} == {name: value for name, value in counted(sync(hub, "ledger")).items() if name not in ("read", "same")}
    for table in (t.invoice, t.receipt, t.allocation):
        assert number == len(rows(hub.store, sa.select(table.c.id))), table.name
    found = verified(hub)
    assert ([], [], {"EUR": 0}) == (found.differences, found.not_checked, found.gap_minor)
    hub.store.close()
    postgres.drop(name)


@pytest.mark.postgres
def test_a_commit_without_an_answer(
    tmp_path: Path, postgres: PostgresServer, postgres_template: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Did the server commit? The client cannot know; run again, nothing is lost and nothing doubled."""
    _cut_everywhere(tmp_path, postgres, postgres_template, wire, monkeypatch, 14)


@pytest.mark.long
@pytest.mark.postgres
def test_four_hundred_commits_without_an_answer(
    tmp_path: Path, postgres: PostgresServer, postgres_template: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same, two hundred of each kind or so."""
    _cut_everywhere(tmp_path, postgres, postgres_template, wire, monkeypatch, 400)


@pytest.mark.long
@pytest.mark.postgres
@pytest.mark.parametrize("how", ["fast", "immediate"])
def test_a_server_that_restarts_while_connectors_run(tmp_path: Path, how: str) -> None:
    """Five times, planned or brutally, for a second or for ten: the daemon waits and goes on by itself."""
    server = PostgresServer()
    try:
        hub = make_hub(tmp_path, server.url(server.create()), DAEMON)
        assert hub.store.revision()
        number = 200
        _files(tmp_path, number)
        with DaemonProcess(tmp_path / "hub.toml") as daemon:
            for pause in (0.5, 1, 2, 5, 10):
                daemon.wait_for("due", connector="ledger")
                time.sleep(pause / 10)
                server.halt(how)
                time.sleep(pause)
                server.go_on()
                number += 50
                _files(tmp_path, number)
                hub.store.again("tester", lambda unit: connector_state.ask(unit, "ledger"))
                until(lambda: number == _invoices(hub), daemon.log)  # noqa: B023 -- called at once
            until(lambda: number == len(rows(hub.store, sa.select(t.allocation.c.id))), daemon.log)
            assert 0 == daemon.stop()
            assert daemon.said("data base back")
        found = verified(hub)
        assert ([], {"EUR": 0}) == (found.differences, found.gap_minor)
        hub.store.close()
    finally:
        server.stop()


def _invoices(hub: Hub) -> int:
    try:
        return len(rows(hub.store, sa.select(t.invoice.c.id)))
    except DatabaseUnreachable:
        return -1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 8 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "none", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this user may not mount a file system")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.long
def test_a_full_disk_and_room_again(tmp_path: Path, small_disk: Path) -> None:
    """The disk of the data base and of the engine is full: said so, nothing half done, and with room it goes on."""
    place = f'database = "sqlite:///{small_disk / "hub.db"}"\nwork_folder = "{small_disk / "work"}"'
    hub = make_hub(tmp_path, "x", DAEMON)
    text = (tmp_path / "hub.toml").read_text().replace('database = "x"', place)
    (tmp_path / "hub.toml").write_text(text)
    hub = Hub.open(tmp_path / "hub.toml", "tester")
    _files(tmp_path, 10)
    with DaemonProcess(tmp_path / "hub.toml") as daemon:
        until(lambda: 10 == _invoices(hub), daemon.log)
        for number in (1_500, 3_000, 4_000):
            filler = small_disk / "filler"
            with filler.open("wb", buffering=0) as file:
                try:
                    while file.write(b"\0" * 4_096):
                        pass
                except OSError:
                    pass
            said = daemon.log().count("HUB-DB-007")
            _files(tmp_path, number)
            until(lambda: daemon.log().count("HUB-DB-007") > said, daemon.log)  # noqa: B023 -- called at once
            time.sleep(3)
            filler.unlink()
            until(lambda: number == _invoices(hub), daemon.log)  # noqa: B023 -- called at once
        until(lambda: 4_000 == len(rows(hub.store, sa.select(t.allocation.c.id))), daemon.log)
        assert 0 == daemon.stop()
    found = verified(hub)
    assert ([], {"EUR": 0}) == (found.differences, found.gap_minor)
    hub.store.close()
