"""Days on which banks book: neither a weekend nor a holiday of the French calendar or of TARGET.

Sources: Code du travail L3133-1 (the eleven French holidays); ECB, TARGET closing days: 1 January, Good Friday,
Easter Monday, 1 May, 25 and 26 December.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, timedelta
from functools import cache, lru_cache

_FIXED = ((1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25), (12, 26))
#: Days from Easter Sunday: Good Friday, Easter Monday, Ascension, Whit Monday.
_MOVING = (-2, 1, 39, 50)


@cache
def easter(year: int) -> date:
    """Easter Sunday in the Gregorian calendar (the anonymous algorithm, Nature 1876)."""
    a, b, c = year % 19, year // 100, year % 100
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    m = (32 + 2 * e + 2 * i - h - k) % 7
    month, day = divmod(h + m - 7 * ((a + 11 * h + 22 * m) // 451) + 114, 31)
    return date(year, month, day + 1)


@cache
def _working(year: int) -> tuple[int, ...]:
    """The ordinals of the bank days of a year, ascending."""
    off = {date(year, month, day) for month, day in _FIXED}
    off |= {easter(year) + timedelta(days=days) for days in _MOVING}
    first, after = date(year, 1, 1), date(year + 1, 1, 1)
    days = (first + timedelta(days=n) for n in range((after - first).days))
    return tuple(day.toordinal() for day in days if day.weekday() < 5 and day not in off)


@lru_cache(maxsize=65_536)
def bank_days(first: date, last: date) -> int:
    """Bank days from `first` to `last`: how many lie after the one, up to the other; negative when `last` is earlier.

    From Friday to Monday is 1, as is from Saturday to Monday; from Friday to Saturday 0.
    """
    if last < first:
        return -bank_days(last, first)
    if first.year == last.year:
        days = _working(first.year)
        return bisect_right(days, last.toordinal()) - bisect_right(days, first.toordinal())
    end = date(first.year, 12, 31)
    return bank_days(first, end) + bank_days(date(first.year + 1, 1, 1), last)
