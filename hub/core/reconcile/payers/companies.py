"""Who may have paid, and which accounts are one company, or surely not."""

from __future__ import annotations

from typing import NamedTuple

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.payers.debtor_names import DebtorNames


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
    whole: bool = False  # a debtor's name stands there in full, legal form included
    label: tuple[str, ...] = ()  # all words of the label, where the name was looked for in one


NOBODY = Payer((), 0.0, "unknown")


class Companies:
    """What names, legal forms and SIREN say of two accounts: one company, or two."""

    def __init__(self, ledger: Ledger, names: DebtorNames) -> None:
        self.ledger = ledger
        self._words, self._names_of, self._forms_of = names.words, names.names_of, names.forms_of
        self._siren_of = names.siren_of

    def siren_of(self, account: int) -> str | None:
        """The SIREN of an account, when known."""
        return self._siren_of.get(account)

    def _telling_names(self, account: int) -> list[tuple[str, ...]]:
        """The words of each name of an account that tell companies apart."""
        return [self._words[name][0] for name in self._names_of.get(account, ())]

    def _another_company(self, payer: Payer, account: int) -> bool:
        """Whether the account is a company whose SIREN is known not to be the payer's, however much alike the names.

        A name proves that only when the account's does not go on like it: the bank may have cut it. So does the legal
        form of a namesake, where the seller has both as debtors.
        """
        if any(self._other_debtor(payer, candidate, account) for candidate in payer.accounts):
            return True
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

    def _same_company(self, payer: Payer, one: int, other: int) -> bool:
        """One legal person with an account at two sellers: equal name words, unless an IBAN tells the SIREN apart.

        Nor are "Brunet SARL" and "Brunet & Cie" one person, where the payer is surely one of them.
        """
        by_iban = payer.found_by == "iban"
        if (by_iban and self._sirens_differ(one, other)) or (
            (by_iban or payer.whole) and self._forms_differ(one, other)
        ):
            return False
        return self._namesakes(one, other)

    def _namesakes(self, one: int, other: int) -> bool:
        """Whether two accounts have a name of equal words, in any order and legal forms apart."""
        mine = self._telling_names(one)
        for name in self._telling_names(other):
            if name in mine or any([len(name) == len(own) and set(name) == set(own) for own in mine]):
                return True
        return False

    def _forms_differ(self, one: int, other: int) -> bool:
        """Whether both accounts state a legal form, and none in common."""
        mine, theirs = (self._forms_of(account) - {""} for account in (one, other))
        return bool(mine and theirs) and mine.isdisjoint(theirs)

    def _other_debtor(self, payer: Payer, candidate: int, account: int) -> bool:
        """Whether a seller has both as debtors, and the payer's name stands there in full as the other one's.

        That a bank cut a longer name exactly where another debtor's ends is rarer than that debtor paying.
        """
        accounts = self.ledger.accounts
        if not payer.whole or accounts[candidate][0] != accounts[account][0]:
            return False
        if self._namesakes(candidate, account):
            return self._forms_differ(candidate, account)
        return True
