"""Instalments that a text counts: "ACOMPTE 1/3"."""

from __future__ import annotations

import re

from hub.core.reconcile.case import Case, Desk, Draft
from hub.core.reconcile.rules.pool import Pool
from hub.core.reconcile.texts.text import fold

_INSTALMENT = re.compile(r"(?<![\d/])([1-9]|1[0-2])/([2-9]|1[0-2])(?![\d/])")
_STROKE = re.compile(r"\s?/\s?")  # a line that ended within "1/3" leaves a blank there
_ORDINAL = re.compile(r"(?<!\d)([1-9]|1[0-2]) ?(?:ERE?|EME|E|NDE?) (?:VERSEMENT|MENSUALITE|ECHEANCE|TIERS)\b")
_MOST_PARTS = 12
_SURE = 0.975


def instalment_said(text: str | None) -> tuple[int, int] | None:
    """Which instalment of how many a text says: (1, 3) for "ACOMPTE 1/3"."""
    found = _INSTALMENT.search(_STROKE.sub("/", text)) if text else None
    return (int(found[1]), int(found[2])) if found else None


def ends_in_an_instalment(text: str) -> bool:
    """Whether the last word of a text counts one: then no bank cut the text there."""
    return _INSTALMENT.search(_STROKE.sub("/", text).split()[-1]) is not None


def is_instalment(amount: int, parts: int, total: int) -> bool:
    """Whether an amount is one of so many equal parts of a total, roundings apart."""
    return abs(amount * parts - total) <= parts * parts


def next_instalment(desk: Desk, case: Case, pool: Pool) -> list[Draft]:
    """The only invoice of the payer of which this is to the cent the instalment that the text counts, and the earlier
    ones are paid: "2/3 THEO MARCEL", or "2E VERSEMENT", where a third of one is.
    """
    said = _counted(desk.receipts.remittance[case.row])
    if said is None:
        return []
    (which, parts), left, total = said, desk.ledger.left, desk.ledger.items.total_minor
    fitting = []
    for row in pool.left:
        of = parts or round(total[row] / case.amount)
        paid = total[row] - left[row]
        if (
            max(which, 2) <= of <= _MOST_PARTS
            and left[row] > case.amount
            and is_instalment(case.amount, of, total[row])
            and abs(paid - (which - 1) * case.amount) <= of
        ):
            fitting.append(row)
    if len(fitting) != 1 or not desk.policy_for(fitting[0]).partial_by_reference:
        return []
    reason = f"The payer is known, and this is to the cent the next instalment of {desk.numbers(fitting)}."
    return [Draft(_SURE, "payer_instalment", reason, [(fitting[0], case.amount)])]


def _counted(text: str | None) -> tuple[int, int] | None:
    """Which instalment a text says, and of how many; 0 where it does not say that."""
    if not text:
        return None
    found = _ORDINAL.search(fold(text))
    return instalment_said(text) or ((int(found[1]), 0) if found else None)
