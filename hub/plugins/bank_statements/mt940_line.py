"""The `:61:` line of MT940: dates, mark, amount, type, references. Source: formats.md §4.3."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.limits import AMOUNT_DIGITS
from hub.sdk.money import exponent, is_currency

# Value date, entry date, mark (R reverses), funds code (third letter of the currency), amount, type, references.
_LINE: Final = re.compile(
    r"(?P<value>[0-9]{6})(?P<entry>[0-9]{4})?\s*(?P<mark>R?[CDcd])(?P<funds>[A-Za-z])?"
    r"(?P<amount>[0-9]+(?:[.,][0-9]*)?)(?P<type>[A-Za-z][A-Za-z0-9 ]{0,3})?(?P<rest>.*)",
    re.DOTALL,
)
_MARKS: Final = {"C": 1, "D": -1, "RC": -1, "RD": 1}


@dataclass(frozen=True, slots=True)
class Line:
    """The parts of a `:61:` line, as written; `bank_ref` is what follows ``//``."""

    value: str
    entry: str
    mark: str
    amount: str
    type: str
    customer_ref: str
    bank_ref: str


def line_of(text: str) -> Line:
    """The parts of one line.

    Raises:
        Garbled: HUB-BANK-038.
    """
    found = _LINE.fullmatch(text.rstrip())
    if found is None:
        expected = "YYMMDD, [MMDD], C, D, RC or RD, an amount with a comma and a type"
        raise Garbled("HUB-BANK-038", reason=f"{expected} are expected in :61:, not {text[:60]!r}")
    customer, _, bank = found["rest"].partition("//")
    return Line(
        found["value"],
        found["entry"] or "",
        found["mark"].upper(),
        found["amount"],
        (found["type"] or "").strip(),
        customer.strip(),
        bank.strip(),
    )


def amount_of(line: Line, currency: str) -> int:
    """Signed minor units: RC is money leaving, RD money coming back.

    Raises:
        Garbled: HUB-BANK-030 or 033.
    """
    if not is_currency(currency):
        raise Garbled("HUB-BANK-033", text=currency[:10])
    whole, _, fraction = line.amount.replace(".", ",").partition(",")
    places = exponent(currency)
    if not (whole + fraction).isdigit() or fraction[places:].strip("0"):
        raise Garbled("HUB-BANK-030", text=line.amount[:40], reason=f"a comma and {places} decimals are expected")
    digits = whole.lstrip("0") + fraction[:places].ljust(places, "0")
    if len(digits) > AMOUNT_DIGITS:
        raise Garbled("HUB-BANK-030", text=line.amount[:40], reason="it is beyond what any account holds")
    return _MARKS[line.mark] * int(digits or "0")


def day_of(line: Line) -> tuple[str, str, bool]:
    """Booking date, value date (both ISO), and whether the value date was the bank's 30 February.

    The entry date has no year: the one closest to the value date is meant. Banks that reckon months of 30 days write
    30 February: the last day of the month stands for it.

    Raises:
        Garbled: HUB-BANK-031.
    """
    text = line.value
    year = int(("20" if text[:2] < "60" else "19") + text[:2])
    month, day = int(text[2:4]), int(text[4:6])
    clamped = month == 2 and day in (29, 30) and day > monthrange(year, 2)[1]
    try:
        value = date(year, month, monthrange(year, 2)[1] if clamped else day)
    except ValueError:
        raise Garbled("HUB-BANK-031", field="value date", text=text) from None
    if not line.entry:
        return value.isoformat(), value.isoformat(), clamped
    entries = [entry for y in (year - 1, year, year + 1) if (entry := _date(y, line.entry)) is not None]
    if not entries:
        raise Garbled("HUB-BANK-031", field="entry date", text=line.entry)
    booked = min(entries, key=lambda entry: abs((entry - value).days))
    return booked.isoformat(), value.isoformat(), clamped


def _date(year: int, text: str) -> date | None:
    try:
        return date(year, int(text[:2]), int(text[2:4]))
    except ValueError:
        return None
