"""Who pays for another, though found among the debtors: a whole number with its sum may say so."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.payers.names import full_words
from hub.core.reconcile.texts.text import fold
from hub.core.reconcile.texts.words import CLIENTS_MONEY_WORDS, TITLES

_LEAST_NAME = 6  # letters of a name that tells whom a text speaks of
_FIRST_WORDS = 3  # of a label, among which a person's title stands: "VIR SEPA MME"


def may_pay_for(desk: Desk, case: Case, accounts: list[int]) -> bool:
    """Whether the payer, known as another debtor or somewhat like one, may as well pay for the debtor of a number.

    The text has that debtor's name in full; or it is a private person, or an officer of those who hold their clients'
    money, of whom the debtors found bear no more than a word. Not because all who bear the name are other sellers'
    customers: of many debtors of a name the right one may have been overlooked.
    """
    if any(desk.ledger.with_amount(account, case.amount) for account in case.payer.accounts):
        return False  # who owes this sum itself has rather misprinted the number
    return _names_them(desk, case, accounts) or _is_somebody_else(desk, case)


def _names_them(desk: Desk, case: Case, accounts: list[int]) -> bool:
    """Whether the purpose, beside a name of its own that the payer has, is that of one of the accounts in full."""
    purpose = desk.receipts.remittance[case.row]
    if not desk.receipts.payer_name[case.row] or not purpose:
        return False
    full, words = desk.payers.names.full, full_words(fold(purpose))  # without a payer's name that is read for figures
    return any(
        len("".join(name)) >= _LEAST_NAME
        for account in full.standing(accounts, words)
        for name in full.of(account)
        if f" {' '.join(name)} " in f" {' '.join(words)} "
    )


def _is_somebody_else(desk: Desk, case: Case) -> bool:
    """Whether the name, or the label, says that a person, a notary or an accountant pays, and none of the debtors
    found has all of its words.
    """
    name, payer = fold(desk.receipts.payer_name[case.row] or "").split(), case.payer
    first, words = (name[:1], name) if name else (case.reading.words[:_FIRST_WORDS], case.reading.words)
    if payer.found_by == "iban" or (TITLES.isdisjoint(first) and CLIENTS_MONEY_WORDS.isdisjoint(words)):
        return False
    said = set(payer.words)
    return not any(said <= desk.payers.words_of(account) for account in payer.accounts)
