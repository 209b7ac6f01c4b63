"""What settled an invoice: payments, money paid back, credit notes, deposits, and what was given up at its closing.

Dolibarr keeps which part of a payment went to which invoice; the payment as a whole it does not tell. So each part is a
receipt of its own, and the payment's reference is the batch that they share. All sums here are in the main currency,
as Dolibarr's API gives them; an invoice in another currency is settled in the same proportion.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from hub.sdk import Money
from hub.sdk.records import CreditNote, Disbursement, Invoice, LedgerEntry, Receipt, Record, SettlementLine
from hub_dolibarr.faults import more_back_than_paid, not_adding_up
from hub_dolibarr.values import amount, day, text, whole

CREDIT_NOTE, DEPOSIT = 2, 3
_OPEN, _ABANDONED = 1, 3
Target = Literal["invoice", "credit_note", "receipt", "write_off", "other"]


@dataclass(frozen=True)
class Claim:
    """A document, and what is known of its payment.

    Attributes:
        sign: -1 for a credit note: its payments go the other way.
        base: the main currency, and `base_minor` the total in it.
        remains_minor: what Dolibarr says remains to pay, in the main currency; None when it does not say.
        closed_on: the day it was closed; of an open one, that of its issue.
        written_off: it was closed with a reason for what is missing.
    """

    document: Invoice | CreditNote
    status: int
    sign: int
    base: str
    base_minor: int
    remains_minor: int | None
    closed_on: date
    written_off: bool


@dataclass(frozen=True)
class Payment:
    """The part of a payment that went to one invoice. `minor` is positive towards settling it."""

    key: str
    ref: str
    minor: int
    on: date
    method: str | None
    number: str | None


def settled(
    claim: Claim, invoice_id: str, payments: Sequence[Any], discounts: Sequence[Any], place: str
) -> list[Record]:
    """Receipts, money paid back, and the lines of the settlement, oldest first.

    Raises:
        RecordRejected: the parts do not leave what Dolibarr says remains to pay.
        ValueError: a part cannot be read.
    """
    made = _Settlement(claim, invoice_id)
    parts = _payments(claim, invoice_id, payments)
    taken = [(one, amount(one.get("amount_ttc"), claim.base)) for one in discounts]
    applied = [(one, minor) for one, minor in taken if str(one.get("fk_facture")) == invoice_id]
    paid, back = sum(p.minor for p in parts if p.minor > 0), -sum(p.minor for p in parts if p.minor < 0)
    if back > paid:
        raise more_back_than_paid(place)
    rest = claim.base_minor - sum(minor for _, minor in applied) - (paid - back)
    told = None if claim.remains_minor is None else claim.sign * claim.remains_minor
    if told is not None and told != rest:
        raise not_adding_up(place, _shown(told, claim.base), _shown(rest, claim.base))
    days = _days_of_discounts(payments)
    for one, minor in applied:
        made.discount(one, minor, days.get(str(one.get("ref")), claim.closed_on))
    for one, minor in taken:
        if (one, minor) not in applied and whole(one.get("factype")) == CREDIT_NOTE:
            made.credit(one, minor, claim.document.issued_on)  # a line lowered the total
    made.money(parts, back)
    made.close(max(0, rest), max(0, -rest))
    return made.records


class _Settlement:
    """The records of one settlement while they are made; `left` of the total is not settled yet."""

    def __init__(self, claim: Claim, invoice_id: str) -> None:
        self.claim = claim
        self.invoice_id = invoice_id
        self.left = claim.base_minor
        self.own_left = claim.document.total_minor
        self.records: list[Record] = []
        self.lines = 0

    def discount(self, one: Mapping[str, Any], minor: int, on: date) -> None:
        """A credit note, a deposit or an excess of another invoice, used as a payment of this one."""
        self.own(minor, on)
        kind, source = whole(one.get("factype")), str(one["ref"])
        if kind == CREDIT_NOTE:
            self.credit(one, minor, on)
        else:
            self.line("other", f"{'deposit' if kind == DEPOSIT else 'excess'} {source}", minor, on)

    def credit(self, one: Mapping[str, Any], minor: int, on: date) -> None:
        """The part of a credit note that was used: in its own currency, in the same proportion."""
        source, currency = one.get("source"), self.claim.base
        if source:
            base = abs(amount(source["total_ttc"], currency))
            currency = str(source["multicurrency_code"])
            total = abs(amount(source["multicurrency_total_ttc"], currency))
            minor = (2 * total * minor + base) // (2 * base) if base else 0
        self.line("credit_note", str(one["ref"]), minor, on, currency)

    def money(self, parts: Sequence[Payment], back: int) -> None:
        """Payments, oldest first. What was paid back used up the oldest; the rest settles what is left."""
        for part in parts:
            if (part.minor > 0) == (self.claim.sign > 0):
                self.records.append(self._receipt(part))
            else:
                self.records.append(self._disbursement(part))
            if part.minor < 0:
                continue
            returned = min(back, part.minor)
            back -= returned
            used = min(part.minor - returned, self.left)
            self.own(used, part.on)
            if self.claim.sign > 0:
                closed = self.claim.status != _OPEN  # an excess was made a credit of its own: see `close`
                self.line("receipt", part.key, part.minor if closed else used + returned, part.on)

    def close(self, missing: int, excess: int) -> None:
        """What a closed document was given up for, or what was paid beyond it and is kept as a credit."""
        claim = self.claim
        if claim.status == _OPEN or (claim.sign < 0 and claim.status != _ABANDONED):
            return  # a credit note is closed when it is made a discount: it is settled where that is used
        if missing:
            self.own(missing, claim.closed_on)
            self.line("write_off" if claim.written_off else "other", claim.document.number, missing, claim.closed_on)
        if excess:
            number = claim.document.number
            self.records.append(
                LedgerEntry(
                    seller=claim.document.seller,
                    entry_id=f"excess {number}",
                    debtor_id=claim.document.debtor_id,
                    booked_on=claim.closed_on,
                    category="other",
                    effect_minor=-excess,
                    currency=claim.base,
                    document_number=number,
                    label=f"paid beyond {number}",
                )
            )

    def own(self, minor: int, on: date) -> None:
        """This much of the document itself is settled, in its own currency; the last part takes what is left of it."""
        document = self.claim.document
        minor = min(minor, self.left)
        self.left -= minor
        share = minor
        if document.currency != self.claim.base:
            base = self.claim.base_minor
            share = (2 * document.total_minor * minor + base) // (2 * base) if self.left else self.own_left
        self.own_left -= share
        target: Target = "credit_note" if self.claim.sign < 0 else "invoice"
        self.line(target, document.number, share, on, document.currency, document.issued_on)

    def line(
        self, target: Target, number: str, minor: int, on: date, currency: str = "", issued_on: date | None = None
    ) -> None:
        """One line; none over nothing."""
        if minor <= 0:
            return
        self.lines += 1
        document = self.claim.document
        self.records.append(
            SettlementLine(
                seller=document.seller,
                settlement_id=f"invoice {self.invoice_id}",
                line=self.lines,
                debtor_id=document.debtor_id,
                settled_on=on,
                target=target,
                document_number=number,
                document_issued_on=issued_on,
                amount_minor=minor,
                currency=currency or self.claim.base,
            )
        )

    def _receipt(self, part: Payment) -> Receipt:
        return Receipt(
            receipt_id=part.ref, received_on=part.on, debtor_id=self.claim.document.debtor_id, **self._movement(part)
        )

    def _disbursement(self, part: Payment) -> Disbursement:
        return Disbursement(disbursement_id=part.ref, paid_on=part.on, **self._movement(part))

    def _movement(self, part: Payment) -> dict[str, Any]:
        return {
            "source_key": part.key,
            "seller": self.claim.document.seller,
            "amount_minor": abs(part.minor),
            "currency": self.claim.base,
            "remittance": self.claim.document.number,
            "method": part.method,
            "bank_ref": part.number,
            "batch_ref": part.ref,
        }


def _payments(claim: Claim, invoice_id: str, rows: Sequence[Mapping[str, Any]]) -> list[Payment]:
    """The parts of payments, oldest first; discounts stand in the same list under a word in brackets."""
    found: list[Payment] = []
    seen: Counter[str] = Counter()
    for row in rows:
        kind = text(row.get("type"))
        minor = claim.sign * amount(row["amount"], claim.base)
        if (kind or "").startswith("(") or minor == 0:
            continue
        on = day(row.get("date")) or claim.document.issued_on
        # Payments made by old versions have no reference.
        ref = text(row.get("ref"), 100) or f"{on} {kind or ''} {text(row.get('num'), 40) or ''} {minor}"
        seen[ref] += 1
        again = f" ({seen[ref]})" if seen[ref] > 1 else ""
        found.append(Payment(f"{ref}/{invoice_id}{again}", ref, minor, on, kind, text(row.get("num"))))
    return sorted(found, key=lambda part: (part.on, part.minor < 0, part.key))


def _days_of_discounts(rows: Sequence[Mapping[str, Any]]) -> dict[str, date]:
    """When discounts were made, by the number of the document that they come from."""
    days: dict[str, date] = {}
    for row in rows:
        on = day(row.get("date"))
        if on is not None and (text(row.get("type")) or "").startswith("("):
            days[str(row.get("ref"))] = max(on, days.get(str(row.get("ref")), on))
    return days


def _shown(minor: int, currency: str) -> str:
    return f"{Money(minor=minor, currency=currency).decimal_text()} {currency}"
