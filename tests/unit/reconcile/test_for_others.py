"""Payers that are not the debtor themselves, and debtors of one name."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.debtor_names import Memory
from hub.core.reconcile.reading.references import Reader
from tests.unit.reconcile.books import debtors_of, item, items_of, lines, one

TOWN = debtors_of(["Commune de Villefranche", "CCAS de Château-Thierry", "SDC 48 rue François", "Boyer", "Lycée Foch"])


@pytest.mark.parametrize(
    ("label", "debtor"),
    [
        ("VIR SGC CHATEAU-THIERRY VOTRE FAC. N 202604-105 MANDAT 2819", "D0"),
        ("VIR TRESORERIE DE VILLEFRANCHE MANDAT 1054 BORD 2 FRE 202604-105", "D4"),
        ("VIR SEPA CABINET BOYER SYNDIC FACT. 202604-105", "D2"),
    ],
)
def test_who_pays_for_others_contradicts_no_number_in_a_label(label: str, debtor: str) -> None:
    """The seat of an accountant is another debtor's town, and a property manager has another debtor's name."""
    items = [item("202604-105", debtor, 1_222_90)]
    items += [item(f"202604-20{n}", f"D{n}", 99_00 + n) for n in range(5) if f"D{n}" != debtor]
    decision = one(items, 1_222_90, label, None, debtors=TOWN)
    assert ("auto", [(1, 1_222_90)]) == (decision.status, lines(decision))
    plain = (
        label.replace("SGC", "CCAS DE").replace("TRESORERIE", "COMMUNE").replace(" SYNDIC", "").replace("CABINET ", "")
    )
    assert "auto" != one(items, 1_222_90, plain, None, debtors=TOWN).status


TWINS = debtors_of(["Pharmacie de la Gare", "PHARMACIE DE LA GARE", "Nordpack"])


@pytest.mark.parametrize(
    ("other", "sure"),
    [((917_31,), False), ((917_33,), False), ((400_00, 517_33), False), ((100_00,), True)],
)
def test_of_two_debtors_of_one_name_the_one_that_owes_the_sum(other: tuple[int, ...], sure: bool) -> None:
    """One owes it to the cent, the other owes nothing like it; otherwise a person must say."""
    items = [item("F-26-0101", "D0", 917_33)]
    items += [item(f"F-26-020{n}", "D1", amount) for n, amount in enumerate(other)]
    decision = one(items, 917_33, "REGLEMENT", "PHARMACIE DE LA GARE", debtors=TWINS)
    assert sure is (decision.status == "auto")
    assert [(1, 917_33)] == lines(decision)


def test_of_two_debtors_of_one_name_equal_invoices_are_a_question() -> None:
    """A subscription's sum comes again: which of its invoices, and whose money, is not plain together."""
    items = [item("F-26-0101", "D0", 917_33), item("F-26-0102", "D0", 917_33), item("F-26-0103", "D1", 55_00)]
    assert "auto" != one(items, 917_33, "REGLEMENT", "PHARMACIE DE LA GARE", debtors=TWINS).status


@pytest.mark.parametrize(
    ("paid", "sure"), [(611_00, True), (407_33, True), (203_67, True), (611_37, False), (800_00, False)]
)
def test_a_usual_share_beside_a_whole_number_is_a_part_payment(paid: int, sure: bool) -> None:
    """Nobody knows the payer; a number in full and exactly a half, a third or the VAT are no chance."""
    items = [item("FA25120009", "D0", 1_222_00), item("FA25120010", "D4", 99_00)]
    decision = one(items, paid, "ACOMPTE FACT. FA25120009 MANDAT 6639", "SGC HYERES", debtors=TOWN)
    assert (sure, [(1, paid)]) == (decision.status == "auto", lines(decision))


CHAIN = debtors_of(["Alpagem Distribution", "Alpagem Sud", "Boucherie Muller"])
CHAIN.debtor_id[:] = ["C00268", "C00269", "C00140"]


