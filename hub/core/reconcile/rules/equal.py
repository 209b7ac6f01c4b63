"""Equal invoices of one debtor: silent money pays the oldest (C. civ. 1342-10), unless something speaks against."""

from __future__ import annotations

import re

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.its_day import not_of_the_payment
from hub.core.reconcile.rules.misread import misreads_another
from hub.core.reconcile.rules.near_number import near_number
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.rules.windows import built_alike, quotes_its_code
from hub.core.reconcile.texts.text import PURPOSE, fills_its_room, fold
from hub.core.reconcile.texts.words import DELIVERY_WORDS, PERIOD_WORDS

_RECURRING = 3  # equal invoices of one debtor that are no accident
_MOST_EQUAL = 200  # invoices of one amount whose numbers are looked for in a text
_WORD = 12  # characters of the last word
_SHORT_NUMBER = re.compile(
    r"\b(?:FACT|FACTURE|FAC|FA|FRE|RGLT|REGL|REGLT|REGLEMENT|INV|INVOICE)[ .:]?(?:NO?\b)?[ .:]?0*([1-9]\d\d)"
    r"(?![\d/.,-])"
)
_LONE_NUMBER = re.compile(rf"(?:{PURPOSE})?0*([1-9]\d\d)")
_DIGITS = re.compile(r"\d{4}")
_TOLD_ELSEWHERE = frozenset("AVIS REMITTANCE ADVICE LISTE LISTING DETAIL DETAILS COURRIER COURRIEL MAIL".split())
AT_ONCE = 3  # of them that are paid together now and then: a quarter


def recurs(desk: Desk, pool: Pool, amount: int) -> bool:
    """Whether an amount is that of many invoices: a subscription's is no accident, however round.

    One account's invoices of later days tell it as well.
    """
    if pool.amounts.count(amount) >= _RECURRING:
        return True
    return len(pool.accounts) == 1 and len(desk.ledger.rows_of_amount(pool.accounts[0], amount)) >= _RECURRING


def months_at_once(desk: Desk, case: Case, pool: Pool, solution: tuple[int, ...]) -> bool:
    """Whether a set is of two or three equal invoices of a subscription, and the text says nothing of which ones."""
    if not 1 < len(solution) <= AT_ONCE or len(set(solution)) > 1 or not recurs(desk, pool, solution[0]):
        return False
    return silent(desk, case, pool, [solution[0]])


def silent(desk: Desk, case: Case, pool: Pool, amounts: list[int]) -> bool:
    """Whether the text names no month, no statement, and nearly spells no open invoice of these amounts."""
    if case.reading.months or case.reading.statement:
        return False
    left = desk.ledger.left
    return not any(near_number(desk, case, row) for row in pool.left if left[row] in amounts)


def alike(draft: Draft) -> bool:
    """Whether all lines are of one sum."""
    return len({amount for _, amount in draft.lines}) == 1


def why_not_these(desk: Desk, case: Case, draft: Draft) -> str:
    """The same for each invoice of a set that leaves out others equal to it."""
    amounts, due_on, named = [amount for _, amount in draft.lines], desk.ledger.items.due_on, case.reading.due_on
    for row, amount in draft.lines:
        more = len(desk.ledger.rows_of_amount(desk.ledger.account_of[row], amount)) > amounts.count(amount)
        if more and named and due_on[row] not in named:
            return "equal invoices, and the text names a due date that is not this one's"
        if more and (why := why_not_the_oldest(desk, case, row, amount)):
            return why
    return ""


def why_not_the_oldest(desk: Desk, case: Case, row: int, amount: int) -> str:
    """Why of several equal invoices the oldest may not be meant; "" when nothing says so, or there is but one."""
    ledger, receipts = desk.ledger, desk.receipts
    equal = ledger.rows_of_amount(ledger.account_of[row], amount)
    if equal and ledger.left[row] != ledger.items.open_minor[row]:
        return "it is the rest of an invoice, and another one has this sum"
    if len(equal) < 2:
        return ""
    if not receipts.payer_name[case.row] and _may_be_cut(desk, receipts.remittance[case.row] or ""):
        return "equal invoices, and the bank may have cut off which"
    number = ledger.items.number[row]
    if built_alike(case, number) or quotes_its_code(case, number) or _announces_another(desk, case, row):
        return "equal invoices, and the text has a number like theirs that is none"
    if _spells_another(desk, case, row, equal):
        return "equal invoices, and the text has the number of another one"
    if case.mixed != () and misreads_another(case, ledger.numbers.compact[row]):
        return "equal invoices, and the text nearly has the number of another one"
    words = _TOLD_ELSEWHERE.intersection(case.reading.words)
    if words and "ECHEANCE" not in case.reading.words:  # "AVIS D'ECHEANCE" is the seller's
        return "equal invoices, and the payer tells elsewhere which"
    if case.reading.of_something and not DELIVERY_WORDS.isdisjoint(case.reading.words):
        return "equal invoices, and the text names a delivery: it may be that of any of them"
    if not PERIOD_WORDS.isdisjoint(case.reading.words):
        return "equal invoices, and the text names a period"
    if _names_another_day(desk, case, row):
        return "equal invoices, and the text names a day that is not this one's"
    return ""


def _spells_another(desk: Desk, case: Case, row: int, equal: list[int]) -> bool:
    """Whether a word of a text is the whole number of an equal invoice, not this one's, whatever stands before it."""
    if not any([_DIGITS.search(text) for _, text in case.texts]):
        return False
    words = {word for _, text in case.texts for word in fold(text).split()}
    compacts = desk.ledger.numbers.compact
    return compacts[row] not in words and any([compacts[other] in words for other in equal[:_MOST_EQUAL]])


def _may_be_cut(desk: Desk, text: str) -> bool:
    """Whether a label may have lost its end, and with it what tells which invoice; with a blank before it, perhaps."""
    if desk.cuts.may_have_cut(text) or ("\n" in text and fills_its_room(text)):
        return True
    return fold(text[-_WORD:]).split()[-1:] == ["FACTURE"] and desk.cuts.may_have_cut(f"{text} ")


def _announces_another(desk: Desk, case: Case, row: int) -> bool:
    """Whether three figures behind "FACT", too few to be looked up, are none of the invoice's."""
    text = desk.receipts.remittance[case.row]
    folded = fold(text).strip() if text else ""
    found = _SHORT_NUMBER.findall(folded) + _LONE_NUMBER.findall(folded) * bool(_LONE_NUMBER.fullmatch(folded))
    number = desk.ledger.numbers.compact[row]
    return any(not number.endswith(figures) for figures in found)


def _names_another_day(desk: Desk, case: Case, row: int) -> bool:
    """Whether the text names days, none of them the invoice's, nor near the day of the payment itself."""
    items, days = desk.ledger.items, not_of_the_payment(case)
    return bool(days) and items.issued_on[row] not in days and items.due_on[row] not in days
