"""Plain tables that fit the screen. Nothing is cut: text wraps, and what cannot fit stands in blocks instead."""

from __future__ import annotations

import os
import textwrap
from collections.abc import Sequence
from typing import NamedTuple

import click

from hub.app.cli.words import breadth, harmless, screen_width, styled

_GAP = 2
_NARROWEST_TEXT = 10
#: A command this short shares its line with the reason for it.
_SHORT = 34


class Col(NamedTuple):
    """A column of a table. `right`: figures; `wrap`: text that may take several lines."""

    title: str
    right: bool = False
    wrap: bool = False


def show_table(columns: Sequence[Col], rows: Sequence[Sequence[str]], *, total: Sequence[str] | None = None) -> None:
    """Print a table, with a line of totals under a rule when there is one."""
    for line in table_lines(columns, rows, total=total, width=screen_width()):
        click.echo(line)


def table_lines(
    columns: Sequence[Col], rows: Sequence[Sequence[str]], *, width: int, total: Sequence[str] | None = None
) -> list[str]:
    """The lines of a table no wider than `width`; blocks of ``title: value`` when it cannot be."""
    rows = [[harmless(cell) for cell in row] for row in rows]
    everything = [[column.title for column in columns], *rows, *([total] if total else [])]
    widths = _widths(columns, everything, width)
    if widths is None:
        return _blocks(columns, [*rows, *([total] if total else [])], width)
    rule = "  ".join("-" * size for size in widths)
    lines = [styled(line, "bold") for line in _lines(columns, everything[0], widths)] + [rule]
    for row in rows:
        lines += _lines(columns, row, widths)
    if total:
        lines += [rule, *_lines(columns, total, widths)]
    return lines


def _widths(columns: Sequence[Col], rows: Sequence[Sequence[str]], width: int) -> list[int] | None:
    """A width for each column: its longest cell, text columns made narrower as needed; None when it cannot fit."""
    natural = [
        max((breadth(line) for row in rows for line in row[at].split("\n")), default=0) for at in range(len(columns))
    ]
    too_wide = sum(natural) + _GAP * (len(columns) - 1) - width
    while too_wide > 0:
        can = [at for at, column in enumerate(columns) if column.wrap and natural[at] > _least(rows, at)]
        if not can:
            return None
        widest = max(can, key=lambda at: natural[at])
        natural[widest] -= 1
        too_wide -= 1
    return natural


def _least(rows: Sequence[Sequence[str]], at: int) -> int:
    return max(_NARROWEST_TEXT, len(rows[0][at]))


def _lines(columns: Sequence[Col], row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = [
        _wrap(cell, size) if column.wrap else cell.split("\n")
        for column, cell, size in zip(columns, row, widths, strict=True)
    ]
    lines = []
    for number in range(max(len(cell) for cell in cells)):
        parts = []
        for column, cell, size in zip(columns, cells, widths, strict=True):
            text = cell[number] if number < len(cell) else ""
            blanks = " " * (size - breadth(text))
            parts.append(blanks + text if column.right else text + blanks)
        lines.append((" " * _GAP).join(parts).rstrip())
    return lines


def _wrap(text: str, size: int) -> list[str]:
    size = max(size, 1)  # a column without a title may have nothing to show
    lines = []
    for part in text.split("\n"):
        indent = part[: len(part) - len(part.lstrip())]
        lines += textwrap.wrap(part, size, subsequent_indent=indent, break_on_hyphens=False) or [""]
    return lines


def _blocks(columns: Sequence[Col], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Each row as lines of ``title: value``, for a screen too narrow for the table."""
    lines: list[str] = []
    for row in rows:
        for column, cell in zip(columns, row, strict=True):
            if cell:
                label = f"{column.title}: " if column.title else ""
                lines += textwrap.wrap(
                    f"{label}{' '.join(cell.split())}", width, subsequent_indent="    ", break_on_hyphens=False
                )
        lines.append("")
    return lines[:-1]


def as_typed(command: str) -> str:
    """A command as this person has to type it: through run.py, and with the configuration that was named."""
    program, _, rest = command.partition(" ")
    if program != "hub":
        return command
    context = click.get_current_context(silent=True)
    config = getattr(context.find_root().obj, "config", None) if context else None
    option = f" --config {config}" if config and "--config" not in rest else ""
    return f"{os.environ.get('HUB_COMMAND', 'hub')}{option} {rest}"


def next_steps(*steps: tuple[str, str]) -> None:
    """What to do next: commands with a word why, aligned."""
    if not steps:
        return
    click.echo()
    steps = tuple((as_typed(harmless(command)), harmless(why)) for command, why in steps)
    size = max([len(command) for command, _ in steps if len(command) <= _SHORT] or [0])
    for number, (command, why) in enumerate(steps):
        lead = "Next:  " if number == 0 else "       "
        line = f"{lead}{command.ljust(size)}   {why}"
        if len(line) <= screen_width():
            click.echo(line)
        else:
            click.echo(f"{lead}{command}")
            for part in textwrap.wrap(why, screen_width() - len(lead) - 4):
                click.echo(f"{' ' * len(lead)}    {part}")


def show_json(document: object) -> None:
    """One JSON document on standard output."""
    import json

    click.echo(json.dumps(document, ensure_ascii=False, indent=2))
