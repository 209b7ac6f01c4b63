"""Chance that falls the same way on every Python: only `random.random()` is promised to stay as it is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

Thing = TypeVar("Thing")


class Dice:
    """A seeded source of choices."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, things: Sequence[Thing]) -> Thing:
        """One of `things`."""
        return things[self.between(0, len(things) - 1)]

    def percent(self, chance: int) -> bool:
        """True `chance` times in a hundred."""
        return self._random.random() * 100 < chance

    def digits(self, count: int) -> str:
        """`count` digits."""
        return "".join(str(self.between(0, 9)) for _ in range(count))
