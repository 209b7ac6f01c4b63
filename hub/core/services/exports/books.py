"""Exports about the books: gaps with the records behind them, disagreements, sightings of one sum."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from hub.core.ledger.gap_causes import ExplainedGap
from hub.core.services.desk import books_of
from hub.core.services.disagreements import tellings_of
from hub.core.services.exports.ledger import debtor_names
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.gaps import BookCheck, check_books
from hub.core.services.words import amount
from hub.core.store import books as store
from hub.core.store.record_tables import fold
from hub.core.store.sightings import link_rows, receipt_facts, suggestion_rows
from hub.sdk.money import decimal_text

GAPS = (
    Column("seller"), Column("debtor_id"), Column("debtor_name"), Column("currency"), Column("balance_on", "date"),
    Column("open", "amount"), Column("books_balance", "amount"), Column("difference", "amount"),
    Column("likely_cause"), Column("explained", "amount"), Column("unexplained", "amount"),
)  # fmt: skip

GAP_RECORDS = (
    Column("seller"), Column("debtor_id"), Column("currency"), Column("balance_on", "date"), Column("cause"),
    Column("effect", "amount"), Column("receipt_id"), Column("invoice_number"), Column("allocation_id", "int"),
    Column("words"),
)  # fmt: skip

DISAGREEMENTS = (
    Column("seller"), Column("invoice_number"), Column("document"), Column("debtor_id"), Column("connector"),
    Column("kind"), Column("field"), Column("books_value"), Column("other_value"), Column("currency"),
    Column("difference", "amount"), Column("document_digest"),
)  # fmt: skip

SIGHTINGS = (
    Column("name"), Column("status"), Column("connector"), Column("receipt_id"), Column("received_on", "date"),
    Column("counted_connector"), Column("counted_as"), Column("counted_on", "date"), Column("amount", "amount"),
    Column("currency"), Column("rule"), Column("confidence", "number"), Column("reversed_because"),
)  # fmt: skip

#: What a cause means, by its stored spelling; said of the difference "open here less the books' balance".
WORDS = {
    "not_in_books": "received and applied here; not yet in the books",
    "maybe_twice": "applied here; the books have an entry that may be the same money, confirm it: hub sightings list",
    "not_confirmed": "applied here; the books have the money, not yet the matching",
    "deduction": "a rest closed here; not yet in the books",
    "held_entry": "an entry of the books that is held here",
    "open_item": "open here; its amount is the rest of the difference",
    "disagreement": "another connector tells another amount",
    "not_in_the_books": "another connector has this invoice, the books do not",
    "unknown": "nothing here explains this part",
}


def _checked(scope: Scope) -> BookCheck:
    found = check_books(scope.desk, scope.connection, as_of=scope.asked.as_of, known_on=scope.asked.known_on)
    if not found.checked:
        scope.notes.append("no gaps can be computed: no connector of the books gives control totals")
    for seller, why in found.unread.items():
        scope.notes.append(f"{seller} is not compared: {why}")
    for total in found.totals:
        if total.held:
            scope.notes.append(f"{total.seller}: {total.held} records of its books are held, and missing here")
    return found


def gaps(scope: Scope) -> Iterator[Row]:
    """Debtors whose open items differ from the balance of the books on the latest day the books gave one.

    `explained` is the part of the difference that named records make up, `unexplained` the rest.
    """
    found = _checked(scope)
    names = debtor_names(scope, books_of(scope.desk, scope.connection)) if found.gaps else {}
    receipts = _receipts(scope, found)
    for day, one in found.gaps:
        gap = one.gap
        yield (
            gap.seller, gap.debtor_id, names.get((gap.seller, gap.debtor_id)), gap.currency, day, gap.open_minor,
            gap.control_minor, gap.difference_minor, _likely(one, found, receipts),
            gap.difference_minor - one.unexplained_minor, one.unexplained_minor,
        )  # fmt: skip


def _receipts(scope: Scope, found: BookCheck) -> dict[int, str]:
    ids = {c.receipt_id for _, one in found.gaps for c in one.causes if c.receipt_id is not None}
    return {number: row.receipt_id for number, row in receipt_facts(scope.connection, sorted(ids)).items()}


def _likely(one: ExplainedGap, found: BookCheck, receipts: dict[int, str]) -> str:
    """The causes in words, the largest first, and what may explain the rest."""
    told = []
    for cause in one.causes[:3]:
        effect = amount(cause.effect_minor, one.gap.currency) if cause.effect_minor else "amount not known"
        told.append(f"{WORDS[cause.kind]}: {_record(cause, found, receipts)} ({effect})")
    if len(one.causes) > 3:
        told.append(f"and {len(one.causes) - 3} more")
    if one.unexplained_minor and one.candidates:
        records = " + ".join(found.numbers.get(ref, str(ref)) for _, ref in one.candidates[0].records)
        told.append(f"{WORDS[one.candidates[0].records[0][0]]}: {records}")
    elif one.unexplained_minor:
        told.append(f"{amount(one.unexplained_minor, one.gap.currency)} unknown")
    return "; ".join(told)


def _record(cause: Any, found: BookCheck, receipts: dict[int, str]) -> str:
    if cause.entry_id is not None:
        return found.held_entries[cause.entry_id][0]
    receipt = receipts.get(cause.receipt_id, "") if cause.receipt_id is not None else ""
    document = found.numbers.get(cause.document_id, "") if cause.document_id is not None else ""
    return f"{receipt} on {document}" if receipt and document else receipt or document


def gap_records(scope: Scope) -> Iterator[Row]:
    """A row per record behind a gap, and one for what nothing explains; the effects of a gap add up to its difference,
    but for `open_item`, `disagreement` and `not_in_the_books`: these are possible explanations of the unknown part."""
    found = _checked(scope)
    receipts = _receipts(scope, found)
    for day, one in found.gaps:
        head = (one.gap.seller, one.gap.debtor_id, one.gap.currency, day)
        for cause in one.causes:
            receipt = receipts.get(cause.receipt_id) if cause.receipt_id is not None else None
            number = found.numbers.get(cause.document_id) if cause.document_id is not None else None
            words = WORDS[cause.kind]
            if cause.entry_id is not None:
                number, why = found.held_entries[cause.entry_id]
                words = f"{words}: {why}"
            yield (*head, cause.kind, cause.effect_minor, receipt, number, cause.allocation_id, words)
        if one.unexplained_minor:
            yield (*head, "unknown", one.unexplained_minor, None, None, None, WORDS["unknown"])
        for candidate in one.candidates:
            for kind, ref in candidate.records:
                yield (*head, kind, candidate.amount_minor, None, found.numbers.get(ref), None, WORDS[kind])


def disagreements(scope: Scope) -> Iterator[Row]:
    """What other connectors say otherwise of the books' invoices, a row per field; never overruled."""
    books = books_of(scope.desk, scope.connection)
    digests = store.documents_of(scope.connection, scope.known_at)
    for one in tellings_of(scope.connection, books, scope.known_at):
        difference = None
        if one.field.endswith("_minor") and one.books_value is not None:
            difference = one.other_value - one.books_value
        proof = digests.get((one.seller, fold(one.number) or ""))
        yield (
            one.seller, one.number, one.document, one.debtor_id, one.connector, one.kind,
            one.field.removesuffix("_minor"), _shown(one.books_value, one.field, one.currency),
            _shown(one.other_value, one.field, one.currency), one.currency, difference,
            " ".join(proof) if proof else None,
        )  # fmt: skip


def _shown(value: Any, field: str, currency: str) -> str | None:
    if value is None:
        return None
    if isinstance(value, date):
        return value.isoformat()
    return decimal_text(value, currency) if field.endswith("_minor") or field == "document" else str(value)


def sightings(scope: Scope) -> Iterator[Row]:
    """Links in order of recording, reversed ones marked; then, for the present, suggestions."""
    rows = link_rows(scope.connection, scope.known_at)
    if not scope.asked.back:
        rows += suggestion_rows(scope.connection)
    for row in rows:
        yield (
            row.name, row.status, row.receipt_connector, row.receipt_id, row.received_on, row.carrier_connector,
            row.carrier_id, row.carried_on, row.amount_minor, row.currency, row.rule,
            Decimal(row.confidence_ppm).scaleb(-6).normalize(), row.reversed_because,
        )  # fmt: skip
