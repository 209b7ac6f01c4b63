"""What an eighth hand's files showed: rents, subscriptions and who pays them; and what stays a question beside each."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from hub.core.reconcile import Decision
from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt


def rents(amount: int = 850_00, months: tuple[int, ...] = (1, 2, 3, 4)) -> list[dict[str, object]]:
    """One rent a month, told on the 25th of the month before, due on the 5th; their ids count from 1."""
    issued = [date(2026, month - 1, 25) if month > 1 else date(2025, 12, 25) for month in months]
    due = [date(2026, month, 5) for month in months]
    rows = enumerate(zip(issued, due, strict=True), 1)
    return [item(f"AE26000{n}", DURAND, amount, issued_on=on, due_on=by) for n, (on, by) in rows]


@pytest.mark.parametrize("text", ["LOYER 03/2026", "LOYER ET CHARGES 03/26", "03/2026 LOYER", "LOYER MARS"])
def test_a_month_in_figures(text: str) -> None:
    """Of equal rents the month's own is paid, not the oldest, and 03 is no counter."""
    assert [(3, 850_00)] == lines(one(rents(), 850_00, text, "DURAND ET FILS"))


@pytest.mark.parametrize("text", ["DOSSIER 03/2026", "CDE 03/2026", "03/2026/0009"])
def test_figures_that_are_no_month(text: str) -> None:
    """Behind the word of a file or an order, and within a number: nothing says which of equal rents is paid."""
    assert "payer_statement" != one(rents(), 850_00, text, "DURAND ET FILS").proposals[0].rule


def test_a_counter_and_its_year_are_no_month() -> None:
    """A seller who numbers 0003/2026 means the third invoice."""
    items = [item(f"000{n}/2026", DURAND, 850_00, issued_on=date(2026, 1, n)) for n in (1, 2, 3, 4)]
    assert [(3, 850_00)] == lines(one(items, 850_00, "LOCAL 03/2026", "DURAND ET FILS"))


@pytest.mark.parametrize(
    ("text", "best", "status"), [("LOYER AVRIL", 4, "auto"), ("ABONNEMENT 03/2026", 4, "suggested")]
)
def test_of_two_months_a_rent_is_the_later_one_s(text: str, best: int, status: str) -> None:
    """Issued on 25 March, due on 5 April: April's rent. What a subscription told so is for, nobody knows."""
    decision = one(rents(), 850_00, text, "DURAND ET FILS")
    assert (status, [(best, 850_00)]) == (decision.status, lines(decision))
    twice = [receipt(850_00, "LOYER MARS", "DURAND ET FILS")] * 2
    assert ["auto", "suggested"] == [d.status for d in decide(rents()[2:], twice)]  # it came twice, or is April's
    assert "auto" == one(rents()[3:], 850_00, "LOYER MARS", "DURAND ET FILS").status  # told as the month ends


def test_of_two_months_an_invoice_of_the_first_days_is_the_earlier_one_s() -> None:
    """Issued on 2 March, due on 1 April: March's subscription, though it falls due in April."""
    items = [
        item(f"ABO-{n}", DURAND, 49_00, issued_on=date(2026, n, 2), due_on=date(2026, n + 1, 1)) for n in (1, 2, 3, 4)
    ]
    decision = one(items, 49_00, "ABO 03/2026", "DURAND ET FILS")
    assert ("auto", [(3, 49_00)]) == (decision.status, lines(decision))


def test_a_monthly_payment_is_no_part_payment() -> None:
    """ "MENSUALITE MARS" pays the invoice of March in full, when that is its sum."""
    items = [item(f"ABO-{n}", DURAND, 49_00 + n, issued_on=date(2026, n, 2)) for n in (1, 2, 3)]
    assert ("auto", [(3, 49_03)]) == _found(one(items, 49_03, "MENSUALITE MARS", "DURAND ET FILS"))


