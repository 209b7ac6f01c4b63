"""The HTTP client: what is retried, what is refused, and which error each failure becomes."""

from __future__ import annotations

import logging
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest
import respx
from pydantic import SecretStr

from hub.sdk import ConfigError, HubError, PartnerRefused, SourceAuthError, SourceUnavailable
from hub.sdk.testing import FrozenClock
from hub.sdk.transport import ATTEMPTS, HttpClient

ROOT = Path(__file__).parents[3]
BASE = "https://api.partner.test/v1"
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CANARY = "canary-7f3a9b2c"


def client(**options: object) -> HttpClient:
    settings = {
        "base_url": BASE,
        "clock": FrozenClock(NOW),
        "logger": logging.getLogger("test.http"),
        **options,
    }
    return HttpClient(**settings)  # type: ignore[arg-type]


def test_the_http_library_is_loaded_when_it_is_needed() -> None:
    """A command that calls nobody does not pay for httpx; and one module alone knows it."""
    code = "import sys, hub.sdk, hub.sdk.columns; hub.sdk.Context('x'); print([m for m in sys.modules if 'httpx' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert "[]" == done.stdout.strip()
    users = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "hub").rglob("*.py")
        if re.search(r"^\s*(import|from) (httpx|stamina)\b", path.read_text().partition("TYPE_CHECKING:")[0], re.M)
    }
    assert {"hub/sdk/transport.py"} == users


@respx.mock
def test_an_answer_is_read_as_json_without_floats() -> None:
    """12.30 in JSON stays exactly 12.30."""
    route = respx.get(f"{BASE}/invoices").respond(200, text='{"total": 12.30, "page": 2}')
    answer = client().get("/invoices", params={"page": 2})
    assert {"total": Decimal("12.30"), "page": 2} == answer.json()
    assert f"{BASE}/invoices?page=2" == str(route.calls[0].request.url)
    assert "12.30" not in repr(answer)


@respx.mock
@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_busy_partner_is_asked_again(status: int) -> None:
    """A GET is repeated after 429 and 5xx, and the good answer counts."""
    route = respx.get(f"{BASE}/invoices")
    route.side_effect = [httpx.Response(status), httpx.Response(200, json=[])]
    assert [] == client().get("/invoices").json()
    assert 2 == route.call_count


@respx.mock
def test_a_partner_that_stays_busy_is_unavailable() -> None:
    """After the last attempt the engine gets one error that says what happened and where."""
    route = respx.get(f"{BASE}/invoices").respond(503, text="maintenance\nuntil 6")
    with pytest.raises(SourceUnavailable) as caught:
        client().get("/invoices?page=3")
    assert ATTEMPTS == route.call_count
    assert "HUB-HTTP-008" == caught.value.code
    assert f"GET {BASE}/invoices" == caught.value.where
    assert "busy or broken (503): maintenance until 6" == caught.value.what


@respx.mock
@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.ReadError])
def test_a_broken_connection_is_tried_again(error: type[httpx.TransportError]) -> None:
    """Refused connection, time-out and cut answer: a GET cannot happen twice, so it is repeated."""
    route = respx.get(f"{BASE}/invoices")
    route.side_effect = [error("x"), error("x"), httpx.Response(200, json=[])]
    assert [] == client().get("/invoices").json()
    route.side_effect = error("x")
    with pytest.raises(SourceUnavailable) as caught:
        client().get("/invoices")
    assert ("HUB-HTTP-001" if "Connect" in error.__name__ else "HUB-HTTP-002") == caught.value.code


@respx.mock
@pytest.mark.parametrize(
    ("header", "calls", "pause"),
    [
        ("7", ATTEMPTS, 7.0),
        (format_datetime(NOW + timedelta(seconds=20), usegmt=True), ATTEMPTS, 20.0),
        ("120", 1, 120.0),  # longer than a call may wait: the engine waits
        ("100000000000", 1, 86_400.0),  # 10^11 s: at most a day is believed
        (format_datetime(NOW + timedelta(days=400), usegmt=True), 1, 86_400.0),
        (format_datetime(NOW - timedelta(days=1), usegmt=True), ATTEMPTS, None),
        ("soon", ATTEMPTS, None),
        ("-5", ATTEMPTS, None),
        ("1e9", ATTEMPTS, None),
        ("nan", ATTEMPTS, None),
        ("٣", ATTEMPTS, None),
        ("Sun, 99 Nov 2026 99:00:00 GMT", ATTEMPTS, None),
    ],
)
def test_retry_after(header: str, calls: int, pause: float | None) -> None:
    """A pause in seconds or as a date is obeyed under a ceiling; garbage means our own back-off."""
    route = respx.get(f"{BASE}/invoices").respond(429, headers={"Retry-After": header.encode()})  # type: ignore[dict-item]
    with pytest.raises(SourceUnavailable) as caught:
        client().get("/invoices")
    assert calls == route.call_count
    assert pause == caught.value.retry_after_s


@respx.mock
def test_no_call_inside_the_pause_that_was_asked_for() -> None:
    """After `Retry-After: 120` the host is left alone, whatever is asked of the client."""
    route = respx.get(f"{BASE}/invoices").respond(429, headers={"Retry-After": "120"})
    http = client()
    for _ in range(3):
        with pytest.raises(SourceUnavailable) as caught:
            http.get("/invoices")
        assert 100 < (caught.value.retry_after_s or 0) <= 120
    assert 1 == route.call_count


