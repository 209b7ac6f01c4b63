"""Explanations from who paid and how much, when the text names no number that helps.

The pool is what the debtor had open when the money came. What other receipts of this run used up still
counts as a rival: that a set is the only one *left* is a fact about us, not about what the debtor paid.
"""

from __future__ import annotations

from datetime import timedelta

from rapidfuzz.distance import DamerauLevenshtein

from hub.core.reconcile.amounts import Sums, sums_to
from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.discounts import discount_minor
from hub.core.reconcile.payers import MEDIUM, STRONG
from hub.core.reconcile.rules.by_reference import CHANCE

NEAR = "payer_amount_near_number"
_MOST_ACCOUNTS = 6
_LEAST_TAIL = 4  # last digits of a number that tell it beside the payer and the amount
_OTHER_FORM = 0.8  # a debtor with the payer's words, and another legal form
_CHANCE_OF_ONE = 0.08  # most receipts pay one invoice, so one exact amount needs less proof than a set
_SMALL_POOL = 24  # items of which most may be paid at once
_LARGE_POOL = 400  # items above which only single amounts and pairs are tried
_DATE_SLACK_DAYS = 3  # an invoice may be dated a little after its payment


class Pool:
    """Items of one account a receipt may pay by its date, oldest due first; `offered` also holds used ones."""

    def __init__(self, desk: Desk, case: Case, accounts: list[int]) -> None:
        ledger, items = desk.ledger, desk.ledger.items
        last = case.received_on.toordinal() + _DATE_SLACK_DAYS
        self.accounts = accounts
        self.invoices: list[int] = []
        self.credits: list[int] = []
        left = ledger.left
        for account in accounts:
            if case.seller not in (None, ledger.accounts[account][0]):
                continue
            mine = ledger.account(account, case.currency)
            self.invoices += [r for r, day in zip(mine.invoices, mine.invoiced, strict=True) if day <= last]
            if mine.credits:
                self.credits += [r for r, day in zip(mine.credits, mine.credited, strict=True) if day <= last]
        self.left = [r for r in self.invoices if left[r] > 0]
        # A used-up item still counts with what it had open; a part-paid one also with what is left.
        opened = items.open_minor
        self.amounts = [opened[r] for r in self.invoices]
        self.amounts += [left[r] for r in self.left if left[r] != opened[r]]

    def take(self, desk: Desk, amounts: tuple[int, ...]) -> list[int] | None:
        """Items with these open amounts, the oldest due first; None when one has been used up."""
        wanted, chosen, left = list(amounts), [], desk.ledger.left
        for row in self.left:
            if left[row] in wanted:
                wanted.remove(left[row])
                chosen.append(row)
                if not wanted:
                    return chosen
        return None


def by_payer(desk: Desk, case: Case) -> list[Draft]:
    """Drafts for the accounts that may be the payer, then for their group."""
    payer = case.payer
    if not payer.accounts or payer.score < 0.5:
        return []
    accounts = [a for a in payer.accounts if case.seller in (None, desk.ledger.accounts[a][0])][:_MOST_ACCOUNTS]
    drafts: list[Draft] = []
    if not accounts and case.seller is not None:
        for account in desk.payers.namesakes(payer, case.seller)[:_MOST_ACCOUNTS]:
            drafts += [_cap(d, _OTHER_FORM) for d in _explain(desk, case, [account])]
    for account in accounts:
        drafts += _explain(desk, case, [account])
    if not any(d.confidence > 0.8 for d in drafts):
        for account in accounts[:2]:
            group = desk.ledger.group(account)
            if len(group) > 1:
                drafts += [_cap(d, 0.975) for d in _explain(desk, case, group) if d.confidence > 0.6]
    judged = [_judge(desk, case, d, len(accounts)) for d in drafts]
    near = [d for d in judged if d.rule == NEAR]
    return judged + [other for d in near for other in _others_near(desk, case, d)]


def _cap(draft: Draft, most: float) -> Draft:
    draft.confidence = min(draft.confidence, most)
    return draft


