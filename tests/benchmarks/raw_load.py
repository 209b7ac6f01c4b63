"""The raw limit of a load: what the data base and a plain program need for the same file, and nothing else.

    python -m tests.benchmarks.raw_load hub.db|postgresql://… FILE

Both parse the file, convert dates and amounts, keep a unique key on the number and write only what differs. One
transaction, durable as the hub's are (`synchronous`). PostgreSQL: COPY to a temporary text table, then one INSERT …
ON CONFLICT that converts. SQLite: the csv module and executemany.
"""

from __future__ import annotations

import csv
import sqlite3
import sys
from pathlib import Path


def _iso(text: str) -> str:
    return f"{text[6:]}-{text[3:5]}-{text[:2]}"


def _cents(text: str) -> int:
    return int(text.replace(",", ""))


def raw_sqlite(database: Path, source: Path) -> None:
    """The limit on SQLite: the csv module and one transaction of upserts that write only what differs."""
    connection = sqlite3.connect(database)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    names = "number, kind, seller, debtor, name, siren, issued, due, currency, net, tax, total, open, state, label"
    connection.execute(f"CREATE TABLE IF NOT EXISTS raw ({names}, PRIMARY KEY (number))")
    updates = ", ".join(f"{name} = excluded.{name}" for name in names.split(", ")[1:])
    differs = " OR ".join(f"raw.{name} IS NOT excluded.{name}" for name in names.split(", ")[1:])
    statement = (
        f"INSERT INTO raw VALUES ({', '.join('?' * 15)}) ON CONFLICT (number) DO UPDATE SET {updates} WHERE {differs}"  # noqa: S608 -- our own names
    )
    with source.open(encoding="cp1252", newline="") as file:
        rows = csv.reader(file, delimiter=";")
        next(rows)
        connection.executemany(
            statement,
            (
                (
                    *r[:6],
                    _iso(r[6]),
                    _iso(r[7]),
                    r[8],
                    _cents(r[9]),
                    _cents(r[10]),
                    _cents(r[11]),
                    _cents(r[12]),
                    *r[13:],
                )
                for r in rows
            ),
        )
    connection.commit()
    connection.close()


def raw_postgresql(url: str, source: Path) -> None:
    """The limit on PostgreSQL: COPY to a staging table, then one INSERT … ON CONFLICT that converts."""
    import psycopg

    names = "number kind seller debtor name siren issued due currency net tax total open state label".split()
    with psycopg.connect(url) as connection:
        connection.execute(
            "CREATE TABLE IF NOT EXISTS raw (number text PRIMARY KEY, kind text, seller text, debtor text, name text,"
            " siren text, issued date, due date, currency text, net bigint, tax bigint, total bigint, open bigint,"
            " state text, label text)"
        )
        connection.execute(f"CREATE TEMP TABLE stage ({', '.join(f'{name} text' for name in names)}) ON COMMIT DROP")
        copy_sql = "COPY stage FROM STDIN (FORMAT csv, DELIMITER ';', HEADER, ENCODING 'WIN1252')"
        with connection.cursor().copy(copy_sql) as copy, source.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        converted = ", ".join(
            f"to_date({n}, 'DD/MM/YYYY')" if n in ("issued", "due")
            else f"replace({n}, ',', '')::bigint" if n in ("net", "tax", "total", "open") else n
            for n in names
        )  # fmt: skip
        updates = ", ".join(f"{n} = excluded.{n}" for n in names[1:])
        old, new = ", ".join(f"raw.{n}" for n in names[1:]), ", ".join(f"excluded.{n}" for n in names[1:])
        upsert = f"INSERT INTO raw SELECT {converted} FROM stage ON CONFLICT (number) DO UPDATE SET {updates} "  # noqa: S608 -- our own names
        connection.execute(upsert + f"WHERE ({old}) IS DISTINCT FROM ({new})")


if __name__ == "__main__":
    if "://" in sys.argv[1]:
        raw_postgresql(sys.argv[1], Path(sys.argv[2]))
    else:
        raw_sqlite(Path(sys.argv[1]), Path(sys.argv[2]))
