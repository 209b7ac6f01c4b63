"""A wire to PostgreSQL that can be cut at a COMMIT: before the server hears it, or before its answer comes back."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

Cut = Literal["before", "answer"]
_COMMIT = b"COMMIT\0"


class Wire:
    """`cut_in` COMMITs from now the connection is cut, as `how` says: the client sees the same error either way."""

    def __init__(self, server: Path) -> None:
        self._server = str(server / ".s.PGSQL.5432")
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.cut_in = 0
        self.how: Cut = "before"
        self.cuts: Counter[str] = Counter()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """No new connection; those that there are end with their client."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                threading.Thread(target=self._answers, args=(server, client), daemon=True).start()
                threading.Thread(target=self._requests, args=(client, server), daemon=True).start()

    def _requests(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65_536):
                if _COMMIT in data and (how := self._cuts_now()) is not None:
                    self._cut(client, server, data if how == "answer" else b"")
                    return
                server.sendall(data)
        _end(client, server)

    def _cuts_now(self) -> Cut | None:
        with self._lock:
            self.cut_in -= 1
            if self.cut_in != 0:
                return None
            self.cuts[self.how] += 1
            return self.how

    def _cut(self, client: socket.socket, server: socket.socket, last: bytes) -> None:
        """The client hears nothing any more; what was still sent reaches the server, which is given time to act."""
        with contextlib.suppress(OSError):
            client.shutdown(socket.SHUT_RDWR)
        if last:
            server.sendall(last + b"X\0\0\0\4")  # the commit, then a farewell: the server ends when it is done
            with contextlib.suppress(OSError):
                while server.recv(65_536):
                    pass
        _end(client, server)

    def _answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65_536):
                client.sendall(data)
        _end(client)


def _end(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@contextmanager
def wire_to(server: Path) -> Iterator[Wire]:
    """A wire to the server whose socket lies in this folder."""
    wire = Wire(server)
    try:
        yield wire
    finally:
        wire.close()
