"""The export of parties: a row per account and currency, beside what the party and its group owe to all sellers."""

from __future__ import annotations

from collections.abc import Iterator

from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.parties import Owed, party_view

PARTIES = (
    Column("party"), Column("siren"), Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("siret"),
    Column("rule"), Column("currency"), Column("open", "amount"), Column("overdue", "amount"),
    Column("party_open", "amount"), Column("party_overdue", "amount"), Column("group"), Column("group_open", "amount"),
)  # fmt: skip

_NOTHING = Owed()


def parties(scope: Scope) -> Iterator[Row]:
    """Parties by name, their accounts in order; an account that owes nothing has one row without amounts."""
    view = party_view(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)
    for party in view.parties:
        whole = view.by_party.get(party.name, _NOTHING)
        group = view.heads[party.name]
        of_group = view.by_group.get(group, _NOTHING)
        for key, rule in zip(party.members, party.rules, strict=True):
            account, owed = view.accounts[key], view.by_account.get(key, _NOTHING)
            siren = party.sirens[0] if party.sirens else None
            head = (party.name, siren, *key, account.name, account.siret, rule)
            for currency in sorted(owed.open_minor):
                yield (
                    *head, currency, owed.open_minor[currency], owed.overdue_minor[currency],
                    whole.open_minor[currency], whole.overdue_minor[currency], group, of_group.open_minor[currency],
                )  # fmt: skip
            if not owed.open_minor:
                yield (*head, None, None, None, None, None, group, None)
