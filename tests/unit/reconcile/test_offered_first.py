"""What a person is offered first, where nothing is sure."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, item, lines, one


def monthly(counter: int, months: range) -> list[dict[str, object]]:
    """Durand's subscription: one counter and one sum each month, beside many other numbers."""
    return [
        item(
            f"F-2026-{month:02}-{n:04}",
            DURAND if n == counter else MARTIN,
            142_78 if n == counter else 50_00 + n,
            issued_on=date(2026, month, 1),
            due_on=date(2026, month, 28),
        )
        for month in months
        for n in range(1, 300, 7)
    ]


def number_of(items: list[dict[str, object]], at: int) -> object:
    """The number of the item with an id."""
    return items[at - 1]["number"]


def test_of_a_counter_of_several_months_the_one_due_nearest() -> None:
    """ "FRE 0162" is of any month: the one due when the money came goes first, its neighbours next."""
    items = monthly(162, range(1, 7))
    decision = one(items, 142_78, "Fre 0162", "DURAND ET FILS", received_on=date(2026, 4, 30))
    offered = [number_of(items, proposal.lines[0][0]) for proposal in decision.proposals[:3]]
    assert "suggested" == decision.status
    assert ("F-2026-04-0162", {"F-2026-03-0162", "F-2026-05-0162"}) == (offered[0], set(offered[1:]))


@pytest.mark.parametrize("text", ["FACTURE 0162 DU 01/03/26", "FACTURE 0162 DU 01/03/2026", "MARS FACTURE 0162"])
def test_a_day_or_a_month_tells_which_it_is(text: str) -> None:
    """The text says when it was issued."""
    items = monthly(162, range(1, 7))
    decision = one(items, 142_78, text, "DURAND ET FILS", received_on=date(2026, 4, 30))
    assert ("auto", "F-2026-03-0162") == (decision.status, number_of(items, lines(decision)[0][0]))
    other = one(items, 142_78, "FACTURE 0162 DU 15/03/26", "DURAND ET FILS", received_on=date(2026, 4, 30))
    assert "auto" != other.status


@pytest.mark.parametrize("paid", [2_823_00, 1_882_00, 941_00, 4_705_00, 5_363_70])
def test_a_usual_share_of_an_invoice_goes_before_the_oldest(paid: int) -> None:
    """A half, a third, the VAT alone, the sum without it, or all but 5 %: to the cent, and no number."""
    items = [item(f"FA-26-010{n}", DURAND, amount) for n, amount in enumerate((6_011_11, 5_646_00, 8_123_45))]
    decision = one(items, paid, "REGLEMENT", "DURAND ET FILS")
    assert ("suggested", [(2, paid)]) == (decision.status, lines(decision))


def test_another_invoice_less_its_discount_comes_after_the_one_named() -> None:
    """The text spells the number of which 2 % are missing, too late; that another one would fit is a hint."""
    items = [
        item("FA-26-0101", DURAND, 1_000_00, discount_terms="2% 8 jours", issued_on=date(2026, 1, 5)),
        item("FA-26-0102", DURAND, 1_000_00, discount_terms="2% 8 jours", issued_on=date(2026, 4, 8)),
    ]
    decision = one(items, 980_00, "FA-26-0101", "DURAND ET FILS")
    assert ("suggested", [(1, 980_00)]) == (decision.status, lines(decision))


def test_of_many_with_one_sum_those_that_bear_something_of_the_payers_name() -> None:
    """The holding of a chain is no debtor: its shops are offered before strangers that are due as well."""
    names = ["Ambre Zeta", "Brigol Zeta", "Calypso", "Durfort", "Bricolor Relais Gap", "Espalier"]
    items = [item(f"FA-26-010{n}", f"D{n}", 288_00, due_on=date(2026, 4, 10 - n)) for n in range(len(names))]
    decision = one(items, 288_00, "VIREMENT", "BRICOLOR HOLDING", debtors=debtors_of(names))
    assert "suggested" == decision.status
    assert [(5, 288_00)] == lines(decision)


@pytest.mark.parametrize("behind", [5, 9])
def test_a_list_that_was_cut_goes_on_with_the_next_numbers(behind: int) -> None:
    """The bank left two numbers of many; the invoices behind them, one after the other, make up the rest."""
    amounts = [118_80 + n * n * 3_137 % 90_001 for n in range(20)]
    items = [item(f"FA-26-01{n:02}", DURAND, amount) for n, amount in enumerate(amounts)]
    paid = sum(amounts[1 : 3 + behind])
    decision = one(items, paid, "FACTURES FA-26-0101 FA-26-0102 FA-".ljust(140, "X"), "DURAND ET FILS")
    assert ("suggested", [(n + 1, amounts[n]) for n in range(1, 3 + behind)]) == (decision.status, lines(decision))
