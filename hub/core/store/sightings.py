"""Sightings of one sum: what the matcher is given, links with their reversals, and suggestions for a person."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.identity.sums import Applied, Lettered, Link, Sums, sums_of
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.attaching import settled_documents
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import Books, as_known, of_books
from hub.core.store.spent import used_of_receipt
from hub.sdk.errors import HubError

#: Rule of links to entries that bear the reference of a posting handed to the books; stored, never respelt.
POSTING = "posting"
#: What the matcher is given of a receipt.
RECEIPT_FIELDS = (
    "id", "connector_id", "receipt_id", "source_key", "seller", "account", "debtor_id", "currency", "amount_minor",
    "received_on", "value_on", "payer_name", "payer_iban", "remittance", "end_to_end_ref", "structured_ref",
    "bank_ref", "batch_ref", "method", "transaction_code", "recorded_at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewLink:
    """Links to write together: `parts` are (carrier, amount); `echo` gives that money up."""

    name: str
    echo: int
    parts: tuple[tuple[int, int], ...]
    currency: str
    origin: str
    rule: str
    confidence_ppm: int
    evidence: str


@dataclass(frozen=True, slots=True)
class LinkRow:
    """A link, or a part of a suggestion (`sighting_id` None), with what people call its receipts.

    `receipt_row` is the echo. `status`: auto, confirmed, reversed, suggested.
    """

    sighting_id: int | None
    name: str
    status: str
    rule: str
    confidence_ppm: int
    evidence: str
    amount_minor: int
    currency: str
    receipt_row: int
    receipt_id: str
    receipt_connector: str
    received_on: date
    carrier_row: int
    carrier_id: str
    carrier_connector: str
    carried_on: date
    actor: str
    recorded_at: int | None
    reversed_because: str | None


def standing(table: sa.Table, undo: sa.Table, key: str, known_at: int | None = None) -> sa.ColumnElement[bool]:
    """Rows of an append-only table that no row of `undo` takes back, as known at an instant."""
    undone = sa.select(undo.c[key])
    if known_at is None:
        return table.c.id.not_in(undone)
    return sa.and_(table.c.recorded_at <= known_at, table.c.id.not_in(undone.where(undo.c.recorded_at <= known_at)))


def links_standing(known_at: int | None = None) -> sa.ColumnElement[bool]:
    """Links that were not undone."""
    return standing(t.sighting, t.sighting_reversal, "sighting_id", known_at)


def receipt_connectors(connection: sa.Connection) -> set[int]:
    """Connectors that gave receipts."""
    return set(connection.execute(sa.select(t.receipt.c.connector_id).distinct()).scalars())


def unlinked(connection: sa.Connection, books: Iterable[int]) -> tuple[list[Any], list[Any]]:
    """Receipts that may be matched, in order of recording: entries of these books connectors without any link, and
    movements elsewhere that carry no entry of the books yet and are not counted elsewhere."""
    own = sorted(set(books))
    r, entry, s = as_known("receipt", None), t.receipt.alias("entry"), t.sighting
    echo = sa.select(s.c.receipt_id).where(links_standing())
    carrier = sa.select(s.c.carrier_id).where(links_standing())
    of_entries = carrier.join(entry, entry.c.id == s.c.receipt_id).where(entry.c.connector_id.in_(own))
    columns = [r.c[name] for name in RECEIPT_FIELDS]
    free = sa.select(*columns).where(r.c.id.not_in(echo)).order_by(r.c.id)
    entries = connection.execute(free.where(r.c.connector_id.in_(own), r.c.id.not_in(carrier))).all()
    seen = connection.execute(free.where(r.c.connector_id.not_in(own), r.c.id.not_in(of_entries))).all()
    return list(entries), list(seen)


def not_in_books(
    connection: sa.Connection, books: Iterable[int], among: Iterable[int] | None = None
) -> dict[str, tuple[int, int]]:
    """Receipts that no entry of these books connectors is linked to: (number, amount) by currency; of those `among`, if
    it is given."""
    own = sorted(set(books))
    r, entry, s = as_known("receipt", None), t.receipt.alias("entry"), t.sighting
    echo = sa.select(s.c.receipt_id).where(links_standing())
    carrier = sa.select(s.c.carrier_id).where(links_standing())
    of_entries = carrier.join(entry, entry.c.id == s.c.receipt_id).where(entry.c.connector_id.in_(own))
    rows = connection.execute(
        sa.select(r.c.currency, sa.func.count(), sa.func.sum(r.c.amount_minor))
        .where(
            r.c.connector_id.not_in(own),
            r.c.id.not_in(echo),
            r.c.id.not_in(of_entries),
            sa.true() if among is None else bulk.among(connection, r.c.id, sorted(set(among))),
        )
        .group_by(r.c.currency)
        .order_by(r.c.currency)
    )
    return {row[0]: (int(row[1]), int(row[2])) for row in rows}


def suggested(connection: sa.Connection) -> int:
    """How many suggestions wait for a person."""
    return int(connection.execute(sa.select(sa.func.count()).select_from(t.sighting_proposal)).scalar() or 0)


def apart(connection: sa.Connection) -> set[tuple[int, int]]:
    """Pairs of receipts that a person said are two sums, in both orders."""
    rows = connection.execute(sa.select(t.sighting_apart.c.receipt_id, t.sighting_apart.c.other_id)).all()
    return {(row[0], row[1]) for row in rows} | {(row[1], row[0]) for row in rows}


def payout_charges(connection: sa.Connection) -> list[Any]:
    """Lines of payouts with the receipt of each charge, if it is known: (connector_id, payout_id, paid_on, currency,
    net_minor, receipt id or None)."""
    p, r = as_known("payout_line", None), as_known("receipt", None)
    same = sa.and_(r.c.connector_id == p.c.connector_id, r.c.receipt_id == p.c.charge_id)
    statement = sa.select(
        p.c.connector_id, p.c.payout_id, p.c.paid_on, p.c.currency, p.c.net_minor, r.c.id
    ).select_from(p.outerjoin(r, same))
    return list(connection.execute(statement.order_by(p.c.connector_id, p.c.payout_id, p.c.id)).all())


def payout_links(connection: sa.Connection) -> list[Any]:
    """Links of payouts that stand, in order of recording: (id, name, receipt_id, carrier_id, amount_minor, currency,
    origin, evidence, recorded_at, connector_id of the charge, whole_minor: the amount of the line at the bank)."""
    s, echo, carrier = t.sighting, t.receipt.alias("echo"), t.receipt.alias("carrier")
    names = ("id", "name", "receipt_id", "carrier_id", "amount_minor", "currency", "origin", "evidence", "recorded_at")
    columns = (*(s.c[name] for name in names), carrier.c.connector_id, echo.c.amount_minor.label("whole_minor"))
    joined = s.join(echo, echo.c.id == s.c.receipt_id).join(carrier, carrier.c.id == s.c.carrier_id)
    statement = sa.select(*columns).select_from(joined).where(s.c.rule == "payout", links_standing())
    return list(connection.execute(statement.order_by(s.c.id)).all())


def links(connection: sa.Connection, known_at: int | None = None) -> list[Link]:
    """Links that stand."""
    s = t.sighting
    rows = connection.execute(
        sa.select(s.c.receipt_id, s.c.carrier_id, s.c.amount_minor).where(links_standing(known_at)).order_by(s.c.id)
    )
    return [Link(*row) for row in rows]


def returned_elsewhere(connection: sa.Connection) -> list[tuple[int, int, str]]:
    """Receipts that are the same sum, whole, as one that the bank took back under another name, and are not noted as
    taken back themselves: (receipt, disbursement, reason), in the order of receipts."""
    s, back, carrier = t.sighting, t.receipt_return, t.receipt
    rows = connection.execute(
        sa.select(s.c.carrier_id, back.c.disbursement_id, back.c.reason)
        .join(back, back.c.receipt_id == s.c.receipt_id)
        .join(carrier, sa.and_(carrier.c.id == s.c.carrier_id, carrier.c.amount_minor == s.c.amount_minor))
        .where(links_standing(), s.c.carrier_id.not_in(sa.select(back.c.receipt_id)))
        .order_by(s.c.carrier_id)
    )
    return [(row.carrier_id, row.disbursement_id, row.reason) for row in rows]


def carriers_of(connection: sa.Connection, connectors: Iterable[int]) -> set[int]:
    """Receipts of these connectors, and those that carry one of them: the money that they have."""
    own = sorted(set(connectors))
    r, s = t.receipt, t.sighting
    carried = sa.select(s.c.carrier_id).join(r, r.c.id == s.c.receipt_id).where(r.c.connector_id.in_(own))
    mine = sa.select(r.c.id).where(r.c.connector_id.in_(own))
    return set(connection.execute(sa.union(mine, carried.where(links_standing()))).scalars())


def broken_links(connection: sa.Connection) -> list[Any]:
    """Links that stand though a source withdrew one of their receipts, or changed its amount, those of the same deposit
    or batch included: (id, receipt_id, carrier_id, rule, recorded_at, why)."""
    s, echo, carrier = t.sighting, t.receipt.alias("echo"), t.receipt.alias("carrier")
    gone = sa.or_(echo.c.withdrawn_at.is_not(None), carrier.c.withdrawn_at.is_not(None))
    whole = sa.and_(s.c.rule.not_in(("batch", "deposit", "payout", POSTING)), s.c.origin == "auto")
    changed = sa.or_(
        echo.c.currency != carrier.c.currency,
        s.c.amount_minor > echo.c.amount_minor,
        sa.and_(s.c.rule == POSTING, s.c.amount_minor != echo.c.amount_minor),
        sa.and_(whole, sa.or_(echo.c.amount_minor != s.c.amount_minor, carrier.c.amount_minor != s.c.amount_minor)),
        s.c.name.in_(_overdrawn()),
    )
    why = sa.case((gone, "its source withdrew one of the receipts"), else_="the amount of one of the receipts changed")
    joined = s.join(echo, echo.c.id == s.c.receipt_id).join(carrier, carrier.c.id == s.c.carrier_id)
    columns = (s.c.id, s.c.name, s.c.receipt_id, s.c.carrier_id, s.c.rule, s.c.recorded_at, why.label("why"))
    statement = sa.select(*columns).select_from(joined)
    rows = list(connection.execute(statement.where(links_standing(), sa.or_(gone, changed)).order_by(s.c.id)).all())
    parted = sorted({row.name for row in rows if row.rule in ("batch", "deposit")})
    if parted:  # what is left of it does not add up any more
        rest = sa.literal("another part of the same deposit is gone or changed").label("why")
        others = sa.select(*columns[:-1], rest).where(
            s.c.name.in_(parted), s.c.origin == "auto", s.c.id.not_in([row.id for row in rows]), links_standing()
        )
        rows += connection.execute(others.order_by(s.c.id)).all()
    return rows


def _overdrawn() -> sa.Select[Any]:
    """Names of payouts linked by the hub that come to more than their line at the bank: it was corrected since."""
    s, echo = t.sighting, t.receipt.alias("whole")
    return (
        sa.select(s.c.name)
        .select_from(s.join(echo, echo.c.id == s.c.receipt_id))
        .where(s.c.rule == "payout", s.c.origin == "auto", links_standing())
        .group_by(s.c.name, echo.c.amount_minor)
        .having(sa.func.sum(s.c.amount_minor) > echo.c.amount_minor)
    )


def lettered(
    connection: sa.Connection, books: Books, known_at: int | None = None, as_of: date | None = None
) -> list[Lettered]:
    """The matchings of the books in which a receipt takes part, with what they settle; up to a day, if one is given."""
    lines, receipts = as_known("settlement_line", known_at), as_known("receipt", known_at)
    group = (lines.c.connector_id, lines.c.seller, lines.c.settlement_id)
    paid: list[Any] = list(
        connection.execute(
            sa.select(*group, sa.func.max(receipts.c.id), lines.c.amount_minor)
            .select_from(
                lines.join(
                    receipts,
                    sa.and_(
                        receipts.c.connector_id == lines.c.connector_id,
                        receipts.c.source_key == lines.c.document_number,
                    ),
                )
            )
            .where(
                lines.c.target == "receipt",
                of_books(lines, books),
                sa.true() if as_of is None else lines.c.settled_on <= as_of,
            )
            .group_by(lines.c.id, *group, lines.c.amount_minor)
        )
    )
    if not paid:
        return []
    found: dict[tuple[int, str, str], Lettered] = {}
    for connector, seller, settlement, receipt, amount in paid:
        key = (connector, seller, settlement)
        matching = found.setdefault(key, Lettered(f"{connector}/{seller}/{settlement}", {}, {}))
        _add(matching.receipts, receipt, amount)
    invoices = as_known("invoice", known_at)
    settled = settled_documents(connection, lines, invoices, of_books(lines, books))
    for connector, seller, settlement, document, amount in settled:
        known = found.get((connector, seller, settlement))
        if known is not None:
            _add(known.documents, document, amount)
    return [found[key] for key in sorted(found)]


def _add(into: Any, key: int, amount: int) -> None:
    into[key] = into.get(key, 0) + amount


def sums(connection: sa.Connection, books: Books, known_at: int | None = None) -> Sums:
    """What of each receipt is counted elsewhere or used by the books; nothing is read but what bears on that."""
    matchings, found = lettered(connection, books, known_at), links(connection, known_at)
    if not matchings and not found:
        return Sums()
    named = {receipt for matching in matchings for receipt in matching.receipts}
    named |= {end for link in found for end in (link.echo, link.carrier)}
    a = t.allocation
    standing_ = standing(a, t.allocation_reversal, "allocation_id", known_at)
    columns = (a.c.id, a.c.proposal, a.c.receipt_id, a.c.invoice_id, used_of_receipt(a), a.c.used_minor)
    rows = bulk.rows_by_id(connection, columns, a.c.receipt_id, sorted(named), a.c.nature == "money", standing_)
    amounts = bulk.rows_by_id(connection, (t.receipt.c.id, t.receipt.c.amount_minor), t.receipt.c.id, sorted(named))
    applied = sorted(Applied(*list(row)[1:]) for row in rows)
    return sums_of({row.id: row.amount_minor for row in amounts}, found, matchings, applied)


def add_links(unit: UnitOfWork, new: Sequence[NewLink]) -> list[int]:
    """Write links and one journal entry; returns their ids.

    Raises:
        HubError: the data base refused: the receipt has not that much left, or it has another currency.
    """
    rows = [
        {
            "name": link.name, "receipt_id": link.echo, "carrier_id": carrier, "amount_minor": amount,
            "currency": link.currency, "origin": link.origin, "rule": link.rule,
            "confidence_ppm": link.confidence_ppm, "evidence": link.evidence, "recorded_at": unit.at,
            "actor": unit.actor,
        }
        for link in new
        for carrier, amount in link.parts
    ]  # fmt: skip
    if not rows:
        return []
    ids = bulk.reserve_ids(unit.connection, t.sighting, len(rows))
    names = ("id", *rows[0])
    try:
        values = [(number, *row.values()) for number, row in zip(ids, rows, strict=True)]
        bulk.insert_rows(unit.connection, t.sighting, names, values)
    except sa.exc.DBAPIError as error:
        if isinstance(error, sa.exc.IntegrityError) or getattr(error.orig, "sqlstate", None) == "P0001":
            raise HubError(
                code="HUB-BOOK-003",
                what=f"the link was refused: {str(error.orig).splitlines()[0]}",
                where=new[0].name,
                mend="reverse what is applied of the receipt first: hub allocations list; then link again",
            ) from error
        raise
    unit.journal("link", "sighting", {"ids": ids, "receipts": [[row["receipt_id"], row["carrier_id"]] for row in rows]})
    return ids


def undo_links(unit: UnitOfWork, ids: Sequence[int], reason: str) -> None:
    """Take links back by a reversing fact; nothing for none."""
    if not ids:
        return
    said = {"reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    unit.connection.execute(t.sighting_reversal.insert(), [{"sighting_id": number, **said} for number in ids])
    unit.journal("unlink", "sighting", {"ids": list(ids)})


def keep_apart(unit: UnitOfWork, pairs: Sequence[tuple[int, int]], reason: str) -> None:
    """Note that a person takes these receipts for different sums."""
    said = {"reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    unit.connection.execute(t.sighting_apart.insert(), [{"receipt_id": a, "other_id": b, **said} for a, b in pairs])
    unit.journal("apart", "sighting", {"receipts": [list(pair) for pair in pairs]})


def replace_suggestions(unit: UnitOfWork, rows: Sequence[tuple[str, int, str, int, str, str]]) -> bool:
    """Put these suggestions (name, receipt, rule, confidence, parts, evidence) in place of the last ones; returns
    whether they differ."""
    table = t.sighting_proposal
    names = ("name", "receipt_id", "rule", "confidence_ppm", "parts", "evidence")
    present = connection_rows(unit.connection, sa.select(*(table.c[name] for name in names)).order_by(table.c.name))
    if present == sorted(rows):
        return False
    unit.connection.execute(table.delete())
    bulk.insert_rows(unit.connection, table, names, sorted(rows))
    return True


def connection_rows(connection: sa.Connection, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query as plain tuples."""
    return [tuple(row) for row in connection.execute(statement)]


