"""Amounts, counts and days as a credit controller reads them, in listings and in the sentences of services alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date


def count(number: int) -> str:
    """``1 234``."""
    return f"{number:,}".replace(",", " ")


def amount(minor: int, currency: str) -> str:
    """``-1 234,56 EUR``."""
    from hub.sdk.money import amount_text

    return amount_text(minor, currency)


def amounts(by_currency: Mapping[str, int]) -> str:
    """Several currencies side by side, never added: ``1 234,56 EUR + 10,00 USD``; ``-`` when there is none."""
    return " + ".join(amount(minor, currency) for currency, minor in sorted(by_currency.items())) or "-"


def one_line(text: str) -> str:
    """A text of several pieces on one line, in their order, parted by `` / ``; one without line breaks as it is."""
    if not ("\n" in text or "\r" in text):
        return text
    return " / ".join(piece.strip() for piece in text.splitlines() if piece.strip())


def day(value: date | None) -> str:
    """``30/06/2026``."""
    return "-" if value is None else value.strftime("%d/%m/%Y")


def column_name(name: str) -> str:
    """The stored spelling of a column or of a bucket of the aged balance for people: ``1_30`` → ``1 to 30``."""
    if name[:1].isdigit():
        return name.replace("_", " to ")
    return words_of(name)


def words_of(stored: str) -> str:
    """A stored spelling as words: ``bank_fee`` → ``bank fee``."""
    return stored.replace("_", " ")
