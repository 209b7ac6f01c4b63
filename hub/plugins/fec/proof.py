"""What the lines of debtors' accounts come to, added up before anything is understood: so a ledger proves itself.

Control totals rest on these sums, records on what was understood. Should an entry, an opening or a line be lost on the
way from the one to the other, both differ, and the gap has a name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import compress
from typing import Final

from hub.plugins.fec.blocks import Block, Line, Stray
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.scratch import Scratch

#: Accounts whose sums are held in memory; more go to the temporary data base in between.
_MOST: Final = 50_000


class _IsDebtors(dict[str, bool]):
    """Whether each account met is one of debtors."""

    def __init__(self, prefixes: tuple[str, ...]) -> None:
        super().__init__()
        self._prefixes = prefixes

    def __missing__(self, account: str) -> bool:
        self[account] = known = account.startswith(self._prefixes)
        return known


class Tally:
    """Debits less credits of one file by account and CompAuxNum, of all its lines as they are split, nothing more."""

    def __init__(self, scratch: Scratch, reader: Reader, prefixes: Sequence[str], file: int) -> None:
        self._scratch, self._reader, self._file = scratch, reader, file
        self._is_debtors = _IsDebtors(tuple(prefixes))
        self._aux = reader.column("compauxnum")
        self._sums: dict[tuple[str, str], int] = defaultdict(int)

    def begin(self) -> None:
        """The file is read from its first line, perhaps once more."""
        self._sums.clear()
        self._scratch.do("DELETE FROM raw WHERE file = ?", self._file)

    def add(self, some: Sequence[Line | Stray] | Block) -> None:
        """Lines as they come from the file; one that is held counts as far as its amount can be read."""
        if isinstance(some, Block):
            self._add_block(some)
        else:
            for line in some:
                if isinstance(line, Line) and line.fault is None:
                    self.count(line.account, line.cells[self._aux], line.amount)
                elif (told := self._reader.guessed(line.text)) and told.amount:
                    self.count(told.account, told.aux, told.amount)
        if len(self._sums) > _MOST:
            self._spill()

    def count(self, account: str, aux: str, amount: int) -> None:
        """One line."""
        if self._is_debtors[account]:
            self._sums[account, aux] += amount

    def infer(self, debtor: str, amount: int) -> None:
        """What a line that cannot be read must come to."""
        self._sums["", debtor] += amount

    def close(self) -> None:
        """After the last line."""
        self._spill()

    def _add_block(self, block: Block) -> None:
        mine = list(map(self._is_debtors.__getitem__, block.places))
        sums, auxes = self._sums, block.cells[self._aux % block.stride :: block.stride]
        whose = zip(compress(block.places, mine), compress(auxes, mine), strict=True)
        for key, amount in zip(whose, compress(block.amounts, mine), strict=True):
            sums[key] += amount

    def _spill(self) -> None:
        rows = [(self._file, account, aux.strip(), amount) for (account, aux), amount in self._sums.items()]
        self._scratch.many("INSERT INTO raw VALUES (?,?,?,?)", rows)
        self._sums.clear()


def differences(scratch: Scratch) -> list[tuple[str, int]]:
    """Debtors for whom what was understood is not what their lines come to: code, and how much the lines say more."""
    rows = scratch.rows(
        """SELECT debtor, sum(amount) FROM (
            SELECT CASE aux WHEN '' THEN debtor_of(account) ELSE aux END AS debtor, amount FROM raw
            UNION ALL SELECT debtor, -sum(amount) FROM part GROUP BY debtor
        ) GROUP BY debtor HAVING sum(amount) <> 0 ORDER BY debtor"""
    )
    return [(str(debtor), int(minor)) for debtor, minor in rows]
