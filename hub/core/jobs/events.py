"""Webhooks dealt with: their objects are read again under the connector's lease, then the events are marked.

Killed between the two, the objects are read once more and nothing changes. An event that comes in while its object is
being read waits for the next time, so no change is missed; what no webhook told is found by the ordinary run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import groupby

from hub.core.store import Store, journal
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.inbox import Inbox, Waiting
from hub.core.store.leases import LeaseLost
from hub.core.store.streams import Counts
from hub.core.sync.rereading import Rereader
from hub.core.sync.run import ConnectorSpec
from hub.sdk.errors import BrokenPromise, HubError

#: Events dealt with in one go; their objects are one page.
MOST_AT_ONCE = 200
#: An event through whose fault the connector breaks is given up after so many tries.
MOST_TRIES = 3
#: Webhooks that were dealt with are forgotten after this; senders repeat theirs for some days.
KEEP_WEBHOOKS_S = 30 * 86_400


@dataclass(slots=True)
class Handled:
    """What dealing with webhooks came to: events dealt with and given up, and what their objects brought.

    `error` is what ended it early; the events left wait for the next time.
    """

    events: int = 0
    given_up: int = 0
    counts: Counts = field(default_factory=Counts)
    error: HubError | None = None


def handle_waiting(
    store: Store, inbox: Inbox, spec: ConnectorSpec, *, actor: str, stopped: Callable[[], bool] = lambda: False
) -> Handled:
    """Deal with all webhooks that wait for this connector, until `stopped()`. The caller has its lease.

    Raises:
        LeaseLost: another process took it over.
        DatabaseUnreachable: the hub's own data base is out of reach.
    """
    done = Handled()
    with Rereader(store, spec, actor) as rereader:
        while not stopped() and (waiting := inbox.take(spec.key, MOST_AT_ONCE)):
            if not all(_deal(rereader, inbox, stream, events, done) for stream, events in _by_stream(waiting)):
                break
    if done.counts.read:
        with store.write(actor) as unit:
            journal.join_chains(unit.connection, at=unit.at, actor=actor)
    return done


def _by_stream(waiting: Iterable[Waiting]) -> list[tuple[str, list[Waiting]]]:
    ordered = sorted(waiting, key=lambda event: (event.stream, event.id))
    return [(stream, list(events)) for stream, events in groupby(ordered, key=lambda event: event.stream)]


def _deal(rereader: Rereader, inbox: Inbox, stream: str, events: list[Waiting], done: Handled) -> bool:
    """Read the objects of `events` again; one that breaks the connector is found by halving, and tried last then.

    False: something keeps it from going on, see `done.error`.
    """
    refs = list(dict.fromkeys(event.ref for event in events))
    try:
        done.counts.add(rereader.read(stream, refs))
    except BrokenPromise as error:
        if len(events) > 1:
            middle = len(events) // 2
            return all(_deal(rereader, inbox, stream, half, done) for half in (events[:middle], events[middle:]))
        if inbox.note_failed(events[0], str(error), MOST_TRIES):
            done.given_up += 1
            return True
        done.error = error
        return False
    except (LeaseLost, DatabaseUnreachable):
        raise
    except HubError as error:
        done.error = error
        return False
    inbox.note_handled([event.id for event in events])
    done.events += len(events)
    return True
