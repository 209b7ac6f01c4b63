"""What was handed to the books and how it stands there: acknowledged, waiting, or something a person has to correct.

The hub never corrects an entry. Where the books and the hub differ about a payment that the hub handed over, it says
what differs and what to do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.core.services.desk import Desk, books_of
from hub.core.store import Connection, batches, postings, sightings
from hub.core.store.batches import PREPARED, WITHDRAWN, BatchRow, PostingRow
from hub.core.store.spent import used_by
from hub.sdk.errors import HubError
from hub.sdk.money import decimal_text

ACKNOWLEDGED = "acknowledged"


class Correction(NamedTuple):
    """Something that a person has to put right: `kind` is a stable word."""

    kind: str
    what: str
    mend: str


@dataclass(frozen=True, slots=True)
class Handed:
    """A posting: `state` is prepared, written, acknowledged or withdrawn."""

    posting: PostingRow
    state: str
    corrections: list[Correction]


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch with its postings, in order."""

    row: BatchRow
    postings: list[Handed]

    @property
    def state(self) -> str:
        """The batch's own state; acknowledged when all its postings are."""
        every = self.postings and all(one.state == ACKNOWLEDGED for one in self.postings)
        return ACKNOWLEDGED if every else self.row.state

    @property
    def waiting(self) -> bool:
        """True while somebody has to import its file, or the books to be read."""
        return self.state not in (ACKNOWLEDGED, WITHDRAWN)

    @property
    def imported(self) -> bool:
        """True once the books had an entry of it, whether they still have it or not: it cannot be withdrawn."""
        return any(one.posting.entries for one in self.postings)


def list_batches(desk: Desk, *, number: int | None = None, key: str | None = None) -> list[Batch]:
    """Batches, oldest first; all, those of the books `key`, or the one with a number.

    Raises:
        HubError: no batch, or several, have that number.
    """
    with desk.store.read() as connection:
        return batches_in(desk, connection, number=number, key=key)


def batches_in(desk: Desk, connection: Connection, *, number: int | None = None, key: str | None = None) -> list[Batch]:
    """`list_batches` inside a transaction of the caller's."""
    if number is not None:
        rows = [batch_called(connection, number, key)]
    else:
        rows = [one for one in batches.batches(connection) if key in (None, one.connector)]
    handed = batches.postings_of(connection, [row.id for row in rows])
    judge = _Judge(desk, connection, handed)
    by_batch: dict[int, list[Handed]] = defaultdict(list)
    of_id = {row.id: row for row in rows}
    imported = {posting.batch_id for posting in handed if posting.entries}
    for posting in handed:
        batch = of_id[posting.batch_id]
        state = batch.state
        mine = posting.standing()
        shown = state if state == WITHDRAWN or not mine else ACKNOWLEDGED
        by_batch[posting.batch_id].append(
            Handed(posting, shown, judge.corrections(posting, batch, imported=posting.batch_id in imported))
        )
    return [Batch(row, by_batch[row.id]) for row in rows]


def batch_called(connection: Connection, number: int, key: str | None) -> BatchRow:
    """The batch with this number, of the connector `key` where several have one.

    Raises:
        HubError: there is none, or there are several.
    """
    found = [one for one in batches.batches(connection, number=number) if key in (None, one.connector)]
    if len(found) == 1:
        return found[0]
    names = ", ".join(one.connector for one in found)
    raise HubError(
        code="HUB-BOOK-010",
        what=f"several books have a batch {number}: {names}" if found else f"there is no batch {number}",
        where="hub books",
        mend=f"say whose: --books {found[0].connector}" if found else "hub books list names them",
    )


