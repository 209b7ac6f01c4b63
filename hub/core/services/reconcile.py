"""Reconcile: open items and unapplied receipts through the pure engine; automatic allocations are written at once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from hub.core.reconcile import (
    Decision,
    Learnt,
    OpenItems,
    Outcome,
    Policy,
    Proposal,
    Receipts,
    SettledNumbers,
    reconcile,
)
from hub.core.reconcile.outcome import AUTO, NOT_A_RECEIPT, RETURN
from hub.core.services.desk import Desk
from hub.core.services.ledger import LedgerView, allocated_by_document, settled_in_books, view_in
from hub.core.services.sightings import look
from hub.core.store import Connection
from hub.core.store import receipts as receipt_store
from hub.core.store.allocations import NewAllocation, NewProposal, add_allocations, replace_proposals, reverse
from hub.core.store.database import UnitOfWork

#: Proposals kept per receipt for a person to choose from.
KEPT_PROPOSALS = 5
#: How often the rest of receipts is looked at within one reconciliation.
MAX_PASSES = 3
SURPLUS = "Part of it is applied; this rest is more than the invoices it pays, and nothing else explains it."


@dataclass(slots=True)
class RuleCount:
    """What one rule did: receipts, lines, and money by currency in minor units."""

    receipts: int = 0
    lines: int = 0
    amounts: Counter[str] = field(default_factory=Counter)

    def add(self, other: RuleCount) -> None:
        """Add `other` to this."""
        self.receipts += other.receipts
        self.lines += other.lines
        self.amounts.update(other.amounts)


@dataclass(slots=True)
class ReconcileReport:
    """What a reconciliation came to. `automatic` and `suggested` by rule; `left` by reason.

    `surplus` counts receipts of which an automatic allocation left something; `returned` receipts that the bank took
    back, whose allocations were reversed.
    """

    receipts: int = 0
    surplus: int = 0
    returned: RuleCount = field(default_factory=RuleCount)
    automatic: dict[str, RuleCount] = field(default_factory=dict)
    suggested: dict[str, RuleCount] = field(default_factory=dict)
    left: dict[str, RuleCount] = field(default_factory=dict)


def reconcile_now(desk: Desk, policy: Policy) -> ReconcileReport:
    """Propose for every receipt with money unapplied, and apply what the policy allows.

    What an automatic allocation leaves of a receipt is looked at again, so that running the command twice without new
    facts changes nothing. Each pass is one transaction. Sightings of one sum are linked first.
    """
    look(desk)
    report = _pass(desk, policy)
    for _ in range(MAX_PASSES - 1):
        if not report.surplus:
            break
        again = _pass(desk, policy)
        for rule, count in again.automatic.items():
            report.automatic.setdefault(rule, RuleCount()).add(count)
        report.suggested, report.left = again.suggested, again.left
        report.surplus = again.surplus
        report.returned.add(again.returned)
    return report


def _pass(desk: Desk, policy: Policy) -> ReconcileReport:
    with desk.store.read() as connection:
        inputs = load_inputs(desk, connection)
    outcome = decide(inputs, policy, desk.clock.today())
    return desk.store.again(desk.actor, lambda unit: _write(unit, inputs, outcome))


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything the engine is given, and what is needed to write its decisions down."""

    view: LedgerView
    items: OpenItems
    settled: SettledNumbers
    receipts: Receipts
    received_on: dict[int, date]
    learnt: Learnt
    debtors: Any
    remittances: Any
    reversed_receipts: frozenset[int] = frozenset()
    seen_elsewhere: frozenset[int] = frozenset()


def load_inputs(desk: Desk, connection: Connection) -> Inputs:
    """Open items, debtors, unapplied receipts and what was learnt, in the engine's columns."""
    view = view_in(desk, connection)
    items, settled = _items(view)
    receipts = receipt_store.unapplied(connection, view.books)
    return Inputs(
        view=view,
        items=items,
        settled=settled,
        receipts=receipts,
        received_on=dict(zip(receipts.id, receipts.received_on, strict=True)),
        learnt=receipt_store.learnt(connection),
        debtors=receipt_store.debtors(connection, view.books),
        remittances=receipt_store.remittances(connection, receipts.id),
        reversed_receipts=receipt_store.reversed_by_people(connection),
        seen_elsewhere=receipt_store.seen_elsewhere(connection),
    )


