"""MT940: `:20:` reference, `:25:` account, `:28C:` number, `:60:` opening, `:61:` and `:86:` movement, `:62:` closing.

An own reader: each block is a statement of its own, whose 60F or 60M and 62F or 62M must agree with its movements, and
each movement keeps its bytes. (The library mt-940 merges blocks and drops the text as written; a test compares both.)
Source: formats.md §4.3; SWIFT MT940. This module splits and proves; `mt940_map` interprets one movement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.limits import ELEMENT_BYTES
from hub.plugins.bank_statements.lines import decoded_lines
from hub.plugins.bank_statements.model import Balance, Move, Opened, Statement
from hub.plugins.bank_statements.mt940_line import Line, amount_of, day_of, line_of
from hub.plugins.bank_statements.texts import account_text, rib_of
from hub.sdk.errors import RecordRejected

_TAG: Final = re.compile(r":(13D|2[01]|25P?|28C?|34F|60[FM]?|61|62[FM]?|6[45]|86|90[CD]|NS|940):")
_ENVELOPE: Final = re.compile(r"\{\d:")
_BALANCE: Final = re.compile(r"(R?[CD])(\d{6})([A-Z]{3})([0-9.,]+)\s*")
_IBAN: Final = re.compile(r"[A-Z]{2}\d\d[A-Z0-9]{11,30}")
_END: Final = re.compile(r"-\}?\s*$")


@dataclass(slots=True)
class _Field:
    """One tag with its lines, as written."""

    tag: str
    lines: list[str]
    number: int

    @property
    def value(self) -> str:
        """The text of its first line, without the tag."""
        return self.lines[0].partition(":")[2].partition(":")[2]


def _fields(stream: BinaryIO, opened: Opened) -> Iterator[_Field | None]:
    """The fields of a file in order; None where a block ends. A dash alone ends a block that is complete, or has no
    movement: before, it is a line of the text."""
    field: _Field | None = None
    size = 0
    complete = True
    for number, length, line in decoded_lines(stream, opened):
        if _ENVELOPE.match(line):  # of SWIFT: {1:…}{2:…}{4:
            line = line.rpartition("{4:")[2] if "{4:" in line else ""
        tag = _TAG.match(line)
        size += length
        if tag is not None:
            if field is not None:
                yield field
            field, size = _Field(tag[1], [line], number), 0
            complete = field.tag != "61" and (complete or field.tag[:2] in ("20", "60", "62"))
        elif _ends_block(line, field, complete):
            if field is not None:
                yield field
            field = None
            yield None
        elif field is not None and line.strip():
            field.lines.append(line)
            if size > ELEMENT_BYTES:
                raise reject("HUB-BANK-008", f"{opened.name}:{field.number}", thing="field", limit=ELEMENT_BYTES)
    if field is not None:
        yield field


def _ends_block(line: str, field: _Field | None, complete: bool) -> bool:
    if not line.startswith("-"):
        return False
    if field is not None and field.tag[:2] in ("62", "64", "65"):
        return True
    return _END.match(line) is not None and (complete or "}" in line)


def read(stream: BinaryIO, opened: Opened) -> Iterator[Statement]:
    """The statements of an MT940 file, block by block; fragments come out with their fault.

    Raises:
        RecordRejected: the rest of the file cannot be read.
    """
    builder: _Builder | None = None
    for field in _fields(stream, opened):
        if field is None or field.tag == "20" or (field.tag[:2] == "60" and builder and builder.closed):
            if builder is not None and not builder.empty:
                yield builder.done()
            builder = None
        if field is not None:
            builder = builder or _Builder(opened, field.number)
            builder.take(field)
    if builder is not None and not builder.empty:
        yield builder.done()


class _Builder:
    """One block being read, field by field."""

    def __init__(self, opened: Opened, number: int) -> None:
        self._opened = opened
        self._head: list[str] = []
        self._tail: list[str] = []
        self._lines: list[str] = []
        self._first: _Field | None = None
        self._salt = ""
        self.closed = False
        layout = {"format": "mt940", "account": "", "currency": ""}
        self._statement = Statement("", "", layout, number, {"encoding": opened.encoding}, glue=b"\n")

    @property
    def empty(self) -> bool:
        """Nothing of a statement was read, only marks between blocks."""
        statement = self._statement
        return not (statement.moves or self._first or statement.opening or statement.closing or statement.fault)

    def take(self, field: _Field) -> None:
        """Add one field to the statement."""
        tag, statement = field.tag, self._statement
        if tag == "61":
            self._finish()
            self._opened.budget.spend()
            self._first, self._lines = field, list(field.lines)
            return
        if tag == "86" and self._first is not None and not self.closed:
            self._lines += field.lines
            return
        self._finish()
        (self._tail if self.closed or statement.moves else self._head).extend(field.lines)
        if tag in ("25", "25P"):
            statement.account = _account(field.value)
        elif tag in ("28", "28C"):
            statement.number = field.value.strip()[:60]
        elif tag in ("60F", "60M", "60"):
            statement.opening = self._balance(field, "opening")
        elif tag in ("62F", "62M", "62"):
            statement.closing = self._balance(field, "closing")
            self.closed = True

    def done(self) -> Statement:
        """The statement; a missing balance is its fault."""
        self._finish()
        statement, encoding = self._statement, self._opened.encoding
        statement.head = "\n".join(self._head).encode(encoding)
        statement.tail = "\n".join(self._tail).encode(encoding)
        self._describe()
        missing = [
            words
            for words, balance in (("its opening balance :60F:", statement.opening), (":62F:", statement.closing))
            if balance is None
        ]
        if missing and statement.fault is None:
            place = f"{self._opened.name}:{statement.line}"
            text = f"{' and '.join(missing)} is missing".replace(":62F:", "its closing balance :62F:")
            statement.fault = reject("HUB-BANK-023", place, missing=text)
        return statement

    def _describe(self) -> None:
        """Put in the layout what the movements need."""
        statement = self._statement
        balance = statement.opening or statement.closing
        statement.layout |= {"account": statement.account, "currency": balance.currency if balance else ""}

    def _finish(self) -> None:
        """Close the movement being read, if any."""
        field, lines = self._first, self._lines
        if field is None:
            return
        self._first, self._lines = None, []
        statement = self._statement
        currency = statement.opening.currency if statement.opening else self._opened.config.currency or ""
        minor, on, fault = None, "", None
        try:
            line: Line = line_of(field.value)
            minor, on = amount_of(line, currency), day_of(line)[0]
        except Garbled as garbled:
            fault = garbled.at(f"{self._opened.name}:{field.number}")
        if not self._salt:
            self._salt = rib_of(statement.account) + "\x1f"
        text = "\n".join(lines)
        # Lines are cut anywhere: blanks and line ends are no part of what a movement says.
        key = digest(self._salt + "".join(text.split()))
        body = text.encode(self._opened.encoding)
        if len(body) > ELEMENT_BYTES:
            where = f"{self._opened.name}:{field.number}"
            self._blame(reject("HUB-BANK-008", where, thing="movement", limit=ELEMENT_BYTES))
        statement.moves.append(Move(key, on, minor, currency, body, field.number, fault=fault))

    def _balance(self, field: _Field, which: str) -> Balance | None:
        where = f"{self._opened.name}:{field.number}"
        found = _BALANCE.fullmatch(field.value.strip())
        if found is None:
            reason = f"C or D, YYMMDD, currency and amount are expected, not {field.value.strip()[:40]!r}"
            self._blame(reject("HUB-BANK-027", where, which=which, reason=reason))
            return None
        try:
            line = Line(found[2], "", found[1], found[4], "", "", "")
            return Balance(day_of(line)[0], amount_of(line, found[3]), found[3])
        except Garbled as garbled:
            self._blame(reject("HUB-BANK-027", where, which=which, reason=garbled.at("").what))
            return None

    def _blame(self, fault: RecordRejected) -> None:
        self._statement.fault = self._statement.fault or fault


def _account(text: str) -> str:
    """The account of `:25:`: an IBAN alone when there is one (after a BIC, before a currency), else as written."""
    whole = account_text(text)
    for part in (whole.rpartition("/")[2], whole):
        for candidate in (part, part[:-3]):
            if _IBAN.fullmatch(candidate) and _is_iban(candidate):
                return candidate
    return whole[:100]


def _is_iban(text: str) -> bool:
    """The check digits of an IBAN (ISO 13616: the whole, letters as numbers, leaves 1 when divided by 97)."""
    moved = text[4:] + text[:4]
    return int("".join(str(int(char, 36)) for char in moved)) % 97 == 1
