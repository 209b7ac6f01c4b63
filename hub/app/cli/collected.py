"""What `hub export collected` does before it writes its table: prepare the statuses that are missing."""

from __future__ import annotations

from collections import Counter
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.app.cli.session import Session
    from hub.core.services.collected import OpenReporter


def prepare(session: Session, messages: Path | None) -> None:
    """Prepare what has no status yet, and write the XML messages if a folder is given; remarks on standard error."""
    from hub.app.cli.words import many
    from hub.core.services import collected
    from hub.core.services.rights import NotAllowed

    hub = session.hub
    reporters = _reporters(hub)
    if not reporters:
        click.echo("note: no connector brings electronic invoices (role CollectionReports)", err=True)
    try:
        found = collected.prepare(hub.desk, reporters)
    except NotAllowed as error:
        click.echo(f"note: nothing new was prepared: {error.what}", err=True)
    else:
        if found.new:
            click.echo(f"{many(found.new, 'status', 'statuses')} prepared", err=True)
        reasons = Counter(f"{error.what} ({error.code})" for _, error in found.refused)
        for reason, number in sorted(reasons.items()):
            click.echo(f"note: {many(number, 'receipt')} without status: {reason}", err=True)
    if messages is not None:
        written = collected.write_messages(hub.desk, messages)
        click.echo(f"{many(written, 'new message')} in {messages}", err=True)


def _reporters(hub: Hub) -> dict[str, OpenReporter]:
    """The connectors that can report what was received, by key."""
    from hub.core.host.reporting import reporter

    found: dict[str, OpenReporter] = {}
    for section in hub.sections():
        plugin = str(hub.settings.connectors[section].get("plugin") or "")
        connector = hub.registry.connectors.get(plugin)
        if connector is not None and "CollectionReports" in [role.__name__ for role in connector.roles]:
            spec = hub.spec(section)
            found[spec.key] = partial(reporter, spec.start, spec.limits)
    return found
