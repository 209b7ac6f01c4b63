"""The files of a ledger in their order, by years: which count, which are left aside and why, which make one year."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations

from hub.plugins.fec.blocks import Block, Line
from hub.plugins.fec.faults import FileRefused, refused, rejected
from hub.plugins.fec.files import Dialect, Ledger
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.overlap import Compared, Overlaps, period_of
from hub.plugins.fec.scratch import Scratch
from hub.sdk import RecordRejected

#: Files side by side are of one year: so many days at most lie between the first and the last.
_YEAR_DAYS = 372


@dataclass(slots=True, eq=False)
class Image:
    """One file, with the days of its first and last entry, and the entries that a newer file beside it has too."""

    ledger: Ledger
    dialect: Dialect
    first: str = ""
    last: str = ""
    without: set[str] = field(default_factory=set)

    def reader(self, currency: str) -> Reader:
        """Reads what counts of the file."""
        return Reader(self.ledger, self.dialect, currency, self.without)


class Order:
    """Puts files in order.

    Attributes:
        notes: files left aside of which nothing is lost.
    """

    def __init__(self, scratch: Scratch, currency: str, hold: Callable[[Ledger, RecordRejected], None]) -> None:
        self._scratch, self._currency, self._hold = scratch, currency, hold
        self._overlaps: Overlaps | None = None
        self.notes: list[str] = []

    def years(self, images: Sequence[Image]) -> list[list[Image]]:
        """The files that count, oldest first; those that lie side by side in the same days together."""
        if len(images) < 2:
            return [[image] for image in images]
        for image in images:
            image.first, image.last = _period(image.reader(self._currency))
        years: list[list[Image]] = []
        for image in sorted(images, key=lambda i: (i.first, i.last, i.ledger.closed, i.ledger.mtime_ns, i.ledger.name)):
            before = years[-1][0].ledger if years else None
            try:
                if before is not None and _another(before, image.ledger):
                    raise refused("HUB-FEC-005", image.ledger.name, siren=image.ledger.siren, other=before.siren)
                years = self._placed(years, image)
            except FileRefused as refusal:
                self._hold(image.ledger, refusal.refusal)
        for year in years:
            for one, other in combinations(year, 2):
                older, newer = _by_age(one, other)
                older.without |= self._compared().shared(self._reader(older), self._reader(newer))
        return years

    def by_age(self, images: Sequence[Image]) -> str:
        """The names of the files by age, when it was asked which of two is newer; else nothing."""
        by_age = sorted(images, key=lambda image: (image.ledger.mtime_ns, image.ledger.name))
        return "\0".join(image.ledger.name for image in by_age) if self._overlaps else ""

    def _placed(self, years: list[list[Image]], image: Image) -> list[list[Image]]:
        """The years with one file more, unless it is left aside."""
        replaced: dict[Image, Compared] = {}
        beside: list[Image] = []
        for one in [one for year in years for one in year if one.last >= image.first]:
            older, newer = _by_age(one, image)
            found = self._compared().compare(
                self._reader(older),
                self._reader(newer),
                same_start=one.first[:7] == image.first[:7],
                reaches=newer.last >= older.last,
            )
            if found.verdict == "against" or (found.verdict == "beside" and not _of_one_year(one, image)):
                raise _against(image, one)
            aside = {"older": older, "newer": newer}.get(found.verdict)
            if aside is image:
                self._leave(image, one, found)
                return years
            if aside is None:
                beside.append(one)
            else:
                replaced[one] = found
        homes = [year for year in years if any(one in year for one in (*beside, *replaced))]
        if len(homes) > 1 and any(one in homes[0] for one in beside):
            raise _against(image, beside[0])
        for one, found in replaced.items():
            self._leave(one, image, found)
        if not homes:
            return [*years, [image]]
        joined = [one for one in homes[-1] if one not in replaced] + [image]
        kept = [joined if year is homes[-1] else [one for one in year if one not in replaced] for year in years]
        return [year for year in kept if year]

    def _leave(self, aside: Image, other: Image, found: Compared) -> None:
        """One file is left aside for another; what is lost by that is held."""
        if found.gone:
            values = {"other": other.ledger.name, "count": found.gone, "first": found.first}
            self._hold(aside.ledger, rejected("HUB-FEC-008", aside.ledger.name, **values))
        elif found.verdict == "older":
            self.notes.append(f"left aside: {aside.ledger.name} (an older export than {other.ledger.name})")
        else:
            self.notes.append(f"left aside: {aside.ledger.name} (contained in {other.ledger.name})")

    def _compared(self) -> Overlaps:
        if self._overlaps is None:
            self._overlaps = Overlaps(self._scratch)
        return self._overlaps

    def _reader(self, image: Image) -> Reader:
        return Reader(image.ledger, image.dialect, self._currency)


def _period(reader: Reader) -> tuple[str, str]:
    """The days of the first and the last entry of a file."""
    days: set[str] = set()
    for some in reader.batches():
        if isinstance(some, Block):
            days.update({key[2] for key in some.keys})
        else:
            days.update(line.key[2] for line in some if isinstance(line, Line))
    return period_of(sorted(set(filter(None, map(reader.day, days)))))


def _by_age(one: Image, other: Image) -> tuple[Image, Image]:
    """The older and the newer export: by the closing dates of their names, else by when they were written."""
    a, b = one.ledger, other.ledger
    by_name = bool(a.closed and b.closed and a.closed != b.closed)
    newer = a.closed > b.closed if by_name else (a.mtime_ns, a.name) > (b.mtime_ns, b.name)
    return (other, one) if newer else (one, other)


def _of_one_year(one: Image, other: Image) -> bool:
    if one.ledger.closed and other.ledger.closed and one.ledger.closed != other.ledger.closed:
        return False
    first, last = min(one.first, other.first), max(one.last, other.last)
    return (date.fromisoformat(last) - date.fromisoformat(first)).days <= _YEAR_DAYS


def _against(image: Image, other: Image) -> FileRefused:
    detail = f"{image.first} to {image.last} and {other.first} to {other.last}"
    return refused("HUB-FEC-004", image.ledger.name, other=other.ledger.name, detail=detail)


def _another(one: Ledger, other: Ledger) -> bool:
    return bool(one.siren and other.siren and one.siren != other.siren)
