"""Batches of entries for the books: written once, numbered, withdrawn by a person; and what came back of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.allocations import refused_by_rule
from hub.core.store.database import UnitOfWork
from hub.core.store.idranges import ranges
from hub.core.store.sightings import links_standing
from hub.sdk.errors import HubError

PREPARED, WRITTEN, WITHDRAWN = "prepared", "written", "withdrawn"


class Part(NamedTuple):
    """A share of a posting; without invoice: on account of the debtor."""

    seller: str
    debtor_id: str
    invoice_id: int | None
    document_number: str | None
    amount_minor: int


class NewPosting(NamedTuple):
    """One receipt, to be handed to the books."""

    receipt_id: int
    reference: str
    booked_on: date
    account: str
    currency: str
    amount_minor: int
    label: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class BatchRow:
    """A batch. `state`: prepared, written or withdrawn; acknowledged is said of its postings."""

    id: int
    connector_id: int
    connector: str
    number: int
    file_name: str
    digest: bytes
    recorded_at: int
    actor: str
    state: str
    withdrawn_because: str | None
    withdrawn_by: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the books that bears a posting's reference. `gone`: they do not have it any more; `linked_to`: the
    receipt that is the same sum, None when it counts by itself."""

    id: int
    source_key: str
    amount_minor: int
    currency: str
    gone: bool
    linked_to: int | None


@dataclass(frozen=True, slots=True)
class PostingRow:
    """A posting with its parts, the entries that came back of it, and what its receipt is now."""

    id: int
    batch_id: int
    receipt_row: int
    receipt_id: str
    reference: str
    booked_on: date
    account: str
    currency: str
    amount_minor: int
    label: str
    receipt_gone: bool
    receipt_minor: int
    returned_because: str | None
    parts: list[Part] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)

    def standing(self) -> list[Entry]:
        """Its entries that the books still have."""
        return [entry for entry in self.entries if not entry.gone]

    def had_minor(self) -> int:
        """What the books have of it, in its currency."""
        return sum(entry.amount_minor for entry in self.standing() if entry.currency == self.currency)


def next_number(connection: sa.Connection, connector: int) -> int:
    """The number of the next batch of a connector."""
    b = t.ledger_batch
    return 1 + int(
        connection.execute(sa.select(sa.func.max(b.c.number)).where(b.c.connector_id == connector)).scalar() or 0
    )


def add_batch(
    unit: UnitOfWork, connector: int, number: int, file: Mapping[str, Any], postings: Sequence[NewPosting]
) -> int:
    """Write a batch with its postings and one journal entry; returns its id. `file`: name, type, digest and body.

    Raises:
        HubError: the data base refused: the number is not the next one, or money of it was handed over already.
    """
    batch, posting, part = t.ledger_batch, t.ledger_posting, t.ledger_part
    said = {"recorded_at": unit.at, "actor": unit.actor}
    try:
        [batch_id] = bulk.reserve_ids(unit.connection, batch, 1)
        unit.connection.execute(
            batch.insert().values(id=batch_id, connector_id=connector, number=number, **file, **said)
        )
        ids = bulk.reserve_ids(unit.connection, posting, len(postings))
        rows = [
            {"id": row_id, "batch_id": batch_id, **{k: v for k, v in one._asdict().items() if k != "parts"}}
            for row_id, one in zip(ids, postings, strict=True)
        ]
        unit.connection.execute(posting.insert(), rows)
        parts = [
            {"posting_id": row_id, "part": at, **share._asdict(), "currency": one.currency}
            for row_id, one in zip(ids, postings, strict=True)
            for at, share in enumerate(one.parts, 1)
        ]
        unit.connection.execute(part.insert(), parts)
    except sa.exc.DBAPIError as error:
        if refused_by_rule(error):
            raise _refused(error) from error
        raise
    payload = {
        "ids": [batch_id], "connector": connector, "number": number, "postings": ranges(ids),
        "digest": file["digest"].hex(),
    }  # fmt: skip
    unit.journal("prepare", "ledger_batch", payload)
    return int(batch_id)


def _refused(error: sa.exc.DBAPIError) -> HubError:
    return HubError(
        code="HUB-BOOK-012",
        what=f"the batch was refused: {str(error.orig).splitlines()[0]}",
        where="hub books",
        mend="somebody did the same at the same instant, or the books have it by now: look at hub books list",
    )


def note_written(unit: UnitOfWork, batch_id: int) -> None:
    """The batch's file is where a person takes it. Noted once; a file that is made again is no news."""
    w = t.ledger_batch_written
    if unit.connection.execute(sa.select(w.c.batch_id).where(w.c.batch_id == batch_id)).first() is None:
        unit.connection.execute(w.insert().values(batch_id=batch_id, recorded_at=unit.at, actor=unit.actor))
        unit.journal("write", "ledger_batch", {"ids": [batch_id]})


