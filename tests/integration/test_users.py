"""Users: roles, sellers, tokens; nobody acts in a name that the hub does not know. On both data bases."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.services import users
from hub.core.services.desk import Desk
from hub.core.services.rights import NotAllowed, require
from hub.core.store import tables as t
from hub.sdk.errors import ConfigError
from tests.support.hubs import column, dump, make_hub

PASSWORD = "a long enough password"


@pytest.fixture
def desk(tmp_path: Path, database_url: str) -> Desk:
    """A hub without users."""
    return make_hub(tmp_path, database_url, "", actor="marie").desk


def _as(desk: Desk, name: str, token: str | None = None) -> Desk:
    """The same desk, with somebody else at it."""
    return replace(desk, actor=name, user=users.acting(desk.store, name, token))


def test_without_users_everybody_acts(desk: Desk) -> None:
    """Until the first one, who must be an administrator."""
    assert users.acting(desk.store, "anybody", None) is None
    with pytest.raises(ConfigError, match="first user must be an administrator"):
        users.create(desk, "marie", "reader", None, None)
    users.create(desk, "marie", "administrator", None, None)
    with pytest.raises(NotAllowed, match="no user of this hub"):
        users.create(_as(desk, "anybody"), "friend", "administrator", None, None)


def test_roles_and_sellers(desk: Desk) -> None:
    """Each role may do what the smaller ones may; a user of one seller nothing of another."""
    users.create(desk, "marie", "administrator", None, None)
    admin = _as(desk, "marie")
    for role in users.ROLES:
        users.create(admin, f"a-{role}", role, ("ACME",), None)
    for at, role in enumerate(users.ROLES):
        user = _as(desk, f"a-{role}").user
        for smaller in users.ROLES[: at + 1]:
            require(user, smaller, ["ACME"])
        for greater in users.ROLES[at + 1 :]:
            with pytest.raises(NotAllowed, match=f"is {role}; this needs"):
                require(user, greater, ["ACME"])
        for seller in ("OTHER", None):
            with pytest.raises(NotAllowed, match="acts for ACME"):
                require(user, role, ["ACME", seller])
    with pytest.raises(NotAllowed):
        users.create(_as(desk, "a-approver"), "x", "reader", None, None)


def test_a_token_acts_until_it_is_revoked(desk: Desk) -> None:
    """It stands nowhere in the data base; a disabled user's tokens are worth nothing."""
    users.create(desk, "marie", "administrator", None, None)
    admin = _as(desk, "marie")
    users.create(admin, "robot", "controller", None, None)
    token = users.new_token(admin, "robot", "nightly")
    assert token.startswith("hub_")
    acting = users.acting(desk.store, "somebody", token)
    assert acting is not None
    assert "robot" == acting.name
    assert token not in repr(dump(desk.store))
    assert token.removeprefix("hub_") not in repr(dump(desk.store))
    users.disable(admin, "robot")
    with pytest.raises(NotAllowed, match="not known or was revoked"):
        users.acting(desk.store, "somebody", token)
    with pytest.raises(NotAllowed, match="was disabled"):
        require(users.acting(desk.store, "robot", None), "reader")
    with pytest.raises(ConfigError, match="already"):
        users.create(admin, "robot", "reader", None, None)


def test_the_last_administrator_stays(desk: Desk) -> None:
    """Or nobody could mend anything."""
    users.create(desk, "marie", "administrator", None, None)
    with pytest.raises(ConfigError, match="last administrator"):
        users.disable(_as(desk, "marie"), "marie")


def test_passwords_are_hashed(desk: Desk) -> None:
    """With argon2; a short one is refused; a wrong one does not fit."""
    with pytest.raises(ConfigError, match="too short"):
        users.create(desk, "marie", "administrator", None, "short")
    users.create(desk, "marie", "administrator", None, PASSWORD)
    user = _as(desk, "marie").user
    assert user is not None
    assert user.password is not None
    assert user.password.startswith("$argon2id$")
    assert users.password_fits(user, PASSWORD)
    assert not users.password_fits(user, PASSWORD + "x")
    assert not users.password_fits(replace(user, password=None), PASSWORD)


def test_the_journal_names_who_did_it(desk: Desk) -> None:
    """Each act once, without a password or token."""
    users.create(desk, "marie", "administrator", None, PASSWORD)
    admin = _as(desk, "marie")
    users.create(admin, "robot", "reader", None, None)
    users.new_token(admin, "robot", "nightly")
    users.disable(admin, "robot")
    acts = column(desk.store, sa.select(t.journal.c.act).where(t.journal.c.chain == "acts").order_by(t.journal.c.id))
    assert ["user created", "user created", "token created", "user changed", "tokens revoked"] == acts
    assert {"marie"} == set(column(desk.store, sa.select(t.journal.c.actor).where(t.journal.c.chain == "acts")))
