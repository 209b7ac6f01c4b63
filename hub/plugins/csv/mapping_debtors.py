"""Rows of debtors to Debtor."""

from __future__ import annotations

from typing import Any

from hub.plugins.csv.headers import fold
from hub.plugins.csv.records import columns_of
from hub.plugins.csv.table import Table
from hub.sdk import Columns

_CATEGORIES = {
    "business": "business", "b2b": "business", "professionnel": "business", "entreprise": "business",
    "pro": "business", "societe": "business", "consumer": "consumer", "b2c": "consumer", "particulier": "consumer",
    "public": "public", "b2g": "public", "administration": "public", "collectivite": "public",
}  # fmt: skip


def debtor_keys(t: Table) -> tuple[list[str], list[str]]:
    """Seller and code of each row."""
    if t.keys is None:
        t.keys = (t.sellers(), t.ids("debtor_id"))
        t.unkeyed = set(t.rejected)
    keys: tuple[list[str], list[str]] = t.keys
    return keys


def debtor_refs(t: Table) -> list[str]:
    """seller|debtor_id."""
    return [f"{seller}|{code}" for seller, code in zip(*debtor_keys(t), strict=True)]


def map_debtors(t: Table) -> list[Columns]:
    """The records of all good rows; the others are in `t.rejected`."""
    sellers, codes = debtor_keys(t)
    currencies = t.currencies() if "currency" in t else None
    limits = t.amounts("credit_limit", currencies or [t.reading.currency] * t.count)
    for i, limit in enumerate(limits):
        if limit is not None and limit < 0:
            t.refuse(i, "credit_limit", "HUB-CSV-012", detail="a credit limit is not negative", or_else="")
    fields: dict[str, list[Any] | None] = {
        "seller": sellers,
        "debtor_id": codes,
        "name": t.ids("name", 500),
        "legal_name": t.optional("legal_name"),
        "siren": t.digits("siren"),
        "siret": t.digits("siret"),
        "vat_number": t.digits("vat_number"),
        "ibans": _ibans(t),
        "parent_id": t.optional_id("parent_id"),
        "currency": currencies,
        **{name: t.optional(name) for name in ("payment_terms", "email", "phone", "address", "postal_code")},
        **{name: t.optional(name) for name in ("city", "country", "risk_class")},
        "category": _categories(t),
        "credit_limit_minor": limits if any(limit is not None for limit in limits) else None,
    }
    return columns_of("debtor", fields, t.kept(), t.count)


def _ibans(t: Table) -> list[str | None] | None:
    """One or several IBANs, separated in the cell by a comma, a semicolon, a slash or a line break."""
    column = t.optional("iban", 2_000)
    if column is None:
        return None
    return [text and " ".join("".join(part.split()) for part in _parts(text)) for text in column]


def _parts(text: str) -> list[str]:
    for mark in (";", "/", "|", "\n"):
        text = text.replace(mark, ",")
    return [part for part in text.split(",") if part.strip()]


def _categories(t: Table) -> list[str | None] | None:
    """Known words only: a company's own categories mean nothing to the law, and are left aside."""
    column = t.optional("category")
    return None if column is None else [text and _CATEGORIES.get(fold(text)) for text in column]
