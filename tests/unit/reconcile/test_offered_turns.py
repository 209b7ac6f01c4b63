"""Equal invoices of one debtor, and several receipts left to a person: each is offered its own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from hub.core.reconcile.rules.turns import Debt, in_turn
from tests.unit.reconcile.books import DURAND, debtors_of, decide, item, lines, receipt

RENT = 731_40


def rents(dues: list[date], debtor: str = DURAND) -> list[dict[str, object]]:
    """One rent for each due day, issued ten days before."""
    return [
        item(f"LO-{n:04}", debtor, RENT, issued_on=due - timedelta(days=10), due_on=due)
        for n, due in enumerate(dues, 1)
    ]


def asked(text: str, on: date, amount: int = RENT) -> dict[str, object]:
    """Money of Durand's that a person decides: the label speaks of a deposit."""
    return receipt(amount, f"{text} CAUTION", "DURAND ET FILS", received_on=on)


def debts(dues: list[date]) -> list[Debt]:
    """Equal debts, row by row."""
    return [Debt(row, due - timedelta(days=30), due) for row, due in enumerate(dues)]


def fifth(month: int) -> date:
    """The fifth day of a month of 2026."""
    return date(2026, month, 5)


@pytest.mark.parametrize("late", [0, 3, 31, 44])
def test_the_oldest_are_paid_in_turn_as_long_as_they_are_some_weeks_late_at_most(late: int) -> None:
    """Also where the next invoice is due nearer to the receipt."""
    days = [fifth(month) + timedelta(days=late) for month in (1, 2, 3)]
    assert [0, 1, 2] == in_turn(days, debts([fifth(month) for month in range(1, 7)]))


def test_what_stays_unpaid_for_months_is_passed_by() -> None:
    """Two old ones are open since the winter; three receipts come two days after the fifth."""
    known = debts([date(2025, 10, 5), date(2025, 11, 5), *map(fifth, (3, 4, 5, 6))])
    assert [2, 3, 4] == in_turn([date(2026, 3, 7), date(2026, 4, 7), date(2026, 5, 7)], known)


def test_a_month_nobody_paid_stays_open() -> None:
    """Every receipt comes as long after its due day as the others do."""
    known = debts([date(2025, 10, 5), *map(fifth, (1, 2, 3, 4))])
    assert [1, 2, 4] == in_turn([date(2026, 1, 8), date(2026, 2, 9), date(2026, 4, 8)], known)


def test_more_receipts_than_debts_have_no_turns() -> None:
    """Something else is wrong then."""
    assert [] == in_turn([fifth(1), fifth(2)], debts([fifth(1)]))


def test_no_invoice_of_next_month_is_paid() -> None:
    """An invoice is not paid before it is written."""
    assert [] == in_turn([fifth(1), fifth(1)], debts([fifth(1), fifth(6)]))


def test_receipts_left_to_a_person_are_offered_the_rents_of_their_months() -> None:
    """An old rent is open since October, and stays so."""
    items = rents([date(2025, 10, 5), fifth(2), fifth(3), fifth(4), fifth(5)])
    decisions = decide(items, [asked("LOYER", date(2026, month, 7)) for month in (2, 3, 4)])
    assert {"suggested"} == {decision.status for decision in decisions}
    assert [[(2, RENT)], [(3, RENT)], [(4, RENT)]] == [lines(decision) for decision in decisions]


def test_a_text_that_names_a_month_takes_it_from_those_that_name_none() -> None:
    """The silent one came first; the rent of March is the other's."""
    items = rents([fifth(3), fifth(4)])
    decisions = decide(items, [asked("LOYER", date(2026, 4, 3)), asked("LOYER MARS", date(2026, 4, 7))])
    assert [[(2, RENT)], [(1, RENT)]] == [lines(decision) for decision in decisions]


def test_the_week_a_text_names_is_kept_whoever_came_before() -> None:
    """Temporary work is billed by the week."""
    items = [
        item(f"S{n:04}", DURAND, RENT, issued_on=friday, due_on=friday + timedelta(days=30))
        for n, friday in enumerate((date(2026, 2, 6), date(2026, 2, 13), date(2026, 2, 20)), 1)
    ]
    receipts = [asked("VIREMENT", date(2026, 3, 12)), asked("SEM 08/2026", date(2026, 3, 20))]
    receipts.append(asked("SEMAINE 06", date(2026, 3, 21)))
    assert [[(2, RENT)], [(3, RENT)], [(1, RENT)]] == [lines(decision) for decision in decide(items, receipts)]


def test_two_debtors_of_one_name_take_turns_as_before() -> None:
    """Nothing tells which of them pays: the oldest of each goes first, then the next."""
    twins = debtors_of(["Résidence des Ormes", "Résidence des Ormes"])
    items = rents([date(2025, 11, 5), fifth(4)], "D0") + rents([fifth(1)], "D1")
    decisions = decide(items, [receipt(RENT, "LOYER", "RESIDENCE DES ORMES")], debtors=twins)
    offered = {proposal.debtor for proposal in decisions[0].proposals[:3]}
    assert ("suggested", {("ACME", "D0"), ("ACME", "D1")}) == (decisions[0].status, offered)


def test_beside_an_invoice_its_twin_of_the_same_day() -> None:
    """Two of one day and sum: nothing tells which, and the person sees both before what is due nearer."""
    items = rents([fifth(2), fifth(3), fifth(3), fifth(4)])
    decisions = decide(items, [asked("LOYER", date(2026, 3, 12)), asked("LOYER", date(2026, 4, 3))])
    assert [{1}, {2, 3}] == [
        {proposal.lines[0][0] for proposal in decision.proposals[:at]} for at, decision in enumerate(decisions, 1)
    ]


def test_weeks_late_is_likelier_than_weeks_early() -> None:
    """Of the last of January nobody paid; what follows comes twenty days late, not ten days early."""
    known = debts([date(2026, 1, 31), date(2026, 3, 31), date(2026, 4, 30), date(2026, 5, 31), date(2026, 6, 30)])
    assert [1, 2, 3] == in_turn([date(2026, 4, 20), date(2026, 5, 20), date(2026, 6, 20)], known)


def test_money_that_names_nobody_takes_no_turn_before_who_bears_the_name() -> None:
    """Two debtors bear the payer's name, one owes the sum: the oldest is offered to the payer, not to a stranger."""
    namesakes = debtors_of(["Formation Vandenbroucke", "Formation Vandenbroucke"])
    theirs = rents([fifth(month) for month in (3, 4, 5)], "D0")
    named = receipt(RENT, "CAUTION", "FORMATION VANDENBROUCKE", received_on=fifth(4))
    nameless = receipt(RENT, None, None, received_on=date(2026, 4, 12))
    first, second = decide(theirs, [named, nameless], debtors=namesakes)
    assert [(1, RENT)] == lines(first)
    assert lines(first) != lines(second)
