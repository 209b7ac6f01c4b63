"""Hints for money of a known payer that nothing open adds up to."""

from __future__ import annotations

from hub.core.reconcile.amounts.charges import is_a_share
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import Pool

A_SHARE = 0.45


def on_account(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Nothing adds up: the debts due first, and the invoice the payer may have meant to pay in part."""
    policy = desk.policy_for(pool.left[0])
    left, lines = case.amount, []
    for row in pool.left:
        part = min(left, desk.ledger.left[row])
        if part <= 0:
            break
        lines.append((row, part))
        left -= part
    weight = 0.975 if policy.oldest_first else 0.4
    reason = f"The payer is known but no set adds up: {desk.numbers([r for r, _ in lines])} are due first."
    drafts = [Draft(weight, "oldest_first", reason, lines)]
    larger = [r for r in pool.left if desk.ledger.left[r] > case.amount]
    larger.sort(key=lambda r: (desk.ledger.left[r], desk.ledger.items.id[r]))
    shared = [r for r in larger if is_a_share(case.amount, desk.ledger.items.total_minor[r])]
    for row in shared[:2]:
        reason = f"The payer is known and this is to the cent a usual share of {desk.numbers([row])}."
        drafts.append(Draft(A_SHARE, "payer_in_part", reason, [(row, case.amount)]))
    larger = [r for r in larger if r not in shared[:2]]
    for row in larger[:2]:
        reason = f"The payer is known and this may be a part of {desk.numbers([row])}."
        drafts.append(Draft(0.3, "payer_in_part", reason, [(row, case.amount)]))
    return drafts
