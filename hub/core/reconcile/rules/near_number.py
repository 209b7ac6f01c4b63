"""A number in the text that is nearly an item's: one slip away, or only its last digits."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.mentions import STRONG, WEAK, Mention
from hub.core.reconcile.rules.pool import Pool, cap

NEAR = "payer_amount_near_number"
_LEAST_TAIL = 4  # last digits of a number that tell it beside the payer and the amount


def near_number(desk: Desk, case: Case, row: int) -> str | None:
    """A number of the text one slip away from that of an item, or its last digits."""
    seen = [m.text for m in case.reading.mentions if not _is_own(desk, case, m, row)] + case.reading.unknown
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


def _is_own(desk: Desk, case: Case, mention: Mention, row: int) -> bool:
    """Whether a number is that of another item of the same debtor, well spelt or of this very amount: no misprint.

    Also when that item was used up in this run: then the money came twice.
    """
    ledger = desk.ledger
    return any(
        ref.row != row
        and ledger.account_of[ref.row] == ledger.account_of[row]
        and (ref.strength >= STRONG or (ref.strength > WEAK and ledger.items.open_minor[ref.row] == case.amount))
        for ref in mention.refs
    )


def _is_neighbour(digits: str, counter: str) -> bool:
    """Whether two counters follow each other: then it is rather the invoice before, paid already."""
    tail = digits[-len(counter) :]
    return tail.isdigit() and counter.isdigit() and abs(int(tail) - int(counter)) == 1


def nearest_named(desk: Desk, case: Case, pool: Pool, rows: list[int]) -> list[int]:
    """Of several items with this amount, the one whose number the text nearly spells; else the oldest due."""
    if not case.reading.names_something:
        return rows
    equal = [r for r in pool.left if desk.ledger.left[r] == case.amount]
    near = [r for r in equal[:50] if near_number(desk, case, r)]
    return near[:1] if len(near) == 1 else rows


def others_near(desk: Desk, case: Case, draft: Draft) -> list[Draft]:
    """Other items of this debtor and amount whose number the text nearly spells as well: then none is sure."""
    row, ledger = draft.lines[0][0], desk.ledger
    equal = ledger.rows_of_amount(ledger.account_of[row], case.amount)[:50]
    others = [r for r in equal if r != row and ledger.left[r] == case.amount and desk.usable(r, case)]
    others = [r for r in others if near_number(desk, case, r)][:3]
    if not others:
        return []
    draft.evidence["against"] = f"{desk.numbers(others)} is one slip away as well"
    cap(draft, 0.9)
    reason = f"The payer is known, {{}} has this amount, and {desk.numbers([row])} is one slip away as well."
    return [Draft(0.89, draft.rule, reason.format(desk.numbers([r])), [(r, case.amount)]) for r in others]