def link_rows(connection: sa.Connection, known_at: int | None = None) -> list[LinkRow]:
    """All links ever made, reversed ones marked, in order of recording."""
    s, undo = t.sighting, t.sighting_reversal
    echo, carrier = t.receipt.alias("echo"), t.receipt.alias("carrier")
    mine, theirs = t.connector.alias("mine"), t.connector.alias("theirs")
    known = sa.true() if known_at is None else undo.c.recorded_at <= known_at
    joined = (
        s.join(echo, echo.c.id == s.c.receipt_id)
        .join(carrier, carrier.c.id == s.c.carrier_id)
        .join(mine, mine.c.id == echo.c.connector_id)
        .join(theirs, theirs.c.id == carrier.c.connector_id)
        .outerjoin(undo, sa.and_(undo.c.sighting_id == s.c.id, known))
    )
    statement = (
        sa.select(
            s.c.id, s.c.name, sa.case((undo.c.sighting_id.is_not(None), "reversed"), else_=s.c.origin), s.c.rule,
            s.c.confidence_ppm, s.c.evidence, s.c.amount_minor, s.c.currency, echo.c.id, echo.c.receipt_id,
            mine.c.key, echo.c.received_on, carrier.c.id, carrier.c.receipt_id, theirs.c.key, carrier.c.received_on,
            s.c.actor, s.c.recorded_at, undo.c.reason,
        )
        .select_from(joined)
        .order_by(s.c.id)
    )  # fmt: skip
    if known_at is not None:
        statement = statement.where(s.c.recorded_at <= known_at)
    return [LinkRow(*list(row)) for row in connection.execute(statement)]


