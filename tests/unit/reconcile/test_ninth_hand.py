"""What a ninth hand's ledger showed: numbers in parts, centres of groups, differences beside a number."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import SettledNumbers
from tests.unit.reconcile.books import DURAND, MARTIN, debtors_of, decide, item, lines, one, receipt

MONTHLY = [item(f"2026.{month:02d}.0004", DURAND, 813_00, issued_on=date(2026, month, 1)) for month in (1, 2, 3, 4)]


@pytest.mark.parametrize("text", ["FACT 26.02.0004", "FACT 2026.2.4", "FACT 02.0004", "2026-2-0004", "FA 26/02/0004"])
def test_a_month_that_stands_before_the_counter(text: str) -> None:
    """With its year in two digits, without its nought, or alone: it tells which of four equal invoices is paid."""
    decision = one(MONTHLY, 813_00, text, "DURAND ET FILS")
    assert ("auto", [(2, 813_00)]) == (decision.status, lines(decision))


def test_another_month_than_that_of_any_invoice() -> None:
    """ "09.0004" is none of these: silent money would pay the oldest, this may not."""
    assert "auto" != one(MONTHLY, 813_00, "FACT 09.0004", "DURAND ET FILS").status


def test_a_dotted_number_is_no_amount() -> None:
    """The "8.48" within "2026.8.48" is a month and a counter."""
    items = [item(f"2026.03.00{n}", DURAND, 296_57) for n in (47, 48, 49, 50)]
    decision = one(items, 593_14, "REGLT FACT 2026.3.49 - 2026.3.50", "DURAND ET FILS")
    assert ("auto", [(3, 296_57), (4, 296_57)]) == (decision.status, lines(decision))


FAMILY = debtors_of(["Groupe Lemonnier", "Lemonnier Dole SAS", "Lemonnier Gap SAS", "Vasseur Conseil SARL"])
OF_FAMILY = [item("VF26-001065", "D1", 720_01), item("VF26-001066", "D3", 512_30), item("VF26-001067", "D0", 80_00)]


@pytest.mark.parametrize(
    ("number", "amount", "status"),
    [("VF26-001065", 720_01, "auto"), ("VF26-001065", 720_00, "suggested"), ("VF26-001066", 512_30, "suggested")],
)
def test_a_centre_that_is_a_debtor_itself(number: str, amount: int, status: str) -> None:
    """It pays for companies of its name, though nobody told whose parent it is; a stranger's number it contradicts."""
    assert status == one(OF_FAMILY, amount, f"FACT {number}", "GROUPE LEMONNIER", debtors=FAMILY).status


def test_a_centre_whose_companies_owe_one_sum() -> None:
    """A short number may be a slip: another company of the name owes the very sum."""
    items = [item("VF26-011065", "D1", 720_01), item("VF26-011071", "D2", 720_01)]
    assert "auto" != one(items, 720_01, "FACT 11065", "GROUPE LEMONNIER", debtors=FAMILY).status


TERMS = {"discount_terms": "2% 10 jours", "issued_on": date(2026, 4, 3)}


@pytest.mark.parametrize(
    ("text", "amount", "status"),
    [
        ("FACT 1095 ESCOMPTE DEDUIT", 980_00, "auto"), ("FACT 1095", 980_00, "auto"),
        ("FACT 1095", 979_00, "suggested"), ("FACT 1096", 980_00, "suggested"),
    ],
)  # fmt: skip
def test_a_bare_number_less_its_discount(text: str, amount: int, status: str) -> None:
    """To the cent what the terms leave of the invoice named."""
    items = [item("VF26-001095", DURAND, 1_000_00, **TERMS), item("VF26-001096", DURAND, 655_10)]
    assert status == one(items, amount, text, "DURAND ET FILS").status


@pytest.mark.parametrize("text", ["F/89951 ESC 2%", "FACTURE 89951"])
def test_the_end_of_a_number_and_a_discount(text: str) -> None:
    """The text has what is paid, though not as it is printed."""
    items = [item("4089951", DURAND, 1_000_00, **TERMS), item("4090212", DURAND, 655_10)]
    decision = one(items, 980_00, text, "DURAND ET FILS")
    assert ("auto", [(1, 980_00)]) == (decision.status, lines(decision))
    assert "auto" != one(items, 980_00, "FACTURE 90212", "DURAND ET FILS").status


