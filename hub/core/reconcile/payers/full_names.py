"""Debtors' names with all their words, as a label may hold them: legal forms and small words included.

The words that tell companies apart find a debtor among thousands. What tells "Brunet SARL" from "Brunet & Cie", or
"Centre hospitalier de De…" from the hospital of another town, are the other ones.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from functools import cached_property

from hub.core.reconcile.payers.names import full_words
from hub.core.reconcile.texts.words import LEGAL_FORMS

_TITLES = frozenset(("M", "MR", "MME", "MLLE", "MM", "DR", "ME"))
_LEAST = 10  # letters two names must share before the next word tells them apart
_MOST_WORDS = 24  # words of a label that are looked at


class FullNames:
    """The full names of the debtors, by account. Given: the folded names, and by account which ones are its own.

    vocabulary: the words of all names.
    """

    def __init__(self, names_of: Mapping[int, Sequence[int]], folded: Sequence[str]) -> None:
        self._names_of, self._folded = names_of, folded
        self._of: dict[int, list[tuple[str, ...]]] = {}
        self.vocabulary = set(full_words("\n".join(folded)))

    @cached_property
    def _glued(self) -> list[str]:
        """All names, each glued together, in alphabetical order."""
        return sorted({"".join(words) for words in map(full_words, self._folded) if words})

    def of(self, account: int) -> list[tuple[str, ...]]:
        """The words of each name of an account."""
        known = self._of.get(account)
        if known is None:
            names = [full_words(self._folded[name]) for name in self._names_of.get(account, ())]
            known = self._of[account] = [words for words in names if words]
        return known

    def standing(self, accounts: list[int], words: tuple[str, ...]) -> list[int]:
        """Of some accounts those whose whole name stands in a text, as it is; of several only the longest names."""
        text = f" {' '.join(words)} "
        longest: dict[int, int] = {}
        for account in accounts:
            sizes = [len(name) for name in map(" ".join, self.of(account)) if f" {name} " in text]
            if sizes:
                longest[account] = max(sizes)
        most = max(longest.values(), default=0)
        return [account for account in accounts if longest.get(account) == most] if most else []

    def longest(self, accounts: list[int], words: tuple[str, ...]) -> list[int]:
        """Of some accounts those whose name a text follows farthest, letter by letter, before a cut ended it.

        All of them when the whole name of one stands there: what follows need not belong to it.
        """
        reach = {account: self._reach(account, words) for account in accounts}
        most = max(reach.values(), default=0)
        if most < _LEAST or any(reach[account] >= self._shortest(account) for account in accounts):
            return accounts
        return [account for account in accounts if reach[account] == most]

    def _reach(self, account: int, words: tuple[str, ...]) -> int:
        """How many letters of a name whole words of a text spell from its beginning on."""
        most = 0
        for whole in [spelt for name in self.of(account) for spelt in _spellings(name)]:
            for start in range(min(len(words), _MOST_WORDS)):
                begun, at = "", start
                while at < len(words) and whole.startswith(begun + words[at]):
                    begun += words[at]
                    at += 1
                most = max(most, len(begun))
        return most

    def _shortest(self, account: int) -> int:
        return min((len("".join(name)) for name in self.of(account)), default=0)

    def begun(self, words: tuple[str, ...], most: int) -> list[int]:
        """The accounts, if not more than `most`, whose names begin with the longest stretch of a text that begins any.

        What a cut left of "Établissements Fanbra Père et Fils" is "ETABLISSEMENTS FANBR", and the form counts.
        """
        longest = ""
        for start in range(min(len(words), _MOST_WORDS)):
            begun, at = "", start
            while at < len(words) and self._begins(begun + words[at]):
                begun += words[at]
                at += 1
            longest = max(longest, begun, key=len)
        if len(longest) < _LEAST:
            return []
        found, at = list[int](), bisect_left(self._owners, (longest, -1))
        while at < len(self._owners) and self._owners[at][0].startswith(longest) and len(found) <= most:
            found.append(self._owners[at][1])
            at += 1
        return sorted(set(found)) if len(found) <= most else []

    @cached_property
    def _owners(self) -> list[tuple[str, int]]:
        """Each glued name with its account, in alphabetical order."""
        return sorted(("".join(words), account) for account in self._names_of for words in self.of(account))

    def goes_on(self, account: int, other: int) -> bool:
        """Whether a name of another account begins with one of this account's, legal form included."""
        mine, theirs = (list(map("".join, self.of(a))) for a in (account, other))
        return any(name.startswith(begun) for name in theirs for begun in mine)

    def goes_on_as_another(self, words: tuple[str, ...], account: int) -> bool:
        """Whether a label holds the beginning of this account's name and goes on like another debtor's name only.

        "CENTRE HOSPITALIER DE DE" is what a cut leaves of the hospital of Decize, and of no other town's.
        """
        for whole in map("".join, self.of(account)):
            for start in range(min(len(words), _MOST_WORDS)):
                if whole.startswith(words[start]):
                    begun, at = "", start
                    while at < len(words) and whole.startswith(begun + words[at]):
                        begun += words[at]
                        at += 1
                    if at < len(words) and len(begun) >= _LEAST and begun != whole and self._begins(begun + words[at]):
                        return True
        return False

    def _begins(self, glued: str) -> bool:
        at = bisect_left(self._glued, glued)
        return at < len(self._glued) and self._glued[at].startswith(glued)


def _spellings(name: tuple[str, ...]) -> list[str]:
    """A name glued together, and without the title or legal form it begins with: a bank writes them as it likes."""
    at = 0
    while at < len(name) - 1 and (name[at] in _TITLES or name[at] in LEGAL_FORMS):
        at += 1
    return ["".join(name), "".join(name[at:])] if at else ["".join(name)]
