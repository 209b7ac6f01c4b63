"""Mistakes the engine once made, as patterns: each would put money on the wrong item, or in the wrong books."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Debtors, SettledNumbers
from hub.core.reconcile.payers.names import name_words
from hub.core.reconcile.texts.text import mask
from tests.unit.reconcile.books import DUPONT, DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

IBAN = "FR7630006000011234567890189"


@pytest.mark.parametrize("text", ["VE2603078369 QUINCAILLERIE DES QUIMPER", "REGLEMENT FA2026133454 MERCI"])
def test_a_number_and_a_word_are_no_account_number(text: str) -> None:
    """One such text in a hundred has right check digits; no country has accounts like these."""
    assert text == mask(text)[0]


def test_account_numbers_are_hidden_and_what_follows_is_not() -> None:
    """With blanks or without."""
    assert "FA123" == mask(f"{IBAN} FA123")[0].replace("#", "").strip()
    assert "FACT 12345" == mask("FR76 3000 6000 0112 3456 7890 189 FACT 12345")[0].replace("#", "").strip()


@pytest.mark.parametrize("text", ["2026000262,70,94", "7000558 EUR 385,68", "1021,22,23"])
def test_numbers_beside_amounts_are_not_hidden(text: str) -> None:
    """A list with commas is no amount, and EUR before an amount belongs to it."""
    assert mask(text)[0].startswith(text.split()[0].split(",")[0])


def test_a_closed_number_that_looks_like_an_account_is_no_silence() -> None:
    """The text names a closed invoice; another one of this amount is not paid by it."""
    settled = SettledNumbers(["ACME"], [DURAND], ["VE2603078369"])
    open_one = item("VE2603085557", DURAND, 256_72)
    decision = one([open_one], 256_72, "VE2603078369 DURAND ET FILS", None, payer_iban=IBAN, settled=settled)
    assert "auto" != decision.status


def test_foreign_invoices_of_one_amount_are_told_apart_by_number() -> None:
    """Two invoices of one foreign amount: the number decides, and without one nobody does."""
    two = [item(f"FA-2026-0{n}", DURAND, 1122_67, currency="CHF") for n in (3596, 4483)]
    ordered = {"original_amount_minor": 1122_67, "original_currency": "CHF", "payer_iban": IBAN}
    assert [(2, 1122_67)] == lines(one(two, 1133_89, "FA-2026-04483", "DURAND ET FILS", **ordered))
    assert "auto" != one(two, 1133_89, "VIREMENT", "DURAND ET FILS", **ordered).status


def test_too_much_money_beside_a_number_is_not_two_others_by_chance() -> None:
    """The text names one invoice and says nothing of others: the excess is for a person."""
    items = [item("FA-2026-0101", DURAND, 1394_43), item("FA-2026-0102", DURAND, 33_46)]
    items.append(item("FA-2026-0103", DURAND, 245_57))
    decision = one(items, 1673_46, "FACT FA-2026-0101", "DURAND ET FILS", payer_iban=IBAN)
    assert "auto" != decision.status


@pytest.mark.parametrize("label", ["VIR MENUISERIE MARTI", "VIR MENUISERIE MAR"])
def test_a_label_that_names_another_debtor_contradicts(label: str) -> None:
    """The bank gives no payer name; the label has another debtor's, cut."""
    decision = one([item("FA-2026-0101", DURAND, 100_00)], 100_00, f"{label} FA-2026-0101", None)
    assert "auto" != decision.status
    assert "auto" == one([item("FA-2026-0101", MARTIN, 100_00)], 100_00, f"{label} FA-2026-0101", None).status


def test_public_accountants_pay_bills_and_give_back_taxes() -> None:
    """A mandat de paiement is a payment; a refund of VAT is not."""
    invoice = item("FA-2026-00777", DUPONT, 4_123_00)
    paid = one([invoice], 4_123_00, "MANDAT 4596 BORD 287 FA-2026-00777", "DRFIP NOUVELLE AQUITAINE")
    assert ("auto", [(1, 4_123_00)]) == (paid.status, lines(paid))
    for name, text in (
        ("TRESOR PUBLIC", "REMBOURSEMENT TVA"),
        ("DGFIP", "CREDIT DE TVA 3519"),
        ("DDFIP 46", "DEGREVEMENT"),
    ):
        assert "tax_or_social" == one([invoice], 4_123_00, text, name).rule
    assert "not_a_receipt" != one([invoice], 5_000_00, "MANDAT 12 BORD 3", "TRESOR PUBLIC").status


