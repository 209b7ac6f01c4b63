"""What `hub serve` answers: webhooks by what becomes of them, health, metrics. A real connector verifies them."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from fastapi import APIRouter, Request
from starlette.testclient import TestClient

from hub.app.api import webhooks
from hub.app.api.application import make_application
from hub.app.api.switchboard import Switchboard
from hub.app.bootstrap import Hub
from hub.app.cli.run import run as cli
from hub.app.serve import Service
from hub.core.host import receiving
from hub.core.host.receiving import Receiver
from hub.core.store import connector_state, leases
from hub.core.store import tables as t
from hub.core.store.engine import unreachable
from hub.core.store.inbox import Inbox
from hub.sdk.errors import ConfigError
from tests.support import noticing
from tests.support.hubs import make_hub, run
from tests.support.in_process import InProcess
from tests.support.noticing import SECRET, Provider, signed

HERE = ("127.0.0.1", 4711)


class Served:
    """A hub, its switchboard and callers."""

    def __init__(self, hub: Hub, executor: str | None = None) -> None:
        self.hub = hub
        self.board = Switchboard(hub, executor)
        self.application = make_application(self.board)
        self.caller = self.from_(HERE)

    def from_(self, address: tuple[str, int]) -> TestClient:
        """Somebody at this address."""
        return TestClient(self.application, client=address, raise_server_exceptions=False)

    def post(
        self, *about: str, event: str = "e1", section: str = "provider", **more: Any
    ) -> tuple[int, dict[str, Any]]:
        """Status and answer of a signed call."""
        headers, body = signed(event, *about, **more)
        found = self.caller.post(f"/webhooks/{section}", content=body, headers=headers)
        return found.status_code, found.json()

    def metric(self, line: str) -> float | None:
        """The value of a line of /metrics; None when it is not there."""
        for found in self.caller.get("/metrics").text.splitlines():
            if found.startswith(line + " "):
                return float(found.rpartition(" ")[2])
        return None

    @property
    def receiver(self) -> Receiver:
        """The ear of the section."""
        return self.board._receivers["provider"]


@pytest.fixture
def noticed(install_guest: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest that is told of changes."""
    noticing.install(install_guest, monkeypatch)


