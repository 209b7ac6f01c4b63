"""Lines brought together to entries: neighbours as they stand, scattered ones by the temporary data base."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from typing import Any, cast

from hub.plugins.fec.blocks import Block, Line, Stray
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.loose import Numbering, together
from hub.plugins.fec.scratch import Scratch
from hub.sdk import RecordRejected

#: Lines of one entry that are held in memory; a longer one is cut where it balances.
MAX_ENTRY = 5_000


def contiguous(batches: Iterable[Sequence[Line | Stray] | Block]) -> Iterator[list[Line] | Stray | Block]:
    """Neighbouring lines of one key as an entry; a very long entry is cut where it balances. Of a block the entries
    that begin and end in it, together."""
    lines: list[Line] = []
    balance: int | None = None  # of a long entry only
    for batch in _parts(batches):
        if isinstance(batch, Block):
            yield lines
            yield batch
            lines, balance = [], None
            continue
        for key, some in groupby(batch, _key_of):
            if key is None:
                yield from cast("Iterator[Stray]", some)
                continue
            if lines and lines[-1].key != key:
                yield lines
                lines, balance = [], None
            same = list(cast("Iterator[Line]", some))
            if len(lines) + len(same) <= MAX_ENTRY:
                lines, balance = [*lines, *same] if lines else same, None
                continue
            balance = sum([line.amount for line in lines]) if balance is None else balance
            for line in same:
                if len(lines) >= MAX_ENTRY and not balance:
                    yield lines
                    lines = []
                lines.append(line)
                balance += line.amount
    if lines:
        yield lines


def _parts(batches: Iterable[Sequence[Line | Stray] | Block]) -> Iterator[Sequence[Line | Stray] | Block]:
    """Blocks without their first and last entry, which may go on in their neighbours: these apart."""
    for batch in batches:
        if not isinstance(batch, Block):
            yield batch
        elif len(batch.starts) < 4:
            yield batch.lines()
        else:
            yield batch.lines(0, batch.starts[1])
            last = batch.starts[-2]
            batch.starts = batch.starts[1:-1]
            yield batch
            yield batch.lines(last)


def _key_of(line: Line | Stray) -> tuple[str, ...] | None:
    return None if isinstance(line, Stray) else line.key


def gathered(scratch: Scratch, reader: Reader, leave: Callable[[Line], bool]) -> Iterator[list[Line] | Stray]:
    """The entries of a file whose lines are scattered: brought together by the temporary data base.

    Args:
        leave: of a line, whether its journal's lines are left alone where each has a number of its own (`loose`).
    """
    db, numbering = scratch, Numbering(leave)
    db.do("DELETE FROM line")
    faults: dict[int, RecordRejected] = {}

    def rows() -> Iterator[tuple[Any, ...]]:
        for line in reader.read():
            if isinstance(line, Stray):
                strays.append(line)
                continue
            if line.fault is not None:
                faults[line.number] = line.fault
            numbering.see(line)
            yield "\x1f".join(line.key), line.number, line.text, line.key[0], line.key[2]

    strays: list[Stray] = []
    db.many("INSERT INTO line VALUES (?,?,?,?,?)", rows())
    yield from strays
    journals = numbering.journals(db)
    loose = [_loose(db, reader, faults, journal) for journal in journals]
    yield from _of_several_days(_sorted(db, reader, faults, journals))
    for entries in loose:
        yield from entries
    db.do("DELETE FROM line")


def _sorted(
    db: Scratch, reader: Reader, faults: dict[int, RecordRejected], without: Sequence[str]
) -> Iterator[list[Line]]:
    """The entries, in the order of their keys, of all journals but those `without` which."""
    others = f"WHERE journal NOT IN ({','.join('?' * len(without))})" if without else ""
    rows = db.rows(f"SELECT key, number, text FROM line {others} ORDER BY key, number", *without)  # noqa: S608 - no text of a file
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = []
        for _, number, text in group:
            line = reader.again(text, number, faults.get(number))
            lines.append(line)
            if len(lines) >= MAX_ENTRY and not sum(one.amount for one in lines):
                yield lines
                lines = []
        if lines:
            yield lines


def _loose(db: Scratch, reader: Reader, faults: dict[int, RecordRejected], journal: str) -> Iterator[list[Line]]:
    """The entries of a journal in which every line has a number of its own, day by day."""
    piece = reader.column("pieceref")
    rows = db.rows("SELECT day, number, text FROM line WHERE journal = ? ORDER BY day, number", journal)
    for _, group in groupby(rows, key=lambda row: row[0]):
        lines = [reader.again(text, number, faults.get(number)) for _, number, text in group]
        yield from together(lines, lambda line: line.cells[piece].strip())


def _of_several_days(entries: Iterable[list[Line]]) -> Iterator[list[Line]]:
    """Entries of one journal and number of which none balances on its day, but all do together, are one entry: some
    programs give each line a day of its own."""
    odd: list[list[Line]] = []
    for lines in entries:
        if odd and (odd[0][0].key[:2] != lines[0].key[:2] or sum(map(len, odd)) > MAX_ENTRY):
            yield from _together(odd)
            odd = []
        numbered, balance = len(lines[0].key) == 3, sum([line.amount for line in lines])
        if numbered and balance and all(line.fault is None for line in lines):
            odd.append(lines)
        else:
            yield lines
    yield from _together(odd)


def _together(odd: list[list[Line]]) -> list[list[Line]]:
    lines = [line for entry in odd for line in entry]
    if not lines:
        return []
    return [lines] if not sum([line.amount for line in lines]) else odd
