"""What the debtors are called, and the account and company numbers by which they are known."""

from __future__ import annotations

from functools import cached_property
from itertools import pairwise

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.inputs import Debtors
from hub.core.reconcile.payers.full_names import FullNames
from hub.core.reconcile.payers.name_index import NameIndex
from hub.core.reconcile.payers.names import form_of_folded, iban_key, without_keeper, without_remarks, words_of_folded
from hub.core.reconcile.texts.text import compact, fold
from hub.core.reconcile.texts.words import ABBREVIATIONS

_LEAST_CODE = 4  # characters of a customer number that may be told from an amount or a day
_CO_OWNERS, _LEAST_ADDRESS = "SDC", 3  # how their names begin, and words that make an address
_LEAST_FIRST = 5  # letters of a first word that may stand for another debtor


class DebtorNames:
    """Names, IBANs and SIREN of the debtors, by the accounts of one ledger.

    words: (words, account) of each name, by its number. by_plain: accounts by the name as it stands, folded.
    words_as: the words of a name as it stands. remarked: accounts of which a name has a remark in brackets.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.accounts, self.debtors = ledger.accounts, ledger.debtors
        self._account_at = ledger.account_at
        self.words: list[tuple[tuple[str, ...], int]] = []
        self.by_key: dict[str, list[int]] = {}
        self.by_glued: dict[str, list[int]] = {}
        self.by_plain: dict[str, list[int]] = {}
        self.words_as: dict[str, tuple[str, ...]] = {}
        self.by_iban: dict[str, list[int]] = {}
        self.by_siren: dict[str, list[int]] = {}
        self.siren_of: dict[int, str] = {}
        self.remarked: set[int] = set()
        self.names_of: dict[int, list[int]] = {}
        self._folded: list[str] = []
        self._forms: dict[int, frozenset[str]] = {}
        self._read(self.debtors, ledger.account_at)
        self.index = NameIndex([words for words, _ in self.words])
        self.glued = sorted(self.by_glued)
        self.first_words = {words[0] for words, _ in self.words if len(words[0]) >= _LEAST_FIRST}

    def forms_of(self, account: int) -> frozenset[str]:
        """The legal forms in each of an account's names, "" for a name without any."""
        known = self._forms.get(account)
        if known is None:
            folded = [self._folded[name] for name in self.names_of.get(account, ())]
            known = self._forms[account] = frozenset(map(form_of_folded, folded))
        return known

    @cached_property
    def full(self) -> FullNames:
        """The names with all their words; made when a label first asks for them."""
        return FullNames(self.names_of, self._folded)

    @cached_property
    def figured(self) -> frozenset[tuple[str, str]]:
        """Figures that are words of names, each behind the word before it: ("SDIS", "39"), ("STUDIO", "95")."""
        postings = self.index.postings
        having = {name for word, names in postings.items() if word.isdigit() for name in names}
        return frozenset(pair for name in having for pair in pairwise(self.words[name][0]) if pair[1].isdigit())

    @cached_property
    def houses(self) -> frozenset[tuple[str, str]]:
        """Figures of names before the word behind them, as in an address: ("73", "RUE"), ("3", "SUISSES")."""
        postings = self.index.postings
        having = {name for word, names in postings.items() if word.isdigit() for name in names}
        pairs = (pair for name in having for pair in pairwise(self.words[name][0]))
        return frozenset(pair for pair in pairs if pair[0].isdigit() and pair[1].isalpha())

    def is_house(self, figure: str, word: str) -> bool:
        """Whether a figure stands in a name before this word, as it is or abbreviated."""
        return (figure, ABBREVIATIONS.get(word, word)) in self.houses

    @cached_property
    def by_code(self) -> dict[str, list[int]]:
        """Accounts by the number the seller gave the customer, where it is one: with a digit, and not too short."""
        found: dict[str, list[int]] = {}
        for seller, debtor in zip(self.debtors.seller, self.debtors.debtor_id, strict=True):
            code = compact(debtor)
            if len(code) >= _LEAST_CODE and not code.isalpha():
                accounts, account = found.setdefault(code, []), self._account_at[seller, debtor]
                if account not in accounts:
                    accounts.append(account)
        return found

    def _read(self, d: Debtors, account_at: dict[tuple[str, str], int]) -> None:
        accounts = [account_at[pair] for pair in zip(d.seller, d.debtor_id, strict=True)]
        for row in sorted(range(len(accounts)), key=accounts.__getitem__):
            account, name, legal_name = accounts[row], d.name[row], d.legal_name[row]
            if name:
                self._read_name(account, without_keeper(fold(name)))
            if legal_name and legal_name != name:
                self._read_name(account, without_keeper(fold(legal_name)))
            for iban in d.ibans[row]:
                _append(self.by_iban, iban_key(iban), account)
            if siren := d.siren[row]:
                self.siren_of[account] = siren.replace(" ", "")[:9]
                _append(self.by_siren, self.siren_of[account], account)

    def _read_name(self, account: int, folded: str) -> None:
        """Index a name, also without what stands in brackets; that of co-owners as well by their address alone:
        "12 rue Carnot" for "SDC 12 rue Carnot".
        """
        words = words_of_folded(folded)
        self._index_name(account, folded, words)
        if "(" in folded and (shorter := without_remarks(folded)) != folded:
            self.remarked.add(account)
            self._index_name(account, shorter, words_of_folded(shorter))
        if len(words) > _LEAST_ADDRESS and words[0] == _CO_OWNERS and words[1].isdigit():
            self._index_name(account, " ".join(words[1:]), words[1:])

    def _index_name(self, account: int, folded: str, words: tuple[str, ...]) -> None:
        if words:
            self.names_of.setdefault(account, []).append(len(self.words))
            self.words.append((words, account))
            self._folded.append(folded)
            self.words_as[folded] = words
            _append(self.by_plain, folded, account)
            _append(self.by_key, " ".join(words), account)
            _append(self.by_glued, "".join(words), account)


class Memory:
    """What several runs over one ledger may share: the names of its debtors, as long as they are the same ones."""

    def __init__(self) -> None:
        self._names: DebtorNames | None = None

    def names(self, ledger: Ledger) -> DebtorNames:
        """The names for a ledger, those of the last run when nothing about them changed."""
        known = self._names
        if known is None or known.debtors != ledger.debtors or known.accounts != ledger.accounts:
            known = self._names = DebtorNames(ledger)
        return known


def _append(index: dict[str, list[int]], key: str, account: int) -> None:
    """Add an account to those of a key; accounts come in ascending order."""
    accounts = index.setdefault(key, [])
    if not accounts or accounts[-1] != account:
        accounts.append(account)
