"""Webhooks from the inbox to the ledger: read again once, in any order, whatever is killed meanwhile."""

from __future__ import annotations

import random
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.jobs.events import MOST_TRIES
from hub.core.jobs.running import run_connector, run_events
from hub.core.store import connector_state
from hub.core.store import tables as t
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.inbox import Delivery, Inbox
from hub.sdk.errors import BrokenPromise, SourceUnavailable
from tests.support import noticing
from tests.support.hubs import content, counted, make_hub, rows, sync, verified
from tests.support.noticing import Provider


@pytest.fixture
def noticed(install_guest: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The guest that is told of changes."""
    noticing.install(install_guest, monkeypatch)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """The connector is asked without a process of its own."""
    from tests.support.in_process import InProcess

    for module in ("hub.core.sync.run", "hub.core.sync.rereading", "hub.core.services.verify"):
        monkeypatch.setattr(f"{module}.ConnectorProcess", InProcess)


@pytest.fixture
def provider(tmp_path: Path) -> Provider:
    """The other side, with nothing yet."""
    made = Provider(tmp_path / "provider.json")
    made.write()
    return made


@pytest.fixture
def hub(noticed: None, tmp_path: Path, database_url: str, provider: Provider) -> Hub:
    """A hub that hears the provider."""
    return make_hub(tmp_path, database_url, noticing.SECTION)


def put(hub: Hub, *events: str, about: str = "") -> None:
    """Events as `hub serve` stores them; ``7:inv_1`` is event 7 about inv_1."""
    pairs = [event.partition(":")[::2] for event in events]
    hub.inbox.put([Delivery("provider", one, "invoices", ref or about, {}, b"{}") for one, ref in pairs])


def handle(hub: Hub) -> Any:
    """Deal with what waits, as a daemon does."""
    return run_events(hub.store, hub.inbox, hub.spec("provider"), actor="tester")


def totals(hub: Hub) -> dict[str, int]:
    """Totals by number, of invoices that stand."""
    i = t.invoice
    return dict(rows(hub.store, sa.select(i.c.number, i.c.total_minor).where(i.c.withdrawn_at.is_(None))))


def test_many_deliveries_in_any_order_are_one_state(hub: Hub, provider: Provider, in_process: None) -> None:
    """Created, changed, changed again; each told five times, shuffled, dealt with whenever: as one ordinary run."""
    dice = random.Random(7)
    refs = [f"inv_{n}" for n in range(40)]
    events = []
    for version in range(3):
        for ref in refs:
            provider.change(ref)
            events += [f"{ref}-{version}:{ref}"] * 5
    dice.shuffle(events)
    read = 0
    while events:
        chosen, events = events[:170], events[170:]
        put(hub, *chosen)
        done = handle(hub)
        assert done.error is None
        counts = done.counts
        assert counts.read == counts.new + counts.changed + counts.same + counts.held
        read += counts.new + counts.changed
    assert 40 == read == len(totals(hub))
    assert {} == hub.inbox.waiting()
    heap = hub.inbox.heaps()["provider"]
    assert (0, 120, 0, 600) == (heap.waiting, heap.handled, heap.given_up, heap.deliveries)
    told = content(hub.store)
    assert {"read": 40, "same": 40} == counted(sync(hub, "provider"))
    assert told == content(hub.store)
    assert [] == verified(hub).differences


def test_the_ordinary_run_finds_what_no_webhook_told(hub: Hub, provider: Provider, in_process: None) -> None:
    """One of three changes was told; the run brings the others, and the cursor was not moved by the webhook."""
    provider.change("a", "b", "c")
    put(hub, "1:c")
    assert 1 == handle(hub).counts.new
    assert {"read": 3, "new": 2, "same": 1} == counted(sync(hub, "provider"))
    provider.change("a", "b")
    put(hub, "2:b")
    assert 1 == handle(hub).counts.changed
    assert {"read": 2, "changed": 1, "same": 1} == counted(sync(hub, "provider"))


def test_a_run_deals_with_webhooks_first(hub: Hub, provider: Provider, in_process: None) -> None:
    """As hub sync does where no daemon runs."""
    provider.change("a", "b")
    put(hub, "1:a")
    report = run_connector(hub.store, hub.spec("provider"), actor="tester", inbox=hub.inbox)
    assert report.webhooks is not None
    assert (1, 1, 1) == (report.webhooks.new, report.counts.new, report.counts.same)
    assert {} == hub.inbox.waiting()
    again = run_connector(hub.store, hub.spec("provider"), actor="tester", inbox=hub.inbox)
    assert again.webhooks is None


def test_killed_before_the_event_is_marked_nothing_is_doubled(
    hub: Hub, provider: Provider, in_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The records are committed, the mark is not: they are read once more and are the same."""
    provider.change("a")
    put(hub, "1:a")
    with monkeypatch.context() as killed:
        killed.setattr(Inbox, "note_handled", _killed)
        with pytest.raises(KeyboardInterrupt):
            handle(hub)
    assert {"N-a": 100} == totals(hub)
    done = handle(hub)
    assert (1, 0, 1) == (done.events, done.counts.new, done.counts.same)
    assert 1 == len(rows(hub.store, sa.select(t.evidence.c.id)))
    assert {} == hub.inbox.waiting()


def _killed(*_: Any) -> None:
    raise KeyboardInterrupt


def test_an_event_that_comes_while_its_object_is_read_waits(
    hub: Hub, provider: Provider, in_process: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only the events that were there before the object was read are marked by that reading."""
    from hub.core.sync.rereading import Rereader

    provider.change("a")
    put(hub, "1:a")
    read, late = Rereader.read, ["2:a"]

    def meanwhile(self: Rereader, stream: str, refs: list[str]) -> Any:
        counts = read(self, stream, refs)
        if late:
            provider.change("a")
            put(hub, late.pop())
        return counts

    monkeypatch.setattr(Rereader, "read", meanwhile)
    done = handle(hub)
    assert (2, 1, 1) == (done.events, done.counts.new, done.counts.changed)
    assert {"N-a": 200} == totals(hub)


def test_what_cannot_be_understood_is_held_and_mended_by_the_next_call(
    hub: Hub, provider: Provider, in_process: None
) -> None:
    """Validated, versioned and held like any page; a deleted object gives nothing."""
    provider.change("a", "b")
    provider.change("bad", total=-1)
    put(hub, "1:a", "2:bad", "3:gone")
    counts = handle(hub).counts
    assert (2, 1, 1) == (counts.read, counts.new, counts.held)
    put(hub, "4:bad")
    assert 1 == handle(hub).counts.held
    provider.change("bad", total=500)
    put(hub, "5:bad")
    handle(hub)
    assert {"N-a": 100, "N-bad": 500} == totals(hub)
    assert [] == rows(hub.store, sa.select(t.held.c.id).where(t.held.c.state == "open"))
    assert [] == verified(hub).differences


def _break(hub: Hub, provider: Provider, culprit: str) -> None:
    refs = [f"i{n}" for n in range(4)]
    provider.change(*refs)
    put(hub, *(f"{n}:{ref}" for n, ref in enumerate([*refs[:2], culprit, *refs[2:]])))
    first = handle(hub)
    assert isinstance(first.error, BrokenPromise)
    for _ in range(MOST_TRIES - 1):
        last = handle(hub)
    assert (None, 1) == (last.error, last.given_up)
    assert set(totals(hub)) == {f"N-{ref}" for ref in refs}
    assert {} == hub.inbox.waiting()
    heap = hub.inbox.heaps()["provider"]
    assert (4, 1) == (heap.handled, heap.given_up)
    assert {"read": 4, "same": 4} == counted(sync(hub, "provider"))


def test_an_event_that_breaks_the_connector_stops_no_neighbour(hub: Hub, provider: Provider, in_process: None) -> None:
    """Found by halving; the others pass; after some tries it is given up, and the ordinary run goes on."""
    _break(hub, provider, "poison")


@pytest.mark.long
def test_an_event_that_kills_the_connector_stops_no_neighbour(hub: Hub, provider: Provider) -> None:
    """The same with a connector whose process ends each time."""
    _break(hub, provider, "deadly")


def test_a_source_that_is_away_keeps_its_events_waiting(hub: Hub, provider: Provider, in_process: None) -> None:
    """No event is given up for that, and the connector pauses as after any failure."""
    provider.change("a")
    provider.path.rename(provider.path.with_suffix(".away"))
    put(hub, "1:a")
    for _ in range(MOST_TRIES + 1):
        assert isinstance(handle(hub).error, SourceUnavailable)
    with hub.store.read() as connection:
        state = connector_state.states(connection)["provider"]
    assert state.failures == MOST_TRIES + 1
    assert state.retry_at is not None
    provider.path.with_suffix(".away").rename(provider.path)
    assert 1 == handle(hub).counts.new


def test_twenty_threads_deliver_the_same_event_at_once(hub: Hub) -> None:
    """One event, delivered twenty times."""
    start = threading.Barrier(20)

    def deliver() -> None:
        start.wait()
        put(hub, "1:a", "2:b")

    threads = [threading.Thread(target=deliver) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    heap = hub.inbox.heaps()["provider"]
    assert (2, 40) == (heap.waiting, heap.deliveries)


def test_a_bulk_load_does_not_keep_the_inbox(hub: Hub) -> None:
    """While another transaction writes to the data base, events are stored at once."""
    with hub.store.write("loader"):
        put(hub, "1:a")
        assert {"provider": hub.inbox.take("provider", 9)[0].id} == hub.inbox.waiting()


def test_what_was_dealt_with_is_forgotten_after_a_while(hub: Hub) -> None:
    """Only what was dealt with before that instant; what waits stays for ever."""
    assert 0 == hub.inbox.prune(2**62)
    put(hub, "1:a", "2:b")
    hub.inbox.note_handled([hub.inbox.take("provider", 1)[0].id])
    assert 0 == hub.inbox.prune(0)
    assert 1 == hub.inbox.prune(2**62)
    assert 1 == hub.inbox.heaps()["provider"].waiting


def test_an_inbox_that_cannot_be_written_says_so(hub: Hub, tmp_path: Path) -> None:
    """The sender is then told to try again; with PostgreSQL, when the server is away."""
    if hub.settings.database_url.startswith("sqlite"):
        put(hub, "1:a")
        other = sqlite3.connect(tmp_path / "database" / "hub.inbox.db")
        other.execute("DROP TABLE inbox")
        other.close()
        broken = hub.inbox
    else:
        broken = Inbox("postgresql+psycopg://nobody@/none?host=/nowhere", lambda: 0)
    with pytest.raises(DatabaseUnreachable):
        broken.put([Delivery("provider", "1", "invoices", "a", {}, b"")])
    broken.close()
