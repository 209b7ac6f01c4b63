"""The image of a ledger: its open items in columns, with where each is found again, as they stood at one moment."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import Any

from hub.core.reconcile.index.keys import letters_of, order_key
from hub.core.reconcile.index.layouts import NO_SCHEME, Scheme
from hub.core.reconcile.index.numbers import (
    HEAD,
    compact_numbers,
    counter_of,
    digits_of,
    is_sampled,
    learn_schemes,
    lookalike_of,
    sample_step,
    series_of,
)
from hub.core.reconcile.inputs import CREDIT_NOTE, INVOICE, OpenItems, SettledNumbers
from hub.core.reconcile.kept.chains import Chain, chain, hash_of_number, hashes_of_texts, slots_for
from hub.core.reconcile.kept.columns import Coded, Days, Laid, Texts, lay
from hub.core.reconcile.texts.text import compact

#: Raised by one whenever columns, keys or chains are made otherwise: an image of another format is no image.
FORMAT = 4
_TEXTS = ("number", "order_ref", "payment_ref", "corrects", "discount_terms")
_FINER = 2  # so many times more numbers are noted per series than are read: the ledger may shrink by half


@dataclass(frozen=True, slots=True)
class Whole:
    """What an image is made of: a ledger as the engine is given it, and what its caller wants to find again.

    closed_ids: the documents of `closed`, in its order. in_books, allocated: minor units by document.
    crediting: (credit note, the number it corrects as its caller compares numbers).
    """

    items: OpenItems
    closed: SettledNumbers
    closed_ids: Sequence[int]
    in_books: Mapping[int, int]
    allocated: Mapping[int, int]
    crediting: Sequence[tuple[int, str]] = ()


def pair_and_amount(pair: int, amount: int) -> int:
    """The key of an account and an amount together."""
    return amount * 1_000_003 + pair


def by_account_and_age(items: OpenItems) -> OpenItems:
    """The items by account, in each by age as `Ledger.age` tells it: so an account's rows lie together, in order."""
    issued = [day.toordinal() for day in items.issued_on]
    due = [day.toordinal() if day else first for day, first in zip(items.due_on, issued, strict=True)]
    keys = list(zip(items.seller, items.debtor, due, issued, items.number, items.id, strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    columns: dict[str, Any] = {}
    for name in OpenItems.__slots__:
        column = getattr(items, name)
        columns[name] = [column[row] for row in order]
    return OpenItems(**columns)


def lay_image(whole: Whole, told: Mapping[str, Any]) -> Iterator[bytes | memoryview]:
    """The bytes of an image, piece by piece. `told` is the caller's own: what the image was made from, and when."""
    return _Laying(whole).pieces(told)


class _Laying:
    """An image in the making."""

    def __init__(self, whole: Whole) -> None:
        closed_pairs = list(zip(whole.closed.seller, whole.closed.debtor, strict=True))
        self.pairs = sorted({*zip(whole.items.seller, whole.items.debtor, strict=True), *closed_pairs})
        at = {pair: n for n, pair in enumerate(self.pairs)}
        self.closed_pair = array("I", [at[pair] for pair in closed_pairs])
        self.whole, self.items = whole, by_account_and_age(whole.items)
        self.pair = array("I", [at[p] for p in zip(self.items.seller, self.items.debtor, strict=True)])
        self.compact = compact_numbers(self.items.number)
        self.closed = [compact(number) for number in whole.closed.number]
        series = list(map(series_of, self.items.seller, self.compact))
        schemes = learn_schemes(self.compact, series, self.items.issued_on, self.items.number)
        self.sizes = Counter(series)
        self.all_series = sorted(self.sizes)
        code = {name: n for n, name in enumerate(self.all_series)}
        self.schemes = [schemes.get(name) for name in self.all_series]
        self.series = array("I", [code[name] for name in series])
        references = (self.items.order_ref, self.items.payment_ref)
        #: Of order references, then of payment references; "" where there is none.
        self.order_keys = [order_key(reference) if reference else "" for column in references for reference in column]
        self.currencies = sorted(set(self.items.currency))
        self.numbers: dict[str, array[int]] = {}

    def pieces(self, told: Mapping[str, Any]) -> Iterator[bytes | memoryview]:
        """The bytes."""
        self._columns()
        self._chains()
        texts: dict[str, Iterable[str | None]] = {name: getattr(self.items, name) for name in _TEXTS}
        texts |= {"compact": self.compact, "closed": self.closed, "credits": [key for _, key in self.whole.crediting]}
        facts = {
            "format": FORMAT,
            "pairs": self.pairs,
            "currencies": self.currencies,
            "series": self.all_series,
            "schemes": [_plain(scheme) for scheme in self.schemes],
            "samples": self._samples(),
            "prefixes": self._prefixes(),
            "heads": Counter(number[:HEAD] for number in self.compact),
            "begins": Counter(letters_of(key) for key in (*self.closed, *self.order_keys) if key),
            "caller": dict(told),
        }
        return lay(facts, self.numbers, texts)

    def _columns(self) -> None:
        items, whole = self.items, self.whole
        currency = {name: n for n, name in enumerate(self.currencies)}
        counts = Counter(self.pair)
        self.numbers |= {
            "id": array("q", items.id),
            "pair": self.pair,
            "series": self.series,
            "credit": array("B", [kind == CREDIT_NOTE for kind in items.kind]),
            "issued_on": array("I", [day.toordinal() for day in items.issued_on]),
            "due_on": array("I", [day.toordinal() if day else 0 for day in items.due_on]),
            "currency": array("H", [currency[name] for name in items.currency]),
            "total_minor": array("q", items.total_minor),
            "open_minor": array("q", items.open_minor),
            "in_books": array("q", [whole.in_books.get(id_, 0) for id_ in items.id]),
            "allocated": array("q", [whole.allocated.get(id_, 0) for id_ in items.id]),
            "of_pair": array("I", [counts[pair] for pair in range(len(self.pairs))]),
            "of_series": array("I", [self.sizes[name] for name in self.all_series]),
            "closed_id": array("q", whole.closed_ids),
            "closed_pair": self.closed_pair,
            "credit_id": array("q", [id_ for id_, _ in whole.crediting]),
        }

    def _chains(self) -> None:
        schemes = [scheme or NO_SCHEME for scheme in self.schemes]
        scheme_of = [schemes[code] for code in self.series]
        opened, closed_ids = self.items.open_minor, self.whole.closed_ids
        self._text_chain("whole", self.compact)
        self._text_chain("counter", map(counter_of, self.compact, scheme_of))
        self._text_chain("digits", map(digits_of, self.compact, scheme_of))
        self._text_chain("lookalike", map(lookalike_of, self.compact))
        self._text_chain("closed", self.closed, len(self.closed))
        self._text_chain("credits", [key for _, key in self.whole.crediting], len(self.whole.crediting))
        orders = zip(self.order_keys, hashes_of_texts(self.order_keys), strict=True)
        self._chain("order", (hashed if key else -1 for key, hashed in orders), len(self.compact))
        self._number_chain("id", self.items.id)
        self._number_chain("closed_id", closed_ids)
        self._number_chain("amount", opened)
        self._number_chain("account_amount", list(map(pair_and_amount, self.pair, opened)))

    def _text_chain(self, name: str, keys: Iterable[str], size: int | None = None) -> None:
        self._chain(name, hashes_of_texts(keys), len(self.compact) if size is None else size)

    def _number_chain(self, name: str, keys: Sequence[int]) -> None:
        self._chain(name, map(hash_of_number, keys), len(keys))

    def _chain(self, name: str, hashes: Iterable[int], size: int) -> None:
        self.numbers[f"{name}>"], self.numbers[f"{name}>>"] = chain(hashes, slots_for(size))

    def _samples(self) -> list[list[int]]:
        """The rows of each series that its scheme may be learnt from."""
        found: list[list[int]] = [[] for _ in self.all_series]
        steps = [noted_step(self.sizes[name]) for name in self.all_series]
        for row, code in enumerate(self.series):
            if is_sampled(self.compact[row], steps[code]):
                found[code].append(row)
        return found

    def _prefixes(self) -> list[tuple[str, str, int]]:
        """(seller, letters, how many numbers begin so)."""
        schemes = [scheme or NO_SCHEME for scheme in self.schemes]
        numbers = zip(self.items.seller, self.compact, self.series, strict=True)
        counts = Counter((seller, number[schemes[code].prefix]) for seller, number, code in numbers)
        return [(*key, count) for key, count in counts.items()]


def noted_step(size: int) -> int:
    """One in how many numbers of a series an image notes: more than are read now."""
    return max(1, sample_step(size) // _FINER)


def _plain(scheme: Scheme | None) -> list[list[int]] | None:
    return None if scheme is None else [[part.start, part.stop] for part in scheme]


class Image:
    """An image as it lies there; rows are numbered in the order in which they were laid, by account and age.

    Raises:
        ValueError: it is of another format, or not whole.
    """

    def __init__(self, held: memoryview) -> None:
        laid = Laid(held)
        facts = laid.told
        if facts.get("format") != FORMAT:
            raise ValueError(f"an image of format {facts.get('format')}, not {FORMAT}")
        self.told: dict[str, Any] = facts["caller"]
        self.pairs: list[tuple[str, str]] = [(seller, debtor) for seller, debtor in facts["pairs"]]
        self.all_series: list[str] = facts["series"]
        self.schemes = [_scheme(parts) for parts in facts["schemes"]]
        self.samples: list[list[int]] = facts["samples"]
        self.prefixes: dict[tuple[str, str], int] = {(s, letters): n for s, letters, n in facts["prefixes"]}
        self.heads: dict[str, int] = facts["heads"]
        self.begins: dict[str, int] = facts["begins"]
        self.id, self.pair, self.series = laid.numbers("id"), laid.numbers("pair"), laid.numbers("series")
        self.credit, self.open_minor = laid.numbers("credit"), laid.numbers("open_minor")
        self.in_books, self.allocated = laid.numbers("in_books"), laid.numbers("allocated")
        self.of_pair, self.of_series = laid.numbers("of_pair"), laid.numbers("of_series")
        self.closed_id, self.closed_pair = laid.numbers("closed_id"), laid.numbers("closed_pair")
        self.credit_id = laid.numbers("credit_id")
        self.compact: Texts[str] = laid.texts("compact")
        self.closed: Texts[str] = laid.texts("closed")
        self.credits: Texts[str] = laid.texts("credits")
        self.scheme_of: Sequence[Scheme] = Coded(self.series, [scheme or NO_SCHEME for scheme in self.schemes])
        self.items = self._items(laid, facts["currencies"])
        self._begins_at = [0, *accumulate(self.of_pair)]
        self._laid = laid
        self._chains: dict[str, Chain] = {}

    def _items(self, laid: Laid, currencies: Sequence[str]) -> OpenItems:
        texts: dict[str, Texts[Any]] = {name: laid.texts(name) for name in _TEXTS}
        return OpenItems(
            id=self.id,
            seller=Coded(self.pair, [seller for seller, _ in self.pairs]),
            debtor=Coded(self.pair, [debtor for _, debtor in self.pairs]),
            kind=Coded(self.credit, (INVOICE, CREDIT_NOTE)),
            issued_on=Days[date](laid.numbers("issued_on")),
            due_on=Days[date | None](laid.numbers("due_on")),
            currency=Coded(laid.numbers("currency"), currencies),
            total_minor=laid.numbers("total_minor"),
            open_minor=self.open_minor,
            **texts,
        )

    def chain(self, name: str) -> Chain:
        """Where rows are found by: whole, counter, digits, lookalike, order, closed, credits (texts); id, closed_id,
        amount, account_amount (numbers)."""
        known = self._chains.get(name)
        if known is None:
            known = self._chains[name] = Chain(self._laid.numbers(f"{name}>"), self._laid.numbers(f"{name}>>"))
        return known

    def rows_of_pair(self, pair: int) -> range:
        """The rows of an account, by its number among `pairs`; oldest due first."""
        return range(self._begins_at[pair], self._begins_at[pair + 1])

    def row_of(self, document: int) -> int | None:
        """The row of an open item by its id."""
        return next(iter(self.chain("id").number(document, lambda row: self.id[row] == document)), None)

    def closed_row_of(self, document: int) -> int | None:
        """The place of a closed document among the closed ones."""
        return next(iter(self.chain("closed_id").number(document, lambda at: self.closed_id[at] == document)), None)

    def crediting(self, key: str) -> list[int]:
        """The credit notes that correct the number `key`."""
        return [self.credit_id[at] for at in self.chain("credits").text(key, lambda at: self.credits[at] == key)]


def _scheme(parts: list[list[int]] | None) -> Scheme | None:
    return None if parts is None else Scheme(*(slice(start, stop) for start, stop in parts))
