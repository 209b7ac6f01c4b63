"""What is open, since when."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.core.ledger.balances import absorbed_minor, books_settled_minor
from hub.core.ledger.facts import Allocations, Documents, Settlements
from hub.core.ledger.open_items import OpenItem, OpenItems
from tests.unit.ledger.build import DUE, ISSUED, allocations, documents, kinds, opened, settlements

SEPT = date(2026, 9, 10)
OCT = date(2026, 10, 10)


def amounts(docs: Documents, lines: Settlements | None = None, made: Allocations | None = None, **more: Any):
    """Document id → open amount."""
    items = opened(docs, lines, made, **more).items
    return dict(zip(items.document_id, items.open_minor, strict=True))


def test_an_untouched_invoice_is_open_whole_and_late_from_the_next_day() -> None:
    """Open item: its age since issue, its lateness since the due date."""
    (item,) = opened(documents({"id": 1}))[0]
    expected = OpenItem(1, "ACME", "C1", "F1", "invoice", "EUR", ISSUED, DUE, "invoice", 10_000, 10_000, 82, 52, "late")
    assert expected == item
    assert [(0, "not_due")] == [(i.late_days, i.status) for i in opened(documents({"id": 1}), as_of=DUE).items]


def test_settlements_and_allocations_lower_what_is_open() -> None:
    """A settled invoice is no item; a part payment leaves the rest; an invoice of zero is never open."""
    docs = documents({"id": 1}, {"id": 2}, {"id": 3, "total_minor": 0})
    assert {2: 6_000} == amounts(
        docs, settlements((1, SEPT, 10_000), (2, SEPT, 1_000)), allocations((2, 3_000, SEPT, 1_000))
    )


def test_one_sum_seen_here_and_in_the_books_counts_once() -> None:
    """An allocation made here is confirmed by the books' later settlement, never added to it (DESIGN §1,
    2).
    """
    docs, made = documents({"id": 1}), allocations((1, 4_000, SEPT, 0))
    assert {1: 6_000} == amounts(docs, None, made)
    assert {1: 6_000} == amounts(docs, settlements((1, OCT, 2_500)), made)
    assert {1: 6_000} == amounts(docs, settlements((1, OCT, 4_000)), made)
    assert {1: 5_000} == amounts(docs, settlements((1, OCT, 5_000)), made)


def test_what_the_books_had_before_confirms_nothing() -> None:
    """An allocation made when 30.00 were settled is confirmed by what comes on top of these 30.00."""
    docs, made = documents({"id": 1}), allocations((1, 4_000, SEPT, 3_000))
    assert {1: 3_000} == amounts(docs, settlements((1, SEPT, 3_000)), made)
    assert {1: 3_000} == amounts(docs, settlements((1, SEPT, 3_000), (1, OCT, 4_000)), made)
    assert {1: 6_000} == amounts(docs, None, made)  # the books took their settlement back


@pytest.mark.parametrize(
    ("settled_by", "expected"),
    [
        ([], 0),
        ([(40, 0)], 0),
        ([(40, 100)], 40),
        ([(30, 60), (50, 60)], 60),
        ([(30, 100), (50, 0)], 30),  # books at 100 when the second was made: its money is not among them
        ([(100, 100), (50, 0)], 100),
        ([(100, 150), (50, 50)], 150),
    ],
)
def test_a_rise_confirms_each_allocation_once(settled_by: list[tuple[int, int]], expected: int) -> None:
    """Allocations made at several levels of the books share a rise."""
    assert expected == absorbed_minor(settled_by)
    assert expected == absorbed_minor(settled_by[::-1])


def test_a_later_allocation_is_not_confirmed_by_older_settlements() -> None:
    """30 allocated, the books settle 100 (these 30 and 70 more), then 50 allocated: 150 are gone, not 100."""
    docs = documents({"id": 1, "total_minor": 20_000})
    made = allocations((1, 3_000, SEPT, 0), (1, 5_000, OCT, 10_000))
    assert {1: 5_000} == amounts(docs, settlements((1, SEPT, 10_000)), made)


def test_a_reversed_allocation_frees_its_money() -> None:
    """Undo is a reversing fact."""
    made = allocations((1, 4_000, SEPT, 0, "reversed"), (1, 1_000, SEPT, 0, "confirmed"))
    assert {1: 9_000} == amounts(documents({"id": 1}), None, made)


def test_as_of_takes_only_what_had_taken_effect() -> None:
    """Issue, settlement and allocation each count from their own date."""
    docs = documents({"id": 1}, {"id": 2, "issued_on": OCT})
    lines, made = settlements((1, OCT, 2_000)), allocations((1, 1_000, SEPT))
    assert {} == amounts(docs, lines, made, as_of=date(2026, 8, 31))
    assert {1: 10_000} == amounts(docs, lines, made, as_of=ISSUED)
    assert {1: 9_000} == amounts(docs, lines, made, as_of=SEPT)
    assert {1: 8_000, 2: 10_000} == amounts(docs, lines, made, as_of=OCT)


def test_as_of_a_past_day_one_sum_still_counts_once() -> None:
    """Made when the books held 50.00 dated later; its own settlement is dated back: no double count on that
    day.
    """
    docs = documents({"id": 1, "total_minor": 30_000})
    lines = settlements((1, OCT, 5_000, False, 1), (1, SEPT, 4_000, False, 2))
    made = allocations((1, 4_000, SEPT, 5_000))
    assert {1: 26_000} == amounts(docs, lines, made, as_of=SEPT)
    assert {1: 21_000} == amounts(docs, lines, made, as_of=OCT)
    lines = settlements((1, SEPT, 3_000, False, 1), (1, OCT, 4_000, False, 2))
    made = allocations((1, 4_000, SEPT, 3_000))
    assert {1: 23_000} == amounts(docs, lines, made, as_of=SEPT)
    assert {1: 23_000} == amounts(docs, lines, made, as_of=OCT)


def test_a_snapshot_replaces_what_came_before_it() -> None:
    """An opening settlement is the state of its day; older lines are in it, later ones add to it."""
    docs = documents({"id": 1})
    snapshot = (1, date(2026, 9, 30), 4_000, True, 5)
    assert {1: 6_000} == amounts(docs, settlements(snapshot))
    assert {1: 6_000} == amounts(docs, settlements(snapshot, (1, SEPT, 4_000, False, 9)))
    assert {1: 5_000} == amounts(docs, settlements(snapshot, (1, OCT, 1_000, False, 9)))
    assert {1: 3_000} == amounts(docs, settlements(snapshot, (1, OCT, 7_000, True, 9)))
    same_day = date(2026, 9, 30)
    assert {1: 6_000} == amounts(docs, settlements(snapshot, (1, same_day, 1_000, False, 4)))
    assert {1: 6_000} == amounts(docs, settlements(snapshot, (1, same_day, 1_000, False, 5)))
    assert {1: 5_000} == amounts(docs, settlements(snapshot, (1, same_day, 1_000, False, 6)))
    assert {1: 9_000} == amounts(docs, settlements(snapshot, (1, SEPT, 1_000, False, 9)), as_of=SEPT)


def test_the_level_of_the_books_counts_snapshots_as_the_balances_do() -> None:
    """What is kept beside an allocation is comparable with what is settled later, future dates included."""
    snapshot = (1, date(2026, 9, 30), 4_000, True, 5)
    lines = settlements(snapshot, (1, SEPT, 4_000, False, 9), (1, date(2027, 1, 1), 500), (2, OCT, 7))
    assert {1: 4_500, 2: 7} == books_settled_minor(lines)
    assert {} == books_settled_minor(Settlements())


def test_a_newer_snapshot_confirms_an_allocation() -> None:
    """Books that give open amounts only: the allocation is absorbed when the snapshot falls."""
    docs, made = documents({"id": 1}), allocations((1, 4_000, SEPT, 0))
    assert {1: 6_000} == amounts(docs, settlements((1, SEPT, 0, True, 1)), made)
    assert {1: 6_000} == amounts(docs, settlements((1, OCT, 4_000, True, 7)), made)


def test_a_credit_note_meets_the_invoice_it_corrects() -> None:
    """Applied up to both remainders; the rest stays a credit of the debtor, a negative item."""
    note = {"id": 9, "kind": "credit_note", "due_on": None, "issued_on": SEPT, "corrects": "F1"}
    assert {1: 7_000} == amounts(documents({"id": 1}, {**note, "total_minor": 3_000}))
    found = opened(documents({"id": 1}, {**note, "total_minor": 12_000}))
    assert [(9, -2_000, "issue_date", "open", SEPT)] == [
        (i.document_id, i.open_minor, i.due_basis, i.status, i.due_on) for i in found.items
    ]
    assert {1: 10_000} == amounts(documents({"id": 1}, {**note, "total_minor": 3_000}), as_of=date(2026, 9, 9))


@pytest.mark.parametrize(
    "change",
    [{"corrects": None}, {"corrects": "F404"}, {"debtor_id": "C2"}, {"seller": "OTHER"}, {"currency": "USD"}],
)
def test_a_credit_note_without_its_invoice_stays_a_credit(change: dict[str, Any]) -> None:
    """Another debtor, seller or currency is another account."""
    note = {"id": 9, "kind": "credit_note", "corrects": "F1", "total_minor": 3_000, **change}
    assert {1: 10_000, 9: -3_000} == amounts(documents({"id": 1}, note))


def test_a_credit_note_used_by_the_books_or_by_a_receipt_is_used_once() -> None:
    """Its remainder is its total less its settlements and the allocations that use it, of either sign."""
    docs = documents({"id": 1}, {"id": 9, "kind": "credit_note", "corrects": "F1", "total_minor": 3_000})
    assert {1: 7_000} == amounts(docs)
    assert {1: 7_000} == amounts(docs, settlements((9, SEPT, 3_000), (1, SEPT, 3_000)))
    assert {1: 8_000} == amounts(docs, None, allocations((9, -1_000, SEPT)))
    assert {1: 8_000} == amounts(docs, None, allocations((9, 1_000, SEPT)))


def test_credit_notes_are_served_by_date_then_number() -> None:
    """Three notes on one invoice of 100.00: the last in order keeps what is too much."""
    note = {"kind": "credit_note", "corrects": "F1", "total_minor": 4_000, "due_on": None}
    rows = [{"id": 1}, {"id": 9, **note}, {"id": 8, **note}, {"id": 7, **note, "issued_on": SEPT}]
    assert {7: -2_000} == amounts(documents(*rows))
    assert {7: -2_000} == amounts(documents(*rows[::-1]))


def test_a_number_used_again_next_year_means_the_nearest_earlier_invoice() -> None:
    """As printed first, then without blanks and capitals."""
    old = {"id": 1, "number": "F 10/a", "issued_on": date(2025, 9, 1)}
    new = {"id": 2, "number": "F 10/a", "issued_on": ISSUED}
    note = {"id": 9, "kind": "credit_note", "corrects": "f10/A", "total_minor": 10_000, "issued_on": SEPT}
    assert {1: 10_000} == amounts(documents(old, new, note))
    assert {1: 10_000} == amounts(documents(old, new, {**note, "issued_on": ISSUED}))
    assert {2: 10_000} == amounts(documents(old, new, {**note, "issued_on": date(2026, 1, 1)}))
    printed = {"id": 3, "number": "f10/A", "issued_on": date(2024, 1, 1)}
    assert {1: 10_000, 2: 10_000} == amounts(documents(old, new, printed, note))


def test_too_much_money_is_named_and_not_clipped() -> None:
    """Over-settled by the books, over-allocated here: a negative item and an anomaly with the excess."""
    docs = documents({"id": 1}, {"id": 2}, {"id": 3, "kind": "credit_note"})
    found = opened(docs, settlements((1, SEPT, 12_000), (3, SEPT, 11_000)), allocations((2, 10_500, SEPT)))
    assert [("over_allocated", 2, 500), ("over_settled", 1, 2_000), ("over_settled", 3, 1_000)] == kinds(found)
    assert [(1, -2_000, "open"), (2, -500, "open"), (3, 1_000, "open")] == [
        (i.document_id, i.open_minor, i.status) for i in found.items
    ]


def test_lines_that_fit_nothing_are_named_and_left_out() -> None:
    """A document that was not given, another currency: never added to something else. The future is not
    reported.
    """
    found = opened(
        documents({"id": 1}),
        settlements(
            (5, SEPT, 700), (1, SEPT, 100, False, 0, "USD"), (1, SEPT, 50, False, 0, "EUR"), (6, date(2027, 1, 1), 1)
        ),
        allocations((7, 900, SEPT), (8, 1, SEPT, 0, "reversed"), (1, 60, SEPT, 50, "auto", "USD")),
    )
    expected = [
        ("other_currency", 1, 60),
        ("other_currency", 1, 100),
        ("unknown_document", 5, 700),
        ("unknown_document", 7, 900),
    ]
    assert expected == kinds(found)
    assert [9_950] == found.items.open_minor


def test_rows_and_columns_are_two_views_of_one_thing() -> None:
    """Choosing among items gives rows; they go back to columns."""
    items = opened(documents({"id": 1}, {"id": 2})).items
    assert 2 == len(items)
    assert items == OpenItems.of(items)
    assert OpenItems.of([]) == opened(documents({"id": 1}), as_of=date(2020, 1, 1)).items


def test_columns_of_unequal_length_are_refused() -> None:
    """A shifted column would give each invoice its neighbour's amount."""
    with pytest.raises(ValueError, match=r"Settlements\.amount_minor: 1 rows, document_id has 2"):
        Settlements([1, 2], [SEPT, SEPT], [1])


def test_spellings_are_frozen() -> None:
    """They stand in exports and data bases."""
    from hub.core.ledger import due_dates, facts, open_items
    from hub.core.ledger.claims import HolderType

    assert ["agency", "commissaire_de_justice", "financier", "lawyer"] == sorted(HolderType)
    assert {"open", "late", "not_due"} == {open_items.OPEN, open_items.LATE, open_items.NOT_DUE}
    assert {"invoice", "terms", "debtor_terms", "default_30_days", "instalments", "issue_date"} == {
        value for name, value in vars(due_dates).items() if name.startswith("BY_")
    }
    assert {
        "over_settled", "over_allocated", "unknown_document", "other_currency", "unreadable_terms",
        "instalments_differ", "ambiguous_document",
    } == {
        facts.OVER_SETTLED, facts.OVER_ALLOCATED, facts.UNKNOWN_DOCUMENT, facts.OTHER_CURRENCY,
        facts.UNREADABLE_TERMS, facts.INSTALMENTS_DIFFER, facts.AMBIGUOUS_DOCUMENT,
    }  # fmt: skip
