"""Which open items the lines of a payer's own list name.

A line is a small receipt: its number is the text, its amount the sum, and who pays is known. What is no number of the
ledger as it stands is read as the text of a receipt is: without its letters, its noughts or its year, with O for 0, or
with one slip.
"""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from hub.core.reconcile.case import Case, Desk
from hub.core.reconcile.inputs import Remittances
from hub.core.reconcile.payers.companies import Payer
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS
from hub.core.reconcile.payers.stances import STRONG as KNOWN
from hub.core.reconcile.reading.mentions import STRONG, WEAK
from hub.core.reconcile.reading.references import Reader
from hub.core.reconcile.rules.named import named_by_debtor
from hub.core.reconcile.rules.near_number import near_number
from hub.core.reconcile.rules.remittances import RemittanceIndex
from hub.core.reconcile.texts.text import compact
from hub.core.reconcile.texts.words import CREDIT_NOTE_WORDS

_MOST_READ = 1_000  # lines of a list that are read as texts, when they name nothing as they stand
_MOST_ALIKE = 500  # items of one counter that are looked at
_MOST_ACCOUNTS = 4  # that may be the payer's
_MOST_EQUAL = 20  # invoices of one sum whose numbers are compared with a line's
Line = tuple[str, int | None]


class Listed(NamedTuple):
    """What a list says, read against the ledger.

    stated: what it pays of each item, by row and negative for a credit note; None for all that is open.
    guessed: rows whose number the list has otherwise than the ledger.
    missing: the lines that name nothing open.
    """

    stated: dict[int, int | None]
    guessed: frozenset[int]
    missing: list[Line]


def read_list(desk: Desk, case: Case, index: RemittanceIndex, table: Remittances, at: int) -> Listed:
    """The items named by list `at`, first those of whole numbers, then what else its lines may mean."""
    stated: dict[int, int | None] = {}
    rest: list[Line] = []
    for number, amount in table.lines[at]:
        item = _whole(desk, case, number, table.seller[at], table.debtor[at], amount)
        if item is None or (item in stated and (amount is None or stated[item] is None)):
            rest.append((number, amount))
        else:
            stated[item] = amount if amount is None else amount + (stated.get(item) or 0)
    guessed, missing = set[int](), rest[_MOST_READ:]
    payer = _whose(desk, case, index, table, at, list(stated)) if rest else case.payer
    for number, amount in rest[:_MOST_READ]:
        item = _read(desk, _as_a_case(case, index.reader, payer, number, amount), amount)
        if item is None or item in stated:
            missing.append((number, amount))
        else:
            stated[item] = amount
            guessed.add(item)
    return Listed(stated, frozenset(guessed), missing)


def _whole(
    desk: Desk, case: Case, number: str, seller: str | None, debtor: str | None, amount: int | None
) -> int | None:
    """The one open item of a line's number, narrowed by seller, debtor and amount; a bare counter needs its amount."""
    numbers, left = desk.ledger.numbers, desk.ledger.left
    key = compact(number)
    rows = [r for r in numbers.rows(numbers.whole.get(key)) if desk.usable(r, case)]
    if not rows and key.isdigit() and amount is not None:
        alike = list(numbers.rows(numbers.by_counter.get(key.lstrip("0"))))[:_MOST_ALIKE]
        rows = [r for r in alike if left[r] == abs(amount) and desk.usable(r, case)]
    for column, wanted in ((desk.ledger.items.seller, seller), (desk.ledger.items.debtor, debtor)):
        if wanted is not None and len(rows) > 1:
            rows = [r for r in rows if column[r] == wanted]
    if len(rows) > 1:
        rows = [r for r in rows if desk.payers.stance(case.payer, desk.ledger.account_of[r]) == AGREES] or rows
    return rows[0] if len(rows) == 1 else None


def _whose(desk: Desk, case: Case, index: RemittanceIndex, table: Remittances, at: int, rows: list[int]) -> Payer:
    """Who owes what a list names: whom it says itself, the one debtor of its whole numbers, or who pays."""
    debtor = table.debtor[at]
    told = index.accounts_of(desk, table.seller[at], debtor) if debtor is not None else ()
    if told:
        return Payer(tuple(told), 1.0, "list")
    accounts = {desk.ledger.account_of[row] for row in rows}
    if len(accounts) == 1 and case.payer.score < KNOWN:
        return Payer((accounts.pop(),), 1.0, "list")
    return case.payer


def _as_a_case(case: Case, reader: Reader, payer: Payer, number: str, amount: int | None) -> Case:
    """A line as if it were a receipt of its own."""
    texts = [("list", number)]
    reading = reader.read(texts, case.received_on)
    reader.look_again(reading, texts, case.received_on)
    return replace(
        case,
        amount=abs(amount or 0),
        payer=payer,
        reading=reading,
        texts=texts,
        original=None,
        windows=None,
        mixed=None,
        thought=None,
        named=None,
    )


def _read(desk: Desk, line: Case, amount: int | None) -> int | None:
    """The one item of a line's amount whose number it has otherwise than as printed, or nearly spells."""
    ledger, negative = desk.ledger, amount is not None and amount < 0
    for named in named_by_debtor(desk, line):
        refs = {row: strength for refs in named.alternatives for row, strength, _ in refs}
        fitting = [
            row
            for row, strength in refs.items()
            if bool(ledger.is_credit[row]) == negative
            and (strength >= STRONG if amount is None else strength > WEAK and ledger.left[row] == line.amount)
        ]
        if len(fitting) == 1 and named.stance != CONTRADICTS:
            return fitting[0]
    if not line.amount or line.payer.score < KNOWN or len(line.payer.accounts) > _MOST_ACCOUNTS:
        return None
    near = _notes_of(desk, line) if negative else _spelt_nearly(desk, line)
    return near[0] if len(near) == 1 else None


def _spelt_nearly(desk: Desk, line: Case) -> list[int]:
    """Invoices of the payer with a line's amount whose number is one slip away from the line's."""
    equal = [
        r for account in line.payer.accounts for r in desk.ledger.rows_of_amount(account, line.amount)[:_MOST_EQUAL]
    ]
    return [row for row in equal if desk.usable(row, line) and near_number(desk, line, row)]


def _notes_of(desk: Desk, line: Case) -> list[int]:
    """Credit notes of the payer with a line's amount: the figures are the end of theirs, or it only says what it is."""
    numbers, digits = desk.ledger.numbers.compact, "".join(filter(str.isdigit, line.texts[0][1]))
    if not digits and CREDIT_NOTE_WORDS.isdisjoint(line.reading.words):
        return []
    notes = [r for account in line.payer.accounts for r in desk.ledger.credits(account, line.currency)]
    return [r for r in notes if desk.ledger.left[r] == line.amount and numbers[r].endswith(digits)][:2]
