"""Explanations from who paid and how much, when the text names no number that helps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from hub.core.reconcile.amounts import CHANCE, Sums, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.mentions import STRONG as STRONG_REF
from hub.core.reconcile.rules.balance import balance
from hub.core.reconcile.rules.equal import AT_ONCE, months_at_once, recurs, silent
from hub.core.reconcile.rules.instalments import next_instalment
from hub.core.reconcile.rules.judging import MOST_ACCOUNTS, judge
from hub.core.reconcile.rules.less import LARGE_POOL, discount, nearly, netting
from hub.core.reconcile.rules.near_number import NEAR, nearest_named, others_near
from hub.core.reconcile.rules.on_account import on_account
from hub.core.reconcile.rules.period import due_on_the_day, of_one_period
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS, Pool, cap
from hub.core.reconcile.rules.statement import statement
from hub.core.reconcile.text import fold
from hub.core.reconcile.words import LEGAL_FORMS

_BESIDE_OWN = 0.85  # what a group owes, when the debtor's own items explain the sum, though not surely
_OTHER_FORM = 0.8  # a debtor with the payer's words, and another legal form
_NAMESAKE = 0.7  # the same where the payer is found as a debtor whose items explain nothing
_MOST_NAMESAKES, _MOST_BEGUN = 12, 50
_LIKELY_BY_CHANCE = 0.5  # sets expected by accident, from which one that adds up says nothing against a period
_EQUAL_ONES = 0.85  # so many of one sum: that they are many of many is no reason why it should be chance
_CHANCE_OF_ONE = 0.08  # most receipts pay one invoice, so one exact amount needs less proof than a set


def by_payer(desk: Desk, case: Case) -> list[Draft]:
    """Drafts for the accounts that may be the payer, then for their group."""
    payer = case.payer
    if not payer.accounts or payer.score < 0.5:
        return _of_namesakes(desk, case, [])
    known = payer.accounts
    if (
        len(known) == 1 and payer.found_by == "text"
    ):  # whose name stands there as one seller writes it is another's debtor as well
        known = (*known, *desk.payers.of_its_siren(known))
    accounts = [a for a in known if case.seller in (None, desk.ledger.accounts[a][0])][:MOST_ACCOUNTS]
    drafts: list[Draft] = []
    if not accounts and case.seller is not None:
        namesakes = desk.payers.namesakes(payer, case.seller)[:MOST_ACCOUNTS]
        most = 1.0 if len(namesakes) == 1 and not _states_a_form(desk, case) else _OTHER_FORM
        for account in namesakes:
            drafts += [cap(d, most) for d in explain(desk, case, [account])]
        accounts = _cut_short(desk, case) if not drafts else []
    for account in accounts:
        drafts += explain(desk, case, [account])
    if not any([d.weight > 0.8 for d in drafts]):
        for account in accounts[:2]:
            group = desk.ledger.group(account)
            if len(group) > 1:
                most = _BESIDE_OWN if any("sets_that_add_up" in d.evidence for d in drafts) else 0.975
                drafts += [cap(d, most) for d in explain(desk, case, group) if d.weight > 0.6]
    rivals = len(accounts)
    alone = rivals > 1 and len(_explaining(desk, drafts)) == 1
    judged = [judge(desk, case, d, rivals, alone) for d in drafts]
    if accounts and not any([d.weight > 0.6 for d in judged]):
        judged += _of_namesakes(desk, case, accounts)
    if rivals > 1:
        _several_explain(desk, judged)
    dated = case.reading.months or case.reading.due_on
    told = [d for d in judged if d.rule == "payer_statement" and d.weight >= 0.8] if dated else []
    if told:  # the month, or the day, says which, and its number may say so as well
        judged = [
            d if d.rule == "payer_statement" or (d.rule == NEAR and d.same_as(told[0])) else cap(d, 0.79)
            for d in judged
        ]
    near = [d for d in judged if d.rule == NEAR]
    if near:
        judged = [cap(d, 0.9 if _is_named(desk, case) else 1.0) if d.rule == NEAR else cap(d, 0.85) for d in judged]
    first = max(judged, key=lambda d: d.weight) if len(judged) > 1 else judged[0] if judged else None
    if first is not None and first.rule == "payer_amount" and first.weight >= 0.8:
        judged += _of_longer_names(desk, case, first) + _of_its_companies(desk, case, first)
        if namesakes := desk.payers.reordered(case.payer):
            judged += _owe_it_too(desk, case, first, namesakes, "The payer may be a namesake")
    return judged + [other for d in near for other in others_near(desk, case, d)] if near else judged


def _cut_short(desk: Desk, case: Case) -> list[int]:
    """The seller's only debtor whose name begins as a label does that names another seller's debtor in full.

    "RESIDENCE DES ORMES SA" of 31 characters is the Résidence des Ormes Saint-Malo, where that one is the debtor.
    """
    if case.payer.found_by != "text" or not desk.cuts.may_have_cut(_label(desk, case)):
        return []
    owners = desk.ledger.accounts
    begun = [a for a in desk.payers.names.full.begun(case.payer.label, _MOST_BEGUN) if owners[a][0] == case.seller]
    return begun if len(begun) == 1 else []


def _label(desk: Desk, case: Case) -> str:
    """The first line of a label, which has the name."""
    return (desk.receipts.remittance[case.row] or "").partition("\n")[0]


def _states_a_form(desk: Desk, case: Case) -> bool:
    """Whether the payer's name, or the label, has a legal form; if not it may be that of a company of any form."""
    name = desk.receipts.payer_name[case.row]
    return not LEGAL_FORMS.isdisjoint(fold(name).split() if name else case.reading.words)


