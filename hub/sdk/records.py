"""The facts a connector brings, in the words of the trade. Flat, frozen, strict.

Records travel flat: integer minor units beside an ISO 4217 currency, plain ids, ISO dates. Amounts are positive
and the kind gives the sign (a negative invoice is a `CreditNote`); zero is allowed. Nothing here is computed:
what is still open, its age and its status are asked of `hub.core.ledger`.

Each kind names the fields of its business `key`: inside one connector, two units may not claim the same key.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from hub.sdk.money import MAX_MINOR, Currency

Ref = Annotated[str, Field(min_length=1, max_length=200)]
Name = Annotated[str, Field(max_length=500)]
Text = Annotated[str, Field(max_length=120_000)]
Minor = Annotated[int, Field(ge=0, le=MAX_MINOR)]
SignedMinor = Annotated[int, Field(ge=-MAX_MINOR, le=MAX_MINOR)]


class Record(BaseModel):
    """A fact as one source states it.

    Class attributes: `kind` is the stored spelling (frozen); `key` the fields that identify the fact within its
    connector.
    """

    # Built when the first record of a kind is made: a page travels in columns, most processes make none.
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    kind: ClassVar[str]
    key: ClassVar[tuple[str, ...]]


class Seller(Record):
    """An entity that issues invoices: one company of the group. Source: EN 16931 BG-4."""

    kind: ClassVar[str] = "seller"
    key: ClassVar[tuple[str, ...]] = ("seller",)

    seller: Ref
    name: Name
    siren: Ref | None = None
    vat_number: Ref | None = None
    ibans: Text | None = None


#: The seller of a debtor or an instalment whose source names none: the account of that code at every seller.
ANY_SELLER = "*"


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


class SettlementLine(Record):
    """One line of what the books say was matched (lettrage): this much of that document is settled.

    Lines with one `settlement_id` belong together. `target` names what the line settles. Amounts are positive: the
    share of the document that is settled. A mere snapshot of the books is no settlement: see `Invoice.settled_minor`.
    """

    kind: ClassVar[str] = "settlement_line"
    key: ClassVar[tuple[str, ...]] = ("seller", "settlement_id", "line")

    seller: Ref
    settlement_id: Ref
    line: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    debtor_id: Ref
    settled_on: date
    target: Literal["invoice", "credit_note", "receipt", "write_off", "other"]
    document_number: Ref
    document_issued_on: date | None = None
    amount_minor: Minor
    currency: Currency


class ControlTotal(Record):
    """The books' own balance of a debtor on a date, in the books' currency; positive when the debtor owes."""

    kind: ClassVar[str] = "control_total"
    key: ClassVar[tuple[str, ...]] = ("seller", "debtor_id", "balance_on", "currency")

    seller: Ref
    debtor_id: Ref
    balance_on: date
    balance_minor: SignedMinor
    currency: Currency


class LedgerEntry(Record):
    """A line on a debtor's account in the books that is neither invoice, credit note nor receipt: a named part of its
    balance.

    `effect_minor` is signed: positive raises what the debtor owes. For each debtor, in the books' currency,
    control total = open invoices − open credit notes − receipts not settled + entries not settled; what is settled of
    an entry stands in the settlement lines that name its `entry_id` (target `write_off` or `other`).

    `category`: opening (a credit carried forward), opening_difference (an opening balance says other than the year
    before), bill (413, a bill receivable in place of an invoice), retention (4117), doubtful (416), deposit (4191),
    transfer (to another account of debtors), netting (401/411), exchange, rounding, discount, write_off, fee, suspense
    (471), payment_returned (unpaid bill or cheque, refund), lettered_elsewhere (matched with lines of another debtor),
    other. `held` is the exception: what an entry that could not be taken did to the debtor's balance; it is no part of
    the sum above, and names the gap that it leaves (`document_number`: the entry, `label`: why, and the remedy).
    Source: plan comptable général, class 4.
    """

    kind: ClassVar[str] = "ledger_entry"
    key: ClassVar[tuple[str, ...]] = ("seller", "entry_id")

    seller: Ref
    entry_id: Ref
    debtor_id: Ref
    booked_on: date
    category: Literal[
        "opening",
        "opening_difference",
        "bill",
        "retention",
        "doubtful",
        "deposit",
        "transfer",
        "netting",
        "exchange",
        "rounding",
        "discount",
        "write_off",
        "fee",
        "suspense",
        "payment_returned",
        "lettered_elsewhere",
        "held",
        "other",
    ]
    effect_minor: SignedMinor
    currency: Currency
    account: Ref | None = None
    document_number: Ref | None = None
    label: Name | None = None


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


class Promise(Record):
    """A dated commitment of the debtor to pay."""

    kind: ClassVar[str] = "promise"
    key: ClassVar[tuple[str, ...]] = ("seller", "promise_id")

    seller: Ref
    promise_id: Ref
    debtor_id: Ref
    invoice_number: Ref | None = None
    promised_on: date
    due_on: date
    amount_minor: Minor
    currency: Currency


class PaymentPlanStep(Record):
    """One dated part of an agreed payment plan."""

    kind: ClassVar[str] = "payment_plan_step"
    key: ClassVar[tuple[str, ...]] = ("seller", "plan_id", "step")

    seller: Ref
    plan_id: Ref
    step: Annotated[int, Field(ge=1, le=MAX_MINOR)]
    debtor_id: Ref
    due_on: date
    amount_minor: Minor
    currency: Currency


class ContactEvent(Record):
    """A reminder, call, letter or answer, as the source recorded it."""

    kind: ClassVar[str] = "contact_event"
    key: ClassVar[tuple[str, ...]] = ("seller", "event_id")

    seller: Ref
    event_id: Ref
    debtor_id: Ref
    happened_on: date
    channel: Literal["email", "letter", "phone", "sms", "visit", "other"]
    direction: Literal["in", "out"]
    level: Annotated[int, Field(ge=0, le=MAX_MINOR)] | None = None
    subject: Text | None = None


#: Every kind of record, by its stored spelling. The order is that of loading: whom first, then what.
KINDS: dict[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        Seller,
        Debtor,
        Invoice,
        CreditNote,
        Instalment,
        Receipt,
        Disbursement,
        BankStatement,
        PayoutLine,
        RemittanceLine,
        SettlementLine,
        ControlTotal,
        Document,
        Dispute,
        Promise,
        PaymentPlanStep,
        ContactEvent,
        LedgerEntry,
    )
}
