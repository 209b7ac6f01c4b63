"""What a thirteenth hand's ledger showed: numbers drawn at random, sites in numbers, managers, and lists sent apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.core.reconcile import Debtors, Remittances, SettledNumbers
from tests.unit.reconcile.books import debtors_of, decide, item, lines, one, receipt

SUBSCRIBERS = debtors_of(["Hôtel Morand SAS", "Garage Lestrade SARL", "Vallier & Fils SAS", "Ville de Tence"])
BEGUN = ("932A3F0C", "FC397866", "A4E6B591", "7F26F630")
PRICE = 58_80
DRAWN = [
    item(f"{BEGUN[n]}-{month:04d}", f"D{n}", PRICE, issued_on=date(2026, month, 1), due_on=date(2026, month, 1))
    for n in range(4)
    for month in range(1, 5)
]


def drawn(number: str) -> int:
    """The id of one of them."""
    return next(n for n, row in enumerate(DRAWN, 1) if row["number"] == number)


@pytest.mark.parametrize(
    ("text", "name", "number"),
    [
        ("FACTURE : 932A3F0C4 - 58,80 EUR", "HOTEL MORAND", "932A3F0C-0004"),
        ("INV 932A3F0C-3", "HOTEL MORAND", "932A3F0C-0003"),
        ("REGLEMENT FACTURE FC397866-2", "GARAGE LESTRADE", "FC397866-0002"),
        ("PMT INV A4E6B5912", "VALLIER ET FILS", "A4E6B591-0002"),
        ("Merci A4E6B591-0030", "VALLIER ET FILS", "A4E6B591-0003"),
    ],
)
def test_a_customers_own_beginning(text: str, name: str, number: str) -> None:
    """Behind what a program drew for one customer its counter needs no noughts, and a slip in it is near."""
    decision = one(DRAWN, PRICE, text, name, debtors=SUBSCRIBERS)
    assert ("auto", [(drawn(number), PRICE)]) == (decision.status, lines(decision))


def test_a_customers_own_beginning_and_no_such_counter() -> None:
    """The oldest of equal invoices is not meant where the text has the number of a later one."""
    assert "auto" != one(DRAWN, PRICE, "A4E6B591-0017", "VALLIER ET FILS", debtors=SUBSCRIBERS).status


def test_a_counter_behind_another_customers_beginning() -> None:
    """The 2 of FC397866-2 is nobody else's counter, though a centre pays for both."""
    family = debtors_of(
        ["Groupe Lestrade SAS", "Garage Lestrade SARL", "Vallier & Fils SAS"], parent_id=[None, "D0", "D0"]
    )
    others = [row for row in DRAWN if row["debtor"] in ("D1", "D2") and row["number"] != "FC397866-0002"]
    decision = one(others, PRICE, "REGLEMENT FACTURE FC397866-2", "GROUPE LESTRADE", debtors=family)
    assert "auto" != decision.status


SITES = [
    item(f"{site}/{n:05d}/26", "D0" if site == "LY3" else "D1", 100_00 + n * 7_13, issued_on=date(2026, 1, n % 27 + 1))
    for n in range(470, 500)
    for site in ("LY3", "GR1")
]


@pytest.mark.parametrize("text", ["FACT LY3/482/26", "LY3 482", "FACTLY3-482-26"])
def test_a_site_in_front_of_a_counter(text: str) -> None:
    """Letters and figures in front are the prefix: the other site's number of this counter and sum is not meant."""
    row = next(n for n, one in enumerate(SITES, 1) if one["number"] == "GR1/00482/26")
    two = debtors_of(["Commune de Tence", "Commune de Vals"])
    amount = SITES[row - 1]["open_minor"]
    decision = one(SITES, amount, text, "SGC DU VELAY", debtors=two)
    assert (row, amount) not in [line for proposal in decision.proposals[:1] for line in proposal.lines]
    only = [one for one in SITES if one["number"] != "LY3/00482/26"]
    assert "auto" != one(only, amount, text, "SGC DU VELAY", debtors=two).status


def sent(number: str, debtor: str) -> Remittances:
    """A list of one line that names no receipt."""
    return Remittances(
        id=[1],
        receipt_id=[None],
        lines=[((number, PRICE),)],
        seller=["ACME"],
        debtor=[debtor],
        sent_on=[date(2026, 4, 9)],
        total_minor=[PRICE],
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("MANDAT 12 BORD 3", "SGC DU VELAY"),
        ("REMISE PRLV SEPA 2 OPER", None),
        ("MANDAT 7F26F630-0002", "DRFIP SUD"),
    ],
)
def test_a_list_of_one_line_and_a_stranger(text: str, name: str | None) -> None:
    """A list found by its sum alone says no more than a price that many pay."""
    decision = one(DRAWN, PRICE, text, name, debtors=SUBSCRIBERS, remittances=sent("FC397866-0003", "D1"))
    assert "auto" != decision.status or lines(decision) == [(drawn("7F26F630-0002"), PRICE)]


