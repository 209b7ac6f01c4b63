"""Who paid: debtors found by IBAN, by name, or by what people taught, and whether they contradict a claim."""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from hub.core.reconcile.inputs import Learnt
from hub.core.reconcile.ledger import Ledger
from hub.core.reconcile.name_index import CUT, CUT_LEAST, LEAST_SHARED, NameIndex
from hub.core.reconcile.names import hospitals, iban_key, legal_form, name_words
from hub.core.reconcile.text import fold
from hub.core.reconcile.words import ABBREVIATIONS, FORM_BEGINNINGS, LABEL_WORDS, OTHER_NUMBER_WORDS

AGREES, UNKNOWN, CONTRADICTS = 2, 1, 0
STRONG, MEDIUM = 0.9, 0.72
_HINT = 0.4  # likeness from which a name may be a debtor's: never enough to agree, sometimes to contradict
_ALIKE, _NOT_OTHER = 0.62, 0.45  # likeness at which one debtor's name agrees, or at least does not contradict
_NEARLY_SAME = 0.85
_GLUED_ALIKE = 86  # of 100, between names written without blanks
_CUT_AT = 18  # a payer name at least this long may have been cut by the bank
_NOTHING_ALIKE = 0.15
_LEAST_FIRST = 5  # letters of a first word that may stand for another debtor
_LEAST_IN_LABEL = 0.25  # the same for a label, where other words stand beside the name


class Payer(NamedTuple):
    """Accounts that may be the payer, best first, and how they were found ("iban", "learnt", "name", "text").

    `score` is 0..1; below MEDIUM the accounts are only hints. No accounts: the payer is unknown.
    """

    accounts: tuple[int, ...]
    score: float
    found_by: str
    behalf: bool = False  # known to pay for others: never contradicts
    words: tuple[str, ...] = ()  # the name, or the label's words that may be one
    in_label: bool = False  # nobody knows it, and its name may be any of these words of a label


NOBODY = Payer((), 0.0, "unknown")


