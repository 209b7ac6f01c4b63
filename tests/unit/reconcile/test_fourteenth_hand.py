"""What a ledger of a group of service companies showed."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Debtors, Remittances, SettledNumbers
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

# A payment service numbers by a code of each customer, in letters and digits by turns.
CODED = [
    item(
        f"{code}-{n:04d}",
        debtor,
        239_00 if n else 45_17,
        issued_on=date(2026, n or 1, 1),
        due_on=date(2026, n or 1, 16),
    )
    for code, debtor in (("F0B66258", DURAND), ("44B145BF", MARTIN), ("C79B4A1E", "C003"))
    for n in range(1, 5)
]


EVENTS = [
    item(f"SEM4{n:02d}-{part}", DURAND, amount + n * 17, issued_on=date(2026, month, n % 27 + 1))
    for n in range(10, 40)
    for part, amount, month in (("A1", 900_00, 1), ("A2", 1_200_00, 2), ("S", 900_00, 3))
]
COURSES = [item(f"2026FP{n:04d}", DURAND, 600_00 + n * n * 7, issued_on=date(2026, n % 3 + 1, 5)) for n in range(1, 20)]


def test_letters_among_digits_are_no_year() -> None:
    """A number of another series stands in the text of a sum: it is asked whether "434S" begins with a year."""
    paid = COURSES[3]["open_minor"] + COURSES[5]["open_minor"]
    closed = SettledNumbers(["ACME"], [MARTIN], ["SEM434-S"])
    decision = one(COURSES, paid, "SOLDE SEM434 S", "DURAND ET FILS", settled=closed)
    assert ("suggested", [(4, 601_12), (6, 602_52)]) == (decision.status, lines(decision))


def test_what_stands_behind_a_counter_tells_numbers_apart() -> None:
    """The first deposit paid twice is not the balance, though it is as high."""
    text, amount = "SEM434 A1 JANVIER 2026", EVENTS[72]["open_minor"]
    first, again = (
        receipt(amount, text, "DURAND ET FILS", received_on=date(2026, 2, 2)),
        receipt(amount, text, "DURAND ET FILS"),
    )
    decisions = decide(EVENTS, [first, again])
    assert ["auto", "unapplied"] == [decision.status for decision in decisions]
    assert "SEM434-A1" == EVENTS[72]["number"]
    assert [(73, amount)] == lines(decisions[0])


def test_silent_money_waits_for_the_number_of_who_contradicts() -> None:
    """Somebody known as another debtor paid the oldest by its number: if it was meant, the next one is due."""
    items = [item(f"FA-2026-0000{n}", DURAND, 710_25, due_on=date(2026, n, 1)) for n in (1, 2, 3)]
    items.append(item("FA-2026-00009", MARTIN, 33_00))
    other = receipt(710_25, "FA-2026-00001", "MENUISERIE MARTIN SAS", received_on=date(2026, 4, 1))
    decisions = decide(items, [other, receipt(710_25, "REGLEMENT", "DURAND ET FILS")])
    assert ["suggested", "suggested"] == [decision.status for decision in decisions]
    assert "auto" == decide(items, [receipt(710_25, "REGLEMENT", "DURAND ET FILS")])[0].status


def test_a_list_is_of_one_receipt() -> None:
    """Of two receipts of a list's sum the one of its debtor is meant, not a stranger's that came before."""
    items = [item("FA-2026-00001", DURAND, 490_00), item("FA-2026-00002", MARTIN, 490_00)]
    table = Remittances(
        id=[5],
        receipt_id=[None],
        lines=[(("FA-2026-00001", 490_00),)],
        seller=["ACME"],
        debtor=[DURAND],
        sent_on=[date(2026, 4, 8)],
        total_minor=[490_00],
    )
    stranger = receipt(490_00, "REGLEMENT", "FILORIA FINANCE", received_on=date(2026, 4, 7))
    decisions = decide(items, [stranger, receipt(490_00, "AVIS 4711", "DURAND ET FILS")], remittances=table)
    assert "auto" != decisions[0].status
    assert ("auto", [(1, 490_00)]) == (decisions[1].status, lines(decisions[1]))


@pytest.mark.parametrize("text", ["F0B662580001", "FACT F0B66258-0001", "F0B66258-1"])
def test_a_coded_number_that_is_paid_already(text: str) -> None:
    """It is known again however it is written: not the next invoice of that sum is paid, but the same one twice."""
    first = receipt(239_00, "F0B66258-0001", "DURAND ET FILS", received_on=date(2026, 3, 2))
    decisions = decide(CODED, [first, receipt(239_00, text, "DURAND ET FILS")])
    assert [(1, 239_00)] == lines(decisions[0])
    assert "auto" != decisions[1].status


def test_a_coded_number_of_nine_runs() -> None:
    """Its sum is another's: the known payer did not mean its own invoice beyond doubt."""
    assert "auto" != one(CODED, 239_00, "PAIEMENT C79B4A1E-0002 MARTIN", "MENUISERIE MARTIN").status


