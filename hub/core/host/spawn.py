"""Starting a connector's process. Kept apart and light, so that a command can start one before it loads anything else.

Python and the connector SDK take half a second to load: the child does it while the hub still reads its settings and
opens its data base.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

#: What of the hub's environment a connector may see: enough to run Python, no secret.
_ENVIRONMENT = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "PYTHONPATH", "VIRTUAL_ENV", "SSL_CERT_FILE", "SSL_CERT_DIR")
#: What is loaded stays: looking for garbage in it takes a twentieth of the start.
_CHILD = "import gc; gc.disable(); from hub.core.host.child import main; main()"
#: The variable by which a connector's whole family is known, and how often it is looked for: who is killed while he
#: forks may leave one behind.
_MARK = "HUB_CONNECTOR_FAMILY"
_ROUNDS = 20
#: A page fits in the pipe whole: the connector goes on while the hub is busy. The largest an ordinary user may ask for.
_PIPE_BYTES = 1024 * 1024
_SET_PIPE_SIZE = 1031  # F_SETPIPE_SZ of Linux, which `fcntl` does not name


@dataclass(slots=True)
class Spawned:
    """A connector's process that was told nothing yet, the file that takes its standard error, and the mark that its
    whole family bears in its environment. `greeted`: it was told meanwhile which connector it is (`process.greet`)."""

    process: subprocess.Popen[bytes]
    stderr: IO[bytes]
    mark: bytes
    greeted: bool = False

    @property
    def stdin(self) -> BinaryIO:
        """Where requests are written; never blocks."""
        return cast(BinaryIO, self.process.stdin)

    @property
    def stdout(self) -> BinaryIO:
        """Where answers come from, unbuffered."""
        return cast(BinaryIO, self.process.stdout)

    def kill(self) -> None:
        """End the process and whatever it started, at once: its group first, then who left the group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        for _ in range(_ROUNDS):
            left = _marked(self.mark)
            for pid in left:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if not left:
                return

    def close(self, patience: float = 0.0) -> None:
        """Close the pipes, wait `patience` seconds, then end the process. Once is enough, twice does no harm."""
        if self.stderr.closed:
            return
        for pipe in (self.stdin, self.stdout):
            with contextlib.suppress(OSError):
                pipe.close()
        if patience:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout=patience)
        self.kill()  # and what it started, which may outlive it
        self.process.wait()
        self.stderr.close()


def spawn() -> Spawned:
    """Start a process that will be a connector once `ConnectorProcess` tells it which."""
    stderr = tempfile.TemporaryFile()  # noqa: SIM115 -- lives as long as the process
    environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
    token = secrets.token_hex(8)
    process = subprocess.Popen(
        [sys.executable, "-c", _CHILD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        bufsize=0,  # select() must see what is waiting
        stderr=stderr,
        env={
            **environment,
            _MARK: token,
            "PYTHONUNBUFFERED": "1",
            "PYDANTIC_DISABLE_PLUGINS": "__all__",
        },
        start_new_session=True,
    )
    spawned = Spawned(process, stderr, f"{_MARK}={token}".encode())
    os.set_blocking(spawned.stdin.fileno(), False)
    _widen(spawned.stdout.fileno())
    return spawned


def _marked(mark: bytes) -> list[int]:
    """The processes that bear a mark: a grandchild that made a session of its own is found by it. Linux only.

    Who wipes its environment is not found; the process is no security boundary.
    """
    found = []
    with contextlib.suppress(OSError):
        for name in os.listdir("/proc"):
            if name.isdigit():
                with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as file:
                    if mark in file.read().split(b"\0"):
                        found.append(int(name))
    return found


def _widen(pipe: int) -> None:
    """A larger pipe where the system has such a thing; without it nothing but speed is lost."""
    with contextlib.suppress(ImportError, OSError):
        import fcntl

        fcntl.fcntl(pipe, _SET_PIPE_SIZE, _PIPE_BYTES)