@pytest.mark.parametrize("text", ["FACTURE NO 2026 2340", "FACT 2340"])
def test_a_second_payment_is_no_misprint_of_another_invoice(text: str) -> None:
    """The number is that of an invoice paid a moment ago; another one of this amount is one slip away."""
    before = item("FA-2025-02240", DURAND, 2089_98, issued_on=date(2025, 9, 3), due_on=date(2025, 10, 3))
    items = [item("FA-2026-02340", DURAND, 2089_98), before]
    first, second = decide(items, [receipt(2089_98, text, "DURAND ET FILS") for _ in range(2)])
    assert [(1, 2089_98)] == lines(first)
    assert "auto" != second.status


def test_a_share_of_an_invoice_is_not_netted_with_a_credit_note_by_chance() -> None:
    """30 % of it; that the rest is exactly a credit note may be chance, and the text does not speak of one."""
    items = [item("FA-2026-0101", DURAND, 259_30), item("AV-2026-0009", DURAND, 181_51, kind="credit_note")]
    assert "auto" != one(items, 77_79, "FA-2026-0101", "DURAND ET FILS").status
    assert "auto" == one(items, 77_79, "FA-2026-0101 MOINS AVOIR", "DURAND ET FILS").status


def test_a_round_sum_on_account_is_no_rounding() -> None:
    """5,000.00 "à valoir", and an invoice of 5,000.21."""
    items = [item("FA-2026-0101", DURAND, 5000_21)]
    assert "auto" != one(items, 5000_00, "A VALOIR", "DURAND ET FILS", payer_iban=IBAN).status


def test_a_group_does_not_make_a_doubtful_sum_sure() -> None:
    """Two sets of the debtor's own items add up; that its group's many items hide one does not decide."""
    items = [item("F1001", DUPONT, 40_13), item("F1002", DUPONT, 55_17), item("F1003", DUPONT, 95_30)]
    items += [item(f"F{2000 + n}", "C009", 3_000_01 + 97 * n) for n in range(70)]
    assert "auto" != one(items, 95_30, "VIREMENT", "DUPONT ELECTRICITE SA").status


def test_a_counter_that_looks_like_a_year_is_still_the_counter() -> None:
    """ "FACT 2025" of a debtor who has an invoice 2025, and an older one of the same amount."""
    series = [item(f"VE26{n:06d}", MARTIN, 1_00 + n) for n in range(2000, 2020)]
    own = [item("VE26001990", DURAND, 608_32), item("VE26002025", DURAND, 608_32)]
    decision = one([*own, *series], 608_32, "REGLT FACT 2025", "DURAND ET FILS", payer_iban=IBAN)
    assert [(2, 608_32)] == lines(decision)


_TOWNS = [f"{one}{two}{end}" for one in ("Lan", "Vit", "Ri", "Fi") for two in "abcdefgh" for end in "klmnoprstuvwxyz"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (None, "VIR CENTRE HOSPITALIER DE INV0005946"),
        (None, "VIR CENTRE HOSPITALIER DE LANAK INV0005\n946"),
        (None, "VIR CENTRE HOSPITALIER DE INV00059\n46"),
        ("CENTRE HOSPITALIER DE", "INV0005946"),
        ("CENTRE HOSPITALIER DE VI", "INV0005946"),
    ],
)
def test_what_is_left_of_a_frequent_name_is_not_just_anybodys(name: str | None, text: str) -> None:
    """Too little to tell which hospital paid, yet enough to tell that the workshop did not."""
    hospitals = [f"Centre Hospitalier de {town}" for town in _TOWNS]
    debtors = debtors_of(["Fenêtres Fourcade Issoire SAS", *hospitals])
    decision = one([item("INV0005946", "D0", 237_55)], 237_55, text, name, debtors=debtors)
    assert "auto" != decision.status
    its_own = one([item("INV0005946", "D1", 237_55)], 237_55, "VIR CENTRE HOSPITALIER DE INV0005946", debtors=debtors)
    assert [(1, 237_55)] == lines(its_own)
    assert "auto" == its_own.status


