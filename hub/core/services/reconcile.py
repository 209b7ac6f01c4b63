"""Reconcile: open items and unapplied receipts through the pure engine; automatic allocations are written at once."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from hub.core.reconcile import Policy
from hub.core.reconcile.debtor_names import Memory
from hub.core.reconcile.kept.numbers import StaleImage
from hub.core.reconcile.outcome import NOT_A_RECEIPT
from hub.core.services.desk import Desk
from hub.core.services.inputs import Inputs, load_inputs
from hub.core.services.judging import Judgement, ReconcileReport, RuleCount, judge
from hub.core.services.looking import look
from hub.core.services.taken_back import undo_taken_back
from hub.core.store.allocations import add_allocations, replace_proposals
from hub.core.store.database import UnitOfWork

__all__ = ["ReconcileReport", "RuleCount", "reconcile_now"]


def reconcile_now(desk: Desk, policy: Policy) -> ReconcileReport:
    """Propose for every receipt with money unapplied, and apply what the policy allows, in one transaction.

    Before that sightings of one sum are linked, and what was applied of receipts that are no more is undone.
    """
    look(desk)
    returned = undo_taken_back(desk)
    with _no_garbage_collection():
        inputs, found = _judged(desk, policy)
        desk.store.again(desk.actor, lambda unit: _write(unit, inputs, found))
    for currency, amount in returned:
        found.report.returned.receipts += 1
        found.report.returned.amounts[currency] += amount
    return found.report


def _judged(desk: Desk, policy: Policy) -> tuple[Inputs, Judgement]:
    """The inputs of now and what is made of them; read whole when what was kept of the ledger does not serve."""
    today, memory = desk.clock.today(), Memory()
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


def _write(unit: UnitOfWork, inputs: Inputs, found: Judgement) -> None:
    if found.lines:
        add_allocations(unit, found.lines)
    marked = [(receipt, NOT_A_RECEIPT, reason) for receipt, reason in inputs.marked.items()]
    replace_proposals(unit, found.proposals, found.verdicts + marked)
