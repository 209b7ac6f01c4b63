"""A Sage 100 ledger of any size: read beside the csv connector, and brought into a hub to the same total.

    python -m tests.benchmarks.sage --entries 1000000           reading alone, beside csv: the ratio, and memory
    python -m tests.benchmarks.sage --entries 100000 --hub      into a hub: totals, and again after work in Sage

A record is a fact: what csv merely mentions of a debtor beside each invoice is not counted.

Reading: each connector runs in its own process, fetches all its pages and maps them; seconds of CPU and wall per
record, and the peak of resident memory. The Sage side is a SQLite file with Sage's tables: what SQL Server and the
network add is not in it; what SQLite spends on the same statements is, and is measured apart as well. For csv the file
holds as many invoices as Sage gives records.

Hub: `hub sync` of Sage and of a file with the half of the receipts that the bank saw too; then lines are matched,
unmatched, deleted and postponed, and the next sync is compared again. Last, each sum must count once, and what only the
bank has must be told as not in the books yet.
"""

from __future__ import annotations

import argparse
import gc
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.app.bootstrap import Hub
from hub.core.services.looking import look
from hub.core.services.status import status
from hub.plugins.csv.config import CsvConfig
from hub.plugins.csv.source import CsvSource
from hub.plugins.sage100 import Sage100
from hub.sdk.testing import make_context
from tests.benchmarks.invoice_file import write_invoices
from tests.sage_company import SageBase, fill, write_statement
from tests.support.hubs import close_hubs, make_hub, sync
from tests.support.sage import in_hub, in_sage, section, source, unmatched


@dataclass
class Reading:
    """What reading a source to its end came to."""

    records: int
    wall: float
    cpu: float
    peak_mib: float
    early_mib: float


def read(made: Any) -> tuple[int, float]:
    """Fetch and map everything, page after page; how many records, and MiB in use after the first ten pages."""
    gc.freeze()  # as a connector's own process does
    gc.set_threshold(200_000, 20, 100)
    records = pages = 0
    early = 0.0
    for stream in made.streams():
        cursor, last = None, False
        while not last:
            page = made.fetch(stream.name, cursor, 5_000)
            mapped = made.map_page(stream.name, page.units)
            records += sum(
                columns.values.get("stub", [False] * len(columns.unit)).count(False) for columns in mapped.columns
            )
            cursor, last, pages = page.cursor, page.last, pages + 1
            if pages == 10:
                early = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return records, early


def asked(made: Sage100) -> tuple[int, float]:
    """The same questions put by the bare driver, answers thrown away: the data base's own share."""
    rows = 0
    for stream in made.streams():
        feed = made._reader(stream.name)._feed
        for statement in (feed.newest(), feed.units(None, None)):
            text = str(statement.compile(made._database.engine, compile_kwargs={"literal_binds": True}))
            with made._database.engine.connect() as connection:
                cursor = connection.connection.cursor()
                cursor.execute(text)
                while got := cursor.fetchmany(2_000):
                    rows += len(got)
                cursor.close()
    return rows, 0.0


def measured(make: Callable[[], Any], work: Callable[[Any], tuple[int, float]] = read) -> Reading:
    """Do `work` in a forked process and measure it whole."""
    inside, outside = os.pipe()
    started = time.perf_counter()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            records, early = work(make())
            os.write(outside, f"{records} {early}".encode())
            code = 0
        finally:
            os._exit(code)
    _, status, usage = os.wait4(child, 0)
    if status:
        raise SystemExit("reading failed")
    records, early = os.read(inside, 100).decode().split()
    wall = time.perf_counter() - started
    return Reading(int(records), wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, float(early))


def compare(folder: Path, entries: int) -> None:
    """Reading Sage beside reading csv."""
    base = filled(folder, entries)
    ours = measured(lambda: source(base, folder))
    bare = measured(lambda: source(base, folder), asked)
    write_invoices(folder / "invoices.csv", ours.records)
    config = CsvConfig(plugin="csv", invoices=folder / "invoices.csv")
    csv = measured(lambda: CsvSource(config, make_context(folder)))
    for name, one in (("sage100", ours), ("csv", csv)):
        print(
            f"{name:8} {one.records:>10,} records  {one.wall:7.1f} s wall  {one.cpu:7.1f} s cpu  "
            f"{1e6 * one.cpu / one.records:6.2f} µs cpu a record  "
            f"peak {one.peak_mib:4.0f} MiB ({one.early_mib:.0f} after ten pages)",
            flush=True,
        )
    ratio = (ours.cpu / ours.records) / (csv.cpu / csv.records)
    walls = (ours.wall / ours.records) / (csv.wall / csv.records)
    own = ((ours.cpu - bare.cpu) / ours.records) / (csv.cpu / csv.records)
    print(f"the same statements by the bare driver: {bare.cpu:.1f} s cpu, {bare.wall:.1f} s wall", flush=True)
    print(
        f"sage100 / csv, per record: {ratio:.2f} of CPU, {walls:.2f} of wall time; "
        f"without the data base's share {own:.2f} of CPU",
        flush=True,
    )


