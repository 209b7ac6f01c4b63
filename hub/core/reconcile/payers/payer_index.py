"""Who paid: debtors found by IBAN, by name, or by what people taught."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.reconcile.index.ledger import Ledger
from hub.core.reconcile.inputs import Learnt
from hub.core.reconcile.payers.companies import NOBODY, Payer
from hub.core.reconcile.payers.debtor_names import DebtorNames
from hub.core.reconcile.payers.labels import Labels
from hub.core.reconcile.payers.name_index import CUT, LEAST_SHARED
from hub.core.reconcile.payers.names import form_of_folded, full_words, iban_key, name_words, words_of_folded
from hub.core.reconcile.payers.stances import CUT_AT, STRONG
from hub.core.reconcile.texts.outsiders import is_public_accountant
from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import FORM_BEGINNINGS

_HINT = 0.4  # likeness from which a name may be a debtor's: never enough to agree, sometimes to contradict
_MOST_LONGER = 200  # debtors whose names begin with a payer's
_MOST_REORDERED = 3  # words of a name that may stand in any order


class PayerIndex(Labels):
    """Finds accounts by IBAN and by name. Every answer is remembered: payers come back."""

    def __init__(self, ledger: Ledger, names: DebtorNames, learnt: Learnt | None) -> None:
        super().__init__(ledger, names)
        self._learnt_iban: dict[str, list[int]] = {}
        self._learnt_key: dict[str, list[int]] = {}
        self._read_learnt(learnt or Learnt())
        self._known: dict[tuple[str | None, str | None], Payer] = {}
        self._names: dict[str, Payer] = {}

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
        accounts = self._by_iban.get(plain, []) + self._learnt_iban.get(plain, [])
        if not accounts:
            return by_name
        both, words = [a for a in by_name.accounts if a in accounts], by_name.words
        if by_name.score >= STRONG and not both:
            # Group treasury or a stolen master record: the account says one debtor, the name another.
            return self._payer((*by_name.accounts, *dict.fromkeys(accounts)), 0.8, "iban and name differ", words)
        found_by = "iban" if plain in self._by_iban else "learnt iban"
        own = both or list(dict.fromkeys(accounts))
        if found_by == "iban":
            own += self.of_its_siren(own)
            if by_name.whole and len(by_name.accounts) > len(both):
                own += self._elsewhere(own, by_name)
        return self._payer(tuple(own), 1.0, found_by, words, whole=by_name.whole and bool(both))

    def of_its_siren(self, own: Sequence[int]) -> list[int]:
        """The other accounts of the same company: kept twice by a seller, or at another who does not know the IBAN."""
        sirens = {*map(self._siren_of.get, own)} - {None}
        others = self._by_siren.get(sirens.pop() or "", []) if len(sirens) == 1 else []
        if len(others) < 2:
            return []
        return [a for a in others if a not in own and any(self._namesakes(one, a) for one in own)]

    def _elsewhere(self, own: list[int], by_name: Payer) -> list[int]:
        """The same company at sellers who do not know this IBAN: the only one there of its very name, if no other SIREN
        says otherwise."""
        known = {self.ledger.accounts[a][0] for a in own}
        sirens = {self.siren_of(a) for a in own} - {None}
        at: dict[str, list[int]] = {}
        for account in by_name.accounts:
            at.setdefault(self.ledger.accounts[account][0], []).append(account)
        alone = [found[0] for seller, found in at.items() if seller not in known and len(found) == 1]
        return [a for a in alone if not sirens or self.siren_of(a) in (None, *sirens)]

    def find_name(self, name: str) -> Payer:
        """The accounts whose name is, or can be read as, `name`."""
        known = self._names.get(name)
        if known is None:
            known = self._find_name(name)
            # "SGC NOGENT" pays for others than Nogent's own, "STRATELIA HOLDING" for more than Stratelia SARL
            if known.score < 1.0 and (is_public_accountant(fold(name)) or self.bears_a_groups_name(known)):
                known = known._replace(behalf=True)
            self._names[name] = known
        return known

    def _find_name(self, name: str) -> Payer:
        folded = fold(name)
        words = self.names.words_as.get(folded) or words_of_folded(folded)
        key = " ".join(words)
        if key in self._learnt_key:
            return self._payer(tuple(self._learnt_key[key]), 1.0, "learnt name", words)
        exact = self._by_key.get(key) or self._by_glued.get("".join(words))
        if exact:
            accounts, plain = self._of_form(exact, folded), self._by_plain.get(folded)
            printed = plain is not None and not set(plain).isdisjoint(accounts)
            return self._payer(tuple(accounts), 1.0, "name", words, whole=printed)
        if len(name) >= CUT_AT and len(words) > 2 and words[-1] in FORM_BEGINNINGS:  # "… LYON SAR"
            whole = self._by_key.get(" ".join(words[:-1]))
            if whole:
                return self._payer(tuple(whole), CUT, "name", words[:-1])
        found = self._nearest(words, len(name) >= CUT_AT, "name")
        if len(name) >= CUT_AT and found.score == CUT and len(found.accounts) > 1:  # "… BELLEVUE LA" is Laon's
            found = found._replace(accounts=tuple(self.names.full.longest(list(found.accounts), full_words(folded))))
        return found

    def _of_form(self, accounts: list[int], folded: str) -> list[int]:
        """Of several debtors with these words, those with the legal form the name states, if any has it.

        Also those of whom nobody wrote a form down, where the others' names go on in brackets: it may be either.
        """
        form = form_of_folded(folded) if len(accounts) > 1 else ""
        if not form:
            return accounts
        same = [a for a in accounts if form in self._forms_of(a)]
        if not self.names.remarked.isdisjoint(same):
            same += [a for a in accounts if not self._forms_of(a) - {""}]
        return same or accounts

    def namesakes(self, payer: Payer, seller: str | None) -> list[int]:
        """The accounts with the payer's words, at one seller if given; some have another legal form than it states.

        Of who is known by the IBAN alone, at other sellers, those with the words of its names there.
        """
        names = [payer.words]
        if payer.found_by == "iban" and not payer.words:
            names = [name for account in payer.accounts for name in self._telling_names(account)]
        namesakes = dict.fromkeys(account for name in names for account in self._by_key.get(" ".join(name), ()))
        return [a for a in namesakes if seller in (None, self.ledger.accounts[a][0])]

    def reordered(self, payer: Payer) -> list[int]:
        """Other accounts with the payer's words, the last ones first: "Florian Besnier" and "Besnier Florian"."""
        words, found = payer.words, list[int]()
        if len(words) <= _MOST_REORDERED and payer.found_by in ("name", "text"):
            for at in range(1, len(words)):
                found += self._by_key.get(" ".join(words[at:] + words[:at]), ())
        return [a for a in found if a not in payer.accounts] if found else found

    def longer_names(self, payer: Payer) -> list[int]:
        """Other accounts whose names begin with the payer's, which may be what a cut left of theirs."""
        if payer.found_by not in ("name", "text"):
            return []
        others = [a for a in self._begun("".join(payer.words), 1, _MOST_LONGER) if a not in payer.accounts]
        if payer.whole:
            others = [a for a in others if any(self.names.full.goes_on(one, a) for one in payer.accounts)]
        return others

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
