"""What a text tells beside a sum: the week or the due date of an equal invoice, a payment's own number, a month."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from tests.unit.reconcile.books import debtors_of, decide, item, lines, one, receipt

AGENCY = debtors_of(["Moulins Duval", "Cimenterie Aubert"])
MONDAY = date(2026, 1, 5)  # of the second week


def weeks(amounts: list[int], **more: Any) -> list[dict[str, Any]]:
    """An invoice a week of one debtor, issued on Fridays from week 2 on, due in thirty days."""
    fridays = [MONDAY + timedelta(days=7 * n + 4) for n in range(len(amounts))]
    return [
        item(f"TT26-{4100 + 7 * n}", "D0", amount, issued_on=day, **more) | {"due_on": day + timedelta(days=30)}
        for n, (day, amount) in enumerate(zip(fridays, amounts, strict=True))
    ]


@pytest.mark.parametrize("text", ["INTERIM SEMAINE 4", "LCR ECH 220226"])
def test_what_is_told_needs_no_proof_by_its_sum(text: str) -> None:
    """Two weeks add up to the sum of the third, of which the text names the week, or the due date."""
    items = weeks([800_00, 1_200_00, 2_000_00, 1_200_00])
    decision = one(items, 2_000_00, text, "MOULINS DUVAL", debtors=AGENCY)
    assert ("auto", [(3, 2_000_00)]) == (decision.status, lines(decision))
    silent = one(items, 2_000_00, "INTERIM", "MOULINS DUVAL", debtors=AGENCY)
    assert ("suggested", [(3, 2_000_00)]) == (silent.status, lines(silent))


def test_another_week_than_the_one_of_the_sum_is_a_question() -> None:
    """The text names a week, and none of the equal invoices is of it."""
    decision = one(weeks([800_00, 2_000_00, 2_000_00]), 2_000_00, "INTERIM SEMAINE 2", "MOULINS DUVAL", debtors=AGENCY)
    assert decision.status == "suggested"


def test_who_tells_the_week_waits_for_nobody() -> None:
    """An equal sum before it, which nobody understands, may pay any other week but this one."""
    items = weeks([950_00] * 5)
    doubtful = receipt(950_00, "FACTURE TT26-9999", "MOULINS DUVAL", received_on=date(2026, 2, 20))
    told = receipt(950_00, "INTERIM SEMAINE 5", "MOULINS DUVAL", received_on=date(2026, 3, 2))
    silent = receipt(950_00, "INTERIM", "MOULINS DUVAL", received_on=date(2026, 3, 2))
    assert [(4, 950_00)] == lines(decide(items, [doubtful, told], debtors=AGENCY)[1])
    assert ["suggested", "auto"] == [d.status for d in decide(items, [doubtful, told], debtors=AGENCY)]
    assert ["suggested", "suggested"] == [d.status for d in decide(items, [doubtful, silent], debtors=AGENCY)]


TWINS = debtors_of(["Acme Fasteners Inc", "Acme Fasteners Inc"])


@pytest.mark.parametrize(
    ("other", "sure"), [(31_17, True), (573_90, False)], ids=["owes another sum", "owes the sum on one invoice"]
)
def test_a_months_statement_of_one_of_two_debtors_of_a_name(other: int, sure: bool) -> None:
    """All of March of the one adds up, and the other owes nothing like it."""
    items = [item("F-26-101", "D0", 374_70), item("F-26-113", "D0", 199_20), item("F-26-107", "D1", other)]
    decision = one(items, 573_90, "RELEVE MARS 2026", "ACME FASTENERS INC", debtors=TWINS)
    assert sure is (decision.status == "auto")
    assert (not sure) or lines(decision) == [(1, 374_70), (2, 199_20)]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("RGLT 20259660", True),
        ("PIECE 528930", True),
        ("REGLEMENT 2509411", False),  # as long as a number
        ("RGLT 2025160", False),  # a year and a counter, perhaps
        ("FACT 528930", False),  # announced as an invoice
    ],
)
def test_the_number_of_a_payment_is_no_invoices(text: str, sure: bool) -> None:
    """Where it is not built like the seller's, it says nothing against the one invoice of the sum."""
    items = [item(f"QL2601{30 + n:03}", "D0", 612_40 + 13 * n, issued_on=MONDAY + timedelta(days=n)) for n in range(9)]
    decision = one(items, 612_40 + 13 * 5, text, "MOULINS DUVAL", debtors=AGENCY)
    assert (sure, [(6, 612_40 + 13 * 5)]) == (decision.status == "auto", lines(decision))


