"""What was decided about receipts, told line by line: to people, and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.store.decisions import AllocationRow
    from hub.core.store.lessons import Lesson


def entry(row: AllocationRow) -> dict[str, Any]:
    """A line for a JSON document; the keys of `hub export allocations` and some more."""
    from hub.sdk.money import decimal_text

    return {
        "receipt_id": row.receipt_id,
        "seller": row.seller,
        "invoice_number": row.invoice_number,
        "amount": decimal_text(row.amount_minor, row.currency),
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "confidence": row.confidence_ppm / 1_000_000,
        "status": row.status,
        "rule": row.rule,
        "reason": row.reason,
        "proposal": row.proposal,
        "rank": row.rank if row.allocation_id is None else None,
        "nature": row.nature,
        "invoice_kind": row.invoice_kind,
        "debtor_id": row.debtor_id,
        "received_on": row.received_on.isoformat(),
        "allocation_id": row.allocation_id,
        "payer_name": row.payer_name,
        "receipt_minor": row.receipt_minor,
        "actor": row.actor or None,
        "reversed_because": row.reversed_because,
        "used": None if row.used_minor is None else decimal_text(row.used_minor, row.receipt_currency),
        "used_minor": row.used_minor,
        "used_currency": None if row.used_minor is None else row.receipt_currency,
    }


def money_of(row: AllocationRow) -> str:
    """What a line applies; of a receipt in another currency with what it uses of it: "1 000,00 USD for 920,13 EUR"."""
    from hub.app.cli.words import amount

    money = amount(row.amount_minor, row.currency)
    return money if row.used_minor is None else f"{money} for {amount(row.used_minor, row.receipt_currency)}"


def payer_words(lesson: Lesson) -> str:
    """``IBAN FR76…`` in groups of four, or the name in quotation marks."""
    from hub.app.cli.words import in_fours

    if lesson.by == "iban":
        return f"IBAN {in_fours(lesson.key)}"
    return f"“{lesson.key}”"


class Told(NamedTuple):
    """What was told: the names of the decisions, and of what they taught."""

    decisions: list[str]
    learnt: list[str]

    def steps(self) -> list[tuple[str, str]]:
        """What may be done about it now."""
        undo = (f'hub allocations reverse {self.decisions[-1]} --reason "…"', "undo it") if self.decisions else None
        forget = (
            ("hub allocations learnt", "who is known to pay for whom, and how to forget it") if self.learnt else None
        )
        return [step for step in (undo, forget) if step is not None]


def say(session: Session, done: str, decisions: Iterable[list[AllocationRow]]) -> Told:
    """What was just done, decision by decision, and what it taught. Each is told as soon as it is made, and what was
    made before one that is refused is told all the same."""
    from hub.app.cli.table import show_json
    from hub.sdk.errors import HubError

    told: list[dict[str, Any]] = []
    names = Told([], [])
    refused: HubError | None = None
    try:
        for rows in decisions:
            lessons = [] if done == "reversed" else _taught(session, rows[0].proposal)
            names.decisions.append(rows[0].proposal)
            names.learnt.extend(lesson.name for lesson in lessons)
            told += [entry(row) for row in rows]
            if not session.json:
                _say(done, rows)
                _say_lessons([] if done == "reversed" else rows, lessons)
    except HubError as error:
        refused = error
    if session.json and (told or refused is None):
        show_json({done.replace(" ", "_"): told, "learnt": names.learnt})
    if refused is not None:
        raise refused
    return names


def _taught(session: Session, decision: str) -> list[Lesson]:
    from hub.core.services.lessons import lessons_of

    return lessons_of(session.desk, decision)


def _say(done: str, rows: list[AllocationRow]) -> None:
    from hub.app.cli.words import day, harmless, words_of

    click.echo(f"{done} {rows[0].proposal}:")
    for receipt in dict.fromkeys(row.receipt_row for row in rows):
        mine = [row for row in rows if row.receipt_row == receipt]
        payer = f" of {mine[0].payer_name}" if mine[0].payer_name else ""
        click.echo(harmless(f"  receipt {mine[0].receipt_id}{payer}, {day(mine[0].received_on)}"))
        for row in mine:
            what = "" if row.nature == "money" else f"  ({words_of(row.nature)})"
            click.echo(harmless(f"    {money_of(row)} on {row.invoice_number}{what}"))


def _say_lessons(rows: list[AllocationRow], lessons: list[Lesson]) -> None:
    """Who is known to pay for whom from now on, and of whom nothing is learnt."""
    from hub.app.cli.words import wrapped
    from hub.core.reconcile.texts.outsiders import pays_for_many

    told = [
        f"From now on, {payer_words(lesson)} is known to pay for {lesson.seller} {lesson.debtor_id}."
        for lesson in lessons
    ]
    many = dict.fromkeys(row.payer_name for row in rows if pays_for_many(row.payer_name))
    told += [f"“{name}” pays for many: nothing is learnt of whom it pays for." for name in many]
    for text in told:
        for line in wrapped(text):
            click.echo(line)
