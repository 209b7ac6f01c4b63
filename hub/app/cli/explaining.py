"""One screen of plain words about one decision: the receipt, the lines, the rule, what was found, the rivals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.allocations import words_of
from hub.app.cli.table import Col, next_steps, show_table
from hub.app.cli.words import amount, day, moment, styled, wrapped

if TYPE_CHECKING:
    from hub.core.store.allocations import AllocationRow

#: How the payer was recognised, by the engine's spelling.
_FOUND_BY = {
    "iban": "by the account it came from",
    "name": "by its name",
    "siren": "by its company number in the text",
    "text": "by its name in the text",
    "learnt": "learnt from what a person confirmed",
}
_WHERE = {
    "remittance": "the text of the transfer",
    "structured_ref": "the structured reference",
    "end_to_end_ref": "the end-to-end reference",
    "payer_name": "the payer's name",
}


def show_explanation(lines: list[AllocationRow], evidence: dict[str, Any], zone: tzinfo) -> None:
    """Print why `lines` stand together. Several suggestions for one receipt are shown best first."""
    first = lines[0]
    _receipt(first)
    for proposal in dict.fromkeys(row.proposal for row in lines):
        _lines([row for row in lines if row.proposal == proposal], zone)
    click.echo()
    for line in _found(evidence, first.currency):
        click.echo(line)
    if first.status == "suggested" and first.currency == first.receipt_currency:
        next_steps((f"hub allocations confirm {first.proposal}", "apply it, as your decision"))
    elif first.status != "reversed":
        next_steps((f'hub allocations reverse {first.proposal} --reason "…"', "undo it"))


def _receipt(row: AllocationRow) -> None:
    payer = f" from {row.payer_name}" if row.payer_name else ""
    text = (
        f"Receipt {row.receipt_id}: {amount(row.receipt_minor, row.receipt_currency)} on {day(row.received_on)}{payer}"
    )
    for line in wrapped(text):
        click.echo(styled(line, "bold"))


def _lines(rows: list[AllocationRow], zone: tzinfo) -> None:
    row = rows[0]
    click.echo()
    by = f" by {row.actor}, {moment(row.recorded_at, zone)}" if row.actor else ""
    click.echo(f"{row.proposal}, {row.status}{by}")
    table = [
        [
            r.invoice_number,
            words_of(r.invoice_kind),
            r.debtor_id,
            words_of(r.nature),
            amount(r.amount_minor, r.currency),
        ]
        for r in rows
    ]
    columns = [Col("invoice", wrap=True), Col("kind"), Col("debtor", wrap=True), Col("as"), Col("amount", right=True)]
    show_table(columns, table)
    sure = f"{row.confidence_ppm / 10_000:.1f}".replace(".", ",")
    for line in wrapped(f"Why: {row.reason} Rule: {words_of(row.rule)}; confidence {sure} %."):
        click.echo(line)
    if row.reversed_because:
        for line in wrapped(f"Reversed because: {row.reversed_because}"):
            click.echo(line)


def _found(evidence: dict[str, Any], currency: str) -> list[str]:
    """The evidence in sentences; what has no sentence is shown under its own name, so that nothing is left out."""
    sentences: dict[str, Callable[[Any], str]] = {
        "tokens": lambda found: f"Found in {_where(evidence)}: {_listed(found)}",
        "texts": lambda found: f"Texts read: {_listed(found)}",
        "payer": lambda found: f"The payer {_payer(found)}",
        "payer_found_by": lambda found: f"Payer recognised {_FOUND_BY.get(found, found)}" if found else "",
        "payer_score": lambda found: f"Likeness of the payer: {_percent(found)}",
        "received": lambda found: f"Money to apply: {amount(found, currency)}",
        "open": lambda found: f"Open then: {_open(found, currency)}",
        "refused": lambda found: f"Other explanations, refused: {_listed(found)}",
        "rivals": lambda found: f"Rivals: {_listed(found)}",
        "against": lambda found: f"Against it: {_listed(found)}",
        "numbers": lambda found: f"Numbers read in the text: {_listed(found)}",
        "unknown_numbers": lambda found: f"Numbers that belong to no open invoice: {_listed(found)}",
        "not_found": lambda found: f"Named in the remittance, not found: {_listed(found)}",
        "policy": lambda found: f"Policy of the time: version {found}",
    }
    silent = {"where", "strength"}
    known = [name for name in sentences if name in evidence]
    others = [name for name in sorted(evidence) if name not in sentences and name not in silent]
    texts = [sentences[name](evidence[name]) for name in known if evidence[name] not in (None, [], {}, "")]
    texts += [f"{words_of(name)}: {_listed(evidence[name])}" for name in others if evidence[name] not in (None, [], "")]
    return [line for text in texts if text for line in wrapped(f"- {text}")]


def _where(evidence: dict[str, Any]) -> str:
    where = evidence.get("where", "the texts of the receipt")
    return _WHERE.get(where, str(where)) if isinstance(where, str) else _listed(where)


def _payer(stance: str) -> str:
    return {
        "agrees": "is known to pay for this debtor",
        "unknown": "is not known: neither for nor against",
        "contradicts": "is known as another debtor",
    }.get(stance, str(stance))


def _percent(score: Any) -> str:
    return f"{score * 100:.1f} %".replace(".", ",") if isinstance(score, float) else str(score)


def _open(found: Any, currency: str) -> str:
    if not isinstance(found, dict):
        return amount(found, currency) if isinstance(found, int) else str(found)
    return ", ".join(f"{number} {amount(minor, currency)}" for number, minor in found.items())


def _listed(found: Any) -> str:
    if isinstance(found, dict):
        return ", ".join(f"{key} {value}" for key, value in found.items())
    return ", ".join(str(part) for part in found) if isinstance(found, list | tuple) else str(found)
