"""The same ledger as its days go by: what is not known yet cannot help, and what was applied stays applied."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, TypeVar

from hub.core.reconcile import Decision, Outcome, Policy, SettledNumbers, reconcile
from hub.core.reconcile.outcome import AUTO
from tests.benchmarks.reconciliation.scenario import Scenario

Columns = TypeVar("Columns")
_AHEAD = timedelta(days=1)  # that an invoice may be dated after the day on which it is read


def by_days(scenario: Scenario, every: int) -> Outcome:
    """The decisions of runs that are `every` so many days apart, each on what was issued and received by then.

    A receipt has the decision of the run that applied it, else that of the last run.
    """
    return _Days(scenario).through(every)


class _Days:
    """The state between runs."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.open = list(scenario.items.open_minor)
        self.row_of = {id_: row for row, id_ in enumerate(scenario.items.id)}
        settled = scenario.settled
        self.closed = SettledNumbers(list(settled.seller), list(settled.debtor), list(settled.number))
        self.decided: dict[int, Decision] = {}

    def through(self, every: int) -> Outcome:
        """All runs, from the first receipt to the last."""
        version = ""
        for today in _days(self.scenario.receipts.received_on, every):
            outcome = self._run(today)
            version = outcome.policy_version
            for decision in outcome.decisions:
                self._keep(decision)
        return Outcome([self.decided[id_] for id_ in self.scenario.receipts.id], version)

    def _run(self, today: date) -> Outcome:
        items, receipts = self.scenario.items, self.scenario.receipts
        rows = [row for row, day in enumerate(items.issued_on) if self.open[row] > 0 and day <= today + _AHEAD]
        known = [row for row, day in enumerate(receipts.received_on) if day <= today]
        left = [0 if self._is_applied(receipts.id[row]) else receipts.unapplied_minor[row] for row in known]
        return reconcile(
            dataclasses.replace(_of(items, rows), open_minor=[self.open[row] for row in rows]),
            self.scenario.debtors,
            dataclasses.replace(_of(receipts, known), unapplied_minor=left),
            policy=Policy(),
            remittances=self.scenario.remittances,
            settled=self.closed,
            today=self.scenario.today,
        )

    def _is_applied(self, receipt: int) -> bool:
        decision = self.decided.get(receipt)
        return decision is not None and decision.status == AUTO

    def _keep(self, decision: Decision) -> None:
        """A decision, and what it uses up; what was applied before stays."""
        if self._is_applied(decision.receipt_id):
            return
        self.decided[decision.receipt_id] = decision
        if decision.status != AUTO:
            return
        items, best = self.scenario.items, decision.proposals[0]
        for item, amount in best.lines:
            self.open[self.row_of[item]] -= abs(amount)
        for _, item_or_none, amount in best.deductions:
            if item_or_none is not None:
                self.open[self.row_of[item_or_none]] -= max(amount, 0)
        for row in (self.row_of[item] for item, _ in best.lines):
            if self.open[row] <= 0:
                self.closed.seller.append(items.seller[row])
                self.closed.debtor.append(items.debtor[row])
                self.closed.number.append(items.number[row])


def _days(received: list[date], every: int) -> Iterator[date]:
    """The days of the runs: after the first receipt, then every so many days, and the last one's."""
    day, last = min(received) + timedelta(days=every), max(received)
    while day < last:
        yield day
        day += timedelta(days=every)
    yield last


def _of(columns: Columns, rows: list[int]) -> Columns:
    """The columns with these rows only."""
    fields: dict[str, Any] = {
        field.name: [getattr(columns, field.name)[row] for row in rows]
        for field in dataclasses.fields(columns)  # type: ignore[arg-type]
    }
    return type(columns)(**fields)
