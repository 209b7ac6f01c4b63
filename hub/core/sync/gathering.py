"""Pages of which little changed wait for each other: they are written in one transaction, at the price of one.

A page costs some thirty statements however few of its units changed; of a file with a changed row here and there, every
page has some. Only pages that were read before, and of which every unit is known, wait; anything out of the ordinary
is written by itself, in its turn. What waits is lost with the process, like a page that was not written yet: the cursor
stands before it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from hub.core.host.evidence import pack, unpack
from hub.core.store.streams import PageToCommit
from hub.core.sync.mapped import Batches

#: So many pages wait at most: their notes are kept in memory meanwhile.
MAX_PAGES = 16


class Gathered:
    """Changed pages of one object that wait to be written, with no more changed units than `at_most` in all."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._pages: list[PageToCommit] = []
        self._units: set[int] = set()

    def takes(self, page: PageToCommit) -> bool:
        """True when `page` may wait: known units alone, compared by marks, none held, and none where another stood."""
        whole = page.standing_sum is not None and page.standing + len(page.taken) == len(page.unit_ids)
        plain = (
            whole and None not in page.unit_ids and bool(page.marks) and not (page.refused or page.twins or page.aside)
        )
        same_object = page.stream.origin in (None, page.origin) and all(
            other.origin == page.origin for other in self._pages
        )
        return plain and same_object and len(self._units) + len(page.taken) <= self._at_most

    def add(self, page: PageToCommit) -> None:
        """It waits."""
        self._pages.append(page)
        self._units.update(taken_units(page))

    @property
    def full(self) -> bool:
        """True when no further page should wait."""
        return len(self._pages) >= MAX_PAGES

    def change(self, unit_ids: Collection[int]) -> bool:
        """True when a page that waits changes one of these units."""
        return not self._units.isdisjoint(unit_ids)

    def take(self) -> list[PageToCommit]:
        """The pages, in the order of reading; none wait any more."""
        pages, self._pages, self._units = self._pages, [], set()
        return pages


def taken_units(page: PageToCommit) -> list[int]:
    """Ids of the units that a page changes."""
    return [unit for place in page.taken if (unit := page.unit_ids[place]) is not None]


def as_one(pages: list[PageToCommit]) -> PageToCommit:
    """One page that changes what all of them change, and moves the cursor as the last one does.

    Its places are those of the changed units alone; `parts` are the pages, to be noted one by one.
    """
    if len(pages) == 1:
        return pages[0]
    places = [{place: index for index, place in enumerate(page.taken)} for page in pages]
    starts = [sum(len(page.taken) for page in pages[:index]) for index in range(len(pages))]
    return replace(
        pages[-1],
        stream=pages[0].stream,
        unit_ids=[unit for page in pages for unit in taken_units(page)],
        taken=list(range(starts[-1] + len(pages[-1].taken))),
        refs=[ref for page in pages for ref in page.refs],
        digests=[digest for page in pages for digest in page.digests],
        batches=_joined(
            [
                (kind, [start + at[place] for place in of_page], values)
                for page, start, at in zip(pages, starts, places, strict=True)
                for kind, of_page, values in page.batches
            ]
        ),
        evidence=pack([unit for page in pages for unit in unpack(page.evidence)]),
        parts=pages,
    )


def _joined(batches: Batches) -> Batches:
    """Batches of one kind with the same columns as one."""
    found: dict[tuple[str, ...], tuple[str, list[int], dict[str, list[object]]]] = {}
    for kind, places, values in batches:
        _, at, columns = found.setdefault((kind, *sorted(values)), (kind, [], {name: [] for name in values}))
        at.extend(places)
        for name, column in values.items():
            columns[name].extend(column)
    return list(found.values())
