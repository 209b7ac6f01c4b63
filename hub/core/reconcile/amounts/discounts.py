"""Cash discounts (escompte): what a debtor may keep for paying early."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from hub.core.reconcile.texts.text import fold

_PERCENT = re.compile(r"(\d+(?:[.,]\d+)?) ?%")
_DAYS = re.compile(r"(\d+) ?(?:JOURS?|J\b|DAYS?|D\b)")
_SHORT = re.compile(r"\b(\d+(?:[.,]\d+)?) ?%? ?/ ?(\d+)\b")  # "2/8 net 30", "2%/10"


@lru_cache(maxsize=4096)
def discount_terms(text: str) -> tuple[int, int] | None:
    """(rate in basis points, days from the invoice date) of terms such as "2% 8 jours"; None if unreadable."""
    folded = fold(text)
    short = _SHORT.search(folded)
    if short:
        rate, days = short.group(1), short.group(2)
    else:
        percent, within = _PERCENT.search(folded), _DAYS.search(folded)
        if not percent or not within:
            return None
        rate, days = percent.group(1), within.group(1)
    if len(rate) > 6 or len(days) > 3:
        return None
    whole, _, decimals = rate.replace(",", ".").partition(".")
    basis_points = int(whole) * 100 + int((decimals + "00")[:2])
    return (basis_points, int(days)) if 0 < basis_points <= 2000 else None


def discount_minor(terms: str | None, total_minor: int, issued_on: date, paid_on: date, grace_days: int) -> int:
    """The discount allowed on `total_minor` when paid on `paid_on`: 0 without terms or past their date.

    Rounded half up to the smallest unit, as invoices do.
    """
    if not terms:
        return 0
    known = discount_terms(terms)
    if known is None or paid_on > issued_on + timedelta(days=known[1] + grace_days):
        return 0
    return (total_minor * known[0] + 5000) // 10000
