"""Webhooks as a sender sees them: one end state, and how long an answer takes, also while a bulk load runs.

    python -m tests.benchmarks.webhooks [--events 1000] [--deliveries 5] [--load] [--database sqlite|postgresql|both]
                                        [--senders 16] [--rate 100]

A real `hub daemon --serve` with a connector that receives webhooks. Its provider changes one invoice per event and
tells each change several times, all deliveries shuffled, by some senders at once: `--rate` deliveries a second, each
timed from the instant at which it should have left, so that waiting for a slow answer counts; `--rate 0` sends as fast
as answers come. With `--load` another command, `hub sync ledger`, loads 200,000 invoices into the same data base
again and again meanwhile. Prints the answers by status, p50 and p99 against 150 ms, and the end state: how many
invoices, whether each is what the provider has, how often each event was kept, and whether an ordinary run afterwards
finds anything to do.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import tables as t
from tests.benchmarks.invoice_file import write_invoices
from tests.benchmarks.load import prepare
from tests.benchmarks.whole_process import Postgres
from tests.support.daemons import DaemonProcess, until
from tests.support.noticing import GUESTS, SECRET, SECTION, Provider, signed

PROMISED_MS = 150
LOADED_ROWS = 200_000
SETTINGS = """
[daemon]
log = "json"
[seller.ACME]
books = "provider"
[connector.ledger]
plugin = "csv"
invoices = "invoices.csv"
settle_s = 0
enabled = {enabled}
"""


class Sender:
    """One connection that is kept, as providers do."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, headers: dict[str, str], body: bytes) -> int:
        """The status of the answer."""
        if self._streams is None:
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        lines = [
            "POST /webhooks/provider HTTP/1.1", "Host: hub.test", f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
        ]  # fmt: skip
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = next(int(line.split(":")[1]) for line in head.split("\r\n") if line.startswith("content-length"))
        await reader.readexactly(length)
        if "connection: close" in head:
            writer.close()
            self._streams = None
        return int(head.split()[1])

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()


async def send(
    port: int, calls: list[tuple[str, str]], senders: int, rate: float
) -> tuple[list[float], Counter[int], float]:
    """Deliver all; seconds of each, answers by status, and seconds in all."""
    times: list[float] = []
    statuses: Counter[int] = Counter()
    waiting = iter(enumerate(calls))
    began = time.perf_counter()

    async def work() -> None:
        sender = Sender(port)
        for number, (event, ref) in waiting:
            left = began + number / rate if rate else time.perf_counter()
            await asyncio.sleep(max(0.0, left - time.perf_counter()))
            headers, body = signed(event, ref)
            statuses[await sender.post(headers, body)] += 1
            times.append(time.perf_counter() - left)
        sender.close()

    await asyncio.gather(*(work() for _ in range(senders)))
    return times, statuses, time.perf_counter() - began


