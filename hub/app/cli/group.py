"""The list of commands, known without importing any of them, and the options that all of them understand."""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from hub.app.cli.session import Session


class Entry(NamedTuple):
    """Where a command lives, and its line in `hub --help`."""

    module: str
    line: str


#: Every command, in the order of a first day. A test compares the lines with the commands themselves.
COMMANDS = {
    "init": Entry("init", "Write a commented hub.toml and the folders it reads."),
    "check": Entry("check", "Say what is wrong with the set-up, and how to mend it."),
    "sync": Entry("sync", "Run the connectors now."),
    "held": Entry("held", "Records that could not be understood: list, show, replay, discard."),
    "reconcile": Entry("reconcile", "Apply receipts to invoices, and suggest what is not certain."),
    "allocations": Entry("allocations", "What receipts were applied to: list, confirm, reverse, explain."),
    "sightings": Entry("sightings", "Receipts that are one sum of money: list, confirm, link, unlink."),
    "parties": Entry("parties", "Debtors' accounts that are one legal person: list, link, unlink, part."),
    "books": Entry("books", "Payments for the books, as a file to import: write, list, withdraw."),
    "status": Entry("status", "How things stand: connectors, open amounts, what waits for you."),
    "export": Entry("export", "Write a table: open items, aged balance, allocations and others."),
    "connectors": Entry("connectors", "Installed connectors: list, check one, begin a new one."),
    "verify": Entry("verify", "Recompute everything from the raw records and name differences."),
    "users": Entry("users", "Who may act: create, list, disable; tokens for machines."),
    "daemon": Entry("daemon", "Run connectors by their schedules until told to stop."),
    "serve": Entry("serve", "Answer webhooks, health checks and metrics over HTTP until told to stop."),
    "reload": Entry("reload", "Let the running daemon read the configuration again."),
    "backup": Entry("backup", "Write one file from which the hub can be made again."),
    "restore": Entry("restore", "Put a backup back, and prove that it is sound."),
    "demo": Entry("demo", "A small French company, from its files to an aged balance."),
}


class ReaderGone(Exception):
    """Whoever read our output has what he wants: ``hub export journal | head``."""


class LazyGroup(click.Group):
    """The commands of `COMMANDS`; a command's module is imported when it is called, never for the help."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"hub.app.cli.{COMMANDS[name].module}").command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """As click does; but a reader who went away is told apart from a command that answers 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise ReaderGone from error

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.line) for name, entry in COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and not args[0].startswith("-") and args[0] not in COMMANDS:
            import difflib

            near = difflib.get_close_matches(args[0], COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " See hub --help."
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)


def _config(ctx: click.Context, _parameter: click.Parameter, value: Path | None) -> None:
    if value is not None:
        ctx.ensure_object(Session).config = value


def _verbose(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    session = ctx.ensure_object(Session)
    if value and not session.verbose:
        from hub.app.logs import say_more

        session.verbose = True
        say_more()


def _json(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        ctx.ensure_object(Session).json = True


class _ConfigFile(click.ParamType[Path]):
    """A path; whether it can be read is said by the reader of the configuration, with its remedy."""

    name = "FILE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        return Path(os.path.expanduser(value))


def common(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--config` and `-v`, understood before and after a command's name."""
    for option in (
        click.option(
            "-v", "--verbose", is_flag=True, expose_value=False, callback=_verbose, help="Say more while working."
        ),
        click.option(
            "--config", type=_ConfigFile(), expose_value=False, callback=_config,
            help="The configuration [default: HUB_CONFIG, else hub.toml here].",
        ),
    ):  # fmt: skip
        function = option(function)
    return function


def with_json(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--json`, of listings and reports: one JSON document on standard output, stable keys (docs/commands.md)."""
    return click.option(
        "--json", is_flag=True, expose_value=False, callback=_json, help="One JSON document instead of a table."
    )(function)


def _reasoned(_ctx: click.Context, _parameter: click.Parameter, value: str) -> str:
    if not value.strip():
        raise click.UsageError("--reason needs a few words.")
    return value.strip()


def with_reason(about: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """`--reason`, of acts that nobody may do without one: some words, without blanks around them."""
    return click.option("--reason", required=True, callback=_reasoned, help=about)


pass_session = click.make_pass_decorator(Session, ensure=True)


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if value:
        from hub import __version__

        click.echo(f"hub {__version__}")
        ctx.exit()


@click.group(
    "hub",
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit status: 0 done; 1 something needs a person; 2 cannot run; 3 a partner or the data base is out of "
    "reach. Every listing takes --json. HUB_ACTOR names who acts, in the journal.",
)
@common
@click.option(
    "--version", is_flag=True, expose_value=False, is_eager=True, callback=_version, help="Show the version and leave."
)
@click.pass_context
def root(ctx: click.Context) -> None:
    """Invoices, the money received for them and whoever may act on them, kept together with proof."""
    ctx.ensure_object(Session)
