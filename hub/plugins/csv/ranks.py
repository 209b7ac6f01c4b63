"""Which of several equal rows of a file this one is."""

from __future__ import annotations

from hashlib import blake2b


class Ranks:
    """Counts keys in the order of a file. The first of each kind costs little: most never come again."""

    def __init__(self) -> None:
        self._seen: set[int] = set()
        self._again: dict[int, int] = {}

    def next(self, key: str) -> int:
        """1 for the first row with `key` (hexadecimal), 2 for the second…"""
        number = int(key, 16)
        if number not in self._seen:
            self._seen.add(number)
            return 1
        rank = self._again[number] = self._again.get(number, 1) + 1
        return rank

    def ref(self, key: str) -> str:
        """`key`, and which of the rows with it this one is: ``ACME|F1|2026-01-31|2``."""
        return f"{key}|{self.next(blake2b(key.encode(), digest_size=8).hexdigest())}"