def _judge(desk: Desk, case: Case, draft: Draft, rivals: int) -> Draft:
    """Lower the confidence for a payer that is not certain, or a text that names something else."""
    payer, reading = case.payer, case.reading
    draft.evidence |= {"payer_found_by": payer.found_by, "payer_score": round(payer.score, 3), "received": case.amount}
    if payer.score < STRONG:
        _cap(draft, 0.9 if payer.score >= MEDIUM else 0.6)
    if payer.found_by == "text" and payer.score < 0.93:
        _cap(draft, 0.9)
    if rivals > 1:
        draft.evidence["rivals"] = [f"{rivals} debtors answer to this payer"]
        if draft.rule != "payer_amount" or payer.score < 1.0 or not _one_company(desk, case):
            _cap(draft, 0.85)
    if reading.part and not draft.rule.startswith("payer_amount"):
        _cap(draft, 0.9)
    one_amount = draft.rule == "payer_amount" and not _names_own_closed(case)
    near = _near_number(desk, case, draft.lines[0][0]) if one_amount else None
    if near:
        draft.rule = NEAR
        draft.confidence = max(draft.confidence, 0.985 if payer.score >= STRONG else 0.93)
        draft.reason += f" The text has {near}, one slip away from its number, or the end of it."
    elif reading.names_something or (reading.statement and not draft.rule.startswith("payer_statement")):
        _cap(draft, 0.85)
        draft.evidence["against"] = "the text names something else"
    return draft


def _one_company(desk: Desk, case: Case) -> bool:
    """Whether the accounts that answer to the payer are one company at several sellers, or under one IBAN."""
    if "iban" in case.payer.found_by:
        return True
    sirens = {desk.payers.siren_of(a) for a in case.payer.accounts} - {None}
    if len(sirens) > 1:
        return False
    sellers = [desk.ledger.accounts[a][0] for a in case.payer.accounts]
    return len(set(sellers)) == len(sellers)


def _names_own_closed(case: Case) -> bool:
    """Whether the text spells a closed number of this payer: then it is no misprint."""
    return any(account in case.payer.accounts for _, accounts in case.reading.closed for account in accounts)


def _nearest_named(desk: Desk, case: Case, pool: Pool, rows: list[int]) -> list[int]:
    """Of several items with this amount, the one whose number the text nearly spells; else the oldest due."""
    if not case.reading.names_something:
        return rows
    equal = [r for r in pool.left if desk.ledger.left[r] == case.amount]
    near = [r for r in equal[:50] if _near_number(desk, case, r)]
    return near[:1] if len(near) == 1 else rows


def _others_near(desk: Desk, case: Case, draft: Draft) -> list[Draft]:
    """Other items of this debtor and amount whose number the text nearly spells as well: then none is sure."""
    row, ledger = draft.lines[0][0], desk.ledger
    equal = ledger.rows_of_amount(ledger.account_of[row], case.amount)[:50]
    others = [r for r in equal if r != row and ledger.left[r] == case.amount and desk.usable(r, case)]
    others = [r for r in others if _near_number(desk, case, r)][:3]
    if not others:
        return []
    draft.evidence["against"] = f"{desk.numbers(others)} is one slip away as well"
    _cap(draft, 0.9)
    reason = f"The payer is known, {{}} has this amount, and {desk.numbers([row])} is one slip away as well."
    return [Draft(0.89, draft.rule, reason.format(desk.numbers([r])), [(r, case.amount)]) for r in others]


def _near_number(desk: Desk, case: Case, row: int) -> str | None:
    """A number of the text one slip away from that of an item, or its last digits."""
    seen = [m.text for m in case.reading.mentions] + case.reading.unknown
    if not seen:
        return None
    numbers = desk.ledger.numbers
    number = numbers.compact[row]
    counter = number[numbers.scheme_of[row].counter]
    for text in seen:
        digits = text.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if len(digits) >= _LEAST_TAIL and number.endswith(digits):
            return text
        for mine in (number, number.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), counter, counter.lstrip("0")):
            slips = DamerauLevenshtein.distance(digits if mine.isdigit() else text, mine, score_cutoff=1)
            if len(mine) >= 4 and slips == 1 and not _is_neighbour(digits, counter):
                return text
    return None


