"""`hub held`: the quarantine. Nothing read is lost; what was not understood waits here with reason and remedy."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.store.held import HeldUnit


#: The code of a question about a document: only a person answers it, one by one.
QUESTION = "HUB-REC-004"


@click.group("held", short_help="Records that could not be understood: list, show, replay, discard.")
@common
def command() -> None:
    """Records that could not be understood: list, show, replay, discard.

    Mend the file or the configuration and run hub sync again; or replay what was kept after correcting hub.toml; or
    discard what is not needed. Its neighbours were taken in.
    """


@command.command("list")
@click.option("--connector", metavar="NAME", help="Only of this connector.")
@with_json
@common
@pass_session
def list_(session: Session, connector: str | None) -> None:
    """What is held now, in order of arrival."""
    from hub.core.services.held import list_held

    key = None
    if connector is not None:
        session.hub.sections([connector])
        key = session.hub.key_of(connector)
    found = list_held(session.desk, connector=key)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"held": [_entry(unit) for unit in found]})
    else:
        _show_list(found)


def _entry(unit: HeldUnit) -> dict[str, Any]:
    from hub.app.cli.words import iso_moment

    names = ("id", "connector", "stream", "code", "place", "what", "mend", "excerpt", "lines", "state")
    since = iso_moment(unit.stands_since) if unit.stands_since is not None else None
    return {
        **{name: getattr(unit, name) for name in names},
        "recorded_at": iso_moment(unit.recorded_at),
        "stands_since": since,
    }


def _show_list(found: list[HeldUnit]) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import many

    if not found:
        click.echo("Nothing is held.")
        return
    columns = [Col("id", right=True), Col("connector", wrap=True), Col("place", wrap=True), Col("why", wrap=True)]
    show_table(columns, [[str(unit.id), unit.connector, unit.place, f"{unit.what} ({unit.code})"] for unit in found])
    click.echo()
    old = sum(unit.stands_since is not None for unit in found)
    if old:
        click.echo(f"{many(old, 'was', 'were')} understood before: what they said then stands until they are mended.")
    lines = sum(unit.lines for unit in found)
    stand = f", standing for {many(lines, 'record')}" if lines != len(found) else ""
    click.echo(f"{many(len(found), 'entry', 'entries')} held{stand}.")
    next_steps(
        (f"hub held show {found[0].id}", "one of them, as it was read"),
        ("hub sync", "after correcting the file: what is mended is taken in"),
        ("hub held replay --all", "after correcting hub.toml: tried again without reading files"),
        (f'hub held discard {found[0].id} --reason "…"', "set one aside for good"),
    )


@command.command("show")
@click.argument("held_id", metavar="ID", type=int)
@with_json
@common
@pass_session
def show(session: Session, held_id: int) -> None:
    """One held record: place, reason, remedy, and the record as it was read."""
    from hub.core.services.held import show_held

    unit = show_held(session.desk, held_id)
    if session.json:
        from hub.app.cli.table import show_json

        show_json(_entry(unit))
        return
    from hub.app.cli.words import moment, styled, wrapped

    click.echo(f"{styled(unit.code, 'bold')}  {unit.place}")
    for line in (
        *wrapped(unit.what, indent="  "),
        *wrapped(f"What to do: {unit.mend}", indent="  "),
        *_standing(unit, session),
        f"  {unit.connector}/{unit.stream}, {unit.state}, read {moment(unit.recorded_at, session.hub.zone)}",
        "",
        *(f"  | {line}" for line in unit.excerpt.splitlines()),
    ):
        click.echo(line)


def _standing(unit: HeldUnit, session: Session) -> list[str]:
    """That the former version of the record is still in force."""
    from hub.app.cli.words import moment, wrapped

    if unit.stands_since is None:
        return []
    return wrapped(f"The version of {moment(unit.stands_since, session.hub.zone)} stands until then.", indent="  ")


@command.command("replay")
@click.argument("ids", metavar="[ID]...", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that is held, but the questions (HUB-REC-004).")
@click.option("--instead", is_flag=True, help="They take the place of the former documents of their number.")
@with_json
@common
@pass_session
def replay(session: Session, ids: tuple[int, ...], everything: bool, instead: bool) -> int:
    """Try held records again, from what was kept, with the present configuration and connectors."""
    from hub.core.services.held import list_held, show_held
    from hub.core.sync.replay import replay_held

    if bool(ids) == everything:
        raise click.UsageError("Name the records to replay, or --all.")
    if instead and everything:
        raise click.UsageError("Name the records that take the place of others.")
    hub = session.hub
    for number in ids:
        unit = show_held(hub.desk, number)  # refuses a number that never was
        if unit.state != "open":
            click.echo(f"{number} is not held any more: {unit.state}", err=True)
    standing = [unit for unit in list_held(hub.desk) if unit.id in ids or (everything and unit.code != QUESTION)]
    by_key: dict[str, list[int]] = {}
    for unit in standing:
        by_key.setdefault(unit.connector, []).append(unit.id)
    sections = {hub.key_of(section): section for section in hub.settings.connectors}
    gone = sorted(by_key.keys() - sections.keys())
    understood = left = 0
    for key, numbers in by_key.items():
        if key in sections:
            counts = replay_held(hub.store, hub.spec(sections[key]), numbers, actor=hub.actor, instead=instead)
            understood, left = understood + counts.changed + counts.same, left + counts.held
    _told(session, understood, left, gone)
    return 2 if gone else 0


def _told(session: Session, understood: int, left: int, gone: list[str]) -> None:
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"replayed": understood + left, "understood": understood, "still_held": left, "not_configured": gone})
        return
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import many

    click.echo(f"{many(understood + left, 'record')} tried again: {understood} understood now, {left} still held.")
    for key in gone:
        click.echo(f"those of {key!r} were left: that connector is not configured any more", err=True)
    steps = [("hub reconcile", "apply what came in")] if understood else []
    if left:
        steps.append(("hub held list", "why the others are still held"))
    next_steps(*steps)


@command.command("discard")
@click.argument("ids", metavar="ID...", type=int, nargs=-1, required=True)
@with_reason("Why it is not needed; kept for ever.")
@common
@pass_session
def discard(session: Session, ids: tuple[int, ...], reason: str) -> None:
    """Set held records aside for good, with a reason. They stay as evidence."""
    from hub.app.cli.words import many
    from hub.core.services.held import discard_held, list_held

    places = {unit.id: unit.place for unit in list_held(session.desk)}
    for held_id in ids:
        discard_held(session.desk, held_id, reason)
        click.echo(f"{held_id} is set aside: {places.get(held_id, '')}")
    left = Counter(unit.connector for unit in list_held(session.desk))
    click.echo(f"{many(len(ids), 'record')} set aside; {many(sum(left.values()), 'record')} still held.")
