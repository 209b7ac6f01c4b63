"""The quarantine, for people: list, show, discard. Replaying needs the connector and lives in `core.sync.replay`."""

from __future__ import annotations

from hub.core.services.desk import Desk
from hub.core.store import held
from hub.core.store.held import HeldUnit
from hub.sdk.errors import HubError


def list_held(desk: Desk, *, connector: str | None = None) -> list[HeldUnit]:
    """What is held now, in order of arrival; of one connector when its key is given."""
    with desk.store.read() as connection:
        found = held.held_units(connection)
    return [unit for unit in found if connector is None or unit.connector == connector]


def show_held(desk: Desk, held_id: int) -> HeldUnit:
    """One held unit, also when it was mended or discarded since.

    Raises:
        HubError: there never was one of that number.
    """
    with desk.store.read() as connection:
        found = held.held_units(connection, state=None, ids=[held_id])
    if not found:
        raise HubError(
            code="HUB-REC-020", what=f"nothing is held under {held_id}", where=str(held_id), mend="see hub held list"
        )
    return found[0]


def discard_held(desk: Desk, held_id: int, reason: str) -> None:
    """Set a held unit aside for good, with a reason; it stays as evidence.

    Raises:
        HubError: it is not held.
    """
    desk.act(lambda unit: held.discard(unit, held_id, reason))
