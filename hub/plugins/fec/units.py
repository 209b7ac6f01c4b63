"""From facts to raw units.

The body of a unit is one line of what was understood (fields between U+001F) above the lines of the ledger themselves:
so mapping is pure, and what the whole ledger says of a document, its number and its lettrage, is part of its evidence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

from hub.plugins.fec.books import Books
from hub.plugins.fec.scratch import FIELD
from hub.sdk import RawUnit, RecordRejected
from hub.sdk.units import raw_units

#: What stands between the entries of a list, and inside a pair.
LIST, PAIR = "\x1e", "\x1d"
#: Bytes of bodies in one page, well below the wire's 4 MB.
PAGE_BYTES: Final = 2 * 1024 * 1024
_DOCS = """SELECT id, file, ref, kind, ifnull(number, ''), line, whose, rest, raw FROM doc JOIN told USING (id)
    WHERE id > ? ORDER BY id LIMIT ?"""
_SETTLED = """SELECT doc, grp || char(29) || day || char(29) || sum(amount) FROM settled WHERE doc BETWEEN ? AND ?
    GROUP BY doc, grp, day ORDER BY doc, grp, day"""
_DUE = """SELECT d.id, due.due, due.amount FROM doc d JOIN due ON due.key IN (fold(d.number), fold(d.piece))
    AND due.debtor IN ('', d.debtor) WHERE d.id BETWEEN ? AND ? AND d.kind = 'invoice' ORDER BY d.id, due.due"""


#: Where a unit stands among all: (0, row) what is held, (1, code) debtors, (2, id) documents.
Place = tuple[int, str]


class Found(NamedTuple):
    """Units of one kind in their order, and by which each is found again: with `step` its place. `heads`: the first
    line of each."""

    step: int
    marks: Sequence[Any]
    units: list[RawUnit]
    heads: list[str]

    def fitting(self, before: Place) -> tuple[Found, Place]:
        """As many of the units as a page carries, and the place after them."""
        sizes = accumulate([len(unit.body) + len(unit.ref) + len(unit.place) for unit in self.units])
        fit = max(1, bisect_right(list(sizes), PAGE_BYTES))
        some = Found(self.step, self.marks[:fit], self.units[:fit], self.heads[:fit])
        return some, (self.step, str(some.marks[-1])) if some.marks else before


def units_after(books: Books, place: Place, limit: int, layout: str) -> Found:
    """At most `limit` units after `place`; none: there are no more."""
    step, after = place
    db = books.scratch
    if step == 0:
        held = list(db.rows("SELECT rowid, * FROM held WHERE rowid > ? ORDER BY rowid LIMIT ?", int(after or 0), limit))
        if held:
            return Found(0, [row[0] for row in held], [_held(row, layout) for row in held], [""] * len(held))
        step, after = 1, ""
    if step == 1:
        told = "SELECT code, name, place FROM debtor WHERE code > ? ORDER BY code LIMIT ?"
        debtors = list(db.rows(told, after, limit))
        if debtors:
            codes, _, places = zip(*debtors, strict=True)
            heads = [FIELD.join(("debtor", code, name)) for code, name, _ in debtors]
            refs, bodies = [f"debtor/{code}" for code in codes], [head.encode() for head in heads]
            return Found(1, codes, raw_units(refs, bodies, layout, places), heads)
        after = "0"
    return _facts(books, int(after), limit, layout)


def _held(row: tuple[Any, ...], layout: str) -> RawUnit:
    _, ref, body, where, code, what, mend, lines = row
    refusal = RecordRejected(code=code, what=what, where=where, mend=mend)
    return RawUnit(f"held/{ref}", body.encode(), layout, where, refusal, lines)


def _documents(books: Books, after: int, limit: int) -> list[tuple[Any, ...]]:
    """Rows of `_DOCS`, no more than a page carries."""
    rows: list[tuple[Any, ...]] = []
    room = PAGE_BYTES
    for row in books.scratch.rows(_DOCS, after, limit):
        rows.append(row)
        room -= len(row[-1])
        if room < 0:
            break
    return rows


def _facts(books: Books, after: int, limit: int, layout: str) -> Found:
    rows = _documents(books, after, limit)
    if not rows:
        return Found(2, [], [], [])
    db = books.scratch
    ids, files, refs, kinds, numbers, lines, whose, rests, raws = zip(*rows, strict=True)
    settled: dict[int, str] = {}
    for doc, told in db.rows(_SETTLED, ids[0], ids[-1]):
        settled[doc] = f"{settled[doc]}{LIST}{told}" if doc in settled else told
    due: dict[int, str] = {}
    if books.has_due_dates:
        for doc, day, amount in db.rows(_DUE, ids[0], ids[-1]):
            told = f"{day}{PAIR}{'' if amount is None else amount}"
            due[doc] = f"{due[doc]}{LIST}{told}" if doc in due else told
    heads = [
        f"{kind}\x1f{ref}{who}{number}{rest}\x1f{settled.get(id_, '')}\x1f{due.get(id_, '')}"
        for id_, kind, ref, who, number, rest in zip(ids, kinds, refs, whose, numbers, rests, strict=True)
    ]
    bodies = [f"{head}\n{raw}".encode() for head, raw in zip(heads, raws, strict=True)]
    names = {file: books.names.get(file, "lettrage") for file in set(files)}
    places = [f"{names[file]}:{line}" if line else names[file] for file, line in zip(files, lines, strict=True)]
    return Found(2, ids, raw_units(refs, bodies, layout, places), heads)
