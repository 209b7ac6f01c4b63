"""Cells of a run of rows, laid out for reading by column."""

from __future__ import annotations

from collections.abc import Sequence

#: Between the cells of a body, and what stands between rows while many are taken apart at once. Control characters
#: never stand in a cell: such rows are refused before.
CELL, ROW = "\x1f", "\x1e"
BETWEEN_ROWS = f"{CELL}{ROW}{CELL}"


class Grid:
    """Cells of `count` rows of `width` columns.

    Rows that have more or fewer cells are listed in `ragged` (index -> cells found) and filled up; cells beyond the
    header are dropped when they are empty (a final separator).

    Attributes:
        longest: no cell has more characters.
        may_have_formulas: an equals sign stands somewhere; `may_have_errors` what an error (#N/A, Err:502) has.
    """

    def __init__(self, flat: list[str], width: int, count: int) -> None:
        self._flat = flat
        self._stride = width + 1
        self._width = width
        self.count = count
        self.ragged: dict[int, int] = {}
        self.longest = 1 << 60
        self.may_have_formulas = self.may_have_errors = True

    @classmethod
    def from_joined(cls, joined: str, width: int, count: int, longest: int = 1 << 60) -> Grid:
        """Rows joined by BETWEEN_ROWS, cells by CELL: one split for all, when every row has the header's width."""
        flat = joined.split(CELL)
        stride = width + 1
        if len(flat) == count * stride - 1 and flat[width::stride].count(ROW) == count - 1:
            grid = cls(flat, width, count)
        else:
            grid = cls.from_rows([row.split(CELL) for row in joined.split(BETWEEN_ROWS)], width)
        grid.longest = longest
        grid.may_have_formulas = "=" in joined
        grid.may_have_errors = "#" in joined or "Err:" in joined
        return grid

    @classmethod
    def from_rows(cls, rows: Sequence[Sequence[str]], width: int) -> Grid:
        """Rows as lists of cells."""
        flat: list[str] = []
        ragged: dict[int, int] = {}
        for i, row in enumerate(rows):
            if len(row) > width and not any(map(str.strip, row[width:])):
                row = row[:width]
            if len(row) != width:
                ragged[i] = len(row)
                row = [*row[:width], *[""] * (width - len(row))]
            flat += row
            flat.append(ROW)
        grid = cls(flat, width, len(rows))
        grid.ragged = ragged
        return grid

    def column(self, position: int) -> list[str]:
        """The cells of one column."""
        return self._flat[position :: self._stride]

    def row(self, i: int) -> list[str]:
        """The cells of one row; of a ragged row those that fit."""
        start = i * self._stride
        return self._flat[start : start + self._width]

    def only(self, rows: Sequence[int]) -> Grid:
        """The same with some of its rows."""
        flat: list[str] = []
        for i in rows:
            flat += self.row(i)
            flat.append(ROW)
        grid = Grid(flat, self._width, len(rows))
        grid.ragged = {at: self.ragged[i] for at, i in enumerate(rows) if i in self.ragged}
        grid.longest, grid.may_have_formulas = self.longest, self.may_have_formulas
        grid.may_have_errors = self.may_have_errors
        return grid
