"""One file, line by line: fields, amounts and dates, and what is wrong with a line that cannot be read."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from operator import sub

from hub.plugins.fec.blocks import Block, Guess, Line, Stray
from hub.plugins.fec.faults import rejected
from hub.plugins.fec.files import Dialect, Ledger
from hub.plugins.fec.values import iso_day, minor, plain_cents
from hub.sdk import RecordRejected

#: Characters of one line; the longest honest ones have about 400. HUB-FEC-017.
MAX_LINE = 20_000
_CHUNK = 64 * 1024
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
#: Every byte but those of control characters, the range in which cp1252 and Latin-1 differ, and encodings in which they
#: are nothing else.
_APART = bytes(range(0x80, 0xA0))
_PLAIN = bytes(byte for byte in range(256) if not _CONTROL.match(chr(byte)) and byte not in _APART)
_PLAIN_ENCODINGS = ("utf-8", "utf-8-sig", "cp1252", "iso8859-1", "iso8859-15", "cp850")
_STRAY = re.compile(r"[\ud800-\udfff]")
_AMOUNTS = ("debit", "credit", "montant", "sens")
_SENSE = {"D": 1, "DEBIT": 1, "+": 1, "+1": 1, "1": 1, "C": -1, "CREDIT": -1, "-": -1, "-1": -1, "−1": -1}


class Reader:
    """Reads one file in its dialect.

    Attributes:
        counted: told of all that counts, as it is split and before anything is made of it.
    """

    def __init__(self, ledger: Ledger, dialect: Dialect, currency: str, without: Collection[str] = ()) -> None:
        """`without`: entries that are passed over, as `name_of` names them: another file has them too."""
        self.ledger, self.dialect, self.currency, self._without = ledger, dialect, currency, without
        self.counted: Callable[[Sequence[Line | Stray] | Block], None] | None = None
        self.dates: dict[str, str] = {}
        self._known: dict[str, int] = {}
        self._names = tuple(self.column(name) for name in ("journalcode", "ecriturenum", "ecrituredate"))
        self._piece = self.column("pieceref")
        self._head: tuple[str, ...] = ()
        self._key: tuple[str, ...] = ()

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
        for some in self.batches():
            yield from some.lines() if isinstance(some, Block) else some

    def batches(self) -> Iterator[Sequence[Line | Stray] | Block]:
        """The same, as many lines at a time as were read at once."""
        self._head, self._key = (), ()
        for first, found, strange in self._chunks():
            at, texts = (2, found[1:]) if first == 1 and not self.dialect.headless else (first, found)
            if not texts:
                continue
            # A list of its own for the lines of the long way: they may fail in the middle of a chunk.
            some: Sequence[Line | Stray] | Block
            some = (None if strange else self._plain(at, texts)) or list(self._one_by_one(at, texts, strange))
            some = self._counting(some) if self._without else some
            if self.counted is not None:
                self.counted(some)
            yield some

    def name_of(self, key: tuple[str, ...]) -> str:
        """An entry by its journal, number and day (and piece), however the file writes days."""
        return "\x1f".join((*key[:2], self.day(key[2]) or key[2], *key[3:]))

    def _counting(self, some: Sequence[Line | Stray] | Block) -> Sequence[Line | Stray]:
        """The lines of entries that are not passed over."""
        lines = some.lines() if isinstance(some, Block) else some
        return [one for one in lines if isinstance(one, Stray) or self.name_of(one.key) not in self._without]

    def _plain(self, first: int, texts: list[str]) -> Block | None:
        """The lines of a chunk in which nothing is unusual, by passes over whole columns; else None.

        Gives what `_one_by_one` gives, several times sooner: nearly every chunk of nearly every ledger.
        """
        columns, width, account = self.dialect.columns, self.dialect.width, self.column("comptenum")
        if self.dialect.quoted or self.currency != "EUR" or not {"debit", "credit"} <= columns.keys():
            return None
        if max(map(len, texts)) > MAX_LINE:
            return None
        delimiter, stride = self.dialect.delimiter, width + 1
        cells = f"{delimiter}\n{delimiter}".join(texts).split(delimiter)
        cells.append("\n")
        if len(cells) != len(texts) * stride or cells[width::stride].count("\n") != len(texts):
            return None
        places = list(map(str.strip, cells[account::stride]))
        debits = plain_cents(cells[columns["debit"] :: stride])
        credits = plain_cents(cells[columns["credit"] :: stride])
        if debits is None or credits is None or not all(places) or self.dialect.headers[account] in places:
            return None
        keys = self._keys([list(map(str.strip, self._cells(cells, at))) for at in (*self._names, self._piece)])
        if not all(self.day(day) for day in {key[2] for key in keys}):
            return None
        self._head, self._key = (), ()
        return Block(first, texts, cells, width, keys, places, list(map(sub, debits, credits)))

    def _cells(self, cells: list[str], at: int) -> list[str]:
        """A column; of one that the file has not, blanks."""
        width = self.dialect.width
        return cells[width if at < 0 else at :: width + 1]

    @staticmethod
    def _keys(named: list[list[str]]) -> list[tuple[str, ...]]:
        """The key of each line, of its journal, number, date and piece."""
        journals, numbers, days, pieces = named
        if all(number.strip("0") for number in set(numbers)):
            return list(zip(journals, numbers, days, strict=True))
        return [key[:3] if key[1].strip("0") else key for key in zip(journals, numbers, days, pieces, strict=True)]

    def _one_by_one(self, first: int, texts: list[str], strange: bool) -> Iterator[Line | Stray]:
        """The lines of a chunk, each looked at by itself; `strange`: a character in it wants a closer look."""
        split, width, where = self._splitter(), self.dialect.width, self.ledger.name
        account, amount_of, named = self.column("comptenum"), self._amounts(), self.dialect.headers
        journal, entry, booked, piece = (*self._names, self._piece)
        for at, text in enumerate(texts, first):
            if not text or text.isspace():
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
            before, self._head = self._head, (cells[journal], cells[entry], cells[booked], cells[piece])
            if self._head != before:
                if place == named[account]:
                    continue  # the line of names once more: files were put one behind the other
                self._key = self._key_of(cells)
            fault = None
            amount = 0
            try:
                amount = amount_of(cells, f"{where}:{at}")
            except RecordRejected as error:
                fault = self._shifted(error, found, f"{where}:{at}")
            if fault is None and not place:
                amount, fault = 0, rejected("HUB-FEC-015", f"{where}:{at}", name="CompteNum")
            if fault is None and self._head != before and not self.day(self._key[2]):
                self._head = ()
                amount, fault = 0, rejected("HUB-FEC-012", f"{where}:{at}", name="EcritureDate", text=self._key[2])
            yield Line(at, self._key, place, amount, cells, text, fault)

    def _chunks(self) -> Iterator[tuple[int, list[str], bool]]:
        """Lines as they are read, with the number of the first; the third says that a character among them wants a
        closer look."""
        at = 1
        with self.ledger.path.open("rb") as stream:
            rest = b""
            while chunk := stream.read(_CHUNK):
                some = rest + chunk
                # At a line end: after \n, else (old Mac files) after a \r that no \n can follow.
                cut = some.rfind(b"\n") + 1 or some.rfind(b"\r", 0, -1) + 1
                rest = some[cut:]
                if cut:
                    text, strange = self._decoded(some[:cut], first=at == 1)
                    texts = text.split("\n")
                    texts.pop()
                    yield at, texts, strange
                    at += len(texts)
                if len(rest) > 50 * MAX_LINE:  # a file without line ends: refused by its length, not kept growing
                    yield at, [self._decoded(rest, first=at == 1)[0]], True
                    at += 1
                    rest = b""
            if rest := rest.rstrip(b"\x1a"):  # what DOS writes behind the last line
                yield at, self._decoded(rest, first=at == 1)[0].removesuffix("\n").split("\n"), True

    def _decoded(self, some: bytes, *, first: bool) -> tuple[str, bool]:
        """Text with \n between its lines, and whether a character in it wants a closer look."""
        encoding = self.dialect.encoding
        if encoding == "utf-8-sig" and not first:
            encoding = "utf-8"
        odd = some.translate(None, _PLAIN)
        try:
            # Latin-1 is read ten times sooner.
            text = some.decode("latin-1" if encoding == "cp1252" and not odd else encoding)
            # In these encodings, a control character is the same byte, and that byte nothing else.
            strange = bool(odd.translate(None, _APART) if encoding in _PLAIN_ENCODINGS else _CONTROL.search(text))
        except UnicodeDecodeError:
            text, strange = some.decode(encoding, "surrogateescape"), True
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        return text, strange

    def _shifted(self, error: RecordRejected, found: int, place: str) -> RecordRejected:
        """An empty field at the end of a line may hide that a separator stands inside a text."""
        width = self.dialect.width
        return rejected("HUB-FEC-010", place, found=found, wanted=width) if found > width else error

    def again(self, text: str, number: int, fault: RecordRejected | None) -> Line:
        """One line that was read before and kept by its text."""
        cells = self._splitter()(text)[: self.dialect.width]
        cells.append("")
        amount = 0 if fault is not None else self._amounts()(cells, "")
        return Line(number, self._key_of(cells), cells[self.column("comptenum")].strip(), amount, cells, text, fault)

    def guessed(self, text: str) -> Guess | None:
        """What a line that is held seems to say; None: not even whose it is.

        Where separators stand inside a text, what comes before the amounts is told from the left, they and the rest
        from the right.
        """
        cells, width, account = self._splitter()(text), self.dialect.width, self.column("comptenum")
        if len(cells) <= account:
            return None
        aux, more = self.column("compauxnum"), len(cells) - width
        if more < 0:
            return Guess(cells[account].strip(), cells[aux].strip() if 0 <= aux < len(cells) else "", None)
        if more:
            amounts = min(at for name, at in self.dialect.columns.items() if name in _AMOUNTS)
            del cells[amounts : amounts + more]
        cells.append("")
        try:
            amount = self._amounts()(cells, "")
        except RecordRejected:
            amount = None
        return Guess(cells[account].strip(), cells[aux].strip(), amount)

    def _key_of(self, cells: list[str]) -> tuple[str, ...]:
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


def _clean(text: str) -> str:
    """The text of a line that can be stored: stray bytes and control characters made visible."""
    return text[:2_000].encode("utf-8", "backslashreplace").decode().replace("\0", "\\0")
