"""The hub's end of a connector's process: start it, ask, wait no longer than allowed, end it.

This contains faults and crashes of a plugin; it is no security boundary. Install only plugins you trust.
"""

from __future__ import annotations

import contextlib
import os
import select
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from hub.core.host.answers import MAPPED, STREAMS, Form, fault_of, spell_out
from hub.core.host.frames import FrameError, PipeEnded, frame, read_frame
from hub.core.host.spawn import Spawned, spawn
from hub.sdk.errors import BrokenPromise, HubError, from_wire
from hub.sdk.redaction import redact
from hub.sdk.units import MAX_PAGE_UNITS, Stream

_STDERR_SHOWN = 4_000
#: Bytes that an empty pipe takes at once.
_FITS = 4_096


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one connector's process.

    `answer_seconds` is the wall time for one answer, `run_seconds` that of everything from its start; memory is its
    address space; output that of standard error; `page_units` the size of its pages. `when_silent` is called when it
    gave no answer for `silent_seconds`: who runs it may let others go first.
    """

    answer_seconds: float = 300.0
    run_seconds: float = 21_600.0
    silent_seconds: float = 2.0
    when_silent: Callable[[], None] | None = field(default=None, compare=False, repr=False)
    memory_bytes: int = 2 * 1024**3
    cpu_seconds: int = 3_600
    output_bytes: int = 16 * 1024**2
    page_units: int = MAX_PAGE_UNITS


@dataclass(frozen=True, slots=True)
class Start:
    """What a connector's process is told first. Secrets travel inside `config`, by pipe, never by argument."""

    name: str
    plugin: str
    config: dict[str, Any] = field(repr=False)
    timezone: str
    today: str | None
    work_folder: Path
    author: str = ""


