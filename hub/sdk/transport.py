"""The HTTP client lent to connectors: the one module that knows httpx and stamina.

Time-outs for each phase and for the whole call, a limit on what is read, retries with jitter where nothing
can happen twice, ``Retry-After`` obeyed, redirects refused, only listed hosts called, no secret in any text.
`hub.sdk.http_rules` lists the codes of its errors. A proxy named in the environment is not used.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
import zlib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, Unpack

import httpx
import stamina
import stamina.instrumentation
from pydantic import SecretStr

from hub.sdk.context import Clock, SystemClock
from hub.sdk.errors import ConfigError, HubError, SourceUnavailable
from hub.sdk.http_answer import Answer, error_of, read_body, unavailable
from hub.sdk.http_network import DEADLINE, DeadlineBackend, remaining_s, tls_failed
from hub.sdk.http_rules import MAX_PAUSE_S, CallOptions, allowed_origins, header_values, origin, revealed, unwritable
from hub.sdk.redaction import REDACTING, redact

#: What carries the bytes; tests lend one of their own (an ``httpx.MockTransport``).
Transport = httpx.BaseTransport
MAX_BODY_BYTES = 10 * 1024 * 1024
ATTEMPTS = 4
_ABSOLUTE = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*:)?//")
_BUSY = frozenset({429, 500, 502, 503, 504})

# stamina's own hook prints through structlog, on standard output when nobody configured it: a connector's
# process speaks to the hub there. Retries are logged by the client below instead.
stamina.instrumentation.set_on_retry_hooks([])
# Both log addresses and headers as they are sent.
for _name in ("httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "httpcore.proxy"):
    logging.getLogger(_name).addFilter(REDACTING)
    logging.getLogger(_name.partition(".")[0]).setLevel(logging.WARNING)


class _Failed(Exception):
    """One attempt failed; `error` is what the caller gets if no further attempt is made."""

    def __init__(self, error: HubError, *, again: bool = False, unsent: bool = False) -> None:
        super().__init__(error.code)
        self.error = error
        self.again = again
        self.unsent = unsent


class HttpClient:
    """Calls one partner. Made by `Context.http`; used by one thread.

    Args:
        base_url: absolute; https, or http on this machine. Relative paths are appended to its path.
        hosts: further hosts that may be called, ``name`` or ``name:port``.
        timeout_s: for each phase of a call (connect, read, write), in seconds.
        transport: replaces the network, for tests.
        logger: gets one line per call and per retry.
        deadline_s: for a call as a whole, pauses and retries included, in seconds.
        headers: sent with each call to the base address, not to `hosts`.
        body_limit: largest body read, after decompression, in bytes.

    Raises:
        ConfigError: the base address or a host cannot be used.
    """

    def __init__(
        self,
        base_url: str,
        hosts: Sequence[str] = (),
        timeout_s: float = 30.0,
        transport: httpx.BaseTransport | None = None,
        logger: logging.Logger | None = None,
        *,
        clock: Clock | None = None,
        deadline_s: float = 60.0,
        headers: Mapping[str, str | SecretStr] | None = None,
        body_limit: int = MAX_BODY_BYTES,
    ) -> None:
        self._allowed = allowed_origins(base_url, hosts)
        self._base = origin(base_url, where="base_url")
        self._base_url = base_url
        self._timeout_s = timeout_s
        self._deadline_s = deadline_s
        self._transport = transport
        self._logger = logger or logging.getLogger("hub.http")
        self._logger.addFilter(REDACTING)
        self._clock: Clock = clock or SystemClock()
        self._headers = header_values(headers or {}, "headers")
        self._body_limit = body_limit
        self._quiet_until: dict[str, float] = {}
        self._opened: httpx.Client | None = None

    def __repr__(self) -> str:
        return f"HttpClient({redact(self._base_url)!r})"

    def get(self, path: str, **options: Unpack[CallOptions]) -> Answer:
        """Read `path`; see `request` for the options."""
        return self.request("GET", path, **options)

    def post(self, path: str, **options: Unpack[CallOptions]) -> Answer:
        """Send to `path`; see `request` for the options. Repeated only with an `idempotency_key`."""
        return self.request("POST", path, **options)

    def put(self, path: str, **options: Unpack[CallOptions]) -> Answer:
        """Replace `path`; see `request` for the options. Repeated only with an `idempotency_key`."""
        return self.request("PUT", path, **options)

    def delete(self, path: str, **options: Unpack[CallOptions]) -> Answer:
        """Delete `path`; see `request` for the options. Repeated only with an `idempotency_key`."""
        return self.request("DELETE", path, **options)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str | int | SecretStr] | None = None,
        headers: Mapping[str, str | SecretStr] | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        content: bytes | None = None,
        idempotency_key: str | None = None,
        accept: Collection[int] = (),
    ) -> Answer:
        """Make one call and read its whole answer.

        Args:
            path: appended to the base address; or an absolute address of an allowed host (a `next` link).
            json, form, content: the body, at most one of them.
            idempotency_key: sent as ``Idempotency-Key``; the partner promises to act once per key, so the
                call may be repeated like a GET. Without it a call that may have left is never repeated.
            accept: statuses from 400 on that the caller reads itself, such as 404.

        Raises:
            ConfigError: the address is not allowed, or answers with a redirect.
            SourceAuthError: 401 or 403.
            SourceUnavailable: no answer, 429, 5xx, or an answer that cannot be read.
            PartnerRefused: any other 4xx.
        """
        sent = dict(headers or {}) | ({"Idempotency-Key": idempotency_key} if idempotency_key else {})
        request = self._build(method, path, params, sent, {"json": json, "data": form, "content": content})
        place = f"{method} {redact(str(request.url.copy_with(query=None, fragment=None)))}"
        repeatable = method in ("GET", "HEAD") or bool(idempotency_key)
        token = DEADLINE.set(time.monotonic() + self._deadline_s)
        try:
            for attempt in stamina.retry_context(
                on=lambda error: self._pause(error, repeatable, place),
                attempts=ATTEMPTS,
                timeout=self._deadline_s,
                wait_initial=0.5,
                wait_max=10.0,
                wait_jitter=1.0,
            ):
                with attempt:
                    return self._attempt(request, place, accept)
            raise AssertionError("stamina makes at least one attempt")
        except _Failed as failed:
            if isinstance(failed.error, SourceUnavailable) and failed.error.retry_after_s is not None:
                self._quiet_until[request.url.host] = time.monotonic() + failed.error.retry_after_s
            raise failed.error from failed.__cause__
        finally:
            DEADLINE.reset(token)

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    def __enter__(self) -> HttpClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _client(self) -> httpx.Client:
        # Opened on the first call: a connector is built without network and without reading certificates.
        if self._opened is None:
            self._opened = httpx.Client(
                base_url=self._base_url,
                transport=self._transport or _Network(),
                timeout=self._timeout_s,
                follow_redirects=False,
                headers={"User-Agent": "receivables-hub", "Accept-Encoding": "gzip"},
                trust_env=False,
            )
        return self._opened

    def _build(
        self,
        method: str,
        path: str,
        params: Mapping[str, str | int | SecretStr] | None,
        headers: Mapping[str, str | SecretStr],
        body: Mapping[str, Any],
    ) -> httpx.Request:
        """The request, its address proven to be allowed."""
        plain = header_values(headers, method)
        if _ABSOLUTE.match(path):  # httpx would read file:///x as a path below the base address
            origin(path, where="address")
        try:
            request = self._client().build_request(method, path, headers=plain, **body)
            if params:  # httpx would drop what the address asks already
                request.url = request.url.copy_merge_params(revealed(params))
        except (httpx.InvalidURL, UnicodeError):  # their text may hold the value, so it is not chained
            raise unwritable(f"{method} {redact(path.partition('?')[0])}") from None
        address = str(request.url)
        scheme, host, port = origin(address, where="address")
        if (host, port) not in self._allowed or host != request.url.raw_host.decode("ascii"):
            known = ", ".join(sorted({name for name, _ in self._allowed}))
            raise ConfigError(
                code="HUB-HTTP-003",
                what=f"{redact(host)}:{port} is not among the hosts this connector may call ({known})",
                where=redact(address.partition("?")[0]),
                mend="name the host where the connector opens its HTTP client, if it belongs to the partner",
            )
        if (scheme, host, port) == self._base:
            for name, value in self._headers.items():
                request.headers.setdefault(name, value)
        return request

    def _pause(self, error: Exception, repeatable: bool, place: str) -> bool | float:
        """stamina asks after each failure: stop (False), wait as the partner asked, or back off (True)."""
        if not isinstance(error, _Failed) or not error.again or not (repeatable or error.unsent):
            return False
        asked = getattr(error.error, "retry_after_s", None)
        remaining = remaining_s()
        if remaining <= 0 or (asked is not None and asked > min(MAX_PAUSE_S, remaining)):
            return False
        self._logger.info("%s: %s; trying again", place, error.error.what)
        return True if asked is None else float(asked)

    def _attempt(self, request: httpx.Request, place: str, accept: Collection[int]) -> Answer:
        started = time.monotonic()
        self._check_quiet(request.url.host, place)
        try:
            with contextlib.closing(self._client().send(request, stream=True)) as response:
                # An answer made by a test comes read and decompressed.
                done = response.is_stream_consumed
                chunks = [response.content] if done else response.iter_raw()
                encoding = "" if done else response.headers.get("content-encoding", "").strip().lower()
                body = read_body(chunks, encoding, self._body_limit, place)
        except httpx.LocalProtocolError:  # its text shows the header, which may be a secret: not chained
            raise unwritable(place) from None
        except (httpx.HTTPError, zlib.error, EOFError) as error:
            raise self._broken_off(error, place) from error
        answer = Answer(response.status_code, dict(response.headers), body, place)
        self._logger.debug("%s: %d, %d bytes, %.3f s", place, answer.status, len(body), time.monotonic() - started)
        if not 200 <= answer.status < 300 and answer.status not in accept:
            raise _Failed(error_of(answer, self._clock.now()), again=answer.status in _BUSY)
        return answer

    def _check_quiet(self, host: str, place: str) -> None:
        """Refuse without calling while the pause that `host` asked for lasts."""
        remaining = self._quiet_until.get(host, 0.0) - time.monotonic()
        if remaining > 0:
            what = f"{host} asked not to be called for another {remaining:.0f} s"
            raise _Failed(unavailable("HUB-HTTP-008", what, place, remaining))

    def _broken_off(self, error: Exception, place: str) -> _Failed:
        if tls_failed(error):
            what = "its certificate or its TLS is not valid"
            mend = "ask the other side for a valid certificate, or correct the address; the check stays on"
            return _Failed(SourceUnavailable(code="HUB-HTTP-010", what=what, where=place, mend=mend))
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout):
            failure = unavailable("HUB-HTTP-001", f"no connection ({type(error).__name__})", place)
            return _Failed(failure, again=True, unsent=True)
        if isinstance(error, zlib.error):
            return _Failed(unavailable("HUB-HTTP-006", "the answer's compression is broken", place))
        late = isinstance(error, httpx.TimeoutException)
        what = "no complete answer in time" if late else f"the connection broke ({type(error).__name__})"
        return _Failed(unavailable("HUB-HTTP-002", what, place), again=True)


class _Network(httpx.HTTPTransport):
    """httpx's own transport on sockets that keep the deadline (httpx 0.28 has no public way to say so)."""

    def __init__(self) -> None:
        super().__init__()
        self._pool._network_backend = DeadlineBackend()


def without_pauses() -> contextlib.AbstractContextManager[None]:
    """For tests: retries follow each other at once."""
    return stamina.set_testing(True, attempts=ATTEMPTS, cap=True)


class NoNetwork(httpx.BaseTransport):
    """A transport for tests that refuses every call."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("tests have no network")
