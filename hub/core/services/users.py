"""Who may do what: users, their roles and sellers, tokens for machines.

As long as no user was created, whoever can run the hub's commands may do everything, under the name of his login. From
the first user on, every act needs one: by the name of the login (HUB_ACTOR), or by a token (HUB_TOKEN).
"""

from __future__ import annotations

import hashlib
import re
import secrets

from hub.core.services.desk import Desk
from hub.core.services.rights import ROLES, refused, require
from hub.core.store import Connection, Store, UnitOfWork, users
from hub.core.store.users import User
from hub.sdk.errors import ConfigError

#: In front of a token, so that a scanner of secrets knows what it found.
TOKEN_PREFIX = "hub_"  # noqa: S105 -- not a secret itself
SHORTEST_PASSWORD = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9._@-]{0,63}")


def acting(store: Store, name: str, token: str | None) -> User | None:
    """The user who acts: the bearer of `token`, else the one called `name`; None while there are no users.

    Somebody who is no user, or was disabled, comes as a stranger (id 0): whoever can run the commands can read the data
    base anyway, but no act is done in a name that the hub does not know.

    Raises:
        NotAllowed: the token is not known, was revoked, or its user was disabled.
    """
    with store.read() as connection:
        if token is not None:
            user = users.by_token(connection, _digest(token))
            if user is None or not user.enabled:
                raise refused("HUB-USER-001", "the token in HUB_TOKEN is not known or was revoked", "ask for a new one")
            return user
        if not users.any_users(connection):
            return None
        user = users.by_name(connection, name)
    if user is None or not user.enabled:
        return User(0, name, ROLES[0], None, None, 0, None if user is None else user.disabled_at)
    return user


def create(desk: Desk, name: str, role: str, sellers: tuple[str, ...] | None, password: str | None) -> None:
    """A new user.

    Raises:
        NotAllowed: who asks is no administrator.
        ConfigError: the name is taken or cannot be one, or the password is too short.
    """
    if not _NAME.fullmatch(name):
        raise _faulty(f"{name!r} is no name for a user", "lower-case letters, digits, and . _ @ -, at most 64")
    hashed = _hashed(password) if password is not None else None

    def make(unit: UnitOfWork) -> None:
        known = users.all_users(unit.connection)
        require(desk.user, "administrator")
        if any(user.name == name for user in known):
            raise _faulty(f"there is a user {name!r} already", "choose another name; a name is never given twice")
        if not known and role != "administrator":
            raise _faulty(
                "the first user must be an administrator", f"run hub users create {name} --role administrator first"
            )
        users.create(unit, name, role, sellers, hashed)

    desk.store.again(desk.actor, make)


def disable(desk: Desk, name: str) -> None:
    """The user can no longer act, nor its tokens; what it did stands.

    Raises:
        NotAllowed: who asks is no administrator.
        ConfigError: there is no such user, or it is the last administrator.
    """

    def do(unit: UnitOfWork) -> None:
        require(desk.user, "administrator")
        user = _known(unit.connection, name)
        others = [u for u in users.all_users(unit.connection) if u.enabled and u.role == ROLES[-1] and u.name != name]
        if user.role == ROLES[-1] and not others:
            raise _faulty(f"{name!r} is the last administrator", "create another one first")
        users.change(unit, user, disabled_at=unit.at)
        users.revoke_tokens(unit, user, None)

    desk.store.again(desk.actor, do)


def new_token(desk: Desk, name: str, label: str) -> str:
    """A token for machines that act as this user. It is shown once: only its digest is kept.

    Raises:
        NotAllowed: who asks is neither that user nor an administrator.
        ConfigError: there is no such user.
    """
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)

    def add(unit: UnitOfWork) -> None:
        user = _known(unit.connection, name)
        if desk.user is None or desk.user.name != name:
            require(desk.user, "administrator")
        users.add_token(unit, user, label, _digest(token))

    desk.store.again(desk.actor, add)
    return token


def password_fits(user: User, password: str) -> bool:
    """True when `password` is the user's."""
    import argon2

    if user.password is None:
        return False
    try:
        return argon2.PasswordHasher().verify(user.password, password)
    except argon2.exceptions.VerificationError:
        return False


def listed(desk: Desk) -> list[tuple[User, list[str]]]:
    """Every user with the labels of its tokens."""
    with desk.store.read() as connection:
        return [(user, users.tokens_of(connection, user)) for user in users.all_users(connection)]


def _known(connection: Connection, name: str) -> User:
    user = users.by_name(connection, name)
    if user is None or not user.enabled:
        raise _faulty(f"there is no user {name!r} who may act", "hub users list shows them")
    return user


def _hashed(password: str) -> str:
    if len(password) < SHORTEST_PASSWORD:
        raise _faulty("the password is too short", f"take at least {SHORTEST_PASSWORD} characters")
    try:
        import argon2
    except ModuleNotFoundError as error:
        raise ConfigError(
            code="HUB-USER-006",
            what="passwords need the library argon2-cffi, which is not installed",
            where="hub users",
            mend="install the extra: pip install 'receivables-hub[web]', or give the user a token only",
        ) from error
    return argon2.PasswordHasher().hash(password)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _faulty(what: str, mend: str) -> ConfigError:
    return ConfigError(code="HUB-USER-005", what=what, where="hub users", mend=mend)
