"""Whose invoices a receipt pays: what it is applied to here, what its text names, and what the books matched it with.

A payer may have another name than the debtor, and a number like FA100 is too short to be a reference by itself. But
an invoice of that number, of one debtor only, and of the amount of an entry of his: that says whose money it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from itertools import pairwise
from typing import NamedTuple

from hub.core.reconcile.texts.text import compact, fold, mask

Account = tuple[str, str]  # seller, debtor
Document = tuple[str, str]  # seller, number in comparison form

_WORD = re.compile(r"[A-Z0-9]+(?:[-/._][A-Z0-9]+)*")
#: Characters of a number that is told by letters too, and of one that is digits only.
_SHORT, _SHORT_DIGITS = 3, 4
_YEAR = re.compile(r"(?:19|20)\d\d")


class Told(NamedTuple):
    """What is known of one receipt: debtors whose money it is, and the documents that it pays, as far as known."""

    accounts: frozenset[Account] = frozenset()
    documents: frozenset[Document] = frozenset()


NOTHING = Told()


def agree(told: Mapping[int, Told], ours: int, theirs: int, *, wholly: bool = True) -> bool:
    """True when both are of the same debtor; not `wholly`: one of several debtors is enough."""
    a, b = told.get(ours, NOTHING).accounts, told.get(theirs, NOTHING).accounts
    return len(a) == 1 and a == b if wholly else bool(a & b)


def conflict(told: Mapping[int, Told], ours: int, theirs: int) -> bool:
    """True when both say which documents they pay, and no document is the same."""
    a, b = told.get(ours, NOTHING).documents, told.get(theirs, NOTHING).documents
    return bool(a and b) and not a & b


def names(text: str) -> set[str]:
    """The words of a text that may be numbers of documents, in comparison form: dates, amounts and account numbers are
    left out; of two words beside each other also both together, as banks cut "FA 100"."""
    shown, _ = mask(fold(text))
    words = [compact(word) for word in _WORD.findall(shown)]
    joined = (a + b for a, b in pairwise(words) if a.isalpha() and b[:1].isdigit())
    return {word for word in (*words, *joined) if number_like(word)}


def number_like(word: str) -> bool:
    """True when a word may stand for a document by itself: it has a digit, and is no year."""
    if word.isdigit():
        return len(word) >= _SHORT_DIGITS and not _YEAR.fullmatch(word)
    return len(word) >= _SHORT and any(map(str.isdigit, word))
