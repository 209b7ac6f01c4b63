"""How an entry falls into its facts: where it balances, its tax, its money apart from what completes it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Final

from hub.plugins.fec import accounts as a
from hub.plugins.fec.blocks import Line
from hub.plugins.fec.facts import RECEIPT, Doc, take

#: What a debtor's credit is called that is settled in part by money, by what weighs most on the other side.
_COMPLETED: Final = {RECEIPT, *a.WEIGHT} - {a.SALES}
#: What a debtor's debit is called that comes from another account of debtors.
_MOVED: Final = {a.BILL, a.DEPOSIT, a.DOUBTFUL, a.RETENTION, "transfer"}
#: What is granted of a claim, and its VAT with it.
_TAXED: Final = (a.DISCOUNT, a.WRITE_OFF)


def balanced_parts(lines: list[Line]) -> list[list[Line]]:
    """The entry cut where debits and credits meet; in one piece when they never do before its end."""
    if len(lines) < 4:
        return [lines]
    parts: list[list[Line]] = []
    part: list[Line] = []
    balance = 0
    for line in lines:
        part.append(line)
        balance += line.amount
        if not balance and len(part) > 1 and any(one.amount for one in part):
            parts.append(part)
            part = []
    if part:
        if parts and not any(line.amount for line in part):
            parts[-1] += part
        else:
            parts.append(part)
    return parts if len(parts) > 1 else [lines]


def add_tax(doc: Doc, others: list[Line]) -> None:
    """Tax and the total without it, when the entry holds this document alone and they add up to it."""
    net = -doc.sign * sum(line.amount for line in others if a.side_of(line.account) == a.SALES)
    tax = -doc.sign * sum(line.amount for line in others if a.side_of(line.account) == a.VAT)
    if net >= 0 and tax >= 0 and net + tax == doc.total:
        doc.net, doc.tax = net, tax


def split_money(docs: list[Doc], lines: list[Line], is_debtor: Callable[[str], bool]) -> list[Doc]:
    """Money and what completes it (a discount, an exchange difference, a write-off, netting with what is owed to the
    debtor) against the lines of one debtor: the money is a receipt, the rest apart. Others beside him may be paid to
    the cent by a line of money each. What goes to another account of debtors beside the money (a bill, a deposit that
    is used up) is no money either. Returns what is more than `docs`."""
    moved = [doc for doc in docs if doc.sign > 0 and doc.kind in _MOVED]
    docs = [doc for doc in docs if doc.sign < 0 or doc.kind not in _MOVED]
    if len(lines) < 3 or not docs or any(doc.sign > 0 or doc.kind not in _COMPLETED for doc in docs):
        return []
    sides: dict[str, int] = {}
    for doc in moved:
        sides[doc.kind] = sides.get(doc.kind, 0) + doc.total
    for line in lines:
        if not is_debtor(line.account):
            side = a.side_of(line.account)
            sides[side] = sides.get(side, 0) + line.amount
    if sides.get(a.SALES, 0) > 0:  # a rebate (709) granted with the payment: no credit note was made
        sides[a.DISCOUNT] = sides.get(a.DISCOUNT, 0) + sides.pop(a.SALES)
    money = sides.pop(a.MONEY, 0)
    received = money + sides.pop(a.FEE, 0) + _untaxed(sides)
    rest = {side: amount for side, amount in sides.items() if amount > 0}
    if not rest or received <= 0 or received + sum(rest.values()) != sum(doc.total for doc in docs):
        return []
    left = docs if len({doc.debtor for doc in docs}) == 1 else _not_paid(docs, lines)
    if len({doc.debtor for doc in left}) != 1 or (money <= 0 and any(doc.kind != RECEIPT for doc in docs)):
        return []
    for doc in docs:
        doc.kind = RECEIPT
    return [one for side, amount in rest.items() for one in _taken(left, side, amount)]


def _untaxed(sides: dict[str, int]) -> int:
    """The VAT among `sides`, taken out of them; what a discount or a bad debt lowers it by belongs to that, not to the
    money."""
    tax = sides.pop(a.VAT, 0)
    lowered = next((side for side in _TAXED if sides.get(side, 0) > 0), None)
    if tax <= 0 or lowered is None:
        return tax
    sides[lowered] += tax
    return 0


def _not_paid(docs: list[Doc], lines: list[Line]) -> list[Doc]:
    """Those of `docs` for which there is no line of money of just their amount."""
    sums = Counter(line.amount for line in lines if a.side_of(line.account) == a.MONEY)
    left = []
    for doc in docs:
        if sums[doc.total] > 0:
            sums[doc.total] -= 1
        else:
            left.append(doc)
    return left


def _taken(docs: list[Doc], kind: str, amount: int) -> list[Doc]:
    """What of receipts was no money, taken from the largest of them; one that is none at all is called so."""
    found = []
    for doc in sorted((doc for doc in docs if doc.kind == RECEIPT), key=lambda doc: (-doc.total, doc.number)):
        if amount >= doc.total:
            doc.kind, doc.bank, amount = kind, "", amount - doc.total
        elif amount:
            found.append(take(doc, kind, amount))
            amount = 0
    return found
