"""Named items whose sum differs from the receipt: discounts, credit notes, charges, parts, too much."""

from __future__ import annotations

import re
from datetime import timedelta

from hub.core.reconcile.amounts import CHANCE, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.charges import charges_likely, is_a_share, often_kept_back
from hub.core.reconcile.discounts import discount_minor
from hub.core.reconcile.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.rules.named import CONTRADICTED, Named, full_lines, paid_with_this, ranges
from hub.core.reconcile.rules.pool import DATE_SLACK_DAYS
from hub.core.reconcile.stances import AGREES, UNKNOWN
from hub.core.reconcile.stances import STRONG as SURE
from hub.core.reconcile.text import PURPOSE, compact, fills_its_room
from hub.core.reconcile.words import CREDIT_NOTE_WORDS
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
_SHARED, _A_SHARE = ((FULL, UNKNOWN), (BARE, AGREES)), 0.972  # to the cent a usual share of the one invoice named
_DUE_SOON = 7  # days: a debtor pays what falls due until its next day of payments
_NAMELESS = 0.975  # a whole number, another amount, and a bank that names no payer at all
_CLAIMS = CREDIT_NOTE_WORDS - {"AVR", "CREDIT", "GS", "CN"}  # April, a bank's name, and too short to mean it surely
_THIS_SHARE = 0.978  # a number that is not whole, and to the cent the share of it that is usual, or named
_INSTALMENT = re.compile(r"(?<![\d/])([1-9]|1[0-2])/([2-9]|1[0-2])(?![\d/])")  # "ACOMPTE 1/3"
_LONGEST, _BETWEEN = 140, 4  # characters of a purpose (ISO 20022), and those between two numbers: " ET ", " + "
_ROUND = 10_00
_USUAL_SHARES = (10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90)  # per cent
_STILL_OWED, _FORGONE = 0.84, 0.83
_USUAL_DISCOUNTS = (5, 10, 15, 20, 25, 30)  # per mille
_DISCOUNT_AT_MOST = 12  # a debtor who writes "escompte" keeps at most a twelfth