@respx.mock
@pytest.mark.parametrize("failure", [httpx.Response(503), httpx.Response(429), httpx.ReadTimeout("x")])
def test_a_post_that_may_have_left_is_not_repeated(failure: httpx.Response | Exception) -> None:
    """What acts on the other side happens once; with an idempotency key the partner sees to that."""
    route = respx.post(f"{BASE}/cases")
    route.side_effect = [failure, httpx.Response(201)]
    with pytest.raises(SourceUnavailable):
        client().post("/cases", json={"a": 1})
    assert 1 == route.call_count
    route.side_effect = [failure, httpx.Response(201)]
    assert 201 == client().post("/cases", json={"a": 1}, idempotency_key="case-1").status
    assert ["case-1", "case-1"] == [call.request.headers["Idempotency-Key"] for call in list(route.calls)[1:]]


@respx.mock
def test_a_post_that_never_left_is_repeated() -> None:
    """A refused connection carries no byte."""
    route = respx.post(f"{BASE}/cases")
    route.side_effect = [httpx.ConnectError("refused"), httpx.Response(201)]
    assert 201 == client().post("/cases").status


@respx.mock
@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (401, SourceAuthError, "HUB-HTTP-007"),
        (403, SourceAuthError, "HUB-HTTP-007"),
        (400, PartnerRefused, "HUB-HTTP-009"),
        (404, PartnerRefused, "HUB-HTTP-009"),
        (422, PartnerRefused, "HUB-HTTP-009"),
        (302, ConfigError, "HUB-HTTP-004"),
        (308, ConfigError, "HUB-HTTP-004"),
        (304, SourceUnavailable, "HUB-HTTP-008"),
        (501, SourceUnavailable, "HUB-HTTP-008"),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[HubError], code: str) -> None:
    """What the engine does next depends on the type; a redirect is never followed."""
    elsewhere = respx.get("https://elsewhere.test/").respond(200)
    route = respx.get(f"{BASE}/invoices").respond(status, headers={"Location": "https://elsewhere.test/?t=1"})
    with pytest.raises(kind) as caught:
        client().get("/invoices")
    assert (type(caught.value), code) == (kind, caught.value.code)
    assert (1, 0) == (route.call_count, elsewhere.call_count)
    assert caught.value.mend


@respx.mock
def test_a_status_can_be_accepted() -> None:
    """A 404 may be an answer: the object is gone."""
    respx.get(f"{BASE}/invoices/9").respond(404, json={"error": "gone"})
    assert {"error": "gone"} == client().get("/invoices/9", accept=(404,)).json()


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.test/x",
        "https://api.partner.test.evil.test/x",
        "https://api.partner.test:8443/x",
        "https://api.partner.test@evil.test/x",
        "https://user:pw@api.partner.test/x",
        "https://api.partner.test./x",
        "https://api.partner.test\\@evil.test/x",
        "http://api.partner.test/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "ftp://api.partner.test/x",
        "gopher://api.partner.test/",
        "https://аpi.partner.test/x",  # a Cyrillic а
    ],
)
def test_other_hosts_are_refused_before_a_byte_leaves(address: str) -> None:
    """Only the hosts that the connector named are called, whatever a partner's `next` link says."""
    called: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        called.append(request)
        return httpx.Response(200)

    http = client(transport=httpx.MockTransport(answer), headers={"Authorization": f"Bearer {CANARY}"})
    with pytest.raises(ConfigError, match=r"HUB-HTTP-0(03|11)"):
        http.get(address)
    assert [] == called


@pytest.mark.parametrize("path", ["//evil.test/x", "/\\evil.test/x", "\\\\evil.test", "/..//evil.test", "@evil.test/"])
def test_a_relative_path_stays_at_home(path: str) -> None:
    """Tricks of notation end at the base host or nowhere."""
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        return httpx.Response(200)

    try:
        client(transport=httpx.MockTransport(answer)).get(path)
    except ConfigError:
        assert [] == hosts
    else:
        assert ["api.partner.test"] == hosts


@pytest.mark.parametrize(
    "base",
    [
        "http://partner.test",
        "https://u@partner.test",
        "partner.test",
        "https://",
        "https://a.test:99999",
        "ftp://a",
    ],
)
def test_a_base_address_that_cannot_be_used(base: str) -> None:
    """A wrong address stops before starting."""
    with pytest.raises(ConfigError, match="HUB-HTTP-003"):
        client(base_url=base)


@respx.mock
def test_further_hosts_get_no_default_headers() -> None:
    """A key meant for the partner is not shown to the host of its files."""
    files = respx.get("https://files.partner.test/a.json").respond(200, json=[])
    home = respx.get("https://api.partner.test/v1/a").respond(200, json=[])
    http = client(hosts=["files.partner.test"], headers={"Authorization": SecretStr(f"Bearer {CANARY}")})
    http.get("https://files.partner.test/a.json")
    http.get("https://api.partner.test/v1/a")
    assert "Authorization" not in files.calls[0].request.headers
    assert f"Bearer {CANARY}" == home.calls[0].request.headers["Authorization"]


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]", "127.8.9.10"])
def test_plain_http_on_this_machine(host: str) -> None:
    """A test server on loopback may speak http."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"ok": True}))
    assert {"ok": True} == client(base_url=f"http://{host}:8123", transport=transport).get("/").json()
