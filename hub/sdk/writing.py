"""What the hub hands to a `LedgerWriter`: money that it knows of and the books do not, with what that money pays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class PostingPart:
    """A share of a receipt for one debtor; `document_number` None: on account, for nothing in particular.

    `amount_minor` is positive, in the posting's currency.
    """

    debtor_id: str
    document_number: str | None
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One receipt to be booked. Its parts add up to its amount.

    Attributes:
        posting_id: the hub's own, unique for ever: the same money is never handed over under two.
        account: the bank account that received it, as the bank names it (IBAN).
        label: what the bank said, for the accountant to recognise it.
    """

    posting_id: str
    booked_on: date
    account: str
    currency: str
    amount_minor: int
    label: str
    parts: Sequence[PostingPart]


@dataclass(frozen=True, slots=True)
class LedgerBatch:
    """Postings handed over together. `number` counts up by one for each batch of a connector; none is used twice."""

    number: int
    postings: Sequence[Posting]


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """What a writer made of a batch: a file for the accountant to import.

    `references`: by posting, the text in its entries by which it is known again when the books have it.
    """

    file_name: str
    media_type: str
    body: bytes
    references: Mapping[str, str]
