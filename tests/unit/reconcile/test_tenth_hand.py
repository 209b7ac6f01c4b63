"""What a tenth hand's ledger showed: families that pay, names of one word, one number at two sellers."""

from __future__ import annotations

from datetime import date

import pytest

from hub.core.reconcile import Debtors
from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt

SCHOOL = debtors_of(["EARL Le Bras", "Le Bras Sandrine", "Laurent SA", "Noé Hauswirth", "Hauswirth Distribution"])
FEES = [
    item("418656", "D1", 1319_26),
    item("418702", "D3", 890_00),
    item("418745", "D0", 200_00),
]


@pytest.mark.parametrize(
    ("text", "amount", "paid"),
    [
        ("VIR M OU MME LE BRAS DIDIER FACT 418656", 1319_26, 1),
        ("VIR M OU MME HAUSWIRTH CECILE FACT 418702", 890_00, 2),
    ],
)
def test_a_parent_pays_by_the_number(text: str, amount: int, paid: int) -> None:
    """A company of the family's name is a debtor as well: it is no more the payer than the pupil's family."""
    decision = one(FEES, amount, text, debtors=SCHOOL)
    assert ("auto", [(paid, amount)]) == (decision.status, lines(decision))


def test_a_label_that_is_a_debtors_name_and_nothing_else() -> None:
    """Where the debtor explains all of the label, the pupil of its name is contradicted."""
    assert "auto" != one(FEES, 890_00, "VIR HAUSWIRTH DISTRIBUTION FACT 418702", debtors=SCHOOL).status


ORDINARY = debtors_of(["Nord", "Express", "Durand Toiture SARL"])
OWED = [item("418656", "D0", 1915_79), item("418657", "D1", 844_95)]


@pytest.mark.parametrize(
    ("text", "name", "amount", "status"),
    [
        ("CAISSE NORD EST", "EMILIE BERNARD", 1915_79, "suggested"),
        ("PLACEMENT NORD", "EMILIE BERNARD", 1915_79, "suggested"),
        ("VIR OLIVIER FAUGERAS TRANSPORT EXPRESS RETOUR", None, 844_95, "suggested"),
        ("VIR EXPRESS REGLEMENT", None, 844_95, "auto"),
        ("VIR EXPRESS", "EXPRESS", 844_95, "auto"),
        ("VIR OLIVIER FAUGERAS EXPRESS FACT 418657", None, 844_95, "auto"),
    ],
)
def test_a_name_that_is_an_ordinary_word(text: str, name: str | None, amount: int, status: str) -> None:
    """Among other words it names nobody for sure; alone, or beside a number, it does."""
    assert status == one(OWED, amount, text, name, debtors=ORDINARY).status


SHARED = [
    item("419397", "D1", 890_00),
    item("419397", "D0", 670_24, issued_on=date(2026, 10, 30)),
]


def test_a_number_that_another_seller_uses_months_later() -> None:
    """Nobody quotes the number of an invoice of next autumn, whoever bears the payer's name there."""
    decision = one(SHARED, 296_66, "VIR M OU MME LE BRAS DIDIER FACT 419397 1 /3", debtors=SCHOOL)
    assert ("auto", [(1, 296_66)]) == (decision.status, lines(decision))


def _work(number: str, amount: int, month: int) -> dict[str, object]:
    return item(number, "D9656", amount, issued_on=date(2026, month, 10))


DENTISTS = Debtors(["ACME"] * 2, ["D9656", "D2115"], ["Dr Thomas Monteil", "SELARL Arnaud Crétin"])
WORK = [
    _work("D9656-2602-01", 812_26, 2),
    _work("D9656-2602-02", 250_10, 2),
    _work("D9656-2603-01", 812_26, 3),
    item("D2115-2602-01", "D2115", 812_26),
    item("2026/02602-A", "D2115", 99_00),
]


@pytest.mark.parametrize(
    ("text", "amount", "paid"),
    [
        ("VTE FACT 2602-01", 812_26, [1]),
        ("VTE FACT 2603-1", 812_26, [3]),
        ("FACTURES 2602-01 + 2602-02", 1062_36, [1, 2]),
        ("RELEVE FEVRIER 2602-01, 2602-02", 1062_36, [1, 2]),
    ],
)
def test_a_number_without_the_customers_own_in_front(text: str, amount: int, paid: list[int]) -> None:
    """Who pays leaves out his own customer number, with which all his invoices' numbers begin."""
    decision = one(WORK, amount, text, "DR THOMAS MONTEIL", debtors=DENTISTS)
    assert ("auto", paid) == (decision.status, [row for row, _ in lines(decision)])


