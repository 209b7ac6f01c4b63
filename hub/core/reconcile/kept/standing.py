"""The ledger as it stands: an image, and what changed since it was laid."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from hub.core.reconcile.inputs import OpenItems, SettledNumbers
from hub.core.reconcile.kept.image import Image


@dataclass(frozen=True, slots=True)
class Standing:
    """An image, less what does not hold any more, and what came instead of it.

    gone, gone_closed: rows of the image, among the open items and among the closed documents, that do not count.
    items, settled: what is open, and closed, instead of them or new.
    """

    image: Image
    gone: frozenset[int]
    gone_closed: frozenset[int]
    items: OpenItems
    settled: SettledNumbers

    @classmethod
    def of(cls, image: Image, changed: Collection[int], items: OpenItems, settled: SettledNumbers) -> Standing:
        """Everything the image has of the documents `changed` is replaced by `items` and `settled`."""
        opened = (image.row_of(document) for document in changed)
        closed = (image.closed_row_of(document) for document in changed)
        return cls(
            image,
            frozenset(row for row in opened if row is not None),
            frozenset(at for at in closed if at is not None),
            items,
            settled,
        )

    def __len__(self) -> int:
        """How many items are open."""
        return len(self.image.id) - len(self.gone) + len(self.items.id)

    def less(self, used: Mapping[int, int]) -> Standing:
        """The ledger once these amounts, minor units by document, are used up; what is wholly paid is closed."""
        base, more, gone = self.image.items, self.items, set(self.gone)
        at = {document: row for row, document in enumerate(more.id)}
        taken = {at[document] for document in used if document in at}
        rows: list[tuple[OpenItems, int]] = [(more, row) for row in range(len(more.id)) if row not in taken]
        closed: list[tuple[OpenItems, int]] = []
        left = [more.open_minor[row] for _, row in rows]
        for document, amount in used.items():
            table, row = (more, at[document]) if document in at else (base, self.image.row_of(document))
            if row is None:
                continue
            if table is base:
                gone.add(row)
            rest = table.open_minor[row] - amount
            if rest > 0:
                rows.append((table, row))
                left.append(rest)
            else:
                closed.append((table, row))
        columns: dict[str, Any] = {
            column.name: [getattr(table, column.name)[row] for table, row in rows] for column in fields(OpenItems)
        }
        columns["open_minor"] = left
        settled = SettledNumbers(
            *(
                [*before, *(getattr(table, name)[row] for table, row in closed)]
                for name, before in (
                    ("seller", self.settled.seller),
                    ("debtor", self.settled.debtor),
                    ("number", self.settled.number),
                )
            )
        )
        return replace(self, gone=frozenset(gone), items=OpenItems(**columns), settled=settled)

    def amounts(self, name: str, instead: Mapping[int, int]) -> Amounts:
        """Minor units by document: the image's column `in_books` or `allocated`, and `instead` where that changed."""
        return Amounts(self.image, getattr(self.image, name), self.gone, instead)


class Amounts:
    """Minor units by document, looked up where they lie."""

    def __init__(self, image: Image, column: Sequence[int], gone: frozenset[int], instead: Mapping[int, int]) -> None:
        self._image, self._column, self._gone, self._instead = image, column, gone, instead

    def get(self, document: int, absent: int = 0, /) -> int:
        """The amount of a document; `absent` where there is none."""
        known = self._instead.get(document)
        if known is not None:
            return known
        row = self._image.row_of(document)
        return absent if row is None or row in self._gone else self._column[row] or absent

    def more(self, added: Mapping[int, int]) -> Amounts:
        """The amounts with these added."""
        instead = {**self._instead, **{document: self.get(document) + minor for document, minor in added.items()}}
        return Amounts(self._image, self._column, self._gone, instead)
