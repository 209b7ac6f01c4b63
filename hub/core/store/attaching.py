"""Lines that name a document by its number: which one they mean when numbers restart each year.

One document of that number: that one. Several: of the same debtor, the one issued last before the line's day. None of
them fits: the line is attached to nothing, and an anomaly names it; never silently to the newest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.ledger.facts import AMBIGUOUS_DOCUMENT, Anomaly, Instalments
from hub.sdk.records import ANY_SELLER


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that bears the number of a line."""

    id: int
    seller: str
    debtor_id: str
    issued_on: date


def choose(candidates: Sequence[Candidate], debtor_id: str | None, day: date) -> int | None:
    """The document that a line of `day` means, None when nothing decides. Pure.

    Args:
        debtor_id: None: the line names none.
    """
    fitting = [
        document
        for document in candidates
        if document.issued_on <= day and (debtor_id is None or document.debtor_id == debtor_id)
    ]
    if not fitting:
        return None
    nearest = max(document.issued_on for document in fitting)
    chosen = [document.id for document in fitting if document.issued_on == nearest]
    several_sellers = len({document.seller for document in fitting}) > 1
    return chosen[0] if len(chosen) == 1 and not several_sellers else None


def attached_settlements(
    connection: sa.Connection, lines: sa.FromClause, invoices: sa.FromClause, mine: sa.ColumnElement[bool]
) -> tuple[list[tuple[Any, ...]], list[Anomaly]]:
    """Settlement lines of the books with the id of their document: rows of `Settlements`, and those nothing decides.

    A line whose document was never read is left out.
    """
    line = [lines.c[name] for name in ("settled_on", "amount_minor", "recorded_at", "currency", "document_number")]
    found = _joined(connection, lines, invoices, _named(lines, invoices), mine, [*line, lines.c.debtor_id])
    rows, anomalies = [], []
    for document, newest, (day, amount, recorded, currency, number, _) in _decided(found, day=0, debtor=5):
        if document is None:
            anomalies.append(_ambiguous("settlement", newest, amount, currency, number, day))
        else:
            rows.append((document, day, amount, False, recorded, currency))
    return rows, anomalies


def settled_documents(
    connection: sa.Connection, lines: sa.FromClause, invoices: sa.FromClause, mine: sa.ColumnElement[bool]
) -> list[tuple[int, str, str, int, int]]:
    """What each matching of the books settles: (connector, seller, settlement, document, amount). The same documents as
    `attached_settlements` gives; a line that nothing decides is left out."""
    group = [lines.c[name] for name in ("connector_id", "seller", "settlement_id")]
    columns = [lines.c.settled_on, lines.c.debtor_id, *group, lines.c.amount_minor]
    found = _joined(connection, lines, invoices, _named(lines, invoices), mine, columns)
    return [
        (connector, seller, settlement, document, amount)
        for document, _, (_, _, connector, seller, settlement, amount) in _decided(found, day=0, debtor=1)
        if document is not None
    ]


def _named(lines: sa.FromClause, invoices: sa.FromClause) -> sa.ColumnElement[bool]:
    """Documents that bear the number of a settlement line, and its year if it says one."""
    return sa.and_(
        invoices.c.connector_id == lines.c.connector_id,
        invoices.c.kind == lines.c.target,
        invoices.c.seller == lines.c.seller,
        invoices.c.number_key == lines.c.document_key,
        sa.or_(
            lines.c.document_issued_on.is_(None),
            invoices.c.issue_year == sa.extract("year", lines.c.document_issued_on),
        ),
    )


def attached_instalments(
    connection: sa.Connection, parts: sa.FromClause, invoices: sa.FromClause, mine: sa.ColumnElement[bool]
) -> tuple[Instalments, list[Anomaly]]:
    """Instalments with the id of their invoice, and those nothing decides."""
    same = sa.and_(
        invoices.c.connector_id == parts.c.connector_id,
        sa.or_(parts.c.seller == ANY_SELLER, invoices.c.seller == parts.c.seller),
        invoices.c.number_key == parts.c.invoice_key,
        invoices.c.kind == "invoice",
    )
    line = [parts.c[name] for name in ("due_on", "amount_minor", "currency", "invoice_number")]
    found = _joined(connection, parts, invoices, same, mine, line)
    kept = Instalments()
    anomalies = []
    for document, newest, (day, amount, currency, number) in _decided(found, day=0, debtor=None):
        if document is None:
            anomalies.append(_ambiguous("instalment", newest, amount, currency, number, day))
        else:
            kept.document_id.append(document)
            kept.due_on.append(day)
            kept.amount_minor.append(amount)
    return kept, anomalies


#: A line's columns with the only document of its number, or with all that bear it.
_Found = list[tuple[tuple[Any, ...], int | None, list[Candidate]]]


def _joined(
    connection: sa.Connection,
    lines: sa.FromClause,
    invoices: sa.FromClause,
    same: sa.ColumnElement[bool],
    mine: sa.ColumnElement[bool],
    columns: list[Any],
) -> _Found:
    """Each line once, in order of ids; only those whose number several documents bear are looked at one by one."""
    counted = (
        sa.select(lines.c.id, *columns, sa.func.max(invoices.c.id), sa.func.count())
        .select_from(lines.join(invoices, same))
        .where(mine)
        .group_by(lines.c.id, *columns)
        .order_by(lines.c.id)
    )
    rows = [tuple(row) for row in connection.execute(counted)]
    several = [row[0] for row in rows if row[-1] > 1]
    bearing: dict[int, list[Candidate]] = {}
    chosen = sa.select(lines.c.id, *(invoices.c[name] for name in ("id", "seller", "debtor_id", "issued_on")))
    for start in range(0, len(several), 500):
        part = lines.c.id.in_(several[start : start + 500])
        for row in connection.execute(chosen.select_from(lines.join(invoices, same)).where(part)):
            bearing.setdefault(row[0], []).append(Candidate(*tuple(row)[1:]))
    return [(row[1:-2], row[-2] if row[-1] == 1 else None, bearing.get(row[0], [])) for row in rows]


def _decided(found: _Found, *, day: int, debtor: int | None) -> list[tuple[int | None, int, tuple[Any, ...]]]:
    """(document or None, newest document of that number, the line's columns)."""
    result: list[tuple[int | None, int, tuple[Any, ...]]] = []
    for line, only, candidates in found:
        if only is not None:
            result.append((only, only, line))
            continue
        newest = max(document.id for document in candidates)
        result.append((choose(candidates, None if debtor is None else line[debtor], line[day]), newest, line))
    return result


def _ambiguous(what: str, newest: int, amount: int, currency: str, number: str, day: date) -> Anomaly:
    detail = f"{what} of {day} for {number}: several documents bear that number, none is surely meant"
    return Anomaly(AMBIGUOUS_DOCUMENT, newest, amount, currency, detail)