class _Judge:
    """What is asked once for all postings: allocations that stand, and what the books did with the money."""

    def __init__(self, desk: Desk, connection: Connection, handed: Sequence[PostingRow]) -> None:
        receipts = sorted({one.receipt_row for one in handed})
        self._lines: dict[int, list[Any]] = defaultdict(list)
        for line in sightings.allocations_of(connection, receipts):
            if line.nature == "money":
                self._lines[line.receipt_id].append(line)
        named = [line.invoice_id for lines in self._lines.values() for line in lines]
        self._documents = postings.documents(connection, named)
        self._desk, self._connection = desk, connection
        self._known: Mapping[int, int] | None = None

    def _in_books(self, receipt: int) -> int:
        """What the books matched of a receipt; asked when the first difference shows, since it reads all matchings."""
        if self._known is None:
            self._known = sightings.sums(self._connection, books_of(self._desk, self._connection)).in_books
        return self._known.get(receipt, 0)

    def corrections(self, posting: PostingRow, batch: BatchRow, *, imported: bool) -> list[Correction]:
        """What is wrong with a posting, most pressing first. `imported`: the books had an entry of its batch."""
        mine = posting.standing()
        if batch.state == WITHDRAWN:
            what = "its batch was withdrawn, but the books have it"
            mend = "if it was handed over again since, delete one of the two in the books"
            return [Correction("imported", what, mend)] if mine else []
        found = self._in_the_books(posting) if posting.entries else []
        if posting.returned_because is not None:
            what = f"the bank took the money back: {posting.returned_because}"
            found.append(Correction("returned", what, _by_state(batch, imported, "enter the return in the books")))
        elif posting.receipt_gone or posting.receipt_minor != posting.amount_minor:
            what = "the bank's statement tells this receipt otherwise now"
            found.append(Correction("receipt", what, _by_state(batch, imported, "correct the entry in the books")))
        else:
            otherwise = self._applied_otherwise(posting, batch, imported=imported)
            if otherwise and self._in_books(posting.receipt_row) < posting.amount_minor:  # else the books decided
                found += otherwise
        return found

    def _in_the_books(self, posting: PostingRow) -> list[Correction]:
        mine, had = posting.standing(), posting.had_minor()
        amounts = [decimal_text(minor, posting.currency) for minor in (had, posting.amount_minor)]
        told = f"the books have {amounts[0]} instead of {amounts[1]}"
        if not mine:
            return [
                Correction("gone", "the books had it, and do not any more", "enter it again, or ask who took it out")
            ]
        if had > posting.amount_minor:
            return [Correction("twice", f"{told}: imported twice?", "delete what is too much there")]
        if had < posting.amount_minor:
            return [Correction("amount", told, "correct the entry in the books")]
        if any(entry.linked_to is None for entry in mine):
            what = "its entry counts by itself: the payment is linked to another entry, or was applied otherwise"
            mend = "hub sightings list; if it was entered twice, delete one of the two in the books"
            return [Correction("unlinked", what, mend)]
        return []

    def _applied_otherwise(self, posting: PostingRow, batch: BatchRow, *, imported: bool) -> list[Correction]:
        """The posting says what the receipt paid when it was written; somebody may have decided otherwise since."""
        now: dict[str, int] = defaultdict(int)
        on_document: dict[int, int] = defaultdict(int)
        for line in self._lines.get(posting.receipt_row, ()):
            now[self._documents[line.invoice_id].debtor_id] += used_by(line)
            on_document[line.invoice_id] += used_by(line)
        then: dict[str, int] = defaultdict(int)
        lost: set[str] = set()
        for part in posting.parts:
            then[part.debtor_id] += part.amount_minor
            if part.invoice_id is not None and on_document[part.invoice_id] < part.amount_minor:
                lost.add(f"{part.document_number} of {part.debtor_id}")
        names = ", ".join(sorted(lost))
        others = sorted(debtor for debtor, minor in now.items() if minor > then[debtor])
        if others:
            what = f"more of it is applied to {', '.join(others)} now than was written for that account"
            mend = _by_state(batch, imported, "correct the entry in the books")
            return [Correction("other_debtor", what, mend)]
        if lost:
            what = f"it was written for {names}, and is not applied to that any more"
            mend = _by_state(batch, imported, "match it otherwise in the books, or correct the entry")
            return [Correction("not_applied", what, mend)]
        return []


def _by_state(batch: BatchRow, imported: bool, in_books: str) -> str:
    """What to do about a payment that was handed over and is another now: it hangs on where its batch is.

    Args:
        in_books: what to do in the books when they have it.
    """
    if imported:
        return in_books
    withdraw = f'hub books withdraw {batch.number} --reason "…"'
    if batch.state == PREPARED:
        return f"its file was not written yet: {withdraw}"
    return f"never imported, nor will be: {withdraw}; imported: hub sync {batch.connector}, then {in_books}"
