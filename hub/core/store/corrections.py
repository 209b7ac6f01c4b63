"""A document that comes under another year or kind: the same one corrected, another one, or a question to a person.

An invoice is known by seller, number and issue year, for numbers restart each year. So a date corrected across the end
of a year, or an invoice that was meant as a credit note, looks like a second document beside the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.store import bulk, journal
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.holding import close_held
from hub.core.store.idranges import from_ranges, ranges
from hub.core.store.records import Taking, withdraw_units
from hub.core.store.sealing import note_states
from hub.core.store.standing import units_to_history

#: A number that comes back after so many days was restarted; corrections move a date by less.
RESTART_DAYS = 300
#: Units asked for in one statement.
BATCH = 5_000
#: What two documents are compared by, in the order of `Stated`.
_STATED = ("unit_id", "kind", "debtor_id", "issued_on", "currency", "total_minor")
#: The code of the question.
ASKED = "HUB-REC-004"


@dataclass(frozen=True, slots=True)
class Stated:
    """A document and the unit that gives it."""

    unit_id: int
    kind: str
    debtor_id: str
    issued_on: date
    currency: str
    total_minor: int


@dataclass(frozen=True, slots=True)
class Answers:
    """Units that were superseded, and newcomers that are now held with a question."""

    superseded: list[int]
    asked: list[int]


def verdict(former: Stated, newcomer: Stated, *, replaced: bool) -> str:
    """What two documents of one seller and number are: ``two``, ``correction`` or ``question``. Pure.

    Args:
        replaced: the object (file) that gave the former was read again whole and gives the newcomer in its stead.
    """
    same_total = (former.total_minor, former.currency) == (newcomer.total_minor, newcomer.currency)
    if former.debtor_id != newcomer.debtor_id:
        return "two"
    if former.kind != newcomer.kind and not same_total:
        return "two"  # some books number invoices and credit notes alike
    near = abs((newcomer.issued_on - former.issued_on).days) < RESTART_DAYS
    if near:
        return "correction" if replaced else "question"
    mistyped = (former.issued_on.month, former.issued_on.day) == (newcomer.issued_on.month, newcomer.issued_on.day)
    return "question" if mistyped and same_total else "two"


def compare_newcomers(
    unit: UnitOfWork,
    connector_id: int,
    chain: str,
    stream_id: int,
    met: Callable[[int], bool],
    *,
    back: Collection[int],
    whole_objects: bool,
    since: int,
) -> Answers:
    """Look at the documents that a run which came to its end brought, beside older ones of the same number.

    Args:
        met: whether the run met a unit.
        back: units that the source had dropped and gives again: their documents are newcomers too.
        since: when the run began (microseconds UTC); a question whose unit was read anew since is asked again.
    """
    answers = Answers([], [])
    newest = unit.connection.execute(sa.select(sa.func.max(t.invoice.c.id))).scalar() or 0
    where = t.stream.c.id == stream_id
    compared = unit.connection.execute(sa.select(t.stream.c.compared_document).where(where)).scalar()
    if compared is not None:
        pairs = _pairs(
            unit.connection, connector_id, stream_id, compared, {*back, *_asked_anew(unit.connection, since)}
        )
        _decide(unit.connection, pairs, answers, stream_id, met, whole_objects=whole_objects)
    if compared != newest:
        unit.connection.execute(t.stream.update().where(where).values(compared_document=newest))
    _supersede(unit, connector_id, chain, answers.superseded)
    _ask(unit, connector_id, chain, stream_id, answers.asked)
    return answers


def replace_former(unit: UnitOfWork, unit_ids: Collection[int]) -> int:
    """A person says that these units' documents take the place of the former ones of their number; how many went."""
    gone: list[int] = []
    for stream in _streams_of(unit.connection, unit_ids):
        pairs = _pairs(unit.connection, stream.connector_id, stream.id, None, unit_ids)
        formers = {o.unit_id for o, n in pairs if o.unit_id not in unit_ids and verdict(o, n, replaced=True) != "two"}
        _supersede(unit, stream.connector_id, stream.key, sorted(formers))
        gone += formers
    return len(gone)


