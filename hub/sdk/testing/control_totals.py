"""What makes books give control totals that can be compared with open items."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from unittest import SkipTest

from hub.sdk.columns import columns_from_records, validate_columns
from hub.sdk.context import Context
from hub.sdk.money import Money
from hub.sdk.records import ControlTotal
from hub.sdk.roles import ControlTotals
from hub.sdk.testing import checks
from hub.sdk.testing.fakes import NothingSleeps, make_context
from hub.sdk.testing.runs import by_currency


class ControlTotalsConformance(NothingSleeps):
    """Every promise of `ControlTotals`, each as one test. Subclass it under a name that begins with ``Test``.

    Attributes:
        on: the date to ask for.
        expected_total: sum of all balances on that date, one amount per currency; None: not compared.
    """

    on: date
    expected_total: Money | Sequence[Money] | None = None

    def make_source(self, tmp_path: Path) -> ControlTotals:
        """Books over a sample. Called several times with one folder: each time the same, made anew."""
        raise AssertionError("define make_source(self, tmp_path) in your test class")

    def make_context(self, tmp_path: Path) -> Context:
        """A context for `make_source` to build with."""
        return make_context(tmp_path)

    def test_balances_are_valid(self, tmp_path: Path) -> None:
        """Each is a valid ControlTotal on the date that was asked for."""
        found = self._balances(tmp_path)
        assert found, f"no balance on {self.on}"
        assert all(isinstance(balance, ControlTotal) for balance in found), "something is no ControlTotal"
        for columns in columns_from_records([(0, found)]):
            _, faults = validate_columns(columns.kind, len(columns.unit), columns.values)
            assert not faults, f"not valid: {faults}"
        other = {balance.balance_on for balance in found} - {self.on}
        assert not other, f"asked for {self.on}, got balances on {sorted(other)}"

    def test_balances_are_the_same_again(self, tmp_path: Path) -> None:
        """The same books and date give the same balances."""
        first, again = (
            {(one.seller, one.debtor_id, one.currency): one for one in self._balances(tmp_path)} for _ in range(2)
        )
        assert first == again, "other balances at the second reading"

    def test_one_balance_per_debtor_and_currency(self, tmp_path: Path) -> None:
        """A debtor's balance is one figure per currency."""
        seen = set()
        for balance in self._balances(tmp_path):
            key = (balance.seller, balance.debtor_id, balance.currency)
            assert key not in seen, f"two balances for {key}"
            seen.add(key)

    def test_balances_add_up(self, tmp_path: Path) -> None:
        """The sum is what the books say, to the cent."""
        if self.expected_total is None:
            raise SkipTest("no expected_total")
        sums: dict[str, int] = defaultdict(int)
        for balance in self._balances(tmp_path):
            sums[balance.currency] += balance.balance_minor
        found = {currency: minor for currency, minor in sorted(sums.items()) if minor}
        assert by_currency(self.expected_total) == found, f"{found} instead of {by_currency(self.expected_total)}"

    def _balances(self, tmp_path: Path) -> list[ControlTotal]:
        source = checks.made_again(self.make_source, tmp_path)
        assert isinstance(source, ControlTotals), f"{type(source).__name__} lacks control_totals"
        return list(source.control_totals(self.on))
