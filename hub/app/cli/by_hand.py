"""`hub allocations allocate, write-off, mark, unmark, learnt, forget`: what a person decides without a suggestion."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

import click

from hub.app.cli.decided import payer_words, say
from hub.app.cli.group import common, pass_session, with_json, with_reason
from hub.app.cli.session import Session

if TYPE_CHECKING:
    from hub.core.store.choosing import ChosenReceipt
    from hub.core.store.decisions import AllocationRow
    from hub.core.store.lessons import Lesson

NATURES = ("discount", "bank_fee", "rounding", "exchange", "write_off")


class AmountOf(click.ParamType[tuple[str, "Decimal | None"]]):
    """NAME, or NAME=AMOUNT with the amount written as in France or with a point."""

    name = "NAME[=AMOUNT]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        name, equals, text = str(value).rpartition("=")
        if not equals:
            return text.strip(), None
        return name.strip(), _amount(self, text, param, ctx)


class DeductionOf(click.ParamType[tuple[str, Decimal, str]]):
    """INVOICE=AMOUNT:NATURE, as F123=1,20:discount."""

    name = "INVOICE=AMOUNT:NATURE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if isinstance(value, tuple):
            return value
        rest, _, nature = str(value).rpartition(":")
        name, _, text = rest.rpartition("=")
        if not name or nature not in NATURES:
            self.fail(f"{value!r} is not written like F123=1,20:discount; natures: {', '.join(NATURES)}", param, ctx)
        return name.strip(), _amount(self, text, param, ctx), nature


def _amount(kind: click.ParamType[Any], text: str, param: click.Parameter | None, ctx: click.Context | None) -> Decimal:
    plain = "".join(text.split()).replace(",", ".")
    try:
        found = Decimal(plain) if plain.replace(".", "", 1).isascii() else Decimal("NaN")
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite() or "e" in plain.lower():
        kind.fail(f"{text!r} is no amount: write it 1234,56 or 1234.56", param, ctx)
    return found


@click.command("allocate", short_help="Apply receipts to invoices as you choose.")
@click.option("--receipt", "receipts", type=AmountOf(), multiple=True, required=True, help="May be repeated.")
@click.option("--invoice", "invoices", type=AmountOf(), multiple=True, required=True, help="May be repeated.")
@click.option("--deduct", "deductions", type=DeductionOf(), multiple=True, help="A difference that closes the rest.")
@with_reason("Why; kept with the decision.")
@with_json
@common
@pass_session
def allocate(
    session: Session,
    receipts: tuple[tuple[str, Decimal | None], ...],
    invoices: tuple[tuple[str, Decimal | None], ...],
    deductions: tuple[tuple[str, Decimal, str], ...],
    reason: str,
) -> None:
    """Apply receipts to invoices as you choose, all of it or nothing.

    \b
    hub allocations allocate --receipt R1=120,00 --receipt R2 \\
        --invoice F123=80,00 --invoice F124 --deduct F124=1,20:discount \\
        --reason "as agreed on the telephone"

    Receipts are used in the order given, invoices paid in the order given. An amount left out is as much as fits: what
    is not needed of a receipt stays unapplied. A credit note named with --invoice is used up. A deduction is discount,
    bank_fee, rounding, exchange or write_off, within the limits of [reconcile] in hub.toml.

    Money in one currency for invoices in another: name one receipt, and how much of each it is, as the bank's advice or
    the debtor says. What is left out is all of it: --receipt R1=920,13 --invoice US-411=1000,00.
    """
    from hub.app.policies import rules_of
    from hub.core.services.by_hand import Deduction, Share
    from hub.core.services.by_hand import allocate as apply

    rows = apply(
        session.desk,
        rules_of(session.hub.settings),
        [Share(*share) for share in receipts],
        [Share(*share) for share in invoices],
        [Deduction(*deduction) for deduction in deductions],
        reason,
    )
    _told(session, "applied", rows)


@click.command("write-off", short_help="Write off the small rest of an invoice that was paid.")
@click.argument("invoice")
@with_reason("Why; kept with the decision.")
@with_json
@common
@pass_session
def write_off(session: Session, invoice: str, reason: str) -> None:
    """Write off what is left open of INVOICE, after a receipt paid almost all of it.

    Only up to write_off_minor of [reconcile] in hub.toml; more is booked in the ledger.
    """
    from hub.app.policies import rules_of
    from hub.core.services.by_hand import write_off as apply

    _told(session, "written off", apply(session.desk, rules_of(session.hub.settings), invoice, reason))


def _told(session: Session, done: str, rows: list[AllocationRow]) -> None:
    """What was decided, and what may be done about it."""
    from hub.app.cli.table import next_steps

    told = say(session, done, [rows])
    if not session.json:
        next_steps(*told.steps())


@click.command("mark", short_help="Say that a receipt is no debtor's payment.")
@click.argument("receipt")
@with_reason("Why; kept with the decision.")
@with_json
@common
@pass_session
def mark(session: Session, receipt: str, reason: str) -> None:
    """Say that RECEIPT is no debtor's payment: nothing of it is applied or suggested any more."""
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import amount, day, quoted
    from hub.core.services.marks import mark_not_a_receipt

    found = mark_not_a_receipt(session.desk, receipt, reason)
    if _said_in_json(session, {"marked": _receipt(found)}):
        return
    money = amount(found.amount_minor, found.currency)
    click.echo(f"{found.receipt_id}, {money} of {day(found.received_on)}: no debtor's payment, left alone from now on")
    next_steps((f'hub allocations unmark {quoted(receipt)} --reason "…"', "take it back"))


