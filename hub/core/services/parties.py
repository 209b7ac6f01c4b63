"""Parties: accounts of debtors that are one legal person; what it owes to all sellers; link and unlink."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hub.core.identity import parties as pure
from hub.core.identity.parties import Account, Change, Decision, Key, Party
from hub.core.ledger.ageing import aged_balance
from hub.core.services.desk import Desk, books_of
from hub.core.services.ledger import view_in
from hub.core.store import Connection
from hub.core.store import parties as store
from hub.core.store.database import UnitOfWork
from hub.sdk.errors import HubError

if TYPE_CHECKING:
    from hub.core.identity.alike import Alike


@dataclass(slots=True)
class Owed:
    """What is open and overdue, by currency, minor units."""

    open_minor: Counter[str] = field(default_factory=Counter)
    overdue_minor: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class PartyView:
    """All parties, with what is owed by account, by party and by group (of the head's name)."""

    parties: list[Party]
    accounts: dict[Key, Account]
    heads: dict[str, str]
    by_account: dict[Key, Owed] = field(default_factory=dict)
    by_party: dict[str, Owed] = field(default_factory=dict)
    by_group: dict[str, Owed] = field(default_factory=dict)


def party_view(desk: Desk, connection: Connection, **when: object) -> PartyView:
    """The parties and what they owe; `when` may hold `as_of` and `known_on`."""
    view = view_in(desk, connection, **when)  # type: ignore[arg-type]
    known_at = desk.known_at(when.get("known_on"))  # type: ignore[arg-type]
    accounts = store.accounts(connection, view.books, known_at)
    billed = {
        (seller, debtor) for seller, debtor in zip(view.ledger.items.seller, view.ledger.items.debtor_id, strict=True)
    }
    missing = billed - {account.key for account in accounts}
    accounts += [Account(key, key[1]) for key in sorted(missing)]  # a source may name a debtor by his code alone
    found = pure.parties(accounts, store.decisions(connection, known_at))
    result = PartyView(found, {account.key: account for account in accounts}, pure.groups(accounts, found))
    party_of = {key: party.name for party in found for key in party.members}
    for row in aged_balance(view.ledger.items, as_of=view.as_of).rows:
        key = (row.seller, row.debtor_id)
        party = party_of[key]
        for owed in (
            result.by_account.setdefault(key, Owed()),
            result.by_party.setdefault(party, Owed()),
            result.by_group.setdefault(result.heads[party], Owed()),
        ):
            owed.open_minor[row.currency] += row.total_minor
            owed.overdue_minor[row.currency] += row.overdue_minor
    return result


def list_parties(desk: Desk) -> tuple[PartyView, list[Alike]]:
    """All parties, and accounts that may be one."""
    with desk.store.read() as connection:
        return party_view(desk, connection), suggestions(desk, connection)


def suggestions(desk: Desk, connection: Connection) -> list[Alike]:
    """Accounts that may be one party, for a person."""
    from hub.core.identity.alike import alike  # it reads names as the engine does; who only exports need not load that

    accounts = store.accounts(connection, books_of(desk, connection))
    return alike(accounts, store.decisions(connection))


def look_at_parties(desk: Desk) -> None:
    """Note which accounts may be one party, for `hub status`; nothing is compared while no account changed."""
    with desk.store.read() as connection:
        now = store.state(connection, books_of(desk, connection))
        if now is not None and now == store.seen(connection):
            return
        found = [(*one.one, *one.other, one.rule, one.shared) for one in suggestions(desk, connection)]
        known = store.proposals(connection)

    def note(unit: UnitOfWork) -> None:
        if sorted(found) != sorted(known):
            store.replace_proposals(unit, found)
        if now is not None:
            store.note_seen(unit, now)

    if now is not None or sorted(found) != sorted(known):
        desk.store.again(desk.actor, note)


def link(desk: Desk, one: str, other: str, reason: str) -> None:
    """Say that two accounts, written ``SELLER:ACCOUNT``, are one party.

    Raises:
        HubError: no such account, one party already, or two legal persons.
    """
    _decide(desk, [one, other], reason, lambda accounts, standing, keys: pure.link(accounts, standing, *keys))


def unlink(desk: Desk, one: str, reason: str) -> None:
    """Say that an account is a party of its own; what a person linked to it is taken back, else it stands alone.

    Raises:
        HubError: no such account, or it is a party of its own.
    """
    _decide(desk, [one], reason, lambda accounts, standing, keys: pure.unlink(accounts, standing, *keys))


def part(desk: Desk, one: str, other: str, reason: str) -> None:
    """Say that two accounts are different, so that they are suggested no more.

    Raises:
        HubError: no such account, or they are one party now: unlink it first.
    """

    def work(accounts: list[Account], standing: list[Decision], keys: list[Key]) -> Change:
        if any(set(keys) <= set(party.members) for party in pure.parties(accounts, standing)):
            raise pure.NotOne("they are one party: unlink one of them first")
        return Change(Decision(0, pure.DIFFERENT, keys[0], keys[1]), ())

    _decide(desk, [one, other], reason, work)


def _decide(desk: Desk, names: list[str], reason: str, decide: object) -> None:
    def work(unit: UnitOfWork) -> None:
        accounts = store.accounts(unit.connection, books_of(desk, unit.connection))
        known = {pure.written(account.key): account.key for account in accounts}
        for name in names:
            if name not in known:
                raise HubError(
                    code="HUB-BOOK-005",
                    what=f"there is no account {name!r}",
                    where=name,
                    mend="write SELLER:ACCOUNT as hub export debtors has them",
                )
        try:
            change = decide(accounts, store.decisions(unit.connection), [known[name] for name in names])  # type: ignore[operator]
        except pure.NotOne as error:
            raise HubError(
                code="HUB-BOOK-006",
                what=f"{' and '.join(names)}: {error}",
                where=names[0],
                mend="look at hub parties list",
            ) from error
        store.change(unit, [change], reason)

    desk.act(work)
