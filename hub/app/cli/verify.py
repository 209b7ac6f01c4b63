"""`hub verify`: recompute what can be recomputed and name every difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.services.verify import Verification


@click.command("verify", short_help="Recompute everything from the raw records and name differences.")
@with_json
@common
@pass_session
def command(session: Session) -> int:
    """Recompute everything from the raw records and name differences.

    The journal's chains, the digests of the evidence, every record from its raw unit, and the open amounts. Nothing
    is corrected. Exit status 1 when something differs or could not be looked at.
    """
    from hub.app.cli.progress import counting
    from hub.core.services.verify import verify

    hub = session.hub
    known, unavailable = starts(hub)
    with counting("verify", "raw records") as tell:
        found = verify(hub.desk, known, lambda number: tell("", number))
    found.not_checked += unavailable
    if session.json:
        from hub.app.cli.table import show_json

        show_json(_document(found))
    else:
        show(found)
    return 1 if found.differences or found.not_checked else 0


def starts(hub: Hub) -> tuple[list[tuple[str, Any]], list[str]]:
    """How to start each configured connector, and those whose settings are faulty."""
    from hub.sdk.errors import HubError

    found, unavailable = [], []
    for section in hub.settings.connectors:
        try:
            spec = hub.spec(section)
        except HubError as error:
            unavailable.append(f"{section}: {error}")
        else:
            found.append((spec.key, spec.start))
    return found, unavailable


def _document(found: Verification) -> dict[str, Any]:
    from hub.app.cli.words import money_json

    return {
        "sound": not found.differences,
        "raw_records": found.units,
        "records": found.records,
        "journal_entries": found.journal_entries,
        "open": money_json(found.open_minor),
        "gap": money_json(found.gap_minor),
        "differences": found.differences,
        "more_differences": found.more,
        "not_checked": found.not_checked,
    }


def show(found: Verification) -> None:
    """What was recomputed, what could not be looked at, and what differs."""
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amounts, count, many, wrapped

    show_table(
        [Col("recomputed", wrap=True), Col("", right=True)],
        [
            ["raw records, digest by digest", count(found.units)],
            ["records mapped from them again", count(found.records)],
            ["entries of the journal, hash by hash", count(found.journal_entries)],
            ["open amounts", amounts(found.open_minor)],
            ["difference between two ways of adding them up", amounts(found.gap_minor)],
        ],
    )
    click.echo()
    for what in found.not_checked:
        for line in wrapped(f"not checked: {what}"):
            click.echo(line)
    if not found.differences:
        click.echo("No difference.")
        return
    for what in found.differences:
        for line in wrapped(f"differs: {what}"):
            click.echo(line)
    if found.more:
        click.echo(f"and {many(found.more, 'more difference')} not listed")
    next_steps(
        ("hub sync --full", "read everything again; what differs is then recorded as a change"),
        ("hub export journal --out journal.csv", "who did what, when"),
    )
