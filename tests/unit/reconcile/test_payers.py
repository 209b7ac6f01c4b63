"""Who paid, how much, and what may be concluded when no number helps."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Learnt, Policy
from tests.unit.reconcile.books import DURAND, MARTIN, decide, item, lines, one, receipt

LEDGER = [
    item("FA-2026-00001", DURAND, 113_17),
    item("FA-2026-00002", DURAND, 250_41),
    item("FA-2026-00003", DURAND, 999_99, issued_on=date(2026, 2, 3)),
    item("FA-2026-00004", MARTIN, 250_41),
]


@pytest.mark.parametrize(
    "name", ["DURAND ET FILS", "STE DURAND & FILS", "Éts. Durand et fils", "DURAND ET FILS S.A.R.L", "ETS DURAND FILS"]
)
def test_names_as_banks_write_them(name: str) -> None:
    """Accents, legal forms and small words do not hide who pays; one exact amount is enough."""
    decision = one(LEDGER, 113_17, "VIREMENT", name)
    assert ("auto", [(1, 113_17)]) == (decision.status, lines(decision))


def test_unique_sum() -> None:
    """Two amounts add up, nothing else does."""
    decision = one(LEDGER, 363_58, "REGLEMENT", "DURAND ET FILS")
    assert ("auto", [(1, 113_17), (2, 250_41)]) == (decision.status, lines(decision))


def test_two_sets_that_add_up_are_rivals() -> None:
    """An invoice of 30 and a pair of 10 and 20: both suggested, neither applied."""
    ledger = [item("F10001", DURAND, 101_01), item("F10002", DURAND, 202_02), item("F10003", DURAND, 303_03)]
    decision = one(ledger, 303_03, "VIREMENT", "DURAND ET FILS")
    assert ("suggested", 2) == (decision.status, len([p for p in decision.proposals if p.rule.startswith("payer_")]))


def test_equal_amounts_go_to_the_oldest_due() -> None:
    """Subscriptions of one debtor are no rivals: C. civ. 1342-10."""
    ledger = [
        item("F10001", DURAND, 99_00, due_on=date(2026, 4, 2)),
        item("F10002", DURAND, 99_00, due_on=date(2026, 3, 2)),
    ]
    first, second = decide(ledger, [receipt(99_00, None, "DURAND ET FILS"), receipt(99_00, None, "DURAND ET FILS")])
    assert ([(2, 99_00)], [(1, 99_00)]) == (lines(first), lines(second))


def test_statement_of_a_month() -> None:
    """ "RELEVE 02/2026" is everything issued in February."""
    decision = one(LEDGER, 999_99, "RELEVE 02/2026", "DURAND ET FILS")
    assert ("auto", [(3, 999_99)]) == (decision.status, lines(decision))


def test_amount_alone_proves_nothing() -> None:
    """Nobody knows the payer: the invoice of that amount is a hint."""
    decision = one(LEDGER, 113_17, "VIREMENT", "WQXYZ HANDELS GMBH")
    assert "suggested" == decision.status


def test_payer_learnt_from_a_person() -> None:
    """A confirmed decision taught that this name pays for Durand."""
    learnt = Learnt(by_name={"KAPITAL GESTION": (("ACME", DURAND),)})
    decision = one(LEDGER, 113_17, "VIREMENT", "Kapital Gestion", learnt=learnt)
    assert ("auto", [(1, 113_17)]) == (decision.status, lines(decision))


def test_oldest_first_only_when_policy_says_so() -> None:
    """Money on account: left to a person unless the company chose otherwise for this debtor."""
    assert "auto" != one(LEDGER, 500_00, "VIREMENT", "DURAND ET FILS").status
    policy = Policy(overrides={("ACME", DURAND): {"oldest_first": True}})
    assert "auto" == one(LEDGER, 500_00, "VIREMENT", "DURAND ET FILS", policy=policy).status


def test_unknown_override_is_refused() -> None:
    """A misspelt policy field is an error that names the known ones."""
    with pytest.raises(ValueError, match="oldest_frist"):
        Policy(overrides={("ACME", None): {"oldest_frist": True}})


@pytest.mark.parametrize(
    ("name", "text", "rule"),
    [
        ("STRIPE PAYMENTS EUROPE", "STRIPE 9981", "provider_payout"),
        ("DGFIP", "REMBOURSEMENT CREDIT TVA", "tax_or_social"),
        (None, "VIREMENT INTERNE COMPTE A COMPTE", "internal_transfer"),
        (None, "INTERETS CREDITEURS 1T2026", "bank_interest"),
        ("BPIFRANCE", "DEBLOCAGE PRET 778", "loan"),
    ],
)
def test_outsiders(name: str | None, text: str, rule: str) -> None:
    """Payouts, taxes, interest, loans and own transfers are no receipts, and the reason is said."""
    decision = one(LEDGER, 113_17, text, name)
    assert ("not_a_receipt", rule) == (decision.status, decision.rule)


def test_return_points_to_its_receipt() -> None:
    """Money that comes back names its reason and the receipt it reverses."""
    came = receipt(113_17, "FA-2026-00001", "DURAND ET FILS")
    back = receipt(
        -113_17, "REJET FA-2026-00001", "DURAND ET FILS", return_reason="AM04", received_on=date(2026, 4, 15)
    )
    _, decision = decide(LEDGER, [came, back])
    assert ("return", 1, "AM04") == (
        decision.status,
        decision.evidence["reverses_receipt_id"],
        decision.evidence["reason_code"],
    )
