"""What the hub hands to `CollectionReports`: money received on an invoice; and the report that is made of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Collection:
    """Part of one receipt applied to the invoice: the proof of the report. `amount_minor` is positive, VAT included."""

    allocation_id: str
    receipt_id: str
    collected_on: date
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class CollectionReport:
    """A report of one collection, prepared and not sent.

    Attributes:
        by_rate: VAT rate in percent and the amount received at it, VAT included; they add up to the collection.
        plain: for a line of JSON.
        message: as the platform wants it (XML).
    """

    by_rate: Sequence[tuple[Decimal, int]]
    plain: Mapping[str, Any]
    message: str
