"""Sockets that keep the deadline of a call.

httpx starts its time-outs anew with each byte: a partner that drips one byte a second would hold it for ever.
Here each read and write gets what is left of the call's own time.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextvars import ContextVar
from ssl import SSLContext, SSLError
from typing import Any

import httpcore

#: When the call under way must end, on the monotonic clock, in seconds.
DEADLINE: ContextVar[float] = ContextVar("hub_http_deadline")
_WRITE_BYTES = 65_536


def remaining_s() -> float:
    """Seconds left of the call under way; negative when it is over."""
    return DEADLINE.get() - time.monotonic()


def tls_failed(error: BaseException) -> bool:
    """True when `error` goes back to TLS: a certificate that is not valid, no TLS at all."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause is not None


class DeadlineBackend(httpcore.SyncBackend):
    """Opens sockets whose every step ends with the call."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        return _Stream(super().connect_tcp(host, port, _within(timeout), local_address, socket_options))


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, _within(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), _WRITE_BYTES):
            self._stream.write(buffer[start : start + _WRITE_BYTES], _within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, _within(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _within(timeout: float | None) -> float:
    left = remaining_s()
    if left <= 0:
        raise httpcore.ReadTimeout("the call's deadline has passed")
    return left if timeout is None else min(timeout, left)
