"""Explanations that start from numbers named in the text, and check them against the amount and the payer."""

from __future__ import annotations

from itertools import islice, product

from hub.core.reconcile.amounts.sums import sums_to
from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.rules.named import AHEAD, CONTRADICTED, full_lines, named_by_debtor, ranges
from hub.core.reconcile.rules.named_differs import inexact
from hub.core.reconcile.rules.pool import pick
from hub.core.reconcile.rules.several_debtors import of_several_debtors
from hub.core.reconcile.rules.statement import months_named
from hub.core.reconcile.texts.words import REFUND_WORDS

# Confidence that a named set whose sum is exactly the receipt is right, by the weakest number and the payer.
_EXACT = {
    (FULL, AGREES): 0.999,
    (STRONG, AGREES): 0.998,
    (BARE, AGREES): 0.996,
    (WEAK, AGREES): 0.985,
    (FULL, UNKNOWN): 0.996,
    (STRONG, UNKNOWN): 0.988,
    (BARE, UNKNOWN): 0.95,
    (WEAK, UNKNOWN): 0.5,
}
_PROOF_DIGITS = 5  # a bare counter this long and the exact amount do not meet by chance
_TO_THE_CENT = 0.03  # by which a number and its exact sum go before a number alone, though the payer contradicts
_TWINS = 0.9
_MOST_EQUAL = 100  # invoices of one sum whose debtors are compared with the payer
_OF_ITS_NAME = 0.25  # likeness of a company of the group to the name of its centre
_MOST_TWINS = 11  # offered beside the first: those of a year
_GIVEN_BACK = 0.8  # a number beside "REMBOURSEMENT", of somebody who is no debtor: it may be his own
_MOST_COMBINATIONS = 128
_AHEAD_OF_EQUALS = 0.8


def may_be_exact(desk: Desk, case: Case) -> bool:
    """Whether some of the items the text names add up to the amount."""
    mentions, left = case.reading.mentions, desk.ledger.left
    if len(mentions) == 1 and all([left[ref.row] != case.amount for ref in mentions[0].refs]):
        return False
    return any(_exact(desk, case, named) for named in named_by_debtor(desk, case))


def by_reference(desk: Desk, case: Case) -> list[Draft]:
    """Drafts from the numbers of the text, one family per debtor the numbers can belong to."""
    drafts: list[Draft] = []
    for named in named_by_debtor(desk, case):
        found = _exact(desk, case, named) or inexact(desk, case, named)
        for draft in found:
            exact = draft.rule.endswith("_exact")
            ahead = exact and any([desk.ledger.skips_an_older(row, case.received_on) for row, _ in draft.lines])
            if (named.stance != AGREES or not exact or ahead) and (
                doubt := _doubt(desk, case, named, draft, exact, ahead)
            ):
                most, why = doubt
                draft.weight = min(draft.weight, most)
                draft.reason += why
            draft.evidence |= {
                "tokens": [text for _, _, text in named.picks][:40],
                "strength": named.strength,
                "payer": ("contradicts", "unknown", "agrees")[named.stance],
                "payer_found_by": case.payer.found_by,
                "received": case.amount,
                "open": {desk.ledger.items.number[r]: desk.signed(r) for r in named.rows[:40]},
            }
        drafts += found
    if len(case.reading.mentions) > 1 and not any([draft.rule.endswith("named_exact") for draft in drafts]):
        drafts += of_several_debtors(desk, case)
    return drafts


def _doubt(desk: Desk, case: Case, named: Named, draft: Draft, exact: bool, ahead: bool) -> tuple[float, str] | None:
    """How sure a draft can be at most for who paid and when, and why; None: nothing speaks against it."""
    if named.stance == CONTRADICTS:
        return CONTRADICTED + (_TO_THE_CENT if exact else 0), " But the payer is known as another debtor."
    if not exact and any([desk.ledger.items.issued_on[row] > case.received_on + AHEAD for row, _ in draft.lines]):
        return CONTRADICTED, " But the invoice was issued long after the money came."
    if ahead:
        return _AHEAD_OF_EQUALS, " But it was issued after the money came, and an equal one was open."
    if named.stance == AGREES:
        return None
    if _names_another_customer(desk, case, named):
        return CONTRADICTED, " But the customer number in the text is another debtor's."
    if not exact and _is_a_groups(desk, case):
        return CONTRADICTED, ""
    if _owed_by_its_own(desk, case, named):
        return CONTRADICTED, " But a company of the payer's name owes this sum as well."
    if not REFUND_WORDS.isdisjoint(case.reading.words):
        most = _GIVEN_BACK if exact else CONTRADICTED
        return most, " But the text speaks of money given back, and the payer is nobody known."
    return None


