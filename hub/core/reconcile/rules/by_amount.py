"""When nobody knows the payer and the text names nothing: invoices with this amount, only as hints."""

from __future__ import annotations

from itertools import zip_longest

from hub.core.reconcile.case import Case, Desk, Draft

_MOST = 3
_MOST_LIKE = 40  # invoices of one amount whose debtors are compared with the payer
_LIKE = 0.45
_MOST_EQUAL = 500  # invoices of one amount looked at


def by_amount(desk: Desk, case: Case) -> list[Draft]:
    """Up to three open invoices with exactly this amount, those due nearest to the receipt first."""
    rows = _rows(desk, case)
    reason = "Nothing names the payer; {} has exactly this amount open."
    if len(rows) <= _MOST or not case.payer.words:
        return _drafts(desk, case, rows, 0.5 / max(len(rows), 1), reason)
    likeness, account_of = desk.payers.likeness, desk.ledger.account_of
    # Debtors whose names share words with the payer's go before.
    alike = {row: round(likeness(case.payer, account_of[row]), 1) for row in rows[:_MOST_LIKE]}
    nearest = sorted(alike, key=lambda row: -alike[row])
    drafts = _drafts(desk, case, nearest, 0.5 / len(rows), reason)
    for draft in drafts:
        draft.weight += alike[draft.lines[0][0]] / 100
    return drafts


def by_likeness(desk: Desk, case: Case) -> list[Draft]:
    """The same for debtors whose name only resembles the payer's: a hint, too weak to keep others from the invoice."""
    payers, account_of = desk.payers, desk.ledger.account_of
    rows = _rows(desk, case)[:_MOST_LIKE]
    rows = [
        r for r in rows if payers.resembles(case.payer, account_of[r]) or payers.has_all_of(case.payer, account_of[r])
    ]
    reason = "The payer resembles the debtor; {} has exactly this amount open."
    return _drafts(desk, case, rows, _LIKE, reason)


def _rows(desk: Desk, case: Case) -> list[int]:
    """Invoices with exactly this amount open, issued by the receipt's date.

    The debtors of those due nearest to it first; of one debtor's, the oldest due (C. civ. 1342-10).
    """
    items = desk.ledger.items
    rows = [
        r
        for r in desk.ledger.of_amount(case.amount, _MOST_EQUAL)
        if desk.usable(r, case)
        and desk.ledger.left[r] == case.amount
        and not desk.ledger.is_credit[r]
        and items.issued_on[r] <= case.received_on
    ]
    rows.sort(key=lambda r: (abs(((items.due_on[r] or items.issued_on[r]) - case.received_on).days), items.id[r]))
    by_account: dict[int, list[int]] = {}
    for row in rows:
        by_account.setdefault(desk.ledger.account_of[row], []).append(row)
    if len(by_account) == len(rows):
        return rows
    mine = [sorted(equal, key=desk.ledger.age) for equal in by_account.values()]
    return [row for turn in zip_longest(*mine) for row in turn if row is not None]


def _drafts(desk: Desk, case: Case, rows: list[int], weight: float, reason: str) -> list[Draft]:
    return [
        Draft(
            weight,
            "amount_only",
            reason.format(desk.numbers([r])),
            [(r, case.amount)],
            evidence={"same_amount": len(rows)},
        )
        for r in rows[:_MOST]
    ]
