"""Open numbers of a standing image: how they are built, and where each is found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from functools import cached_property

from hub.core.reconcile.index.layouts import NO_SCHEME, Sample, Scheme, learn_scheme
from hub.core.reconcile.index.numbers import (
    HEAD,
    Index,
    NumberIndex,
    compact_numbers,
    counter_of,
    digits_of,
    is_sampled,
    lookalike_of,
    sample_step,
    series_of,
)
from hub.core.reconcile.kept.columns import joined
from hub.core.reconcile.kept.image import noted_step
from hub.core.reconcile.kept.lookups import Found, numbered
from hub.core.reconcile.kept.standing import Standing


class StaleImage(Exception):
    """The ledger changed so that an image of it cannot be mended: a new one is to be laid."""


class StandingNumbers(NumberIndex):
    """A `NumberIndex` that says the same of a standing image as one made of its items would.

    Raises:
        StaleImage: some numbers follow another scheme now.
    """

    def __init__(self, standing: Standing) -> None:
        self._image, self._gone, more = standing.image, standing.gone, standing.items
        image = self._image
        self._since = compact_numbers(more.number)
        self._series = list(map(series_of, more.seller, self._since))
        self._rows_of: dict[str, list[int]] = {}
        for row, name in enumerate(self._series):
            self._rows_of.setdefault(name, []).append(row)
        self._more = more
        self.compact = joined(image.compact, self._since)
        schemes = self._schemes()
        self._scheme_since = [schemes[name] or NO_SCHEME for name in self._series]
        self.scheme_of = joined(image.scheme_of, self._scheme_since)
        compacts = image.compact
        self.whole = self._found("whole", lambda row, key: compacts[row] == key, self._since)
        self.by_counter = self._by_part("counter", counter_of)
        self.by_digits = self._by_part("digits", digits_of)
        heads = Counter(compacts[row][:HEAD] for row in self._gone)
        self.heads = {head for head, count in image.heads.items() if count > heads[head]}
        self.heads |= {number[:HEAD] for number in self._since}
        self._read_prefixes()

    def _found(self, name: str, has: Callable[[int, str], bool], since: Sequence[str]) -> Index[str]:
        chain, gone = self._image.chain(name), self._gone

        def lying(key: str) -> list[int]:
            return chain.text(key, lambda row: row not in gone and has(row, key))

        return Found(lying, numbered(since, len(self._image.id)))

    def _by_part(self, name: str, part: Callable[[str, Scheme], str]) -> Index[str]:
        compacts, scheme_of = self._image.compact, self._image.scheme_of
        since = list(map(part, self._since, self._scheme_since))
        return self._found(name, lambda row, key: part(compacts[row], scheme_of[row]) == key, since)

    @cached_property
    def by_lookalike(self) -> Index[str]:
        """Rows by their compact number with letters taken for digits."""
        compacts, since = self._image.compact, list(map(lookalike_of, self._since))
        return self._found("lookalike", lambda row, key: lookalike_of(compacts[row]) == key, since)

    def _read_prefixes(self) -> None:
        image, sellers = self._image, self._image.items.seller
        gone = Counter((sellers[row], image.compact[row][image.scheme_of[row].prefix]) for row in self._gone)
        begun = {key for key, count in image.prefixes.items() if count > gone[key]}
        parts = zip(self._more.seller, self._since, self._scheme_since, strict=True)
        begun |= {(seller, number[scheme.prefix]) for seller, number, scheme in parts}
        self._prefixes_of = {}
        for seller, letters in begun:
            self._prefixes_of.setdefault(seller, set()).add(letters)
        self.prefixes = {letters for _, letters in begun} - {""}

    def _schemes(self) -> dict[str, Scheme | None]:
        """The schemes of the series that changed, as they are learnt now; those of the image must still hold."""
        image = self._image
        code = {name: n for n, name in enumerate(image.all_series)}
        gone, came = Counter(image.series[row] for row in self._gone), Counter(self._series)
        found: dict[str, Scheme | None] = {}
        for name in {*(image.all_series[n] for n in gone), *came}:
            at = code.get(name, -1)
            size = came[name] + (0 if at < 0 else image.of_series[at] - gone[at])
            scheme = found[name] = self._scheme(name, at, size)
            if at >= 0 and size and scheme != image.schemes[at]:
                raise StaleImage(f"numbers like {_alike(name)} are laid out otherwise")
        return found

    def _scheme(self, name: str, at: int, size: int) -> Scheme | None:
        """What is learnt of a series from the numbers that a ledger of this size would read."""
        image, step = self._image, sample_step(size)
        if at >= 0 and step < noted_step(image.of_series[at]):
            raise StaleImage(f"too few numbers like {_alike(name)} were noted")
        rows = [row for row in image.samples[at] if row not in self._gone] if at >= 0 else []
        items, more = image.items, self._more
        samples = [Sample(image.compact[row], items.issued_on[row], items.number[row]) for row in rows]
        since = self._rows_of.get(name, ())
        samples += [Sample(self._since[row], more.issued_on[row], more.number[row]) for row in since]
        samples = [sample for sample in samples if is_sampled(sample.number, step)]
        return learn_scheme(samples) if samples else None


def _alike(series: str) -> str:
    """A series for a sentence: the shape of its numbers, and whose they are."""
    seller, _, shape = series.partition("\n")
    return f"{shape} of {seller}"
