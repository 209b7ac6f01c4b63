"""What the hub may hand to the books: money that they do not have, applied here, of debtors about whom both agree.

A doubt is never booked: every receipt left out says why, and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from hub.core.ledger.gap_causes import DISAGREEMENT, MISSING, Standing, may_act, standing_of_entries
from hub.core.services.desk import Desk, books_of
from hub.core.services.disagreements import tellings_of
from hub.core.services.gaps import BookCheck, check_books
from hub.core.services.ledger import LedgerView, view_in
from hub.core.store import Connection, postings, sightings
from hub.core.store import books as book_store
from hub.core.store.batches import Part
from hub.core.store.postings import Candidate
from hub.sdk.errors import HubError
from hub.sdk.money import decimal_text

#: Characters of a label that are handed over; formats cut it shorter.
LABEL = 140


class Draft(NamedTuple):
    """A receipt that may be handed over, with its parts; `allocations`: the lines that say so."""

    receipt: Candidate
    parts: tuple[Part, ...]
    allocations: frozenset[int]

    @property
    def label(self) -> str:
        """What the bank said, for the accountant to recognise it."""
        said = " ".join((self.receipt.remittance or "").split())
        return (said or self.receipt.payer_name or self.receipt.receipt_id)[:LABEL]


class Left(NamedTuple):
    """A receipt that is not handed over: `reason` is a stable word, `what` and `mend` are for a person."""

    receipt: Candidate
    reason: str
    what: str
    mend: str


class Deducted(NamedTuple):
    """A rest that was closed here without money: the accountant enters it by hand."""

    document_number: str
    nature: str
    amount_minor: int
    currency: str


@dataclass(slots=True)
class Choice:
    """What may be handed over, by date; what is left, and why; deductions that go with what is handed over.

    `checked`: the books gave balances, so that a debtor about whom they differ is known.
    """

    drafts: list[Draft] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    deducted: dict[int, list[Deducted]] = field(default_factory=dict)
    checked: bool = True


def choose(desk: Desk, connection: Connection, connector: int, until: date | None = None) -> Choice:
    """The receipts, booked up to `until`, that these books do not have: handed over, or left with a reason.

    Only those of sellers for whom the desk's user acts.

    Raises:
        HubError: the books were not read to the end by their last run: nobody knows what they have.
    """
    books = books_of(desk, connection)
    _refuse_unread(connection, connector)
    rows = postings.candidates(connection, books.values(), until)
    ids = [row.id for row in rows]
    lines: dict[int, list[Any]] = defaultdict(list)
    for line in sightings.allocations_of(connection, ids):
        lines[line.receipt_id].append(line)
    documents = postings.documents(connection, [line.invoice_id for found in lines.values() for line in found])
    sellers = {seller for seller, number in books.items() if number == connector}
    if desk.user is not None and desk.user.sellers is not None:
        sellers &= set(desk.user.sellers)
    check = check_books(desk, connection)
    judge = _Judge(
        connector=connector,
        documents=documents,
        doubtful=postings.in_suggestions(connection),
        orphans=postings.orphans(connection),
        settled=_settled(desk, connection, books, documents),
        standing=_standing(connection, books, check),
    )
    choice = Choice(checked=check.checked)
    for row in rows:
        mine = lines.get(row.id, [])
        known = [documents[line.invoice_id] for line in mine]
        ours = any(one.connector_id == connector and one.seller in sellers for one in known)
        if not (ours if known else row.seller in {None, *sellers}):
            continue  # the business of other books, or of somebody else
        judge.judge(row, mine, choice)
    return choice


def _refuse_unread(connection: Connection, connector: int) -> None:
    state = book_store.last_states(connection).get(connector, "missing")
    if state != "complete":
        raise HubError(
            code="HUB-BOOK-011",
            what="the books were not read to the end: nobody knows which payments they have by now",
            where="hub books write",
            mend="run hub sync for them first, then hub reconcile",
        )


def _standing(connection: Connection, books: Mapping[str, int], check: BookCheck) -> Standing:
    """Whom no entry may be written for: gaps that entries do not close, unread books, and disagreements of amount."""
    standing = standing_of_entries((found for _, found in check.gaps), check.unread)
    told = {
        (one.seller, one.debtor_id)
        for one in tellings_of(connection, books)
        if one.kind == MISSING or (one.kind == DISAGREEMENT and one.field in ("total_minor", "currency"))
    }
    return standing._replace(debtors=standing.debtors | told)


def _settled(
    desk: Desk, connection: Connection, books: Mapping[str, int], documents: Mapping[int, Any]
) -> frozenset[int]:
    """Documents on which the books settled more than the payments that they have explain: they may have the money that
    is applied here under another name."""
    if not documents:
        return frozenset()
    view: LedgerView = view_in(desk, connection)
    pending = dict(zip(view.facts.documents.id, view.ledger.balances.pending_minor, strict=True))
    carriers = sightings.carriers_of(connection, books.values())
    applied: dict[int, int] = defaultdict(int)
    for line in book_store.standing_lines(connection, sorted(documents)):
        if line.receipt_id not in carriers:
            applied[line.invoice_id] += abs(line.amount_minor)
    return frozenset(document for document, minor in applied.items() if pending.get(document, 0) < minor)


@dataclass(frozen=True, slots=True)
class _Judge:
    """What decides about one receipt."""

    connector: int
    documents: Mapping[int, Any]
    doubtful: set[int]
    orphans: set[tuple[str, int, date]]
    settled: frozenset[int]
    standing: Standing

    def judge(self, row: Candidate, lines: Sequence[Any], choice: Choice) -> None:
        """Put the receipt where it belongs."""
        money = [line for line in lines if line.nature == "money"]
        refusal = self._refused(row, money)
        if refusal is None:
            parts = self._parts(row, money)
            refusal = _unparted(row, parts) or self._not_agreed(parts)
        if refusal is not None:
            choice.left.append(Left(row, *refusal))
            return
        choice.drafts.append(Draft(row, tuple(parts), frozenset(line.id for line in lines)))
        less = [line for line in lines if line.nature != "money"]
        if less:
            choice.deducted[row.id] = [
                Deducted(self.documents[line.invoice_id].number, line.nature, line.amount_minor, line.currency)
                for line in less
            ]

    def _refused(self, row: Candidate, money: Sequence[Any]) -> tuple[str, str, str] | None:
        documents = [self.documents[line.invoice_id] for line in money]
        if row.id in self.doubtful:
            what = "it may be a payment that the books have already"
            return "maybe_in_books", what, "say whether it is: hub sightings list --status suggested"
        if (row.currency, row.amount_minor, row.received_on) in self.orphans:
            what = "one like it was handed over, and is gone from the bank's statements since: it may be the same"
            return "maybe_handed_over", what, "hub books list; if it is another payment, enter it by hand"
        if row.elsewhere_minor:
            return "counted_elsewhere", "a part of it is counted as other receipts", "book it in the ledger by hand"
        if not money:
            return "not_applied", "it is applied to no invoice", "hub reconcile, then hub allocations list"
        if any(one.connector_id != self.connector for one in documents) or len({one.seller for one in documents}) > 1:
            return "several_sellers", "it pays invoices of several sellers", "book it in their ledgers by hand"
        if any(line.currency != row.currency for line in money):
            what = f"it pays an invoice in {money[0].currency}: nobody here knows at which rate the books hold it"
            return "other_currency", what, "book it in the ledger by hand, with its exchange difference"
        settled = sorted({one.number for one in documents if one.id in self.settled})
        if settled:
            what = f"the books settled {', '.join(settled[:3])} since it was applied: they may have it already"
            return "settled_in_books", what, "look for the payment in the books; then hub sightings link"
        if row.account is None:
            return "no_account", "its source does not say which account received it", "book it in the ledger by hand"
        return None

    def _parts(self, row: Candidate, money: Sequence[Any]) -> list[Part]:
        """What each invoice gets; credit notes that were used up are taken off the same debtor's invoices, the last
        first. A rest of a receipt that pays one debtor is on his account."""
        found: list[Part] = []
        less: dict[str, int] = defaultdict(int)
        for line in money:
            one = self.documents[line.invoice_id]
            if line.amount_minor < 0:
                less[one.debtor_id] -= line.amount_minor
            else:
                found.append(Part(one.seller, one.debtor_id, one.id, one.number, line.amount_minor))
        for at in range(len(found) - 1, -1, -1):
            off = min(less[found[at].debtor_id], found[at].amount_minor)
            less[found[at].debtor_id] -= off
            found[at] = found[at]._replace(amount_minor=found[at].amount_minor - off)
        if any(less.values()):
            return []
        found = [part for part in found if part.amount_minor]
        rest = row.amount_minor - sum(part.amount_minor for part in found)
        if rest and len({part.debtor_id for part in found}) == 1:
            found.append(Part(found[0].seller, found[0].debtor_id, None, None, rest))
        return found

    def _not_agreed(self, parts: Sequence[Part]) -> tuple[str, str, str] | None:
        for part in parts:
            if not may_act(self.standing, part.seller, part.debtor_id):
                what = f"the books and the hub do not agree about {part.debtor_id}"
                return "books_differ", what, "hub export gaps and hub export disagreements name the records"
        return None


def _unparted(row: Candidate, parts: Sequence[Part]) -> tuple[str, str, str] | None:
    if not parts:
        return "credit_notes", "more credit notes than invoices are used up with it", "book it in the ledger by hand"
    rest = row.amount_minor - sum(part.amount_minor for part in parts)
    if rest:
        what = f"{decimal_text(rest, row.currency)} {row.currency} of it belong to nobody in particular"
        return "rest", what, "apply the rest: hub allocations allocate, or book the receipt by hand"
    return None
