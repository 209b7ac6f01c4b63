"""Credit notes that the ledger sets off before a receipt that came earlier is looked at.

The ledger sets a credit note off against the invoice it corrects, up to what is left of both. Money that came before
the credit note paid the invoice as it stood then: the whole of it, and the credit note is still to be used. As long as
that money waits to be applied, the ledger cannot know it. Here such receipts are found, and their invoices and credit
notes are given to the engine as they stood; once the money is applied, the ledger says the same by itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import compress
from typing import NamedTuple

from hub.core.ledger.credits import corrected_invoices
from hub.core.ledger.facts import CREDIT_NOTE, REOPENED_IN_BOOKS
from hub.core.reconcile import Debtors, Receipts
from hub.core.reconcile.payers.names import iban_key, name_words
from hub.core.reconcile.texts.text import compact, fold
from hub.core.reconcile.texts.words import CREDIT_NOTE_WORDS
from hub.core.services.ledger import LedgerView

#: So many last digits of a number, at most and at least, tell it beside the payer or the amount: counters that begin
#: anew each month have the month in them.
_TAIL, _LEAST = 6, 4
_NOT_DIGITS = re.compile(r"\D+")
_WORD = re.compile(r"[A-Z0-9]+")


class _Text(NamedTuple):
    """What a receipt says: its words, its letters and digits in a row, and its digits in a row."""

    words: frozenset[str]
    compact: str
    digits: str


@dataclass(frozen=True)
class Waiting:
    """The receipts with money left, and the debtors by whose names their payers are told."""

    receipts: Receipts
    debtors: Debtors

    @cached_property
    def rows(self) -> list[int]:
        """The receipts that have money to apply."""
        columns = zip(self.receipts.amount_minor, self.receipts.unapplied_minor, strict=True)
        return [row for row, (amount, left) in enumerate(columns) if amount > 0 and left > 0]

    @cached_property
    def since(self) -> date | None:
        """The day of the oldest of them; None when none waits."""
        return min((self.receipts.received_on[row] for row in self.rows), default=None)

    @cached_property
    def by_amount(self) -> dict[int, list[int]]:
        """The receipts by what is left of them."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in self.rows:
            found[self.receipts.unapplied_minor[row]].append(row)
        return found

    @cached_property
    def _names(self) -> dict[tuple[str, str], tuple[frozenset[str], frozenset[str]]]:
        """The words of each debtor's names, and its accounts."""
        d = self.debtors
        return {
            (seller, id_): (
                frozenset(word for name in (name, legal) if name for word in name_words(name)),
                frozenset(map(iban_key, ibans)),
            )
            for seller, id_, name, legal, ibans in zip(
                d.seller, d.debtor_id, d.name, d.legal_name, d.ibans, strict=True
            )
        }

    def by_tail(self, tails: set[str]) -> dict[str, list[int]]:
        """The receipts by the ends of numbers that stand in their digits."""
        found: dict[str, list[int]] = defaultdict(list)
        lengths = {len(tail) for tail in tails}
        for row in self.rows:
            digits = self.text(row).digits
            seen = {digits[at : at + length] for length in lengths for at in range(len(digits) - length + 1)}
            for tail in seen & tails:
                found[tail].append(row)
        return found

    def text(self, row: int) -> _Text:
        """What a receipt says of payer and purpose."""
        r = self.receipts
        pieces = (r.payer_name[row], r.remittance[row], r.end_to_end_ref[row], r.structured_ref[row])
        folded = fold(" ".join(filter(None, pieces)))
        words = _WORD.findall(folded)
        whole = "".join(words)
        return _Text(frozenset(words), whole, _NOT_DIGITS.sub("", whole))

    def is_of(self, row: int, account: tuple[str, str]) -> bool:
        """Whether a receipt bears a word of this debtor's name, or came from its account."""
        words, ibans = self._names.get(account, (frozenset(), frozenset()))
        iban = self.receipts.payer_iban[row]
        return bool(words & self.text(row).words) or bool(iban and iban_key(iban) in ibans)


