"""Sums of several invoices that nothing proves: which of them a person is offered first."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, one, receipt

PAYER = "DURAND ET FILS"


def weekly(amounts: list[int], first: date = date(2026, 1, 9)) -> list[dict[str, object]]:
    """An invoice each week, its number with a week in the middle, due in thirty days."""
    days = [first + timedelta(days=7 * n) for n in range(len(amounts))]
    return [
        item(
            f"FI26/S{day.isocalendar().week:02}-{6201 + 37 * n}", DURAND, amount,
            issued_on=day, due_on=day + timedelta(days=30),
        )
        for n, (day, amount) in enumerate(zip(days, amounts, strict=True))
    ]  # fmt: skip


def offered(items: list[dict[str, object]], amount: int, text: str | None, on: date = date(2026, 4, 10)) -> list[int]:
    """The ids of what is suggested first."""
    decision = one(items, amount, text, PAYER, received_on=on)
    assert "suggested" == decision.status
    return [id_ for id_, _ in lines(decision)]


UNLIKE = [1_011_76, 295_49, 951_01, 1_476_37, 746_03, 1_321_33, 88_10, 410_07, 633_95, 1_240_44, 512_63, 77_90, 906_18]


@pytest.mark.parametrize(("start", "size"), [(2, 5), (4, 6), (1, 7)])
def test_neighbours_that_make_the_sum(start: int, size: int) -> None:
    """Past a dozen no set of five is tried, but people pay what follows one another."""
    assert list(range(start + 1, start + size + 1)) == offered(weekly(UNLIKE), sum(UNLIKE[start : start + size]), None)


@pytest.mark.parametrize(("start", "size"), [(2, 5), (5, 3), (1, 7)])
def test_neighbours_less_a_credit_note(start: int, size: int) -> None:
    """The note is older than what it is taken off."""
    items = [*weekly(UNLIKE), item("AV-0007", DURAND, 54_86, kind="credit_note", issued_on=date(2026, 1, 12))]
    expected = [*range(start + 1, start + size + 1), len(items)]
    assert expected == offered(items, sum(UNLIKE[start : start + size]) - 54_86, "VIREMENT")


def test_neighbours_less_two_credit_notes() -> None:
    """Two of three notes."""
    notes = [item(f"AV-000{n}", DURAND, 20_00 + 7_13 * n, kind="credit_note") for n in range(3)]
    items = [*weekly(UNLIKE), *notes]
    total = sum(UNLIKE[3:8]) - notes[0]["open_minor"] - notes[2]["open_minor"]
    assert [4, 5, 6, 7, 8, 14, 16] == offered(items, total, "VIREMENT")


@pytest.mark.parametrize(
    "text", ["FACT 6275;6349", "FACTURES 6275 6349", "RGLT 6275-6349", "N/ 6275 ET 6349", "FACT 6349 + 6275"]
)
def test_the_ends_of_their_numbers(text: str) -> None:
    """Other invoices have the same sums; these end as the text says."""
    items = weekly([3_010_36, 2_694_21, 3_010_36, 2_694_21, 2_694_21, 3_010_36])
    assert [3, 5] == offered(items, 5_704_57, text)


def test_no_ends_where_the_sum_is_another() -> None:
    """Then the text means something else."""
    items = weekly([3_010_36, 2_694_21, 3_010_36, 2_694_21, 2_694_21, 3_010_36])
    decision = one(items, 5_704_00, "FACT 6275;6349", PAYER)
    assert all("near_number" not in proposal.rule for proposal in decision.proposals)


def test_two_rents_at_once_are_not_those_of_last_year() -> None:
    """What is open for half a year stays so; a sum of two is that of the last ones due."""
    dues = [date(2025, 9, 5), date(2025, 10, 5), *(date(2026, month, 5) for month in (3, 4, 5))]
    items = [
        item(f"LO-{n:04}", DURAND, 731_40, issued_on=due - timedelta(days=10), due_on=due)
        for n, due in enumerate(dues, 1)
    ]
    paid = [receipt(1_462_80, "LOYERS CAUTION", PAYER, received_on=date(2026, 4, 9))]
    assert [(3, 731_40), (4, 731_40)] == lines(decide(items, paid)[0])


def test_an_equal_invoice_beside_the_others_of_the_set() -> None:
    """One of the subscription's, of the weeks of what is paid with it."""
    items = weekly([216_00, 748_04, 216_00, 44_52, 216_00, 70_34, 216_00])
    assert [2, 3, 4] == offered(items, 748_04 + 216_00 + 44_52, "VOTRE AVIS")


@pytest.mark.parametrize("apart", [[2], [1, 4], [5, 6]])
def test_all_of_a_due_day_but_one_or_two(apart: list[int]) -> None:
    """What is disputed is left out; sixteen older ones stay open."""
    amounts = [1_143_27, 1_129_48, 627_42, 4_772_40, 1_392_62, 318_05, 944_10, 205_33]
    old = [item(f"O-{n:04}", DURAND, 511_03 + 97_31 * n, due_on=date(2025, 9, 1 + n)) for n in range(16)]
    items = [item(f"N-{n:04}", DURAND, amount, due_on=date(2026, 3, 31)) for n, amount in enumerate(amounts)]
    paid = sum(amount for n, amount in enumerate(amounts) if n not in apart)
    assert [17 + n for n in range(8) if n not in apart] == offered(old + items, paid, "REGLEMENT")


def test_companies_of_a_holding_that_is_no_debtor() -> None:
    """ "Groupe Lacombelia" pays two invoices of Lacombelia Haguenau."""
    names = debtors_of(["Lacombelia Haguenau SAS", "Courtois Foix SARL", "Martin SA"])
    items = [item(f"L{n}", "D0", amount) for n, amount in enumerate((812_03, 1_377_19, 455_02))]
    items += [item("C1", "D1", 2_189_22), item("M1", "D2", 77_00)]
    decision = one(items, 812_03 + 455_02, "REGLEMENT", "GROUPE LACOMBELIA", debtors=names)
    assert ("suggested", [(1, 812_03), (3, 455_02)]) == (decision.status, lines(decision))
