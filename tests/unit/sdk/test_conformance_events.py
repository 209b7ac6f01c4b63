"""The conformance kit for webhooks: a faithful receiver passes, each broken promise is caught."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import EventReceiver, Headers, RawUnit, ReceivedEvent, RecordSource, same_secret
from hub.sdk.testing import EventReceiverConformance, FrozenClock, SignedCall
from tests.support.guests.hub_noticed import HEADER, Noticed, NoticedConfig, signature

SECRET = "canary-whsec-51aa"
NOW = int(FrozenClock().now().timestamp())
PROVIDER = {
    f"inv_{n}": {"seq": n, "number": f"F{n}", "debtor": f"C{n % 2}", "issued_on": "2026-05-02", "total": 100 * n}
    for n in range(1, 6)
}


def call(event: str, *about: str, at: int = NOW, **more: Any) -> SignedCall:
    """A call as the provider makes it."""
    body = json.dumps({"id": event, "about": about, **more}).encode()
    return SignedCall((("Content-Type", "application/json"), (HEADER, signature(SECRET, body, at))), body)


class TestNoticed(EventReceiverConformance):
    """The guest of our own tests keeps every promise."""

    expected_refs = {"invoices": {"inv_1", "inv_2", "inv_5"}}  # noqa: RUF012 -- as a user of the kit writes it
    receiver: type[Noticed] = Noticed

    def make_source(self, tmp_path: Path) -> RecordSource:
        path = tmp_path / "provider.json"
        path.write_text(json.dumps(PROVIDER))
        config = NoticedConfig.model_validate({"plugin": "noticed", "provider": path, "secret": SECRET})
        return self.receiver(config, self.make_context(tmp_path))

    def signed_calls(self) -> Sequence[SignedCall]:
        return [call("evt_1", "inv_1"), call("evt_2", "inv_5", "inv_2")]

    def stale_calls(self) -> Sequence[SignedCall]:
        return [call("evt_3", "inv_1", at=NOW - 301), call("evt_3", "inv_1", at=NOW + 301)]

    def calls_that_do_not_matter(self) -> Sequence[SignedCall]:
        return [call("evt_4")]

    def signature_headers(self) -> Sequence[str]:
        return [HEADER]

    def secrets(self) -> Sequence[str]:
        return [SECRET]


class Trusting(Noticed):
    """Never looks at the signature."""

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        parsed = json.loads(body)
        return [ReceivedEvent(parsed["id"], "invoices", ref) for ref in parsed["about"]]


class Parsing(Noticed):
    """Verifies what it parsed and wrote again, not what was sent."""

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        return super().receive(headers, body.rstrip())


class CaseBound(Noticed):
    """Looks for one spelling of the header."""

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        return super().receive(Headers([(HEADER, dict(headers).get(HEADER, ""))]), body)


class Numbering(Noticed):
    """Numbers deliveries instead of naming events."""

    count = 0

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        Numbering.count += 1
        return [ReceivedEvent(f"{Numbering.count}/{e.id}", e.stream, e.ref) for e in super().receive(headers, body)]


class Fresh(Noticed):
    """Takes calls of any age."""

    def __init__(self, config: NoticedConfig, context: Any) -> None:
        super().__init__(config.model_copy(update={"tolerance_s": 10**9}), context)


class Believing(Noticed):
    """Makes units of its own instead of those of fetch."""

    def reread(self, stream: str, refs: Sequence[str]) -> Iterable[RawUnit]:
        return [RawUnit(unit.ref, unit.body + b" ", place=unit.place) for unit in super().reread(stream, refs)]


class Inventing(Noticed):
    """Gives a unit for what does not exist, and only the first of many."""

    def reread(self, stream: str, refs: Sequence[str]) -> Iterable[RawUnit]:
        return list(super().reread(stream, refs))[:1] or [RawUnit("x", b"{}")]


class Talking(Noticed):
    """Shows its secret."""

    def __repr__(self) -> str:
        return f"Noticed({SECRET})"


class Crashing(Noticed):
    """Compares bytes that it cannot always make."""

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        headers.get(HEADER, "").encode("ascii")
        return super().receive(headers, body)


class Elsewhere(Noticed):
    """Names a stream that it does not have, and calls what does not matter a fault."""

    def receive(self, headers: Headers, body: bytes) -> Sequence[ReceivedEvent]:
        events = super().receive(headers, body)
        return [ReceivedEvent(event.id, "charges", event.ref) for event in events] or [ReceivedEvent("", "", "")]


@pytest.mark.parametrize(
    ("receiver", "expected"),
    [
        (Trusting, "a_bad_signature_is_refused one_byte_more_less_or_other_is_refused a_stale_call_is_refused"),
        (Parsing, "one_byte_more_less_or_other_is_refused"),
        (CaseBound, "a_signed_call_is_understood"),
        (Numbering, "the_same_call_is_the_same_event"),
        (Fresh, "a_stale_call_is_refused"),
        (Believing, "what_is_read_again_is_what_fetch_gives"),
        (Inventing, "what_does_not_exist_gives_nothing many_are_read_as_one_by_one"),
        (Talking, "no_secret_is_shown"),
        (Crashing, "a_bad_signature_is_refused"),
        (Elsewhere, "a_signed_call_is_understood what_does_not_matter_is_no_fault"),
    ],
)
def test_broken_receivers_are_caught(
    receiver: type[Noticed], expected: str, failing_tests: Callable[[object, Path], set[str]], tmp_path: Path
) -> None:
    """Each of them breaks one promise; the kit says which."""
    kit = type("Kit", (TestNoticed,), {"receiver": receiver})()
    assert set(expected.split()) <= failing_tests(kit, tmp_path)


def test_a_source_without_reread_is_no_receiver(tmp_path: Path) -> None:
    """The role is two methods, beside those of RecordSource."""
    assert isinstance(TestNoticed().make_source(tmp_path), EventReceiver)
    assert not isinstance(object(), EventReceiver)


def test_headers_are_found_in_any_case_and_show_no_value() -> None:
    """One that came twice is joined; a log line of them names no value."""
    headers = Headers([("X-One", "a"), ("x-one", "b"), ("Authorization", "Bearer canary")])
    assert "a, b" == headers["X-ONE"]
    assert {"x-one", "authorization"} == set(headers)
    assert "canary" not in repr(headers)


@pytest.mark.parametrize(
    ("one", "other", "equal"), [("a", "a", True), ("a", "b", False), ("é", "é", True), ("é", "", False)]
)
def test_secrets_are_compared_whatever_they_hold(one: str, other: str, equal: bool) -> None:
    """Also text that is not ASCII, which a stranger may send."""
    assert equal == same_secret(one, other)
    assert not same_secret(one, "\ud800")
