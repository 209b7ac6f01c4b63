"""`hub --help`: quick, because it knows the commands without importing them."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from hub.app.cli import main
from hub.app.cli.export import FORMATS as FORMS
from hub.app.cli.export import KINDS as SPELLED
from hub.app.cli.group import COMMANDS, root
from hub.app.cli.run import CANNOT_RUN
from hub.core.services.exports import FORMATS, KINDS

HEAVY = ("sqlalchemy", "pydantic", "rich", "httpx", "alembic", "lxml", "hub.sdk", "hub.core", "hub.plugins")


def test_help_imports_nothing_heavy() -> None:
    """The whole help costs click and a table of words."""
    code = (
        "import sys; from hub.app.cli import main; main(['--help']); "
        f"sys.stderr.write(' '.join(name for name in sys.modules if name.startswith({HEAVY!r})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr.strip())
    assert "reconcile" in done.stdout


@pytest.mark.parametrize("name", COMMANDS)
def test_the_table_of_help_says_what_the_commands_say(name: str) -> None:
    """A line of the static table is the command's own."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    assert (name, COMMANDS[name].line) == (command.name, command.short_help)


def _all(command: click.Command, name: str) -> list[tuple[str, click.Command]]:
    below = [entry for sub in getattr(command, "commands", {}).values() for entry in _all(sub, f"{name} {sub.name}")]
    return [(name, command), *below]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_takes_the_configuration_and_listings_json(name: str) -> None:
    """`--config` is understood before and after any command; what lists or reports has `--json`."""
    command = root.get_command(click.Context(root), name)
    assert command is not None
    listing = {
        "check", "sync", "reconcile", "status", "verify", "held list", "held show", "held replay", "allocations list",
        "allocations explain", "allocations confirm", "allocations reverse", "allocations allocate",
        "allocations write-off", "allocations mark", "allocations unmark", "allocations learnt", "allocations forget",
        "connectors list", "connectors check", "sightings list", "parties list", "users list", "books write",
        "books list", "books withdraw", "backup", "allocations unapplied",
    }  # fmt: skip
    for path, found in _all(command, name):
        options = {option for parameter in found.params for option in parameter.opts}
        assert "--config" in options, path
        assert (path in listing) == ("--json" in options), path
        assert found.help, path


def test_kinds_of_exports_are_spelled_as_the_exports_are() -> None:
    """The help spells them without importing the exports."""
    assert list(KINDS) == list(SPELLED)
    assert FORMATS == FORMS


def test_an_unknown_command_names_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    """`hub synk` is told about `sync`."""
    assert CANNOT_RUN == main(["synk"])
    assert "Did you mean 'sync'?" in capsys.readouterr().err
