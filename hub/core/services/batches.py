"""Money handed to the books: a numbered batch is prepared, its file written, and taken back if it was never imported.

Killed at any instant, nothing goes twice: the batch stands in the data base before its file exists, and a batch whose
file was not noted is finished first by the next run, with the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hub.core.host.writing import Writer
from hub.core.services.desk import Desk, books_of
from hub.core.services.files import whole_file
from hub.core.services.handed import batch_called
from hub.core.services.looking import look
from hub.core.services.postings import Choice, Deducted, Draft, Left, choose
from hub.core.services.rights import require
from hub.core.store import Connection, UnitOfWork, batches, postings, sightings
from hub.core.store.batches import PREPARED, WITHDRAWN, BatchRow, NewPosting, PostingRow
from hub.core.store.choosing import lock
from hub.core.store.reading import connector_keys
from hub.sdk.errors import HubError
from hub.sdk.writing import LedgerBatch, LedgerFile, Posting, PostingPart

#: Receipts in one batch; what is more waits for the next.
MOST_POSTINGS = 2_000

OpenWriter = Callable[[], AbstractContextManager[Writer]]


@dataclass(frozen=True, slots=True)
class Written:
    """A batch whose file is there now; `again`: it was prepared by an earlier run, or asked for anew."""

    batch: BatchRow
    path: Path
    postings: list[PostingRow]
    again: bool


@dataclass(slots=True)
class HandedOver:
    """What a run came to. `drafts`: what a dry run would hand over; `more`: receipts that wait for another batch;
    `deducted`: what the accountant has to enter beside the file; `checked`: the books give balances to compare."""

    written: list[Written] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    deducted: list[Deducted] = field(default_factory=list)
    more: int = 0
    checked: bool = True


def hand_over(
    desk: Desk, key: str, open_writer: OpenWriter, folder: Path, *, until: date | None = None, dry_run: bool = False
) -> HandedOver:
    """Write a file of entries for the books `key` into `folder`; every receipt once.

    A batch that was prepared and whose file was never noted is finished first. `dry_run`: only say what would be
    handed over; nothing is written.

    Raises:
        NotAllowed: who asks is no controller of these sellers.
        HubError: these are no books, or were not read to the end; or somebody did the same at the same instant.
        ConfigError: the folder cannot be written.
    """
    report = HandedOver()
    if not dry_run:
        require(desk.user, "controller")
        look(desk)  # what the books have by now is linked
    with desk.store.read() as connection:
        connector = _connector(desk, connection, key)
        unfinished = [one for one in batches.batches(connection, connector=connector) if one.state == PREPARED]
    if not dry_run:
        report.written += [put_again(desk, one, folder) for one in unfinished]
    with desk.store.read() as connection:
        choice = choose(desk, connection, connector, until)
        number = batches.next_number(connection, connector)
    report.left, report.checked = choice.left, choice.checked
    with open_writer() as writer:
        drafts, file = _rendered(writer, number, choice, report)
    report.deducted = [one for draft in drafts for one in choice.deducted.get(draft.receipt.id, [])]
    if dry_run:
        report.drafts = drafts
    elif file is not None:
        batch_id = prepare(desk, connector, number, drafts, file)
        with desk.store.read() as connection:
            [row] = [one for one in batches.batches(connection, connector=connector, number=number)]
        assert row.id == batch_id  # noqa: S101 -- a number is given once
        report.written.append(_put(desk, row, folder, again=False))
    return report


def _rendered(writer: Writer, number: int, choice: Choice, report: HandedOver) -> tuple[list[Draft], LedgerFile | None]:
    """The drafts that the connector can write, and their file; those that it refuses are left with its reason."""
    drafts = choice.drafts[:MOST_POSTINGS]
    report.more = len(choice.drafts) - len(drafts)
    if not drafts:
        return [], None
    refused = writer.refusals(LedgerBatch(number, [_posting(one) for one in drafts]))
    report.left += [
        Left(one.receipt, "refused", f"{error.what} ({error.code})", error.mend)
        for one in drafts
        if (error := refused.get(_name(one))) is not None
    ]
    report.left.sort(key=lambda one: (one.receipt.received_on, one.receipt.id))
    drafts = [one for one in drafts if _name(one) not in refused]
    return drafts, writer.write(LedgerBatch(number, [_posting(one) for one in drafts])) if drafts else None


def _name(one: Draft) -> str:
    return f"R{one.receipt.id}"


def _posting(one: Draft) -> Posting:
    receipt = one.receipt
    return Posting(
        _name(one), receipt.received_on, receipt.account or "", receipt.currency, receipt.amount_minor, one.label,
        [PostingPart(part.debtor_id, part.document_number, part.amount_minor) for part in one.parts],
    )  # fmt: skip


def prepare(desk: Desk, connector: int, number: int, drafts: list[Draft], file: LedgerFile) -> int:
    """Write the batch before its file exists; returns its id.

    Raises:
        HubError: what it says is not true any more, or somebody prepared the same at the same instant.
    """

    def work(unit: UnitOfWork) -> int:
        rows = {one.receipt.id: one for one in drafts}
        lock(unit, list(rows), [])
        free = {row.id for row in postings.candidates(unit.connection, books_of(desk, unit.connection).values(), None)}
        standing: dict[int, set[int]] = {row: set() for row in rows}
        for line in sightings.allocations_of(unit.connection, list(rows)):
            standing[line.receipt_id].add(line.id)
        changed = [one for row, one in rows.items() if row not in free or standing[row] != set(one.allocations)]
        if changed:
            raise HubError(
                code="HUB-BOOK-012",
                what=f"receipt {changed[0].receipt.receipt_id} was changed while the batch was made",
                where="hub books write",
                mend="nothing was handed over: run hub books write again",
            )
        new = [
            NewPosting(
                one.receipt.id, file.references[_name(one)], one.receipt.received_on, one.receipt.account or "",
                one.receipt.currency, one.receipt.amount_minor, one.label, one.parts,
            )
            for one in drafts
        ]  # fmt: skip
        told = {
            "file_name": file.file_name, "media_type": file.media_type, "body": file.body,
            "digest": hashlib.sha256(file.body).digest(),
        }  # fmt: skip
        return batches.add_batch(unit, connector, number, told, new)

    return desk.act(work, sellers=lambda _: {part.seller for one in drafts for part in one.parts})


def put_again(desk: Desk, batch: BatchRow, folder: Path) -> Written:
    """Write the file of a batch once more: the same bytes under the same name.

    Raises:
        HubError: the batch was withdrawn, or another file stands under its name.
    """
    if batch.state == WITHDRAWN:
        raise HubError(
            code="HUB-BOOK-014",
            what=f"batch {batch.number} was withdrawn by {batch.withdrawn_by}: {batch.withdrawn_because}",
            where="hub books write",
            mend="its receipts go into the next batch: hub books write without --again",
        )
    return _put(desk, batch, folder, again=True)


def _put(desk: Desk, batch: BatchRow, folder: Path, *, again: bool) -> Written:
    """The batch's file in `folder`, then the note that it is there."""
    path = folder / batch.file_name
    with desk.store.read() as connection:
        body, rows = batches.body_of(connection, batch.id), batches.postings_of(connection, [batch.id])
    _refuse_damaged(batch, body)
    if path.exists() and path.read_bytes() != body:
        raise HubError(
            code="HUB-BOOK-013",
            what="another file stands under the batch's name; it was left alone",
            where=str(path),
            mend=f"move it away, or choose another folder with --out; then hub books write --again {batch.number}",
        )
    if not path.exists():
        with whole_file(path) as beside:
            beside.write_bytes(body)
    desk.act(lambda unit: batches.note_written(unit, batch.id))
    return Written(batch, path, rows, again)


