"""Amounts as people and machines write them, to integer minor units, exactly.

`1 234,56`, `1.234,56-`, `(12,00)`, `€ 5`, `1 234,56 C`: formats.md §7. Text never passes through a float,
and a text that cannot be read in one way only is refused: two signs, a currency sign of another currency,
blanks that do not group by three, a decimal mark with nothing behind it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from hub.sdk.money import MAX_MINOR, exponent

_NOTHING = dict.fromkeys(map(ord, "\u200e\u200f\u2060\ufeff"))
_BLANKS = {**_NOTHING, **dict.fromkeys(map(ord, "\t\u00a0\u202f\u2009\u2007'’"), " ")}
_SIGNS = {ord("\u2212"): "-", ord("\u2013"): "-"}
_CLEAN = {**_BLANKS, **_SIGNS}

#: Currencies that a sign may stand for. An ISO code written beside the amount must be the very currency.
_SIGN_OF = {
    "€": frozenset({"EUR"}),
    "$": frozenset("USD CAD AUD NZD HKD SGD MXN TWD ARS CLP COP".split()),
    "£": frozenset("GBP EGP GIP FKP SHP".split()),
    "¥": frozenset({"JPY", "CNY"}),
}
_CURRENCY = re.compile(r"€|\$|£|¥|(?<![A-Z])[A-Z]{3}(?![A-Z])")
_GROUPED_BY_BLANKS = re.compile(r"\d{1,3}(?: \d{3})+")
_GROUPED = {",": re.compile(r"\d{1,3}(?:\.\d{3})+"), ".": re.compile(r"\d{1,3}(?:,\d{3})+")}
_ONE_BY_ONE = {
    ",": re.compile(r"(-?\d{1,14}),(\d\d)"),
    ".": re.compile(r"(-?\d{1,14})\.(\d\d)"),
}
#: Every digit as 0: the shape of a column's texts is then compared in one pass.
_SHAPE = bytes(ord("0") if chr(code).isascii() and chr(code).isdigit() else code for code in range(256))


def minor_from_text(text: str, currency: str, decimal: str = ",") -> int:
    """The signed amount written in `text`, in minor units of `currency`.

    Args:
        text: one amount; blanks, a currency sign, one leading or trailing sign, brackets or a
            final D (debit, positive) or C (credit, negative: a ledger's point of view) are understood.
        currency: ISO 4217; decides how many decimals are allowed (trailing zeros beyond them are).
        decimal: the decimal mark of the column, ``,`` or ``.``; the other one may group thousands.

    Raises:
        ValueError: the text is no amount, has too many decimals, or is out of range. The message says which.
    """
    body, negative = _unsigned(text, currency)
    whole, fraction = _digits(text, body, decimal)
    places = exponent(currency)
    if fraction[places:].strip("0"):
        raise ValueError(f"amount {text[:40]!r} has more decimals than {currency} allows ({places})")
    if len(whole) + places > 19:
        raise ValueError(f"amount {text[:40]!r} is too large")
    minor = int((whole or "0") + fraction[:places].ljust(places, "0"))
    if minor > MAX_MINOR:
        raise ValueError(f"amount {text[:40]!r} is too large")
    return -minor if negative else minor


def minor_from_json(value: object, currency: str) -> int:
    """The signed amount that a JSON document gives, in minor units of `currency`: a number, or a number as text.

    Programs that count in binary fractions write 70.1 as 70.099999999999994: what lies beyond the eighth decimal of a
    number is rounded away. A text is taken at its word.

    Args:
        value: an `int`, a `Decimal` (what `Answer.json` makes of a decimal point), or text with a decimal point.

    Raises:
        ValueError: it is none of these, or no amount of this currency.
    """
    if isinstance(value, Decimal) and value.is_finite() and value.adjusted() < 20:
        return minor_from_text(f"{round(value, 8):f}", currency, decimal=".")
    if isinstance(value, int) and not isinstance(value, bool):
        return minor_from_text(str(value), currency, decimal=".")
    if isinstance(value, str):
        return minor_from_text(value, currency, decimal=".")
    raise ValueError(f"{str(value)[:40]!r} is no amount")


def minor_column(texts: Sequence[str], currency: str, decimal: str = ",") -> tuple[list[int | None], dict[int, str]]:
    """A whole column of amounts at once: exactly what `minor_from_text` gives text by text, several times faster.

    Returns:
        One entry per text, None where the text is blank or cannot be read, and the faults: index -> message.
    """
    if exponent(currency) == 2:
        plain = _plain_hundredths(texts, decimal)
        if plain is not None:
            return plain, {}
    one_by_one = _ONE_BY_ONE[decimal].fullmatch if exponent(currency) == 2 else None
    values: list[int | None] = []
    faults: dict[int, str] = {}
    for index, text in enumerate(texts):
        match = one_by_one(text) if one_by_one and text.isascii() else None
        if match:
            values.append(int(match[1] + match[2]))
        elif not text or text.isspace():
            values.append(None)
        else:
            try:
                values.append(minor_from_text(text, currency, decimal))
            except ValueError as error:
                values.append(None)
                faults[index] = str(error)
    return values, faults


def _plain_hundredths(texts: Sequence[str], decimal: str) -> list[int | None] | None:
    """The column when every text is empty or written like `-1234,56`; None when one is not, in any respect.

    All checks are passes in C over the joined column: as many decimal marks as texts, each followed by two
    digits and the end of its text; otherwise digits only; a minus only in front. So each text has one reading.
    """
    joined = "\n".join(texts)
    if not joined.isascii() or not texts or max(map(len, texts)) > 18:
        return None
    raw, mark = f"\n{joined}\n".encode(), decimal.encode()
    shape = raw.translate(_SHAPE)
    given = len(texts) - texts.count("")
    if (
        raw.count(b"\n") != len(texts) + 1
        or raw.count(mark) != given
        or shape.count(mark + b"00\n") != given
        or raw.translate(None, b"0123456789-\n" + mark)
        or raw.count(b"-") != raw.count(b"\n-")
        or shape.count(b"0" + mark) != given
    ):
        return None
    numbers = raw.replace(mark, b"").split(b"\n")[1:-1]
    if given == len(texts):
        return list(map(int, numbers))
    return [int(number) if number else None for number in numbers]


def _unsigned(text: str, currency: str) -> tuple[str, bool]:
    """The digits and marks of `text` without currency and sign; and whether it is negative."""
    body = text.translate(_CLEAN).strip(" ")
    for written in _CURRENCY.findall(body):
        if currency not in _SIGN_OF.get(written, {written}):
            raise ValueError(f"amount {text[:40]!r} is written in {written}, its currency is {currency}")
        body = body.replace(written, "", 1).strip(" ")
    signs = []
    if body.startswith("(") and body.endswith(")"):
        body = body[1:-1].strip(" ")
        signs.append(True)
    if body[-1:] in ("C", "D") and body[:-1]:  # a ledger's column: credit lowers what the debtor owes
        signs.append(body[-1] == "C")
        body = body[:-1].strip(" ")
    if body[:1] in ("-", "+"):
        signs.append(body[0] == "-")
        body = body[1:].strip(" ")
    if body[-1:] in ("-", "+"):
        signs.append(body[-1] == "-")
        body = body[:-1].strip(" ")
    if len(signs) > 1:
        raise ValueError(f"amount {text[:40]!r} has two signs")
    return body, any(signs)


def _digits(text: str, body: str, decimal: str) -> tuple[str, str]:
    """Whole and fractional digits of `body`; thousands marks are accepted only where they group by three."""
    group = "." if decimal == "," else ","
    whole, mark, fraction = body.partition(decimal)
    if " " in whole and _GROUPED_BY_BLANKS.fullmatch(whole):
        whole = whole.replace(" ", "")
    elif group in whole and _GROUPED[decimal].fullmatch(whole):
        whole = whole.replace(group, "")
    digits = whole + fraction
    if not digits.isascii() or not digits.isdigit() or (mark and not fraction):
        raise ValueError(f"amount {text[:40]!r} is not a number written like '1 234{decimal}56'")
    return whole.lstrip("0"), fraction
