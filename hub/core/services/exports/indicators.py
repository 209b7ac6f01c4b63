"""The export `indicators`: figures of law-and-finance §7 by seller and currency, from what the ledger holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from hub.core.ledger import indicators as figures
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.ledger import LedgerView, view_in
from hub.sdk.money import decimal_text

INDICATORS = (
    Column("name"), Column("seller"), Column("currency"), Column("value", "number"), Column("unit"),
    Column("as_of", "date"), Column("definition"),
)  # fmt: skip

#: Days of sales that DSO and its relatives look back on (worked examples K01, K03, K04).
PERIOD_DAYS = 90

Key = tuple[str, str]


@dataclass(slots=True)
class Sums:
    """What one seller has open in one currency, minor units: `invoices`, of them `overdue`; `credits` negative."""

    invoices: int = 0
    overdue: int = 0
    credits: int = 0
    by_debtor: Counter[str] = field(default_factory=Counter)

    @property
    def receivables(self) -> int:
        """What debtors owe, all in all."""
        return self.invoices + self.credits

    @property
    def current(self) -> int:
        """Open invoices that are not due."""
        return self.invoices - self.overdue


class Figure(NamedTuple):
    """One line of the export before its place: an exact value, None when its divisor is zero."""

    name: str
    value: Fraction | None
    unit: str
    definition: str


def indicators(scope: Scope) -> Iterator[Row]:
    """Indicators by seller and currency, in a fixed order. An undefined one (no sales) has an empty value."""
    view = view_in(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)
    opening_on = view.as_of - timedelta(days=PERIOD_DAYS)
    before = _sums(view_in(scope.desk, scope.connection, as_of=opening_on, known_on=scope.asked.known_on))
    now, sales = _sums(view), _sales(view)
    for key in sorted(now.keys() | sales.keys()):
        seller, currency = key
        sums, opening = now.get(key, Sums()), before.get(key, Sums())
        for figure in (*_amounts(sums, currency), *_ratios(sums, opening, sales.get(key, Counter()), view.as_of)):
            value = None if figure.value is None else Decimal(figures.half_up(figure.value))
            if figure.unit == currency and figure.value is not None:
                value = Decimal(decimal_text(int(figure.value), currency))
            yield figure.name, seller, currency, value, figure.unit, view.as_of, figure.definition


def _sums(view: LedgerView) -> dict[Key, Sums]:
    found: dict[Key, Sums] = {}
    for item in view.ledger.items:
        sums = found.setdefault((item.seller, item.currency), Sums())
        if item.status == "open":  # no claim: a credit
            sums.credits += item.open_minor
        else:
            sums.invoices += item.open_minor
            sums.overdue += item.open_minor if item.status == "late" else 0
        sums.by_debtor[item.debtor_id] += item.open_minor
    return found


def _sales(view: LedgerView) -> dict[Key, Counter[date]]:
    """Sales, VAT included, credit notes deducted, by day of issue up to the day asked for."""
    found: dict[Key, Counter[date]] = {}
    d = view.facts.documents
    for seller, currency, kind, day, total in zip(
        d.seller, d.currency, d.kind, d.issued_on, d.total_minor, strict=True
    ):
        if day <= view.as_of:
            found.setdefault((seller, currency), Counter())[day] += total if kind == "invoice" else -total
    return found


def _amounts(sums: Sums, currency: str) -> list[Figure]:
    return [
        Figure("receivables", Fraction(sums.receivables), currency, "open invoices less open credits"),
        Figure("overdue", Fraction(sums.overdue), currency, "open invoices past their due date"),
        Figure("credits", Fraction(sums.credits), currency, "credits not yet used, negative"),
    ]


def _ratios(sums: Sums, opening: Sums, sales: Counter[date], as_of: date) -> list[Figure]:
    since = as_of - timedelta(days=PERIOD_DAYS)
    sold = sum(amount for day, amount in sales.items() if day > since)
    back = figures.dso_count_back(sums.receivables, _months(sales, as_of))
    hangs = figures.concentration(list(sums.by_debtor.values()))
    period = f"sales of the last {PERIOD_DAYS} days, VAT included"
    more = "; sales known do not go back far enough: at least this" if back.history_exhausted else ""
    best = figures.dso_best_possible(sums.current, sold, PERIOD_DAYS)
    late = figures.average_days_delinquent(sums.receivables, sums.current, sold, PERIOD_DAYS)
    collected = figures.collection_effectiveness(opening.receivables, sold, sums.receivables, sums.current)
    return [
        Figure("dso", figures.dso_simple(sums.receivables, sold, PERIOD_DAYS), "days",
               f"receivables / {period} x {PERIOD_DAYS}"),
        Figure("dso_count_back", back.days, "days", f"months of sales that the receivables amount to{more}"),
        Figure("dso_best_possible", best, "days", f"open invoices not due / {period} x {PERIOD_DAYS}"),
        Figure("average_days_delinquent", late, "days", "dso less dso_best_possible"),
        Figure("collection_effectiveness", collected, "%",
               f"collected in {PERIOD_DAYS} days / what could be: (opening + sales - closing) / "
               "(opening + sales - closing not due)"),
        Figure("overdue_rate", figures.overdue_percent(sums.overdue, sums.invoices), "%", "overdue / open invoices"),
        Figure("largest_debtor", hangs.top_percent, "%", "share of the debtor who owes most"),
        Figure("concentration_hhi", hangs.hhi, "0..1", "sum of the squared shares of all debtors"),
    ]  # fmt: skip


def _months(sales: Counter[date], as_of: date) -> Iterator[figures.Month]:
    """Months from that of `as_of`, whose days so far count, back to the first with sales."""
    by_month: Counter[tuple[int, int]] = Counter()
    for day, amount in sales.items():
        by_month[day.year, day.month] += amount
    last = as_of
    while by_month and (last.year, last.month) >= min(by_month):
        yield figures.Month(last.day, by_month.get((last.year, last.month), 0))
        last = last.replace(day=1) - timedelta(days=1)
