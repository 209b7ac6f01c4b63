"""What whole years of invented companies showed: labels with tags, public accountants, due dates, claims, refunds."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile.text import mask
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, item, lines, one

CHAIN = debtors_of(["Hôtels Campagnola Gap", "Hôtels Campagnola Quimper", "Commune de Nogent", "Hôtels Campagnola"])


@pytest.mark.parametrize(
    "label",
    [
        "VIR SEPA RECU /DE HOTELS CAMPAGNOLA FINANCES /MOTIF 26082005 /REF 20260824907177",
        "VIR SEPA INST RECU /DE HOTELS CAMPAGNOLA FINANCES /REF NOTPROVIDED /MOTIF FACT 26082005",
        "VIR RECU 5157299664S\nDE: HOTELS CAMPAGNOLA FINANCES\nMOTIF: FACT 26082005\nREF: 20260824907177",
    ],
)
def test_a_label_with_tags_says_who_paid_and_for_what(label: str) -> None:
    """The centre of a chain pays its shops' invoices: a name that is no debtor's contradicts no number."""
    items = [item("26082005", "D1", 118_80), item("26081990", "D0", 118_80)]
    decision = one(items, 118_80, label, None, debtors=CHAIN)
    assert ("auto", [(1, 118_80)]) == (decision.status, lines(decision))


def test_the_tags_of_a_label_that_was_cut_prove_nothing() -> None:
    """What the bank left of the purpose may be the beginning of a number: it is read as one text, as before."""
    cut = "VIR SEPA RECU /DE GAP SARL /MOTIF F"
    assert 35 == len(cut)
    debtors = debtors_of(["Gap SARL"])
    items = [item("F1", "D0", 118_83), item("F2", "D0", 118_83)]
    assert "auto" != one(items, 118_83, cut, None, debtors=debtors).status


@pytest.mark.parametrize("name", ["SGC NOGENT", "TRESORERIE DE NOGENT", "DRFIP NOGENT"])
def test_a_public_accountant_pays_for_others_than_its_town(name: str) -> None:
    """Its seat is another debtor's town; the number and the sum say whose invoice it pays."""
    items = [item("FACT-202601-00200", "D0", 515_45), item("FACT-202601-00201", "D2", 99_95)]
    decision = one(items, 515_45, "FACT-202601-00200 MANDAT 3310", name, debtors=CHAIN)
    assert ("auto", [(1, 515_45)]) == (decision.status, lines(decision))


def test_a_firm_of_the_towns_name_still_contradicts() -> None:
    """A debtor who quotes another one's number is asked about."""
    items = [item("FACT-202601-00200", "D0", 515_45), item("FACT-202601-00201", "D2", 99_95)]
    assert "auto" != one(items, 515_45, "FACT-202601-00200", "COMMUNE DE NOGENT", debtors=CHAIN).status


@pytest.mark.parametrize("text", ["LCR HOTELS CAMPAGNOLA GAP ECH {}", "LCR HOTELS CAMPAGNOLA GAP ECHEANCE {}"])
@pytest.mark.parametrize("day", ["310326", "31/03/2026", "31032026"])
def test_a_bill_is_of_the_invoice_due_on_its_day(text: str, day: str) -> None:
    """The due date is no invoice's number; of equal invoices it tells which one is paid, older ones or not."""
    one_only = [item("F-26-0101", "D0", 917_33, due_on=date(2026, 3, 31))]
    bill = text.format(day)
    assert "auto" == one(one_only, 917_33, bill, None, debtors=CHAIN, received_on=date(2026, 4, 1)).status
    older = [item(f"F-26-009{n}", "D0", 917_33, due_on=date(2026, n, 27)) for n in (1, 2)]
    decision = one([*older, *one_only], 917_33, bill, None, debtors=CHAIN, received_on=date(2026, 4, 1))
    assert ("auto", [(3, 917_33)]) == (decision.status, lines(decision))


def test_a_due_date_that_is_nobodys_makes_equal_invoices_a_question() -> None:
    """The oldest is not meant by a bill that falls due another day."""
    items = [item(f"F-26-009{n}", "D0", 917_33, due_on=date(2026, n, 27)) for n in (1, 2)]
    text = "LCR HOTELS CAMPAGNOLA GAP ECH 310326"
    assert "auto" != one(items, 917_33, text, None, debtors=CHAIN).status


def test_a_number_behind_the_word_for_a_due_date_stays_one() -> None:
    """ "ECH" announces invoices as well; what is no day, or an invoice's whole number, is not hidden."""
    assert "ECH 26050123" == mask("ECH 26050123")[0]
    assert "ECH 310126" == mask("ECH 310126", lambda digits, tail: digits == "310126")[0]
    assert "ECH ######" == mask("ECH 310126")[0]


