"""The process of `hub serve`: a socket, the application, and signals. It ends at SIGTERM, or with its daemon."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hub.app import logs, memory
from hub.app.bootstrap import Hub
from hub.app.serving import require_libraries
from hub.core.store.engine import DatabaseUnreachable
from hub.sdk.errors import ConfigError, HubError

ACTOR = "hub serve"
#: Connections waiting to be taken, and taken at the same time: further ones are answered 503. Each may hold a body.
BACKLOG, MOST_CONNECTIONS = 1_024, 200
#: How long, in seconds, one thread may keep the others from Python: an answer passes through three of them.
SWITCH_S = 0.0005
#: Seconds that answers at hand have when it ends.
PATIENCE_S = 5


class Service:
    """One serving process. `beside`: the daemon that started it; it then ends when its standard input does."""

    def __init__(
        self, config: Path | None, *, host: str | None = None, port: int | None = None, beside: str | None = None
    ) -> None:
        self.hub = Hub.open(config, ACTOR, trusted=True)
        serve = self.hub.settings.serve
        self._host = serve.host if host is None else host
        self._port = serve.port if port is None else port
        self._beside = beside

    def run(self) -> None:
        """Serve until told to stop; read the configuration again at SIGHUP.

        Raises:
            ConfigError: a library is missing, the address cannot be had, or the configuration is faulty.
        """
        require_libraries()
        import structlog
        import uvicorn

        from hub.app.api.application import make_application
        from hub.app.api.switchboard import Switchboard

        sys.setswitchinterval(SWITCH_S)
        memory.share_arenas()
        logs.configure(self.hub.settings.daemon.log)
        log = structlog.get_logger()
        with _bound(self._host, self._port) as door:
            with contextlib.suppress(DatabaseUnreachable):  # it answers 503 until the data base is back
                _ = self.hub.store
            board = Switchboard(self.hub, self._beside)
            try:
                door.listen(BACKLOG)  # from now on callers wait instead of being refused
                config = uvicorn.Config(
                    make_application(board), log_config=None, access_log=False, lifespan="off", server_header=False,
                    proxy_headers=False, backlog=BACKLOG, limit_concurrency=MOST_CONNECTIONS,
                    timeout_keep_alive=30, timeout_graceful_shutdown=PATIENCE_S,
                )  # fmt: skip
                asyncio.run(self._serve(_server(uvicorn, config), board, door, log))
            finally:
                board.close()
        log.info("serving ended")

    async def _serve(self, server: Any, board: Any, door: socket.socket, log: Any) -> None:
        loop = asyncio.get_running_loop()

        def end() -> None:
            server.should_exit = True

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        again = [loop.create_task(asyncio.sleep(0))]  # kept: a task that nobody holds may be collected

        def read_again() -> None:
            again[0] = loop.create_task(asyncio.to_thread(self._read_again, board, log))

        loop.add_signal_handler(signal.SIGHUP, read_again)
        if self._beside is not None:
            threading.Thread(target=_wait_for_end, args=(loop, end), name="daemon", daemon=True).start()
        host, port = door.getsockname()[:2]
        log.info("serving", host=host, port=port, webhooks=board.sections())
        await server.serve(sockets=[door])

    def _read_again(self, board: Any, log: Any) -> None:
        """The configuration anew; a broken one is refused and the old one stands."""
        try:
            fresh = Hub.open(self.hub.settings.path, ACTOR, trusted=True)
            board.exchange(fresh)
        except HubError as error:
            log.error("configuration refused, the old one stands", code=error.code, what=error.what)
            return
        log.info("configuration read again", webhooks=board.sections())


def _server(uvicorn: Any, config: Any) -> Any:
    class Server(uvicorn.Server):  # type: ignore[misc]
        """Leaves the signals to us: its own handling raises them again when it has ended."""

        @contextlib.contextmanager
        def capture_signals(self) -> Iterator[None]:
            yield

    return Server(config)


@contextlib.contextmanager
def _bound(host: str, port: int) -> Iterator[socket.socket]:
    """A socket at this address; its port is taken again at once when the process is started anew."""
    with contextlib.ExitStack() as opened:
        try:
            [(family, kind, protocol, _, address), *_] = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            door = opened.enter_context(socket.socket(family, kind, protocol))
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind(address)
        except OSError as error:
            raise ConfigError(
                code="HUB-WEB-009",
                what=f"cannot listen on {host}, port {port}: {error.strerror or error}",
                where="[serve] host, port",
                mend="end what listens there, or choose another port",
            ) from error
        yield door


def _wait_for_end(loop: asyncio.AbstractEventLoop, end: Any) -> None:
    """Until the daemon ends, however it does: then so do we."""
    sys.stdin.buffer.read()
    with contextlib.suppress(RuntimeError):  # the loop has ended before
        loop.call_soon_threadsafe(end)
