"""Stand-ins for what the hub lends and for what a connector reads."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.sdk.context import Context
from hub.sdk.records import Record
from hub.sdk.units import Cursor, Page, RawUnit, Stream

if TYPE_CHECKING:
    from hub.sdk.transport import Transport


@dataclass
class FrozenClock:
    """A clock that stands still until somebody moves it: ``clock.instant += timedelta(days=1)``."""

    instant: datetime = datetime(2026, 6, 30, 12, 0, tzinfo=UTC)

    def now(self) -> datetime:
        return self.instant

    def today(self) -> date:
        return self.instant.date()


def make_context(
    tmp_path: Path,
    *,
    name: str = "tested",
    clock: FrozenClock | None = None,
    transport: Transport | None = None,
) -> Context:
    """A context for tests: frozen clock, scratch folder below `tmp_path`, no network but `transport`.

    Give ``httpx.MockTransport(answer)`` to answer calls yourself; without it every call is refused.
    """
    if transport is None:
        from hub.sdk.transport import NoNetwork

        transport = NoNetwork()
    return Context(
        name,
        clock=clock or FrozenClock(),
        work_folder=tmp_path / "work",
        logger=logging.getLogger(f"hub.connector.{name}"),
        transport=transport,
    )


def without_pauses() -> AbstractContextManager[None]:
    """Within it, retries of a client follow each other at once; the conformance classes do so by themselves."""
    from hub.sdk.transport import without_pauses

    return without_pauses()


class NothingSleeps:
    """Base of test classes: a client's retries follow each other at once."""

    def setup_method(self) -> None:
        """Nothing sleeps: pytest calls this before each test."""
        self._pauses = without_pauses()
        self._pauses.__enter__()

    def teardown_method(self) -> None:
        """Pauses as before."""
        self._pauses.__exit__(None, None, None)


@dataclass
class MemorySource:
    """A source whose units stand in memory; keeps every promise, so that tests can break one at a time.

    Args:
        units: by stream, in order.
        mapper: what `map` does with a unit of a stream; no records unless given.
    """

    units: Mapping[str, Sequence[RawUnit]]
    mapper: Callable[[str, RawUnit], Sequence[Record]] = field(default=lambda stream, unit: ())
    modes: Mapping[str, dict[str, Any]] = field(default_factory=dict)

    def streams(self) -> Sequence[Stream]:
        return [Stream(name, **self.modes.get(name, {})) for name in self.units]

    def fetch(self, stream: str, cursor: Cursor | None, limit: int) -> Page:
        """The units after the cursor, which counts those already given."""
        start = json.loads(cursor)["after"] if cursor else 0
        units = self.units[stream][start : start + limit]
        end = start + len(units)
        return Page(units, json.dumps({"after": end}), end >= len(self.units[stream]), origin="memory")

    def map(self, stream: str, unit: RawUnit) -> Sequence[Record]:
        return self.mapper(stream, unit)
