"""One sum of money, counted once: which entry in the books is which movement at the bank.

Certain pairs are linked, with their evidence; what could be several is suggested to a person. A wrong link hides money
that is owed, so amount and date alone are never enough: a reference or the payer must say the same. Two payments of
one payer, of one amount, in one week stay two: as many entries as movements are paired, in the order of their dates.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence, Set
from datetime import timedelta
from typing import Any, NamedTuple

from hub.core.identity.seen import (
    AGREES,
    CHEQUE,
    CONTRADICTS,
    NEAR_CHEQUE_DAYS,
    NEAR_DAYS,
    OTHER_MEANS,
    WIDEST_DAYS,
    Sighting,
    days_apart,
    may_be_one,
    payer,
)

#: Rules; stored, never respelt. The confidence of each in parts per million.
BY_REFERENCE, BY_PAYER, TWINS, BY_AMOUNT = "reference", "payer", "twins", "amount"
CONFIDENCE = {BY_REFERENCE: 995_000, BY_PAYER: 985_000, TWINS: 960_000, BY_AMOUNT: 600_000}
#: A reference that more sightings of one amount bear is a contract's or an account's, no payment's.
MOST_WITH_REFERENCE = 4
#: Pairs looked at within one amount, and the calendar days apart to which they are cut down when there are more;
#: beyond that only references are believed.
MOST_PAIRS, CLOSE_DAYS = 40_000, 6
#: Suggestions shown for one entry of the books.
MOST_SUGGESTED = 3

Pair = tuple[int, int]


class Found(NamedTuple):
    """A link, or a suggestion: `parts` are (id, amount) of the sums that `whole` is, one for a plain pair.

    Of a pair `whole` is the entry of the books, and `parts` the movement at the bank: what a link's echo and carriers
    are. `evidence` is plain values for display.
    """

    whole: int
    parts: tuple[tuple[int, int], ...]
    rule: str
    confidence_ppm: int
    evidence: dict[str, Any]


class Matches(NamedTuple):
    """What is certain, and what a person should look at; both in a stated order."""

    links: list[Found]
    suggestions: list[Found]


def match_pairs(books: Sequence[Sighting], seen: Sequence[Sighting], apart: Set[Pair]) -> Matches:
    """Pair entries of the books with movements at the bank of the same amount.

    Args:
        books, seen: sightings not yet linked; any order.
        apart: pairs (books, bank) that a person declared to be two sums.
    """
    by_amount: dict[tuple[str, int], tuple[list[Sighting], list[Sighting]]] = defaultdict(lambda: ([], []))
    wanted = {(one.currency, one.amount_minor) for one in books}
    for side, sightings in enumerate((books, seen)):
        for one in sightings:
            if (one.currency, one.amount_minor) in wanted:
                by_amount[one.currency, one.amount_minor][side].append(one)
    result = Matches([], [])
    for _, (ours, theirs) in sorted(by_amount.items(), key=lambda entry: entry[0]):
        if ours and theirs:
            _Amount(ours, theirs, apart).match(result)
    return result


def _order(one: Sighting) -> tuple[Any, ...]:
    return (*one.days[:1], one.id)


class _Amount:
    """The entries and movements of one amount."""

    def __init__(self, books: Sequence[Sighting], seen: Sequence[Sighting], apart: Set[Pair]) -> None:
        self._books = {one.id: one for one in sorted(books, key=_order)}
        self._seen = {one.id: one for one in sorted(seen, key=_order)}
        self._apart = apart
        self._shared: dict[Pair, list[str]] = {}

    def match(self, result: Matches) -> None:
        """References first, then payers; what is left over and possible is suggested."""
        self._by_reference(result.links)
        possible = self._possible(WIDEST_DAYS)
        if possible is None:  # one amount, thousands of times: only those that the payer alone could link
            possible = self._possible(CLOSE_DAYS)
        stances = {
            (ours.id, theirs.id): payer(ours, theirs)
            for ours, theirs in possible or ()
            if (ours.id, theirs.id) not in self._apart and may_be_one(ours, theirs)
        }
        self._by_payer([pair for pair, stance in stances.items() if stance == AGREES], result.links)
        self._suggest(stances, result.suggestions)

    def _possible(self, most_days: int) -> list[tuple[Sighting, Sighting]] | None:
        """Entries and movements whose dates lie this close, in calendar days; None when there are too many."""
        movements = list(self._seen.values())
        days = [one.days[0] for one in movements]
        found: list[tuple[Sighting, Sighting]] = []
        for ours in self._books.values():
            first = bisect_left(days, ours.days[0] - timedelta(days=most_days))
            last = bisect_right(days, ours.days[0] + timedelta(days=most_days))
            if len(found) + last - first > MOST_PAIRS:
                return None
            found += [(ours, theirs) for theirs in movements[first:last]]
        return found

    def _by_reference(self, links: list[Found]) -> None:
        bearers: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
        for side, ones in enumerate((self._books, self._seen)):
            for one in ones.values():
                for token in one.text:
                    bearers[token][side].append(one.id)
        for token, (ours, theirs) in sorted(bearers.items()):
            if ours and theirs and len(ours) <= MOST_WITH_REFERENCE and len(theirs) <= MOST_WITH_REFERENCE:
                for pair in ((a, b) for a in ours for b in theirs):
                    if pair not in self._apart and may_be_one(self._books[pair[0]], self._seen[pair[1]]):
                        self._shared.setdefault(pair, []).append(token)
        left, right = Counter(a for a, _ in self._shared), Counter(b for _, b in self._shared)
        for pair, tokens in sorted(self._shared.items()):
            if left[pair[0]] == right[pair[1]] == 1:
                self._link(pair, BY_REFERENCE, links, references=tokens)

    def _by_payer(self, pairs: Iterable[Pair], links: list[Found]) -> None:
        near = [pair for pair in pairs if self._near(*pair)]
        for ours, theirs in _components(near):
            together = {pair for pair in near if pair[0] in ours}
            if len(ours) == len(theirs) == 1:
                self._link((ours[0], theirs[0]), BY_PAYER, links)
            elif len(together) == len(ours) * len(theirs):  # each could be each: twins, one pair as good as another
                for pair in self._in_order(ours, theirs):
                    self._link(pair, TWINS, links, entries=len(ours), movements=len(theirs))

    def _in_order(self, ours: list[int], theirs: list[int]) -> list[Pair]:
        """As many pairs as the shorter side has, the nearest in date first come first served; order by date kept."""
        if len(ours) == len(theirs):
            entries = sorted(ours, key=lambda number: _order(self._books[number]))
            movements = sorted(theirs, key=lambda number: _order(self._seen[number]))
            return list(zip(entries, movements, strict=True))
        chosen: list[Pair] = []
        used: set[int] = set()
        for *_, pair in sorted(self._distances(ours, theirs)):
            if pair[0] not in used and ~pair[1] not in used:
                chosen.append(pair)
                used |= {pair[0], ~pair[1]}
        return chosen

    def _distances(self, ours: list[int], theirs: list[int]) -> Iterable[tuple[int, Any, Any, Pair]]:
        for a in ours:
            for b in theirs:
                apart = abs(days_apart(self._books[a], self._seen[b]))
                yield apart, _order(self._books[a]), _order(self._seen[b]), (a, b)

    def _near(self, ours: int, theirs: int) -> bool:
        """Close enough in date for the payer alone; a cheque is no transfer."""
        books, seen = self._books[ours], self._seen[theirs]
        if {books.means, seen.means} == {CHEQUE, OTHER_MEANS}:
            return False
        most = NEAR_CHEQUE_DAYS if CHEQUE in (books.means, seen.means) else NEAR_DAYS
        return abs(days_apart(books, seen)) <= most

    def _suggest(self, stances: dict[Pair, str], suggestions: list[Found]) -> None:
        possible: dict[int, list[tuple[bool, int, Pair]]] = {}
        for pair, stance in stances.items():
            if pair[0] in self._books and pair[1] in self._seen and (stance != CONTRADICTS or pair in self._shared):
                apart = abs(days_apart(self._books[pair[0]], self._seen[pair[1]]))
                possible.setdefault(pair[0], []).append((stance != AGREES, apart, pair))
        for _, ranked in sorted(possible.items()):
            for _, _, pair in sorted(ranked)[:MOST_SUGGESTED]:
                suggestions.append(self._found(pair, BY_AMOUNT, {"possible": len(ranked)}))

    def _link(self, pair: Pair, rule: str, links: list[Found], **evidence: Any) -> None:
        links.append(self._found(pair, rule, evidence))
        del self._books[pair[0]], self._seen[pair[1]]

    def _found(self, pair: Pair, rule: str, evidence: dict[str, Any]) -> Found:
        ours, theirs = self._books[pair[0]], self._seen[pair[1]]
        told = {"payer": payer(ours, theirs), "bank_days_apart": days_apart(ours, theirs)}
        shared = self._shared.get(pair)
        if shared and "references" not in evidence:
            told["references"] = shared
        return Found(pair[0], ((pair[1], ours.amount_minor),), rule, CONFIDENCE[rule], {**told, **evidence})


def _components(pairs: Iterable[Pair]) -> list[tuple[list[int], list[int]]]:
    """The connected groups of a two-sided graph, each as its sorted left and right ends; by their first left end."""
    parent: dict[int, int] = {}

    def root(end: int) -> int:
        while parent.setdefault(end, end) != end:
            parent[end] = end = parent[parent[end]]
        return end

    known = sorted(pairs)
    for a, b in known:  # right ends are kept apart from left ones by their complement
        parent[root(a)] = root(~b)
    groups: dict[int, tuple[set[int], set[int]]] = defaultdict(lambda: (set(), set()))
    for a, b in known:
        ours, theirs = groups[root(a)]
        ours.add(a)
        theirs.add(b)
    return sorted((sorted(ours), sorted(theirs)) for ours, theirs in groups.values())
