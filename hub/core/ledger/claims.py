"""Claims: what can still be asked for on an invoice, which part of it is contested, and who may ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from hub.core.ledger.facts import INVOICE
from hub.core.ledger.open_items import OpenItem


class HolderType(StrEnum):
    """Who else than the seller may act on a claim; stored, never respelt. In-house means that no holder row
    exists.
    """

    AGENCY = "agency"
    LAWYER = "lawyer"
    COURT_OFFICER = "commissaire_de_justice"
    FINANCIER = "financier"


class Contest(NamedTuple):
    """A dispute on one invoice, from `opened_on` to the day before `closed_on`. `amount_minor` None: all of
    it.
    """

    document_id: int
    opened_on: date
    closed_on: date | None
    amount_minor: int | None


class Claim(NamedTuple):
    """open_minor = contested_minor + uncontested_minor, all above or equal to zero."""

    document_id: int
    seller: str
    debtor_id: str
    number: str
    currency: str
    due_on: date
    open_minor: int
    contested_minor: int
    uncontested_minor: int


def open_claims(items: Iterable[OpenItem], contests: Iterable[Contest], *, as_of: date) -> list[Claim]:
    """The claim on each open invoice, in the order of `items`; what is over-settled or a credit is no claim.

    Several disputes on one invoice add up (they name different faults), never beyond what is open: money
    received serves the uncontested part first, since a debtor does not pay what he contests (reading).
    """
    contested = contested_minor(contests, as_of=as_of)
    found = []
    for item in items:
        if item.kind != INVOICE or item.open_minor <= 0:
            continue
        named = contested.get(item.document_id, 0)
        part = item.open_minor if named is None else min(named, item.open_minor)
        found.append(
            Claim(
                item.document_id,
                item.seller,
                item.debtor_id,
                item.number,
                item.currency,
                item.due_on,
                item.open_minor,
                part,
                item.open_minor - part,
            )
        )
    return found


def contested_minor(contests: Iterable[Contest], *, as_of: date) -> Mapping[int, int | None]:
    """The amount contested per document on `as_of`; None: the whole invoice. Documents without dispute are
    absent.
    """
    found: dict[int, int | None] = {}
    for contest in contests:
        if contest.opened_on > as_of or (contest.closed_on is not None and contest.closed_on <= as_of):
            continue
        so_far = found.get(contest.document_id, 0)
        whole = so_far is None or contest.amount_minor is None
        found[contest.document_id] = None if whole else (so_far or 0) + (contest.amount_minor or 0)
    return found
