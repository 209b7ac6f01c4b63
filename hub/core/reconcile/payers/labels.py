"""Whom a bank's label names, where the bank gives no payer name of its own."""

from __future__ import annotations

from bisect import bisect_left

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.companies import NOBODY, Payer
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.payers.name_index import CUT, CUT_LEAST
from hub.core.reconcile.payers.names import shortened
from hub.core.reconcile.payers.stances import MEDIUM, STRONG, Stances
from hub.core.reconcile.texts.outsiders import is_public_accountant
from hub.core.reconcile.texts.words import (
    ABBREVIATIONS,
    DUE_WORDS,
    GROUP_WORDS,
    LABEL_WORDS,
    ORDER_WORDS,
    OTHER_NUMBER_WORDS,
)

_ACCOUNTANTS = frozenset("DGFIP DRFIP DDFIP TRESOR TRESORERIE PAIERIE SGC FINANCES COMPTABLE AC".split())
_FOR_OTHERS = GROUP_WORDS | _ACCOUNTANTS  # words of payers that are hardly the debtor themselves
_NAMES_TOO = ORDER_WORDS | OTHER_NUMBER_WORDS | DUE_WORDS  # words of labels that names have as well: "SCI le Marché"
_LEAST_FOUND, _LEAST_CONTAINED = 0.6, 0.55  # likeness from which a label's name is a debtor's, and is worked out
_LEAST_IN_LABEL = 0.25  # what a label's name shares at least, since other words stand beside it
_MOST_NARROWED = 200  # debtors of one name that are compared with a label word by word
_IN_PASSING, _NOT_SURE = 2, 0.71  # words that make more than a name of one; how sure such a name is then