@pytest.mark.parametrize(("customer", "sure"), [("C00269", False), ("C00140", True)])
@pytest.mark.parametrize("name", ["ALPAGEM CENTRALE", "SGC HYERES"])
def test_a_customer_number_says_for_whom_the_money_is(customer: str, sure: bool, name: str) -> None:
    """The centre pays for C00269, and the number, one slip away, is somebody else's invoice of the same sum."""
    items = [item("26010137", "C00269", 118_80), item("26010139", "C00140", 118_80), item("26010140", "C00268", 55_00)]
    decision = one(items, 118_80, f"CLIENT {customer} RGT 26010139", name, debtors=CHAIN)
    assert sure is (decision.status == "auto")
    assert not sure or [(2, 118_80)] == lines(decision)


def test_more_than_is_left_is_no_share() -> None:
    """Five sixths of the invoice, of which less is open: what came before explains it, or a person."""
    invoice = item("F202606106", "D0", 240_00, open_minor=123_46)
    decision = one([invoice], 200_00, "HT MANDAT 8557 FACT N F202606106", "SGC HYERES", debtors=TOWN)
    assert "auto" != decision.status


@pytest.mark.parametrize(("near", "sure"), [(2_610_40, False), (2_619_40, True)])
def test_a_rounding_of_one_invoice_is_a_rival_of_four_that_add_up(near: int, sure: bool) -> None:
    """2,610.00 is what four invoices make up, by chance or not, and 2,610.40 without its cents."""
    four = (169_93, 572_14, 936_14, 931_79)
    items = [item(f"FA-26-010{n}", "D4", amount) for n, amount in enumerate(four)]
    decision = one([*items, item("FA-26-0190", "D4", near)], 2_610_00, "SOLDE FACTURE", "LYCEE FOCH", debtors=TOWN)
    assert sure is (decision.status == "auto")


def test_a_strangers_number_with_a_sum_that_its_own_company_owes_is_a_question() -> None:
    """The holding of a chain writes 26010139 for its shop's 26010137, and a stranger owes the same subscription."""
    items = [item("26010137", "C00269", 118_80), item("26010139", "C00140", 118_80), item("26010140", "C00268", 55_00)]
    assert "auto" != one(items, 118_80, "FCT 26010139", "ALPAGEM HOLDING", debtors=CHAIN).status
    assert "auto" == one(items[1:], 118_80, "FCT 26010139", "ALPAGEM HOLDING", debtors=CHAIN).status


GROUP = debtors_of(["Galvaltis Dole SAS", "Galvaltis", "Fonderie Lacombe SARL"])


@pytest.mark.parametrize("payer", ["Galvaltis Finance", "Galvaltis", "Tresorerie Mutualisee GIE"])
@pytest.mark.parametrize(
    ("text", "debtor", "amount"),
    [
        ("VIREMENT TRESORERIE\nPOUR LE COMPTE DE GALVALTIS DOLE SAS", 1, 449_10),
        ("BAP7820 POUR COMPTE DE FONDERIE LACOMBE SARL", 3, 731_44),
        ("P/LE COMPTE DE FONDERIE LACOMBE", 3, 731_44),
        ("P/C FONDERIE LACOMBE SARL", 3, 731_44),
        ("VIR SEPA /DE GALVALTIS /MOTIF P/C DE FONDERIE LACOMBE /REF 20002", 3, 731_44),
        ("VIR SEPA /DE GALVALTIS /MOTIF VIREMENT TRESORERIE /REF 20002\nPOUR LE COMPTE DE FONDERIE LACOMBE", 3, 731_44),
    ],
)
def test_a_debtor_for_whom_the_payer_says_it_pays(payer: str | None, text: str, debtor: int, amount: int) -> None:
    """Its only invoice of the sum is paid, whoever pays; another company's of the group is not."""
    items = [item("VN418273", "D0", 449_10), item("VN418310", "D1", 517_20), item("VN418377", "D2", 731_44)]
    payer = None if "/DE" in text else payer
    decision = one(items, amount, text, payer, debtors=GROUP)
    assert ("auto", [(debtor, amount)]) == (decision.status, lines(decision))
    assert "auto" != one(items, 517_20, text, payer, debtors=GROUP).status


HOUSES = debtors_of(
    [
        "Copropriété 73 rue Carnot",
        "SDC 40 rue Carnot",
        "SDC 12 rue Carnot Dole",
        "Syndicat des copropriétaires 132 avenue des Tanneurs",
        "SDC 9 avenue des Tanneurs",
    ]
)


