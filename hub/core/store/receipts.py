"""Money received and not yet applied, and what is known of those who pay, in the columns of the reconcile room."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from datetime import date
from typing import Any

import sqlalchemy as sa

from hub.core.identity.again import PAIRS
from hub.core.identity.sums import Sums
from hub.core.reconcile.inputs import REMITTANCE_DAYS, Debtors, Receipts, Remittances
from hub.core.store import bulk
from hub.core.store import tables as t
from hub.core.store.allocations import COUNTED_AS, SOURCE_WITHDREW, UNLINKED, USED_BY_BOOKS, YIELDS
from hub.core.store.database import UnitOfWork
from hub.core.store.marks import standing_marks
from hub.core.store.reading import as_known, debtor_columns
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.sealing import digest_of_rows
from hub.core.store.sightings import links_standing, sums
from hub.core.store.spent import used_of_receipt

_SHARED = (
    "seller", "account", "value_on", "remittance", "end_to_end_ref", "structured_ref", "method", "transaction_code",
    "original_amount_minor", "original_currency", "bank_ref",
)  # fmt: skip


def unapplied(connection: sa.Connection, books: Mapping[str, int], undone_since: date | None = None) -> Receipts:
    """Receipts with something left, and disbursements as negative amounts with the id negated.

    What of a receipt is counted as another one, or used by a matching of the books, is not left.

    Disbursements that are known to take a receipt back are left out, like that receipt; so are receipts that a person
    marked as no debtor's payment. Receipts that are wholly applied, here or in the books, are given (with nothing left)
    when money of the same amount went out: it may be theirs, coming back. Order: by date, then by id.

    `undone_since`: as if nothing had been applied automatically of receipts received from that day on.
    """
    receipts = as_known("receipt", None)
    spent = (
        sa.select(t.allocation.c.receipt_id, bulk.total(used_of_receipt(t.allocation)).label("spent"))
        .where(
            t.allocation.c.nature == "money",
            t.allocation.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
            sa.true() if undone_since is None else sa.not_(_automatic_since(undone_since)),
        )
        .group_by(t.allocation.c.receipt_id)
        .subquery()
    )
    out = as_known("disbursement", None)
    unexplained = out.c.id.not_in(_explained())
    of_receipt = sa.tuple_(receipts.c.amount_minor, receipts.c.currency)
    taken_back = of_receipt.in_(sa.select(out.c.amount_minor, out.c.currency).where(unexplained))
    # PostgreSQL adds integers up to a numeric; the engine counts in integers.
    left = receipts.c.amount_minor - sa.cast(sa.func.coalesce(spent.c.spent, 0), sa.BigInteger)
    money_in = sa.select(
        receipts.c.id, receipts.c.received_on, receipts.c.currency, receipts.c.amount_minor, left.label("left"),
        receipts.c.payer_name, receipts.c.payer_iban, *(receipts.c[name] for name in _SHARED),
        sa.null().label("return_reason"),
    ).select_from(receipts.outerjoin(spent, spent.c.receipt_id == receipts.c.id))  # fmt: skip
    returned = sa.select(t.receipt_return.c.receipt_id)
    marked = sa.select(standing_marks().subquery().c.receipt_id)
    money_in = money_in.where(
        sa.or_(left > 0, taken_back), receipts.c.id.not_in(returned), receipts.c.id.not_in(marked)
    )
    money_out = sa.select(
        -out.c.id, out.c.paid_on, out.c.currency, -out.c.amount_minor, sa.literal(0), out.c.payee_name,
        out.c.payee_iban, *(out.c[name] for name in _SHARED), out.c.return_reason,
    ).where(unexplained)  # fmt: skip
    out_rows = connection.execute(money_out).all()
    gone = {(row[2], -row[3]) for row in out_rows}
    money = _less_taken(connection.execute(money_in).all(), sums(connection, books), gone)
    rows = [*money, *out_rows]
    rows.sort(key=lambda row: (row[1], abs(row[0]), row[0]))
    width = 7 + len(_SHARED) + 1
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
    names = (
        "id",
        "received_on",
        "currency",
        "amount_minor",
        "unapplied_minor",
        "payer_name",
        "payer_iban",
        *_SHARED,
        "return_reason",
    )
    found = dict(zip(names, columns, strict=True))
    found["remittance"] = _with_entries(connection, found["id"], found["remittance"])
    return Receipts(**found)


def _with_entries(connection: sa.Connection, ids: list[int], texts: list[str | None]) -> list[str | None]:
    """The texts of receipts, with what the books wrote of the same sum behind: the hub judges one sum by all that is
    said of it, whoever said it first."""
    s, entry = t.sighting, t.receipt.alias("entry")
    said: dict[int, str] = {}
    wanted = [number for number in ids if number > 0]
    links = bulk.rows_by_id(
        connection, (s.c.carrier_id, s.c.receipt_id), s.c.carrier_id, wanted, links_standing(), s.c.rule.in_(PAIRS)
    )
    carriers = {row.receipt_id: row.carrier_id for row in links}
    for row in bulk.rows_by_id(connection, (entry.c.id, entry.c.remittance), entry.c.id, sorted(carriers)):
        if row.remittance:
            said[carriers[row.id]] = row.remittance
    return [
        f"{text or ''} {more}".strip() if (more := said.get(number)) and more not in (text or "") else text
        for number, text in zip(ids, texts, strict=True)
    ]


def money_left(connection: sa.Connection) -> bool:
    """Whether money went out of an account of which it is not known that it took a receipt back."""
    out = as_known("disbursement", None)
    unexplained = out.c.id.not_in(_explained())
    return connection.execute(sa.select(out.c.id).where(unexplained).limit(1)).first() is not None


def disbursements_called(connection: sa.Connection, name: str) -> frozenset[int]:
    """The row numbers of money that left, by the source's own id."""
    out = as_known("disbursement", None)
    return frozenset(connection.execute(sa.select(out.c.id).where(out.c.disbursement_id == name)).scalars())


