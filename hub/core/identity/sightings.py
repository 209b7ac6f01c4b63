"""One sum of money, counted once: which entry in the books is which movement at the bank.

Certain pairs are linked, with their evidence; what could be several is suggested to a person. A wrong link hides money
that is owed, so amount and date alone are never enough: a reference, the payer or the debtor whose invoice it pays
must say the same. Two payments of one payer, of one amount, in one week stay two: as many entries as movements are
paired, in the order of their dates. What is found depends on the sightings alone, never on who was read first.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import timedelta
from typing import Any, NamedTuple

from hub.core.identity.accounts import Told, agree, conflict
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
BY_ACCOUNT = "account"
CONFIDENCE = {BY_REFERENCE: 995_000, BY_PAYER: 985_000, BY_ACCOUNT: 970_000, TWINS: 960_000, BY_AMOUNT: 600_000}
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


#: Asked for the sightings whose names did not decide: whose invoices they pay, by id.
Tell = Callable[[Set[int], Set[int]], Mapping[int, Told]]


def match_pairs(
    books: Sequence[Sighting], seen: Sequence[Sighting], apart: Set[Pair], tell: Tell | None = None
) -> Matches:
    """Pair entries of the books with movements at the bank of the same amount.

    Args:
        books, seen: sightings not yet linked; any order.
        apart: pairs (books, bank) that a person declared to be two sums.
        tell: asked once, for the entries and the movements that neither a reference nor the payer paired.
    """
    by_amount: dict[tuple[str, int], tuple[list[Sighting], list[Sighting]]] = defaultdict(lambda: ([], []))
    wanted = {(one.currency, one.amount_minor) for one in books}
    for side, sightings in enumerate((books, seen)):
        for one in sightings:
            if (one.currency, one.amount_minor) in wanted:
                by_amount[one.currency, one.amount_minor][side].append(one)
    result = Matches([], [])
    undecided = []
    for _, (ours, theirs) in sorted(by_amount.items(), key=lambda entry: entry[0]):
        for near in clusters(ours, theirs) if ours and theirs else ():
            amount = _Amount(*near, apart)
            amount.match(result.links)
            undecided.append(amount)
    left = [pair for amount in undecided for pair in amount.left()]
    told = tell({a for a, _ in left}, {b for _, b in left}) if tell is not None and left else {}
    for amount in undecided:
        amount.conclude(told, result)
    return result


def clusters(books: Sequence[Sighting], seen: Sequence[Sighting]) -> Iterator[tuple[list[Sighting], list[Sighting]]]:
    """Entries and movements of one amount, in groups whose dates lie so far apart that none of one group can be one
    sum with any of another; only groups that have both."""
    group: tuple[list[Sighting], list[Sighting]] = ([], [])
    last = None
    both = [(one.order, 0, one) for one in books] + [(one.order, 1, one) for one in seen]
    for _, side, one in sorted(both, key=lambda entry: entry[:2]):
        if last is not None and one.days[0] - last > timedelta(days=WIDEST_DAYS):
            if group[0] and group[1]:
                yield group
            group = ([], [])
        group[side].append(one)
        last = one.days[0]
    if group[0] and group[1]:
        yield group


class _Amount:
    """The entries and movements of one amount and time."""

    def __init__(self, books: Sequence[Sighting], seen: Sequence[Sighting], apart: Set[Pair]) -> None:
        self._books = {one.id: one for one in books}
        self._seen = {one.id: one for one in seen}
        self._apart = apart
        self._shared: dict[Pair, list[str]] = {}
        self._stances: dict[Pair, str] = {}
        self._crowded = False

    def match(self, links: list[Found]) -> None:
        """References first, then payers."""
        self._by_reference(links)
        possible = self._possible(WIDEST_DAYS)
        if possible is None:  # one amount, thousands of times: only those that the payer alone could link
            possible = self._possible(CLOSE_DAYS)
        if possible is None:  # still too many: whichever are nearest are shown, and nothing is linked
            possible, self._crowded = self._nearest(), True
        self._stances = {
            (ours.id, theirs.id): payer(ours, theirs)
            for ours, theirs in possible
            if (ours.id, theirs.id) not in self._apart and may_be_one(ours, theirs)
        }
        if not self._crowded:
            self._by_payer([pair for pair, stance in self._stances.items() if stance == AGREES], links)

    def left(self) -> list[Pair]:
        """Pairs that may be one sum, and that nothing decided so far."""
        return [pair for pair in self._stances if pair[0] in self._books and pair[1] in self._seen]

    def conclude(self, told: Mapping[int, Told], result: Matches) -> None:
        """The debtor decides where he decides between one and one; what is left over and possible is suggested."""
        if not self._crowded:
            self._by_account(told, result.links)
        self._suggest(told, result.suggestions)

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

    def _nearest(self) -> list[tuple[Sighting, Sighting]]:
        """For each entry one movement more than is shown, nearest in date."""
        movements = list(self._seen.values())
        days = [one.days[0] for one in movements]
        found: list[tuple[Sighting, Sighting]] = []
        for ours in self._books.values():
            at = bisect_left(days, ours.days[0])
            near = movements[max(0, at - MOST_SUGGESTED - 1) : at + MOST_SUGGESTED + 1]
            near.sort(key=lambda one: (abs((one.days[0] - ours.days[0]).days), one.order))
            found += [(ours, theirs) for theirs in near[: MOST_SUGGESTED + 1]]
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
        """As many pairs as the shorter side has, in the order of their dates, as near to each other as can be."""
        entries = sorted((self._books[number] for number in ours), key=lambda one: one.order)
        movements = sorted((self._seen[number] for number in theirs), key=lambda one: one.order)
        if len(entries) > len(movements):
            return [(a, b) for b, a in nearest_in_order(movements, entries)]
        return nearest_in_order(entries, movements)

    def _by_account(self, told: Mapping[int, Told], links: list[Found]) -> None:
        """An entry of a debtor and a movement that pays his invoices: one of each, days apart, and no other could be
        meant. Not when the books matched the entry with other invoices than those the movement pays."""
        near = []
        for pair in self.left():
            same = agree(told, *pair)
            if (same or self._stances[pair] == AGREES) and self._near(*pair) and not conflict(told, *pair):
                near.append((pair, same))
        left, right = Counter(pair[0] for pair, _ in near), Counter(pair[1] for pair, _ in near)
        for pair, same in near:
            if same and left[pair[0]] == right[pair[1]] == 1:
                self._link(pair, BY_ACCOUNT, links, **_shown(told, pair))

    def _near(self, ours: int, theirs: int) -> bool:
        """Close enough in date for the payer alone; a cheque is no transfer."""
        books, seen = self._books[ours], self._seen[theirs]
        if {books.means, seen.means} == {CHEQUE, OTHER_MEANS}:
            return False
        most = NEAR_CHEQUE_DAYS if CHEQUE in (books.means, seen.means) else NEAR_DAYS
        return abs(days_apart(books, seen)) <= most

    def _suggest(self, told: Mapping[int, Told], suggestions: list[Found]) -> None:
        possible: dict[int, list[tuple[bool, int, tuple[Any, ...], Pair]]] = {}
        for pair in self.left():
            stance, same = self._stances[pair], agree(told, *pair, wholly=False)
            if same or stance != CONTRADICTS or pair in self._shared:
                apart = abs(days_apart(self._books[pair[0]], self._seen[pair[1]]))
                likely = same or stance == AGREES
                possible.setdefault(pair[0], []).append((not likely, apart, self._seen[pair[1]].order, pair))
        for _, ranked in sorted(possible.items()):
            for *_, pair in sorted(ranked)[:MOST_SUGGESTED]:
                evidence = {"possible": len(ranked), **_shown(told, pair)}
                suggestions.append(self._found(pair, BY_AMOUNT, evidence))

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


def _shown(told: Mapping[int, Told], pair: Pair) -> dict[str, Any]:
    """What of the debtors and invoices of a pair is kept as evidence."""
    if not agree(told, *pair, wholly=False):
        return {}
    ours, theirs = told[pair[0]], told[pair[1]]
    shown: dict[str, Any] = {"debtors": sorted(debtor for _, debtor in ours.accounts & theirs.accounts)}
    if theirs.documents:
        shown["invoices"] = sorted(number for _, number in theirs.documents)
    return shown


def nearest_in_order(few: Sequence[Sighting], many: Sequence[Sighting]) -> list[Pair]:
    """Each of `few` with one of `many`, both in the order of their dates, so that the bank days between the pairs add
    up to the least; of equal ways the one that takes the earliest."""
    spare = len(many) - len(few)
    least = [[0] * (spare + 1) for _ in range(len(few) + 1)]
    for at in range(len(few) - 1, -1, -1):
        for skipped in range(spare, -1, -1):
            take = abs(days_apart(few[at], many[at + skipped])) + least[at + 1][skipped]
            skip = least[at][skipped + 1] if skipped < spare else take
            least[at][skipped] = min(take, skip)
    chosen: list[Pair] = []
    skipped = 0
    for at, one in enumerate(few):
        while skipped < spare and least[at][skipped + 1] == least[at][skipped] < (
            abs(days_apart(one, many[at + skipped])) + least[at + 1][skipped]
        ):
            skipped += 1
        chosen.append((one.id, many[at + skipped].id))
    return chosen


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
