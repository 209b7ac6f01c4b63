"""Explanations that start from numbers named in the text, and check them against the amount and the payer."""

from __future__ import annotations

from itertools import islice, pairwise, product
from typing import NamedTuple

from hub.core.reconcile.amounts import sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.charges import charges_likely
from hub.core.reconcile.discounts import discount_minor
from hub.core.reconcile.mentions import BARE, FULL, STRONG, WEAK
from hub.core.reconcile.payers import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.payers import STRONG as SURE

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
_CONTRADICTED = 0.45
_NAMELESS = 0.975  # a whole number, another amount, and a bank that names no payer at all
_PROOF_DIGITS = 5  # a bare counter this long and the exact amount do not meet by chance
_STILL_OWED, _FORGONE = 0.84, 0.83
_DISCOUNT_AT_MOST = 12  # a debtor who writes "escompte" keeps at most a twelfth
_MOST_COMBINATIONS = 128
_LONGEST_RANGE = 20_000  # between the counters of a range; other debtors have most of them
CHANCE = 0.02  # expected sets by accident above which a sum proves nothing


class Named(NamedTuple):
    """Items of one debtor (or group) that a text names: (row, strength, the text), and how the payer stands."""

    picks: list[tuple[int, int, str]]
    alternatives: list[list[tuple[int, int, str]]]
    stance: int
    accounts: list[int]

    @property
    def rows(self) -> list[int]:
        return [row for row, _, _ in self.picks]

    @property
    def strength(self) -> int:
        return min(strength for _, strength, _ in self.picks)


def may_be_exact(desk: Desk, case: Case) -> bool:
    """Whether some of the items the text names add up to the amount."""
    mentions, left = case.reading.mentions, desk.ledger.left
    if len(mentions) == 1 and all(left[ref.row] != case.amount for ref in mentions[0].refs):
        return False
    return any(_exact(desk, case, named) for named in _named_by_debtor(desk, case))


def by_reference(desk: Desk, case: Case) -> list[Draft]:
    """Drafts from the numbers of the text, one family per debtor the numbers can belong to."""
    drafts: list[Draft] = []
    for named in _named_by_debtor(desk, case):
        found = _exact(desk, case, named) or _inexact(desk, case, named)
        for draft in found:
            if named.stance == CONTRADICTS:
                draft.confidence = min(draft.confidence, _CONTRADICTED)
                draft.reason += " But the payer is known as another debtor."
            draft.evidence |= {
                "tokens": [text for _, _, text in named.picks][:40],
                "strength": named.strength,
                "payer": ("contradicts", "unknown", "agrees")[named.stance],
                "payer_found_by": case.payer.found_by,
                "received": case.amount,
                "open": {desk.ledger.items.number[r]: desk.signed(r) for r in named.rows[:40]},
            }
        drafts += found
    return drafts


def _named_by_debtor(desk: Desk, case: Case) -> list[Named]:
    """Sort what the text names by debtor group; the groups the payer agrees with, and the fuller ones, first."""
    ledger = desk.ledger
    groups: dict[int, list[list[tuple[int, int, str]]]] = {}
    if case.payer.score >= SURE:  # what a sure payer owes explains more than a namesake of the number
        groups = _grouped(desk, case, {a for payer in case.payer.accounts for a in ledger.group(payer)})
    found = []
    for mentions in (groups or _grouped(desk, case, None)).values():
        accounts = sorted({ledger.account_of[row] for refs in mentions for row, _, _ in refs})
        stance = max(desk.payers.stance(case.payer, a) for a in accounts)
        picks = _pick(desk, case, mentions, stance)
        if picks:
            found.append(Named(picks, mentions, stance, ledger.group(accounts[0]) if len(accounts) > 1 else accounts))
    found.sort(key=lambda n: (-n.stance, -n.strength, -len(n.picks), n.accounts))
    return found[:6]


