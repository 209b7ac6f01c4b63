"""A hub that was restored from a backup does not know what it did since: it asks its partners before it sends anything.

The mark is set by the restore itself and taken away partner by partner, once each was asked what it already has.
"""

from __future__ import annotations

from hub.core.services.desk import Desk
from hub.core.store import Connection, UnitOfWork, restored
from hub.core.store.restored import Restored
from hub.sdk.errors import ConfigError


def asking(connection: Connection) -> Restored | None:
    """The restore whose gap is not closed yet; None when the hub was never restored, or everybody was asked."""
    found = restored.mark(connection)
    return None if found is None or found.closed else found


def must_ask_first(connection: Connection, partner: str) -> bool:
    """Whether `partner` (the stable key of its connector) must be asked what it already has before anything is sent.

    Every outgoing act calls this in the transaction in which it decides to send.
    """
    found = asking(connection)
    return found is not None and partner not in found.asked


def note_asked(unit: UnitOfWork, partner: str) -> None:
    """The partner was asked by its connector, and what it has is recorded: the hub may send to it again."""
    _note(unit, [partner], closed=False)


def close(desk: Desk, partners: list[str]) -> Restored:
    """A person says that these partners were asked; none named: all of them.

    Raises:
        NotAllowed: who acts is no administrator.
        ConfigError: the hub was not restored.
    """

    def act(unit: UnitOfWork) -> Restored:
        if asking(unit.connection) is None:
            raise ConfigError(
                code="HUB-BAK-007",
                what="nobody has to be asked: this hub was not restored, or everybody was asked already",
                where="hub restore --asked",
                mend="nothing to do",
            )
        return _note(unit, partners, closed=not partners)

    return desk.act(act, role="administrator")


def _note(unit: UnitOfWork, partners: list[str], *, closed: bool) -> Restored:
    found = restored.note_asked(unit, partners, closed=closed)
    unit.journal("partners asked", "restored", {"partners": sorted(partners), "all": closed})
    return found