@pytest.mark.parametrize(
    ("payer", "owner"),
    [
        ("PNEUMATIQUES PUJOL CHATEAU-THIE", "Abrasifs Pujol Château-Thierry SAS"),
        ("ABRASIFS CASTAING SAINT-LO", "Vernhes Abrasifs Saint-Lô SELARL"),
        ("ESCANDE & LACAZE RIOM", "Lacaze & Escande Decize SAS"),
    ],
)
def test_a_debtor_named_in_full_does_not_pay_for_one_somewhat_alike(payer: str, owner: str) -> None:
    """Another debtor's number and sum; one of the family name, the town or the trade is the same."""
    names = ["Pneumatiques Pujol Château-Thierry", "Abrasifs Castaing Saint-Lô"]
    towns = ("Autun", "Senlis", "Thiers", "Riom", "Vitré", "Figeac", "Loudun", "Pithiviers", "Saint-Lô", "Decize")
    trades = ("Abrasifs", "Vérandas", "Pneumatiques", "Conserves", "Façades", "Surgelés", "Arrosage", "Fenêtres")
    stems = ("Pujol", "Vernhes", "Castaing", "Escande", "Lacaze", "Bouchet")
    crowd = [f"{trade} {stem} {town}" for trade in trades for stem in stems for town in towns]
    debtors = debtors_of([owner, "Escande & Lacaze Riom", *names, *(set(crowd) - set(names))])
    invoice = item("FA-2026-0101", "D0", 590_55)
    for name, text in ((payer, "FA-2026-0101"), (None, f"VIR {payer} FA-2026-0101")):
        assert "auto" != one([invoice], 590_55, text, name, debtors=debtors).status
        assert "auto" == one([item("FA-2026-0101", "D0", 590_55)], 590_55, text, owner, debtors=debtors).status


@pytest.mark.parametrize("cut", ["Straßburger Loudun e.K.", "STRASSBURGER LOUDUN E.K", "STRASSBURGER LOUDUN EK"])
def test_a_legal_form_cut_before_its_last_dot_is_still_one(cut: str) -> None:
    """As two words more it made a debtor's own name unknown, and an unknown name contradicts nobody."""
    assert ("STRASSBURGER", "LOUDUN") == name_words(cut)


def test_the_account_of_a_namesake_contradicts() -> None:
    """Two companies of one name: the account is the one's, the number and the sum are the other's."""
    debtors = debtors_of(["Vérandas Bouchet Figeac SAS"] * 2, siren=["732829320", "552100554"], ibans=[(IBAN,), ()])
    paid = (590_55, "FA-2026-0101", "VERANDAS BOUCHET FIGEAC SAS")
    assert "auto" != one([item("FA-2026-0101", "D1", 590_55)], *paid, payer_iban=IBAN, debtors=debtors).status
    assert "auto" == one([item("FA-2026-0101", "D0", 590_55)], *paid, payer_iban=IBAN, debtors=debtors).status


def test_too_much_money_beside_a_number_of_somebody_else_is_a_question() -> None:
    """A list of which one number was understood, and another taken for somebody else's."""
    items = [item("FA-2026-0101", DURAND, 900_00), item("2026000522", MARTIN, 200_00)]
    decision = one(items, 1_133_17, "FA-2026-0101 ET 2026000522", "DURAND ET FILS", payer_iban=IBAN)
    assert "auto" != decision.status
    assert "auto" == one(items, 1_133_17, "FA-2026-0101", "DURAND ET FILS", payer_iban=IBAN).status


@pytest.mark.parametrize("name", ["Primeurs Produits Frais SARL", "Ben Mintarsou"])
def test_a_debtors_name_speaks_of_no_charges(name: str) -> None:
    """ "FRAIS" of "produits frais" and "BEN" of a family: money missing at home is a question all the same."""
    invoice = item("FA-2026-0101", "D0", 905_39)
    label = f"VIR SEPA {name} FA-2026-0101"
    assert "suggested" == one([invoice], 891_89, label, debtors=debtors_of([name])).status
    assert "auto" == one([invoice], 891_89, f"{label} MOINS CHARGES", debtors=debtors_of([name])).status


