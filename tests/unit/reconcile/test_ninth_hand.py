"""What a ninth hand's ledger showed: numbers in parts, centres of groups, differences beside a number."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import DURAND, debtors_of, item, lines, one

MONTHLY = [item(f"2026.{month:02d}.0004", DURAND, 813_00, issued_on=date(2026, month, 1)) for month in (1, 2, 3, 4)]


@pytest.mark.parametrize("text", ["FACT 26.02.0004", "FACT 2026.2.4", "FACT 02.0004", "2026-2-0004", "FA 26/02/0004"])
def test_a_month_that_stands_before_the_counter(text: str) -> None:
    """With its year in two digits, without its nought, or alone: it tells which of four equal invoices is paid."""
    decision = one(MONTHLY, 813_00, text, "DURAND ET FILS")
    assert ("auto", [(2, 813_00)]) == (decision.status, lines(decision))


def test_another_month_than_that_of_any_invoice() -> None:
    """ "09.0004" is none of these: silent money would pay the oldest, this may not."""
    assert "auto" != one(MONTHLY, 813_00, "FACT 09.0004", "DURAND ET FILS").status


def test_a_dotted_number_is_no_amount() -> None:
    """The "8.48" within "2026.8.48" is a month and a counter."""
    items = [item(f"2026.03.00{n}", DURAND, 296_57) for n in (47, 48, 49, 50)]
    decision = one(items, 593_14, "REGLT FACT 2026.3.49 - 2026.3.50", "DURAND ET FILS")
    assert ("auto", [(3, 296_57), (4, 296_57)]) == (decision.status, lines(decision))


FAMILY = debtors_of(["Groupe Lemonnier", "Lemonnier Dole SAS", "Lemonnier Gap SAS", "Vasseur Conseil SARL"])
OF_FAMILY = [item("VF26-001065", "D1", 720_01), item("VF26-001066", "D3", 512_30), item("VF26-001067", "D0", 80_00)]


@pytest.mark.parametrize(
    ("number", "amount", "status"),
    [("VF26-001065", 720_01, "auto"), ("VF26-001065", 720_00, "suggested"), ("VF26-001066", 512_30, "suggested")],
)
def test_a_centre_that_is_a_debtor_itself(number: str, amount: int, status: str) -> None:
    """It pays for companies of its name, though nobody told whose parent it is; a stranger's number it contradicts."""
    assert status == one(OF_FAMILY, amount, f"FACT {number}", "GROUPE LEMONNIER", debtors=FAMILY).status


def test_a_centre_whose_companies_owe_one_sum() -> None:
    """A short number may be a slip: another company of the name owes the very sum."""
    items = [item("VF26-011065", "D1", 720_01), item("VF26-011071", "D2", 720_01)]
    assert "auto" != one(items, 720_01, "FACT 11065", "GROUPE LEMONNIER", debtors=FAMILY).status


def test_a_list_of_ends_of_numbers() -> None:
    """What follows an unknown number, as long as it, is one more."""
    items = [item(f"40{n}", DURAND, amount) for n, amount in ((90265, 1_112_11), (90502, 405_01), (90611, 77_20))]
    decision = one(items, 1_517_12, "VOTRE FACTURE 90265 90502", "DURAND ET FILS")
    assert ("auto", [(1, 1_112_11), (2, 405_01)]) == (decision.status, lines(decision))