def set_off_too_early(view: LedgerView, waiting: Waiting) -> dict[int, int]:
    """What of invoices and credit notes is to be taken for open again, minor units by document.

    A credit note is free again when a receipt older than it has exactly what the invoice was and bears its number or
    its debtor's name, or has more than is left of the invoice and bears both; and when a receipt that came later names
    the credit note itself: then the debtor says what it is deducted from.
    """
    if waiting.since is None:
        return {}
    documents, balances = view.facts.documents, view.ledger.balances
    notes = [
        row
        for row in compress(range(len(documents.id)), documents.corrects)
        if documents.kind[row] == CREDIT_NOTE
        and balances.credited_minor[row] > 0
        and documents.issued_on[row] > waiting.since
    ]
    if not notes:
        return {}
    by_invoice: dict[int, list[int]] = defaultdict(list)
    for note, invoice in corrected_invoices(documents, balances.in_force, notes).items():
        by_invoice[invoice].append(note)
    reopened = {anomaly.document_id for anomaly in view.ledger.anomalies if anomaly.kind == REOPENED_IN_BOOKS}
    clues = _Clues(view, waiting, {_tail(documents.number[row]) for row in (*by_invoice, *notes)})
    freed: dict[int, int] = {}
    for invoice, own in by_invoice.items():
        if documents.id[invoice] in reopened:
            continue
        for note in clues.free(invoice, own[::-1]):
            amount = balances.credited_minor[note]
            freed[documents.id[note]] = amount
            freed[documents.id[invoice]] = freed.get(documents.id[invoice], 0) + amount
    return freed


class _Clues:
    """Which receipts may pay an invoice as it stood, or deduct a credit note."""

    def __init__(self, view: LedgerView, waiting: Waiting, tails: set[str]) -> None:
        self.documents, self.balances, self.waiting = view.facts.documents, view.ledger.balances, waiting
        self.named = waiting.by_tail({tail for tail in tails if len(tail) >= _LEAST})

    def free(self, invoice: int, notes: list[int]) -> list[int]:
        """Of the credit notes of an invoice (latest first) those that a receipt leaves to be used."""
        free = 0
        whole = self.balances.open_minor[invoice]
        for count, note in enumerate(notes, start=1):
            left, whole = whole, whole + self.balances.credited_minor[note]
            if self._was_paid(invoice, whole, left, self.documents.issued_on[note]):
                free = count
        return notes[:free] + [note for note in notes[free:] if self._is_deducted(note, invoice)]

    def _was_paid(self, invoice: int, whole: int, left: int, before: date) -> bool:
        """Whether a receipt older than the credit note may have paid the whole invoice, alone or among others; or, less
        a discount, more of it than the credit note left."""
        exact = self._of_time(self.waiting.by_amount.get(whole, ()), invoice, before)
        tail = _tail(self.documents.number[invoice])
        if any((tail and tail in self.waiting.text(row).digits) or self._is_payer(row, invoice) for row in exact):
            return True
        more = self._of_time(self.named.get(tail, ()), invoice, before)
        return any(self.waiting.receipts.unapplied_minor[row] > left and self._is_payer(row, invoice) for row in more)

    def _is_deducted(self, note: int, invoice: int) -> bool:
        """Whether a text names the credit note. One that only has its digits may mean an invoice with the same ones.

        Money that is exactly what is left of the invoice says no more than the ledger does.
        """
        number = compact(self.documents.number[note])
        for row in self._of_time(self.named.get(_tail(number), ()), note, date.max):
            if self.waiting.receipts.unapplied_minor[row] == self.balances.open_minor[invoice]:
                continue
            text = self.waiting.text(row)
            named = number in text.compact or not CREDIT_NOTE_WORDS.isdisjoint(text.words)
            if named and self._is_payer(row, note):
                return True
        return False

    def _of_time(self, rows: Iterable[int], document: int, before: date) -> Iterator[int]:
        """The receipts since the document was issued and before a day, in its currency."""
        receipts, documents = self.waiting.receipts, self.documents
        for row in rows:
            fits = receipts.currency[row] == documents.currency[document]
            if fits and documents.issued_on[document] <= receipts.received_on[row] < before:
                yield row

    def _is_payer(self, row: int, document: int) -> bool:
        return self.waiting.is_of(row, (self.documents.seller[document], self.documents.debtor_id[document]))


def _tail(number: str) -> str:
    return _NOT_DIGITS.sub("", number)[-_TAIL:]
