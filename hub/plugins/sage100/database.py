"""The way to the data base: read only, one statement at a time, every failure in the hub's words."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from typing import Any, NoReturn

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.faults import misconfigured, refused, unavailable
from hub.plugins.sage100.portable import Query
from hub.sdk import BrokenPromise, HubError
from hub.sdk.redaction import redact

#: How many rows travel at a time.
ROWS = 2_000
#: Numbers of SQL Server's errors: login failed, data base not to be opened, permission denied.
_LOGIN = re.compile(r"\b(18456|18452|4060|4064|18486|18487|18488)\b|login failed|authentication failed", re.IGNORECASE)
_DENIED = re.compile(r"\b(229|230|916)\b|permission (was )?denied", re.IGNORECASE)
_TIMEOUT = re.compile(r"time(d)?[ -]?out", re.IGNORECASE)


class Database:
    """One company's data base. Each question has a connection of its own, given back when it is answered."""

    def __init__(self, config: Sage100Config) -> None:
        self._config = config
        self.where = config.url or ""
        self._engine: sa.Engine | None = None

    @property
    def engine(self) -> sa.Engine:
        """Made when first used; refuses every statement but SELECT, whoever wrote it.

        Raises:
            ConfigError: the url is not understood, or its driver is not installed.
        """
        if self._engine is None:
            self._engine = self._made()
            sa.event.listen(self._engine, "before_cursor_execute", _only_select)
        return self._engine

    def _made(self) -> sa.Engine:
        try:
            url = sa.make_url(self.where)
            if self._config.password is not None:
                url = url.set(password=self._config.password.get_secret_value())
            return sa.create_engine(url, poolclass=NullPool, connect_args=_connect_args(url, self._config.timeout_s))
        except (ImportError, sa.exc.NoSuchModuleError) as error:
            scheme = self.where.partition("://")[0]
            raise misconfigured("HUB-SAGE-007", self.where, scheme=scheme, detail=str(error)) from error
        except (sa.exc.ArgumentError, ValueError) as error:
            raise misconfigured("HUB-SAGE-010", self.where, detail=redact(str(error))) from None

    @property
    def dialect(self) -> str:
        """``mssql`` at customers."""
        return self.engine.dialect.name

    def stream(self, statement: Query) -> Iterator[tuple[Any, ...]]:
        """The rows of `statement` as they come; the connection is held until the last one or until closed."""
        for rows in self.batches(statement):
            yield from rows

    def batches(self, statement: Query) -> Generator[Sequence[tuple[Any, ...]], None, None]:
        """The same, as many rows at a time as travel together."""
        given_up = False
        try:
            with self.engine.connect() as connection:
                # Rows as the driver gives them: all are plain text and whole numbers, there is nothing to convert.
                cursor = connection.execute(statement).cursor
                try:
                    while rows := cursor.fetchmany(ROWS):
                        yield rows
                except GeneratorExit:
                    given_up = True
                    raise
        except HubError:
            raise
        except Exception as error:
            if not given_up:  # else nobody listens any more
                self._explain(error)

    def rows(self, statement: Query) -> list[tuple[Any, ...]]:
        """All rows of `statement`: for small answers."""
        return list(self.stream(statement))

    def _explain(self, error: Exception) -> NoReturn:
        """Say `error` in the hub's words; what is no failure of the data base goes on as it is."""
        detail = redact(_told(error))
        if _LOGIN.search(detail) or type(error).__name__ == "LoginError":
            raise refused("HUB-SAGE-003", self.where, detail=detail) from None
        if _DENIED.search(detail):
            raise refused("HUB-SAGE-006", self.where, detail=detail) from None
        if isinstance(error, TimeoutError) or type(error).__name__ == "TimeoutError" or _TIMEOUT.search(detail):
            raise unavailable("HUB-SAGE-002", self.where, seconds=self._config.timeout_s) from None
        if isinstance(error, OSError | sa.exc.OperationalError | sa.exc.InterfaceError):
            raise unavailable("HUB-SAGE-001", self.where, detail=detail) from None
        if isinstance(error, sa.exc.DBAPIError):
            raise unavailable("HUB-SAGE-009", self.where, detail=detail) from None
        raise error


def _connect_args(url: sa.URL, seconds: int) -> dict[str, Any]:
    """Time-outs and a name by which the administrator recognises the hub; only drivers that take them."""
    if url.drivername.endswith("+pytds"):
        return {"timeout": seconds, "login_timeout": min(seconds, 15), "appname": "receivables hub (read only)"}
    if url.drivername.startswith("postgresql"):
        return {"connect_timeout": min(seconds, 15)}
    return {}


def _told(error: Exception) -> str:
    """What the driver said, without the statement."""
    inner = error.orig if isinstance(error, sa.exc.DBAPIError) and error.orig is not None else error
    return " ".join((str(inner) or type(inner).__name__).split())[:300]


def _only_select(
    connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, executemany: bool
) -> None:
    """The last gate before the wire: what is no SELECT never leaves.

    Raises:
        BrokenPromise: a fault of this connector.
    """
    if not statement.lstrip().upper().startswith("SELECT") or ";" in statement:
        raise BrokenPromise(
            code="HUB-SAGE-019",
            what=f"a statement other than SELECT was about to be sent: {statement[:60]!r}",
            where="sage100",
            mend="report it as a bug; nothing was sent",
        )