@pytest.mark.parametrize(
    ("payer", "text"),
    [
        ("SELARL PEREZ MANDATAIRE JUDICIAIRE", "DIVIDENDE LJ DURAND ET FILS"),
        ("CARPA ANGERS", "AFF DURAND ET FILS"),
        ("SCP BLANCHARDCOMMISSAIRES DE JUSTI", "DOSSIER 28337 DURAND ET FILS"),
        ("SCP BERNARD COMMISSAIRES DE JUSTICE", "DOSSIER 28337 DURAND ET FILS"),
        (None, "VIR SCP BERNARD HUISSIERS DURAND ET FILS"),
    ],
)
def test_officers_of_the_law_pay_no_invoice_silently(payer: str | None, text: str) -> None:
    """What they send of a debtor is a part of a file; a number says what it is for."""
    items = [item("FA2602-0051", DURAND, 1_770_23), item("FA2602-0052", DURAND, 99_13)]
    assert "auto" != one(items, 1_770_23, text, payer).status
    assert "auto" == one(items, 1_770_23, f"{text} FACT FA2602-0051", payer).status
    assert "auto" == one(items, 1_770_23, "VIR DURAND ET FILS", None).status


def _found(decision: Decision) -> tuple[str, list[tuple[int, int]]]:
    return decision.status, lines(decision)


def test_two_months_at_once() -> None:
    """Silent money of twice a rent pays the two oldest, and the next one goes on behind them."""
    both = [receipt(1_700_00, "LOYER", "DURAND ET FILS"), receipt(850_00, "LOYER", "DURAND ET FILS")]
    decisions = decide(rents(), both)
    assert ["auto", "auto"] == [d.status for d in decisions]
    assert [[(1, 850_00), (2, 850_00)], [(3, 850_00)]] == [lines(d) for d in decisions]


def test_two_months_behind_a_question() -> None:
    """Somebody who may be another takes his turn; twice the rent goes on with the next two."""
    unsure = [receipt(850_00, "LOYER", "DURAND"), receipt(1_700_00, "LOYER", "DURAND ET FILS")]
    decisions = decide(rents(), unsure)
    assert "auto" != decisions[0].status
    assert [(2, 850_00), (3, 850_00)] == lines(decisions[1])


def test_a_round_rent_is_no_accident() -> None:
    """The first of a year's round rents: those of later months tell that it is one."""
    assert "auto" == one(rents(450_00, (3, 5, 6)), 450_00, "LOYER", "DURAND ET FILS").status


def test_the_one_of_the_month_named() -> None:
    """Beside a training course of June its subscription, not what stayed open of February and fell due since."""
    days = [
        (date(2026, 2, 3), date(2026, 3, 5)),
        (date(2026, 3, 1), date(2026, 3, 31)),
        (date(2026, 3, 9), date(2026, 4, 8)),
    ]
    amounts = (23_40, 23_40, 138_00)
    items = [
        item(f"ABO-{n}", DURAND, m, issued_on=d, due_on=e)
        for n, (m, (d, e)) in enumerate(zip(amounts, days, strict=True), 1)
    ]
    assert ("auto", [(2, 23_40)]) == _found(one(items, 23_40, "ABONNEMENT MARS 2026", "DURAND ET FILS"))
    assert "auto" != one([items[0], items[2]], 23_40, "ABONNEMENT AVRIL 2026", "DURAND ET FILS").status


def test_where_an_account_s_labels_all_end() -> None:
    """Six labels of 54 characters and none longer: the bank cuts there, perhaps before the number that tells which."""
    label = "VIREMENT EN VOTRE FAVEUR DURAND ET FILS MANDAT 1587 BD"
    walls = [
        receipt(n, f"VIREMENT DE PAYEUR {c * 9} SANS RIEN DE PLUS {c * 30}"[:54]) for n, c in enumerate("ABCDEF", 100)
    ]
    assert "suggested" == decide(rents(), [receipt(850_00, label), *walls])[0].status
    assert "auto" == decide(rents(), [receipt(850_00, label[:-3]), *walls])[0].status
    often = [receipt(n, f"REMISE DE CHEQUES DE L AGENCE DES TROIS PONTS NO {n}00") for n in range(100, 108)]
    assert "auto" == decide(rents(), [receipt(850_00, label), *often])[0].status
    pieces = "VIREMENT EN VOTRE FAVEUR\nDURAND ET FILS\n" + f"MANDAT 1587 BORD 12 {'SERVICE DES ECOLES' * 4}"[:70]
    assert "auto" != one(rents(), 850_00, pieces).status