def _is_named(desk: Desk, case: Case) -> bool:
    """Whether a number of the text is, well spelt, an invoice of exactly this sum: then it is hardly a misprint."""
    refs = [ref for mention in case.reading.mentions for ref in mention.refs if ref.strength >= STRONG_REF]
    return any(desk.usable(ref.row, case) and desk.ledger.left[ref.row] == case.amount for ref in refs)


def _explaining(desk: Desk, drafts: list[Draft]) -> set[int]:
    """The accounts whose items explain the sum well; but for charges is not well where somebody owes it to the cent."""
    account_of = desk.ledger.account_of
    exact = any([d.rule == "payer_amount" for d in drafts])
    drafts = [d for d in drafts if not (exact and d.rule == "payer_bank_fee")]
    return {account_of[d.lines[0][0]] for d in drafts if d.lines and d.weight > 0.6}


def _several_explain(desk: Desk, drafts: list[Draft]) -> None:
    """Nothing is sure when the items of two accounts that may be the payer explain the sum, or one invoice of each is
    the sum: it is not the same creditor's.
    """
    likely, account_of = _explaining(desk, drafts), desk.ledger.account_of
    owing = {account_of[d.lines[0][0]] for d in drafts if d.rule == "payer_amount"}
    for draft in drafts:
        if len(likely) > 1 and draft.rule not in ("payer_amount", NEAR):
            cap(draft, 0.85)
        elif len(owing) > 1 and draft.rule == "payer_amount":
            cap(draft, 0.9).evidence["rivals"] = [f"{len(owing)} debtors of this name owe the sum"]


def _of_namesakes(desk: Desk, case: Case, accounts: list[int]) -> list[Draft]:
    """What debtors owe whose name is nearly the payer's: another legal form, or more of it. Only offered.

    A form is easily left out, or wrong; a name may have been cut; and of many of one name only some were looked at.
    """
    payers, owners = desk.payers, desk.ledger.accounts
    nearly = [*payers.namesakes(case.payer, case.seller), *case.payer.accounts, *payers.longer_names(case.payer)]
    nearly += payers.names.full.begun(case.payer.label, _MOST_NAMESAKES)
    others = [a for a in dict.fromkeys(nearly) if a not in accounts and case.seller in (None, owners[a][0])]
    drafts = [d for account in others[:_MOST_NAMESAKES] for d in explain(desk, case, [account]) if d.weight > 0.6]
    return [cap(judge(desk, case, d, len(others) + len(accounts)), _NAMESAKE) for d in drafts]


def _of_longer_names(desk: Desk, case: Case, first: Draft) -> list[Draft]:
    """Debtors whose names begin with all the payer's, and who owe this very sum: the bank may have cut the name."""
    return _owe_it_too(desk, case, first, desk.payers.longer_names(case.payer), "The payer's name may have been cut")


def _of_its_companies(desk: Desk, case: Case, first: Draft) -> list[Draft]:
    """Companies of a parent that owe the very sum of the one invoice of its own: it may pay theirs."""
    if not desk.ledger.heads_a_group(own := desk.ledger.account_of[first.lines[0][0]]):
        return []
    companies = [account for account in desk.ledger.group(own) if account != own]
    return _owe_it_too(desk, case, first, companies, "The payer is the parent of this debtor")


def _owe_it_too(desk: Desk, case: Case, first: Draft, accounts: Sequence[int], why: str) -> list[Draft]:
    """The invoices of other accounts with the amount; then the first one is not sure either."""
    found, last = [], case.received_on + timedelta(days=DATE_SLACK_DAYS)
    mine = desk.ledger.account_of[first.lines[0][0]]
    for account in accounts:
        row = desk.ledger.first_of_amount(account, case.amount, last) if account != mine else None
        if row is not None and desk.usable(row, case):
            cap(first, 0.9)
            reason = f"{why}, and {desk.numbers([row])} has exactly this amount open."
            found.append(Draft(min(first.weight, 0.89) - 0.01, "payer_amount", reason, [(row, case.amount)]))
    return found


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
    ledger = desk.ledger
    reading = case.reading
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