def _names_another_customer(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the text has customer numbers, and none of the debtor's whose invoice it names: one of both is a slip."""
    customers = case.reading.customers
    return bool(customers) and not any(desk.ledger.groups.same(a, b) for a in customers for b in named.accounts)


def _is_a_groups(desk: Desk, case: Case) -> bool:
    """Whether the payer bears a group's name, and a company of it is a debtor: only a number with its sum is sure."""
    return case.payer.behalf and bool(case.payer.accounts) and desk.payers.bears_a_groups_name(case.payer)


def _owed_by_its_own(desk: Desk, case: Case, named: Named) -> bool:
    """Whether a debtor of the group's name owes this very sum: a stranger's number may be a slip of its own."""
    payers, payer = desk.payers, case.payer
    if not (payer.behalf and payers.bears_a_groups_name(payer)) and not payers.is_centre_of(payer, named.accounts[0]):
        return False
    accounts = {desk.ledger.account_of[row] for row in desk.ledger.of_amount(case.amount, _MOST_EQUAL)}
    likeness = desk.payers.likeness
    return any(likeness(case.payer, account) >= _OF_ITS_NAME for account in accounts.difference(named.accounts))


def _exact(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Named items that add up to the receipt: all of them, the firm ones, another reading, or some."""
    for rows, strength in _readings(desk, case, named):
        if rows and sum(map(desk.signed, rows)) == case.amount:
            weight = _EXACT.get((strength, named.stance), CONTRADICTED)
            if len(rows) > 1 and named.stance == UNKNOWN and strength == BARE:
                weight = 0.985  # several numbers of one debtor and their sum do not agree by chance
            if len(rows) == 1 and (strength, named.stance) == (BARE, UNKNOWN) and _longest(named) >= _PROOF_DIGITS:
                weight = 0.972
            what = "number" if len(rows) == 1 else "numbers"
            reason = f"The text names {desk.numbers(rows)} and the amount is exactly what is open."
            draft = Draft(weight, f"{what}_named_exact", reason, full_lines(desk, rows))
            twins = _twins(desk, named, rows)
            if twins and len(rows) == 1 and (told := _told_by_its_day(desk, case, rows + twins)) is not None:
                draft.lines, twins = full_lines(desk, [told]), []
                draft.reason = f"The text names {desk.numbers([told])}, and of those with this sum its day or month."
            if not twins:
                return [draft]
            return [draft, *_beside_twins(desk, draft, twins)]
    return _some_named(desk, case, named)


def _twins(desk: Desk, named: Named, rows: list[int]) -> list[int]:
    """Other invoices that the same words name as well, for the same sum: counters that begin anew each month."""
    left, found = desk.ledger.left, list[int]()
    for refs in named.alternatives:
        if len(refs) > 1:
            chosen = next(((row, strength) for row, strength, _ in refs if row in rows), None)
            if chosen is not None:
                row, strength = chosen
                found += [r for r, s, _ in refs if r not in rows and s == strength and left[r] == left[row]]
    return found


def _beside_twins(desk: Desk, draft: Draft, twins: list[int]) -> list[Draft]:
    """The same for each of the twins of one invoice; none is sure."""
    numbers = desk.ledger.items.number
    draft.weight = min(draft.weight, _TWINS)
    draft.evidence["rivals"] = [f"{numbers[row]} fits the text and the amount as well" for row in twins[:3]]
    if len(draft.lines) > 1:
        return []
    reason = "The text names {} and the amount is exactly what is open."
    return [
        Draft(draft.weight, draft.rule, reason.format(numbers[row]), full_lines(desk, [row]))
        for row in twins[:_MOST_TWINS]
    ]


def _told_by_its_day(desk: Desk, case: Case, rows: list[int]) -> int | None:
    """The one of several invoices that was issued on a day, or in a month, the text names: "FACT 164 DU 01/04/26"."""
    issued_on, days, months = desk.ledger.items.issued_on, case.reading.days, months_named(case)
    for told in (
        [r for r in rows if issued_on[r] in days],
        [r for r in rows if (issued_on[r].year, issued_on[r].month) in months],
    ):
        if len(told) == 1:
            return told[0]
    return None


def _longest(named: Named) -> int:
    """Characters of the longest number as written."""
    return max(len(text) for _, _, text in named.picks)


def _readings(desk: Desk, case: Case, named: Named) -> list[tuple[list[int], int]]:
    """Sets of rows the text may mean, with the strength of their weakest number, the plainest first."""
    firm = [p for p in named.picks if p[1] > WEAK]
    sets = [(named.rows, named.strength)]
    if firm and len(firm) < len(named.picks):
        sets.append(([row for row, _, _ in firm], min(s for _, s, _ in firm)))
    ranged = ranges(desk, case, named)
    if ranged:
        sets.insert(0, (ranged, min(STRONG, named.strength)))
    if any(len(refs) > 1 for refs in named.alternatives):
        for choice in islice(product(*(refs[:4] for refs in named.alternatives[:20])), _MOST_COMBINATIONS):
            rows = list(dict.fromkeys(row for row, _, _ in choice))
            sets.append((rows, min(s for _, s, _ in choice)))
    return sets


def _some_named(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Some of several named items add up: the others are noise, or were named for another reason."""
    if not 1 < len(named.picks) <= 14:
        return []
    usable = [p for p in named.picks if not desk.ledger.is_credit[p[0]]]
    sums = sums_to([desk.ledger.left[row] for row, _, _ in usable], case.amount)
    drafts = []
    for solution in sums.solutions[:3]:
        rows = pick([row for row, _, _ in usable], desk.ledger.left, solution)
        left_out = [p for p in named.picks if p[0] not in rows]
        noise = all(strength <= BARE for _, strength, _ in left_out)
        alone = len(sums.solutions) == 1
        weight = 0.98 if noise and alone and named.stance == AGREES else 0.85 if alone else 0.6
        reason = f"Of the numbers in the text, {desk.numbers(rows)} add up to the amount."
        drafts.append(Draft(weight, "some_named_exact", reason, full_lines(desk, rows)))
    return drafts
