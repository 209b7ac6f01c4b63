"""The open ledger during one run: indexes built once, and what is still open after each allocation."""

from __future__ import annotations

from collections.abc import Iterable, MutableSequence, Sequence
from datetime import date, timedelta
from functools import cached_property
from itertools import compress
from typing import NamedTuple, Protocol

from hub.core.reconcile.index.groups import Groups
from hub.core.reconcile.index.keys import beginnings
from hub.core.reconcile.index.numbers import Key, NumberIndex, compact_numbers, rows_by_key
from hub.core.reconcile.inputs import CREDIT_NOTE, Debtors, OpenItems, SettledNumbers


class Part(NamedTuple):
    """Rows, oldest due first, with the day each was issued, as an ordinal number, and what each had open.

    last: the day of the last issue; 0 when there are none.
    """

    rows: list[int]
    issued: list[int]
    opened: list[int]
    last: int


class Account(NamedTuple):
    """The items of one account, oldest due first, invoices apart from credit notes."""

    invoices: Part
    credits: Part


_NOTHING = Part([], [], [], 0)
_A_LITTLE_LATER = timedelta(days=3)  # that an invoice may be dated after its payment


class Lists(Protocol[Key]):
    """Where lists are found by a key; an absent key has none."""

    def get(self, key: Key, /) -> list[int] | None:
        """What is found by `key`."""

    def __getitem__(self, key: Key, /) -> list[int]:
        """The list of a key that is there."""

    def __contains__(self, key: object, /) -> bool:
        """Whether anything is found by `key`."""


