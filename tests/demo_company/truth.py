"""The truth: what each receipt of the statements pays. Read by tests only; the hub never sees it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

from tests.demo_company.ledgers import is_held
from tests.demo_company.model import Document, Movement

HEADER = (
    "receipt_id", "account_of", "received_on", "amount", "kind", "statement", "pays_seller", "pays_debtor", "document",
    "document_held", "allocated", "deducted", "note",
)  # fmt: skip


def table(movements: Sequence[Movement], held: Sequence[Movement]) -> bytes:
    """One row per receipt and document it pays; a receipt that pays nothing has one row without document.

    allocated: negative for a credit note that is deducted, in the document's currency. deducted: what a cash discount
    or a bank took off the invoice besides. statement: "held" when the statement's closing balance is wrong.
    document_held: "yes" when the document's row is held, so that nothing can be allocated to it yet.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADER)
    unread = set(map(id, held))
    for movement in movements:
        if movement.minor > 0:
            writer.writerows(_rows(movement, "held" if id(movement) in unread else "read"))
    return text.getvalue().encode()


def _rows(movement: Movement, statement: str) -> Iterator[list[str]]:
    start = [movement.ref, movement.seller, str(movement.on), _point(movement.minor), movement.kind, statement]
    if not movement.lines:
        yield [*start, "", "", "", "", "0.00", "0.00", movement.note]
    for place, (document, amount) in enumerate(_net(movement)):
        account = document.account
        held = "yes" if is_held(document) else ""
        deducted = _point(movement.deducted if place == 0 else 0)
        yield [*start, account.seller, account.code, document.number, held, _point(amount), deducted, movement.note]


def _net(movement: Movement) -> list[tuple[Document, int]]:
    """The lines; a credit note that says its origin is deducted from that invoice before anybody pays."""
    lines = {document.number: (document, amount) for document, amount in movement.lines}
    for document, amount in movement.lines:
        if document.corrects and document.says_origin:
            del lines[document.number]
            invoice, total = lines[document.corrects.number]
            lines[invoice.number] = (invoice, total + amount)
    return list(lines.values())


def _point(minor: int) -> str:
    return f"{'-' if minor < 0 else ''}{abs(minor) // 100}.{abs(minor) % 100:02d}"
