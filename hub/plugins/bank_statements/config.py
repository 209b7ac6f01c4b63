"""Settings of the connector: where the statements are, and what they must be."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from hub.sdk.config import ConnectorConfig
from hub.sdk.money import is_currency


def _as_list(value: Any) -> Any:
    """One path may be written without brackets."""
    return [value] if isinstance(value, str | Path) else value


def _account(value: str) -> str:
    """An account without its blanks, in capitals."""
    text = "".join(value.split()).upper()
    if not text.isalnum() or not 4 <= len(text) <= 34:
        raise ValueError("an account is an IBAN or a RIB: 4 to 34 letters and digits")
    return text


def _currency(value: str) -> str:
    if not is_currency(value):
        raise ValueError(f"{value!r} is no ISO 4217 currency")
    return value


Account = Annotated[str, BeforeValidator(_account)]


class StatementsConfig(ConnectorConfig):
    """Where the bank drops its statements. Files are only read: never moved, renamed or changed."""

    folder: Path | None = Field(None, description="Folder of the statements; each file of it is looked at.")
    files: Annotated[list[Path], BeforeValidator(_as_list)] = Field(
        [], description="Further files: one path or a list, each may be a glob such as `bank/*.xml`."
    )
    account: Account | None = Field(
        None,
        description="IBAN or RIB (bank, branch, account) that these statements must carry; another is refused by name.",
    )
    seller: str | None = Field(
        None, min_length=1, max_length=200, description="Seller whose account it is, for accounts not in `accounts`."
    )
    accounts: dict[Account, str] = Field(
        {}, description="Seller of each account, by IBAN or RIB, when one folder holds several accounts."
    )
    currency: Annotated[str, BeforeValidator(_currency)] | None = Field(
        None, description="Currency where the file leaves it blank (CFONB 120, OFX) or has none (QIF)."
    )
    decimals: int | None = Field(
        None, ge=0, le=4, description="Decimals where a CFONB 120 file leaves position 20 blank."
    )
    date_order: Literal["dmy", "mdy", "ymd"] | None = Field(
        None, description="Order of day, month and year in QIF files; they are refused without it."
    )
    use_camt054: Literal["never", "book"] = Field(
        "never",
        description=(
            "`never`: camt.054 notifications are left alone, the camt.053 statement is the book. "
            "`book`: for a firm that only gets camt.054; never together with camt.053 of the same account."
        ),
    )
    ofx_ids: Literal["kept", "renewed"] = Field(
        "kept",
        description="`renewed` if the bank gives other FITIDs at each download: the identity then leaves them out.",
    )
    settle_s: float = Field(
        2.0, ge=0, le=3600, description="A file changed in the last seconds is still being written: left for next time."
    )

    @model_validator(mode="after")
    def _somewhere(self) -> StatementsConfig:
        if self.folder is None and not self.files:
            raise ValueError("give folder = … or files = …: where are the statements?")
        return self
