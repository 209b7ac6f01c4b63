"""What a person would try next, where nothing is applied: further explanations, only ever offered."""

from __future__ import annotations

from hub.core.reconcile.amounts.sums import CHANCE, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.decide import ranked
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.rules.ends import by_ends, figures_of
from hub.core.reconcile.rules.explaining import explain
from hub.core.reconcile.rules.judging import MOST_ACCOUNTS
from hub.core.reconcile.rules.named import CONTRADICTED, full_lines
from hub.core.reconcile.rules.neighbours import neighbours
from hub.core.reconcile.rules.on_account import A_SHARE
from hub.core.reconcile.rules.parts import PART, parts
from hub.core.reconcile.rules.pool import Pool, cap, pick
from hub.core.reconcile.texts.words import DEPOSIT_WORDS, GROUP_WORDS, ORDER_WORDS

_ENOUGH = 0.92  # weight of an explanation beside which nothing further is looked for
_GUESS = 0.6  # weight up to which debtors somewhat like the payer are worth a look
_LEAST_PAYER = 0.5
_SEVERAL, _ONE = 0.7, 0.55  # numbers and a sum that agree to the cent, of a debtor who does not look like the payer
_TRIED, _AND_MORE = 0.8, 0.87
_RELATIVE = 0.58
_ANY_DEBT = ("oldest_first", PART)  # of a known payer, whatever the sum
_MOST_RELATIVES = 8
_LEAST_LETTERS = 5  # of the name of a family
_MOST_MORE = 2  # invoices that a list which was cut may have lost


def with_hints(desk: Desk, case: Case, drafts: list[Draft]) -> list[Draft]:
    """The drafts of a receipt and what else may explain it, best first."""
    if drafts and (drafts[0].weight >= _ENOUGH or _is_one_whole_invoice(case, drafts[0])):
        return drafts
    if _pays_nothing_yet(desk, case):
        return [draft for draft in drafts if draft.rule not in _ANY_DEBT or draft.weight >= A_SHARE]
    for draft in drafts:
        _weigh_again(draft)
    found, figures = list[Draft](), figures_of(case)
    for account in _of_the_seller(desk, case, case.payer if case.payer.score >= _LEAST_PAYER else None):
        pool = Pool(desk, case, [account])
        if pool.left:
            found += by_ends(desk, case, pool, figures) + neighbours(desk, case, pool)
            found += _orders_and_more(desk, case, pool) if case.reading.orders else []
            found += parts(desk, case, pool, drafts, figures)
    if not any([draft.weight > _GUESS for draft in drafts + found]):
        found += _of_relatives(desk, case)
    return ranked(desk, case, drafts + found) if found or drafts else []


def _pays_nothing_yet(desk: Desk, case: Case) -> bool:
    """Whether the text speaks of an order not yet billed, or of money given back: then no debt will do for it."""
    words = case.reading.words
    if case.reading.part:
        return not ORDER_WORDS.isdisjoint(words) and not case.reading.mentions
    said = DEPOSIT_WORDS.intersection(words)
    return bool(said) and not any([said <= desk.payers.words_of(account) for account in case.payer.accounts[:1]])


def _is_one_whole_invoice(case: Case, draft: Draft) -> bool:
    """Whether the best draft is one invoice to the cent: people pay one far oftener than some that make up its sum."""
    return draft.lines[0][1] == case.amount and len(draft.lines) == 1 and draft.rule.endswith(("_amount", "_exact"))


def _weigh_again(draft: Draft) -> None:
    """For a person a number of somebody else says more, and a set found by trying less, than for the hub."""
    if draft.rule.endswith("named_exact") and draft.weight == CONTRADICTED:
        draft.weight = _SEVERAL if len(draft.lines) > 1 else _ONE
    elif draft.rule == "payer_sum" and draft.evidence.get("chance", 0.0) > CHANCE:
        cap(draft, _TRIED)


def _of_the_seller(desk: Desk, case: Case, payer: Payer | None) -> list[int]:
    """The debtors that may be the payer."""
    accounts = payer.accounts if payer else ()
    return [a for a in accounts if case.seller in (None, desk.ledger.accounts[a][0])][:MOST_ACCOUNTS]


def _orders_and_more(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """What the orders of the text have open, and one or two invoices more: the bank cut the list."""
    ordered = {row for _, rows in case.reading.orders for row in rows}
    rows = [row for row in pool.left if row in ordered]
    rest = case.amount - sum([desk.ledger.left[row] for row in rows])
    if not rows or rest <= 0:
        return []
    others = [row for row in pool.left if row not in ordered]
    sums = sums_to([desk.ledger.left[row] for row in others], rest, _MOST_MORE)
    drafts = []
    for solution in sums.solutions[:2]:
        more = _nearest(desk, others, solution, rows)
        reason = f"The text quotes orders of {desk.numbers(rows)}; with {desk.numbers(more)} they add up exactly."
        drafts.append(Draft(_AND_MORE, "named_and_others", reason, full_lines(desk, rows + more)))
    return drafts


def _nearest(desk: Desk, others: list[int], amounts: tuple[int, ...], rows: list[int]) -> list[int]:
    """Items with these amounts, those due nearest to the last of some rows."""
    last = max(desk.ledger.age(row)[0] for row in rows)
    near = sorted(others, key=lambda row: abs((desk.ledger.age(row)[0] - last).days))
    return pick(near, desk.ledger.left, amounts)


def _of_relatives(desk: Desk, case: Case) -> list[Draft]:
    """What debtors owe whose names go on where the payer's ends, legal forms and words of groups apart: one family."""
    family = _family(case.payer)
    if family is None:
        return []
    others = [a for a in desk.payers.longer_names(family) if case.seller in (None, desk.ledger.accounts[a][0])]
    drafts = [d for a in others[:_MOST_RELATIVES] for d in explain(desk, case, [a]) if d.weight > _GUESS]
    return [cap(draft, _RELATIVE) for draft in drafts]


def _family(payer: Payer) -> Payer | None:
    """The payer by the words that its companies' names begin with; None where nothing tells them."""
    words = tuple([word for word in payer.words if word not in GROUP_WORDS])
    if not words or (payer.score < _LEAST_PAYER and (words == payer.words or len("".join(words)) < _LEAST_LETTERS)):
        return None
    return payer._replace(words=words, whole=False, found_by="name")
