"""When nobody knows the payer and the text names nothing: invoices with this amount, only as hints."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft

_MOST = 3


def by_amount(desk: Desk, case: Case) -> list[Draft]:
    """Up to three open invoices with exactly this amount, the latest due before the receipt first."""
    items = desk.ledger.items
    rows = [
        r
        for r in desk.ledger.by_amount.get(case.amount, ())[:500]
        if desk.usable(r, case)
        and desk.ledger.left[r] == case.amount
        and not desk.ledger.is_credit[r]
        and items.issued_on[r] <= case.received_on
    ]
    rows.sort(key=lambda r: (abs(((items.due_on[r] or items.issued_on[r]) - case.received_on).days), items.id[r]))
    chosen = rows[:_MOST]
    reason = "Nothing names the payer; {} has exactly this amount open."
    return [
        Draft(
            0.5 / len(rows),
            "amount_only",
            reason.format(desk.numbers([r])),
            [(r, case.amount)],
            evidence={"same_amount": len(rows)},
        )
        for r in chosen
    ]
