"""The payer's own list: it outranks the text, though its numbers, or its sum, are not as the ledger has them."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from hub.core.reconcile import Decision, Remittances, SettledNumbers
from tests.unit.reconcile.books import DURAND, MARTIN, lines, one
from tests.unit.reconcile.books import item as made

FIRST, SECOND, THIRD, NOTE = "FA-2026-00001", "FA-2026-00002", "FA-2026-00003", "AV-2026-00001"
LEDGER = [
    made(FIRST, DURAND, 1_000_00, discount_terms="2% 30 jours", issued_on=date(2026, 3, 20)),
    made(SECOND, DURAND, 500_00),
    made(THIRD, DURAND, 700_00),
    made("FA-2026-00004", MARTIN, 700_00),
    made(NOTE, DURAND, 103_17, kind="credit_note"),
]
BOTH = ((FIRST, 1_000_00), (SECOND, 500_00))
IN_FULL = [(1, 1_000_00), (2, 500_00)]


def listed(
    amount: int,
    *rows: tuple[str, int | None],
    payer: str = "DURAND ET FILS",
    text: str = "VIREMENT",
    settled: SettledNumbers | None = None,
    **of: Any,
) -> Decision:
    """The decision for a receipt with one list: of this receipt, unless a debtor or a total is given instead."""
    own = {"receipt_id": [None]} if of else {"receipt_id": [1]}
    table = Remittances(id=[5], lines=[rows], sent_on=[date(2026, 4, 9)], **own, **{name: [of[name]] for name in of})
    return one(LEDGER, amount, text, payer, remittances=table, settled=settled)


def kept(decision: Decision) -> list[tuple[str, int | None, int]]:
    return list(decision.proposals[0].deductions)


@pytest.mark.parametrize(
    "numbers",
    [
        (FIRST, SECOND),
        ("2026-1", "2026/2"),
        ("1", "00002"),
        ("FA-2O26-OOOO1", SECOND),
        ("Facture n° FA-2026-00001", "FACT 2026 00002"),
        ("FA-2026-00091", SECOND),
        ("FA-2026-0001", "FA 2026 02"),
    ],
)
def test_its_numbers_are_read_like_a_text(numbers: tuple[str, str]) -> None:
    """Without letters or noughts, with O for 0, with words in front, with a slip: a line has its sum besides."""
    decision = listed(1_500_00, (numbers[0], 1_000_00), (numbers[1], 500_00))
    assert ("auto", "remittance_exact", IN_FULL) == (decision.status, decision.rule, lines(decision))


def test_it_outranks_the_text() -> None:
    """The text names another invoice; a part is taken as stated."""
    decision = listed(800_00, (FIRST, 300_00), (SECOND, 500_00), text=THIRD)
    assert ("remittance_exact", [(1, 300_00), (2, 500_00)]) == (decision.rule, lines(decision))
    assert [] == kept(decision)


def test_a_slip_is_none_where_the_number_was_paid() -> None:
    """FA-2026-00011 is closed: no misprint of 00001, though the sum agrees. What is open is paid, the rest waits."""
    paid = SettledNumbers(seller=["ACME"], debtor=[DURAND], number=["FA-2026-00011"])
    decision = listed(1_500_00, ("FA-2026-00011", 1_000_00), (SECOND, 500_00), settled=paid)
    assert ("auto", [(2, 500_00)]) == (decision.status, lines(decision))
    assert ["FA-2026-00011"] == decision.proposals[0].evidence["not_found"]


def test_a_stranger_needs_whole_numbers() -> None:
    """Nobody knows who paid: counters and their sums are for a person, whole numbers are proof."""
    assert "auto" == listed(1_500_00, *BOTH, payer="ZORGLUB HANDELS").status
    loose = listed(1_500_00, ("2026/00001", 1_000_00), ("2026/00002", 500_00), payer="ZORGLUB HANDELS")
    assert ("suggested", IN_FULL) == (loose.status, lines(loose))


@pytest.mark.parametrize(
    "rows",
    [
        ((FIRST, 980_00), (SECOND, 500_00)),
        ((FIRST, 1_000_00), (FIRST, -20_00), (SECOND, 500_00)),
        (*BOTH, ("ESCOMPTE", -20_00)),
        BOTH,
        ((FIRST, None), (SECOND, None)),
    ],
    ids=["net", "a line of its own", "a line beside", "unsaid", "no sums"],
)
def test_a_discount_is_a_discount(rows: tuple[tuple[str, int | None], ...]) -> None:
    """However the list shows what its terms allow on that day: nothing of the invoice stays open."""
    decision = listed(1_480_00, *rows)
    assert ("auto", [(1, 980_00), (2, 500_00)]) == (decision.status, lines(decision))
    assert [("discount", 1, 20_00)] == kept(decision)


def test_a_rounding_and_a_credit_note() -> None:
    """What is missing of the sum is explained as beside numbers in a text."""
    assert [("rounding", 1, 50)] == kept(listed(1_499_50, *BOTH))
    netted = listed(1_396_83, *BOTH)
    assert ("named_less_credit_note", [(1, 1_000_00), (2, 500_00), (5, -103_17)]) == (netted.rule, lines(netted))
    assert netted.reason.startswith("The payer's list names")


@pytest.mark.parametrize(("said", "status"), [("AVOIR", "auto"), ("Avoir 1", "auto"), ("AV-2025-77", "suggested")])
def test_a_credit_note_by_its_sum(said: str, status: str) -> None:
    """A line that takes off what one note has: its figures are the end of the note's, or there are none."""
    decision = listed(1_396_83, *BOTH, (said, -103_17))
    assert (status, [(1, 1_000_00), (2, 500_00), (5, -103_17)]) == (decision.status, lines(decision))


