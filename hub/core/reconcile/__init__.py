"""Reconciliation: receipts and open items in, explained proposals out. Pure: no I/O, no clock, no chance.

The door is `reconcile`; what goes in is in `inputs` and `policy`, what comes out in `outcome`.
"""

from hub.core.reconcile.engine import reconcile
from hub.core.reconcile.inputs import Debtors, Learnt, OpenItems, Receipts, Remittances, SettledNumbers
from hub.core.reconcile.outcome import Decision, Outcome, Proposal
from hub.core.reconcile.policy import Policy

__all__ = [
    "Debtors",
    "Decision",
    "Learnt",
    "OpenItems",
    "Outcome",
    "Policy",
    "Proposal",
    "Receipts",
    "Remittances",
    "SettledNumbers",
    "reconcile",
]
