"""`hub serve`: answer webhooks, health and metrics until told to stop."""

from __future__ import annotations

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session


@click.command("serve", short_help="Answer webhooks, health checks and metrics over HTTP until told to stop.")
@click.option("--host", help="Address to listen on [default: [serve] host, 127.0.0.1].")
@click.option("--port", type=click.IntRange(0, 65_535), help="Port to listen on [default: [serve] port, 8765].")
@click.option("--beside", metavar="EXECUTOR", hidden=True, help="The daemon that started it, and with which it ends.")
@common
@pass_session
def command(session: Session, host: str | None, port: int | None, beside: str | None) -> int:
    """Answer webhooks, health checks and metrics over HTTP until told to stop.

    POST /webhooks/NAME for each [connector.NAME] that receives them, GET /health/live, /health/ready and /metrics.
    `hub daemon --serve` runs it beside the daemon; webhooks are dealt with by a daemon or by hub sync. SIGHUP reads the
    configuration again. docs/operating.md tells how to put a proxy with TLS before it.
    """
    from hub.app.serve import Service

    Service(session.config, host=host, port=port, beside=beside).run()
    return 0
