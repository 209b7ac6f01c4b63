"""The work of a person on allocations: look, confirm a suggestion, reverse with a reason, ask why."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, NoReturn

from hub.core.reconcile.company_rules import YOUR_RULE
from hub.core.services.decisions import refuse_decided, refuse_marked, reopened_documents, written
from hub.core.services.desk import Desk, books_of
from hub.core.services.naming import invoices_named, receipts_named
from hub.core.services.present import Present, left_of, present_of
from hub.core.services.rules import Rules
from hub.core.services.taken_back import returns_to_place
from hub.core.services.words import amount, day
from hub.core.store import Connection
from hub.core.store.allocations import NewAllocation, reverse
from hub.core.store.choosing import lock, receipts_called
from hub.core.store.database import UnitOfWork
from hub.core.store.decisions import AllocationRow, Only, allocation_rows, moot_by, proposal_rows
from hub.core.store.marks import MARKED
from hub.core.store.receipts import reversed_by_people
from hub.core.store.shown import ShownInvoice, ShownReceipt, shown_invoices, shown_receipts
from hub.sdk.errors import HubError
from hub.sdk.redaction import excerpt


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why lines that were decided together stand: `evidence` is what the engine found and refused.

    `receipts`, `invoices`: what the bank said of the money, and whose invoices they are, by row number. `left`: what is
    not applied of its receipts now, and why.
    """

    lines: list[AllocationRow]
    evidence: dict[str, Any]
    receipts: Mapping[int, ShownReceipt] = field(default_factory=dict)
    invoices: Mapping[int, ShownInvoice] = field(default_factory=dict)
    left: Mapping[int, Present] = field(default_factory=dict)


#: Shown in lists for an allocation that the books confirmed and gave up; it is stored and exported as what it was.
REOPENED = "reopened"
_MOST_NAMED = 5  # decisions about one receipt or invoice, in a sentence


def list_allocations(desk: Desk, *, statuses: Sequence[str] = (), only: Only | None = None) -> list[AllocationRow]:
    """Allocations, then suggestions (rows of one proposal together, best first); all statuses unless some are named.

    With `only.right` no suggestion for a receipt of which a person reversed an allocation, or that a rule of the
    company keeps for a person.
    """
    asked = only or Only()
    with desk.store.read() as connection:
        rows = [] if statuses and set(statuses) <= {"suggested"} else allocation_rows(connection, only=asked)
        rows = _marked(rows, reopened_documents(desk, connection))
        suggested = [] if statuses and "suggested" not in statuses else proposal_rows(connection)
        # What a person undid is offered again as surely as before; it is not to be applied again in passing.
        undone = reversed_by_people(connection) if asked.right is not None else frozenset()
    choices = [list(found) for _, found in groupby(suggested, _receipt)]
    rows += [row for mine in choices if mine[0].receipt_row not in undone for row in _asked_for(mine, asked)]
    return [row for row in rows if not statuses or row.status in statuses]


def _receipt(row: AllocationRow) -> int:
    return row.receipt_row


def _asked_for(choices: list[AllocationRow], only: Only) -> list[AllocationRow]:
    """All suggestions for a receipt, if a person asked for it."""
    first = choices[0]
    if only.right is not None and (first.confidence_ppm < only.right * 10_000 or _asks(first)):
        return []
    if only.since is not None and first.received_on < only.since:
        return []
    sellers = only.seller is None or any(row.seller == only.seller for row in choices)
    debtors = only.debtor is None or any(row.debtor_id == only.debtor for row in choices)
    return choices if sellers and debtors else []


def _asks(row: AllocationRow) -> bool:
    """Whether a rule of the company keeps the receipt for a person, however sure the suggestion looks."""
    return YOUR_RULE in str(json.loads(row.evidence).get("against", ""))


def surest(desk: Desk, only: Only) -> list[str]:
    """The names of the first suggestions for the receipts that were asked for, in the order of the list."""
    rows = list_allocations(desk, statuses=["suggested"], only=only)
    return [next(found).proposal for _, found in groupby(rows, _receipt)]


def shown_beside(desk: Desk, rows: Sequence[AllocationRow]) -> tuple[dict[int, ShownReceipt], dict[int, ShownInvoice]]:
    """What the bank said of the receipts, and whose invoices they are, by row number."""
    with desk.store.read() as connection:
        return _shown(desk, connection, rows)


def _shown(
    desk: Desk, connection: Connection, rows: Sequence[AllocationRow]
) -> tuple[dict[int, ShownReceipt], dict[int, ShownInvoice]]:
    receipts = shown_receipts(connection, {row.receipt_row for row in rows})
    return receipts, shown_invoices(connection, books_of(desk, connection), {row.invoice_row for row in rows})


