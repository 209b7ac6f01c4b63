"""`hub reload`: let the daemons of this machine read the configuration again."""

from __future__ import annotations

import os
import signal

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session


@click.command("reload", short_help="Let the running daemon read the configuration again.")
@common
@pass_session
def command(session: Session) -> int:
    """Let the running daemon read the configuration again.

    The file is checked first: a broken one is refused here, and the daemon goes on with the old one.
    """
    from hub.app.cli.words import many
    from hub.app.planned import daemons_here, plan
    from hub.sdk.errors import ConfigError

    plan(session.hub)
    processes = daemons_here(session.hub)
    if not processes:
        raise ConfigError(
            code="HUB-JOB-005",
            what="no daemon runs on this machine with this data base",
            where=str(session.hub.settings.path),
            mend="start one: hub daemon",
        )
    for process in processes:
        os.kill(process, signal.SIGHUP)
    click.echo(f"{many(len(processes), 'daemon')} told to read {session.hub.settings.path} again.")
    return 0
