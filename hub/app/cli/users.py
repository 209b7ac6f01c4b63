"""`hub users`: who may act, and as what."""

from __future__ import annotations

from typing import Any

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

#: The spellings of `hub.core.services.users.ROLES`; a test compares them.
ROLES = ("reader", "controller", "approver", "administrator")


@click.group("users", short_help="Who may act: create, list, disable; tokens for machines.")
@common
def command() -> None:
    """Who may act, and as what.

    Until the first user is created, whoever runs the commands may do everything. From then on an act needs a user: the
    one named like the login (or HUB_ACTOR), or the one whose token stands in HUB_TOKEN.

    \b
    reader         sees everything
    controller     settles receipts, deals with held records
    approver       also approves what others prepared
    administrator  also manages users and connectors
    """


@command.command("create")
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--seller", "sellers", multiple=True, help="Acts only for this seller; may be repeated. [default: all]")
@click.option("--password", "ask", is_flag=True, help="Ask for a password, for the page.")
@common
@pass_session
def create(session: Session, name: str, role: str, sellers: tuple[str, ...], ask: bool) -> None:
    """Create a user. The name stands in the journal and is never given to somebody else."""
    from hub.app.cli.table import next_steps
    from hub.core.services import users

    password = click.prompt("Password", hide_input=True, confirmation_prompt=True) if ask else None
    users.create(session.desk, name, role, sellers or None, password)
    click.echo(f"{name} may act as {role}" + (f" for {', '.join(sellers)}." if sellers else " for every seller."))
    next_steps((f"hub users token {name} --label LABEL", "a token for a machine that acts in this name"))


@command.command("list")
@with_json
@common
@pass_session
def list_(session: Session) -> None:
    """Every user, also those who were disabled."""
    from hub.core.services import users

    found = users.listed(session.desk)
    if session.json:
        from hub.app.cli.table import show_json
        from hub.app.cli.words import iso_moment

        entries: list[dict[str, Any]] = [
            {
                "name": user.name, "role": user.role, "sellers": user.sellers, "enabled": user.enabled,
                "tokens": tokens, "created_at": iso_moment(user.created_at),
            }
            for user, tokens in found
        ]  # fmt: skip
        show_json({"users": entries})
        return
    from hub.app.cli.table import Col, next_steps, show_table

    if not found:
        click.echo("There are no users: whoever runs the commands may do everything.")
        next_steps(("hub users create NAME --role administrator", "from then on every act needs a user"))
        return
    columns = [Col("name"), Col("role"), Col("sellers", wrap=True), Col("tokens", wrap=True), Col("state")]
    rows = [
        [
            user.name, user.role, ", ".join(user.sellers) if user.sellers else "all", ", ".join(tokens) or "-",
            "may act" if user.enabled else "disabled",
        ]
        for user, tokens in found
    ]  # fmt: skip
    show_table(columns, rows)
    next_steps(("hub users disable NAME", "and every token of it"))


@command.command("disable")
@click.argument("name")
@common
@pass_session
def disable(session: Session, name: str) -> None:
    """Disable a user and revoke its tokens. What it did stands, under its name."""
    from hub.core.services import users

    users.disable(session.desk, name)
    click.echo(f"{name} can no longer act; its tokens are revoked.")


@command.command("token")
@click.argument("name")
@click.option("--label", required=True, help="What the token is for: it is listed and revoked by this name.")
@common
@pass_session
def token(session: Session, name: str, label: str) -> None:
    """Make a token for a machine that acts as this user. It is shown once."""
    from hub.core.services import users

    made = users.new_token(session.desk, name, label)
    click.echo(made)
    click.echo("Keep it now: it is not shown again. Use it as HUB_TOKEN, or as a bearer token.", err=True)
