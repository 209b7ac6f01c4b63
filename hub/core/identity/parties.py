"""Parties: which accounts, of several sellers and connectors, are one legal person; and to which group it belongs.

Equal SIREN makes one party by itself (its SIRET tell the branches). Equal VAT number, IBAN or name only suggest it to a
person. What a person decided stands beside the accounts; the parties are computed from both each time, so taking a
decision back restores what was before, exactly. An account is one seller's: its ledger never moves.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

#: (seller, debtor_id).
Key = tuple[str, str]

# Decisions of a person, and why an account belongs to a party; stored and exported, never respelt.
SAME, ALONE, DIFFERENT = "same", "alone", "different"
BY_SIREN, BY_PERSON, SINGLE = "siren", "person", "single"


class Account(NamedTuple):
    """What is known of a debtor's account, as written."""

    key: Key
    name: str
    legal_name: str | None = None
    siren: str | None = None
    siret: str | None = None
    vat_number: str | None = None
    ibans: tuple[str, ...] = ()
    parent_id: str | None = None


class Decision(NamedTuple):
    """A person's word that stands: two accounts are the same or different, or one is of no party but its own."""

    id: int
    act: str
    one: Key
    other: Key | None = None


class Party(NamedTuple):
    """One legal person. `name` is its SIREN, else its first account written ``SELLER:ACCOUNT``; `members` in order,
    `rules` say for each why it belongs here. More than one of `sirens`: a source changed since a person linked.
    """

    name: str
    sirens: tuple[str, ...]
    members: tuple[Key, ...]
    rules: tuple[str, ...]


class Change(NamedTuple):
    """What an act of a person does to the decisions: one is added, some are taken back."""

    add: Decision | None
    undo: tuple[int, ...]


class NotOne(ValueError):
    """The accounts cannot be linked: they are two legal persons, or nothing links them."""


def written(key: Key) -> str:
    """An account as people write it: ``SELLER:ACCOUNT``."""
    return f"{key[0]}:{key[1]}"


#: Every second digit counts double, and 10 to 18 count as the sum of their digits.
_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn(digits: str) -> bool:
    """The check of SIREN and SIRET numbers (ISO/IEC 7812-1)."""
    return (sum(map(int, digits[-1::-2])) + sum(map(int, digits[-2::-2].translate(_DOUBLED)))) % 10 == 0


def siren_of(account: Account) -> str | None:
    """The SIREN of an account, from its SIRET if need be; None when neither is a valid number."""
    siren = "".join((account.siren or "").split())
    if len(siren) == 9 and siren.isdigit() and luhn(siren):
        return siren
    siret = "".join((account.siret or "").split())
    # La Poste's branches have SIRET whose digits add up to a multiple of 5 instead (INSEE).
    sound = luhn(siret) if siret.isdigit() else False
    if len(siret) == 14 and siret.isdigit() and (sound or siret.startswith("356000000")) and luhn(siret[:9]):
        return siret[:9]
    return None


def parties(accounts: Iterable[Account], decisions: Iterable[Decision]) -> list[Party]:
    """Every account in exactly one party, by its name. The order of accounts and decisions does not matter."""
    known = {account.key: account for account in sorted(accounts)}
    standing = sorted(decisions)
    alone = {one.one for one in standing if one.act == ALONE}
    sirens = {key: siren for key, account in known.items() if (siren := siren_of(account)) is not None}
    joined = _Union(known)
    by_siren: dict[str, list[Key]] = defaultdict(list)
    for key, siren in sirens.items():
        if key not in alone:
            by_siren[siren].append(key)
    for keys in by_siren.values():
        for key in keys[1:]:
            joined.join(keys[0], key)
    for one in standing:
        if one.act == SAME and one.one in known and one.other in known:
            joined.join(one.one, one.other)
    return sorted(_party(members, sirens, by_siren, alone) for members in joined.groups())


def _party(
    members: Sequence[Key], sirens: Mapping[Key, str], by_siren: Mapping[str, Sequence[Key]], alone: set[Key]
) -> Party:
    own = tuple(sorted({sirens[key] for key in members if key in sirens and key not in alone}))
    rules = []
    for key in members:
        siren = None if key in alone else sirens.get(key)
        by_number = siren is not None and len(by_siren.get(siren, ())) > 1
        rules.append(SINGLE if len(members) == 1 else BY_SIREN if by_number else BY_PERSON)
    return Party(own[0] if own else written(members[0]), own, tuple(members), tuple(rules))


class _Union:
    """Groups that grow together."""

    def __init__(self, keys: Iterable[Key]) -> None:
        self._parent = {key: key for key in keys}

    def root(self, key: Key) -> Key:
        while self._parent[key] != key:
            self._parent[key] = key = self._parent[self._parent[key]]
        return key

    def join(self, one: Key, other: Key) -> None:
        first, second = sorted((self.root(one), self.root(other)))
        self._parent[second] = first

    def groups(self) -> Iterator[list[Key]]:
        found: dict[Key, list[Key]] = defaultdict(list)
        for key in sorted(self._parent):
            found[self.root(key)].append(key)
        yield from found.values()


def link(accounts: Iterable[Account], decisions: Sequence[Decision], one: Key, other: Key) -> Change:
    """What it takes to make two accounts one party.

    Raises:
        NotOne: they are one already, or have two different valid SIREN.
    """
    known = {account.key: account for account in accounts}
    now = {key: party for party in parties(known.values(), decisions) for key in party.members}
    if now[one].name == now[other].name:
        raise NotOne("they are one party already")
    sirens = {siren for key in (one, other) if (siren := siren_of(known[key])) is not None}
    undo = tuple(d.id for d in decisions if d.act == ALONE and d.one in (one, other))
    undo += tuple(d.id for d in decisions if d.act == DIFFERENT and {d.one, d.other} == {one, other})
    rest = [d for d in decisions if d.id not in undo]
    then = {key: party for party in parties(known.values(), rest) for key in party.members}
    if then[one].name == then[other].name:
        return Change(None, undo)
    if len({*sirens, *then[one].sirens, *then[other].sirens}) > 1:
        raise NotOne("they have two SIREN: two legal persons; give one as the other's parent instead")
    return Change(Decision(0, SAME, one, other), undo)


def unlink(accounts: Iterable[Account], decisions: Sequence[Decision], one: Key) -> Change:
    """What it takes to make an account a party of its own.

    Raises:
        NotOne: it is one.
    """
    known = list(accounts)
    undo = tuple(d.id for d in decisions if d.act == SAME and one in (d.one, d.other))
    rest = [d for d in decisions if d.id not in undo]
    then = next(party for party in parties(known, rest) if one in party.members)
    if len(then.members) == 1 and not undo:
        raise NotOne("it is a party of its own")
    return Change(None if len(then.members) == 1 or undo else Decision(0, ALONE, one), undo)


def groups(accounts: Iterable[Account], found: Iterable[Party]) -> dict[str, str]:
    """The head of each party's group, by party: over `parent_id` of its accounts, as far up as they lead.

    A circle of parents, or a parent that no seller knows, ends the way up.
    """
    known = {account.key: account for account in accounts}
    party_of = {key: party.name for party in found for key in party.members}
    parent: dict[str, str] = {}
    for key, name in sorted(party_of.items()):
        above = party_of.get((key[0], known[key].parent_id or ""))
        if above is not None and above != name:
            parent.setdefault(name, above)
    heads = {}
    for name in sorted(set(party_of.values())):
        at, met = name, {name}
        while at in parent and parent[at] not in met:
            at = parent[at]
            met.add(at)
        heads[name] = at
    return heads
