"""Late penalties (pénalités de retard) and the fixed indemnity, C. com. L441-10 II and D441-5.

In force under these numbers since 2019-04-26 (L441-6 before), the indemnity since 2013-01-01.
Due by law from the day after the due date, without reminder, even if the terms of sale are silent (Cass. com.
20 Dec 2017, 16-25.786). Outside VAT (BOI-TVA-BASE-10-10-50). Amounts are euro cents, rates hundredths of a
percent.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from hub.core.law.fr.rates import HalfYear, RateTable, half_year_start

Rule = Literal["default_ecb_plus_10", "contract", "public_ecb_plus_8", "legal_interest", "contract_floor"]

#: C. com. D441-5: 40 EUR for each late invoice, since 2013-01-01.
FIXED_INDEMNITY_MINOR = 4_000
FIXED_INDEMNITY_SINCE = date(2013, 1, 1)

_DAY = timedelta(days=1)


class Segment(NamedTuple):
    """Interest of one stretch of days at one rate: first and last day inclusive."""

    first_day: date
    last_day: date
    days: int
    base_minor: int
    rate: int
    interest_minor: int


class FloorBreach(NamedTuple):
    """A half-year in which a rate lies below the floor of contract clauses (3 times legal interest)."""

    half_year: date
    rate: int
    floor: int


def late_segments(
    base_minor: int,
    first_day: date,
    last_day: date,
    rates: RateTable,
    *,
    rule: Rule = "default_ecb_plus_10",
    contract_rate: int | None = None,
    day_basis: int = 365,
) -> list[Segment]:
    """Interest on `base_minor` for each day from `first_day` to `last_day`, cut at 1 January and 1 July.

    Each segment is base × rate × days / day_basis, rounded half up to the cent; the sum of the rounded
    segments is what is due. Simple interest: compounding needs a contract or a judgment (C. civ. 1343-2).

    Args:
        base_minor: the unpaid amount, VAT included, in cents; zero gives zero interest.
        first_day: usually the due date + 1; the last day is the value date of the payment or the
            statement's date. Counting so is a product convention, consistent with sources S7 and S10. An
            empty stretch gives no segment.
        rule: "default_ecb_plus_10" (L441-10 II), "contract" (needs `contract_rate`), "contract_floor" (3
            times legal interest), "legal_interest" (consumers, from the formal notice: C. civ. 1231-6,
            1344-1), and "public_ecb_plus_8" (CCP L2192-13, R2192-31), where the MRO of the half-year in
            which interest *started* stays for the whole delay: `first_day` must then be that start.
        day_basis: 365 by usage, in leap years too; 366 is an option (penalty_examples.json P13).

    Raises:
        UnknownRate: a half-year that is needed and not in the table; it is named.
        ValueError: a negative base, or rule and contract rate do not go together.
    """
    if (contract_rate is not None) != (rule == "contract"):
        raise ValueError(f"a contract rate is given if and only if the rule is 'contract', not {rule!r}")
    if base_minor < 0:
        raise ValueError(f"penalties run on what is unpaid, not on {base_minor}")
    fixed = contract_rate
    if rule == "public_ecb_plus_8" and first_day <= last_day:
        fixed = rates.on(first_day).public
    segments = []
    for start, end in _cut(first_day, last_day):
        rate = _rate(rates.on(start), rule) if fixed is None else fixed
        days = (end - start).days + 1
        minor = interest_minor(base_minor, rate, days, day_basis)
        segments.append(Segment(start, end, days, base_minor, rate, minor))
    return segments


def interest_minor(base_minor: int, rate: int, days: int, day_basis: int = 365) -> int:
    """base × rate × days / day_basis in cents, half up, exactly; `rate` in hundredths of a percent."""
    whole = 10_000 * day_basis
    return (2 * base_minor * rate * days + whole) // (2 * whole)


def total_minor(segments: list[Segment]) -> int:
    """The interest due: each segment as displayed, rounded, then added."""
    return sum(segment.interest_minor for segment in segments)


def contract_breaches(contract_rate: int, first_day: date, last_day: date, rates: RateTable) -> list[FloorBreach]:
    """The half-years in which an agreed rate is below 3 times legal interest, C. com. L441-10 II.

    The clause is then not valid as written. Which rate replaces it, the floor or the default, is
    UNCONFIRMED: compute both ("contract_floor" and "default_ecb_plus_10") and let a person decide before
    any legal document (P06).
    """
    anchors = [rates.on(start) for start, _ in _cut(first_day, last_day)]
    return [FloorBreach(a.starts_on, contract_rate, a.floor) for a in anchors if contract_rate < a.floor]


def default_warnings(first_day: date, last_day: date, rates: RateTable) -> list[FloorBreach]:
    """The half-years in which the default itself is below the floor of contracts (2024): a warning, nothing
    more.
    """
    anchors = [rates.on(start) for start, _ in _cut(first_day, last_day)]
    return [FloorBreach(a.starts_on, a.default, a.floor) for a in anchors if a.default_below_floor]


def fixed_indemnity_minor(
    due_on: date, as_of: date, *, business: bool = True, insolvency_opened_on: date | None = None
) -> int:
    """The fixed indemnity for collection costs of one late invoice: 4000 cents, or 0 when it is not due.

    C. com. L441-10 II and D441-5, since 2013-01-01: due by law for each late invoice between businesses and
    from public buyers (CCP D2192-35, article number from memory), without reduction (CJEU 4 May 2023,
    C-78/22). Not from consumers (CPCE L111-8). Not when insolvency proceedings forbid payment at the due
    date; an invoice due before the opening judgment keeps it (reading). No interest on it, no VAT.

    Args:
        due_on: late from the next day. Delays that began before 2013-01-01 get none (reading).
        as_of: the day the question is asked for.
    """
    late = due_on < as_of and due_on >= FIXED_INDEMNITY_SINCE
    barred = insolvency_opened_on is not None and due_on >= insolvency_opened_on
    return FIXED_INDEMNITY_MINOR if late and business and not barred else 0


def last_interest_day(as_of: date, insolvency_opened_on: date | None = None) -> date:
    """The last day that bears interest: `as_of`, or the day before the opening judgment (C. com. L622-28).

    That the day of the judgment itself bears none is a prudent convention (penalty_examples.json P09).
    """
    return as_of if insolvency_opened_on is None else min(as_of, insolvency_opened_on - _DAY)


def _rate(anchor: HalfYear, rule: Rule) -> int:
    if rule == "default_ecb_plus_10":
        return anchor.default
    return anchor.legal if rule == "legal_interest" else anchor.floor


def _cut(first_day: date, last_day: date) -> Iterator[tuple[date, date]]:
    """The stretches of a delay inside each half-year, both days inclusive."""
    start = first_day
    while start <= last_day:
        half = half_year_start(start)
        turn = date(half.year, 7, 1) if half.month == 1 else date(half.year + 1, 1, 1)
        yield start, min(last_day, turn - _DAY)
        start = turn
