"""What the connector makes of one file, for people."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from hub.plugins.einvoices.config import EInvoicesConfig
from hub.plugins.einvoices.mapping import records_of
from hub.plugins.einvoices.reading import invoice_of, root_of
from hub.plugins.einvoices.sums import contradictions
from hub.sdk.money import decimal_text

if TYPE_CHECKING:
    from hub.plugins.einvoices.source import EInvoices


def describe(file: str, config: EInvoicesConfig, source: EInvoices) -> dict[str, Any]:
    """Syntax, profile, amounts and records of `file`.

    Raises:
        SourceUnavailable: it is not there.
    """
    from hub.plugins.einvoices.source import listed

    [found] = listed([Path(file).absolute()])
    unit, *notes = source.units(found)
    if unit.rejected is not None:
        return {"file": found.path.name, "refused": str(unit.rejected)}
    invoice = invoice_of(root_of(unit.body, unit.place), unit.place)

    def shown(minor: int | None) -> str | None:
        return None if minor is None else decimal_text(minor, invoice.currency)

    return {
        "file": found.path.name,
        "syntax": invoice.syntax,
        "profile": invoice.profile,
        "type": invoice.type_code,
        "currency": invoice.currency,
        "total": shown(invoice.total),
        "paid": shown(invoice.prepaid),
        "due": shown(invoice.due_payable),
        "due_dates": [when.isoformat() for when, _ in invoice.due],
        "vat": [
            {
                "category": one.category,
                "rate": str(one.rate),
                "base": shown(one.base_minor),
                "tax": shown(one.tax_minor),
            }
            for one in invoice.vat
        ],
        "payee": invoice.payee or None,
        "contradictions": contradictions(invoice) if notes else None,
        "records": [
            {"kind": record.kind, **record.model_dump(mode="json", exclude_none=True)}
            for record in records_of(unit, config)
        ],
    }
