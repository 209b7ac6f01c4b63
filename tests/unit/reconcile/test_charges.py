"""Money missing beside a certain number: kept by a bank abroad, a cash discount, or a question for a person."""

from __future__ import annotations

import pytest

from hub.core.reconcile import Policy
from tests.unit.reconcile.books import DURAND, item, lines, one

INVOICE = item("FA-2026-00123", DURAND, 1000_00)
TEXT, NAME = "FACT FA-2026-00123", "DURAND ET FILS"


@pytest.mark.parametrize(
    ("text", "bank"),
    [
        (TEXT, {"transaction_code": "PMNT-RCDT-XBCT"}),
        (TEXT, {"transaction_code": "39"}),
        (TEXT, {"payer_iban": "TN5910006035183598478831"}),
        (f"{TEXT} FRAIS DEDUITS", {}),
        (f"{TEXT} BANK CHARGES", {}),
        (TEXT, {"original_amount_minor": 1100_00, "original_currency": "USD"}),
    ],
)
def test_charges_of_a_bank_on_the_way_are_forgone(text: str, bank: dict[str, object]) -> None:
    """From outside SEPA, in another currency, or when the text says so: what is missing is the bank's."""
    decision = one([INVOICE], 985_00, text, NAME, **bank)
    assert ("auto", "named_less_bank_fee") == (decision.status, decision.rule)
    assert (("bank_fee", 1, 15_00),) == decision.proposals[0].deductions


@pytest.mark.parametrize("bank", [{}, {"payer_iban": "FR7630006000011234567890189"}, {"transaction_code": "05"}])
def test_a_domestic_shortfall_is_a_question(bank: dict[str, object]) -> None:
    """Inside SEPA the full amount arrives: still owed, or forgone, a person says."""
    decision = one([INVOICE], 985_00, TEXT, NAME, **bank)
    assert "suggested" == decision.status
    assert ["named_in_part", "named_less_bank_fee"] == [p.rule for p in decision.proposals]
    assert () == decision.proposals[0].deductions
    assert [(1, 985_00)] == lines(decision)


def test_policy_may_forgo_small_shortfalls_anywhere() -> None:
    """Who prefers the old way says so for a seller or a debtor."""
    policy = Policy(overrides={("ACME", None): {"bank_fee_anywhere": True}})
    assert "named_less_bank_fee" == one([INVOICE], 985_00, TEXT, NAME, policy=policy).rule
    assert "auto" == one([INVOICE], 985_00, TEXT, NAME, policy=policy).status


@pytest.mark.parametrize("word", ["ESC", "ESCOMPTE DEDUIT", "escompte 2%"])
def test_a_discount_the_terms_do_not_give_is_a_question(word: str) -> None:
    """The debtor says it took a discount; whether it may is for a person, whatever the amount is like."""
    decision = one([INVOICE], 980_00, f"{TEXT} {word}", NAME)
    assert "suggested" == decision.status
    assert "named_less_discount" in [p.rule for p in decision.proposals]


def test_a_discount_the_terms_give_is_applied() -> None:
    """2 % within 8 days of the invoice, paid in time."""
    invoice = INVOICE | {"discount_terms": "2% 45 jours"}
    decision = one([invoice], 980_00, f"{TEXT} ESC", NAME)
    assert ("auto", "named_less_discount") == (decision.status, decision.rule)
