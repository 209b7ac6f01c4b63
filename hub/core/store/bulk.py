"""Many rows at once: executemany on SQLite, COPY on PostgreSQL; ids in blocks; look-ups by array. Never row by row."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any

import sqlalchemy as sa


def is_sqlite(connection: sa.Connection) -> bool:
    """True on SQLite; the only place where the two dialects are told apart besides `triggers`."""
    return connection.dialect.name == "sqlite"


# OFFSET 0: the name of the sequence is looked up once, not for each number, which took ten times as long.
_DRAWN = (
    "SELECT nextval(sequence) AS drawn FROM generate_series(1, :count), "
    "(SELECT CAST(pg_get_serial_sequence(:name, 'id') AS regclass) AS sequence OFFSET 0) AS looked_up"
)
_DRAW_EACH = sa.text(_DRAWN)
_DRAW = sa.text(f"SELECT min(drawn) AS first, max(drawn) AS last FROM ({_DRAWN}) AS numbers")  # noqa: S608


def reserve_ids(connection: sa.Connection, table: sa.Table, count: int) -> list[int]:
    """`count` fresh primary keys of `table`, ascending.

    On SQLite the caller holds the write lock, so the next row ids are ours; PostgreSQL gives them from the sequence.
    """
    if count == 0:
        return []
    if is_sqlite(connection):
        last = connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0
        return list(range(last + 1, last + count + 1))
    drawn = connection.execute(_DRAW, {"name": table.name, "count": count}).one()
    if drawn.last - drawn.first + 1 == count:
        return list(range(drawn.first, drawn.last + 1))
    # Another connection drew at the same instant and the numbers lie in between: take each by itself.
    return sorted(connection.execute(_DRAW_EACH, {"name": table.name, "count": count}).scalars())


@dataclass(frozen=True, slots=True)
class Constant:
    """A column with one value in all rows of a bulk insert."""

    value: Any


def insert_columns(connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any] | Constant]) -> None:
    """Insert rows given as columns (all of one length), in order. Values are as the driver stores them.

    Constants are written into the SQLite statement once, not bound in every row: a tenth of a load's time.
    """
    varying = {name: column for name, column in columns.items() if not isinstance(column, Constant)}
    constant = {name: column.value for name, column in columns.items() if isinstance(column, Constant)}
    if not is_sqlite(connection):
        _copy(connection, table, [*varying, *constant], _copy_texts(list(varying.values()), list(constant.values())))
        return
    marks = ["?"] * len(varying) + [_literal(value) for value in constant.values()]
    statement = _insert_statement(table, [*varying, *constant], marks)
    connection.exec_driver_sql(statement, list(zip(*map(_bindable, varying.values()), strict=True)))


def _bindable(column: Sequence[Any]) -> Sequence[Any]:
    """Python's driver looks for an adapter of each value of `bytes`, not of a `bytearray`: 0.5 µs less for each."""
    return list(map(bytearray, column)) if column and type(column[0]) is bytes and None not in column else column


#: Rows made into text for COPY at a time: the server takes them in while the next ones are made.
_ROWS_AT_A_TIME = 500


def _copy_texts(columns: Sequence[Sequence[Any]], constants: Sequence[Any]) -> Iterator[str]:
    for start in range(0, len(columns[0]), _ROWS_AT_A_TIME):
        yield copy_text([column[start : start + _ROWS_AT_A_TIME] for column in columns], constants)


_NULL = "\\N"
_ESCAPED = str.maketrans({"\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"})
_PLAIN = frozenset({int, str, bool, bytes, date, type(None)})


def copy_text(columns: Sequence[Sequence[Any]], constants: Sequence[Any]) -> str:
    """Rows in the text format of COPY, from columns and from values that are the same in every row.

    Made column by column: a third of the time that the driver needs value by value.
    """
    texts = [_copy_column(column) for column in columns]
    end = "".join(f"\t{value}" for value in map(_copy_value, constants)) + "\n"
    return end.join([*map("\t".join, zip(*texts, strict=True)), ""])


