"""A number behind "SAUF" or "HORS" is what the payer does not pay."""

from __future__ import annotations

from datetime import date

import pytest

from tests.unit.reconcile.books import debtors_of, item, lines, one

FIRMS = debtors_of(["Fonderie des Tilleuls", "Moreau Services"])
SUMS = (5935_92, 2967_96, 5541_60, 1203_45, 777_99, 330_12)
NOVEMBER = [
    item(f"F25-{2293 + 11 * n:05d}", "D0", amount, issued_on=date(2025, 11, 3 + 4 * n), due_on=date(2025, 12, 20))
    for n, amount in enumerate(SUMS)
]
DECEMBER = [
    item(f"F25-{2400 + 13 * n:05d}", "D0", amount + 7_77 * n, issued_on=date(2025, 12, 2 + 4 * n))
    for n, amount in enumerate(SUMS)
]
FIRST, SECOND, THIRD = (row["number"] for row in NOVEMBER[:3])


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        (f"FACTURES 11/2025 HORS {THIRD} EN LITIGE", (1, 2, 4, 5, 6)),
        (f"RELEVE NOVEMBRE 2025 SAUF FACT {THIRD}", (1, 2, 4, 5, 6)),
        (f"RELEVE NOVEMBRE 2025 A L'EXCEPTION DE LA FACTURE {THIRD}", (1, 2, 4, 5, 6)),
        (f"REGLT NOVEMBRE SAUF FACT N° {THIRD} ET {FIRST}", (2, 4, 5, 6)),
        (f"FACT {FIRST} {SECOND} SAUF {THIRD}", (1, 2)),
        (f"FACT {THIRD} HORS TAXES", (3,)),
    ],
)
def test_what_is_left_out(text: str, paid: tuple[int, ...]) -> None:
    """All of the month but those; "HORS TAXES" leaves no number out."""
    due = [(n, SUMS[n - 1]) for n in paid]
    decision = one(
        [*NOVEMBER, *DECEMBER],
        sum(amount for _, amount in due),
        text,
        "FONDERIE DES TILLEULS",
        debtors=FIRMS,
        received_on=date(2025, 12, 28),
    )
    assert ("auto", due) == (decision.status, lines(decision))


def test_less_money_beside_what_is_left_out_is_no_part_of_it() -> None:
    """Where nothing adds up, a part of the very invoice is not paid."""
    text = f"RELEVE NOVEMBRE 2025 SAUF FACT {THIRD}"
    decision = one(NOVEMBER, 1234_56, text, "FONDERIE DES TILLEULS", debtors=FIRMS)
    assert "auto" != decision.status
    assert 3 not in [item_id for proposal in decision.proposals for item_id, _ in proposal.lines]


def test_figures_that_are_left_out_are_no_end_of_a_number_either() -> None:
    """Numbers of nothing but figures, too much money for the one, and not all of the month."""
    plain = [row | {"number": f"2511{n:05d}"} for n, row in enumerate(NOVEMBER, 613)]
    text = f"FACTURES 11/2025 SAUF FACT {plain[2]['number']}"
    decision = one(plain, 9999_99, text, "FONDERIE DES TILLEULS", debtors=FIRMS)
    assert "auto" != decision.status


def test_the_sum_of_what_is_left_out() -> None:
    """Two at half its price are all the rest of the month: a whole number, and its sum, are not what is paid."""
    month = [item(f"F26-0{4510 + 14 * n}", "D0", amount) for n, amount in enumerate((674_80, 337_40, 337_40))]
    text = "REGLT MARS 2026 SAUF FACT F26-04510"
    decision = one(month, 674_80, text, "FONDERIE DES TILLEULS", debtors=FIRMS)
    assert [(2, 337_40), (3, 337_40)] == lines(decision)
