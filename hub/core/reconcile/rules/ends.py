"""Several invoices of which the text has the ends of the numbers: a hint for who decides, never a proof.

"FACT 6254;6304" are FI25/S36-6254 and FI25/S37-6304: who knows the payer looks for numbers that end so.
"""

from __future__ import annotations

import re

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.texts.text import fold, mask

RULE = "payer_sum_near_number"
_FIGURES = re.compile(r"\d{3,}")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LEAST = 3
_MOST = 60  # figures of a text that are looked at
_WHOLE, _ROUND_ABOUT = 0.88, 0.62


def by_ends(desk: Desk, case: Case, pool: Pool, figures: list[str]) -> list[Draft]:
    """The payer's invoices whose numbers end as figures of the text do, if there are several or they are the sum."""
    if not figures or not pool.left:
        return []
    rows = _ending_so(desk, case, pool, figures)
    total = sum(desk.ledger.left[row] for row in rows)
    if not rows or total != case.amount:
        return []
    reason = f"The payer is known; the text has the ends of {desk.numbers(rows)}, which add up to exactly this amount."
    return [Draft(_WHOLE, RULE, reason, [(row, desk.ledger.left[row]) for row in rows])]


def ends_named(desk: Desk, rows: list[int], figures: list[str]) -> list[int]:
    """Those of the rows whose number ends as figures of the text do."""
    return [row for row in rows if _end_of(desk, row, figures)] if figures else []


def figures_of(case: Case) -> list[str]:
    """Runs of three figures and more of the texts, the longest first; dates and amounts are hidden."""
    found = [run for _, text in case.texts for run in _FIGURES.findall(mask(fold(text))[0])]
    plain = [run.lstrip("0") for run in found]
    return sorted({run for run in found + plain if len(run) >= _LEAST}, key=len, reverse=True)[:_MOST]


def _end_of(desk: Desk, row: int, figures: list[str]) -> str:
    """The figures that a number ends in, when the text has them."""
    number = desk.ledger.numbers.compact[row].rstrip(_LETTERS)
    return next((end for end in figures if number.endswith(end)), "")


def _ending_so(desk: Desk, case: Case, pool: Pool, figures: list[str]) -> list[int]:
    """For each of the figures the invoice that ends so; of several the one due nearest to the receipt."""
    chosen: dict[str, int] = {}
    for row in pool.left:
        end = _end_of(desk, row, figures)
        if end and (end not in chosen or _days(desk, case, row) < _days(desk, case, chosen[end])):
            chosen[end] = row
    return [row for row in pool.left if row in chosen.values()]


def _days(desk: Desk, case: Case, row: int) -> int:
    return abs((desk.ledger.age(row)[0] - case.received_on).days)
