"""Who is known to pay for whom because people confirmed it: look, and forget with a reason."""

from __future__ import annotations

from hub.core.services.desk import Desk
from hub.core.store import lessons as store
from hub.core.store.database import UnitOfWork
from hub.core.store.lessons import Lesson
from hub.sdk.errors import HubError


def list_lessons(desk: Desk) -> list[Lesson]:
    """All lessons, forgotten ones marked, by debtor."""
    with desk.store.read() as connection:
        return store.lessons(connection)


def lessons_of(desk: Desk, decision: str) -> list[Lesson]:
    """What a decision that was just confirmed teaches from now on."""
    with desk.store.read() as connection:
        return [lesson for lesson in store.lessons(connection) if lesson.decision == decision and not lesson.forgotten]


def forget(desk: Desk, name: str, reason: str) -> Lesson:
    """Use a lesson no more; the decisions that taught it stand, and one confirmed later teaches it again.

    Raises:
        HubError: there is no such lesson, or it was forgotten already (by whom, when and why).
    """

    def work(unit: UnitOfWork) -> Lesson:
        store.lock(unit)
        known = next((lesson for lesson in store.lessons(unit.connection) if lesson.name == name), None)
        if known is None:
            raise HubError(
                code="HUB-REC-039",
                what=f"nothing that was learnt is called {name!r}",
                where=name,
                mend="look at hub allocations learnt; what was learnt goes with the reversal of its decision",
            )
        if known.forgotten:
            raise HubError(
                code="HUB-REC-039",
                what=f"{known.actor} forgot {name} already, {desk.moment(known.recorded_at)}: {known.reason}",
                where=name,
                mend="nothing to do; a decision confirmed later teaches it again",
            )
        store.forget(unit, known, reason)
        return known

    return desk.act(work)
