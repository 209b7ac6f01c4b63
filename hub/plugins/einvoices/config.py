"""Settings of the connector `einvoices`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from hub.sdk import ConnectorConfig


def _as_list(value: Any) -> Any:
    """One path may be written without brackets."""
    return [value] if isinstance(value, str | Path) else value


class EInvoicesConfig(ConnectorConfig):
    """Where the invoices that you issued lie. Files are only read: never moved, renamed or changed."""

    files: Annotated[list[Path], BeforeValidator(_as_list), Field(min_length=1)] = Field(
        description="Folder, glob (issued/*.pdf) or list: PDF (Factur-X) and XML (UBL, CII)."
    )
    seller: str = Field("MAIN", min_length=1, max_length=100, description="Which of your companies issued them.")
    sellers: dict[str, str] = Field(
        {}, description="Several companies in one folder: SIREN or VAT number of the seller = its name here."
    )
    debtors: dict[str, str] = Field(
        {}, description="Account of a buyer in your books, by SIREN, SIRET or VAT number: 552100554 = 'C001'."
    )
    settle_s: float = Field(
        2.0, ge=0, le=3600, description="A file changed in the last seconds is still being written: left for next time."
    )
