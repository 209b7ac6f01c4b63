"""Settings of the connector `sage100`: one section for each Sage company."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, field_validator, model_validator

from hub.sdk import ConnectorConfig
from hub.sdk.money import is_currency

#: Settings that the records of a unit depend on.
MAPPING_FIELDS = ("seller", "currency", "currencies", "year_begins")


class Sage100Config(ConnectorConfig):
    """One company of Sage 100: its data base on SQL Server, read with a login that may only read."""

    url: str | None = Field(
        None,
        description="The company's data base: mssql+pytds://hub_reader@server:1433/COMPANY. No password in it.",
    )
    files: Path | list[Path] | None = Field(
        None, description="Instead of url: export files in Sage's tagged format (#FLG … #FIN), path or glob or list."
    )
    password: SecretStr | None = Field(None, description='Password of that login: { env = "SAGE_PASSWORD" }.')
    seller: str = Field(min_length=1, max_length=100, description="Your company whose books these are.")
    ledger: Literal["accounting", "commercial"] = Field(
        "accounting",
        description="accounting: entries of Comptabilité (F_ECRITUREC) decide. commercial: documents and payments of "
        "Gestion commerciale (F_DOCENTETE, F_CREGLEMENT), for a firm without Comptabilité.",
    )
    accounts: list[str] = Field(
        default=["411", "413", "416", "4191"],
        min_length=1,
        description="First digits of the general accounts that hold what customers owe, or have paid before (4191).",
    )
    invoice_number: Literal["EC_RefPiece", "EC_Piece"] = Field(
        "EC_RefPiece", description="Which column of an entry holds the invoice's number."
    )
    currency: str = Field("EUR", description="Currency of the company's books.")
    look_back: timedelta = Field(
        timedelta(minutes=75),
        ge=timedelta(minutes=10),
        le=timedelta(days=31),
        description="How far before the newest change each run looks again: late transactions, the hour that repeats "
        "in October.",
    )
    sales_journals: list[str] = Field(["VE", "VT"], description="With files: codes of the sales journals.")
    treasury_journals: list[str] = Field(["BQ", "CA"], description="With files: codes of the bank and cash journals.")
    currencies: dict[str, str] = Field(
        default_factory=dict, description='With files: ISO codes by Sage\'s currency number, { "1" = "USD" }.'
    )
    year_begins: int = Field(1, ge=1, le=12, description="With files: month in which the fiscal year begins.")
    bank_accounts: dict[str, str] = Field(
        default_factory=dict,
        description='Entries for Sage: general account by bank account, { "FR76…" = "512100" }.',
    )
    bank_journals: dict[str, str] = Field(
        default_factory=dict, description='Entries for Sage: journal of each bank account, { "FR76…" = "BQ" }.'
    )
    customer_account: str = Field("411000", description="Entries for Sage: general account of the customers' lines.")
    experimental_pnm: bool = Field(
        False,
        description="Read files in the format PNM too, and write entries in it. Its layout is second-hand: never tried "
        "on a real Sage.",
    )
    timeout_s: int = Field(120, ge=5, le=3_600, description="Seconds after which an unanswered question is given up.")

    @field_validator("url")
    @classmethod
    def _no_password_inside(cls, url: str | None) -> str | None:
        if url is None:
            return None
        scheme, _, rest = url.partition("://")
        login = rest.partition("@")[0] if "@" in rest else ""
        if not rest or not scheme:
            raise ValueError("write it like mssql+pytds://hub_reader@server:1433/COMPANY")
        if ":" in login:
            raise ValueError('take the password out of the url and write password = { env = "SAGE_PASSWORD" }')
        return url

    @field_validator("accounts")
    @classmethod
    def _plain_accounts(cls, accounts: list[str]) -> list[str]:
        for account in accounts:
            if not account.isalnum():
                raise ValueError(f"{account!r} is no beginning of an account number, such as 411")
        return accounts

    @field_validator("currencies")
    @classmethod
    def _numbered_currencies(cls, currencies: dict[str, str]) -> dict[str, str]:
        for number, code in currencies.items():
            if not number.isdigit() or not is_currency(code):
                raise ValueError(f'{number} = {code!r} is not written like "1" = "USD"')
        return currencies

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if (self.url is None) == (self.files is None):
            raise ValueError("give either url (the data base) or files (exports), not both")
        if self.files is not None and self.ledger != "accounting":
            raise ValueError('files hold entries of Comptabilité: leave ledger = "accounting"')
        return self

    def paths(self) -> list[Path]:
        """The paths and globs of `files`."""
        return [] if self.files is None else list(self.files) if isinstance(self.files, list) else [self.files]

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        if not is_currency(currency):
            raise ValueError(f"{currency!r} is no ISO 4217 currency")
        return currency
