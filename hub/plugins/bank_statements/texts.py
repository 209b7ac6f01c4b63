"""Small texts of bank statements: dates, references that mean 'none', words fit for storage."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.limits import NAME_CHARS
from hub.sdk.amounts import minor_from_text
from hub.sdk.money import exponent, is_currency

# C0 and C1 controls but tab and line ends. Non-characters and lone surrogates cannot come out of a strict decoding.
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_AMOUNT_CHARS = frozenset("0123456789+-., \u00a0\u202f")
_NONE = frozenset({"NONREF", "NOTPROVIDED", "NOT PROVIDED", "NOTAVAILABLE", "NOT AVAILABLE", "NONE", "N/A"})


@lru_cache(8192)
def century(day: str, month: str, year: str) -> str:
    """ISO date of a two-digit year: below 60 is 20YY (formats.md §4.1, rule 2). ValueError when impossible."""
    century_ = "20" if year < "60" else "19"
    return date(int(century_ + year), int(month), int(day)).isoformat()


@lru_cache(8192)
def iso_date(text: str) -> str:
    """The date part of an ISO date or date and time, as written. ValueError when it is none."""
    head = text[:10]
    if len(head) != 10 or (len(text) > 10 and text[10] not in "TtZz+- "):
        raise ValueError(text)
    return date.fromisoformat(head).isoformat()


def reference(text: str | None) -> str:
    """`text` if it is a reference; empty for NONREF, NOTPROVIDED and their like (formats.md §4.2, §4.3)."""
    if not text:
        return ""
    text = text.strip()
    return "" if text.upper() in _NONE or not text.strip("0 .-/") else text


def clean(text: str, field: str, where: str, limit: int = NAME_CHARS) -> str:
    """`text` on one line, blanks at its ends removed, otherwise unchanged.

    Raises:
        RecordRejected: a control character (HUB-BANK-035), or more than `limit` characters (HUB-BANK-034).
    """
    text = text.strip()
    found = CONTROL.search(text)
    if found:
        raise reject("HUB-BANK-035", where, field=field, char=f"U+{ord(found[0]):04X}")
    if len(text) > limit:
        raise reject("HUB-BANK-034", where, field=field, size=len(text), limit=limit)
    return text


def account_text(text: str) -> str:
    """An account number without blanks, in capitals."""
    return "".join(text.split()).upper()


def rib_of(account: str) -> str:
    """The French RIB (bank 5, branch 5, account 11) of an IBAN or RIB; any other account unchanged.

    >>> rib_of("FR7630006000011234567890189")
    '300060000112345678901'
    """
    if len(account) == 27 and account[:2] in ("FR", "MC"):
        return account[4:25]
    if len(account) == 23 and account[:10].isdigit() and account[-2:].isdigit():  # with its two-digit key
        return account[:21]
    return account


@lru_cache(1024)
def digits_and_letters(account: str) -> str:
    """An account without separators, as a RIB when it is a French IBAN: what two spellings of it share."""
    return rib_of("".join(char for char in account.upper() if char.isalnum()))


def same_account(found: str, wanted: str) -> bool:
    """Whether a statement's account (``bank/account`` in some formats) is the one the configuration wants."""
    want = digits_and_letters(wanted)
    return digits_and_letters(found) == want or digits_and_letters(found.rpartition("/")[2]) == want


def loose_minor(text: str, currency: str) -> int:
    """A signed amount written with a decimal comma or point, in minor units (OFX, QIF: formats.md §4.4).

    The last of two different marks is the decimal one. One mark followed by three digits could group thousands as
    well: it is refused rather than guessed, unless the currency has three decimals.

    Raises:
        Garbled: HUB-BANK-030 or 033.
    """
    if not is_currency(currency):
        raise Garbled("HUB-BANK-033", text=currency[:40])
    text = text.strip()
    last = max(text.rfind(","), text.rfind("."))
    decimal = text[last] if last >= 0 else "."
    alone = text.count(",") + text.count(".") == 1
    if alone and len(text) - last - 1 == 3 and exponent(currency) != 3:
        raise Garbled("HUB-BANK-030", text=text[:40], reason="its mark may group thousands or be the decimal one")
    if not set(text) <= _AMOUNT_CHARS or len(text) > 40:
        raise Garbled("HUB-BANK-030", text=text[:40], reason="digits, a sign and one decimal mark are expected")
    try:
        return minor_from_text(text, currency, decimal)
    except ValueError as error:
        raise Garbled("HUB-BANK-030", text=text[:40], reason=str(error)[:120]) from None