def _refuse_damaged(batch: BatchRow, body: bytes) -> None:
    if hashlib.sha256(body).digest() != batch.digest:
        raise HubError(
            code="HUB-BOOK-015",
            what=f"the stored file of batch {batch.number} is not what it was when it was prepared",
            where="hub books",
            mend="nothing was written: run hub verify, and restore a backup",
        )


def withdraw(desk: Desk, number: int, reason: str, key: str | None = None) -> tuple[BatchRow, list[PostingRow]]:
    """Say that a batch was never imported, nor will be: its receipts go into the next one. Returns what it was.

    Raises:
        HubError: there is no such batch, several connectors have one, it is withdrawn already, or the books have
            entries of it.
    """

    def work(unit: UnitOfWork) -> tuple[BatchRow, list[PostingRow]]:
        batch = batch_called(unit.connection, number, key)
        if batch.state == WITHDRAWN:
            raise HubError(
                code="HUB-BOOK-014",
                what=f"batch {number} was withdrawn already by {batch.withdrawn_by}: {batch.withdrawn_because}",
                where=f"hub books withdraw {number}",
                mend="nothing to do",
            )
        rows = batches.postings_of(unit.connection, [batch.id])
        batches.withdraw(unit, batch.id, reason)
        return batch, rows

    return desk.act(work, sellers=lambda done: {part.seller for row in done[1] for part in row.parts})


def _connector(desk: Desk, connection: Connection, key: str) -> int:
    """The connector `key`, if it is the books of a seller."""
    books = books_of(desk, connection)
    keys = connector_keys(connection)
    found = [number for number in set(books.values()) if keys[number] == key]
    if not found:
        known = ", ".join(sorted(keys[number] for number in set(books.values()))) or "none was read yet"
        raise HubError(
            code="HUB-BOOK-016",
            what=f"{key!r} is the books of no seller; books: {known}",
            where="hub books write",
            mend="name the connector whose ledger decides; entries go there and nowhere else",
        )
    return found[0]
