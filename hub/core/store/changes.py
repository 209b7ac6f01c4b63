"""Which documents may stand otherwise than at a moment before: a superset, found without reading all of them.

A moment is told by the heads of the journal's chains: every transaction that changes facts leaves an entry, with the
instant that its rows bear. So whatever is not yet known at a moment bears the instant of a later entry.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.ledger.facts import CREDIT_NOTE
from hub.core.store import bulk, journal
from hub.core.store import tables as t
from hub.core.store.reading import sellers_by_connector
from hub.core.store.record_tables import RECORD_TABLES, fold
from hub.core.store.revision import current
from hub.sdk.records import ANY_SELLER

#: A number as documents of one source bear it: connector, seller, folded number.
NumberKey = tuple[int, str, str]
_NEVER = 1 << 62


@dataclass(slots=True)
class Changes:
    """What changed: documents by id, by number, and by account (seller, debtor id; the seller may be `ANY_SELLER`)."""

    documents: set[int] = field(default_factory=set)
    numbers: set[NumberKey] = field(default_factory=set)
    accounts: set[tuple[str, str]] = field(default_factory=set)


def moment(connection: sa.Connection) -> dict[str, str]:
    """This moment: the schema, and the newest entry of each of the journal's chains."""
    heads = {f"chain {name}": hash_ for name, hash_ in journal.heads(connection).items()}
    return {"schema": current(connection) or "", **heads}


def since(connection: sa.Connection, then: dict[str, str]) -> int | None:
    """The instant (microseconds) from which on rows may be newer than the moment `then`; None: it was never here,
    the data base is another one or was put back."""
    now = moment(connection)
    if then.get("schema") != now["schema"] or then.keys() - now.keys():
        return None
    first = _NEVER
    for name in now.keys() - {"schema"}:
        if now[name] == then.get(name):
            continue
        chain, known = name.removeprefix("chain "), then.get(name)
        reached = _sequence(connection, chain, known) if known else 0
        if reached is None:
            return None
        entries = sa.select(sa.func.min(t.journal.c.recorded_at)).where(
            t.journal.c.chain == chain, t.journal.c.sequence > reached
        )
        first = min(first, int(connection.execute(entries).scalar_one()))
    return first


def _sequence(connection: sa.Connection, chain: str, hash_: str) -> int | None:
    entry = sa.select(t.journal.c.sequence).where(t.journal.c.chain == chain, t.journal.c.hash == bytes.fromhex(hash_))
    found: int | None = connection.execute(entry).scalar()
    return found


def changed_since(connection: sa.Connection, instant: int) -> Changes:
    """What was recorded, withdrawn or superseded from `instant` on, as far as open amounts and due dates hang on it."""
    found = Changes()
    if instant == _NEVER:
        return found
    invoices = RECORD_TABLES["invoice"].current
    found.documents.update(connection.execute(sa.select(invoices.c.id).where(_touched(invoices, instant))).scalars())
    found.numbers.update(_once_corrected(connection, instant))
    units = t.raw_unit
    of_units = sa.select(invoices.c.id).join(units, units.c.id == invoices.c.unit_id)
    found.documents.update(connection.execute(of_units.where(units.c.recorded_at >= instant)).scalars())
    found.documents.update(_allocated(connection, instant))
    for name, number in (("settlement_line", "document_key"), ("instalment", "invoice_key")):
        found.numbers.update(_rows(connection, name, ("connector_id", "seller", number), instant))
    debtors = RECORD_TABLES["debtor"]
    if any(_any(connection, table.c.payment_terms.is_not(None)) for table in (debtors.current, debtors.history)):
        found.accounts.update(_rows(connection, "debtor", ("seller", "debtor_id"), instant))
    return found


def correcting_after(connection: sa.Connection, day: date) -> set[int]:
    """The credit notes issued after `day` that say what they correct."""
    invoices = RECORD_TABLES["invoice"].current
    notes = sa.select(invoices.c.id).where(
        invoices.c.kind == CREDIT_NOTE,
        invoices.c.corrects.is_not(None),
        invoices.c.issued_on > day,
        invoices.c.withdrawn_at.is_(None),
    )
    return set(connection.execute(notes).scalars())


def _touched(table: sa.Table, instant: int) -> sa.ColumnElement[bool]:
    return sa.or_(table.c.recorded_at >= instant, table.c.withdrawn_at >= instant)


