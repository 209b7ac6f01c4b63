"""What `hub demo` tells, in the words of a credit controller; each function gives the lines of one part."""

from __future__ import annotations

import os
import shlex
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

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
#: The rest of receipts that are counted where most of them went.
SURPLUS_WAY = "the rest of {} applied above"
#: How it was found, by the beginning of the rule's name; the first that fits. Others are shown by their own name.
_WAYS = (
    ("named_in_part", "invoice number, a part of its amount"),
    ("named_overpaid", "invoice number, more than its amount"),
    ("named_less", "invoice number, less a discount or bank charges"),
    ("number", "invoice number and exact amount"),
    ("order", "order or payment reference and exact amount"),
    ("payer_statement", "a month's statement, exact amount"),
    ("payer_amount", "who paid, and the only amount that fits"),
    ("other_currency", "an invoice in another currency"),
    ("amount_only", "the amount alone: nobody is named"),
    ("payer_bank_fee", "who paid, less bank charges"),
    ("oldest_first", "who paid; no amount fits: the oldest debts"),
    ("duplicate", "an invoice that is paid already"),
    ("surplus", SURPLUS_WAY),
    ("internal_transfer", "a transfer between own accounts"),
    ("tax_or_social", "from the tax office or a social body"),
    ("insurance", "from an insurer"),
    ("nothing_fits", "no open invoice fits"),
)


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
        whole = sum(found.receipts for rule, found in counts.items() if rule != "surplus")
        rows.append([name, count(whole), amounts(total)])
        for way, c in _by_way(counts):
            rest = way == SURPLUS_WAY  # a part of receipts that are counted above
            label = f"  {way.format(many(c.receipts, 'receipt'))}"
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


def _by_way(counts: Mapping[str, RuleCount]) -> list[tuple[str, RuleCount]]:
    """Rules that mean the same to a reader, together; the largest number of receipts first."""
    from hub.core.services.reconcile import RuleCount

    ways: dict[str, RuleCount] = {}
    for rule, found in counts.items():
        way = next((words for start, words in _WAYS if rule.startswith(start)), rule.replace("_", " "))
        entry = ways.setdefault(way, RuleCount())
        entry.receipts += found.receipts
        entry.lines += found.lines
        entry.amounts += found.amounts
    return sorted(ways.items(), key=lambda pair: (-pair[1].receipts, pair[0]))


def _seller(hub: Hub, entry: SellerStatus) -> str:
    section = hub.settings.sellers.get(entry.seller)
    return f"{section.name} ({entry.seller})" if section and section.name else entry.seller


def _bucket(name: str) -> str:
    """`31_60` as people write it."""
    words = {"not_due": "not due", "credits": "credits"}
    return words.get(name) or name.replace("over_", "over ").replace("_", " to ")
