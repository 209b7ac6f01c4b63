"""A temporary data base for what needs knowledge of the whole ledger: groups of lettering, opening balances, numbers.
What is only handed on (`told`) stands apart from what is sorted and changed (`doc`), many facts in a row, by columns.

SQLite's own temporary file: it lies on disk beyond a few megabytes, so memory stays flat, and goes with its connection.
"""

from __future__ import annotations

import marshal
import sqlite3
import weakref
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

from hub.plugins.fec.facts import DOCUMENTS, RECEIPT, SHORT, Doc, piece_key, piece_keys, short

_SCHEMA = """
CREATE TABLE doc (
    id INTEGER PRIMARY KEY, file INTEGER, ref TEXT, kind TEXT, sign INTEGER, debtor TEXT, number TEXT, entry TEXT,
    piece TEXT, day TEXT, issued TEXT, total INTEGER, opening INTEGER, piece_key TEXT, label TEXT
);
CREATE TABLE told (first INTEGER PRIMARY KEY, facts BLOB);
CREATE TABLE part (
    id INTEGER PRIMARY KEY, doc INTEGER, file INTEGER, debtor TEXT, account TEXT, code TEXT, grp TEXT, day TEXT,
    lettered TEXT, amount INTEGER, rest INTEGER, rank INTEGER, abroad INTEGER
);
CREATE TABLE raw (file INTEGER, account TEXT, aux TEXT, amount INTEGER);
CREATE TABLE settled (doc INTEGER, grp TEXT, day TEXT, amount INTEGER);
CREATE TABLE debtor (code TEXT PRIMARY KEY, name TEXT, place TEXT, naming INTEGER) WITHOUT ROWID;
CREATE TABLE held (ref TEXT, body TEXT, place TEXT, code TEXT, what TEXT, mend TEXT, lines INTEGER);
CREATE TABLE across (grp TEXT);
CREATE TABLE renamed (id INTEGER PRIMARY KEY);
CREATE TABLE due (key TEXT, debtor TEXT, due TEXT, amount INTEGER);
CREATE TABLE line (key TEXT, number INTEGER, text TEXT, journal TEXT, day TEXT);
"""
#: What is handed on of each fact, as text, in the order in which `told` keeps it. `minus`: "-" when it lowers what is
#: owed. `by_piece`, `by_entry`: the number of a document, by what numbers the documents of this ledger. `raw`: its own
#: lines. Two are numbers: `file` and `line`, where it stands.
TOLD: Final = (
    "kind", "ref", "minus", "debtor", "by_piece", "by_entry", "piece", "day", "issued", "total", "currency", "amount",
    "net", "tax", "label", "bank", "raw", "file", "line",
)  # fmt: skip
#: Where `raw` stands in it.
_RAW: Final = TOLD.index("raw")
#: What a partial lettering settles last: other entries come first.
RANKED = (*DOCUMENTS, RECEIPT)
#: What stands between the fields of a fact.
FIELD = "\x1f"
_PARTS = "\x1e"
_BATCH = 2_000
#: Facts that make one row of `told`, unless their lines have so many characters before.
_CHUNK, _CHUNK_TEXT = 500, 1_000_000
#: Characters of the ledger's own lines that are kept beside one fact: a page carries 4 MB.
MAX_EVIDENCE = 500_000
_DOC = "INSERT INTO doc VALUES (?,?,?,?,?,?,NULL,?,?,?,?,?,?,?,?)"
_PART = "INSERT INTO part VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
#: The same of plain facts, with what all of a file have: each value that is bound costs a quarter of a microsecond.
_PLAIN_DOC = "INSERT INTO doc VALUES (?,{file},?,?,?,?,NULL,?,?,?,?,?,0,?,?)"
_PLAIN_PART = "INSERT INTO part VALUES (?1,?2,{file},?3,?4,?5,?6,?7,?8,?9,?9,?10,0)"


class Plain(NamedTuple):
    """Facts of one part and one line each, by columns. `amount` is signed; `naming` says who gave `name`; `line` is
    where it stands, `raw` the line itself; `account`, `code` and `lettered` are its slot."""

    kind: Sequence[str]
    amount: Sequence[int]
    debtor: Sequence[str]
    name: Sequence[str]
    naming: Sequence[int]
    journal: Sequence[str]
    entry: Sequence[str]
    piece: Sequence[str]
    day: Sequence[str]
    issued: Sequence[str]
    line: Sequence[int]
    net: Sequence[int | None]
    tax: Sequence[int | None]
    label: Sequence[str]
    bank: Sequence[str]
    raw: Sequence[str]
    account: Sequence[str]
    code: Sequence[str]
    lettered: Sequence[str]


