"""How `hub books list` shows batches and how they stand in the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.handed_over import sums

if TYPE_CHECKING:
    from hub.core.services.desk import Desk
    from hub.core.services.handed import Batch, Handed


def batch_json(one: Batch) -> dict[str, Any]:
    """For the JSON document of `hub books list`."""
    from hub.app.cli.words import iso_moment, money_json

    return {
        "number": one.row.number,
        "books": one.row.connector,
        "state": one.state,
        "file_name": one.row.file_name,
        "sha256": one.row.digest.hex(),
        "prepared_at": iso_moment(one.row.recorded_at),
        "actor": one.row.actor,
        "amounts": money_json(sums(handed.posting for handed in one.postings)),
        "withdrawn_because": one.row.withdrawn_because,
        "postings": [_posting_json(handed) for handed in one.postings],
    }


def _posting_json(one: Handed) -> dict[str, Any]:
    from hub.sdk.money import decimal_text

    row = one.posting
    return {
        "reference": row.reference,
        "state": one.state,
        "receipt_id": row.receipt_id,
        "booked_on": row.booked_on.isoformat(),
        "account": row.account,
        "amount": decimal_text(row.amount_minor, row.currency),
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "label": row.label,
        "parts": [
            {
                "seller": part.seller,
                "debtor_id": part.debtor_id,
                "invoice": part.document_number,
                "amount_minor": part.amount_minor,
            }
            for part in row.parts
        ],
        "entries": [entry.source_key for entry in row.entries if not entry.gone],
        "corrections": [{"kind": c.kind, "what": c.what, "mend": c.mend} for c in one.corrections],
    }


def show_batches(desk: Desk, found: list[Batch], *, whole: bool) -> None:
    """A line for each batch, what a person has to correct, and what to do next; `whole`: the postings of the first."""
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import amounts, count

    if not found:
        click.echo("Nothing was handed to the books yet.")
        next_steps(("hub books write NAME", "write the payments that your books do not have as a file"))
        return
    lines = [
        [
            str(one.row.number), one.row.connector, one.state, f"{desk.moment(one.row.recorded_at)}\n{one.row.actor}",
            count(len(one.postings)), amounts(sums(handed.posting for handed in one.postings)),
            count(sum(handed.state == "acknowledged" for handed in one.postings)), one.row.file_name,
        ]
        for one in found
    ]  # fmt: skip
    columns = [
        Col("batch", right=True), Col("books", wrap=True), Col("state"), Col("prepared", wrap=True),
        Col("receipts", right=True), Col("amount", right=True), Col("in the books", right=True), Col("file", wrap=True),
    ]  # fmt: skip
    show_table(columns, lines)
    wrong = [(one, handed) for one in found for handed in one.postings if handed.corrections]
    if whole:
        _show_postings(found[0])
    elif wrong:
        _show_wrong(wrong)
    next_steps(*_next(found))


def _show_postings(one: Batch) -> None:
    from hub.app.cli.table import Col, show_table
    from hub.app.cli.words import amount, day

    lines = [
        [
            f"{handed.posting.reference}\n{day(handed.posting.booked_on)}",
            amount(handed.posting.amount_minor, handed.posting.currency), handed.state,
            "\n".join(_part(part, handed.posting.currency) for part in handed.posting.parts),
            "; ".join(f"{c.what}: {c.mend}" for c in handed.corrections),
        ]
        for handed in one.postings
    ]  # fmt: skip
    click.echo()
    columns = [
        Col("reference", wrap=True), Col("amount", right=True), Col("state"), Col("for", wrap=True),
        Col("to correct", wrap=True),
    ]  # fmt: skip
    show_table(columns, lines)


def _part(part: Any, currency: str) -> str:
    from hub.app.cli.words import amount

    return f"{part.debtor_id} {part.document_number or 'on account'} {amount(part.amount_minor, currency)}"


def _show_wrong(wrong: list[tuple[Batch, Handed]]) -> None:
    from hub.app.cli.words import amount, many, wrapped

    click.echo()
    click.echo(f"{many(len(wrong), 'payment')} to correct by hand:")
    for one, handed in wrong:
        for c in handed.corrections:
            row = handed.posting
            text = (
                f"batch {one.row.number}, {row.reference}, {amount(row.amount_minor, row.currency)}: {c.what}. {c.mend}"
            )
            for line in wrapped(text, indent="  "):
                click.echo(line)


def _next(found: list[Batch]) -> list[tuple[str, str]]:
    """What to do next, by the state of the batches: finish a file, import it, take back what never was imported."""
    steps = []
    if unfinished := [one for one in found if one.state == "prepared" and not one.imported]:
        step = f"hub books write {unfinished[-1].row.connector}"
        steps.append((step, f"batch {unfinished[-1].row.number} was prepared, and its file not finished"))
    if waiting := [one for one in found if one.waiting and one not in unfinished]:
        steps.append((f"hub sync {waiting[-1].row.connector}", "once its file was imported: the hub sees the entries"))
    if revocable := [one for one in found if one.waiting and not one.imported]:
        number = revocable[-1].row.number
        steps.append(
            (f'hub books withdraw {number} --reason "…"', f"batch {number} was never imported, and will not be")
        )
    if not steps:
        steps.append((f"hub books write {found[-1].row.connector}", "the payments received since"))
    return steps
