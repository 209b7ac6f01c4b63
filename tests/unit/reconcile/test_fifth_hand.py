"""What whole years of invented companies showed: labels with tags, public accountants, due dates, claims, refunds."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import SettledNumbers
from hub.core.reconcile.texts.text import mask
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

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


def days_and_numbers() -> list[dict[str, object]]:
    """Durand's subscription has the counter 29 each month, Martin's invoices every ninth one."""
    items = [item(f"F-2026-{month:02}-0029", DURAND, 118_80, issued_on=date(2026, month, 1)) for month in range(1, 7)]
    return items + [
        item(f"F-2026-{month:02}-0{n:03}", MARTIN, 50_00 + n) for month in range(1, 7) for n in range(1, 99, 9)
    ]


@pytest.mark.parametrize("text", ["FACTURE N F 2026-04-29", "F 2026-04-29", "RGT 2026-04-29"])
def test_a_number_that_looks_like_a_day_is_one(text: str) -> None:
    """ "F 2026-04-29" is F-2026-04-0029, of the months whose sum is equal that one."""
    decision = one(days_and_numbers(), 118_80, text, "DURAND ET FILS", received_on=date(2026, 6, 15))
    assert ("auto", [(4, 118_80)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("day", ["2026-06-14", "2026-06-10"])
def test_a_day_that_is_nobodys_number_or_another_ones_stays_a_day(day: str) -> None:
    """On the 10th of June somebody else's F-2026-06-0010 says nothing about silent money."""
    decision = one(days_and_numbers(), 118_80, f"VIREMENT DU {day}", "DURAND ET FILS", received_on=date(2026, 6, 15))
    assert ("auto", [(1, 118_80)]) == (decision.status, lines(decision))


def test_a_paid_number_that_looks_like_a_day_pays_no_older_one() -> None:
    """April is paid already: the money came twice, and January's invoice of that sum is not meant."""
    items = [row for row in days_and_numbers() if row["number"] != "F-2026-04-0029"]
    settled = SettledNumbers(["ACME"], [DURAND], ["F-2026-04-0029"])
    decision = one(items, 118_80, "F 2026-04-29", "DURAND ET FILS", settled=settled, received_on=date(2026, 6, 15))
    assert "auto" != decision.status


