"""What the ledger is given: plain columns, one list per field, row `i` of each list being one fact.

Columns rather than objects: a ledger may hold a million open items, and a list costs eight bytes a cell and
no constructor. Amounts are integers of the currency's smallest unit. The store has already filtered by
recorded time ("as known on") and resolved numbers to document ids; the ledger filters by date of effect
("as of").
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.core.ledger.columns import align

INVOICE = "invoice"
CREDIT_NOTE = "credit_note"
REVERSED = "reversed"
REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Documents:
    """Invoices and credit notes, whole, whether or not something is still open on them.

    `id` is the caller's own and unique; `number` is as printed. `kind` is "invoice" or "credit_note";
    `total_minor` is positive for both. `due_on` None: not stated. `corrects`: number of the invoice a
    credit note corrects. `payment_terms` is text as people write it.
    """

    id: list[int]
    seller: list[str]
    debtor_id: list[str]
    number: list[str]
    kind: list[str]
    issued_on: list[date]
    due_on: list[date | None]
    currency: list[str]
    total_minor: list[int]
    corrects: list[str | None] = field(default_factory=list)
    payment_terms: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        align(self, "id", {"corrects": None, "payment_terms": None})


@dataclass(frozen=True, slots=True)
class Settlements:
    """What the books say is settled on a document, line by line (lettrage); positive for both kinds.

    `opening`: the line is a snapshot, the whole settled amount on `settled_on` (DESIGN §3). `recorded`: any
    number that grows with the moment of recording; it orders lines, nothing else. `currency`: leave the
    column out when the caller knows it to be the document's; a line in another one is reported, never
    added.
    """

    document_id: list[int] = field(default_factory=list)
    settled_on: list[date] = field(default_factory=list)
    amount_minor: list[int] = field(default_factory=list)
    opening: list[bool] = field(default_factory=list)
    recorded: list[int] = field(default_factory=list)
    currency: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        align(self, "document_id", {"opening": False, "recorded": 0, "currency": None})


@dataclass(frozen=True, slots=True)
class Allocations:
    """What the hub, or a person, allocated of receipts to documents; deductions that close a rest included.

    On an invoice `amount_minor` is what it lowers the open amount by. On a credit note it is what is used
    up of it: its sign does not matter, since receipts net of a credit note are stored with a negative line.
    `status` "reversed" makes the line void; "reopened": the books confirmed it and then gave it up.
    `books_settled_minor`: what the books had settled on that document when the allocation was made, over all
    dates. `currency`: as for `Settlements`.
    """

    document_id: list[int] = field(default_factory=list)
    receipt_id: list[int] = field(default_factory=list)
    amount_minor: list[int] = field(default_factory=list)
    effective_on: list[date] = field(default_factory=list)
    books_settled_minor: list[int] = field(default_factory=list)
    status: list[str] = field(default_factory=list)
    currency: list[str | None] = field(default_factory=list)

    def __post_init__(self) -> None:
        align(self, "document_id", {"status": "auto", "currency": None})


@dataclass(frozen=True, slots=True)
class Instalments:
    """The due dates of invoices that have several. Rows of one document may come in any order."""

    document_id: list[int] = field(default_factory=list)
    due_on: list[date] = field(default_factory=list)
    amount_minor: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        align(self, "document_id", {})


# Kinds of anomalies; stored and exported, never respelt.
OVER_SETTLED = "over_settled"
OVER_ALLOCATED = "over_allocated"
UNKNOWN_DOCUMENT = "unknown_document"
AMBIGUOUS_DOCUMENT = "ambiguous_document"
OTHER_CURRENCY = "other_currency"
UNREADABLE_TERMS = "unreadable_terms"
INSTALMENTS_DIFFER = "instalments_differ"
REOPENED_IN_BOOKS = "reopened_in_books"


class Anomaly(NamedTuple):
    """Something a person should look at, named instead of being smoothed over.

    kind: "over_settled": the books settled more than the document's total; "over_allocated": allocations
        not yet in the books bring it below zero; "unknown_document": a line whose document was not given;
        "ambiguous_document": a line whose number several documents bear, none of which is surely meant;
        "other_currency": a line in another currency than its document (both are left out of every sum);
        "unreadable_terms": payment terms nobody could parse where they were needed; "instalments_differ":
        they do not add up to the total; "reopened_in_books": paid by an allocation that the books confirmed and
        then gave up: the invoice is open again until a person decides.
    amount_minor: the excess, the amount of the line left out, or instalments minus total; 0 for terms.
    currency: of the amount; None when the line did not say.
    """

    kind: str
    document_id: int
    amount_minor: int
    currency: str | None
    detail: str
