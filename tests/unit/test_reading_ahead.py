"""Pages fetched before they are asked for: the same pages, in the same order, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from hub.core.host.reading_ahead import MOST_AHEAD, ReadingAhead
from hub.sdk.units import InColumns, Page, RawUnit


class Columns(InColumns):
    """A page of one row, whose mark is its number."""

    def __init__(self, number: int) -> None:
        self.number = number

    refs = bodies = places = property(lambda self: [])
    layout = property(lambda self: "")

    def marks(self) -> list[bytes]:
        return [b"%08d" % self.number]

    def only(self, indexes: Sequence[int]) -> InColumns | None:
        return None

    def __len__(self) -> int:
        return 1

    def __getitem__(self, index: int) -> RawUnit:  # type: ignore[override]
        raise AssertionError("nobody looks at the units")


class Source:
    """Twenty pages; `faulty` ones cannot be read. Notes what was fetched."""

    def __init__(self, *, bulk: bool = True, faulty: Sequence[int] = ()) -> None:
        self.fetched: list[int] = []
        self.bulk, self.faulty = bulk, faulty

    def fetch(self, _stream: str, cursor: str | None, _limit: int) -> Page:
        number = int(cursor or 0)
        self.fetched.append(number)
        if number in self.faulty:
            raise OSError(f"page {number}")
        return Page(Columns(number) if self.bulk else [], cursor=str(number + 1), last=number == 19)


def test_every_page_once_and_in_order() -> None:
    source = Source()
    pages = ReadingAhead(source)
    seen, cursor = [], None
    for turn in range(20):
        read = pages.take("invoices", cursor, 5)
        cursor = read.page.cursor
        seen.append(cursor)
        for _ in range(turn):
            pages.go_on(with_marks=bool(turn % 2))
    assert seen == [str(number) for number in range(1, 21)]
    assert source.fetched == list(range(20))
    assert not pages.go_on(with_marks=True)


def test_so_many_pages_wait_and_then_their_marks_are_made() -> None:
    source = Source()
    pages = ReadingAhead(source)
    pages.take("invoices", None, 5)
    assert sum(pages.go_on(with_marks=False) for _ in range(100)) == MOST_AHEAD == len(source.fetched) - 1
    assert sum(pages.go_on(with_marks=True) for _ in range(100)) == MOST_AHEAD
    assert pages.take("invoices", "1", 5).marks == [b"00000001"]


@pytest.mark.parametrize("asked", [("invoices", "0", 5), ("invoices", "1", 4), ("receipts", "1", 5)])
def test_another_page_than_the_next_is_fetched_anew(asked: tuple[str, str, int]) -> None:
    source = Source()
    pages = ReadingAhead(source)
    pages.take("invoices", None, 5)
    pages.go_on(with_marks=False)
    pages.take(*asked)
    pages.take(asked[0], str(int(asked[1]) + 1), asked[2])
    assert source.fetched == [0, 1, int(asked[1]), int(asked[1]) + 1]


def test_a_fault_is_told_when_its_page_is_asked_for() -> None:
    source = Source(faulty=[2])
    pages = ReadingAhead(source)
    pages.take("invoices", None, 5)
    assert [pages.go_on(with_marks=False) for _ in range(3)] == [True, True, False]
    pages.take("invoices", "1", 5)
    with pytest.raises(OSError, match="page 2"):
        pages.take("invoices", "2", 5)
    with pytest.raises(OSError, match="page 2"):
        pages.take("invoices", "2", 5)
    assert source.fetched == [0, 1, 2, 2]


def test_only_bulk_readers_are_read_ahead() -> None:
    """Another source may make its units while they are looked at, and one page's after the other's."""
    source = Source(bulk=False)
    pages = ReadingAhead(source)
    pages.take("invoices", None, 5)
    assert not pages.go_on(with_marks=True)
    assert source.fetched == [0]