def _grouped(desk: Desk, case: Case, only: set[int] | None) -> dict[int, list[list[tuple[int, int, str]]]]:
    """Usable items per debtor group and number: (row, strength, text); of some accounts only, if given."""
    ledger = desk.ledger
    groups: dict[int, list[list[tuple[int, int, str]]]] = {}
    for mention in case.reading.mentions:
        by_group: dict[int, list[tuple[int, int, str]]] = {}
        for row, strength in mention.refs:
            account = ledger.account_of[row]
            if (only is None or account in only) and desk.usable(row, case):
                by_group.setdefault(ledger.group(account)[0], []).append((row, strength, mention.text))
        for group, refs in by_group.items():
            groups.setdefault(group, []).append(refs)
    return groups


def _pick(
    desk: Desk, case: Case, mentions: list[list[tuple[int, int, str]]], stance: int
) -> list[tuple[int, int, str]]:
    """The likeliest item per number; weak numbers only beside stronger ones or for a payer that agrees."""
    items = desk.ledger.items
    picks: dict[int, tuple[int, int, str]] = {}
    for refs in mentions:
        best = max(
            refs,
            key=lambda x: (
                x[1],
                desk.ledger.left[x[0]] == case.amount,
                items.issued_on[x[0]] <= case.received_on,
                items.issued_on[x[0]],
                -items.id[x[0]],
            ),
        )
        if best[1] > WEAK or stance == AGREES:
            known = picks.get(best[0])
            if known is None or known[1] < best[1]:
                picks[best[0]] = best
    firm = [p for p in picks.values() if p[1] > WEAK]
    return list(picks.values()) if not firm else firm + [p for p in picks.values() if p[1] == WEAK and stance == AGREES]


