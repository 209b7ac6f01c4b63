"""Bank statements as a chain: closing balance of one = opening balance of the next, and all of it is booked, once.

Where two statements do not meet, one is missing and its money was never seen; where the movements booked of an account
do not add up to what its statements prove, money is missing or counted twice. Both are named in euros. Pure.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import pairwise, takewhile
from typing import Literal, NamedTuple

Account = tuple[str, str]  # account as its RIB or number, currency


class Stated(NamedTuple):
    """What one statement proves: signed balances in minor units on their days, and how many entries lie between."""

    account: str
    currency: str
    opened_on: date
    opening_minor: int
    closed_on: date
    closing_minor: int
    entries: int


class ChainGap(NamedTuple):
    """A difference of an account: `difference_minor` = found − expected.

    kind: "missing_statement", no statement tells how the balance went from `expected_minor` on `from_on` to
    `found_minor` on `to_on`; "contradiction", two statements of one period from one balance close differently;
    "booked_otherwise", the statements prove movements of `expected_minor` in all, and `found_minor` is booked;
    "payout_otherwise", a provider tells `expected_minor` of a payout, and the line at the bank that is linked to it
    has `found_minor`.
    """

    kind: Literal["missing_statement", "contradiction", "booked_otherwise", "payout_otherwise"]
    account: str
    currency: str
    from_on: date
    to_on: date
    expected_minor: int
    found_minor: int

    @property
    def difference_minor(self) -> int:
        """By how much the balance went on unseen, or by how much more (negative: less) is booked than proven."""
        return self.found_minor - self.expected_minor


def chain_gaps(statements: Iterable[Stated], booked: Mapping[Account, int]) -> list[ChainGap]:
    """Every difference, by account and day.

    Args:
        statements: of any accounts, in any order; the same one may be there twice, and they may overlap.
        booked: sum of the movements booked of an account, received less left, net of fees; an account left out is not
            compared.
    """
    by_account: dict[Account, set[Stated]] = {}
    for one in statements:
        by_account.setdefault((one.account, one.currency), set()).add(one)
    found: list[ChainGap] = []
    for account in sorted(by_account):
        told = sorted(by_account[account], key=lambda one: (one.opened_on, one.closed_on, one))
        found += _contradictions(account, told)
        stretches = _stretches(told)
        for before, after in pairwise(stretches):
            balances = (before.closing_minor, after.opening_minor)
            if balances[0] != balances[1]:
                found.append(ChainGap("missing_statement", *account, before.closed_on, after.opened_on, *balances))
        proven = sum(one.closing_minor - one.opening_minor for one in stretches)
        if booked.get(account, proven) != proven:
            days = (stretches[0].opened_on, stretches[-1].closed_on)
            found.append(ChainGap("booked_otherwise", *account, *days, proven, booked[account]))
    return found


def _contradictions(account: Account, told: list[Stated]) -> list[ChainGap]:
    """Statements of one period from one balance, in as many entries, that close with different balances."""
    first: dict[tuple[date, int, date, int], Stated] = {}
    found = []
    for one in told:
        same = first.setdefault((one.opened_on, one.opening_minor, one.closed_on, one.entries), one)
        if same.closing_minor != one.closing_minor:
            days = (one.opened_on, one.closed_on)
            found.append(ChainGap("contradiction", *account, *days, same.closing_minor, one.closing_minor))
    return found


def _stretches(told: list[Stated]) -> list[Stated]:
    """The statements put together as far as they meet or overlap, oldest first: one for each unbroken stretch."""
    left, result = deque(told), []
    while left:
        stretch = _first(left)
        met = {stretch.opening_minor, stretch.closing_minor}  # balances passed on its last day
        while left:
            if left[0].opened_on < stretch.closed_on:
                one = left.popleft()
                if one.closed_on < stretch.closed_on:
                    continue
                met.add(one.closing_minor)
                if one.closed_on == stretch.closed_on:
                    continue
            else:
                following = _following(stretch, left, met)
                if following is None:
                    break
                one = following
            met = {one.closing_minor} | (met if one.closed_on == stretch.closed_on else {one.opening_minor})
            stretch = _joined(stretch, one)
        result.append(stretch)
    return result


def _first(left: deque[Stated]) -> Stated:
    """Take the statement to begin with: of the oldest day, one that continues no other; of one balance, the widest."""
    day = left[0].opened_on
    same = [one for one in takewhile(lambda one: one.opened_on == day, left)]
    ends = {one.closing_minor for one in same if one.closed_on == day}
    first = next((one for one in same if one.opening_minor not in ends), same[0])
    chosen = _widest([one for one in same if one.opening_minor == first.opening_minor])
    left.remove(chosen)
    return chosen


def _following(stretch: Stated, left: deque[Stated], met: set[int]) -> Stated | None:
    """Take the statement that goes on where the stretch ends; those that tell its last day again are dropped."""
    day = stretch.closed_on
    pool = [one for one in takewhile(lambda one: one.opened_on == day, left)]
    if not pool:
        day = left[0].opened_on
        pool = [one for one in takewhile(lambda one: one.opened_on == day, left)]
    meets = [one for one in pool if one.opening_minor == stretch.closing_minor]
    if meets:
        chosen = _widest(meets)
        left.remove(chosen)
        return chosen
    if day != stretch.closed_on:
        return None
    known, again = set(met), True
    while again:
        told = [one for one in pool if one.closed_on == day and {one.opening_minor, one.closing_minor} & known]
        again = bool(told)
        for one in told:
            known |= {one.opening_minor, one.closing_minor}
            pool.remove(one)
            left.remove(one)
    return None if pool or not left else _following(stretch, left, known)


def _widest(told: list[Stated]) -> Stated:
    """Of statements from one balance, the one that goes furthest."""
    return max(told, key=lambda one: (one.closed_on, one.entries, one))


def _joined(stretch: Stated, following: Stated) -> Stated:
    return following._replace(opened_on=stretch.opened_on, opening_minor=stretch.opening_minor)
