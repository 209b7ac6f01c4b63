"""Kinds of journals, and the debtors' accounts that are told apart: what a line is, whichever way it was read."""

from __future__ import annotations

from typing import Final

#: F_JOURNAUX.JO_Type: sales; treasury; general (miscellaneous); situation, which is no real entry.
SALES, TREASURY, GENERAL, SITUATION = 1, 2, 3, 4
#: Deposits received (4191): a credit of the debtor until used, never a claim of its own.
DEPOSITS: Final = "419"
#: Retention money, bills receivable, doubtful debts, deposits: a line there without third party stands for several
#: debtors' sums, or for one whom it does not name; it is no part of the invoice beside it.
APART: Final = ("4117", "413", "416", DEPOSITS)


def kind_of(journal: int, account: str, third_party: str, signed: int) -> int:
    """What a line's journal says of it, and GENERAL where the journal of sales misleads (`feeds.kind_of`)."""
    misleads = (account.startswith(DEPOSITS) and signed < 0) or (not third_party and account.startswith(APART))
    return GENERAL if journal == SALES and misleads else journal


def is_deposit(account: str, kind: int, signed: int) -> bool:
    """True for a line of deposits that is neither money received nor part of an invoice: it is told under its name."""
    return account.startswith(DEPOSITS) and kind != SALES and not (kind == TREASURY and signed < 0)
