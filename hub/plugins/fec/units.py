"""From facts to raw units.

The body of a unit is one line of what was understood (fields between U+001F) above the lines of the ledger themselves:
so mapping is pure, and what the whole ledger says of a document, its number and its lettrage, is part of its evidence.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import accumulate
from typing import Any, Final, NamedTuple

from hub.plugins.fec.books import Books
from hub.plugins.fec.facts import DOCUMENTS
from hub.plugins.fec.scratch import FIELD, TOLD
from hub.sdk import RawUnit, RecordRejected
from hub.sdk.units import raw_units

#: What stands between the entries of a list, and inside a pair.
LIST, PAIR = "\x1e", "\x1d"
#: Bytes of bodies in one page, well below the wire's 4 MB.
PAGE_BYTES: Final = 2 * 1024 * 1024
_SETTLED = """SELECT doc, grp || char(29) || day || char(29) || amount FROM settled WHERE doc BETWEEN ? AND ?
    ORDER BY doc"""
_DUE = """SELECT d.id, due.due, due.amount FROM doc d JOIN due ON due.key IN (fold({number}), fold(d.piece))
    AND due.debtor IN ('', d.debtor) WHERE d.id BETWEEN ? AND ? AND d.kind = 'invoice' ORDER BY d.id, due.due"""
_RENAMED = "SELECT id, ref, {number}, kind FROM renamed JOIN doc USING (id) WHERE id BETWEEN ? AND ?"

#: What the first line of a unit tells of a fact, in this order.
HEAD: Final = (
    "kind", "ref", "minus", "debtor", "number", "piece", "day", "issued", "total", "currency", "amount", "net", "tax",
    "label", "bank", "settled", "due",
)  # fmt: skip

#: Where a unit stands among all: (0, row) what is held, (1, code) debtors, (2, id) documents.
Place = tuple[int, str]


class Found(NamedTuple):
    """Units of one kind in their order, and by which each is found again: with `step` its place. `facts`: the first
    lines of all of them by columns (`HEAD`), where they are facts."""

    step: int
    marks: Sequence[Any]
    units: list[RawUnit]
    facts: dict[str, list[str]] | None = None

    def fitting(self, before: Place) -> tuple[Found, Place]:
        """As many of the units as a page carries, and the place after them."""
        sizes = accumulate([len(unit.body) + len(unit.ref) + len(unit.place) for unit in self.units])
        fit = max(1, bisect_right(list(sizes), PAGE_BYTES))
        if fit >= len(self.units) > 0:
            return self, (self.step, str(self.marks[-1]))
        facts = None if self.facts is None else {name: column[:fit] for name, column in self.facts.items()}
        some = Found(self.step, self.marks[:fit], self.units[:fit], facts)
        return some, (self.step, str(some.marks[-1])) if some.marks else before


def units_after(books: Books, place: Place, limit: int, layout: str) -> Found:
    """At most `limit` units after `place`; none: there are no more."""
    step, after = place
    db = books.scratch
    if step == 0:
        held = list(db.rows("SELECT rowid, * FROM held WHERE rowid > ? ORDER BY rowid LIMIT ?", int(after or 0), limit))
        if held:
            return Found(0, [row[0] for row in held], [_held(row, layout) for row in held])
        step, after = 1, ""
    if step == 1:
        told = "SELECT code, name, place FROM debtor WHERE code > ? ORDER BY code LIMIT ?"
        debtors = list(db.rows(told, after, limit))
        if debtors:
            codes, names, places = zip(*debtors, strict=True)
            refs = [f"debtor/{code}" for code in codes]
            bodies = [FIELD.join(("debtor", *one)).encode() for one in zip(codes, names, strict=True)]
            return Found(1, codes, raw_units(refs, bodies, layout, places))
        after = "0"
    return _facts(books, int(after), limit, layout)


def more_after(books: Books, place: Place) -> bool:
    """Whether a unit comes after `place`."""
    (step, after), one = place, books.scratch.one
    if step == 0 and one("SELECT 1 FROM held WHERE rowid > ?", int(after or 0)):
        return True
    if step < 2 and one("SELECT 1 FROM debtor WHERE code > ?", after if step == 1 else ""):
        return True
    return one("SELECT 1 FROM doc WHERE id > ?", int(after) if step == 2 else 0) is not None


def _held(row: tuple[Any, ...], layout: str) -> RawUnit:
    _, ref, body, where, code, what, mend, lines = row
    refusal = RecordRejected(code=code, what=what, where=where, mend=mend)
    return RawUnit(f"held/{ref}", body.encode(), layout, where, refusal, lines)


def _facts(books: Books, after: int, limit: int, layout: str) -> Found:
    first, told = books.scratch.told_after(after, limit, PAGE_BYTES)
    facts = dict(zip(TOLD, told, strict=True))
    raws, files, lines = facts.pop("raw"), facts.pop("file"), facts.pop("line")
    ids = range(first, first + len(raws))
    if not ids:
        return Found(2, [], [])
    by_piece, by_entry = facts.pop("by_piece"), facts.pop("by_entry")
    facts["number"] = by_piece if books.by_piece else by_entry
    for id_, ref, number, kind in books.scratch.rows(_RENAMED.format(number=books.number), ids[0], ids[-1]):
        facts["ref"][id_ - first] = ref
        if kind in DOCUMENTS:
            facts["number"][id_ - first] = number
    facts["settled"], facts["due"] = _settled(books, ids), _due(books, ids)
    facts = {name: facts[name] for name in HEAD}
    heads = map(FIELD.join, zip(*facts.values(), strict=True))
    bodies = [f"{head}\n{raw}".encode() for head, raw in zip(heads, raws, strict=True)]
    names = {file: books.names.get(file, "lettrage") for file in set(files)}
    places = [f"{names[file]}:{line}" if line else names[file] for file, line in zip(files, lines, strict=True)]
    return Found(2, ids, raw_units(facts["ref"], bodies, layout, places), facts)


def _settled(books: Books, ids: range) -> list[str]:
    """How much of each fact is settled by which group and on which day."""
    rows = list(books.scratch.rows(_SETTLED, ids[0], ids[-1]))
    alone = dict(rows)
    if len(alone) == len(rows):
        return [alone.get(doc, "") for doc in ids]
    told, first = [""] * len(ids), ids[0]
    several: dict[int, list[str]] = {}
    for doc, share in rows:
        if told[doc - first]:
            several.setdefault(doc, [told[doc - first]]).append(share)
        else:
            told[doc - first] = share
    for doc, shares in several.items():
        sums: Counter[tuple[str, str]] = Counter()
        for group, day, amount in (share.split(PAIR) for share in shares):
            sums[group, day] += int(amount)
        told[doc - first] = LIST.join([f"{group}{PAIR}{day}{PAIR}{sums[group, day]}" for group, day in sorted(sums)])
    return told


def _due(books: Books, ids: range) -> list[str]:
    """The due dates of each fact that the companion file knows, with their amounts."""
    told = [""] * len(ids)
    if books.has_due_dates:
        for doc, day, amount in books.scratch.rows(_DUE.format(number=books.number), ids[0], ids[-1]):
            before, at = told[doc - ids[0]], f"{day}{PAIR}{'' if amount is None else amount}"
            told[doc - ids[0]] = f"{before}{LIST}{at}" if before else at
    return told
