"""How names are told apart and found again: cut, abbreviated, misprinted, or as part of a label."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property
from math import log

from rapidfuzz.fuzz import ratio

_RARE, _HINT = 0.7, 0.71  # a first word of at most two names makes a cut label agree, never contradict
CUT_LEAST, CUT = 10, 0.95  # letters of a cut name that tell it, and the likeness they give
LEAST_SHARED = 0.5  # of what the best name shares with the payer, for a name to be compared at all
_FREQUENT = 50  # names from which a word is no more looked for once a rarer one has found some
_MOST_CANDIDATES = 12  # names compared word by word with one payer
_ALL = 0.97  # how much like a label a name is whose words all stand in it
_LEAST_PART = 0.4  # of the weight of a name that a label must share with it
_MOST_IN_LABEL = 24  # with a label
_SURELY = 1.000001  # more than sums of a few weights can be off
_COMMON = 400  # a word found in more names than this does not help to find one


class NameIndex:
    """The words of the debtors' names: which names share words with another one, and how much alike two are.

    A word is the more telling the fewer names have it. Names are known by their position in `names`.
    """

    def __init__(self, names: list[tuple[str, ...]]) -> None:
        self._names = names
        self._totals: dict[int, float] = {}
        self._owned: dict[tuple[str, ...], tuple[list[float], float, bool]] = {}
        self.postings: dict[str, set[int]] = {}
        for name, words in enumerate(names):
            for word in set(words):
                self.postings.setdefault(word, set()).add(name)
        self._rarest = 1.0 + log(len(names) + 1)
        self._weights = {w: self._rarest - log(len(found)) for w, found in self.postings.items()}
        self._vocabulary = sorted(self.postings)
        self._blocks: dict[str, list[str]] = {}
        for word in self._vocabulary:
            if len(word) >= 5:
                self._blocks.setdefault("^" + word[:4], []).append(word)
                self._blocks.setdefault("$" + word[-4:], []).append(word)

    def weight(self, words: Iterable[str]) -> float:
        """How telling some words are together; one that no name has is as telling as the rarest."""
        return sum([self._weights.get(word, self._rarest) for word in words])

    def knows(self, word: str) -> bool:
        """Whether a name has this word, or one that it may be misprinted for."""
        return bool(self._spellings(word, False))

    def candidates(self, words: tuple[str, ...], least_shared: float) -> list[int]:
        """The names that share the most telling words: exact, cut short, abbreviated or misprinted.

        Names that share less than `least_shared` of what the best one shares are left out.
        """
        spellings = [s for at, word in enumerate(words[:12]) for s in self._spellings(word, at == len(words) - 1)]
        spellings.sort(key=lambda spelling: len(self.postings[spelling]))
        found: dict[int, float] = {}
        frequent = _FREQUENT if least_shared >= LEAST_SHARED else _COMMON
        most = _MOST_CANDIDATES if least_shared >= LEAST_SHARED else _MOST_IN_LABEL
        ahead = sum([self._weights[spelling] for spelling in spellings])
        rarer = 0.0
        for spelling in spellings:
            postings, weight = self.postings[spelling], self._weights[spelling]
            again = [(name, found[name] + weight) for name in found.keys() & postings]
            outweighed = len(found) >= most and rarer > ahead * _SURELY  # whoever comes now stays behind those found
            ahead -= weight
            rarer = weight
            if not found or (len(postings) <= frequent and not outweighed):  # else it only tells those found apart
                if len(postings) > _COMMON:
                    continue
                found |= dict.fromkeys(postings, weight)
            found.update(again)
        if not found:
            found = self._sharing_common_words(spellings)
        if len(found) <= 1:
            return list(found)
        least = max(found.values()) * least_shared
        best = self._heaviest(found, least, most)
        if least_shared >= LEAST_SHARED:
            return [name for _, name in best]
        return [name for weight, name in best if weight >= _LEAST_PART * self._total(name)]

    def _heaviest(self, found: dict[int, float], least: float, most: int) -> list[tuple[float, int]]:
        """The weight and the name of those that weigh most, the shorter name first; none below `least`."""
        alike: dict[float, list[int]] = {}  # few weights, many names
        for name, weight in found.items():
            if weight >= least:
                alike.setdefault(weight, []).append(name)
        best: list[tuple[float, int]] = []
        for weight in sorted(alike, reverse=True):
            names = alike[weight]
            names.sort(key=self._shorter.__getitem__)
            best += [(weight, name) for name in names[: most - len(best)]]
            if len(best) == most:
                break
        return best

    @cached_property
    def _shorter(self) -> list[int]:
        """The place of each name among all, those of fewer words first."""
        places = [0] * len(self._names)
        for place, name in enumerate(sorted(range(len(places)), key=lambda name: len(self._names[name]))):
            places[name] = place
        return places

    def _total(self, name: int) -> float:
        """The weight of all words of a name; of the first alone when it is so rare that it tells the name."""
        known = self._totals.get(name)
        if known is None:
            words = self._names[name]
            first = self._weights[words[0]]
            rare = len(words[0]) >= 5 and first >= self._rarest - _RARE
            known = self._totals[name] = first if rare else sum([self._weights[word] for word in words])
        return known

    def _sharing_common_words(self, spellings: list[str]) -> dict[int, float]:
        """Names that share two words or more, each too common to be looked for alone; spellings are rarest first."""
        if len(spellings) < 2:
            return {}
        shared = self.postings[spellings[0]] & self.postings[spellings[1]]
        for spelling in spellings[2:]:
            shared = (shared & self.postings[spelling]) or shared
        weight = sum(self._weights[spelling] for spelling in spellings)
        return dict.fromkeys(sorted(shared)[:_COMMON], weight)

    def _spellings(self, word: str, last: bool) -> list[str]:
        """Words of the debtors' names that `word` may stand for."""
        if word in self.postings and not last:
            return [word]
        found = [word] if word in self.postings else []
        if len(word) >= 3:
            at = bisect_left(self._vocabulary, word)
            while at < len(self._vocabulary) and self._vocabulary[at].startswith(word) and len(found) < 20:
                if self._vocabulary[at] != word:
                    found.append(self._vocabulary[at])
                at += 1
        if not found and len(word) >= 5:
            near = self._blocks.get("^" + word[:4], []) + self._blocks.get("$" + word[-4:], [])
            found = [w for w in dict.fromkeys(near) if abs(len(w) - len(word)) < 2 and ratio(w, word) >= 80]
        return found

    def likeness(self, words: tuple[str, ...], theirs: tuple[str, ...], may_be_cut: bool) -> float:
        """0..1: the weight of the words both names share, over the weight of all words of either."""
        if may_be_cut and len(glued := "".join(words)) >= CUT_LEAST and "".join(theirs).startswith(glued):
            return CUT
        weights, rarest, rest = self._weights, self._rarest, list(theirs)
        shared = own = 0.0
        for position, word in enumerate(words):
            weight = weights.get(word, rarest)
            match, part = _best_word(word, rest, may_be_cut and position == len(words) - 1)
            if match is not None:
                weight = weights.get(match, rarest)
                shared += part * weight
                rest.remove(match)
            own += weight
        total = missed_theirs = 0.0
        for word in theirs:
            total += weights.get(word, rarest)
        for word in rest:
            missed_theirs += weights.get(word, rarest)
        tolerance = 0.5 if may_be_cut else 1.0  # words lost at the cut are no difference
        return shared / max(own, 1e-9) * (1 - tolerance * 0.45 * missed_theirs / total)

    def covered(self, words: tuple[str, ...], theirs: tuple[str, ...]) -> frozenset[str]:
        """The words of a label that a name explains."""
        rest, covered = list(words), set[str]()
        for word in theirs:
            match = word if word in rest else None
            if match is None and len(word) > 1:
                match, _ = _near_word(word, rest, bool(covered))
            if match is not None:
                covered.add(match)
                rest.remove(match)
        return frozenset(covered)

    def _own(self, name: tuple[str, ...]) -> tuple[list[float], float, bool]:
        """The weight of each word of a name and of all, and whether its first word is so rare that it tells it."""
        known = self._owned.get(name)
        if known is None:
            own = [self._weights.get(word, self._rarest) for word in name]
            telling = len(name[0]) >= 5 and own[0] >= self._rarest - _RARE
            known = self._owned[name] = own, sum(own), telling
        return known

    def contained(self, words: tuple[str, ...], theirs: tuple[str, ...], least: float = 0.0) -> float:
        """0..1: the weight of the words of a name that stand in a label. A name cut at its end loses little.

        Below `least` it is not worked out: any figure below it may come back.
        """
        rest, (own, total, telling) = list(words), self._own(theirs)
        shared = 0.0
        spare = total * (1 - least / _ALL)  # the weight of the words that may be missing
        leading, missed = 0, False
        for word, weight in zip(theirs, own, strict=True):
            match, part = (word, 1.0) if word in rest else (None, 0.0)
            if match is None and len(word) > 1:  # "M" of "M. MASSON" takes no word that begins like it away
                match, part = _near_word(word, rest, leading > 0)
            if match is None:
                if len(word) == 1 or word.isdigit():  # initials and figures are lost first, or not read as words
                    total -= weight
                    continue
                missed = True
                spare -= weight
                if spare < 0:
                    break
                continue
            leading = -9 if missed else leading + 1
            shared += weight * part
            rest.remove(match)
        score = _ALL * shared / max(total, 1e-9)
        if telling and _best_word(theirs[0], list(words), False)[0] is not None:
            score = max(score, _HINT)
        return max(score, 0.935) if leading >= 2 and score > 0.55 else score


