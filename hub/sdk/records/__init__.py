"""The facts a connector brings, in the words of the trade. Flat, frozen, strict.

Records travel flat: integer minor units beside an ISO 4217 currency, plain ids, ISO dates. Amounts are positive
and the kind gives the sign (a negative invoice is a `CreditNote`); zero is allowed. Nothing here is computed:
what is still open, its age and its status are asked of `hub.core.ledger`.

Each kind names the fields of its business `key`: inside one connector, two units may not claim the same key.
"""

from __future__ import annotations

from hub.sdk.records.base import ANY_SELLER, Minor, Name, Record, Ref, SignedMinor, Text
from hub.sdk.records.books import ControlTotal, LedgerEntry, SettlementLine
from hub.sdk.records.documents import CreditNote, Dispute, Document, Instalment, Invoice
from hub.sdk.records.following import ContactEvent, PaymentPlanStep, Promise
from hub.sdk.records.movements import BankStatement, Disbursement, PayoutLine, Receipt, RemittanceLine
from hub.sdk.records.parties import Debtor, Seller

__all__ = [
    "ANY_SELLER",
    "KINDS",
    "BankStatement",
    "ContactEvent",
    "ControlTotal",
    "CreditNote",
    "Debtor",
    "Disbursement",
    "Dispute",
    "Document",
    "Instalment",
    "Invoice",
    "LedgerEntry",
    "Minor",
    "Name",
    "PaymentPlanStep",
    "PayoutLine",
    "Promise",
    "Receipt",
    "Record",
    "Ref",
    "RemittanceLine",
    "Seller",
    "SettlementLine",
    "SignedMinor",
    "Text",
]

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