def _exact(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Named items that add up to the receipt: all of them, the firm ones, another reading, or some."""
    for rows, strength in _readings(desk, case, named):
        if rows and sum(map(desk.signed, rows)) == case.amount:
            confidence = _EXACT.get((strength, named.stance), _CONTRADICTED)
            if len(rows) > 1 and named.stance == UNKNOWN and strength == BARE:
                confidence = 0.985  # several numbers of one debtor and their sum do not agree by chance
            if len(rows) == 1 and (strength, named.stance) == (BARE, UNKNOWN) and _longest(named) >= _PROOF_DIGITS:
                confidence = 0.972
            what = "number" if len(rows) == 1 else "numbers"
            reason = f"The text names {desk.numbers(rows)} and the amount is exactly what is open."
            return [Draft(confidence, f"{what}_named_exact", reason, _full_lines(desk, rows))]
    return _some_named(desk, case, named)


def _longest(named: Named) -> int:
    """Characters of the longest number as written."""
    return max(len(text) for _, _, text in named.picks)


def _readings(desk: Desk, case: Case, named: Named) -> list[tuple[list[int], int]]:
    """Sets of rows the text may mean, with the strength of their weakest number, the plainest first."""
    firm = [p for p in named.picks if p[1] > WEAK]
    sets = [(named.rows, named.strength)]
    if firm and len(firm) < len(named.picks):
        sets.append(([row for row, _, _ in firm], min(s for _, s, _ in firm)))
    ranged = _ranges(desk, case, named)
    if ranged:
        sets.insert(0, (ranged, min(STRONG, named.strength)))
    if any(len(refs) > 1 for refs in named.alternatives):
        for choice in islice(product(*(refs[:4] for refs in named.alternatives[:20])), _MOST_COMBINATIONS):
            rows = list(dict.fromkeys(row for row, _, _ in choice))
            sets.append((rows, min(s for _, s, _ in choice)))
    return sets


def _ranges(desk: Desk, case: Case, named: Named) -> list[int]:
    """All named rows with the ranges between them filled; empty when the text has no range."""
    mentions, ledger = case.reading.mentions, desk.ledger
    rows, opened = dict.fromkeys(named.rows), False
    for one, other in pairwise(mentions):
        if not one.opens_range:
            continue
        first, last = (next((ref.row for ref in m.refs if ref.row in rows), None) for m in (one, other))
        if first is not None and last is not None:
            opened = True
            rows.update(dict.fromkeys(r for r in _between(desk, first, last) if desk.usable(r, case)))
    return [r for r in rows if ledger.left[r] > 0] if opened else []


def _between(desk: Desk, first: int, last: int) -> list[int]:
    """Items of the same debtor and series with a counter between two others."""
    numbers, ledger = desk.ledger.numbers, desk.ledger

    def parts(row: int) -> tuple[str, str, int]:
        number, scheme = numbers.compact[row], numbers.scheme_of[row]
        counter = number[scheme.counter]
        return number[scheme.prefix], number[scheme.period], int(counter) if counter.isdigit() else -1

    prefix, first_period, low = parts(first)
    other_prefix, last_period, high = parts(last)
    if prefix != other_prefix or (first_period, low) >= (last_period, high):
        return []
    rows = ledger.rows_by_age(ledger.account_of[first])
    mine = [(r, parts(r)) for r in rows if not ledger.is_credit[r]]
    if low < high <= low + _LONGEST_RANGE:  # a counter that goes on over the periods
        return [r for r, p in mine if p[0] == prefix and first_period <= p[1] <= last_period and low < p[2] < high]
    return [r for r, p in mine if p[0] == prefix and (first_period, low) < p[1:] < (last_period, high)][:200]


def _some_named(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Some of several named items add up: the others are noise, or were named for another reason."""
    if not 1 < len(named.picks) <= 14:
        return []
    usable = [p for p in named.picks if not desk.ledger.is_credit[p[0]]]
    sums = sums_to([desk.ledger.left[row] for row, _, _ in usable], case.amount)
    drafts = []
    for solution in sums.solutions[:3]:
        rest, rows = list(solution), []
        for row, _, _ in usable:
            if desk.ledger.left[row] in rest:
                rest.remove(desk.ledger.left[row])
                rows.append(row)
        left_out = [p for p in named.picks if p[0] not in rows]
        noise = all(strength <= BARE for _, strength, _ in left_out)
        alone = len(sums.solutions) == 1
        confidence = 0.98 if noise and alone and named.stance == AGREES else 0.85 if alone else 0.6
        reason = f"Of the numbers in the text, {desk.numbers(rows)} add up to the amount."
        drafts.append(Draft(confidence, "some_named_exact", reason, _full_lines(desk, rows)))
    return drafts


def _full_lines(desk: Desk, rows: list[int]) -> list[tuple[int, int]]:
    return [(row, desk.signed(row)) for row in rows]


def _inexact(desk: Desk, case: Case, named: Named) -> list[Draft]:
    """Named items whose sum differs from the receipt, with what may explain the difference."""
    rows = [row for row, strength, _ in named.picks if strength > WEAK] or named.rows
    ranged = _ranges(desk, case, named)
    total = sum(map(desk.signed, ranged or rows))
    rows = ranged or rows
    base = _OTHER.get((named.strength, named.stance), _CONTRADICTED)
    if named.strength == FULL and named.stance == UNKNOWN and not case.payer_known_by_name:
        base = _NAMELESS
    if total <= 0:
        return []
    if case.amount < total:
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
        if policy.bank_fee_anywhere or charges_likely(desk.receipts, case.row, case.reading.words):
            return [_with_difference(desk, rows, gap, "bank_fee", base)]
        return _question(desk, case, named, rows, gap, "bank_fee")
    return _part_payment(desk, case, named, rows, base, policy.partial_by_reference)


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
    """The gap is one open credit note of the debtor, or all of them."""
    credits = [
        r
        for a in named.accounts
        for r in desk.ledger.account(a, case.currency).credits
        if r not in rows and desk.usable(r, case)
    ][:60]
    if not credits:
        return []
    sets = [[r] for r in credits if desk.ledger.left[r] == gap][:3]
    if len(credits) > 1 and sum(desk.ledger.left[r] for r in credits) == gap:
        sets.append(credits)
    sure = len(sets) == 1
    drafts = []
    for chosen in sets:
        reason = f"The text names {desk.numbers(rows)}; the difference is credit note {desk.numbers(chosen)}."
        confidence = base + 0.008 if sure else 0.8
        drafts.append(Draft(confidence, "named_less_credit_note", reason, _full_lines(desk, rows + chosen)))
    return drafts


def _with_difference(desk: Desk, rows: list[int], gap: int, kind: str, confidence: float) -> Draft:
    """All named items in full, except that the largest bears a small difference."""
    bearer = max(rows, key=lambda r: (desk.signed(r), -desk.ledger.items.id[r]))
    lines = [(r, desk.signed(r) - (gap if r == bearer else 0)) for r in rows]
    word = {"rounding": "rounding", "discount": "a cash discount the terms do not give"}.get(kind, "charges of a bank")
    reason = f"The text names {desk.numbers(rows)}; {gap} minor units are missing: {word}."
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
    rival = _fits_elsewhere(desk, case, named, rows)
    confidence = base if allowed and len(invoices) == 1 and not rival else min(base, 0.82)
    reason = f"The text names {desk.numbers(rows)}; the amount pays a part of it."
    evidence = {"rivals": rival} if rival else {}
    return [Draft(confidence, "named_in_part", reason, lines, evidence=evidence)]


def _age(desk: Desk, row: int) -> tuple[object, ...]:
    items = desk.ledger.items
    return (items.due_on[row] or items.issued_on[row], items.number[row], items.id[row])


def _fits_elsewhere(desk: Desk, case: Case, named: Named, rows: list[int]) -> list[str]:
    """Other items of the debtor with exactly this amount: the number may be the misprint."""
    return [
        f"{desk.ledger.items.number[r]} has exactly this amount open"
        for a in named.accounts[:20]
        for r in desk.ledger.rows_of_amount(a, case.amount)
        if r not in rows and desk.usable(r, case)
    ][:3]


def _over(desk: Desk, case: Case, named: Named, rows: list[int], excess: int, base: float) -> list[Draft]:
    """More money than the named items have open: rounding, items not named, or too much paid."""
    policy = desk.policy_for(rows[0])
    reason = f"The text names {desk.numbers(rows)}; "
    if excess <= policy.rounding_minor:
        return [
            Draft(base + 0.008, "named_rounded_up", reason + "a rounding stays unapplied.", _full_lines(desk, rows))
        ]
    if _names_used_up(desk, case, named):
        base = min(base, 0.84)
    drafts = _unnamed(desk, case, named, rows, excess, base)
    sure = policy.overpaid_by_reference and not drafts and not case.reading.more
    plain = excess <= sum(map(desk.signed, rows)) and not case.reading.unknown
    confidence = base if sure and plain else min(base, 0.8)
    drafts.append(Draft(confidence, "named_overpaid", reason + "the rest stays unapplied.", _full_lines(desk, rows)))
    return drafts


def _names_used_up(desk: Desk, case: Case, named: Named) -> bool:
    """Whether the text also names an item of this debtor that is settled already."""
    ledger = desk.ledger
    return any(
        ref.strength >= STRONG and ledger.left[ref.row] == 0 and ledger.account_of[ref.row] in named.accounts
        for mention in case.reading.mentions
        for ref in mention.refs[:4]
    )


def _unnamed(desk: Desk, case: Case, named: Named, rows: list[int], excess: int, base: float) -> list[Draft]:
    """Other invoices of the debtor that the excess pays exactly: the list was cut, or "and others"."""
    left, issued_on = desk.ledger.left, desk.ledger.items.issued_on
    pool = [
        r
        for a in named.accounts[:20]
        for r in desk.ledger.account(a, case.currency).invoices
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
        reason = f"The text names {desk.numbers(rows)}; {desk.numbers(chosen)} make up the rest exactly."
        confidence = min(base, 0.975) if sure and base > 0.84 and not _has_range(case) else 0.84
        drafts.append(Draft(confidence, "named_and_others", reason, _full_lines(desk, rows + chosen)))
    return drafts


def _goes_on(case: Case) -> bool:
    """Whether the list of numbers goes on behind what the bank handed over: "and others", or numbers nobody knows."""
    return case.reading.more or bool(case.reading.unknown)


def _has_range(case: Case) -> bool:
    return any(mention.opens_range for mention in case.reading.mentions)