def _is_neighbour(digits: str, counter: str) -> bool:
    """Whether two counters follow each other: then it is rather the invoice before, paid already."""
    tail = digits[-len(counter) :]
    return tail.isdigit() and counter.isdigit() and abs(int(tail) - int(counter)) == 1


def _explain(desk: Desk, case: Case, accounts: list[int]) -> list[Draft]:
    """All ways the open items of these accounts can make up the amount."""
    if len(accounts) == 1:
        quick = _many_equal(desk, case, accounts[0])
        if quick is not None:
            return quick
    pool = Pool(desk, case, accounts[:200])
    if not pool.left:
        return []
    drafts = _statement(desk, case, pool)
    amounts = pool.amounts if len(pool.invoices) <= _LARGE_POOL else list(dict.fromkeys(pool.amounts))
    sums = sums_to(amounts, case.amount, 4 if case.amount in amounts else 99)
    drafts += _sets(desk, case, pool, sums)
    if not sums.solutions:
        drafts += _balance(desk, case, pool)
    if not any(d.confidence > 0.9 for d in drafts):
        others = _discount(desk, case, pool) + _netting(desk, case, pool) + _nearly(desk, case, pool)
        drafts += [_cap(d, 0.7) for d in others] if sums.solutions else others
    if not any(d.confidence > 0.6 for d in drafts):
        drafts += _on_account(desk, case, pool)
    return drafts


def _many_equal(desk: Desk, case: Case, account: int) -> list[Draft] | None:
    """An account with very many items: take the oldest of this amount without building the whole pool."""
    ledger = desk.ledger
    if len(ledger.rows_of[account]) <= _LARGE_POOL or case.reading.months or case.reading.statement:
        return None
    row = ledger.first_of_amount(account, case.amount, case.received_on + timedelta(days=_DATE_SLACK_DAYS))
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
        chance = 0.0 if everything else sums.chance(size, case.amount)
        confidence = 0.992 / (1 + chance / 4 if size == 1 else 1 + chance) if not rivals else 0.8 - 0.05 * min(size, 6)
        if chance > (_CHANCE_OF_ONE if size == 1 else CHANCE):
            confidence = min(confidence, 0.9)
        if size == 1:
            rows = _nearest_named(desk, case, pool, rows)
        rule = "payer_amount" if size == 1 else "payer_balance" if everything else "payer_sum"
        evidence = {
            "sets_that_add_up": len(sums.solutions),
            "chance": round(chance, 5),
            "rivals": [f"{len(s)} others add up too" for s in rivals[:3]],
        }
        drafts.append(
            Draft(confidence, rule, _only(desk, rows), [(r, desk.ledger.left[r]) for r in rows], evidence=evidence)
        )
    return drafts


def _is_rival(sums: Sums, other: tuple[int, ...], amount: int) -> bool:
    """Whether a set speaks against one invoice with exactly the amount: a large one only if chance rarely makes it."""
    return len(other) <= 3 or (len(other) == 4 and sums.chance(4, amount) <= _CHANCE_OF_ONE)


