"""Scores an outcome against the truth. Every figure is defined here and in docs/reconciliation.md."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from hub.core.reconcile import Decision, Outcome
from hub.core.reconcile.outcome import AUTO
from tests.benchmarks.reconciliation.scenario import Scenario, Truth


@dataclass(slots=True)
class Score:
    """Counts of one run; see `table` for what is printed.

    auto_right, auto_wrong: automatic decisions whose lines are, or are not, exactly the truth's.
    euro_right, euro_wrong: money of their lines, in minor units, line by line.
    rest, rest_undecidable: receipts with a true allocation that were not automatic, decidable or not: how many, and
        of how many the first suggestion, or one of the first three, is exactly the truth.
    """

    receipts: int = 0
    auto_right: int = 0
    auto_wrong: int = 0
    wrong_debtor: int = 0
    euro_right: int = 0
    euro_wrong: int = 0
    euro_received: int = 0
    decidable: int = 0
    decidable_auto: int = 0
    must_leave: int = 0
    must_leave_touched: int = 0
    rest: Counter[str] = field(default_factory=Counter)
    rest_undecidable: Counter[str] = field(default_factory=Counter)
    by_kind: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    mistakes: list[tuple[Truth, Decision]] = field(default_factory=list)
    missed: list[tuple[Truth, Decision]] = field(default_factory=list)

    @property
    def precision(self) -> float:
        """Automatic decisions that are exactly right, of all automatic ones."""
        return self.auto_right / max(self.auto_right + self.auto_wrong, 1)

    @property
    def euro_precision(self) -> float:
        """Money allocated automatically to the right item, of all money allocated automatically."""
        return self.euro_right / max(self.euro_right + self.euro_wrong, 1)

    @property
    def auto_rate(self) -> float:
        """Decidable receipts decided automatically and rightly."""
        return self.decidable_auto / max(self.decidable, 1)


def score(scenario: Scenario, outcome: Outcome) -> Score:
    """Compare each decision with the truth of its receipt."""
    account = dict(zip(scenario.items.id, zip(scenario.items.seller, scenario.items.debtor, strict=True), strict=True))
    result = Score()
    for truth, decision, amount in zip(scenario.truth, outcome.decisions, scenario.receipts.amount_minor, strict=True):
        assert truth.receipt_id == decision.receipt_id
        result.receipts += 1
        result.euro_received += max(amount, 0)
        _count(result, truth, decision, account)
    return result


def _count(result: Score, truth: Truth, decision: Decision, account: dict[int, tuple[str, str]]) -> None:
    kind = result.by_kind[truth.kind]
    kind["receipts"] += 1
    right = tuple(sorted(decision.proposals[0].lines)) == truth.lines if decision.status == AUTO else False
    if decision.status == AUTO:
        _count_auto(result, truth, decision, right, account)
        kind["auto right" if right else "auto wrong"] += 1
    if truth.decidable:
        result.decidable += 1
        result.decidable_auto += right
        kind["decidable"] += 1
        if decision.status != AUTO:
            result.missed.append((truth, decision))
    if truth.must_leave:
        result.must_leave += 1
        result.must_leave_touched += decision.status == AUTO
    if decision.status != AUTO and truth.lines:
        _count_rest(result, truth, decision, kind)


def _count_auto(
    result: Score, truth: Truth, decision: Decision, right: bool, account: dict[int, tuple[str, str]]
) -> None:
    expected = dict(truth.lines)
    result.auto_right += right
    result.auto_wrong += not right
    owners = {account[item] for item in expected}
    for item, amount in decision.proposals[0].lines:
        good = min(abs(amount), abs(expected.get(item, 0)))
        result.euro_right += good
        result.euro_wrong += abs(amount) - good
        if account[item] not in owners and not (right):
            result.wrong_debtor += 1
    if not right:
        result.mistakes.append((truth, decision))


def _count_rest(result: Score, truth: Truth, decision: Decision, kind: Counter[str]) -> None:
    """Receipts with a true allocation that were left to a person: is it among the suggestions?"""
    rank = next((n for n, p in enumerate(decision.proposals) if tuple(sorted(p.lines)) == truth.lines), 99)
    for counter in (kind, result.rest if truth.decidable else result.rest_undecidable):
        counter["rest"] += 1
        counter["first"] += rank == 0
        counter["third"] += rank < 3


def _ranks(what: str, counts: Counter[str]) -> str:
    size = max(counts["rest"], 1)
    first, third = counts["first"] / size, counts["third"] / size
    return f"{what} ({counts['rest']:,}): right at rank 1 {first:.1%}, within 3 {third:.1%}"


def table(result: Score) -> str:
    """The figures as text."""
    wrong = 1000 * result.euro_wrong / max(result.euro_received, 1)
    lines = [
        f"receipts {result.receipts:,}; automatic {result.auto_right + result.auto_wrong:,}, of which "
        f"wrong {result.auto_wrong}",
        f"precision by count {result.precision:.4%}   by euro {result.euro_precision:.4%}   wrong "
        f"debtor {result.wrong_debtor}",
        f"automatic rate on decidable {result.auto_rate:.2%} of {result.decidable:,}",
        f"must be left alone: {result.must_leave:,}, touched {result.must_leave_touched}",
        _ranks("suggestions for the rest a person could decide", result.rest),
        _ranks("suggestions for the rest nobody can decide", result.rest_undecidable),
        _ranks("both together", result.rest + result.rest_undecidable),
        f"wrong euros per thousand received {wrong:.4f}",
        "",
        f"{'kind of case':24}{'receipts':>9}{'decidable':>10}{'auto':>8}{'wrong':>7}{'rest':>7}{'first':>7}{'in 3':>7}",
    ]
    for kind, c in sorted(result.by_kind.items()):
        lines.append(
            f"{kind:24}{c['receipts']:>9,}{c['decidable']:>10,}{c['auto right']:>8,}{c['auto wrong']:>7,}"
            f"{c['rest']:>7,}{c['first']:>7,}{c['third']:>7,}"
        )
    return "\n".join(lines)