class Scratch:
    """What was understood of the files so far."""

    def __init__(self) -> None:
        self.db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self.db.close)  # whoever drops it has not always an occasion to close it
        self.db.executescript(
            "PRAGMA page_size=16384; PRAGMA journal_mode=off; PRAGMA synchronous=off; PRAGMA cache_size=-64000;"
            + _SCHEMA
        )
        self._docs: list[tuple[Any, ...]] = []
        self._told: tuple[list[Any], ...] = tuple([] for _ in TOLD)
        self._text = 0  # characters of the lines in it
        self._chunks: list[tuple[int, bytes]] = []
        self._parts: list[tuple[Any, ...]] = []
        self._plain: dict[int, tuple[list[Any], list[Any]]] = {}  # by file: rows of doc and of part
        self._waiting = 0  # facts in them and in `_docs`
        self._held: list[tuple[Any, ...]] = []
        self._next = self._next_part = 1
        self._names: dict[str, tuple[str, int]] = {}
        self._renamed: dict[str, tuple[str, str, int]] = {}

    def add(self, file: int, doc: Doc, ref: str, entry: str, place: str) -> int:
        """Keep one fact and its parts; returns its number."""
        total, sign = doc.total, doc.sign
        currency, amount = doc.foreign or ("", None)
        lines = doc.lines
        raw = lines[0].text if len(lines) == 1 else "\n".join([line.text for line in lines])[:MAX_EVIDENCE]
        key = piece_key(doc.piece) if doc.kind in DOCUMENTS else ""
        numbers = doc.piece if key else entry, doc.piece if key and doc.opening else entry
        self._tell(
            doc.kind, ref, "" if sign > 0 else "-", doc.debtor, *(numbers if doc.kind in DOCUMENTS else ("", "")),
            doc.piece, doc.day, doc.issued, str(total), currency, _text(amount), _text(doc.net), _text(doc.tax),
            doc.label, doc.bank, raw, file, doc.number,
        )  # fmt: skip
        id_ = self._next
        self._docs.append(
            (id_, file, ref, doc.kind, sign, doc.debtor, entry, doc.piece, doc.day, doc.issued, total,
             int(doc.opening), key, doc.label)
        )  # fmt: skip
        rank, abroad = int(doc.kind in RANKED), int(doc.foreign is not None)
        for (account, code, lettered), minor in doc.parts.items():
            effect, group = sign * minor, f"{account}/{doc.debtor}/{code}" if code else ""
            self._parts.append(
                (self._next_part, id_, file, doc.debtor, account, code, group, doc.day, lettered, effect, effect, rank,
                 abroad)
            )  # fmt: skip
            self._next_part += 1
        self._name(doc.debtor, doc.name, doc.naming, place)
        self._count(1, len(raw))
        return id_

    def add_plain(self, file: int, place: str, facts: Plain) -> None:
        """Keep facts of one part and one line each."""
        kinds, amounts, debtors, _, _, journals, entries, pieces, days, issued, _, _, _, labels, banks, raws, *slots = (
            facts
        )
        accounts, codes, lettered = slots
        refs = list(map("/".join, zip(days, journals, pieces, debtors, kinds, map(str, amounts), strict=True)))
        if max(map(len, refs)) > SHORT:
            refs = list(map(short, refs))
        are_documents = [kind in DOCUMENTS for kind in kinds]
        by_entry = [entry if is_one else "" for entry, is_one in zip(entries, are_documents, strict=True)]
        keys = [key if is_one else "" for key, is_one in zip(piece_keys(pieces), are_documents, strict=True)]
        by_piece = [piece if key else entry for piece, key, entry in zip(pieces, keys, by_entry, strict=True)]
        minus, totals = ["" if amount > 0 else "-" for amount in amounts], list(map(abs, amounts))
        none = [""] * len(kinds)
        columns: Sequence[Iterable[Any]] = (
            kinds, refs, minus, debtors, by_piece, by_entry, pieces, days, issued, map(str, totals), none, none,
            map(_text, facts.net), map(_text, facts.tax), labels, banks, raws, [file] * len(kinds), facts.line,
        )  # fmt: skip
        for column, more in zip(self._told, columns, strict=True):
            column += more
        ids = range(self._next, self._next + len(kinds))
        signs = [1 if amount > 0 else -1 for amount in amounts]
        docs, parts = self._plain.setdefault(file, ([], []))
        docs += zip(ids, refs, kinds, signs, debtors, entries, pieces, days, issued, totals, keys, labels, strict=True)
        groups = [
            f"{account}/{debtor}/{code}" if code else ""
            for account, debtor, code in zip(accounts, debtors, codes, strict=True)
        ]
        ranks = [1 if kind in RANKED else 0 for kind in kinds]
        own = range(self._next_part, self._next_part + len(kinds))
        parts += zip(own, ids, debtors, accounts, codes, groups, days, lettered, amounts, ranks, strict=True)
        self._next_part = own.stop
        names = self._names
        for debtor, name, naming in zip(debtors, facts.name, facts.naming, strict=True):
            known = names.get(debtor)
            if known is None or known[0] != name or known[1] < naming:
                self._name(debtor, name, naming, place)
        self._count(len(kinds), sum(map(len, raws)))

    def add_across(self, group: str, debtor: str, net: int, day: str) -> None:
        """Keep what a group of several debtors moved from or to one of them: a fact without parts, since his own lines
        say it."""
        kind, ref, minus = "lettered_elsewhere", f"{group}/{debtor}/lettered_elsewhere", "" if net > 0 else "-"
        self._tell(kind, ref, minus, debtor, "", "", "", day, day, str(abs(net)), "", "", "", "", group, "", "", 0, 0)
        sign = 1 if net > 0 else -1
        self._docs.append((self._next, 0, ref, kind, sign, debtor, "", "", day, day, abs(net), 0, None, group))
        self._count(1, 0)

    def _tell(self, *fact: Any) -> None:
        """One fact more that is handed on."""
        for column, one in zip(self._told, fact, strict=True):
            column.append(one)

    def _count(self, facts: int, text: int) -> None:
        """So many facts more wait, with so many characters of lines."""
        self._next += facts
        self._waiting += facts
        self._text += text
        if len(self._told[_RAW]) >= _CHUNK or self._text > _CHUNK_TEXT:
            self._pack()
            if self._waiting >= _BATCH:
                self.flush()

    def _pack(self) -> None:
        """Make one row of `told` of the facts that wait."""
        *texts, files, lines = self._told
        if lines:
            self._chunks.append((self._next - len(lines), marshal.dumps([*map(_joined, texts), files, lines], 2)))
            self._told, self._text = tuple([] for _ in TOLD), 0

    def told_after(self, after: int, limit: int, room: int) -> tuple[int, list[list[Any]]]:
        """The number of the first fact after `after`, and columns (`TOLD`) of it and those that follow it.

        Args:
            limit: at most so many facts.
            room: no more facts once their lines have so many characters.
        """
        columns: list[list[Any]] = [[] for _ in TOLD]
        start = self.one("SELECT max(first) FROM told WHERE first <= ?", after + 1) or 0
        for first, facts in self.rows("SELECT first, facts FROM told WHERE first >= ? ORDER BY first", start):
            before, skip, left = len(columns[0]), max(0, after + 1 - first), limit - len(columns[0])
            some = marshal.loads(facts)  # noqa: S302 - bytes of our own
            for column, more in zip(columns, map(_parted, some), strict=True):
                column += more[skip : skip + left]
            room -= sum(map(len, columns[_RAW][before:]))
            if len(columns[0]) >= limit or room < 0:
                break
        return after + 1, columns

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
        self._pack()
        db = self.db
        db.execute("BEGIN")
        db.executemany(_DOC, self._docs)
        db.executemany("INSERT INTO told VALUES (?,?)", self._chunks)
        db.executemany(_PART, self._parts)
        for file, (docs, parts) in self._plain.items():
            db.executemany(_PLAIN_DOC.format(file=file), docs)
            db.executemany(_PLAIN_PART.format(file=file), parts)
        db.executemany("INSERT INTO held VALUES (?,?,?,?,?,?,?)", self._held)
        db.executemany(
            """INSERT INTO debtor VALUES (?,?,?,?) ON CONFLICT DO UPDATE SET name = excluded.name,
                place = excluded.place, naming = excluded.naming WHERE excluded.naming >= debtor.naming""",
            [(code, *named) for code, named in self._renamed.items()],
        )
        db.execute("COMMIT")
        self._docs, self._chunks, self._parts, self._held = [], [], [], []
        self._plain, self._waiting = {}, 0
        self._renamed.clear()

    def mark(self) -> tuple[int, int, int]:
        """How far this is filled, for `rewind`."""
        self.flush()
        return self._next, self._next_part, self.one("SELECT max(rowid) FROM held") or 0

    def rewind(self, mark: tuple[int, int, int]) -> None:
        """Forget what was kept since `mark`."""
        self.flush()
        self._next, self._next_part = mark[:2]
        self.do("DELETE FROM doc WHERE id >= ?", mark[0])
        self.do("DELETE FROM told WHERE first >= ?", mark[0])
        self.do("DELETE FROM part WHERE id >= ?", mark[1])
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


def _joined(texts: list[str]) -> str | list[str]:
    """Texts as one, which is sooner written and read, unless what would part them stands in one of them."""
    one = _PARTS.join(texts)
    return one if one.count(_PARTS) < len(texts) else texts


def _parted(column: str | list[Any]) -> list[Any]:
    """The inverse of `_joined`; numbers stay as they are."""
    return column.split(_PARTS) if isinstance(column, str) else column


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
