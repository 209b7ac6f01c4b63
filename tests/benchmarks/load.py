"""Load speed beside the limit: raw loads of the data base, and `hub sync` with all it does, by turns.

    python -m tests.benchmarks.load --rows 200000 [--rows 1000000] [--database sqlite|postgresql|both]
        [--times 5] [--times-first 1] [--json FILE]

For each data base, size and case: wall and CPU seconds (client processes and, on PostgreSQL, the server), rows/s and
peak memory of parent plus child, the least of `--times` turns; then the median of the pairs' ratios, and whether the
bar is met: ratios of CPU on SQLite, of wall time on PostgreSQL. The limit on PostgreSQL is COPY to a staging table and
one INSERT … ON CONFLICT that converts; on SQLite an executemany upsert in one transaction; both with the same
`synchronous` as the hub's.

Four cases: first load (each into fresh data bases); unchanged rows (each turn's file is longer by one row); file
untouched; and 1.1 % of the rows changed (each turn's rows are due a day later again).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.benchmarks.invoice_file import write_invoices
from tests.benchmarks.turns import Case, Turns, take_turns
from tests.benchmarks.whole_process import Cost, Postgres, whole

FIRST = Case("first load", 4.0)
UNCHANGED = Case("unchanged rows", 0.8)
UNTOUCHED = Case("file untouched", seconds=1.5)
CHANGED = Case("1.1 % changed", 1.2)


class Bench:
    """A raw data base and a hub's, which both read the same file of `rows` rows at first."""

    def __init__(self, folder: Path, rows: int, server: Postgres | None) -> None:
        self._folder, self._rows, self._server = folder, rows, server
        self._source = folder / "invoices.csv"
        self._raw = str(folder / "raw.db")

    def write(self, *, extra: int = 0, later: int = 0) -> None:
        """Give both another file."""
        new = self._folder / "new.csv"
        write_invoices(new, self._rows, extra=extra, later=later)
        os.replace(new, self._source)

    def begin(self) -> None:
        """Fresh data bases with their schema: a load is not a migration."""
        for left in (*self._folder.glob("raw.db*"), *self._folder.glob("hub.db*")):
            left.unlink()
        url = "sqlite:///hub.db"
        if self._server:
            self._raw = self._server.create("raw")
            url = self._server.create("hub").replace("postgresql://", "postgresql+psycopg://")
        write_config(self._folder, url)
        prepare(self._folder)

    def limit(self) -> Cost:
        """The limit, as a whole process: Python's start and the driver's import are part of it, as they are of ours."""
        command = [sys.executable, "-m", "tests.benchmarks.raw_load", self._raw, str(self._source)]
        return whole(command, self._server)

    def hub(self) -> Cost:
        """The whole command, parent and child, as an operator runs it."""
        command = [sys.executable, "-m", "hub.app.cli", "--config", str(self._folder / "hub.toml"), "sync"]
        return whole(command, self._server)

    def size(self) -> int:
        """Bytes of the hub's data base."""
        if self._server:
            return self._server.size("hub")
        return sum(file.stat().st_size for file in self._folder.glob("hub.db*"))


def prepare(folder: Path) -> None:
    """Make the schema, as `hub check` does when a hub is set up."""
    command = [sys.executable, "-m", "hub.app.cli", "--config", str(folder / "hub.toml"), "check"]
    subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def write_config(folder: Path, database: str) -> None:
    """A hub with one csv connector."""
    (folder / "hub.toml").write_text(
        f'[hub]\ndatabase = "{database}"\n'
        '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\nsettle_s = 0\n',
        encoding="utf-8",
    )


def run(rows: int, kind: str, times: int, times_first: int) -> list[Turns]:
    """All four cases on one data base, printed as they come."""
    with tempfile.TemporaryDirectory(prefix="hub-load-") as name:
        server = Postgres(Path(name) / "pg") if kind == "postgresql" else None
        try:
            return _cases(Bench(Path(name), rows, server), rows, kind, times, times_first)
        finally:
            if server:
                server.close()


def _cases(bench: Bench, rows: int, kind: str, times: int, times_first: int) -> list[Turns]:
    print(f"\n{kind}, {rows:,} rows, load average {os.getloadavg()[0]:.1f}")
    print(f"{'case':16} {'':4} {'wall s':>8} {'cpu s':>8} {'server':>8} {'rows/s':>9} {'peak MiB':>9}")

    def fresh(_turn: int) -> None:
        bench.write()
        bench.begin()

    cases: list[tuple[Case, int, Callable[[int], None]]] = [
        (FIRST, times_first, fresh),
        (UNCHANGED, times, lambda turn: bench.write(extra=turn)),
        (UNTOUCHED, times, lambda _turn: None),
        (CHANGED, times, lambda turn: bench.write(extra=times, later=turn)),
    ]
    found = []
    for case, how_often, ready in cases:
        found.append(Turns(case, take_turns(how_often, ready, bench.limit, bench.hub), by_cpu=kind == "sqlite"))
        _print(found[-1], rows)
    print(f"data base: {bench.size() / rows:.0f} MB per 1,000,000 rows", flush=True)
    return found


def _print(turns: Turns, rows: int) -> None:
    for who, cost in (("raw", turns.least(lambda pair: pair.limit)), ("hub", turns.least(lambda pair: pair.hub))):
        print(
            f"{turns.case.name if who == 'raw' else '':16} {who:4} {cost.wall:8.2f} {cost.cpu:8.2f} "
            f"{cost.server_cpu:8.2f} {rows / cost.wall:9,.0f} {cost.peak:9.0f}"
        )
    count = len(turns.pairs)
    median = f"median of {count} pairs" if count > 1 else "one pair"
    print(f"{'':16} {median}: {turns.wall:.2f} of wall time, {turns.cpu:.2f} of CPU; {turns.verdict()}", flush=True)


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, action="append", help="rows; may be given several times")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--times", type=int, default=5, help="turns of each case but the first load [5]")
    parser.add_argument("--times-first", type=int, default=1, help="turns of the first load [1]")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every pair there")
    arguments = parser.parse_args()
    kinds = ("sqlite", "postgresql") if arguments.database == "both" else (arguments.database,)
    told: list[dict[str, Any]] = []
    for rows in arguments.rows or [200_000, 1_000_000]:
        for kind in kinds:
            found = run(rows, kind, arguments.times, arguments.times_first)
            told += [{"rows": rows, "database": kind, **turns.as_json()} for turns in found]
            if arguments.json:
                arguments.json.write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
