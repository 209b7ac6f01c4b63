"""When an open item is due, and what that rests on."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.ledger.build import DUE, documents, instalments, kinds, opened, settlements

SEPT = date(2026, 9, 10)


@pytest.mark.parametrize(
    ("row", "account", "due_on", "basis"),
    [
        ({"due_on": DUE, "payment_terms": "60 jours"}, "10 jours", DUE, "invoice"),
        ({"due_on": None, "payment_terms": "45 jours fin de mois"}, "10 jours", date(2026, 10, 31), "terms"),
        ({"due_on": None}, "60 jours", date(2026, 10, 31), "debtor_terms"),
        ({"due_on": None, "payment_terms": " "}, None, date(2026, 10, 1), "default_30_days"),
    ],
)
def test_the_due_date_says_what_it_rests_on(row, account, due_on, basis) -> None:
    """Stated, then the invoice's terms, the account's, and 30 days as the law has it when nothing was
    agreed.
    """
    terms = {("ACME", "C1"): account} if account else {}
    (item,) = opened(documents({"id": 1, **row}), debtor_terms=terms).items
    assert (due_on, basis) == (item.due_on, item.due_basis)


def test_terms_nobody_can_read_are_reported() -> None:
    """They are not guessed: the next basis is taken, and a person told."""
    docs = documents({"id": 1, "due_on": None, "payment_terms": "à la livraison"})
    found = opened(docs, debtor_terms={("ACME", "C1"): "selon accord"})
    assert ["default_30_days"] == found.items.due_basis
    assert [("unreadable_terms", 1, 0), ("unreadable_terms", 1, 0)] == kinds(found)
    found = opened(docs, debtor_terms={("ACME", "C1"): "60 jours"})
    assert (["debtor_terms"], [("unreadable_terms", 1, 0)]) == (found.items.due_basis, kinds(found))


def test_instalments_are_served_oldest_first() -> None:
    """What is open lies on the latest due dates; the item is due on the oldest of these."""
    plan = instalments((1, date(2026, 12, 1), 4_000), (1, date(2026, 10, 1), 3_000), (1, date(2026, 11, 1), 3_000))
    (item,) = opened(documents({"id": 1}), settlements((1, SEPT, 4_000)), instalments=plan).items
    assert ("instalments", date(2026, 11, 1), 21, "late") == (item.due_basis, item.due_on, item.late_days, item.status)
    assert ((date(2026, 11, 1), 2_000), (date(2026, 12, 1), 4_000)) == item.parts


def test_instalments_that_differ_from_the_total_are_named() -> None:
    """Too little: the remainder is due on the invoice's own date; too much: the oldest instalment is cut."""
    less = opened(documents({"id": 1}), instalments=instalments((1, date(2026, 12, 1), 4_000)))
    assert [("instalments_differ", 1, -6_000)] == kinds(less)
    assert [((DUE, 6_000), (date(2026, 12, 1), 4_000))] == less.items.parts
    plan = instalments((1, date(2026, 12, 1), 8_000), (1, date(2026, 11, 1), 8_000))
    more = opened(documents({"id": 1}), instalments=plan)
    assert [("instalments_differ", 1, 6_000)] == kinds(more)
    assert [((date(2026, 11, 1), 2_000), (date(2026, 12, 1), 8_000))] == more.items.parts
