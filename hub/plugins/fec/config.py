"""Settings of the connector `fec`."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, field_validator

from hub.sdk import ConnectorConfig
from hub.sdk.money import is_currency


def _as_list(value: Any) -> Any:
    """One path or prefix may be written without brackets."""
    return [value] if isinstance(value, str | Path) else value


Paths = Annotated[list[Path], BeforeValidator(_as_list), Field(min_length=1)]
Prefixes = Annotated[list[str], BeforeValidator(_as_list)]


class FecConfig(ConnectorConfig):
    """A company's ledger files. Files are only read: never moved, renamed or changed."""

    files: Paths = Field(description="File, folder, glob (fec/*FEC*.txt) or list: one company, any number of years.")
    seller: str = Field("MAIN", min_length=1, max_length=100, description="Which of your companies these books are.")
    accounts: Annotated[Prefixes, Field(min_length=1)] = Field(
        ["411", "413", "416", "4191"], description="Accounts of debtors: how their numbers begin."
    )
    opening_journals: Prefixes = Field(
        [], description="Codes of journals that carry balances forward, besides those recognised (AN, RAN…)."
    )
    invoice_number: Literal["auto", "piece", "entry"] = Field(
        "auto",
        description="What numbers an invoice: PieceRef, or journal and EcritureNum; auto: do PieceRefs repeat?",
    )
    currency: str = Field("EUR", description="Currency of Debit and Credit.")
    payment_terms: str | None = Field(
        None, min_length=1, max_length=200, description="Terms of debtors not in `terms`: '30 jours fin de mois'."
    )
    terms: dict[str, str] = Field({}, description="Terms by debtor: C001 = '45 jours'. A FEC has no due dates.")
    due_dates: Path | None = Field(
        None, description="CSV beside the FEC with the due dates: columns number, due_on; perhaps debtor_id, amount."
    )
    unbalanced: Literal["hold", "take"] = Field(
        "hold",
        description="An entry whose debits are not its credits: hold it, or take it (extract of debtors' accounts).",
    )
    encoding: str | None = Field(None, description="utf-8, cp1252, iso8859-15, cp850…; found in the file unless given.")
    settle_s: float = Field(
        0, ge=0, le=86_400, description="Seconds a file must have been left alone before it is read."
    )

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        if not is_currency(currency):
            raise ValueError(f"{currency!r} is no ISO 4217 currency")
        return currency

    @field_validator("accounts")
    @classmethod
    def _numbers(cls, accounts: list[str]) -> list[str]:
        for prefix in accounts:
            if not prefix or not prefix.isascii() or not prefix.isalnum():
                raise ValueError(f"{prefix!r} is no beginning of an account number")
        return accounts

    @field_validator("encoding")
    @classmethod
    def _usable_encoding(cls, encoding: str | None) -> str | None:
        if encoding is None:
            return None
        try:
            name = codecs.lookup(encoding).name
            usable = b"\t|;,\n09az".decode(name) == "\t|;,\n09az"
        except (LookupError, ValueError, UnicodeError) as error:
            raise ValueError(f"{encoding!r} is no known encoding") from error
        if not usable:
            raise ValueError(f"{encoding!r} cannot be read line by line: convert the file to UTF-8")
        return name
