"""Reports of money received over the pipe: an invoice's raw unit and its collections there, a report of each back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hub.core.host.answers import REPORTED
from hub.core.host.process import ConnectorProcess, Limits, Start, named, place_of
from hub.sdk.errors import BrokenPromise, HubError, from_wire
from hub.sdk.reporting import Collection


@dataclass(frozen=True, slots=True)
class Asked:
    """A collection, and which unit of the evidence is its invoice."""

    position: int
    collection: Collection


@dataclass(frozen=True, slots=True)
class Reported:
    """What a connector made of one collection."""

    by_rate: dict[str, int]
    plain: dict[str, Any]
    message: str


class Reporter:
    """The hub's end: one `CollectionReports` in its process."""

    def __init__(self, process: ConnectorProcess, start: Start) -> None:
        self._process = process
        self._start = start

    def collected(self, blob: bytes, asked: Sequence[Asked], at: datetime) -> dict[str, Reported | HubError]:
        """By allocation: its report, or why there is none. `blob`: the evidence in which the invoices stand.

        Raises:
            BrokenPromise: one is not answered, or its amounts by rate do not add up to what was received.
        """
        items = [
            [one.position, c.allocation_id, c.receipt_id, c.collected_on, c.amount_minor, c.currency]
            for one in asked
            for c in (one.collection,)
        ]
        answer, _ = self._process.ask({"op": "collected", "items": items, "at": at}, blob, form=REPORTED)
        found: dict[str, Reported | HubError] = {
            name: named(from_wire(error), self._start) for name, error in answer["refused"].items()
        }
        for name, one in answer["reports"].items():
            found[name] = Reported(one["by_rate"], one["plain"], one["message"])
        wanted = {one.collection.allocation_id: one.collection.amount_minor for one in asked}
        wrong = [
            name
            for name, minor in wanted.items()
            if isinstance(one := found.get(name), Reported) and minor != _sum(one)
        ]
        if wrong or found.keys() != wanted.keys():
            raise BrokenPromise(
                code="HUB-HOST-014",
                what=f"its reports do not add up to what was received ({(wrong or ['others than asked for'])[0]})",
                where=place_of(self._start),
                mend="report it to the connector's author",
            )
        return found


def _sum(one: Reported) -> int:
    return sum(one.by_rate.values())


@contextmanager
def reporter(start: Start, limits: Limits | None = None) -> Iterator[Reporter]:
    """A connector's process, to be asked for reports; ended afterwards."""
    with ConnectorProcess(start, limits) as process:
        yield Reporter(process, start)
