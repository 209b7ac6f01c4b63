"""What `hub demo` tells, in the words of a credit controller; each function gives the lines of one part."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from hub.app.cli.phrases import SURPLUS, by_phrase, phrase
from hub.app.cli.table import Col, table_lines
from hub.app.cli.words import amount, amounts, count, day, many, screen_width, styled, wrapped

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.services.reconcile import ReconcileReport, RuleCount
    from hub.core.services.status import SellerStatus, Status
    from hub.core.store.held import HeldUnit
    from hub.core.sync.run import RunReport

_STREAMS = {"debtors": "debtors", "invoices": "invoices and credit notes", "movements": "bank movements"}
#: How this person calls the hub: run.py says it.
HUB = os.environ.get("HUB_COMMAND", "hub")


def opening(hub: Hub, folder: Path) -> Iterator[str]:
    """Who the company is and where its files are."""
    sellers = " and ".join(f"{section.name} ({code})" for code, section in hub.settings.sellers.items())
    yield from wrapped(f"The demo company on {day(hub.clock.today())}: {sellers}. All of it is invented.")
    yield from wrapped(f"Its files are in {folder}: ledgers as two programs export them, statements of two banks.")


def reading(runs: Sequence[RunReport]) -> Iterator[str]:
    """What was read: read = new + again + held."""
    yield from _title("Read")
    rows = []
    for run in runs:
        for stream in run.streams:
            c = stream.counts
            said = _STREAMS.get(stream.stream, stream.stream)
            rows.append([run.connector, said, count(c.read), count(c.new + c.changed), count(c.same), count(c.held)])
    columns = [Col("from", wrap=True), Col("what", wrap=True), *_right("read", "taken in", "known already", "held")]
    sums = [str(sum(int(row[at].replace(" ", "")) for row in rows)) for at in range(2, 6)]
    yield from table_lines(columns, rows, width=screen_width(), total=["all", "", *sums])


def held(units: Sequence[HeldUnit]) -> Iterator[str]:
    """What could not be understood, a line each: nothing is lost, its neighbours were taken in."""
    if not units:
        return
    yield from _title(f"Held until somebody corrects the file ({many(sum(unit.lines for unit in units), 'record')})")
    rows = [[unit.place, unit.what if unit.lines == 1 else f"{unit.what}; held whole"] for unit in units]
    yield from table_lines([Col("where", wrap=True), Col("why", wrap=True)], rows, width=screen_width())


def receipts(report: ReconcileReport, found: Status) -> Iterator[str]:
    """What became of the money received, by how it was decided."""
    yield from _title(f"Money received ({many(report.receipts, 'receipt')})")
    parts = (
        ("Applied to invoices automatically", report.automatic),
        ("Waiting for you, with a suggestion", report.suggested),
        ("Left alone", report.left),
    )
    rows: list[list[str]] = []
    for name, counts in parts:
        total = _sum(counts.values())
        whole = sum(found.receipts for rule, found in counts.items() if rule != SURPLUS)
        rows.append([name, count(whole), amounts(total)])
        for way, c in by_phrase(counts):
            rest = way == phrase(SURPLUS)  # a part of receipts that are counted above
            label = f"  {way}"
            rows.append([label, "" if rest else count(c.receipts), amounts(c.amounts)])
    if report.returned.receipts:
        back = report.returned
        rows.append(["Taken back by the bank, so the invoice is open", count(back.receipts), amounts(back.amounts)])
    columns = [Col("", wrap=True), *_right("receipts", "amount")]
    total_row = ["All that came in", count(report.receipts), amounts(found.received)]
    yield from table_lines(columns, rows, width=screen_width(), total=total_row)


def owed(hub: Hub, found: Status) -> Iterator[str]:
    """What debtors owe: open and overdue by seller, and by lateness."""
    yield from _title("What debtors owe")
    rows = [
        [
            _seller(hub, entry), count(entry.open_items), amount(entry.open_minor, entry.currency),
            amount(entry.overdue_minor, entry.currency),
        ]
        for entry in found.sellers
    ]  # fmt: skip
    columns = [Col("seller", wrap=True), *_right("open items", "open", "of which overdue")]
    yield from table_lines(columns, rows, width=screen_width())
    yield from _title("Aged balance")
    aged = [
        [_bucket(name), *(amount(entry.aged[at], entry.currency) for entry in found.sellers)]
        for at, name in enumerate(found.buckets)
    ]
    total = ["total", *(amount(entry.open_minor, entry.currency) for entry in found.sellers)]
    columns = [Col("days late"), *_right(*(entry.seller for entry in found.sellers))]
    yield from table_lines(columns, aged, width=screen_width(), total=total)


def closing(folder: Path, exports: Sequence[tuple[Path, int]]) -> Iterator[str]:
    """Where the files are, and what to try next."""
    yield from _title("Files")
    rows = [[str(path), many(rows, "row")] for path, rows in exports]
    rows += [[str(folder / "hub.toml"), "the configuration"], [str(folder / "hub.db"), "the data base"]]
    yield from table_lines([Col("", wrap=True), Col("", wrap=True)], rows, width=screen_width())[2:]
    yield from _title("Try next")
    option = f" --config {shlex.quote(str(folder / 'hub.toml'))}"
    for why, command in (
        ("how things stand", f"{HUB} status{option}"),
        ("what is held, and why", f"{HUB} held list{option}"),
        ("suggestions to confirm or leave", f"{HUB} allocations list --status suggested{option}"),
        ("what each debtor owes", f"{HUB} export aged-balance{option}"),
        ("recompute everything from what was read", f"{HUB} verify{option}"),
    ):
        yield f"  {command}"
        yield f"      {why}"
    yield ""
    ledger = folder / "atelier" / "factures.csv"
    yield from wrapped(
        f"Or correct the amount 12..50 to 12,50 in {ledger}, then run hub sync and hub reconcile with the same "
        "--config: the invoice is taken in, and the receipt that waited for it is applied."
    )


def _title(text: str) -> Iterator[str]:
    yield ""
    yield styled(text, "bold")
    yield ""


def _right(*titles: str) -> list[Col]:
    return [Col(title, right=True) for title in titles]


def _sum(counts: Iterable[RuleCount]) -> Counter[str]:
    total: Counter[str] = Counter()
    for entry in counts:
        total += entry.amounts
    return total


def _seller(hub: Hub, entry: SellerStatus) -> str:
    section = hub.settings.sellers.get(entry.seller)
    return f"{section.name} ({entry.seller})" if section and section.name else entry.seller


def _bucket(name: str) -> str:
    """`31_60` as people write it."""
    words = {"not_due": "not due", "credits": "credits"}
    return words.get(name) or name.replace("over_", "over ").replace("_", " to ")