def inexact(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Named items whose sum differs from the receipt, with what may explain the difference."""
    rows = [row for row, strength, _ in named.picks if strength > WEAK] or named.rows
    ranged = ranges(desk, case, named)
    total = sum(map(desk.signed, ranged or rows))
    rows = ranged or rows
    strength = min((s for row, s, _ in named.picks if row in rows), default=named.strength)
    base = _OTHER.get((strength, named.stance), CONTRADICTED)
    if strength == FULL and named.stance == UNKNOWN and not case.payer_known_by_name:
        base = _NAMELESS
    if total <= 0:
        return []
    if case.amount < total:
        shared = (strength, named.stance) in _SHARED and len(rows) == 1
        if shared and is_a_share(case.amount, desk.ledger.items.total_minor[rows[0]]):
            base = _A_SHARE
        return _short(desk, case, named, rows, total - case.amount, base)
    return _over(desk, case, named, rows, case.amount - total, base)


def _short(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """Less money than the named items have open."""
    found = _discounted(desk, case, rows, gap, base)
    found += _netted(desk, case, named, rows, gap, base)
    if found:
        return found
    policy = desk.policy_for(rows[0])
    if gap <= policy.rounding_minor:
        return [_with_difference(desk, rows, gap, "rounding", base + 0.01)]
    if case.reading.discount and gap * _DISCOUNT_AT_MOST <= case.amount:
        return _question(desk, case, named, rows, gap, "discount")
    if gap <= min(policy.bank_fee_minor, case.amount * policy.bank_fee_bp // 10000):
        if policy.bank_fee_anywhere or charges_likely(desk.receipts, case.row, _own_words(desk, case, named)):
            return [_with_difference(desk, rows, gap, "bank_fee", base)]
        return _question(desk, case, named, rows, gap, "bank_fee")
    if _is_a_usual_discount(gap, case.amount + gap):
        return _question(desk, case, named, rows, gap, "discount")
    return _part_payment(desk, case, named, rows, base, policy.partial_by_reference)


def _is_a_usual_discount(gap: int, total: int) -> bool:
    """Whether what is missing is to the cent what debtors keep for paying early, whatever the terms say."""
    return any(abs(gap * 1000 - total * rate) <= 500 for rate in _USUAL_DISCOUNTS)


def _own_words(desk: Desk, case: Case, named: Named) -> set[str]:
    """The words of the texts that are no part of the debtor's names."""
    return set(case.reading.words).difference(*(desk.payers.words_of(account) for account in named.accounts))


def _question(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, kind: str) -> list[Draft]:
    """Money the debtor kept back: still owed, or forgone as `kind`? Only a person says."""
    forgone = _with_difference(desk, rows, gap, kind, _FORGONE)
    return [*_part_payment(desk, case, named, rows, _STILL_OWED, True), forgone]


def _discounted(desk: Desk, case: Case, rows: list[int], gap: int, base: float) -> list[Draft]:
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
    reason = f"The text names {desk.numbers(rows)}; the difference is the cash discount allowed on that date."
    drafted: list[tuple[str, int | None, int]] = [(kind, r, amount) for kind, r, amount in deductions]
    return [Draft(base + 0.012, "named_less_discount", reason, lines, drafted)]


def _netted(desk: Desk, case: Case, named: Named, rows: list[int], gap: int, base: float) -> list[Draft]:
    """The gap is one credit note the debtor had when it paid, or all of them."""
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
    by_chance = _is_a_share(case.amount, case.amount + gap) or often_kept_back(gap)
    sure = len(sets) == 1 and (_speaks_of_credit(case) or not by_chance)
    drafts = []
    for chosen in sets:
        reason = f"The text names {desk.numbers(rows)}; the difference is credit note {desk.numbers(chosen)}."
        confidence = base + 0.008 if sure else 0.8
        drafts.append(Draft(confidence, "named_less_credit_note", reason, full_lines(desk, rows + chosen)))
    return drafts


def _speaks_of_credit(case: Case) -> bool:
    return not CREDIT_NOTE_WORDS.isdisjoint(case.reading.words)


def _is_a_share(amount: int, total: int) -> bool:
    """Whether the amount is as well a part payment: a round sum, or a usual share of what is named."""
    return amount % _ROUND == 0 or any(abs(amount * 100 - total * share) < 100 for share in _USUAL_SHARES)


def _with_difference(desk: Desk, rows: list[int], gap: int, kind: str, confidence: float) -> Draft:
    """All named items in full, except that the largest bears a small difference."""
    bearer = max(rows, key=lambda r: (desk.signed(r), -desk.ledger.items.id[r]))
    lines = [(r, desk.signed(r) - (gap if r == bearer else 0)) for r in rows]
    word = {"rounding": "rounding", "discount": "a cash discount the terms do not give"}.get(kind, "charges of a bank")
    missing = amount_text(gap, desk.ledger.items.currency[bearer])
    reason = f"The text names {desk.numbers(rows)}; {missing} are missing: {word}."
    return Draft(confidence, f"named_less_{kind}", reason, lines, [(kind, bearer, gap)])


def _part_payment(desk: Desk, case: Case, named: Named, rows: list[int], base: float, allowed: bool) -> list[Draft]:
    """A part of what is named. One invoice: automatic unless the amount fits something else as well."""
    left, lines = case.amount, []
    invoices = [r for r in rows if not desk.ledger.is_credit[r]]
    for row in sorted(invoices, key=lambda r: _age(desk, r)) if len(invoices) > 1 else invoices:
        part = min(left, desk.ledger.left[row])
        if part > 0:
            lines.append((row, part))
            left -= part
    if not lines:
        return []
    rival = _fits_elsewhere(desk, case, named, rows) + paid_with_this(desk, case, named.accounts)
    if _CLAIMS & _own_words(desk, case, named):
        rival.append("the text speaks of a credit note, and none that is known is missing")
    sure = allowed and len(invoices) == 1 and not rival and not _cut_in_a_number(desk, case, named)
    if sure and base < _THIS_SHARE and _may_be_a_share(named) and _is_the_share(desk, case, invoices[0]):
        base = _THIS_SHARE
    confidence = base if sure else min(base, 0.82)
    reason = f"The text names {desk.numbers(rows)}; the amount pays a part of it."
    evidence = {"rivals": rival} if rival else {}
    return [Draft(confidence, "named_in_part", reason, lines, evidence=evidence)]


def _may_be_a_share(named: Named) -> bool:
    """Whether the number and the payer are so sure that a share to the cent leaves no doubt."""
    return named.strength > WEAK if named.stance == AGREES else named.strength >= STRONG and named.stance == UNKNOWN


def _is_the_share(desk: Desk, case: Case, row: int) -> bool:
    """Whether to the cent the retention money of a building contract is missing, 5 % (law 71-584, article 1), or the
    receipt is the instalment that the text counts: a third, for "ACOMPTE 1/3".
    """
    total = desk.ledger.items.total_minor[row]
    if desk.ledger.left[row] == total and abs((total - case.amount) * 20 - total) <= 10:
        return True
    counted = _INSTALMENT.search(desk.receipts.remittance[case.row] or "")
    return counted is not None and abs(case.amount * (parts := int(counted[2])) - total) <= parts * parts


def _cut_in_a_number(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the bank cut the label within another number: of a credit note, perhaps, of which nothing is left."""
    text = desk.receipts.remittance[case.row] or ""
    if not text or not fills_its_room(text):
        return False
    last = text.split()[-1]
    return (
        not _INSTALMENT.search(last)
        and any(map(str.isdigit, last))
        and all(token not in compact(last) for _, _, token in named.picks)
    )


def _age(desk: Desk, row: int) -> tuple[object, ...]:
    items = desk.ledger.items
    return (items.due_on[row] or items.issued_on[row], items.number[row], items.id[row])


def _fits_elsewhere(desk: Desk, case: Case, named: Named, rows: list[int]) -> list[str]:
    """Other items of the debtor, or of who paid, with exactly this amount: the number may be the misprint."""
    own = [a for a in case.payer.accounts[:20] if a not in named.accounts] if case.payer.score >= SURE else []
    return [
        f"{desk.ledger.items.number[r]} has exactly this amount open"
        for a in (*named.accounts[:20], *own)
        for r in desk.ledger.rows_of_amount(a, case.amount)
        if r not in rows and desk.usable(r, case)
    ][:3]


def _over(desk: Desk, case: Case, named: Named, rows: list[int], excess: int, base: float) -> list[Draft]:
    """More money than the named items have open: rounding, items not named, or too much paid."""
    policy = desk.policy_for(rows[0])
    reason = f"The text names {desk.numbers(rows)}; "
    if excess <= policy.rounding_minor:
        return [Draft(base + 0.008, "named_rounded_up", reason + "a rounding stays unapplied.", full_lines(desk, rows))]
    if _names_used_up(desk, case, named):
        base = min(base, 0.84)
    drafts = _unnamed(desk, case, named, rows, excess, base)
    sure = policy.overpaid_by_reference and not drafts and not case.reading.more and not case.reading.goes_on
    plain = excess <= sum(map(desk.signed, rows)) and not case.reading.unknown and not _names_more(case, named)
    rival = _fits_elsewhere(desk, case, named, rows)
    whole = not _may_be_cut(desk.receipts.remittance[case.row] or "", listed=len(rows) > 1)
    confidence = base if sure and plain and whole and not rival else min(base, 0.8)
    evidence = {"rivals": rival} if rival else {}
    reason += "the rest stays unapplied."
    drafts.append(Draft(confidence, "named_overpaid", reason, full_lines(desk, rows), evidence=evidence))
    return drafts


def _may_be_cut(text: str, *, listed: bool) -> bool:
    """Whether more numbers may have stood behind a text: it fills its room, or a list leaves none for another one."""
    if not text or fills_its_room(text):
        return bool(text)
    said = text.removeprefix(PURPOSE)
    room = _LONGEST - len(said) + said.count("\n")
    return listed and -_BETWEEN <= room <= len(said.rpartition(" ")[2]) + _BETWEEN


def _names_used_up(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the text also names an item of this debtor that is settled already."""
    ledger = desk.ledger
    return any(
        ref.strength >= STRONG and ledger.left[ref.row] == 0 and ledger.account_of[ref.row] in named.accounts
        for mention in case.reading.mentions
        for ref in mention.refs[:4]
    )


def _names_more(case: Case, named: Named) -> bool:
    """Whether the text has firm numbers that are none of this debtor's: perhaps of the list it pays, misread."""
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
        rest, chosen = list(solution), []
        for row in pool:
            if desk.ledger.left[row] in rest:
                rest.remove(desk.ledger.left[row])
                chosen.append(row)
        chance = sums.chance(len(solution), excess)
        sure = len(sums.solutions) == 1 and chance < CHANCE and (len(solution) == 1 or _goes_on(case))
        if any(left[r] in solution for r in pool if r not in chosen):
            sure = False  # which of two equal invoices belongs to the set, nothing tells
        reason = f"The text names {desk.numbers(rows)}; {desk.numbers(chosen)} make up the rest exactly."
        confidence = min(base, 0.975) if sure and base > 0.84 and not _has_range(case) else 0.84
        drafts.append(Draft(confidence, "named_and_others", reason, full_lines(desk, rows + chosen)))
    if not drafts and len(rows) > 1 and (behind := _next_in_order(desk, case, rows, pool, excess)):
        reason = f"The text names {desk.numbers(rows)}; the next in order, {desk.numbers(behind)}, make up the rest."
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
