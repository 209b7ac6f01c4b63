"""A confidence is the share of such proposals that were right, on ledgers that were not counted for it too."""

from __future__ import annotations

import pytest

from hub.core.reconcile.confidence import FIRST, LATER, SURE, confidence, judged_alike, with_judged
from hub.core.reconcile.measured import MEASURED
from tests.benchmarks.reconciliation import fourth_hand, other_hand, receipts, third_hand
from tests.benchmarks.reconciliation.__main__ import run_engine
from tests.benchmarks.reconciliation.calibration import Seen, counted, reliability, seen
from tests.benchmarks.reconciliation.scenario import Scenario

_SEED = 1003  # of no hand counted, looked at, or reported


def _seen(scenario: Scenario) -> list[Seen]:
    return list(seen(scenario, run_engine(scenario)[0]))


@pytest.fixture(scope="module")
def proposals() -> list[Seen]:
    """Proposals of all four hands, of a seed that was not counted."""
    return [
        one
        for hand in (receipts, other_hand, third_hand, fourth_hand)
        for one in _seen(hand.make_scenario(_SEED, 4_000))
    ]


@pytest.mark.parametrize("place", [SURE, FIRST, LATER])
def test_stated_and_right_agree_on_a_seed_that_was_not_counted(proposals: list[Seen], place: str) -> None:
    """Within the chance of so few."""
    mine = [(proposal.confidence, right) for found, proposal, right in proposals if found == place]
    stated, right = sum(said for said, _ in mine), sum(right for _, right in mine)
    chance = 3 * sum(said * (1 - said) for said, _ in mine) ** 0.5 + 1
    assert len(mine) > 300
    assert abs(stated - right) < chance + 0.03 * len(mine)


def test_a_higher_confidence_is_oftener_right(proposals: list[Seen]) -> None:
    """Of first suggestions: those of which it was said are far oftener right than those of which it was denied."""
    first = [(proposal.confidence, right) for place, proposal, right in proposals if place == FIRST]
    high, low = ([right for said, right in first if (said > 0.9) is above] for above in (True, False))
    assert sum(high) / len(high) > 0.9
    assert sum(low) / len(low) < 0.7
    assert sum(right for said, right in first if said < 0.1) < 0.2 * sum(said < 0.1 for said, _ in first)


@pytest.mark.parametrize("place", [SURE, FIRST, LATER])
def test_nothing_is_certain_and_nothing_impossible(place: str) -> None:
    """However many were right: the next may be wrong."""
    for rule, weights in MEASURED[place].items():
        for weight, (right, cases) in weights.items():
            assert 0 <= right <= cases
            assert 0 < confidence(rule, weight, place) < 1


def test_a_rule_that_was_never_seen_is_as_sure_as_the_others_of_its_place() -> None:
    """A new rule, before it is counted."""
    assert (
        confidence("a_new_rule", 0.9, LATER)
        < confidence("a_new_rule", 0.9, FIRST)
        < confidence("a_new_rule", 0.99, SURE)
    )


def test_few_cases_lean_on_those_around_them() -> None:
    """Three of three are not all."""
    rule, weight, (right, cases) = next(
        (rule, weight, counts)
        for rule, weights in MEASURED[FIRST].items()
        for weight, counts in weights.items()
        if counts[0] == counts[1] and counts[1] <= 3 and len(weights) > 1
    )
    assert right == cases
    assert confidence(rule, weight, FIRST) < 0.95


def test_the_counts_are_written_as_they_are_read(proposals: list[Seen]) -> None:
    """What `--calibrate` prints is the module that `confidence` reads."""
    text, module = counted(proposals), dict[str, object]()
    exec(text, module)  # noqa: S102  our own text
    measured = module["MEASURED"]
    assert isinstance(measured, dict)
    assert sum(n for rules in measured.values() for weights in rules.values() for _, n in weights.values()) == len(
        proposals
    )
    assert set(measured) == set(MEASURED) == {SURE, FIRST, LATER}


def test_the_table_says_how_far_they_are_apart(proposals: list[Seen]) -> None:
    """One of two right where nearly all was promised."""
    proposal = proposals[0][1]._replace(confidence=0.99)
    text = reliability([(FIRST, proposal, True), (FIRST, proposal, False)])
    assert "first, 0.99 and more" in text
    assert next(line for line in text.splitlines() if line.startswith("first, apart")).split()[-1] == "49.00%"


def test_what_was_decided_here_outweighs_what_was_measured_elsewhere() -> None:
    """A few cases move it, many are it."""
    assert with_judged(0.36, (0, 0)) == 0.36
    assert 0.65 < with_judged(0.36, (5, 5)) < 0.75
    assert with_judged(0.36, (400, 400)) > 0.96
    assert with_judged(0.99, (0, 100)) < 0.05


def test_only_what_is_alike_counts() -> None:
    """The same rule, about the same weight."""
    judged = {
        ("amount_only", 0.5): (3, 4),
        ("amount_only", 0.48): (1, 1),
        ("amount_only", 0.1): (0, 9),
        ("other", 0.5): (0, 7),
    }
    assert judged_alike(judged, "amount_only", 0.5) == (4, 5)
    assert judged_alike(judged, "unheard_of", 0.5) == (0, 0)