def test_a_list_of_one_line_goes_to_its_debtor() -> None:
    """Whoever else pays that price in the same week."""
    decisions = decide(
        DRAWN,
        [receipt(PRICE, "VIREMENT", "SC DORGRI"), receipt(PRICE, "SELON AVIS", "GARAGE LESTRADE")],
        debtors=SUBSCRIBERS,
        remittances=sent("FC397866-0003", "D1"),
    )
    assert ["suggested", "auto"] == [one.status for one in decisions]
    assert [(drawn("FC397866-0003"), PRICE)] == lines(decisions[1])


KEPT = debtors_of(
    [
        "Copropriété Le Buisson",
        "SDC 14 rue Thiers Voiron c/o Foncia Alpes Dauphine",
        "COPROPRIETE LE GIROUD c/o Foncia Alpes Dauphine",
    ]
)
HOUSES = [item(f"GR1/00{n}/26", f"D{n % 3}", n * 9_37, issued_on=date(2026, 3, 1)) for n in range(111, 141)]


def test_who_manages_a_house_is_no_debtor() -> None:
    """What stands behind "c/o" is the manager's name, and he pays for many houses."""
    row = next(n for n, one in enumerate(HOUSES, 1) if one["debtor"] == "D0")
    amount, number = HOUSES[row - 1]["open_minor"], HOUSES[row - 1]["number"]
    decision = one(HOUSES, amount, f"COPROPRIETE LE BUISSON FACT {number}", "FONCIA ALPES DAUPHINE", debtors=KEPT)
    assert ("auto", [(row, amount)]) == (decision.status, lines(decision))


def test_a_remark_in_brackets_is_no_part_of_a_name() -> None:
    """The seller wrote the town behind the name; the bank does not know it."""
    towns = debtors_of(["Sté Rozen (Bourgoin-Jallieu)", "Scierie Brun (Gap)", "Brun Optique"])
    items = [item("9004188221", "D0", 4_296_30), item("9004188222", "D1", 711_13), item("9004188223", "D2", 522_17)]
    decision = one(items, 4_296_30, "VIREMENT STE ROZEN VIREMENT", debtors=towns)
    assert ("auto", [(1, 4_296_30)]) == (decision.status, lines(decision))


RENTS = [
    item(f"{3400 + n}", "D0", 372_45, issued_on=date(2026, n, 1), due_on=date(2026, n, 28 if n == 2 else 30))
    for n in range(1, 5)
]
LET = debtors_of(["Éts Garnier & Cie", "Cabinet Noirot"])


