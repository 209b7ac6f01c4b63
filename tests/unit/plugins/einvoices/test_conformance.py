"""The connector keeps every promise of RecordSource, on each syntax."""

from __future__ import annotations

from pathlib import Path

from hub.sdk.errors import SourceUnavailable
from hub.sdk.money import Money
from hub.sdk.testing import CollectionReportsConformance, RecordSourceConformance
from tests.unit.plugins.einvoices.made import cii, pdf, source, ubl, with_rate


class TestFolder(RecordSourceConformance):
    """A folder of PDF, CII and UBL, with a plain PDF that is held, and an invoice whose amounts do not agree."""

    total_kind = "invoice"
    expected_total = Money(minor=2 * 22_550 + 2 * 12_000, currency="EUR")
    expected_refs_count = 7

    def make_source(self, tmp_path: Path):
        return self._over(tmp_path, {})

    def make_source_with_bad(self, tmp_path: Path):
        return self._over(tmp_path, {"b.xml": cii(number="F2", total="2x5.50")})

    def failures(self, tmp_path: Path):
        yield source(tmp_path, tmp_path / "missing"), SourceUnavailable

    def _over(self, tmp_path: Path, other: dict[str, bytes]):
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        files = {
            "a.pdf": pdf(cii(number="F1")),
            "b.xml": cii(number="F2"),
            "c.xml": ubl(number="F3"),
            "d.xml": ubl("CreditNote", number="A1"),
            "c2.xml": ubl(number="F4", net="101.00"),
            "e.pdf": b"%PDF-1.7\n%%EOF\n",
        } | other
        for name, content in files.items():
            if not (folder / name).exists() or name in other:
                (folder / name).write_bytes(content)
        return source(tmp_path, folder)


class TestReports(CollectionReportsConformance):
    """The status « encaissée » of a PDF, of a UBL invoice, of credit notes, and of an invoice without breakdown."""

    without_report = ("F4",)

    def make_source(self, tmp_path: Path):
        folder = tmp_path / "in"
        folder.mkdir(exist_ok=True)
        files = {
            "a.pdf": pdf(cii(number="F1")),
            "b.xml": cii(number="F2", type="381", paid="0.00", due="225.50"),
            "c.xml": with_rate(ubl(number="F3")),
            "d.xml": ubl(number="F4"),
            "e.xml": with_rate(ubl("CreditNote", number="A1")),
        }
        for name, content in files.items():
            if not (folder / name).exists():
                (folder / name).write_bytes(content)
        return source(tmp_path, folder)