class ConnectorProcess:
    """A running connector; a context manager that ends it, whatever happened."""

    def __init__(self, start: Start, limits: Limits | None = None, spawned: Spawned | None = None) -> None:
        """`spawned`: a process started earlier, and told nothing yet but this same start; ended with this one."""
        self._start = start
        self._limits = limits or Limits()
        self._spawned = spawned or spawn()
        self._ends_at = time.monotonic() + self._limits.run_seconds
        try:
            self._hello()
        except BaseException:
            self.close()
            raise

    @property
    def limits(self) -> Limits:
        """What it is bound by."""
        return self._limits

    @property
    def pid(self) -> int:
        """The process id, for tests that end it and for status."""
        return self._spawned.process.pid

    def ask(
        self, header: dict[str, Any], body: bytes = b"", *, form: Form | None = None, seconds: float | None = None
    ) -> tuple[dict[str, Any], bytes]:
        """Send a request and wait for its answer, at most `seconds` if given: `tell` then `hear`."""
        self.tell(header, body)
        return self.hear(form, seconds)

    def tell(self, header: dict[str, Any], body: bytes = b"") -> None:
        """Send a request without waiting: the connector works while the hub writes to its data base."""
        self._send(frame(header, body))

    def _send(self, request: bytes) -> None:
        stdin = self._spawned.stdin
        waiting = memoryview(request)
        deadline = time.monotonic() + self._limits.answer_seconds
        self._in_time()
        while waiting:
            _, ready, _ = select.select([], [stdin], [], 0.5)
            if not ready:
                self._in_time()
            if not ready and time.monotonic() > deadline:
                self._end()
                raise self._broken("HUB-HOST-003", "it does not take requests any more; the process was ended")
            try:
                waiting = waiting[os.write(stdin.fileno(), waiting[:65_536]) if ready else 0 :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise self._gone() from error

    def hear(self, form: Form | None = None, seconds: float | None = None) -> tuple[dict[str, Any], bytes]:
        """The answer to the oldest request not yet answered, within `seconds` or the connector's limit.

        Raises:
            HubError: what the connector raised, as its own type.
            BrokenPromise: it died, took too long, or answered in another form than `form`; its author is named.
        """
        try:
            self._in_time()
            answer, body = read_frame(_Waiting(self, seconds or self._limits.answer_seconds))
        except PipeEnded as error:
            raise self._gone() from error
        except FrameError as error:
            self._end()
            raise self._nonsense(str(error)) from error
        return self._accepted(answer, form), body

    def _accepted(self, answer: dict[str, Any], form: Form | None) -> dict[str, Any]:
        """The answer, if it is none of an error and has the form agreed."""
        if isinstance(answer.get("error"), dict):
            raise named(from_wire(answer["error"]), self._start)
        fault = fault_of(form, answer) if form is not None else None
        if fault is not None:
            raise self._nonsense(fault)
        if form is MAPPED:
            spell_out(answer)
        return answer

    def streams(self) -> list[Stream]:
        """The streams the connector declares.

        Raises:
            BrokenPromise: a stream has an unknown mode or meaning.
        """
        answer, _ = self.ask({"op": "streams"}, form=STREAMS)
        streams = [Stream(**stream) for stream in answer["streams"]]
        for stream in streams:
            known = (
                stream.mode in ("append", "snapshot")
                and stream.missing in ("keep", "withdrawn", "settled")
                and stream.repeats in ("hold", "latest", "by_origin")
            )
            if not known:
                raise self._broken("HUB-HOST-006", f"stream {stream.name!r} is declared in words the hub does not know")
        return streams

    def close(self) -> None:
        """Close the pipe, wait a moment, then end the process and whatever it started."""
        self._spawned.close(patience=2)

    def __enter__(self) -> ConnectorProcess:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def log(self) -> str:
        """The end of what the connector wrote to standard error."""
        stderr = self._spawned.stderr
        size = stderr.seek(0, os.SEEK_END)
        stderr.seek(max(0, size - _STDERR_SHOWN))
        return stderr.read().decode("utf-8", "replace")

    def _hello(self) -> None:
        if not self._spawned.greeted:
            self._send(_greeting(self._start, self._limits))
        self.hear()

    def _wait(self, since: float, seconds: float) -> None:
        """Until a part of the answer is there; a plugin that is silent for too long or floods its log is ended.

        `since`: when the answer was begun to be waited for; `seconds`: for how long it may be.
        """
        stdout, stderr = self._spawned.stdout, self._spawned.stderr.fileno()
        while True:
            ready, _, _ = select.select([stdout], [], [], min(0.5, seconds))
            if ready and os.fstat(stderr).st_size <= self._limits.output_bytes:
                return
            self._in_time()
            waited = time.monotonic() - since
            if waited > self._limits.silent_seconds and self._limits.when_silent is not None:
                self._limits.when_silent()
            if waited > seconds:
                self._end()
                raise self._broken("HUB-HOST-003", f"no answer within {seconds:g} s; the process was ended")
            if os.fstat(stderr).st_size > self._limits.output_bytes:
                self._end()
                raise self._broken("HUB-HOST-004", "it wrote without end to its log; the process was ended")

    def _in_time(self) -> None:
        """The whole run has a limit, too: answers that come for ever, each in time, are ended by it."""
        if time.monotonic() > self._ends_at:
            self._end()
            minutes = f"{self._limits.run_seconds / 60:g}"
            what = f"its run took longer than {minutes} minutes; the process was ended, what was read is kept"
            mend = "raise max_run if its source is really that slow; else report it to the connector's author"
            raise self._broken("HUB-HOST-012", what, mend)

    def _end(self) -> None:
        self._spawned.kill()

    def _gone(self) -> BrokenPromise:
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._spawned.process.wait(timeout=5)
        code = self._spawned.process.poll()
        how = "closed its pipe" if code is None else f"was ended by signal {-code}" if code < 0 else f"ended ({code})"
        last = self.log().strip().splitlines()
        detail = f"; last words: {redact(last[-1])[:300]}" if last else ""
        return self._broken("HUB-HOST-001", f"the connector's process {how} in the middle of its work{detail}")

    def _nonsense(self, fault: str) -> BrokenPromise:
        return self._broken("HUB-HOST-008", f"it answered in another form than agreed: {fault}")

    def _broken(self, code: str, what: str, mend: str = "") -> BrokenPromise:
        usual = "run hub sync again; if it happens again, report it to the connector's author"
        return BrokenPromise(code=code, what=what, where=place_of(self._start), mend=mend or usual)


class _Waiting:
    """The connector's answers as a stream that gives up after `seconds`, also in the middle of a frame."""

    def __init__(self, process: ConnectorProcess, seconds: float) -> None:
        self._process = process
        self._seconds = seconds
        self._since = time.monotonic()

    def read(self, size: int, /) -> bytes | None:
        self._process._wait(self._since, self._seconds)
        return self._process._spawned.stdout.read(size)


def greet(spawned: Spawned, start: Start, limits: Limits) -> None:
    """Tell a process beforehand which connector it will be: it gets ready while the hub opens its data base.

    What keeps it from that is raised by `ConnectorProcess`, as if it had been told only then.
    """
    greeting = _greeting(start, limits, prepare=True)
    if len(greeting) <= _FITS:  # else it would have to be waited for
        with contextlib.suppress(OSError):
            os.write(spawned.stdin.fileno(), greeting)
        spawned.greeted = True


def _greeting(start: Start, limits: Limits, *, prepare: bool = False) -> bytes:
    return frame(
        {
            "name": start.name,
            "plugin": start.plugin,
            "config": start.config,
            "timezone": start.timezone,
            "today": start.today,
            "work_folder": str(start.work_folder),
            "limits": {"memory_bytes": limits.memory_bytes, "cpu_seconds": limits.cpu_seconds},
            "prepare": prepare,
        }
    )


def place_of(start: Start) -> str:
    """Which connector, of which plugin, by whom: the place of what went wrong in it."""
    author = f" ({start.author})" if start.author else ""
    return f"[connector.{start.name}] plugin {start.plugin}{author}"


def named(error: HubError, start: Start) -> HubError:
    """`error` with a place; a promise that was broken names the plugin and its author."""
    place = place_of(start)
    if not error.where:
        error.where = place
    elif isinstance(error, BrokenPromise) and place not in error.where:
        error.where = f"{place}: {error.where}"
    return error