def decide(inputs: Inputs, policy: Policy, today: date) -> Outcome:
    """The engine's decisions; pure."""
    return reconcile(
        inputs.items,
        inputs.debtors,
        inputs.receipts,
        policy=policy,
        remittances=inputs.remittances,
        learnt=inputs.learnt,
        settled=inputs.settled,
        today=today,
    )


def _items(view: LedgerView) -> tuple[OpenItems, SettledNumbers]:
    """Open items with their references; numbers of documents with nothing open are told apart."""
    place = {document: index for index, document in enumerate(view.facts.documents.id)}
    open_items = [item for item in view.ledger.items if (item.open_minor > 0) == (item.kind == "invoice")]
    places = [place[item.document_id] for item in open_items]
    facts, documents = view.facts, view.facts.documents
    items = OpenItems(
        id=[item.document_id for item in open_items],
        seller=[item.seller for item in open_items],
        debtor=[item.debtor_id for item in open_items],
        number=[item.number for item in open_items],
        kind=[item.kind for item in open_items],
        issued_on=[item.issued_on for item in open_items],
        due_on=[item.due_on for item in open_items],
        currency=[item.currency for item in open_items],
        total_minor=[item.total_minor for item in open_items],
        open_minor=[abs(item.open_minor) for item in open_items],
        order_ref=[facts.order_ref[at] for at in places],
        payment_ref=[facts.payment_ref[at] for at in places],
        corrects=[documents.corrects[at] for at in places],
        discount_terms=[facts.discount_terms[at] for at in places],
    )
    still_open = set(items.id)
    closed = [index for index, document in enumerate(documents.id) if document not in still_open]
    settled = SettledNumbers(
        seller=[documents.seller[at] for at in closed],
        debtor=[documents.debtor_id[at] for at in closed],
        number=[documents.number[at] for at in closed],
    )
    return items, settled


def _write(unit: UnitOfWork, inputs: Inputs, outcome: Outcome) -> ReconcileReport:
    report = ReconcileReport(receipts=sum(1 for amount in inputs.receipts.amount_minor if amount > 0))
    in_books = settled_in_books(inputs.view.facts)
    currencies = dict(zip(inputs.receipts.id, inputs.receipts.currency, strict=True))
    amounts = dict(zip(inputs.receipts.id, inputs.receipts.unapplied_minor, strict=True))
    whole = dict(zip(inputs.receipts.id, inputs.receipts.amount_minor, strict=True))
    allocated = allocated_by_document(inputs.view.facts)
    lines: list[NewAllocation] = []
    proposals: list[NewProposal] = []
    verdicts: list[tuple[int, str, str]] = []
    orphaned = receipt_store.allocations_of_withdrawn(unit.connection)
    if orphaned:
        reverse(unit, orphaned, "its source withdrew the receipt")
    taken = _take_back(unit, outcome)
    for receipt in taken:
        report.returned.receipts += 1
        report.returned.amounts[currencies[receipt]] += whole[receipt]
    for decision in outcome.decisions:
        if decision.receipt_id in taken:  # the bank took it back: there is nothing to apply
            continue
        if decision.receipt_id < 0 or not amounts[decision.receipt_id]:  # money that left; or nothing left to apply
            continue
        currency, amount = currencies[decision.receipt_id], amounts[decision.receipt_id]
        may_apply = decision.status == AUTO and decision.proposals[0].exchange is None
        # Somebody undid what the hub decided about this receipt: from then on it only suggests.
        may_apply = may_apply and decision.receipt_id not in inputs.reversed_receipts
        # The same sum may be counted already: seen by another connector, or settled in the books before we looked.
        may_apply = may_apply and decision.receipt_id not in inputs.seen_elsewhere
        if may_apply and not _may_be_in_books(decision.proposals[0], in_books, allocated):
            best = decision.proposals[0]
            lines += _lines(decision.receipt_id, best, inputs, in_books)
            used = sum(value for _, value in best.lines)
            report.surplus += used < amount
            _add(report.automatic, best.rule, len(best.lines), currency, used)
        elif decision.proposals:
            proposals += _suggestions(decision)
            _add(report.suggested, decision.proposals[0].rule, len(decision.proposals[0].lines), currency, amount)
        else:
            verdict = decision.status if decision.status in (NOT_A_RECEIPT, RETURN) else "unapplied"
            rest = amount < whole[decision.receipt_id]
            verdicts.append((decision.receipt_id, verdict, SURPLUS if rest else decision.reason))
            _add(report.left, "surplus" if rest else decision.rule, 0, currency, amount)
    if lines:
        add_allocations(unit, lines)
    replace_proposals(unit, proposals, verdicts)
    return report