def _copy_column(column: Sequence[Any]) -> list[str]:
    kinds = set(map(type, column))
    if kinds == {int}:
        return list(map(str, column))
    if kinds == {str}:
        joined = "".join(column)
        if not any(mark in joined for mark in "\\\n\r\t"):
            return list(column)
    return list(map(_copy_value, column))


def _copy_value(value: Any) -> str:
    if value is None:
        return _NULL
    if isinstance(value, str):
        return value.translate(_ESCAPED)
    if isinstance(value, bytes):
        return "\\\\x" + value.hex()
    if type(value) not in _PLAIN:
        raise TypeError(f"{type(value).__name__} is no value of a bulk insert")
    return str(value)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return str(int(value))


def _insert_statement(table: sa.Table, names: Sequence[str], marks: Sequence[str]) -> str:
    quoted = ", ".join(f'"{name}"' for name in names)
    return f'INSERT INTO "{table.name}" ({quoted}) VALUES ({", ".join(marks)})'  # noqa: S608 -- our own tables


def insert_rows(
    connection: sa.Connection, table: sa.Table, names: Sequence[str], rows: Iterable[tuple[Any, ...]]
) -> None:
    """Insert `rows` (tuples in the order of `names`). A violated constraint raises sqlalchemy's IntegrityError."""
    if is_sqlite(connection):
        batch = list(rows)
        if batch:
            connection.exec_driver_sql(_insert_statement(table, names, ["?"] * len(names)), batch)
        return
    columns = list(zip(*rows, strict=True))
    if columns:
        _copy(connection, table, names, _copy_texts(columns, []))


def _copy(connection: sa.Connection, table: sa.Table, names: Sequence[str], texts: Iterable[str]) -> None:
    import psycopg

    quoted = ", ".join(f'"{name}"' for name in names)
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f'COPY "{table.name}" ({quoted}) FROM STDIN') as copy:
            for text in texts:
                copy.write(text)
    except psycopg.Error as error:  # as SQLAlchemy itself would tell it: a trigger's refusal, a deadlock…
        raise sa.exc.DBAPIError.instance("COPY", None, error, psycopg.Error, dialect=connection.dialect) from error
    finally:
        cursor.close()