def test_the_end_of_a_number_and_a_credit_note() -> None:
    """The same of an invoice less the credit note."""
    items = [
        item("4089951", DURAND, 1_050_78), item("9100098", DURAND, 399_33, kind="credit_note"),
        item("4090212", DURAND, 655_10),
    ]  # fmt: skip
    decision = one(items, 651_45, "VOTRE FACTURE 89951", "DURAND ET FILS")
    assert ("auto", [(1, 1_050_78), (2, -399_33)]) == (decision.status, lines(decision))
    third = [items[0], item("9100098", DURAND, 315_23, kind="credit_note"), items[2]]
    assert "auto" != one(third, 735_55, "VOTRE FACTURE 89951", "DURAND ET FILS").status


def test_a_list_of_ends_of_numbers() -> None:
    """What follows an unknown number, as long as it, is one more."""
    items = [item(f"40{n}", DURAND, amount) for n, amount in ((90265, 1_112_11), (90502, 405_01), (90611, 77_20))]
    decision = one(items, 1_517_12, "VOTRE FACTURE 90265 90502", "DURAND ET FILS")
    assert ("auto", [(1, 1_112_11), (2, 405_01)]) == (decision.status, lines(decision))


OTHER_SITES = [item(f"C26{n}-S1", MARTIN, n * 17_31) for n in range(106, 112)]
SITUATIONS = [
    item(f"C26105-{tail}", DURAND, amount) for tail, amount in (("S1", 4_000_00), ("S2", 2_910_40), ("S3", 3_811_17))
] + OTHER_SITES


@pytest.mark.parametrize(
    "text", ["FACT C26105 SIT 1 RG 5% DEDUITE", "26105 SITUATION 1 RETENUE 5%", "C26105 S1 MOINS RG"]
)
def test_a_number_that_goes_on_behind_its_counter(text: str) -> None:
    """The text goes on with the number of the situation: of that one a part is paid."""
    decision = one(SITUATIONS, 3_800_00, text, "DURAND ET FILS")
    assert ("auto", [(1, 3_800_00)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["FACT C26105", "FACT C26105 SIT 4"])
def test_a_number_of_several_situations(text: str) -> None:
    """Which one is paid in part, or too much, nothing tells."""
    assert "auto" != one(SITUATIONS, 2_500_00, text, "DURAND ET FILS").status
    assert "auto" != one(SITUATIONS, 4_100_00, text, "DURAND ET FILS").status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("SELON AVIS DE VIREMENT", "suggested"),
        ("REMITTANCE ADVICE", "suggested"),
        ("AVIS D'ECHEANCE", "auto"),
        ("", "auto"),
    ],
)
def test_equal_invoices_and_a_list_sent_apart(text: str, status: str) -> None:
    """The payer says elsewhere which of them it pays (C. civ. 1342-10): not simply the oldest."""
    items = [item(f"FA{n}", DURAND, 585_12, issued_on=date(2026, n, 1)) for n in (1, 2, 3)]
    assert status == one(items, 585_12, text, "DURAND ET FILS").status


def test_a_short_counter_of_an_invoice_just_paid() -> None:
    """ "2026.3.67" was paid in this run: the second time it is no silent payment of another one."""
    items = [item(f"2026.0{month}.0067", DURAND, 144_00, issued_on=date(2026, month, 1)) for month in (1, 2, 3)]
    first, second = (receipt(144_00, "FACT 2026.3.67", "DURAND ET FILS", received_on=date(2026, 4, n)) for n in (2, 9))
    assert ["auto", "auto"] != [decision.status for decision in decide(items, [first, second])]
    assert [(3, 144_00)] == lines(decide(items, [first, second])[0])
    closed = SettledNumbers(["ACME"], [DURAND], ["2026.03.0067"])
    assert "auto" != decide(items[:2], [second], settled=closed)[0].status


@pytest.mark.parametrize(
    "text",
    ["MANDAT 4071 BORD 41 26.02.0004", "BORD 230 REF 26.02.0004", "MANDAT 15 BORD 9 2026.02.0004"],
)
def test_a_number_in_pieces_behind_that_of_an_order_to_pay(text: str) -> None:
    """The word speaks of the next number only; of equal invoices of a debtor nobody names, this one is paid."""
    decision = one(MONTHLY, 813_00, text, "SGC GAP")
    assert [(2, 813_00)] == lines(decision)
    assert "auto" == decision.status