def withdraw(unit: UnitOfWork, batch_id: int, reason: str) -> None:
    """Note that a batch was never imported: its receipts may be handed over anew.

    Raises:
        HubError: the books have entries of it, or it was withdrawn already.
    """
    values = {"batch_id": batch_id, "reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    try:
        unit.connection.execute(t.ledger_batch_withdrawn.insert().values(**values))
    except sa.exc.DBAPIError as error:
        if refused_by_rule(error):
            raise _refused(error) from error
        raise
    unit.journal("withdraw", "ledger_batch", {"ids": [batch_id]})


def body_of(connection: sa.Connection, batch_id: int) -> bytes:
    """The file of a batch, as the connector made it."""
    return bytes(
        connection.execute(sa.select(t.ledger_batch.c.body).where(t.ledger_batch.c.id == batch_id)).scalar_one()
    )


def batches(connection: sa.Connection, *, connector: int | None = None, number: int | None = None) -> list[BatchRow]:
    """Batches, oldest first: all, or those of a connector, or with a number."""
    b, w, gone, c = t.ledger_batch, t.ledger_batch_written, t.ledger_batch_withdrawn, t.connector
    state = sa.case(
        (gone.c.batch_id.is_not(None), WITHDRAWN), (w.c.batch_id.is_not(None), WRITTEN), else_=PREPARED
    )  # fmt: skip
    joined = b.join(c, c.c.id == b.c.connector_id)
    joined = joined.outerjoin(w, w.c.batch_id == b.c.id).outerjoin(gone, gone.c.batch_id == b.c.id)
    statement = sa.select(
        b.c.id, b.c.connector_id, c.c.key, b.c.number, b.c.file_name, b.c.digest, b.c.recorded_at, b.c.actor, state,
        gone.c.reason, gone.c.actor,
    ).select_from(joined)  # fmt: skip
    for column, value in ((b.c.connector_id, connector), (b.c.number, number)):
        if value is not None:
            statement = statement.where(column == value)
    return [BatchRow(*row) for row in connection.execute(statement.order_by(b.c.id))]


def postings_of(connection: sa.Connection, batch_ids: Sequence[int]) -> list[PostingRow]:
    """The postings of these batches, in order, with their parts and what came back of them."""
    p, r, back = t.ledger_posting, t.receipt, t.receipt_return
    columns = (
        p.c.id, p.c.batch_id, p.c.receipt_id, p.c.reference, p.c.booked_on, p.c.account, p.c.currency,
        p.c.amount_minor, p.c.label,
    )  # fmt: skip
    rows = sorted(bulk.rows_by_id(connection, columns, p.c.batch_id, sorted(batch_ids)), key=lambda row: int(row.id))
    named = (r.c.id, r.c.receipt_id, r.c.withdrawn_at, r.c.amount_minor)
    receipts = {row.id: row for row in bulk.rows_by_id(connection, named, r.c.id, sorted({x.receipt_id for x in rows}))}
    returned = {row.receipt_id: row.reason for row in connection.execute(sa.select(back.c.receipt_id, back.c.reason))}
    found: dict[int, PostingRow] = {}
    for row in rows:
        receipt = receipts[row.receipt_id]
        found[row.id] = PostingRow(
            row.id, row.batch_id, row.receipt_id, receipt.receipt_id, row.reference, row.booked_on, row.account,
            row.currency, row.amount_minor, row.label, receipt.withdrawn_at is not None, receipt.amount_minor,
            returned.get(row.receipt_id),
        )  # fmt: skip
    _add_parts(connection, found)
    _add_entries(connection, found)
    return list(found.values())


def _add_parts(connection: sa.Connection, found: Mapping[int, PostingRow]) -> None:
    part = t.ledger_part
    columns = (part.c.posting_id, part.c.part, *(part.c[name] for name in Part._fields))
    rows = bulk.rows_by_id(connection, columns, part.c.posting_id, sorted(found))
    for row in sorted(rows, key=lambda row: (row.posting_id, row.part)):
        found[row.posting_id].parts.append(Part(*(getattr(row, name) for name in Part._fields)))


def _add_entries(connection: sa.Connection, found: Mapping[int, PostingRow]) -> None:
    a, r, s = t.ledger_acknowledgement, t.receipt, t.sighting
    told = bulk.rows_by_id(connection, (a.c.posting_id, a.c.entry_id), a.c.posting_id, sorted(found))
    ids = sorted({row.entry_id for row in told})
    columns = (r.c.id, r.c.source_key, r.c.amount_minor, r.c.currency, r.c.withdrawn_at)
    entries = {row.id: row for row in bulk.rows_by_id(connection, columns, r.c.id, ids)}
    ends = (s.c.receipt_id, s.c.carrier_id)
    held = bulk.rows_by_id(connection, ends, s.c.carrier_id, ids, links_standing())
    given = bulk.rows_by_id(connection, ends, s.c.receipt_id, ids, links_standing())
    other = {row.carrier_id: row.receipt_id for row in held} | {row.receipt_id: row.carrier_id for row in given}
    for row in sorted(told, key=lambda row: (row.posting_id, row.entry_id)):
        e = entries[row.entry_id]
        gone = e.withdrawn_at is not None
        one = Entry(e.id, e.source_key, e.amount_minor, e.currency, gone, other.get(e.id))
        found[row.posting_id].entries.append(one)
