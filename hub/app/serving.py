"""`hub serve` beside a daemon: a process of its own, started anew when it ends, gone with the daemon however that ends.

Not a thread: a bulk load keeps Python's lock for as long as it parses a page, and every sender would wait for it.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from hub.sdk.errors import ConfigError

#: What `hub serve` needs beyond the core, from the extras `web` and `metrics`.
LIBRARIES = ("fastapi", "uvicorn", "prometheus_client")
#: Seconds before a process that ended is started anew: twice as long each time, while it ends as soon as it begins.
PAUSE_S, LONGEST_PAUSE_S = 2.0, 60.0
#: Seconds that it has to finish its answers.
PATIENCE_S = 10.0


def require_libraries() -> None:
    """Make sure, without loading them, that the libraries are installed.

    Raises:
        ConfigError: one is not; the extras are named.
    """
    for name in LIBRARIES:
        if importlib.util.find_spec(name) is None:
            raise ConfigError(
                code="HUB-WEB-008",
                what=f"hub serve needs the library {name}, which is not installed",
                where="hub serve",
                mend="install the extras: pip install 'receivables-hub[web,metrics]'",
            )


class Serving:
    """The serving process of one daemon. It ends when its standard input does: a killed daemon leaves none behind."""

    def __init__(self, config: Path) -> None:
        """Nothing is started yet.

        Raises:
            ConfigError: a library is not installed.
        """
        require_libraries()
        self._config = config
        self._executor = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._pause = PAUSE_S

    def start(self, executor: str) -> None:
        """Begin; `executor` is the daemon whose scheduler must tick for the hub to be ready."""
        self._executor = executor
        self._spawn()

    def keep(self) -> None:
        """Start it anew when it ended; called now and then."""
        if self._process is None or self._process.poll() is None:
            return
        lived = time.monotonic() - self._started
        if lived < self._pause:
            return
        self._pause = PAUSE_S if lived > LONGEST_PAUSE_S else min(2 * self._pause, LONGEST_PAUSE_S)
        _log().error("hub serve ended, started anew", status=self._process.returncode)
        self._close()
        self._spawn()

    def read_again(self) -> None:
        """Have it read the configuration again."""
        if self._process is not None and self._process.poll() is None:
            os.kill(self._process.pid, signal.SIGHUP)

    def stop(self) -> None:
        """End it; what was received is stored and answered first."""
        if self._process is None:
            return
        self._close()
        try:
            self._process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _spawn(self) -> None:
        command = [sys.executable, "-m", "hub.app.cli", "serve", "--config", str(self._config)]
        self._process = subprocess.Popen([*command, "--beside", self._executor], stdin=subprocess.PIPE)
        self._started = time.monotonic()

    def _close(self) -> None:
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()


def _log() -> Any:
    import structlog

    return structlog.get_logger()
