"""`hub sightings`: which receipts are one sum of money, seen at the bank, at a provider and in the books."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.store.sightings import LinkRow

_STATUSES = ("auto", "confirmed", "reversed", "suggested")
#: Why, by the stored spelling of the rule.
RULES = {
    "reference": "the same reference",
    "payer": "the same payer and amount, days apart",
    "account": "the debtor whose invoice it pays; the same amount, days apart",
    "twins": "as many entries as movements of one payer and amount",
    "amount": "the same amount, nothing more",
    "batch": "a whole batch of the books",
    "deposit": "cheques that add up to the deposit",
    "payout": "the charges of a payout, less fees",
    "posting": "the reference that the hub gave its entry",
    "person": "said by a person",
}


@click.group("sightings", short_help="Receipts that are one sum of money: list, confirm, link, unlink.")
@common
def command() -> None:
    """Receipts that are one sum of money: list, confirm, link, unlink.

    The bank, a payment provider and the books each tell of a payment. Linked, it counts once.
    """


@command.command("list")
@click.option("--status", "statuses", multiple=True, type=click.Choice(_STATUSES), help="May be given several times.")
@with_json
@common
@pass_session
def list_(session: Session, statuses: tuple[str, ...]) -> None:
    """Links, then suggestions; the parts of a deposit share a name."""
    from hub.core.services.sightings import list_sightings

    rows = list_sightings(session.desk, statuses=statuses)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"sightings": [entry(row) for row in rows]})
    else:
        _show(rows)


def entry(row: LinkRow) -> dict[str, Any]:
    """A link for a JSON document."""
    from hub.app.cli.words import iso_moment
    from hub.sdk.money import decimal_text

    return {
        "name": row.name,
        "status": row.status,
        "receipt_id": row.receipt_id,
        "connector": row.receipt_connector,
        "received_on": row.received_on.isoformat(),
        "counted_as": row.carrier_id,
        "counted_connector": row.carrier_connector,
        "counted_on": row.carried_on.isoformat(),
        "amount": decimal_text(row.amount_minor, row.currency),
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "rule": row.rule,
        "confidence": row.confidence_ppm / 1_000_000,
        "evidence": json.loads(row.evidence),
        "actor": row.actor or None,
        "recorded_at": iso_moment(row.recorded_at),
        "reversed_because": row.reversed_because,
    }


def _show(rows: list[LinkRow]) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amount, day

    if not rows:
        click.echo("No receipt was seen twice.")
        return
    lines = [
        [
            row.name, row.status, f"{row.receipt_connector}:{row.receipt_id}\n{day(row.received_on)}",
            f"{row.carrier_connector}:{row.carrier_id}\n{day(row.carried_on)}", amount(row.amount_minor, row.currency),
            RULES.get(row.rule, row.rule),
        ]
        for row in rows
    ]  # fmt: skip
    columns = [
        Col("name"), Col("status"), Col("receipt", wrap=True), Col("counted as", wrap=True), Col("amount", right=True),
        Col("why", wrap=True),
    ]  # fmt: skip
    show_table(columns, lines)
    steps = []
    suggested = [row.name for row in rows if row.status == "suggested"]
    standing = [row.name for row in rows if row.status in ("auto", "confirmed")]
    if suggested:
        steps.append((f"hub sightings confirm {suggested[0]}", "they are one sum"))
        steps.append((f'hub sightings unlink {suggested[0]} --reason "…"', "they are two"))
    elif standing:
        steps.append((f'hub sightings unlink {standing[0]} --reason "…"', "a link that is wrong"))
    next_steps(*steps)


@command.command("confirm")
@click.argument("names", metavar="NAME...", nargs=-1, required=True)
@common
@pass_session
def confirm(session: Session, names: tuple[str, ...]) -> None:
    """Link what was suggested, as your decision."""
    from hub.core.services.sightings import confirm as apply

    for name in names:
        _say("linked", apply(session.desk, name))


@command.command("link")
@click.argument("first", metavar="RECEIPT")
@click.argument("second", metavar="OTHER")
@with_reason("Why; kept with the link.")
@common
@pass_session
def link(session: Session, first: str, second: str, reason: str) -> None:
    """Say that two receipts are one sum, or that the smaller one is a part of the larger.

    Receipts are named by their id, or as connector:id when several have it.
    """
    from hub.core.services.sightings import link as apply

    _say("linked", apply(session.desk, first, second, reason))


@command.command("unlink")
@click.argument("name")
@with_reason("Why; kept with the reversal.")
@common
@pass_session
def unlink(session: Session, name: str, reason: str) -> None:
    """Say that a link or a suggestion is wrong. Nothing is erased; what was applied goes back to its receipt."""
    from hub.core.services.sightings import unlink as apply

    _say("kept apart", apply(session.desk, name, reason))


def _say(done: str, rows: list[LinkRow]) -> None:
    from hub.app.cli.words import amount

    for row in rows:
        sides = f"{row.receipt_connector}:{row.receipt_id} and {row.carrier_connector}:{row.carrier_id}"
        click.echo(f"{done} {row.name}: {sides}, {amount(row.amount_minor, row.currency)}")
