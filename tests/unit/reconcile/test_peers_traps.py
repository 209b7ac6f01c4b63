"""Traps others fall into: a shared number, a greedy choice, one item used twice, a tie decided by chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hub.core.reconcile import Policy, reconcile
from hub.core.reconcile.inputs import Debtors
from tests.benchmarks.reconciliation import other_hand, receipts, third_hand, worst
from tests.benchmarks.reconciliation.__main__ import run_engine
from tests.benchmarks.reconciliation.scorer import score
from tests.unit.reconcile.books import DEBTORS, DURAND, MARTIN, TODAY, decide, item, items_of, one, receipt, receipts_of


def test_a_number_two_debtors_share_needs_the_payer() -> None:
    """000123 of two series: without a payer nobody knows which."""
    items = [item("000123", DURAND, 100_00), item("A000123", MARTIN, 100_00)]
    assert "auto" != one(items, 100_00, "000123", None).status
    assert [(2, 100_00)] == [*one(items, 100_00, "000123", "MENUISERIE MARTIN").proposals[0].lines]


def test_the_oldest_items_that_fill_a_receipt_are_not_its_answer() -> None:
    """A greedy choice in the order of dates would use up the receipt; only one set adds up."""
    items = [
        item(f"F{n}", DURAND, amount) for n, amount in ((1001, 40_00), (1002, 55_17), (1003, 61_29), (1004, 38_11))
    ]
    assert [(2, 55_17), (4, 38_11)] == sorted(one(items, 93_28, "VIREMENT", "DURAND ET FILS").proposals[0].lines)


def test_two_sets_that_add_up_are_never_automatic() -> None:
    """One invoice, or two others."""
    items = [item("F1001", DURAND, 40_13), item("F1002", DURAND, 55_17), item("F1003", DURAND, 95_30)]
    assert "suggested" == one(items, 95_30, "VIREMENT", "DURAND ET FILS").status


def test_an_item_is_used_once() -> None:
    """Three receipts of one amount and number: the first settles it, the others are second payments."""
    decisions = decide([item("FA-2026-0101", DURAND, 99_00)], [receipt(99_00, "FA-2026-0101", "DURAND ET FILS")] * 3)
    assert ["auto", "unapplied", "unapplied"] == [d.status for d in decisions]
    assert ["duplicate"] * 2 == [d.rule for d in decisions[1:]]


def test_two_debtors_of_one_name_are_a_tie() -> None:
    """Both owe the sum: no automatic decision, both are offered."""
    twins: Debtors = replace(DEBTORS, name=["Durand SAS", "Durand SAS", *DEBTORS.name[2:]])
    items = items_of([item("F1001", DURAND, 77_00), item("F1002", MARTIN, 77_00)])
    row = receipts_of([receipt(77_00, "VIREMENT", "DURAND SAS")])
    decision = reconcile(items, twins, row, policy=Policy(), today=TODAY).decisions[0]
    assert "suggested" == decision.status
    assert {1, 2} == {p.lines[0][0] for p in decision.proposals[:2]}


@pytest.mark.parametrize("hand", [receipts, other_hand, third_hand])
def test_no_hand_makes_the_engine_wrong(hand: Any) -> None:
    """A small ledger of each generator: nothing wrong, nothing touched that must be left, nearly all decided."""
    scenario = hand.make_scenario(5, 1_500)
    result = score(scenario, run_engine(scenario)[0])
    assert (0, 0) == (result.auto_wrong, result.must_leave_touched)
    assert result.auto_rate > 0.96


@pytest.mark.parametrize(
    ("half", "full"),
    [
        (worst.equal_amounts(1_000, 400), worst.equal_amounts(2_000, 800)),
        (worst.unlike_amounts(1_000, 5), worst.unlike_amounts(2_000, 5)),
        (worst.long_text(50_000), worst.long_text(100_000)),
        (worst.long_list(2_000), worst.long_list(4_000)),
        (worst.equal_amounts(1_000, 400, kept=True), worst.equal_amounts(2_000, 800, kept=True)),
        (worst.unlike_amounts(1_000, 5, kept=True), worst.unlike_amounts(2_000, 5, kept=True)),
    ],
    ids=["equal amounts", "unlike amounts", "a text", "a list", "equal amounts, kept", "unlike amounts, kept"],
)
def test_twice_the_size_is_about_twice_the_work(half: worst.Run, full: worst.Run) -> None:
    """Counted in function calls, which no other program on the machine can change."""
    assert worst.calls(full) < 2.3 * worst.calls(half)