class PayerIndex:
    """Finds accounts by IBAN and by name. Every answer is remembered: payers come back."""

    def __init__(self, ledger: Ledger, learnt: Learnt | None) -> None:
        self.ledger = ledger
        self._words: list[tuple[tuple[str, ...], int]] = []  # (words, account) of each name
        self._by_key: dict[str, list[int]] = {}
        self._by_glued: dict[str, list[int]] = {}
        self._by_plain: dict[str, list[int]] = {}  # by the name as it stands, folded
        self._by_iban: dict[str, list[int]] = {}
        self._by_siren: dict[str, list[int]] = {}
        self._siren_of: dict[int, str] = {}
        self._learnt_iban: dict[str, list[int]] = {}
        self._learnt_key: dict[str, list[int]] = {}
        self._behalf: set[int] = set()
        self._names_of: dict[int, list[int]] = {}
        self._forms: dict[int, set[str]] = {}
        self._read_debtors()
        self._read_learnt(learnt or Learnt())
        self._index = NameIndex([words for words, _ in self._words])
        self._glued = sorted(self._by_glued)
        self._first_words = {words[0] for words, _ in self._words if len(words[0]) >= _LEAST_FIRST}
        self._known: dict[tuple[str | None, str | None], Payer] = {}
        self._names: dict[str, Payer] = {}
        self._texts: dict[tuple[str, ...], Payer] = {}

    def _read_debtors(self) -> None:
        """Index names, IBANs and SIREN of the debtors."""
        d, account_at = self.ledger.debtors, self.ledger.account_at
        order = sorted(range(len(d.debtor_id)), key=lambda row: account_at[d.seller[row], d.debtor_id[row]])
        for row in order:
            account = account_at[d.seller[row], d.debtor_id[row]]
            for name in dict.fromkeys((d.name[row], d.legal_name[row])):
                if name and (words := name_words(name)):
                    self._names_of.setdefault(account, []).append(len(self._words))
                    self._words.append((words, account))
                    self._forms.setdefault(account, set()).add(legal_form(name))
                    _append(self._by_plain, fold(name), account)
                    _append(self._by_key, " ".join(words), account)
                    _append(self._by_glued, "".join(words), account)
            for iban in d.ibans[row]:
                _append(self._by_iban, iban_key(iban), account)
            if siren := d.siren[row]:
                self._siren_of[account] = siren.replace(" ", "")[:9]
                _append(self._by_siren, self._siren_of[account], account)
            if d.is_third_party_payer[row]:
                self._behalf.add(account)

    def _read_learnt(self, learnt: Learnt) -> None:
        """Index what people taught; pairs that are no account any more are left out."""
        at = self.ledger.account_at
        for iban, pairs in learnt.by_iban.items():
            self._learnt_iban[iban_key(iban)] = sorted({at[p] for p in pairs if p in at})
        for name, pairs in learnt.by_name.items():
            self._learnt_key[" ".join(name_words(name))] = sorted({at[p] for p in pairs if p in at})

    def find(self, name: str | None, iban: str | None) -> Payer:
        """The payer by IBAN and name. An IBAN that serves several debtors is narrowed by the name."""
        key = (name, iban)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._find(name, iban)
        return known

    def plainly(self, account: int, name: str | None, iban: str | None, words: list[str]) -> str:
        """How the payer is plainly this account ("iban", "name", "text"), which a search would not deny; or ""."""
        if iban and account in self._by_iban.get(iban_key(iban), ()):
            return "iban"
        if name and not iban and account in self._by_plain.get(fold(name), ()):
            return "name"
        if not name and not iban and any(set(self._words[n][0]) <= set(words) for n in self._names_of.get(account, ())):
            return "text"
        return ""

    def _find(self, name: str | None, iban: str | None) -> Payer:
        by_name = self.find_name(name) if name else NOBODY
        if not iban:
            return by_name
        plain = iban_key(iban)
        learnt = self._learnt_iban.get(plain, [])
        accounts = self._by_iban.get(plain, []) + learnt
        if not accounts:
            return by_name
        both, words = [a for a in by_name.accounts if a in accounts], by_name.words
        if by_name.score >= STRONG and not both:
            # Group treasury or a stolen master record: the account says one debtor, the name another.
            return self._payer((*by_name.accounts, *dict.fromkeys(accounts)), 0.8, "iban and name differ", words)
        found_by = "iban" if plain in self._by_iban else "learnt iban"
        return self._payer(tuple(both) or tuple(dict.fromkeys(accounts)), 1.0, found_by, words)

    def _payer(self, accounts: tuple[int, ...], score: float, found_by: str, words: tuple[str, ...]) -> Payer:
        behalf = not self._behalf.isdisjoint(accounts) or (found_by.startswith("learnt") and len(accounts) > 1)
        return Payer(accounts, score, found_by, behalf, words)

    def find_name(self, name: str) -> Payer:
        """The accounts whose name is, or can be read as, `name`."""
        known = self._names.get(name)
        if known is None:
            known = self._names[name] = self._find_name(name)
        return known

    def _find_name(self, name: str) -> Payer:
        words = name_words(name)
        key = " ".join(words)
        if key in self._learnt_key:
            return self._payer(tuple(self._learnt_key[key]), 1.0, "learnt name", words)
        exact = self._by_key.get(key) or self._by_glued.get("".join(words))
        if exact:
            return self._payer(tuple(self._of_form(exact, name)), 1.0, "name", words)
        if len(name) >= _CUT_AT and len(words) > 2 and words[-1] in FORM_BEGINNINGS:  # "… LYON SAR"
            whole = self._by_key.get(" ".join(words[:-1]))
            if whole:
                return self._payer(tuple(whole), CUT, "name", words[:-1])
        return self._nearest(words, len(name) >= _CUT_AT, "name")

    def _of_form(self, accounts: list[int], name: str) -> list[int]:
        """Of several debtors with these words, those with the legal form the name states, if any has it."""
        form = legal_form(name) if len(accounts) > 1 else ""
        if not form:
            return accounts
        same = [a for a in accounts if form in self._forms.get(a, ())]
        return same or accounts

    def namesakes(self, payer: Payer, seller: str) -> list[int]:
        """The accounts at one seller with the payer's words and another legal form than it states."""
        return [a for a in self._by_key.get(" ".join(payer.words), ()) if self.ledger.accounts[a][0] == seller]

    def _nearest(self, words: tuple[str, ...], may_be_cut: bool, found_by: str) -> Payer:
        """The names that share most of their telling words with `words`; ties are kept together."""
        cut = self._begun("".join(words)) if may_be_cut else []
        if cut:
            return self._payer(tuple(cut), CUT, found_by, words)
        scores: dict[int, float] = {}
        for candidate in self._index.candidates(words, LEAST_SHARED):
            theirs, account = self._words[candidate]
            score = self._index.likeness(words, theirs, may_be_cut)
            if score > scores.get(account, 0.0):
                scores[account] = score
        best = max(scores.values(), default=0.0)
        if best < _HINT:
            return NOBODY._replace(words=words)
        close = sorted((a for a, s in scores.items() if s >= best - 0.06), key=lambda a: (-scores[a], a))
        return self._payer(tuple(close[:20]), best, found_by, words)

    def _begun(self, glued: str) -> list[int]:
        """The accounts with a name that begins with what the bank left of one, blanks apart."""
        names, found = self._glued, list[int]()
        at = bisect_left(names, glued) if len(glued) >= CUT_LEAST else len(names)
        while at < len(names) and names[at].startswith(glued) and len(found) < 20:
            found += [account for account in self._by_glued[names[at]] if account not in found]
            at += 1
        return sorted(found)[:20]

    def in_text(self, words: list[str]) -> Payer:
        """The accounts whose name stands among the words of a label, for banks that give no payer name."""
        telling = self.telling(words)
        if not telling:
            return NOBODY
        known = self._texts.get(telling)
        if known is None:
            known = self._texts[telling] = self._in_text(telling)
        return known

    def _in_text(self, telling: tuple[str, ...]) -> Payer:
        exact = self._by_key.get(" ".join(telling))
        if exact:
            return self._payer(tuple(exact), 0.97, "text", telling)
        if cut := self._begun("".join(telling)):
            return self._payer(tuple(cut), CUT, "text", telling)
        best: dict[int, float] = {}
        for candidate in self._index.candidates(telling, _LEAST_IN_LABEL):
            theirs, account = self._words[candidate]
            score = self._index.contained(telling, theirs)
            if score > best.get(account, 0.0):
                best[account] = score
        if not best or (top := max(best.values())) < 0.6:
            return NOBODY._replace(words=telling, in_label=True)
        close = sorted((a for a, s in best.items() if s >= top - 0.05), key=lambda a: (-best[a], a))
        return self._payer(tuple(close[:20]), top, "text", telling)

    def siren_of(self, account: int) -> str | None:
        """The SIREN of an account, when known."""
        return self._siren_of.get(account)

    @property
    def sirens(self) -> dict[str, list[int]]:
        """Accounts by SIREN."""
        return self._by_siren

    def telling(self, words: list[str]) -> tuple[str, ...]:
        """The words of a label that may be part of a name."""
        postings = self._index.postings
        telling = [
            ABBREVIATIONS.get(w, w)
            for w in hospitals(words)
            if len(w) > 1 and (w not in LABEL_WORDS or (w in OTHER_NUMBER_WORDS and w in postings))
        ]
        return tuple(telling[:14])

    def stance(self, payer: Payer, account: int) -> int:
        """Whether the payer agrees with `account` being the debtor, does not say, or contradicts it.

        A name too much like the debtor's to contradict it never does, whoever else it resembles.
        """
        if not payer.accounts:
            alike = self._resembles(payer, account)
            if alike >= _ALIKE:
                return AGREES
            return CONTRADICTS if alike < _NOT_OTHER and self._may_be_another(payer, account) else UNKNOWN
        same_group = self.ledger.same_group
        for candidate in payer.accounts:
            if candidate == account or same_group(candidate, account) or self._same_company(candidate, account):
                return AGREES if payer.score >= 0.5 else UNKNOWN
        if payer.behalf:
            return UNKNOWN
        if payer.score >= 1.0 and self._another_company(payer, account):
            return CONTRADICTS
        if payer.score < MEDIUM:  # rather another debtor, not surely: enough when nothing speaks for this one
            return CONTRADICTS if self._resembles(payer, account) < _NOTHING_ALIKE else UNKNOWN
        # The surer we are who paid, the more a claim on someone else must look like that payer.
        needed = _NEARLY_SAME if payer.score >= CUT else _ALIKE if payer.score >= STRONG else _NOT_OTHER
        if self._resembles(payer, account) >= needed:
            return UNKNOWN
        return CONTRADICTS

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
        if payer.in_label and not self._first_words.isdisjoint(payer.words):
            return True
        begun = self._beginning(payer)
        return bool(begun) and not self._begins(account, begun)

    def _beginning(self, payer: Payer) -> str:
        """What some debtor's name begins with: the payer's whole name, or as many first words of the label as fit."""
        least = 1 if payer.in_label else len(payer.words)
        for count in range(len(payer.words), max(least, 1) - 1, -1):
            glued = "".join(payer.words[:count])
            at = bisect_left(self._glued, glued)
            if at < len(self._glued) and self._glued[at].startswith(glued):
                return glued
        return ""

    def resembles(self, payer: Payer, account: int) -> bool:
        """Whether the payer's name, or the label, may be that of an account, sure or not."""
        return payer.accounts.count(account) > 0 or self._resembles(payer, account) >= _NOT_OTHER

    def _another_company(self, payer: Payer, account: int) -> bool:
        """Whether the account is a company whose SIREN is known not to be the payer's, however much alike the names.

        A name proves that only when the account's does not go on like it: the bank may have cut it.
        """
        if not all(self._sirens_differ(candidate, account) for candidate in payer.accounts):
            return False
        glued = "".join(payer.words)
        return payer.found_by == "iban" or (payer.found_by == "name" and not self._begins(account, glued))

    def _begins(self, account: int, glued: str) -> bool:
        """Whether a name of the account begins with these letters, blanks apart."""
        return any("".join(self._words[name][0]).startswith(glued) for name in self._names_of.get(account, ()))

    def _sirens_differ(self, one: int, other: int) -> bool:
        mine, theirs = self._siren_of.get(one), self._siren_of.get(other)
        return mine is not None and theirs is not None and mine != theirs

    def _same_company(self, one: int, other: int) -> bool:
        """One legal person with an account at two sellers: equal name words, and no two SIREN."""
        if self._sirens_differ(one, other):
            return False
        mine = {self._words[n][0] for n in self._names_of.get(one, ())}
        return any(self._words[n][0] in mine for n in self._names_of.get(other, ()))


def _append(index: dict[str, list[int]], key: str, account: int) -> None:
    accounts = index.setdefault(key, [])
    if account not in accounts:
        accounts.append(account)
