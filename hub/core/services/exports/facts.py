"""Exports of facts as recorded: money received, allocations, suggestions, debtors, the journal, what is held."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from hub.core.services import bank
from hub.core.services.desk import books_of
from hub.core.services.exports.model import Column, Row, Scope
from hub.core.services.naming import RECEIPT
from hub.core.services.taken_back import returns_to_place
from hub.core.services.words import one_line
from hub.core.store import exporting
from hub.core.store.decisions import AllocationRow, proposal_rows
from hub.core.store.sightings import link_rows, sums

#: The first ten are frozen (DESIGN §6). Of an invoice `amount` is what was applied to it; of a credit note it is
#: negative: that much of it was used up. `nature` tells money from deductions that closed the rest. `receipt` names one
#: receipt where `receipt_id` may repeat (CFONB numbers entries anew each month), here, in RECEIPTS and in commands.
#: `used` is what a line uses up of a receipt in another currency; empty where all is in one.
ALLOCATIONS = (
    Column("receipt_id"), Column("seller"), Column("invoice_number"), Column("amount", "amount"), Column("currency"),
    Column("confidence", "number"), Column("status"), Column("rule"), Column("reason"), Column("proposal"),
    Column("rank", "int"), Column("nature"), Column("invoice_kind"), Column("debtor_id"),
    Column("received_on", "date"), Column("allocation_id", "int"), Column("receipt"),
    Column("used", "amount", currency="used_currency"), Column("used_currency"),
)  # fmt: skip

RECEIPTS = (
    Column("receipt_id"), Column("account"), Column("seller"), Column("received_on", "date"),
    Column("value_on", "date"), Column("amount", "amount"), Column("currency"), Column("applied", "amount"),
    Column("unapplied", "amount"), Column("payer_name"), Column("payer_iban"), Column("remittance"),
    Column("method"), Column("transaction_code"), Column("verdict"), Column("verdict_reason"),
    Column("counted_as"), Column("aliases"), Column("elsewhere", "amount"), Column("in_books", "amount"),
    Column("receipt"),
)  # fmt: skip

JOURNAL = (
    Column("chain"), Column("sequence", "int"), Column("recorded_at", "instant"), Column("actor"), Column("act"),
    Column("subject"), Column("hash"),
)  # fmt: skip

HELD = (
    Column("id", "int"), Column("connector"), Column("stream"), Column("code"), Column("place"), Column("what"),
    Column("mend"), Column("lines", "int"), Column("recorded_at", "instant"), Column("excerpt"),
)  # fmt: skip

BANK_GAPS = (
    Column("account"), Column("seller"), Column("currency"), Column("kind"), Column("from", "date"),
    Column("to", "date"), Column("expected", "amount"), Column("found", "amount"), Column("difference", "amount"),
    Column("what"), Column("mend"),
)  # fmt: skip

_DEBTOR_FIELDS = (
    "seller", "debtor_id", "name", "legal_name", "siren", "siret", "vat_number", "ibans", "parent_id", "currency",
    "payment_terms", "email", "phone", "address", "postal_code", "city", "country", "category", "risk_class",
)  # fmt: skip
#: Headers of the canonical CSV (DESIGN §7), so that the file can be read back.
DEBTORS = tuple(Column("iban" if name == "ibans" else name) for name in _DEBTOR_FIELDS)


def confidence(ppm: int) -> Decimal:
    """A confidence in parts per million as a number between 0 and 1, exactly."""
    return Decimal(ppm).scaleb(-6).normalize() if ppm else Decimal(0)


def _unbroken(text: str | None) -> str | None:
    return None if text is None else one_line(text)


def instant(microseconds: int, scope: Scope) -> datetime:
    """An instant of the data base in the hub's time zone."""
    seconds, rest = divmod(microseconds, 1_000_000)
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest).astimezone(scope.desk.zone)


def allocations(scope: Scope) -> Iterator[Row]:
    """Allocations, oldest first; then, for the present, suggestions, best first within each receipt."""
    for row in exporting.allocations(scope.connection, as_of=scope.asked.as_of, known_at=scope.known_at):
        yield (
            row.receipt_id, row.seller, row.number, row.amount_minor, row.currency, confidence(row.confidence_ppm),
            row.status, row.rule, row.reason, row.proposal, None, row.nature, row.kind, row.debtor_id,
            row.received_on, row.id, f"{RECEIPT}{row.receipt_row}", *_used(row),
        )  # fmt: skip
    if scope.asked.back:
        scope.notes.append("suggestions are left out: only those of the last hub reconcile are kept, no former ones")
    else:
        yield from proposals(scope)


def proposals(scope: Scope) -> Iterator[Row]:
    """Suggestions that wait for a person: by receipt, best first; the lines of one share `proposal`."""
    return map(_suggested, proposal_rows(scope.connection))


def _suggested(row: AllocationRow) -> Row:
    return (
        row.receipt_id, row.seller, row.invoice_number, row.amount_minor, row.currency,
        confidence(row.confidence_ppm), row.status, row.rule, row.reason, row.proposal, row.rank, row.nature,
        row.invoice_kind, row.debtor_id, row.received_on, None,
        f"{RECEIPT}{row.receipt_row}", *_used(row),
    )  # fmt: skip


def _used(row: Any) -> tuple[int | None, str | None]:
    """What a line uses up of a receipt in another currency, and which that is."""
    return (None, None) if row.used_minor is None else (row.used_minor, row.receipt_currency)


