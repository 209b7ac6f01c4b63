"""The books agree, or we say so; and what can still be asked for."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.ledger.claims import Contest, open_claims
from hub.core.ledger.facts import Allocations, Settlements
from hub.core.ledger.gaps import Candidate, Control, Movement, book_value_minor, find_gaps
from hub.core.ledger.open_items import open_ledger
from tests.unit.ledger.build import AS_OF, documents, settlements

ROWS = (
    {"id": 1, "total_minor": 5_000},
    {"id": 2, "total_minor": 7_000},
    {"id": 3, "total_minor": 11_000},
    {"id": 4, "kind": "credit_note", "total_minor": 2_000},
)


def items(*rows):
    """Open items of rows with nothing settled."""
    return open_ledger(documents(*rows), Settlements(), Allocations(), as_of=AS_OF).items


def control(minor: int, debtor: str = "C1", currency: str = "EUR") -> Control:
    """The books' balance of a debtor of ACME."""
    return Control("ACME", debtor, currency, minor)


def causes(minor: int, *movements: Movement) -> tuple[Candidate, ...]:
    """The candidates of the only gap when the books say `minor`."""
    (gap,) = find_gaps(items(*ROWS), [control(minor)], movements=movements).gaps
    assert (21_000, minor, 21_000 - minor) == (gap.open_minor, gap.control_minor, gap.difference_minor)
    return gap.candidates


def test_equal_sums_are_no_gap() -> None:
    """To the cent; a debtor without balance is not called agreed but unchecked."""
    found = find_gaps(items(*ROWS, {"id": 5, "debtor_id": "C2"}), [control(21_000)])
    assert ([], 1, [("ACME", "C2", "EUR")]) == found


def test_a_gap_names_the_item_the_books_do_not_have() -> None:
    """Exact amounts first: one item, also a credit."""
    assert (Candidate((("item", 2),), 7_000, True),) == causes(14_000)
    assert (Candidate((("item", 4),), -2_000, True),) == causes(23_000)


def test_a_gap_names_a_pair_when_no_record_stands_alone() -> None:
    """Two items that make up the difference together."""
    assert (Candidate((("item", 1), ("item", 2)), 12_000, True),) == causes(9_000)


def test_a_gap_names_money_one_side_knows() -> None:
    """A receipt the books took off already; an allocation they do not have yet."""
    receipt = Movement("receipt", 77, "ACME", "C1", "EUR", 333)
    assert (Candidate((("receipt", 77),), 333, True),) == causes(21_000 - 333, receipt)
    pending = [Movement("allocation", n, "ACME", "C1", "EUR", 100 + n) for n in (1, 2, 3)]
    assert (Candidate((("allocation", 2),), -102, True),) == causes(21_102, *pending)
    together = causes(21_306, *pending)
    assert (("allocation", 1), ("allocation", 2), ("allocation", 3)) == together[0].records


def test_a_gap_without_exact_cause_names_the_nearest_record() -> None:
    """And says that it is not exact."""
    assert (Candidate((("item", 3),), 11_000, False),) == causes(21_000 - 10_990)


def test_a_gap_shows_few_candidates() -> None:
    """Twins on one day stay candidates, up to five."""
    twins = [{"id": n, "total_minor": 100} for n in range(20)]
    (gap,) = find_gaps(items(*twins), [control(1_900)]).gaps
    assert [n for n in range(5)] == [candidate.records[0][1] for candidate in gap.candidates]


def test_a_balance_without_items_is_a_gap() -> None:
    """The books know a debt that is not here; and the other way round when they leave out settled accounts."""
    found = find_gaps([], [control(500)])
    assert [(0, 500, -500, ())] == [gap[3:] for gap in found.gaps]
    [unread] = find_gaps([], [], missing_is_zero=True, unknown={("ACME", "C1", "EUR")}).gaps
    assert ("C1", 0) == (unread.debtor_id, unread.difference_minor)
    found = find_gaps(items({"id": 1}), [], missing_is_zero=True)
    assert [(10_000, 0, 10_000)] == [gap[3:6] for gap in found.gaps]


def test_foreign_invoices_are_compared_at_the_books_value() -> None:
    """Half paid is half of the books' value, half away from zero; currencies are never added."""
    docs = documents({"id": 1, "currency": "USD", "total_minor": 10_000})
    found = open_ledger(docs, settlements((1, date(2026, 9, 9), 5_000)), Allocations(), as_of=AS_OF)
    assert find_gaps(found.items, [control(4_568)], book_totals={1: (9_135, "EUR")}).gaps == []
    assert find_gaps(found.items, [control(0)]).unchecked == [("ACME", "C1", "USD")]


@pytest.mark.parametrize(
    ("open_minor", "total", "book", "expected"),
    [(10, 10, 7, 7), (5, 10, 7, 4), (-5, 10, 7, -4), (0, 0, 7, 0), (3, 0, 7, 0)],
)
def test_book_value(open_minor: int, total: int, book: int, expected: int) -> None:
    """The same share of the books' value."""
    assert expected == book_value_minor(open_minor, total, book)


def test_a_claim_is_split_by_its_disputes() -> None:
    """Part or whole, open disputes only, never more than is open; credits are no claims."""
    contests = [
        Contest(1, date(2026, 10, 1), None, 1_500),
        Contest(1, date(2026, 10, 2), None, 500),
        Contest(1, date(2026, 12, 1), None, 9),
        Contest(2, date(2026, 10, 1), None, None),
        Contest(2, date(2026, 10, 1), None, 5),
        Contest(3, date(2026, 10, 1), AS_OF, None),
    ]
    expected = [(1, 5_000, 2_000, 3_000), (2, 7_000, 7_000, 0), (3, 11_000, 0, 11_000)]
    for order in (contests, contests[::-1]):
        found = open_claims(items(*ROWS), order, as_of=AS_OF)
        assert expected == [(c.document_id, c.open_minor, c.contested_minor, c.uncontested_minor) for c in found]
    (capped,) = open_claims(items(ROWS[0]), [Contest(1, AS_OF, None, 99_999)], as_of=AS_OF)
    assert (5_000, 0) == (capped.contested_minor, capped.uncontested_minor)
