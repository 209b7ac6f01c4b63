"""`hub export KIND`: one table, on the screen or in a file."""

from __future__ import annotations

import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.group import common, pass_session
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.services.exports import Table

#: The spellings of `hub.core.services.exports.KINDS`; a test compares them. Here so that --help imports nothing.
KINDS = (
    "open-items", "allocations", "proposals", "receipts", "aged-balance", "indicators", "gaps", "gap-records",
    "bank-gaps", "disagreements", "parties", "sightings", "collected", "journal", "held", "debtors",
)  # fmt: skip
#: The spellings of `hub.core.services.exports.FORMATS`; a test compares them.
FORMATS = ("csv", "jsonl", "xlsx")


class Day(click.ParamType[date]):
    """A date as people write it: 2026-06-30 or 30/06/2026."""

    name = "DATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        text = str(value).strip()
        parts = text.split("/")
        if len(parts) == 3 and len(parts[2]) != 4:
            self.fail(f"{text!r} has no year of four digits: write it 2026-06-30 or 30/06/2026", param, ctx)
        try:
            day = date(*(int(part) for part in reversed(parts))) if len(parts) == 3 else date.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no date: write it 2026-06-30 or 30/06/2026", param, ctx)
        return self._of_a_ledger(day, text, param, ctx)

    def _of_a_ledger(self, day: date, text: str, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if not 1950 <= day.year <= 2200:
            self.fail(f"{text!r} is no date that a ledger has", param, ctx)
        return day


class Instant(Day):
    """A day, which means its end, or an instant: 2026-07-02T14:30, with an offset (+02:00, Z) or in the hub's zone."""

    name = "INSTANT"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        text = str(value).strip()
        if isinstance(value, date) or ":" not in text:
            return super().convert(value, param, ctx)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no instant: write it 2026-07-02T14:30 or 2026-07-02T14:30:00+02:00", param, ctx)
        return self._of_a_ledger(moment, text, param, ctx)


@click.command("export", short_help="Write a table: open items, aged balance, allocations and others.")
@click.argument("kind", type=click.Choice(KINDS), metavar="KIND")
@click.option("--as-of", type=Day(), help="The state at the end of this day [default: today].")
@click.option(
    "--known-on", type=Instant(), help="As it was known at the end of this day, or at this instant [default: now]."
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="[default: by the file's name, else csv]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file [default: the screen].")
@click.option("--seller", help="Only this seller.")
@click.option(
    "--messages",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="With collected: also the XML message of each status, a file each.",
)
@common
@pass_session
def command(
    session: Session, kind: str, as_of: date | None, known_on: date | None, form: str | None, out: Path | None,
    seller: str | None, messages: Path | None,
) -> None:  # fmt: skip
    """Write a table to a file or to the screen.

    \b
    KIND is one of:
      open-items    invoices and credits with something still open
      allocations   receipts applied to invoices; reversed ones and suggestions too
      proposals     suggestions that wait for a person
      receipts      money received, what is applied of it, why the rest is not
      aged-balance  what each debtor owes, by lateness
      indicators    DSO, overdue rate and the like, by seller and currency
      gaps          where the open items and the books' own balances differ
      bank-gaps     where bank statements do not meet, or other money is booked
      gap-records   the records behind each gap, with their share of it
      disagreements what other connectors say otherwise of the books' invoices
      parties       what each debtor owes to all sellers, and his group
      sightings     receipts that are one sum of money
      collected     what was received on each e-invoice, by VAT rate
      journal       who did what, when
      held          records that could not be understood
      debtors       accounts of debtors as the books have them

    csv is for French spreadsheets (semicolon, decimal comma, dd/mm/yyyy), jsonl for machines (exact amounts in minor
    units), xlsx a workbook. A file is written whole or not at all. docs/commands.md lists the columns.

    collected prepares the status of each receipt that has none yet, once and for ever; nothing is sent.
    """
    if messages is not None and kind != "collected":
        raise click.UsageError("--messages goes with collected: hub export collected --messages DIR")
    from hub.core.services.exports import Asked, open_table, write_file, write_stream

    chosen = form or _by_name(out)
    if kind == "collected":
        from hub.app.cli.collected import prepare

        prepare(session, messages)
    asked = Asked(as_of, known_on, seller)
    with open_table(session.desk, kind, asked) as table:
        if out is None or str(out) == "-":
            if chosen != "xlsx":
                _free_standard_output()
            rows = write_stream(table, chosen, sys.stdout)
        else:
            rows = write_file(table, chosen, out)
    _tell(table, rows, out, seller)


def _by_name(out: Path | None) -> str:
    """The format that the file's name asks for; a name without ending, and the screen, get CSV."""
    ending = out.suffix.lower().lstrip(".") if out else ""
    if ending in FORMATS:
        return ending
    if ending and str(out) != "-":
        raise click.UsageError(
            f"there is no format {ending!r}: end the file's name in .csv, .xlsx or .jsonl, or say --format"
        )
    return "csv"


def _free_standard_output() -> None:
    """Line ends are the format's own (CSV: CRLF), the text is UTF-8, whatever the locale says."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(encoding="utf-8", newline="")


def _tell(table: Table, rows: int, out: Path | None, seller: str | None) -> None:
    """On standard error: what was written where, and remarks."""
    from hub.app.cli.words import many

    if out is not None and str(out) != "-":
        click.echo(f"{many(rows, 'row')} of {table.kind} in {os.fspath(out)}", err=True)
    if rows == 0 and seller is not None:
        click.echo(f"note: nothing of seller {seller!r}; sellers are listed by hub status", err=True)
    for note in dict.fromkeys(table.notes):
        click.echo(f"note: {note}", err=True)
