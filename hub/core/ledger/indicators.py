"""The indicators of a receivables ledger, law-and-finance.md §7 (worked examples: kpi_examples.json).

Amounts are minor units of one currency, VAT included on both sides of a ratio. Results are exact fractions,
rounded only where they are shown (`half_up`); percentages are already times 100. None: undefined, the
divisor is zero. Store each figure with its date and scope (entity, currency, disputed, assigned); claims
financed without recourse leave AR.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import NamedTuple


def half_up(value: Fraction, places: int = 2) -> str:
    """`value` with `places` decimals, half away from zero: Fraction(1, 8) → "0.13"."""
    scaled = (2 * abs(value.numerator) * 10**places + value.denominator) // (2 * value.denominator)
    digits = str(scaled).rjust(places + 1, "0")
    sign = "-" if value < 0 and scaled else ""
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def ratio(part: int, whole: int, times: int = 1) -> Fraction | None:
    """part / whole × times, exactly; None when `whole` is zero."""
    return Fraction(part * times, whole) if whole else None


def dso_simple(ar_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """Days sales outstanding: receivables / sales of the last `days` × `days` (K01)."""
    return ratio(ar_minor, sales_minor, days)


class Month(NamedTuple):
    """Sales of one month, VAT included; `days` it has (or has had so far)."""

    days: int
    sales_minor: int


class CountBack(NamedTuple):
    """DSO by count-back. `history_exhausted`: receivables exceed all sales given, so `days` is a lower
    bound.
    """

    days: Fraction
    history_exhausted: bool


def dso_count_back(ar_minor: int, months: Iterable[Month]) -> CountBack:
    """DSO by exhaustion (méthode par épuisement): take monthly sales off the receivables, going back (K02).

    A month whose sales fit wholly gives all its days; the last gives its share. A month with no or negative
    sales gives its days and takes nothing off.

    Args:
        months: the latest first. Receivables of zero or less give zero days.
    """
    days, left = Fraction(0), ar_minor
    for month in months:
        if left <= 0:
            break
        if month.sales_minor > left:
            return CountBack(days + Fraction(left * month.days, month.sales_minor), False)
        days += month.days
        left -= max(0, month.sales_minor)
    return CountBack(days, left > 0)


def dso_best_possible(current_ar_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """BPDSO: the DSO if nothing were overdue: receivables not due / sales × days (K03)."""
    return ratio(current_ar_minor, sales_minor, days)


def average_days_delinquent(ar_minor: int, current_ar_minor: int, sales_minor: int, days: int) -> Fraction | None:
    """ADD = DSO − BPDSO (K03). Not the weighted days late of paid invoices."""
    return ratio(ar_minor - current_ar_minor, sales_minor, days)


def collection_effectiveness(
    opening_ar_minor: int, sales_minor: int, closing_ar_minor: int, closing_current_ar_minor: int
) -> Fraction | None:
    """CEI in percent: what was collected of what could be (K04); never above 100 while overdue AR is not
    negative.
    """
    collected = opening_ar_minor + sales_minor - closing_ar_minor
    return ratio(collected, opening_ar_minor + sales_minor - closing_current_ar_minor, 100)


def overdue_percent(overdue_minor: int, total_minor: int) -> Fraction | None:
    """Overdue rate: overdue / total receivables (K05, K06)."""
    return ratio(overdue_minor, total_minor, 100)


def unpaid_percent(unpaid_minor: int, invoiced_minor: int) -> Fraction | None:
    """Unpaid rate (taux d'impayés): overdue and unpaid / invoiced in the period (K06)."""
    return ratio(unpaid_minor, invoiced_minor, 100)


def weighted_days_late(paid: Iterable[tuple[int, int]], *, signed: bool = False) -> Fraction | None:
    """Average days late of the invoices fully paid in a period, weighted by amount (K07).

    Args:
        paid: (amount, days late); paid early is negative and counts as 0, unless `signed`.
    """
    rows = [(amount, late if signed else max(0, late)) for amount, late in paid]
    return ratio(sum(amount * late for amount, late in rows), sum(amount for amount, _ in rows))


class PromiseOutcome(NamedTuple):
    """A promise to pay and what came in by its date plus the tolerance; minor units."""

    due_on: date
    promised_minor: int
    received_minor: int


class KeptPromises(NamedTuple):
    """Kept promises among the matured ones: by count and by amount, in percent; pending ones are left out."""

    matured: int
    kept: int
    count_percent: Fraction | None
    amount_percent: Fraction | None


def kept_promises(promises: Iterable[PromiseOutcome], *, as_of: date, tolerance_days: int) -> KeptPromises:
    """How far promises were kept (K08). Matured: the date plus the tolerance is before `as_of`.

    By amount, more than promised counts as the promise.
    """
    grace = timedelta(days=tolerance_days)
    matured = [promise for promise in promises if promise.due_on + grace < as_of]
    kept = sum(promise.received_minor >= promise.promised_minor for promise in matured)
    received = sum(min(promise.received_minor, promise.promised_minor) for promise in matured)
    promised = sum(promise.promised_minor for promise in matured)
    return KeptPromises(len(matured), kept, ratio(kept, len(matured), 100), ratio(received, promised, 100))


def cost_per_unit_recovered(costs_minor: Iterable[int], overdue_cashed_minor: int) -> Fraction | None:
    """Collection costs of the period for each unit of overdue money cashed in it, penalties included (K09)."""
    return ratio(sum(costs_minor), overdue_cashed_minor)


def turnover_to_offset(loss_minor: int, net_margin: Fraction) -> Fraction | None:
    """Sales, in minor units, whose net margin makes up for a loss (K10)."""
    return loss_minor / net_margin if net_margin else None


def recovery_percent(cashed_minor: int, overdue_opening_minor: int, newly_overdue_minor: int) -> Fraction | None:
    """Cashed on overdue items / (overdue at the opening + newly overdue in the period) (K11)."""
    return ratio(cashed_minor, overdue_opening_minor + newly_overdue_minor, 100)


class Concentration(NamedTuple):
    """How much hangs on few debtors: the largest share in percent, and the sum of squared shares (HHI,
    0..1).
    """

    total_minor: int
    top_percent: Fraction | None
    hhi: Fraction | None


def concentration(open_minor: Sequence[int]) -> Concentration:
    """Concentration of the open amounts of all debtors (K12). Debtors in credit owe nothing and are left
    out.
    """
    owed = [minor for minor in open_minor if minor > 0]
    total = sum(owed)
    squares = sum(minor * minor for minor in owed)
    return Concentration(total, ratio(max(owed, default=0), total, 100), ratio(squares, total * total))
