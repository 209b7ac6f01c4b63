"""`hub daemon`: run connectors by their schedules until told to stop."""

from __future__ import annotations

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session


@click.command("daemon", short_help="Run connectors by their schedules until told to stop.")
@click.option("--executor", help="A stable name for this daemon [default: the machine's name and a number].")
@click.option("--serve", is_flag=True, help="Run hub serve beside it: webhooks, health checks, metrics.")
@common
@pass_session
def command(session: Session, executor: str | None, serve: bool) -> int:
    """Run connectors by their schedules until told to stop.

    Each [connector.NAME] says `every = "PT15M"` or `cron = "30 6 * * 1-5"`; one that says neither runs when somebody
    asks. SIGTERM ends the daemon after the pages at hand; SIGHUP (hub reload) reads the configuration again. Several
    daemons may work on one PostgreSQL. docs/operating.md tells how to run it as a service.
    """
    from hub.app.daemon import Daemon

    Daemon(session.config, executor=executor, serve=serve).run()
    return 0