def test_a_set_with_one_of_two_equal_invoices_is_a_question() -> None:
    """2,652.94 is open twice: that the sum needs one of them does not tell which."""
    items = [item(f"F{n}", DURAND, amount) for n, amount in ((1001, 2652_94), (1002, 2652_94), (1003, 1152_83))]
    decision = one(items, 3805_77, "VIREMENT", "DURAND ET FILS", payer_iban=IBAN)
    assert ("suggested", [(1, 2652_94), (3, 1152_83)]) == (decision.status, lines(decision))
    assert "auto" == one(items[1:], 3805_77, "VIREMENT", "DURAND ET FILS", payer_iban=IBAN).status


def test_a_second_payment_is_no_part_of_last_years_namesake() -> None:
    """ "FA2005" is 02005 of both years: the first receipt paid this year's exactly, so did the second."""
    years = {2025: date(2025, 12, 12), 2026: date(2026, 3, 15)}
    items = [
        item(f"FA-{year}-{counter:05}", DURAND, amount, issued_on=day)
        for year, day in years.items()
        for counter, amount in (
            (2005, 1_366_45 if year == 2025 else 86_27),
            (2011, 700_01 + year),
            (2042, 300_07 + year),
        )
    ]
    paid = receipt(86_27, "RGT FACT FA2005", "DURAND ET FILS", payer_iban=IBAN)
    first, second = decide(items, [paid, paid | {"received_on": date(2026, 5, 2)}])
    assert ("auto", [(4, 86_27)]) == (first.status, lines(first))
    assert "suggested" == second.status
    assert "FA-2026-02005 was paid with exactly this amount" in second.proposals[0].evidence["rivals"]
    part = receipt(100_00, "RGT FACT FA2005", "DURAND ET FILS", payer_iban=IBAN)
    assert "auto" == decide(items[:3], [part])[0].status


def test_a_second_payment_of_one_of_many_equal_invoices_is_left() -> None:
    """ "FACTURE N 855" was paid already: it pays no other invoice of that sum."""
    items = [item(f"2025/{n:06}", DURAND, 1_124_35, issued_on=date(2025, 12, 1 + n % 7)) for n in (465, 492, 855, 874)]
    paid = receipt(1_124_35, "REGLT FACT FACTURE N 855", "DURAND ET FILS", payer_iban=IBAN)
    first, second = decide(items, [paid, paid | {"received_on": date(2026, 5, 2)}])
    assert ("auto", [(3, 1_124_35)]) == (first.status, lines(first))
    assert "auto" != second.status
    assert "auto" == decide(items, [paid | {"remittance": "REGLT FACT"}])[0].status


def test_a_discount_in_its_days_is_as_good_as_a_sum() -> None:
    """2,180.27 is two invoices, and as well a third less the 2 % its terms give: a question."""
    pair = [item("F3351", DURAND, 429_27), item("F3354", DURAND, 1_751_00)]
    third = item("F3555", DURAND, 2_224_77, issued_on=date(2026, 4, 5), discount_terms="2% 8 jours")
    paid = (2_180_27, "REGLEMENT", "DURAND ET FILS")
    assert "auto" == one(pair, *paid, payer_iban=IBAN).status
    decision = one([*pair, third], *paid, payer_iban=IBAN)
    assert "suggested" == decision.status
    assert {"payer_sum", "payer_discount"} == {p.rule for p in decision.proposals[:2]}


def test_a_second_payment_is_no_misprint_of_another_number() -> None:
    """01884 was paid a moment ago: the second such text does not mean 01184, one digit away and of the same sum, though
    another debtor had a 01884 as well."""
    items = [item(f"FA-2026-{n:05}", DURAND, 223_67) for n in (1184, 1416, 1884)]
    paid = receipt(223_67, "RGT FA202601884 DOSSIER 765451", "DURAND ET FILS", payer_iban=IBAN)
    settled = SettledNumbers(["ACME"], [MARTIN], ["FA-2026-01884"])
    first, second = decide(items, [paid, paid | {"received_on": date(2026, 5, 2)}], settled=settled)
    assert ("auto", [(3, 223_67)]) == (first.status, lines(first))
    assert "auto" != second.status


def test_three_digits_are_no_misprint_of_four() -> None:
    """A line ends within the year: the "202" in front of it is not FA-2026-3202 with a slip."""
    items = [item(f"FA-2026-{number}", DURAND, 130_07) for number in ("04582", "03202")]
    items[1]["due_on"] = date(2026, 4, 9)
    decision = one(items, 130_07, "VIR ETS DURAND FILS RGT FA-202\n6-08582 ETS DURAND ET FILS SARL")
    assert "auto" != decision.status


