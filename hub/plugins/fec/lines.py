"""One file, line by line: fields, amounts and dates, and what is wrong with a line that cannot be read."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from hub.plugins.fec.faults import rejected
from hub.plugins.fec.files import Dialect, Ledger
from hub.sdk import RecordRejected
from hub.sdk.amounts import minor_from_text

#: Characters of one line; the longest honest ones have about 400. HUB-FEC-017.
MAX_LINE = 20_000
_CHUNK = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_STRAY = re.compile(r"[\ud800-\udfff]")
_SENSE = {"D": 1, "DEBIT": 1, "+": 1, "+1": 1, "1": 1, "C": -1, "CREDIT": -1, "-": -1, "-1": -1, "−1": -1}


class Line(NamedTuple):
    """One line of the ledger.

    `key` names its entry (journal, number, date as written; with the piece when entries are not numbered). `amount` is
    debit less credit in minor units. `cells` are the fields as they stand. `fault` is why the line cannot be read; its
    amount is then 0. `text` is the line itself.
    """

    number: int
    key: tuple[str, ...]
    account: str
    amount: int
    cells: list[str]
    text: str
    fault: RecordRejected | None = None


class Stray(NamedTuple):
    """A line of which not even the entry can be told."""

    number: int
    text: str
    fault: RecordRejected


class Reader:
    """Reads one file in its dialect."""

    def __init__(self, ledger: Ledger, dialect: Dialect, currency: str) -> None:
        self.ledger, self.dialect, self.currency = ledger, dialect, currency
        self.dates: dict[str, str] = {}
        self._known: dict[str, int] = {}
        self._names = tuple(self.column(name) for name in ("journalcode", "ecriturenum", "ecrituredate"))
        self._piece = self.column("pieceref")

    def column(self, name: str) -> int:
        """The place of a column, -1 (an empty field that is put behind each line) when the file has none."""
        return self.dialect.columns.get(name, -1)

    def day(self, text: str) -> str:
        """An ISO date, empty when `text` is none. AAAAMMJJ; also AAAA-MM-JJ, JJ/MM/AAAA and JJMMAAAA."""
        known = self.dates.get(text)
        if known is None:
            known = iso_day(text)
            if len(self.dates) < 50_000:
                self.dates[text] = known
        return known

    def read(self) -> Iterator[Line | Stray]:
        """Every line below the header, in order; blank lines and repeated headers are passed over."""
        split, width, where = self._splitter(), self.dialect.width, self.ledger.name
        account, amount_of, named = self.column("comptenum"), self._amounts(), self.dialect.headers
        journal, entry, booked, piece = (*self._names, self._piece)
        debit, credit = self.dialect.columns.get("debit", -1), self.dialect.columns.get("credit", -1)
        new = tuple.__new__  # a million lines: the constructor of a named tuple costs twice as much
        known, plain = self._known, debit >= 0 and credit >= 0
        head: tuple[str, ...] = ()
        key: tuple[str, ...] = ()
        for at, text, strange in self._texts():
            if not text or text.isspace() or (at == 1 and not self.dialect.headless):
                continue
            if strange or len(text) > MAX_LINE:
                fault = self._unreadable(text, f"{where}:{at}")
                if fault is not None:
                    yield Stray(at, _clean(text), fault)
                    continue
            cells = split(text)
            found = len(cells)
            if found != width:
                if found > width and not any(map(str.strip, cells[width:])):
                    del cells[width:]
                else:
                    yield Stray(at, text, rejected("HUB-FEC-010", f"{where}:{at}", found=found, wanted=width))
                    continue
            cells.append("")
            place = cells[account].strip()
            before, head = head, (cells[journal], cells[entry], cells[booked], cells[piece])
            if head != before:
                if place == named[account]:
                    continue  # the line of names once more: files were put one behind the other
                key = self._key(cells)
            try:
                if plain and cells[debit] in known and cells[credit] in known:
                    amount = known[cells[debit]] - known[cells[credit]]
                else:
                    amount = amount_of(cells, f"{where}:{at}")
            except RecordRejected as error:
                yield Line(at, key, place, 0, cells, text, self._shifted(error, found, f"{where}:{at}"))
                continue
            if not place:
                yield Line(at, key, place, 0, cells, text, rejected("HUB-FEC-015", f"{where}:{at}", name="CompteNum"))
                continue
            if head != before and not self.day(key[2]):
                head = ()
                fault = rejected("HUB-FEC-012", f"{where}:{at}", name="EcritureDate", text=key[2])
                yield Line(at, key, place, 0, cells, text, fault)
                continue
            yield new(Line, (at, key, place, amount, cells, text, None))

    def _texts(self) -> Iterator[tuple[int, str, bool]]:
        """Lines with their numbers; the third says that a character near by wants a closer look."""
        at = 0
        with self.ledger.path.open(encoding=self.dialect.encoding, errors="surrogateescape", newline=None) as stream:
            rest = ""
            while chunk := stream.read(_CHUNK):
                texts = (rest + chunk).split("\n")
                rest = texts.pop()
                strange = not "".join(texts).replace("\t", " ").isprintable()
                for text in texts:
                    at += 1
                    yield at, text, strange
                if len(rest) > 50 * MAX_LINE:  # a file without line ends: refused by its length, not kept growing
                    at += 1
                    yield at, rest, True
                    rest = ""
            if rest:
                yield at + 1, rest, True

    def _shifted(self, error: RecordRejected, found: int, place: str) -> RecordRejected:
        """An empty field at the end of a line may hide that a separator stands inside a text."""
        width = self.dialect.width
        return rejected("HUB-FEC-010", place, found=found, wanted=width) if found > width else error

    def again(self, text: str, number: int, fault: RecordRejected | None) -> Line:
        """One line that was read before and kept by its text."""
        cells = self._splitter()(text)[: self.dialect.width]
        cells.append("")
        amount = 0 if fault is not None else self._amounts()(cells, "")
        return Line(number, self._key(cells), cells[self.column("comptenum")].strip(), amount, cells, text, fault)

    def _key(self, cells: list[str]) -> tuple[str, ...]:
        journal, number, booked = (cells[at].strip() for at in self._names)
        return (journal, number, booked) if number.strip("0") else (journal, number, booked, cells[self._piece].strip())

    def _splitter(self) -> Callable[[str], list[str]]:
        delimiter = self.dialect.delimiter
        if not self.dialect.quoted:
            return lambda text: text.split(delimiter)
        return lambda text: next(csv.reader([text], delimiter=delimiter), [])

    def _unreadable(self, text: str, place: str) -> RecordRejected | None:
        """What is wrong with the text of a line; None for characters that are merely unusual."""
        if len(text) > MAX_LINE:
            return rejected("HUB-FEC-017", place, name="the line", found=len(text), limit=MAX_LINE)
        if _STRAY.search(text):
            return rejected("HUB-FEC-013", place, encoding=self.dialect.encoding)
        control = _CONTROL.search(text)
        return rejected("HUB-FEC-014", place, character=f"{ord(control[0]):04X}") if control else None

    def _amounts(self) -> Callable[[list[str], str], int]:
        """Debit less credit of a line, in minor units of the books' currency."""
        currency = self.currency
        known = self._known

        def read(text: str, place: str) -> int:
            amount = known.get(text)
            if amount is None:
                if len(known) > 50_000:
                    known.clear()
                amount = known[text] = minor(text, currency, place)
            return amount

        if "debit" in self.dialect.columns and "credit" in self.dialect.columns:
            debit, credit = self.column("debit"), self.column("credit")
            return lambda cells, place: read(cells[debit], place) - read(cells[credit], place)
        amount, sense = self.column("montant"), self.column("sens")

        def signed(cells: list[str], place: str) -> int:
            said = cells[sense].strip().upper()
            sign = _SENSE.get(said)
            if sign is None:
                raise rejected("HUB-FEC-016", place, text=said)
            return sign * read(cells[amount], place)

        return signed


