"""Labels of banks that give nothing else: what belongs to the bank, what the payer wrote, and how it wrote numbers."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import SettledNumbers
from hub.core.reconcile.texts.text import join_pieces, mask
from tests.unit.reconcile.books import DURAND, debtors_of, item, lines, one

LAC = debtors_of(["Garage du Lac"])


@pytest.mark.parametrize(
    "label",
    [
        "VIR SEPA RECU /DE GARAGE DU LAC /MOTIF REGLEMENT /REF 003966437",
        "VIR RECU 793414816 DE: GARAGE DU LAC MOTIF: PAIEMENT",
        "VIREMENT DE GARAGE DU LAC VOTRE FACTURE REFERENCE : 084728099",
    ],
)
def test_the_banks_own_reference_names_no_invoice(label: str) -> None:
    """The payer said nothing: one invoice of this amount is paid."""
    decision = one([item("F-26-0101", "D0", 917_33)], 917_33, label, None, debtors=LAC)
    assert ("auto", [(1, 917_33)]) == (decision.status, lines(decision))


def test_a_reference_the_payer_announces_is_no_bank_s() -> None:
    """ "N/REF 4711" names invoice 4711; "REF 9999" names none we know, so that the amount alone proves nothing."""
    debtors, invoice = LAC, item("4711", "D0", 917_33)
    assert "auto" == one([invoice], 300_00, "GARAGE DU LAC FACT 4711", None, debtors=debtors).status
    assert "auto" == one([invoice], 917_33, "GARAGE DU LAC N/REF 4711", None, debtors=debtors).status
    assert "auto" != one([invoice], 917_33, "GARAGE DU LAC N/REF 9999", None, debtors=debtors).status


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("REF CLIENT 41110234", "41110234"),
        ("N° CLIENT C40275", "C40275"),
        ("C40275", "C40275"),
        ("CPT 41110234", "41110234"),
    ],
)
def test_a_customer_number_tells_who_paid(text: str, code: str) -> None:
    """The bank gives no name, the payer its customer number."""
    debtors = debtors_of(["Garage du Lac", "Garage de la Gare"])
    debtors.debtor_id[0] = code
    items = [item("F-26-0101", code, 917_33), item("F-26-0102", "D1", 917_33)]
    decision = one(items, 917_33, text, None, debtors=debtors)
    assert ("auto", [(1, 917_33)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["FACT 40581-6", "40581/6", "N°40581 6", "FC40581-6"])
def test_zeros_inside_a_number_may_be_left_out(text: str) -> None:
    """40581-06 is 40581-6 to who writes it by hand."""
    items = [item("40581-06", DURAND, 917_33), item("40581-60", DURAND, 250_41)]
    assert [(1, 917_33)] == lines(one(items, 917_33, text, "DURAND ET FILS"))


def test_a_list_may_go_on_with_the_ends_of_numbers() -> None:
    """ "26050026 + 50043 + 70028": year and month are those of the first, or only the year."""
    numbers = ("26050026", "26050043", "26070028", "26080099")
    items = [item(number, DURAND, 100_01 * (n + 1)) for n, number in enumerate(numbers)]
    decision = one(items, 600_06, "FA 26050026 + 50043 + 70028", "DURAND ET FILS")
    assert [(1, 100_01), (2, 200_02), (3, 300_03)] == lines(decision)


def test_a_comma_between_numbers_makes_no_amount() -> None:
    """ "4066801,02,03" begins with a number of ours, and no amount begins with a zero."""
    assert "4066801,02,03" == mask("4066801,02,03", lambda digits: digits == "4066801")[0]
    assert "41959 05,06" == mask("41959 05,06")[0]
    assert "REST ########" == mask("REST 1.234,56")[0]


def test_shares_and_ordinals_are_no_numbers() -> None:
    """ "ESC 2%" and "1ER VERSEMENT" name no invoice 2 or 1."""
    assert "FA 4711 ESC ##" == mask("FA 4711 ESC 2%")[0]
    assert "### VERSEMENT FA 4711" == mask("1ER VERSEMENT FA 4711")[0]


def test_the_number_of_a_loan_is_no_invoice() -> None:
    """Zeros do not make 12458 a long number, and the text speaks of a loan: however exact the amount."""
    decision = one([item("12458", DURAND, 3_654_00)], 3_654_00, "DEBLOCAGE PRET PRO 0012458", None)
    assert "auto" != decision.status
    assert "auto" != one([item("2026/000123", DURAND, 3_654_00)], 3_654_00, "SINISTRE 26A00123", "GENERALI").status


def test_figures_of_a_name_are_no_numbers() -> None:
    """The 86 of "Garage 86" is no invoice 26020086."""
    debtors = debtors_of(["Garage Redon 86"])
    dates = ((2, 2), (3, 1))
    items = [
        item(f"2602{n:04d}", "D0", 780_00, due_on=date(2026, *day)) for n, day in zip((71, 86), dates, strict=True)
    ]
    assert [(1, 780_00)] == lines(one(items, 780_00, "VIR GARAGE REDON 86 ABONNEMENT", None, debtors=debtors))


def test_a_list_the_bank_cut_is_no_overpayment() -> None:
    """Behind the last number stands the beginning of another one: the rest belongs to it."""
    items = [item(f"LY-00{n}", DURAND, 100_01) for n in (1093, 1106)]
    whole = one(items, 250_02, "FACT LY-001093 ET LY-001106", "DURAND ET FILS")
    cut = one(items, 250_02, "FACT LY-001093 ET LY-001106 ET LY", "DURAND ET FILS")
    assert ("auto", "suggested") == (whole.status, cut.status)


def test_a_slip_in_a_closed_number_of_somebody_else_is_a_slip() -> None:
    """F-26-0917 is closed and another debtor's; this payer owes the sum on F-26-0971."""
    settled = SettledNumbers(["ACME"], ["C002"], ["F-26-0917"])
    decision = one([item("F-26-0971", DURAND, 917_33)], 917_33, "FACT F-26-0917", "DURAND ET FILS", settled=settled)
    assert ("auto", [(1, 917_33)]) == (decision.status, lines(decision))


@pytest.mark.parametrize(("text", "whole"), [("FACT 12 ES\nCOMPTE DEDUIT", "ESCOMPTE"), ("FAC\nTURE 12", "FACTURE")])
def test_the_halves_of_a_word_of_payments_are_one_word(text: str, whole: str) -> None:
    """Wherever the bank broke the line; the halves of other words stay apart."""
    assert whole in join_pieces(text).split()
    assert "DURAND MARTIN" == join_pieces("DURAND\nMARTIN")


def test_what_is_left_of_a_month_before_a_year() -> None:
    """Equal rents: the one of the month that is named, not the oldest; without a year the word may be anything."""
    days = {month: {"issued_on": date(2025, month, 1), "due_on": date(2025, month, 5)} for month in (10, 11)}
    rents = [item(f"QL25{month}047", DURAND, 177_200, **on) for month, on in days.items()]
    named, oldest = "LOYER NOVE 25", "LOYER"
    for text, row in ((named, 2), (oldest, 1)):
        decision = one(rents, 177_200, text, "Éts Durand & Fils SARL", received_on=date(2025, 12, 2))
        assert ("auto", [(row, 177_200)]) == (decision.status, lines(decision))
