"""Explanations from an order or payment reference: the invoices that carry it."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.stances import AGREES, CONTRADICTS


def by_order(desk: Desk, case: Case) -> list[Draft]:
    """All open invoices of an order, or the one of them with this amount."""
    drafts: list[Draft] = []
    for ref, all_rows in case.reading.orders[:8]:
        rows = sorted((r for r in all_rows if desk.usable(r, case)), key=lambda r: desk.ledger.items.id[r])[:400]
        by_account: dict[int, list[int]] = {}
        for row in rows:
            by_account.setdefault(desk.ledger.account_of[row], []).append(row)
        for account, mine in sorted(by_account.items())[:6]:
            stance = desk.payers.stance(case.payer, account)
            drafts += _of_order(desk, case, ref, mine, stance)
    return drafts


def _of_order(desk: Desk, case: Case, ref: str, rows: list[int], stance: int) -> list[Draft]:
    sure = 0.994 if stance == AGREES else 0.45 if stance == CONTRADICTS else 0.978
    evidence = {"tokens": [ref], "payer": ("contradicts", "unknown", "agrees")[stance], "received": case.amount}
    named = f"The text quotes {ref}, the reference of {desk.numbers(rows)}"
    if sum(map(desk.signed, rows)) == case.amount:
        reason = f"{named}, and the amount is exactly what is open."
        return [Draft(sure, "order_exact", reason, [(r, desk.signed(r)) for r in rows], evidence=evidence)]
    equal = [r for r in rows if desk.signed(r) == case.amount]
    if equal:
        row = min(
            equal,
            key=lambda r: (desk.ledger.items.due_on[r] or desk.ledger.items.issued_on[r], desk.ledger.items.id[r]),
        )
        reason = f"{named}, and {desk.numbers([row])} has exactly this amount open."
        return [Draft(sure, "order_exact", reason, [(row, case.amount)], evidence=evidence)]
    if len(rows) == 1 and not desk.ledger.is_credit[rows[0]]:
        part = min(case.amount, desk.ledger.left[rows[0]])
        reason = f"{named}; the amount differs."
        return [Draft(min(sure, 0.85), "order_in_part", reason, [(rows[0], part)], evidence=evidence)]
    return []