def minor(text: str, currency: str, place: str) -> int:
    """An amount in minor units: a decimal comma or point, leading zeros and blanks; empty is zero.

    Raises:
        RecordRejected: it is no amount.
    """
    text = text.strip()
    if currency == "EUR" and text[-3:-2] in (",", "."):
        digits = text[:-3] + text[-2:]
        if digits.isdigit() and digits.isascii() and len(digits) < 18:
            return int(digits)
    if not text:
        return 0
    try:
        decimal = "." if "." in text and text.rfind(".") > text.rfind(",") else ","
        lead = text.lstrip("0")
        if lead[:1] in "-+" and lead[1:]:  # Odoo pads before the sign: 0000-12,50
            text = lead
        return minor_from_text(text, currency, decimal)
    except ValueError as error:
        raise rejected("HUB-FEC-011", place, detail=str(error)) from None


def _clean(text: str) -> str:
    """The text of a line that can be stored: stray bytes and control characters made visible."""
    return text[:2_000].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")


def iso_day(text: str) -> str:
    digits = text.strip()
    if len(digits) == 10 and digits[4] in "-/.":
        digits = digits[:4] + digits[5:7] + digits[8:]
    elif len(digits) == 10 and digits[2] in "-/.":
        digits = digits[6:] + digits[3:5] + digits[:2]
    if len(digits) != 8 or not digits.isdigit() or not digits.isascii():
        return ""
    if not "1900" <= digits[:4] <= "2199":
        digits = digits[4:] + digits[2:4] + digits[:2]
    try:
        day = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return ""
    return day.isoformat() if 1900 <= day.year <= 2199 else ""
