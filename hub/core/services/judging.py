"""What a reconciliation would do, worked out without writing: the engine's decisions, the hub's caution, the sums.

What automatic allocations leave of receipts and items is looked at again until nothing more is applied, so that running
twice without new facts changes nothing. The same judgement is written down (`reconcile`) or compared (`replay`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub.core.reconcile import Decision, OpenItems, Outcome, Policy, Proposal, SettledNumbers, reconcile
from hub.core.reconcile.kept.standing import Amounts, Standing
from hub.core.reconcile.outcome import AUTO, NOT_A_RECEIPT, RETURN
from hub.core.reconcile.payers.debtor_names import Memory
from hub.core.services.decisions import proposal_id
from hub.core.services.inputs import ByDocument, Inputs
from hub.core.services.proposed import exchanged_of, lines_of
from hub.core.services.taken_back import taken_back
from hub.core.store.allocations import NewAllocation, NewProposal

#: Proposals kept per receipt for a person to choose from.
KEPT_PROPOSALS = 5
#: How often all is looked at within one reconciliation, at most: until a look applies nothing more.
MAX_PASSES = 5
SURPLUS = "Part of it is applied; this rest is more than the invoices it pays, and nothing else explains it."
UNSHARED = "The invoices are in another currency, and one of them is too small to have a share of this money."
_evidence_text = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode


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

    `returned` counts receipts that the bank took back, whose allocations were reversed; `to_place` money that came back
    and of which a person must say which receipt it was.
    """

    receipts: int = 0
    returned: RuleCount = field(default_factory=RuleCount)
    to_place: RuleCount = field(default_factory=RuleCount)
    automatic: dict[str, RuleCount] = field(default_factory=dict)
    suggested: dict[str, RuleCount] = field(default_factory=dict)
    left: dict[str, RuleCount] = field(default_factory=dict)


@dataclass(slots=True)
class Judgement:
    """Everything to write: allocations of all passes; suggestions and verdicts of the last one.

    verdicts: (receipt, verdict, reason). yielding: receipts that may be the same money as others which are applied:
    what the hub applied of them by itself is taken back.
    """

    report: ReconcileReport = field(default_factory=ReconcileReport)
    lines: list[NewAllocation] = field(default_factory=list)
    proposals: list[NewProposal] = field(default_factory=list)
    verdicts: list[tuple[int, str, str]] = field(default_factory=list)
    yielding: list[int] = field(default_factory=list)


def judge(inputs: Inputs, policy: Policy, today: date, memory: Memory | None = None) -> Judgement:
    """Decide about every receipt with money unapplied. Pure: equal inputs, equal judgement.

    Of two that may be one sum the one that would count it is looked at first, as if the other were not there.
    `memory` is lent by who judges more than once, and changes nothing but the time it takes.
    """
    result = Judgement()
    left = zip(inputs.receipts.amount_minor, inputs.receipts.unapplied_minor, strict=True)
    result.report.receipts = sum(1 for amount, unapplied in left if amount > 0 and unapplied > 0)
    memory = memory or Memory()
    hidden = _without_echoes(inputs)
    if hidden is not inputs:
        _Pass(hidden, decide(hidden, policy, today, memory), policy, result).run()
        inputs = _rest(inputs, result.lines)
    for _ in range(MAX_PASSES):
        outcome, before = decide(inputs, policy, today, memory), len(result.lines)
        _Pass(inputs, outcome, policy, result).run()
        if len(result.lines) == before:
            break
        inputs = _rest(inputs, result.lines)
    applied = inputs.doubts.applied | {line.receipt_id for line in result.lines}
    result.yielding = sorted(
        echo for echo, carriers in inputs.doubts.waits.items()
        if echo in inputs.doubts.automatic and carriers & applied
    )  # fmt: skip
    return result


def _without_echoes(inputs: Inputs) -> Inputs:
    """The inputs without money that may be that of another receipt; the same object when there is none."""
    receipts, waits = inputs.receipts, inputs.doubts.waits
    if not any(left and id_ in waits for id_, left in zip(receipts.id, receipts.unapplied_minor, strict=True)):
        return inputs
    left = [0 if id_ in waits else left for id_, left in zip(receipts.id, receipts.unapplied_minor, strict=True)]
    return replace(inputs, receipts=replace(receipts, unapplied_minor=left))


def decide(inputs: Inputs, policy: Policy, today: date, memory: Memory) -> Outcome:
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
        memory=memory,
        judged=inputs.judged,
    )


