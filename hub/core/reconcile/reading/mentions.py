"""What a text says about items: numbers it may name, and words that change the meaning of the whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from hub.core.reconcile.index.keys import letters_of
from hub.core.reconcile.texts.words import VOUCHER_WORDS

FULL, STRONG, BARE, WEAK = 4, 3, 2, 1  # how completely a number is written


class Ref(NamedTuple):
    """One open item a number may stand for, and how completely it is written."""

    row: int
    strength: int


class Mention(NamedTuple):
    """A number of the text with the items it may stand for. `chained`: joined to the one before as a range."""

    text: str
    where: str
    refs: tuple[Ref, ...]
    opens_range: bool = False


@dataclass(slots=True)
class Reading:
    """Everything a receipt's texts say."""

    mentions: list[Mention] = field(default_factory=list)
    closed: list[tuple[str, list[int]]] = field(default_factory=list)  # number, accounts
    unknown: list[str] = field(default_factory=list)  # built like our numbers, but neither open nor closed
    left_out: list[int] = field(default_factory=list)  # rows that the text says are not paid: "SAUF FA1021"
    orders: list[tuple[str, list[int]]] = field(default_factory=list)  # order or payment reference, rows
    months: list[tuple[int | None, int]] = field(default_factory=list)
    due_on: list[date] = field(default_factory=list)  # announced as due dates: "ECH 310126"
    days: tuple[date, ...] = ()  # dates in figures
    weeks: tuple[int, ...] = ()  # of the year, ISO 8601: "SEMAINE 34"
    accounts: list[int] = field(default_factory=list)  # by SIREN in the text
    customers: list[int] = field(default_factory=list)  # by the customer number in the text
    words: list[str] = field(default_factory=list)
    statement: bool = False
    part: bool = False
    discount: bool = False
    more: bool = False  # "and others"
    goes_on: bool = False  # behind a number stands what may be the next one, and is not understood
    of_something: bool = False  # a number announced as an order, a file or a contract that nobody here knows
    on_behalf: bool = False  # the payer says it pays for someone else

    @property
    def names_something(self) -> bool:
        """Whether the text points at particular items."""
        if self.closed or self.unknown or self.orders:
            return True
        return any([m.refs[0].strength > WEAK for m in self.mentions])

    @property
    def only_refers(self) -> bool:
        """Whether all it points at is announced as a reference or a voucher, and no number of ours: the payer's own."""
        if not self.unknown or self.closed or self.orders or any([m.refs[0].strength > WEAK for m in self.mentions]):
            return False
        return all([letters_of(text) in VOUCHER_WORDS for text in self.unknown])