def test_three_at_once_that_the_text_names() -> None:
    """Ends of the numbers of three equal invoices: those, and not the oldest ones."""
    items = [item(f"00{n}", DURAND, 334_65) for n in (45969, 46162, 46284, 46362)]
    decision = one(items, 3 * 334_65, "MD 3122 BORD 9 46162 - 46284 - 46362", "DURAND ET FILS")
    assert [2, 3, 4] == [item_id for item_id, _ in lines(decision)]


@pytest.mark.parametrize(
    ("text", "rule"),
    [("BORD 9 46162", "number_named_exact"), ("BORD 46162", "amount_only"), ("BORD 346284 46162", "amount_only")],
)
def test_a_number_behind_the_one_that_a_word_announces(text: str, rule: str) -> None:
    """The word speaks of the next number only; what is longer and stands behind it may be an invoice."""
    items = [item(f"00{n}", DURAND, amount) for n, amount in ((46162, 334_65), (46284, 98_30), (46362, 121_37))]
    assert rule == one(items, 334_65, f"SGC DIJON MD 3122 {text}", None).proposals[0].rule


@pytest.mark.parametrize("title", ["MLE", "MELLE", "M OU MME", "MMES", "MM", "DR"])
def test_titles_as_banks_write_them(title: str) -> None:
    """A title is no word of a name."""
    names = debtors_of(["Mme Robert Delphine", "Robert Frères SARL"])
    assert (
        "auto"
        == one([item("AE260001", "D0", 453_91)], 453_91, "LOYER", f"{title} DELPHINE ROBERT", debtors=names).status
    )


@pytest.mark.parametrize("payer", ["AC LYCEE VERDUN", "AGENT COMPTABLE LYCEE VERDUN", "AGENCE COMPTABLE VERDUN"])
@pytest.mark.parametrize("label", [True, False])
def test_the_accountant_of_a_group_of_schools(payer: str, label: bool) -> None:
    """He sits in one school and pays the bills of others: their numbers are not contradicted."""
    schools = debtors_of(["Lycée Jean Moulin Verdun", "Collège Jules Ferry"])
    items = [item("0045247", "D0", 600_67), item("0045413", "D1", 109_34)]
    text, name = (f"VIREMENT EN VOTRE FAVEUR {payer} FACT 0045413", None) if label else ("FACT 0045413", payer)
    assert ("auto", [(2, 109_34)]) == _found(one(items, 109_34, text, name, debtors=schools))
    other = text.replace(payer, "LYCEE JEAN MOULIN VERDUN"), name and "LYCEE JEAN MOULIN VERDUN"
    assert "auto" != one(items, 109_34, *other, debtors=schools).status


@pytest.mark.parametrize(
    ("text", "amount", "status"),
    [
        ("ECHEANCE 1/3 26050353 DU 30/05/2026", 301_00, "auto"),
        ("SIT 3 N 26050353 RGT-685348 RG 5%", 857_85, "auto"),
        ("ECHEANCE 26050353 ET AV FAC 260503.", 301_00, "suggested"),
    ],
)
def test_a_text_that_ends_with_a_date_is_complete(text: str, amount: int, status: str) -> None:
    """35 characters, as long as a bank leaves of one: a day in full is no number that was cut."""
    items = [item("26050353", DURAND, 903_00), item("26050360", DURAND, 70_10)]
    assert (status, [(1, amount)]) == _found(one(items, amount, f"{text:35}".strip(), "DURAND ET FILS"))


def test_a_rent_is_no_name() -> None:
    """LOYER is a slip away from Boyer, and says nothing of him."""
    people = debtors_of(["M. Roux Inès", "M. Boyer Inès"])
    items = [item(f"AE26000{n}", "D0", 580_00, issued_on=date(2026, n, 1)) for n in (1, 2, 3)]
    assert ("auto", [(1, 580_00)]) == _found(one(items, 580_00, "VIR INES ROUX LOYER", debtors=people))


def test_a_prefix_that_is_a_word_of_other_numbers() -> None:
    """Where our numbers begin with ABO, ABO announces them; elsewhere a subscription of which nobody knows."""
    days = [date(2026, month, n) for month in (1, 2, 3) for n in (1, 2)]
    items = [item(f"ABO-{d:%y%m}-01{n}{d.day}", DURAND, 122_30, issued_on=d) for n, d in enumerate(days)]
    assert ("auto", [(4, 122_30)]) == _found(one(items, 122_30, "FACTURE ABO-2602-132", "MME LAURENT"))


