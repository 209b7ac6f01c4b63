"""What a tenth hand's ledger showed: families that pay, names of one word, one number at two sellers."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import debtors_of, item, lines, one

SCHOOL = debtors_of(["EARL Le Bras", "Le Bras Sandrine", "Laurent SA", "Noé Hauswirth", "Hauswirth Distribution"])
FEES = [
    item("418656", "D1", 1319_26),
    item("418702", "D3", 890_00),
    item("418745", "D0", 200_00),
]


@pytest.mark.parametrize(
    ("text", "amount", "paid"),
    [
        ("VIR M OU MME LE BRAS DIDIER FACT 418656", 1319_26, 1),
        ("VIR M OU MME HAUSWIRTH CECILE FACT 418702", 890_00, 2),
    ],
)
def test_a_parent_pays_by_the_number(text: str, amount: int, paid: int) -> None:
    """A company of the family's name is a debtor as well: it is no more the payer than the pupil's family."""
    decision = one(FEES, amount, text, debtors=SCHOOL)
    assert ("auto", [(paid, amount)]) == (decision.status, lines(decision))


def test_a_label_that_is_a_debtors_name_and_nothing_else() -> None:
    """Where the debtor explains all of the label, the pupil of its name is contradicted."""
    assert "auto" != one(FEES, 890_00, "VIR HAUSWIRTH DISTRIBUTION FACT 418702", debtors=SCHOOL).status


ORDINARY = debtors_of(["Nord", "Express", "Durand Toiture SARL"])
OWED = [item("418656", "D0", 1915_79), item("418657", "D1", 844_95)]


@pytest.mark.parametrize(
    ("text", "name", "amount", "status"),
    [
        ("CAISSE NORD EST", "EMILIE BERNARD", 1915_79, "suggested"),
        ("PLACEMENT NORD", "EMILIE BERNARD", 1915_79, "suggested"),
        ("VIR OLIVIER FAUGERAS TRANSPORT EXPRESS RETOUR", None, 844_95, "suggested"),
        ("VIR EXPRESS REGLEMENT", None, 844_95, "auto"),
        ("VIR EXPRESS", "EXPRESS", 844_95, "auto"),
        ("VIR OLIVIER FAUGERAS EXPRESS FACT 418657", None, 844_95, "auto"),
    ],
)
def test_a_name_that_is_an_ordinary_word(text: str, name: str | None, amount: int, status: str) -> None:
    """Among other words it names nobody for sure; alone, or beside a number, it does."""
    assert status == one(OWED, amount, text, name, debtors=ORDINARY).status


SHARED = [
    item("419397", "D1", 890_00),
    item("419397", "D0", 670_24, issued_on=date(2026, 10, 30)),
]


def test_a_number_that_another_seller_uses_months_later() -> None:
    """Nobody quotes the number of an invoice of next autumn, whoever bears the payer's name there."""
    decision = one(SHARED, 296_66, "VIR M OU MME LE BRAS DIDIER FACT 419397 1 /3", debtors=SCHOOL)
    assert ("auto", [(1, 296_66)]) == (decision.status, lines(decision))
