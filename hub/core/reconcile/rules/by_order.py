"""Explanations from order or payment references: the invoices that carry them."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.reading.mentions import FULL
from hub.core.reconcile.rules.named import CONTRADICTED, full_lines
from hub.core.reconcile.rules.named_differs import less_what_is_allowed, with_difference

_MOST_ORDERS, _MOST_ROWS, _MOST_ACCOUNTS = 24, 400, 6  # looked at: of a text, of an order, of an order's debtors
_SEVERAL = 0.988  # several orders of one debtor and their sum do not agree by chance
_DIFFERS = 0.85  # an order, and another sum
_LESS = {AGREES: 0.975, UNKNOWN: 0.86, CONTRADICTS: CONTRADICTED}  # by the payer: what the terms or credit notes allow


def by_order(desk: Desk, case: Case) -> list[Draft]:
    """All open invoices of an order, or the one of them with this amount; of several orders, all of theirs."""
    drafts: list[Draft] = []
    together: dict[int, dict[str, list[int]]] = {}  # by account, the rows of each order
    orders = dict(case.reading.orders[:_MOST_ORDERS])
    for ref, all_rows in orders.items():
        for account, mine in _by_account(desk, case, all_rows):
            together.setdefault(account, {})[ref] = mine
            drafts += _of_order(desk, case, ref, mine, desk.payers.stance(case.payer, account))
    for account, found in together.items():
        if len(found) == len(orders):
            drafts += _of_all(desk, case, account, found)
    return drafts


def _by_account(desk: Desk, case: Case, all_rows: list[int]) -> list[tuple[int, list[int]]]:
    """The usable rows of an order by who owes them."""
    rows = sorted((r for r in all_rows if desk.usable(r, case)), key=lambda r: desk.ledger.items.id[r])[:_MOST_ROWS]
    by_account: dict[int, list[int]] = {}
    for row in rows:
        by_account.setdefault(desk.ledger.account_of[row], []).append(row)
    return sorted(by_account.items())[:_MOST_ACCOUNTS]


def _evidence(case: Case, refs: list[str], stance: int) -> dict[str, object]:
    return {"tokens": refs, "payer": ("contradicts", "unknown", "agrees")[stance], "received": case.amount}


def _of_order(desk: Desk, case: Case, ref: str, rows: list[int], stance: int) -> list[Draft]:
    sure = 0.994 if stance == AGREES else 0.45 if stance == CONTRADICTS else 0.978
    evidence = _evidence(case, [ref], stance)
    named = f"The text quotes {ref}, the reference of {desk.numbers(rows)}"
    if sum(map(desk.signed, rows)) == case.amount:
        reason = f"{named}, and the amount is exactly what is open."
        return [Draft(sure, "order_exact", reason, full_lines(desk, rows), evidence=evidence)]
    equal = [r for r in rows if desk.signed(r) == case.amount]
    if equal:
        row = min(
            equal,
            key=lambda r: (desk.ledger.items.due_on[r] or desk.ledger.items.issued_on[r], desk.ledger.items.id[r]),
        )
        reason = f"{named}, and {desk.numbers([row])} has exactly this amount open."
        return [Draft(sure, "order_exact", reason, [(row, case.amount)], evidence=evidence)]
    return _in_part(desk, case, rows, named, min(sure, _DIFFERS), evidence)


def _in_part(
    desk: Desk, case: Case, rows: list[int], named: str, weight: float, evidence: dict[str, object]
) -> list[Draft]:
    """The invoices of an order, the oldest due first, as far as the money goes."""
    lines, left = list[tuple[int, int]](), case.amount
    for row in sorted(rows, key=desk.ledger.age):
        part = 0 if desk.ledger.is_credit[row] else min(left, desk.ledger.left[row])
        if part:
            lines.append((row, part))
            left -= part
    return [Draft(weight, "order_in_part", f"{named}; the amount differs.", lines, evidence=evidence)] if lines else []


def _of_all(desk: Desk, case: Case, account: int, found: dict[str, list[int]]) -> list[Draft]:
    """All that the orders of a text have open of one debtor, if it is the amount, or less a discount or notes."""
    rows = list(dict.fromkeys(row for mine in found.values() for row in mine))
    stance = desk.payers.stance(case.payer, account)
    missing = sum(map(desk.signed, rows)) - case.amount
    evidence = _evidence(case, list(found), stance)
    if len(found) > 1 and not missing:
        reason = (
            f"The text quotes {', '.join(found)}, references of {desk.numbers(rows)}, and the amount is what is open."
        )
        sure = CONTRADICTED if stance == CONTRADICTS else _SEVERAL
        return [Draft(sure, "order_exact", reason, full_lines(desk, rows), evidence=evidence)]
    if missing <= 0:
        return []
    picks = [(row, FULL, ref) for ref, mine in found.items() for row in mine]
    said = f"The text quotes {', '.join(found)}, the reference of"
    named = Named(picks, [[pick] for pick in picks], stance, [account], rows, FULL, said)
    drafts = less_what_is_allowed(desk, case, named, rows, missing, _LESS[stance])
    if not drafts and missing <= desk.policy_for(rows[0]).rounding_minor:
        drafts = [with_difference(desk, named, rows, missing, "rounding", _LESS[stance])]
    for draft in drafts:
        draft.evidence |= evidence
    return drafts
