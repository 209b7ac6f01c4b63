"""Transfers of our own that came back: nobody's payment, however well the sum fits."""

from __future__ import annotations

from typing import Any

import pytest

from hub.core.reconcile.texts.given_back import given_back
from tests.unit.reconcile.books import DURAND, item, one, receipt, receipts_of

OPEN = item("FA2026-0101", DURAND, 777_70)
NAME = "ETS DURAND ET FILS"


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("REJET VIR EMIS FA2026-0101", {}),
        ("RETOUR VIREMENT FA2026-0101", {}),
        ("Retour de virement émis le 03/04 FA2026-0101", {}),
        ("VIR SEPA EMIS REJETE REMBT FA2026-0101", {}),
        ("VIR ETS DURAND ET FILS RETOUR V\nIREMENT FA2026-0101 CLOS", {}),  # a label of 31, and what follows
        ("FA2026-0101", {"return_reason": "AC04"}),
        ("FA2026-0101", {"transaction_code": "PMNT-ICDT-RRTN"}),
        ("FA2026-0101", {"method": "return"}),
    ],
)
def test_a_person_decides_what_a_transfer_of_ours_that_came_back_is(text: str, more: dict[str, Any]) -> None:
    """Number, name and sum agree, and yet it is the bank that gives money back: shown, never applied."""
    decision = one([OPEN], 777_70, text, NAME, **more)
    assert "suggested" == decision.status
    assert "the bank says that a transfer of ours came back" == decision.proposals[0].evidence["against"]


def test_one_that_fits_nothing_is_no_receipt() -> None:
    """Not left among the receipts that nobody understands."""
    decision = one([OPEN], 12_34, "REJET VIR EMIS FOURNISSEUR LAMBDA", None)
    assert ("not_a_receipt", "own_transfer_returned") == (decision.status, decision.rule)


@pytest.mark.parametrize(
    "text",
    [
        "FA2026-0101 SUITE REJET VIR EMIS LE 03/04",
        "REGLT FA2026-0101 REJET PRELEVEMENT",
        "FA2026-0101 APRES REJET VIR EMIS",
        "VIR FA2026-0101 ANNULE ET REMPLACE VIREMENT DU 03/04",
    ],
)
def test_who_pays_once_more_after_a_failure_has_paid(text: str) -> None:
    """The debtor tells of a transfer or a direct debit that failed, and pays again."""
    assert "auto" == one([OPEN], 777_70, text, NAME).status


def test_money_that_left_is_no_money_given_back() -> None:
    """A return takes a receipt back; it has its own rules."""
    assert {1} == given_back(
        receipts_of([receipt(-5_00, "REJET VIR EMIS", return_reason="AC04"), receipt(5_00, "REJET VIR EMIS")])
    )
