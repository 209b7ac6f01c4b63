"""`hub connectors`: what is installed, how one understands its source, the beginning of a new one."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session, with_json
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub
    from hub.core.store import UnitOfWork

_NAME = re.compile(r"[a-z][a-z0-9]*(?:[_-][a-z0-9]+)*")


@click.group("connectors", short_help="Installed connectors: list, check one, begin a new one.")
@common
def command() -> None:
    """Installed connectors: list, check one, begin a new one."""


def _hub(session: Session, sections: dict[str, dict[str, Any]] | None = None) -> Hub:
    """The configured hub; one without configuration when there is no hub.toml here and none was named."""
    from hub.app.bootstrap import Hub
    from hub.app.cli.session import actor
    from hub.app.settings import CONFIG_NAME, HubSection, ReconcileSection, Settings
    from hub.sdk.errors import ConfigError

    try:
        hub = session.hub
    except ConfigError as error:
        if error.code != "HUB-CFG-001" or session.config is not None:
            raise
        settings = Settings(Path(CONFIG_NAME), HubSection(), {}, {}, ReconcileSection(), folder=Path.cwd())
        hub = Hub(settings, actor())
    for name, values in (sections or {}).items():
        hub.settings.connectors.setdefault(name, values)
    return hub


@command.command("list")
@with_json
@common
@pass_session
def list_(session: Session) -> None:
    """Connectors that are installed, and the sections of hub.toml that use them."""
    hub = _hub(session)
    entries = [
        {
            "name": connector.name,
            "title": connector.title,
            "roles": [role.__name__ for role in connector.roles],
            "author": connector.author,
            "mapping_version": connector.mapping_version,
            "sections": [
                name for name, values in hub.settings.connectors.items() if values.get("plugin") == connector.name
            ],
        }
        for connector in hub.registry.connectors.values()
    ]
    if session.json:
        from hub.app.cli.failures import as_json
        from hub.app.cli.table import show_json

        faults = [{"plugin": fault.plugin, "error": as_json(fault.error)} for fault in hub.plugin_faults]
        show_json({"connectors": entries, "not_loaded": faults})
    else:
        _show_list(hub, entries)


def _show_list(hub: Hub, entries: list[dict[str, Any]]) -> None:
    from hub.app.cli.failures import show
    from hub.app.cli.table import Col, next_steps, show_table

    columns = [Col("connector"), Col("what it reads", wrap=True), Col("roles", wrap=True), Col("used by", wrap=True)]
    rows = [
        [entry["name"], entry["title"], ", ".join(entry["roles"]), ", ".join(entry["sections"]) or "-"]
        for entry in entries
    ]
    show_table(columns, rows)
    for fault in hub.plugin_faults:
        click.echo(err=True)
        show(fault.error)
    next_steps(
        ("hub connectors check NAME", "how one of them understands its source"),
        ("hub connectors new NAME", "begin one of your own"),
    )


@command.command("check")
@click.argument("name")
@click.option("--file", type=click.Path(path_type=Path), help="Show how it understands this file.")
@with_json
@common
@pass_session
def check(session: Session, name: str, file: Path | None) -> None:
    """Try a connector without taking anything in: its first page, twice, or one file.

    NAME is a section of hub.toml; with --file also an installed connector.
    """
    from hub.app.cli import connector_check

    hub = _hub(session)
    if name not in hub.settings.connectors and file is not None and name in hub.registry.connectors:
        hub = _hub(session, {name: connector_check.settings_for(hub, name, file)})
    hub.sections([name])
    if file is not None:
        connector_check.show_file(hub, name, file, as_json=session.json)
    else:
        connector_check.show_pages(hub, name, as_json=session.json)


@command.command("resume")
@click.argument("name")
@common
@pass_session
def resume(session: Session, name: str) -> None:
    """Let a suspended connector run again, at once."""
    from hub.core.store import connector_state

    hub = session.hub
    hub.sections([name])
    key = hub.key_of(name)

    def work(unit: UnitOfWork) -> bool:
        resumed = connector_state.resume(unit, key)
        if resumed:
            connector_state.ask(unit, key)
        return resumed

    if session.desk.act(work, role="administrator"):
        click.echo(f"{name} may run again; a running daemon begins it within seconds.")
    else:
        click.echo(f"{name} was not suspended.")


@command.command("new")
@click.argument("name")
@click.option("--dir", "folder", type=click.Path(path_type=Path), help="[default: hub-NAME here]")
@common
@pass_session
def new(_session: Session, name: str, folder: Path | None) -> None:
    """Begin a connector of your own: a small package with a test that uses the conformance kit."""
    from hub.app.cli.session import actor
    from hub.app.cli.table import next_steps
    from hub.app.cli.templates import filled
    from hub.sdk.errors import ConfigError

    if not _NAME.fullmatch(name):
        raise click.UsageError(
            f"{name!r} is no name for a connector: lower-case letters, digits and _, such as my_erp."
        )
    plain = name.replace("-", "_")
    target = folder or Path(f"hub-{plain.replace('_', '-')}")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise ConfigError(
            code="HUB-CFG-015",
            what="there is something here already; it was left as it is",
            where=str(target),
            mend="name another folder with --dir",
        )
    values = {
        "name": plain, "package": f"hub_{plain}", "distribution": f"hub-{plain.replace('_', '-')}",
        "cls": "".join(part.capitalize() for part in plain.split("_")), "code": plain.replace("_", "")[:3].upper(),
        "author": actor().replace('"', "").replace("\\", ""),
    }  # fmt: skip
    for path, text in filled("connector", values):
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        (target / path).write_text(text, encoding="utf-8")
    python = shlex.quote(sys.executable)
    click.echo(f"{target}/ holds the connector {plain!r}: a source of JSON lines to replace by yours.")
    next_steps(
        (f"cd {target} && {python} -m pip install -e '.[test]'", "so that the hub finds it"),
        (f"{python} -m pytest", "the conformance kit: every promise of a source"),
        ("hub connectors list", "whether the hub finds it"),
    )
