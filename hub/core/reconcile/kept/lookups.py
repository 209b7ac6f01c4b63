"""Looking up what an image has and what came since, as if it were one index."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Generic

from hub.core.reconcile.index.numbers import K
from hub.core.reconcile.kept.columns import Column

_ABSENT: list[int] = []


class Found(Generic[K]):
    """Rows by a key, as `numbers.Index`. What was asked is remembered.

    lying: the rows of the image with a key that still count, ascending. since: rows that came since, by key.
    """

    def __init__(self, lying: Callable[[K], list[int]], since: Iterable[tuple[K, int]]) -> None:
        self._lying = lying
        self._since: dict[K, list[int]] = {}
        for key, row in since:
            self._since.setdefault(key, []).append(row)
        self._known: dict[K, int | list[int] | None] = {}

    def get(self, key: K, /) -> int | list[int] | None:
        """One row, a list of rows, or None."""
        known = self._known.get(key, _ABSENT)
        if known is _ABSENT:
            rows = self._lying(key) + self._since.get(key, [])
            known = self._known[key] = (rows[0] if len(rows) == 1 else rows) if rows else None
        return known

    def __contains__(self, key: object, /) -> bool:
        return self.get(key) is not None  # type: ignore[arg-type]


class FoundLists(Generic[K]):
    """Lists by a key, as `ledger.Lists`."""

    def __init__(self, lying: Callable[[K], list[int]], since: Iterable[tuple[K, int]]) -> None:
        self._found = Found(lying, since)

    def get(self, key: K, /) -> list[int] | None:
        """The list of a key, the same one each time if it has several; None when there is none."""
        found = self._found.get(key)
        return [found] if isinstance(found, int) else found

    def __getitem__(self, key: K, /) -> list[int]:
        found = self.get(key)
        if found is None:
            raise KeyError(key)
        return found

    def __contains__(self, key: object, /) -> bool:
        return key in self._found


class Remembered(Column[list[int]]):
    """Lists by number, made when first asked for and kept: who asks may sort them in place."""

    def __init__(self, size: int, make: Callable[[int], list[int]]) -> None:
        self._size, self._make = size, make
        self._known: dict[int, list[int]] = {}

    def __len__(self) -> int:
        return self._size

    def cell(self, row: int) -> list[int]:
        """The list of a number."""
        known = self._known.get(row)
        if known is None:
            known = self._known[row] = self._make(row)
        return known


def numbered(keys: Sequence[K], first: int) -> Iterable[tuple[K, int]]:
    """Each key with the number of its row, the first one `first`."""
    return ((key, row) for row, key in enumerate(keys, start=first))