def _marked(rows: list[AllocationRow], reopened: frozenset[int]) -> list[AllocationRow]:
    """Standing allocations to documents that the books reopened have that status of their own."""
    if not reopened:
        return rows
    return [
        replace(row, status=REOPENED) if row.invoice_row in reopened and row.status != "reversed" else row
        for row in rows
    ]


def confirm(desk: Desk, rules: Rules, proposal: str, reason: str | None = None) -> list[AllocationRow]:
    """Apply a suggestion as a person's decision; returns its lines. `reason` is kept with what the engine found.

    Raises:
        HubError: no such suggestion, or the money or the invoice was used meanwhile; of what was decided already, by
            whom and when.
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        chosen = _choice(desk, unit.connection, proposal)
        lock(unit, [row.receipt_row for row in chosen], [row.invoice_row for row in chosen])
        chosen = _choice(desk, unit.connection, proposal)  # as it stands now that nobody else can decide
        return written(desk, unit, [_confirmed(row, rules, reason) for row in chosen])

    return desk.act(work, sellers=lambda rows: {row.seller for row in rows})


def _choice(desk: Desk, connection: Connection, proposal: str) -> list[AllocationRow]:
    """The lines of a suggestion that still is a choice.

    Raises:
        HubError: it is none any more, with what became of it; or never was.
    """
    rows = proposal_rows(connection, proposal=proposal)
    if rows:
        return rows
    refuse_decided(desk, connection, proposal)
    other = moot_by(connection, proposal)
    if other is not None and other.startswith(MARKED):
        _refuse_marked(desk, connection, int(other.removeprefix(MARKED)), proposal)
    elif other is not None:
        by = allocation_rows(connection, decision=other)[0]
        raise HubError(
            code="HUB-REC-030",
            what=f"{by.actor} decided otherwise about this receipt, {desk.moment(by.recorded_at or 0)}: {other}",
            where=proposal,
            mend=f"look at hub allocations explain {other}; what it left is judged by the next hub reconcile",
        )
    raise _unknown(desk, connection, proposal)


def _refuse_marked(desk: Desk, connection: Connection, receipt_row: int, proposal: str) -> NoReturn:
    """Say who marked the receipt of a suggestion, or that the mark was taken back."""
    [receipt] = receipts_called(connection, rows=[receipt_row])
    refuse_marked(desk, connection, receipt)
    raise HubError(
        code="HUB-REC-030",
        what=f"the suggestion is no choice any more: receipt {receipt.receipt_id} was marked meanwhile, and the mark "
        "taken back",
        where=proposal,
        mend="run hub reconcile: it is judged again",
    )


def _confirmed(row: AllocationRow, rules: Rules, reason: str | None) -> NewAllocation:
    evidence = row.evidence
    if reason:
        evidence = json.dumps({**json.loads(row.evidence), "confirmed_because": reason}, ensure_ascii=False)
    return NewAllocation(
        proposal=row.proposal, receipt_id=row.receipt_row, invoice_id=row.invoice_row, nature=row.nature,
        amount_minor=row.amount_minor, currency=row.currency, origin="confirmed", rule=row.rule, reason=row.reason,
        confidence_ppm=row.confidence_ppm, evidence=evidence, books_settled_minor=0,
        effective_on=row.effective_on, policy=rules.policy.version, used_minor=row.used_minor,
    )  # fmt: skip


def reverse_proposal(desk: Desk, name: str, reason: str) -> list[AllocationRow]:
    """Reverse an allocation: all standing lines that were decided together. `name` is a proposal or an allocation id.

    Raises:
        HubError: nothing bears that name, or it was reversed already (by whom, when and why).
    """

    def work(unit: UnitOfWork) -> list[AllocationRow]:
        rows = allocation_rows(unit.connection, decision=name)
        lock(unit, [row.receipt_row for row in rows], [])
        rows = allocation_rows(unit.connection, decision=name)
        chosen = [row for row in rows if row.status != "reversed"]
        if not rows:
            raise _unknown(desk, unit.connection, name)
        if not chosen:
            last = max(rows, key=lambda row: row.reversed_at or 0)
            raise HubError(
                code="HUB-REC-011",
                what=f"{last.reversed_by} reversed {last.proposal} already, {desk.moment(last.reversed_at or 0)}: "
                f"{last.reversed_because}",
                where=name,
                mend="nothing to do; hub reconcile looks for another explanation of the receipt",
            )
        reverse(unit, [row.allocation_id for row in chosen if row.allocation_id is not None], reason)
        return chosen

    return desk.act(work, sellers=lambda rows: {row.seller for row in rows})


def explain(desk: Desk, name: str) -> list[Explanation]:
    """Everything known about one decision, or all decisions about one receipt or one invoice: those that stand first,
    then suggestions, best first. `name`: a proposal, a receipt's own id, an allocation id, or an invoice's number.

    Raises:
        HubError: nothing is known under that name, or nothing of the receipt was ever applied or suggested (why).
    """
    with desk.store.read() as connection:
        rows = _about(desk, connection, name)
        if not rows:
            raise _unknown(desk, connection, name)
        rows = _marked(rows, reopened_documents(desk, connection))
        receipts, invoices = _shown(desk, connection, rows)
        money = receipts_called(connection, rows=sorted({row.receipt_row for row in rows}))
        suggested = {one.id for one in money if proposal_rows(connection, receipt_row=one.id)}
        left = left_of(desk, connection, money, suggested)
    rows.sort(key=lambda row: (REOPENED, "confirmed", "auto", "suggested", "reversed").index(row.status))
    decisions: dict[tuple[str, bool], list[AllocationRow]] = {}
    for row in rows:  # what was reversed may be suggested again, under the same name
        decisions.setdefault((row.proposal, row.status == "suggested"), []).append(row)
    return [Explanation(lines, json.loads(lines[0].evidence), receipts, invoices, left) for lines in decisions.values()]


def _about(desk: Desk, connection: Connection, name: str) -> list[AllocationRow]:
    """The lines of all decisions and suggestions about what bears this name; a receipt's goes before a mere number."""
    rows: list[AllocationRow] = []
    receipts = receipts_named(connection, name)
    for receipt in receipts:
        rows += allocation_rows(connection, receipt_row=receipt.id)
        rows += proposal_rows(connection, receipt_row=receipt.id)
    if not rows and not receipts:
        rows = [*allocation_rows(connection, decision=name), *proposal_rows(connection, proposal=name)]
    if not rows and not receipts:
        for invoice in invoices_named(connection, books_of(desk, connection), name):
            rows += allocation_rows(connection, invoice_row=invoice.id)
            suggested = proposal_rows(connection)
            ways = {row.proposal for row in suggested if row.invoice_row == invoice.id}
            rows += [row for row in suggested if row.proposal in ways]
    return rows