@pytest.mark.parametrize(
    "pieces",
    ["VIREMENT EN VOTRE FAVEUR\nAC LYCEE DREUX\nFACT 0045413", "VIR SEPA RECU /DE DURAND ET FIL\nS\nFACT 0045413"],
)
def test_pieces_that_are_no_cut_words(pieces: str) -> None:
    """Three fields of which the first is the longest are three fields, unless it is as long as a label."""
    schools = debtors_of(["Lycée Jean Moulin Dreux", "Durand et Fils"])
    items = [item("0045247", "D0", 600_67), item("0045413", "D1", 109_34)]
    assert ("auto", [(2, 109_34)]) == _found(one(items, 109_34, pieces, debtors=schools))


def test_a_stroke_cut_from_its_tag() -> None:
    """A label of 31 characters that ends with the stroke of the next tag."""
    items = [item("FA2602-0051", "D0", 1_770_23), item("FA2602-0052", "D0", 99_13)]
    label = "VIR SEPA RECU /DE SILICEA SNC /\nMOTIF PRESTATION /REF NOTPROVIDED"
    decision = one(items, 1_770_23, label, debtors=debtors_of(["Silicea SNC"]))
    assert ("auto", "name") == (decision.status, decision.proposals[0].evidence["payer_found_by"])


def test_two_monthly_payments() -> None:
    """One invoice of each month named."""
    items = [item(f"ABO-{n}", DURAND, 49_00 + n, issued_on=date(2026, n, 2)) for n in (1, 2, 3)]
    decision = one(items, 98_05, "MENSUALITE FEVRIER ET MARS", "DURAND ET FILS")
    assert ("auto", [(2, 49_02), (3, 49_03)]) == _found(decision)


@pytest.mark.parametrize(
    ("text", "status"),
    [("SIT 2 REGLT 37 RG 5%", "auto"), ("SIT 2 REGLT 37", "suggested"), ("SIT 37 RG 5%", "suggested")],
)
def test_a_short_counter_less_the_retention_money(text: str, status: str) -> None:
    """The number of a situation is no counter; to the cent 5 % less, and the text says so."""
    days = [
        (date(2025, 12, 5), 7, "25"),
        (date(2026, 1, 5), 2, "26"),
        (date(2026, 2, 5), 37, "26"),
        (date(2026, 3, 5), 65, "26"),
    ]
    items = [item(f"F{year}-{n:04d}", DURAND, 1_000_00 + n, issued_on=on) for on, n, year in days]
    decision = one(items, 950_35, text, "DURAND ET FILS")
    assert (status, [(3, 950_35)]) == _found(decision)


def test_of_namesakes_the_one_who_owes_the_rent() -> None:
    """Three equal rents of one of two companies of one name, nothing like it of the other, and the month named."""
    two = debtors_of(["SCI du Moulin", "SCI du Moulin"], siren=["732829320", "552100554"])
    items = [item(f"AE26000{n}", "D0", 759_42, issued_on=date(2026, n, 1)) for n in (1, 2, 3)]
    items.append(item("AE260009", "D1", 524_52))
    assert "auto" != one(items, 759_42, "LOYER", "SCI DU MOULIN", debtors=two).status
    assert ("auto", [(3, 759_42)]) == _found(one(items, 759_42, "ABONNEMENT MARS", "SCI DU MOULIN", debtors=two))
    both = [*items, item("AE260010", "D1", 759_42)]
    assert "auto" != one(both, 759_42, "ABONNEMENT MARS", "SCI DU MOULIN", debtors=two).status


@pytest.mark.parametrize(("name", "status"), [("ARMORIC", "auto"), ("ARMORIC SAS", "suggested")])
def test_a_name_without_a_legal_form_at_another_seller(name: str, status: str) -> None:
    """Another seller's debtor is called Armoric and no more; ours, Armoric SA, is whom the label may mean."""
    two = replace(debtors_of(["Armoric SA", "Armoric"], siren=["732829320", "552100554"]), seller=["ACME", "OTHER"])
    items = [item(f"AE26000{n}", "D0", 850_00, issued_on=date(2026, n, 1)) for n in (1, 2, 3)]
    items.append(item("B1", "D1", 12_00, seller="OTHER"))
    assert status == one(items, 850_00, f"VIR {name} LOYER", debtors=two, seller="ACME").status


