"""Balances carried forward (à-nouveaux) into a year whose former year is here too.

The lines of an opening entry tell again what the year before left open: they are no second invoice. Each is joined to
the line it repeats (same piece and amount, else same piece net of what was paid, else same amount), so that a lettering
in the new year settles the old invoice. A lump joins all that its debtor has left. What the opening says more or less
than the year before is one named line, so that the account still adds up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from hub.plugins.fec.facts import Doc
from hub.plugins.fec.net import Carried, Part, settle_net
from hub.plugins.fec.scratch import Scratch

#: A part brought forward: file, account, code, group, lettering date, and its number.
Move = tuple[int, str, str, str, str, int]


class Difference(NamedTuple):
    """What an opening says more (or less) of a debtor than was known; the account is "" unless it is one."""

    debtor: str
    account: str
    minor: int
    day: str
    line: int


def carried_lines(docs: Sequence[Doc]) -> list[Carried]:
    """The lines of an opening entry, as they are joined to what they repeat."""
    return [
        (doc.debtor, account, code, lettered, doc.sign * minor, doc.piece, doc.day, doc.number)
        for doc in docs
        for (account, code, lettered), minor in doc.parts.items()
    ]


def join(scratch: Scratch, file: int, period: str, carried: list[Carried]) -> list[Difference]:
    """Bring what is still open of earlier files into `file`; returns what the opening says otherwise, by debtor."""
    day = min((line[6] for line in carried), default="")
    by_debtor: dict[str, list[Carried]] = defaultdict(list)
    for line in carried:
        by_debtor[line[0]].append(line)
    differences: list[Difference] = []
    for debtor, known in _known(scratch, file):
        lines = by_debtor.pop(debtor, [])
        differences += _difference(debtor, known, lines, day)
        _join_debtor(scratch, file, period, debtor, lines)
    for debtor, lines in by_debtor.items():
        differences += _difference(debtor, 0, lines, day)
    return differences


def _difference(debtor: str, known: int, lines: list[Carried], day: str) -> list[Difference]:
    """One, or none where the opening says what was known."""
    minor, accounts = sum(line[4] for line in lines) - known, {line[1] for line in lines}
    if not minor:
        return []
    return [Difference(debtor, accounts.pop() if len(accounts) == 1 else "", minor, day, lines[0][7] if lines else 0)]


def _known(scratch: Scratch, file: int) -> list[tuple[str, int]]:
    """The balance of each debtor at the end of the earlier files."""
    rows = scratch.rows("SELECT debtor, sum(amount) FROM part WHERE file < ? GROUP BY debtor ORDER BY debtor", file)
    return [(str(debtor), int(total)) for debtor, total in rows]


def _join_debtor(scratch: Scratch, file: int, period: str, debtor: str, lines: list[Carried]) -> None:
    rows = scratch.rows(
        """SELECT p.id, p.doc, p.rest, d.piece, p.abroad FROM part p JOIN doc d ON d.id = p.doc
        WHERE p.debtor = ? AND p.file < ? AND p.rest <> 0 ORDER BY p.day DESC, p.id DESC""",
        debtor,
        file,
    )
    left = {row[0]: Part(*row) for row in rows}
    moved: list[Move] = []
    for step in (_same, None, _equal):
        if step is None:
            settle_net(scratch, period, lines, left)
            step = _same
        by_key: dict[object, list[int]] = defaultdict(list)  # the oldest last, to be taken first
        for part in left.values():
            by_key[step(part.rest, part.piece)].append(part.id)
        lumps: list[Carried] = []
        for line in lines:
            if candidates := by_key[step(line[4], line[5])]:
                del left[candidates[-1]]
                moved.append(_move(file, debtor, line, candidates.pop()))
            else:
                lumps.append(line)
        lines = lumps
    lump = max(lines, key=lambda line: (bool(line[2]), abs(line[4]), -line[7]), default=None)
    for id_ in left:
        moved.append((file, "", "", "", "", id_) if lump is None else _move(file, debtor, lump, id_))
    scratch.many(
        """UPDATE part SET file = ?, account = coalesce(nullif(?, ''), account), code = ?, grp = ?, lettered = ?
        WHERE id = ?""",
        moved,
    )


def _same(minor: int, piece: str) -> object:
    return minor, piece


def _equal(minor: int, piece: str) -> object:
    return minor


def _move(file: int, debtor: str, line: Carried, part: int) -> Move:
    _, account, code, lettered, *_ = line
    return file, account, code, f"{account}/{debtor}/{code}" if code else "", lettered, part