def marked_money(connection: sa.Connection) -> list[sa.Row[Any]]:
    """The receipts that people marked as no debtor's payment: (received_on, amount_minor, currency, payer_name,
    payer_iban), in order of recording."""
    r = as_known("receipt", None)
    columns = (r.c.received_on, r.c.amount_minor, r.c.currency, r.c.payer_name, r.c.payer_iban)
    marked = sa.select(standing_marks().subquery().c.receipt_id)
    return list(connection.execute(sa.select(*columns).where(r.c.id.in_(marked)).order_by(r.c.id)))


def _explained() -> sa.Select[tuple[int]]:
    """Money that left and took back a receipt that stands; a receipt withdrawn since explains nothing any more."""
    back, r = t.receipt_return, t.receipt
    return sa.select(back.c.disbursement_id).join(r, r.c.id == back.c.receipt_id).where(r.c.withdrawn_at.is_(None))


def _automatic_since(day: date) -> sa.ColumnElement[bool]:
    """Allocations that the hub made by itself, of receipts received from `day` on (their date of effect)."""
    return sa.and_(t.allocation.c.origin == "auto", t.allocation.c.effective_on >= day)


def _less_taken(rows: Iterable[Any], known: Sums, gone: Set[tuple[str, int]]) -> Iterator[tuple[Any, ...]]:
    """The rows of money received, their fifth column less what is counted elsewhere or in the books; without those
    that have nothing left by that, but for what the books used of an amount (currency, minor units) that is `gone`."""
    for row in rows:
        taken = known.taken(row[0])
        left = max(0, int(row[4]) - taken)  # PostgreSQL sums to numeric
        if left or not taken or ((row[2], row[3]) in gone and row[0] not in known.elsewhere):
            yield (*row[:4], left, *row[5:])


def debtors(connection: sa.Connection, books: Mapping[str, int]) -> Debtors:
    """The accounts of debtors by seller, in the engine's columns; mentions beside invoices included."""
    names = ("name", "legal_name", "siren", "vat_number", "parent_id", "ibans")
    columns = debtor_columns(connection, books, names)
    ibans = [tuple(text.split()) if text else () for text in columns.pop("ibans")]
    return Debtors(**columns, ibans=ibans)


