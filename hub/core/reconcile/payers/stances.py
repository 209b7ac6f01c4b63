"""Whether who paid agrees with a debtor being meant, does not say, or contradicts it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Container
from functools import cached_property

from rapidfuzz.fuzz import ratio

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.companies import NOBODY, Companies, Payer
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.payers.name_index import CUT
from hub.core.reconcile.texts.words import GROUP_WORDS

AGREES, UNKNOWN, CONTRADICTS = 2, 1, 0
CUT_AT = 18  # a payer name at least this long may have been cut by the bank
STRONG, MEDIUM = 0.9, 0.72
_LEAST_WITHIN = 8  # letters of several words that may be a name's beginning, with others behind
_LEAST_BEGUN = 4  # letters of a label's first words that may begin a name
_ALIKE, _NOT_OTHER = 0.62, 0.45  # likeness at which one debtor's name agrees, or at least does not contradict
_NEARLY_SAME = 0.85
_GLUED_ALIKE = 86  # of 100, between names written without blanks
_NOTHING_ALIKE = 0.15
_WHOLE_WORD = 5  # letters of a word that tells who it is
_MANY = 6  # debtors whose names begin with one word: it tells a kind, or a family
_FIGURE = re.compile(r"\d+")


class Stances(Companies):
    """What is known of the debtors, and what that says against a payer who quotes an invoice of one of them."""

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        super().__init__(ledger, names)
        self._by_key, self._by_glued, self._by_plain = names.by_key, names.by_glued, names.by_plain
        self._by_iban, self._by_siren = names.by_iban, names.by_siren
        self._index = names.index
        self._glued, self._first_words = names.glued, names.first_words
        self.names = names
        self._asked: Payer = NOBODY
        self._said: dict[int, int] = {}
        self._account_words: dict[int, frozenset[str]] = {}
        self._account_figures: dict[int, frozenset[str]] = {}

    def words_of(self, account: int) -> frozenset[str]:
        """The words of an account's names."""
        known = self._account_words.get(account)
        if known is None:
            words = [word for name in self._names_of.get(account, ()) for word in self._words[name][0]]
            known = self._account_words[account] = frozenset(words)
        return known

    @cached_property
    def figures(self) -> Container[str]:
        """The words of all names with a digit in them, and the digits of such words: "BTP74" and "74"."""
        words = [word for word in self._index.postings if not word.isalpha()]
        return {figure for word in words for figure in (word, *_FIGURE.findall(word))}

    def bears(self, account: int, figure: str) -> bool:
        """Whether a figure is a word of an account's names, or the digits of one: "24" of "Garage 24", "3" of "3D"."""
        known = self._account_figures.get(account)
        if known is None:
            borne = [one for word in self.words_of(account) for one in (word, *_FIGURE.findall(word))]
            known = self._account_figures[account] = frozenset(borne)
        return figure in known

    @property
    def sirens(self) -> dict[str, list[int]]:
        """Accounts by SIREN."""
        return self._by_siren

    def stance(self, payer: Payer, account: int) -> int:
        """Whether the payer agrees with `account` being the debtor, does not say, or contradicts it.

        A name too much like the debtor's to contradict it never does, whoever else it resembles. What was said of
        the payer asked about last is remembered: one receipt asks again and again.
        """
        if payer is not self._asked:
            self._asked, self._said = payer, {}
        stance = self._said.get(account)
        if stance is None:
            stance = self._said[account] = self._stance(payer, account)
        return stance

    def _stance(self, payer: Payer, account: int) -> int:
        if not payer.accounts:
            alike = self._resembles(payer, account)
            if alike >= _ALIKE:
                return AGREES
            if payer.behalf:
                return UNKNOWN
            if self._is_another_of_its_kind(payer, account):
                return CONTRADICTS
            return CONTRADICTS if alike < _NOT_OTHER and self._may_be_another(payer, account) else UNKNOWN
        same_group = self.ledger.groups.same
        for candidate in payer.accounts:
            if candidate == account or same_group(candidate, account) or self._same_company(payer, candidate, account):
                return AGREES if payer.score >= 0.5 else UNKNOWN
        if payer.behalf or self.is_centre_of(payer, account):
            return UNKNOWN
        if (payer.score >= 1.0 or payer.whole) and self._another_company(payer, account):
            return CONTRADICTS
        if self._explains_as_much(payer, account):
            return UNKNOWN
        if payer.score < MEDIUM:  # rather another debtor, not surely: enough when nothing speaks for this one
            speaks = self._resembles(payer, account) < _NOTHING_ALIKE and not self._is_no_debtor(payer)
            return CONTRADICTS if speaks else UNKNOWN
        # The surer we are who paid, the more a claim on someone else must look like that payer.
        needed = _NEARLY_SAME if payer.score >= CUT else _ALIKE if payer.score >= STRONG else _NOT_OTHER
        if self._resembles(payer, account) >= needed:
            return UNKNOWN
        return CONTRADICTS

    def _is_no_debtor(self, payer: Payer) -> bool:
        """Whether a name has a whole word that no debtor's has: "OCEALYS JURA" is found only because others are of the
        Jura. Of a label it is the first word.
        """
        said = payer.words[:-1] if payer.found_by == "name" else payer.words[:1] if payer.found_by == "text" else ()
        return not all([len(word) < _WHOLE_WORD or self._index.knows(word) for word in said])

    def _explains_as_much(self, payer: Payer, account: int) -> bool:
        """Whether a label that no name explains in full has as much of the account's name as of who was found in it.

        "M OU MME LE BRAS DIDIER" may be the father of the pupil Sandrine Le Bras as well as the EARL Le Bras.
        """
        if payer.found_by != "text" or payer.whole or self.words_of(account).isdisjoint(payer.words):
            return False
        mine, said = self._weight_explained(payer, account), self._index.weight(payer.words)
        return any(mine >= self._weight_explained(payer, found) < said for found in payer.accounts)

    def _weight_explained(self, payer: Payer, account: int) -> float:
        """How telling the words of the payer's label are that a name of the account explains."""
        index, names = self._index, self._telling_names(account)
        return max((index.weight(index.covered(payer.words, name)) for name in names if name), default=0.0)

    def is_centre_of(self, payer: Payer, account: int) -> bool:
        """Whether the payer is a debtor with a group's name, and the account a company whose name begins with it.

        "Groupe Lemonnier" pays for "Lemonnier Dole SAS", though nobody told who is whose parent.
        """
        names = [name for name in self._telling_names(account) if name]
        for centre in payer.accounts:
            words = self.words_of(centre)
            family = words - GROUP_WORDS
            if family and family != words and any(name[0] in family and family.issubset(name) for name in names):
                return True
        return False

    def bears_a_groups_name(self, payer: Payer) -> bool:
        """Whether the payer's name, or the label, has a word of groups that none of the debtors found has in its name.

        Such a payer may be any company's centre: it pays what its numbers say.
        """
        words = GROUP_WORDS.intersection(payer.label or payer.words)
        return bool(words) and not any([words <= self.words_of(account) for account in payer.accounts])

    def _resembles(self, payer: Payer, account: int) -> float:
        """0..1: how much the payer's words look like a name of the account, glued words included."""
        words = payer.words
        if not words:
            return 0.0
        best, glued = 0.0, "".join(words)
        beside_others = payer.found_by in ("text", "unknown") and payer.score < CUT  # words that are no name
        for name in self._names_of.get(account, ()):
            theirs = self._words[name][0]
            whole = "".join(theirs)
            score = self._index.contained(words, theirs) if beside_others else self._index.likeness(words, theirs, True)
            if len(glued) >= 6 and len(whole) >= 6 and ratio(glued, whole[: len(glued) + 2]) >= _GLUED_ALIKE:
                score = max(score, _ALIKE)
            best = max(best, score)
        return best

    def _may_be_another(self, payer: Payer, account: int) -> bool:
        """Whether the name, or the label, may be all that is left of another debtor's name: cut, or misspelt.

        Too little to tell whose ("CENTRE HOSPITALIER DE"), yet enough to tell whose not.
        """
        if payer.in_label and not self._first_words.intersection(payer.words) <= self.words_of(account):
            return True
        if payer.in_label and self.names.full.goes_on_as_another(payer.label, account):
            return True
        begun = self._beginning(payer)
        if not begun or self.words_of(account).issuperset(begun):
            return False
        return not self._begins(account, "".join(begun))

    def _is_another_of_its_kind(self, payer: Payer, account: int) -> bool:
        """Whether the payer's name begins as many debtors' names do, and goes on otherwise than this debtor's.

        "CENTRE HOSPITALIER DE VI" may be of any town but Thiers.
        """
        kinds = self._kinds
        for at, word in enumerate(payer.words[:-1]):
            if word in kinds and (payer.in_label or not at):
                town = payer.words[at + 1]
                others = [name[1] for name in self._telling_names(account) if len(name) > 1 and name[0] == word]
                if others:
                    same = any(other.startswith(town) or town.startswith(other) for other in others)
                    return not same and self.names.full.longest(kinds[word], payer.label) != [account]
        return False

    @cached_property
    def _kinds(self) -> dict[str, list[int]]:
        """First words of names that say what a debtor is, not who, and the accounts of the many debtors they are of."""
        firsts = Counter(words[0] for words in {words for words, _ in self._words if len(words) > 1})
        kinds = {word: dict[int, None]() for word, count in firsts.items() if count >= _MANY}
        for words, account in self._words:
            if words and words[0] in kinds:
                kinds[words[0]][account] = None
        return {word: list(accounts) for word, accounts in kinds.items()}

    def _beginning(self, payer: Payer) -> tuple[str, ...]:
        """What some debtor's name begins with: the payer's whole name, or as many first words of the label as fit."""
        least = 1 if payer.in_label else len(payer.words)
        for count in range(len(payer.words), max(least, 1) - 1, -1):
            glued = "".join(payer.words[:count])
            if len(glued) < _LEAST_BEGUN and count < len(payer.words):
                break  # the SC of "SC DORGRI" is no beginning of a Scierie
            at = bisect_left(self._glued, glued)
            if at < len(self._glued) and self._glued[at].startswith(glued):
                return payer.words[:count]
        return ()

    def likeness(self, payer: Payer, account: int) -> float:
        """0..1: how much the payer's words look like a name of the account."""
        return self._resembles(payer, account)

    def resembles(self, payer: Payer, account: int) -> bool:
        """Whether the payer's name, or the label, may be that of an account, sure or not."""
        return payer.accounts.count(account) > 0 or self._resembles(payer, account) >= _NOT_OTHER

    def has_all_of(self, payer: Payer, account: int) -> bool:
        """Whether the payer's name has all words of a name of the account, and more: Jean-Luc Belmont's of M. et Mme
        Belmont.
        """
        return any([name and set(name) <= set(payer.words) for name in self._telling_names(account)])

    def may_begin(self, payer: Payer, account: int) -> bool:
        """Whether a label may end in the beginning of an account's name, cut by the bank, or have enough of it before
        other words: "VIR SCP DES TILLEULS M VIR FOUR". Its legal form may lack.
        """
        names = [*map("".join, self.names.full.of(account)), *("".join(n) for n in self._telling_names(account))]
        names += ["".join(word for word in name if not word.isdigit()) for name in self._telling_names(account)]
        label = payer.label
        said = ["".join(label[at:]) for at in range(len(label))]
        within = ["".join(label[at:to]) for at in range(len(label)) for to in range(at + 2, len(label))]
        said += [words for words in within if len(words) >= _LEAST_WITHIN]
        return any(name.startswith(words) for name in names for words in said)