def _receipt(found: ChosenReceipt) -> dict[str, Any]:
    return {
        "receipt_id": found.receipt_id, "received_on": found.received_on.isoformat(),
        "amount_minor": found.amount_minor, "currency": found.currency,
    }  # fmt: skip


def _said_in_json(session: Session, document: dict[str, Any]) -> bool:
    """True when one JSON document was wanted; it is then shown."""
    from hub.app.cli.table import show_json

    if session.json:
        show_json(document)
    return session.json


@click.command("unmark", short_help="Take a mark back: the receipt is one again.")
@click.argument("receipt")
@with_reason("Why; kept with the decision.")
@with_json
@common
@pass_session
def unmark(session: Session, receipt: str, reason: str) -> None:
    """Take the mark of RECEIPT back: the next hub reconcile judges it again."""
    from hub.app.cli.table import next_steps
    from hub.app.cli.words import amount, day
    from hub.core.services.marks import unmark as take_back

    found = take_back(session.desk, receipt, reason)
    if _said_in_json(session, {"unmarked": _receipt(found)}):
        return
    money = amount(found.amount_minor, found.currency)
    click.echo(f"{found.receipt_id}, {money} of {day(found.received_on)}: a receipt like any other again")
    next_steps(("hub reconcile", "judge it again"))


@click.command("learnt", short_help="Who is known to pay for whom, from what people confirmed.")
@with_json
@common
@pass_session
def learnt(session: Session) -> None:
    """Who is known to pay for whom because people confirmed it. A reversal takes back what a decision taught."""
    from hub.core.services.lessons import list_lessons

    found = list_lessons(session.desk)
    if session.json:
        from hub.app.cli.table import show_json

        show_json({"learnt": [_entry(lesson) for lesson in found]})
    else:
        _show_lessons(session, found)


def _entry(lesson: Lesson) -> dict[str, Any]:
    from hub.app.cli.words import iso_moment

    return {
        "name": lesson.name, "by": lesson.by, "key": lesson.key, "seller": lesson.seller,
        "debtor_id": lesson.debtor_id, "decisions": lesson.decisions, "decision": lesson.decision,
        "actor": lesson.actor, "recorded_at": iso_moment(lesson.recorded_at), "forgotten": lesson.forgotten,
        "reason": lesson.reason or None,
    }  # fmt: skip


def _show_lessons(session: Session, found: list[Lesson]) -> None:
    from hub.app.cli.table import Col, next_steps, show_table
    from hub.app.cli.words import moment

    if not found:
        click.echo("Nothing was learnt yet: who pays for whom is learnt when a person confirms.")
        next_steps(("hub allocations list --status suggested", "what waits to be confirmed"))
        return
    zone = session.hub.zone
    rows = [
        [
            lesson.name, payer_words(lesson), f"{lesson.seller} {lesson.debtor_id}",
            (f"forgotten by {lesson.actor}, {moment(lesson.recorded_at, zone)}: {lesson.reason}" if lesson.forgotten
             else f"{lesson.actor}, {moment(lesson.recorded_at, zone)}, {lesson.decision}"),
        ]
        for lesson in found
    ]  # fmt: skip
    show_table([Col("name"), Col("payer", wrap=True), Col("pays for", wrap=True), Col("because of", wrap=True)], rows)
    standing = [lesson for lesson in found if not lesson.forgotten]
    if standing:
        next_steps((f'hub allocations forget {standing[0].name} --reason "…"', "use it no more"))


@click.command("forget", short_help="Use something that was learnt no more.")
@click.argument("name")
@with_reason("Why; kept with the decision.")
@with_json
@common
@pass_session
def forget(session: Session, name: str, reason: str) -> None:
    """Use what was learnt under NAME no more. The decisions that taught it stand."""
    from hub.core.services.lessons import forget as apply

    lesson = apply(session.desk, name, reason)
    if _said_in_json(session, {"forgotten": lesson.name}):
        return
    click.echo(f"forgotten: {payer_words(lesson)} pays for {lesson.seller} {lesson.debtor_id}")
