"""From the weight of evidence to a confidence: how often such proposals were right, where the truth was known.

A weight orders explanations and is compared with the policy's threshold; it is no probability. The counts come
from ledgers of which the truth is known (`measured.py`); a kind with few cases leans on the kinds around it. Of first
suggestions those count as well, and soon more, that people here decided about.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from hub.core.reconcile.measured import MEASURED, Counts

#: First suggestions that people decided about, by rule and weight in hundredths: how many were right, of how many.
Judged = Mapping[tuple[str, float], Counts]

# Places of a proposal.
SURE = "sure"  # may be applied without a person
FIRST = "first"  # the first suggestion
LATER = "later"

_MOST_CASES = 5_000  # more count as so many: nobody's ledger is one of those that were measured
#: Cases that a kind borrows from the larger group around it, so that three of three are not all. Kinds that are
#: applied alone are more alike than kinds of suggestions: the threshold made them so.
_BORROWED = {SURE: 50, FIRST: 5, LATER: 5}
_NEAR = 0.03  # weights so close are of one kind
_WORTH = 4  # cases decided here that weigh as much as all measured elsewhere: kinds differ from ledger to ledger


@cache
def confidence(rule: str, weight: float, place: str) -> float:
    """The share of such proposals that were right, 0..1, in steps of 0.0001.

    Args:
        rule: the proposal's stable code.
        weight: of its evidence, 0..1; hundredths are enough.
        place: `SURE`, `FIRST` or `LATER`.
    """
    rules = MEASURED[place]
    borrowed = _BORROWED[place]
    of_place = _share([counts for weights in rules.values() for counts in weights.values()], 0.5, borrowed)
    weights = rules.get(rule, {})
    share = _share(weights.values(), of_place, borrowed)
    near = [known for known in weights if abs(known - weight) <= _NEAR]
    if near:
        nearest = min(near, key=lambda known: (abs(known - weight), known))
        share = _share([weights[nearest]], share, borrowed)
    return round(share, 4)


def judged_alike(judged: Judged, rule: str, weight: float) -> Counts:
    """Of first suggestions of this rule and about this weight: how many were right, of how many decided here."""
    alike = [counts for (of, known), counts in judged.items() if of == rule and abs(known - weight) <= _NEAR]
    return sum(right for right, _ in alike), sum(cases for _, cases in alike)


def with_judged(share: float, counts: Counts) -> float:
    """A confidence corrected by what people decided here."""
    right, cases = counts
    return round((right + _WORTH * share) / (cases + _WORTH), 4)


def _share(counts: Iterable[Counts], around: float, borrowed: int) -> float:
    """Right ones of all cases, with a few more as the group around has them, and one that is wrong: the next may be."""
    counted = list(counts)
    right, cases = sum(right for right, _ in counted), sum(cases for _, cases in counted)
    kept = min(cases, _MOST_CASES)
    return (right * kept / max(cases, 1) + borrowed * around) / (kept + borrowed + 1)