def _streams_of(connection: sa.Connection, unit_ids: Collection[int]) -> list[sa.Row[Any]]:
    rows = bulk.rows_by_id(connection, [t.raw_unit.c.stream_id], t.raw_unit.c.id, sorted(unit_ids))
    return list(
        connection.execute(
            sa.select(t.stream.c.id, t.stream.c.connector_id, t.connector.c.key)
            .join(t.connector, t.connector.c.id == t.stream.c.connector_id)
            .where(t.stream.c.id.in_({row.stream_id for row in rows}))
            .order_by(t.stream.c.id)
        )
    )


def _pairs(
    connection: sa.Connection, connector_id: int, stream_id: int, after: int | None, units: Collection[int]
) -> list[tuple[Stated, Stated]]:
    """Former and new documents of one number: the new ones have an id above `after`, or belong to `units`."""
    newcomers: list[int] = []
    if after is not None:
        i = t.invoice
        newer = sa.select(i.c.id).where(i.c.id > after, _of(connector_id)).order_by(i.c.id)
        newcomers = list(connection.execute(newer).scalars())
    return [
        pair
        for key, wanted in (("id", newcomers), ("unit_id", sorted(units)))
        for start in range(0, len(wanted), BATCH)
        for pair in _pairs_of(connection, connector_id, stream_id, key, wanted[start : start + BATCH])
    ]


def _pairs_of(
    connection: sa.Connection, connector_id: int, stream_id: int, key: str, wanted: Sequence[int]
) -> list[tuple[Stated, Stated]]:
    n = _newcomers(connection, connector_id, stream_id, key, wanted)
    o, u = t.invoice.alias("o"), t.raw_unit.alias("u")
    same_number = sa.and_(
        o.c.connector_id == n.c.connector_id,
        o.c.kind.in_(("invoice", "credit_note")),  # all there are: so the index of the key serves
        o.c.seller == n.c.seller,
        o.c.number_key == n.c.number_key,
        o.c.id != n.c.id,
        o.c.unit_id != n.c.unit_id,
    )
    rows = connection.execute(
        sa.select(*(o.c[name] for name in _STATED), *(n.c[name].label(f"n_{name}") for name in _STATED))
        .select_from(n.join(o, same_number).join(u, u.c.id == o.c.unit_id))
        .where(o.c.withdrawn_at.is_(None), u.c.stream_id + 0 == stream_id)
        .order_by(n.c.id, o.c.id)
    )
    width = len(_STATED)
    return [(Stated(*row[:width]), Stated(*row[width:])) for row in map(tuple, rows)]


def _of(connector_id: int) -> sa.ColumnElement[bool]:
    """Documents of a connector. + 0: they are found by their ids, not by the key whose first column this is, by which a
    data base without statistics walks all documents of the connector."""
    return t.invoice.c.connector_id + 0 == connector_id


def _newcomers(connection: sa.Connection, connector_id: int, stream_id: int, key: str, wanted: Sequence[int]) -> sa.CTE:
    """The newcomers, found first: without statistics (after a first load) PostgreSQL would walk all documents instead,
    and probe which of them are wanted: two seconds for each 200,000."""
    i, u = t.invoice, t.raw_unit
    names = ("id", "connector_id", "seller", "number_key", *_STATED)
    chosen = (
        sa.select(*(i.c[name] for name in names))
        .join(u, u.c.id == i.c.unit_id)
        .where(
            bulk.among(connection, i.c[key], wanted), _of(connector_id), i.c.withdrawn_at.is_(None),
            u.c.stream_id + 0 == stream_id,
        )
    )  # fmt: skip
    return chosen.cte("n").prefix_with("MATERIALIZED", dialect="postgresql")


def _asked_anew(connection: sa.Connection, since: int) -> set[int]:
    """Units about which a question was open until this run read them with other content."""
    h = t.held
    where = (h.c.code == ASKED, h.c.state == "mended", h.c.closed_because == "read again", h.c.closed_at >= since)
    return set(connection.execute(sa.select(h.c.unit_id).where(*where)).scalars())


def _decide(
    connection: sa.Connection,
    pairs: Iterable[tuple[Stated, Stated]],
    answers: Answers,
    stream_id: int,
    met: Callable[[int], bool],
    *,
    whole_objects: bool,
) -> None:
    objects: dict[int, set[str]] | None = None
    for former, newcomer in pairs:
        if met(former.unit_id) and met(newcomer.unit_id):
            continue  # the source itself states both
        replaced = False
        if whole_objects:
            objects = _objects(connection, stream_id) if objects is None else objects
            here = objects.get(newcomer.unit_id, set())
            if objects.get(former.unit_id, set()) & here:
                continue
            replaced = former.unit_id not in objects and _origin(connection, former.unit_id) in here
        found = verdict(former, newcomer, replaced=replaced)
        if found == "correction" and former.unit_id not in answers.superseded:
            answers.superseded.append(former.unit_id)
        elif found == "question" and newcomer.unit_id not in answers.asked:
            answers.asked.append(newcomer.unit_id)


