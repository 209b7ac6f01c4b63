"""Amounts of camt entries: exact, in one currency, with charges apart; and whether a batch adds up.

Source: formats.md §4.2 (charges by version, faults met by others).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.limits import AMOUNT_DIGITS
from hub.plugins.bank_statements.xmlread import Tree, each, first, text_at, text_of
from hub.sdk.money import exponent, is_currency

_DECIMAL: Final = re.compile(r"\+?([0-9]*)(?:\.([0-9]*))?")
_SIGN: Final = {"CRDT": 1, "DBIT": -1}


@lru_cache(4096)
def minor_of(text: str, currency: str) -> int:
    """A decimal with a point, without sign, in minor units of `currency` (ISO 20022 ActiveOrHistoricCurrencyAndAmount).

    Remembered for a while: an entry says its amount three or four times.

    Raises:
        Garbled: HUB-BANK-030 or 033.
    """
    if not is_currency(currency):
        raise Garbled("HUB-BANK-033", text=currency[:40])
    found = _DECIMAL.fullmatch(text)
    whole, fraction = (found[1], found[2] or "") if found else ("", "")
    if not whole + fraction:
        reason = "a number with a decimal point and no sign is expected"
        raise Garbled("HUB-BANK-030", text=text[:40], reason=reason)
    places = exponent(currency)
    if fraction[places:].strip("0"):
        raise Garbled("HUB-BANK-030", text=text[:40], reason=f"{currency} has {places} decimals")
    digits = whole.lstrip("0") + fraction[:places].ljust(places, "0")
    if len(digits) > AMOUNT_DIGITS:
        raise Garbled("HUB-BANK-030", text=text[:40], reason="it is beyond what any account holds")
    return int(digits or "0")


def sign_of(text: str) -> int:
    """1 for CRDT, −1 for DBIT (CdtDbtInd). Raises Garbled, HUB-BANK-036."""
    sign = _SIGN.get(text)
    if sign is None:
        raise Garbled("HUB-BANK-036", text=text[:40])
    return sign


def amount_at(node: Tree | None, *path: str) -> tuple[int, str] | None:
    """Unsigned amount and currency of the element at `path`; None when there is none or it is not understood."""
    found = first(node, *path)
    if found is None:
        return None
    currency = str(found.get("@Ccy", "")).strip()
    try:
        return minor_of(text_of(found), currency), currency
    except Garbled:
        return None


def ordered_amount(detail: Tree) -> tuple[int, str] | None:
    """What the payer ordered, before charges and exchange: amount and currency; None when the bank does not say."""
    return amount_at(detail, "AmtDtls", "InstdAmt", "Amt")


def detail_amount(detail: Tree, currency: str, sign: int) -> int | None:
    """Signed amount of a TxDtls in `currency`: its Amt (.04 and later) or AmtDtls/TxAmt/Amt (.02), else what was
    ordered (InstdAmt), the only one some banks give of a batch; None without one."""
    found = amount_at(detail, "Amt") or amount_at(detail, "AmtDtls", "TxAmt", "Amt") or ordered_amount(detail)
    if found is None or found[1] != currency:
        return None
    own = _SIGN.get(text_at(detail, "CdtDbtInd"), sign)
    return own * found[0]


def charges(node: Tree, currency: str) -> int:
    """Charges stated below an entry or detail, in `currency`; credits of charges count negative. 0 when none."""
    total = 0
    for block in each(node, "Chrgs"):
        stated = amount_at(block, "TtlChrgsAndTaxAmt")
        if stated is not None and stated[1] == currency:
            total += stated[0]
            continue
        for record in each(block, "Rcrd") or [block]:
            part = amount_at(record, "Amt")
            if part is not None and part[1] == currency:
                total += -part[0] if text_at(record, "CdtDbtInd") == "CRDT" else part[0]
    return total


def fees_of(entry: Tree, details: Iterable[Tree], booked: int, currency: str) -> str | None:
    """How the details add up to the `booked` amount of their entry (signed).

    Returns:
        ``""`` when they do exactly, ``"detail"`` or ``"entry"`` when they do once the charges stated there are taken
        off (money received only), None when they do not: the entry is then booked as one.
    """
    sign = 1 if booked >= 0 else -1
    total = taken = 0
    for detail in details:
        amount = detail_amount(detail, currency, sign)
        if amount is None:
            return None
        total += amount
        taken += charges(detail, currency)
    if total == booked:
        return ""
    if sign > 0 and total > booked:
        if total - taken == booked:
            return "detail"
        if total - charges(entry, currency) == booked:
            return "entry"
    return None
