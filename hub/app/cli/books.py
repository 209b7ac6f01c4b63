"""`hub books`: hand payments that the hub knows to the books, as a file to import; what became of them; take back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hub.app.cli.export import Day
from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.app.bootstrap import Hub

#: Where files for the books go unless --out says otherwise, beside hub.toml.
FOLDER = "books"


@click.group("books", short_help="Payments for the books, as a file to import: write, list, withdraw.")
@common
def command() -> None:
    """Payments for the books, as a file to import: write, list, withdraw.

    The bank's receipts that the books do not have become a numbered file of entries. You import it; with the next hub
    sync the hub sees that the entries are there. Nothing is handed over twice.
    """


@command.command("write")
@click.argument("name")
@click.option("--until", type=Day(), help="Only receipts up to this day.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="DIR", help="Folder for the file.")
@click.option("--dry-run", is_flag=True, help="Only say what would be handed over, and what not.")
@click.option("--again", type=click.IntRange(min=1), metavar="NUMBER", help="Only the lost file of a batch, once more.")
@with_json
@common
@pass_session
def write(session: Session, name: str, until: date | None, out: Path | None, dry_run: bool, again: int | None) -> None:
    """Write a file of entries for the books NAME: the receipts that they do not have, each once.

    What is left out is listed with the reason. Without --out the file goes to the folder books/ beside hub.toml.
    """
    from hub.app.cli.handed_over import report_json, show_report
    from hub.core.host.writing import writer
    from hub.core.services.batches import HandedOver, hand_over, put_again
    from hub.core.services.handed import batch_called
    from hub.core.services.rights import require

    hub = session.hub
    [section] = hub.sections([name])
    folder = out or hub.settings.folder / FOLDER
    if again is not None:
        if dry_run or until is not None:
            raise click.UsageError("--again goes with neither --dry-run nor --until: the batch is what it was.")
        require(hub.desk.user, "controller")
        with hub.store.read() as connection:
            batch = batch_called(connection, again, hub.key_of(section))
        report = HandedOver(written=[put_again(hub.desk, batch, folder)])
    else:
        spec = hub.spec(section)
        _refuse_reader_only(hub, section, spec.plugin)
        report = hand_over(
            hub.desk, spec.key, lambda: writer(spec.start, spec.limits), folder, until=until, dry_run=dry_run
        )
    if session.json:
        from hub.app.cli.table import show_json

        show_json(report_json(report, dry_run=dry_run))
    else:
        show_report(report, section, dry_run=dry_run)


def _refuse_reader_only(hub: Hub, section: str, plugin: str) -> None:
    from hub.sdk.errors import ConfigError

    if "LedgerWriter" not in [role.__name__ for role in hub.registry.get(plugin).roles]:
        raise ConfigError(
            code="HUB-BOOK-017",
            what=f"connector {plugin!r} reads books, but cannot write entries for them",
            where=f"[connector.{section}]",
            mend="name books whose connector can: hub connectors list shows the role LedgerWriter",
        )


@command.command("list")
@click.argument("number", required=False, type=click.IntRange(min=1))
@click.option("--books", "name", metavar="NAME", help="Only those of these books.")
@with_json
@common
@pass_session
def list_(session: Session, number: int | None, name: str | None) -> None:
    """Batches and how they stand in the books; with NUMBER the postings of one."""
    from hub.app.cli.handed import batch_json, show_batches
    from hub.core.services.handed import list_batches

    found = list_batches(session.desk, number=number, key=_key(session, name))
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"batches": [batch_json(one) for one in found]})
    else:
        show_batches(session.desk, found, whole=number is not None)


def _key(session: Session, name: str | None) -> str | None:
    return None if name is None else session.hub.key_of(session.hub.sections([name])[0])


@command.command("withdraw")
@click.argument("number", type=click.IntRange(min=1))
@with_reason("Why; kept with the batch.")
@click.option("--books", "name", metavar="NAME", help="Whose batch, where several books have one of that number.")
@with_json
@common
@pass_session
def withdraw(session: Session, number: int, reason: str, name: str | None) -> None:
    """Say that a batch was never imported, nor will be.

    Its receipts go into the next one; its number is not used again. Destroy its file first: imported later, the money
    would stand in the books twice.
    """
    from hub.app.cli.handed_over import sums
    from hub.app.cli.table import next_steps, show_json
    from hub.app.cli.words import amounts, many
    from hub.core.services.batches import withdraw as apply

    row, postings = apply(session.desk, number, reason, _key(session, name))
    if session.json:
        show_json({"number": row.number, "books": row.connector, "state": "withdrawn", "receipts": len(postings)})
        return
    whole = f"{many(len(postings), 'receipt')}, {amounts(sums(postings))}"
    click.echo(f"withdrawn batch {row.number} of {row.connector}: {whole}. Destroy {row.file_name}.")
    next_steps((f"hub books write {row.connector}", "hand its receipts over in a new batch"))