def test_a_misprinted_number_glued_to_letters_nobody_knows() -> None:
    """Not surely the oldest of two equal invoices is meant; behind a word for references it is the payer's own."""
    owed = [item(number, DURAND, 3120_07, issued_on=date(2026, 1, 5)) for number in ("26010239", "26010194")]
    others = [item(f"2601{n:04}", MARTIN, 100_00 + n) for n in range(10, 180, 7)]
    asked = one(owed + others, 3120_07, "VIR INST DE DURAND ET FILS FC26015194")
    assert "suggested" == asked.status
    assert "auto" == one(owed + others, 3120_07, "VIR INST DE DURAND ET FILS REF26915194").status


@pytest.mark.parametrize("text", ["FACT 480", "FACT RX6-136", "FACTURE N 480", "VIR DURAND FAC 12"])
def test_a_sum_that_nearly_fits_beside_a_number_that_does_not_is_a_question(text: str) -> None:
    """Few digits are no number of ours, but they say that one invoice is meant, and it need not be this one."""
    invoices = [
        item(f"RX26-{n:04}", DURAND if n == 207 else MARTIN, 1610_06 + (n - 207) * 37_11) for n in range(190, 230)
    ]
    assert "suggested" == one(invoices, 1610_33, text, "ETS DURAND ET FILS").status
    assert "auto" == one(invoices, 1610_33, "VIREMENT", "ETS DURAND ET FILS").status


@pytest.mark.parametrize(("closed", "sure"), [("51233", False), ("51234", True)])
def test_the_few_figures_of_a_paid_invoice_are_no_silence(closed: str, sure: bool) -> None:
    """A label with "51233", paid in a look before this one: the money came twice, or pays an invoice like it."""
    items = [item(f"{51450 + 217 * n}", "D0", 358_80, issued_on=date(2026, n + 1, 3)) for n in range(3)]
    firms = debtors_of(["Brun Henry", "Moreau Services"])
    settled = SettledNumbers(["ACME"], ["D0"], [closed])
    decision = one(items, 358_80, "VIR SEPA RECU DE BRUN HENRY 51233", None, debtors=firms, settled=settled)
    assert sure is (decision.status == "auto")


def test_retention_money_is_no_credit_note() -> None:
    """The text says what is missing; that a credit note is as high to the cent is chance."""
    items = [item("F25-02632", DURAND, 3519_89), item("A26-02701", DURAND, 175_99, kind="credit_note")]
    decision = one(items, 3343_90, "FACT F25-02632 RETENUE DE GARANTIE 5 %", "DURAND ET FILS", payer_iban=IBAN)
    assert [(1, 3343_90)] == lines(decision)


def test_a_month_of_equal_invoices_that_no_text_names() -> None:
    """Four of February make up the sum, and so do any four of the eleven."""
    days = [date(2025, 12, 4), date(2026, 1, 20), *[date(2026, 2, n) for n in (2, 24, 26, 27)]]
    days += [date(2026, 3, n) for n in (3, 9, 16, 23, 30)]
    rows = [item(f"FA-2026-0{101 + n}", DURAND, 6850_00, issued_on=day, due_on=day) for n, day in enumerate(days)]
    decision = one(rows, 4 * 6850_00, "REGLEMENT", "DURAND ET FILS", payer_iban=IBAN)
    assert "auto" != decision.status


def test_a_number_that_another_seller_closed_as_well_is_no_misprint() -> None:
    """Two sellers count alike: the debtor's own 2026-14518 is open, and not what 2026-14508 was meant to be."""
    two = Debtors(["ACME", "NORD"], ["D0", "N0"], ["Leroux Location SA", "Cordier Édition"])
    items = [item(f"2026-{14400 + 12 * n}", "D0", 99_00 + 13_70 * n, issued_on=date(2026, 1, n + 1)) for n in range(9)]
    items += [item("2026-14508", "D0", 2388_00), item("2026-14518", "D0", 3738_82)]
    closed = SettledNumbers(["NORD"], ["N0"], ["2026-14518"])
    decision = one(items, 2388_00, "VOTRE REF 2026-14518", "LEROUX LOCATION SA", debtors=two, settled=closed)
    assert "auto" != decision.status
