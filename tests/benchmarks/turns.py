"""What two programs cost that took turns, and their ratio.

A machine's speed changes from one minute to the next: a ratio of two runs that were not beside each other says little,
and one pair says less than the median of several. So each ratio is one of a pair, and the median of them counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from tests.benchmarks.whole_process import Cost


@dataclass(frozen=True)
class Case:
    """A case of the load's promise: its name, the highest ratio allowed, and the longest the hub may take in seconds
    of wall time, where that is the promise."""

    name: str
    bar: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Pair:
    """The limit and the hub, one right after the other."""

    limit: Cost
    hub: Cost

    @property
    def wall(self) -> float:
        """The hub's wall time in that of the limit."""
        return self.hub.wall / self.limit.wall

    @property
    def cpu(self) -> float:
        """The same of CPU, the server's included."""
        return self.hub.all_cpu / self.limit.all_cpu


@dataclass(frozen=True)
class Turns:
    """All pairs of one case. `by_cpu`: the ratio of CPU is the promise, else that of wall time."""

    case: Case
    pairs: Sequence[Pair]
    by_cpu: bool

    @property
    def wall(self) -> float:
        """The median of the pairs' ratios of wall time."""
        return median(pair.wall for pair in self.pairs)

    @property
    def cpu(self) -> float:
        """The median of the pairs' ratios of CPU."""
        return median(pair.cpu for pair in self.pairs)

    @property
    def kept(self) -> bool:
        """True when the promise was kept."""
        if self.case.seconds is not None:
            return median(pair.hub.wall for pair in self.pairs) <= self.case.seconds
        return self.case.bar is None or (self.cpu if self.by_cpu else self.wall) <= self.case.bar

    def least(self, side: Callable[[Pair], Cost]) -> Cost:
        """The least of each figure of one side; of memory the largest."""
        costs = [side(pair) for pair in self.pairs]
        return Cost(
            min(cost.wall for cost in costs),
            min(cost.cpu for cost in costs),
            min(cost.server_cpu for cost in costs),
            max(cost.peak for cost in costs),
        )

    def verdict(self) -> str:
        """The promise and whether it was kept, in words."""
        of = "CPU" if self.by_cpu else "wall time"
        bar = f"{self.case.bar} of {of}" if self.case.seconds is None else f"{self.case.seconds} s of wall time"
        return f"{'met' if self.kept else 'MISSED'}: bar {bar}"

    def as_json(self) -> dict[str, Any]:
        """Every pair, the medians and the verdict."""
        pairs = [{"limit": asdict(pair.limit), "hub": asdict(pair.hub)} for pair in self.pairs]
        return {"case": self.case.name, "wall": self.wall, "cpu": self.cpu, "kept": self.kept, "pairs": pairs}


def take_turns(
    times: int, ready: Callable[[int], None], limit: Callable[[], Cost], hub: Callable[[], Cost]
) -> list[Pair]:
    """Make ready and run both, `times` times. `ready` is told the turn, from 1; who goes first changes each turn."""
    pairs = []
    for turn in range(1, times + 1):
        ready(turn)
        if turn % 2:
            before = limit()
            pairs.append(Pair(before, hub()))
        else:
            ours = hub()
            pairs.append(Pair(limit(), ours))
    return pairs
