"""Users and their API tokens. Passwords are argon2 hashes, tokens SHA-256 digests: neither can be read back."""

from __future__ import annotations

import json
from dataclasses import dataclass

import sqlalchemy as sa

from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork


@dataclass(frozen=True, slots=True)
class User:
    """A person or machine that acts. `sellers` None: every seller. Instants in microseconds UTC."""

    id: int
    name: str
    role: str
    sellers: tuple[str, ...] | None
    password: str | None
    created_at: int
    disabled_at: int | None

    @property
    def enabled(self) -> bool:
        """False once it was disabled; a disabled user stays in the journal and in this table."""
        return self.disabled_at is None


def all_users(connection: sa.Connection) -> list[User]:
    """Every user by name, disabled ones too."""
    return [_user(row) for row in connection.execute(sa.select(t.hub_user).order_by(t.hub_user.c.name))]


def by_name(connection: sa.Connection, name: str) -> User | None:
    """The user of that name."""
    row = connection.execute(sa.select(t.hub_user).where(t.hub_user.c.name == name)).first()
    return None if row is None else _user(row)


def by_token(connection: sa.Connection, digest: bytes) -> User | None:
    """The user whose token, not revoked, has this digest."""
    joined = t.hub_user.join(t.api_token, t.api_token.c.user_id == t.hub_user.c.id)
    row = connection.execute(
        sa.select(t.hub_user)
        .select_from(joined)
        .where(t.api_token.c.digest == digest, t.api_token.c.revoked_at.is_(None))
    ).first()
    return None if row is None else _user(row)


def any_users(connection: sa.Connection) -> bool:
    """True once a user was created: from then on acts need one."""
    return connection.execute(sa.select(sa.exists(sa.select(t.hub_user.c.id)))).scalar_one()


def create(unit: UnitOfWork, name: str, role: str, sellers: tuple[str, ...] | None, password: str | None) -> int:
    """A new user; the name must be free for ever."""
    values = {
        "name": name, "role": role, "sellers": None if sellers is None else json.dumps(sellers), "password": password,
        "created_at": unit.at, "created_by": unit.actor,
    }  # fmt: skip
    key = unit.connection.execute(t.hub_user.insert().values(values)).inserted_primary_key
    unit.journal("user created", name, {"role": role, "sellers": list(sellers) if sellers is not None else None})
    assert key is not None  # noqa: S101 -- single-row inserts always have one
    return int(key[0])


def change(unit: UnitOfWork, user: User, **values: str | int | None) -> None:
    """Another role, sellers, password, or disabled; the journal names what changed, never a password."""
    unit.connection.execute(t.hub_user.update().where(t.hub_user.c.id == user.id).values(**values))
    unit.journal("user changed", user.name, {"changed": sorted(values)})


def add_token(unit: UnitOfWork, user: User, label: str, digest: bytes) -> None:
    """A token of this digest lets its bearer act as `user`."""
    unit.connection.execute(
        t.api_token.insert().values(user_id=user.id, label=label, digest=digest, created_at=unit.at)
    )
    unit.journal("token created", user.name, {"label": label})


def revoke_tokens(unit: UnitOfWork, user: User, label: str | None) -> int:
    """No bearer of these tokens may act any more; all of the user's when no label is given. Returns how many."""
    mine = [t.api_token.c.user_id == user.id, t.api_token.c.revoked_at.is_(None)]
    if label is not None:
        mine.append(t.api_token.c.label == label)
    count = unit.connection.execute(t.api_token.update().where(*mine).values(revoked_at=unit.at)).rowcount
    if count:
        unit.journal("tokens revoked", user.name, {"label": label, "count": count})
    return count


def tokens_of(connection: sa.Connection, user: User) -> list[str]:
    """Labels of the user's tokens that are in force."""
    rows = connection.execute(
        sa.select(t.api_token.c.label).where(t.api_token.c.user_id == user.id, t.api_token.c.revoked_at.is_(None))
    )
    return sorted(rows.scalars())


def _user(row: sa.Row[tuple[object, ...]]) -> User:
    m = row._mapping
    sellers = None if m["sellers"] is None else tuple(json.loads(m["sellers"]))
    return User(m["id"], m["name"], m["role"], sellers, m["password"], m["created_at"], m["disabled_at"])
