"""Mistakes the engine once made, as patterns: each would put money on the wrong item, or in the wrong books."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import SettledNumbers
from hub.core.reconcile.names import name_words
from hub.core.reconcile.text import mask
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


def test_an_amount_that_is_an_invoices_number_is_no_amount() -> None:
    """ "41588.31" is 41588-31, paid a moment ago; another one of its sum is not paid by it."""
    items = [item("41588-31", DURAND, 480_00), item("41588-33", DURAND, 480_00)]
    both = decide(items, [receipt(480_00, "N/REGLEMENT FACTURE 41588.31", "DURAND ET FILS") for _ in range(2)])
    assert [(1, 480_00)] == lines(both[0])
    assert "auto" != both[1].status
    assert "#" in mask("FACTURE 41588.31")[0]


def test_a_list_of_counters_is_no_telephone() -> None:
    """ "02 03 07 11 15 17" has ten digits in pairs, and more of them around."""
    numbers = ("43916-02", "43916-03", "43916-07", "43916-11", "43916-15", "43916-17", "43916-23")
    items = [item(number, DURAND, 89_90 + 31 * n) for n, number in enumerate(numbers)]
    total = sum(row["open_minor"] for row in items)
    decision = one(items, total, "FACTS 43916-02 03 07 11 15 17 23", "DURAND ET FILS", payer_iban=IBAN)
    assert ("auto", 7) == (decision.status, len(lines(decision)))
    assert "FACT 123" == mask("FACT 123 TEL 05 70 74 46 81")[0].replace("#", "").replace("TEL", "").strip()


def test_a_number_with_a_day_glued_behind_is_still_read() -> None:
    """ "22187DDU201025" is 22187/D of 20 October; the older one of that sum is not meant."""
    older = item("21385/B", DURAND, 3_716_90, issued_on=date(2025, 9, 23), due_on=date(2025, 10, 23))
    items = [older, item("22187/D", DURAND, 3_716_90, issued_on=date(2025, 10, 20), due_on=date(2025, 11, 19))]
    more = {"payer_iban": IBAN, "received_on": date(2025, 12, 29)}
    decision = one(items, 3_716_90, "22187DDU201025", "DURAND ET FILS", **more)
    assert [(2, 3_716_90)] == lines(decision)


def test_a_credit_note_issued_later_was_not_deducted() -> None:
    """12.37 are missing beside a number; a note of that sum was written two months afterwards."""
    note = item("AV-2026-0009", DURAND, 12_37, kind="credit_note", issued_on=date(2026, 6, 18))
    invoice = item("FA-2026-0101", DURAND, 2_000_00)
    decision = one([invoice, note], 1_987_63, "FA-2026-0101", "DURAND ET FILS", payer_iban=IBAN)
    assert all(2 not in dict(proposal.lines) for proposal in decision.proposals)
    before = one([invoice, note | {"issued_on": date(2026, 3, 18)}], 1_987_63, "FA-2026-0101", "DURAND ET FILS")
    assert ("auto", [(1, 2_000_00), (2, -12_37)]) == (before.status, lines(before))


@pytest.mark.parametrize(("kept", "sure"), [(200, False), (100, False), (50, False), (3000, True)])
def test_a_usual_discount_the_terms_do_not_give_is_a_question(kept: int, sure: bool) -> None:
    """2 % are missing, to the cent, and the text, perhaps cut, does not speak of it; 30 % are a part payment."""
    amount = 8_067_57
    received = amount - (amount * kept + 5000) // 10000
    decision = one([item("FA-2026-0101", DURAND, amount)], received, "FACT FA-2026-0101", "DURAND ET FILS")
    assert (sure, [(1, received)]) == (decision.status == "auto", lines(decision))


def test_of_equal_invoices_the_bank_cut_off_none_is_sure() -> None:
    """The list goes on behind the cut, and the rest of the sum is open twice."""
    items = [item(f"2026/00{n}", DURAND, 300_00 + n) for n in (1814, 2214)]
    items += [item(f"2026/00{n}", DURAND, 1_080_00) for n in (2951, 3393)]
    text = "FACT 2026/001814 + 2026/002214 + 2"
    total = sum(row["open_minor"] for row in items[:3])
    decision = one(items, total, text, "DURAND ET FILS", payer_iban=IBAN)
    assert "suggested" == decision.status
    assert "auto" == one(items[:3], total, text, "DURAND ET FILS", payer_iban=IBAN).status


def test_a_file_nobody_knows_is_no_set_of_invoices() -> None:
    """ "DOSSIER 001930" and a sum that three invoices, or one less a note, happen to make: it may be anything."""
    invoices = [item(f"F{1001 + n}", DURAND, amount) for n, amount in enumerate((3178_13, 599_50, 812_47, 96_11))]
    note = item("AV0007", DURAND, 122_39, kind="credit_note")
    for rows, amount in ((invoices, 3178_13 + 812_47 + 96_11), ([*invoices, note], 3178_13 - 122_39)):
        assert "auto" != one(rows, amount, "DOSSIER 001930", "DURAND ET FILS", payer_iban=IBAN).status
        assert "auto" == one(rows, amount, "VIREMENT", "DURAND ET FILS", payer_iban=IBAN).status


def test_a_paid_number_one_slip_away_from_an_open_one_is_a_question() -> None:
    """F0007925 is paid, F0007952 of the same sum is not: twice, or two digits exchanged?"""
    items = [item("F0007952", DURAND, 783_19), item("F0007925", DURAND, 783_19)]
    items += [item(f"F000{n}", MARTIN, 10_00 + n) for n in range(7100, 7120)]
    twice = [receipt(783_19, "REGLT FACT F0007925", "DURAND ET FILS", payer_iban=IBAN) for _ in range(2)]
    first, second = decide(items, twice)
    assert [(2, 783_19)] == lines(first)
    assert ("suggested", [(1, 783_19)]) == (second.status, lines(second))


def test_everything_but_what_is_paid_in_instalments() -> None:
    """A balance leaves out the invoice another receipt pays in part."""
    amounts = (14_387, 23_247, 13_889, 511_439, 40_461, 17_543, 75_870)
    items = [item(f"F{1001 + n}", DURAND, amount) for n, amount in enumerate(amounts)]
    part = receipt(2_000_00, "ACOMPTE F1004", "DURAND ET FILS", payer_iban=IBAN)
    rest = sum(amounts) - 511_439
    decisions = decide(items, [part, receipt(rest, "SOLDE", "DURAND ET FILS", payer_iban=IBAN)])
    assert [4] == [row for row, _ in lines(decisions[0])]
    assert [1, 2, 3, 5, 6, 7] == [row for row, _ in lines(decisions[1])]


@pytest.mark.parametrize(
    "label", ["VIR M. MASSON ALAIN FOIX REGLEMENT", "VIR RECU DE: M MASSON ALAIN FOIX MOTIF: FACT"]
)
def test_an_initial_takes_no_name_away(label: str) -> None:
    """The "M" of "M. Masson Alain" is not "MASSON", and he is none of the companies of that name."""
    names = ["M. Masson Alain Foix", "Masson SARL", "Éts Masson", "Masson & Cie"]
    towns = [f"M. {one} {two} Foix" for one in ("Adam", "Roche", "Vidal") for two in ("Inès", "Théo", "Alain")]
    items = [item(f"FA-2026-0010{n}", f"D{n}", 346_93) for n in range(4)]
    decision = one(items, 346_93, label, None, debtors=debtors_of([*names, *towns]))
    assert [(1, 346_93)] == lines(decision)


def test_a_debtor_whose_form_is_written_otherwise_is_offered() -> None:
    """ "SARL MARTIN" owes nothing like it; "SAS Martin" owes the very sum: a person sees it."""
    debtors = debtors_of(["Menuiserie Martin SAS", "Menuiserie Martin SARL"])
    items = [item("FA-2026-0101", "D0", 2_069_87), item("FA-2026-0102", "D1", 17_90)]
    decision = one(items, 2_069_87, "VOTRE FACTURE", "SARL MENUISERIE MARTIN", debtors=debtors)
    assert ("suggested", [(1, 2_069_87)]) == (decision.status, lines(decision))


_CUT_IN_PIECES = "VIR RECU NOTPROVIDED DE: MR AUB\nERT THEO CHAUMONT MOTIF: ABONNE\nMENT"


@pytest.mark.parametrize("label", [_CUT_IN_PIECES, "VIR MR AUBERT THEO CHAUMONT"])
def test_a_title_written_otherwise_makes_nobody_his_namesake(label: str) -> None:
    """ "MR AUBERT THEO CHAUMONT" is Mr Aubert of Chaumont, and not the one of Dole whose name has no title."""
    debtors = debtors_of(["M. Aubert Théo Chaumont", "Aubert Théo Dole", "Aubert Inès Chaumont"])
    items = [item(f"FA-2026-0010{n}", f"D{n}", 238_80) for n in range(3)]
    decision = one(items, 238_80, label, None, debtors=debtors)
    assert [(1, 238_80)] == lines(decision)
    assert "auto" != one(items[1:2], 238_80, f"{label} FA-2026-00101", None, debtors=debtors).status


def test_a_small_round_sum_kept_back_is_no_note_by_chance() -> None:
    """20.00 are missing, and an old credit note has 20.00: only where the text speaks of it, it was deducted."""
    items = [item("FA-2026-0101", DURAND, 618_10), item("AV-2026-0009", DURAND, 20_00, kind="credit_note")]
    assert "suggested" == one(items, 598_10, "FACT FA-2026-0101", "DURAND ET FILS", payer_iban=IBAN).status
    said = one(items, 598_10, "FACT FA-2026-0101 MOINS AVOIR", "DURAND ET FILS", payer_iban=IBAN)
    assert ("auto", [(1, 618_10), (2, -20_00)]) == (said.status, lines(said))


@pytest.mark.parametrize("text", ["ARRHES DEVIS 2611", "ACOMPTE COMMANDE A VENIR"])
def test_money_for_an_order_to_come_pays_no_old_invoice(text: str) -> None:
    """It happens to be the sum of one; "ACOMPTE" alone may be the invoice of an advance."""
    items = [item("FA-2026-0101", DURAND, 600_13)]
    assert "auto" != one(items, 600_13, text, "DURAND ET FILS", payer_iban=IBAN).status
    assert "auto" == one(items, 600_13, "ACOMPTE", "DURAND ET FILS", payer_iban=IBAN).status
