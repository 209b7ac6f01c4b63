"""Allocating by hand: several receipts to several invoices with chosen amounts, deductions named, rests written off."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from hub.core.services.decisions import State, proposal_id, refuse_marked, states, written
from hub.core.services.desk import Desk, books_of
from hub.core.services.naming import invoice_called, receipt_called
from hub.core.services.pouring import Pot, exchange, pour
from hub.core.services.rules import SETTING_OF, Rules
from hub.core.services.words import amount, words_of
from hub.core.store import Connection
from hub.core.store.allocations import NewAllocation
from hub.core.store.choosing import ChosenInvoice, ChosenReceipt, lock
from hub.core.store.database import UnitOfWork
from hub.core.store.decisions import AllocationRow, allocation_rows, deducted
from hub.sdk.errors import HubError
from hub.sdk.money import exponent

#: Rule of what a person decided without a suggestion; stored, never respelt.
BY_HAND = "by_hand"
CREDIT_NOTE = "credit_note"


class Share(NamedTuple):
    """A receipt or an invoice as a person names it, with the amount chosen; None: as much as fits."""

    name: str
    amount: Decimal | None = None


class Deduction(NamedTuple):
    """A difference that closes a part of an invoice without money."""

    name: str
    amount: Decimal
    nature: str


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of the decision before it is written; `amount_minor` negative for a credit note.

    `used_minor`: what it uses up of a receipt in another currency.
    """

    receipt: ChosenReceipt
    invoice: ChosenInvoice
    nature: str
    amount_minor: int
    used_minor: int | None = None


def allocate(
    desk: Desk,
    rules: Rules,
    receipts: Sequence[Share],
    invoices: Sequence[Share],
    deductions: Sequence[Deduction],
    reason: str,
) -> list[AllocationRow]:
    """Apply receipts to invoices as a person chose; one decision, one transaction. Returns its lines.

    Receipts are used in the order given, invoices paid in the order given; a credit note among the invoices is used
    up. An amount left out is as much as fits: what is not needed of a receipt stays unapplied. Beside invoices in
    another currency one receipt is named: its amount, or all that is left of it, is exchanged for theirs, or for all
    that is open of them.

    Raises:
        HubError: a name is unknown, chosen amounts do not agree, there are too many currencies, more is wanted than is
            left or open, or a deduction is beyond its limit.
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        books = books_of(desk, unit.connection)
        given = [receipt_called(unit.connection, share.name) for share in receipts]
        owed = [invoice_called(unit.connection, books, share.name) for share in invoices]
        _refuse_twice([f"receipt {r.receipt_id}" for r in given] + [f"invoice {i.seller} {i.number}" for i in owed])
        lock(unit, [r.id for r in given], [i.id for i in owed])
        given = [receipt_called(unit.connection, share.name) for share in receipts]  # as they are now that we hold them
        for receipt in given:
            refuse_marked(desk, unit.connection, receipt)
        paid_in, currency = _currencies(given, owed)
        by_number = {share.name: invoice for share, invoice in zip(invoices, owed, strict=True)}
        less = _deductions(unit, rules, deductions, by_number, currency)
        opened = states(desk, unit.connection, [i.id for i in owed])
        _refuse_closed(desk, unit.connection, owed, opened)
        pots = _given(given, receipts, paid_in)
        wanted, credits = _owed(owed, invoices, opened, less, currency)
        poured: Sequence[Sequence[int]] = (
            pour(pots, wanted, credits, currency) if paid_in == currency else exchange(pots[0], wanted, credits)
        )
        lines = [_Line(given[at], owed[to], "money", *minor) for at, to, *minor in poured]
        payers = {line.invoice.id: line.receipt for line in reversed(lines)}
        lines += [_Line(payers.get(i.id, given[0]), i, nature, minor) for i, nature, minor in less]
        return _write(unit, desk, rules, lines, opened, reason)

    return desk.act(work, sellers=lambda rows: {row.seller for row in rows})


def write_off(desk: Desk, rules: Rules, name: str, reason: str) -> list[AllocationRow]:
    """Write off what is left open of an invoice that a receipt paid almost wholly.

    Raises:
        HubError: the invoice is unknown, nothing is open, no receipt paid it, or the rest is beyond the limit.
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        invoice = invoice_called(unit.connection, books_of(desk, unit.connection), name)
        lock(unit, [], [invoice.id])
        opened = states(desk, unit.connection, [invoice.id])
        rest = opened[invoice.id].open_minor
        standing = [
            row
            for row in allocation_rows(unit.connection, invoice_row=invoice.id)
            if row.status != "reversed" and row.invoice_row == invoice.id
        ]
        if rest <= 0 or not standing or invoice.kind == CREDIT_NOTE:
            raise HubError(
                code="HUB-REC-035",
                what=f"nothing is open on {invoice.number}"
                if rest <= 0
                else f"no receipt was applied to {invoice.number}: its rest is no small difference",
                where=name,
                mend=f"nothing to do; hub allocations explain {invoice.number} says what was applied to it"
                if rest <= 0
                else "a claim that is given up is booked in the ledger; the hub reads it from there",
            )
        receipt = receipt_called(unit.connection, f"receipt:{standing[-1].receipt_row}")
        _refuse_beyond_limit(unit, rules, invoice, "write_off", rest)
        return _write(unit, desk, rules, [_Line(receipt, invoice, "write_off", rest)], opened, reason)

    return desk.act(work, sellers=lambda rows: {row.seller for row in rows})


