"""Decisions of people on parties: which accounts are the same, different, or of no party but their own."""

from __future__ import annotations

import json
from collections.abc import Sequence

import sqlalchemy as sa

from hub import __version__
from hub.core.identity.parties import Account, Change, Decision
from hub.core.store import bulk, keyed
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import Books, debtor_columns
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.sightings import standing
from hub.sdk.records import ANY_SELLER


def accounts(connection: sa.Connection, books: Books, known_at: int | None = None) -> list[Account]:
    """The accounts of debtors, by seller and code."""
    names = ("name", "legal_name", "siren", "siret", "vat_number", "ibans", "parent_id")
    columns = debtor_columns(connection, books, names, known_at)
    ibans = [tuple(text.split()) if text else () for text in columns["ibans"]]
    keys = zip(columns["seller"], columns["debtor_id"], strict=True)
    texts = (columns[name] for name in ("name", "legal_name", "siren", "siret", "vat_number"))
    return list(map(Account, keys, *texts, ibans, columns["parent_id"]))


def decisions(connection: sa.Connection, known_at: int | None = None) -> list[Decision]:
    """Decisions that stand, in order of recording."""
    d = t.party_decision
    rows = connection.execute(
        sa.select(d).where(standing(d, t.party_decision_reversal, "decision_id", known_at)).order_by(d.c.id)
    )
    return [
        Decision(
            row.id,
            row.act,
            (row.seller, row.debtor_id),
            None if row.other_debtor_id is None else (row.other_seller, row.other_debtor_id),
        )
        for row in rows
    ]


_PROPOSAL = ("seller", "debtor_id", "other_seller", "other_debtor_id", "rule", "shared")


def proposals(connection: sa.Connection) -> list[tuple[str, ...]]:
    """The suggestions of the last look: (seller, debtor, other seller, other debtor, rule, what both have)."""
    table = t.party_proposal
    rows = connection.execute(sa.select(*(table.c[name] for name in _PROPOSAL)).order_by(*table.primary_key.columns))
    return [tuple(row) for row in rows]


def replace_proposals(unit: UnitOfWork, rows: Sequence[tuple[str, ...]]) -> None:
    """Put these suggestions in place of the last ones."""
    unit.connection.execute(t.party_proposal.delete())
    bulk.insert_rows(unit.connection, t.party_proposal, _PROPOSAL, rows)


_SEEN = "parties seen"
_FOLDED = 1 << 32  # instants are added up modulo this: whole, they would be too large a sum


def state(connection: sa.Connection, books: Books) -> str | None:
    """What the suggestions hang on, in short: equal as long as no account and no decision changed.

    None when it cannot be told in short: an account of any seller also hangs on who has invoices.
    """
    debtors, d, undone = RECORD_TABLES["debtor"].current, t.party_decision, t.party_decision_reversal
    if connection.execute(sa.select(debtors.c.id).where(debtors.c.seller == ANY_SELLER).limit(1)).first() is not None:
        return None
    instants = (debtors.c.recorded_at, sa.func.coalesce(debtors.c.withdrawn_at, 0))
    sums = (sa.cast(sa.func.coalesce(sa.func.sum(at % _FOLDED), 0), sa.BigInteger) for at in instants)
    told = connection.execute(sa.select(sa.func.count(), *sums).select_from(debtors)).one()
    counts = [connection.execute(sa.select(sa.func.count()).select_from(table)).scalar() for table in (d, undone)]
    return json.dumps([__version__, *told, *counts, sorted(books.items())])


def seen(connection: sa.Connection) -> str | None:
    """The state that the last suggestions were made of."""
    found: str | None = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == _SEEN)).scalar()
    return found


def note_seen(unit: UnitOfWork, told: str) -> None:
    """The suggestions are made of this state."""
    unit.connection.execute(t.meta.delete().where(t.meta.c.name == _SEEN))
    keyed.insert_if_absent(unit.connection, t.meta, name=_SEEN, value=told)


def change(unit: UnitOfWork, changes: Sequence[Change], reason: str) -> None:
    """Write what a person decided, with a journal entry that holds ids only."""
    said = {"reason": reason, "recorded_at": unit.at, "actor": unit.actor}
    undone = sorted({number for one in changes for number in one.undo})
    if undone:
        rows = [{"decision_id": number, **said} for number in undone]
        unit.connection.execute(t.party_decision_reversal.insert(), rows)
        unit.journal("part", "party", {"ids": undone})
    added = [one.add for one in changes if one.add is not None]
    if added:
        ids = bulk.reserve_ids(unit.connection, t.party_decision, len(added))
        unit.connection.execute(
            t.party_decision.insert(),
            [
                {
                    "id": number, "act": one.act, "seller": one.one[0], "debtor_id": one.one[1],
                    "other_seller": one.other[0] if one.other else None,
                    "other_debtor_id": one.other[1] if one.other else None, **said,
                }
                for number, one in zip(ids, added, strict=True)
            ],
        )  # fmt: skip
        unit.journal("party", "party", {"ids": ids, "acts": [one.act for one in added]})
