"""The arithmetic of benchmarks that take turns."""

from __future__ import annotations

from tests.benchmarks.turns import Case, Pair, Turns, take_turns
from tests.benchmarks.whole_process import Cost


def _pair(limit: float, hub: float) -> Pair:
    """On one processor each second of wall time is one of CPU; the hub's server adds its half."""
    return Pair(Cost(limit, limit), Cost(hub, hub, server_cpu=hub / 2))


def test_the_median_of_the_pairs_counts_not_the_ratio_of_medians() -> None:
    slow_hour = [_pair(1.0, 0.5), _pair(2.0, 1.8), _pair(4.0, 2.4)]  # 0.5, 0.9, 0.6
    turns = Turns(Case("unchanged", 0.8), slow_hour, by_cpu=False)
    assert turns.wall == 0.6
    assert round(turns.cpu, 9) == 0.9
    assert turns.least(lambda pair: pair.hub) == Cost(0.5, 0.5, 0.25)


def test_the_promise_is_of_wall_time_of_cpu_or_of_seconds() -> None:
    pairs = [_pair(1.0, 0.6)]  # 0.6 of wall time, 0.9 of CPU
    assert Turns(Case("unchanged", 0.8), pairs, by_cpu=False).kept
    assert not Turns(Case("unchanged", 0.8), pairs, by_cpu=True).kept
    assert Turns(Case("untouched", seconds=0.6), pairs, by_cpu=True).kept
    late = Turns(Case("untouched", seconds=0.5), pairs, by_cpu=True)
    assert not late.kept
    assert late.verdict() == "MISSED: bar 0.5 s of wall time"
    assert late.as_json()["pairs"][0]["hub"]["wall"] == 0.6


def test_who_goes_first_changes_and_both_see_the_same_turn() -> None:
    seen: list[str] = []

    def side(name: str, seconds: float) -> Cost:
        seen.append(name)
        return Cost(seconds, seconds)

    pairs = take_turns(3, lambda turn: seen.append(str(turn)), lambda: side("limit", 2.0), lambda: side("hub", 1.0))
    assert seen == ["1", "limit", "hub", "2", "hub", "limit", "3", "limit", "hub"]
    assert [pair.wall for pair in pairs] == [0.5] * 3
