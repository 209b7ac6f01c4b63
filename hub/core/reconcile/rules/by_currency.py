"""Invoices in a currency that is not the receipt's: the payer ordered one amount, the bank credited another."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS
from hub.core.reconcile.reading.mentions import WEAK

_SURE, _SURE_OF_A_STRANGER = 0.99, 0.975
_EXCHANGE, _IN_PART, _UNKNOWN_SUM, _CONTRADICTED = 0.9, 0.8, 0.6, 0.4


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
    """The rows for what was ordered: exactly, but for the exchange, in part, or with a rest of the receipt."""
    ledger, whole = desk.ledger, [(row, desk.signed(row)) for row in rows]
    currency, total = ledger.items.currency[rows[0]], sum([amount for _, amount in whole])
    if total <= 0:  # an invoice and a credit note of its sum: nothing is paid
        return []
    stance = desk.payers.stance(case.payer, ledger.account_of[rows[0]])
    evidence = {"open": total, "open_currency": currency, "ordered": list(case.original or ()), "received": case.amount}

    def draft(weight: float, why: str, lines: list[tuple[int, int]], uses: int = case.amount) -> Draft:
        reason = f"The invoice is in {currency}: {desk.numbers(rows)}{why}."
        exchange = (case.currency, uses)
        return Draft(weight, "other_currency", reason, lines, evidence=evidence, exchange=exchange)

    if stance == CONTRADICTS:
        return [draft(_CONTRADICTED, ", but the payer is another debtor", whole)]
    if case.original is None or case.original[0] != currency:
        return [draft(_UNKNOWN_SUM, "; the amount ordered is not known", whole)]
    ordered = case.original[1]
    gap = total - ordered
    if gap == 0:
        return [draft(_SURE if stance == AGREES else _SURE_OF_A_STRANGER, ", exactly what was ordered", whole)]
    if gap < 0:
        uses = case.amount * total // ordered
        return (
            [draft(_IN_PART, "; more was ordered than is open, the rest stays unapplied", whole, uses)] if uses else []
        )
    if gap > total * desk.policy_for(rows[0]).exchange_bp // 10000:
        return [draft(_IN_PART, "; what was ordered is a part of it", _part(desk, whole, ordered))]
    bearer = max(whole, key=lambda line: (line[1], -ledger.items.id[line[0]]))[0]
    lines = [(row, amount - gap if row == bearer else amount) for row, amount in whole]
    found = draft(_EXCHANGE, ", but for an exchange difference", lines)
    found.deductions.append(("exchange", bearer, gap))
    return [found]


def _part(desk: Desk, whole: list[tuple[int, int]], ordered: int) -> list[tuple[int, int]]:
    """Lines of what was ordered: credit notes in full, then the invoices, the oldest due first."""
    lines = [(row, amount) for row, amount in whole if amount < 0]
    left = ordered - sum([amount for _, amount in lines])
    for row, amount in sorted(whole, key=lambda line: desk.ledger.age(line[0])):
        if amount > 0 and left > 0:
            lines.append((row, min(amount, left)))
            left -= min(amount, left)
    return lines
