"""What reading a French ledger costs beside reading a CSV: µs of CPU per record, and the memory of the process.

    python -m tests.benchmarks.books [--lines 1000000]

The FEC is a year of sales at 20 % VAT and their payments, two in three lettered: three lines an invoice, two a
payment. The CSV is the one of `tests.benchmarks.csv_reader`, with as many rows as the FEC has lines. Each is read in a
process of its own: fetch, units and map_page, without the hub's store, by turns (--times); the least of each counts,
since other work on the machine only adds. A record is a fact: what csv merely mentions of a debtor beside each invoice
is not counted. Aim: at most twice the CSV, under 256 MB.
"""

from __future__ import annotations

import argparse
import gc
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from hub.plugins.csv import CsvConfig
from hub.plugins.csv.source import CsvSource
from hub.plugins.fec import FecConfig
from hub.plugins.fec.source import Fec
from hub.sdk import Context
from tests.benchmarks.csv_reader import write as write_csv

HEADERS = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise\r\n"
)


def write_fec(path: Path, lines: int) -> None:
    """A ledger of about `lines` lines, always the same."""
    draw = random.Random(20261122)
    invoices = lines * 3 // 13
    with path.open("w", encoding="cp1252", newline="") as file:
        file.write(HEADERS)
        for n in range(invoices):
            day = f"2026{n * 12 // invoices + 1:02d}{n % 28 + 1:02d}"
            net, code = draw.randrange(1_000, 500_000) * 5, draw.randrange(4_000)
            who, paid = f"C{code:05d}|Établissements Martin {code}", n % 3
            letters = f"{_letters(n // 4_000)}|20261231" if paid else "|"
            tail = f"F2026-{n:07d}|{day}|Facture prestation {n}"
            head = f"VE|Ventes|{n:08d}|{day}"
            file.write(
                f"{head}|41100000|Clients|{who}|{tail}|{_euros(net * 6 // 5)}|0,00|{letters}|{day}||\r\n"
                f"{head}|70600000|Prestations|||{tail}|0,00|{_euros(net)}|||{day}||\r\n"
                f"{head}|44571000|TVA collectée 20 %|||{tail}|0,00|{_euros(net // 5)}|||{day}||\r\n"
            )
            if paid:
                head, tail = f"BQ|Banque|B{n:08d}|{day}", f"VIR{n}|{day}|VIR MARTIN {code}"
                file.write(
                    f"{head}|51200000|Banque|||{tail}|{_euros(net * 6 // 5)}|0,00|||{day}||\r\n"
                    f"{head}|41100000|Clients|{who}|{tail}|0,00|{_euros(net * 6 // 5)}|{letters}|{day}||\r\n"
                )


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}"


def _letters(n: int) -> str:
    return chr(65 + n // 676 % 26) + chr(65 + n // 26 % 26) + chr(65 + n % 26)


def cost(kind: str, path: Path) -> tuple[float, int, int]:
    """CPU seconds, records and units of one reading."""
    source: Any
    context = Context("benchmark", work_folder=path.parent / "work")
    if kind == "fec":
        source, stream = Fec(FecConfig.model_validate({"plugin": "fec", "files": str(path)}), context), "ledger"
    else:
        source, stream = CsvSource(CsvConfig(plugin="csv", invoices=path), context), "invoices"
    gc.freeze()  # as a connector's own process does
    gc.set_threshold(200_000, 20, 100)
    start, cursor, last, records, units = time.process_time(), None, False, 0, 0
    while not last:
        page = source.fetch(stream, cursor, 5_000)
        made = list(page.units)
        units += len(made)
        for columns in source.map_page(stream, made).columns:
            records += 0 if kind == "csv" and columns.kind == "debtor" else len(columns.unit)
        cursor, last = page.cursor, page.last
    return time.process_time() - start, records, units


def _apart(kind: str, path: Path) -> tuple[float, int, int, float]:
    """`cost` in a process of its own, and its peak memory in MB."""
    command = [sys.executable, "-m", "tests.benchmarks.books", "--one", kind, str(path)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=900).stdout.split()
    return float(said[0]), int(said[1]), int(said[2]), float(said[3])


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=1)
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        figures = cost(asked.one[0], Path(asked.one[1]))
        print(*figures, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
        return
    with tempfile.TemporaryDirectory() as folder:
        fec, table = Path(folder) / "fec.txt", Path(folder) / "invoices.csv"
        write_fec(fec, asked.lines)
        lines = sum(1 for _ in fec.open("rb")) - 1
        write_csv(table, lines, quoted=False, encoding="utf-8")
        turns = [(_apart("fec", fec), _apart("csv", table)) for _ in range(asked.times)]
        seconds, records, _, memory = min(turn[0] for turn in turns)
        base, told, rows, other = min(turn[1] for turn in turns)
        for name, cost_, read, given, peak in (
            ("FEC", seconds, lines, records, memory),
            ("CSV", base, rows, told, other),
        ):
            print(
                f"{name}  {read:,} lines, {given:,} records: {cost_ / read * 1e6:.2f} µs CPU per line, "
                f"{cost_ / given * 1e6:.2f} per record, peak {peak:.0f} MB"
            )
        by_line, by_record = seconds / lines * rows / base, seconds / records * told / base
        print(f"ratio per line {by_line:.2f}, ratio per record {by_record:.2f}")


if __name__ == "__main__":
    main()
