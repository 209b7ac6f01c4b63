"""All ways in which the open items of an account, or of a group's, make up an amount."""

from __future__ import annotations

from datetime import timedelta

from hub.core.reconcile.amounts.sums import CHANCE, Sums, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.balance import balance
from hub.core.reconcile.rules.equal import AT_ONCE, months_at_once, recurs, silent
from hub.core.reconcile.rules.instalments import next_instalment
from hub.core.reconcile.rules.less import LARGE_POOL, discount, nearly, netting
from hub.core.reconcile.rules.near_number import nearest_named
from hub.core.reconcile.rules.on_account import on_account
from hub.core.reconcile.rules.period import due_on_the_day, of_one_period
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS, Pool, cap
from hub.core.reconcile.rules.statement import statement

_LIKELY_BY_CHANCE = 0.5  # sets expected by accident, from which one that adds up says nothing against a period
_EQUAL_ONES = 0.85  # so many of one sum: that they are many of many is no reason why it should be chance
_CHANCE_OF_ONE = 0.08  # most receipts pay one invoice, so one exact amount needs less proof than a set


def explain(desk: Desk, case: Case, accounts: list[int]) -> list[Draft]:
    """All ways the open items of these accounts can make up the amount."""
    if len(accounts) == 1:
        quick = _many_equal(desk, case, accounts[0])
        if quick is not None:
            return quick
    pool = Pool(desk, case, accounts[:200])
    if not pool.left:
        return []
    drafts = statement(desk, case, pool) if case.reading.months or case.reading.statement else []
    drafts += due_on_the_day(desk, case, pool) if case.reading.due_on else []
    amounts = pool.amounts if len(pool.invoices) <= LARGE_POOL else list(dict.fromkeys(pool.amounts))
    sums = sums_to(amounts, case.amount, 4 if case.amount in amounts else 99)
    drafts += _sets(desk, case, pool, sums)
    if not sums.solutions:
        drafts += balance(desk, case, pool)
    if not case.reading.months and case.amount not in pool.amounts and (found := of_one_period(desk, case, pool)):
        drafts = _periods_first(found, drafts)
    if not any([d.weight > 0.9 for d in drafts]):
        others = discount(desk, case, pool) + netting(desk, case, pool) + nearly(desk, case, pool)
        drafts += [cap(d, 0.7) for d in others] if sums.solutions else others
    elif drafts[0].rule == "payer_sum":
        drafts += _less_its_discount(desk, case, pool, drafts)
        _beside_a_rounding(desk, case, pool, drafts)
    if not any([d.weight > 0.6 for d in drafts]):
        drafts += next_instalment(desk, case, pool) + on_account(desk, case, pool)
    return drafts


def _periods_first(found: list[Draft], drafts: list[Draft]) -> list[Draft]:
    """All of one period, before sets found by trying, unless chance would hardly have made one of them."""
    others = [d for d in drafts if not any([d.same_as(other) for other in found])]
    if any([d.evidence.get("chance", 1.0) < _LIKELY_BY_CHANCE for d in others]):
        return [cap(d, 0.85) for d in found + others]
    return found + others


def _less_its_discount(desk: Desk, case: Case, pool: Pool, drafts: list[Draft]) -> list[Draft]:
    """One invoice less the discount that its terms give is as good an explanation as several that add up."""
    found = [d for d in discount(desk, case, pool) if len(d.lines) == 1 and d.weight > 0.9]
    if found:
        for draft in drafts:
            cap(draft, 0.85).evidence["rivals"] = [f"{desk.numbers([found[0].lines[0][0]])} less its discount"]
    return [cap(d, 0.85) for d in found]


def _beside_a_rounding(desk: Desk, case: Case, pool: Pool, drafts: list[Draft]) -> None:
    """One invoice that is the sum but for a rounding, beside several that add up: neither is sure."""
    left, within = desk.ledger.left, desk.policy_for(pool.left[0]).rounding_minor
    near = [r for r in pool.left if -within <= left[r] - case.amount <= within]
    if near:
        for draft in drafts:
            cap(draft, 0.85).evidence["rivals"] = [f"{desk.numbers(near[:1])} but for a rounding"]
        drafts += [cap(d, 0.85) for d in nearly(desk, case, pool)]