def total(amount: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The sum of a column of minor units as an integer; PostgreSQL would make a decimal of it."""
    return sa.cast(sa.func.sum(amount), sa.BigInteger)


def lock_name(connection: sa.Connection, name: str) -> None:
    """Wait until no other transaction holds `name`, and hold it until the end of this one.

    Nothing to do on SQLite, where one transaction writes at a time.
    """
    if not is_sqlite(connection):
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def rows_by_text(
    connection: sa.Connection, columns: Sequence[Any], key: Any, values: Sequence[str], *conditions: Any, **bound: Any
) -> list[sa.Row[Any]]:
    """Rows whose text column `key` is one of `values`: (position in `values`, *columns), any order.

    One statement, whatever the number of values: they travel as one array parameter. `bound`: values of parameters in
    the conditions, which are then always the same objects.
    """
    return _rows_by(connection, tuple(columns), key, list(values), sa.Text, conditions, bound)


def rows_by_id(
    connection: sa.Connection, columns: Sequence[Any], key: Any, values: Sequence[int], *conditions: Any
) -> list[sa.Row[Any]]:
    """Rows whose integer column `key` is one of `values`: (position in `values`, *columns), any order."""
    return _rows_by(connection, tuple(columns), key, list(values), sa.BigInteger, conditions)


def _rows_by(
    connection: sa.Connection,
    columns: tuple[Any, ...],
    key: Any,
    values: list[Any],
    type_: type[sa.types.TypeEngine[Any]],
    conditions: tuple[Any, ...],
    bound: Mapping[str, Any] = MappingProxyType({}),
) -> list[sa.Row[Any]]:
    if not values:
        return []
    # Composing the statement costs as much as running it.
    make: Callable[..., sa.Select[Any]] = _choice if conditions and not bound else _kept_choice
    statement = make(connection.dialect.name, columns, key, type_, conditions)
    return list(connection.execute(statement, {**bound, "wanted": as_array(connection, values)}))


def _choice(
    dialect: str, columns: tuple[Any, ...], key: Any, type_: type[sa.types.TypeEngine[Any]], conditions: tuple[Any, ...]
) -> sa.Select[Any]:
    wanted = _wanted(dialect, type_)
    if dialect == "sqlite":
        # LEFT JOIN, so that SQLite walks the few wanted values and probes the index; left to choose it may walk the
        # whole table for each page. typeof() filters without inviting it to turn the join round.
        joined = wanted.outerjoin(key.table, sa.and_(key == wanted.c.value, *conditions))
        there = sa.func.typeof(key) != "null"
        return sa.select(wanted.c.key.label("place"), *columns).select_from(joined).where(there)
    return sa.select((wanted.c.ordinality - 1).label("place"), *columns).where(key == wanted.c.value, *conditions)


#: Bounded: some columns are those of a subquery made for one call.
_kept_choice = lru_cache(maxsize=256)(_choice)


def _wanted(dialect: str, type_: type[sa.types.TypeEngine[Any]], values: Any = None) -> Any:
    """`values`, see `as_array`, else those of the parameter `wanted`, as a table with the column `value`."""
    fixed = {"value": values, "unique": True} if values is not None else {}
    if dialect == "sqlite":
        return sa.func.json_each(sa.bindparam("wanted", type_=sa.Text, **fixed)).table_valued(
            sa.column("key", sa.Integer), sa.column("value", type_), name="wanted"
        )
    array = sa.cast(sa.bindparam("wanted", type_=sa.ARRAY(type_), **fixed), sa.ARRAY(type_))
    return (
        sa.func.unnest(array)
        .table_valued(sa.column("value", type_), with_ordinality="ordinality", joins_implicitly=True)
        .render_derived(name="wanted")
    )


#: A column of integers is one of those in the bound parameter {}, for statements written as text; see `as_array`.
#: PostgreSQL then goes by an index on the column; joined with rows it may walk a table it has no statistics of.
IN_ARRAY = {
    "sqlite": "IN (SELECT value FROM json_each(:{}))",
    "postgresql": "= ANY(CAST(:{} AS bigint[]))",
}


def as_array(connection: sa.Connection, values: Sequence[Any]) -> str | list[Any]:
    """`values` as one parameter: an array, which SQLite takes as JSON."""
    return json.dumps(list(values)) if is_sqlite(connection) else list(values)


def among(connection: sa.Connection, key: Any, values: Sequence[int]) -> sa.ColumnElement[bool]:
    """The integer column `key` is one of `values`, which travel as one parameter."""
    wanted = _wanted(connection.dialect.name, sa.BigInteger, as_array(connection, values))
    found: sa.ColumnElement[bool] = key.in_(sa.select(wanted.c.value))
    return found


def copy_rows(
    connection: sa.Connection, source: sa.Table, into: sa.Table, names: Mapping[str, str], ids: Sequence[int], at: int
) -> None:
    """Copy the rows of `source` with these ids, ascending, `into` another table, with `superseded_at`.

    `names`: column of `source` -> column of `into`. The rows never leave the data base.
    """
    statement = _copying(connection.dialect.name, source, into, tuple(names.items()))
    connection.execute(statement, {"wanted": as_array(connection, sorted(ids)), "superseded": at})


@cache
def _copying(dialect: str, source: sa.Table, into: sa.Table, names: tuple[tuple[str, str], ...]) -> sa.Insert:
    wanted = _wanted(dialect, sa.BigInteger)
    at = sa.bindparam("superseded", type_=sa.BigInteger)
    chosen = sa.select(*(source.c[name] for name, _ in names), at).where(source.c.id == wanted.c.value)
    columns = [*(name for _, name in names), "superseded_at"]
    return into.insert().from_select(columns, chosen.order_by(source.c.id))


def write_over(
    connection: sa.Connection, table: sa.Table, staged: sa.Table, names: Sequence[str], rows: Mapping[int, int]
) -> None:
    """Write the columns `names` of staged rows over rows of `table`; `rows`: place in `staged` → id in `table`."""
    if is_sqlite(connection):
        listed = ", ".join(f'"{name}"' for name in names)
        chosen = f'SELECT {listed} FROM "{staged.name}" WHERE "place" = ?'  # noqa: S608 -- our own tables
        statement = f'UPDATE "{table.name}" SET ({listed}) = ({chosen}) WHERE "id" = ?'  # noqa: S608
        connection.exec_driver_sql(statement, list(rows.items()))
        return
    listed = ", ".join(f'"{name}" = s."{name}"' for name in names)
    connection.execute(
        sa.text(
            f'UPDATE "{table.name}" AS c SET {listed} FROM "{staged.name}" AS s, '  # noqa: S608
            "unnest(CAST(:places AS bigint[]), CAST(:ids AS bigint[])) AS w(place, id) "
            "WHERE s.place = w.place AND c.id = w.id"
        ),
        {"places": list(rows), "ids": list(rows.values())},
    )


def update_rows(connection: sa.Connection, table: sa.Table, columns: Mapping[str, Sequence[Any] | Constant]) -> None:
    """Write over rows of `table`: `columns` holds their ids and the new values, as for `insert_columns`.

    PostgreSQL: one statement with an array per column; row by row each would be a message of its own.
    """
    varying = {name: column for name, column in columns.items() if not isinstance(column, Constant)}
    fixed = {name: column.value for name, column in columns.items() if isinstance(column, Constant)}
    if is_sqlite(connection):
        names = [name for name in varying if name != "id"]
        marks = [f'"{name}" = ?' for name in names] + [f'"{name}" = {_literal(value)}' for name, value in fixed.items()]
        statement = f'UPDATE "{table.name}" SET {", ".join(marks)} WHERE "id" = ?'  # noqa: S608 -- our own tables
        rows = zip(*(varying[name] for name in (*names, "id")), strict=True)
        connection.exec_driver_sql(statement, list(rows))
        return
    arrays = {name: list(column) for name, column in varying.items()}
    connection.execute(_updating(table, tuple(varying), tuple(fixed)), {**arrays, **fixed})


@cache
def _updating(table: sa.Table, varying: tuple[str, ...], fixed: tuple[str, ...]) -> sa.TextClause:
    """For PostgreSQL."""
    dialect = _dialect("postgresql")
    kinds = {name: table.c[name].type.compile(dialect) for name in (*varying, *fixed)}
    arrays = ", ".join(f"CAST(:{name} AS {kinds[name]}[])" for name in varying)
    names = ", ".join(f'"{name}"' for name in varying)
    written = [f'"{name}" = w."{name}"' for name in varying if name != "id"]
    written += [f'"{name}" = CAST(:{name} AS {kinds[name]})' for name in fixed]
    return sa.text(
        f'UPDATE "{table.name}" AS c SET {", ".join(written)} FROM unnest({arrays}) AS w({names}) WHERE c.id = w.id'  # noqa: S608 -- our own tables
    )


def _dialect(name: str) -> sa.Dialect:
    from sqlalchemy.dialects import registry

    made: sa.Dialect = registry.load(name)()
    return made


def staging_table(connection: sa.Connection, like: sa.Table) -> sa.Table:
    """An empty temporary table with the columns of `like` and `place`, an integer."""
    table, ddl = _staging(like, connection.dialect.name)
    # Asked each time: a rolled back transaction takes the temporary table with it.
    connection.exec_driver_sql(ddl)
    connection.execute(table.delete())
    return table


@cache
def _staging(like: sa.Table, dialect: str) -> tuple[sa.Table, str]:
    """The table, one object for ever: statements about a new one would be compiled anew for every page."""
    columns = [sa.Column(column.name, column.type) for column in like.columns]
    name = f"stage_{like.name}"
    place = sa.Column("place", sa.Integer, primary_key=True, autoincrement=False)
    table = sa.Table(name, sa.MetaData(), *columns, place, prefixes=["TEMPORARY"])
    create = sa.schema.CreateTable(table, if_not_exists=True)
    return table, str(create.compile(dialect=_dialect(dialect)))
