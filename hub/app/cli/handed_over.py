"""How `hub books write` tells what was handed to the books, and what was left."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hub.core.services.batches import HandedOver, Written
    from hub.core.services.postings import Left


#: Receipts left that are shown on the screen.
MOST_SHOWN = 40


def report_json(report: HandedOver, *, dry_run: bool) -> dict[str, Any]:
    """For the JSON document of `hub books write`."""
    from hub.app.cli.words import money_json
    from hub.sdk.money import decimal_text

    return {
        "dry_run": dry_run,
        "batches": [
            {
                "number": one.batch.number,
                "books": one.batch.connector,
                "file": str(one.path),
                "again": one.again,
                "receipts": len(one.postings),
                "amounts": money_json(sums(one.postings)),
            }
            for one in report.written
        ],
        "would_hand_over": [
            {
                "receipt_id": one.receipt.receipt_id,
                "received_on": one.receipt.received_on.isoformat(),
                "amount": decimal_text(one.receipt.amount_minor, one.receipt.currency),
                "amount_minor": one.receipt.amount_minor,
                "currency": one.receipt.currency,
                "parts": [
                    {"debtor_id": part.debtor_id, "invoice": part.document_number, "amount_minor": part.amount_minor}
                    for part in one.parts
                ],
            }
            for one in report.drafts
        ],
        "left": [
            {
                "receipt_id": one.receipt.receipt_id,
                "received_on": one.receipt.received_on.isoformat(),
                "amount_minor": one.receipt.amount_minor,
                "currency": one.receipt.currency,
                "payer": one.receipt.payer_name,
                "reason": one.reason,
                "what": one.what,
                "mend": one.mend,
            }
            for one in report.left
        ],
        "enter_by_hand": [
            {
                "invoice": one.document_number,
                "nature": one.nature,
                "amount_minor": one.amount_minor,
                "currency": one.currency,
            }
            for one in report.deducted
        ],
        "waiting_for_another_batch": report.more,
        "checked": report.checked,
    }


def sums(rows: Iterable[Any]) -> dict[str, int]:
    """The amounts of postings or receipts, by currency."""
    found: dict[str, int] = {}
    for row in rows:
        found[row.currency] = found.get(row.currency, 0) + row.amount_minor
    return found


def show_report(report: HandedOver, section: str, *, dry_run: bool) -> None:
    """What was written, what has to be entered by hand, what was left and why."""
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import amount, amounts, many, words_of

    for one in report.written:
        _say_written(one)
    if dry_run:
        rows = [one.receipt for one in report.drafts]
        whole = f", {amounts(sums(rows))}" if rows else ""
        click.echo(f"Would hand over {many(len(rows), 'receipt')}{whole}. Nothing was written.")
    elif not report.written:
        click.echo("Nothing to hand over: the books have every payment that the hub is certain of.")
    if not report.checked:
        click.echo("These books give no balances: whether they and the hub agree about a debtor is not known.")
    for less in report.deducted:
        words = words_of(less.nature)
        click.echo(f"Enter by hand: {words} {amount(less.amount_minor, less.currency)} on {less.document_number}")
    if report.left:
        _show_left(report.left)
    steps = []
    if report.written:
        steps.append((f"hub sync {section}", "after you imported the file: the hub sees its entries"))
        steps.append(("hub books list", "what the books have of it"))
    elif dry_run and report.drafts:
        steps.append((f"hub books write {section}", "write the file"))
    if report.more:
        steps.append((f"hub books write {section}", f"{many(report.more, 'receipt')} wait for the next batch"))
    if not steps:
        steps.append(("hub status", "how things stand"))
    next_steps(*steps)


def _say_written(one: Written) -> None:
    from hub.app.cli.words import amounts, many

    again = " once more" if one.again else ""
    whole = amounts(sums(one.postings))
    click.echo(f"Batch {one.batch.number}{again}: {many(len(one.postings), 'receipt')}, {whole}, in {one.path}")


def _show_left(left: list[Left]) -> None:
    from hub.app.cli.table import Col, show_table
    from hub.app.cli.words import amount, count, day, many

    click.echo()
    click.echo(f"Not handed over, {many(len(left), 'receipt')}:")
    lines = [
        [
            f"{one.receipt.receipt_id}\n{day(one.receipt.received_on)}",
            amount(one.receipt.amount_minor, one.receipt.currency), one.receipt.payer_name or "-",
            f"{one.what}: {one.mend}",
        ]
        for one in left[:MOST_SHOWN]
    ]  # fmt: skip
    show_table(
        [Col("receipt", wrap=True), Col("amount", right=True), Col("payer", wrap=True), Col("why", wrap=True)], lines
    )
    if len(left) > MOST_SHOWN:
        click.echo(f"… and {count(len(left) - MOST_SHOWN)} more: --json has them all")
