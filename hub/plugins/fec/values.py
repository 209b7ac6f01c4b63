"""Amounts and dates as ledgers write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from hub.plugins.fec.faults import rejected
from hub.sdk.amounts import minor_from_text

#: Characters of an amount that is simply written.
_LONGEST = 18


def plain_cents(texts: Sequence[str]) -> list[int] | None:
    """A column of amounts in euros (no line ends within) in cents, empty ones 0; None when one is not simply written
    like 12,50 or 12.50."""
    if not texts:
        return []
    if "" in texts:
        texts = [text or "0,00" for text in texts]
    # One sign each, before two digits; without these nothing but digits, and a minus in front.
    joined = "\n".join(texts)
    digits = joined.replace(",", "").replace(".", "")
    if len(joined) - len(digits) != len(texts) or not {text[-3:-2] for text in texts} <= {",", "."}:
        return None
    plain = digits.replace("\n", "").replace("-", "")
    if max(map(len, texts)) > _LONGEST or ",-" in joined or ".-" in joined or not (plain.isascii() and plain.isdigit()):
        return None
    try:
        return list(map(int, digits.split("\n")))
    except ValueError:  # a minus within
        return None


def minor(text: str, currency: str, place: str) -> int:
    """An amount in minor units: a decimal comma or point, leading zeros and blanks; empty is zero.

    Raises:
        RecordRejected: it is no amount.
    """
    text = text.strip()
    if currency == "EUR" and text[-3:-2] in (",", "."):
        digits = text[:-3] + text[-2:]
        if digits.isdigit() and digits.isascii() and len(digits) < 18:
            return int(digits)
    if not text:
        return 0
    try:
        decimal = "." if "." in text and text.rfind(".") > text.rfind(",") else ","
        lead = text.lstrip("0")
        if lead[:1] in "-+" and lead[1:]:  # Odoo pads before the sign: 0000-12,50
            text = lead
        return minor_from_text(text, currency, decimal)
    except ValueError as error:
        raise rejected("HUB-FEC-011", place, detail=str(error)) from None


def iso_day(text: str) -> str:
    """A date as ISO text, empty when `text` is none. AAAAMMJJ; also AAAA-MM-JJ, JJ/MM/AAAA and JJMMAAAA.

    1900-01-01, 1899-12-30 and the like are what programs write for no date.
    """
    digits = text.strip()
    if len(digits) == 10 and digits[4] in "-/.":
        digits = digits[:4] + digits[5:7] + digits[8:]
    elif len(digits) == 10 and digits[2] in "-/.":
        digits = digits[6:] + digits[3:5] + digits[:2]
    if len(digits) != 8 or not digits.isdigit() or not digits.isascii():
        return ""
    if not "1901" <= digits[:4] <= "2199":
        digits = digits[4:] + digits[2:4] + digits[:2]
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return ""
    return day.isoformat() if 1901 <= day.year <= 2199 else ""
