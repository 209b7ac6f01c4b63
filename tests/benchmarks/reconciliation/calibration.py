"""Whether a confidence is what it says: stated beside right, and the counts that `measured.py` holds.

    python -m tests.benchmarks.reconciliation --calibrate hub/core/reconcile/measured.py

counts the tuning seeds of all hands; the tables of `--size 100k` compare on seeds that were not counted.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from hub.core.reconcile import Decision, Outcome, Proposal
from hub.core.reconcile.confidence import FIRST, LATER, SURE
from hub.core.reconcile.outcome import AUTO
from tests.benchmarks.reconciliation.scenario import Scenario, Truth

_BANDS = (0.0, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.99)
_HEAD = '''"""Counts of proposals and of those that were right, on ledgers of which the truth is known: data, written by
`python -m tests.benchmarks.reconciliation --calibrate FILE` from all hands' tuning seeds, 10,000 invoices each.

Place, rule, weight of evidence in steps of 0.01: how many were right, of how many.
"""

from __future__ import annotations

Counts = tuple[int, int]

MEASURED: dict[str, dict[str, dict[float, Counts]]] = {'''

Seen = tuple[str, Proposal, bool]


def seen(scenario: Scenario, outcome: Outcome) -> Iterator[Seen]:
    """Each proposal with its place, and whether its lines are exactly the truth's."""
    for truth, decision in zip(scenario.truth, outcome.decisions, strict=True):
        yield from _of_one(truth, decision)


def _of_one(truth: Truth, decision: Decision) -> Iterator[Seen]:
    for rank, proposal in enumerate(decision.proposals):
        place = SURE if decision.status == AUTO else LATER if rank else FIRST
        yield place, proposal, tuple(sorted(proposal.lines)) == truth.lines


def reliability(proposals: Iterable[Seen]) -> str:
    """Stated beside right, by place and band of confidence, and how far they are apart on the average."""
    bands: dict[tuple[str, int], list[float]] = defaultdict(lambda: [0, 0.0, 0])
    for place, proposal, right in proposals:
        at = max(n for n, least in enumerate(_BANDS) if proposal.confidence >= least)
        cell = bands[place, at]
        cell[0] += 1
        cell[1] += proposal.confidence
        cell[2] += right
    lines = [f"{'confidence':24}{'proposals':>10}{'stated':>10}{'right':>10}"]
    for place in (SURE, FIRST, LATER):
        mine = {at: cell for (found, at), cell in sorted(bands.items()) if found == place}
        lines += [
            f"{_band(place, at):24}{n:>10,}{said / n:>10.2%}{right / n:>10.2%}" for at, (n, said, right) in mine.items()
        ]
        apart = sum(abs(said - right) for _, said, right in mine.values())
        lines.append(f"{place + ', apart':24}{'':>20}{apart / max(sum(n for n, _, _ in mine.values()), 1):>10.2%}")
    return "\n".join(lines)


def _band(place: str, at: int) -> str:
    return f"{place}, {_BANDS[at]:.2f} and more"


def counted(proposals: Iterable[Seen]) -> str:
    """The text of `measured.py`."""
    right: Counter[tuple[str, str, float]] = Counter()
    cases: Counter[tuple[str, str, float]] = Counter()
    for place, proposal, is_right in proposals:
        kind = place, proposal.rule, round(proposal.weight, 2)
        cases[kind] += 1
        right[kind] += is_right
    lines = [_HEAD]
    for place in (SURE, FIRST, LATER):
        lines.append(f'    "{place}": {{')
        for rule in sorted({rule for found, rule, _ in cases if found == place}):
            weights = sorted(weight for found, other, weight in cases if (found, other) == (place, rule))
            lines.append(f'        "{rule}": {{')
            lines += [f"            {w}: ({right[place, rule, w]}, {cases[place, rule, w]})," for w in weights]
            lines.append("        },")
        lines.append("    },")
    return "\n".join([*lines, "}"])