def remittances(connection: sa.Connection, waiting: Receipts) -> Remittances | None:
    """The debtors' own lists that name one of these receipts, add up to one, or came in its week from a debtor that is
    told; None when there is none.
    """
    lines, receipts = as_known("remittance_line", None), RECORD_TABLES["receipt"].current
    rows = connection.execute(
        sa.select(
            lines.c.connector_id, lines.c.remittance_id, receipts.c.id, lines.c.payer_ref, lines.c.dated_on,
            lines.c.document_number, lines.c.amount_minor, lines.c.receipt_source_key,
        )
        .select_from(lines.outerjoin(receipts, receipts.c.source_key == lines.c.receipt_source_key))
        .order_by(lines.c.connector_id, lines.c.remittance_id, lines.c.unit_id, lines.c.line)
    ).all()  # fmt: skip
    wanted, sums = set(waiting.id), set(waiting.unapplied_minor)
    came = {day.toordinal() for day in set(waiting.received_on)}
    near = {day + apart for day in came for apart in range(-REMITTANCE_DAYS, REMITTANCE_DAYS + 1)}
    lists: dict[tuple[Any, ...], list[tuple[str, int | None]]] = {}
    for row in rows:
        if row[2] in wanted or row[7] is None:
            lists.setdefault(tuple(row[:5]), []).append((row[5], row[6]))
    totals = {key: _total(found) for key, found in lists.items()}
    kept = [
        key
        for key in lists
        if key[2] is not None or totals[key] in sums or (key[3] and key[4] and key[4].toordinal() in near)
    ]
    if not kept:
        return None
    return Remittances(
        id=list(range(1, len(kept) + 1)),
        receipt_id=[key[2] for key in kept],
        lines=[tuple(lists[key]) for key in kept],
        debtor=[key[3] for key in kept],
        sent_on=[key[4] for key in kept],
        total_minor=[totals[key] for key in kept],
        called=[key[1] if key[2] is None else None for key in kept],
    )


def _total(lines: Sequence[tuple[str, int | None]]) -> int | None:
    """What a list adds up to; None where a line gives no amount."""
    amounts = [amount for _, amount in lines if amount is not None]
    return sum(amounts) if len(amounts) == len(lines) else None


def names_of(connection: sa.Connection, receipt_ids: Sequence[int]) -> dict[int, str]:
    """What their sources call these receipts."""
    columns = [t.receipt.c.id, t.receipt.c.receipt_id]
    return {row.id: row.receipt_id for row in bulk.rows_by_id(connection, columns, t.receipt.c.id, receipt_ids)}


def take_back(unit: UnitOfWork, returns: Sequence[tuple[int, int, str]]) -> list[int]:
    """Note receipts that the bank took back, as (receipt, disbursement, reason); those known already are left alone.

    Returns:
        The receipts newly taken back: their allocations do not stand any more.
    """
    known = set(unit.connection.execute(sa.select(t.receipt_return.c.receipt_id)).scalars())
    fresh = {receipt: (disbursement, reason) for receipt, disbursement, reason in returns if receipt not in known}
    if fresh:
        unit.connection.execute(
            t.receipt_return.insert(),
            [
                {
                    "receipt_id": receipt,
                    "disbursement_id": disbursement,
                    "reason": reason,
                    "recorded_at": unit.at,
                    "actor": unit.actor,
                }
                for receipt, (disbursement, reason) in fresh.items()
            ],
        )
        rows = returns_by_receipt(unit.connection, sorted(fresh))
        unit.journal("return", "receipt", {"ids": sorted(fresh), "digest": returns_digest(unit.salt, rows)})
    return sorted(fresh)


def returns_by_receipt(connection: sa.Connection, receipts: Collection[int]) -> list[sa.Row[Any]]:
    """What is noted of these receipts that were taken back, in order of the receipts."""
    columns = list(t.receipt_return.columns)
    rows = bulk.rows_by_id(connection, columns, t.receipt_return.c.receipt_id, sorted(receipts))
    return sorted((row for row in rows), key=lambda row: int(row.receipt_id))


