"""Other rules, tried before they are put in force: what they would decide otherwise. Nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.core.reconcile import OpenItems, Policy
from hub.core.services.desk import Desk
from hub.core.services.inputs import Inputs, load_inputs
from hub.core.services.judging import Judgement, judge
from hub.core.store.allocations import NewAllocation

#: What becomes of a receipt under other rules; shown and exported, never respelt.
NEWLY, NO_LONGER, OTHERWISE = "newly_applied", "no_longer_applied", "applied_otherwise"
#: Nothing of it is applied either way; under one of the two it waits for a person, under the other it is left alone.
NEWLY_SUGGESTED, NO_LONGER_SUGGESTED = "newly_suggested", "no_longer_suggested"


class Outcome(NamedTuple):
    """What rules make of one receipt: `rule` and `invoices` when it is applied, else `waits` (suggested) or left."""

    rule: str
    applied_minor: int
    invoices: tuple[str, ...]
    waits: bool


class Change(NamedTuple):
    """A receipt about which the two sets of rules differ. `amount_minor` is what changes hands: money applied under
    one and not under the other, or applied under both to other invoices or in other amounts."""

    kind: str
    receipt_id: str
    received_on: date
    currency: str
    amount_minor: int
    before: Outcome
    after: Outcome


@dataclass(slots=True)
class Difference:
    """Two sets of rules on the same receipts. `same`: receipts on which they agree; amounts in minor units."""

    since: date
    receipts: int = 0
    same: int = 0
    changes: list[Change] = field(default_factory=list)

    def amounts(self, kind: str) -> Counter[str]:
        """Money of the changes of one kind, by currency."""
        found: Counter[str] = Counter()
        for change in self.changes:
            if change.kind == kind:
                found[change.currency] += change.amount_minor
        return found


def compare(desk: Desk, policy: Policy, other: Policy, since: date) -> Difference:
    """What `other` would have made of the receipts received from `since` on, beside `policy`.

    Both decide about the same facts: those of today, as if nothing had been applied automatically of these receipts.
    What people decided stays. Nothing is written.
    """
    with desk.store.read() as connection:
        inputs = load_inputs(desk, connection, undone_since=since)
    today = desk.clock.today()
    before, after = (_outcomes(inputs, judge(inputs, rules, today)) for rules in (policy, other))
    result = Difference(since)
    receipts = inputs.receipts
    for row, id_ in enumerate(receipts.id):
        if id_ < 0 or receipts.received_on[row] < since or not receipts.unapplied_minor[row]:
            continue
        result.receipts += 1
        change = _change(before[id_], after[id_], receipts.unapplied_minor[row])
        if change is None:
            result.same += 1
            continue
        kind, amount = change
        result.changes.append(
            Change(
                kind, inputs.names.get(id_, str(id_)), receipts.received_on[row], receipts.currency[row], amount,
                before[id_][0], after[id_][0],
            )
        )  # fmt: skip
    result.changes.sort(key=lambda change: (change.kind, change.received_on, change.receipt_id))
    return result


_Lines = frozenset[tuple[int, str, int]]


def _change(before: tuple[Outcome, _Lines], after: tuple[Outcome, _Lines], left: int) -> tuple[str, int] | None:
    """The kind of change and its money; None when both apply the same, or neither anything and both suggest, or leave.

    `left` is what of the receipt may be applied.
    """
    if before[1] == after[1]:
        if before[1] or before[0].waits == after[0].waits:
            return None
        return (NEWLY_SUGGESTED if after[0].waits else NO_LONGER_SUGGESTED), left
    if not before[1]:
        return NEWLY, after[0].applied_minor
    if not after[1]:
        return NO_LONGER, before[0].applied_minor
    return OTHERWISE, max(before[0].applied_minor, after[0].applied_minor)


def _outcomes(inputs: Inputs, found: Judgement) -> dict[int, tuple[Outcome, _Lines]]:
    """What a judgement makes of each receipt, with its lines to compare by."""
    items = inputs.all_items
    assert isinstance(items, OpenItems)  # noqa: S101 -- nothing is kept of what is taken for undone
    number = dict(zip(items.id, items.number, strict=True))
    by_receipt: dict[int, list[NewAllocation]] = {}
    for line in found.lines:
        by_receipt.setdefault(line.receipt_id, []).append(line)
    rules = {proposal.receipt_id: proposal.rule for proposal in reversed(found.proposals)}
    result = {id_: _unapplied(rules.get(id_)) for id_ in inputs.receipts.id}
    for receipt, lines in by_receipt.items():
        money = sum(line.used for line in lines if line.nature == "money")
        told = Outcome(lines[0].rule, money, _numbers(lines, number), waits=False)
        result[receipt] = told, frozenset((line.invoice_id, line.nature, line.amount_minor) for line in lines)
    return result


def _unapplied(rule: str | None) -> tuple[Outcome, _Lines]:
    return Outcome(rule or "nothing_fits", 0, (), waits=rule is not None), frozenset()


def _numbers(lines: Sequence[NewAllocation], number: dict[int, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number[line.invoice_id] for line in lines))
