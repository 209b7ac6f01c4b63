"""Explanations from the payer's or provider's own list of what a receipt pays. It outranks the text."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.reconcile.amounts.discounts import discount_minor
from hub.core.reconcile.case import Case, Desk, Draft, Named
from hub.core.reconcile.inputs import Remittances
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.reading.mentions import FULL, STRONG, Ref
from hub.core.reconcile.rules.named_differs import short
from hub.core.reconcile.rules.named_over import over
from hub.core.reconcile.rules.pool import cap
from hub.core.reconcile.rules.remittance_lines import Listed, read_list
from hub.core.reconcile.rules.remittances import RemittanceIndex

_BY_A_PRICE = 0.9  # a list found by its sum, where that may be chance
_GUESSED = {AGREES: 0.985, UNKNOWN: 0.95}  # a list whose numbers are not as printed
_DIFFERS = {AGREES: 0.985, UNKNOWN: 0.93, CONTRADICTS: 0.5}  # the sum is not the list's, and something explains it
_IN_PART = {AGREES: 0.85, UNKNOWN: 0.85, CONTRADICTS: 0.5}
_REST_TOLD = 0.98  # what the list names besides, and nobody finds open, is to the cent what is left
_LESS_CAME = 0.8
_OF_ITS_WEEK = 0.89  # its debtor's, and one thing explains the difference: nothing else beside it is stopped by it
_DISCOUNT = "named_less_discount"
_TOLD_BY_THE_DIFFERENCE = (_DISCOUNT, "named_less_credit_note")
_MOST_LISTS = 3
_MOST_SHOWN = 20
Line = tuple[int, int]
Deduction = tuple[str, int | None, int]


def by_remittance(desk: Desk, case: Case, index: RemittanceIndex) -> list[Draft]:
    """Drafts of each list: its lines, for the amounts it states, within what is open."""
    table = index.remittances
    if table is None:
        return []
    found = index.find(desk, case)[:_MOST_LISTS]
    drafts = [draft for at in found for draft in _from_list(desk, case, index, table, at)]
    if not found:
        sent = [d for at in index.of_its_week(desk, case) for d in _from_list(desk, case, index, table, at)]
        drafts = [cap(d, _OF_ITS_WEEK) for d in sent if d.deductions or d.rule in _TOLD_BY_THE_DIFFERENCE]
    return drafts


def _from_list(desk: Desk, case: Case, index: RemittanceIndex, table: Remittances, at: int) -> list[Draft]:
    listed = read_list(desk, case, index, table, at)
    lines, deductions = _as_stated(desk, case, listed)
    if not lines or sum([amount for _, amount in lines]) <= 0:
        return []
    fee = table.fee_minor[at] or 0
    drafts = _against_amount(desk, case, listed, lines, deductions, fee)
    why = "" if table.receipt_id[at] == case.id else _why_not_this(desk, case, index, at, [row for row, _ in lines])
    for draft in drafts:
        draft.evidence |= {
            "remittance": table.id[at],
            "not_found": [number for number, _ in listed.missing[:_MOST_SHOWN]],
            "lines": len(lines),
            "fee": fee,
            "received": case.amount,
        }
        if why:
            cap(draft, _BY_A_PRICE).evidence["against"] = why
    return drafts


def _as_stated(desk: Desk, case: Case, listed: Listed) -> tuple[list[Line], list[Deduction]]:
    """What the list pays of each item, within what it has open, and what its debtor keeps back by right."""
    lines: list[Line] = []
    deductions: list[Deduction] = []
    for row, stated in listed.stated.items():
        left, is_credit = desk.ledger.left[row], desk.ledger.is_credit[row]
        paid = left if stated is None else min(abs(stated), left)
        if stated is not None and stated <= 0 and not is_credit:
            continue  # taken off an invoice by a line of its own, and nothing stated that is paid of it
        lines.append((row, -paid if is_credit else paid))
        if not is_credit and (kind := _kept_back(desk, case, row, left - paid)):
            deductions.append((kind, row, left - paid))
    return lines, deductions


def _kept_back(desk: Desk, case: Case, row: int, gap: int) -> str:
    """What a list leaves of an invoice without a word: the discount of its terms, in time, or a rounding; else ""."""
    if gap <= 0:
        return ""
    items, policy = desk.ledger.items, desk.policy_for(row)
    given = items.discount_terms[row], items.total_minor[row], items.issued_on[row], case.received_on
    if abs(gap - discount_minor(*given, policy.discount_grace_days)) <= 1:
        return "discount"
    return "rounding" if gap <= policy.rounding_minor else ""


def _against_amount(
    desk: Desk, case: Case, listed: Listed, lines: list[Line], deductions: list[Deduction], fee: int
) -> list[Draft]:
    """The list adds up to the receipt (plus the fee a provider kept), or something explains the difference."""
    rows = [row for row, _ in lines]
    stance = min([desk.payers.stance(case.payer, desk.ledger.account_of[row]) for row in rows])
    said = f"A list sent for this receipt names {desk.numbers(rows)}"
    excess = case.amount - sum([amount for _, amount in lines]) + fee
    if excess == 0:
        return [_exact(desk, listed, lines, deductions, fee, stance, said)]
    whole = all([amount == desk.signed(row) for row, amount in lines])
    stated = [amount for _, amount in listed.missing]
    told = bool(stated) and all(stated) and sum(filter(None, stated)) == excess
    if whole and not fee and (not stated or (told and excess < 0)):
        return _differs(desk, case, rows, stance, excess, kept_back=told)
    if excess < 0:
        return _in_part(lines, -excess, said) if not fee else []
    sure = told and stance == AGREES and not fee and not listed.guessed
    weight = _REST_TOLD if sure else _IN_PART[stance]
    return [Draft(weight, "remittance_in_part", f"{said}; the rest stays unapplied.", lines, deductions)]


def _exact(
    desk: Desk, listed: Listed, lines: list[Line], deductions: list[Deduction], fee: int, stance: int, said: str
) -> Draft:
    """Lines that add up to what came, or to it and what a provider kept."""
    weight = 0.9 if stance == CONTRADICTS and not fee else 0.999 if stance == AGREES else 0.995
    if listed.missing and not fee:
        weight = min(weight, 0.9)
    if listed.guessed:
        weight = min(weight, _GUESSED.get(stance, weight))
    if not fee:
        return Draft(weight, "remittance_exact", f"{said}; they add up exactly.", lines, deductions)
    bearer = max(lines, key=lambda line: (line[1], -desk.ledger.items.id[line[0]]))[0]
    lines = [(row, amount - fee if row == bearer else amount) for row, amount in lines]
    kept = [*deductions, ("bank_fee", bearer, fee)]
    return Draft(weight, "remittance_exact", f"{said} and the provider's fee.", lines, kept)


def _in_part(lines: list[Line], gap: int, said: str) -> list[Draft]:
    """Less came than a list states, which states other sums than are open: the largest line bears what is missing."""
    row, most = max(lines, key=lambda line: line[1])
    if gap >= most:
        return []
    lines = [(one, amount - gap if one == row else amount) for one, amount in lines]
    return [Draft(_LESS_CAME, "remittance_in_part", f"{said}; less came than it states.", lines)]


def _differs(desk: Desk, case: Case, rows: list[int], stance: int, excess: int, *, kept_back: bool) -> list[Draft]:
    """A list of whole items, and another sum: a discount, charges, a credit note, a part, too much, as beside a text.

    kept_back: the list says what is taken off, by something that is no item.
    """
    number, account_of = desk.ledger.items.number, desk.ledger.account_of
    picks = [(row, FULL, number[row]) for row in rows]
    accounts = sorted({account_of[row] for row in rows})
    named = Named(picks, [[pick] for pick in picks], stance, accounts, rows, FULL, "The payer's list names")
    if excess > 0:
        return over(desk, case, named, rows, excess, _DIFFERS[stance])
    drafts = short(desk, case, named, rows, -excess, _DIFFERS[stance])
    if kept_back:
        drafts = [d if d.rule == _DISCOUNT else cap(d, _LESS_CAME) for d in drafts]
    return drafts


def _why_not_this(desk: Desk, case: Case, index: RemittanceIndex, list_row: int, rows: list[int]) -> str:
    """Why a list that was found by its sum may be another payment's; "" when nothing says so.

    One of a single line says no more than a price that many pay: then who pays must be the debtor, as where the bank
    names nobody (a deposit of direct debits), and where two receipts of the week have its sum. A text that spells
    another number means that one, unless its debtor's list has several lines and the number does not explain the sum.
    """
    payers, account_of = desk.payers, desk.ledger.account_of
    plain = len(rows) == 1 or not desk.receipts.payer_name[case.row]
    stances = {payers.stance(case.payer, account_of[row]) for row in rows}
    if plain and stances != {AGREES}:
        return "nothing but its sum says that the list is of this payment"
    if UNKNOWN in stances and index.others_for(desk, case, list_row):
        return "another receipt of that week has the sum of this list as well"
    spelt = [mention.refs for mention in case.reading.mentions if mention.refs[0].strength >= STRONG]
    if case.reading.closed or any({ref.row for ref in refs}.isdisjoint(rows) for refs in spelt):
        outranked = len(rows) > 1 and stances == {AGREES} and not case.reading.closed
        return "" if outranked and not _explain(desk, case, spelt) else "the text names something else"
    return ""


def _explain(desk: Desk, case: Case, spelt: Sequence[Sequence[Ref]]) -> bool:
    """Whether the numbers of a text, or one of them, make up what came."""
    sums = [{desk.signed(ref.row) for ref in refs} for refs in spelt]
    return any([case.amount in one for one in sums]) or sum([max(one) for one in sums]) == case.amount
