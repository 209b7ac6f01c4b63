"""Lists of what was applied and of what is suggested, as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import click

from hub.app.cli.decided import money_of
from hub.app.cli.table import Col, show_table
from hub.app.cli.words import amount, day, label, words_of, wrapped

if TYPE_CHECKING:
    from hub.core.services.desk import Desk
    from hub.core.store.decisions import AllocationRow
    from hub.core.store.shown import ShownInvoice, ShownReceipt

_TEXT_SHOWN = 100  # characters of a bank's text
_MOST_DECISIONS = 100  # of a list that nobody narrowed
_MOST_RECEIPTS = 40  # of a list of suggestions that nobody narrowed
_RIGHT = "right: how many of 100 suggestions of that kind were, where the truth is known and where people decided here."


def show_applied(rows: Sequence[AllocationRow]) -> None:
    """Decisions, a line for each invoice; nothing when there are none."""
    if not rows:
        return
    if all(row.status == "reversed" for row in rows):
        _show_reversed(rows)
        return
    lines, last = [], ""
    for row in rows:
        again = row.proposal == last  # lines of one decision: its name, receipt and payer are shown once
        last = row.proposal
        head = ["", "", "", ""] if again else [row.proposal, row.status, day(row.received_on), row.payer_name or "-"]
        number = row.invoice_number if row.nature == "money" else f"{row.invoice_number} ({words_of(row.nature)})"
        lines.append([*head, number, _money(row)])
    columns = [
        Col("name"), Col("status"), Col("received"), Col("payer", wrap=True), Col("invoice", wrap=True),
        Col("amount", right=True),
    ]  # fmt: skip
    show_table(columns, lines)
    click.echo()


def _show_reversed(rows: Sequence[AllocationRow]) -> None:
    """Decisions that do not stand any more, with who undid each and why in the place of their status."""
    lines, last = [], ""
    for row in rows:
        again = row.proposal == last
        last = row.proposal
        head = ["", "", ""] if again else [row.proposal, day(row.received_on), row.payer_name or "-"]
        why = "" if again else f"{row.reversed_by}: {row.reversed_because}"
        lines.append([*head, row.invoice_number, _money(row), why])
    columns = [
        Col("name"), Col("received"), Col("payer", wrap=True), Col("invoice", wrap=True), Col("amount", right=True),
        Col("reversed by", wrap=True),
    ]  # fmt: skip
    show_table(columns, lines)
    click.echo()


def latest(rows: Sequence[AllocationRow]) -> Sequence[AllocationRow]:
    """The last decisions of a long list; what is left out is told."""
    names = list(dict.fromkeys(row.proposal for row in rows))
    if len(names) <= _MOST_DECISIONS:
        return rows
    shown = set(names[-_MOST_DECISIONS:])
    which = "--since, --debtor and --seller choose others; hub export allocations writes all."
    for line in wrapped(f"The last {_MOST_DECISIONS} of {len(names)} decisions. {which}"):
        click.echo(line)
    click.echo()
    return [row for row in rows if row.proposal in shown]


def foremost(rows: Sequence[AllocationRow]) -> Sequence[AllocationRow]:
    """The suggestions for the first receipts of a long list; `show_left_out` tells what is left out."""
    receipts = list(dict.fromkeys(row.receipt_row for row in rows))
    if len(receipts) <= _MOST_RECEIPTS:
        return rows
    shown = set(receipts[:_MOST_RECEIPTS])
    return [row for row in rows if row.receipt_row in shown]


def show_left_out(rows: Sequence[AllocationRow], shown: Sequence[AllocationRow]) -> None:
    """That a list of suggestions goes on, and how to see the others."""
    if len(shown) < len(rows):
        every, some = (len({row.receipt_row for row in some}) for some in (rows, shown))
        which = "--since, --debtor, --seller and --right choose others; hub export proposals writes all."
        for line in wrapped(f"The first {some} of {every} receipts. {which}"):
            click.echo(line)
        click.echo()


def show_suggested(desk: Desk, rows: Sequence[AllocationRow]) -> None:
    """Each receipt with what it may pay below it, best first; nothing when there is none."""
    from hub.core.services.allocations import shown_beside

    if not rows:
        return
    receipts, invoices = shown_beside(desk, rows)
    lines = []
    for receipt, choices in groupby(rows, key=lambda row: row.receipt_row):
        mine = list(choices)
        payer = _payer(mine[0], receipts.get(receipt))
        lines.append([day(mine[0].received_on), payer, "", amount(mine[0].receipt_minor, mine[0].receipt_currency), ""])
        lines += _choices(mine, invoices)
    columns = [
        Col("received, name"), Col("payer, what it would pay", wrap=True), Col("due"), Col("amount", right=True),
        Col("right", right=True),
    ]  # fmt: skip
    show_table(columns, lines)
    for line in wrapped(_RIGHT):
        click.echo(line)
    click.echo()


def _choices(rows: Sequence[AllocationRow], invoices: Mapping[int, ShownInvoice]) -> list[list[str]]:
    """The suggestions for one receipt; how sure is said once of those that only treat the rest otherwise."""
    lines, before = [], set[tuple[tuple[int, int], ...]]()
    for proposal, found in groupby(rows, key=lambda row: row.proposal):
        mine = list(found)
        pays = tuple(sorted((row.invoice_row, row.amount_minor) for row in mine if row.nature == "money"))
        head, right = f"  {proposal}", "" if pays in before else _right(mine[0])
        before.add(pays)
        for row in mine:
            what, due = _pays(row, invoices.get(row.invoice_row))
            lines.append([head, f"  {what}", due, _money(row), right])
            head = right = ""
    return lines


def _right(row: AllocationRow) -> str:
    """How many of a hundred such suggestions were right, where it was measured; never all of them, nor none."""
    right = row.confidence_ppm // 10_000
    return f"{min(right, 99)} %" if right else "<1 %"


def _payer(row: AllocationRow, receipt: ShownReceipt | None) -> str:
    """Who paid, and what the bank's text says."""
    if receipt is None or not receipt.text:
        return row.payer_name or "-"
    text = f"“{label(receipt.text, _TEXT_SHOWN)}”"
    return f"{row.payer_name}: {text}" if row.payer_name else text


def _pays(row: AllocationRow, invoice: ShownInvoice | None) -> tuple[str, str]:
    """The invoice with its debtor, and its due date."""
    if row.nature != "money":
        return f"{words_of(row.nature)} on {row.invoice_number}", ""
    whose = (invoice and invoice.debtor_name) or row.debtor_id
    return f"{row.invoice_number} {whose}", day(invoice.due_on) if invoice and invoice.due_on else ""


def _money(row: AllocationRow) -> str:
    """The amount; below it what it uses up of money in another currency, so that the column stays narrow."""
    return money_of(row).replace(" for ", "\nfor ")