GROUP = debtors_of(["Kalitech", "Kalitech Développement", "Unibéton SA", "Carpentier Menuiserie", "Alpagem Holding"])


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("VIR SEPA KALITECH CENTRALE V/FACT VE31000291", None),
        ("VE31000291", "KALITECH CENTRALE"),
        ("VIR SEPA KALITECH GROUPE SAS VE31000291", None),
    ],
)
def test_the_centre_of_a_group_pays_what_its_number_says(label: str, name: str | None) -> None:
    """A debtor is called Kalitech, but "Kalitech Centrale" is not it: it pays for its companies."""
    items = [item("VE31000291", "D1", 2_182_50), item("VE31000123", "D0", 1_458_31), item("VE31000124", "D2", 35_42)]
    decision = one(items, 2_182_50, label, name, debtors=GROUP)
    assert ("auto", [(1, 2_182_50)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("label", ["VIR SEPA ALPAGEM HOLDING VE31000291", "VIR SEPA KALITECH VE31000291"])
def test_a_debtor_whose_own_name_is_a_groups_still_contradicts(label: str) -> None:
    """Alpagem Holding is a debtor: of another one's number it is asked."""
    items = [item("VE31000291", "D2", 2_182_50), item("VE31000123", "D4", 145_31), item("VE31000125", "D0", 15_31)]
    assert "auto" != one(items, 2_182_50, label, None, debtors=GROUP).status


@pytest.mark.parametrize("text", ["FACT. F 2026-04-4", "RGT F2026-04-4", "FACT 2026 04 4"])
def test_the_month_of_a_number_is_no_counter(text: str) -> None:
    """In "F 2026-04-4" the 04 is April, and not the counter of F-2026-05-0004, which has the same sum."""
    items = [
        item(f"F-2026-{month:02}-{n:04}", DURAND if n == 4 else MARTIN, 288_00, issued_on=date(2026, month, 1))
        for month in (4, 5)
        for n in range(1, 99, 3)
    ]
    decision = one(items, 288_00, text, "DURAND ET FILS", received_on=date(2026, 5, 15))
    assert ("auto", [(2, 288_00)]) == (decision.status, lines(decision))
    without = [row for row in items if row["number"] != "F-2026-04-0004"]
    assert "auto" != one(without, 288_00, text, "DURAND ET FILS", received_on=date(2026, 5, 15)).status


@pytest.mark.parametrize(("text", "sure"), [("F 2026-04-87", True), ("F 26-87", False), ("87", False)])
def test_letters_year_and_month_are_a_number_though_its_counter_is_short(text: str, sure: bool) -> None:
    """A public accountant's name says nothing; "F 2026-04-87" and the sum do."""
    items = [
        item(f"F-2026-{month:02}-{n:04}", MARTIN, 144_00 + n, issued_on=date(2026, month, 1))
        for month in range(1, 6)
        for n in range(1, 99, 2)
    ]
    decision = one(items, 144_87, f"MANDAT 5147 FACTURE {text}", "DRFIP GRAND EST", received_on=date(2026, 5, 15))
    assert sure is (decision.status == "auto")
    assert not sure or "F-2026-04-0087" in decision.reason


def test_a_short_counter_behind_its_month_that_is_paid_names_no_other_month() -> None:
    """ "2605-99" is May's, which an earlier receipt paid: June's invoice of that sum is not meant."""
    items = subscription("FA26{:02}-{:04}", (1, 2, 3, 4, 5, 6))
    own = [at for at, row in enumerate(items, 1) if row["debtor"] == DURAND]
    money = receipt(118_80, "FACT 2605-99", "DURAND ET FILS", received_on=date(2026, 6, 15))
    first, second = decide(items, [money, money | {"received_on": date(2026, 6, 20)}])
    assert ("auto", [(own[4], 118_80)]) == (first.status, lines(first))
    assert "auto" != second.status


def test_a_list_that_fills_the_purpose_pays_more_than_it_shows() -> None:
    """140 characters are all that a purpose holds: behind them were more numbers, and the rest is theirs."""
    purpose = "FACTURES FA2510-0039 99,00 FA2510-0057 FA2510-0058 FC".rjust(140, "X")
    items = [item(f"FA2510-00{n}", "D0", amount) for n, amount in ((39, 99_00), (57, 117_11), (58, 67_69))]
    label = f"VIR SEPA RECU /DE GARAGE DU LAC /MOTIF {purpose} /REF NOTPROVIDED"
    debtors, money = debtors_of(["Garage du Lac"]), 99_00 + 117_11 + 67_69 + 50_00
    full, short = (one(items, money, text, None, debtors=debtors) for text in (label, label.replace("XX", "")))
    assert ("suggested", "auto", 3) == (full.status, short.status, len(lines(full)))


@pytest.mark.parametrize(
    ("label", "sure"),
    [
        ("VIR SEPA DURAND ET FILS FA00000", True),
        ("VIR SEPA DURAND ETS FILS 000003", True),
        ("VIR SEPA DURAND ET FILS FA00007", False),
        ("VIR DURAND ET FILS FA00000", False),
    ],
)
def test_what_a_cut_left_of_its_own_number_is_no_other_one(label: str, sure: bool) -> None:
    """The bank leaves 31 characters: "FA00000" is the beginning of FA00000328, and of no number if it is not cut."""
    items = [item("FA00000328", DURAND, 118_80), item("FA00000329", MARTIN, 77_80)]
    assert sure is (one(items, 118_80, label, None).status == "auto")


def test_a_cut_number_tells_no_two_equal_invoices_apart() -> None:
    """What is left of it is the beginning of both."""
    items = [item("FA00000328", DURAND, 118_80), item("FA00000629", DURAND, 118_80)]
    assert "auto" != one(items, 118_80, "VIR SEPA DURAND ET FILS FA00000", None).status


@pytest.mark.parametrize(("text", "sure"), [("N/REF 729665", True), ("N/REF 9999", False), ("FACT 729665", False)])
def test_a_reference_that_is_not_built_like_ours_is_the_payers_own(text: str, sure: bool) -> None:
    """Our numbers end in four digits: the six of "N/REF 729665" are his."""
    items = [
        item(
            f"F-2026-{month:02}-{n:04}",
            DURAND if n == 14 else MARTIN,
            50_00 + month * n,
            issued_on=date(2026, month, 1),
        )
        for month in (1, 2, 3)
        for n in range(1, 99, 13)
    ]
    assert sure is (one(items, 50_00 + 28, text, "DURAND ET FILS").status == "auto")


FIGURES = debtors_of(["SDIS 39", "SDIS 59", "SDIS 10", "Studio 95", "Le 86 Lounge"])


@pytest.mark.parametrize(
    ("label", "debtor"),
    [
        ("VIR SEPA SDIS 39 PAIEMENT", "D0"),
        ("VIR SGC MONTREUIL 78102-4003 SDIS 10", "D2"),
        ("VIR LE 86 LOUNGE MERCI", "D4"),
    ],
)
def test_the_figure_of_a_name_tells_namesakes_apart(label: str, debtor: str) -> None:
    """The fire brigades of France are called by the number of their département."""
    items = [item(f"FA0000032{n}", f"D{n}", 118_80 + n) for n in range(5)]
    at = int(debtor[1:])
    decision = one(items, 118_80 + at, label, None, debtors=FIGURES)
    assert ("auto", [(at + 1, 118_80 + at)]) == (decision.status, lines(decision))
    assert "auto" != one(items, 118_80 + 1, label, None, debtors=FIGURES).status


def test_a_counter_of_two_invoices_is_not_left_out_of_a_list() -> None:
    """105 is of May or of June: what the others of the list make up without it is chance."""
    items = [
        item("202605-170", DURAND, 1_150_42, issued_on=date(2026, 5, 1)),
        item("202605-105", DURAND, 20_11, issued_on=date(2026, 5, 1)),
        item("202606-105", DURAND, 1_447_35, issued_on=date(2026, 6, 1)),
        item("202606-207", DURAND, 538_03, issued_on=date(2026, 6, 1), kind="credit_note"),
    ]
    text = "FACTURES 202605-170 202606-105 MOINS AVOIR 202606-207"
    decision = one(items, 1_150_42 - 538_03, text, "DURAND ET FILS", received_on=date(2026, 6, 20))
    assert "auto" != decision.status
    decision = one(items, 1_150_42 + 1_447_35 - 538_03, text, "DURAND ET FILS", received_on=date(2026, 6, 20))
    assert ("auto", 3) == (decision.status, len(lines(decision)))


def test_a_month_that_is_named_tells_which_invoice_was_rounded() -> None:
    """ "FACT MAI" is no payment of June, however near the sum."""
    months = [
        item(f"F26{m:02}118", DURAND, 459_84, issued_on=date(2026, m, 2), due_on=date(2026, m, 2)) for m in (5, 6)
    ]
    decision = one(months[1:], 460_00, "FACT MAI", "DURAND ET FILS", received_on=date(2026, 6, 8))
    assert "auto" != decision.status
    decision = one(months[1:], 460_00, "FACT JUIN", "DURAND ET FILS", received_on=date(2026, 6, 8))
    assert "auto" == decision.status


def test_half_a_word_for_a_statement_is_one() -> None:
    """Of "VOTRE RELEVE MARS" the bank left "VOTRE RELEV": last month's invoice is paid, not the oldest equal one."""
    items = [
        item(f"F26{m:02}118", DURAND, 528_68, issued_on=date(2026, m, 20), due_on=date(2026, m, 20)) for m in (1, 2, 3)
    ]
    decision = one(items, 528_68, "VIR SEPA DURAND ET FILS VOTRE RELEV", None, received_on=date(2026, 4, 10))
    assert [(3, 528_68)] == lines(decision)


def test_who_came_later_and_points_at_nothing_takes_nothing_away() -> None:
    """A later text that is not understood may mean any invoice: the money that came before it pays its own."""
    items = [item("F-26-0101", DURAND, 118_80), item("F-26-0102", MARTIN, 77_10)]
    before = receipt(118_80, "VIREMENT", "DURAND ET FILS")
    later = receipt(118_80, "FACTURE 91270-1566", "DURAND ET FILS", received_on=date(2026, 6, 1))
    first, second = decide(items, [before, later])
    assert ("auto", "auto") != (first.status, second.status)
    assert ("auto", [(1, 118_80)]) == (first.status, lines(first))


def test_a_deposit_of_cheques_that_may_be_anybodys_hinders_nobody() -> None:
    """Many debtors owe the sum of a subscription; whose cheque it was, nobody can tell, and the others pay theirs."""
    names = [f"Garage {name}" for name in ("Abel", "Brun", "Cluny", "Dax", "Evry", "Fos", "Gap")]
    items = [
        item(f"F26{m:02}-{n:04}", f"D{n}", 58_80, due_on=date(2026, m, 28)) for m in (2, 3) for n in range(len(names))
    ]
    cheques = receipt(58_80, "REM CHQ 0873851 1 CHQ", None, received_on=date(2026, 3, 20))
    paid = receipt(58_80, "VIREMENT", "GARAGE CLUNY", received_on=date(2026, 4, 2))
    left, decision = decide(items, [cheques, paid], debtors=debtors_of(names))
    assert ("suggested", "auto", [(3, 58_80)]) == (left.status, decision.status, lines(decision))


def test_money_given_back_that_is_not_an_invoices_sum_wants_no_invoice() -> None:
    """A supplier's number is like one of ours, its sum is not: the debtor's own payment does not wait for it."""
    items = [item("FA2512-0116", DURAND, 1_630_14), item("FA2512-0117", MARTIN, 90_00)]
    refund = receipt(200_00, "REMBOURSEMENT FACTURE FA2512-0116", "KILOUTOU", received_on=date(2026, 4, 1))
    _, decision = decide(items, [refund, receipt(1_630_14, "VIREMENT", "DURAND ET FILS")])
    assert ("auto", [(1, 1_630_14)]) == (decision.status, lines(decision))


def test_a_second_payment_of_another_month_is_not_this_months() -> None:
    """March is paid and closed; that April's invoice has its counter and its sum, and is open, says nothing."""
    items = [
        item(f"F-2026-{month:02}-{n:04}", MARTIN, 30_00 + n, issued_on=date(2026, month, 1))
        for month in range(1, 6)
        for n in range(1, 290, 41)
    ]
    items.append(item("F-2026-04-0294", DURAND, 46_52, issued_on=date(2026, 4, 1)))
    settled = SettledNumbers(["ACME"], [DURAND], ["F-2026-03-0294"])
    late = date(2026, 5, 20)
    again = one(items, 46_52, "F-2026-03-0294", "DURAND ET FILS", settled=settled, received_on=late)
    assert "auto" != again.status
    assert "auto" == one(items, 46_52, "F-2026-04-0294", "DURAND ET FILS", settled=settled, received_on=late).status
    assert "auto" == one(items, 46_52, "FACTURE 0294", "DURAND ET FILS", settled=settled, received_on=late).status