RENTED = [item(f"2026/{n:05d}-A", DURAND, 619_96, due_on=date(2026, month, 28)) for month, n in ((2, 1299), (3, 1557))]


@pytest.mark.parametrize("text", ["PMT 00340818", "PIECE 76454", "VIRT 99123", "N/REF 1234567"])
def test_a_payers_own_voucher(text: str) -> None:
    """It is many times what this seller has counted to, and speaks of no other invoice."""
    decision = one(RENTED[:1], 619_96, text, "DURAND ET FILS")
    assert ("auto", [(1, 619_96)]) == (decision.status, lines(decision))


@pytest.mark.parametrize("text", ["FACT 76454", "PIECE 01557", "PMT 202601300"])
def test_a_number_that_may_be_an_invoices(text: str) -> None:
    """What is announced as an invoice, or built like one, is no voucher."""
    assert "auto" != one(RENTED[:1], 619_96, text, "DURAND ET FILS").status


def test_a_voucher_waits_its_turn() -> None:
    """Of equal invoices in a row it may pay the next, and not before older receipts; it is only offered."""
    paid = decide(
        RENTED,
        [
            receipt(619_96, "MERCI", "DURAND ET FILS", received_on=date(2026, 3, 2)),
            receipt(619_96, "PMT 00340818", "DURAND ET FILS", received_on=date(2026, 4, 2)),
        ],
    )
    assert [("auto", [(1, 619_96)]), ("suggested", [(2, 619_96)])] == [(d.status, lines(d)) for d in paid]


PUPILS = debtors_of(["Florian Besnier", "Besnier Florian", "Zoé Mounier", "Laurent SA", "Théo Marcel"])


def test_a_name_in_another_order_is_the_same() -> None:
    """Both owe the sum: nobody knows who pays. A number tells, whichever order the bank prints."""
    items = [item("420186", "D0", 1180_00), item("420369", "D1", 1180_00)]
    assert "suggested" == one(items, 1180_00, "VIR FLORIAN BESNIER REGLEMENT", debtors=PUPILS).status
    decision = one(items, 1180_00, "VIR FLORIAN BESNIER FACT 420369", debtors=PUPILS)
    assert ("auto", [(2, 1180_00)]) == (decision.status, lines(decision))


def test_a_label_with_words_of_two_debtors() -> None:
    """ "MOUNIER LAURENT" may be of the family Mounier as well as the company Laurent: the number tells."""
    items = [item("418626", "D2", 1207_74), item("418630", "D3", 300_00)]
    decision = one(items, 1207_74, "VIR MOUNIER LAURENT NO 418626", debtors=PUPILS)
    assert ("auto", [(1, 1207_74)]) == (decision.status, lines(decision))


TUITION = [item("418316", "D4", 1290_00), item("418920", "D4", 85_50)]


@pytest.mark.parametrize("text", ["1/3 MARCEL THEO", "1ER VERSEMENT THEO MARCEL", "THEO MARCEL 1 / 3"])
def test_an_instalment_without_a_number(text: str) -> None:
    """To the cent the part that the text counts of the payer's only such invoice, of which nothing is paid yet."""
    decision = one(TUITION, 430_00, text, "M MARCEL THEO", debtors=PUPILS)
    assert ("auto", "payer_instalment", [(1, 430_00)]) == (decision.status, decision.rule, lines(decision))


@pytest.mark.parametrize(
    ("text", "amount", "more"),
    [
        ("2/3 MARCEL THEO", 430_00, []),  # the first was never paid
        ("1/4 MARCEL THEO", 430_00, []),
        ("1/3 MARCEL THEO", 429_00, []),
        ("MARCEL THEO", 430_00, []),
        ("1/3 MARCEL THEO", 430_00, [item("418500", "D4", 1290_00)]),
    ],
)
def test_no_instalment_of_one_invoice(text: str, amount: int, more: list[dict[str, object]]) -> None:
    """Where anything does not agree, or two invoices do, a person decides."""
    assert "auto" != one(TUITION + more, amount, text, "M MARCEL THEO", debtors=PUPILS).status


