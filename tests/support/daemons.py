"""Real daemons in processes of their own, and waiting for what they do."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

#: Longer than anything takes on a busy machine; a test that hangs ends by it.
PATIENCE_S = 90.0


class DaemonProcess:
    """A running `hub daemon`; a context manager that ends it, whatever happened. Its log is JSON lines."""

    def __init__(self, config: Path, *arguments: str) -> None:
        if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42) and "sqlite:" in config.read_text():
            pytest.skip(f"HUB-JOB-006: with this Python the jobs need SQLite 3.42, it has {sqlite3.sqlite_version}")
        self._path = config.parent / f"daemon-{time.monotonic_ns()}.log"
        self._file = self._path.open("wb")
        command = [sys.executable, "-m", "hub.app.cli", "daemon", "--config", str(config), *arguments]
        self.process = subprocess.Popen(command, stderr=self._file, stdin=subprocess.DEVNULL, start_new_session=True)

    def __enter__(self) -> DaemonProcess:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def events(self) -> list[dict[str, Any]]:
        """What it logged so far."""
        lines = self._path.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def said(self, event: str, **fields: Any) -> bool:
        """True once it logged `event` with these fields."""
        return any(
            line.get("event") == event and all(line.get(name) == value for name, value in fields.items())
            for line in self.events()
        )

    def wait_for(self, event: str, **fields: Any) -> None:
        """Until it logged `event` with these fields."""
        until(lambda: self.said(event, **fields), lambda: f"{event} {fields} in:\n{self.log()}")

    def log(self) -> str:
        """Its whole log."""
        return self._path.read_text(encoding="utf-8")

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the daemon itself."""
        os.kill(self.process.pid, number)

    def stop(self) -> int:
        """SIGTERM, and its exit status."""
        self.signal(signal.SIGTERM)
        return self.process.wait(timeout=PATIENCE_S)

    def kill(self) -> None:
        """SIGKILL, for it and the connectors it started; they have sessions of their own and end with their pipe."""
        if self.process.poll() is None:
            self.signal(signal.SIGKILL)
        self.process.wait()
        self._file.close()


def until(true: Callable[[], bool], or_say: Callable[[], str]) -> None:
    """Wait until `true()`; fail with words after `PATIENCE_S`."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        assert time.monotonic() < deadline, f"waited in vain for {or_say()}"
        time.sleep(0.05)
