"""Money that left: what it takes back, or which receipts a person must choose from."""

from __future__ import annotations

from datetime import date
from typing import Any

from hub.core.reconcile import Decision
from tests.unit.reconcile.books import DURAND, decide, item, receipt

IBAN = "FR7630006000011234567890189"


def _last(*receipts: dict[str, Any]) -> Decision:
    return decide([item("FA1", DURAND, 7_77)], list(receipts))[-1]


def test_a_coded_return_reverses_the_only_receipt_that_fits() -> None:
    """Same sum, same payer, a reason code."""
    back = receipt(-500_00, "REJET", "DURAND", received_on=date(2026, 4, 15), return_reason="AC04")
    decision = _last(receipt(500_00, "FA9", "DURAND"), back)
    assert ("return", "return") == (decision.status, decision.rule)
    assert 1 == decision.evidence["reverses_receipt_id"]


def test_labels_of_thirty_one_characters_cut_elsewhere() -> None:
    """A direct debit and its return bear other words in front, so that the number is cut in one of them only."""
    booked = receipt(580_00, "PRLV SEPA ISATIS OPTIQUE SARL L\nY000097")
    back = receipt(-580_00, "REJET PRLV SEPA ISATIS OPTIQUE\nSARL LY000097", received_on=date(2026, 4, 15))
    decision = _last(booked, back | {"return_reason": "04", "transaction_code": "10"})
    assert ("return", 1) == (decision.rule, decision.evidence.get("reverses_receipt_id"))


def test_two_originals_are_named_for_a_person() -> None:
    """Two receipts that fit alike: neither is taken back alone."""
    back = receipt(-500_00, "REJET", "DURAND", received_on=date(2026, 4, 15), return_reason="AC04")
    decision = _last(receipt(500_00, "FA9", "DURAND"), receipt(500_00, "FA8", "DURAND"), back)
    assert ("return", "return_to_check") == (decision.status, decision.rule)
    assert [1, 2] == decision.evidence["candidates"]
    assert "reverses_receipt_id" not in decision.evidence
    assert "A person must say" in decision.reason


def test_a_bank_takes_back_what_it_booked_itself() -> None:
    """The books' entry fits as well, and is nearer: it came into no account of the bank's."""
    back = receipt(-500_00, "REJET FA2609", received_on=date(2026, 4, 15), return_reason="AC04", account="512")
    booked = receipt(500_00, "VIR FA2609", account="512", received_on=date(2026, 4, 10))
    entry = receipt(500_00, "Règlement FA2609", "DURAND", received_on=date(2026, 4, 12))
    decision = _last(booked, entry, back)
    assert ("return", 1) == (decision.rule, decision.evidence["reverses_receipt_id"])


def test_money_out_to_a_payer_of_the_same_sum_names_it() -> None:
    """No code and no word of a return: perhaps one, perhaps a refund."""
    back = receipt(-500_00, "VIR EMIS", "DURAND", received_on=date(2026, 4, 15), payer_iban=IBAN)
    decision = _last(receipt(500_00, "FA9", "MARTIN", payer_iban=IBAN), back)
    assert "return_to_check" == decision.rule
    assert [1] == decision.evidence["candidates"]


def test_a_return_nothing_fits_is_still_a_return() -> None:
    """The code says so; which receipt, a person must say."""
    decision = _last(receipt(-500_00, "IMPAYE", "DURAND", return_reason="AM04"))
    assert ("return", "return_to_check") == (decision.status, decision.rule)
    assert "candidates" not in decision.evidence


def test_other_money_out_is_no_return() -> None:
    """A supplier paid."""
    assert "money_out" == _last(receipt(-500_00, "LOYER AVRIL", "SCI DU PARC")).rule


def test_a_return_that_names_another_invoice_waits() -> None:
    """The payment it takes back has not been read yet; bare digits of a bank are no invoice, and prove nothing."""
    for said, paid, reversed_ in (
        ("REJET VIR FA101", "Règlement FA100", False),
        ("REJET VIR FA101 DU 05/10/2026", "VIR FA101 01/10/2026", True),
        ("REJET 4711999 DU 05/10/2026", "VIR RECU 4711001 01/10/2026", True),
    ):
        back = receipt(-500_00, said, "DURAND", received_on=date(2026, 4, 15), return_reason="AC04")
        decision = _last(receipt(500_00, paid, "DURAND"), back)
        assert reversed_ == ("reverses_receipt_id" in decision.evidence), said


def test_a_reason_that_only_the_text_has() -> None:
    """The bank's field says no more than that it is a return."""
    back = receipt(-500_00, "REJET PRLV MOTIF AM04", "DURAND", received_on=date(2026, 4, 15), return_reason="RETURN")
    decision = _last(receipt(500_00, "FA9", "DURAND"), back)
    assert ("return", "AM04") == (decision.rule, decision.evidence["reason_code"])
    assert "RETURN" == _last(receipt(-500_00, "REJET", "DURAND", return_reason="RETURN")).evidence["reason_code"]
