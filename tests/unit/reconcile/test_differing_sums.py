"""Sums that differ from what a discount's terms, an order or a currency would have: what still explains them."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Decision
from tests.unit.reconcile.books import DURAND, MARTIN, item, lines, one

NAME = "DURAND ET FILS"
TERMS = {"discount_terms": "2% 30 jours", "issued_on": date(2026, 3, 20)}
IN_TIME = [item(f"FA-2026-0000{n}", DURAND, due, **TERMS) for n, due in enumerate((1_013_17, 577_45, 731_90), 1)]
GROSS = item("FA-2026-00009", DURAND, 888_88)
NET = [992_91, 565_90, 717_26]


def silent(amount: int) -> Decision:
    return one([*IN_TIME, GROSS], amount, "VIREMENT", NAME)


@pytest.mark.parametrize("many", [2, 3])
def test_several_less_their_discounts(many: int) -> None:
    """A known payer says nothing: one set of its invoices, each less its own discount, makes the sum."""
    decision = silent(sum(NET[:many]))
    assert ("auto", "payer_discount") == (decision.status, decision.rule)
    assert [(n + 1, NET[n]) for n in range(many)] == lines(decision)
    assert many == len(decision.proposals[0].deductions)


def test_those_in_time_less_their_discount_and_another_in_full() -> None:
    """A debtor pays what is due, and keeps back only what the terms still allow."""
    decision = silent(sum(NET[:2]) + 888_88)
    assert ("auto", [(1, NET[0]), (2, NET[1]), (4, 888_88)]) == (decision.status, lines(decision))
    assert {1, 2} == {of for _, of, _ in decision.proposals[0].deductions}


ORDERS = [
    item("FA-2026-00001", DURAND, 1_013_17, order_ref="CDE4501"),
    item("FA-2026-00002", DURAND, 577_45, order_ref="CDE4501", due_on=date(2026, 3, 15)),
    item("FA-2026-00003", DURAND, 731_90, order_ref="CDE4777"),
    item("FA-2026-00004", DURAND, 600_00, due_on=date(2026, 1, 31)),
]


@pytest.mark.parametrize(
    ("order", "amount", "paid"),
    [
        ("CDE4777", 300_00, [(3, 300_00)]),  # a part
        ("CDE4777", 800_00, [(3, 731_90)]),  # too much
        ("CDE 4501", 700_00, [(1, 122_55), (2, 577_45)]),  # the oldest of the order first, and no older one beside it
    ],
)
def test_an_order_and_another_sum_is_offered(order: str, amount: int, paid: list[tuple[int, int]]) -> None:
    """An order may have more invoices than came: its own are offered, not the debtor's oldest."""
    decision = one(ORDERS, amount, order, NAME)
    assert ("suggested", "order_in_part", paid) == (decision.status, decision.rule, lines(decision))


def test_an_order_but_for_a_rounding() -> None:
    """Forty cents less than the order has open."""
    decision = one(ORDERS, 731_50, "CDE4777", NAME)
    assert ("auto", "named_less_rounding", [(3, 731_50)]) == (decision.status, decision.rule, lines(decision))
    assert decision.reason.startswith("The text quotes CDE4777, the reference of FA-2026-00003")


DOLLARS = [item(f"INV-100{n}", DURAND, due, currency="USD") for n, due in ((1, 1_000_00), (2, 500_00))]


def ordered(amount: int, text: str, dollars: int | None, name: str = NAME) -> Decision:
    return one(DOLLARS, amount, text, name, original_amount_minor=dollars, original_currency=dollars and "USD")


@pytest.mark.parametrize(
    ("text", "dollars", "paid", "uses"),
    [
        ("INV-1001", 995_00, [(1, 995_00)], 920_00),  # but for an exchange difference
        ("INV-1001 INV-1002", 1_495_00, [(1, 995_00), (2, 500_00)], 920_00),
        ("INV-1001", 600_00, [(1, 600_00)], 920_00),  # a part
        ("INV-1001 INV-1002", 1_200_00, [(1, 1_000_00), (2, 200_00)], 920_00),
        ("INV-1001", 1_250_00, [(1, 1_000_00)], 736_00),  # too much: its share of the receipt
        ("INV-1001", None, [(1, 1_000_00)], 920_00),  # nobody knows what was ordered
    ],
)
def test_another_sum_was_ordered(text: str, dollars: int | None, paid: list[tuple[int, int]], uses: int) -> None:
    """The number is certain and the sum is not: a person looks at it, with what it would use up of the euros."""
    decision = ordered(920_00, text, dollars)
    assert ("suggested", "other_currency", paid) == (decision.status, decision.rule, lines(decision))
    assert ("EUR", uses) == decision.proposals[0].exchange


def test_another_debtors_number_in_dollars() -> None:
    """Who pays is known as somebody else."""
    rows = [*DOLLARS, item("FA-2026-00004", MARTIN, 77_00)]
    decision = one(
        rows, 920_00, "INV-1001", "MENUISERIE MARTIN", original_amount_minor=1_000_00, original_currency="USD"
    )
    assert "auto" != decision.status
