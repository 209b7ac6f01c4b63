"""Tables into files: CSV for French spreadsheets, JSON lines for machines, workbooks. Row by row, never half a file."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from hub.core.services.exports.model import Column, Row, Table
from hub.core.services.files import whole_file
from hub.sdk.errors import ConfigError
from hub.sdk.money import decimal_text

#: Formats by the ending of their files; spellings are frozen.
FORMATS = ("csv", "jsonl", "xlsx")

_RISKY = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(?:[.,]\d+)?")


def write_stream(table: Table, form: str, stream: TextIO) -> int:
    """Write `table` as CSV or JSON lines to an open text stream that does not translate line ends; returns how many
    rows. No byte order mark: that is for files.

    Raises:
        ConfigError: the format is a workbook, which is no stream.
    """
    if form == "xlsx":
        raise ConfigError(
            code="HUB-EXP-004",
            what="a workbook cannot be written to the screen",
            where="hub export",
            mend="name a file with --out FILE.xlsx, or choose --format csv",
        )
    return {"csv": _csv, "jsonl": _jsonl}[form](table, stream)


def write_file(table: Table, form: str, path: Path) -> int:
    """Write `table` to `path` whole or not at all: to a file beside it first, which then takes its name.

    Folders that do not exist are made. Returns how many rows.

    Raises:
        ConfigError: the folder or file cannot be written, or the extra for workbooks is not installed.
    """
    with whole_file(path) as beside:
        if form == "xlsx":
            from hub.core.services.exports.workbook import write_workbook

            return write_workbook(table, beside)
        encoding = "utf-8-sig" if form == "csv" else "utf-8"
        with beside.open("w", encoding=encoding, newline="") as stream:
            return write_stream(table, form, stream)


def safe_cell(text: str) -> str:
    """`text` as a spreadsheet may be given it: what it would take for a formula gets an apostrophe in front.

    Plain numbers stay as they are. → OWASP, CSV injection; formats.md §7.
    """
    return f"'{text}" if text.startswith(_RISKY) and not _PLAIN_NUMBER.fullmatch(text) else text


def _csv(table: Table, stream: TextIO) -> int:
    """``;``, decimal comma, dd/mm/yyyy, CRLF; instants as ``dd/mm/yyyy hh:mm:ss``."""
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerow(column.name for column in table.columns)
    makers = [_csv_cell(column, currency_place(table, column)) for column in table.columns]
    places = range(len(makers))
    count = 0
    for row in table.rows:
        writer.writerow(["" if row[at] is None else makers[at](row[at], row) for at in places])
        count += 1
    return count


Maker = Callable[[Any, Row], Any]


def currency_place(table: Table, column: Column) -> int:
    """Where in a row the currency of an amount stands; -1 for other columns."""
    names = [known.name for known in table.columns]
    return names.index(column.currency) if column.type == "amount" else -1


def _csv_cell(column: Column, currency: int) -> Maker:
    makers: dict[str, Maker] = {
        "text": lambda value, row: safe_cell(value),
        "date": lambda value, row: value.strftime("%d/%m/%Y"),
        "instant": lambda value, row: value.strftime("%d/%m/%Y %H:%M:%S"),
        "amount": lambda value, row: decimal_text(value, row[currency], ","),
        "int": lambda value, row: value,
        "number": lambda value, row: f"{value:f}".replace(".", ","),
    }
    return makers[column.type]


def _jsonl(table: Table, stream: TextIO) -> int:
    """One object a line: ISO dates, amounts as text with a point and, beside it, `NAME_minor` as an integer."""
    encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    places = [(at, column, currency_place(table, column)) for at, column in enumerate(table.columns)]
    count = 0
    for row in table.rows:
        entry: dict[str, Any] = {}
        for at, column, currency in places:
            value = row[at]
            if column.type == "amount":
                entry[column.name] = None if value is None else decimal_text(value, row[currency])
                entry[f"{column.name}_minor"] = value
            else:
                entry[column.name] = plain(value)
        stream.write(encode(entry))
        stream.write("\n")
        count += 1
    return count


def plain(value: Any) -> Any:
    """A cell as JSON takes it; a `Decimal` becomes a JSON number with the same digits as far as a reader keeps them."""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    return value
