"""What is proven of one account: stretches of movements between two balances, as the bank's statements told them.

A `Piece` is what one statement told and none before it. Pieces whose balances meet make a `Chain`; between two chains a
statement is missing. `fit` finds where a statement lies on a chain: the movements both tell must be the same ones.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, groupby
from typing import Any, NamedTuple


@dataclass(slots=True)
class Piece:
    """Movements in the bank's order from one balance to the next: booking days, keys, signed amounts, ranks."""

    label: str
    format: str
    opened_on: str
    start: int
    closed_on: str
    end: int
    days: Sequence[str]
    keys: Sequence[str]
    amounts: Sequence[int]
    ranks: Sequence[int]
    said: str = field(default="", compare=False, repr=False)

    def part(self, first: int, last: int, opened_on: str, closed_on: str) -> Piece:
        """The movements `first` to `last` as a piece of their own."""
        start = self.start + sum(self.amounts[:first])
        inside = slice(first, last)
        end = start + sum(self.amounts[inside])
        columns = (self.days[inside], self.keys[inside], self.amounts[inside], self.ranks[inside])
        return Piece(self.label, self.format, opened_on, start, closed_on, end, *columns)

    def text(self) -> str:
        """As JSON, made once: a piece that is remembered does not change."""
        if not self.said:
            self.said = json.dumps(self.plain(), ensure_ascii=False, separators=(",", ":"))
        return self.said

    def plain(self) -> list[Any]:
        """As plain values: days by run, keys joined, ranks only where they are not 1."""
        runs = [[day, len(list(same))] for day, same in groupby(self.days)]
        ranks = [[place, rank] for place, rank in enumerate(self.ranks) if rank != 1]
        head = [self.label, self.format, self.opened_on, self.start, self.closed_on, self.end]
        return [*head, runs, "".join(self.keys), list(self.amounts), ranks]

    @classmethod
    def parse(cls, plain: Sequence[Any]) -> Piece:
        """The piece that `plain` says. Raises ValueError, TypeError or IndexError when it is damaged."""
        label, format_, opened_on, start, closed_on, end, runs, joined, amounts, odd = plain
        keys = [joined[i : i + 8] for i in range(0, len(joined), 8)]
        days = [str(day) for day, count in runs for _ in range(int(count))]
        ranks = [1] * len(keys)
        for place, rank in odd:
            ranks[int(place)] = int(rank)
        if not len(days) == len(keys) == len(amounts):
            raise ValueError("columns of different length")
        said = (str(label), str(format_), str(opened_on), int(start), str(closed_on), int(end))
        return cls(*said, days, keys, [int(amount) for amount in amounts], ranks)


class Fit(NamedTuple):
    """The movements `first` to `last` of a statement are the movements `low` to `high` of `near`, pieces of a chain."""

    chain: list[Piece]
    near: Piece
    low: int
    high: int
    first: int
    last: int
    same_format: bool


def joined(pieces: Sequence[Piece]) -> Piece:
    """Several pieces that follow one another, as one; its label names the first and the last file."""
    if len(pieces) == 1:
        return pieces[0]
    head, tail = pieces[0], pieces[-1]
    days = [day for piece in pieces for day in piece.days]
    keys = [key for piece in pieces for key in piece.keys]
    amounts = [amount for piece in pieces for amount in piece.amounts]
    ranks = [rank for piece in pieces for rank in piece.ranks]
    formats = {piece.format for piece in pieces if piece.keys}
    label = head.label if head.label == tail.label else f"{head.label} and {tail.label}"
    format_ = formats.pop() if len(formats) == 1 else ""
    said = (label, format_, head.opened_on, head.start, tail.closed_on, tail.end)
    return Piece(*said, days, keys, amounts, ranks)


def fit(chain: list[Piece], told: Piece) -> Fit | Piece | None:
    """Where `told` lies on `chain`.

    The longest stretch that both tell counts: an overlap or a repetition is likelier than a second round of identical
    movements, and never books money twice.

    Returns:
        A `Fit` (an empty one where it only continues the chain), None when it lies apart from it, or the piece whose
        movements it contradicts.
    """
    near = [piece for piece in chain if piece.closed_on >= told.opened_on and piece.opened_on <= told.closed_on]
    if not near:
        return _beside(chain, told)
    known = joined(near)
    outer = (near[0] is chain[0], near[-1] is chain[-1])
    known_keys, told_keys = _sums(map(_number, known.keys)), _sums(map(_number, told.keys))
    cash: tuple[list[int], list[int]] | None = None
    for low, high, first, last in sorted(_places(known, told, outer), key=lambda one: one[0] - one[1]):
        if low == high:
            if _follows(known, told, low, first):
                return Fit(chain, known, low, high, first, last, True)
            continue
        if _same(known_keys, low, high, told_keys, first, last):
            return Fit(chain, known, low, high, first, last, True)
        if known.format != told.format:
            cash = cash or (_sums(map(hash, _cash(known))), _sums(map(hash, _cash(told))))
            if _same(cash[0], low, high, cash[1], first, last):
                return Fit(chain, known, low, high, first, last, False)
    return _unplaced(chain, known, told, outer)


