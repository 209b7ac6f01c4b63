"""Invoices in a currency that is not the receipt's: the payer ordered one amount, the bank credited another."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS
from hub.core.reconcile.reading.mentions import WEAK


def by_currency(desk: Desk, case: Case) -> list[Draft]:
    """Named invoices in another currency. Lines are in the invoices' currency; `exchange` is what they use up."""
    ledger, items = desk.ledger, desk.ledger.items
    rows: list[int] = []
    named = False
    for mention in case.reading.mentions[:50]:
        firm = [ref for ref in mention.refs if ref.strength > WEAK and ref.strength == mention.refs[0].strength]
        named = named or bool(firm)
        meant = [ref.row for ref in firm if _is_foreign(desk, case, ref.row)]
        if len(meant) > 1:  # several sellers, or debtors, use this number: the payer tells which
            meant = [row for row in meant if desk.payers.stance(case.payer, ledger.account_of[row]) == AGREES]
        if len(meant) == 1 and meant[0] not in rows:
            rows += meant
    if not rows and not named:
        rows = _known_payer_rows(desk, case)
    if not rows or len({(items.currency[r], ledger.account_of[r]) for r in rows}) != 1:
        return []
    return _converted(desk, case, rows)


def _is_foreign(desk: Desk, case: Case, row: int) -> bool:
    """Whether an item is open in another currency, at a seller this receipt serves."""
    items = desk.ledger.items
    served = case.seller in (None, items.seller[row])
    return served and desk.ledger.left[row] > 0 and items.currency[row] != case.currency


def _known_payer_rows(desk: Desk, case: Case) -> list[int]:
    """Without a number: the known payer's only invoice with the amount ordered, in the currency ordered."""
    if case.original is None or case.payer.score < 0.9 or len(case.payer.accounts) != 1:
        return []
    currency, ordered = case.original
    rows = [r for r in desk.ledger.rows_of_amount(case.payer.accounts[0], ordered) if _is_foreign(desk, case, r)]
    rows = [r for r in rows if desk.ledger.items.currency[r] == currency]
    return rows if len(rows) == 1 and desk.ledger.left[rows[0]] == ordered else []


def _converted(desk: Desk, case: Case, rows: list[int]) -> list[Draft]:
    ledger = desk.ledger
    currency, total = ledger.items.currency[rows[0]], sum(map(desk.signed, rows))
    if total <= 0:  # an invoice and a credit note of its sum: nothing is paid
        return []
    stance = desk.payers.stance(case.payer, ledger.account_of[rows[0]])
    used = (case.currency, case.amount)
    lines = [(r, desk.signed(r)) for r in rows]
    evidence = {"open": total, "open_currency": currency, "ordered": list(case.original or ()), "received": case.amount}
    reason = f"The invoice is in {currency}: {desk.numbers(rows)}"
    if stance == CONTRADICTS:
        return [
            Draft(
                0.4,
                "other_currency",
                reason + ", but the payer is another debtor.",
                lines,
                evidence=evidence,
                exchange=used,
            )
        ]
    if case.original is None or case.original[0] != currency:
        return [
            Draft(
                0.6,
                "other_currency",
                reason + "; the amount ordered is not known.",
                lines,
                evidence=evidence,
                exchange=used,
            )
        ]
    gap = total - case.original[1]
    if gap == 0:
        sure = 0.99 if stance == AGREES else 0.975
        return [
            Draft(
                sure, "other_currency", reason + ", exactly what was ordered.", lines, evidence=evidence, exchange=used
            )
        ]
    tolerance = total * desk.policy_for(rows[0]).exchange_bp // 10000
    if 0 < gap <= tolerance and len(rows) == 1:
        lines = [(rows[0], case.original[1])]
        return [
            Draft(
                0.9,
                "other_currency",
                reason + ", but for an exchange difference.",
                lines,
                [("exchange", rows[0], gap)],
                evidence,
                used,
            )
        ]
    return []