class _Pass:
    """One look at all receipts; its suggestions and verdicts replace those of the pass before."""

    def __init__(self, inputs: Inputs, outcome: Outcome, policy: Policy, result: Judgement) -> None:
        self.inputs, self.outcome, self.policy, self.result = inputs, outcome, policy, result
        receipts = inputs.receipts
        self.row_of = {id_: row for row, id_ in enumerate(receipts.id)}
        self.applied = inputs.doubts.applied | {line.receipt_id for line in result.lines}
        self.contested = inputs.doubts.contested
        result.proposals, result.verdicts = [], []
        result.report.suggested, result.report.left = {}, {}

    def run(self) -> None:
        """Judge every receipt."""
        report, receipts = self.result.report, self.inputs.receipts
        taken = {one.receipt for one in taken_back(self.outcome.decisions, self.inputs.confirmed_receipts)}
        for decision in self.outcome.decisions:
            row = self.row_of[decision.receipt_id]
            amount, currency = receipts.unapplied_minor[row], receipts.currency[row]
            if decision.receipt_id < 0 or not amount or decision.receipt_id in taken:
                continue  # money that left or was taken back; or nothing left to apply
            held = self._held_back(decision) if decision.status == AUTO else ""
            if held is None:
                best = decision.proposals[0]
                used = best.exchange[1] if best.exchange else sum(value for _, value in best.lines)
                self._apply(decision.receipt_id, best, receipts.received_on[row])
                _add(report.automatic, best.rule, len(best.lines), currency, used)
            elif suggestions := _suggestions(decision, self.inputs, held):
                self.result.proposals += suggestions
                _add(report.suggested, suggestions[0].rule, len(suggestions[0].lines), currency, amount)
            else:
                self._leave(decision, rest=amount < receipts.amount_minor[row], currency=currency, amount=amount)

    def _held_back(self, decision: Decision) -> str | None:
        """Why what the engine would apply is only suggested, in words; "" where its weight or a reversal tells that by
        itself. None: it is applied.

        Caution beyond the engine's: the hub only suggests what may be counted already, or was undone before.
        """
        best, inputs = decision.proposals[0], self.inputs
        policy = self.policy.for_debtor(*best.debtor) if best.debtor else self.policy
        if best.exchange is not None and exchanged_of(best, lines_of(best)) is None:
            return ""
        if best.weight * 1000 < policy.auto_threshold:  # the engine's quick road does not look at it
            return ""
        if decision.receipt_id in inputs.reversed_receipts:  # somebody undid what the hub decided about it
            return ""
        if decision.receipt_id in inputs.seen_elsewhere:  # maybe the same sum, seen by another connector
            return "another receipt may be the same money (hub sightings list)"
        if self._waits(decision.receipt_id):
            return "its money may be counted as another receipt's already (hub sightings list)"
        if _may_be_in_books(best, inputs.in_books, inputs.allocated):
            return "the books may have settled the invoice with this very money"
        return None

    def _waits(self, receipt: int) -> bool:
        """True for money that may be counted as another receipt which is applied, or that a person applied as another:
        a person decides."""
        doubts = self.inputs.doubts
        if receipt in self.contested or receipt in doubts.crowded:
            return True
        return bool(doubts.waits.get(receipt, frozenset()) & self.applied)

    def _apply(self, receipt_id: int, best: Proposal, received_on: date) -> None:
        lines = lines_of(best)
        name, confidence = proposal_id(receipt_id, lines), round(best.confidence * 1_000_000)
        evidence, in_books = _evidence_text(_named(best.evidence, self.inputs)), self.inputs.in_books
        exchanged, version = exchanged_of(best, lines) or {}, self.outcome.policy_version
        self.result.lines += [
            NewAllocation(
                name, receipt_id, item, nature, amount, best.currency, AUTO, best.rule, best.reason, confidence,
                evidence, in_books.get(item, 0), received_on, version, exchanged.get((item, nature)),
            )
            for item, nature, amount in lines
        ]  # fmt: skip

    def _leave(self, decision: Decision, *, rest: bool, currency: str, amount: int) -> None:
        verdict = decision.status if decision.status in (NOT_A_RECEIPT, RETURN) else "unapplied"
        reason = UNSHARED if decision.proposals else SURPLUS if rest else decision.reason
        self.result.verdicts.append((decision.receipt_id, verdict, reason))
        _add(self.result.report.left, "surplus" if rest else decision.rule, 0, currency, amount)


