"""Lettrage: which parts of documents the books matched, and how much of each is settled by that.

A code is read per account, debtor and year. Where a group does not come to zero, the same code is looked for on the
debtor's other accounts, then on other debtors: if together they do, they are one group. What still does not come to
zero is a partial lettering: what the other side names by its number first, then entries that are no document, then the
oldest document.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any, Final

from hub.plugins.fec.mentions import Mentions
from hub.plugins.fec.scratch import Scratch

#: The name of a part's group, with the year put before it; one that lettering made of a fact has its name already.
_NAME: Final = "CASE WHEN substr(p.grp, 1, 1) = '=' THEN p.grp ELSE ? || p.grp END"


def letter(scratch: Scratch, file: int, period: str, *, first: int, last: bool) -> None:
    """Settle what is lettered among the parts of `file`; earlier parts carried into it belong to it by now.

    Args:
        period: the month in which the year begins: groups are named by it.
        first: the first of the files that make one year together; their parts belong to `file`.
        last: no file follows: nobody will ask what of a part is left.
    """
    db = scratch
    for one in range(first, file + 1):
        _join_transfers(db, one)
    _join_returns(db, file)
    _sum_groups(db, file)
    if db.one("SELECT 1 FROM grp WHERE dates > 1 LIMIT 1"):
        _cut_by_date(db, file)
        _sum_groups(db, file)
    _join_groups(db, file, period, "debtor, code", "debtor || '/' || code")
    _join_groups(db, file, period, "code", "code")
    _settle_whole(db, file, period)
    _settle_partly(db, file, period)
    if not last:
        db.do(
            """UPDATE part SET rest = 0 WHERE file = ? AND grp <> ''
                AND grp NOT IN (SELECT grp FROM odd)""",
            file,
        )


def forget_empty_codes(scratch: Scratch, file: int) -> list[tuple[str, int]]:
    """Codes such as 0, - or * that stand where nothing was matched are taken away from the parts of `file`.

    A mark without a letter or a digit but 0 says nothing by itself, and some programs put one on whatever they matched:
    it is none when most of the lines that bear it do not come to zero, debtor by debtor, nor all of them together.

    Returns:
        Each such code, and how many lines bear it.
    """
    db = scratch
    marks = db.rows(
        "SELECT DISTINCT code FROM part WHERE file = ? AND code <> '' AND code NOT GLOB '*[A-Za-z1-9]*'", file
    )
    found: list[tuple[str, int]] = []
    for code in sorted(mark for (mark,) in marks if not any(map(str.isalnum, mark.replace("0", "")))):
        lines, odd, total = next(
            db.rows(
                """SELECT sum(lines), sum(CASE WHEN total <> 0 THEN lines ELSE 0 END), sum(total) FROM (
                    SELECT count(*) AS lines, sum(rest) AS total FROM part
                    WHERE file = ? AND code = ? GROUP BY debtor)""",
                file,
                code,
            )
        )
        if total and odd * 2 > lines:
            found.append((code, lines))
            db.do("UPDATE part SET code = '', grp = '' WHERE file = ? AND code = ?", file, code)
    return found


def _join_transfers(db: Scratch, file: int) -> None:
    """A claim moved to another account of its debtor (416, 4117) is the same claim: the new line joins the group of the
    old one. Unlettered on both sides, the two lines of the transfer settle each other."""
    kinds = "('doubtful', 'retention', 'transfer')"
    pairs = list(
        db.rows(
            f"""SELECT minus.id, minus.grp, plus.id, plus.grp, m.ref FROM doc m JOIN part minus ON minus.doc = m.id
            JOIN doc p ON p.file = m.file AND p.entry = m.entry AND p.day = m.day AND p.debtor = m.debtor
                AND p.kind = m.kind AND p.sign = 1
            JOIN part plus ON plus.doc = p.id
            WHERE m.file = ? AND m.kind IN {kinds} AND m.sign = -1 AND minus.amount = -plus.amount""",  # noqa: S608 - words of our own
            file,
        )
    )
    used: set[int] = set()
    changes: list[tuple[str, int]] = []
    for minus, left, plus, right, ref in pairs:
        if minus in used or plus in used or (left and right):
            continue
        used |= {minus, plus}
        group = left or right or f"={ref}"
        changes += [(group, minus), (group, plus)]
    db.many("UPDATE part SET grp = ? WHERE id = ?", changes)


def _join_returns(db: Scratch, file: int) -> None:
    """A payment that came back, booked with the PieceRef of the invoice it had paid: the invoice is open again."""
    changes = list(
        db.rows(
            """SELECT max(ip.grp), rp.id FROM doc r JOIN part rp ON rp.doc = r.id
            JOIN doc i ON i.debtor = r.debtor AND i.piece = r.piece AND i.kind = 'invoice' AND i.total >= r.total
            JOIN part ip ON ip.doc = i.id AND ip.file = r.file AND ip.grp <> ''
            WHERE r.file = ? AND r.sign = 1 AND r.kind IN ('payment_returned', 'bill') AND rp.grp = '' AND r.piece <> ''
                AND rp.account LIKE '411%'
            GROUP BY rp.id HAVING count(DISTINCT ip.grp) = 1""",
            file,
        )
    )
    db.many("UPDATE part SET grp = ? WHERE id = ?", changes)


def _cut_by_date(db: Scratch, file: int) -> None:
    """A code used again within the year: lines of one lettering date that come to zero are a group."""
    db.do("CREATE TEMP TABLE again AS SELECT grp FROM grp WHERE dates > 1")
    db.do(
        """UPDATE part SET grp = grp || '/' || lettered WHERE file = ? AND lettered <> ''
        AND grp IN (SELECT grp FROM again) AND (grp, lettered) IN (
            SELECT grp, lettered FROM part WHERE file = ? AND grp IN (SELECT grp FROM again) AND lettered <> ''
            GROUP BY grp, lettered HAVING sum(rest) = 0)""",
        file,
        file,
    )
    db.do("DROP TABLE again")


def _sum_groups(db: Scratch, file: int) -> None:
    """What each group comes to, and more of those that do not come to zero (`odd`): few."""
    for table in ("grp", "odd", "even"):
        db.do(f"DROP TABLE IF EXISTS {table}")
    db.do("CREATE TABLE grp (grp TEXT PRIMARY KEY, total INTEGER, day TEXT, dates INTEGER) WITHOUT ROWID")
    db.do(
        """INSERT INTO grp SELECT grp, sum(rest), max(max(day), max(lettered)),
            1 + (min(nullif(lettered, '')) <> max(lettered))
        FROM part WHERE file = ? AND grp <> '' GROUP BY grp""",
        file,
    )
    db.do(
        """CREATE TABLE odd AS SELECT p.grp, min(debtor) AS debtor, min(code) AS code, g.total AS total, g.day AS day,
            sum(max(rest, 0)) AS plus, sum(max(-rest, 0)) AS minus, max(abroad) AS abroad,
            CASE WHEN max(lettered) > max(p.day) THEN max(lettered) END AS matched
        FROM part p JOIN grp g ON g.grp = p.grp WHERE file = ? AND p.grp <> '' AND g.total <> 0 GROUP BY p.grp""",
        file,
    )


def _join_groups(db: Scratch, file: int, period: str, by: str, name: str) -> None:
    """Groups of one code that come to zero only together become one."""
    joined = list(
        db.rows(
            f"""SELECT {by}, {name} FROM odd WHERE code <> '' GROUP BY {by}
            HAVING sum(total) = 0 AND count(*) > 1"""  # noqa: S608 - words of our own
        )
    )
    for *key, shown in joined:
        where = " AND ".join(f"{column.strip()} = ?" for column in by.split(","))
        if by == "code" and not _is_one_matching(db, file, key[0]):
            continue
        groups = [row[0] for row in db.rows(f"SELECT grp FROM odd WHERE {where} ORDER BY grp", *key)]  # noqa: S608
        name_of_all = f"/{shown}"
        db.many("UPDATE part SET grp = ? WHERE file = ? AND grp = ?", [(name_of_all, file, group) for group in groups])
        if by == "code":
            db.do("INSERT INTO across VALUES (?)", f"{period}/{name_of_all}")
    if joined:
        _sum_groups(db, file)


def _is_one_matching(db: Scratch, file: int, code: str) -> bool:
    """True when the groups of a code on several debtors were matched together, not each by itself with a rest.

    One of the two sides has nothing of its own to be matched with; they were not matched on two days (a date that is
    merely that of a line says nothing); and no other debtor's lines under that code come to zero by themselves, as
    where each account has codes of its own.
    """
    if db.one("SELECT 1 FROM sqlite_master WHERE name = 'even'") is None:
        db.do(
            """CREATE TABLE even AS SELECT min(code) AS code, min(debtor) AS debtor
            FROM part p JOIN grp g ON g.grp = p.grp WHERE file = ? AND p.grp <> '' AND g.total = 0 GROUP BY p.grp""",
            file,
        )
        db.do("CREATE INDEX even_by_code ON even (code)")
    one_sided, dates, alone = next(
        db.rows(
            """SELECT max(min(total < 0 OR minus = 0), min(total > 0 OR plus = 0)),
                count(DISTINCT matched),
                (SELECT count(*) FROM even WHERE code = ? AND debtor NOT IN (SELECT debtor FROM odd WHERE code = ?))
            FROM odd WHERE code = ?""",
            code,
            code,
            code,
        )
    )
    return bool(one_sided) and dates <= 1 and not alone


def _settle_whole(db: Scratch, file: int, period: str) -> None:
    """Groups that come to zero: everything in them is settled, on the later of lettering and last line. A document
    may have several parts in a group: they are added up when they are told."""
    db.do(
        f"""INSERT INTO settled SELECT p.doc, {_NAME}, g.day, abs(p.rest) FROM part p CROSS JOIN grp g ON g.grp = p.grp
        WHERE p.file = ? AND p.grp <> '' AND p.rest <> 0 AND g.total = 0""",  # noqa: S608 - words of our own
        f"{period}/",
        file,
    )


def _settle_partly(db: Scratch, file: int, period: str) -> None:
    """The others: what stands on both sides is settled. A document in another currency is left whole: a share of it
    would come out a cent beside the books."""
    db.do("CREATE TEMP TABLE partly (doc INTEGER, grp TEXT, day TEXT, amount INTEGER, part INTEGER)")
    db.many("INSERT INTO partly VALUES (?,?,?,?,?)", _shares(db, file))
    db.do(
        f"INSERT INTO settled SELECT doc, {_NAME}, day, sum(amount) FROM partly p GROUP BY doc, grp ORDER BY doc",  # noqa: S608
        f"{period}/",
    )
    db.do(
        """UPDATE part SET rest = rest - CASE WHEN rest > 0 THEN p.amount ELSE -p.amount END
        FROM partly p WHERE p.part = part.id"""
    )
    db.do("DROP TABLE partly")


def _shares(db: Scratch, file: int) -> Iterator[tuple[Any, ...]]:
    db.do("DROP TABLE IF EXISTS two_sided")
    db.do(
        """CREATE TEMP TABLE two_sided AS SELECT grp, min(plus, minus) AS matched, day FROM odd
        WHERE NOT abroad AND plus > 0 AND minus > 0"""
    )
    rows = db.rows(
        """SELECT p.grp, g.matched, g.day, p.id, p.doc, p.rest, d.piece, d.label
        FROM part p JOIN two_sided g ON g.grp = p.grp JOIN doc d ON d.id = p.doc
        WHERE p.file = ? AND p.grp <> '' AND p.rest <> 0
        ORDER BY p.grp, p.rank, p.day, p.id""",
        file,
    )
    for group, parts in groupby(rows, key=lambda row: row[0]):
        sides: tuple[list[Any], list[Any]] = [], []
        for part in parts:
            sides[part[5] < 0].append(part)
        named = [Mentions((part[6], part[7]) for part in side) for side in sides]
        for side, others in zip(sides, reversed(named), strict=True):
            left = side[0][1]
            for _, _, day, id_, doc, rest, _, _ in sorted(side, key=lambda part: part[6] not in others):
                share = min(left, abs(rest))
                left -= share
                if share:
                    yield doc, group, day, share, id_
