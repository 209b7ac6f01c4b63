"""Exact money: integer minor units and an ISO 4217 currency. No float anywhere.

>>> Money(minor=123456, currency="EUR").decimal_text()
'1234.56'
>>> Money(minor=500, currency="JPY").decimal_text()
'500'
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# ISO 4217, list of active codes and funds (SIX maintenance agency). Testing and metal codes are left out.
_ACTIVE = frozenset(
    """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
    CHF CHW CLF CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ
    GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL
    LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR
    PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY
    TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG HRK ANG SLL
    """.split()
)
_EXPONENTS = {
    **dict.fromkeys("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF".split(), 0),
    **dict.fromkeys("BHD IQD JOD KWD LYD OMR TND".split(), 3),
    **dict.fromkeys("CLF UYW".split(), 4),
}

#: The largest amount in minor units that the hub stores: a signed 64-bit integer, as both data bases keep it.
MAX_MINOR = 2**63 - 1

Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$", description="ISO 4217 code")]


class CurrencyMismatch(ValueError):
    """Two currencies met in one sum or comparison."""


def is_currency(code: str) -> bool:
    """True for an active ISO 4217 code, in capitals."""
    return code in _ACTIVE


def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for TND (ISO 4217).

    Raises:
        ValueError: the code is no active ISO 4217 currency.
    """
    if currency not in _ACTIVE:
        raise ValueError(f"{currency!r} is no ISO 4217 currency")
    return _EXPONENTS.get(currency, 2)


class Money(BaseModel):
    """An exact amount: `minor` counts the smallest unit (cents for EUR, yen for JPY). May be negative."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    minor: Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR)]
    currency: Currency

    def __add__(self, other: Money) -> Money:
        return Money(minor=self.minor + self._same(other).minor, currency=self.currency)

    def __sub__(self, other: Money) -> Money:
        return Money(minor=self.minor - self._same(other).minor, currency=self.currency)

    def __neg__(self) -> Money:
        return Money(minor=-self.minor, currency=self.currency)

    def __lt__(self, other: Money) -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: Money) -> bool:
        return self.minor <= self._same(other).minor

    def _same(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise CurrencyMismatch(f"{self.currency} and {other.currency} cannot be added or compared")
        return other

    def decimal_text(self) -> str:
        """The amount with a decimal point and the currency's decimals: ``-0.05``, ``1234.56``, ``500``."""
        return decimal_text(self.minor, self.currency)

    def split(self, weights: Sequence[int]) -> list[Money]:
        """Share the amount by `weights` (non-negative, not all zero) so that the parts add up exactly.

        Largest remainder: each part is within one minor unit of its exact share; ties go to the first.
        """
        return [Money(minor=part, currency=self.currency) for part in split_minor(self.minor, weights)]


def decimal_text(minor: int, currency: str, point: str = ".") -> str:
    """`minor` units of `currency` as text with `point` as decimal mark; no grouping."""
    places = exponent(currency)
    sign, digits = ("-" if minor < 0 else ""), str(abs(minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}{point}{digits[-places:]}" if places else f"{sign}{digits}"


def amount_text(minor: int, currency: str) -> str:
    """`minor` units of `currency` as people read them, in messages and listings: ``-1 234,56 EUR``."""
    whole, comma, cents = decimal_text(abs(minor), currency, ",").partition(",")
    grouped = f"{int(whole):,}".replace(",", " ")
    return f"{'-' if minor < 0 else ''}{grouped}{comma}{cents} {currency}"


def split_minor(total: int, weights: Sequence[int]) -> list[int]:
    """Integer shares of `total` proportional to `weights`; they add up to `total` exactly."""
    whole = sum(weights)
    if whole <= 0 or min(weights) < 0:
        raise ValueError("weights are non-negative and not all zero")
    size = abs(total)
    parts = [size * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(size * weights[i] % whole), i))
    for i in by_remainder[: size - sum(parts)]:
        parts[i] += 1
    return parts if total >= 0 else [-part for part in parts]


def total(amounts: Iterable[Money], currency: str) -> Money:
    """The sum of `amounts`, zero of `currency` when there is none; another currency is refused."""
    result = Money(minor=0, currency=currency)
    for amount in amounts:
        result = result + amount
    return result
