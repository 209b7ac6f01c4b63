"""What `hub verify` asks of the data base: the stored side of every comparison, and sums made a second way."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.ledger.balances import absorbed_minor
from hub.core.ledger.facts import Settlements
from hub.core.store import allocations, bulk, journal, standing
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges
from hub.core.store.reading import as_known, ledger_settlements, of_books
from hub.core.store.record_tables import RECORD_TABLES, table_of
from hub.core.store.reopened import once_confirmed
from hub.core.store.spent import used_of_receipt
from hub.core.store.units import StoredPage


@dataclass(frozen=True, slots=True)
class StreamName:
    """A stream, its connector's key, and the mapping of its units."""

    id: int
    name: str
    connector: str
    mapping_id: int | None


def streams(connection: sa.Connection) -> list[StreamName]:
    """All streams, by connector."""
    rows = connection.execute(
        sa.select(t.stream.c.id, t.stream.c.name, t.connector.c.key, t.stream.c.mapping_id)
        .join(t.connector, t.connector.c.id == t.stream.c.connector_id)
        .order_by(t.stream.c.id)
    )
    return [StreamName(*row) for row in rows]


def journal_entries(connection: sa.Connection) -> int:
    """How many entries the journal has."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(t.journal)).scalar() or 0)


def evidence_digest(connection: sa.Connection, evidence_id: int) -> bytes:
    """The stored digest of a piece of evidence."""
    return bytes(connection.execute(sa.select(t.evidence.c.digest).where(t.evidence.c.id == evidence_id)).scalar_one())


def last_good(connection: sa.Connection, stream_id: int) -> dict[int, standing.GoodVersion]:
    """Units of the stream whose present version is not understood, with the version that their records stand on."""
    return standing.good_versions(connection, standing.not_understood(connection, stream_id))


def good_pages(connection: sa.Connection, versions: Mapping[int, standing.GoodVersion]) -> Iterator[StoredPage]:
    """Last good versions as pages, to be mapped again: one per piece of evidence."""
    names = bulk.rows_by_id(connection, [t.raw_unit.c.id, t.raw_unit.c.ref], t.raw_unit.c.id, sorted(versions))
    refs = {row.id: row.ref for row in names}
    for evidence_id, group in standing.by_evidence(versions.values()):
        proof = connection.execute(sa.select(t.evidence).where(t.evidence.c.id == evidence_id)).one()
        yield StoredPage(
            evidence_id=evidence_id,
            origin=proof.origin,
            blob=bytes(proof.body) if proof.body is not None else None,
            unit_ids=[version.unit_id for version in group],
            positions=[version.position for version in group],
            digests=[version.digest for version in group],
            refs=[refs[version.unit_id] for version in group],
            states=["mapped"] * len(group),
            mapping_ids=[version.mapping_id for version in group],
        )


def orphans(connection: sa.Connection) -> list[str]:
    """Rows of bulk tables that point to nothing: what a foreign key would have refused."""
    found = []
    for column, target in t.bulk_references():
        values = sa.select(column).distinct().subquery()
        missing = sa.select(values.c[column.name]).where(~sa.exists().where(target == values.c[column.name]))
        found += [
            f"{column.table.name}.{column.name} {value} does not exist"
            for value in connection.execute(missing).scalars()
        ]
    return found


def compare_records(
    connection: sa.Connection, kind: str, unit_ids: list[int], values: dict[str, list[Any]]
) -> list[str]:
    """Differences between records mapped again and the rows their units gave; stubs are only mentions, left out."""
    table = table_of(kind)
    conditions: list[sa.ColumnElement[bool]] = [table.current.c.withdrawn_at.is_(None)]
    if table.name == "invoice":
        conditions.append(table.current.c.kind == kind)
    columns = [table.current.c.unit_id, *(table.current.c[name] for name in values)]
    rows = bulk.rows_by_id(connection, columns, table.current.c.unit_id, sorted(set(unit_ids)), *conditions)
    stored: dict[int, set[tuple[str, ...]]] = {}
    for row in rows:
        values_of = tuple(row)
        stored.setdefault(values_of[1], set()).add(tuple(_text(value) for value in values_of[2:]))
    stubs = values.get("stub") or [False] * len(unit_ids)
    differences = []
    for index, (unit, record) in enumerate(zip(unit_ids, zip(*values.values(), strict=True), strict=True)):
        if not stubs[index] and tuple(_text(value) for value in record) not in stored.get(unit, ()):
            differences.append(f"{kind} of unit {unit} is not what its raw unit gives")
    return differences


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    return repr(bool(value)) if isinstance(value, bool) else "" if value is None else str(value)


def surplus_records(
    connection: sa.Connection, unit_ids: Sequence[int], given: Mapping[tuple[str, int], int]
) -> list[str]:
    """Rows that stand under raw units which do not give them; `given` counts records by table and unit."""
    found = []
    for table in RECORD_TABLES.values():
        standing = [table.current.c.withdrawn_at.is_(None)]
        if "stub" in table.current.c:
            standing.append(table.current.c.stub.is_(False))
        rows = bulk.rows_by_id(connection, [table.current.c.unit_id], table.current.c.unit_id, unit_ids, *standing)
        counts = Counter(int(row.unit_id) for row in rows)
        surplus = [unit for unit, count in sorted(counts.items()) if count > given.get((table.name, unit), 0)]
        found += [f"{table.name} of unit {unit} is not given by its raw unit" for unit in surplus]
    return found


def unjournalled(connection: sa.Connection) -> list[str]:
    """Allocations and reversals that differ from what the journal says of them, or are missing on either side."""
    salt = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == "salt")).scalar()
    acts = connection.execute(
        sa.select(t.journal.c.act, t.journal.c.payload)
        .where(t.journal.c.chain == journal.ACTS, t.journal.c.subject == "allocation")
        .order_by(t.journal.c.sequence)
    ).all()
    told: dict[str, set[int]] = {"allocate": set(), "reverse": set()}
    found = []
    for act, payload in acts:
        said = json.loads(payload)
        ids = from_ranges(said["ids"]) if act == "allocate" else said["ids"]
        told[act].update(ids)
        if act != "allocate":
            continue
        rows = allocations.allocations_by_id(connection, ids)
        if len(rows) == len(ids) and allocations.digest_of(bytes.fromhex(salt or ""), rows) != said["digest"]:
            found.append(f"allocations {_listed(ids)} are not what the journal says")
    for act, column in (("allocate", t.allocation.c.id), ("reverse", t.allocation_reversal.c.allocation_id)):
        there = set(connection.execute(sa.select(column)).scalars())
        name = column.table.name.replace("_", " ")
        if gone := sorted(told[act] - there):
            found.append(f"{name} {_listed(gone)}: gone, the journal has it")
        if unknown := sorted(there - told[act]):
            found.append(f"{name} {_listed(unknown)}: the journal does not know it")
    return found


def _listed(ids: Sequence[int]) -> str:
    shown = ", ".join(map(str, ids[:5]))
    return shown if len(ids) <= 5 else f"{shown}, … ({len(ids)})"


def overdrawn(connection: sa.Connection) -> list[str]:
    """Receipts and invoices with more allocated than they have; the triggers refuse it, this looks again."""
    standing = t.allocation.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id))
    found = []
    for what, table, column, amount, size in (
        ("receipt", t.receipt, t.allocation.c.receipt_id, used_of_receipt(t.allocation), "amount_minor"),
        ("invoice", t.invoice, t.allocation.c.invoice_id, sa.func.abs(t.allocation.c.amount_minor), "total_minor"),
    ):
        conditions = [standing] + ([t.allocation.c.nature == "money"] if what == "receipt" else [])
        spent = (
            sa.select(column.label("id"), bulk.total(amount).label("spent"))
            .where(*conditions)
            .group_by(column)
            .subquery()
        )
        rows = connection.execute(
            sa.select(table.c.id, spent.c.spent, table.c[size])
            .join(spent, spent.c.id == table.c.id)
            .where(spent.c.spent > table.c[size])
        )
        found += [f"{what} {row[0]}: {row[1]} minor units are allocated of {row[2]}" for row in rows]
    return found


def open_by_sums(connection: sa.Connection, books: Mapping[str, int], as_of: date) -> dict[str, int]:
    """Open amounts by currency as the data base adds them up, without the ledger room: totals less settlements, less
    allocations that are in no settlement yet; credit notes negative. Valid where nothing is over-settled."""
    invoices = as_known("invoice", None)
    rows = connection.execute(
        sa.select(invoices.c.id, invoices.c.kind, invoices.c.currency, invoices.c.total_minor).where(
            of_books(invoices, books), invoices.c.issued_on <= as_of
        )
    )
    documents = {row.id: row for row in rows}
    settled = _settled_by_plain_sums(ledger_settlements(connection, books), as_of)
    pending = _pending(connection, settled, as_of)
    sums: dict[str, int] = {}
    for row in documents.values():
        sign = 1 if row.kind == "invoice" else -1
        rest = row.total_minor - settled.get(row.id, 0) - pending.get(row.id, 0)
        sums[row.currency] = sums.get(row.currency, 0) + sign * rest
    return sums


def _settled_by_plain_sums(lines: Settlements, as_of: date) -> dict[int, int]:
    """Settled by document: the newest snapshot with what is dated after it, else the sum of the lines."""
    by_document: dict[int, list[tuple[date, int, bool, int]]] = {}
    for document, day, amount, opening, recorded in zip(
        lines.document_id, lines.settled_on, lines.amount_minor, lines.opening, lines.recorded, strict=True
    ):
        if day <= as_of:
            by_document.setdefault(document, []).append((day, recorded, opening, amount))
    settled = {}
    for document, facts in by_document.items():
        newest = max(((day, recorded) for day, recorded, opening, _ in facts if opening), default=None)
        settled[document] = sum(
            amount
            for day, recorded, opening, amount in facts
            if newest is None or (day, recorded) > newest or (opening and (day, recorded) == newest)
        )
    return settled


def _pending(connection: sa.Connection, settled: Mapping[int, int], as_of: date) -> dict[int, int]:
    """Allocated money that no settlement holds yet, by document; what the books gave up again does not count."""
    a, suspects = t.allocation, once_confirmed(connection, None)
    rows = connection.execute(
        sa.select(a.c.invoice_id, sa.func.abs(a.c.amount_minor), a.c.books_settled_minor, a.c.id).where(
            a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
            a.c.receipt_id.in_(sa.select(t.receipt.c.id).where(t.receipt.c.withdrawn_at.is_(None))),
            a.c.effective_on <= as_of,
        )
    )
    made: dict[int, list[tuple[int, int]]] = {}
    for document, amount, level, number in rows:
        if number in suspects and settled.get(document, 0) - int(level) < int(amount):
            continue
        made.setdefault(document, []).append((int(amount), max(settled.get(document, 0) - int(level), 0)))
    return {document: sum(amount for amount, _ in lines) - absorbed_minor(lines) for document, lines in made.items()}
