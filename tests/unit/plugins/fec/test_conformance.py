"""The connector keeps every promise of RecordSource, BulkMap and ControlTotals."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from hub.sdk.errors import SourceUnavailable
from hub.sdk.money import Money
from hub.sdk.testing import ControlTotalsConformance, RecordSourceConformance
from tests.unit.plugins.fec.made import DIALECTS, practice
from tests.unit.plugins.fec.reading import source

OWED = sum(practice().balance.values())


class TestLedger(RecordSourceConformance):
    """A year of a small firm, with every case of French account practice."""

    total_kind = "invoice"
    expected_total = (
        Money(
            minor=50_000
            + sum((120, 60, 36, 100, 80, 70, 90, 100, 24, 12, 120, 45, 100)) * 1_000
            + 33_333
            + 15_000
            + 10_000
            + 20_000
            + 22_550,
            currency="EUR",
        ),
        Money(minor=150_000, currency="USD"),
    )

    def make_source(self, tmp_path: Path):
        return self._over(tmp_path, b"", b"")

    def make_source_with_bad(self, tmp_path: Path):
        return self._over(tmp_path, b"1200,00", b"12OO,00")

    def failures(self, tmp_path: Path):
        yield source(tmp_path, tmp_path / "missing.txt"), SourceUnavailable

    def _over(self, tmp_path: Path, old: bytes, new: bytes):
        path = DIALECTS[1].write(tmp_path / "123456782FEC20261231.txt", practice().rows)
        if old:
            path.write_bytes(path.read_bytes().replace(old, new, 1))
        return source(tmp_path, path)


class TestBalances(ControlTotalsConformance):
    """What each debtor owes by the books themselves."""

    on = date(2026, 12, 31)
    expected_total = Money(minor=OWED, currency="EUR")

    def make_source(self, tmp_path: Path):
        path = tmp_path / "fec.txt"
        if not path.exists():
            DIALECTS[0].write(path, practice().rows)
        return source(tmp_path, path)
