"""`/metrics` for Prometheus: what the data base says of all runs, and what this process answered."""

from __future__ import annotations

import asyncio
import ipaddress
from collections.abc import Iterator
from typing import Any

from fastapi import APIRouter, Request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, InfoMetricFamily, Metric
from starlette.responses import Response

from hub import __version__
from hub.app.api.answers import HEADERS, refusal
from hub.app.api.switchboard import Switchboard
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.figures import Figures
from hub.core.store.inbox import Heap
from hub.core.store.revision import HEAD

router = APIRouter()

#: Upper bounds of the time an answer took, in seconds; 0.15 is what we promise.
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
#: A proxy on this machine calls from loopback too; it says for whom in one of these.
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


class Metrics:
    """The counters of this process, and a door to the figures of the hub behind `board`."""

    def __init__(self, board: Switchboard) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # a time stamp beside each counter: noise
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        self._answers = Counter(
            "hub_webhook_answers", "Answers to webhooks, by status; connector is empty when no section has that name.",
            ("connector", "status"), registry=self.registry,
        )  # fmt: skip
        self._seconds = Histogram(
            "hub_webhook_answer_seconds", "From the first byte of a webhook to its answer.", ("connector",),
            buckets=BUCKETS, registry=self.registry,
        )  # fmt: skip
        self.registry.register(_Figures(board))

    def webhook(self, key: str | None, status: int, seconds: float) -> None:
        """One more answer."""
        self._answers.labels(key or "", str(status)).inc()
        if key is not None:
            self._seconds.labels(key).observe(seconds)


class _Figures:
    """What the data base says, asked for at each scrape. Without it, only that it is out of reach."""

    def __init__(self, board: Switchboard) -> None:
        self._board = board

    def describe(self) -> list[Metric]:
        """Nothing beforehand: registering must not ask the data base."""
        return []

    def collect(self) -> Iterator[Metric]:
        """The metrics now."""
        yield InfoMetricFamily(
            "hub_build", "Version of the hub, and its schema.", {"version": __version__, "schema": HEAD}
        )
        try:
            figures, heaps = self._board.figures()
        except DatabaseUnreachable:
            yield GaugeMetricFamily("hub_database_up", "1 while the data base answers.", 0)
            return
        yield GaugeMetricFamily("hub_database_up", "1 while the data base answers.", 1)
        yield GaugeMetricFamily("hub_daemons", "Daemons at work on this data base.", figures.daemons)
        yield from _of_runs(figures)
        yield from _of_states(figures)
        yield from _of_inbox(heaps, self._board.hub.clock.now().timestamp())


def _of_runs(figures: Figures) -> Iterator[Metric]:
    runs = CounterMetricFamily("hub_runs", "Runs that ended, by outcome.", labels=("connector", "outcome"))
    for (key, outcome), count in sorted(figures.runs.outcomes.items()):
        runs.add_metric((key, outcome), count)
    records = CounterMetricFamily(
        "hub_records", "Records by what became of them: read = new + changed + same + held.",
        labels=("connector", "count"),
    )  # fmt: skip
    for (key, name), count in sorted(figures.runs.records.items()):
        records.add_metric((key, name), count)
    success = _gauge("hub_last_success_timestamp_seconds", "End of the newest complete run.")
    for key, at in sorted(figures.runs.success_at.items()):
        success.add_metric((key,), at / 1e6)
    yield from (runs, records, success)


def _of_states(figures: Figures) -> Iterator[Metric]:
    suspended = _gauge("hub_connector_suspended", "1 while the connector rests until somebody resumes it.")
    failures = _gauge("hub_connector_failures", "Failures in a row.")
    for key, state in sorted(figures.states.items()):
        suspended.add_metric((key,), int(state.suspended_at is not None))
        failures.add_metric((key,), state.failures)
    held = _gauge("hub_held_lines", "Lines of its source that are held and need a person.")
    for key, lines in sorted(figures.held.items()):
        held.add_metric((key,), lines)
    alarms = GaugeMetricFamily("hub_alarms", "Alarms that stand, by kind.", labels=("kind",))
    for kind, count in sorted(figures.alarms.items()):
        alarms.add_metric((kind,), count)
    yield from (suspended, failures, held, alarms)


def _of_inbox(heaps: dict[str, Heap], now: float) -> Iterator[Metric]:
    waiting = _gauge("hub_inbox_waiting", "Webhooks whose objects were not read again yet.")
    oldest = _gauge("hub_inbox_oldest_seconds", "How long the oldest of them waits.")
    kept = GaugeMetricFamily(
        "hub_inbox_events", "Webhooks dealt with and not forgotten yet, by outcome.", labels=("connector", "outcome")
    )
    deliveries = _gauge("hub_inbox_deliveries", "Deliveries of all webhooks in the inbox, repetitions included.")
    for key, heap in sorted(heaps.items()):
        waiting.add_metric((key,), heap.waiting)
        oldest.add_metric((key,), max(0.0, now - heap.oldest_at / 1e6) if heap.oldest_at is not None else 0)
        kept.add_metric((key, "handled"), heap.handled)
        kept.add_metric((key, "given_up"), heap.given_up)
        deliveries.add_metric((key,), heap.deliveries)
    yield from (waiting, oldest, kept, deliveries)


def _gauge(name: str, words: str) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, labels=("connector",))


@router.get("/metrics")
async def scrape(request: Request) -> Response:
    """The metrics in the text format of Prometheus; to callers on this machine, unless [serve] metrics says anyone."""
    if request.app.state.board.hub.settings.serve.metrics == "loopback" and not _from_here(request):
        return refusal(403, "HUB-WEB-002", "not allowed here")
    metrics: Metrics = request.app.state.metrics
    text: Any = await asyncio.to_thread(generate_latest, metrics.registry)
    return Response(text, headers={**HEADERS, "content-type": CONTENT_TYPE_LATEST})


def _from_here(request: Request) -> bool:
    """The caller is a process of this machine, and no proxy for somebody else."""
    if request.client is None or any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