@pytest.mark.parametrize(
    ("text", "amount"), [("FACT 125847", 1_901_36), ("REGLEMENT 125847 MERCI", 1_879_99), ("FACT 125847", 1_902_36)]
)
def test_a_long_counter_without_its_letters(text: str, amount: int) -> None:
    """Six figures of a debtor's own invoice: in full, less a credit note, and a rounding up."""
    items = [item("FV-00125847", DURAND, 1_901_36), item("FV-00125990", DURAND, 70_10)]
    items.append(item("AV-00008161", DURAND, 21_37, kind="credit_note"))
    decision = one(items, amount, text, "DURAND ET FILS")
    assert ("auto", (1, min(amount + (21_37 if amount == 1_879_99 else 0), 1_901_36))) == (
        decision.status,
        lines(decision)[0],
    )


def test_a_part_kept_back_for_a_reason() -> None:
    """1.5 % for the site's common account are no discount: a part payment; without a word, a question."""
    items = [item("F26-0396", DURAND, 40_394_99), item("F26-0397", DURAND, 99_13)]
    assert ("auto", [(1, 39_789_07)]) == _found(one(items, 39_789_07, "F26-0396 CPTE PRORATA", "DURAND ET FILS"))
    assert "auto" != one(items, 39_789_07, "F26-0396", "DURAND ET FILS").status


@pytest.mark.parametrize(
    "text",
    [
        "LOYER 2026-03",
        "LOYER 202603",
        "LOYER 032026",
        "LOYER 0326 LOT 12",
        "LOYERS 03-2026",
        "LOYER DU 01/03 AU 31/03/2026",
        "TERME DU 01/03/2026 AU 31/03/2026",
    ],
)
def test_other_ways_to_write_a_month(text: str) -> None:
    """The year first, or both glued, behind the word of what is due; or from its first to its last day."""
    assert ("auto", [(3, 850_00)]) == _found(one(rents(), 850_00, text, "DURAND ET FILS"))


@pytest.mark.parametrize(
    "text",
    [
        "DEPOT DE GARANTIE",
        "CAUTION LOGEMENT",
        "VIREMENT ERRONE",
        "REMBOURSEMENT TROP PERCU",
        "LOYER 1ER TRIMESTRE",
        "LOYER DU 05/03/2026 AU 31/03/2026",
        "FACTURE 380",
        "RGLT N 380",
    ],
)
def test_silent_money_that_is_not_plainly_the_oldest(text: str) -> None:
    """A deposit is as high as a rent; a period, another day, three figures of none of them say which one, or none."""
    assert "auto" != one(rents(), 850_00, text, "DURAND ET FILS").status
    assert "auto" == one(rents(), 850_00, "VIREMENT DU 08/04/2026", "DURAND ET FILS").status


def test_two_months_wait_for_a_question_before() -> None:
    """Somebody's rent that a person must decide may be any of them: twice the rent, later, waits."""
    first = receipt(850_00, "LOYER", "DURAND ET FILS", received_on=date(2026, 4, 1))
    unsure = receipt(850_00, "FACTURE 9988", "DURAND ET FILS")
    later = receipt(1_700_00, "LOYER", "DURAND ET FILS", received_on=date(2026, 4, 20))
    assert ["auto", "suggested", "suggested"] == [d.status for d in decide(rents(), [first, unsure, later])]


def test_two_subscriptions_paid_in_one_sum() -> None:
    """Each month the oldest of both; of two accidental equals nothing tells which belongs to a set."""
    days = [date(2026, month, 1) for month in (1, 2, 3, 4)]
    items = [
        item(f"ABO-{d:%y%m}-{n}", DURAND, sum_, issued_on=d) for d in days for n, sum_ in ((11, 48_37), (12, 121_13))
    ]
    both = [receipt(169_50, "ABONNEMENTS", "DURAND ET FILS", received_on=day.replace(day=15)) for day in days]
    decisions = decide(items, both)
    assert ["auto"] * 4 == [d.status for d in decisions]
    assert [(5, 48_37), (6, 121_13)] == lines(decisions[2])
    assert "auto" != one([*items[:2], items[2]], 169_50, "ABONNEMENTS", "DURAND ET FILS").status