def test_something_else_taken_off_is_a_question() -> None:
    """A retention that is no item of ours: the list's invoices are offered, and a person decides about the 50 euros."""
    decision = listed(1_450_00, *BOTH, ("RETENUE", -50_00))
    assert "suggested" == decision.status
    assert {1, 2} == {row for row, _ in lines(decision)}


def test_less_than_it_states() -> None:
    """Parts are stated, and less came than these: offered, never applied."""
    decision = listed(750_00, (FIRST, 300_00), (SECOND, 500_00))
    assert ("suggested", [(1, 300_00), (2, 450_00)]) == (decision.status, lines(decision))


def test_what_else_it_names_stays_unapplied() -> None:
    """An invoice that nobody has takes its money with it, to the cent; another rest is for a person."""
    assert ("auto", IN_FULL) == (
        listed(1_800_00, *BOTH, ("FA-2019-77777", 300_00)).status,
        lines(listed(1_800_00, *BOTH, ("FA-2019-77777", 300_00))),
    )
    assert "suggested" == listed(1_790_00, *BOTH, ("FA-2019-77777", 300_00)).status


def test_a_list_of_the_week_is_offered() -> None:
    """It names no receipt and makes another sum, which the discount explains: else nothing says so."""
    decision = listed(1_480_00, *BOTH, debtor=DURAND, total_minor=1_500_00)
    assert ("suggested", "named_less_discount") == (decision.status, decision.rule)
    assert decision.rule != listed(1_380_00, *BOTH, debtor=DURAND, total_minor=1_500_00).rule
    assert decision.rule != listed(1_480_00, *BOTH, debtor=MARTIN, total_minor=1_500_00).rule


@pytest.mark.parametrize("number", ["", "\u202e", "9" * 10_000, "😀"])
def test_odd_lines_break_nothing(number: str) -> None:
    """They name nothing; the rest of the list holds, and is for a person."""
    decision = listed(500_00, (number, 1), (SECOND, 500_00))
    assert ("suggested", [(2, 500_00)]) == (decision.status, lines(decision))
