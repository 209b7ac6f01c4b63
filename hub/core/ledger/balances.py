"""Where every cent of a document is: settled in the books, credited, allocated here, or still open.

    total = settled + credited + pending + open            (each document in force, always)

`pending` is money the hub allocated that no settlement holds yet: the same payment is seen here first and
in the books later, and must not be counted twice (DESIGN §3, "What is open").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import date
from typing import NamedTuple, TypeVar

from hub.core.ledger.credits import apply_credit_notes
from hub.core.ledger.facts import (
    CREDIT_NOTE,
    OTHER_CURRENCY,
    OVER_ALLOCATED,
    OVER_SETTLED,
    REOPENED,
    REOPENED_IN_BOOKS,
    REVERSED,
    UNKNOWN_DOCUMENT,
    Allocations,
    Anomaly,
    Documents,
    Settlements,
)

Lines = TypeVar("Lines", Settlements, Allocations)


class Balances(NamedTuple):
    """Columns aligned with the rows of the documents given; minor units of each document's currency.

    All amounts are unsigned shares of the total, for credit notes too. `open_minor` is negative only for a
    document that an anomaly names. A document issued after the date asked for has `in_force` False and
    zeros.
    """

    in_force: list[bool]
    settled_minor: list[int]
    credited_minor: list[int]
    pending_minor: list[int]
    open_minor: list[int]
    anomalies: list[Anomaly]


def absorbed_minor(settled_by: Iterable[tuple[int, int]]) -> int:
    """How much of several allocations on one document the books have confirmed since, in minor units.

    Args:
        settled_by: for each active allocation (amount, risen): its amount, and by how much the books'
            settled amount has risen above its `books_settled_minor`, never negative. Any order.

    With one allocation, or several made at one level, this is clamp(risen, 0, sum of amounts). Allocations
    made at
    several levels share a rise once: an allocation absorbs nothing of what the books had settled before it
    was made. So allocation 30 at level 0, books at 100, allocation 50 at level 100 gives 30, not 80.
    """
    absorbed = 0
    for amount, risen in sorted(settled_by, key=_by_rise):
        absorbed = max(0, min(absorbed + amount, risen))
    return absorbed


def document_balances(
    documents: Documents, settlements: Settlements, allocations: Allocations, *, as_of: date
) -> Balances:
    """The state of every document at the end of `as_of`.

    Settlement lines count from `settled_on`, allocations from `effective_on`, credit notes from their issue
    date (or the invoice's, if later), nothing before the document itself is issued. A snapshot (`opening`)
    replaces every line of its document dated before it, and those of its own day recorded before it; of
    several snapshots the last one counts. Pure; the order of the facts does not change the amounts.
    """
    row_of = dict(zip(documents.id, range(len(documents.id)), strict=True))
    anomalies: list[Anomaly] = []
    found = _fitting(documents, row_of, settlements, settlements.settled_on, anomalies, as_of)
    lines = _Lines(*found, as_of)
    settled, later = lines.settled(len(row_of))
    anomalies += _reopened(documents, row_of, allocations)
    standing = _standing(allocations)
    made_on = _fitting(documents, row_of, standing, standing.effective_on, anomalies, as_of)
    active = _active(documents, *made_on, as_of)
    pending = _pending(lines, settled, later, active)
    in_force = [day <= as_of for day in documents.issued_on]
    open_ = [
        total - done - here if live else 0
        for total, done, here, live in zip(documents.total_minor, settled, pending, in_force, strict=True)
    ]
    if False in in_force:
        for row, live in enumerate(in_force):
            if not live:
                settled[row] = pending[row] = 0
    anomalies += _excess(documents, settled, pending, open_)
    credited = apply_credit_notes(documents, in_force, open_)
    return Balances(in_force, settled, credited, pending, open_, sorted(anomalies, key=_by_place))


def books_settled_minor(settlements: Settlements) -> dict[int, int]:
    """What the books have settled per document id, over all dates, in minor units.

    This is what `Allocations.books_settled_minor` keeps of the moment an allocation is made. Snapshots
    count as in `document_balances`; a plain sum of the lines would count what a snapshot holds twice.
    """
    ids = list(dict.fromkeys(settlements.document_id))
    row_of = dict(zip(ids, range(len(ids)), strict=True))
    rows = [row_of[id_] for id_ in settlements.document_id]
    settled, _ = _Lines(settlements, rows, date.max).settled(len(ids))
    return dict(zip(ids, settled, strict=True))


def _by_rise(pair: tuple[int, int]) -> tuple[int, int]:
    return pair[1], pair[0]


def _by_place(anomaly: Anomaly) -> tuple[str, int, int, str]:
    return anomaly.kind, anomaly.document_id, anomaly.amount_minor, anomaly.detail


def _standing(allocations: Allocations) -> Allocations:
    """The allocations that were not reversed, nor given up by the books."""
    void = (REVERSED, REOPENED)
    if not any(status in allocations.status for status in void):
        return allocations
    return _rows_of(allocations, [i for i, status in enumerate(allocations.status) if status not in void])


def _reopened(documents: Documents, row_of: dict[int, int], allocations: Allocations) -> list[Anomaly]:
    """Allocations that the books confirmed and then gave up: named, and not counted as paid."""
    if REOPENED not in allocations.status:
        return []
    found = []
    for i, status in enumerate(allocations.status):
        row = row_of.get(allocations.document_id[i])
        if status == REOPENED and row is not None:
            detail = f"{documents.number[row]}: the books reopened it, though a receipt is applied to it"
            amount, currency = abs(allocations.amount_minor[i]), documents.currency[row]
            found.append(Anomaly(REOPENED_IN_BOOKS, documents.id[row], amount, currency, detail))
    return found


def with_reopened(allocations: Allocations, suspects: Sequence[bool], settlements: Settlements) -> Allocations:
    """`allocations` with those marked "reopened" that the books once confirmed and do not hold any more.

    Args:
        suspects: per allocation, whether the books settled its document further after it was made, and that
            settlement is gone since. Where another settlement has taken its place, nothing is marked.
    """
    now = books_settled_minor(settlements)
    columns = zip(
        suspects, allocations.document_id, allocations.amount_minor, allocations.books_settled_minor,
        allocations.status, strict=True,
    )  # fmt: skip
    status = [
        REOPENED if suspect and now.get(document, 0) - level < abs(amount) and was != REVERSED else was
        for suspect, document, amount, level, was in columns
    ]
    return replace(allocations, status=status)


def _rows_of(table: Lines, keep: list[int]) -> Lines:
    return replace(table, **{c.name: [getattr(table, c.name)[i] for i in keep] for c in fields(table)})


def _fitting(
    documents: Documents,
    row_of: dict[int, int],
    table: Lines,
    days: list[date],
    anomalies: list[Anomaly],
    as_of: date,
) -> tuple[Lines, list[int]]:
    """The lines of `table` that can be added to their document, and its row for each; the others become
    anomalies.
    """
    found = list(map(row_of.get, table.document_id))
    known = [row for row in found if row is not None]
    if len(known) == len(found) and table.currency.count(None) == len(found):
        return table, known
    what = type(table).__name__.lower()
    keep: list[int] = []
    for i, (row, currency) in enumerate(zip(found, table.currency, strict=True)):
        if row is not None and currency in (None, documents.currency[row]):
            keep.append(i)
        elif days[i] <= as_of:
            kind, detail = UNKNOWN_DOCUMENT, f"{what}: the document was not given"
            if row is not None:
                kind, detail = OTHER_CURRENCY, f"{what} in {currency}: {documents.number[row]}"
            anomalies.append(Anomaly(kind, table.document_id[i], table.amount_minor[i], currency, detail))
    return _rows_of(table, keep), [row for i in keep if (row := found[i]) is not None]


class _Active(NamedTuple):
    """Allocations in force per row: the level of the books when they were made, and their amount.

    Most documents have one, or several of one level: two flat dictionaries, since containers by the hundred
    thousand make the garbage collector walk the whole ledger again and again. The others are in `mixed`, as
    (level, amount).
    """

    level: dict[int, int]
    amount: dict[int, int]
    mixed: dict[int, list[tuple[int, int]]]


def _active(documents: Documents, allocations: Allocations, rows: list[int], as_of: date) -> _Active:
    level_of: dict[int, int] = {}
    amount_of: dict[int, int] = {}
    mixed: dict[int, list[tuple[int, int]]] = {}
    kinds = documents.kind
    columns = zip(
        rows, allocations.amount_minor, allocations.effective_on, allocations.books_settled_minor, strict=True
    )
    for row, amount, day, level in columns:
        if day > as_of:
            continue
        used = abs(amount) if kinds[row] == CREDIT_NOTE else amount
        if row in mixed:
            mixed[row].append((level, used))
        elif level_of.setdefault(row, level) == level:
            amount_of[row] = amount_of.get(row, 0) + used
        else:
            mixed[row] = [(level_of[row], amount_of.pop(row)), (level, used)]
    return _Active(level_of, amount_of, mixed)


class _Lines:
    """The settlement lines during one computation: which of them count at `as_of`, and which come later."""

    def __init__(self, settlements: Settlements, rows: list[int], as_of: date) -> None:
        self.table, self.rows, self.as_of = settlements, rows, as_of
        self.snapshots: dict[int, tuple[date, int, int]] = {}  # per row: date, recorded, amount; this order decides
        if True in settlements.opening:
            lines = zip(settlements.settled_on, settlements.recorded, settlements.amount_minor, strict=True)
            for row, opening, line in zip(rows, settlements.opening, lines, strict=True):
                if opening and line[0] <= as_of:
                    self.snapshots[row] = max(line, self.snapshots.get(row, line))

    def settled(self, size: int) -> tuple[list[int], set[int]]:
        """The settled amount per row at `as_of`, and the rows that have ordinary lines dated later."""
        settled, as_of, snapshots = [0] * size, self.as_of, self.snapshots
        later: set[int] = set()
        for row, snapshot in snapshots.items():
            settled[row] = snapshot[2]
        table = self.table
        columns = zip(self.rows, table.settled_on, table.amount_minor, table.opening, table.recorded, strict=True)
        for row, day, amount, opening, recorded in columns:
            if opening:
                continue
            if day > as_of:
                later.add(row)
            elif row not in snapshots or (day, recorded) > snapshots[row][:2]:
                settled[row] += amount
        return settled, later

    def of_rows(self, wanted: set[int]) -> dict[int, list[tuple[int, date, int]]]:
        """For the rows in `wanted`: what counts at `as_of` and the ordinary lines dated later, as
        (recorded, date, amount).
        """
        lines: dict[int, list[tuple[int, date, int]]] = {row: [] for row in wanted}
        for row in wanted & self.snapshots.keys():
            day, recorded, amount = self.snapshots[row]
            lines[row].append((recorded, day, amount))
        table = self.table
        for i, row in enumerate(self.rows if wanted else ()):
            if row in lines and not table.opening[i]:
                day, recorded = table.settled_on[i], table.recorded[i]
                if row not in self.snapshots or (day, recorded) > self.snapshots[row][:2]:
                    lines[row].append((recorded, day, table.amount_minor[i]))
        return lines


def _pending(lines: _Lines, settled: list[int], later: set[int], active: _Active) -> list[int]:
    """What was allocated here and is in no settlement yet, per row."""
    pending = [0] * len(settled)
    dated = lines.of_rows(later & (active.amount.keys() | active.mixed.keys()))

    def risen(row: int, level: int) -> int:
        return _risen(dated[row], level, lines.as_of) if row in dated else max(0, settled[row] - level)

    for row, amount in active.amount.items():
        rise = settled[row] - active.level[row] if not dated else risen(row, active.level[row])
        pending[row] = amount - max(0, min(amount, rise))
    for row, made in active.mixed.items():
        rises = [(amount, risen(row, level)) for level, amount in made]
        pending[row] = sum(amount for _, amount in made) - absorbed_minor(rises)
    return pending


def _risen(lines: list[tuple[int, date, int]], level: int, as_of: date) -> int:
    """What the books settled after they stood at `level`, as far as it is dated up to `as_of`.

    `level` was read when the allocation was made, whatever the dates of the lines then known. So the lines
    are counted in the order they were recorded, and only what lies above `level` can confirm the
    allocation.
    """
    total = risen = 0
    for _, day, amount in sorted(lines):
        above = max(0, total + amount - max(total, level))
        total += amount
        if day <= as_of:
            risen += above
    return risen


def _excess(documents: Documents, settled: list[int], pending: list[int], open_: list[int]) -> list[Anomaly]:
    """Documents that more than their total was applied to."""
    found: list[Anomaly] = []
    for row, rest in enumerate(open_) if min(open_, default=0) < 0 else ():
        if rest >= 0:
            continue
        id_, currency, number = documents.id[row], documents.currency[row], documents.number[row]
        in_books = max(0, settled[row] - documents.total_minor[row])
        if in_books:
            found.append(Anomaly(OVER_SETTLED, id_, in_books, currency, f"{number}: settled beyond its total"))
        if -rest - in_books:
            detail = f"{number}: allocated beyond what the books left open"
            found.append(Anomaly(OVER_ALLOCATED, id_, -rest - in_books, currency, detail))
    return found
