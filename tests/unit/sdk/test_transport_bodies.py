"""The HTTP client reading answers: limits, compression, garbage, and no secret in any text."""

from __future__ import annotations

import gzip
import json
import logging
import tracemalloc
from typing import Any

import httpx
import pytest
import respx
from pydantic import SecretStr

from hub.sdk import ConfigError, HubError, SourceUnavailable
from hub.sdk.testing import FrozenClock
from hub.sdk.transport import MAX_BODY_BYTES, HttpClient

CANARY = "canary-7f3a9b2c"
BASE = "https://api.partner.test/v1"


def client(**options: Any) -> HttpClient:
    return HttpClient(**{"base_url": BASE, "clock": FrozenClock(), **options})


class Pieces(httpx.SyncByteStream):
    """A body sent piece by piece, counting what was taken."""

    def __init__(self, piece: bytes, count: int) -> None:
        self.piece, self.count, self.taken = piece, count, 0

    def __iter__(self):  # type: ignore[no-untyped-def]
        for _ in range(self.count):
            self.taken += 1
            yield self.piece


def test_a_body_without_end_is_cut() -> None:
    """200 MB are refused after the first ten."""
    body = Pieces(b"x" * 65_536, 3_200)
    transport = httpx.MockTransport(lambda request: httpx.Response(200, stream=body))
    with pytest.raises(SourceUnavailable, match="HUB-HTTP-005"):
        client(transport=transport).get("/invoices")
    assert body.taken * 65_536 <= MAX_BODY_BYTES + 2 * 65_536


def test_a_gzip_bomb_is_not_unfolded() -> None:
    """A small answer that becomes 100 MB is refused before it fills the memory."""
    bomb = gzip.compress(b"\0" * 100_000_000)
    headers = {"Content-Encoding": "gzip"}
    transport = httpx.MockTransport(lambda request: httpx.Response(200, headers=headers, stream=Pieces(bomb, 1)))
    http = client(transport=transport)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable, match="HUB-HTTP-005"):
            http.get("/invoices")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 64_000_000


@respx.mock
def test_compressed_answers_are_read() -> None:
    """gzip is understood, a broken one is said to be broken, another compression refused."""
    good = gzip.compress(json.dumps({"a": 1}).encode())
    url = respx.get(f"{BASE}/x")
    url.side_effect = lambda request: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=Pieces(good, 1))
    assert {"a": 1} == client().get("/x").json()
    good = gzip.compress(b'{"a"')
    good += gzip.compress(b": 1}")
    assert {"a": 1} == client().get("/x").json()
    for encoding, body, code in [
        ("gzip", b"nothing", "HUB-HTTP-006"),
        ("gzip", good[:-9], "HUB-HTTP-002"),
        ("br", good, "HUB-HTTP-006"),
    ]:
        transport = httpx.MockTransport(
            lambda request, encoding=encoding, body=body: httpx.Response(
                200, headers={"Content-Encoding": encoding}, stream=Pieces(body, 1)
            )
        )
        with pytest.raises(SourceUnavailable, match=code):
            client(transport=transport).get("/x")


@respx.mock
@pytest.mark.parametrize(
    "body", [b"<html>502</html>", b"", b"[" * 100_000, b'{"a": NaN}', b'{"a":', b"\xff\xfe\x00", b"9" * 5_000]
)
def test_garbage_is_no_json(body: bytes) -> None:
    """An answer that is no JSON is told in words."""
    respx.get(f"{BASE}/x").respond(200, content=body)
    with pytest.raises(SourceUnavailable, match="HUB-HTTP-006") as caught:
        client().get("/x").json()
    assert len(caught.value.what) < 250


@respx.mock
@pytest.mark.parametrize("status", [200, 400, 401, 500])
def test_no_secret_in_log_repr_or_error(status: int, caplog: pytest.LogCaptureFixture) -> None:
    """The canary is sent, echoed by the partner, and seen nowhere."""
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "test.http"):
        caplog.set_level(logging.DEBUG, logger=name)
    echo = f"bad key {CANARY} in api_key={CANARY}&x=1 and Bearer {CANARY}"
    respx.post(url__startswith=f"{BASE}/x").respond(status, text=echo, headers={"Set-Cookie": f"sid={CANARY}"})
    http = client(headers={"Authorization": SecretStr(f"Bearer {CANARY}")})
    seen = [repr(http), str(http)]
    try:
        answer = http.post("/x", params={"api_key": SecretStr(CANARY)}, headers={"X-Api-Key": CANARY})
        seen.append(repr(answer))
    except HubError as error:
        seen += [repr(error), str(error), json.dumps(error.as_wire()), repr(error.__cause__)]
    http._logger.warning("key %s, %s", CANARY, {"token": CANARY}, extra={"cookie": CANARY})
    http._logger.debug("with a trace", exc_info=ValueError(CANARY))
    seen += [caplog.text, *(str(record.__dict__) for record in caplog.records)]
    assert caplog.records
    assert [] == [text for text in seen if CANARY in text]


def test_a_key_with_a_line_break_is_refused_without_showing_it() -> None:
    """Keys read from files often end with one."""
    with pytest.raises(ConfigError, match="HUB-HTTP-011") as caught:
        client(headers={"Authorization": SecretStr(f"Bearer {CANARY}\n")})
    assert CANARY not in str(caught.value)
    http = client(transport=httpx.MockTransport(lambda request: httpx.Response(200)))
    for value in (f"{CANARY}\r\nX: y", f"{CANARY}é", f"{CANARY}\0"):
        with pytest.raises(ConfigError, match="HUB-HTTP-011") as caught:
            http.get("/", headers={"X-Key": value})
        assert CANARY not in str(caught.value) + repr(caught.value.__cause__)
