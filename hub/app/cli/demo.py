"""`hub demo`: the demo company, from its files to an aged balance."""

from __future__ import annotations

from pathlib import Path

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session


@click.command("demo", short_help="A small French company, from its files to an aged balance.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default="hub-demo",
    show_default=True,
    help="Where to put it; made again each time.",
)
@click.option("--serve", is_flag=True, help="Then open its page (in a later version).")
@common
@pass_session
def command(_session: Session, folder: Path, serve: bool) -> int:
    """A small French company, from its files to an aged balance.

    Copies the company's files to a folder, reads them, applies receipts to invoices and exports the result. Two
    sellers, their debtors, invoices and credit notes, bank statements; a few records are faulty on purpose.
    """  # fmt: skip
    from hub.app.demo import run_demo

    status = run_demo(folder, click.echo)
    if serve:
        click.echo("The page comes with a later version of the hub; --serve does nothing yet.", err=True)
    return status
