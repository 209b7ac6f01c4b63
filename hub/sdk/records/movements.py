"""Money at the bank and at payment providers, and what is said of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from hub.sdk.money import MAX_MINOR, Currency
from hub.sdk.records.base import Minor, Name, Record, Ref, SignedMinor, Text


class _Movement(Record):
    """Money on an account. `source_key` never changes; the visible id may repeat at careless banks."""

    key: ClassVar[tuple[str, ...]] = ("source_key",)

    source_key: Ref
    account: Ref | None = None
    seller: Ref | None = None
    value_on: date | None = None
    amount_minor: Minor
    currency: Currency
    remittance: Text | None = None
    end_to_end_ref: Name | None = None
    structured_ref: Name | None = None
    method: Name | None = None
    transaction_code: Name | None = None
    bank_ref: Name | None = None
    statement_ref: Name | None = None
    batch_ref: Name | None = None
    original_amount_minor: Minor | None = None
    original_currency: Currency | None = None


class Receipt(_Movement):
    """Money received, gross of provider fees (`fee_minor` apart). `receipt_id` is the source's own id.

    `remittance` keeps the pieces in order, one a line. `debtor_id` is the account that the seller's books credit: only
    books know it. A `SettlementLine` with target "receipt" names `source_key`. Source: camt.053 Ntry/TxDtls with
    CdtDbtInd CRDT, CFONB 120 records 04 and 05; formats.md §4.
    """

    kind: ClassVar[str] = "receipt"

    receipt_id: Ref
    received_on: date
    debtor_id: Ref | None = None
    payer_name: Name | None = None
    payer_iban: Name | None = None
    fee_minor: Minor | None = None


class Disbursement(_Movement):
    """Money that left a seller's account: a returned direct debit, a refund, a fee, a payment to others.

    Kept so that a statement's balance can be proved and a return be found; never an allocation by itself.
    `return_reason` is the bank's code (ISO 20022 AC04, MD06…; CFONB positions 41–42).
    """

    kind: ClassVar[str] = "disbursement"

    disbursement_id: Ref
    paid_on: date
    payee_name: Name | None = None
    payee_iban: Name | None = None
    return_reason: Name | None = None


class BankStatement(Record):
    """What one statement of an account proves: from one balance to the next, in so many entries.

    Balances are signed, negative for an overdraft. A statement whose balances its entries do not prove never becomes
    one. Consecutive statements of an account meet: `closing_minor` of one is `opening_minor` of the next; where they
    do not, a statement is missing (`hub.core.ledger.bank_chain`). `statement_ref` is the bank's number or id of it.
    Source: CFONB 120 records 01 and 07, camt.053 OPBD and CLBD, MT940 60 and 62; formats.md §4.
    """

    kind: ClassVar[str] = "bank_statement"
    key: ClassVar[tuple[str, ...]] = ("source_key",)

    source_key: Ref
    account: Ref | None = None
    seller: Ref | None = None
    opened_on: date
    opening_minor: SignedMinor
    closed_on: date
    closing_minor: SignedMinor
    currency: Currency
    statement_ref: Name | None = None
    entry_count: Annotated[int, Field(ge=0, le=MAX_MINOR)]
    sum_minor: SignedMinor


class PayoutLine(Record):
    """One charge inside a provider's payout: gross paid by the debtor, fee kept, net paid out."""

    kind: ClassVar[str] = "payout_line"
    key: ClassVar[tuple[str, ...]] = ("payout_id", "charge_id")

    payout_id: Ref
    charge_id: Ref
    invoice_number: Ref | None = None
    seller: Ref | None = None
    paid_on: date | None = None
    gross_minor: SignedMinor
    fee_minor: SignedMinor
    net_minor: SignedMinor
    currency: Currency


class RemittanceLine(Record):
    """One line of the debtor's own list of what a receipt pays: a statement, not proof."""

    kind: ClassVar[str] = "remittance_line"
    key: ClassVar[tuple[str, ...]] = ("remittance_id", "line")

    remittance_id: Ref
    line: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    receipt_source_key: Ref | None = None
    payer_ref: Name | None = None
    dated_on: date | None = None
    document_number: Ref
    amount_minor: SignedMinor | None = None
    currency: Currency | None = None