def _may_be_in_books(proposal: Proposal, in_books: dict[int, int], allocated: dict[int, int]) -> bool:
    """True when the books settled so much on an invoice, not explained by the hub's own allocations, that this very
    receipt may be part of it: the takeover of a ledger whose open amounts already know the payment."""
    return any(
        0 < amount <= in_books.get(item, 0) - min(in_books.get(item, 0), allocated.get(item, 0))
        for item, amount in proposal.lines
    )


def _take_back(unit: UnitOfWork, outcome: Outcome) -> list[int]:
    """Receipts that the bank took back are noted; what was applied of them is reversed, the invoice is open again."""
    found = [
        (int(decision.evidence["reverses_receipt_id"]), -decision.receipt_id, decision.reason)
        for decision in outcome.decisions
        # Without a return code an equal amount may be a payment to somebody else: a person decides.
        if decision.status == RETURN
        and decision.evidence.get("reason_code")
        and decision.evidence.get("reverses_receipt_id")
    ]
    confirmed = receipt_store.confirmed_receipts(unit.connection)
    found = [entry for entry in found if entry[0] not in confirmed]
    reasons = {receipt: reason for receipt, _, reason in found}
    taken = receipt_store.take_back(unit, found) if found else []
    for receipt in taken:
        standing = receipt_store.standing_allocations(unit.connection, [receipt])
        if standing:
            reverse(unit, standing, reasons[receipt])
    return taken


def _add(into: dict[str, RuleCount], rule: str, lines: int, currency: str, amount: int) -> None:
    count = into.setdefault(rule, RuleCount())
    count.receipts += 1
    count.lines += lines
    count.amounts[currency] += amount


def lines_of(proposal: Proposal) -> list[tuple[int, str, int]]:
    """Money lines and deductions of a proposal: (invoice id, nature, amount); deductions without an item go to the
    first invoice."""
    money = [(item, "money", amount) for item, amount in proposal.lines]
    first = next((item for item, amount in proposal.lines if amount > 0), proposal.lines[0][0])
    return money + [(item or first, nature, amount) for nature, item, amount in proposal.deductions]


def proposal_id(receipt_id: int, lines: list[tuple[int, str, int]]) -> str:
    """A short name of one way to allocate one receipt: the same way has the same name in every run."""
    return "P" + hashlib.sha256(json.dumps([receipt_id, lines]).encode()).hexdigest()[:12]


def _lines(receipt_id: int, proposal: Proposal, inputs: Inputs, in_books: dict[int, int]) -> list[NewAllocation]:
    lines = lines_of(proposal)
    name = proposal_id(receipt_id, lines)
    evidence = json.dumps(proposal.evidence, ensure_ascii=False, sort_keys=True)
    return [
        NewAllocation(
            proposal=name, receipt_id=receipt_id, invoice_id=item, nature=nature, amount_minor=amount,
            currency=proposal.currency, origin="auto", rule=proposal.rule, reason=proposal.reason,
            confidence_ppm=round(proposal.confidence * 1_000_000), evidence=evidence,
            books_settled_minor=in_books.get(item, 0), effective_on=inputs.received_on[receipt_id],
        )
        for item, nature, amount in lines
    ]  # fmt: skip


def _suggestions(decision: Decision) -> list[NewProposal]:
    kept = []
    for rank, proposal in enumerate(decision.proposals[:KEPT_PROPOSALS], start=1):
        lines = lines_of(proposal)
        kept.append(
            NewProposal(
                receipt_id=decision.receipt_id, rank=rank, proposal=proposal_id(decision.receipt_id, lines),
                rule=proposal.rule, reason=proposal.reason, confidence_ppm=round(proposal.confidence * 1_000_000),
                lines=tuple(lines), evidence=json.dumps(proposal.evidence, ensure_ascii=False, sort_keys=True),
            )
        )  # fmt: skip
    return kept
