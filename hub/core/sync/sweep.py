"""Finding what was deleted at a source that is read by date of change: it is asked which refs still exist."""

from __future__ import annotations

from hub.core.host.answers import EXISTING
from hub.core.store import UnitOfWork, units
from hub.core.store.pages import StreamState, known_units
from hub.core.sync.pages import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import SourceUnavailable
from hub.sdk.units import Stream

#: A sweep that finds fewer of the stream's units than this share, and misses more than a handful, is not believed.
LEAST_SHARE = 0.5
HANDFUL = 20


def existing_units(session: Session, stream: Stream, state: StreamState) -> Seen:
    """The units of `stream` whose refs its source lists now. Refs that were never read are left for the next run."""
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


def withdraw_absent(unit: UnitOfWork, session: Session, stream: Stream, state: StreamState, existing: Seen) -> int:
    """Withdraw the units that no longer exist; returns how many.

    Raises:
        SourceUnavailable: more than half of a stream seems to be gone: another data base, a right taken away, a list
            that was cut. Nothing is withdrawn, and the run is incomplete.
    """
    living = units.missing_units(unit.connection, state.id, bytearray())
    gone = [known for known in living if not existing.met(known)]
    if len(gone) > max(HANDFUL, len(living) * (1 - LEAST_SHARE)):
        raise SourceUnavailable(
            code="HUB-SYNC-010",
            what=f"{len(gone)} of {len(living)} records of stream {stream.name!r} seem to be deleted at the source",
            where=f"[connector.{session.key}]",
            mend="check that it is the right data base and that the hub may read all of it; nothing was withdrawn",
        )
    if gone:
        units.lose_units(
            unit.connection, session.connector_id, session.key, stream.name, gone, "withdrawn", unit.at, unit.actor
        )
    return len(gone)
