"""Accounts that may be one party: the same VAT number, IBAN or name. A person decides; nothing is linked by itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hub.core.identity.parties import ALONE, DIFFERENT, Account, Decision, Key, parties
from hub.core.reconcile.payers.names import iban_key, name_words

#: Rules of suggestions; stored and exported, never respelt.
SAME_VAT, SAME_IBAN, SAME_NAME = "vat_number", "iban", "name"
#: A VAT number, IBAN or name that more accounts bear is a factor's, a test's or a mistake.
MOST_ALIKE = 12
_LEAST_NAME = 4


class Alike(NamedTuple):
    """Two accounts of different parties that may be one, and what both have."""

    one: Key
    other: Key
    rule: str
    shared: str


def alike(accounts: Iterable[Account], decisions: Iterable[Decision]) -> list[Alike]:
    """Accounts that may be one party, for a person to look at; each pair of parties once, the strongest reason first.

    Two valid SIREN are two legal persons: never suggested. Nor is what a person declared different, or alone.
    """
    known = {account.key: account for account in sorted(accounts)}
    standing = list(decisions)
    party_of = {key: party for party in parties(known.values(), standing) for key in party.members}
    apart = {frozenset((one.one, one.other)) for one in standing if one.act == DIFFERENT and one.other}
    alone = {one.one for one in standing if one.act == ALONE}
    found: dict[frozenset[str], Alike] = {}
    for rule in (SAME_VAT, SAME_IBAN, SAME_NAME):
        for shared, keys in sorted(_bearers(rule, known.values()).items()):
            if not 1 < len(keys) <= MOST_ALIKE:
                continue
            for other in keys[1:]:
                one, names = keys[0], frozenset((party_of[keys[0]].name, party_of[other].name))
                two_persons = party_of[one].sirens and party_of[other].sirens
                parted = frozenset((one, other)) in apart or {one, other} & alone
                if len(names) == 2 and not two_persons and not parted:
                    found.setdefault(names, Alike(one, other, rule, shared))
    return sorted(found.values())


def _bearers(rule: str, accounts: Iterable[Account]) -> dict[str, list[Key]]:
    found: dict[str, list[Key]] = defaultdict(list)
    for account in accounts:
        for value in dict.fromkeys(_values(rule, account)):
            found[value].append(account.key)
    return found


def _values(rule: str, account: Account) -> Iterator[str]:
    if rule == SAME_VAT:
        vat = "".join((account.vat_number or "").split()).upper()
        if len(vat) > 4:
            yield vat
    elif rule == SAME_IBAN:
        yield from (iban_key(iban) for iban in account.ibans if iban)
    else:
        for name in dict.fromkeys((account.name, account.legal_name)):
            words = name_words(name) if name else ()
            if max(map(len, words), default=0) >= _LEAST_NAME:
                yield " ".join(words)
