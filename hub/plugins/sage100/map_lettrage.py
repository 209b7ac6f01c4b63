"""Matched lines to SettlementLine: what the books say pays what.

A matching code is used again each year: the lines of a unit are first parted by fiscal year. A group whose sum is zero
settles each of its lines whole. A group that does not balance is partial: its smaller side is settled whole, its
larger side up to the same amount, first what the smaller one names, then the oldest; the rest stays open (formats.md
§1.3). Neighbouring years that balance only together are one group, however many: an invoice of December paid in
January, each year.

The day of a settlement is that of the group's last line, since Sage keeps no date of matching.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hub.plugins.sage100.accounts import SALES, TREASURY, is_deposit
from hub.plugins.sage100.config import Sage100Config
from hub.plugins.sage100.layout import Layout, factor, posted_on
from hub.plugins.sage100.map_entries import ENTRY, Money, booked_on, other_number, receipt_key, sales_number
from hub.plugins.sage100.records import Records, Row, Work
from hub.sdk import RawUnit

_LINE = "seller settlement_id line debtor_id settled_on target document_number document_issued_on amount_minor currency"


def map_lettrage(layout: Layout, config: Sage100Config, records: Records) -> Work:
    """The lines that bear one code on one account."""
    money, seller = Money(layout, config), config.seller
    own_currency, own_factor = config.currency, factor(config.currency)
    number_at = layout.columns.index(layout.number)
    add, add_entry = records.into("settlement_line", _LINE), records.into("ledger_entry", ENTRY)

    def work(unit: RawUnit, rows: Sequence[Row]) -> None:
        where = unit.place
        for year, group in groups(rows, layout):
            days = [posted_on(row[3], row[4]) or booked_on(row, where) for row in group]
            settled_on = max(days)
            for row, day, share in zip(group, days, shares(group, number_at), strict=True):
                if share == 0:
                    continue
                target, number, issued = aim(row, day)
                currency, amount, missed = part(row, target, share, where)
                name = f"{row[7]}|{row[8]}|{row[12]}|{year}"
                if missed:
                    add_entry(
                        seller, f"{receipt_key(row[0])}/rounding", row[8], settled_on, "rounding",
                        missed if row[9] > 0 else -missed, own_currency, row[7], number, "Rest in foreign currency",
                    )  # fmt: skip
                add(seller, name, row[0], row[8], settled_on, target, number, issued, amount, currency)

    def aim(row: Row, day: str) -> tuple[str, str, str | None]:
        """What a line settles: target, number, day of issue. A carried-forward line: that of the line it repeats."""
        entry, journal, kind, signed = row[0], row[1], row[2], row[9]
        side = "credit_note" if signed < 0 else "invoice"
        if row[13] == 1:  # as units were written before: the document of its number
            return side, row[6], None
        if row[13]:
            number, month, at = row[13].split("|")
            entry, day = int(number), posted_on(month, int(at)) or booked_on(row, row[13])
        if is_deposit(row[7], kind, signed):
            return "other", receipt_key(entry), day
        if kind == SALES:
            return side, sales_number(row[number_at], row[5], entry), day
        if kind == TREASURY and signed < 0:
            return "receipt", receipt_key(entry), day
        return side, other_number(journal, row[5], entry), day

    def part(row: Row, target: str, share: int, where: str) -> tuple[str, int, int]:
        """The settled share in the currency of what it settles; of a receipt or named line, in the books'. And what the
        rest of a document in foreign currency, converted back, misses of what the books have."""
        signed, devise, amount = row[9], row[10], row[11]
        whole = abs(signed)
        if devise == 0 and share == whole:  # nearly always
            minor, rest = divmod(whole, own_factor)
            if not rest:
                return own_currency, minor, 0
        currency, total, book, own = money.of(signed, devise, amount, where)
        if target in ("receipt", "other") and book is not None and own is not None:
            currency, total, book = own, book, None
        if book is None or share == whole:
            return currency, total if share == whole else (2 * total * share + whole) // (2 * whole), 0
        kept, missed = foreign_rest((whole - share) // own_factor, book, total)
        return currency, total - kept, missed

    return work


def foreign_rest(left: int, book: int, total: int) -> tuple[int, int]:
    """How much of a document of `total` in foreign currency is open when `left` of its value in the books (`book`) is;
    and what that, converted back, misses of `left`: where a foreign cent is worth more, some cents cannot be told.
    """

    def worth(open_: int) -> int:
        return (2 * open_ * book + total) // (2 * total)  # as `ledger.gaps.book_value_minor`

    near = (2 * left * total + book) // (2 * book)
    choice = [open_ for open_ in (near, near - 1, near + 1) if 0 <= open_ <= total]
    best = min(choice, key=lambda open_: abs(left - worth(open_)))
    return best, left - worth(best)


def groups(rows: Sequence[Row], layout: Layout) -> Iterator[tuple[int, Sequence[Row]]]:
    """The groups in the lines of one code, each with its fiscal year (the last one, when it spans several)."""
    if net(rows) == 0 and len({row[3][:4] for row in rows}) == 1 and layout.year_begins == 1:  # nearly always
        yield int(rows[0][3][:4]), rows
        return
    by_year: dict[int, list[Row]] = {}
    fiscal: dict[str, int] = {}
    for row in rows:
        year = fiscal.get(row[3])
        if year is None:
            year = fiscal[row[3]] = layout.fiscal_year(row[3])
        known = by_year.get(year)
        if known is None:
            by_year[year] = [row]
        else:
            known.append(row)
    years = sorted(by_year)
    balances = [net(by_year[year]) for year in years]
    at = 0
    while at < len(years):
        end = _run(years, balances, at)
        yield years[end], [row for year in years[at : end + 1] for row in by_year[year]]
        at = end + 1


def _run(years: Sequence[int], balances: Sequence[int], at: int) -> int:
    """Where the years that balance only together end, from `at` on; `at` itself when there are none. Each of them bears
    a part of its neighbour's: a code used again each year links more than two."""
    carried = balances[at]
    for end in range(at + 1, len(years)):
        if not balances[at] or not balances[end] or years[end] != years[end - 1] + 1:
            break
        carried += balances[end]
        if not carried:
            return end
    return at


def net(rows: Sequence[Row]) -> int:
    """Debits less credits."""
    return sum([row[9] for row in rows])


def shares(group: Sequence[Row], number_at: int) -> list[int]:
    """How much of each line is settled, in millionths of the books' currency, without sign; lines oldest first.

    Of the larger side, lines are settled first by what bears their number on the other side, then the oldest.
    """
    signed: list[int] = [row[9] for row in group]
    if sum(signed) == 0:
        return list(map(abs, signed))
    larger = sum(signed) > 0
    left = 0
    named: dict[str, int] = {}
    for row, value in zip(group, signed, strict=True):
        if value and (value > 0) is not larger:
            left += abs(value)
            named[row[number_at]] = named.get(row[number_at], 0) + abs(value)
    named.pop("", None)
    found = [abs(value) if (value > 0) is not larger else 0 for value in signed]
    mine = [at for at, value in enumerate(signed) if value and (value > 0) is larger]
    for at in mine:
        number = group[at][number_at]
        share = min(abs(signed[at]), named.get(number, 0))
        if share:
            found[at], named[number], left = share, named[number] - share, left - share
    for at in mine:
        share = min(abs(signed[at]) - found[at], left)
        found[at], left = found[at] + share, left - share
    return found
