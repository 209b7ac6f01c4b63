"""The conformance kit for control totals: faithful books pass, each broken promise is caught."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from hub.sdk import Money
from hub.sdk.records import ControlTotal
from hub.sdk.testing import ControlTotalsConformance

ON = date(2026, 6, 30)
ticks = itertools.count()


def balance(debtor: str, minor: int, currency: str = "EUR", on: date = ON) -> ControlTotal:
    return ControlTotal(seller="S", debtor_id=debtor, balance_on=on, balance_minor=minor, currency=currency)


BALANCES = [balance("C1", 1_000), balance("C2", -300), balance("C2", 500, "USD")]


class Books:
    """Books that answer what they are told to."""

    def __init__(self, rows: Callable[[date], Iterable[Any]]) -> None:
        self.rows = rows

    def control_totals(self, on: date) -> Iterable[ControlTotal]:
        return iter(list(self.rows(on)))


class TestFaithfulBooks(ControlTotalsConformance):
    """Two debtors, two currencies."""

    on = ON
    expected_total: Sequence[Money] = (Money(minor=500, currency="USD"), Money(minor=700, currency="EUR"))

    def make_source(self, tmp_path: Path) -> Books:
        return Books(lambda on: BALANCES)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (lambda on: [], "balances_are_valid balances_add_up"),
        (lambda on: [*BALANCES, balance("C1", 0)], "one_balance_per_debtor_and_currency"),
        (lambda on: BALANCES[1:], "balances_add_up"),
        (
            lambda on: [one.model_copy(update={"balance_on": on - timedelta(1)}) for one in BALANCES],
            "balances_are_valid",
        ),
        (lambda on: [one.model_copy(update={"currency": "ZZZ"}) for one in BALANCES], "balances_are_valid"),
        (lambda on: [balance("C1", next(ticks))], "balances_are_the_same_again"),
    ],
)
def test_broken_books_are_caught(
    rows: Callable[[date], Any], expected: str, failing_tests: Callable[[object, Path], set[str]], tmp_path: Path
) -> None:
    """A balance missing, doubled, of another day, invalid or restless."""

    class Kit(TestFaithfulBooks):
        def make_source(self, tmp_path: Path) -> Books:
            return Books(rows)

    assert set(expected.split()) <= failing_tests(Kit(), tmp_path)