def _unknown(desk: Desk, connection: Connection, name: str) -> HubError:
    """That nothing decided bears this name; of a receipt or an invoice, what is known instead."""
    receipts = receipts_named(connection, name)
    decided = list(dict.fromkeys(row.proposal for row in _about(desk, connection, name) if row.status != "reversed"))
    if decided:
        what = "a receipt" if receipts else "an invoice"
        more = ", …" if len(decided) > _MOST_NAMED else ""
        return HubError(
            code="HUB-REC-012",
            what=f"{name} is the name of {what}; what was decided about it, or is suggested, is called "
            f"{', '.join(decided[:_MOST_NAMED])}{more}",
            where=name,
            mend=f"use that name; hub allocations explain {name} tells them apart",
        )
    for receipt in receipts:
        found = present_of(desk, connection, receipt)
        if found is not None:
            text = shown_receipts(connection, {receipt.id})[receipt.id].text
            payer = f", {receipt.payer_name}" if receipt.payer_name else ""
            money = f"{amount(receipt.amount_minor, receipt.currency)} of {day(receipt.received_on)}{payer}"
            return HubError(
                code="HUB-REC-014",
                what=f"receipt {receipt.receipt_id} ({money}) is not applied: {found.why}",
                where=f"{name}, “{excerpt(text)}”" if text else name,
                mend=found.mend,
            )
    if invoices_named(connection, books_of(desk, connection), name):
        return HubError(
            code="HUB-REC-012",
            what=f"nothing was ever applied to {name}, and nothing is suggested for it",
            where=name,
            mend="hub allocations allocate --invoice … applies money to it; hub export open-items has what is open",
        )
    came_back = returns_to_place(connection, books_of(desk, connection), name)
    if came_back:
        return HubError(
            code="HUB-REC-014",
            what=f"{name} is money that left: {came_back[0].why}",
            where=name,
            mend="look at hub allocations unapplied --verdict return",
        )
    return HubError(
        code="HUB-REC-012",
        what=f"no allocation or suggestion is called {name!r}",
        where=name,
        mend="look at hub allocations list; after hub reconcile the suggestions are new",
    )