def suggestion_rows(connection: sa.Connection) -> list[LinkRow]:
    """The suggestions of the last look, a row per part, by date of the receipt."""
    p = t.sighting_proposal
    rows = connection.execute(sa.select(p).order_by(p.c.name)).all()
    ids = {row.receipt_id for row in rows} | {part for row in rows for part, _ in json.loads(row.parts)}
    r, c = t.receipt, t.connector
    columns = (r.c.id, r.c.receipt_id, r.c.received_on, r.c.currency, r.c.connector_id)
    known = {row.id: row for row in bulk.rows_by_id(connection, columns, r.c.id, sorted(ids))}
    keys = {row.id: row.key for row in connection.execute(sa.select(c))}
    found = []
    for row in sorted(rows, key=lambda row: (known[row.receipt_id].received_on, row.name)):
        echo = known[row.receipt_id]
        for part, amount in json.loads(row.parts):
            carrier = known[part]
            found.append(
                LinkRow(
                    None, row.name, "suggested", row.rule, row.confidence_ppm, row.evidence, amount, echo.currency,
                    echo.id, echo.receipt_id, keys[echo.connector_id], echo.received_on, carrier.id,
                    carrier.receipt_id, keys[carrier.connector_id], carrier.received_on, "", None, None,
                )
            )  # fmt: skip
    return found