@pytest.mark.parametrize("claim", ["MOINS AVOIR", "AVOIR DEDUIT", "- AV 2604-0031"])
def test_a_credit_note_nobody_knows_is_no_part_payment(claim: str) -> None:
    """Less money beside a number, and the text says why: the debtor claims a credit note. A person must ask."""
    decision = one([item("FA-2026-0101", DURAND, 1_000_00)], 871_13, f"FA-2026-0101 {claim}", "DURAND ET FILS")
    assert ("suggested", [(1, 871_13)]) == (decision.status, lines(decision))
    silent = one([item("FA-2026-0101", DURAND, 1_000_00)], 871_13, "FA-2026-0101", "DURAND ET FILS")
    assert "auto" == silent.status


@pytest.mark.parametrize("word", ["REMBOURSEMENT AVOIR", "RBT", "REMBT"])
def test_money_a_supplier_gives_back_is_no_payment(word: str) -> None:
    """Suppliers number as we do: their credit note has one of our numbers, even our sum. A debtor may use the word."""
    items = [item("FA2512-0116", DURAND, 1_630_14)]
    for amount in (1_630_14, 100_00):
        assert "auto" != one(items, amount, f"{word} FA2512-0116", "KILOUTOU").status
    assert "auto" == one(items, 1_630_14, f"{word} FA2512-0116", "DURAND ET FILS").status
    assert "auto" == one(items, 1_630_14, "FACT FA2512-0116", "KILOUTOU").status


@pytest.mark.parametrize(("label", "sure"), [("VIR STRATELIA HOLDING RELE", False), ("VIR STRATELIA SARL RELE", True)])
def test_a_holding_is_not_the_debtor_of_its_name(label: str, sure: bool) -> None:
    """Three invoices of the one add up, by chance or not: the holding pays for its other companies as well."""
    debtors = debtors_of(["Stratelia SARL", "Stratelia Distribution"])
    items = [item(f"FA000014{n}", "D0", amount) for n, amount in enumerate((126_08, 209_44, 174_94, 915_13, 44_19))]
    decision = one([*items, item("FA00001616", "D1", 999_94)], 126_08 + 209_44 + 174_94, label, None, debtors=debtors)
    assert (sure, [(1, 126_08), (2, 209_44), (3, 174_94)]) == (decision.status == "auto", lines(decision))


def test_what_a_person_reads_is_in_money() -> None:
    """8.50 EUR are missing, not 850 minor units."""
    decision = one([item("FA-2026-0101", DURAND, 1_000_00)], 991_50, "FA-2026-0101", "DURAND ET FILS")
    assert any("8,50 EUR are missing" in proposal.reason for proposal in decision.proposals)


def subscription(form: str, months: tuple[int, ...]) -> list[dict[str, object]]:
    """One invoice a month of one sum for many debtors; Durand's has the counter 99 in each."""
    return [
        item(form.format(month, n), DURAND if n == 99 else MARTIN, 118_80, issued_on=date(2026, month, 1))
        for month in months
        for n in range(1, 300, 7)
    ]


@pytest.mark.parametrize("text", ["FACT F2026-04-99", "F 2026-04-99", "2026-04-99", "FACT 2026 04 99", "F-2026/04/099"])
def test_a_year_and_a_month_apart_are_the_numbers_own(text: str) -> None:
    """A subscription has one counter each month, and one sum: the month that is said tells its invoices apart."""
    items = subscription("F-2026-{:02}-{:04}", (1, 2, 3, 4, 5, 6))
    paid = [at for at, row in enumerate(items, 1) if row["number"] == "F-2026-04-0099"]
    decision = one(items, 118_80, text, "DURAND ET FILS", received_on=date(2026, 6, 15))
    assert ("auto", [(paid[0], 118_80)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["F-2026-05-99", "F-2O26-05-0099", "FA2605-0099"])
def test_another_month_than_the_one_said_is_not_paid(text: str) -> None:
    """May is paid already, or was never issued: the June invoice of that counter is not meant."""
    form = "F-2026-{:02}-{:04}" if text.startswith("F-") else "FA26{:02}-{:04}"
    items = subscription(form, (1, 2, 3, 4, 6))
    assert "auto" != one(items, 118_80, text, "DURAND ET FILS", received_on=date(2026, 6, 15)).status


@pytest.mark.parametrize(("months", "sure"), [((1, 2, 3, 4), False), ((4,), True)])
def test_a_counter_that_several_open_invoices_have_is_a_question(months: tuple[int, ...], sure: bool) -> None:
    """ "FACTURE 0099" is of any month; where one invoice of that counter is open, it is that one."""
    items = [row for row in subscription("F-2026-{:02}-{:04}", (1, 2, 3, 4)) if row["debtor"] != DURAND]
    items += [row for row in subscription("F-2026-{:02}-{:04}", months) if row["debtor"] == DURAND]
    decision = one(items, 118_80, "FACTURE 0099", "DURAND ET FILS", received_on=date(2026, 6, 15))
    assert sure is (decision.status == "auto")
    assert len(items) == lines(decision)[0][0] or not sure
