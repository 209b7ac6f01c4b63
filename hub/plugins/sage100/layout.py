"""What mapping needs besides a unit's own rows: names of their columns, currencies, payment methods, fiscal years.

It travels with the units as one text, so that a kept unit can be mapped again without asking Sage.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from hub.plugins.sage100.faults import rejected
from hub.sdk.money import exponent, is_currency

#: Dates that Sage writes for none.
NO_DAY = frozenset({"", "1753-01-01", "1900-01-01"})


@dataclass(frozen=True)
class Layout:
    """The surroundings of one stream's units.

    Attributes:
        columns: names of the values in each row.
        currencies: ISO code by P_DEVISE.cbIndice; 0, the company's own, is not in it.
        methods: name of a way of payment by P_REGLEMENT.cbIndice.
        number: which column holds the invoice's number.
        year_begins: month in which the fiscal year begins.
    """

    columns: tuple[str, ...]
    currencies: Mapping[int, str]
    methods: Mapping[int, str]
    number: str
    year_begins: int

    def as_text(self) -> str:
        return json.dumps(
            {
                "columns": list(self.columns),
                "currencies": {str(key): code for key, code in sorted(self.currencies.items())},
                "methods": {str(key): name for key, name in sorted(self.methods.items())},
                "number": self.number,
                "year_begins": self.year_begins,
            },
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )

    def currency(self, number: int, own: str, where: str) -> str:
        """The currency with this number in Sage.

        Raises:
            RecordRejected: P_DEVISE gives it no ISO code.
        """
        if number == 0:
            return own
        code = self.currencies.get(number, "")
        if not is_currency(code):
            raise rejected("HUB-SAGE-022", where, number=number)
        return code

    def fiscal_year(self, month: str) -> int:
        """The calendar year in which the fiscal year of a month (``YYYY-MM-01``) begins."""
        return int(month[:4]) - (int(month[5:7]) < self.year_begins)


@lru_cache(maxsize=64)
def layout_of(text: str) -> Layout:
    """The layout that was written as `text`."""
    told: dict[str, Any] = json.loads(text)
    return Layout(
        columns=tuple(told["columns"]),
        currencies={int(key): code for key, code in told["currencies"].items()},
        methods={int(key): name for key, name in told["methods"].items()},
        number=told["number"],
        year_begins=told["year_begins"],
    )


def fiscal_month(starts: Sequence[str]) -> int:
    """The month in which fiscal years begin, of the first days that P_DOSSIER gives; January when it gives none."""
    known = [start for start in starts if start not in NO_DAY]
    return int(min(known)[5:7]) if known else 1


def day_of(text: str) -> str | None:
    """A day as Sage gives it, None for its empty dates."""
    return None if text in NO_DAY else text


@lru_cache(maxsize=20_000)
def posted_on(month: str, day: int) -> str | None:
    """The accounting date: the day in its month, 1 for 0; None when the month has no such day."""
    if month in NO_DAY or not 0 <= day <= 31:
        return None
    text = f"{month[:8]}{day or 1:02d}"
    try:
        date.fromisoformat(text)
    except ValueError:
        return None
    return text


@lru_cache(maxsize=64)
def factor(currency: str) -> int:
    """How many millionths make one minor unit."""
    return int(10 ** (6 - exponent(currency)))


def minor(millionths: int, currency: str, where: str) -> int:
    """An amount without its sign, in minor units.

    Raises:
        RecordRejected: it has more decimals than the currency.
    """
    value, rest = divmod(abs(millionths), factor(currency))
    if rest:
        raise rejected("HUB-SAGE-020", where, amount=Decimal(millionths).scaleb(-6), currency=currency)
    return value