class Loads:
    """Bulk loads, one after the other, until it is closed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._over = threading.Event()
        self.done = 0
        self._load: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._work)
        first, other = folder / "first.csv", folder / "other.csv"
        write_invoices(first, LOADED_ROWS)
        write_invoices(other, LOADED_ROWS, later=1)
        self._files = (first, other)
        self._thread.start()
        until(lambda: self._loaded() > 0, lambda: "the first page of a bulk load")

    def _loaded(self) -> int:
        with _hub(self._folder).store.read() as connection:
            return connection.execute(sa.select(sa.func.count()).select_from(t.evidence)).scalar() or 0

    def _work(self) -> None:
        while not self._over.is_set():
            shutil.copy(self._files[self.done % 2], self._folder / "invoices.csv")
            command = [sys.executable, "-m", "hub.app.cli", "sync", "ledger", "--full"]
            command += ["--config", str(self._folder / "bulk.toml")]
            with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as self._load:
                pass  # waits for its end
            self.done += 1

    def close(self) -> None:
        """End the load at hand: it has done its part."""
        self._over.set()
        if self._load is not None:
            self._load.terminate()
        self._thread.join()


def _hub(folder: Path) -> Hub:
    if folder not in _HUBS:
        _HUBS[folder] = Hub.open(folder / "hub.toml", "benchmark")
    return _HUBS[folder]


_HUBS: dict[Path, Hub] = {}


def run(kind: str, arguments: argparse.Namespace) -> None:
    """One data base."""
    with tempfile.TemporaryDirectory(prefix="hub-hooks-") as name:
        folder = Path(name)
        server = Postgres(folder / "pg") if kind == "postgresql" else None
        try:
            url = server.create("hub") if server else "sqlite:///hub.db"
            _write_settings(folder, url.replace("postgresql://", "postgresql+psycopg://"))
            prepare(folder)
            _deliver(kind, folder, arguments)
        finally:
            if folder in _HUBS:
                _HUBS.pop(folder).close()
            if server:
                server.close()


def _write_settings(folder: Path, url: str) -> None:
    for file, enabled in (("hub.toml", "false"), ("bulk.toml", "true")):
        text = f'[hub]\ndatabase = "{url}"\n{SETTINGS.format(enabled=enabled)}{SECTION}'
        (folder / file).write_text(text, encoding="utf-8")


def _deliver(kind: str, folder: Path, arguments: argparse.Namespace) -> None:
    dice = random.Random(11)
    provider = Provider(folder / "provider.json")
    refs = [f"inv_{n:05}" for n in range(arguments.events)]
    provider.change(*refs)
    calls = [(f"evt_{ref}", ref) for ref in refs] * arguments.deliveries
    dice.shuffle(calls)
    loads = Loads(folder) if arguments.load else None
    with DaemonProcess(folder / "hub.toml", "--serve") as daemon:
        daemon.wait_for("serving")
        daemon.wait_for("run complete", connector="provider")
        provider.change(*refs)  # what the webhooks tell, and no run has read
        [port] = [line["port"] for line in daemon.events() if line.get("event") == "serving"]
        times, statuses, seconds = asyncio.run(send(port, calls, arguments.senders, arguments.rate))
        beside = f", {loads.done} bulk loads of {LOADED_ROWS:,} rows ended meanwhile" if loads else ""
        if loads:
            loads.close()
        until(lambda: not _hub(folder).inbox.waiting(), lambda: f"the inbox to be dealt with: {daemon.log()}")
        daemon.stop()
    times.sort()
    p50, p99 = (1000 * times[int(len(times) * share)] for share in (0.50, 0.99))
    print(f"\n{kind}{', while bulk loads run' if loads else ''}: {len(calls):,} deliveries of {len(refs):,} events")
    busy = f"load average of this machine {os.getloadavg()[0]:.1f}"
    print(f"answers by status: {dict(statuses)}; {len(calls) / seconds:.0f} a second{beside}; {busy}")
    verdict = "kept" if p99 < PROMISED_MS else "BROKEN"
    print(f"answer p50 {p50:.1f} ms, p99 {p99:.1f} ms, longest {1000 * times[-1]:.1f} ms; {PROMISED_MS} ms {verdict}")
    _show_end_state(folder, provider, arguments)


def _show_end_state(folder: Path, provider: Provider, arguments: argparse.Namespace) -> None:
    hub = _hub(folder)
    i = t.invoice
    with hub.store.read() as connection:
        mine = sa.select(i.c.number, i.c.total_minor).where(i.c.withdrawn_at.is_(None), i.c.number.startswith("N-"))
        found = {row.number: row.total_minor for row in connection.execute(mine)}
    wanted = {one["number"]: one["total"] for one in provider.invoices.values()}
    heap = hub.inbox.heaps()["provider"]
    command = [sys.executable, "-m", "hub.app.cli", "sync", "provider", "--json", "--config", str(folder / "hub.toml")]
    after = json.loads(subprocess.run(command, stdout=subprocess.PIPE, check=False).stdout)
    [stream] = after["connectors"][0]["streams"]
    left = {name: stream[name] for name in ("new", "changed", "held")}
    print(
        f"end state: {len(found):,} invoices, {'equal to the provider' if found == wanted else 'NOT the provider'}; "
        f"{heap.handled:,} events kept once, {heap.deliveries:,} deliveries counted, {heap.waiting} wait; "
        f"an ordinary run afterwards: {left}",
        flush=True,
    )


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--events", type=int, default=1_000)
    parser.add_argument("--deliveries", type=int, default=5)
    parser.add_argument("--senders", type=int, default=16)
    parser.add_argument("--rate", type=float, default=100.0)
    parser.add_argument("--load", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-guest-") as name:
        _announce(Path(name))
        kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
        for kind in kinds:
            run(kind, arguments)


def _announce(base: Path) -> None:
    """The guest, as a distribution would announce it; for this process and those it starts."""
    info = base / "noticed-1.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: noticed\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[hub.plugins]\nnoticed = hub_noticed\n")
    paths = [str(base), str(GUESTS)]
    sys.path[:0] = paths
    os.environ["PYTHONPATH"] = os.pathsep.join([*paths, os.environ.get("PYTHONPATH", os.getcwd())])
    os.environ["PROVIDER_SECRET"] = SECRET


if __name__ == "__main__":
    main()
