"""What makes a connector a receiver of webhooks: subclass, give signed calls, run pytest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from unittest import SkipTest

from hub.sdk.context import Context
from hub.sdk.errors import HubError, RecordRejected, SignatureRefused
from hub.sdk.events import Headers, ReceivedEvent
from hub.sdk.roles import EventReceiver, RecordSource
from hub.sdk.testing import checks
from hub.sdk.testing.fakes import NothingSleeps, make_context
from hub.sdk.testing.runs import run_source
from hub.sdk.units import RawUnit

#: Longest id of an event, stream or ref that the hub stores.
MAX_NAME = 2_000


@dataclass(frozen=True)
class SignedCall:
    """A call as the sender would make it, with its real headers."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


class EventReceiverConformance(NothingSleeps):
    """Every promise of `EventReceiver`, each as one test. Subclass it under a name that begins with ``Test``.

    That signatures are compared in constant time is not measured: use `hub.sdk.same_secret`.

    Attributes:
        expected_refs: by stream, the objects that the calls are about; None: not compared.
    """

    expected_refs: dict[str, set[str]] | None = None

    def make_source(self, tmp_path: Path) -> RecordSource:
        """A receiver over a sample. Called several times with one folder: always the same, made anew."""
        raise AssertionError("define make_source(self, tmp_path) in your test class")

    def make_context(self, tmp_path: Path) -> Context:
        """A context for `make_source` to build with; its clock stands still."""
        return make_context(tmp_path)

    def signed_calls(self) -> Sequence[SignedCall]:
        """Calls about objects of the sample, signed at the instant of the context's clock."""
        raise AssertionError("define signed_calls(self) in your test class")

    def stale_calls(self) -> Sequence[SignedCall]:
        """Calls signed rightly, but too long ago or ahead. Empty: the sender signs no time."""
        return ()

    def calls_that_do_not_matter(self) -> Sequence[SignedCall]:
        """Signed calls that are about nothing the connector reads. Empty: not checked."""
        return ()

    def signature_headers(self) -> Sequence[str]:
        """Headers of the signature: a call without any one of them is refused."""
        raise AssertionError("define signature_headers(self): the header of the signature at least")

    def secrets(self) -> Sequence[str]:
        """Secret values given to the source (canaries). Empty: the check is skipped."""
        return ()

    def test_the_role_is_played_with_record_source(self, tmp_path: Path) -> None:
        """Units read again are mapped like any other, so it plays both roles."""
        source = self.make_source(tmp_path)
        assert isinstance(source, EventReceiver), f"{type(source).__name__} lacks receive or reread"
        assert isinstance(source, RecordSource), f"{type(source).__name__} lacks streams, fetch or map"

    def test_a_signed_call_is_understood(self, tmp_path: Path) -> None:
        """Its events have ids that differ and are about objects of a declared stream."""
        receiver, streams = self._receiver(tmp_path), self._streams(tmp_path)
        about: dict[str, set[str]] = {}
        ids: set[str] = set()
        for call in self._calls():
            events = self._heard(receiver, call)
            assert events, "a signed call about objects of the sample gives no event"
            for event in events:
                for name in ("id", "stream", "ref"):
                    text = getattr(event, name)
                    checks.check_text(text, f"{name} of an event")
                    assert 0 < len(text) <= MAX_NAME, f"{name} of an event has {len(text)} characters"
                assert event.stream in streams, f"an event is about the stream {event.stream!r}, which is not declared"
                assert event.id not in ids, f"two events have the id {event.id!r}"
                ids.add(event.id)
                about.setdefault(event.stream, set()).add(event.ref)
        if self.expected_refs is not None:
            assert self.expected_refs == about, f"the calls are about {about}"

    def test_the_same_call_is_the_same_event(self, tmp_path: Path) -> None:
        """Delivered twice, or to another process: equal ids, equal objects."""
        first, other = self._receiver(tmp_path), self._receiver(tmp_path)
        for call in self._calls():
            once = self._heard(first, call)
            assert once == self._heard(first, call), "the second delivery gives other events"
            assert once == self._heard(other, call), "another process gives other events"

    def test_header_names_have_no_case(self, tmp_path: Path) -> None:
        """Proxies rewrite the names of headers; their values count."""
        receiver = self._receiver(tmp_path)
        for call in self._calls():
            for spelt in (str.lower, str.upper, str.title):
                pairs = tuple((spelt(name), value) for name, value in call.headers)
                other = self._heard(receiver, SignedCall(pairs, call.body))
                assert self._heard(receiver, call) == other, f"other events with headers spelt by {spelt.__name__}"

    def test_one_byte_more_less_or_other_is_refused(self, tmp_path: Path) -> None:
        """The signature covers the very bytes of the body."""
        receiver = self._receiver(tmp_path)
        for call in self._calls():
            places = sorted({0, len(call.body) // 2, len(call.body) - 1})
            for place in places:
                other = bytearray(call.body)
                other[place] ^= 1
                self._refused(receiver, SignedCall(call.headers, bytes(other)), f"byte {place} is another")
            self._refused(receiver, SignedCall(call.headers, call.body + b" "), "a blank was added")
            self._refused(receiver, SignedCall(call.headers, call.body[:-1]), "the last byte is missing")
            self._refused(receiver, SignedCall(call.headers, b""), "the body is empty")

    def test_a_bad_signature_is_refused(self, tmp_path: Path) -> None:
        """Missing, empty, altered, of another call, or no text at all: never an event, never a crash."""
        receiver = self._receiver(tmp_path)
        names = {name.lower() for name in self.signature_headers()}
        for call in self._calls():
            for name in names:
                kept = tuple(pair for pair in call.headers if pair[0].lower() != name)
                assert len(kept) < len(call.headers), f"the sample's calls have no header {name!r}"
                self._refused(receiver, SignedCall(kept, call.body), f"without {name}")
                [value] = [value for given, value in call.headers if given.lower() == name]
                for bad in ("", "x", value[:-1], value[:-1] + "é", value + "0", "t=1,v1=", "\x80" * 300, "0" * 10_000):
                    self._refused(receiver, SignedCall((*kept, (name, bad)), call.body), f"{name} is {bad[:20]!r}")

    def test_a_stale_call_is_refused(self, tmp_path: Path) -> None:
        """A call that somebody recorded is not taken for ever."""
        stale = list(self.stale_calls())
        if not stale:
            raise SkipTest("no stale_calls")
        for call in stale:
            self._refused(self._receiver(tmp_path), call, "signed long ago or ahead")

    def test_what_does_not_matter_is_no_fault(self, tmp_path: Path) -> None:
        """Senders tell more than we read: that is answered like any other call."""
        calls = list(self.calls_that_do_not_matter())
        if not calls:
            raise SkipTest("no calls_that_do_not_matter")
        for call in calls:
            events = self._heard(self._receiver(tmp_path), call)
            assert not events, f"a call that does not matter gives {events}"

    def test_what_is_read_again_is_what_fetch_gives(self, tmp_path: Path) -> None:
        """The same units; so a call and the ordinary run end in one state."""
        fetched = self._fetched(tmp_path)
        receiver, read = self._receiver(tmp_path), 0
        for event in self._events(tmp_path):
            for unit in receiver.reread(event.stream, [event.ref]):
                checks.check_unit(unit)
                known = fetched.get(event.stream, {}).get(unit.ref)
                assert known is not None, f"{event.ref!r} gives unit {unit.ref!r}, which fetch does not"
                assert (known.body, known.layout) == (unit.body, unit.layout), f"unit {unit.ref!r} has other content"
                read += 1
        assert read, "no object of the calls was found again"

    def test_many_are_read_as_one_by_one(self, tmp_path: Path) -> None:
        """In one request or in many: the same units."""
        for stream in self._streams(tmp_path):
            refs = list(dict.fromkeys(event.ref for event in self._events(tmp_path) if event.stream == stream))
            one_by_one = {unit.ref: unit for ref in refs for unit in self._receiver(tmp_path).reread(stream, [ref])}
            together = {unit.ref: unit for unit in self._receiver(tmp_path).reread(stream, refs)}
            assert one_by_one.keys() == together.keys(), f"{stream}: other units when many are asked for"
            for ref, unit in together.items():
                alone = one_by_one[ref]
                same = (alone.body, alone.layout) == (unit.body, unit.layout)
                assert same, f"{stream}: unit {ref!r} has other content when many are asked for"

    def test_what_does_not_exist_gives_nothing(self, tmp_path: Path) -> None:
        """An object that was deleted meanwhile is no fault."""
        for stream in self._streams(tmp_path):
            units = list(self._receiver(tmp_path).reread(stream, ["no-such-object-4711"]))
            assert not units, f"{stream}: an object that does not exist gives {units}"

    def test_no_secret_is_shown(self, tmp_path: Path) -> None:
        """Not in reprs, not in the log, not in an error."""
        canaries = [secret for secret in self.secrets() if secret]
        if not canaries:
            raise SkipTest("no secrets")
        with checks.heard() as lines:
            receiver = self._receiver(tmp_path)
            texts = [repr(receiver), str(receiver)]
            for call in self._calls():
                texts.append(repr(self._heard(receiver, call)))
                error = self._refused(receiver, SignedCall(call.headers, call.body + b" "), "a blank was added")
                texts += [str(error), repr(error), str(error.__cause__), str(error.__context__)]
        for canary in canaries:
            for text in [*texts, *lines]:
                assert canary not in text, f"a secret is shown: {text.replace(canary, '(secret)')[:200]}"

    def _receiver(self, tmp_path: Path) -> EventReceiver:
        source = checks.made_again(self.make_source, tmp_path)
        assert isinstance(source, EventReceiver), f"{type(source).__name__} lacks receive or reread"
        return source

    def _streams(self, tmp_path: Path) -> list[str]:
        return [stream.name for stream in checks.made_again(self.make_source, tmp_path).streams()]

    def _fetched(self, tmp_path: Path) -> dict[str, dict[str, RawUnit]]:
        source = checks.made_again(self.make_source, tmp_path)
        return {
            stream.name: {unit.ref: unit for unit in run_source(source, stream.name)} for stream in source.streams()
        }

    def _calls(self) -> Sequence[SignedCall]:
        calls = list(self.signed_calls())
        assert calls, "signed_calls gives none: nothing would be proved"
        return calls

    def _events(self, tmp_path: Path) -> list[ReceivedEvent]:
        receiver = self._receiver(tmp_path)
        return [event for call in self._calls() for event in self._heard(receiver, call)]

    @staticmethod
    def _heard(receiver: EventReceiver, call: SignedCall) -> list[ReceivedEvent]:
        return list(receiver.receive(Headers(call.headers), call.body))

    @staticmethod
    def _refused(receiver: EventReceiver, call: SignedCall, why: str) -> HubError:
        """The error that refuses `call`; nothing of its body is read before it is verified."""
        try:
            events = list(receiver.receive(Headers(call.headers), call.body))
        except SignatureRefused as error:
            checks.check_error(error, why)
            return error
        except RecordRejected as error:
            raise AssertionError(f"{why}: read before it was verified: {error}") from error
        except Exception as error:
            raise AssertionError(f"{why}: {type(error).__name__} instead of SignatureRefused: {error}") from error
        raise AssertionError(f"{why}: taken all the same, as {events}")
