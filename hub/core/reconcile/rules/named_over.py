"""Numbers and more money: a rounding, items that the text does not name, or too much paid."""

from __future__ import annotations

from datetime import timedelta

from hub.core.reconcile.amounts.charges import is_indemnity
from hub.core.reconcile.amounts.sums import CHANCE, sums_to
from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.reading.mentions import STRONG, WEAK
from hub.core.reconcile.rules.named import fits_elsewhere, full_lines
from hub.core.reconcile.rules.pool import pick
from hub.core.reconcile.texts.text import PURPOSE, WIDTHS, fills_its_room

_DUE_SOON = 7  # days: a debtor pays what falls due until its next day of payments
_TOLD, _WITH_INDEMNITY = 0.9, 0.975  # a number of the payer's, and to the cent what it owes for being late
_GOES_ON = ",;+/&"  # at the end of a list that goes on
_LONGEST, _BETWEEN = 140, 4  # characters of a purpose (ISO 20022), and those between two numbers: " ET ", " + "


def over(desk: Desk, case: Case, named: Named, rows: list[int], excess: int, base: float) -> list[Draft]:
    """More money than the named items have open: rounding, items not named, or too much paid."""
    policy = desk.policy_for(rows[0])
    reason = f"{named.said} {desk.numbers(rows)}; "
    if excess <= policy.rounding_minor:
        return [Draft(base + 0.008, "named_rounded_up", reason + "a rounding stays unapplied.", full_lines(desk, rows))]
    if _names_used_up(desk, case, named):
        base = min(base, 0.84)
    drafts = _unnamed(desk, case, named, rows, excess, base)
    sure = policy.overpaid_by_reference and not drafts and not case.reading.more and not case.reading.goes_on
    plain = excess <= sum(map(desk.signed, rows)) and not case.reading.unknown and not _names_more(case, named)
    rival = fits_elsewhere(desk, case, named, rows)
    whole = not _may_be_cut(desk.receipts.remittance[case.row] or "", listed=len(rows) > 1)
    weight = base if sure and plain and whole and not rival else min(base, 0.8)
    evidence = {"rivals": rival} if rival else {}
    if sure and not rival and base >= _TOLD and is_indemnity(excess, _late(desk, case, rows)):
        weight = max(base, _WITH_INDEMNITY)
        reason += "beyond it is the indemnity for paying late, and "
    reason += "the rest stays unapplied."
    drafts.append(Draft(weight, "named_overpaid", reason, full_lines(desk, rows), evidence=evidence))
    return drafts


def _late(desk: Desk, case: Case, rows: list[int]) -> int:
    """How many of the invoices were due before the money came; none in a currency that has no such indemnity."""
    if case.currency != "EUR":
        return 0
    return len([row for row in rows if not desk.ledger.is_credit[row] and desk.ledger.age(row)[0] < case.received_on])


def _may_be_cut(text: str, *, listed: bool) -> bool:
    """Whether more numbers may have stood behind a text: it fills its room, or a list leaves none for another one.

    What parts two numbers of a list is lost where the cut comes behind it, or stands there with nothing to follow.
    """
    if not text or fills_its_room(text):
        return bool(text)
    said = text.removeprefix(PURPOSE)
    last = len(said.rpartition("\n")[2])
    if listed and (said[-1] in _GOES_ON or any(last + lost in WIDTHS for lost in range(1, _BETWEEN))):
        return True
    room = _LONGEST - len(said) + said.count("\n")
    return listed and -_BETWEEN <= room <= len(said.rpartition(" ")[2]) + _BETWEEN


def _names_used_up(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the text also names an item of this debtor that is settled already, in this run or before."""
    ledger = desk.ledger
    if any(account in named.accounts for _, accounts in case.reading.closed for account in accounts):
        return True
    return any(
        ref.strength >= STRONG and ledger.left[ref.row] == 0 and ledger.account_of[ref.row] in named.accounts
        for mention in case.reading.mentions
        for ref in mention.refs[:4]
    )


def _names_more(case: Case, named: Named) -> bool:
    """Whether the text has firm numbers that are none of this debtor's, or paid: perhaps of the list, misread."""
    if case.reading.closed:
        return True
    own = {text for refs in named.alternatives for _, _, text in refs}
    return any(m.refs[0].strength > WEAK and m.text not in own for m in case.reading.mentions)


def _unnamed(desk: Desk, case: Case, named: Named, rows: list[int], excess: int, base: float) -> list[Draft]:
    """Other invoices of the debtor that the excess pays exactly: the list was cut, or "and others"."""
    left, issued_on = desk.ledger.left, desk.ledger.items.issued_on
    pool = [
        r
        for a in named.accounts[:20]
        for r in desk.ledger.account(a, case.currency).invoices.rows
        if 0 < left[r] <= excess and r not in rows and issued_on[r] <= case.received_on and desk.usable(r, case)
    ]
    if not pool:
        return []
    sums = sums_to([desk.ledger.left[r] for r in pool], excess, 3)
    drafts = []
    for solution in sums.solutions[:3]:
        chosen = pick(pool, left, solution)
        chance = sums.chance(len(solution), excess)
        sure = len(sums.solutions) == 1 and chance < CHANCE and (len(solution) == 1 or _goes_on(case))
        if any(left[r] in solution for r in pool if r not in chosen):
            sure = False  # which of two equal invoices belongs to the set, nothing tells
        reason = f"{named.said} {desk.numbers(rows)}; {desk.numbers(chosen)} make up the rest exactly."
        weight = min(base, 0.975) if sure and base > 0.84 and not _has_range(case) else 0.84
        drafts.append(Draft(weight, "named_and_others", reason, full_lines(desk, rows + chosen)))
    if not drafts and len(rows) > 1 and (behind := _next_in_order(desk, case, rows, pool, excess)):
        reason = f"{named.said} {desk.numbers(rows)}; the next in order, {desk.numbers(behind)}, make up the rest."
        drafts.append(Draft(0.82, "named_and_others", reason, full_lines(desk, rows + behind)))
    return drafts


def _next_in_order(desk: Desk, case: Case, rows: list[int], pool: list[int], excess: int) -> list[int]:
    """The invoices behind the last one of a list that the bank cut, one after the other, of all or of those due soon,
    when they make up the excess."""
    left, number, due = desk.ledger.left, desk.ledger.items.number, case.received_on + timedelta(days=_DUE_SOON)
    last = max(number[row] for row in rows)
    later = sorted((row for row in pool if number[row] > last), key=number.__getitem__)
    for behind in (later, [row for row in later if desk.ledger.age(row)[0] <= due]):
        total = 0
        for at, row in enumerate(behind, start=1):
            total += left[row]
            if total == excess:
                return behind[:at]
            if total > excess:
                break
    return []


def _goes_on(case: Case) -> bool:
    """Whether the list of numbers goes on behind what the bank handed over: "and others", or numbers nobody knows."""
    return case.reading.more or bool(case.reading.unknown)


def _has_range(case: Case) -> bool:
    return any(mention.opens_range for mention in case.reading.mentions)