class Labels(Stances):
    """Finds accounts by the names that stand among other words. Every answer is remembered: labels come back."""

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        super().__init__(ledger, names)
        self._texts: dict[tuple[str, ...], Payer] = {}
        self._naming: dict[str, bool] = {}

    def in_text(self, words: list[str]) -> Payer:
        """The accounts whose name stands among the words of a label, for banks that give no payer name."""
        naming = self._naming
        for word in words:
            if word not in naming:
                naming[word] = self._may_be_named(word)
        label = tuple([word for word in words if naming[word]])
        known = self._texts.get(label)
        if known is None:
            telling = self.telling(words)
            found = self._in_text(telling) if telling else NOBODY
            known = self._standing(found, label)
            if known.score >= STRONG and len(telling) > _IN_PASSING and self._is_one_word(known, telling[1:]):
                known = self.in_passing(known)
            self._texts[label] = known
        return known

    def in_passing(self, payer: Payer) -> Payer:
        """No sure payer, where the whole name is one word of a text that has others for a name: "CAISSE NORD EST" is
        hardly the company Nord, nor "TRANSPORT EXPRESS RETOUR" Express.
        """
        one_word = payer.score >= STRONG and payer.found_by == "text" and self._is_one_word(payer, payer.label)
        return payer._replace(score=_NOT_SURE) if one_word else payer

    def is_a_word_behind_others(self, payer: Payer) -> bool:
        """Whether all that tells who may be the payer is one word of a label, behind another that may be a name's.

        "RESIDENCE DES REMPARTS" is hardly the association of Remparts, though nobody else bears the word.
        """
        if payer.found_by != "text" or payer.whole or len(payer.words) < 2:
            return False
        names = [name for account in payer.accounts for name in self._telling_names(account)]
        return all(len(name) == 1 and name[0] in payer.words[1:] for name in names)

    def telling(self, words: list[str]) -> tuple[str, ...]:
        """The words of a label that may be part of a name."""
        postings = self._index.postings
        telling = [
            ABBREVIATIONS.get(w, w)
            for w in shortened(words)
            if len(w) > 1 and (w not in LABEL_WORDS or (w in _NAMES_TOO and w in postings))
        ]
        return tuple(telling[:14])

    def _in_text(self, telling: tuple[str, ...]) -> Payer:
        exact = self._by_key.get(" ".join(telling))
        if exact:
            return self._payer(tuple(exact), 0.97, "text", telling)
        if cut := self._begun("".join(telling)):
            return self._payer(tuple(cut), CUT, "text", telling)
        best: dict[int, float] = {}
        for candidate in self._index.candidates(telling, _LEAST_IN_LABEL):
            theirs, account = self._words[candidate]
            score = self._index.contained(telling, theirs, _LEAST_CONTAINED)
            if score > best.get(account, 0.0):
                best[account] = score
        if not best or (top := max(best.values())) < _LEAST_FOUND:
            return NOBODY._replace(words=telling, in_label=True)
        close = sorted((a for a, s in best.items() if s >= top - 0.05), key=lambda a: (-best[a], a))
        return self._payer(tuple(self._explaining_more(telling, close)[:20]), top, "text", telling)

    def _standing(self, found: Payer, label: tuple[str, ...]) -> Payer:
        """What a label tells, narrowed to the debtor whose name stands there in full, if there is one."""
        if found.score >= MEDIUM and len(found.accounts) <= _MOST_NARROWED:
            whole = self.names.full.standing(list(found.accounts), label)
            if whole:
                words = self._words[self._names_of[whole[0]][0]][0]
                payer = self._payer(tuple(whole), found.score, found.found_by, words)
                found = payer._replace(whole=True, label=label)
                return found if _FOR_OTHERS.isdisjoint(label) else self._for_others(found)
        if found.score >= MEDIUM and 1 < len(found.accounts) <= _MOST_NARROWED:
            found = found._replace(accounts=tuple(self.names.full.longest(list(found.accounts), label)))
        found = found._replace(label=label)
        return found if _FOR_OTHERS.isdisjoint(label) else self._for_others(found)

    def _for_others(self, payer: Payer) -> Payer:
        """The payer; if the label bears a group's name, or is a public accountant's, one that pays for others."""
        accountant = not payer.whole and is_public_accountant(" ".join(payer.label))
        return payer._replace(behalf=True) if accountant or self.bears_a_groups_name(payer) else payer

    def _is_one_word(self, payer: Payer, words: tuple[str, ...]) -> bool:
        """Whether the names of all who may be the payer are a single word, legal form included, and one of these."""
        names = [self.names.full.of(account) for account in payer.accounts]
        return bool(names) and all(any(len(n) == 1 and n[0] in words for n in own) for own in names)

    def _may_be_named(self, word: str) -> bool:
        """Whether a word of a label may belong to a full name; what banks and payers put around it does not."""
        return word != "ET" and (word not in LABEL_WORDS or word in self.names.full.vocabulary)

    def _explaining_more(self, telling: tuple[str, ...], accounts: list[int]) -> list[int]:
        """Without the debtors of whom another one, whose whole name stands there, explains all they do, and more."""
        if len(accounts) < 2 or len(accounts) > _MOST_NARROWED:
            return accounts
        covered = {account: self._covered(telling, account) for account in accounts}
        whole = {words for account in accounts for words, complete in covered[account] if complete}
        return [a for a in accounts if not any(all(words < other for words, _ in covered[a]) for other in whole)]

    def _covered(self, telling: tuple[str, ...], account: int) -> list[tuple[frozenset[str], bool]]:
        """The words of a label that each name of an account explains, and whether these are all its words."""
        names = [self._words[name][0] for name in self._names_of.get(account, ())]
        found = [(self._index.covered(telling, name), name) for name in names]
        return [
            (words, len(words) == len({w for w in name if len(w) > 1 and not w.isdigit()})) for words, name in found
        ]

    def _begun(self, glued: str, least: int = CUT_LEAST, most: int = 20) -> list[int]:
        """The accounts with a name that begins with what the bank left of one, blanks apart."""
        names, found = self._glued, list[int]()
        at = bisect_left(names, glued) if len(glued) >= least else len(names)
        while at < len(names) and names[at].startswith(glued) and len(found) < most:
            found += [account for account in self._by_glued[names[at]] if account not in found]
            at += 1
        return sorted(found)[:most]

    def _payer(
        self, accounts: tuple[int, ...], score: float, found_by: str, words: tuple[str, ...], *, whole: bool = False
    ) -> Payer:
        behalf = len(accounts) > 1 and found_by.startswith("learnt")
        return Payer(accounts, score, found_by, behalf, words, False, whole)
