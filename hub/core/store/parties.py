"""Decisions of people on parties: which accounts are the same, different, or of no party but their own."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from hub.core.identity.parties import Account, Change, Decision
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork
from hub.core.store.reading import Books, debtor_accounts
from hub.core.store.sightings import standing


def accounts(connection: sa.Connection, books: Books, known_at: int | None = None) -> list[Account]:
    """The accounts of debtors, by seller and code."""
    return [
        Account(
            key=(row.seller, row.debtor_id),
            name=row.name,
            legal_name=row.legal_name,
            siren=row.siren,
            siret=row.siret,
            vat_number=row.vat_number,
            ibans=tuple((row.ibans or "").split()),
            parent_id=row.parent_id,
        )
        for row in debtor_accounts(connection, books, known_at)
    ]


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
