"""Statements of an account as a chain: what is missing, told otherwise or booked otherwise is named in euros."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.core.ledger.bank_chain import ChainGap, Stated, chain_gaps

START = date(2026, 7, 1)
ACCOUNT = ("309990000100012345678", "EUR")


def stated(first: int, last: int, opening: int, closing: int, entries: int = 1, account: str = ACCOUNT[0]) -> Stated:
    """A statement from one day to another, counted from the 1st of July."""
    return Stated(
        account, "EUR", START + timedelta(days=first), opening, START + timedelta(days=last), closing, entries
    )


def told(*statements: Stated, booked: int | None = None) -> list[tuple[str, int, int, int]]:
    """Kind, days and difference of each gap."""
    sums = {} if booked is None else {ACCOUNT: booked}
    return [
        (gap.kind, (gap.from_on - START).days, (gap.to_on - START).days, gap.difference_minor)
        for gap in chain_gaps(statements, sums)
    ]


def test_a_missing_statement_is_named_with_its_days_and_its_money() -> None:
    """Closing of one is opening of the next; where it is not, a statement between them was never read."""
    july, september = stated(0, 31, 1000, 5000), stated(62, 92, 4200, 9000)
    [gap] = chain_gaps([september, july], {})
    assert (gap.from_on, gap.to_on, gap.difference_minor) == (july.closed_on, september.opened_on, -800)
    assert isinstance(gap, ChainGap)
    assert [] == told(july, stated(31, 62, 5000, 4200), september, booked=8000)


@pytest.mark.parametrize(
    "statements",
    [
        [stated(0, 1, 0, 5), stated(1, 1, 5, 9), stated(1, 1, 9, 12), stated(1, 2, 12, 20)],  # several on one day
        [
            stated(1, 1, 9, 12),
            stated(1, 1, 5, 9),
            stated(1, 1, 0, 5),
            stated(3, 3, 12, 20),
        ],  # dated on the day
        [stated(0, 1, 0, 5), stated(0, 1, 0, 9, 2), stated(1, 2, 9, 20)],  # a file that grew during its day
        [stated(0, 1, 0, 5), stated(1, 1, 5, 9), stated(1, 1, 5, 12, 2), stated(2, 2, 12, 20)],  # the same, later
        [stated(0, 5, 0, 12, 9), stated(0, 1, 0, 5), stated(1, 2, 5, 6), stated(4, 9, 11, 20, 3)],  # overlaps
        [stated(0, 1, 0, 20, 4), stated(1, 1, 5, 9), stated(1, 1, 9, 20), stated(0, 1, 0, 5)],  # the day told twice
        [stated(0, 1, 0, 20, 4), stated(2, 2, 20, 20, 0), stated(2, 2, 20, 20, 2)],  # nothing, and +100 −100
    ],
)
def test_what_meets_overlaps_or_repeats_is_no_gap(statements: list[Stated]) -> None:
    """In any order, and all of it counted once."""
    for seed in range(6):
        shuffled = random.Random(seed).sample(statements, len(statements))
        assert [] == told(*shuffled, booked=20)


def test_a_piece_missing_in_the_middle_of_a_day() -> None:
    """Three statements of a day, the second one never came."""
    assert [("missing_statement", 1, 1, 4)] == told(stated(0, 1, 0, 5), stated(1, 1, 9, 12), booked=8)


def test_money_booked_twice_or_not_at_all_shows_in_euros() -> None:
    """What is booked of the account is held against what its statements prove, gaps left out."""
    chain = (stated(0, 31, 0, 100), stated(31, 60, 100, 250), stated(70, 80, 300, 310))
    assert [("missing_statement", 60, 70, 50)] == told(*chain, booked=260)
    assert ("booked_otherwise", 0, 80, 45) == told(*chain, booked=305)[-1]
    assert ("booked_otherwise", 0, 80, -260) == told(*chain, booked=0)[-1]


def test_two_tellings_of_one_period() -> None:
    """As many entries from one balance, and another end: one of the two is wrong."""
    assert ("contradiction", 0, 31, 50) == told(stated(0, 31, 0, 100, 3), stated(0, 31, 0, 150, 3))[0]


def test_accounts_and_currencies_do_not_meet() -> None:
    """Each account is its own chain."""
    assert [] == told(stated(0, 1, 0, 5), stated(1, 2, 77, 80, account="OTHER"))


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 50)), min_size=2, max_size=30), st.data())
def test_whatever_is_taken_out_is_what_is_missing(days: list[tuple[int, int]], data: st.DataObject) -> None:
    """A chain without gaps, rising, several statements a day: take one out of its middle, and its money is named."""
    chain, on, balance = [], 0, 0
    for ahead, minor in days:
        chain.append(stated(on, on + ahead, balance, balance + minor))
        on, balance = on + ahead, balance + minor
    assert [] == told(*data.draw(st.permutations(chain)), booked=balance)
    if len(chain) > 2:
        lost = chain.pop(data.draw(st.integers(1, len(chain) - 2)))
        money = lost.closing_minor - lost.opening_minor
        assert [money] == [gap[3] for gap in told(*data.draw(st.permutations(chain)), booked=balance - money)]