@pytest.mark.parametrize(("text", "paid"), [("RELEVE 0226", 2), ("VOTRE RELEVE 022026", 2), ("RELEVE 0126", 1)])
def test_a_month_written_together_behind_a_statement(text: str, paid: int) -> None:
    """Of equal invoices those of the month, and not those of the last one."""
    decision = one(MONTHLY, 813_00, text, "DURAND ET FILS")
    assert ("auto", [(paid, 813_00)]) == (decision.status, lines(decision))


def test_a_slip_of_another_month_is_none() -> None:
    """ "02.0256" was paid: that it is one slip away from 2026.03.0265, of the same sum, is chance."""
    others = [item(f"2026.0{month}.{n:04}", MARTIN, n * 13) for month in (2, 3) for n in range(250, 260)]
    items = [item("2026.03.0265", DURAND, 1_068_53), *others]
    assert "auto" != one(items, 1_068_53, "REGLEMENT FACTURE 02.0256", "DURAND ET FILS").status
    assert "auto" == one(items, 1_068_53, "REGLEMENT FACTURE 03.0256", "DURAND ET FILS").status


def test_a_number_without_letters_that_looks_like_a_day() -> None:
    """ "2026.3.26" and "2026.03.26" beside its debtor and its sum."""
    items = [item(f"2026.03.00{n}", DURAND, 126_58) for n in (24, 25, 26)]
    decision = one(items, 126_58, "2026.03.26", "DURAND ET FILS")
    assert ("auto", [(3, 126_58)]) == (decision.status, lines(decision))


BEHIND = (
    [item(f"L{counter}/26", DURAND, 650_00) for counter in (5225, 5494, 5780)]
    + [item(f"L{counter}/26", MARTIN, counter * 7) for counter in range(5301, 5312)]
    + [item(f"2600{counter}", MARTIN, counter * 9, seller="OTHER") for counter in (5494, 5600)]
)


@pytest.mark.parametrize(
    ("text", "amount", "paid"),
    [
        ("REF 5494", 650_00, [2]), ("FACT L5494", 650_00, [2]), ("FACTURE 5494/26", 650_00, [2]),
        ("SDIS 27 FA 5494/26 MDT 8943", 650_00, [2]),
        ("FACT N L5225/26;5494;5780", 1_950_00, [1, 2, 3]), ("L5225/26 - 5780", 1_300_00, [1, 3]),
    ],
)  # fmt: skip
def test_a_year_behind_the_counter(text: str, amount: int, paid: list[int]) -> None:
    """Learnt from the dates, as one in front is; the counter alone then names an invoice."""
    decision = one(BEHIND, amount, text, "DURAND ET FILS")
    assert ("auto", [(n, 650_00) for n in paid]) == (decision.status, lines(decision))
    assert "auto" != one(BEHIND, 650_00, "FACT L5225/25", "DURAND ET FILS").status


@pytest.mark.parametrize(("text", "status"), [("FACT N 623/26", "suggested"), ("FACT 2024/26", "auto"), ("", "auto")])
def test_a_counter_and_its_year_that_is_paid(text: str, status: str) -> None:
    """A paid one's is no silent payment of another of its sum; one that looks like a year is a counter."""
    items = [item(f"{n}/2026", DURAND, 118_80) for n in (333, 2024)]
    items += [item(f"{n}/2026", MARTIN, n * 7) for n in (*range(401, 412), *range(2001, 2012))]
    decision = one(items, 118_80, text, "DURAND ET FILS", settled=SettledNumbers(["ACME"], [DURAND], ["623/2026"]))
    assert status == decision.status
    assert "2024" not in text or [(2, 118_80)] == lines(decision)


@pytest.mark.parametrize("text", ["F/2026.02.00O4", "FACT: 2026.O2.0004", "2026.02.000A4", "FACT:2026.02.OO04"])
def test_letters_for_digits_behind_a_word_and_a_stroke(text: str) -> None:
    """Of equal invoices the one whose number that is; none where the letter is like no digit."""
    decision = one(MONTHLY, 813_00, text, "DURAND ET FILS")
    assert "A4" in text or ("auto", [(2, 813_00)]) == (decision.status, lines(decision))
