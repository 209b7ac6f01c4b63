"""Named items whose sum is more than the receipt: discounts, credit notes, charges, parts; or less (`named_over`)."""

from __future__ import annotations

from datetime import timedelta

from hub.core.reconcile.amounts.charges import charges_likely, often_kept_back
from hub.core.reconcile.amounts.discounts import discount_minor
from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.payers.stances import AGREES, UNKNOWN
from hub.core.reconcile.reading.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.rules.named import CONTRADICTED, full_lines, own_words, ranges
from hub.core.reconcile.rules.named_over import over
from hub.core.reconcile.rules.part_payment import part_payment
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS
from hub.core.reconcile.texts.words import CLAIM_WORDS, CREDIT_NOTE_WORDS, RETENTION_WORDS
from hub.sdk.money import amount_text

# The same when the sum differs: a part payment, too much, a deduction.
_OTHER = {
    (FULL, AGREES): 0.985,
    (STRONG, AGREES): 0.978,
    (BARE, AGREES): 0.9,
    (WEAK, AGREES): 0.6,
    (FULL, UNKNOWN): 0.93,
    (STRONG, UNKNOWN): 0.85,
    (BARE, UNKNOWN): 0.6,
    (WEAK, UNKNOWN): 0.2,
}
_TO_THE_CENT = 0.975  # a number, and to the cent what the terms leave of it in time
_OF_SEVERAL = 0.84  # the number is that of several invoices
_NAMELESS = 0.975  # a whole number, another amount, and a bank that names no payer at all
_LONG = 5  # figures of a counter
_ROUND = 10_00
_USUAL_SHARES = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)  # per cent
_STILL_OWED, _FORGONE = 0.84, 0.83
_USUAL_DISCOUNTS = (5, 10, 15, 20, 25, 30)  # per mille
_VAT = (0, 200, 100, 55)  # per mille (CGI 278, 278-0 bis, 279)
_DISCOUNT_AT_MOST = 12  # a debtor who writes "escompte" keeps at most a twelfth


