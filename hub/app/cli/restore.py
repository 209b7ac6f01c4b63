"""`hub restore`: put a backup back, prove that it is sound, and remember that partners must be asked."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.restoring import Restoring

ALL = "all"


@click.command("restore", short_help="Put a backup back, and prove that it is sound.")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option("--force", is_flag=True, help="Also over a data base that is not empty: it is kept aside first.")
@click.option("--asked", multiple=True, metavar="NAME", help="This partner was asked what it has; all: every one was.")
@common
@pass_session
def command(session: Session, file: Path | None, force: bool, asked: tuple[str, ...]) -> int:
    """Put a backup back into the configured data base, and prove that it is sound.

    FILE is checked digest by digest before anything is touched. A backup of SQLite may be restored into PostgreSQL and
    the other way round. An older one is migrated. At the end hub verify recomputes everything.

    A restored hub does not know what it sent since the backup: nothing is sent to a partner before it was asked what it
    has. Once that was done, say so: hub restore --asked NAME, or --asked all.
    """
    if (file is None) == (not asked):
        raise click.UsageError("name the backup, or say who was asked: --asked NAME, --asked all")
    if file is None:
        return _asked(session, asked)
    from hub.app.cli.progress import counting
    from hub.app.restoring import restore

    with counting("restore", "rows") as tell:
        done = restore(session.hub, file, force=force, progress=tell)
    _show(session, done)
    return _verify(session)


def _asked(session: Session, asked: tuple[str, ...]) -> int:
    from hub.core.services import restored

    hub = session.hub
    names = [] if ALL in asked else [hub.key_of(section) for section in hub.sections(asked)]
    restored.close(hub.desk, names)
    click.echo("Noted: " + (f"{', '.join(asked)} may be sent to again." if names else "everybody was asked."))
    return 0


def _show(session: Session, done: Restoring) -> None:
    from hub.app.cli.words import count, moment

    made = moment(done.manifest.made_at, session.hub.zone)
    click.echo(f"Restored the hub of {made}: {count(done.manifest.rows)} rows.")
    if done.kept:
        click.echo(f"What was there before is kept: {done.kept}")


def _verify(session: Session) -> int:
    """Recompute everything; a restored hub that is not sound is told as an error."""
    from hub.app.cli.progress import counting
    from hub.app.cli.table import next_steps
    from hub.app.cli.verify import show, starts
    from hub.core.services.verify import verify
    from hub.sdk.errors import HubError

    known, unavailable = starts(session.hub)
    with counting("verify", "raw records") as tell:
        found = verify(session.hub.desk, known, lambda number: tell("", number))
    found.not_checked += unavailable
    show(found)
    if found.differences:
        raise HubError(
            code="HUB-BAK-006",
            what=f"the backup was restored, and hub verify finds {len(found.differences)} differences",
            where="hub restore",
            mend="restore another backup, or ask for help with what is listed above",
        )
    next_steps(
        ("hub restore --asked all", "once every partner was asked what it already has"),
        ("hub sync", "read what came since"),
    )
    return 0
