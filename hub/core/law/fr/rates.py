"""Dated French rates: ECB main refinancing rate (MRO) and legal interest, by half-year.

Percentages are integers of a hundredth of a percent: 12.15 % is 1215. Sources stand in each row of
`data/*.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import NamedTuple

#: C. com. L441-10 II: the default late rate is the MRO plus 10 points.
DEFAULT_POINTS = 1_000
#: CCP L2192-13, R2192-31: public buyers pay the MRO plus 8 points.
PUBLIC_POINTS = 800
#: C. com. L441-10 II: a contract's rate is at least 3 times legal interest.
FLOOR_FACTOR = 3


class UnknownRate(LookupError):
    """The table has no rate for a half-year: add it, with its source. A rate is never extrapolated.

    Attributes:
        half_year: its first day.
    """

    def __init__(self, half_year: date) -> None:
        half = "first" if half_year.month == 1 else "second"
        super().__init__(f"no rate is known for the {half} half of {half_year.year} (from {half_year})")
        self.half_year = half_year


class HalfYear(NamedTuple):
    """The rates that rule one half-year, in hundredths of a percent. `starts_on`: 1 January or 1 July."""

    starts_on: date
    mro: int
    legal: int

    @property
    def default(self) -> int:
        """What is due when nothing else was agreed: MRO of the half-year's first day + 10 points (L441-10
        II).
        """
        return self.mro + DEFAULT_POINTS

    @property
    def public(self) -> int:
        """What a public buyer owes when interest started in this half-year: MRO + 8 points (CCP R2192-31)."""
        return self.mro + PUBLIC_POINTS

    @property
    def floor(self) -> int:
        """The least a contract may agree: 3 times legal interest, "all other cases" (L441-10 II)."""
        return FLOOR_FACTOR * self.legal

    @property
    def default_below_floor(self) -> bool:
        """True in both halves of 2024: the default then lies below what a contract may go down to.

        The floor limits contract clauses; the default stays the default (reading). Warn, do not raise the
        rate.
        """
        return self.default < self.floor


class RateTable(NamedTuple):
    """Known half-years by their first day."""

    half_years: Mapping[date, HalfYear]

    def on(self, day: date) -> HalfYear:
        """The half-year `day` lies in. The MRO in force on its first day rules it whole; a change waits.

        C. com. L441-10 II, in force in this form since 2019-04-26 (ordonnance 2019-359).

        Raises:
            UnknownRate: nobody entered this half-year; names it.
        """
        start = half_year_start(day)
        try:
            return self.half_years[start]
        except KeyError:
            raise UnknownRate(start) from None


def half_year_start(day: date) -> date:
    """1 January or 1 July, the last one up to `day`."""
    return date(day.year, 1 if day.month < 7 else 7, 1)


def hundredths(percent: str) -> int:
    """`"12.15"` → 1215.

    Raises:
        ValueError: not a percentage with at most two decimals.
    """
    match = re.fullmatch(r"(\d{1,3})(?:\.(\d{1,2}))?", percent.strip())
    if match is None:
        raise ValueError(f"{percent!r} is no rate in percent with at most two decimals")
    return int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))


def build_table(mro: Mapping[date, int], legal: Mapping[date, int]) -> RateTable:
    """Half-years out of two tables of (first day → hundredths of a percent).

    Args:
        mro: by day of effect; the last one up to a half-year's first day rules it.
        legal: by half-year. It decides which half-years are known, since it has a row for each; the MRO,
            which has rows for changes only, would seem to know the future.

    Raises:
        ValueError: legal interest dated inside a half-year, or before the first MRO.
    """
    known: dict[date, HalfYear] = {}
    for start, rate in sorted(legal.items()):
        if start != half_year_start(start):
            raise ValueError(f"legal interest changes on 1 January and 1 July, not on {start}")
        before = [day for day in mro if day <= start]
        if not before:
            raise ValueError(f"no MRO is known on {start}")
        known[start] = HalfYear(start, mro[max(before)], rate)
    return RateTable(known)


def read_rates(text: str) -> dict[date, int]:
    """The rows of a rate file (`valid_from,rate_percent,source`), in hundredths of a percent.

    Raises:
        ValueError: a row without a source, a date given twice, or a rate that is none.
    """
    rates: dict[date, int] = {}
    for row in csv.DictReader(text.splitlines()):
        day = date.fromisoformat(row["valid_from"])
        if day in rates:
            raise ValueError(f"two rates from {day}")
        if not (row["source"] or "").strip():
            raise ValueError(f"the rate from {day} has no source")
        rates[day] = hundredths(row["rate_percent"])
    return rates


@cache
def shipped_rates() -> RateTable:
    """The table that comes with the hub, first half of 2015 to second half of 2026; read once, when first
    asked for.
    """
    from importlib import resources  # 20 ms, for those who ask for rates only

    data = resources.files("hub.core.law.fr") / "data"
    mro, legal = (
        read_rates((data / name).read_text(encoding="utf-8"))
        for name in ("ecb_mro_rate.csv", "legal_interest_rate.csv")
    )
    return build_table(mro, legal)
