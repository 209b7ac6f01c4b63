"""The guest `totalled`: what `scripted` gives, and the balances that its script names, whatever day is asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hub_scripted import Scripted, ScriptedConfig

from hub.sdk import Connector, RecordSource, Registry, hookimpl
from hub.sdk.records import ControlTotal
from hub.sdk.roles import ControlTotals


class Totalled(Scripted):
    """Plays ControlTotals too: `totals` in the script is {debtor: minor units}."""

    def control_totals(self, on: date) -> Iterable[ControlTotal]:
        for debtor, minor in self._script()["totals"].items():
            yield ControlTotal(seller="ACME", debtor_id=debtor, balance_on=on, balance_minor=minor, currency="EUR")


@hookimpl
def hub_register(registry: Registry) -> None:
    """The door."""
    registry.add(
        Connector(
            name="totalled",
            sdk="1",
            roles=[RecordSource, ControlTotals],
            config=ScriptedConfig,
            build=Totalled,
            author="tests@hub.test",
        )
    )
