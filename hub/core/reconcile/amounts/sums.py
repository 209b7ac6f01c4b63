"""Which sets of open amounts add up to a sum, and how likely one does by mere chance.

Past about sixteen open invoices some set nearly always adds up, so a set proves nothing unless it is the
only one and chance would rarely have made one. Sets of equal amounts are one: which of two equal invoices
is paid is a question of age, not of arithmetic.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from math import comb
from typing import NamedTuple

CHANCE = 0.02  # expected sets by accident above which a sum proves nothing
_EXHAUSTIVE = 12  # amounts up to which every set is tried
_QUADS = 24
_TRIPLES = 60
_PAIRS = 1500
_LEAST_GRAIN = 5
_ENOUGH = 6  # solutions after which it is plain that there are several


class Sums(NamedTuple):
    """Sets (as sorted amounts) that add up to the target, smallest first, and what was tried.

    tried[k]: number of sets of exactly k amounts compared with the target.
    """

    solutions: list[tuple[int, ...]]
    tried: dict[int, int]
    amounts: list[int]

    def chance(self, size: int, target: int) -> float:
        """Expected number of sets of at most `size` amounts that would add up by chance.

        Round prices meet by chance more often.
        """
        slots = max(target // _grain(self.amounts, target), 1)
        return sum([n for k, n in self.tried.items() if k <= size]) / slots


def sums_to(amounts: list[int], target: int, most: int = 99) -> Sums:
    """All sets of `amounts` (positive) that add up to `target`, within bounds that keep this cheap.

    Up to 12 amounts every set is tried; then sets of 4, 3, 2 and 1 as the number of amounts grows; in any
    case the set of all of them. `most` lowers the size of the sets tried.
    """
    usable = sorted([a for a in amounts if a <= target])
    size, values = len(usable), list(dict.fromkeys(usable))
    counts = dict.fromkeys(values, 1) if len(values) == size else Counter(usable)
    found: set[tuple[int, ...]] = {(target,)} if target in counts else set()
    tried = {1: len(values)}
    below = usable[-4 - counts[target] : -counts[target]] if found else usable[-4:]  # the largest that leave room
    enough = sum(below) >= target  # otherwise no two, three or four reach it
    if size > 1 and len(values) <= _PAIRS:
        if enough:
            _pairs(values, counts, target, found)
        tried[2] = comb(size, 2)
    small = size > 3 and most > 3 and len(values) <= _QUADS
    sums = _pair_sums(values, target - values[0]) if small and enough else set()
    if size > 2 and most > 2 and len(values) <= _TRIPLES:
        if enough and (not small or not sums.isdisjoint([target - value for value in values])):
            _triples(values, counts, target, found)
        tried[3] = comb(size, 3)
    if small:
        if enough and not sums.isdisjoint([target - total for total in sums]):
            _quads(values, counts, target, found)
        tried[4] = comb(size, 4)
    if size > 4:
        total = sum(usable)
        if size <= _EXHAUSTIVE and most > 4:
            if total >= target:
                _large(usable, target, found)
            tried.update({k: comb(size, k) for k in range(5, size)})
        if total == target:
            found.add(tuple(usable))
    return Sums(sorted(found, key=lambda s: (len(s), s)) if len(found) > 1 else list(found), tried, amounts)


def _grain(amounts: list[int], target: int) -> int:
    """How round the amounts are: the largest usual step that divides the target and half of the amounts."""
    if target % _LEAST_GRAIN:
        return 1
    for step in (100_000, 50_000, 10_000, 5_000, 1_000, 500, 100, 50, 10, _LEAST_GRAIN):
        if target % step == 0 and 2 * [a % step for a in amounts].count(0) >= len(amounts):
            return step
    return 1


def _pairs(values: list[int], counts: Mapping[int, int], target: int, found: set[tuple[int, ...]]) -> None:
    for low in counts.keys() & {target - value for value in values}:
        high = target - low
        if low < high or (high == low and counts[low] > 1):
            found.add((low, high))


def _pair_sums(values: list[int], most: int) -> set[int]:
    """What two of these ascending values, or one of them twice, add up to: at most `most`."""
    return {
        one + other for at, one in enumerate(values) for other in values[at : bisect_right(values, most - one, lo=at)]
    }


def _triples(values: list[int], counts: Mapping[int, int], target: int, found: set[tuple[int, ...]]) -> None:
    for at, low in enumerate(values):
        rest = target - low
        if rest < 2 * low:
            return
        within = values[at : bisect_right(values, rest // 2, lo=at)]
        for middle in [middle for middle in within if rest - middle in counts]:
            _add(found, counts, (low, middle, rest - middle))
            if len(found) > _ENOUGH:
                return


def _quads(values: list[int], counts: Mapping[int, int], target: int, found: set[tuple[int, ...]]) -> None:
    if len(found) > _ENOUGH:
        return
    pairs: dict[int, list[tuple[int, int]]] = {}
    for i, one in enumerate(values):
        for other in values[i:]:
            if one + other < target:
                pairs.setdefault(one + other, []).append((one, other))
    for total, lows in pairs.items():
        if 2 * total > target:
            continue
        for highs in pairs.get(target - total, ()):
            for low in lows:
                _add(found, counts, tuple(sorted((*low, *highs))))
        if len(found) > _ENOUGH:
            return


def _large(usable: list[int], target: int, found: set[tuple[int, ...]]) -> None:
    """Sets of five and more, meeting in the middle: the sums of each half are tried against the other."""
    if len(found) > _ENOUGH:
        return
    some, rest = usable[: len(usable) // 2], usable[len(usable) // 2 :]
    wanted = _all_sums(some).intersection([target - total for total in _all_sums(rest)])
    if not wanted:
        return
    left = _subset_sums(some, wanted)
    for total, sets in _subset_sums(rest, {target - total for total in wanted}).items():
        for others in left[target - total]:
            for chosen in sets:
                if len(chosen) + len(others) > 4:
                    found.add(tuple(sorted(chosen + others)))
                    if len(found) > _ENOUGH:
                        return


def _all_sums(amounts: list[int]) -> set[int]:
    """What the sets of `amounts` add up to, the empty one included."""
    sums = [0]
    for amount in amounts:
        sums += [total + amount for total in sums]
    return set(sums)


def _subset_sums(amounts: list[int], wanted: set[int]) -> dict[int, list[tuple[int, ...]]]:
    """The sets of `amounts` by what they add up to, for the sums that are wanted."""
    sums: dict[int, list[tuple[int, ...]]] = {}
    for size in range(len(amounts) + 1):
        for chosen in combinations(amounts, size):
            if (total := sum(chosen)) in wanted:
                same = sums.setdefault(total, [])
                if len(same) < _ENOUGH:
                    same.append(chosen)
    return sums


def _add(found: set[tuple[int, ...]], counts: Mapping[int, int], chosen: tuple[int, ...]) -> None:
    """Keep a set only if each amount is there often enough."""
    if all(chosen.count(v) <= counts[v] for v in set(chosen)):
        found.add(chosen)