def _balance(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Everything still open, or everything due by then: sets a debtor pays, and no chance among millions."""
    items = desk.ledger.items
    due = case.received_on + timedelta(days=_DATE_SLACK_DAYS)
    credits = [r for r in pool.credits if desk.ledger.left[r] > 0]
    notes = f" less credit note {desk.numbers(credits)}" if credits else ""
    due_rows = [r for r in pool.left if (items.due_on[r] or items.issued_on[r]) <= due]
    drafts: list[Draft] = []
    for what, rows in (("open", pool.left), ("due", due_rows), (f"open{notes}", pool.left + credits)):
        if len(rows) > 1 and sum(map(desk.signed, rows)) == case.amount:
            reason = f"The payer is known and pays everything {what}: {desk.numbers(rows)}."
            drafts.append(Draft(0.984, "payer_balance", reason, [(r, desk.signed(r)) for r in rows]))
            break
    return drafts or _all_but(desk, case, pool)


def _all_but(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Everything open but one, two or three: they may be paid by receipts that wait. Only ever a suggestion."""
    left = {r: desk.ledger.left[r] for r in pool.left}
    excess = sum(left.values()) - case.amount
    if not 4 < len(left) <= _SMALL_POOL or excess <= 0:
        return []
    sums = sums_to(list(left.values()), excess, 3)
    drafts = []
    for solution in sums.solutions[:2]:
        out = pool.take(desk, solution)
        if out is not None and len(solution) <= 3 and sums.chance(len(solution), excess) < 0.5:
            rows = [r for r in pool.left if r not in out]
            reason = f"The payer is known and pays everything open but {desk.numbers(out)}: {desk.numbers(rows)}."
            drafts.append(Draft(0.75, "payer_balance", reason, [(r, left[r]) for r in rows]))
    return drafts


def _statement(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """A month or a statement the text names: everything issued, or due, then."""
    reading, items = case.reading, desk.ledger.items
    if not reading.months and not reading.statement:
        return []
    sets: list[tuple[str, list[int]]] = []
    both = pool.left + [r for r in pool.credits if desk.ledger.left[r] > 0]
    months = set()
    for year, month in reading.months:
        months.add((year or case.received_on.year - (month > case.received_on.month), month))
    if months:
        sets.append(
            (
                "issued in the month named",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) in months],
            )
        )
        due = [(r, items.due_on[r] or items.issued_on[r]) for r in both]
        sets.append(("due in the month named", [r for r, on in due if (on.year, on.month) in months]))
        last = max(months)
        sets.append(
            (
                "issued up to the month named",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) <= last],
            )
        )
        sets.append(("due up to the month named", [r for r, on in due if (on.year, on.month) <= last]))
    else:
        first = case.received_on.replace(day=1)
        before = first - timedelta(days=1)
        sets.append(
            (
                "issued last month",
                [r for r in both if (items.issued_on[r].year, items.issued_on[r].month) == (before.year, before.month)],
            )
        )
        sets.append(("due by then", [r for r in both if (items.due_on[r] or items.issued_on[r]) <= case.received_on]))
        sets.append(("open", both))
    return _statement_drafts(desk, case, sets)


def _statement_drafts(desk: Desk, case: Case, sets: list[tuple[str, list[int]]]) -> list[Draft]:
    """A draft per named set that adds up, with or without its credit notes; near misses as hints."""
    drafts: list[Draft] = []
    for what, rows in sets:
        invoices = [r for r in rows if not desk.ledger.is_credit[r]]
        for chosen in (rows, invoices):
            if chosen and sum(map(desk.signed, chosen)) == case.amount:
                reason = f"The text names a statement: {desk.numbers(chosen)}, all that was {what}, add up exactly."
                draft = Draft(0.99, "payer_statement", reason, [(r, desk.signed(r)) for r in chosen])
                if not any(d.same_as(draft) for d in drafts):
                    drafts.append(draft)
                break
    for draft in drafts[1:]:
        draft.confidence = 0.8  # a second reading of the month: the plainer one goes first
    return drafts


