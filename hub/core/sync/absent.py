"""What a complete reading no longer has: settled or withdrawn as configured, unless so much is gone that a person must
say whether it is whole.

A snapshot is complete by itself: what a run did not meet in it is gone. A source that is read by date of change is
asked which refs still exist (`Stream.swept`).
"""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.host.answers import EXISTING
from hub.core.store import Connection, UnitOfWork, units
from hub.core.store.holding import open_units
from hub.core.store.page_notes import page_units
from hub.core.store.raw_units import known_units
from hub.core.store.streams import StreamState
from hub.core.sync.seen import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import HubError
from hub.sdk.units import Stream

#: Fewer missing units than this are an ordinary day, whatever their share, unless nothing at all is left.
FEW = 10


@dataclass(frozen=True, slots=True)
class Absent:
    """Units of a stream that its source no longer has, of how many that were in force."""

    units: list[int]
    of: int

    def too_many(self, percent: int) -> bool:
        """True when all are gone, or at least `FEW` and more than `percent` of them: a cut file looks like that."""
        gone = len(self.units)
        return gone > 0 and (gone == self.of or (gone >= FEW and 100 * gone > percent * self.of))

    def question(self, connector: str, stream: Stream) -> HubError:
        """What a person is asked before anything is taken for gone."""
        reading = "list of what exists" if stream.swept else "snapshot"
        return HubError(
            code="HUB-SYNC-003",
            what=f"{len(self.units)} of {self.of} {stream.name} are missing from the {reading}; nothing was taken as "
            f"{_meaning(stream)}",
            where=f"[connector.{connector}]",
            mend=f"if it was cut short, mend that and run hub sync again; if they are really gone, say so once: "
            f"hub sync {connector} --accept-missing",
        )


def existing_units(session: Session, stream: Stream, state: StreamState) -> Seen:
    """The units of a swept stream whose refs its source lists now. Refs never read are left for the next run."""
    seen = Seen()
    request: dict[str, object] = {"op": "sweep", "stream": stream.name}
    last = False
    while not last:
        answer, _ = session.process.ask(request, form=EXISTING)
        last, request = answer["last"], {"op": "sweep", "stream": None}
        with session.store.read() as connection:
            known = known_units(connection, state.id, answer["refs"]) if answer["refs"] else {}
        seen.mark([unit.id for unit in known.values()])
    return seen


def find_absent(
    connection: Connection, stream: Stream, stream_id: int, seen: Seen, skipped: list[str], existing: Seen | None
) -> Absent:
    """What a run that came to its end did not meet, or, of a swept stream, what does not exist any more.

    Objects that were skipped because they did not change count as seen; if one of them was never read (a file still
    being written), nothing can be said about what is missing. Nor can it while something is held: the held record, of
    a skipped object too, may be any of those that seem missing.
    """
    if existing is not None:
        return Absent(*units.missing_units(connection, stream_id, existing.marks))
    if stream.mode != "snapshot" or stream.missing == "keep":
        return Absent([], 0)
    for origin in skipped:
        known = page_units(connection, stream_id, origin)
        if known is None:
            return Absent([], 0)
        seen.mark(known)
    if any(seen.met(held) for held in open_units(connection, stream_id)):
        return Absent([], 0)
    missing, living = units.missing_units(connection, stream_id, seen.marks)
    return Absent(missing, living)


def lose(unit: UnitOfWork, session: Session, stream: Stream, absent: Absent) -> None:
    """Settle or withdraw what is absent, as the connector is configured."""
    if absent.units:
        units.lose_units(unit, session.connector_id, session.key, stream.name, absent.units, _meaning(stream))


def _meaning(stream: Stream) -> str:
    return "settled" if stream.missing == "settled" else "withdrawn"
