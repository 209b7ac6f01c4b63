"""What the addresses are connected to: the receiving connectors, the inbox, the data base. Exchanged as a whole when
the configuration is read again."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

import structlog

from hub.app.bootstrap import Hub, refuse_other_database
from hub.core.host.receiving import Receiver, Verified
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.figures import Figures, Watch, ready
from hub.core.store.inbox import Delivery, Heap
from hub.sdk.errors import HubError

#: Headers of a call that are kept with it; any other may be a signature or a secret.
KEPT_HEADERS = ("content-type", "user-agent")
#: Figures are read at most this often, however often somebody asks.
FIGURES_S = 5.0
#: Calls refused of one connector are told to the log at most this often; the metrics count them all.
TOLD_S = 60.0


class Switchboard:
    """Connects callers with one hub. `executor`: the daemon beside which it serves, if any."""

    def __init__(self, hub: Hub, executor: str | None = None) -> None:
        self.hub = hub
        self._executor = executor
        self._receivers = _receivers(hub)
        self._watch = Watch()
        self._reading = threading.Lock()
        self._figures: tuple[float, tuple[Figures, dict[str, Heap]]] | None = None
        self._told: dict[str, tuple[float, int]] = {}
        #: The look at the data base that is under way, see `health`.
        self.probe: asyncio.Future[dict[str, bool]] | None = None

    def sections(self) -> list[str]:
        """The sections that receive webhooks."""
        return list(self._receivers)

    def receiver_of(self, section: str) -> Receiver | None:
        """The ear of a section; None when it receives no webhooks."""
        return self._receivers.get(section)

    def ready(self) -> dict[str, bool]:
        """What must be so for the hub to do its work, and whether it is.

        Raises:
            DatabaseUnreachable: the data base is out of reach.
        """
        with self.hub.store.read() as connection:
            return ready(connection, self._executor)

    def figures(self) -> tuple[Figures, dict[str, Heap]]:
        """The figures of the hub and of its inbox, a few seconds old at most.

        Raises:
            DatabaseUnreachable: the data base is out of reach.
        """
        with self._reading:
            if self._figures is None or time.monotonic() - self._figures[0] > FIGURES_S:
                with self.hub.store.read() as connection:
                    figures = self._watch.read(connection)
                self._figures = (time.monotonic(), (figures, self.hub.inbox.heaps()))
            return self._figures[1]

    def tell_refused(self, section: str, error: HubError) -> None:
        """A line in the log about a call that was refused, and how many were since the last one."""
        told_at, count = self._told.get(section, (-TOLD_S, 0))
        if time.monotonic() - told_at < TOLD_S:
            self._told[section] = (told_at, count + 1)
            return
        self._told[section] = (time.monotonic(), 0)
        words: dict[str, Any] = {"connector": section, "code": error.code, "what": error.what, "more": count}
        structlog.get_logger().warning("webhook refused", **words)

    def exchange(self, hub: Hub) -> None:
        """Go on with another configuration of the same data base; what was received by the old one is answered.

        Raises:
            ConfigError: a section is faulty, or the data base another one; then the old configuration stands.
        """
        refuse_other_database(self.hub, hub)
        for name in ("store", "inbox"):  # their connections are in use
            if name in self.hub.__dict__:
                hub.__dict__[name] = self.hub.__dict__[name]
        fresh = _receivers(hub)
        old, self._receivers, self.hub = self._receivers, fresh, hub
        for receiver in old.values():
            receiver.close()

    def close(self) -> None:
        """Answer what waits, end the connectors' processes, give the connections back."""
        for receiver in self._receivers.values():
            receiver.close()
        self.hub.close()


def _receivers(hub: Hub) -> dict[str, Receiver]:
    specs = hub.receivers()
    if specs:
        with contextlib.suppress(DatabaseUnreachable):  # told to each sender until it is back
            hub.inbox.prepare()
    receivers = {section: Receiver(spec.key, spec.start, _keep(hub, spec.key)) for section, spec in specs.items()}
    for receiver in receivers.values():
        receiver.wait_until_warm()
    return receivers


def _keep(hub: Hub, key: str) -> Callable[[Sequence[Verified]], None]:
    inbox = hub.inbox

    def keep(calls: Sequence[Verified]) -> None:
        inbox.put([one for call in calls for one in _deliveries(key, call)])

    return keep


def _deliveries(key: str, verified: Verified) -> list[Delivery]:
    """The events of a call; its body is kept with the first of them."""
    headers = {name.lower(): value for name, value in verified.call.headers if name.lower() in KEPT_HEADERS}
    return [
        Delivery(key, event.id, event.stream, event.ref, headers, b"" if number else verified.call.body)
        for number, event in enumerate(verified.events)
    ]