@pytest.fixture
def folder(noticed: None, tmp_path: Path, sqlite_template: Path) -> Path:
    """A hub that hears the provider, on SQLite: what the data base does with the inbox is tested elsewhere."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    Provider(tmp_path / "provider.json").change("a")
    return tmp_path


OTHER = '[connector.files]\nplugin = "csv"\ninvoices = "none.csv"\n'


@pytest.fixture
def for_real(folder: Path) -> Iterator[Served]:
    """With the connector in a process of its own."""
    made = Served(make_hub(folder, "sqlite:///hub.db", noticing.SECTION + OTHER))
    yield made
    made.board.close()


@pytest.fixture
def served(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """With the connector asked without a process."""
    for module in ("hub.core.host.receiving", "hub.core.sync.run", "hub.core.sync.rereading"):
        monkeypatch.setattr(f"{module}.ConnectorProcess", InProcess)
    made = Served(make_hub(folder, "sqlite:///hub.db", noticing.SECTION + OTHER))
    yield made
    made.board.close()


def test_each_call_has_its_answer(served: Served) -> None:
    """Stored before 200; a bad signature is refused, counted, and leaves nothing; too large, unknown, senseless."""
    assert (200, {"status": "stored"}) == served.post("a")
    assert (200, {"status": "stored"}) == served.post("a")
    assert (200, {"status": "ignored"}) == served.post(event="e2")
    assert (1, 2) == _kept(served)

    status, words = served.post("a", event="e3", secret="another")
    assert (401, "HUB-WEB-006") == (status, words["error"])
    assert 401 == served.post("a", event="e3", at=1.0)[0]
    assert 401 == served.caller.post("/webhooks/provider", content=b"{}").status_code
    headers, _ = signed("e3", "a")
    assert 401 == served.caller.post("/webhooks/provider", content=b"x" * 5000, headers=headers).status_code
    headers, body = signed("e3", about=None)
    assert 400 == served.caller.post("/webhooks/provider", content=body, headers=headers).status_code
    largest = served.hub.settings.serve.largest_body
    assert 413 == served.caller.post("/webhooks/provider", content=b"x" * (largest + 1)).status_code
    assert 413 == served.caller.post("/webhooks/provider", content=iter([b"x" * largest, b"x"])).status_code
    assert 404 == served.post("a", section="files")[0]
    assert 404 == served.post("a", section="nobody")[0]
    assert 405 == served.caller.get("/webhooks/provider").status_code
    assert (1, 2) == _kept(served)

    assert 3 == served.metric('hub_webhook_answers_total{connector="provider",status="200"}')
    assert 4 == served.metric('hub_webhook_answers_total{connector="provider",status="401"}')
    assert 1 == served.metric('hub_webhook_answers_total{connector="provider",status="400"}')
    assert 2 == served.metric('hub_webhook_answers_total{connector="provider",status="413"}')
    assert 2 == served.metric('hub_webhook_answers_total{connector="",status="404"}')
    assert 10 == served.metric('hub_webhook_answer_seconds_count{connector="provider"}')


def _kept(served: Served) -> tuple[int, int]:
    """Events that wait, and their deliveries."""
    heap = served.hub.inbox.heaps()["provider"]
    return heap.waiting, heap.deliveries


def test_nothing_secret_is_kept_or_told(for_real: Served) -> None:
    """The signature is not stored with the call; neither answer nor log shows the secret."""
    for_real.post("a")
    with structlog.testing.capture_logs() as told:
        status, words = for_real.post("a", event="e2", secret="another")
        for_real.post("a", event="e3", secret="another")
    with for_real.hub.inbox._read() as connection:
        assert connection is not None
        [row] = connection.execute(sa.select(t.inbox)).all()
    assert {"content-type", "user-agent"} == set(json.loads(row.headers))
    assert json.loads(row.body) == {"id": "e1", "about": ["a"]}
    assert 401 == status
    assert ["HUB-NOT-001"] == [line["code"] for line in told], "once a minute is enough"
    assert SECRET not in json.dumps([told, words])


def test_a_call_about_many_objects_is_many_events(served: Served) -> None:
    """Its body is kept once."""
    assert 200 == served.post("a", "b", "c")[0]
    with served.hub.inbox._read() as connection:
        assert connection is not None
        sizes = connection.execute(sa.select(sa.func.length(t.inbox.c.body)).order_by(t.inbox.c.id)).scalars().all()
    assert 3 == len(sizes)
    assert [0, 0] == sizes[1:]


def test_an_inbox_that_cannot_be_written_means_later(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """503, so that the sender tries again; then it is stored."""

    def full(*_: Any) -> None:
        raise unreachable(OSError("disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(Inbox, "put", full)
        headers, body = signed("e1", "a")
        found = served.caller.post("/webhooks/provider", content=body, headers=headers)
        assert (503, "30") == (found.status_code, found.headers["retry-after"])
        assert 401 == served.post("a", secret="another")[0]
    assert 200 == served.post("a")[0]


def test_a_connector_that_dies_is_started_anew(for_real: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ended while idle: nobody notices. A call that kills it or hangs is refused, and its neighbours are answered."""
    pid = for_real.receiver.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert 200 == for_real.post("a")[0]
    answers: dict[str, int] = {}

    def deliver(event: str, **more: Any) -> None:
        answers[event] = for_real.post("a", event=event, **more)[0]

    threads = [threading.Thread(target=deliver, args=(f"n{n}",)) for n in range(4)]
    threads.append(threading.Thread(target=deliver, args=("deadly",), kwargs={"die": True}))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(receiving, "PATIENCE_S", 0.5)
    deliver("hanging", sleep=60)
    assert {503} == {answers.pop("deadly"), answers.pop("hanging")}
    assert {200} == set(answers.values())


