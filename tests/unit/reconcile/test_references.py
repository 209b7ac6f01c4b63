"""What payers write, and which invoice they mean."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import SettledNumbers
from hub.core.reconcile.texts.text import as_written
from tests.unit.reconcile.books import DUPONT, DURAND, MARTIN, item, lines, one

LEDGER = [
    item("FA-2026-00123", DURAND, 120_00),
    item("FA-2026-00124", DURAND, 250_10),
    item("FA-2026-00125", DURAND, 77_77),
    item("FA-2026-00132", MARTIN, 480_00),
    item("FA-2026-01207", DUPONT, 990_35),
    item("AV-2026-00012", DURAND, 20_00, kind="credit_note"),
]


@pytest.mark.parametrize(
    "text",
    [
        "FA-2026-00123",
        "fa 2026 00123",
        "VIR SEPA FACT FA2026/00123",
        "FACTFA202600123",
        "PAIEMENT FACTURE 2026-123",
        "N° 2026/00123",
        "Fact. 00123 du 01/03/2026",
        "FA 2026\n-00123",
        "FA2O26OO123",
        "FACT FA-2026-00123 TEL 01 44 55 66 77",
        "règlement facture FA‑2026‑00123 🙂",
        "\u200fFA-2026-00123",
    ],
)
def test_one_number_in_many_spellings(text: str) -> None:
    """Separators, case, lost zeros, lost letters, glued words, cut lines and letters for digits are understood."""
    decision = one(LEDGER, 120_00, text, "DURAND ET FILS")
    assert ("auto", [(1, 120_00)]) == (decision.status, lines(decision))


def test_list_shortened_after_the_first_number() -> None:
    """ "F101 102 ET 103": the first number lends its letters and year to the others."""
    decision = one(LEDGER, 447_87, "FA-2026-00123 124 ET 125", "DURAND")
    assert ("auto", [(1, 120_00), (2, 250_10), (3, 77_77)]) == (decision.status, lines(decision))


def test_range() -> None:
    """ "F101 A F103" names what lies between, of the same debtor."""
    decision = one(LEDGER, 447_87, "FACT FA-2026-00123 A FA-2026-00125", "DURAND")
    assert ("auto", [(1, 120_00), (2, 250_10), (3, 77_77)]) == (decision.status, lines(decision))


def test_credit_note_deducted() -> None:
    """A named credit note is netted: its line is negative."""
    decision = one(LEDGER, 100_00, "FA-2026-00123 - AV-2026-00012", "DURAND")
    assert ("auto", [(1, 120_00), (6, -20_00)]) == (decision.status, lines(decision))


def test_part_payment_of_a_certain_number() -> None:
    """Less money than owed, a whole number and the right payer: a part payment."""
    decision = one(LEDGER, 60_00, "ACOMPTE FA-2026-00123", "DURAND")
    assert ("auto", [(1, 60_00)]) == (decision.status, lines(decision))


def test_overpayment_leaves_the_rest_unapplied() -> None:
    """The invoice is settled; the excess is not given to anything."""
    decision = one(LEDGER, 130_00, "FA-2026-00123", "DURAND")
    assert ("auto", [(1, 120_00)]) == (decision.status, lines(decision))


def test_exact_reference_loses_to_a_known_payer() -> None:
    """Martin's number and Martin's amount, but Durand's account paid: never automatic."""
    decision = one(LEDGER, 480_00, "FA-2026-00132", "DURAND ET FILS", payer_iban="FR76 3000 6000 0112 3456 7890 189")
    assert "auto" != decision.status


def test_bare_short_number_is_no_proof() -> None:
    """Three digits and nobody known: a suggestion at most."""
    decision = one([item("123", DURAND, 50_00)], 50_00, "123", "XYLOPHONE ZEBRA")
    assert "auto" != decision.status


def test_dates_amounts_and_orders_are_no_invoice_numbers() -> None:
    """The digits of a date, a telephone, an order or an amount never name an invoice."""
    ledger = [item("1203", DURAND, 500_00), item("4512", DURAND, 70_00)]
    decision = one(ledger, 33_00, "CDE 4512 DU 12/03/2026 TEL 04 12 03 45 12 MT 1 203,00", "INCONNU SA")
    assert ("unapplied", []) == (decision.status, lines(decision))


