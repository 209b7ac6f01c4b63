"""What people taught by confirming: this account, or this name, pays for that debtor. Computed, never stored.

A lesson stands as long as a confirmed allocation that taught it stands and nobody forgot it since. Who pays for many by
its very name (a payment provider, a factor, a public accountant) teaches nothing. A lesson's name is a
salted digest, so that the note of a forgotten lesson tells nobody's account.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from hub.core.reconcile.inputs import Learnt
from hub.core.reconcile.texts.outsiders import pays_for_many
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork

IBAN, NAME = "iban", "name"


@dataclass(frozen=True, slots=True)
class Lesson:
    """`key`, an IBAN or a payer's name (`by`), is known to pay for a debtor.

    decisions: how many standing decisions teach it; `actor`, `recorded_at` and `decision` are the last one's.
    forgotten: True when a person forgot it and nobody taught it again; `reason` and `actor` are then the forgetting's.
    """

    name: str
    by: str
    key: str
    seller: str
    debtor_id: str
    decisions: int
    last_allocation: int
    decision: str
    actor: str
    recorded_at: int
    forgotten: bool = False
    reason: str = ""


def lessons(connection: sa.Connection) -> list[Lesson]:
    """Everything that standing confirmed decisions teach, forgotten lessons marked, by debtor."""
    salt = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == "salt")).scalar()
    if salt is None:
        return []  # nothing was ever written
    found: dict[tuple[str, str, str, str], Lesson] = {}
    for row in _taught(connection):
        if pays_for_many(row.payer_name):
            continue
        for by, key in ((IBAN, _plain_iban(row.payer_iban)), (NAME, row.payer_name or "")):
            if not key:
                continue
            what = (by, key, row.seller, row.debtor_id)
            known = found.get(what)
            name, before = (known.name, known.decisions) if known else (_name(bytes.fromhex(salt), what), 0)
            # Rows come oldest first: the last one says who taught it last.
            found[what] = Lesson(name, *what, before + row.number, row.last, row.proposal, row.actor, row.recorded_at)
    forgotten = _forgotten(connection)
    return [_judged(lesson, forgotten.get(lesson.name)) for _, lesson in sorted(found.items(), key=_by_debtor)]


def learnt(connection: sa.Connection) -> Learnt:
    """The lessons that stand, as the engine takes them."""
    by: dict[str, dict[str, list[tuple[str, str]]]] = {IBAN: {}, NAME: {}}
    for lesson in lessons(connection):
        if not lesson.forgotten:
            by[lesson.by].setdefault(lesson.key, []).append((lesson.seller, lesson.debtor_id))
    return Learnt(
        by_iban={key: tuple(sorted(value)) for key, value in sorted(by[IBAN].items())},
        by_name={key: tuple(sorted(value)) for key, value in sorted(by[NAME].items())},
    )


def lock(unit: UnitOfWork) -> None:
    """Of two people who forget at the same instant the later one sees what the earlier did."""
    bulk.lock_name(unit.connection, "lessons")


def forget(unit: UnitOfWork, lesson: Lesson, reason: str) -> None:
    """Note that a lesson is not to be used; a decision that is confirmed later teaches it again."""
    unit.connection.execute(
        t.lesson_forgotten.insert().values(
            lesson=lesson.name, through_allocation_id=lesson.last_allocation, reason=reason, recorded_at=unit.at,
            actor=unit.actor,
        )
    )  # fmt: skip
    unit.journal("forget", "lesson", {"lesson": lesson.name, "through": lesson.last_allocation})


def _taught(connection: sa.Connection) -> list[sa.Row[Any]]:
    """Payers and debtors of standing confirmed decisions, those of one payer and debtor together, oldest first.

    Lines that only use up a credit note, or deduct, teach nothing: money does.
    """
    a, r, i = t.allocation, t.receipt, t.invoice
    pairs = (
        sa.select(
            r.c.payer_iban, r.c.payer_name, i.c.seller, i.c.debtor_id, sa.func.max(a.c.id).label("last"),
            sa.func.count(a.c.proposal.distinct()).label("number"),
        )
        .select_from(a.join(r, r.c.id == a.c.receipt_id).join(i, i.c.id == a.c.invoice_id))
        .where(
            a.c.origin == "confirmed",
            a.c.nature == "money",
            a.c.amount_minor > 0,
            a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
        )
        .group_by(r.c.payer_iban, r.c.payer_name, i.c.seller, i.c.debtor_id)
        .subquery()
    )  # fmt: skip
    last = sa.select(pairs, a.c.proposal, a.c.actor, a.c.recorded_at).join(a, a.c.id == pairs.c.last)
    return list(connection.execute(last.order_by(pairs.c.last)))


def _plain_iban(iban: str | None) -> str:
    return "".join((iban or "").split()).upper()


def _name(salt: bytes, what: tuple[str, ...]) -> str:
    return "L" + hmac.new(salt, json.dumps(what, ensure_ascii=False).encode(), hashlib.sha256).hexdigest()[:12]


def _forgotten(connection: sa.Connection) -> dict[str, Any]:
    """The last forgetting of each lesson: (through, reason, actor, instant)."""
    f = t.lesson_forgotten
    columns = (f.c.lesson, f.c.through_allocation_id.label("through"), f.c.reason, f.c.actor, f.c.recorded_at)
    return {row.lesson: row for row in connection.execute(sa.select(*columns).order_by(f.c.through_allocation_id))}


def _judged(lesson: Lesson, note: Any) -> Lesson:
    if note is None or lesson.last_allocation > note.through:
        return lesson
    return Lesson(
        lesson.name, lesson.by, lesson.key, lesson.seller, lesson.debtor_id, lesson.decisions, lesson.last_allocation,
        lesson.decision, note.actor, note.recorded_at, True, note.reason,
    )  # fmt: skip


def _by_debtor(pair: tuple[tuple[str, str, str, str], Lesson]) -> tuple[str, str, str, str]:
    by, key, seller, debtor_id = pair[0]
    return seller, debtor_id, by, key