def test_beside_the_number_of_a_payment_equal_invoices_are_a_question() -> None:
    """It may be that of a list which tells which of them."""
    items = [item(f"QL2601{30 + n:03}", "D0", 612_40, issued_on=MONDAY + timedelta(days=n)) for n in range(3)]
    assert one(items, 612_40, "PIECE 528930", "MOULINS DUVAL", debtors=AGENCY).status == "suggested"


MARCH = [item(f"W26-{700 + n}", "D0", amount) for n, amount in enumerate((71_24, 179_61, 80_17, 95_76))]


@pytest.mark.parametrize("text", ["RELEVE MARS 2026", "VIREMENT"])
@pytest.mark.parametrize(
    ("credit", "issued", "sure"),
    [
        (39_95, date(2026, 4, 3), True),
        (39_95, date(2026, 2, 3), False),  # of a statement before
        (20_00, date(2026, 4, 3), False),  # such a sum is kept back for many reasons
    ],
)
def test_a_month_less_the_credit_note_of_its_time(text: str, credit: int, issued: date, sure: bool) -> None:
    """One of two open credit notes, issued since the month began, is taken off all of the month."""
    notes = [
        item("AV26-31", "D0", 17_08, kind="credit_note", issued_on=date(2026, 1, 9)),
        item("AV26-44", "D0", credit, kind="credit_note", issued_on=issued),
    ]
    later = item("W26-731", "D0", 64_18, issued_on=date(2026, 4, 8))
    paid = sum(row["open_minor"] for row in MARCH) - credit
    decision = one([*MARCH, *notes, later], paid, text, "MOULINS DUVAL", debtors=AGENCY)
    assert sure is (decision.status == "auto")
    if sure:
        assert [row for row, _ in lines(decision)] == [1, 2, 3, 4, 6]


SHOP = debtors_of(["Transports Marquenterre SARL", "Moulins Duval"])
TWO_SERVICES = [
    item(f"{2511 + n:04d}0{632 + 41 * n}", "D0", amount, issued_on=issued, due_on=issued + timedelta(days=30))
    for n, issued in enumerate(date(2026, month, 3) for month in (1, 2, 3, 4))
    for amount in (1247_16, 4165_40)
]


@pytest.mark.parametrize(("day", "paid"), [("030526", [(7, 1247_16), (8, 4165_40)]), ("050526", None)])
def test_several_invoices_of_the_day_on_which_they_fall_due(day: str, paid: list[tuple[int, int]] | None) -> None:
    """A bill of exchange is drawn on that day: the older ones like them are not meant, nor those of another day."""
    ahead = [row | {"number": f"{row['number']}{n}"} for n, row in enumerate(TWO_SERVICES)]
    text = f"LCR TRANSPORTS MARQUENTERRE ECH {day}"
    decision = one(ahead, 5412_56, text, None, debtors=SHOP, received_on=date(2026, 5, 5))
    assert ("auto" if paid else "suggested") == decision.status
    assert not paid or lines(decision) == paid


@pytest.mark.parametrize(
    ("text", "paid"),
    [
        ("FACTURE DU 06032026 MONTANT 990,00", 9),
        ("FACT DU 06/03/2026", 9),
        ("VIREMENT DU 06/03/2026", None),  # no word for an invoice: the day of something else
        ("FACTURE DU 07/03/2026", None),  # none was issued that day
    ],
)
def test_the_day_of_issue_tells_which_of_equal_invoices(text: str, paid: int | None) -> None:
    """Also where somebody of a like name, undecided, has taken the turn of the one it is."""
    firms = debtors_of(["Moulins Duval", "Duval Négoce", "Duval Levures"])
    doubtful = receipt(990_00, "REGLEMENT", "DUVAL", received_on=date(2026, 4, 1))
    told = receipt(990_00, text, "MOULINS DUVAL", received_on=date(2026, 4, 20))
    decision = decide(weeks([990_00] * 12), [doubtful, told], debtors=firms)[1]
    assert ("auto" if paid else "suggested") == decision.status
    assert not paid or lines(decision) == [(paid, 990_00)]
