"""Numbers that are not written as they are printed: in groups of three digits, or as a builder speaks of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from hub.core.reconcile.index.numbers import NumberIndex, tail_of
from hub.core.reconcile.texts.words import INVOICE_WORDS, SITUATION_WORDS

GROUPED = re.compile(r"(?<![\d.,/-])\d{1,3}(?: \d{3})+(?![\d.,])")
_WORD_BEFORE = re.compile(r"([A-Z]+)[ .:/-]*$")
_BETWEEN = " ,;+/&-"  # between two numbers of a list
_LEAST_COUNTED = 3  # digits of a contract's number
_DIGITS, _LETTERS = "0123456789", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Numbered(Protocol):
    """A ledger's numbers."""

    @property
    def numbers(self) -> NumberIndex:
        """The index of them."""


def ungrouped(work: Numbered, masked: str) -> str:
    """A text with the counters put together that are written like sums: the "105 826" of "DV 105 826".

    Letters of numbers, or a word that announces one, stand in front, or another one of a list.
    """
    numbers, ended = work.numbers, -1

    def join(found: re.Match[str]) -> str:
        nonlocal ended
        text = found.group()
        before = _WORD_BEFORE.search(masked, 0, found.start())
        announced = before is not None and (before[1] in numbers.prefixes or before[1] in INVOICE_WORDS)
        listed = ended >= 0 and not masked[ended : found.start()].strip(_BETWEEN)
        counter = text.replace(" ", "")
        if not (announced or listed) or counter not in _counters(numbers, counter):
            return text
        ended = found.end()
        return counter

    return GROUPED.sub(join, masked)


def _counters(numbers: NumberIndex, counter: str) -> Iterator[str]:
    """The counters, as printed, of the open numbers that have this one without its zeros."""
    for row in numbers.rows(numbers.by_counter.get(counter.lstrip("0"))):
        yield numbers.compact[row][numbers.scheme_of[row].counter]


def contracts(
    work: Numbered, texts: Sequence[str], used: Sequence[bool], situations: list[str]
) -> dict[int, list[int]]:
    """The invoices that contracts and situations name, by the run that is the contract's number: "SITUATION 5 CHANTIER
    1880" is 1880-S05.

    One situation is that of every contract; of several each contract has its own, in their order. Where there are more
    of the one than of the other, nothing tells which belong together.
    """
    some = [at for at, text in enumerate(texts) if not used[at] and _of(work, text, situations)]
    if len(situations) > 1 and len(some) != len(situations):
        return {}
    own = situations if len(situations) > 1 else situations * len(some)
    return {at: rows for at, one in zip(some, own, strict=True) if (rows := _of(work, texts[at], [one]))}


def _of(work: Numbered, counter: str, situations: Iterable[str]) -> list[int]:
    """The invoices of a contract of this number that are one of these situations."""
    numbers, found = work.numbers, list[int]()
    if len(counter) < _LEAST_COUNTED or not counter.isdigit():
        return found
    for row in numbers.rows(numbers.by_counter.get(counter.lstrip("0"))):
        tail = tail_of(numbers.compact[row], numbers.scheme_of[row])
        letters, figure = tail.rstrip(_DIGITS), tail.lstrip(_LETTERS).lstrip("0")
        if figure in situations and letters and any(word.startswith(letters) for word in SITUATION_WORDS):
            found.append(row)
    return found