def _write(
    unit: UnitOfWork, desk: Desk, rules: Rules, lines: Sequence[_Line], opened: Mapping[int, State], reason: str
) -> list[AllocationRow]:
    decision = proposal_id(0, [(line.receipt.id, line.invoice.id, line.nature, line.amount_minor) for line in lines])
    evidence = json.dumps(
        {
            "open": {line.invoice.number: _signed(line.invoice, opened) for line in lines},
            "left_of_receipts": {line.receipt.receipt_id: line.receipt.left_minor for line in lines},
        },
        ensure_ascii=False,
    )
    new = [
        NewAllocation(
            proposal=decision, receipt_id=line.receipt.id, invoice_id=line.invoice.id, nature=line.nature,
            amount_minor=line.amount_minor, currency=line.invoice.currency, origin="confirmed", rule=BY_HAND,
            reason=reason, confidence_ppm=1_000_000, evidence=evidence, books_settled_minor=0,
            effective_on=line.receipt.received_on, policy=rules.policy.version, used_minor=line.used_minor,
        )
        for line in lines
    ]  # fmt: skip
    return written(desk, unit, new)


def _signed(invoice: ChosenInvoice, opened: Mapping[int, State]) -> int:
    """What is open, as a list of open items has it: negative of a credit note."""
    minor = opened[invoice.id].open_minor
    return -minor if invoice.kind == CREDIT_NOTE else minor


def _given(given: Sequence[ChosenReceipt], shares: Sequence[Share], currency: str) -> list[Pot]:
    """Receipts with what each gives, in minor units."""
    pots = []
    for at, (receipt, share) in enumerate(zip(given, shares, strict=True)):
        chosen = _minor(share, currency)
        if receipt.taken_back or receipt.left_minor <= 0:
            why = "was taken back by the bank" if receipt.taken_back else "has nothing left to apply"
            raise HubError(
                code="HUB-REC-010",
                what=f"the allocation was refused: {share.name} {why}",
                where=share.name,
                mend=f"look at hub allocations explain {share.name}",
            )
        if chosen is not None and chosen > receipt.left_minor:
            raise HubError(
                code="HUB-REC-010",
                what=f"{share.name} has {amount(receipt.left_minor, currency)} left, not {amount(chosen, currency)}",
                where=share.name,
                mend="name a smaller amount, or leave it out: it is as much as fits",
            )
        pots.append(Pot(share.name, receipt.left_minor if chosen is None else chosen, chosen is not None, at))
    return pots


def _owed(
    owed: Sequence[ChosenInvoice],
    shares: Sequence[Share],
    opened: Mapping[int, State],
    less: Sequence[tuple[ChosenInvoice, str, int]],
    currency: str,
) -> tuple[list[Pot], list[Pot]]:
    """Invoices, and credit notes, with what each takes, in minor units."""
    wanted: list[Pot] = []
    credits: list[Pot] = []
    for at, (invoice, share) in enumerate(zip(owed, shares, strict=True)):
        chosen = _minor(share, currency)
        most = opened[invoice.id].open_minor - sum(minor for i, _, minor in less if i.id == invoice.id)
        pot = Pot(share.name, max(most, 0) if chosen is None else chosen, chosen is not None, at)
        (credits if invoice.kind == CREDIT_NOTE else wanted).append(pot)
    return wanted, credits


