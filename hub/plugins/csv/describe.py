"""How a file is understood, in words and examples, before anything is taken in."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.plugins.csv.config import STREAMS, CsvConfig
from hub.plugins.csv.faults import FileRefused, unavailable
from hub.plugins.csv.files import Source, find
from hub.plugins.csv.layout import Reading
from hub.plugins.csv.mapping import map_units
from hub.plugins.csv.vocabulary import AMOUNTS, DATES, FIELDS
from hub.sdk import Context
from hub.sdk.columns import records_from_columns
from hub.sdk.errors import HubError

_FIRST = 5


def describe(file: str, config: CsvConfig) -> Mapping[str, Any]:
    """Plain values for display; `refused` tells why a file cannot be taken in. Several tables: one entry each.

    Raises:
        SourceUnavailable: the file is not there.
    """
    path = Path(file).absolute()
    if not path.exists():
        raise unavailable("HUB-CSV-030", path.name, name=str(path))
    tables = [_table(source, config) for source in find([path])]
    return tables[0] if len(tables) == 1 else {"file": path.name, "tables": tables}


def _table(source: Source, config: CsvConfig) -> dict[str, Any]:
    """The table read as the stream that its path belongs to, else as the one whose headers fit best."""
    own = [stream for stream in STREAMS if any(source.key == other.key for other in find(config.files(stream)))]
    attempts = [_as(source, stream, config) for stream in own or STREAMS]
    readable = [found for found in attempts if "refused" not in found]
    return max(readable or attempts[:1], key=lambda found: len(found.get("columns", ())))


def _as(source: Source, stream: str, config: CsvConfig) -> dict[str, Any]:
    from hub.plugins.csv.source import CsvSource

    shown: dict[str, Any] = {"file": source.name, "kind": stream}
    others = {other: None for other in STREAMS if other != stream}
    quiet = logging.getLogger("hub.connector.csv.describe")
    reader = CsvSource(config.model_copy(update={**others, stream: source.path, "mode": "append", "settle_s": 0}),
                       Context("describe", logger=quiet))  # fmt: skip
    try:
        now = reader.sniff(source, stream)
    except FileRefused as refusal:
        return shown | {"refused": str(refusal.refusal), "headers": refusal.headers}
    except HubError as error:
        return shown | {"refused": str(error)}
    reading = Reading(now.layout, config)
    shown |= {"sheet": now.sheet} if now.sheet else {"encoding": now.encoding, "delimiter": now.delimiter}
    if now.unread:
        shown["sheets_not_read"] = now.unread
    if now.mixed:
        shown["mixed_encodings"] = True
    return shown | _columns(reading) | {"header_line": now.first_line - 1} | _rows(reader, source, stream, config)


def _columns(reading: Reading) -> dict[str, Any]:
    return {
        "columns": {name: reading.header(name) for name in FIELDS[reading.kind] if name in reading.positions},
        "decimal_marks": {reading.header(name): mark for name, mark in reading.decimals.items() if name in AMOUNTS},
        "date_forms": {reading.header(name): dates.form for name, dates in reading.dates.items() if name in DATES},
        "ignored_headers": reading.left_aside(),
        "fields_without_column": [name for name in FIELDS[reading.kind] if name not in reading.positions],
        "defaults": {
            name: value
            for name, value in (("seller", reading.seller), ("currency", reading.currency))
            if name in FIELDS[reading.kind] and name not in reading.positions
        },
    }


def _rows(reader: Any, source: Source, stream: str, config: CsvConfig) -> dict[str, Any]:
    """All rows counted, the first ones as they are understood, the first refusals."""
    rows = held = 0
    first: list[dict[str, Any]] = []
    refusals: list[str] = []
    table = reader.open(source, stream)
    while not table.at_end:
        units, _ = table.take(5_000)
        page = units.mapped()
        rows += len(units)
        held += len(page.rejected)
        refusals += [str(page.rejected[i]) for i in sorted(page.rejected)][: _FIRST - len(refusals)]
        if not first:
            mapped = map_units(list(units[:_FIRST]), reader.readings, config)
            first = [
                {"kind": record.kind, **record.model_dump(mode="json", exclude_none=True)}
                for columns in mapped.columns
                for _, record in records_from_columns(columns)
            ]
    table.close()
    return {"rows": rows, "held": held, "first_records": first, "first_refusals": refusals}
