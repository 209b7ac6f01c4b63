"""What the engine is given: plain columns, one list per field, row `i` of each list being one record.

Columns rather than objects because a run reads a million open items: a list costs eight bytes a cell and
no constructor. Amounts are integers of the currency's smallest unit. A column with a default may be left
out: it is then filled with "not known" for every row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from datetime import date

from hub.core.ledger.columns import align

INVOICE = "invoice"
CREDIT_NOTE = "credit_note"
REMITTANCE_DAYS = 7  # between a list that names no receipt and the money it announces


def _texts() -> list[str | None]:
    return []


def _dates() -> list[date | None]:
    return []


def _amounts() -> list[int | None]:
    return []


@dataclass(frozen=True, slots=True)
class OpenItems:
    """Invoices and credit notes with something still open.

    `id` is the caller's own and unique. `debtor` is the account within `seller`. `open_minor` is positive
    for both kinds: the kind gives the sign. `number` is as printed. `order_ref`, `payment_ref`, `corrects`
    (the invoice a credit note corrects) and `discount_terms` ("2% 8 jours") may be unknown.
    """

    id: Sequence[int]
    seller: Sequence[str]
    debtor: Sequence[str]
    number: Sequence[str]
    kind: Sequence[str]
    issued_on: Sequence[date]
    due_on: Sequence[date | None]
    currency: Sequence[str]
    total_minor: Sequence[int]
    open_minor: Sequence[int]
    order_ref: Sequence[str | None] = field(default_factory=_texts)
    payment_ref: Sequence[str | None] = field(default_factory=_texts)
    corrects: Sequence[str | None] = field(default_factory=_texts)
    discount_terms: Sequence[str | None] = field(default_factory=_texts)

    def __post_init__(self) -> None:
        align(self, "id", dict.fromkeys(("order_ref", "payment_ref", "corrects", "discount_terms")))


@dataclass(frozen=True, slots=True)
class Debtors:
    """The accounts items belong to. `parent_id` is a debtor of the same seller."""

    seller: list[str]
    debtor_id: list[str]
    name: list[str | None]
    legal_name: list[str | None] = field(default_factory=_texts)
    siren: list[str | None] = field(default_factory=_texts)
    vat_number: list[str | None] = field(default_factory=_texts)
    parent_id: list[str | None] = field(default_factory=_texts)
    ibans: list[tuple[str, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        blanks: dict[str, object] = dict.fromkeys(("legal_name", "siren", "vat_number", "parent_id"))
        align(self, "debtor_id", blanks | {"ibans": ()})


@dataclass(frozen=True, slots=True)
class Receipts:
    """Money that moved on our accounts, and what the bank says about it.

    `amount_minor` is signed: negative money left (a return, a refund). `unapplied_minor` is what earlier
    allocations left of it. `seller` None: the account serves any seller. `remittance` keeps the pieces of
    its source, joined by line feeds. `method` and `transaction_code` are the bank's ("PMNT-RCDT-ESCT", "05").
    """

    id: list[int]
    received_on: list[date]
    currency: list[str]
    amount_minor: list[int]
    unapplied_minor: list[int]
    seller: list[str | None] = field(default_factory=_texts)
    account: list[str | None] = field(default_factory=_texts)
    value_on: list[date | None] = field(default_factory=_dates)
    payer_name: list[str | None] = field(default_factory=_texts)
    payer_iban: list[str | None] = field(default_factory=_texts)
    remittance: list[str | None] = field(default_factory=_texts)
    end_to_end_ref: list[str | None] = field(default_factory=_texts)
    structured_ref: list[str | None] = field(default_factory=_texts)
    method: list[str | None] = field(default_factory=_texts)
    transaction_code: list[str | None] = field(default_factory=_texts)
    return_reason: list[str | None] = field(default_factory=_texts)
    original_amount_minor: list[int | None] = field(default_factory=_amounts)
    original_currency: list[str | None] = field(default_factory=_texts)
    bank_ref: list[str | None] = field(default_factory=_texts)

    def __post_init__(self) -> None:
        required = {"id", "received_on", "currency", "amount_minor", "unapplied_minor"}
        align(self, "id", dict.fromkeys(f.name for f in fields(self) if f.name not in required))


@dataclass(frozen=True, slots=True)
class Remittances:
    """Lists, sent by a payer or a provider, of what one receipt pays. Evidence, not proof.

    A list names its receipt (`receipt_id`), or is found by seller, debtor, date (REMITTANCE_DAYS) and total; or by
    debtor and date, where one thing explains the difference.
    `lines` are (number, amount); the amount is negative for a credit note and None when the list gives none.
    `fee_minor` is what a provider kept: total = sum of lines - fee. `called` is what a person knows a list by; None
    when it came with its receipt, in the bank's file.
    """

    id: list[int]
    receipt_id: list[int | None]
    lines: list[tuple[tuple[str, int | None], ...]]
    seller: list[str | None] = field(default_factory=_texts)
    debtor: list[str | None] = field(default_factory=_texts)
    sent_on: list[date | None] = field(default_factory=_dates)
    total_minor: list[int | None] = field(default_factory=_amounts)
    fee_minor: list[int | None] = field(default_factory=_amounts)
    called: list[str | None] = field(default_factory=_texts)

    def __post_init__(self) -> None:
        optional = ("seller", "debtor", "sent_on", "total_minor", "fee_minor", "called")
        align(self, "id", dict.fromkeys(optional))


@dataclass(frozen=True, slots=True)
class SettledNumbers:
    """Invoices closed recently: a reference to one of them is a second payment, not a misprint."""

    seller: Sequence[str]
    debtor: Sequence[str]
    number: Sequence[str]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What people taught by confirming: who pays for whom, as (seller, debtor_id) pairs."""

    by_iban: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    by_name: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
