"""Who sells and who owes."""

from __future__ import annotations

from typing import ClassVar, Literal

from hub.sdk.money import Currency
from hub.sdk.records.base import Minor, Name, Record, Ref, Text


class Seller(Record):
    """An entity that issues invoices: one company of the group. Source: EN 16931 BG-4."""

    kind: ClassVar[str] = "seller"
    key: ClassVar[tuple[str, ...]] = ("seller",)

    seller: Ref
    name: Name
    siren: Ref | None = None
    vat_number: Ref | None = None
    ibans: Text | None = None


class Debtor(Record):
    """Who owes: an account in one seller's books. C001 at two sellers is two accounts.

    A source that names no seller says `ANY_SELLER`: the account serves every seller that has invoices on its code.

    `ibans` are separated by a blank. `stub` is true when the source only mentions the account beside an invoice:
    a stub never replaces what is known. Source: EN 16931 BG-7; formats.md §1.2.
    """

    kind: ClassVar[str] = "debtor"
    key: ClassVar[tuple[str, ...]] = ("seller", "debtor_id")

    seller: Ref
    debtor_id: Ref
    name: Name
    legal_name: Name | None = None
    siren: Ref | None = None
    siret: Ref | None = None
    vat_number: Ref | None = None
    ibans: Text | None = None
    parent_id: Ref | None = None
    currency: Currency | None = None
    payment_terms: Name | None = None
    email: Name | None = None
    phone: Name | None = None
    address: Name | None = None
    postal_code: Name | None = None
    city: Name | None = None
    country: Name | None = None
    category: Literal["business", "consumer", "public"] | None = None
    risk_class: Name | None = None
    credit_limit_minor: Minor | None = None
    stub: bool = False