FAMILIES = debtors_of(
    ["Brisson Média SARL", "Établissements Wolff et Fils", "Tekystem SCOP", "Saint-Aubin Énergies", "Nicolle Sophie"]
)
BILLS = [item(f"PRN26-10{n}47", f"D{n}", 389_83 + n * 7_13) for n in range(5)]


@pytest.mark.parametrize(
    ("name", "text", "sure"),
    [
        ("MME SOPHIE BRISSON", "facture PRN26-10247", True),
        ("M BRUNO WOLFF", "PRN26-10247", True),
        (None, "VIR MME SOPHIE BRISSON FACT PRN26-10247", True),
        ("SCP SAINT-AUBIN NOTAIRES ASSOCIES", "VTE DIALLO/MARTIN PRN26-10247", True),
        ("FIDUCIAIRE BRISSON", "PRN26-10247", True),
        ("BRISSON MEDIA", "facture PRN26-10247 Tekystem SCOP", True),
        ("BRISSON MEDIA", "facture PRN26-10247", False),
        ("BRISSON MEDIA", "facture PRN26-10247 Tekystem", False),
        ("MME SOPHIE NICOLLE", "facture PRN26-10247", False),
    ],
)
def test_who_pays_for_another(name: str | None, text: str, sure: bool) -> None:
    """A person is not the company of that surname, nor a notary; and a purpose that names the debtor says for whom."""
    decision = one(BILLS, 404_09, text, name, debtors=FAMILIES)
    assert [(3, 404_09)] == lines(decision)
    assert sure is (decision.status == "auto")


def test_who_owes_the_sum_itself_may_have_misprinted_the_number() -> None:
    """A subscription's price is many debtors': the manager of one of them quotes another's number."""
    items = [*BILLS, item("PRN26-10951", "D0", 404_09)]
    assert "auto" != one(items, 404_09, "facture PRN26-10247", "MME SOPHIE BRISSON", debtors=FAMILIES).status


def test_another_sellers_customer_is_asked_about() -> None:
    """The money came to the seller whose number it quotes, and who pays is only known to a company of the group."""
    names = [("ACME", "Tekystem SCOP"), ("ACME", "Vautrin SA"), ("BRAVO", "Rigaudière Romain")]
    known = Debtors(
        seller=[seller for seller, _ in names], debtor_id=["D2", "D1", "P7"], name=[name for _, name in names]
    )
    bills = [*BILLS[1:3], item("H24118/2", "P7", 55_00, seller="BRAVO")]
    for seller in ("ACME", None):
        decision = one(bills, 404_09, "Fact PRN26-10247", "MME ROMAIN RIGAUDIERE", debtors=known, seller=seller)
        assert ("suggested", [(2, 404_09)]) == (decision.status, lines(decision))


@pytest.mark.parametrize(
    ("name", "text", "status"),
    [
        ("SGC DE MILLAU", "MDT 593-19 PRN26-10047 PRN26-10247", "auto"),
        (None, "VIR DRFIP OCCITANIE MANDAT 5340 PRN26-10047 PRN26-10247", "auto"),
        ("NEXALIS GERANCE", "FACT PRN26-10047 + PRN26-10247", "auto"),
        ("TEKYSTEM SCOP", "FACT PRN26-10047 + PRN26-10247", "suggested"),
        ("NEXALIS GERANCE", "FACT 10047 + 10247", "suggested"),
    ],
)
def test_one_payment_for_several_debtors(name: str | None, text: str, status: str) -> None:
    """Each whole number is one debtor's, and their sum is the payment's."""
    bills = [*BILLS, item("AMB2601-00019", "D4", 12_00)]  # the 19 of a mandate is a counter as well
    decision = one(bills, 389_83 + 404_09, text, name, debtors=FAMILIES)
    assert status == decision.status
    if "PRN" in text:
        assert [(1, 389_83), (3, 404_09)] == lines(decision)


def test_silent_money_waits_for_the_part_that_another_paid() -> None:
    """A training fund paid a part of the oldest: who pays the whole sum means the next one, perhaps."""
    items = [item(f"FA-2026-0000{n}", DURAND, 710_25, due_on=date(2026, n, 1)) for n in (1, 2, 3)]
    items.append(item("FA-2026-00009", MARTIN, 33_00))
    other = receipt(497_18, "PEC 4711 FA-2026-00001", "MENUISERIE MARTIN SAS", received_on=date(2026, 4, 1))
    decisions = decide(items, [other, receipt(710_25, "REGLEMENT", "DURAND ET FILS")])
    assert ["suggested", "suggested"] == [decision.status for decision in decisions]


