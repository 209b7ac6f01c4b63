"""A connector that breaks the promise that its setting `how` names."""

from __future__ import annotations

import ctypes
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

from pydantic import Field, SecretStr

from hub.sdk import (
    Connector,
    ConnectorConfig,
    Context,
    HubError,
    Page,
    RawUnit,
    RecordRejected,
    RecordSource,
    Registry,
    Stream,
    hookimpl,
)
from hub.sdk.records import Record


class Config(ConnectorConfig):
    """What to do wrong."""

    how: str = Field(description="Name of a function below.")
    key: SecretStr = Field(description="A canary: it must be found nowhere.")


def raises(key: str) -> Page:
    raise RuntimeError(f"cannot log in with {key}")


def raises_ours(key: str) -> Page:
    raise HubError(code="HUB-DB-003", what=f"the key {key} was refused", where=key, mend=f"renew {key}")


def exits(key: str) -> Page:
    print(f"leaving with {key}", file=sys.stderr)
    sys.exit(3)


def crashes(key: str) -> Page:
    print(f"dying with {key}")
    sys.stdout.flush()
    ctypes.string_at(0)
    raise AssertionError("still alive")


def hangs(_key: str) -> Page:
    time.sleep(60)
    raise AssertionError("nobody ended me")


def prints(_key: str) -> Page:
    print("hello " * 1_000)
    os.write(1, b"\0\0\0\5\0\0\0\0hello")
    return Page([], "1", True)


def floods(_key: str) -> Page:
    while True:
        sys.stderr.write("x" * 65_536)


def _frame(raw: bytes) -> Page:
    """Write on the hub's own pipe, which is the last one this process was given."""
    for fd in range(3, 32):
        try:
            if os.readlink(f"/proc/self/fd/{fd}").startswith("pipe:"):
                os.write(fd, raw)
        except OSError:
            continue
    time.sleep(60)
    raise AssertionError("nobody ended me")


def kills_itself(_key: str) -> Page:
    os.kill(os.getpid(), signal.SIGTERM)
    raise AssertionError("still alive")


def floods_memory(_key: str) -> Page:
    hoard = []
    while True:
        hoard.append(bytearray(64 * 1024**2))


def _sit(depth: int) -> None:
    """Be somebody's child, in a session of his own every other time, and have two children."""
    if depth % 2:
        os.setsid()
    for _ in range(2 if depth else 0):
        if os.fork() == 0:
            _sit(depth - 1)
    time.sleep(60)
    os._exit(0)


def forks(_key: str) -> Page:
    """Thirty processes, some in sessions of their own, some whose parents are gone; then silence."""
    if os.fork() == 0:
        if os.fork() == 0:
            _sit(4)
        os._exit(0)
    time.sleep(60)
    raise AssertionError("nobody ended me")


def burns(_key: str) -> Page:
    while True:
        pass


def for_ever(_key: str) -> Page:
    """Always one page more, each in time."""
    time.sleep(0.05)
    return Page([RawUnit(f"a{time.monotonic_ns()}", b"good")], str(time.monotonic_ns()), False)


def garbage(_key: str) -> Page:
    return _frame(b"\xff" * 64)


def no_json(_key: str) -> Page:
    return _frame(b"\0\0\0\4\0\0\0\0nope")


def half_a_frame(_key: str) -> Page:
    return _frame(b"\0\0\1\0\0\0\0\0{")


def none_at_all(_key: str) -> Any:
    return None


def number_as_cursor(_key: str) -> Page:
    return Page([], 12, True)  # type: ignore[arg-type]


def nul_in_cursor(_key: str) -> Page:
    return Page([], "a\0b", True)


def number_as_ref(_key: str) -> Page:
    return Page([RawUnit(5, b"x")], "1", True)  # type: ignore[arg-type]


def nul_in_ref(_key: str) -> Page:
    return Page([RawUnit("a\0b", b"x")], "1", True)


def text_as_body(_key: str) -> Page:
    return Page([RawUnit("a", "x")], "1", True)  # type: ignore[arg-type]


def no_records(_key: str) -> Page:
    return Page([RawUnit("a", b"not a record")], "1", True)


def too_many(_key: str) -> Page:
    return Page([RawUnit(str(number), b"") for number in range(5_001)], "1", True)


def without_end(_key: str) -> Page:
    return Page(itertools.count(), "1", True)  # type: ignore[arg-type]


def standing(_key: str) -> Page:
    return Page([RawUnit("a", b"good")], "here", False)


def tells_the_key(key: str) -> Page:
    fault = RecordRejected(code="HUB-BAD-001", what=f"refused by {key}", where=f"at {key}", mend=f"renew {key}")
    return Page([RawUnit("a", b"good", rejected=fault)], "1", True)


def good(_key: str) -> Page:
    return Page([RawUnit("a", b"good")], "1", True)


HOW: dict[str, Callable[[str], Page]] = {
    function.__name__: function
    for function in (
        raises, raises_ours, exits, crashes, hangs, prints, floods, garbage, no_json, half_a_frame, none_at_all,
        number_as_cursor, nul_in_cursor, number_as_ref, nul_in_ref, text_as_body, no_records, too_many, without_end,
        standing, tells_the_key, good, kills_itself, floods_memory, forks, for_ever, burns,
    )
}  # fmt: skip


class Misbehaves:
    """Plays RecordSource, badly."""

    def __init__(self, config: Config, context: Context) -> None:
        self._how = config.how
        self._key = config.key.get_secret_value()
        if config.how == "build_raises":
            raise ValueError(f"no such key {self._key}")

    def streams(self) -> Sequence[Stream]:
        if self._how == "nameless_stream":
            return [Stream(None)]  # type: ignore[arg-type]
        if self._how == "odd_mode":
            return [Stream("facts", mode="sometimes")]
        return [Stream("facts")]

    def fetch(self, stream: str, cursor: str | None, limit: int) -> Page:
        return HOW[self._how](self._key)

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        return [] if unit.body == b"good" else [unit.body]  # type: ignore[list-item]


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(
        Connector(
            name="misbehaves", sdk="1", roles=[RecordSource], config=Config, build=Misbehaves, author="mallory@bad.test"
        )
    )
