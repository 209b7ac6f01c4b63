"""What a person would try next, where nothing is applied: further explanations, only ever offered."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.decide import ranked
from hub.core.reconcile.rules.ends import by_ends
from hub.core.reconcile.rules.judging import MOST_ACCOUNTS
from hub.core.reconcile.rules.neighbours import neighbours
from hub.core.reconcile.rules.pool import Pool

_ENOUGH = 0.92  # confidence of an explanation beside which nothing further is looked for
_LEAST_PAYER = 0.5
_NOT_THE_PAYER = 0.6  # what is explained by a debtor who may be another


def with_hints(desk: Desk, case: Case, drafts: list[Draft]) -> list[Draft]:
    """The drafts of a receipt and what else may explain it, best first."""
    if drafts and (drafts[0].confidence >= _ENOUGH or _is_one_whole_invoice(case, drafts[0])):
        return drafts
    found: list[Draft] = []
    for account in _accounts(desk, case):
        pool = Pool(desk, case, [account])
        if len(pool.left) > 1:
            found += by_ends(desk, case, pool) + neighbours(desk, case, pool)
    return ranked(desk, case, drafts + found) if found else drafts


def _is_one_whole_invoice(case: Case, draft: Draft) -> bool:
    """Whether the best draft is one invoice to the cent: people pay one far oftener than some that make up its sum."""
    return len(draft.lines) == 1 and draft.lines[0][1] == case.amount and draft.rule.endswith(("_amount", "_exact"))


def _accounts(desk: Desk, case: Case) -> list[int]:
    """The debtors that may be the payer."""
    payer = case.payer
    if payer.score < _LEAST_PAYER:
        return []
    return [a for a in payer.accounts if case.seller in (None, desk.ledger.accounts[a][0])][:MOST_ACCOUNTS]