def returns_digest(salt: bytes, rows: Sequence[sa.Row[Any]]) -> str:
    """What the journal keeps of them."""
    return digest_of_rows(salt, [[getattr(row, column.name) for column in t.receipt_return.columns] for row in rows])


def standing_allocations(connection: sa.Connection, receipt_ids: Sequence[int]) -> list[int]:
    """Ids of the allocations of these receipts that are not reversed."""
    a = t.allocation
    rows = bulk.rows_by_id(
        connection,
        [a.c.id],
        a.c.receipt_id,
        receipt_ids,
        a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)),
    )
    return sorted(row.id for row in rows)


def reversed_by_people(connection: sa.Connection) -> frozenset[int]:
    """Receipts of which a person reversed an allocation: what follows is theirs to decide. What the hub took back by
    itself, for a fact that may change again, is judged as if it had never been."""
    a, undone = t.allocation, t.allocation_reversal
    by_hub = sa.or_(
        undone.c.reason.in_((USED_BY_BOOKS, SOURCE_WITHDREW, UNLINKED, YIELDS)), undone.c.reason.startswith(COUNTED_AS)
    )
    rows = connection.execute(
        sa.select(a.c.receipt_id)
        .join(undone, undone.c.allocation_id == a.c.id)
        .where(a.c.receipt_id.not_in(sa.select(t.receipt_return.c.receipt_id)), sa.not_(by_hub))
        .distinct()
    )
    return frozenset(rows.scalars())


def confirmed_receipts(connection: sa.Connection) -> frozenset[int]:
    """Receipts with a standing allocation that a person confirmed: nothing undoes it but a person."""
    a = t.allocation
    rows = connection.execute(
        sa.select(a.c.receipt_id)
        .where(a.c.origin == "confirmed", a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)))
        .distinct()
    )
    return frozenset(rows.scalars())


def allocations_of_withdrawn(connection: sa.Connection) -> list[int]:
    """Standing allocations whose receipt its source has withdrawn."""
    a, r = t.allocation, t.receipt
    rows = connection.execute(
        sa.select(a.c.id)
        .join(r, r.c.id == a.c.receipt_id)
        .where(r.c.withdrawn_at.is_not(None), a.c.id.not_in(sa.select(t.allocation_reversal.c.allocation_id)))
        .order_by(a.c.id)
    )
    return list(rows.scalars())


#: How far apart two connectors may date the same sum.
SAME_SUM_DAYS = 3


def seen_elsewhere(connection: sa.Connection, books: Iterable[int]) -> frozenset[int]:
    """Receipts that an earlier receipt of another connector may be: same amount and currency, dates within three days,
    and neither two different accounts nor two different sellers. Such a receipt is only suggested, until both are
    linked or a person parted them.

    Of an entry of these books connectors and a movement elsewhere the look at the sightings says more: see `doubts`.
    """
    own = sorted(set(books))
    mine, other = as_known("receipt", None), as_known("receipt", None).alias("other")
    linked = sa.union(
        sa.select(t.sighting.c.receipt_id).where(links_standing()),
        sa.select(t.sighting.c.carrier_id).where(links_standing()),
    )
    apart = t.sighting_apart
    rows = connection.execute(
        sa.select(mine.c.id, mine.c.received_on, other.c.received_on).where(
            mine.c.amount_minor == other.c.amount_minor,
            mine.c.currency == other.c.currency,
            mine.c.connector_id != other.c.connector_id,
            mine.c.id > other.c.id,
            mine.c.connector_id.in_(own) == other.c.connector_id.in_(own),
            *(
                sa.or_(mine.c[name].is_(None), other.c[name].is_(None), mine.c[name] == other.c[name])
                for name in ("account", "seller")
            ),
            mine.c.id.not_in(linked),
            other.c.id.not_in(linked),
            ~sa.exists().where(apart.c.receipt_id == mine.c.id, apart.c.other_id == other.c.id),
            ~sa.exists().where(apart.c.receipt_id == other.c.id, apart.c.other_id == mine.c.id),
        )
    )
    return frozenset(row[0] for row in rows if abs((row[1] - row[2]).days) <= SAME_SUM_DAYS)
