"""Settings of the connector `dolibarr`: one section for each Dolibarr, or for each company of a shared one."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field, SecretStr, field_validator

from hub.sdk import ConnectorConfig
from hub.sdk.money import is_currency

#: Settings that the records of a unit depend on.
MAPPING_FIELDS = ("seller", "currency")
#: Where a Dolibarr keeps its REST API.
API = "/api/index.php"


class DolibarrConfig(ConnectorConfig):
    """One company in Dolibarr, read with the key of a user who may only read."""

    address: str = Field(description="Address of Dolibarr, as in the browser: https://erp.example.com/dolibarr.")
    api_key: SecretStr = Field(description='API key of a user who may only read: { env = "DOLIBARR_KEY" }.')
    seller: str = Field(min_length=1, max_length=100, description="Your company whose invoices these are.")
    currency: str = Field("EUR", description="Main currency of this Dolibarr.")
    entity: int | None = Field(None, ge=1, description="With the module Multi-company: number of the company.")
    look_back: timedelta = Field(
        timedelta(hours=2),
        ge=timedelta(minutes=5),
        le=timedelta(days=31),
        description="How far before the newest change each run looks again.",
    )
    sweep: bool = Field(
        True, description="Ask in each run which invoices and customers still exist, to find deleted ones."
    )

    @field_validator("address")
    @classmethod
    def _without_path_of_api(cls, address: str) -> str:
        return address.strip().rstrip("/").removesuffix(API).rstrip("/")

    @field_validator("currency")
    @classmethod
    def _known(cls, currency: str) -> str:
        if not is_currency(currency):
            raise ValueError("write an ISO 4217 code in capitals: EUR")
        return currency
