"""A run of rows in columns, and the refusals found while reading them.

Every reading method returns a whole column. A cell that cannot be read refuses its row (the first reason counts)
and leaves a stand-in, so that the neighbours go on undisturbed; `kept` tells at the end which rows are good.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Any

from hub.plugins.csv.dates import UNREADABLE
from hub.plugins.csv.faults import EMPTY, rejected
from hub.plugins.csv.grid import Grid
from hub.plugins.csv.layout import Reading
from hub.plugins.csv.limits import MAX_NAME, MAX_NUMBER, MAX_REF
from hub.sdk import RecordRejected
from hub.sdk.amounts import minor_column, minor_from_text
from hub.sdk.money import is_currency

_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d*)?E\+?\d+", re.IGNORECASE | re.ASCII)
_LOST_DIGITS = re.compile(r"[+-]?\d+(?:[.,]\d*)?E\+\d+|\d+[.,]\d+E\d+", re.IGNORECASE | re.ASCII)
#: Soft hyphen, zero width, writing direction, byte order mark: two identifiers never differ by them alone.
_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: Blanks that do not break a line, or are narrower than others: in an identifier they are a blank.
_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
#: Errors of spreadsheets in English and French, and those of LibreOffice.
_ERROR = re.compile(
    r"#(?:N/A|REF!|VALUE!|VALEUR!|DIV/0!|NAME\?|NOM\?|NUM!|NOMBRE!|NULL!|NUL!|SPILL!|CALC!|GETTING_DATA)|Err:\d{3}"
)


class Table:
    """Rows of one layout.

    Attributes:
        reading: how the columns are read.
        count: number of rows.
        refs: identities of the rows: what `map` needs of them where the file gives no id.
        keys: the key columns, once read: units and records need the same ones.
        unkeyed: rows whose key cannot be trusted, known once the keys are read.
        rejected: refused rows, by index.
    """

    def __init__(self, reading: Reading, grid: Grid, places: Sequence[str], refs: Sequence[str] = ()) -> None:
        self.reading = reading
        self.keys: Any = None
        self.unkeyed: set[int] = set()
        self.count = grid.count
        self.refs = refs
        self.rejected: dict[int, RecordRejected] = {}
        self._places = places
        self._longest = grid.longest
        self._cells: dict[str, list[str]] = {}
        for i, found in grid.ragged.items():
            self.refuse(i, "", "HUB-CSV-015", found=found, wanted=reading.width)
        for name, position in reading.positions.items():
            column = grid.column(position)
            # Dates and amounts have blanks taken off where they are read, once per distinct text.
            self._cells[name] = column if name in reading.forgiving else list(map(str.strip, column))
        if grid.may_have_formulas:
            self._refuse_formulas()
        if grid.may_have_errors:
            self._refuse_errors()

    def __contains__(self, name: object) -> bool:
        return name in self._cells

    def cells(self, name: str) -> list[str]:
        """The texts of a column without outer blanks; empty texts when the file has no such column."""
        found = self._cells.get(name)
        return found if found is not None else [""] * self.count

    def refuse(self, i: int, name: str, code: str, /, **values: object) -> None:
        """Refuse row `i` because of the cell under `name` (empty: the whole row)."""
        if i not in self.rejected:
            place = self._places[i]
            where = f"{place}:{self.reading.header(name)}" if name else place
            self.rejected[i] = rejected(code, where, **values)

    def kept(self) -> list[int]:
        """Indexes of the rows that were not refused."""
        return [i for i in range(self.count) if i not in self.rejected]

    def optional(self, name: str, limit: int = MAX_NAME) -> list[str | None] | None:
        """A column of free text, None for empty cells; None when nothing is in it."""
        column = self._cells.get(name)
        if column is None or not any(column):
            return None
        self._limit(name, column, limit)
        return [text or None for text in column] if "" in column else list(column)

    def optional_id(self, name: str, limit: int = MAX_REF) -> list[str | None] | None:
        """An optional column of identifiers: no digits may have been lost to scientific notation."""
        self._legible(name)
        column = self.optional(name, limit)
        if column is not None:
            self._intact(name, self._cells[name])
        return column

    def ids(self, name: str, limit: int = MAX_NUMBER) -> list[str]:
        """A required column of identifiers."""
        self._legible(name)
        column = self.cells(name)
        if "" in column:
            for i, text in enumerate(column):
                if not text:
                    self.refuse(i, name, "HUB-CSV-014", said=EMPTY, name=name)
        self._limit(name, column, limit)
        self._intact(name, column)
        return column

    def sellers(self) -> list[str]:
        """The seller of each row: its cell, else the configured one."""
        if "seller" not in self._cells:
            return [self.reading.seller] * self.count
        if self.reading.seller_told and "" in self._cells["seller"]:
            self._cells["seller"] = [text or self.reading.seller for text in self._cells["seller"]]
        return self.ids("seller", 100)

    def currencies_beside(self, name: str, amounts: Sequence[int | None]) -> list[str | None]:
        """The currency of each row as `currencies`, None for rows that have neither a cell nor an amount."""
        column = self.cells(name)
        codes = self.currencies(name)
        return [
            code if text or amount is not None else None
            for code, text, amount in zip(codes, column, amounts, strict=True)
        ]

    def currencies(self, name: str = "currency") -> list[str]:
        """The currency of each row: its cell in capitals, else the configured one."""
        column = self._cells.get(name)
        if column is None:
            return [self.reading.currency] * self.count
        distinct = set(column)
        codes = {text: text.upper() if text else self.reading.currency for text in distinct}
        codes.update({text: "EUR" for text in ("€", "euro", "Euro", "EURO", "euros", "Euros") if text in codes})
        unknown = {text for text, code in codes.items() if not is_currency(code)}
        if unknown:
            for i, text in enumerate(column):
                if text in unknown:
                    self.refuse(i, name, "HUB-CSV-022", text=text[:40])
            codes.update(dict.fromkeys(unknown, "EUR"))
        return [codes[text] for text in column]

    def days(self, name: str, *, required: bool = True) -> list[str | None]:
        """A column of dates as ISO text."""
        dates = self.reading.dates.get(name)
        if dates is None:
            return [None] * self.count
        column = self._cells[name]
        values = list(map(dates.__getitem__, column))
        if UNREADABLE in values or (required and None in values):
            for i, value in enumerate(values):
                text = column[i].strip()[:40]
                if value == UNREADABLE:
                    example = "12/31/2026" if dates.form == "mdy" else "31/12/2026"
                    self.refuse(i, name, "HUB-CSV-013", text=text, example=example)
                    values[i] = None
                elif value is None and required:
                    said = f"{text!r} is no date" if text else EMPTY  # 00/00/0000
                    self.refuse(i, name, "HUB-CSV-014", said=said, name=name)
        return values

    def reading_dates(self, name: str) -> list[str]:
        """A column of dates for a digest: ISO text, else as written. Refuses nothing."""
        dates = self.reading.dates.get(name)
        column = self.cells(name)
        return column if dates is None else [dates[text] or text for text in column]

    def amounts(
        self, name: str, currencies: Sequence[str], *, required: bool = False, flip: bool = False
    ) -> list[int | None]:
        """A column of amounts in minor units of `currencies`, signed; None for empty cells.

        `flip`: a final C (credit) means money in, D (debit) money out: the view of a bank statement.
        """
        column = self._cells.get(name)
        if column is None:
            return [None] * self.count
        decimal = self.reading.decimals[name]
        values: list[int | None] = [None] * self.count
        for currency in sorted(set(currencies)):
            whole = len(set(currencies)) == 1
            indexes = range(self.count) if whole else [i for i, c in enumerate(currencies) if c == currency]
            some, faults = minor_column(column if whole else [column[i] for i in indexes], currency, decimal)
            if whole:
                values = some
            else:
                for i, value in zip(indexes, some, strict=True):
                    values[i] = value
            for at, detail in faults.items():
                text = column[indexes[at]]
                code = "HUB-CSV-020" if _SCIENTIFIC.fullmatch(text.strip()) else "HUB-CSV-012"
                or_else = _or_else(text, currency, "." if decimal == "," else ",")
                self.refuse(indexes[at], name, code, detail=detail, text=text[:40], or_else=or_else)
        if flip:
            for i, text in enumerate(map(str.strip, column)):
                if text[-1:] in ("C", "D"):
                    values[i] = None if values[i] is None else -(values[i] or 0)
        if required and None in values:
            for i, text in enumerate(column):
                if not text.strip():
                    self.refuse(i, name, "HUB-CSV-014", said=EMPTY, name=name)
        return values

    def digits(self, name: str) -> list[str | None] | None:
        """An optional column of SIREN, SIRET, VAT numbers or IBANs: inner blanks are dropped, nothing is checked."""
        column = self.optional_id(name)
        if column is None or len("\0".join(filter(None, column)).split()) < 2:
            return column
        return [text and "".join(text.split()) for text in column]

    def _refuse_formulas(self) -> None:
        for name, column in self._cells.items():
            if "=" in "".join(column):
                for i, text in enumerate(column):
                    if text.lstrip().startswith("="):
                        self.refuse(i, name, "HUB-CSV-021", text=text.strip()[:40])

    def _refuse_errors(self) -> None:
        """What a spreadsheet writes where it could compute nothing is no value, and not the same as an empty cell."""
        for name, column in self._cells.items():
            joined = "".join(column)
            if "#" in joined or "Err:" in joined:
                for i, text in enumerate(column):
                    if _ERROR.fullmatch(text.strip()):
                        self.refuse(i, name, "HUB-CSV-028", text=text.strip())

    def _limit(self, name: str, column: Sequence[str], limit: int) -> None:
        if self._longest > limit and column and max(map(len, column)) > limit:
            for i, text in enumerate(column):
                if len(text) > limit:
                    self.refuse(i, name, "HUB-CSV-027", name=name, found=len(text), limit=limit)

    def _legible(self, name: str) -> None:
        """Take out of a column of identifiers what nobody sees, and write each letter with its accent as one (NFC)."""
        column = self._cells.get(name)
        joined = "".join(column) if column is not None else ""
        if column is None or joined.isascii():
            return
        if _INVISIBLE.search(joined) or _BLANKS.search(joined) or not unicodedata.is_normalized("NFC", joined):
            self._cells[name] = [text if text.isascii() else _plainly(text) for text in column]

    def _intact(self, name: str, column: Sequence[str]) -> None:
        joined = "\n".join(column)
        suspect = "E+" in joined or "e+" in joined
        if not suspect and "E" in joined and ("," in joined or "." in joined):
            suspect = _LOST_DIGITS.search(joined) is not None
        if suspect:
            for i, text in enumerate(column):
                if _LOST_DIGITS.fullmatch(text):
                    self.refuse(i, name, "HUB-CSV-020", text=text[:40])


def _plainly(text: str) -> str:
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _BLANKS.sub(" ", text))).strip()


def _or_else(text: str, currency: str, other: str) -> str:
    """The other decimal mark as a remedy, only where the text could be read with it."""
    try:
        minor_from_text(text, currency, other)
    except ValueError:
        return ""
    return f', or set decimal = "{other}" for this connector'