def _rest(inputs: Inputs, lines: Sequence[NewAllocation]) -> Inputs:
    """The inputs once these lines are applied: less open, less left; what is wholly paid joins the closed numbers."""
    used: dict[int, int] = {}
    spent: dict[int, int] = {}
    for line in lines:
        used[line.invoice_id] = used.get(line.invoice_id, 0) + abs(line.amount_minor)
        if line.nature == "money":
            spent[line.receipt_id] = spent.get(line.receipt_id, 0) + line.used
    unapplied = [
        whole - spent.get(id_, 0) for id_, whole in zip(inputs.receipts.id, inputs.unapplied_before, strict=True)
    ]
    items, settled = _less(inputs.all_items, inputs.all_settled, used)
    return replace(
        inputs,
        items=items,
        settled=settled,
        receipts=replace(inputs.receipts, unapplied_minor=unapplied),
        allocated=_more(inputs.allocated_before, used),
    )


def _more(allocated: ByDocument, used: Mapping[int, int]) -> ByDocument:
    if isinstance(allocated, Amounts):
        return allocated.more(used)
    return {**allocated, **{item: allocated.get(item, 0) + amount for item, amount in used.items()}}


def _less(
    before: OpenItems | Standing, settled: SettledNumbers | None, used: Mapping[int, int]
) -> tuple[OpenItems | Standing, SettledNumbers | None]:
    """Open items and closed numbers once these amounts are used up."""
    if isinstance(before, Standing):
        return before.less(used), None
    assert settled is not None  # noqa: S101 -- only a kept ledger brings them with it
    left = [opened - used.get(id_, 0) for id_, opened in zip(before.id, before.open_minor, strict=True)]
    kept = [row for row, minor in enumerate(left) if minor > 0]
    gone = [row for row, minor in enumerate(left) if minor <= 0]
    columns: dict[str, Any] = {name: [getattr(before, name)[row] for row in kept] for name in OpenItems.__slots__}
    columns["open_minor"] = [left[row] for row in kept]
    names = ("seller", "debtor", "number")
    closed = ([*getattr(settled, name), *(getattr(before, name)[row] for row in gone)] for name in names)
    return OpenItems(**columns), SettledNumbers(*closed)


def _may_be_in_books(proposal: Proposal, in_books: ByDocument, allocated: ByDocument) -> bool:
    """True when the books settled so much on an invoice, not explained by the hub's own allocations, that this very
    receipt may be part of it: the takeover of a ledger whose open amounts already know the payment."""
    for item, amount in proposal.lines:
        known = in_books.get(item, 0)
        if 0 < amount <= known - min(known, allocated.get(item, 0)):
            return True
    return False


def _add(into: dict[str, RuleCount], rule: str, lines: int, currency: str, amount: int) -> None:
    count = into.setdefault(rule, RuleCount())
    count.receipts += 1
    count.lines += lines
    count.amounts[currency] += amount


def _named(evidence: Mapping[str, Any], inputs: Inputs) -> Mapping[str, Any]:
    """The evidence with the name of a payer's list instead of its number in this run, which says nothing tomorrow."""
    table, number = inputs.remittances, evidence.get("remittance")
    if table is None or number is None:
        return evidence
    row = table.id.index(number)
    return {**evidence, "remittance": {"name": table.called[row], "lines": len(table.lines[row])}}


def _suggestions(decision: Decision, inputs: Inputs, held_back: str | None) -> list[NewProposal]:
    """What a person can choose from; a proposal that could not be written is none. `held_back`: why the first is not
    applied."""
    kept: list[NewProposal] = []
    for proposal in decision.proposals[:KEPT_PROPOSALS]:
        lines = lines_of(proposal)
        exchanged = exchanged_of(proposal, lines)
        if exchanged is None:
            continue
        more = {"held_back": held_back} if held_back and not kept else {}
        evidence = _evidence_text({**_named(proposal.evidence, inputs), "weight": proposal.weight, **more})
        told = [(*line, exchanged[line[:2]]) if line[:2] in exchanged else line for line in lines]
        kept.append(
            NewProposal(
                receipt_id=decision.receipt_id, rank=len(kept) + 1, proposal=proposal_id(decision.receipt_id, lines),
                rule=proposal.rule, reason=proposal.reason, confidence_ppm=round(proposal.confidence * 1_000_000),
                lines=tuple(told), evidence=evidence,
            )
        )  # fmt: skip
    return kept