class Ledger:
    """Open items by row, their accounts, and the open amounts of this run.

    An account is one debtor of one seller, numbered in sorted order so that ties never depend on the order
    of the records. `left[row]` is what the item still has open; it only falls.
    """

    items: OpenItems
    left: MutableSequence[int]
    numbers: NumberIndex
    account_of: Sequence[int]
    rows_of: Sequence[list[int]]
    is_credit: Sequence[int]  # 1 for a credit note, 0 for an invoice

    def __init__(self, items: OpenItems, debtors: Debtors, settled: SettledNumbers | None) -> None:
        self.items = items
        self.left = list(items.open_minor)
        self.numbers = NumberIndex(items.number, items.issued_on, items.seller)
        pairs = list(zip(items.seller, items.debtor, strict=True))
        self._number_accounts(set(pairs), debtors)
        self.account_of = list(map(self.account_at.__getitem__, pairs))
        rows_of: list[list[int]] = [[] for _ in self.accounts]
        for row, account in enumerate(self.account_of):
            rows_of[account].append(row)
        self.rows_of = rows_of
        self.is_credit = bytes([kind == CREDIT_NOTE for kind in items.kind])
        self._settled = settled

    def _number_accounts(self, pairs: Iterable[tuple[str, str]], debtors: Debtors) -> None:
        """Number the accounts, those of items and those of debtors, and begin to remember what is asked of them."""
        self.debtors = debtors
        both = sorted([*pairs, *zip(debtors.seller, debtors.debtor_id, strict=True)])  # fast where each is in order
        self.accounts: list[tuple[str, str]] = list(dict.fromkeys(both))
        keys = self.accounts
        self.account_at = {key: n for n, key in enumerate(keys)}
        self.groups = Groups(self.account_at, debtors)
        self._sorted: set[int] = set()
        self._equal: dict[tuple[int, int], list[int]] = {}
        self._split: dict[tuple[int, str], Account] = {}
        self.uses = [0] * len(keys)  # times an account's items were used up, so that stale thoughts show
        self._skipped: dict[tuple[int, int], int] = {}

    def rows_by_age(self, account: int) -> list[int]:
        """Items of an account, oldest due first; then by issue date, number and id, so ties are stable."""
        rows = self.rows_of[account]
        if account not in self._sorted:
            rows[:] = self._by_age(rows)
            self._sorted.add(account)
        return rows

    def _by_age(self, rows: list[int]) -> list[int]:
        """The rows in the order of `age`, whose keys are made here at once."""
        due, issued, number, ids = self.items.due_on, self.items.issued_on, self.items.number, self.items.id
        return [key[-1] for key in sorted([(due[r] or issued[r], issued[r], number[r], ids[r], r) for r in rows])]

    def age(self, row: int) -> tuple[date, date, str, int]:
        """Sorts items by due date; then by issue date, number and id, so ties are stable."""
        items, issued = self.items, self.items.issued_on[row]
        return (items.due_on[row] or issued, issued, items.number[row], items.id[row])

    def account(self, account: int, currency: str) -> Account:
        """The items of an account in one currency, invoices and credit notes apart; made once."""
        known = self._split.get((account, currency))
        if known is None:
            is_credit, currencies = self.is_credit, self.items.currency
            rows = [r for r in self.rows_by_age(account) if currencies[r] == currency]
            credits = [r for r in rows if is_credit[r]]
            invoices = [r for r in rows if not is_credit[r]] if credits else rows
            known = self._split[account, currency] = Account(self._part(invoices), self._part(credits))
        return known

    def _part(self, rows: list[int]) -> Part:
        if not rows:
            return _NOTHING
        issued_on, opened = self.items.issued_on, self.items.open_minor
        days = [issued_on[row].toordinal() for row in rows]
        return Part(rows, days, [opened[row] for row in rows], max(days))

    def credits(self, account: int, currency: str) -> list[int]:
        """The credit notes of an account in one currency, oldest due first; most accounts have none."""
        is_credit = self.is_credit
        if not any(map(is_credit.__getitem__, self.rows_of[account])):
            return []
        return self.account(account, currency).credits.rows

    def with_amount(self, account: int, amount: int) -> Sequence[int]:
        """Items of an account that had exactly `amount` open when the run began, in no particular order."""
        found = self._at_amount.get(amount * len(self.accounts) + account, ())
        return (found,) if isinstance(found, int) else found

    @cached_property
    def _at_amount(self) -> dict[int, int | list[int]]:
        """Rows by account and amount, made one integer: a third of the memory of a pair."""
        accounts = len(self.accounts)
        return rows_by_key([n * accounts + at for at, n in zip(self.account_of, self.items.open_minor, strict=True)])

    def rows_of_amount(self, account: int, amount: int) -> list[int]:
        """Items of an account that had exactly `amount` open when the run began, oldest due first."""
        key = (account, amount)
        rows = self._equal.get(key)
        if rows is None:
            rows = [row for row in self.with_amount(account, amount) if not self.is_credit[row]]
            self._equal[key] = rows = self._by_age(rows) if len(rows) > 1 else rows
        return rows

    def skips_an_older(self, row: int, received: date) -> bool:
        """Whether an item was issued some days after money came, while an equal one of its debtor stands open: who paid
        hardly knew its number."""
        issued_on, left = self.items.issued_on, self.left
        if issued_on[row] <= received + _A_LITTLE_LATER:
            return False
        equal = self.rows_of_amount(self.account_of[row], left[row])
        return any([other != row and left[other] == left[row] and issued_on[other] <= received for other in equal])

    def first_of_amount(self, account: int, amount: int, last_issue: date) -> int | None:
        """The oldest due item of an account with exactly `amount` left, issued by `last_issue`.

        Used-up items at the front are skipped once and for all, so that equal amounts stay linear.
        """
        rows = self.rows_of_amount(account, amount)
        start = self._skipped.get((account, amount), 0)
        while start < len(rows) and self.left[rows[start]] != amount:
            start += 1
        self._skipped[account, amount] = start
        for row in rows[start : start + 64]:
            if self.left[row] == amount and self.items.issued_on[row] <= last_issue:
                return row
        return None

    @cached_property
    def settled(self) -> Lists[str]:
        """Compact numbers of recently closed invoices, with their accounts; -1 for one that is no account any more."""
        return self._settled_accounts

    @cached_property
    def _settled_accounts(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        if self._settled is not None:
            s = self._settled
            rows = zip(s.seller, s.debtor, compact_numbers(s.number), strict=True)
            for seller, debtor, number in rows:
                found.setdefault(number, []).append(self.account_at.get((seller, debtor), -1))
        return found

    def of_amount(self, amount: int, most: int) -> list[int]:
        """Rows that had `amount` open when the run began: at most `most`, those of the lowest ids."""
        rows = self._by_amount.get(amount, [])
        if isinstance(rows, int):
            return [rows]
        if len(rows) > most and amount not in self._ordered:
            rows.sort(key=self.items.id.__getitem__)
            self._ordered.add(amount)
        return rows[:most]

    @cached_property
    def _by_amount(self) -> dict[int, int | list[int]]:
        self._ordered: set[int] = set()
        return rows_by_key(self.items.open_minor)

    @cached_property
    def by_order(self) -> Lists[str]:
        """Rows by compact order or payment reference of at least four characters, one of them a digit."""
        return self._rows_by_order

    @cached_property
    def _rows_by_order(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for column in (self.items.order_ref, self.items.payment_ref):
            rows = compress(range(len(column)), column)
            for row, key in zip(rows, compact_numbers(filter(None, column)), strict=True):
                if len(key) >= 4 and not key.isalpha():  # `is_order_key`, of very many
                    found.setdefault(key, []).append(row)
        return found

    @cached_property
    def begins(self) -> set[str]:
        """The letters that closed numbers and order references begin with; "" when some have none."""
        return beginnings([*self._settled_accounts, *self._rows_by_order])
