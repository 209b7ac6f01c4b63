"""Reading tables in tests as the hub does: page after page, mapped in bulk."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hub.plugins.csv import CsvConfig
from hub.plugins.csv.source import CsvSource
from hub.sdk import Cursor, Page, RawUnit, RecordRejected
from hub.sdk.columns import records_from_columns
from hub.sdk.records import Record
from hub.sdk.testing import make_context
from tests.support.samples import SAMPLES

REPO = Path(__file__).resolve().parents[4]
SHARED = SAMPLES / "csv"
OWN = REPO / "tests" / "samples" / "csv"
GOLDEN = REPO / "tests" / "golden" / "csv"


@dataclass
class Result:
    """What one run over one stream gave."""

    units: list[RawUnit] = field(default_factory=list)
    records: list[Record] = field(default_factory=list)
    rejected: list[RecordRejected] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)

    @property
    def codes(self) -> list[str]:
        return [refusal.code for refusal in self.rejected]

    @property
    def skipped(self) -> list[str]:
        return [name for page in self.pages for name in page.skipped]

    @property
    def notes(self) -> list[str]:
        return [sentence for page in self.pages for sentence in page.notes]

    @property
    def cursor(self) -> Cursor | None:
        return self.pages[-1].cursor

    def of(self, kind: str) -> list[Any]:
        return [record for record in self.records if record.kind == kind]


def source_of(folder: Path, **settings: Any) -> CsvSource:
    return CsvSource(CsvConfig(plugin="csv", **settings), make_context(folder))


def run(source: CsvSource, stream: str = "invoices", limit: int = 5_000, cursor: Cursor | None = None) -> Result:
    """A complete run; records in the order of their units, as `map_page` gives them."""
    result = Result()
    while True:
        page = source.fetch(stream, cursor, limit)
        assert len(page.units) <= limit
        mapped = source.map_page(stream, page.units)
        found = [pair for columns in mapped.columns for pair in records_from_columns(columns)]
        result.records += [record for _, record in sorted(found, key=lambda pair: pair[0])]
        result.rejected += [mapped.rejected[i] for i in sorted(mapped.rejected)]
        result.units += list(page.units)
        result.pages.append(page)
        cursor = page.cursor
        if page.last:
            return result


def read(folder: Path, content: bytes | str, stream: str = "invoices", name: str = "", **settings: Any) -> Result:
    """The records of one file with this content."""
    path = folder / (name or f"{stream}.csv")
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return run(source_of(folder, **{stream: path}, **settings), stream)
