"""`hub parties`: which accounts of debtors are one legal person, and what it owes to all sellers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.identity.alike import Alike
    from hub.core.services.parties import PartyView

#: What two accounts have in common, by the stored spelling.
SHARED = {"vat_number": "the same VAT number", "iban": "the same IBAN", "name": "the same name"}


@click.group("parties", short_help="Debtors' accounts that are one legal person: list, link, unlink, part.")
@common
def command() -> None:
    """Debtors' accounts that are one legal person: list, link, unlink, part.

    Equal SIREN makes one party by itself. Accounts are written SELLER:ACCOUNT.
    """


@command.command("list")
@click.option("--all", "everything", is_flag=True, help="Also the parties that have one account only.")
@with_json
@common
@pass_session
def list_(session: Session, everything: bool) -> None:
    """Parties with several accounts, what they owe, and accounts that may be one party."""
    from hub.core.services.parties import list_parties

    view, alike = list_parties(session.desk)
    chosen = [party for party in view.parties if everything or len(party.members) > 1]
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"parties": [_entry(view, party) for party in chosen], "suggestions": [_alike(one) for one in alike]})
    else:
        _show(view, chosen, alike)


def _entry(view: PartyView, party: Any) -> dict[str, Any]:
    from hub.app.cli.words import money_json

    owed = view.by_party.get(party.name)
    return {
        "party": party.name,
        "sirens": list(party.sirens),
        "name": view.accounts[party.members[0]].name,
        "group": view.heads[party.name],
        "accounts": [
            {"seller": key[0], "debtor_id": key[1], "siret": view.accounts[key].siret, "rule": rule}
            for key, rule in zip(party.members, party.rules, strict=True)
        ],
        "open": money_json(owed.open_minor) if owed else {},
        "overdue": money_json(owed.overdue_minor) if owed else {},
    }


def _alike(one: Alike) -> dict[str, Any]:
    from hub.core.identity.parties import written

    return {"account": written(one.one), "other": written(one.other), "rule": one.rule, "shared": one.shared}


def _show(view: PartyView, chosen: list[Any], alike: list[Alike]) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amounts
    from hub.core.identity.parties import written

    if chosen:
        rows = []
        for party in chosen:
            owed = view.by_party.get(party.name)
            accounts = "\n".join(map(written, party.members))
            name = view.accounts[party.members[0]].name
            rows.append([party.name, name, accounts, amounts(owed.open_minor if owed else {})])
        show_table([Col("party"), Col("name", wrap=True), Col("accounts"), Col("open", right=True)], rows)
    else:
        click.echo("No party has several accounts.")
    if alike:
        click.echo()
        click.echo("These may be one party:")
        lines = [[written(one.one), written(one.other), f"{SHARED[one.rule]}: {one.shared}"] for one in alike]
        show_table([Col("account"), Col("other"), Col("why", wrap=True)], lines)
        first = f"{written(alike[0].one)} {written(alike[0].other)}"
        next_steps(
            (f'hub parties link {first} --reason "…"', "they are one"),
            (f'hub parties part {first} --reason "…"', "they are two"),
        )


@command.command("link")
@click.argument("one", metavar="SELLER:ACCOUNT")
@click.argument("other", metavar="SELLER:ACCOUNT")
@with_reason("Why; kept with the decision.")
@common
@pass_session
def link(session: Session, one: str, other: str, reason: str) -> None:
    """Say that two accounts are one party."""
    from hub.core.services.parties import link as apply

    apply(session.desk, one, other, reason)
    click.echo(f"{one} and {other} are one party")


@command.command("unlink")
@click.argument("one", metavar="SELLER:ACCOUNT")
@with_reason("Why; kept with the decision.")
@common
@pass_session
def unlink(session: Session, one: str, reason: str) -> None:
    """Say that an account is a party of its own. What a person linked to it is taken back."""
    from hub.core.services.parties import unlink as apply

    apply(session.desk, one, reason)
    click.echo(f"{one} is taken out of its party")


@command.command("part")
@click.argument("one", metavar="SELLER:ACCOUNT")
@click.argument("other", metavar="SELLER:ACCOUNT")
@with_reason("Why; kept with the decision.")
@common
@pass_session
def part(session: Session, one: str, other: str, reason: str) -> None:
    """Say that two accounts are different: they are not suggested again."""
    from hub.core.services.parties import part as apply

    apply(session.desk, one, other, reason)
    click.echo(f"{one} and {other} are two parties")
