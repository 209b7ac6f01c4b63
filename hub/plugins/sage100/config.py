"""Settings of the connector `sage100`: one section for each Sage company."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal

from pydantic import Field, SecretStr, field_validator

from hub.sdk import ConnectorConfig
from hub.sdk.money import is_currency

#: Settings that the records of a unit depend on.
MAPPING_FIELDS = ("seller", "currency")


class Sage100Config(ConnectorConfig):
    """One company of Sage 100: its data base on SQL Server, read with a login that may only read."""

    url: str = Field(
        description="Where the company's data base is: mssql+pytds://hub_reader@server:1433/COMPANY. No password in it."
    )
    password: SecretStr | None = Field(None, description='Password of that login: { env = "SAGE_PASSWORD" }.')
    seller: str = Field(min_length=1, max_length=100, description="Your company whose books these are.")
    ledger: Literal["accounting", "commercial"] = Field(
        "accounting",
        description="accounting: entries of Comptabilité (F_ECRITUREC) decide. commercial: documents and payments of "
        "Gestion commerciale (F_DOCENTETE, F_CREGLEMENT), for a firm without Comptabilité.",
    )
    accounts: list[str] = Field(
        default=["411", "413", "416"],
        min_length=1,
        description="First digits of the general accounts that hold what customers owe.",
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
    timeout_s: int = Field(120, ge=5, le=3_600, description="Seconds after which an unanswered question is given up.")

    @field_validator("url")
    @classmethod
    def _no_password_inside(cls, url: str) -> str:
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

    @field_validator("currency")
    @classmethod
    def _known_currency(cls, currency: str) -> str:
        if not is_currency(currency):
            raise ValueError(f"{currency!r} is no ISO 4217 currency")
        return currency