def receipts_called(connection: sa.Connection, name: str) -> list[Any]:
    """Receipts with this id of their source: (id, connector_id, connector, amount_minor, currency, received_on)."""
    r, c = as_known("receipt", None), t.connector
    statement = (
        sa.select(r.c.id, r.c.connector_id, c.c.key.label("connector"), r.c.amount_minor, r.c.currency, r.c.received_on)
        .join(c, c.c.id == r.c.connector_id)
        .where(r.c.receipt_id == name)
        .order_by(r.c.id)
    )
    return list(connection.execute(statement).all())


def allocations_of(connection: sa.Connection, receipts: Sequence[int]) -> list[Any]:
    """Standing allocations of these receipts, whole rows, by id."""
    a = t.allocation
    undone = a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id))
    rows = bulk.rows_by_id(connection, list(a.columns), a.c.receipt_id, sorted(set(receipts)), undone)
    return sorted(rows, key=lambda row: int(row.id))


def receipt_facts(connection: sa.Connection, ids: Sequence[int]) -> dict[int, Any]:
    """Receipts by id: (receipt_id, received_on, amount_minor, currency, connector_id, withdrawn_at)."""
    r = t.receipt
    names = ("id", "receipt_id", "received_on", "amount_minor", "currency", "connector_id", "withdrawn_at")
    columns = tuple(r.c[name] for name in names)
    return {row.id: row for row in bulk.rows_by_id(connection, columns, r.c.id, sorted(set(ids)))}