@pytest.mark.parametrize("payer", ["Cabinet Ancel Syndic", None])
@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("SDC 73 RUE CARNOT 2601-0071", 1),
        ("COPRO 12 RUE CARNOT DOLE FACT 2601-0073", 3),
        ("SDC 132 AV DES TANNEURS 2601-0074", 4),
        ("COPROPRIETE 9 AVENUE DES TANNEURS 2601-0075", 5),
    ],
)
def test_the_house_number_tells_co_owners_apart(payer: str | None, text: str, paid: int) -> None:
    """However their legal form is written; all houses of the street owe the same."""
    items = [item(f"2601-{71 + n:04}", f"D{n}", 180_00) for n in range(5)]
    decision = one(items, 180_00, text, payer, debtors=HOUSES)
    assert ("auto", [(paid, 180_00)]) == (decision.status, lines(decision))


def test_a_house_number_is_no_invoices() -> None:
    """The 132 of an address is not the 132 of the younger of two equal invoices."""
    items = [item(f"F2026-{n:04}", "D3", 248_00 if n in (129, 132) else 100_00 + n) for n in range(120, 140)]
    name = "SYNDICAT DES COPROPRIETAIRES 132 AVENUE DES TANNEURS"
    decision = one(items, 248_00, "SDC 132 AVENUE DES TANNEURS", name, debtors=HOUSES)
    assert decision.rule != "number_exact"
    assert [(10, 248_00)] == lines(decision)


def test_a_company_number_tells_namesakes_apart() -> None:
    """Two debtors of one name owe the same sum; the bank tells whose SIREN paid."""
    twins = debtors_of(["Nordpack", "Nordpack SARL"], siren=["732829320", "552100554"])
    items = [item("F101", "D0", 917_31), item("F102", "D1", 917_31)]
    assert "auto" != one(items, 917_31, "VIREMENT", "NORDPACK", debtors=twins).status
    for siren, paid in (("732829320", 1), ("552100554", 2)):
        decision = one(items, 917_31, f"VIREMENT\nSIREN {siren}", "NORDPACK", debtors=twins)
        assert ("auto", [(paid, 917_31)]) == (decision.status, lines(decision))


def test_a_house_number_is_no_counter_of_another_house() -> None:
    """Co-owners of 119 rue Victor Hugo, and the invoice 0119 of another house for the same sum."""
    oyonnax, vannes = (
        "Syndicat des copropriétaires 119 rue Victor Hugo Oyonnax",
        "Copropriété 51 rue Victor Hugo Vannes",
    )
    issued = date(2025, 8, 31)
    invoices = [item(f"08-2025-{n:04}", "D1" if n == 119 else "D0", 248_00, issued_on=issued) for n in range(85, 120)]
    ledger = Ledger(items_of(invoices), debtors_of([oyonnax, vannes]), None)
    reader = Reader(ledger, Memory().names(ledger))
    text = "SDC 119 rue Victor Hugo Oyonnax 08/2025"
    assert [] == reader.read([("remittance", text)], date(2025, 9, 30)).mentions


@pytest.mark.parametrize("text", ["95 rue du Moulin Dole NETTOYAGE 08/2025", "NETTOYAGE 95 RUE DU MOULIN DOLE"])
def test_co_owners_are_known_by_their_address(text: str) -> None:
    """Their manager names the house, and neither the number of the invoice nor that they are co-owners."""
    houses = debtors_of(["Syndicat des copropriétaires 95 rue du Moulin Dole", "SDC 59 rue du Moulin Dole"])
    day = {"issued_on": date(2025, 8, 31), "due_on": date(2025, 9, 30)}
    invoices = [item("08-2025-0134", "D0", 312_00, **day), item("08-2025-0135", "D1", 313_00, **day)]
    paid = one(invoices, 312_00, text, "REGIE BRASSEUR", debtors=houses, received_on=date(2025, 9, 30))
    assert ("auto", [(1, 312_00)]) == (paid.status, lines(paid))
    other = one(invoices, 313_00, text, "REGIE BRASSEUR", debtors=houses, received_on=date(2025, 9, 30))
    assert "auto" != other.status
