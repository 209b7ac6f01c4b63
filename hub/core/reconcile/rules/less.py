"""Explanations of a known payer's money that is less, or a little more, than what it owes: discounts, credit notes,
roundings, bank charges.
"""

from __future__ import annotations

from hub.core.reconcile.amounts.charges import often_kept_back
from hub.core.reconcile.amounts.discounts import discount_minor
from hub.core.reconcile.amounts.sums import CHANCE, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import Pool, cap, pick

_ROUND = 100_00  # a multiple of it may as well be money on account
_MOST_DISCOUNTED = 12  # invoices of which any set may be paid less the discounts
LARGE_POOL = 400  # items above which only single amounts and pairs are tried


def discount(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """One invoice, or two, less the cash discount allowed on that date."""
    items, reduced, late = desk.ledger.items, [], set[int]()
    for row in pool.left:
        if items.discount_terms[row]:
            grace = desk.policy_for(row).discount_grace_days
            given = items.discount_terms[row], items.total_minor[row], items.issued_on[row], case.received_on
            off = discount_minor(*given, grace)
            if 0 < off < desk.ledger.left[row]:
                reduced.append((row, off))
                if not discount_minor(*given, 0):
                    late.add(row)
    drafts = []
    for row, off in reduced[:60]:
        slack = desk.ledger.left[row] - off - case.amount
        if abs(slack) <= 1:
            reason = f"The payer is known and {desk.numbers([row])} less its cash discount is exactly this amount."
            drafts.append(
                Draft(0.982, "payer_discount", reason, [(row, case.amount)], [("discount", row, off + slack)])
            )
    if not drafts and reduced:
        drafts = _discounted_set(desk, case, dict(reduced[:_MOST_DISCOUNTED]), pool.left)
    if len({d.lines[0] for d in drafts}) > 1:  # rather one that is still in time without any grace
        return [cap(d, 0.79 if d.lines[0][0] in late else 0.8) for d in drafts]
    return drafts


def _discounted_set(desk: Desk, case: Case, offs: dict[int, int], others: list[int]) -> list[Draft]:
    """Several invoices, each less its discount; or beside some of these others whose terms allow none, or no more."""
    rest = [row for row in others if row not in offs]
    for rows in ([*offs], [*offs, *rest] if len(offs) + len(rest) <= _MOST_DISCOUNTED else []):
        net = {row: desk.ledger.left[row] - offs.get(row, 0) for row in rows}
        sums = sums_to(list(net.values()), case.amount)
        drafts = []
        for solution in sums.solutions[:2]:
            chosen = pick(rows, net, solution)
            deductions: list[tuple[str, int | None, int]] = [("discount", r, offs[r]) for r in chosen if r in offs]
            sure = len(sums.solutions) == 1 and sums.chance(len(solution), case.amount) < CHANCE
            lines = [(row, net[row]) for row in chosen]
            reason = f"The payer is known and {desk.numbers(chosen)}, less their cash discount, add up exactly."
            if deductions:
                drafts.append(Draft(0.975 if sure else 0.75, "payer_discount", reason, lines, deductions))
        if drafts:
            return drafts
    return []


def netting(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Invoices less one open credit note, or less all of them."""
    credits = [r for r in pool.credits if desk.ledger.left[r] > 0]
    if not credits or len(pool.invoices) > LARGE_POOL:
        return []
    drafts: list[Draft] = []
    sets = [[r] for r in credits[:8]] + ([credits] if 1 < len(credits) <= 40 else [])
    for chosen in sets:
        target = case.amount + sum(desk.ledger.left[r] for r in chosen)
        sums = sums_to(pool.amounts, target, 2)
        for solution in sums.solutions[:2]:
            rows = pool.take(desk, solution)
            if rows is None:
                continue
            chance = sums.chance(len(solution), target) * len(sets)
            by_chance = chance >= CHANCE or often_kept_back(target - case.amount)
            sure = len(sums.solutions) == 1 and not by_chance
            less = f"{desk.numbers(rows)} less credit note {desk.numbers(chosen)}"
            reason = f"The payer is known and {less} is exactly this amount."
            lines = [(r, desk.signed(r)) for r in (*rows, *chosen)]
            drafts.append(Draft(0.978 if sure else 0.72 - 0.03 * len(rows), "payer_less_credit_note", reason, lines))
    if len(drafts) > 1:
        drafts = [cap(d, 0.8) for d in sorted(drafts, key=lambda d: (len(d.lines), -d.weight))[:3]]
    return drafts


def nearly(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """One invoice off by a rounding or by bank charges; sure only when chance would rarely do it."""
    drafts = []
    slots = max(case.amount, 1)
    for row in pool.left:
        gap = desk.ledger.left[row] - case.amount
        policy = desk.policy_for(row)
        fee = min(policy.bank_fee_minor, case.amount * policy.bank_fee_bp // 10000)
        if gap and abs(gap) <= policy.rounding_minor:
            sure = len(pool.invoices) * 2 * policy.rounding_minor / slots < CHANCE / 4 and case.amount % _ROUND != 0
            lines = [(row, min(case.amount, desk.ledger.left[row]))]
            deductions: list[tuple[str, int | None, int]] = [("rounding", row, gap)] if gap > 0 else []
            reason = f"The payer is known and {desk.numbers([row])} is this amount but for a rounding."
            drafts.append(Draft(0.972 if sure else 0.85 - abs(gap) / 1000, "payer_rounding", reason, lines, deductions))
        elif 0 < gap <= fee:
            reason = f"The payer is known and {desk.numbers([row])} is this amount but for bank charges."
            drafts.append(
                Draft(
                    0.8 - 0.2 * gap / (fee + 1),
                    "payer_bank_fee",
                    reason,
                    [(row, case.amount)],
                    [("bank_fee", row, gap)],
                )
            )
    drafts.sort(key=lambda d: -d.weight)
    return [cap(d, 0.85) for d in drafts[:3]] if len(drafts) > 1 else drafts
