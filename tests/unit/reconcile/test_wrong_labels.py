"""Mistakes made with labels of banks that give nothing else, as patterns: what was misread, cut or met by chance."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Debtors
from hub.core.reconcile.texts.text import mask
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

IBAN = "FR7630006000011234567890189"


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


def test_a_month_tells_which_of_two_sellers_is_paid() -> None:
    """One company, a debtor of two sellers, owes both the sum; the text has March, and one invoice is of May."""
    debtors = Debtors(
        seller=["ACME", "BRIO"],
        debtor_id=["D0", "B0"],
        name=["Fuchs Feinmechanik Kehl GmbH"] * 2,
        siren=[None, None],
        parent_id=[None, None],
        ibans=[(), ()],
    )
    rents = [(m, date(2026, m, 19), date(2026, m + 1, 3)) for m in (2, 3, 4)]
    items = [item(f"F-26-800{m}", "D0", 350_00, issued_on=issued, due_on=due) for m, issued, due in rents]
    items += [item("41317-112", "B0", 350_00, seller="BRIO", issued_on=date(2026, 5, 17), due_on=date(2026, 5, 27))]
    label = "VIRT FUCHS FEINMECHANIK KEHL GMBH ABONNEMENT MARS 2026"
    decision = one(items, 350_00, label, None, received_on=date(2026, 5, 30), debtors=debtors)
    assert [(2, 350_00)] == lines(decision)
    other = one(items[-1:], 350_00, label, None, received_on=date(2026, 5, 30), debtors=debtors)
    assert "auto" != other.status


def test_a_number_and_its_exact_sum_are_no_misprint_of_another() -> None:
    """The payer quotes somebody else's number and sum; its own invoice of that sum is one slip away: which is meant?"""
    items = [item("23796/A", DURAND, 387_19), item("23776/A", MARTIN, 387_19)]
    decision = one(items, 387_19, "23776/A", "DURAND ET FILS", payer_iban=IBAN)
    assert "auto" != decision.status
    alone = one(items[:1], 387_19, "23776/A", "DURAND ET FILS", payer_iban=IBAN)
    assert ("auto", [(1, 387_19)]) == (alone.status, lines(alone))


def test_a_small_round_sum_kept_back_is_hardly_a_credit_note() -> None:
    """20.00 missing of the only invoice that nearly fits, and a credit note of 20.00: a question."""
    note = {"kind": "credit_note"}
    invoices = [item("4688", DURAND, 735_01), item("4701", DURAND, 1_268_44)]
    small, odd = item("AV561", DURAND, 20_00, **note), item("AV562", DURAND, 20_37, **note)
    paid = (715_01, "VIREMENT DE DURAND ET FILS FACT")
    decision = one([*invoices, small], *paid, payer_iban=IBAN)
    assert ("suggested", "payer_less_credit_note") == (decision.status, decision.proposals[0].rule)
    assert "auto" == one([*invoices, odd], 714_64, paid[1], payer_iban=IBAN).status


def test_a_figure_within_a_word_of_the_name_is_no_number() -> None:
    """The 3 of "3D Services" is the counter of one of its invoices; silent money pays the oldest."""
    days = [(date(2025, 8, 1), "25080042"), (date(2025, 11, 1), "25110012"), (date(2026, 2, 1), "26020003")]
    items = [item(number, "D0", 780_00, issued_on=day, due_on=day) for day, number in days]
    decision = one(items, 780_00, "ABONNEMENT", "3D SERVICES SETE", debtors=debtors_of(["3D Services Sète"]))
    assert ("auto", "payer_amount", [(1, 780_00)]) == (decision.status, decision.rule, lines(decision))


def test_a_label_cut_within_another_number_tells_no_part_payment() -> None:
    """31 characters, the last four of which begin a number: the list went on, perhaps with a credit note."""
    invoice = item("25100053", "D0", 4_309_58)
    cut = "VIRT POIRIER SARL 25100053 2608"
    assert "suggested" == one([invoice], 3_451_96, cut, debtors=debtors_of(["Poirier SARL"])).status
    assert "auto" == one([invoice], 3_451_96, cut[:26], debtors=debtors_of(["Poirier SARL"])).status


@pytest.mark.parametrize(
    ("name", "text"), [("CENTRE HOSPITALIER DE VI", "{}"), (None, "VIR CENTRE HOSPITALIER DE VI {}")]
)
def test_one_of_many_hospitals_does_not_pay_for_another(name: str | None, text: str) -> None:
    """Vi… is no debtor, and surely not Thiers, whose number and sum these are; a holding with its own name may be."""
    towns = ["Thiers", "Loudun", "Autun", "Decize", "Senlis", "Sedan"]
    debtors = debtors_of([f"Centre hospitalier de {town}" for town in towns])
    invoice, number = item("2026000391", "D0", 2_614_70), "2026000391"
    assert "auto" != one([invoice], 2_614_70, text.format(number), name, debtors=debtors).status
    assert "auto" == one([invoice], 2_614_70, f"VIR CENTRE HOSPITALIER DE TH {number}", debtors=debtors).status
    assert "auto" == one([invoice], 2_614_70, number, "GROUPEMENT SANTE AUVERGNE", debtors=debtors).status


@pytest.mark.parametrize(
    ("label", "status"), [("AUCH FI25/", "suggested"), ("AUCH FI26/", "auto"), ("AUCH MERCI", "auto")]
)
def test_what_a_cut_left_of_another_year_speaks_against_a_number(label: str, status: str) -> None:
    """The bank kept the letters and the year of a number; the only invoice of this sum is of the next year."""
    two = debtors_of(["SCP de la Lavoir Auch", "Garage Martin"])
    day = {"issued_on": date(2026, 2, 6), "due_on": date(2026, 3, 23)}
    theirs = [item(f"FI26/S06-{n}", "D1", 1000_00 + n, **day) for n in range(7470, 7483)]
    text = f"VIR SCP DE LA LAVOIR {label}"
    assert 31 == len(text)
    invoices = [item("FI26/S06-7483", "D0", 3156_30, **day), *theirs]
    assert status == one(invoices, 3156_30, text, None, debtors=two, received_on=date(2026, 2, 22)).status


def test_one_word_behind_another_adds_nothing_up() -> None:
    """ "RESIDENCE DES REMPARTS" is no debtor; the association of that word owes four sums that happen to add up."""
    two = debtors_of(["Association de la Remparts", "Garage Martin"])
    amounts = (136_38, 49_80, 391_08, 66_48)
    invoices = [item(f"VF25-{n:05}", "D0", amount, due_on=date(2026, 4, n)) for n, amount in enumerate(amounts, 1)] + [
        item(f"VF25-{n:05}", "D1", 50_00 + n) for n in range(10, 40)
    ]
    assert "auto" != one(invoices, sum(amounts), "VIR SEPA RESIDENCE DES REMPARTS", None, debtors=two).status
    assert "auto" == one(invoices, sum(amounts), "VIR SEPA ASSOCIATION DE LA REMPARTS", None, debtors=two).status
