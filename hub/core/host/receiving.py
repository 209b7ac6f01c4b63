"""A connector's ear: its process kept warm, verifying the calls of a sender while he waits.

One thread per connector takes all calls that wait, has them verified by the process in one request, gives the verified
ones to be stored in one go, and answers. A process that dies is started anew and the calls are verified one by one, so
that a body that kills it takes no neighbour along.
"""

from __future__ import annotations

import math
import queue
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass

from hub.core.host.answers import RECEIVED
from hub.core.host.process import ConnectorProcess, Limits, Start
from hub.sdk.errors import BrokenPromise, HubError, SourceUnavailable, from_wire
from hub.sdk.events import ReceivedEvent

#: Calls verified in one request, and bytes of their bodies.
MOST_AT_ONCE, MOST_BYTES = 50, 4 * 1024 * 1024
#: Calls that may wait; further ones are refused, so that a storm costs no memory.
MOST_WAITING = 1_000
#: Seconds for verifying, and before a process that would not start is tried again.
PATIENCE_S, PAUSE_S = 5.0, 5.0
LIMITS = Limits(answer_seconds=30.0, run_seconds=math.inf)


@dataclass(frozen=True, slots=True)
class Call:
    """What a sender sent: header lines as they came, and the very bytes of the body."""

    headers: tuple[tuple[str, str], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Verified:
    """A call that is the sender's, and the events in it; none when it does not matter here."""

    call: Call
    events: tuple[ReceivedEvent, ...]


#: Stores verified calls, all of them or none; raises what keeps it from it.
Keep = Callable[[Sequence[Verified]], None]
Results = list[Verified | HubError]
_Waiting = tuple[Call, "Future[Verified]"]


class Receiver:
    """The ear of one connector, by its stable `key`. `receive` may be called by any thread; `close` ends thread and
    process."""

    def __init__(self, key: str, start: Start, keep: Keep) -> None:
        self.key = key
        self._start = start
        self._keep = keep
        self._calls: queue.Queue[_Waiting | None] = queue.Queue(MOST_WAITING)
        self._process: ConnectorProcess | None = None
        self._failed: HubError | None = None
        self._again_at = 0.0
        self._closed, self._door = False, threading.Lock()
        self._tried = threading.Event()
        self._thread = threading.Thread(target=self._work, name=f"webhooks of {start.name}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int | None:
        """The process id of the connector, for tests that end it; None while there is none."""
        return self._process.pid if self._process else None

    def receive(self, call: Call) -> Future[Verified]:
        """Have `call` verified and stored. The future raises what refused it: `SignatureRefused`, `RecordRejected`;
        anything else means that the sender shall try again."""
        answer: Future[Verified] = Future()
        with self._door:
            try:
                if self._closed:
                    raise queue.Full
                self._calls.put_nowait((call, answer))
            except queue.Full:
                answer.set_exception(_unavailable("HUB-WEB-004", "too many calls are waiting", self._start.name))
        return answer

    def wait_until_warm(self) -> None:
        """Until the process is there, or has failed to start: from then on no call waits for its start."""
        self._tried.wait(LIMITS.answer_seconds)

    def close(self) -> None:
        """Answer what waits, then end the process."""
        with self._door:
            self._closed = True
        self._calls.put(None)
        self._thread.join()

    def _work(self) -> None:
        self._warm()
        while True:
            batch, last = self._next()
            wanted = [(call, answer) for call, answer in batch if answer.set_running_or_notify_cancel()]
            if wanted:
                self._answer(wanted)
            if last:
                break
        if self._process is not None:
            self._process.close()

    def _next(self) -> tuple[list[_Waiting], bool]:
        """All calls that wait now, at least one; true when nothing will follow."""
        batch: list[_Waiting] = []
        size = 0
        waiting = self._calls.get()
        while waiting is not None:
            batch.append(waiting)
            size += len(waiting[0].body)
            if len(batch) == MOST_AT_ONCE or size >= MOST_BYTES:
                return batch, False
            try:
                waiting = self._calls.get_nowait()
            except queue.Empty:
                return batch, False
        return batch, True

    def _answer(self, batch: list[_Waiting]) -> None:
        try:
            results = self._stored(self._verify([call for call, _ in batch]))
        except Exception as error:  # a fault of ours: the senders try again, and this thread goes on
            results = [_fault(error, self._start.name) for _ in batch]
        for (_, answer), result in zip(batch, results, strict=True):
            if isinstance(result, HubError):
                answer.set_exception(result)
            else:
                answer.set_result(result)

    def _stored(self, results: Results) -> Results:
        """The same once what was verified is stored; in its place what kept it from that."""
        to_keep = [one for one in results if isinstance(one, Verified) and one.events]
        if not to_keep:
            return results
        try:
            self._keep(to_keep)
        except Exception as error:
            fault = _fault(error, self._start.name)
            return [fault if isinstance(one, Verified) and one.events else one for one in results]
        return results

    def _verify(self, calls: list[Call], *, again: bool = True) -> Results:
        """Each call verified, or what refused it. A process that died, perhaps long ago, is started anew."""
        try:
            return self._ask(calls)
        except BrokenPromise as error:
            self._drop()
            if not again:
                return [error]
            return [self._verify([call], again=False)[0] for call in calls]
        except HubError as error:
            return [error for _ in calls]

    def _ask(self, calls: list[Call]) -> Results:
        told = [{"headers": call.headers, "size": len(call.body)} for call in calls]
        body = b"".join(call.body for call in calls)
        answer, _ = self._ready().ask({"op": "receive", "calls": told}, body, form=RECEIVED, seconds=PATIENCE_S)
        heard = answer["calls"]
        if len(heard) != len(calls):
            raise BrokenPromise(code="HUB-HOST-007", what="it answered another number of calls than it was asked for")
        return [
            from_wire(one["refused"])
            if one["refused"] is not None
            else Verified(call, tuple(ReceivedEvent(**event) for event in one["events"]))
            for call, one in zip(calls, heard, strict=True)
        ]

    def _ready(self) -> ConnectorProcess:
        """The process; started if there is none.

        Raises:
            HubError: it would not start, now or a moment ago.
        """
        if self._process is None:
            if self._failed is not None and time.monotonic() < self._again_at:
                raise self._failed
            try:
                self._process = ConnectorProcess(self._start, LIMITS)
            except HubError as error:
                self._failed, self._again_at = error, time.monotonic() + PAUSE_S
                raise
        return self._process

    def _warm(self) -> None:
        try:
            self._ready()
        except HubError:
            pass  # told to the first sender, and tried again for him
        finally:
            self._tried.set()

    def _drop(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None


def _unavailable(code: str, what: str, where: str) -> SourceUnavailable:
    return SourceUnavailable(code=code, what=what, where=f"[connector.{where}]", mend="send it again later")


def _fault(error: Exception, where: str) -> HubError:
    return error if isinstance(error, HubError) else _unavailable("HUB-WEB-005", type(error).__name__, where)
