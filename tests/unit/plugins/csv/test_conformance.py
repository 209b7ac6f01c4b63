"""The connector keeps every promise of RecordSource and BulkMap."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from hub.plugins.csv.source import CsvSource
from hub.sdk import HubError, Money, RecordSource, SourceUnavailable
from hub.sdk.testing import RecordSourceConformance
from tests.unit.plugins.csv.tables import OWN, source_of

INVOICES = "number;seller;debtor_id;issued_on;due_on;total;open_amount;payment_terms\n" + "".join(
    f"F{i:03d};ACME;C{i % 7};{1 + i % 28:02d}/{1 + i % 12:02d}/2026;;{i},50;{i % 3},50;30 jours\n" for i in range(3, 40)
)


class TestInvoices(RecordSourceConformance):
    """Invoices with open amounts, without names of debtors."""

    expected_total = Money(minor=sum(i * 100 + 50 for i in range(3, 40)), currency="EUR")
    total_kind = "invoice"
    expected_refs_count = 37

    def make_source(self, tmp_path: Path) -> RecordSource:
        (tmp_path / "invoices.csv").write_text(INVOICES)
        return source_of(tmp_path, invoices=tmp_path / "invoices.csv")

    def make_source_with_bad(self, tmp_path: Path) -> RecordSource:
        (tmp_path / "invoices.csv").write_text(INVOICES.replace("20,50", "20;50"))
        return source_of(tmp_path, invoices=tmp_path / "invoices.csv")

    def failures(self, tmp_path: Path) -> Iterable[tuple[RecordSource, type[HubError]]]:
        yield source_of(tmp_path, invoices=tmp_path / "nowhere.csv"), SourceUnavailable


class TestAllStreams(RecordSourceConformance):
    """Every kind of file, with twins, a movement without an id and faulty rows."""

    expected_total = Money(minor=120000 + 2 * 181480, currency="EUR")

    def make_source(self, tmp_path: Path) -> CsvSource:
        for name in ("debtors", "receipts", "instalments", "payouts"):
            if not (tmp_path / f"{name}.csv").exists():
                shutil.copy(OWN / f"{name}.csv", tmp_path / f"{name}.csv")
        files = {name: tmp_path / f"{name}.csv" for name in ("debtors", "instalments", "receipts", "payouts")}
        return source_of(tmp_path, seller="ACME", **files)


class TestQuotedLineBreaks(RecordSourceConformance):
    """Records over several lines keep their borders whatever the page."""

    expected_refs_count = 30

    def make_source(self, tmp_path: Path) -> RecordSource:
        rows = "".join(f'"R{i}";31/01/2026;{i},00;"line one\nline ""two""\n\nlast {i}"\n' for i in range(30))
        (tmp_path / "receipts.csv").write_text("receipt_id;received_on;amount;remittance\n" + rows)
        return source_of(tmp_path, receipts=tmp_path / "receipts.csv")


class TestSnapshot(RecordSourceConformance):
    """Several files as one snapshot."""

    def make_source(self, tmp_path: Path) -> RecordSource:
        for i in range(3):
            (tmp_path / f"part{i}.csv").write_text(
                "number;debtor_id;issued_on;total\n" + "".join(f"F{i}-{k};C;13/01/2026;{k},00\n" for k in range(5))
            )
        return source_of(tmp_path, invoices=tmp_path / "part*.csv", mode="snapshot", missing="settled")


class TestDoubtfulRows(RecordSourceConformance):
    """Refused rows of every sort between good ones, in small pages."""

    def make_source(self, tmp_path: Path) -> RecordSource:
        (tmp_path / "invoices.csv").write_bytes(
            b"number;debtor_id;issued_on;total\nA;C;13/01/2026;1,00\n\nB;C;x;1,00\nTotal;;;\n"
            + b"D;\x01;13/01/2026;1,00\nE;\xe9;13/01/2026;1,00\nF;C;13/01/2026\n"
            + 'G;"C;13/01/2026;1,00\nÉ;"É\n";13/01/2026;1,00\nI;é;13/01/2026;1,00\n'.encode()
        )
        return source_of(tmp_path, invoices=tmp_path / "invoices.csv")
