"""A sighting as the matcher reads it: amount, days, references, and who may have paid."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from rapidfuzz.fuzz import ratio

from hub.core.identity.bank_days import bank_days
from hub.core.reconcile.payers.names import iban_key, name_words
from hub.core.reconcile.texts.text import compact, fold, mask

Words = tuple[str, ...]

CHEQUE, OTHER_MEANS, UNKNOWN_MEANS = "cheque", "other", ""
AGREES, SILENT, CONTRADICTS = "agrees", "silent", "contradicts"

#: Bank days between the dates of two sightings up to which a payer is enough; cheques lie on desks.
NEAR_DAYS, NEAR_CHEQUE_DAYS = 3, 10
#: Bank days before and after the date in the books within which a reference is believed, or a suggestion made.
BEFORE_DAYS, AFTER_DAYS = 5, 20
#: The same in calendar days, for a first look.
WIDEST_DAYS = 40

_LEAST_REFERENCE, _LEAST_DIGITS = 5, 4
_TOKEN = re.compile(r"[A-Z0-9]+(?:[-/._][A-Z0-9]+)*")
_CHEQUE = re.compile(r"\bCHQS?\b|\bCHEQUES?\b|\bRCHQ\b")
_TRANSFER = re.compile(r"\bVIRT?\b|\bVIREMENTS?\b|\bPRLV\b|\bPRELEVEMENTS?\b|\bRCDT\b|\bSCT\b|\bCB\b|\bCARTE\b|\bLCR\b")
_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{10,30}")
#: Letters of a cut name that still tell it; likeness of names (of 100) that are the same, or surely are not.
_CUT, _SAME, _OTHER = 8, 92, 60


class Sighting(NamedTuple):
    """One receipt as one source saw it.

    `days`: booking and value date. `references`: written references in comparison form. `text`: the reference-like
    words of its texts, `references` included. `names`: words of each name the payer may have; `ibans` of his
    accounts. `means`: "cheque", "other", or "" when nothing tells. `batch`: deposit or batch that it belongs to.
    `key`: what its source calls it, which does not depend on who was read first; it decides between equals.
    """

    id: int
    seller: str | None
    account: str | None
    currency: str
    amount_minor: int
    days: tuple[date, ...]
    references: frozenset[str] = frozenset()
    text: frozenset[str] = frozenset()
    names: tuple[Words, ...] = ()
    ibans: frozenset[str] = frozenset()
    means: str = UNKNOWN_MEANS
    batch: str | None = None
    key: str = ""

    @property
    def order(self) -> tuple[date, str, int]:
        """By date, then by what its source calls it: the same whoever was read first."""
        return self.days[0], self.key, self.id


class Source(NamedTuple):
    """The fields of a receipt that tell which sum it is; texts as the source wrote them."""

    id: int
    seller: str | None
    account: str | None
    currency: str
    amount_minor: int
    received_on: date
    value_on: date | None
    references: tuple[str | None, ...]
    texts: tuple[str | None, ...]
    means: tuple[str | None, ...]
    names: tuple[str | None, ...]
    ibans: tuple[str | None, ...]
    batch: str | None
    key: str = ""


def sighting(source: Source) -> Sighting:
    """`source` in comparison form."""
    references = frozenset(filter(None, (reference(text) for text in source.references if text)))
    told = fold(" ".join(text for text in (*source.means, *source.texts) if text))
    means = CHEQUE if _CHEQUE.search(told) else OTHER_MEANS if _TRANSFER.search(told) else UNKNOWN_MEANS
    account = iban_key(source.account or "")
    return Sighting(
        id=source.id,
        seller=source.seller,
        account=account if _IBAN.fullmatch(account) else None,
        currency=source.currency,
        amount_minor=source.amount_minor,
        days=tuple(dict.fromkeys(day for day in (source.received_on, source.value_on) if day is not None)),
        references=references,
        text=references | frozenset(_tokens(" ".join(text for text in source.texts if text))),
        names=tuple(words for name in source.names if name and (words := _name(name))),
        ibans=frozenset(iban_key(iban) for iban in source.ibans if iban),
        means=means,
        batch=compact(source.batch) or None if source.batch else None,
        key=source.key,
    )


def reference(text: str) -> str:
    """A written reference in comparison form; empty when it is too short, or says that there is none."""
    short = compact(text)
    return short if len(short) >= _LEAST_REFERENCE and sum(map(str.isdigit, short)) >= _LEAST_DIGITS else ""


def _tokens(text: str) -> set[str]:
    """The words of a text that look like references: dates, amounts and account numbers are left out."""
    shown, _ = mask(fold(text))
    return {short for word in _TOKEN.findall(shown) if (short := reference(word))}


@lru_cache(maxsize=50_000)
def _name(name: str) -> Words:
    return name_words(name)


def days_apart(books: Sighting, seen: Sighting) -> int:
    """Bank days from the date in the books to that at the bank, the two closest ones; negative when the bank's is
    earlier."""
    return min((bank_days(ours, theirs) for ours in books.days for theirs in seen.days), key=lambda n: (abs(n), n))


def may_be_one(books: Sighting, seen: Sighting) -> bool:
    """False when currency, account, seller or the dates say that these are two sums. Amounts are not looked at."""
    if books.currency != seen.currency or abs((books.days[0] - seen.days[0]).days) > WIDEST_DAYS:
        return False
    if books.account and seen.account and books.account != seen.account:
        return False
    if books.seller and seen.seller and books.seller != seen.seller:
        return False
    return -BEFORE_DAYS <= days_apart(books, seen) <= AFTER_DAYS


def payer(books: Sighting, seen: Sighting) -> str:
    """Whether both name the same payer: by account, else by the most alike of their names."""
    if books.ibans & seen.ibans:
        return AGREES
    if not books.names or not seen.names:
        return SILENT
    likeness = max(_alike(ours, theirs) for ours in books.names for theirs in seen.names)
    return AGREES if likeness >= _SAME else CONTRADICTS if likeness < _OTHER else SILENT


@lru_cache(maxsize=100_000)
def _alike(ours: Words, theirs: Words) -> int:
    """Likeness of two names, 0 to 100; a name that the other begins with is the same one, cut by a bank. Two words may
    stand in either order, as those of a person do; of three, another order is another name."""
    a, b = " ".join(ours), " ".join(theirs)
    short, long = sorted((a, b), key=len)
    if len(short) >= _CUT and long.startswith(short):
        return 100
    if len(ours) == 2 and set(ours) == set(theirs):
        return 100
    return int(ratio(a, b))
