"""A table as an Excel workbook: typed cells, no formula ever, one row in memory at a time."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

from hub.core.services.exports.model import Column, Table
from hub.core.services.words import column_name
from hub.sdk.errors import ConfigError
from hub.sdk.money import decimal_text, exponent

#: Limits of the file format: rows of a sheet, characters of a cell; digits a spreadsheet keeps of a number.
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
EXACT_DIGITS = 15
_CUT = " […]"
_WIDTHS = {"text": 18, "date": 11, "instant": 19, "amount": 15, "int": 9, "number": 11}


def write_workbook(table: Table, path: Path) -> int:
    """Write `table` to `path`; a table longer than a sheet goes on in the next one. Returns how many rows.

    Text is written as text, whatever it begins with. A text too long for a cell is cut, marked, and noted.

    Raises:
        ConfigError: the extra `excel` is not installed.
    """
    xlsxwriter = _library()
    options = {"constant_memory": True, "tmpdir": str(path.parent), "strings_to_formulas": False}
    with xlsxwriter.Workbook(str(path), {**options, "strings_to_urls": False}) as book:
        return _Sheets(book, table).write()


def _library() -> Any:
    try:
        import xlsxwriter
    except ModuleNotFoundError as error:
        raise ConfigError(
            code="HUB-EXP-003",
            what="workbooks need the library XlsxWriter, which is not installed",
            where="hub export --format xlsx",
            mend="install the extra: pip install 'receivables-hub[excel]', or choose --format csv",
        ) from error
    return xlsxwriter


class _Sheets:
    """One workbook being written: the sheet at hand and the row in it."""

    def __init__(self, book: Any, table: Table) -> None:
        self._book = book
        self._table = table
        self._formats: dict[str, Any] = {}
        self._sheet: Any = None
        self._line = 0
        self._sheets = 0
        self._cut = 0
        self._totals: dict[str, dict[str, int]] = {
            column.name: {} for column in table.columns if column.type == "amount"
        }

    def write(self) -> int:
        names = [column.name for column in self._table.columns]
        writers = [self._writer(column, names) for column in self._table.columns]
        count = 0
        self._next_sheet()
        for row in self._table.rows:
            if self._line == SHEET_ROWS:
                self._next_sheet()
            for at, write in enumerate(writers):
                if row[at] is not None:
                    write(at, row[at], row)
            self._line += 1
            count += 1
        self._about(count)
        if self._cut:
            self._table.notes.append(f"{self._cut} texts were too long for a cell of a workbook: cut, marked {_CUT!r}")
        return count

    def _next_sheet(self) -> None:
        self._sheets += 1
        name = self._table.kind if self._sheets == 1 else f"{self._table.kind} {self._sheets}"
        self._sheet = self._book.add_worksheet(name)
        self._sheet.freeze_panes(1, 0)
        for at, column in enumerate(self._table.columns):
            self._sheet.set_column(at, at, _WIDTHS[column.type])
            self._sheet.write_string(0, at, column.name, self._format("bold", {"bold": True}))
        self._line = 1

    def _about(self, count: int) -> None:
        """The last sheet: what this is, how many rows, and the total of each column of money by currency."""
        sheet = self._book.add_worksheet("About")
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 44)
        bold = self._format("bold", {"bold": True})
        line = 0
        for name, value in (*self._table.about, ("Rows", str(count))):
            sheet.write_string(line, 0, name, bold)
            sheet.write_string(line, 1, value)
            line += 1
        self._sheet, self._line = sheet, line + 1
        for name, by_currency in self._totals.items():
            for currency, minor in sorted(by_currency.items()):
                sheet.write_string(self._line, 0, f"Total {column_name(name)}, {currency}", bold)
                self._amount(1, minor, currency)
                self._line += 1

    def _format(self, name: str, properties: dict[str, Any]) -> Any:
        if name not in self._formats:
            self._formats[name] = self._book.add_format(properties)
        return self._formats[name]

    def _writer(self, column: Column, names: list[str]) -> Callable[[int, Any, Any], None]:
        """How a cell of `column` is written; the currency of an amount is looked up in its row."""
        if column.type == "amount":
            currency, totals = names.index(column.currency), self._totals[column.name]

            def amount(at: int, value: int, row: Any) -> None:
                totals[row[currency]] = totals.get(row[currency], 0) + value
                self._amount(at, value, row[currency])

            return amount
        if column.type in ("int", "number"):
            return lambda at, value, row: self._number(at, Decimal(value))
        if column.type == "date":
            day = self._format("date", {"num_format": "dd/mm/yyyy"})
            return lambda at, value, row: self._sheet.write_datetime(self._line, at, value, day)
        if column.type == "instant":
            instant = self._format("instant", {"num_format": "dd/mm/yyyy hh:mm:ss"})
            return lambda at, value, row: self._sheet.write_datetime(
                self._line, at, value.replace(tzinfo=None), instant
            )
        return lambda at, value, row: self._text(at, value)

    def _text(self, at: int, value: str) -> None:
        if len(value) > CELL_CHARACTERS:
            value = value[: CELL_CHARACTERS - len(_CUT)] + _CUT
            self._cut += 1
        self._sheet.write_string(self._line, at, value)

    def _number(self, at: int, value: Decimal, format_: Any = None) -> None:
        """A number, or text when a spreadsheet would round it."""
        if len(value.as_tuple().digits) > EXACT_DIGITS:
            self._text(at, f"{value:f}")
        else:
            self._sheet.write_number(self._line, at, value, format_)

    def _amount(self, at: int, minor: int, currency: str) -> None:
        places = exponent(currency)
        shown = "#,##0" + ("." + "0" * places if places else "")
        self._number(at, Decimal(decimal_text(minor, currency)), self._format(shown, {"num_format": shown}))