def differences(known: Piece, told: Piece) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Day and amount of movements that only `known` tells of the days of `told`, and that only `told` tells."""
    days = {*told.days, *(day for day in known.days if told.opened_on < day <= told.closed_on)}
    here, there = Counter(_cash(told)), Counter(one for one in _cash(known) if one[0] in days)
    return sorted((there - here).elements()), sorted((here - there).elements())


def _places(known: Piece, told: Piece, outer: tuple[bool, bool]) -> Iterator[tuple[int, int, int, int]]:
    """The stretches, in movements of `known` and of `told`, on which the balances of both agree."""
    mine, theirs = _balances(known), _balances(told)
    n, m = len(known.keys), len(told.keys)
    for low, balance in enumerate(mine):
        if balance != told.start:
            continue
        if low + m <= n:
            if mine[low + m] == told.end:
                yield low, low + m, 0, m
        elif outer[1] and theirs[n - low] == known.end:
            yield low, n, 0, n - low
    for first, balance in enumerate(theirs):
        if balance != known.start or not first or not outer[0]:
            continue
        if first + n <= m:
            if theirs[first + n] == known.end and (outer[1] or first + n == m):
                yield 0, n, first, first + n
        elif mine[m - first] == told.end:
            yield 0, m - first, first, m


def _follows(known: Piece, told: Piece, low: int, first: int) -> bool:
    """Whether a stretch of no movements may be: the dates follow, or both are of one file, or one tells nothing."""
    if not told.keys or not known.keys or known.label == told.label:
        return True
    return told.closed_on <= known.opened_on if first else told.opened_on >= known.closed_on


def _beside(chain: list[Piece], told: Piece) -> Fit | Piece | None:
    """`told` has no day in common with the chain: it goes on after it or before it when the balances meet."""
    head, tail = chain[0], chain[-1]
    if tail.closed_on < told.opened_on:
        n = len(tail.keys)
        return Fit(chain, tail, n, n, 0, 0, True) if tail.end == told.start else None
    if told.closed_on < head.opened_on:
        m = len(told.keys)
        return Fit(chain, head, 0, 0, m, m, True) if told.end == head.start else None
    before = chain[bisect_left([piece.opened_on for piece in chain], told.opened_on) - 1]
    n = len(before.keys)
    quiet = not told.keys and told.start == before.end
    return Fit(chain, before, n, n, 0, 0, True) if quiet else before


def _unplaced(chain: list[Piece], known: Piece, told: Piece, outer: tuple[bool, bool]) -> Fit | Piece | None:
    """No stretch agrees: a statement is missing between, the bank changed a day's order, or both contradict."""
    shared = set(known.keys) & set(told.keys)
    mine = _balances(known)
    touching = (outer[1] and told.opened_on >= known.closed_on) or (outer[0] and told.closed_on <= known.opened_on)
    if touching and not shared and told.start not in mine[:-1] and told.end not in mine[1:]:
        return None
    one_day = len(set(told.days)) == 1 and told.start not in mine
    if one_day and Counter(told.keys) <= Counter(known.keys):
        return Fit(chain, known, 0, len(known.keys), 0, len(told.keys), True)
    return known


def _balances(piece: Piece) -> list[int]:
    return list(accumulate(piece.amounts, initial=piece.start))


def _cash(piece: Piece) -> list[tuple[str, int]]:
    return list(zip(piece.days, piece.amounts, strict=True))


def _number(key: str) -> int:
    return int.from_bytes(key.encode(), "big")


def _sums(numbers: Iterable[int]) -> list[int]:
    """Running sums of numbers that stand for movements: equal differences mean the same movements in any order."""
    return list(accumulate(numbers, initial=0))


def _same(mine: list[int], low: int, high: int, theirs: list[int], first: int, last: int) -> bool:
    return mine[high] - mine[low] == theirs[last] - theirs[first]
