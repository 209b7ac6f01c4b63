"""A real `hub daemon --serve`: a webhook over HTTP becomes an invoice; the serving process ends and comes back."""

from __future__ import annotations

import http.client
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import tables as t
from tests.support import noticing
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import make_hub, rows, verified
from tests.support.noticing import Provider, signed

LOG = '[daemon]\nlog = "json"\n'


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    """The other side, with one invoice."""
    made = Provider(tmp_path / "provider.json")
    made.change("a")
    return made


@pytest.fixture
def hub(
    tmp_path: Path,
    database_url: str,
    provider: Provider,
    install_guest: Callable[..., None],
    monkeypatch: pytest.MonkeyPatch,
) -> Hub:
    """A hub that hears the provider."""
    noticing.install(install_guest, monkeypatch)
    return make_hub(tmp_path, database_url, LOG + noticing.SECTION)


def ports(daemon: DaemonProcess) -> list[int]:
    """The ports on which it served, in order; the last one is open now."""
    return [line["port"] for line in daemon.events() if line.get("event") == "serving"]


def call(
    port: int, method: str, path: str, headers: dict[str, str] | None = None, body: bytes = b""
) -> tuple[int, str]:
    """Status and text of an answer; 0 while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except ConnectionError:
        return 0, ""
    finally:
        connection.close()


def tell(port: int, event: str, *about: str) -> int:
    """A webhook of the provider."""
    headers, body = signed(event, *about)
    return call(port, "POST", "/webhooks/provider", headers, body)[0]


def _totals(hub: Hub) -> dict[str, int]:
    return dict(rows(hub.store, sa.select(t.invoice.c.number, t.invoice.c.total_minor)))


@pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgres", marks=[pytest.mark.postgres, pytest.mark.long])], indirect=True
)
def test_a_webhook_becomes_an_invoice(hub: Hub, tmp_path: Path, provider: Provider) -> None:
    """Answered at once, dealt with soon, shown by health and metrics; all ends with SIGTERM."""
    with DaemonProcess(tmp_path / "hub.toml", "--serve") as daemon:
        daemon.wait_for("serving")
        daemon.wait_for("run complete", connector="provider", new=1)
        [port] = ports(daemon)
        until(lambda: call(port, "GET", "/health/ready")[0] == 200, daemon.log)
        provider.change("a", "b")
        assert {200} == {tell(port, "e1", "a"), tell(port, "e2", "b"), tell(port, "e1", "a")}
        until(lambda: _totals(hub) == {"N-a": 200, "N-b": 300}, daemon.log)
        until(lambda: not hub.inbox.waiting(), daemon.log)
        status, metrics = call(port, "GET", "/metrics")
        assert 200 == status
        assert 'hub_webhook_answers_total{connector="provider",status="200"} 3.0' in metrics
        assert "hub_daemons 1.0" in metrics
        assert "ready" == json.loads(call(port, "GET", "/health/ready")[1])["status"]
        assert 0 == daemon.stop()
        assert daemon.said("serving ended")
        assert 0 == call(port, "GET", "/health/live")[0]
    assert [] == verified(hub).differences


@pytest.mark.long
def test_what_serves_ends_and_comes_back(hub: Hub, tmp_path: Path, provider: Provider) -> None:
    """Killed, it is started anew; the daemon frozen, the hub is not ready; the daemon killed, nobody serves."""
    with DaemonProcess(tmp_path / "hub.toml", "--serve") as daemon:
        daemon.wait_for("run complete", connector="provider", new=1)
        daemon.wait_for("serving")
        os.kill(_child_that_serves(daemon), signal.SIGKILL)
        until(lambda: 2 == len(ports(daemon)), daemon.log)
        port = ports(daemon)[-1]
        assert 200 == tell(port, "e1", "a")
        daemon.signal(signal.SIGHUP)
        until(lambda: 2 == sum(line.get("event") == "configuration read again" for line in daemon.events()), daemon.log)
        assert 200 == tell(port, "e2", "a")
        daemon.signal(signal.SIGSTOP)
        until(lambda: call(port, "GET", "/health/ready")[0] == 503, daemon.log)
        assert 200 == tell(port, "e3", "a")
        daemon.signal(signal.SIGCONT)
        until(lambda: call(port, "GET", "/health/ready")[0] == 200, daemon.log)
        daemon.kill()
        until(lambda: call(port, "GET", "/health/live")[0] == 0, daemon.log)


@pytest.mark.long
def test_killed_while_webhooks_come_nothing_is_lost_or_doubled(hub: Hub, tmp_path: Path, provider: Provider) -> None:
    """Daemon and serving process are killed five times while a provider tells changes, and tells again what was not
    answered 200: one state in the end."""
    waiting: list[tuple[str, str]] = []
    for kill in range(5):
        with DaemonProcess(tmp_path / "hub.toml", "--serve") as daemon:
            daemon.wait_for("serving")
            port = ports(daemon)[-1]
            for number in range(30):
                provider.change(f"i{number}")
                waiting.append((f"e{kill}-{number}", f"i{number}"))
                if number == 12 + 4 * kill:
                    daemon.kill()
            waiting = [(event, ref) for event, ref in waiting if tell(port, event, ref) != 200]
    with DaemonProcess(tmp_path / "hub.toml", "--serve") as daemon:
        daemon.wait_for("serving")
        assert {200} == {tell(ports(daemon)[-1], event, ref) for event, ref in [*waiting, ("last", "i0")]}
        until(lambda: not hub.inbox.waiting(), daemon.log)
        assert 0 == daemon.stop()
    expected = {one["number"]: one["total"] for one in provider.invoices.values()}
    assert expected == _totals(hub)
    assert 151 == hub.inbox.heaps()["provider"].handled
    assert [] == verified(hub).differences


def _child_that_serves(daemon: DaemonProcess) -> int:
    """The process id of its `hub serve`."""
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == str(daemon.process.pid) and b"serve" in command:
            return int(entry.name)
    raise AssertionError("it has no serving process")
