"""The engine's ledger over a standing image: nothing is indexed, what a receipt asks for is looked up."""

from __future__ import annotations

from array import array
from bisect import insort
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

from hub.core.reconcile.index.keys import letters_of, order_key
from hub.core.reconcile.index.ledger import Ledger, Lists
from hub.core.reconcile.inputs import CREDIT_NOTE, Debtors, OpenItems
from hub.core.reconcile.kept.columns import Coded, joined
from hub.core.reconcile.kept.image import Image, pair_and_amount
from hub.core.reconcile.kept.lookups import FoundLists, Remembered, numbered
from hub.core.reconcile.kept.numbers import StandingNumbers
from hub.core.reconcile.kept.standing import Standing
from hub.core.reconcile.texts.text import compact


class StandingLedger(Ledger):
    """A `Ledger` that says the same of a standing image as one made of its items would.

    Rows of the image keep their numbers; those that came since follow.

    Raises:
        StaleImage: the numbers are laid out otherwise than when the image was laid.
    """

    def __init__(self, standing: Standing, debtors: Debtors) -> None:
        self._standing, self._image, self._more = standing, standing.image, standing.items
        image, more = self._image, self._more
        self.items = _joined(image.items, more)
        self.numbers = StandingNumbers(standing)
        left = array("q", image.open_minor)
        left.extend(more.open_minor)
        self.left = left
        self.is_credit = bytes(image.credit) + bytes(kind == CREDIT_NOTE for kind in more.kind)
        pairs = list(zip(more.seller, more.debtor, strict=True))
        gone = Counter(image.pair[row] for row in standing.gone)
        still = [pair for at, pair in enumerate(image.pairs) if image.of_pair[at] > gone[at]]
        self._number_accounts([*still, *sorted(set(pairs))], debtors)
        self._account_of_pair = [self.account_at.get(pair, -1) for pair in image.pairs]
        self._pair_of_account = {account: pair for pair, account in enumerate(self._account_of_pair)}
        mine = self._accounts_since = [self.account_at[pair] for pair in pairs]
        self.account_of = joined(Coded(image.pair, self._account_of_pair), mine)
        self._since: dict[int, list[int]] = {}
        for row, account in enumerate(mine, start=len(image.id)):
            self._since.setdefault(account, []).append(row)
        self._in_order: set[int] = set()
        self.rows_of = Remembered(len(self.accounts), self._rows_of)

    def _rows_of(self, account: int) -> list[int]:
        """The rows of an account that count."""
        gone, pair = self._standing.gone, self._pair_of_account.get(account, -1)
        found = [] if pair < 0 else [row for row in self._image.rows_of_pair(pair) if row not in gone]
        return found + self._since.get(account, [])

    def rows_by_age(self, account: int) -> list[int]:
        """Items of an account, oldest due first: the image's lie in that order, those that came since find theirs."""
        rows = self.rows_of[account]
        if account not in self._sorted:
            since = self._since.get(account, [])
            del rows[len(rows) - len(since) :]
            for row in since:
                insort(rows, row, key=self.age)
            self._sorted.add(account)
        return rows

    def with_amount(self, account: int, amount: int) -> Sequence[int]:
        """Items of an account that had exactly `amount` open when the run began, in no particular order."""
        return self._by_account_and_open.get((account, amount)) or ()

    @cached_property
    def _by_account_and_open(self) -> FoundLists[tuple[int, int]]:
        image, gone, opened = self._image, self._standing.gone, self._image.open_minor

        def lying(key: tuple[int, int]) -> list[int]:
            pair, amount = self._pair_of_account.get(key[0], -1), key[1]
            if pair < 0:
                return []
            return image.chain("account_amount").number(
                pair_and_amount(pair, amount),
                lambda row: opened[row] == amount and image.pair[row] == pair and row not in gone,
            )

        return FoundLists(
            lying, numbered(list(zip(self._accounts_since, self._more.open_minor, strict=True)), len(image.id))
        )

    @cached_property
    def settled(self) -> Lists[str]:
        """Compact numbers of recently closed invoices, with their accounts; -1 for one that is no account any more."""
        image, gone, more = self._image, self._standing.gone_closed, self._standing.settled

        def lying(key: str) -> list[int]:
            places = image.chain("closed").text(key, lambda at: image.closed[at] == key and at not in gone)
            return [self._account_of_pair[image.closed_pair[at]] for at in places]

        accounts = (self.account_at.get(pair, -1) for pair in zip(more.seller, more.debtor, strict=True))
        return FoundLists(lying, zip(map(compact, more.number), accounts, strict=True))

    def of_amount(self, amount: int, most: int) -> list[int]:
        """Rows that had `amount` open when the run began: at most `most`, those of the lowest ids."""
        rows = self._by_open.get(amount) or []
        if len(rows) > most and amount not in self._in_order:
            rows.sort(key=self.items.id.__getitem__)
            self._in_order.add(amount)
        return rows[:most]

    @cached_property
    def _by_open(self) -> FoundLists[int]:
        image, gone = self._image, self._standing.gone

        def lying(amount: int) -> list[int]:
            return image.chain("amount").number(amount, lambda row: image.open_minor[row] == amount and row not in gone)

        return FoundLists(lying, numbered(self._more.open_minor, len(image.id)))

    @cached_property
    def by_order(self) -> Lists[str]:
        """Rows by compact order or payment reference of at least four characters, one of them a digit."""
        image, gone, size = self._image, self._standing.gone, len(self._image.id)

        def is_meant(place: int, key: str) -> bool:
            return place % size not in gone and _order_at(image, place) == key

        def lying(key: str) -> list[int]:
            return [place % size for place in image.chain("order").text(key, lambda place: is_meant(place, key))]

        since = (
            (key, row)
            for column in (self._more.order_ref, self._more.payment_ref)
            for key, row in numbered(list(map(order_key, column)), size)
            if key
        )
        return FoundLists(lying, since)

    @cached_property
    def begins(self) -> set[str]:
        """The letters that closed numbers and order references begin with; "" when some have none."""
        image, standing = self._image, self._standing
        gone = Counter(letters_of(image.closed[at]) for at in standing.gone_closed)
        gone.update(letters_of(key) for row in standing.gone for key in _orders_of(image, row))
        found = {letters for letters, count in image.begins.items() if count > gone[letters]}
        found |= {letters_of(compact(number)) for number in standing.settled.number}
        return found | {
            letters_of(key)
            for column in (self._more.order_ref, self._more.payment_ref)
            for key in map(order_key, column)
            if key
        }


def _joined(base: OpenItems, more: OpenItems) -> OpenItems:
    names = OpenItems.__slots__
    columns: dict[str, Any] = {name: joined(getattr(base, name), getattr(more, name)) for name in names}
    return OpenItems(**columns)


def _order_at(image: Image, place: int) -> str:
    """The key at a place of the chain of orders: order references first, then payment references."""
    size = len(image.id)
    column = image.items.order_ref if place < size else image.items.payment_ref
    return order_key(column[place % size])


def _orders_of(image: Image, row: int) -> Iterator[str]:
    for column in (image.items.order_ref, image.items.payment_ref):
        if key := order_key(column[row]):
            yield key
