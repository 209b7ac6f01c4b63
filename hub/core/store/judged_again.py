"""What a look at the sightings needs to judge anew: links that the hub made by itself; whose invoices receipts pay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import sqlalchemy as sa

from hub.core.identity.again import AGAIN, PAIRS, Standing
from hub.core.identity.sightings import BY_ACCOUNT
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.reading import Books, as_known, of_books
from hub.core.store.sightings import RECEIPT_FIELDS, links_standing

#: How long a look may take, in microseconds: what was read in that time before links were written may not be in them.
#: Judging more than needed again costs time and changes nothing.
LOOK_US = 600_000_000
_CHUNK = 500


class Since(NamedTuple):
    """`instant`: what was recorded from then on is fresh (None: no links yet, nothing to judge again). `freed`:
    receipts whose link was taken back since."""

    instant: int | None
    freed: frozenset[int]


def fresh_since(connection: sa.Connection) -> Since:
    """From when on facts may be newer than the last links that the hub made by itself."""
    s, undo = t.sighting, t.sighting_reversal
    last = connection.execute(sa.select(sa.func.max(s.c.recorded_at)).where(s.c.rule.in_(AGAIN))).scalar()
    if last is None:
        return Since(None, frozenset())
    instant = int(last) - LOOK_US
    ends = sa.select(s.c.receipt_id, s.c.carrier_id).join(undo, undo.c.sighting_id == s.c.id)
    rows = connection.execute(ends.where(undo.c.recorded_at >= instant))
    return Since(instant, frozenset(end for row in rows for end in row))


def automatic_links(connection: sa.Connection, since: int, amounts: Collection[int]) -> list[Standing]:
    """Links that the hub made by itself and that may be judged again: those of these amounts, those with a receipt that
    was corrected since, and those that are not plain pairs or rest on a debtor's invoices. In order of recording."""
    s, echo, carrier = t.sighting, t.receipt.alias("echo"), t.receipt.alias("carrier")
    corrected = sa.or_(
        sa.and_(echo.c.recorded_at >= since, echo.c.recorded_at >= s.c.recorded_at),
        sa.and_(carrier.c.recorded_at >= since, carrier.c.recorded_at >= s.c.recorded_at),
    )
    wanted = sa.or_(
        corrected, s.c.rule.not_in([rule for rule in PAIRS if rule != BY_ACCOUNT]),
        bulk.among(connection, s.c.amount_minor, sorted(amounts)),
    )  # fmt: skip
    statement = (
        sa.select(
            s.c.id, s.c.name, s.c.rule, s.c.receipt_id, s.c.carrier_id, s.c.currency, s.c.amount_minor,
            echo.c.received_on, carrier.c.received_on, s.c.recorded_at, corrected,
        )
        .select_from(s.join(echo, echo.c.id == s.c.receipt_id).join(carrier, carrier.c.id == s.c.carrier_id))
        .where(s.c.origin == "auto", s.c.rule.in_(AGAIN), links_standing(), wanted)
        .order_by(s.c.id)
    )  # fmt: skip
    return [
        Standing(
            row[0], row[1], row[2], row[3], row[4], row[5], row[6], (row[7], row[8]), row[9], bool(row[10]),
        )
        for row in connection.execute(statement)
    ]  # fmt: skip


def more_to_say(connection: sa.Connection, books: Iterable[int], receipts: Collection[int]) -> bool:
    """True when one of these receipts, now that it is applied, may be an entry of these books connectors that is in no
    link yet: the same amount, and no entry of theirs is linked to it."""
    r, s, own = t.receipt, t.sighting, sorted(set(books))
    linked = bulk.rows_by_id(connection, (s.c.carrier_id,), s.c.carrier_id, sorted(receipts), links_standing())
    alone = sorted(set(receipts) - {row.carrier_id for row in linked})
    elsewhere = bulk.rows_by_id(connection, (r.c.amount_minor,), r.c.id, alone, r.c.connector_id.not_in(own))
    amounts = {row.amount_minor for row in elsewhere}
    if not amounts:
        return False
    ends = sa.select(s.c.receipt_id).where(links_standing()).union(sa.select(s.c.carrier_id).where(links_standing()))
    entry = sa.select(r.c.id).where(
        r.c.connector_id.in_(own), r.c.withdrawn_at.is_(None), r.c.id.not_in(ends),
        bulk.among(connection, r.c.amount_minor, sorted(amounts)),
    )  # fmt: skip
    return connection.execute(entry.limit(1)).first() is not None


def receipt_rows(connection: sa.Connection, ids: Iterable[int]) -> list[Any]:
    """Receipts as `sightings.unlinked` gives them, in order of recording."""
    columns = [t.receipt.c[name] for name in RECEIPT_FIELDS]
    rows = bulk.rows_by_id(connection, columns, t.receipt.c.id, sorted(set(ids)))
    return sorted(rows, key=lambda row: int(row.id))


def invoices_of(connection: sa.Connection, books: Books, debtors: Iterable[str]) -> list[Any]:
    """The books' invoices of accounts with these ids: (id, seller, debtor_id, number, number_key, issued_on)."""
    i = as_known("invoice", None)
    return _invoices(connection, books, i, i.c.debtor_id, sorted(set(debtors)))


def invoices_numbered(connection: sa.Connection, books: Books, keys: Iterable[str]) -> list[Any]:
    """The books' invoices with these numbers in comparison form, whosever; columns as `invoices_of`."""
    i = as_known("invoice", None)
    return _invoices(connection, books, i, i.c.number_key, sorted(set(keys)))


def _invoices(connection: sa.Connection, books: Books, i: sa.FromClause, key: Any, wanted: Sequence[str]) -> list[Any]:
    columns = [i.c[name] for name in ("id", "seller", "debtor_id", "number", "number_key", "issued_on")]
    mine = sa.select(*columns).where(of_books(i, books), i.c.kind == "invoice")
    found: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        found += connection.execute(mine.where(key.in_(wanted[start : start + _CHUNK]))).all()
    return found


def matched_documents(connection: sa.Connection, entries: Sequence[int]) -> Mapping[int, set[tuple[str, str]]]:
    """What the books matched these entries of theirs with: (seller, number in comparison form), by entry."""
    line, r = as_known("settlement_line", None), as_known("receipt", None)
    other = as_known("settlement_line", None).alias("other")
    same = sa.and_(
        other.c.connector_id == line.c.connector_id,
        other.c.seller == line.c.seller,
        other.c.settlement_id == line.c.settlement_id,
        other.c.target == "invoice",
    )
    of_entry = sa.and_(
        line.c.connector_id == r.c.connector_id, line.c.document_number == r.c.source_key, line.c.target == "receipt"
    )
    statement = sa.select(r.c.id, other.c.seller, other.c.document_key).select_from(
        r.join(line, of_entry).join(other, same)
    )
    found: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for start in range(0, len(entries), _CHUNK):
        for entry, seller, key in connection.execute(statement.where(r.c.id.in_(entries[start : start + _CHUNK]))):
            found[entry].add((seller, key))
    return found