def test_second_payment_of_a_closed_invoice() -> None:
    """A closed number is recognised, not taken for a neighbour: unapplied, and said to be a duplicate."""
    settled = SettledNumbers(["ACME"], [DURAND], ["FA-2026-00122"])
    decision = one(LEDGER, 120_00, "FA-2026-00122", "DURAND", settled=settled)
    assert ("unapplied", "duplicate") == (decision.status, decision.rule)
    assert decision.reason.startswith("The text names FA-2026-00122, already paid")


def test_beside_a_second_payment_an_equal_invoice_is_named() -> None:
    """Silent money paid the oldest of two; the receipt that names that one comes a week later."""
    settled = SettledNumbers(["ACME"], [DURAND], ["FA-2026-00087"])
    decision = one(LEDGER, 250_10, "FA-2026-00087", "DURAND ET FILS", settled=settled)
    assert ("unapplied", "duplicate") == (decision.status, decision.rule)
    assert "FA-2026-00124 of the same sum is open" in decision.reason


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("VIR FACT. fa-2026/00122 MERCI", "FA-2026/00122"),
        ("VIR FACT FA 2026\n00122", "FA 2026 00122"),
        ("FA-2026-00123", "FA202600122"),
        ("9" * 10_000, "FA202600122"),
    ],
)
def test_a_number_is_told_as_it_was_written(text: str, said: str) -> None:
    """Not as it is compared, which nobody finds on paper; unless no text has it in one piece."""
    assert said == as_written("FA202600122", [("remittance", "VIREMENT"), ("remittance", text)])


def test_parent_pays_for_child() -> None:
    """The holding's payment quotes the invoice of its subsidiary."""
    decision = one(LEDGER, 990_35, "FA-2026-01207", "GROUPE DUPONT HOLDING")
    assert ("auto", [(5, 990_35)]) == (decision.status, lines(decision))


def test_discount_within_its_date() -> None:
    """2 % for payment within 8 days is a deduction of that invoice; later it is a part payment."""
    ledger = [item("FA-2026-00200", DURAND, 1000_00, discount_terms="2% 8 jours")]
    early = one(ledger, 980_00, "FA-2026-00200", "DURAND", received_on=date(2026, 3, 6))
    assert ("named_less_discount", (("discount", 1, 20_00),)) == (early.rule, early.proposals[0].deductions)
    late = one(ledger, 980_00, "FA-2026-00200", "DURAND", received_on=date(2026, 5, 6))
    assert "named_less_discount" != late.rule


def test_foreign_invoice_paid_in_euros() -> None:
    """The amount ordered settles the invoice in its currency; the receipt's own use is kept apart."""
    ledger = [item("FA-2026-00300", DURAND, 1080_00, currency="USD")]
    decision = one(ledger, 1000_00, "FA-2026-00300", "DURAND", original_amount_minor=1080_00, original_currency="USD")
    assert ("auto", "USD", ("EUR", 1000_00)) == (
        decision.status,
        decision.proposals[0].currency,
        decision.proposals[0].exchange,
    )


@pytest.mark.parametrize(
    "text",
    [
        "VIR SEPA DURAND ET FILS FACT FA\n-2026-00123",
        "VIR SEPA DURAND ET FILS REF 45\nFA-2026-00123",
        "VIR SEPA STE DURAND ET FILS 123\n2026/00123",
    ],
)
def test_label_of_31_characters_and_what_follows(text: str) -> None:
    """A label that fills its 31 characters may be cut in a word, or simply end there."""
    decision = one(LEDGER, 120_00, text, "DURAND ET FILS")
    assert ("auto", [(1, 120_00)]) == (decision.status, lines(decision))


def test_numbers_with_a_dash_between_each_two_are_a_list() -> None:
    """The bank cut its end: what lies between the first two, and makes up the sum, is not meant for sure."""
    items = [item(f"26010{n:04d}", DURAND, 5463_60) for n in (951, 971, 984, 1033, 1050, 1183)]
    text = "VIR ETS DURAND ET FILS FACTURES\n260100951 - 00984 - 01033 - 01050 - 0"
    decision = one(items, 5 * 5463_60, text, None)
    assert "auto" != decision.status
    listed = one(items, 4 * 5463_60, text, None)
    assert [(1, 5463_60), (3, 5463_60), (4, 5463_60), (5, 5463_60)] == lines(listed)
