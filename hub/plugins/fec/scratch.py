"""A temporary data base for what needs knowledge of the whole ledger: groups of lettering, opening balances, numbers.
What is only handed on (`told`) stands apart from what is sorted and changed (`doc`): its rows stay short.

SQLite's own temporary file: it lies on disk beyond a few megabytes, so memory stays flat, and goes with its connection.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from hub.plugins.fec.facts import DOCUMENTS, RECEIPT, SHORT, Doc, Slot, piece_key, ref_of

_SCHEMA = """
CREATE TABLE doc (
    id INTEGER PRIMARY KEY, file INTEGER, ref TEXT, kind TEXT, sign INTEGER, debtor TEXT, number TEXT, entry TEXT,
    piece TEXT, day TEXT, issued TEXT, total INTEGER, opening INTEGER, piece_key TEXT, number_key TEXT
);
CREATE TABLE told (id INTEGER PRIMARY KEY, line INTEGER, whose TEXT, rest TEXT, raw TEXT);
CREATE TABLE part (
    id INTEGER PRIMARY KEY, doc INTEGER, file INTEGER, debtor TEXT, account TEXT, code TEXT, grp TEXT, day TEXT,
    lettered TEXT, amount INTEGER, rest INTEGER, rank INTEGER, abroad INTEGER
);
CREATE TABLE raw (file INTEGER, account TEXT, aux TEXT, amount INTEGER);
CREATE TABLE settled (doc INTEGER, grp TEXT, day TEXT, amount INTEGER);
CREATE TABLE debtor (code TEXT PRIMARY KEY, name TEXT, place TEXT, naming INTEGER) WITHOUT ROWID;
CREATE TABLE held (ref TEXT, body TEXT, place TEXT, code TEXT, what TEXT, mend TEXT, lines INTEGER);
CREATE TABLE across (grp TEXT);
CREATE TABLE due (key TEXT, debtor TEXT, due TEXT, amount INTEGER);
CREATE TABLE line (key TEXT, number INTEGER, text TEXT);
"""
#: What a partial lettering settles last: other entries come first.
RANKED = (*DOCUMENTS, RECEIPT)
#: What stands between the fields of a fact.
FIELD = "\x1f"
_BATCH = 2_000
#: Characters of the ledger's own lines that are kept beside one fact: a page carries 4 MB.
MAX_EVIDENCE = 500_000
_DOC = "INSERT INTO doc VALUES (?,?,?,?,?,?,NULL,?,?,?,?,?,?,?,NULL)"
_TOLD = "INSERT INTO told VALUES (?,?,?,?,?)"
_PART = "INSERT INTO part VALUES (NULL,?,?,?,?,?,?,?,?,?,?,?,?)"


class Scratch:
    """What was understood of the files so far."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        self.db.executescript(
            "PRAGMA page_size=16384; PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-64000;"
            + _SCHEMA
        )
        self._docs: list[tuple[Any, ...]] = []
        self._told: list[tuple[Any, ...]] = []
        self._parts: list[tuple[Any, ...]] = []
        self._held: list[tuple[Any, ...]] = []
        self._next = 1
        self._names: dict[str, tuple[str, int]] = {}
        self._renamed: dict[str, tuple[str, str, int]] = {}

    def add(self, file: int, doc: Doc, ref: str, entry: str, place: str) -> int:
        """Keep one fact and its parts; returns its number."""
        id_ = self._next
        self._next += 1
        total, sign = doc.total, doc.sign
        currency, amount = doc.foreign or (None, None)
        key = piece_key(doc.piece) if doc.kind in DOCUMENTS else ""
        self._docs.append(
            (id_, file, ref, doc.kind, sign, doc.debtor, entry, doc.piece, doc.day, doc.issued, total,
             int(doc.opening), key)
        )  # fmt: skip
        lines = doc.lines
        raw = lines[0].text if len(lines) == 1 else "\n".join([line.text for line in lines])[:MAX_EVIDENCE]
        rest = rest_of(total, currency, amount, doc.net, doc.tax, doc.label, doc.bank)
        self._told.append((id_, doc.number, *halves(sign, doc.debtor, doc.piece, doc.day, doc.issued, rest), raw))
        rank, abroad = int(doc.kind in RANKED), int(doc.foreign is not None)
        for (account, code, lettered), minor in doc.parts.items():
            effect = sign * minor
            self._parts.append(
                (id_, file, doc.debtor, account, code, "", doc.day, lettered, effect, effect, rank, abroad)
            )
        self._name(doc.debtor, doc.name, doc.naming, place)
        if len(self._docs) >= _BATCH:
            self.flush()
        return id_

    def add_plain(
        self, file: int, kind: str, amount: int, debtor: str, name: str, naming: int, journal: str, entry: str,
        piece: str, day: str, issued: str, line: int, net: int | None, tax: int | None, label: str, bank: str, raw: str,
        slot: Slot, place: str,
    ) -> None:  # fmt: skip
        """Keep a fact of one part and one line; `amount` is signed."""
        id_ = self._next
        self._next += 1
        total, sign = (amount, 1) if amount > 0 else (-amount, -1)
        ref = f"{day}/{journal}/{piece}/{debtor}/{kind}/{amount}"
        if len(ref) > SHORT:
            ref = ref_of(day, journal, piece, debtor, kind, amount)
        key = piece_key(piece) if kind in DOCUMENTS else ""
        self._docs.append((id_, file, ref, kind, sign, debtor, entry, piece, day, issued, total, 0, key))
        # As `halves` and `rest_of` say it, without their calls: nearly every fact of a ledger.
        whose = f"\x1f\x1f{debtor}\x1f" if sign > 0 else f"\x1f-\x1f{debtor}\x1f"
        shares = "\x1f" if net is None else f"{net}\x1f{tax}"
        rest = f"\x1f{piece}\x1f{day}\x1f{issued}\x1f{total}\x1f\x1f\x1f{shares}\x1f{label}\x1f{bank}"
        self._told.append((id_, line, whose, rest, raw))
        rank = 1 if kind in RANKED else 0
        self._parts.append((id_, file, debtor, slot[0], slot[1], "", day, slot[2], amount, amount, rank, 0))
        known = self._names.get(debtor)
        if known is None or known[0] != name or known[1] < naming:
            self._name(debtor, name, naming, place)
        if len(self._docs) >= _BATCH:
            self.flush()

    def _name(self, code: str, name: str, naming: int, place: str) -> None:
        """The latest name counts, except that a weaker one never replaces a stronger one."""
        known = self._names.get(code)
        if known is not None and (known == (name, naming) or known[1] > naming):
            return
        if len(self._names) > 50_000:
            self._names.clear()
        self._names[code] = name, naming
        waiting = self._renamed.get(code)
        if waiting is None or waiting[2] <= naming:
            self._renamed[code] = (name, place, naming)

    def knows(self, code: str) -> bool:
        """True for a debtor that was met."""
        return code in self._names or self.one("SELECT 1 FROM debtor WHERE code = ?", code) is not None

    def hold(self, ref: str, body: str, place: str, error: Any, lines: int) -> None:
        """Keep what cannot be read."""
        self._held.append((ref, body[:MAX_EVIDENCE], place, error.code, error.what, error.mend, lines))
        if len(self._held) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what waits."""
        db = self.db
        db.execute("BEGIN")
        db.executemany(_DOC, self._docs)
        db.executemany(_TOLD, self._told)
        db.executemany(_PART, self._parts)
        db.executemany("INSERT INTO held VALUES (?,?,?,?,?,?,?)", self._held)
        db.executemany(
            """INSERT INTO debtor VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET name = excluded.name,
                place = excluded.place, naming = excluded.naming WHERE excluded.naming >= debtor.naming""",
            [(code, *named) for code, named in self._renamed.items()],
        )
        db.execute("COMMIT")
        self._docs, self._told, self._parts, self._held = [], [], [], []
        self._renamed.clear()

    def mark(self) -> tuple[int, int, int]:
        """How far this is filled, for `rewind`."""
        self.flush()
        return self._next, self.one("SELECT max(id) FROM part") or 0, self.one("SELECT max(rowid) FROM held") or 0

    def rewind(self, mark: tuple[int, int, int]) -> None:
        """Forget what was kept since `mark`."""
        self.flush()
        self._next = mark[0]
        self.do("DELETE FROM doc WHERE id >= ?", mark[0])
        self.do("DELETE FROM told WHERE id >= ?", mark[0])
        self.do("DELETE FROM part WHERE id > ?", mark[1])
        self.do("DELETE FROM held WHERE rowid > ?", mark[2])

    def rows(self, statement: str, *values: Any) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, streamed."""
        return iter(self.db.execute(statement, values))

    def one(self, statement: str, *values: Any) -> Any:
        """The first cell of a query's only row."""
        row = self.db.execute(statement, values).fetchone()
        return row[0] if row else None

    def do(self, statement: str, *values: Any) -> None:
        """Run one statement."""
        self.db.execute(statement, values)

    def many(self, statement: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Run one statement for each row, in one transaction."""
        self.db.execute("BEGIN")
        self.db.executemany(statement, rows)
        self.db.execute("COMMIT")

    def close(self) -> None:
        """Give the disk space back."""
        self.db.close()


def halves(sign: int, debtor: str, piece: str, day: str, issued: str, rest: str) -> tuple[str, str]:
    """What a unit's first line tells before the number of a document, and after it: that is known at the end only."""
    return f"\x1f{'' if sign > 0 else '-'}\x1f{debtor}\x1f", f"\x1f{piece}\x1f{day}\x1f{issued}\x1f{rest}"


def rest_of(
    total: int, currency: str | None, amount: int | None, net: int | None, tax: int | None, label: str, bank: str
) -> str:
    """What is known of a fact beside its names and days, as the end of a unit's first line."""
    told = ["" if value is None else str(value) for value in (total, currency, amount, net, tax)]
    return FIELD.join((*told, label, bank))


def label_of(told: str) -> str:
    """The label among what `halves` says after the number of a document."""
    return told.rsplit(FIELD, 2)[1]