def test_another_series_is_no_misprint() -> None:
    """Both series are the seller's: one letter and one digit are not one slip."""
    items = [item(f"PRL26-10{n}96", DURAND, 280_65 + n) for n in range(1, 5)]
    items += [item(f"INT26-10{n}96", MARTIN, 91_13 + n) for n in range(1, 5)]
    assert "auto" != one(items, 280_66, "VIR INT26-10296", "DURAND ET FILS").status
    decision = one(items, 280_66, "VIR PRL26-10796", "DURAND ET FILS")
    assert ("auto", [(1, 280_66)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["FACTURE 41302 DE 03/2026", "FACT 41302", "T7041302 MARS 2026"])
def test_the_end_of_a_number_and_its_month_agree(text: str) -> None:
    """They name one invoice twice; neither makes the other doubtful."""
    items = [
        item(f"T70413{n:02d}", DURAND, 300_00 + n * n * 7, issued_on=date(2026, n % 3 + 1, 10)) for n in range(1, 30)
    ]
    march = next(n for n, one in enumerate(items, 1) if one["number"] == "T7041302")
    decision = one(items, 300_28, text, "DURAND ET FILS")
    assert ("auto", [(march, 300_28)]) == (decision.status, lines(decision))


SURNAMES = debtors_of(
    ["Établissements Vidalenc et Fils", "Vidalenc Ferreira SARL", "Fonderie Auch"]
    + [f"Vidalenc {name}" for name in ("Gilles", "Samir", "Corinne", "Odile", "Bruno", "Denis")]
)


@pytest.mark.parametrize(
    "label", ["VIR ETABLISSEMENTS VIDALENC ET\nREGL {} TRANSPORT", "VIR ETABLISSEMENTS VIDALENC ET F\n{}"]
)
def test_a_surname_is_no_kind_of_debtors(label: str) -> None:
    """The label follows one debtor's whole name farther than all others', up to where the bank cut it."""
    items = [item(f"T70419{n}3", f"D{n}", 468_80 + n * 11) for n in range(9)]
    decision = one(items, 468_80, label.format("T7041903"), debtors=SURNAMES)
    assert ("auto", [(1, 468_80)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["PRN10071", "FACTURE(S) PRN 10071", "FACT 10071"])
def test_a_paid_counter_is_no_slip_of_an_open_one(text: str) -> None:
    """Its year was left out; of equal invoices a figure away another one is open, and the money came twice."""
    items = [item(f"PRN26-100{n}1", DURAND, 345_92) for n in (2, 5)]
    items += [item(f"PRN26-10{n:03d}", MARTIN, 100_00 + n, issued_on=date(2026, n % 4 + 1, 2)) for n in range(100, 160)]
    closed = SettledNumbers(["ACME"], [DURAND], ["PRN26-10071"])
    assert "auto" != one(items, 345_92, text, "DURAND ET FILS", settled=closed).status


@pytest.mark.parametrize("text", ["F0B66258 N°7", "F0B66258/0O12", "REGLT FOB66258-07"])
def test_a_code_and_a_figure_name_an_invoice(text: str) -> None:
    """Though it is none that is open: not the oldest of equal ones is paid."""
    assert "auto" != one(CODED[1:4], 239_00, text, "DURAND ET FILS").status
    assert "auto" == one(CODED[1:4], 239_00, "REGLT ABONNEMENT F0B66258", "DURAND ET FILS").status


def test_of_equal_invoices_one_that_is_named_makes_no_others_near() -> None:
    """ "0024" is the 24th, and so no slip of the 21st and the 22nd."""
    items = [item(f"44B145BF-00{n}", MARTIN, 239_00, due_on=date(2026, 3, n - 20)) for n in range(21, 26)]
    items += [item(f"{code}-0024", DURAND, 17_00) for code in ("F0B66258", "C79B4A1E", "1D53BFE8")]
    decision = one(items, 478_00, "44B145BF-OO23+44BI45BF-0024", "MENUISERIE MARTIN SAS")
    assert "auto" != decision.status or [(3, 239_00), (4, 239_00)] == lines(decision)


@pytest.mark.parametrize("text", ["LE 26/03/2026 VIREMENT DE 239.00 EUR 2026000391", "239,00 EUROS 2026000391"])
def test_a_number_behind_a_sum_in_euros(text: str) -> None:
    """The currency belongs to the sum before it, not to the number behind."""
    items = [item(f"20260003{n}", DURAND, 239_00, issued_on=date(2026, 3, 2)) for n in range(89, 94)]
    decision = one(items, 239_00, text, "DURAND ET FILS")
    assert ("auto", [(3, 239_00)]) == (decision.status, lines(decision))


def test_the_end_of_a_code_is_no_month() -> None:
    """ "1D1-23" is no January of 2023."""
    items = [item(f"911317D1-00{n}", DURAND, 58_80, due_on=date(2026, 4, n - 20)) for n in range(22, 25)]
    decision = one(items, 58_80, "ABONNEMENT 911317D1-23", "DURAND ET FILS")
    assert [(2, 58_80)] == lines(decision)


def test_figures_in_a_payers_name_do_not_make_it_name_another_debtor() -> None:
    """ "SAS RAVEL TULLE 19" is read for numbers as well; that it begins as SAS Ravel's name does is no purpose."""
    known = debtors_of(["SAS Ravel", "SAS Ravel Tulle 19"])
    items = [item("F-25-2418", "D0", 404_09), item("F-25-2501", "D1", 77_70)]
    assert "auto" != one(items, 404_09, "F-25-2418", "SAS RAVEL TULLE 19", debtors=known).status