def _best_word(word: str, rest: list[str], last: bool) -> tuple[str | None, float]:
    """The word of `rest` that `word` stands for, and how well: equal, cut, initial, or misprinted."""
    return (word, 1.0) if word in rest else _near_word(word, rest, last)


def _near_word(word: str, rest: list[str], last: bool) -> tuple[str | None, float]:
    """The same where no word of `rest` is equal."""
    size, first = len(word), word[0]
    alike = [other for other in rest if other[0] == first]
    if alike:
        least = 3 if last else 4
        if size >= least:
            for other in alike:
                if (word.startswith(other) and len(other) >= least) or other.startswith(word):
                    return other, 0.93
        if size == 1:
            return alike[0], 0.6
    elif size < 5:
        return None, 0.0
    for other in rest:
        if size >= 5 and -2 < size - len(other) < 2 and ratio(word, other, score_cutoff=80):
            return other, 0.9
        if other[0] == first and size < len(other) <= 14 and _abbreviates(word, other):
            return other, 0.85
    return None, 0.0


def _abbreviates(short: str, word: str) -> bool:
    """Whether `short` keeps the first and last letter of `word`, and others of it in order: GDS, TX, BTP no."""
    if short[0] != word[0] or short[-1] != word[-1] or len(short) * 3 > len(word) * 2:
        return False
    rest = iter(word)
    return all(letter in rest for letter in short)
