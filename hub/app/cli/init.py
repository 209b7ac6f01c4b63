"""`hub init`: a commented hub.toml and the folders it reads."""

from __future__ import annotations

from pathlib import Path

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session

#: The folders that the template's connectors read.
FOLDERS = ("invoices", "statements")


@click.command("init", short_help="Write a commented hub.toml and the folders it reads.")
@click.argument("folder", metavar="[DIR]", type=click.Path(path_type=Path, file_okay=False), default=".")
@common
@pass_session
def command(_session: Session, folder: Path) -> None:
    """Write a commented hub.toml and the folders it reads.

    Into DIR, or here. What exists is never overwritten.
    """
    from hub.app.cli.table import next_steps
    from hub.app.cli.templates import template
    from hub.app.settings import CONFIG_NAME
    from hub.sdk.errors import ConfigError

    path = folder / CONFIG_NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(template("hub.toml"))
        for name in FOLDERS:
            (folder / name).mkdir(exist_ok=True)
    except FileExistsError:
        raise ConfigError(
            code="HUB-CFG-013",
            what="there is a configuration already; it was left as it is",
            where=str(path),
            mend="edit it, or name another folder: hub init DIR",
        ) from None
    except OSError as error:
        raise ConfigError(
            code="HUB-CFG-014",
            what=f"cannot be written: {error.strerror or error}",
            where=str(path),
            mend="choose a folder you may write to: hub init DIR",
        ) from error
    click.echo(f"{path} is written, with comments. Put your files where it looks for them:")
    click.echo(f"  {folder / 'invoices'}/    invoices and credit notes, as CSV or Excel")
    click.echo(f"  {folder / 'statements'}/  bank statements: CFONB 120, camt.053, MT940, OFX")
    here = "" if folder == Path() else f" --config {path}"
    next_steps((f"hub check{here}", "whether all is well"), (f"hub sync{here}", "read the files"))
