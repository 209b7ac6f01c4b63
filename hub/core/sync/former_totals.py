"""Control totals that an earlier version told in pieces: they give way to the whole day that is told now.

Their refs depended on the number of balances, so that on a day of more than 60,000 the whole and its pieces could stand
beside each other. Of a day that is told again, the pieces are withdrawn with the commit of the whole.
"""

from __future__ import annotations

from hub.core.host.totals import ORIGIN, STREAM, former_pieces
from hub.core.store import UnitOfWork, units
from hub.core.store.raw_units import known_units, refs_of
from hub.core.store.streams import PageToCommit

#: States of units that still say something.
_SPEAKING = ("mapped", "held", "discarded")


def withdraw_pieces(unit: UnitOfWork, page: PageToCommit) -> None:
    """Withdraw the pieces of the days that `page` tells, if it is one of the role's control totals (`host.totals`)."""
    if (page.stream.name, page.origin) != (STREAM, ORIGIN):
        return
    whole = {*page.refs, *refs_of(unit.connection, [known for known in page.unit_ids if known is not None])}
    pieces = [piece for ref in sorted(whole) for piece in former_pieces(ref)]
    found = known_units(unit.connection, page.stream.id, pieces).values() if pieces else ()
    lost = sorted(known.id for known in found if known.state in _SPEAKING)
    if lost:
        units.lose_units(unit, page.connector_id, page.connector_key, page.stream.name, lost, "withdrawn")
