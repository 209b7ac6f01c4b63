"""Claims, what corrects and divides them, and what is disputed of them."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hub.sdk.money import MAX_MINOR, Currency
from hub.sdk.records.base import Minor, Name, Record, Ref, Text


class Invoice(Record):
    """A claim on a debtor, as issued. Never edited: a CreditNote corrects it, a Settlement or an Allocation settles it.

    `due_on` is None when the source gives no date: the ledger then derives it from `payment_terms` and says so.
    `book_total_minor` is the books' own value of an invoice in a foreign currency, in `book_currency`.
    `settled_minor` is the books' snapshot of what is settled (total less an `open_amount` column): an opening
    settlement, which each later reading replaces; None when the source gives no such snapshot. `settled_on` is the day
    the source says for it, the issue date when it says none.
    Source: EN 16931 BT-1 (number), BT-2 (issue date), BT-9 (due date), BT-112 (total with VAT), BT-20 (terms).
    """

    kind: ClassVar[str] = "invoice"
    key: ClassVar[tuple[str, ...]] = ("seller", "number", "issued_on")

    seller: Ref
    number: Ref
    debtor_id: Ref
    issued_on: date
    due_on: date | None = None
    currency: Currency
    total_minor: Minor
    total_excl_tax_minor: Minor | None = None
    tax_minor: Minor | None = None
    book_total_minor: Minor | None = None
    book_currency: Currency | None = None
    settled_minor: Minor | None = None
    settled_on: date | None = None
    order_ref: Name | None = None
    payment_ref: Name | None = None
    payment_terms: Name | None = None
    discount_terms: Name | None = None
    label: Name | None = None


class CreditNote(Record):
    """A correction in the debtor's favour; `corrects` is the number of the invoice it corrects, when known.

    Source: EN 16931 type 381 (or 380 with negative amounts), BT-25 (preceding invoice).
    """

    kind: ClassVar[str] = "credit_note"
    key: ClassVar[tuple[str, ...]] = ("seller", "number", "issued_on")

    seller: Ref
    number: Ref
    debtor_id: Ref
    issued_on: date
    currency: Currency
    total_minor: Minor
    total_excl_tax_minor: Minor | None = None
    tax_minor: Minor | None = None
    book_total_minor: Minor | None = None
    book_currency: Currency | None = None
    settled_minor: Minor | None = None
    settled_on: date | None = None
    corrects: Ref | None = None
    order_ref: Name | None = None
    label: Name | None = None


class Instalment(Record):
    """One due date of an invoice that has several; the claim and its holder stay per invoice."""

    kind: ClassVar[str] = "instalment"
    key: ClassVar[tuple[str, ...]] = ("seller", "invoice_number", "due_on", "rank")

    seller: Ref
    invoice_number: Ref
    due_on: date
    rank: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    amount_minor: Minor
    currency: Currency


class Document(Record):
    """A file that proves something: invoice PDF, order, delivery note; `digest` is its SHA-256 in hexadecimal."""

    kind: ClassVar[str] = "document"
    key: ClassVar[tuple[str, ...]] = ("seller", "document_id")

    seller: Ref
    document_id: Ref
    category: Literal["invoice", "credit_note", "order", "delivery_note", "proof", "contract", "other"]
    document_number: Ref | None = None
    debtor_id: Ref | None = None
    dated_on: date | None = None
    file_name: Name
    media_type: Name
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    size_bytes: Annotated[int, Field(ge=0, le=MAX_MINOR)]


class Dispute(Record):
    """The debtor contests an invoice, wholly (`amount_minor` None) or in part."""

    kind: ClassVar[str] = "dispute"
    key: ClassVar[tuple[str, ...]] = ("seller", "dispute_id")

    seller: Ref
    dispute_id: Ref
    invoice_number: Ref
    opened_on: date
    closed_on: date | None = None
    amount_minor: Minor | None = None
    currency: Currency | None = None
    reason: Text
