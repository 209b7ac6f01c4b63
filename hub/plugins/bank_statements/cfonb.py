"""CFONB 120: the French fixed-width statement. 01 opening balance, 04 movement, 05 its details, 07 closing balance.

Source: formats.md §4.1 (positions, overpunched amounts, reading rules). This module splits and proves; `cfonb_map`
interprets one movement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from hub.plugins.bank_statements.config import StatementsConfig
from hub.plugins.bank_statements.faults import reject
from hub.plugins.bank_statements.garbled import Garbled
from hub.plugins.bank_statements.identity import digest
from hub.plugins.bank_statements.limits import ELEMENT_BYTES, LINE_BYTES
from hub.plugins.bank_statements.model import Balance, Move, Opened, Statement
from hub.plugins.bank_statements.texts import account_text, century
from hub.sdk.errors import RecordRejected
from hub.sdk.money import exponent, is_currency

WIDTH: Final = 120
#: Last character of an amount: the last digit and the sign (formats.md §4.1). é and è are what some transports make
#: of { and } in the French 7-bit code page.
OVERPUNCH: Final = {
    **{char: (digit, 1) for digit, char in enumerate("{ABCDEFGHI")},
    **{char: (digit, -1) for digit, char in enumerate("}JKLMNOPQR")},
    "é": (0, 1),
    "è": (0, -1),
}
_RECORD = re.compile(r"0[1457]")
_ASCII_DIGITS = re.compile(r"[0-9]{13}")


def units_of(text: str) -> int:
    """The signed number of smallest units in a 14-character amount, decimals not yet applied.

    Raises:
        Garbled: HUB-BANK-030.
    """
    sign = OVERPUNCH.get(text[13:14])
    if sign is None or not _ASCII_DIGITS.fullmatch(text[:13]):
        reason = "13 digits and one of {A…I (credit) or }J…R (debit) are expected"
        raise Garbled("HUB-BANK-030", text=text.strip(), reason=reason)
    return sign[1] * (int(text[:13]) * 10 + sign[0])


def to_minor(units: int, decimals: str, currency: str, text: str) -> int:
    """`units` written with `decimals` (position 20) in minor units of `currency`, exactly.

    Raises:
        Garbled: HUB-BANK-037 (decimals) or HUB-BANK-030 (finer than the currency).
    """
    if decimals not in "01234" or len(decimals) != 1:
        raise Garbled("HUB-BANK-037", text=decimals)
    shift = exponent(currency) - int(decimals)
    if shift >= 0:
        return units * int(10**shift)
    whole, rest = divmod(abs(units), int(10**-shift))
    if rest:
        raise Garbled("HUB-BANK-030", text=text.strip(), reason=f"finer than {currency} allows")
    return whole if units >= 0 else -whole


def money_of(line: str, currency: str, decimals: str) -> tuple[int, str]:
    """Signed minor units and currency of a record; blanks are filled by `currency` and `decimals`."""
    code = line[16:19].strip() or currency
    if not is_currency(code):
        raise Garbled("HUB-BANK-033", text=code)
    amount = line[90:104]
    places = line[19:20].strip() or decimals
    return to_minor(units_of(amount), places, code, amount), code


def day_of(text: str, field: str) -> str:
    """ISO date of DDMMYY; `field` names it in the refusal HUB-BANK-031."""
    try:
        if not text.isascii() or not text.isdigit():
            raise ValueError(text)
        return century(text[:2], text[2:4], text[4:6])
    except ValueError:
        raise Garbled("HUB-BANK-031", field=field, text=text) from None


def defaults(config: StatementsConfig, currency: str, decimals: str) -> tuple[str, str]:
    """Currency and decimals that the opening record says, else what the configuration says (rule 4)."""
    places = "" if config.decimals is None else str(config.decimals)
    return currency or config.currency or "", decimals or places


def account_of(line: str) -> str:
    """Bank 5, branch 5, account 11: characters 5 to 25 of the French IBAN."""
    return line[2:7] + line[11:16] + line[21:32]


def lines_of(stream: BinaryIO, opened: Opened) -> Iterator[tuple[int, str]]:
    """The records of a file with their number, without blanks at the end; line breaks may be missing altogether.

    Raises:
        RecordRejected: HUB-BANK-008 (a line without end), HUB-BANK-012 (encoding).
    """
    number = 0
    encoding = opened.encoding
    for raw in stream:
        number += 1
        try:
            line = raw.decode(encoding).rstrip("\r\n\x1a ").lstrip("\ufeff")
        except UnicodeDecodeError as error:
            where = f"{opened.name}:{number}:{error.start + 1}"
            raise reject("HUB-BANK-012", where, encoding=encoding, reason=error.reason) from None
        if len(line) <= WIDTH:
            if line:
                yield number, line
        elif _RECORD.match(line, WIDTH):  # records without line breaks: cut every 120
            for start in range(0, len(line), WIDTH):
                if record := line[start : start + WIDTH].rstrip():
                    yield number + start // WIDTH, record
            number += (len(line) - 1) // WIDTH
        elif len(raw) > LINE_BYTES:
            raise reject("HUB-BANK-008", f"{opened.name}:{number}", thing="line", limit=LINE_BYTES)
        else:
            yield number, line


def read(stream: BinaryIO, opened: Opened) -> Iterator[Statement]:
    """The statements of a CFONB 120 file, in its order; fragments come out with their fault.

    Raises:
        RecordRejected: the rest of the file cannot be read.
    """
    builder: _Builder | None = None
    for number, line in lines_of(stream, opened):
        code = line[:2]
        if code == "01":
            if builder is not None:
                yield builder.fragment("its record 07 (closing balance) is missing")
            builder = _Builder(opened, number, line)
            builder.open(line, number)
            continue
        if builder is None:
            builder = _Builder(opened, number, line)
            builder.missing = "its record 01 (opening balance) is missing"
        if code == "04":
            builder.start(line, number)
        elif code == "05":
            builder.detail(line, number)
        elif code == "07":
            yield builder.close(line, number)
            builder = None
        else:
            builder.unknown(line, number)
    if builder is not None:
        yield builder.fragment("its record 07 (closing balance) is missing")


class _Builder:
    """One statement being read, line by line."""

    def __init__(self, opened: Opened, number: int, line: str) -> None:
        self._opened = opened
        self._currency, self._decimals = defaults(opened.config, "", "")
        self._account = account_of(line.ljust(WIDTH))
        self._head: list[str] = []
        self._lines: list[str] = []
        self._number = 0
        self.missing = ""
        account = account_text(self._account)
        self._salt = f"{account}\x1f"
        layout = {"format": "cfonb120", "account": account, "currency": "", "decimals": ""}
        self._statement = Statement(account, "", layout, number, {"encoding": opened.encoding}, glue=b"\n")

    def open(self, line: str, number: int) -> None:
        """Record 01: the opening balance, and what blanks in later records stand for."""
        self._head.append(line)
        said = {"currency": line[16:19].strip(), "decimals": line[19:20].strip()}
        self._statement.layout |= said
        self._currency, self._decimals = defaults(self._opened.config, **said)
        self._statement.opening = self._balance(line, number, "opening")

    def start(self, line: str, number: int) -> None:
        """Record 04: a movement begins."""
        self._finish()
        self._opened.budget.spend()
        self._same_account(line, number)
        self._lines, self._number = [line], number

    def detail(self, line: str, number: int) -> None:
        """Record 05: belongs to the 04 above it."""
        if self._lines:
            self._lines.append(line)
        else:
            self._head.append(line)
            self._blame(reject("HUB-BANK-026", self._at(number), reason="this 05 has no movement (04) above it"))

    def unknown(self, line: str, number: int) -> None:
        """A line that is no CFONB 120 record."""
        (self._lines or self._head).append(line)
        reason = f"records begin with 01, 04, 05 or 07, this one with {line[:2]!r}"
        self._blame(reject("HUB-BANK-026", self._at(number), reason=reason))

    def close(self, line: str, number: int) -> Statement:
        """Record 07: the closing balance; the statement is complete."""
        self._finish()
        self._same_account(line, number)
        self._statement.closing = self._balance(line, number, "closing")
        self._statement.tail = line.encode(self._opened.encoding)
        return self.fragment(self.missing) if self.missing else self._done()

    def fragment(self, missing: str) -> Statement:
        """The statement as far as it goes, with what it lacks."""
        self._finish()
        lacks = f"{self.missing}, {missing}" if self.missing and self.missing != missing else missing
        self._blame(reject("HUB-BANK-023", self._at(self._statement.line), missing=lacks))
        return self._done()

    def _done(self) -> Statement:
        statement = self._statement
        statement.head = "\n".join(self._head).encode(self._opened.encoding)
        first, last = statement.opening, statement.closing
        if first and last:
            statement.number = f"{first.on}/{last.on}"
        return statement

    def _finish(self) -> None:
        """Close the movement being read, if any."""
        if not self._lines:
            return
        lines, self._lines = self._lines, []
        line, text = lines[0], "\n".join(lines)
        minor, currency, fault = None, self._currency, None
        if len(line) > WIDTH:
            self._blame(
                reject("HUB-BANK-026", self._at(self._number), reason=f"it has {len(line)} characters, not 120")
            )
        try:
            minor, currency = money_of(line, self._currency, self._decimals)
        except Garbled as garbled:
            fault = garbled.at(self._at(self._number))
        try:
            on = day_of(line[34:40], "booking date")
        except Garbled:
            on = line[34:40]
        body = text.encode(self._opened.encoding)
        if len(body) > ELEMENT_BYTES:
            self._blame(reject("HUB-BANK-008", self._at(self._number), thing="movement", limit=ELEMENT_BYTES))
        # The entry number (82 to 88) is counted anew by some banks at each export: no part of what a movement says.
        told = text if line[81:88] == "0000000" else f"{text[:81]}0000000{text[88:]}"
        key = digest(self._salt + told)
        self._statement.moves.append(Move(key, on, minor, currency, body, self._number, fault=fault))

    def _balance(self, line: str, number: int, which: str) -> Balance | None:
        try:
            minor, currency = money_of(line, self._currency, self._decimals)
            return Balance(day_of(line[34:40], "date of the balance"), minor, currency)
        except Garbled as garbled:
            self._blame(reject("HUB-BANK-027", self._at(number), which=which, reason=garbled.at("").what))
            return None

    def _same_account(self, line: str, number: int) -> None:
        # Regional banks write their own bank code in 04 (complex-test.txt): branch and account decide.
        if account_of(line)[5:] != self._account[5:]:
            first, second = self._account.strip(), account_of(line).strip()
            self._blame(reject("HUB-BANK-025", self._at(number), first=first, second=second))

    def _blame(self, fault: RecordRejected) -> None:
        """The first fault of a statement is the one that is told."""
        self._statement.fault = self._statement.fault or fault

    def _at(self, number: int) -> str:
        return f"{self._opened.name}:{number}"
