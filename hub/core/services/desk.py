"""What every use case is given: the data base, the clock, whose books count, and who acts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from hub.core.services.rights import require
from hub.core.store import Connection, Store, UnitOfWork
from hub.core.store.reading import connector_keys, instant_of, sellers_by_connector
from hub.core.store.users import User
from hub.sdk.context import Clock
from hub.sdk.errors import ConfigError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ImagePlace:
    """Where an image of the ledger is kept between reconciliations, and from how many open items on."""

    path: Path
    least: int = 20_000


@dataclass(frozen=True, slots=True)
class Desk:
    """`books`: connector key by seller, as configured; a seller left out is decided by `books_of`.

    `actor` is the name for the journal, `user` who that is, once the hub has users. `image` None: none is kept.
    """

    store: Store
    clock: Clock
    zone: ZoneInfo
    books: Mapping[str, str]
    actor: str
    user: User | None = None
    image: ImagePlace | None = None

    def act(
        self,
        work: Callable[[UnitOfWork], T],
        *,
        role: str = "controller",
        sellers: Callable[[T], set[str]] | None = None,
    ) -> T:
        """A person's act: one transaction, if the role is enough, also for the sellers that it turned out to concern.

        Raises:
            NotAllowed: who acts may not; nothing was done.
        """
        require(self.user, role)

        def guarded(unit: UnitOfWork) -> T:
            result = work(unit)
            if sellers is not None:
                require(self.user, role, sellers(result))
            return result

        return self.store.again(self.actor, guarded)

    def known_at(self, known_on: date | None) -> int | None:
        """`known_on` in microseconds UTC: the end of that day in the hub's time zone, or the instant that it is.

        A `datetime` without offset is one of the hub's zone; None: now.
        """
        if isinstance(known_on, datetime):
            moment = known_on if known_on.tzinfo else known_on.replace(tzinfo=self.zone)
            return (moment - _EPOCH) // timedelta(microseconds=1)
        return None if known_on is None else instant_of(known_on, self.zone)

    def moment(self, microseconds: int) -> str:
        """An instant of the data base in the hub's time zone, for a sentence: ``30/06/2026 18:04``."""
        return datetime.fromtimestamp(microseconds // 1_000_000, self.zone).strftime("%d/%m/%Y %H:%M")


def books_of(desk: Desk, connection: Connection) -> dict[str, int]:
    """Which connector's invoices count, by seller: as configured, else the only connector that brought some.

    A seller whose books are configured has them before the first invoice, once they were read.

    Raises:
        ConfigError: two connectors brought invoices of one seller and nobody said whose are the books.
    """
    ids = connector_keys(connection)
    by_key = {key: number for number, key in ids.items()}
    chosen: dict[str, int] = {}
    for seller, connectors in sellers_by_connector(connection).items():
        configured = desk.books.get(seller)
        if configured is not None:
            if by_key.get(configured) not in connectors:
                raise _no_books(seller, configured)
            chosen[seller] = by_key[configured]
        elif len(connectors) == 1:
            [chosen[seller]] = connectors
        else:
            names = ", ".join(sorted(ids[number] for number in connectors))
            raise ConfigError(
                code="HUB-CFG-011",
                what=f"several connectors bring invoices of seller {seller!r}: {names}",
                where=f"[seller.{seller}]",
                mend=f'say whose are the books: [seller.{seller}] books = "{sorted(ids[n] for n in connectors)[0]}"',
            )
    told = {seller: by_key[key] for seller, key in desk.books.items() if key in by_key}
    return told | chosen  # also books that brought no invoice yet: payments, balances


def _no_books(seller: str, configured: str) -> ConfigError:
    return ConfigError(
        code="HUB-CFG-019",
        what=f"the books of seller {seller!r} are {configured!r}, which brought no invoice of it; others did",
        where=f"[seller.{seller}]",
        mend=f"run hub sync {configured}, or name the connector that brings the invoices",
    )