def receipts(scope: Scope) -> Iterator[Row]:
    """Money received, in order of recording. `verdict`: applied, suggested, unapplied, not_a_receipt, return; same_sum
    when another receipt counts the money, in_books when the books' own matchings used it; empty when nobody has judged
    the rest of it yet. `unapplied` is what may still be applied. Behind them, for the present, what came back and leads
    to no receipt by itself: negative amounts, verdict return."""
    if scope.asked.back:
        scope.notes.append("verdicts are left out: only those of the last hub reconcile are kept, no former ones")
    known = sums(scope.connection, books_of(scope.desk, scope.connection), scope.known_at)
    counted_as, aliases = _other_names(scope)
    returned = exporting.taken_back(scope.connection, known_at=scope.known_at)
    for row in exporting.receipts(scope.connection, as_of=scope.asked.as_of, known_at=scope.known_at):
        applied, taken = int(row.spent), known.taken(row.id)
        verdict, reason = (None, None) if scope.asked.back else _verdict(row, applied)
        if taken and taken >= row.amount_minor - applied:
            elsewhere = known.elsewhere.get(row.id, 0) >= taken
            verdict = "same_sum" if elsewhere else "in_books"
            reason = f"counted as {counted_as.get(row.id)}" if elsewhere else "the books matched it with documents"
        left = max(0, row.amount_minor - applied - taken)
        if row.id in returned:
            left = 0
            verdict, reason = (None, None) if scope.asked.back else ("return", returned[row.id])
        yield (
            row.receipt_id, row.account, row.seller, row.received_on, row.value_on, row.amount_minor, row.currency,
            applied, left, row.payer_name, row.payer_iban,
            _unbroken(row.remittance), row.method, row.transaction_code, verdict, reason, counted_as.get(row.id),
            aliases.get(row.id), known.elsewhere.get(row.id, 0), known.in_books.get(row.id, 0),
            f"{RECEIPT}{row.id}",
        )  # fmt: skip

    if not scope.asked.back:
        yield from _returns_to_place(scope)


def _returns_to_place(scope: Scope) -> Iterator[Row]:
    """Money that came back and of which a person must say what it takes back, each with the receipts that fit."""
    said = {one.disbursement: one for one in returns_to_place(scope.connection, books_of(scope.desk, scope.connection))}
    for row in exporting.disbursements(scope.connection, sorted(said)):
        yield (
            row.disbursement_id, row.account, row.seller, row.paid_on, row.value_on, -row.amount_minor, row.currency,
            0, 0, row.payee_name, row.payee_iban, _unbroken(row.remittance), row.method, row.transaction_code, "return",
            said[row.id].why, None, None, 0, 0, None,
        )  # fmt: skip


def _other_names(scope: Scope) -> tuple[dict[int, str], dict[int, str]]:
    """As whom a receipt counts, and under which earlier ids it was known; both as connector:id, by receipt."""
    counted: dict[int, list[str]] = {}
    known_as: dict[int, list[str]] = {}
    for row in link_rows(scope.connection, scope.known_at):
        if row.status != "reversed":
            counted.setdefault(row.receipt_row, []).append(f"{row.carrier_connector}:{row.carrier_id}")
            known_as.setdefault(row.carrier_row, []).append(f"{row.receipt_connector}:{row.receipt_id}")
    return (
        {number: " ".join(names) for number, names in counted.items()},
        {number: " ".join(names) for number, names in known_as.items()},
    )


def _verdict(row: Any, applied: int) -> tuple[str | None, str | None]:
    if applied and applied == row.amount_minor:
        return "applied", None
    if row.verdict is not None:
        return row.verdict, row.verdict_reason
    return ("suggested", row.suggested) if row.suggested is not None else (None, None)


def journal(scope: Scope) -> Iterator[Row]:
    """The journal by chain and sequence; `hash` in hexadecimal."""
    for row in exporting.journal(scope.connection, known_at=scope.known_at):
        at = instant(row.recorded_at, scope)
        yield row.chain, row.sequence, at, row.actor, row.act, row.subject, bytes(row.hash).hex()


def held(scope: Scope) -> Iterator[Row]:
    """Held records in order of arrival, with reason and remedy."""
    for row in exporting.held(scope.connection, known_at=scope.known_at):
        at = instant(row.recorded_at, scope)
        yield (
            row.id, row.connector, row.stream, row.code, row.place, row.what, row.mend, row.lines, at,
            _unbroken(row.excerpt),
        )  # fmt: skip


def bank_gaps(scope: Scope) -> Iterator[Row]:
    """Where the statements of an account do not meet or prove other money than is booked, by account and day."""
    for one in bank.bank_gaps(scope.connection, known_at=scope.known_at):
        gap = one.gap
        yield (
            one.account, one.seller, gap.currency, gap.kind, gap.from_on, gap.to_on, gap.expected_minor,
            gap.found_minor, gap.difference_minor, one.what, one.mend,
        )  # fmt: skip


def debtors(scope: Scope) -> Iterator[Row]:
    """Accounts of debtors, by seller and account."""
    books = books_of(scope.desk, scope.connection)
    for row in exporting.debtors(scope.connection, books, known_at=scope.known_at):
        yield tuple(getattr(row, name) for name in _DEBTOR_FIELDS)
