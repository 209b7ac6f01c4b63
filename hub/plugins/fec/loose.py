"""Ledgers whose EcritureNum counts lines: no entry balances by itself, and yet the journal does.

Some exports number each line. Which lines are one entry is then told by what is left: journal, date and PieceRef, or
where debits and credits meet. Only what balances is taken for an entry; the rest of its day is held together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from hub.plugins.fec.blocks import Line
from hub.plugins.fec.scratch import Scratch


class Numbering:
    """Watches the lines of a scattered file on their way into the temporary data base."""

    def __init__(self, leave: Callable[[Line], bool]) -> None:
        """`leave`: of a line, whether its journal is left alone: the lines of openings are told apart otherwise."""
        self._leave = leave
        self._before: tuple[str, ...] = ()
        self._perhaps: dict[str, bool] = {}

    def see(self, line: Line) -> None:
        """One line more, in the order of the file: neighbours of one number are an entry."""
        key, before = line.key, self._before
        self._before = key[:2]
        if key[:2] == before or len(key) != 3:
            self._perhaps[key[0]] = False
        elif key[0] not in self._perhaps:
            self._perhaps[key[0]] = not self._leave(line)

    def journals(self, db: Scratch) -> list[str]:
        """The journals in which every line has a number of its own."""
        number = "substr(key, 1, length(key) - length(day))"
        counted = f"SELECT count(*) > 1 AND count(*) = count(DISTINCT {number}) FROM line WHERE journal = ?"  # noqa: S608
        return sorted(journal for journal, perhaps in self._perhaps.items() if perhaps and db.one(counted, journal))


def together(lines: Sequence[Line], piece: Callable[[Line], str]) -> Iterator[list[Line]]:
    """The entries of one journal and day: lines of one PieceRef that balance, then neighbours among the others as far
    as they come to zero. What does not balance comes last, in one piece."""
    found = [some for some in _by(lines, piece) if _balances(some)]
    taken = {line.number for some in found for line in some}
    part: list[Line] = []
    balance, known = 0, True
    for line in lines:
        if line.number in taken:
            continue
        part.append(line)
        balance, known = balance + line.amount, known and line.fault is None
        if line.amount and not balance and known:
            found.append(part)
            part = []
    yield from sorted(found, key=lambda some: some[0].number)
    if part:
        yield part


def _by(lines: Sequence[Line], piece: Callable[[Line], str]) -> list[list[Line]]:
    by_piece: dict[str, list[Line]] = {}
    for line in lines:
        by_piece.setdefault(piece(line), []).append(line)
    return list(by_piece.values())


def _balances(lines: Sequence[Line]) -> bool:
    """True when nothing of the lines is unknown and they come to zero."""
    return len(lines) > 1 and not sum(line.amount for line in lines) and all(line.fault is None for line in lines)