def _deductions(
    unit: UnitOfWork,
    rules: Rules,
    deductions: Sequence[Deduction],
    by_name: Mapping[str, ChosenInvoice],
    currency: str,
) -> list[tuple[ChosenInvoice, str, int]]:
    found = []
    for deduction in deductions:
        invoice = by_name.get(deduction.name)
        if invoice is None or invoice.kind == CREDIT_NOTE:
            raise HubError(
                code="HUB-REC-035",
                what=f"{deduction.name} is none of the invoices that are paid here",
                where=deduction.name,
                mend="name it with --invoice as well: a deduction closes the rest of an invoice that money pays",
            )
        minor = _minor(Share(deduction.name, deduction.amount), currency)
        assert minor is not None  # noqa: S101 -- a deduction has an amount
        _refuse_beyond_limit(unit, rules, invoice, deduction.nature, minor)
        found.append((invoice, deduction.nature, minor))
    return found


def _refuse_beyond_limit(unit: UnitOfWork, rules: Rules, invoice: ChosenInvoice, nature: str, minor: int) -> None:
    """What was deducted of the invoice before counts as well: a limit is no step."""
    limit = rules.limit_minor(nature, invoice.seller, invoice.debtor_id, invoice.total_minor)
    before = deducted(unit.connection, invoice.id, nature)
    if minor + before > limit:
        words = words_of(nature)
        said = f" ({amount(before, invoice.currency)} before)" if before else ""
        raise HubError(
            code="HUB-REC-036",
            what=f"{amount(minor, invoice.currency)} of {invoice.number} as {words}{said} is "
            f"beyond the limit of {amount(limit, invoice.currency)}",
            where=invoice.number,
            mend=f"book it in the ledger, or have {SETTING_OF[nature]} in [reconcile] raised; "
            "else the rest stays open and is asked for",
        )


def _minor(share: Share, currency: str) -> int | None:
    """The chosen amount in minor units.

    Raises:
        HubError: it is not positive, or has more decimals than the currency.
    """
    if share.amount is None:
        return None
    minor = share.amount.scaleb(exponent(currency))
    if minor <= 0 or minor != minor.to_integral_value():
        raise HubError(
            code="HUB-REC-037",
            what=f"{share.amount} is no amount of {currency} that can be applied",
            where=share.name,
            mend="amounts are positive, with the decimals of the currency; a credit note is named like an invoice",
        )
    return int(minor)


def _currencies(receipts: Sequence[ChosenReceipt], invoices: Sequence[ChosenInvoice]) -> tuple[str, str]:
    """The currency of the receipts and that of the invoices; where they differ, one receipt is exchanged."""
    paid_in, owed_in = {r.currency for r in receipts}, {i.currency for i in invoices}
    if len(paid_in | owed_in) > 1 and (len(receipts) > 1 or len(owed_in) > 1):
        raise HubError(
            code="HUB-REC-013",
            what=f"receipts and invoices are in {' and '.join(sorted(paid_in | owed_in))}",
            where="currency",
            mend="name one receipt, and invoices of one currency: it is exchanged for them",
        )
    return paid_in.pop(), owed_in.pop()


def _refuse_closed(
    desk: Desk, connection: Connection, owed: Sequence[ChosenInvoice], opened: Mapping[int, State]
) -> None:
    """The first of several with nothing open is named, with what was applied to it last, by whom and when."""
    for invoice in owed:
        if opened[invoice.id].open_minor + opened[invoice.id].set_off_minor > 0:
            continue
        rows = [row for row in allocation_rows(connection, invoice_row=invoice.id) if row.invoice_row == invoice.id]
        standing = [row for row in rows if row.status != "reversed"]
        told = "it is settled in the books" if not standing else _applied(desk, standing[-1])
        raise HubError(
            code="HUB-REC-010",
            what=f"the allocation was refused: nothing is open on {invoice.number}; {told}",
            where=invoice.number,
            mend=f"leave it out; hub allocations explain {invoice.number} says what paid it"
            if standing
            else "leave it out",
        )


def _applied(desk: Desk, row: AllocationRow) -> str:
    """What was applied to an invoice, by whom and when."""
    return f"{row.actor} applied receipt {row.receipt_id} to it, {desk.moment(row.recorded_at or 0)}"


def _refuse_twice(names: Sequence[str]) -> None:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise HubError(
            code="HUB-REC-037", what=f"{twice[0]} is named twice", where=twice[0], mend="name it once, with one amount"
        )