def test_a_body_that_does_not_arrive_is_not_waited_for(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut after some seconds: 408."""

    async def never(*_: Any) -> bytes:
        raise TimeoutError

    monkeypatch.setattr(webhooks, "_body", never)
    assert 408 == served.post("a")[0]


def test_a_storm_costs_no_memory(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """More calls than may wait: refused at once, 503."""
    receiver = served.receiver
    receiver.close()
    found = receiver.receive(receiving.Call((), b""))
    with pytest.raises(Exception, match="too many calls"):
        found.result(timeout=5)
    assert 503 == served.post("a")[0]
    served.board._receivers.clear()


def test_configuration_read_again(served: Served, tmp_path: Path) -> None:
    """A section more is heard from then on; a faulty file leaves all as it is."""
    path = tmp_path / "hub.toml"
    text = path.read_text()
    more = noticing.SECTION.partition("[connector")[2].replace(".provider]", "[connector.second]", 1)
    path.write_text(text + more)
    served.board.exchange(Hub.open(path, "tester"))
    assert ["provider", "second"] == served.board.sections()
    assert 200 == served.post("a", section="second")[0]
    assert {"second"} == set(served.board.hub.inbox.waiting())
    path.write_text(text.replace("provider.json", 'provider.json"\ntolerance_s = "x'))
    with pytest.raises(ConfigError):
        served.board.exchange(Hub.open(path, "tester"))
    path.write_text(text.replace("hub.db", "other.db"))
    with pytest.raises(ConfigError, match="cannot be changed"):
        served.board.exchange(Hub.open(path, "tester"))
    assert 200 == served.post("a", section="second")[0]


def test_health(noticed: None, tmp_path: Path, database_url: str) -> None:
    """Live while it answers; ready while the data base has our schema and the daemon beside it says that it lives."""
    Provider(tmp_path / "provider.json").write()
    hub = make_hub(tmp_path, database_url, "")
    alone, beside = Served(hub), Served(hub, "vm-1")
    assert {"status": "live"} == alone.caller.get("/health/live").json()
    ready = alone.caller.get("/health/ready")
    assert (200, {"data_base": "ok", "schema": "ok"}) == (ready.status_code, ready.json()["checks"])
    assert (503, "failing") == _scheduler(beside)
    lease = hub.store.again("x", lambda unit: leases.take(unit, "executor vm-1", leases.this_process(), 60))
    assert lease is not None
    assert (200, "ok") == _scheduler(beside)
    hub.store.again("x", lambda unit: leases.release(unit, lease))
    assert (503, "failing") == _scheduler(beside)
    version = sa.table("alembic_version", sa.column("version_num"))
    with hub.store.write("x") as unit:
        unit.connection.execute(version.update().values(version_num="0001"))
    assert 503 == alone.caller.get("/health/ready").status_code


def _scheduler(served: Served) -> tuple[int, str]:
    found = served.caller.get("/health/ready")
    return found.status_code, found.json()["checks"]["scheduler"]


def test_without_the_data_base(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alive, not ready, and the metrics say why; no text of the error is told."""

    def away(*_: Any) -> None:
        raise unreachable(OSError("server at 10.0.0.7 is away"))

    monkeypatch.setattr(type(served.hub.store), "read", away)
    assert 200 == served.caller.get("/health/live").status_code
    ready = served.caller.get("/health/ready")
    assert (503, {"data_base": "failing"}) == (ready.status_code, ready.json()["checks"])
    assert "10.0.0.7" not in ready.text
    assert 0 == served.metric("hub_database_up")
    assert 200 == served.post("a")[0]


def test_metrics_are_the_figures_of_the_data_base(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs, records, states, held lines, alarms, inbox; sums of runs that are over are not added up twice."""
    monkeypatch.setattr("hub.app.api.switchboard.FIGURES_S", -1.0)
    hub = served.hub
    provider = Provider(hub.settings.folder / "provider.json")
    provider.change("a", "b")
    provider.change("bad", total=-1)
    run(hub, "provider")
    served.post("a")
    with hub.store.write("tester") as unit:
        connector_state.suspend(unit, "files", "because")
        unit.connection.execute(t.alarm.insert().values(kind="silent", subject="files", what="…", since=1))
    for _ in range(2):
        expected = {
            'hub_runs_total{connector="provider",outcome="complete"}': 1,
            'hub_records_total{connector="provider",count="read"}': 3,
            'hub_records_total{connector="provider",count="new"}': 2,
            'hub_records_total{connector="provider",count="held"}': 1,
            'hub_held_lines{connector="provider"}': 1,
            'hub_connector_suspended{connector="files"}': 1,
            'hub_alarms{kind="silent"}': 1,
            'hub_inbox_waiting{connector="provider"}': 1,
            "hub_database_up": 1,
            "hub_daemons": 0,
        }
        assert expected == {line: served.metric(line) for line in expected}
    success = served.metric('hub_last_success_timestamp_seconds{connector="provider"}')
    assert success is not None
    assert 60 > abs(hub.clock.now().timestamp() - success)
    run(hub, "provider")
    provider.path.unlink()
    run(hub, "provider")
    with hub.store.write("tester") as unit:
        dead = sa.select(t.connector.c.id).where(t.connector.c.key == "provider").scalar_subquery()
        unit.connection.execute(
            t.run.insert().values(connector_id=dead, started_at=1, state="running", full=False, actor="x")
        )
    runs = 'hub_runs_total{connector="provider",outcome='
    assert (2, 1, None) == tuple(served.metric(runs + f'"{name}"}}') for name in ("complete", "failed", "interrupted"))
    provider.write()
    run(hub, "provider")
    assert (3, 1, 1) == tuple(served.metric(runs + f'"{name}"}}') for name in ("complete", "failed", "interrupted"))
    assert 'version="' in served.caller.get("/metrics").text


@pytest.mark.parametrize(
    ("address", "headers", "status"),
    [
        (HERE, {}, 200),
        (("::1", 1), {}, 200),
        (("192.0.2.7", 1), {}, 403),
        (HERE, {"X-Forwarded-For": "192.0.2.7"}, 403),
        (HERE, {"Via": "1.1 proxy"}, 403),
        (("no address", 1), {}, 403),
    ],
)
def test_who_may_read_metrics(
    tmp_path: Path, sqlite_template: Path, address: tuple[str, int], headers: dict[str, str], status: int
) -> None:
    """Callers on this machine who call for themselves; everybody when the operator says so."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    served = Served(make_hub(tmp_path, "sqlite:///hub.db", ""))
    assert status == served.from_(address).get("/metrics", headers=headers).status_code
    open_ = Served(make_hub(tmp_path, "sqlite:///hub.db", '[serve]\nmetrics = "anyone"\n'))
    assert 200 == open_.from_(address).get("/metrics", headers=headers).status_code


def test_a_fault_of_the_hub_is_told_as_a_number(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    """The log has what happened under that number; the caller learns nothing of it."""

    def broken(*_: Any) -> None:
        raise RuntimeError("/srv/hub/secret-path")

    monkeypatch.setattr(Switchboard, "receiver_of", broken)
    with structlog.testing.capture_logs() as told:
        status, words = served.post("a")
    assert (500, "HUB-WEB-001") == (status, words["error"])
    assert [words["reference"]] == [line["reference"] for line in told]
    assert "secret-path" not in json.dumps(words)


def test_a_router_joins(tmp_path: Path, sqlite_template: Path) -> None:
    """Pages and the REST API come as routers, and find the board."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    router = APIRouter()

    @router.get("/api/seller")
    async def seller(request: Request) -> list[str]:
        return request.app.state.board.sections()

    board = Switchboard(make_hub(tmp_path, "sqlite:///hub.db", ""))
    caller = TestClient(make_application(board, [router]))
    assert [] == caller.get("/api/seller").json()
    assert "HUB-WEB-002" == caller.get("/health/live").json()["error"]


def test_what_keeps_it_from_serving_is_said(
    tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A port that is taken; a library that is not installed, with the extras that bring it."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    path = make_hub(tmp_path, "sqlite:///hub.db", "").settings.path
    taken = socket.create_server(("127.0.0.1", 0))
    with taken, pytest.raises(ConfigError, match="cannot listen on 127") as refused:
        Service(path, port=taken.getsockname()[1]).run()
    assert "HUB-WEB-009" == refused.value.code
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(ConfigError, match="uvicorn") as missing:
        Service(path).run()
    assert ("HUB-WEB-008", True) == (missing.value.code, "[web,metrics]" in missing.value.mend)


def test_status_and_sync_tell_of_webhooks(served: Served, capsys: pytest.CaptureFixture[str]) -> None:
    """What waits is shown, and hub sync deals with it."""
    served.post("a")
    config = ["--config", str(served.hub.settings.path)]
    cli(["status", *config])
    assert "provider: 1 webhook waits; hub sync provider deals with them" in capsys.readouterr().out
    cli(["sync", "provider", *config])
    assert "provider: webhooks that waited brought 1 new, 0 changed" in capsys.readouterr().out
    cli(["status", "--json", *config])
    assert {"provider": {"waiting": 0, "given_up": 0}} == json.loads(capsys.readouterr().out)["webhooks"]
