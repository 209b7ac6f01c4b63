"""What SQL Server, PostgreSQL and SQLite spell differently. Sage runs on SQL Server; the others serve our tests.

Amounts leave the data base as whole millionths (Sage keeps six decimals) and days as ISO text: no float on the way,
and the same bytes whatever the driver.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.elements import Null
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

Expr = ColumnElement[Any]
#: A question: SELECT and nothing else.
Query = sa.Select[*tuple[Any, ...]]


class Day(FunctionElement[str]):
    """A date and time as text ``YYYY-MM-DD``, empty when there is none."""

    type = sa.String()
    inherit_cache = True


class Year(FunctionElement[int]):
    """The year of a date."""

    type = sa.Integer()
    inherit_cache = True


class Instant(FunctionElement[str]):
    """A date and time as text with milliseconds, in the server's local time as Sage stores it."""

    type = sa.String()
    inherit_cache = True


class Moment(FunctionElement[Any]):
    """Text such as `Instant` gives, as a value that can be compared with `cbModification`.

    SQL Server compares datetime with datetime2 at different precision; hence the cast.
    """

    type = sa.types.NullType()
    inherit_cache = True


class Exact(FunctionElement[str]):
    """A text compared and sorted by its code points, whatever the data base's collation."""

    type = sa.String()
    inherit_cache = True


def _inner(element: FunctionElement[Any], compiler: Any, **kw: Any) -> str:
    return str(compiler.process(element.clauses, **kw))


@compiles(Day)
def _day(element: Day, compiler: Any, **kw: Any) -> str:
    return f"COALESCE(TO_CHAR(CAST({_inner(element, compiler, **kw)} AS TIMESTAMP), 'YYYY-MM-DD'), '')"


@compiles(Day, "mssql")
def _day_mssql(element: Day, compiler: Any, **kw: Any) -> str:
    return f"COALESCE(CONVERT(CHAR(10), {_inner(element, compiler, **kw)}, 23), '')"


@compiles(Day, "sqlite")
def _day_sqlite(element: Day, compiler: Any, **kw: Any) -> str:
    return f"COALESCE(SUBSTR({_inner(element, compiler, **kw)}, 1, 10), '')"


@compiles(Year)
def _year(element: Year, compiler: Any, **kw: Any) -> str:
    return f"CAST(EXTRACT(year FROM {_inner(element, compiler, **kw)}) AS INTEGER)"


@compiles(Year, "mssql")
def _year_mssql(element: Year, compiler: Any, **kw: Any) -> str:
    return f"CAST(DATEPART(year, {_inner(element, compiler, **kw)}) AS INTEGER)"


@compiles(Year, "sqlite")
def _year_sqlite(element: Year, compiler: Any, **kw: Any) -> str:
    return f"CAST(SUBSTR({_inner(element, compiler, **kw)}, 1, 4) AS INTEGER)"


@compiles(Instant)
def _instant(element: Instant, compiler: Any, **kw: Any) -> str:
    return f"TO_CHAR({_inner(element, compiler, **kw)}, 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')"


@compiles(Instant, "mssql")
def _instant_mssql(element: Instant, compiler: Any, **kw: Any) -> str:
    return f"CONVERT(VARCHAR(23), {_inner(element, compiler, **kw)}, 126)"


@compiles(Instant, "sqlite")
def _instant_sqlite(element: Instant, compiler: Any, **kw: Any) -> str:
    return f"REPLACE(SUBSTR({_inner(element, compiler, **kw)}, 1, 23), ' ', 'T')"


@compiles(Moment)
def _moment(element: Moment, compiler: Any, **kw: Any) -> str:
    return f"CAST({_inner(element, compiler, **kw)} AS TIMESTAMP)"


@compiles(Moment, "mssql")
def _moment_mssql(element: Moment, compiler: Any, **kw: Any) -> str:
    return f"CAST({_inner(element, compiler, **kw)} AS DATETIME)"


@compiles(Moment, "sqlite")
def _moment_sqlite(element: Moment, compiler: Any, **kw: Any) -> str:
    return f"REPLACE({_inner(element, compiler, **kw)}, 'T', ' ')"


@compiles(Exact)
def _exact(element: Exact, compiler: Any, **kw: Any) -> str:
    return f'({_inner(element, compiler, **kw)}) COLLATE "C"'


@compiles(Exact, "mssql")
def _exact_mssql(element: Exact, compiler: Any, **kw: Any) -> str:
    return f"({_inner(element, compiler, **kw)}) COLLATE Latin1_General_BIN2"


@compiles(Exact, "sqlite")
def _exact_sqlite(element: Exact, compiler: Any, **kw: Any) -> str:
    return f"({_inner(element, compiler, **kw)}) COLLATE BINARY"


#: Constants stand in the statement: SQL Server takes two parameters of equal value for two expressions, which GROUP BY
#: does not forgive.
NOTHING: Expr = sa.literal_column("''", sa.String())
ZERO: Expr = sa.literal_column("0", sa.Integer())
ONE: Expr = sa.literal_column("1", sa.Integer())


def text(column: Expr) -> Expr:
    """A text without trailing blanks, empty rather than missing."""
    if isinstance(column, Null):
        return NOTHING
    return sa.func.coalesce(sa.func.rtrim(column), NOTHING, type_=sa.String())


def whole(column: Expr) -> Expr:
    """A number, 0 rather than missing."""
    return ZERO if isinstance(column, Null) else sa.func.coalesce(column, ZERO, type_=sa.Integer())


def millionths(column: Expr) -> Expr:
    """An amount as a whole number of millionths, 0 rather than missing."""
    if isinstance(column, Null):
        return ZERO
    scaled = sa.cast(sa.func.round(column * sa.literal_column("1000000"), ZERO), sa.BigInteger())
    return sa.func.coalesce(scaled, ZERO, type_=sa.BigInteger())


def digits(column: Expr) -> Expr:
    """A whole number as text."""
    return sa.cast(column, sa.String(20))
