"""Values as Dolibarr's JSON has them: numbers also as texts, days as seconds since 1970, nothing as "" or null."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from hub.sdk.amounts import minor_from_json

_DAY = 86_400


def amount(value: Any, currency: str) -> int:
    """An amount in minor units; what is not given is zero (a sum over no payments is null)."""
    return 0 if value is None or value == "" else minor_from_json(value, currency)


def whole(value: Any) -> int:
    """A number that counts or names something; what is not given is 0.

    Raises:
        ValueError: it is no whole number.
    """
    if value is None or value == "" or isinstance(value, bool):
        return int(bool(value))
    return int(str(value))


def text(value: Any, most: int = 500) -> str | None:
    """A text without blanks around it, cut at `most` characters; None when nothing is in it."""
    found = "" if value is None else str(value).replace("\0", "").strip()
    return found[:most] or None


def day(value: Any) -> date | None:
    """The day that a date stands for; None when there is none.

    Dolibarr gives a day as the second at which it begins in the server's time zone, or as text. The zone is not told.
    The nearest midnight in UTC is that of the right day in each zone from UTC-11 to UTC+12.

    Raises:
        ValueError: it is neither.
    """
    if value is None or value == "" or value == 0:
        return None
    told = str(value)
    if "-" in told[1:]:
        return date.fromisoformat(told[:10])
    return instant_day((int(told) + _DAY // 2) // _DAY * _DAY)


def instant_day(seconds: int) -> date:
    """The day in UTC of an instant."""
    return datetime.fromtimestamp(seconds, UTC).date()
