"""Figures of a label that speaks of other money, from somebody unknown, are no invoice's, though they look so."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.reconcile.books import debtors_of, item, lines, one

MONDAY = date(2026, 1, 5)
FIRMS = debtors_of(["Colin Location SARL", "Moreau Services", "Perrin Énergie SAS", "Gauthier Édition EURL"])
ITEMS = [
    item(f"2026-{14000 + 7 * n}", f"D{n % 4}", 99_00 + n * 13_70, issued_on=MONDAY + timedelta(days=n))
    for n in range(24)
]
SUM = 99_00 + 2 * 13_70  # of 2026-14014


@pytest.mark.parametrize(
    "text",
    [
        "PRET 2026-14014",
        "SALAIRE 2026-14014",
        "VIREMENT INTERNE 2026-14014",
        "AVOIR SUR VOTRE COMMANDE 2026-14014",
        "CDE N° 2026-14014",
    ],
)
@pytest.mark.parametrize("name", [None, "FOURNITURES HELIOS"])
def test_figures_of_other_money(text: str, name: str | None) -> None:
    """A loan's, a supplier's order: number and sum are chance, or a person must say so."""
    assert "auto" != one(ITEMS, SUM, text, name, debtors=FIRMS).status


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PRET 2026-14014", "PERRIN ENERGIE"),  # the debtor itself
        ("DEBLOCAGE PRET FACT 2026-14014", "CREDIT MUTUEL"),  # a word for invoices: a bank that pays for its client
        ("CDE 4471 FACTURE 2026-14014", "FOURNITURES HELIOS"),
        ("2026-14014", "FOURNITURES HELIOS"),
    ],
)
def test_figures_of_an_invoice(text: str, name: str) -> None:
    """Who pays is the debtor, or the text has a word for invoices, or no other."""
    decision = one(ITEMS, SUM, text, name, debtors=FIRMS)
    assert ("auto", [(3, SUM)]) == (decision.status, lines(decision))


def test_letters_of_our_own_are_no_loans() -> None:
    """The number is plainly one of ours, whatever stands before it."""
    lettered = [{**row, "number": f"FA{row['number']}"} for row in ITEMS]
    assert "auto" == one(lettered, SUM, "REVERSEMENT FA2026-14014", "AGENCE HELIOS", debtors=FIRMS).status


def test_a_label_cut_within_the_word() -> None:
    """Thirty-one characters, and the line that follows."""
    short = [{**row, "number": row["number"].replace("-", "")[3:]} for row in ITEMS]
    label = f"VIR LA POSTE AVOIR SUR VOTRE CO\nMMANDE {short[2]['number']}"
    assert "auto" != one(short, SUM, label, None, debtors=FIRMS).status
