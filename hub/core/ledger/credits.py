"""Credit notes and the invoices they correct."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import compress

from hub.core.ledger.facts import CREDIT_NOTE, INVOICE, Documents


def apply_credit_notes(documents: Documents, in_force: list[bool], open_: list[int]) -> list[int]:
    """Apply each credit note to the invoice it names, up to what both have left. Lowers `open_` in place.

    The invoice has the same seller, debtor and currency and the number in `corrects`, as printed or else
    without blanks and capitals; of several such invoices (numbers restart each year) the last one issued up
    to the credit note's date, else the first one. Credit notes are served by issue date, then number. What
    is left of one stays an open credit of the debtor, as does a credit note that names no invoice, or one
    that is not here.

    A credit note takes effect on the later of both issue dates: before its own it does not exist, and an
    invoice cannot be credited before it is issued. Hence only documents in force take part.

    Returns:
        The amount applied per row, of credit notes and of invoices; minor units, never negative.
    """
    credited = [0] * len(open_)
    notes = [
        row
        for row in compress(range(len(open_)), documents.corrects)
        if documents.kind[row] == CREDIT_NOTE and in_force[row] and open_[row] > 0
    ]
    if not notes:
        return credited
    for note, invoice in corrected_invoices(documents, in_force, notes).items():
        amount = min(open_[note], open_[invoice])
        if amount > 0:
            open_[note] -= amount
            open_[invoice] -= amount
            credited[note] += amount
            credited[invoice] += amount
    return credited


def corrected_invoices(documents: Documents, in_force: list[bool], notes: list[int]) -> dict[int, int]:
    """The invoice that each of these credit notes (rows) corrects, in the order in which they are served; a note
    whose invoice is not here is left out. Sorts `notes`.
    """
    targets = _targets(documents, in_force, notes)
    found: dict[int, int] = {}
    for note in _sort(documents, notes):
        invoice = _nearest(documents, targets.get(note, ()), documents.issued_on[note])
        if invoice is not None:
            found[note] = invoice
    return found


def _targets(documents: Documents, in_force: list[bool], notes: list[int]) -> dict[int, tuple[int, ...]]:
    """The invoices each credit note may mean: the number as printed, else one that folds to it."""
    named = {row: documents.corrects[row] or "" for row in notes}
    found = _find(documents, in_force, named, documents.number)
    rest = {row: _fold(number) for row, number in named.items() if row not in found}
    if not rest:
        return found
    debtors = {documents.debtor_id[row] for row in rest}
    folded = (
        _fold(number) if debtor in debtors else None
        for number, debtor in zip(documents.number, documents.debtor_id, strict=True)
    )
    return found | _find(documents, in_force, rest, folded)


def _fold(number: str) -> str:
    """The comparison form of a written number, as the store has it: "F 2031/a" → "F2031/A". Punctuation is
    kept.
    """
    return "".join(number.split()).upper()


def _find(
    documents: Documents, in_force: list[bool], named: dict[int, str], numbers: Iterable[str | None]
) -> dict[int, tuple[int, ...]]:
    """For each credit note in `named`: the invoices in force of its account whose number is the one it
    names.
    """
    notes_of: dict[str | None, tuple[int, ...]] = {}
    for note, number in named.items():
        notes_of[number] = (*notes_of.get(number, ()), note)
    found: dict[int, tuple[int, ...]] = {}
    for row, spelt in [(row, spelt) for row, spelt in enumerate(numbers) if spelt in notes_of]:
        if documents.kind[row] == INVOICE and in_force[row]:
            for note in notes_of[spelt]:
                if _account(documents, note) == _account(documents, row):
                    found[note] = (*found.get(note, ()), row)
    return found


def _account(documents: Documents, row: int) -> tuple[str, str, str]:
    return documents.seller[row], documents.debtor_id[row], documents.currency[row]


def _nearest(documents: Documents, rows: tuple[int, ...], day: date) -> int | None:
    """Of the invoices a number may mean: the last one issued up to `day`, else the first one after it."""
    if len(rows) < 2:
        return rows[0] if rows else None
    ranked = _sort(documents, list(rows))
    before = [row for row in ranked if documents.issued_on[row] <= day]
    return before[-1] if before else ranked[0]


def _sort(documents: Documents, rows: list[int]) -> list[int]:
    """Order `rows` in place by issue date, then number, total and id. Stable sorts, last key first: no
    tuples.
    """
    for column in (documents.id, documents.total_minor, documents.number, documents.issued_on):
        rows.sort(key=column.__getitem__)
    return rows
