"""What the connector makes of one file, for people, before anything is taken in."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hub.plugins.fec.blocks import Line
from hub.plugins.fec.books import Books
from hub.plugins.fec.config import FecConfig
from hub.plugins.fec.files import FileRefused, find, look
from hub.plugins.fec.lines import Reader
from hub.plugins.fec.mapping import Mapper
from hub.plugins.fec.units import units_after
from hub.sdk.columns import records_from_columns
from hub.sdk.money import decimal_text

#: How many records and refusals are shown.
_FIRST = 5


def describe(file: str, config: FecConfig) -> dict[str, Any]:
    """Form, columns, period, journals, totals, and the first records of `file`, read by itself.

    Raises:
        SourceUnavailable: the file is not there.
    """
    alone = config.model_copy(update={"files": [Path(file).absolute()], "settle_s": 0})
    ledger = find(alone.files)[0]
    try:
        dialect = look(ledger, config.encoding)
    except FileRefused as refusal:
        return {"file": ledger.name, "refused": str(refusal.refusal)}
    reader = Reader(ledger, dialect, config.currency)
    journals: Counter[str] = Counter()
    days: set[str] = set()
    lines = debit = credit = 0
    for line in reader.read():
        lines += 1
        if isinstance(line, Line):
            journals[line.key[0]] += 1
            days.add(reader.day(line.key[2]))
            debit += max(line.amount, 0)
            credit -= min(line.amount, 0)
    days.discard("")
    shown = {
        "file": ledger.name,
        "encoding": dialect.encoding,
        "delimiter": dialect.delimiter,
        "columns": list(dialect.headers),
        "lines": lines,
        "period": [min(days), max(days)] if days else [],
        "journals": dict(sorted(journals.items())),
        "debit": decimal_text(debit, config.currency),
        "credit": decimal_text(credit, config.currency),
    }
    return shown | _understood(Books.open(alone), alone)


def _understood(books: Books, config: FecConfig) -> dict[str, Any]:
    db = books.scratch
    balance = db.one("SELECT sum(amount) FROM part") or 0
    first = units_after(books, (2, "0"), _FIRST, config.currency)
    page = Mapper(config).page(first.units)
    shown = {
        "facts": dict(db.rows("SELECT kind, count(*) FROM doc GROUP BY kind ORDER BY kind")),
        "debtors": db.one("SELECT count(*) FROM debtor"),
        "lettered_groups": db.one("SELECT count(DISTINCT grp) FROM settled"),
        "balance_of_debtors": decimal_text(balance, config.currency),
        "held": db.one("SELECT coalesce(sum(lines), 0) FROM held"),
        "first_refusals": [
            f"{code} {place}: {what}"
            for place, code, what in db.rows("SELECT place, code, what FROM held LIMIT ?", _FIRST)
        ],
        "first_records": [
            {"kind": record.kind, **record.model_dump(mode="json", exclude_none=True)}
            for columns in page.columns
            for _, record in records_from_columns(columns)
        ],
    }
    db.close()
    return shown