def test_a_short_number_as_end_to_end_reference() -> None:
    """Of equal invoices the one is meant whose whole number it is."""
    decision = one(RENTS, 372_45, "VIREMENT", "GARNIER ET CIE", end_to_end_ref="3403", debtors=LET)
    assert ("auto", [(3, 372_45)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["LCR A L ECHEANCE DU 300326 ETS GARNIER", "LCR ECH DU 30/03/2026 ETS GARNIER & CIE"])
def test_a_bill_of_the_day_it_falls_due(text: str) -> None:
    """ "ECHEANCE DU" announces a due day as "ECHEANCE" does."""
    decision = one(RENTS, 372_45, text, debtors=LET)
    assert [(3, 372_45)] == lines(decision)


@pytest.mark.parametrize("day", [date(2026, 2, 26), date(2026, 3, 3)])
def test_a_rent_that_is_paid_ahead(day: date) -> None:
    """The month that is about to begin is this year's, not the last one's."""
    decision = one(RENTS[:3], 372_45, "LOYER MARS", "GARNIER ET CIE", received_on=day, debtors=LET)
    assert ("auto", [(3, 372_45)]) == (decision.status, lines(decision))


IBAN = "FR7613906685920980227825197"


@pytest.mark.parametrize("sirens", [["574551412", "574551412", "574551412"], [None, None, None]])
def test_a_company_that_another_seller_knows_by_its_account(sirens: list[str | None]) -> None:
    """Its IBAN stands in the master data of one seller of the group, or of one of two accounts that a seller keeps."""
    names: list[str | None] = ["Éts Charvet & Fils", "Charvet & Fils", "Menuiserie Vial"]
    three = Debtors(["NORD", "ACME", "ACME"], ["N1", "D0", "D1"], names, siren=sirens, ibans=[(IBAN,), (), ()])
    items = [item("9004188221", "D0", 4_296_30), item("9004188222", "D1", 711_13)]
    decision = one(items, 4_296_30, "VIREMENT CHARVET & FILS", payer_iban=IBAN, seller="ACME", debtors=three)
    assert ("auto", [(1, 4_296_30)]) == (decision.status, lines(decision))


def test_a_company_that_is_kept_twice() -> None:
    """Two accounts of one SIREN, of which one has the IBAN."""
    twice = debtors_of(["Charvet (Ambert)", "Charvet (Feurs)"], siren=["574551412"] * 2, ibans=[(), (IBAN,)])
    items = [item("9004188221", "D0", 4_296_30), item("9004188222", "D1", 711_13)]
    decision = one(items, 4_296_30, "VIREMENT CHARVET", payer_iban=IBAN, debtors=twice)
    assert ("auto", [(1, 4_296_30)]) == (decision.status, lines(decision))


def test_two_letters_of_a_label_begin_no_name() -> None:
    """The SC of a strange holding is no Scierie, and contradicts no number."""
    mills = debtors_of(["Lomi Concept", "Scierie Brun", "Scierie Vallier"])
    items = [item("9004188946", "D0", 340_52), item("9004188947", "D1", 711_13), item("9004188948", "D2", 522_17)]
    decision = one(items, 340_52, "VIREMENT SC DORPEXGRI 9004188946", debtors=mills)
    assert ("auto", [(1, 340_52)]) == (decision.status, lines(decision))


SHORT = [item(f"{5300 + n}", "D0", 23_880, issued_on=date(2026, n, 1), due_on=date(2026, n, 15)) for n in range(1, 5)]


@pytest.mark.parametrize("text", ["V/REF S3O3", "FACTS3O3", "FACTURE 53O3"])
def test_letters_for_digits_of_a_short_number(text: str) -> None:
    """Of equal invoices the one whose number the text looks like; paid once more it is not the oldest that is meant."""
    again = receipt(23_880, text, "GARNIER ET CIE")
    first, second = decide(SHORT, [again, again | {"received_on": date(2026, 4, 12)}], debtors=LET)
    assert ("auto", [(3, 23_880)]) == (first.status, lines(first))
    assert "auto" != second.status
    paid = SettledNumbers(["ACME"], ["D0"], ["5303"])
    assert "auto" != decide(SHORT[:2] + SHORT[3:], [again], debtors=LET, settled=paid)[0].status


def test_digits_before_a_counter_whose_year_stands_behind() -> None:
    """ "002044/26" is not number 44 of the year 26."""
    row = next(n for n, one in enumerate(SITES, 1) if one["number"] == "GR1/00488/26")
    amount = SITES[row - 1]["open_minor"]
    assert "auto" != one(SITES, amount, "FACT GR1/0020488/26", "SGC DU VELAY", debtors=debtors_of(["A", "B"])).status


@pytest.mark.parametrize(
    "label",
    [
        "VIR SEPA RECU /DE DDFIP ISERE /\nMOTIF CHORUS 994851492 GR1/0048\n8/26",
        "VIR SEPA RECU /DE DREVET & FILS /MOTIF FOURNISSEUR /REF FACTGR1\n0048826",
    ],
)
def test_a_tagged_label_in_lines(label: str) -> None:
    """The cut took a tag's stroke, or the reader put two lines together: what follows is glued as before."""
    row = next(n for n, one in enumerate(SITES, 1) if one["number"] == "GR1/00488/26")
    amount = SITES[row - 1]["open_minor"]
    decision = one(SITES, amount, label, debtors=debtors_of(["Commune de Tence", "Drevet & Fils"]))
    assert ("auto", [(row, amount)]) == (decision.status, lines(decision))


def test_one_accountant_pays_for_several() -> None:
    """Money of the same public accountant that a person must place may have paid the oldest of equal invoices."""
    towns = debtors_of(["Commune de Tence", "Commune de Vals", "Commune de Lux"])
    items = [item(f"GR1/00{n}/26", "D0", 711_13, due_on=date(2026, 3, n - 200)) for n in (204, 212, 225)]
    unread = receipt(711_13, "FACT GR1/9999/26 MANDAT 4262", "SGC DU VELAY")
    silent = receipt(711_13, "COMMUNE DE TENCE MANDAT 3516", "SGC DU VELAY", received_on=date(2026, 5, 2))
    assert "auto" != decide(items, [unread, silent], debtors=towns)[1].status


PLAIN = [
    item(f"90041{n:05d}", "D1" if n % 35 == 0 else "D0", 100_00 + n % 977 * 7_13, due_on=date(2026, 4, n % 28 + 1))
    for n in range(91010, 91500, 7)
]


def plain(*ends: str) -> list[tuple[int, int]]:
    """The ids and amounts of those of the first debtor that end so."""
    rows = [next(n for n, row in enumerate(PLAIN, 1) if row["number"].endswith(end)) for end in ends]
    assert all(PLAIN[row - 1]["debtor"] == "D0" for row in rows)
    return sorted((row, PLAIN[row - 1]["open_minor"]) for row in rows)


@pytest.mark.parametrize("text", ["REGLT 4191017 04191031 191045", "FACT 04191017/4191031/191045"])
def test_ends_of_numbers_that_are_nothing_but_digits(text: str) -> None:
    """All of a seller's numbers begin alike, and who pays leaves out what tells nothing."""
    paid = plain("91017", "91031", "91045")
    decision = one(PLAIN, sum(amount for _, amount in paid), text, "GARNIER ET CIE", debtors=LET)
    assert ("auto", paid) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["DETAIL 4191017 + IND 40 EUR", "FACT 04191017"])
