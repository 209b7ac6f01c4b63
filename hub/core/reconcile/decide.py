"""From drafts to a decision: automatic only without a rival, otherwise a ranked list for a person."""

from __future__ import annotations

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.company_rules import CompanyRule
from hub.core.reconcile.confidence import FIRST, LATER, SURE
from hub.core.reconcile.outcome import AUTO, NOT_A_RECEIPT, SUGGESTED, UNAPPLIED, Decision
from hub.core.reconcile.texts.outsiders import Kind
from hub.core.reconcile.texts.text import as_written

RIVAL = 0.9  # a different explanation at least this likely stops an automatic decision
_SURE = 0.97  # weight from which evidence is such as is applied alone
MOST_PROPOSALS = 5
_MOST_TOLD = 20  # numbers of a text that are shown


def ranked(desk: Desk, case: Case, drafts: list[Draft]) -> list[Draft]:
    """Best first, each set of lines once.

    Ties go to fewer lines, then to the rule, to what is due nearest to the receipt, and to item ids: never to chance.
    """
    if len(drafts) < 2:
        return [d for d in drafts if d.lines]
    ids, best, age = desk.ledger.items.id, list[Draft](), desk.ledger.age

    def rank(draft: Draft) -> tuple[object, ...]:
        days = sum(abs((age(row)[0] - case.received_on).days) for row, _ in draft.lines)
        return -draft.weight, len(draft.lines), draft.rule, days, [ids[row] for row, _ in draft.lines]

    for draft in sorted(drafts, key=rank):
        if draft.lines and not any(draft.same_as(other) for other in best):
            best.append(draft)
    return best


def sure(desk: Desk, case: Case, drafts: list[Draft]) -> Draft | None:
    """The draft to apply without a person: above the threshold, nothing comparable beside it."""
    if not drafts:
        return None
    first = drafts[0]
    threshold = desk.policy_for(first.lines[0][0]).auto_threshold / 1000
    if first.weight < threshold or case.received_on > desk.today:
        return None
    if len(drafts) > 1 and drafts[1].weight >= RIVAL:
        return None
    return first if within_bounds(desk, case, first) else None


def within_bounds(desk: Desk, case: Case, draft: Draft) -> bool:
    """Whether lines and deductions keep within the receipt and within each item."""
    left, is_credit = desk.ledger.left, desk.ledger.is_credit
    if len(draft.lines) == 1 and not draft.deductions and draft.exchange is None:
        row, amount = draft.lines[0]
        return 0 < amount <= case.amount and amount <= left[row] and not is_credit[row]
    used: dict[int, int] = {}
    total = 0
    for row, amount in draft.lines:
        total += amount
        used[row] = used.get(row, 0) + abs(amount)
        if used[row] > left[row] or is_credit[row] != (amount < 0):
            return False
    for _, item, amount in draft.deductions:
        if item is not None:
            used[item] = used.get(item, 0) + max(amount, 0)
            if used[item] > left[item]:
                return False
    return 0 < (total if draft.exchange is None else draft.exchange[1]) <= case.amount


def apply(desk: Desk, draft: Draft) -> None:
    """Use up the items of an automatic draft."""
    left, uses, account_of = desk.ledger.left, desk.ledger.uses, desk.ledger.account_of
    for row, amount in draft.lines:
        left[row] -= abs(amount)
        uses[account_of[row]] += 1
    for _, row_or_none, amount in draft.deductions:
        if row_or_none is not None:
            left[row_or_none] -= max(amount, 0)


def automatic(desk: Desk, case: Case, first: Draft, drafts: list[Draft]) -> Decision:
    """The decision for a draft that is applied; its evidence names the rivals it beat."""
    if len(drafts) > 1:
        refused = [f"{d.rule}: {desk.numbers([r for r, _ in d.lines])} ({d.weight:.2f})" for d in drafts[1:4]]
        first.evidence["refused"] = refused
    first.evidence["policy"] = desk.policy.version
    return Decision(case.id, AUTO, first.rule, first.reason, (desk.proposal(first, SURE),))


def for_a_person(desk: Desk, case: Case, drafts: list[Draft]) -> Decision:
    """Suggestions in their order, or nothing."""
    kept = [d for d in drafts if within_bounds(desk, case, d)][:MOST_PROPOSALS]
    if not kept:
        return Decision(case.id, UNAPPLIED, "nothing_fits", "Nothing open explains this receipt.", (), _said(case))
    first = kept[0]
    places = [SURE if _is_alone(kept) else FIRST, *[LATER] * (len(kept) - 1)]
    proposals = tuple(map(desk.proposal, kept, places))
    return Decision(case.id, SUGGESTED, first.rule, first.reason, proposals, _said(case))


def _is_alone(drafts: list[Draft]) -> bool:
    """Whether the first would be applied, were it not for a stricter policy or a rule of the company."""
    return drafts[0].weight >= _SURE and (len(drafts) == 1 or drafts[1].weight < RIVAL)


def _said(case: Case) -> dict[str, object]:
    """What the texts said, for whoever decides."""
    reading = case.reading
    return {
        "numbers": [as_written(m.text, case.texts) for m in reading.mentions[:_MOST_TOLD]],
        "unknown_numbers": [as_written(text, case.texts) for text in reading.unknown[:_MOST_TOLD]],
        "payer_found_by": case.payer.found_by,
    }


def said_by(rule: CompanyRule) -> Kind:
    """Why money is no payment of a debtor, where the company itself says so."""
    return Kind("company_rule", f"Your rule “{rule.name}” says that it is no debtor's payment.")


def not_a_receipt(receipt_id: int, kind: Kind) -> Decision:
    """The decision for an outsider's money."""
    return Decision(receipt_id, NOT_A_RECEIPT, kind.code, kind.reason)
