"""What a role may do, and for whom. Pure: who the user is was found out before."""

from __future__ import annotations

from collections.abc import Iterable

from hub.core.store.users import User
from hub.sdk.errors import HubError

#: From the one who may do least; each may do what those before it may.
#: reader: see; controller: settle receipts, hold and release records; approver: also approve others' acts;
#: administrator: also users and connectors.
ROLES = ("reader", "controller", "approver", "administrator")


class NotAllowed(HubError):
    """Who asks may not do this; nothing was done."""


def require(user: User | None, role: str, sellers: Iterable[str | None] = ()) -> None:
    """Make sure that `user` may act as `role` for these sellers. None stands for whoever acts while there are none.

    Raises:
        NotAllowed: the role is too small, or one of the sellers is another's business.
    """
    if user is None:
        return
    if user.id == 0:
        state = "is no user of this hub" if user.enabled else "was disabled"
        mend = f"an administrator runs hub users create {user.name}; or set HUB_ACTOR or HUB_TOKEN"
        raise refused("HUB-USER-002", f"{user.name!r} {state}: nothing was done", mend)
    if ROLES.index(user.role) < ROLES.index(role):
        what = f"{user.name!r} is {user.role}; this needs {_article(role)} {role}"
        raise refused("HUB-USER-003", what, f"ask {_article(role)} {role}, or an administrator for another role")
    if user.sellers is not None:
        for seller in sellers:
            if seller not in user.sellers:
                what = f"{user.name!r} acts for {', '.join(user.sellers)}, not for {seller or 'all sellers'}"
                raise refused("HUB-USER-004", what, "ask somebody who acts for that seller")


def _article(role: str) -> str:
    return "an" if role[0] in "ao" else "a"


def refused(code: str, what: str, mend: str) -> NotAllowed:
    """The refusal of an act."""
    return NotAllowed(code=code, what=what, where="hub users", mend=mend)