def _any(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> bool:
    return connection.execute(sa.select(sa.literal(1)).where(condition).limit(1)).first() is not None


def _rows(connection: sa.Connection, name: str, columns: tuple[str, ...], instant: int) -> set[tuple[Any, ...]]:
    """These columns of the rows of a record table that are newer, and of those that were superseded."""
    table = RECORD_TABLES[name]
    now, past = table.current, table.history
    found: set[tuple[Any, ...]] = set()
    for source, condition in ((now, _touched(now, instant)), (past, past.c.superseded_at >= instant)):
        rows = connection.execute(sa.select(*(source.c[column] for column in columns)).where(condition).distinct())
        found.update(map(tuple, rows))
    return found


def _once_corrected(connection: sa.Connection, instant: int) -> set[NumberKey]:
    """What superseded versions of credit notes corrected: it may be another invoice than now."""
    past = RECORD_TABLES["invoice"].history
    rows = connection.execute(
        sa.select(past.c.connector_id, past.c.seller, past.c.corrects)
        .where(past.c.superseded_at >= instant, past.c.corrects.is_not(None))
        .distinct()
    )
    return {(connector, seller, fold(number) or "") for connector, seller, number in rows}


def _allocated(connection: sa.Connection, instant: int) -> set[int]:
    """Documents that were allocated to, of which an allocation was reversed, or whose receipt came or went."""
    a, undone, receipts = t.allocation, t.allocation_reversal, RECORD_TABLES["receipt"].current
    statements = (
        sa.select(a.c.invoice_id).where(a.c.recorded_at >= instant),
        sa.select(a.c.invoice_id).join(undone, undone.c.allocation_id == a.c.id).where(undone.c.recorded_at >= instant),
        sa.select(a.c.invoice_id).join(receipts, receipts.c.id == a.c.receipt_id).where(_touched(receipts, instant)),
    )
    return {document for statement in statements for document in connection.execute(statement).scalars()}


def with_relatives(
    connection: sa.Connection,
    documents: Collection[int],
    numbers: Collection[NumberKey],
    crediting: Callable[[str], Collection[int]],
) -> set[int]:
    """The documents, those of these numbers, and all whose state hangs on theirs: documents of one number, between
    which a line chooses, and credit notes with what they correct.

    `crediting`: the credit notes known at the moment before, by the number that they correct.
    """
    invoices = RECORD_TABLES["invoice"].current
    names = ("id", "connector_id", "seller", "number_key", "corrects")
    columns = [invoices.c[name] for name in names]
    known_sources = sellers_by_connector(connection)
    sources = [(connector, seller) for seller, connectors in known_sources.items() for connector in connectors]
    anywhere = _numbers_of_any_seller(connection)
    found: set[int] = set()
    known: set[NumberKey] = set()
    fresh, keys = set(documents), set(numbers)
    while fresh or keys:
        found |= fresh
        for row in bulk.rows_by_id(connection, columns, invoices.c.id, sorted(fresh)):
            own = (row.connector_id, row.seller, row.number_key)
            keys |= {own, (*own[:2], fold(row.corrects))} if row.corrects else {own}  # type: ignore[arg-type]
        keys = {
            own for key in keys for own in (_everywhere(key, sources) if _is_of_any(key, anywhere) else (key,))
        } - known
        known |= keys
        fresh = {document for _, _, number in keys for document in crediting(number)}
        fresh |= _bearing(connection, keys)
        fresh -= found
        keys = set()
    return found


def _is_of_any(key: NumberKey, anywhere: Collection[str]) -> bool:
    return key[1] == ANY_SELLER or key[2] in anywhere


def _everywhere(key: NumberKey, sources: Collection[tuple[int, str]]) -> list[NumberKey]:
    return [(connector, seller, key[2]) for connector, seller in sources]


def _numbers_of_any_seller(connection: sa.Connection) -> set[str]:
    """The numbers that instalments name without saying whose: they look for them among all sellers."""
    parts = RECORD_TABLES["instalment"].current
    return set(connection.execute(sa.select(parts.c.invoice_key).where(parts.c.seller == ANY_SELLER)).scalars())


def _bearing(connection: sa.Connection, keys: Collection[NumberKey]) -> set[int]:
    """The documents that bear these numbers."""
    invoices = RECORD_TABLES["invoice"].current
    by_source: dict[tuple[int, str], list[str]] = {}
    for connector, seller, number in keys:
        by_source.setdefault((connector, seller), []).append(number)
    found: set[int] = set()
    for (connector, seller), numbers in sorted(by_source.items()):
        for kind in ("invoice", "credit_note"):
            mine = (invoices.c.connector_id == connector, invoices.c.seller == seller, invoices.c.kind == kind)
            rows = bulk.rows_by_text(connection, [invoices.c.id], invoices.c.number_key, sorted(numbers), *mine)
            found.update(row.id for row in rows)
    return found