def _discount(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """One invoice, or two, less the cash discount allowed on that date."""
    items, reduced = desk.ledger.items, []
    for row in pool.left:
        if items.discount_terms[row]:
            grace = desk.policy_for(row).discount_grace_days
            off = discount_minor(
                items.discount_terms[row], items.total_minor[row], items.issued_on[row], case.received_on, grace
            )
            if 0 < off < desk.ledger.left[row]:
                reduced.append((row, off))
    drafts = []
    for row, off in reduced[:60]:
        slack = desk.ledger.left[row] - off - case.amount
        if abs(slack) <= 1:
            reason = f"The payer is known and {desk.numbers([row])} less its cash discount is exactly this amount."
            drafts.append(
                Draft(0.982, "payer_discount", reason, [(row, case.amount)], [("discount", row, off + slack)])
            )
    if not drafts:
        drafts = _discounted_set(desk, case, reduced[:12])
    if len({d.lines[0] for d in drafts}) > 1:
        return [_cap(d, 0.8) for d in drafts]
    return drafts


def _discounted_set(desk: Desk, case: Case, reduced: list[tuple[int, int]]) -> list[Draft]:
    """Several invoices, each less its discount."""
    net = {row: desk.ledger.left[row] - off for row, off in reduced}
    sums = sums_to(list(net.values()), case.amount)
    drafts = []
    for solution in sums.solutions[:2]:
        wanted, chosen = list(solution), []
        for row, amount in net.items():
            if amount in wanted:
                wanted.remove(amount)
                chosen.append(row)
        sure = len(sums.solutions) == 1 and sums.chance(len(solution), case.amount) < CHANCE
        reason = f"The payer is known and {desk.numbers(chosen)}, less their cash discount, add up exactly."
        offs = dict(reduced)
        deductions: list[tuple[str, int | None, int]] = [("discount", r, offs[r]) for r in chosen]
        drafts.append(
            Draft(0.975 if sure else 0.75, "payer_discount", reason, [(r, net[r]) for r in chosen], deductions)
        )
    return drafts


def _netting(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Invoices less one open credit note, or less all of them."""
    credits = [r for r in pool.credits if desk.ledger.left[r] > 0]
    if not credits or len(pool.invoices) > _LARGE_POOL:
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
            sure = len(sums.solutions) == 1 and chance < CHANCE
            less = f"{desk.numbers(rows)} less credit note {desk.numbers(chosen)}"
            reason = f"The payer is known and {less} is exactly this amount."
            lines = [(r, desk.signed(r)) for r in (*rows, *chosen)]
            drafts.append(Draft(0.978 if sure else 0.72 - 0.03 * len(rows), "payer_less_credit_note", reason, lines))
    if len(drafts) > 1:
        drafts = [_cap(d, 0.8) for d in sorted(drafts, key=lambda d: (len(d.lines), -d.confidence))[:3]]
    return drafts


def _nearly(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """One invoice off by a rounding or by bank charges; sure only when chance would rarely do it."""
    drafts = []
    slots = max(case.amount, 1)
    for row in pool.left:
        gap = desk.ledger.left[row] - case.amount
        policy = desk.policy_for(row)
        fee = min(policy.bank_fee_minor, case.amount * policy.bank_fee_bp // 10000)
        if gap and abs(gap) <= policy.rounding_minor:
            sure = len(pool.invoices) * 2 * policy.rounding_minor / slots < CHANCE / 4
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
    drafts.sort(key=lambda d: -d.confidence)
    return [_cap(d, 0.85) for d in drafts[:3]] if len(drafts) > 1 else drafts


def _on_account(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """Nothing adds up: the debts due first, and the invoice the payer may have meant to pay in part."""
    policy = desk.policy_for(pool.left[0])
    left, lines = case.amount, []
    for row in pool.left:
        part = min(left, desk.ledger.left[row])
        if part <= 0:
            break
        lines.append((row, part))
        left -= part
    confidence = 0.975 if policy.oldest_first else 0.4
    reason = f"The payer is known but no set adds up: {desk.numbers([r for r, _ in lines])} are due first."
    drafts = [Draft(confidence, "oldest_first", reason, lines)]
    larger = [r for r in pool.left if desk.ledger.left[r] > case.amount]
    larger.sort(key=lambda r: (desk.ledger.left[r], desk.ledger.items.id[r]))
    for row in larger[:2]:
        reason = f"The payer is known and this may be a part of {desk.numbers([row])}."
        drafts.append(Draft(0.3, "payer_in_part", reason, [(row, case.amount)]))
    return drafts
