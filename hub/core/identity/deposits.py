"""One line at the bank that holds several sums: a deposit of cheques, a batch, the payout of a payment provider.

The single sums carry the money: they know who paid. Sums of several are bounded and must be the only way; else a
person decides.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence, Set
from datetime import date, timedelta
from typing import NamedTuple

from hub.core.identity.seen import CHEQUE, OTHER_MEANS, WIDEST_DAYS, Sighting, may_be_one
from hub.core.identity.sightings import Found, Matches, Pair

#: Rules; stored, never respelt.
BATCH, DEPOSIT, PAYOUT = "batch", "deposit", "payout"
CONFIDENCE = {BATCH: 990_000, DEPOSIT: 960_000, PAYOUT: 990_000}
UNSURE_PPM = 500_000
#: Entries among which a deposit's cheques are looked for, and how many one may hold.
MOST_CANDIDATES, MOST_CHEQUES = 14, 10
#: Calendar days after a payout was made within which its line appears at the bank.
PAYOUT_DAYS = 10


def match_deposits(books: Sequence[Sighting], seen: Sequence[Sighting], apart: Set[Pair]) -> Matches:
    """Which movements at the bank are the sum of several entries of the books.

    Certain: all entries of one batch reference, or all cheques of one day, when they add up to exactly one line; or the
    only set of cheques, among a few, that adds up to a deposit. Entries are used once, lines in order of date.
    """
    result = Matches([], [])
    batched = any(one.batch for one in books)
    ordered = sorted(books, key=lambda one: one.order)
    days = [one.days[0] for one in ordered]
    used: set[int] = set()
    for line in sorted(seen, key=lambda one: one.order):
        if not batched and line.means != CHEQUE:
            continue
        first = bisect_left(days, line.days[0] - timedelta(days=WIDEST_DAYS))
        last = bisect_right(days, line.days[0] + timedelta(days=WIDEST_DAYS))
        near = [
            one
            for one in ordered[first:last]
            if one.id not in used
            and one.amount_minor < line.amount_minor
            and (one.id, line.id) not in apart
            and may_be_one(one, line)
        ]
        found = _batch(line, near) or (_deposit(line, near) if line.means == CHEQUE else None)
        if found is not None and found.confidence_ppm == UNSURE_PPM:
            result.suggestions.append(found)
        elif found is not None:
            result.links.append(found)
            used.update(part for part, _ in found.parts)
    return result


def _batch(line: Sighting, near: Sequence[Sighting]) -> Found | None:
    batches: dict[str, list[Sighting]] = defaultdict(list)
    for one in near:
        if one.batch:
            batches[one.batch].append(one)
    exact = [b for b, ones in sorted(batches.items()) if _sum(ones) == line.amount_minor and len(ones) > 1]
    named = [b for b in exact if b in line.text or b == line.batch]
    chosen = named if len(named) == 1 else exact
    if not chosen:
        return None
    certain = len(chosen) == 1
    return _found(line, batches[chosen[0]], BATCH, certain=certain, batch=chosen[0], possible=len(chosen))


def _deposit(line: Sighting, near: Sequence[Sighting]) -> Found | None:
    cheques = [one for one in near if one.means != OTHER_MEANS]
    by_day: dict[date, list[Sighting]] = defaultdict(list)
    for one in cheques:
        by_day[one.days[0]].append(one)
    whole = [ones for _, ones in sorted(by_day.items()) if len(ones) > 1 and _sum(ones) == line.amount_minor]
    if len(whole) == 1:
        return _found(line, whole[0], DEPOSIT, certain=True, day=whole[0][0].days[0].isoformat())
    if len(cheques) > MOST_CANDIDATES:
        return None
    ways = list(_ways(sorted(cheques, key=lambda one: one.order), line.amount_minor))
    if not ways:
        return None
    certain = len(ways) == 1 and all(one.means == CHEQUE for one in ways[0])
    return _found(line, ways[0], DEPOSIT, certain=certain, possible=len(ways), among=len(cheques))


def _ways(ones: Sequence[Sighting], amount: int, first: int = 0, most: int = MOST_CHEQUES) -> Iterator[list[Sighting]]:
    """Sets of two or more that add up to `amount`; the search ends with the second one."""
    found = 0
    for chosen in _subsets(ones, amount, first, most):
        if len(chosen) > 1:
            yield chosen
            found += 1
            if found == 2:
                return


def _subsets(ones: Sequence[Sighting], amount: int, first: int, most: int) -> Iterator[list[Sighting]]:
    if amount == 0:
        yield []
        return
    if most == 0:
        return
    for at in range(first, len(ones)):
        if ones[at].amount_minor <= amount:
            for rest in _subsets(ones, amount - ones[at].amount_minor, at + 1, most - 1):
                yield [ones[at], *rest]


class Payout(NamedTuple):
    """A provider's payout: `charges` are (receipt id, net amount) of the sums in it that are known as receipts.

    `net_minor` is what reaches the bank; `references` in comparison form, the payout's id among them.
    """

    key: str
    currency: str
    net_minor: int
    paid_on: date | None
    references: frozenset[str]
    charges: tuple[tuple[int, int], ...]


def match_payouts(payouts: Sequence[Payout], seen: Sequence[Sighting], apart: Set[Pair]) -> Matches:
    """Which line at the bank is which payout: the same amount, days after it; certain when its reference says so.

    A payout with a refund in it has no plain shares and is left to a person.
    """
    result = Matches([], [])
    used: set[int] = set()
    for payout in sorted(payouts, key=lambda one: (one.paid_on or date.min, one.key)):
        if not payout.charges or any(net <= 0 for _, net in payout.charges):
            continue
        lines = [line for line in seen if line.id not in used and _may_be(payout, line, apart)]
        named = [line for line in lines if payout.references & line.text]
        if len(named) == 1:
            used.add(named[0].id)
        elif not lines:
            continue
        line, certain = (named or lines)[0], len(named) == 1
        evidence = {"payout": payout.key, "possible": len(lines)}
        ppm = CONFIDENCE[PAYOUT] if certain else UNSURE_PPM
        (result.links if certain else result.suggestions).append(
            Found(line.id, tuple(sorted(payout.charges)), PAYOUT, ppm, evidence)
        )
    return result


def _may_be(payout: Payout, line: Sighting, apart: Set[Pair]) -> bool:
    if (line.currency, line.amount_minor) != (payout.currency, payout.net_minor):
        return False
    if any((charge, line.id) in apart for charge, _ in payout.charges):
        return False
    if payout.paid_on is None:
        return True
    return payout.paid_on - timedelta(days=2) <= line.days[0] <= payout.paid_on + timedelta(days=PAYOUT_DAYS)


def _sum(ones: Sequence[Sighting]) -> int:
    return sum(one.amount_minor for one in ones)


def _found(line: Sighting, ones: Sequence[Sighting], rule: str, *, certain: bool, **evidence: object) -> Found:
    parts = tuple((one.id, one.amount_minor) for one in sorted(ones, key=lambda one: one.id))
    ppm = CONFIDENCE[rule] if certain else UNSURE_PPM
    return Found(line.id, parts, rule, ppm, {"receipts": len(parts), **evidence})
