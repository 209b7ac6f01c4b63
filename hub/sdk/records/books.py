"""What the books say beside their documents: matchings, balances, entries that are no receipt."""

from __future__ import annotations

from datetime import date
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from hub.sdk.money import MAX_MINOR, Currency
from hub.sdk.records.base import Minor, Name, Record, Ref, SignedMinor


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
    the sum above, and names the gap that it leaves (`document_number`: the entry, `label`: why, and the remedy); with
    an effect of zero its amount cannot be read, so that the debtor's balance is not known.
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