def inexact(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Named items whose sum differs from the receipt, with what may explain the difference."""
    rows = [row for row, strength, _ in named.picks if strength > WEAK] or named.rows
    ranged = ranges(desk, case, named)
    total = sum(map(desk.signed, ranged or rows))
    rows = ranged or rows
    strength = min((s for row, s, _ in named.picks if row in rows), default=named.strength)
    if strength == BARE and named.stance == AGREES and _are_long(named, rows):
        strength = STRONG
    base = _OTHER.get((strength, named.stance), CONTRADICTED)
    if strength == FULL and named.stance == UNKNOWN and not case.payer_known_by_name:
        base = _NAMELESS
    if _means_another(named, rows):
        base = min(base, _OF_SEVERAL)
    if total <= 0:
        return []
    if case.amount < total:
        return short(desk, case, named, rows, total - case.amount, base)
    return over(desk, case, named, rows, case.amount - total, base)


def _are_long(named: Named, rows: list[int]) -> bool:
    """Whether only letters and noughts are missing of the numbers: five figures are no accident of this debtor's.

    Nor are six with the noughts in front of them.
    """
    said = ["".join(filter(str.isdigit, text)) for row, _, text in named.picks if row in rows]
    return all(len(digits) > _LONG or len(digits.lstrip("0")) >= _LONG for digits in said)


def _means_another(named: Named, rows: list[int]) -> bool:
    """Whether a number of the text is as well that of another open invoice of the debtor: which one is paid in part?"""
    for refs in named.alternatives:
        best = max(strength for _, strength, _ in refs)
        if best > WEAK and any(strength == best and row not in rows for row, strength, _ in refs):
            return True
    return False


def short(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """Less money than the named items have open."""
    found = less_what_is_allowed(desk, case, named, rows, gap, base)
    if found:
        return found
    policy = desk.policy_for(rows[0])
    if gap <= policy.rounding_minor:
        return [with_difference(desk, named, rows, gap, "rounding", base + 0.01)]
    if case.reading.discount and gap * _DISCOUNT_AT_MOST <= case.amount:
        return _question(desk, case, named, rows, gap, "discount")
    if not CLAIM_WORDS.isdisjoint(own_words(desk, case, named)):
        return part_payment(desk, case, named, rows, base, policy.partial_by_reference)
    if gap <= min(policy.bank_fee_minor, case.amount * policy.bank_fee_bp // 10000):
        if policy.bank_fee_anywhere or charges_likely(desk.receipts, case.row, own_words(desk, case, named)):
            return [with_difference(desk, named, rows, gap, "bank_fee", base)]
        return _question(desk, case, named, rows, gap, "bank_fee")
    if _is_a_usual_discount(gap, case.amount + gap):
        return _question(desk, case, named, rows, gap, "discount")
    return part_payment(desk, case, named, rows, base, policy.partial_by_reference)


def less_what_is_allowed(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """What is missing of items is the discount that their terms give, or credit notes."""
    return _discounted(desk, case, named, rows, gap, base) + _netted(desk, case, named, rows, gap, base)


def _is_a_usual_discount(gap: int, total: int) -> bool:
    """Whether to the cent what debtors keep for paying early is missing, whatever the terms say, VAT or not."""
    return any([abs(gap * (1000 + vat) - total * rate) <= 500 + vat for rate in _USUAL_DISCOUNTS for vat in _VAT])


def _question(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, kind: str) -> list[Draft]:
    """Money the debtor kept back: still owed, or forgone as `kind`? Only a person says."""
    forgone = with_difference(desk, named, rows, gap, kind, _FORGONE)
    return [*part_payment(desk, case, named, rows, _STILL_OWED, True), forgone]


def _discounted(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """The gap is the cash discount of the named invoices, all of them or those still in time."""
    items, lines, deductions, total = desk.ledger.items, [], [], 0
    for row in rows:
        grace = desk.policy_for(row).discount_grace_days
        amount = 0
        if not desk.ledger.is_credit[row]:
            amount = discount_minor(
                items.discount_terms[row], items.total_minor[row], items.issued_on[row], case.received_on, grace
            )
        amount = min(amount, desk.ledger.left[row])
        lines.append((row, desk.signed(row) - amount))
        if amount:
            deductions.append(("discount", row, amount))
        total += amount
    slack = gap - total
    if not deductions or abs(slack) > 2 * len(deductions):
        return []
    row, kept = lines[-1] if not slack else next(x for x in lines if x[0] == deductions[0][1])
    at = lines.index((row, kept))
    lines[at] = (row, kept - slack)
    deductions[0] = ("discount", deductions[0][1], deductions[0][2] + slack)
    reason = f"{named.said} {desk.numbers(rows)}; the difference is the cash discount allowed on that date."
    drafted: list[tuple[str, int | None, int]] = [(kind, r, amount) for kind, r, amount in deductions]
    told = not slack and base >= _OTHER[BARE, AGREES]
    weight = max(base + 0.012, _TO_THE_CENT) if told else base + 0.012
    return [Draft(weight, "named_less_discount", reason, lines, drafted)]


def _netted(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """The gap is one credit note the debtor had when it paid, or all of them; but not where the text says that it is
    retention money.
    """
    if not RETENTION_WORDS.isdisjoint(case.reading.words) and not speaks_of_credit(case):
        return []
    last = case.received_on + timedelta(days=DATE_SLACK_DAYS)
    credits = [
        r
        for a in named.accounts
        for r in desk.ledger.credits(a, case.currency)
        if r not in rows and desk.usable(r, case) and desk.ledger.items.issued_on[r] <= last
    ][:60]
    if not credits:
        return []
    sets = [[r] for r in credits if desk.ledger.left[r] == gap][:3]
    if len(credits) > 1 and sum(desk.ledger.left[r] for r in credits) == gap:
        sets.append(credits)
    by_chance = may_be_a_part(case.amount, case.amount + gap) or often_kept_back(gap)
    sure = len(sets) == 1 and (speaks_of_credit(case) or not by_chance)
    drafts = []
    for chosen in sets:
        reason = f"{named.said} {desk.numbers(rows)}; the difference is credit note {desk.numbers(chosen)}."
        weight = base + 0.008 if sure else 0.8
        drafts.append(Draft(weight, "named_less_credit_note", reason, full_lines(desk, rows + chosen)))
    return drafts


def speaks_of_credit(case: Case) -> bool:
    """Whether the text has a word for credit notes."""
    return not CREDIT_NOTE_WORDS.isdisjoint(case.reading.words)


def may_be_a_part(amount: int, total: int) -> bool:
    """Whether the amount is as well a part payment: a round sum, or a usual share of what is named."""
    return amount % _ROUND == 0 or any(abs(amount * 100 - total * share) < 100 for share in _USUAL_SHARES)


def with_difference(desk: Desk, named: Named, rows: list[int], gap: int, kind: str, weight: float) -> Draft:
    """All named items in full, except that the largest bears a small difference."""
    bearer = max(rows, key=lambda r: (desk.signed(r), -desk.ledger.items.id[r]))
    lines = [(r, desk.signed(r) - (gap if r == bearer else 0)) for r in rows]
    word = {"rounding": "rounding", "discount": "a cash discount the terms do not give"}.get(kind, "charges of a bank")
    missing = amount_text(gap, desk.ledger.items.currency[bearer])
    reason = f"{named.said} {desk.numbers(rows)}; {missing} are missing: {word}."
    return Draft(weight, f"named_less_{kind}", reason, lines, [(kind, bearer, gap)])