def _many_equal(desk: Desk, case: Case, account: int) -> list[Draft] | None:
    """An account with very many items: take the oldest of this amount without building the whole pool."""
    ledger, reading = desk.ledger, case.reading
    if len(ledger.rows_of[account]) <= LARGE_POOL or reading.months or reading.statement or reading.left_out:
        return None
    row = ledger.first_of_amount(account, case.amount, case.received_on + timedelta(days=DATE_SLACK_DAYS))
    if row is None or not desk.usable(row, case):
        return None
    return [Draft(0.975, "payer_amount", _only(desk, [row]), [(row, case.amount)])]


def _only(desk: Desk, rows: list[int]) -> str:
    what = "is the oldest open invoice with exactly this amount" if len(rows) == 1 else "add up to exactly this amount"
    return f"The payer is known and {desk.numbers(rows)} {what}."


def _sets(desk: Desk, case: Case, pool: Pool, sums: Sums) -> list[Draft]:
    """One draft per set of open amounts that adds up; sure only without a rival and beyond chance."""
    drafts = []
    for solution in sums.solutions[:5]:
        rows = pool.take(desk, solution)
        if rows is None:
            continue
        size = len(solution)
        rivals = [s for s in sums.solutions if s != solution and (size > 1 or _is_rival(sums, s, case.amount))]
        everything = size > 4 and size == len(pool.invoices)
        together = size > 1 and months_at_once(desk, case, pool, solution)
        known = everything or together or (size == 1 and recurs(desk, pool, solution[0]))
        chance = 0.0 if known else sums.chance(size, case.amount)
        weight = 0.992 / (1 + chance / 4 if size == 1 else 1 + chance) if not rivals else 0.8 - 0.05 * min(size, 6)
        if chance > (_CHANCE_OF_ONE if size == 1 else CHANCE):
            weight = min(weight, 0.9)
        if size > 1 and not rivals and len(set(solution)) == 1:
            weight = max(weight, _EQUAL_ONES)
        if size > 1 and not together and _leaves_equals(desk, case, pool, solution):
            weight = min(weight, 0.9)  # which of two equal invoices belongs to the set, nothing tells
        if _is_owed_by_several(desk, pool, solution):
            weight = min(weight, 0.9)
        if size == 1:
            rows = nearest_named(desk, case, pool, rows)
        rule = "payer_amount" if size == 1 else "payer_balance" if everything else "payer_sum"
        evidence = {
            "sets_that_add_up": len(sums.solutions),
            "chance": round(chance, 5),
            "rivals": [f"{len(s)} others add up too" for s in rivals[:3]],
        }
        drafts.append(
            Draft(weight, rule, _only(desk, rows), [(r, desk.ledger.left[r]) for r in rows], evidence=evidence)
        )
    return drafts


def _leaves_equals(desk: Desk, case: Case, pool: Pool, solution: tuple[int, ...]) -> bool:
    """Whether a set leaves out invoices equal to one of it; but one of each subscription is the next in its row."""
    several = [amount for amount in set(solution) if pool.amounts.count(amount) > solution.count(amount)]
    if not several:
        return False
    if len(set(solution)) < len(solution) or len(solution) > AT_ONCE:
        return True
    return not all(recurs(desk, pool, amount) for amount in several) or not silent(desk, case, pool, several)


def _is_owed_by_several(desk: Desk, pool: Pool, solution: tuple[int, ...]) -> bool:
    """Whether a group pays, and another debtor of it than the set's owes one of its sums as well: the oldest goes first
    only among one debtor's.
    """
    several = [amount for amount in set(solution) if pool.amounts.count(amount) > solution.count(amount)]
    if not several or len(pool.accounts) < 2:
        return False
    account_of, amounts = desk.ledger.account_of, pool.amounts[: len(pool.invoices)]
    pairs = list(zip(pool.invoices, amounts, strict=True))
    return any(len({account_of[row] for row, worth in pairs if worth == amount}) > 1 for amount in several)


def _is_rival(sums: Sums, other: tuple[int, ...], amount: int) -> bool:
    """Whether a set speaks against one invoice with exactly the amount: a large one only if chance rarely makes it."""
    return len(other) <= 3 or (len(other) == 4 and sums.chance(4, amount) <= _CHANCE_OF_ONE)