def filled(folder: Path, entries: int) -> SageBase:
    """A company of `entries` customers' lines."""
    base = SageBase(f"sqlite:///{folder / 'sage.db'}")
    started = time.perf_counter()
    fill(base, entries)
    base.close()
    print(f"a Sage data base of {entries:,} entries, made in {time.perf_counter() - started:.0f} s", flush=True)
    return base


#: Receipts that only the bank has.
ALONE = 500


def totals(folder: Path, entries: int) -> bool:
    """Into a hub, again after people worked in Sage, then with the bank; True when every total agrees."""
    base = SageBase(f"sqlite:///{folder / 'sage.db'}")
    writer = fill(base, entries)
    count = write_statement(folder / "bank.csv", writer)
    bank = '[connector.bank]\nplugin = "csv"\nreceipts = "bank.csv"\nseller = "ATELIER"\n'
    hub = make_hub(folder, f"sqlite:///{folder / 'hub.db'}", section(base) + bank)
    agreed = True
    for name, work in (("first sync", None), ("after work in Sage", worked)):
        if work is not None:
            work(base)
        started = time.perf_counter()
        counts = sync(hub, "sage", answer_seconds=600).counts
        wall = time.perf_counter() - started
        here, there = in_hub(hub), in_sage(base, folder)
        differ = [debtor for debtor in here.keys() | there.keys() if here.get(debtor) != there.get(debtor)]
        agreed = agreed and not differ
        print(
            f"{name}: {wall:.1f} s, read {counts.read:,} new {counts.new:,} changed {counts.changed:,} same "
            f"{counts.same:,} held {counts.held:,} gone {counts.missing:,}\n"
            f"  hub {sum(here.values()):,} cents; Sage's balances {sum(there.values()):,}; unmatched in Sage "
            f"{unmatched(base):,}; debtors that differ: {len(differ)}",
            flush=True,
        )
    agreed = _counted_once(hub, folder, count) and agreed
    close_hubs()
    base.close()
    return agreed


def _counted_once(hub: Hub, folder: Path, count: int) -> bool:
    """The bank's file, with receipts that only the bank has: each sum counts once, and these are not in the books."""
    with (folder / "bank.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"ALONE{n};30/11/2026;{n},07;VIR SANS FACTURE {n}\n" for n in range(1, ALONE + 1))
    alone = sum(n * 100 + 7 for n in range(1, ALONE + 1))
    before = status(hub.desk).received["EUR"]
    sync(hub, "bank")
    started = time.perf_counter()
    found = look(hub.desk)
    wall = time.perf_counter() - started
    after = status(hub.desk)
    books = after.of_books
    assert books is not None
    waiting, waiting_minor = books.not_in_books or 0, books.not_in_books_minor["EUR"]
    print(
        f"{count:,} receipts are on the bank's file too, {ALONE} only there: {found.linked:,} sums linked and "
        f"{found.suggested:,} suggested in {wall:.1f} s; received {before:,} cents before, {after.received['EUR']:,} "
        f"after, of which {alone:,} only the bank's; not in the books yet {waiting:,}, {waiting_minor:,} cents",
        flush=True,
    )
    return (after.received["EUR"] - before, waiting, waiting_minor) == (alone, ALONE, alone)


def worked(base: SageBase) -> None:
    """Lines matched, unmatched, deleted and postponed."""
    base.tick(hours=3)
    two = [
        base.value(f"SELECT MIN(EC_No) FROM F_ECRITUREC WHERE EC_Lettre = 0 AND CT_Num = 'C00003' AND EC_Sens = {side}")  # noqa: S608
        for side in (0, 1)
    ]
    base.letter("ZZX", *(entry for entry in two if entry))
    base.unletter(base.value("SELECT MAX(EC_No) FROM F_ECRITUREC WHERE EC_Lettre = 1 AND JO_Num = 'BQ'"))
    open_ = "SELECT MIN(EC_No) FROM F_ECRITUREC WHERE EC_Lettre = 0 AND JO_Num = 'VE' AND CG_Num LIKE '411%'"
    first = base.value(open_)
    base.delete("F_ECRITUREC", EC_No=first)
    base.change("F_ECRITUREC", {"EC_No": base.value(open_)}, EC_Echeance="2027-03-31")


def main() -> None:
    """Parse the arguments and run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--entries", type=int, default=100_000)
    parser.add_argument("--hub", action="store_true", help="into a hub, with totals, instead of reading alone")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="hub-sage-") as name:
        if arguments.hub:
            sys.exit(0 if totals(Path(name), arguments.entries) else 1)
        compare(Path(name), arguments.entries)


if __name__ == "__main__":
    main()