def _objects(connection: sa.Connection, stream_id: int) -> dict[int, set[str]]:
    """In which objects (files) each unit of the stream stands, as they were last read."""
    found: dict[int, set[str]] = {}
    chosen = sa.select(t.page.c.origin, t.page.c.units).where(t.page.c.stream_id == stream_id)
    for origin, units in connection.execute(chosen):
        for unit in from_ranges(units):
            found.setdefault(unit, set()).add(origin)
    return found


def _origin(connection: sa.Connection, unit_id: int) -> str | None:
    """The object that a unit was last read from."""
    return connection.execute(
        sa.select(t.evidence.c.origin)
        .join(t.raw_unit, t.raw_unit.c.evidence_id == t.evidence.c.id)
        .where(t.raw_unit.c.id == unit_id)
    ).scalar()


def _take_out(unit: UnitOfWork, connector_id: int, unit_ids: list[int], state: str) -> None:
    """The records of these units are withdrawn; the units keep their number and their history."""
    units_to_history(unit.connection, unit_ids, unit.at)
    unit.connection.execute(
        t.raw_unit.update().where(t.raw_unit.c.id == sa.bindparam("b_id")).values(state=state, recorded_at=unit.at),
        [{"b_id": unit_id} for unit_id in unit_ids],
    )
    withdraw_units(Taking(unit.connection, connector_id, unit.at), set(unit_ids))
    note_states(unit.connection, unit_ids, state)
    unit.note_day()


def _supersede(unit: UnitOfWork, connector_id: int, chain: str, formers: list[int]) -> None:
    if not formers:
        return
    _take_out(unit, connector_id, formers, "withdrawn")
    rows = bulk.rows_by_id(unit.connection, [t.held.c.id], t.held.c.unit_id, formers, t.held.c.state == "open")
    if rows:
        close_held(unit.connection, [row.id for row in rows], "mended", unit.at, unit.actor, "superseded")
    _tell(unit, chain, "superseded", formers)


def _ask(unit: UnitOfWork, connector_id: int, chain: str, stream_id: int, newcomers: list[int]) -> None:
    """Hold the newcomers with a question."""
    if not newcomers:
        return
    columns = [t.invoice.c[name] for name in ("unit_id", "kind", "number", "issued_on")]
    standing = t.invoice.c.withdrawn_at.is_(None)
    documents = bulk.rows_by_id(unit.connection, columns, t.invoice.c.unit_id, newcomers, standing)
    origins = {unit_id: _origin(unit.connection, unit_id) or "" for unit_id in newcomers}
    for row in documents:
        words = row.kind.replace("_", " ")
        unit.connection.execute(
            t.held.insert().values(
                unit_id=row.unit_id, stream_id=stream_id, code=ASKED, place=origins[row.unit_id],
                what=f"{words} {row.number!r} of {row.issued_on} may be one that was read before under another year or "
                "kind; is it the same?",
                mend="if it takes the place of the former: hub held replay ID --instead; if it is a document of its "
                "own: hub held replay ID",
                excerpt=f"{words} {row.number} {row.issued_on}", lines=1, state="open", recorded_at=unit.at,
            )
        )  # fmt: skip
    _take_out(unit, connector_id, newcomers, "held")
    _tell(unit, chain, "asked", newcomers)


def _tell(unit: UnitOfWork, chain: str, act: str, unit_ids: list[int]) -> None:
    payload = {"units": ranges(sorted(unit_ids)), "count": len(unit_ids)}
    journal.append(
        unit.connection, chain=chain, at=unit.at, actor=unit.actor, act=act, subject="documents", payload=payload
    )


def open_questions(connection: sa.Connection) -> set[int]:
    """Units that wait for a person to say whether they are new."""
    where = (t.held.c.code == ASKED, t.held.c.state == "open")
    return set(connection.execute(sa.select(t.held.c.unit_id).where(*where)).scalars())