def test_the_end_of_a_number_and_more_money(text: str) -> None:
    """A person is shown the invoice named, if nothing is applied."""
    paid = plain("91017")
    decision = one(PLAIN, paid[0][1] + 40_00, text, "GARNIER ET CIE", debtors=LET)
    assert paid == lines(decision)


@pytest.mark.parametrize("text", ["CDE 4191017", "RELEVE N 4191017", "PMT 91017"])
def test_the_end_of_a_number_that_is_something_else(text: str) -> None:
    """An order's, a statement's or a payment's number is no invoice's, though one ends so."""
    assert "auto" != one(PLAIN, 50_00, text, "GARNIER ET CIE", debtors=LET).status


def test_a_name_in_a_label_at_two_sellers() -> None:
    """One company in another order of words, whom only one of them sent the rents; its number is not said."""
    names: list[str | None] = ["Carrosserie Tournier SA", "Carrosserie Tournier SA", "Brun Optique"]
    two = Debtors(["NORD", "ACME", "ACME"], ["N1", "D0", "D1"], names)
    decision = one(RENTS, 372_45, "VIR SA CARROSSERIE TOURNIER REGLEMENT", debtors=two)
    assert ("auto", [(1, 372_45)]) == (decision.status, lines(decision))


def test_a_day_joined_to_a_number_by_a_stroke() -> None:
    """The 01 of "0003/01.04.2026" is a day, and no counter."""
    decision = one(DRAWN, 58_00, "FACT.A4E6B591.0003/01.04.2026", "VALLIER ET FILS", debtors=SUBSCRIBERS)
    assert [drawn("A4E6B591-0003")] == [row for row, _ in lines(decision)]


@pytest.mark.parametrize("text", ["REGL.533", "533", "PRLV SEPA GARNIER RUM CUS_89MSS69RW 5303"])
def test_a_number_of_another_of_equal_invoices(text: str) -> None:
    """Three figures alone, or a whole number behind a mandate's: the oldest is not meant."""
    decision = one(SHORT, 23_880, text, "GARNIER ET CIE", debtors=LET)
    assert "auto" != decision.status or [(3, 23_880)] == lines(decision)


def test_a_first_name_that_the_ledger_does_not_have() -> None:
    """What is owed under the family's name is offered beside a part of what one of the same first name owes."""
    persons = debtors_of(["M. et Mme Belmont", "Payerne Jean-Luc", "M. Sibut Jean-Luc"])
    items = [item("3355", "D0", 688_07), item("3356", "D1", 702_11), item("3357", "D2", 819_02)]
    decision = one(items, 688_07, "VIR LOYER", "JEAN-LUC BELMONT", debtors=persons)
    assert ((1, 688_07),) in [proposal.lines for proposal in decision.proposals]


def test_a_number_beside_a_stranger_and_too_much_money() -> None:
    """What it names is not taken by silent money that comes later, though nothing is sure of it."""
    towns = debtors_of(["CCAS de Chambéry", "Mairie de Chambéry", "Chambéry Optique"])
    items = [item(f"GR1/00{n}/26", "D0", 152_91, due_on=date(2026, 3, n - 200)) for n in (204, 212, 225)]
    named = receipt(192_91, "FRE GR1/00204/26 PENALITES INCLUSES", "TRESORERIE CHAMBERY")
    silent = receipt(152_91, "CCAS DE CHAMBERY MANDAT 2304", "TRESORERIE CHAMBERY", received_on=date(2026, 5, 2))
    first, second = decide(items, [named, silent], debtors=towns)
    assert [(1, 152_91)] == lines(first)
    assert "auto" != second.status or [(1, 152_91)] != lines(second)