def test_two_fields_of_one_length_are_no_cut_name() -> None:
    """The bank's line and the name are equally long by chance: of two payments of one invoice the first one counts."""
    label = "VIREMENT EN VOTRE FAVEUR\nDURAND ET FILS MATERIAUX\n{}"
    debtors = debtors_of(["Durand et Fils Matériaux"])
    owed = [item("2026/00846-A", "D0", 881_80), item("2026/00901-A", "D0", 55_10)]
    twice = [
        receipt(881_80, label.format("2026/00846-A")),
        receipt(881_80, label.format("S/FACT 2026/00846-A"), received_on=date(2026, 4, 20)),
    ]
    first, second = decide(owed, twice, debtors=debtors)
    assert ("auto", "duplicate") == (first.status, second.rule)


SLIPS = Debtors(["ACME"] * 3, ["D2862", "C1", "E02259"], ["SCM Rault et Anquetil", "Clos Fleuri", "Le Bras Romain"])
SLIPPED = [
    item("D2862-2603-04", "D2862", 457_10),
    item("D2862-2603-05", "D2862", 99_00),
    *(item(f"2026/{n:05d}-B", "C1", 784_88 + n - 830) for n in (830, 955, 1021)),
    item("418656", "E02259", 1319_26),
]


@pytest.mark.parametrize(
    ("text", "amount", "name", "status"),
    [
        ("V/FACT D2862-2693-04", 457_10, "SCM RAULT ET ANQUETIL", "auto"),  # one slip, and no month of any year
        ("V/FACT D2862-2602-04", 457_10, "SCM RAULT ET ANQUETIL", "suggested"),  # last month's
        ("2026/70830-B", 784_88, "CLOS FLEURI", "auto"),
        ("2025/00830-B", 784_88, "CLOS FLEURI", "suggested"),
        ("2026/00831-B", 784_88, "CLOS FLEURI", "suggested"),
    ],
)
def test_one_slip_in_a_number_with_letters(text: str, amount: int, name: str, status: str) -> None:
    """Letters in front or behind change nothing of it; another year or month, or the next counter, is no slip."""
    assert status == one(SLIPPED, amount, text, name, debtors=SLIPS).status


def test_a_customer_number_tells_more_than_a_likeness() -> None:
    """Who pays is somewhat like another debtor, and a word of the text is a third one's name."""
    debtors = Debtors(
        ["ACME"] * 3, ["E02259", "C1", "C2"], ["Le Bras Romain", "Le Bras Toiture Couverture SARL", "Client"]
    )
    decision = one([SLIPPED[-1]], 1319_26, "FRE 418656 CLIENT E02259", "M OU MME LE BRAS DIDIER", debtors=debtors)
    assert ("auto", [(1, 1319_26)]) == (decision.status, lines(decision))


def test_a_company_that_owes_one_sum_to_two_sellers() -> None:
    """Neither seller's invoice is the other's rival less, because the others of one of them add up as well."""
    debtors = Debtors(["ACME", "OTHER"], ["D0", "D0"], ["Gross Feinmechanik GmbH", "Gross Feinmechanik GmbH"])
    owed = [item("23372/A", "D0", 451_37)]
    other = [item(f"2026/00{n}", "D0", amount, seller="OTHER") for n, amount in ((1416, 451_37), (1041, 211_30))]
    other.append(item("2026/001844", "D0", 240_07, seller="OTHER"))
    assert "auto" == one(owed, 451_37, "ZAHLUNG", "GROSS FEINMECHANIK GMBH", debtors=debtors).status
    decision = one(owed + other, 451_37, "ZAHLUNG", "GROSS FEINMECHANIK GMBH", debtors=debtors)
    assert "suggested" == decision.status
    assert {1, 2} <= {line[0] for proposal in decision.proposals for line in proposal.lines}


@pytest.mark.parametrize("text", ["ERREUR DE VIREMENT", "TROP PERCU A REVERSER"])
def test_money_that_is_no_payment(text: str) -> None:
    """A mistake of exactly an invoice's sum is a question."""
    assert "suggested" == one(RENTED[:1], 619_96, text, "DURAND ET FILS").status


EQUAL = [item(f"2026/{n:05d}-D", DURAND, 437_38, due_on=date(2026, month, 28)) for month, n in ((2, 286), (3, 505))]


@pytest.mark.parametrize(("text", "paid"), [("FACT505", 2), ("D/505 DURAND", 2), ("OD505/41", 1)])
def test_a_counter_behind_letters_that_are_not_its_own(text: str, paid: int) -> None:
    """ "OD505/41" is a voucher, and no invoice's counter: the oldest is paid."""
    assert [(paid, 437_38)] == lines(one(EQUAL, 437_38, text, "DURAND ET FILS"))
