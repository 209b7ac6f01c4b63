"""Reconcile: open items and unapplied receipts through the pure engine; automatic allocations are written at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from hub.core.reconcile import Policy
from hub.core.reconcile.kept.numbers import StaleImage
from hub.core.reconcile.outcome import NOT_A_RECEIPT
from hub.core.reconcile.payers.debtor_names import Memory
from hub.core.services.desk import Desk, books_of
from hub.core.services.inputs import Inputs, load_inputs
from hub.core.services.judging import MAX_PASSES, Judgement, ReconcileReport, RuleCount, judge
from hub.core.services.looking import look
from hub.core.services.taken_back import undo_taken_back
from hub.core.store import receipts as receipt_store
from hub.core.store.allocations import YIELDS, add_allocations, replace_proposals, reverse
from hub.core.store.database import UnitOfWork
from hub.core.store.judged_again import more_to_say

__all__ = ["ReconcileReport", "RuleCount", "reconcile_now"]


def reconcile_now(desk: Desk, policy: Policy) -> ReconcileReport:
    """Propose for every receipt with money unapplied, and apply what the policy allows, in one transaction.

    Before that sightings of one sum are linked, and what was applied of receipts that are no more is undone. When what
    was applied says of further sightings that they are one sum, or may be, the whole is done once more.
    """
    look(desk)
    returned: list[tuple[str, int]] = []
    never_judged = 0
    report: ReconcileReport | None = None
    memory = Memory()
    for _ in range(MAX_PASSES):
        undone = undo_taken_back(desk)
        if undone.any:
            returned += undone.returned
            never_judged += 0 if report else len(undone.returned)
            look(desk)
        with _no_garbage_collection():
            inputs, found = _judged(desk, policy, memory)
            reopened = desk.store.again(desk.actor, lambda unit, i=inputs, f=found: _write(unit, i, f))  # type: ignore[misc]
        report = found.report if report is None else _together(report, found.report)
        changed = (reopened or _more_to_say(desk, found)) and look(desk).changed
        if not (reopened or changed):
            break
    assert report is not None  # noqa: S101 -- there is at least one pass
    report.receipts += never_judged
    for currency, amount in returned:
        report.returned.receipts += 1
        report.returned.amounts[currency] += amount
    for currency, amount in undone.to_place:
        report.to_place.receipts += 1
        report.to_place.amounts[currency] += amount
    return report


def _more_to_say(desk: Desk, found: Judgement) -> bool:
    """True when what was applied may say of further sightings that they are one sum."""
    if not found.lines:
        return False
    with desk.store.read() as connection:
        books = books_of(desk, connection).values()
        return more_to_say(connection, books, {line.receipt_id for line in found.lines})


def _judged(desk: Desk, policy: Policy, memory: Memory) -> tuple[Inputs, Judgement]:
    """The inputs of now and what is made of them; read whole when what was kept of the ledger does not serve."""
    today = desk.clock.today()
    with desk.store.read() as connection:
        inputs = load_inputs(desk, connection)
    try:
        return inputs, judge(inputs, policy, today, memory)
    except StaleImage:
        with desk.store.read() as connection:
            inputs = load_inputs(desk, connection, use_kept=False)
        return inputs, judge(inputs, policy, today, memory)


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """A million rows and no cycles: the collector would only read them again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _together(before: ReconcileReport, after: ReconcileReport) -> ReconcileReport:
    """Two rounds as one: what was applied adds up, what is suggested or left is the later one's."""
    for rule, count in after.automatic.items():
        before.automatic.setdefault(rule, RuleCount()).add(count)
    before.suggested, before.left = after.suggested, after.left
    return before


def _write(unit: UnitOfWork, inputs: Inputs, found: Judgement) -> bool:
    """Write a judgement; returns whether an allocation was reversed."""
    yielding = receipt_store.standing_allocations(unit.connection, found.yielding)
    if yielding:
        reverse(unit, yielding, YIELDS)
    if found.lines:
        add_allocations(unit, found.lines)
    marked = [(receipt, NOT_A_RECEIPT, reason) for receipt, reason in inputs.marked.items()]
    replace_proposals(unit, found.proposals, found.verdicts + marked)
    return bool(yielding)
