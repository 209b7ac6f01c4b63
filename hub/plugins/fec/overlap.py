"""Two files whose days overlap: is one a later export of the other, do they stand side by side, or do they contradict?

Days alone say too little: journals are exported one by one, a corrected export ends earlier than the wrong one, a
mistyped date lies in another year. So the entries are compared: an entry is the same in both when its journal, number
and date are, and the sum of its lines on each account; or all of that but its number, and its PieceRef, where a draft
became final. No file is left aside as long as something stands in it alone,
but for an older export that a newer one replaces, and then it is said what is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Literal

from hub.plugins.fec.blocks import Block, Line
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.scratch import Scratch

#: A newer export may lack so many entries of the older one (or a tenth of it) and still be the better one.
_FEW = 3
#: A gap in the days of a file beyond which a date is mistyped: no year is that long.
_GAP_DAYS = 366

Verdict = Literal["older", "newer", "beside", "against"]


@dataclass(frozen=True, slots=True)
class Compared:
    """What two files are to each other.

    Attributes:
        verdict: which one is left aside: `older`, `newer`, none (`beside`), or it cannot be told (`against`).
        gone: entries of the file left aside that the other does not have at all; `first`: one of them.
    """

    verdict: Verdict
    gone: int = 0
    first: str = ""


class Overlaps:
    """Compares files by their entries, kept in the temporary data base."""

    def __init__(self, scratch: Scratch) -> None:
        self._db, self._numbers = scratch, dict[str, int]()
        scratch.do("CREATE TEMP TABLE leg (key TEXT, journal TEXT, day TEXT, piece TEXT, account TEXT, amount INTEGER)")
        scratch.do("CREATE TEMP TABLE stood (file INTEGER, key TEXT, journal TEXT, day TEXT, piece TEXT, what TEXT)")
        scratch.do("CREATE INDEX temp.stood_by_key ON stood (file, key)")
        scratch.do("CREATE INDEX temp.stood_by_day ON stood (file, day, journal, what)")

    def compare(self, older: Reader, newer: Reader, *, same_start: bool, reaches: bool) -> Compared:
        """What two files are to each other.

        Args:
            same_start: both begin in the same month.
            reaches: the newer one ends no earlier than the older one.
        """
        old, new = self._number(older), self._number(newer)
        only_old, only_new = self._alone(old, new), self._alone(new, old)
        numbered = self._numbered_anew(old, new) if only_old and only_new else 0
        if numbered * 2 < only_old:
            numbered = 0  # by chance
        only_old, only_new = only_old - numbered, only_new - numbered
        few = only_old <= max(_FEW, self._count(old) // 10)
        if not only_old:
            return Compared("older")
        replaces = same_start and self._in_journals(old, new)
        if not only_new and not (few and replaces):
            return Compared("newer")
        if only_new and not numbered and self._side_by_side(old, new):
            return Compared("beside")
        if replaces and (few or reaches):
            gone, first = self._gone(old, new)
            return Compared("older", gone, first)
        return Compared("against")

    def shared(self, one: Reader, other: Reader) -> set[str]:
        """The entries that stand in both files, as `Reader.name_of` names them."""
        rows = self._db.rows(
            """SELECT o.key FROM stood o JOIN stood n ON n.key = o.key AND n.what = o.what
            WHERE o.file = ? AND n.file = ?""",
            self._number(one),
            self._number(other),
        )
        return {str(key) for (key,) in rows}

    def _number(self, reader: Reader) -> int:
        """The file by its number, its entries being read at the first call."""
        path = str(reader.ledger.path)
        if path not in self._numbers:
            number = self._numbers[path] = len(self._numbers) + 1
            db = self._db
            db.do("DELETE FROM leg")
            db.many("INSERT INTO leg VALUES (?,?,?,?,?,?)", _legs(reader))
            db.do(
                """INSERT INTO stood SELECT ?, key, journal, day, max(piece), group_concat(account || ':' || total, ' ')
                FROM (
                    SELECT key, min(journal) AS journal, min(day) AS day, max(piece) AS piece, account,
                        sum(amount) AS total FROM leg GROUP BY key, account ORDER BY key, account
                ) GROUP BY key""",
                number,
            )
            db.do("DELETE FROM leg")
        return self._numbers[path]

    def _count(self, file: int) -> int:
        return int(self._db.one("SELECT count(*) FROM stood WHERE file = ?", file))

    def _alone(self, file: int, other: int) -> int:
        """How many entries stand as they are in `file` only."""
        return int(self._db.one(f"SELECT count(*) FROM ({_ALONE})", file, other))  # noqa: S608 - words of our own

    def _numbered_anew(self, old: int, new: int) -> int:
        """How many entries stand in both under different numbers only."""
        alike = f"SELECT journal, day, piece, what, count(*) AS n FROM ({_ALONE}) GROUP BY journal, day, piece, what"  # noqa: S608
        return int(
            self._db.one(
                f"SELECT coalesce(sum(min(o.n, n.n)), 0) FROM ({alike}) o JOIN ({alike}) n "  # noqa: S608
                "USING (journal, day, piece, what)",
                old,
                new,
                new,
                old,
            )
        )

    def _in_journals(self, old: int, new: int) -> bool:
        """True when all that `old` has more is of journals that `new` has too."""
        sql = f"SELECT 1 FROM ({_ALONE}) WHERE journal NOT IN (SELECT journal FROM stood WHERE file = ?) LIMIT 1"  # noqa: S608
        return self._db.one(sql, old, new, new) is None

    def _side_by_side(self, one: int, other: int) -> bool:
        """True when they have no journal in common, or one begins it on the day at the latest on which the other ends;
        and no entry that both number alike says something else."""
        clash = (
            "SELECT 1 FROM stood o JOIN stood n ON n.key = o.key AND n.what <> o.what WHERE o.file = ? AND n.file = ?"
        )
        if self._db.one(f"{clash} LIMIT 1", one, other) is not None:
            return False
        rows = self._db.rows(
            """SELECT min(o.first), max(o.last), min(n.first), max(n.last) FROM
            (SELECT journal, min(day) AS first, max(day) AS last FROM stood WHERE file = ? GROUP BY journal) o JOIN
            (SELECT journal, min(day) AS first, max(day) AS last FROM stood WHERE file = ? GROUP BY journal) n
            USING (journal) GROUP BY journal""",
            one,
            other,
        )
        spans = [((begin, end), (first, last)) for begin, end, first, last in rows]
        return all(mine != theirs and (mine[1] <= theirs[0] or theirs[1] <= mine[0]) for mine, theirs in spans)

    def _gone(self, old: int, new: int) -> tuple[int, str]:
        """How many entries of `old` are not in `new`, changed ones aside, and one of them."""
        rows = self._db.rows(
            """SELECT count(*), min(key) FROM stood o WHERE file = ?
            AND NOT EXISTS (SELECT 1 FROM stood n WHERE n.file = ? AND n.key = o.key)
            AND NOT EXISTS (SELECT 1 FROM stood n WHERE n.file = ? AND n.day = o.day AND n.journal = o.journal
                AND n.what = o.what AND n.piece = o.piece)""",
            old,
            new,
            new,
        )
        count, first = next(rows)
        return int(count), " ".join(str(first or "").split("\x1f")[:3])


_ALONE = """SELECT key, journal, day, piece, what FROM stood o WHERE file = ?
    AND NOT EXISTS (SELECT 1 FROM stood n WHERE n.file = ? AND n.key = o.key AND n.what = o.what)"""


def period_of(days: Sequence[str]) -> tuple[str, str]:
    """The first and the last of some days in order. One that stands more than a year apart from most is mistyped
    (2052) and tells nothing of the period."""
    if not days:
        return "", ""
    first = last = (len(days) - 1) // 2
    ordinals = [date.fromisoformat(day).toordinal() for day in days]
    while first and ordinals[first] - ordinals[first - 1] <= _GAP_DAYS:
        first -= 1
    while last + 1 < len(days) and ordinals[last + 1] - ordinals[last] <= _GAP_DAYS:
        last += 1
    return days[first], days[last]


def _legs(reader: Reader) -> Iterator[tuple[str, str, str, str, str, int]]:
    piece = reader.column("pieceref")
    for lines in reader.batches():
        some = lines.lines() if isinstance(lines, Block) else [line for line in lines if isinstance(line, Line)]
        for key, legs in groupby(some, key=lambda line: line.key):
            name, day = reader.name_of(key), reader.day(key[2])
            for leg in legs:
                yield name, key[0], day, leg.cells[piece].strip(), leg.account, leg.amount