def test_one_siren_under_two_spellings() -> None:
    """The label has the name as one seller writes it, and the other sent the rent."""
    names: list[str | None] = ["Syver Services", "Syver Services SAS", "Brun Optique"]
    two = Debtors(["NORD", "ACME", "ACME"], ["N1", "D0", "D1"], names, siren=["424590180", "424590180", None])
    items = [*RENTS, item("7711", "N1", 55_00, seller="NORD")]
    decision = one(items, 372_45, "VIR SAS SYVER SERVICES LOYER MARS", debtors=two)
    assert ("auto", [(3, 372_45)]) == (decision.status, lines(decision))


def test_a_list_and_money_that_names_nobody() -> None:
    """The sum of two direct debits is not another debtor's who sent a list of two invoices."""
    table = sent("FC397866-0003", "D1")
    two = Remittances([1], [None], [(("FC397866-0003", PRICE), ("FC397866-0004", PRICE))], ["ACME"], ["D1"])
    two = replace(two, sent_on=table.sent_on, total_minor=[2 * PRICE])
    assert "auto" != one(DRAWN, 2 * PRICE, "REMISE PRLV SEPA 2 OPER", debtors=SUBSCRIBERS, remittances=two).status
    decision = one(DRAWN, 2 * PRICE, "VIR GARAGE LESTRADE", debtors=SUBSCRIBERS, remittances=two)
    assert ("auto", [(drawn("FC397866-0003"), PRICE), (drawn("FC397866-0004"), PRICE)]) == (
        decision.status,
        lines(decision),
    )


@pytest.mark.parametrize("number", ["FC397866-0001", "932A3F0C-0001"])
def test_a_list_of_several_lines_outranks_a_number_that_does_not_explain_the_sum(number: str) -> None:
    """Its own debtor's, who pays exactly as much; numbers that make up what came are meant themselves."""
    table = sent("FC397866-0003", "D1")
    two = Remittances([1], [None], [(("FC397866-0003", PRICE), ("FC397866-0004", PRICE))], ["ACME"], ["D1"])
    two = replace(two, sent_on=table.sent_on, total_minor=[2 * PRICE])
    decision = one(DRAWN, 2 * PRICE, f"FACT {number}", "GARAGE LESTRADE", debtors=SUBSCRIBERS, remittances=two)
    assert ("auto", [(drawn("FC397866-0003"), PRICE), (drawn("FC397866-0004"), PRICE)]) == (
        decision.status,
        lines(decision),
    )
    text = "FACT FC397866-0001 FC397866-0002"
    decision = one(DRAWN, 2 * PRICE, text, "GARAGE LESTRADE", debtors=SUBSCRIBERS, remittances=two)
    assert [(drawn("FC397866-0001"), PRICE), (drawn("FC397866-0002"), PRICE)] == lines(decision)


def test_of_one_sum_that_two_of_a_group_owe_no_set_is_sure() -> None:
    """The oldest goes first among one debtor's invoices, not among those of several."""
    known = debtors_of(["Aquafib Industrie", "Laiterie Rtjp", "Menuiserie Rkrq"], parent_id=[None, "D0", "D0"])
    monthly = [
        item(f"FI-48{month}0", debtor, 2_104_20, issued_on=date(2026, month, 3 + day), due_on=date(2026, month + 1, 3))
        for month in (1, 2, 3)
        for day, debtor in enumerate(("D1", "D2"))
    ]
    items = [*monthly, item("FI-5137", "D2", 1_052_10, issued_on=date(2026, 3, 11))]
    assert "auto" != one(items, 3_156_30, "PAIEMENT", "AQUAFIB INDUSTRIE", debtors=known).status


def test_the_form_of_a_namesake_with_a_town_in_brackets_tells_nothing() -> None:
    """ "SARL Carrosserie Lha" may be Carrosserie Lha, whose form nobody wrote down, as well as that of Cusset."""
    known = debtors_of(["L.H.A. Carrosserie", "L.H.A. Carrosserie SARL (Cusset)"])
    halves = [item(number, "D1", 118_80) for number in ("4970", "5255")]
    items = [item("5122", "D0", 237_60), *halves]
    assert "auto" != one(items, 237_60, "VIREMENT", "SARL L.H.A. CARROSSERIE", debtors=known).status
