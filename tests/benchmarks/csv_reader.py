"""What reading a CSV of invoices costs, in µs of CPU per row, beside the raw limit.

    python -m tests.benchmarks.csv_reader [--rows 200000] [--quoted] [--cp1252]

The raw limit is the csv module with an `executemany` upsert into SQLite (docs of `performance-anchors.md` §1): what
anyone would write who keeps no evidence, checks nothing and skips nothing. The hub's own store comes on top of the
figures of the reader; the reader's budget for fetch + units + map_page is 8 µs, the aim 6.
"""

from __future__ import annotations

import argparse
import csv
import random
import resource
import sqlite3
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

from hub.plugins.csv import CsvConfig
from hub.plugins.csv.source import CsvSource
from hub.sdk import Context

HEADERS = (
    "N° facture;Type;Société;Code client;Nom client;SIREN;Date facture;Échéance;Devise;Total HT;TVA;Total TTC;"
    "Reste à payer;Statut;Libellé"
)


def write(path: Path, rows: int, *, quoted: bool, encoding: str) -> None:
    """A French ledger: 15 columns, about 160 bytes a row, always the same."""
    draw = random.Random(20261122)
    start = date(2024, 1, 1)
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=";", quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
        writer.writerow(HEADERS.split(";"))
        for i in range(rows):
            net, code = draw.randrange(1_000, 5_000_000), draw.randrange(4_000)
            tax = net // 5
            issued = start + timedelta(days=i * 700 // rows)
            is_open = draw.random() < 0.4
            writer.writerow(
                (
                    f"F{issued.year}-{i:07d}", "Facture" if draw.random() < 0.95 else "Avoir", "ACME", f"C{code:05d}",
                    f"Établissements Martin {code}", f"{100000000 + code}", f"{issued:%d/%m/%Y}",
                    f"{issued + timedelta(days=30 + code % 30):%d/%m/%Y}", "EUR", _euros(net), _euros(tax),
                    _euros(net + tax), _euros(net + tax if is_open else 0), "Ouverte" if is_open else "Soldée",
                    f"Prestation de {issued:%m/%Y} commande {code}",
                )
            )  # fmt: skip


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def raw_limit(path: Path, encoding: str) -> float:
    """CPU seconds of csv + executemany upsert, amounts in cents, one transaction, WAL."""
    with tempfile.TemporaryDirectory() as folder, path.open(encoding=encoding, newline="") as file:
        database = sqlite3.connect(Path(folder) / "raw.db")
        database.execute("PRAGMA journal_mode=wal")
        database.execute("PRAGMA synchronous=normal")
        names = [f"c{i}" for i in range(15)]
        database.execute(f"CREATE TABLE invoice ({names[0]} PRIMARY KEY, {', '.join(names[1:])})")
        changes = ", ".join(f"{name}=excluded.{name}" for name in names[1:])
        upsert = f"INSERT INTO invoice VALUES ({','.join('?' * 15)}) ON CONFLICT DO UPDATE SET {changes}"  # noqa: S608 - names of our own
        start = time.process_time()
        reader = csv.reader(file, delimiter=";")
        next(reader)
        with database:
            database.executemany(
                upsert,
                (
                    (*row[:6], f"{row[6][6:]}-{row[6][3:5]}-{row[6][:2]}", f"{row[7][6:]}-{row[7][3:5]}-{row[7][:2]}",
                     row[8], *(int(cell.replace(",", "")) for cell in row[9:13]), *row[13:])
                    for row in reader
                ),
            )  # fmt: skip
        seconds = time.process_time() - start
        database.close()
    return seconds


def reader(path: Path, what: str) -> tuple[float, int]:
    """CPU seconds of one reading of `path`, and the rows seen; `what` tells how far each page is taken."""
    source = CsvSource(CsvConfig(plugin="csv", invoices=path), Context("benchmark", work_folder=path.parent / "work"))
    start, rows, cursor = time.process_time(), 0, None
    while True:
        page = source.fetch("invoices", cursor, 5_000)
        cursor = page.cursor
        if what != "fingerprint":
            rows += len(list(page.units))
        if what == "map":
            source.map_page("invoices", page.units)
        if what == "map from bodies":
            source.map_page("invoices", list(page.units))
        if page.last:
            break
    seconds = time.process_time() - start
    if what == "unchanged":
        start = time.process_time()
        page = source.fetch("invoices", cursor, 5_000)
        assert page.skipped
        seconds = time.process_time() - start
    return seconds, rows


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--quoted", action="store_true", help="every cell in quotes")
    parser.add_argument("--cp1252", action="store_true")
    asked = parser.parse_args()
    encoding = "cp1252" if asked.cp1252 else "utf-8"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "invoices.csv"
        write(path, asked.rows, quoted=asked.quoted, encoding=encoding)
        print(f"{asked.rows:,} rows, {path.stat().st_size / asked.rows:.0f} bytes each, {encoding}, µs CPU per row")
        limit = raw_limit(path, encoding)
        print(f"  {'csv + executemany (limit run)':34}{limit / asked.rows * 1e6:8.2f}")
        for what, title in (
            ("fingerprint", "fetch, fingerprint only"),
            ("units", "fetch + units"),
            ("map", "fetch + units + map_page"),
            ("map from bodies", "the same, from stored bodies"),
            ("unchanged", "unchanged file (whole, ms)"),
        ):
            seconds, _ = reader(path, what)
            figure = seconds * 1e3 if what == "unchanged" else seconds / asked.rows * 1e6
            print(f"  {title:34}{figure:8.2f}   {seconds / limit:6.3f} of the limit")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"  peak memory {peak:.0f} MB (Python {sys.version.split()[0]})")


if __name__ == "__main__":
    main()
