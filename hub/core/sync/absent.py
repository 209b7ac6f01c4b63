"""What a complete snapshot no longer has: settled or withdrawn as configured, unless so much is gone that a person
must say whether the file is whole."""

from __future__ import annotations

from dataclasses import dataclass

from hub.core.store import Connection, UnitOfWork, units
from hub.core.store.holding import open_units
from hub.core.store.pages import page_units
from hub.core.sync.pages import Seen
from hub.core.sync.session import Session
from hub.sdk.errors import HubError
from hub.sdk.units import Stream

#: Fewer missing units than this are an ordinary day, whatever their share, unless nothing at all is left.
FEW = 10


@dataclass(frozen=True, slots=True)
class Absent:
    """Units of a stream that its complete snapshot does not have, of how many that were in force."""

    units: list[int]
    of: int

    def too_many(self, percent: int) -> bool:
        """True when all are gone, or at least `FEW` and more than `percent` of them: a cut file looks like that."""
        gone = len(self.units)
        return gone > 0 and (gone == self.of or (gone >= FEW and 100 * gone > percent * self.of))

    def question(self, connector: str, stream: Stream) -> HubError:
        """What a person is asked before anything is taken for gone."""
        meaning = "settled" if stream.missing == "settled" else "withdrawn"
        return HubError(
            code="HUB-SYNC-003",
            what=f"{len(self.units)} of {self.of} {stream.name} are missing from the snapshot; nothing was taken as "
            f"{meaning}",
            where=f"[connector.{connector}]",
            mend=f"if the export was cut short, make it again and run hub sync; if they are really gone, say so once: "
            f"hub sync {connector} --accept-missing",
        )


def find_absent(connection: Connection, stream_id: int, seen: Seen, skipped: list[str]) -> Absent:
    """What a run that read its snapshot to the end did not meet.

    Objects that were skipped because they did not change count as seen; if one of them was never read (a file still
    being written), nothing can be said about what is missing. Nor can it while something is held: the held record, of
    a skipped object too, may be any of those that seem missing.
    """
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
        units.lose_units(unit, session.connector_id, session.key, stream.name, absent.units, stream.missing)
