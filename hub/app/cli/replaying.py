"""`hub reconcile --as-if RULES.toml`: what other rules would decide otherwise, in euros and receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.phrases import phrase
from hub.app.cli.table import Col, next_steps, show_table
from hub.app.cli.words import amount, amounts, count, day, many, money_json, wrapped
from hub.core.services.replay import NEWLY, NEWLY_SUGGESTED, NO_LONGER, NO_LONGER_SUGGESTED, OTHERWISE

if TYPE_CHECKING:
    from hub.core.services.replay import Change, Difference, Outcome

_KINDS = {
    NEWLY: "newly applied by itself",
    NO_LONGER: "no longer applied by itself",
    OTHERWISE: "applied otherwise",
    NEWLY_SUGGESTED: "left alone till now, then suggested to you",
    NO_LONGER_SUGGESTED: "suggested till now, then left alone",
}
#: Receipts shown one by one; the JSON document has all.
SHOWN = 40


def document(found: Difference, rules: str, other: str) -> dict[str, Any]:
    """The difference for machines."""
    return {
        "since": found.since.isoformat(),
        "rules": rules,
        "as_if": other,
        "receipts": found.receipts,
        "same": found.same,
        **{
            kind: {
                "receipts": sum(1 for change in found.changes if change.kind == kind),
                "amounts": money_json(found.amounts(kind)),
            }
            for kind in _KINDS
        },
        "changes": [_entry(change) for change in found.changes],
    }


def _entry(change: Change) -> dict[str, Any]:
    return {
        "change": change.kind,
        "receipt_id": change.receipt_id,
        "received_on": change.received_on.isoformat(),
        "currency": change.currency,
        "amount_minor": change.amount_minor,
        "before": change.before._asdict(),
        "after": change.after._asdict(),
    }


def show(found: Difference, rules: str, other: str, unknown: Sequence[str]) -> None:
    """The difference for people: a table of sums, then the receipts one by one. `unknown`: what the tried rules name
    that nobody knows."""
    for what in unknown:
        for line in wrapped(f"Not as meant: {what}."):
            click.echo(line)
    words = f"{many(found.receipts, 'receipt')} since {day(found.since)}: rules {other} beside those in force, {rules}"
    for line in wrapped(words):
        click.echo(line)
    click.echo()
    rows = [
        [words, count(sum(1 for change in found.changes if change.kind == kind)), amounts(found.amounts(kind))]
        for kind, words in _KINDS.items()
    ]
    columns = [Col("with the other rules", wrap=True), Col("receipts", right=True), Col("amount", right=True)]
    show_table(columns, [*rows, ["decided alike", count(found.same), ""]])
    if found.changes:
        click.echo()
        table = [
            [
                change.receipt_id, day(change.received_on), amount(change.amount_minor, change.currency),
                _told(change.before), _told(change.after),
            ]
            for change in found.changes[:SHOWN]
        ]  # fmt: skip
        show_table(
            [
                Col("receipt", wrap=True), Col("received"), Col("amount", right=True), Col("now", wrap=True),
                Col("then", wrap=True),
            ],
            table,
        )  # fmt: skip
        if len(found.changes) > SHOWN:
            click.echo(f"and {many(len(found.changes) - SHOWN, 'more receipt')}: --json has them all")
    click.echo()
    click.echo("Nothing was changed.")
    next_steps(("hub reconcile", "once the rules are in [reconcile] of hub.toml: they hold for what comes then"))


def _told(outcome: Outcome) -> str:
    if outcome.applied_minor:
        return f"applied to {', '.join(outcome.invoices)}: {phrase(outcome.rule)}"
    return f"suggested: {phrase(outcome.rule)}" if outcome.waits else "left alone"
