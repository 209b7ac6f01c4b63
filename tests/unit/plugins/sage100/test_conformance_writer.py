"""sage100 keeps every promise of LedgerWriter, in both of its formats: imported into a company of Sage's shape and read
back from there, or from the file that Sage exports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from hub.plugins.sage100 import Sage100
from hub.sdk import LedgerFile, LedgerWriter, Posting
from hub.sdk.records import Receipt
from hub.sdk.testing import LedgerWriterConformance, read_records
from tests.sage_company import SageBase
from tests.sage_company.importing import import_file
from tests.support.sage import source
from tests.unit.plugins.sage100.test_writing import BATCH, IBAN, made


def receipts_of(sage: Sage100) -> list[Receipt]:
    """What the books say was received."""
    return [record for one in read_records(sage) for record in one.records if isinstance(record, Receipt)]


class TestImportedIntoSage(LedgerWriterConformance):
    """The tagged format, into the data base and read from there."""

    def make_source(self, tmp_path: Path) -> LedgerWriter:
        settings = {"bank_accounts": {IBAN: "512100"}, "bank_journals": {IBAN: "BQ"}}
        return source(SageBase(f"sqlite:///{tmp_path / 'sage.db'}"), tmp_path, **settings)

    def postings(self) -> Sequence[Posting]:
        return BATCH.postings

    def refused(self) -> Iterable[Posting]:
        good = BATCH.postings[1]
        yield replace(good, account="FR00")
        yield replace(good, currency="USD")
        yield replace(good, amount_minor=901)
        yield replace(good, parts=[replace(good.parts[0], debtor_id="C" * 18)])
        yield replace(good, parts=[replace(good.parts[0], document_number="F" * 18)])

    def come_back(self, file: LedgerFile, tmp_path: Path) -> Iterable[Receipt]:
        base = SageBase(f"sqlite:///{tmp_path / 'books.db'}")
        base.add("F_JOURNAUX", [{"JO_Num": "BQ", "JO_Type": 2}])
        base.add("P_DOSSIER", [{"D_DebutExo01": "2026-01-01", "D_FinExo01": "2026-12-31"}])
        base.add("F_COMPTET", [{"CT_Num": "C1"}, {"CT_Num": "C2"}])
        assert import_file(base, file.body)
        return receipts_of(source(base, tmp_path))


class TestReadFromItsExport(TestImportedIntoSage):
    """The same, read from the file that Sage exports again."""

    def make_source(self, tmp_path: Path) -> LedgerWriter:
        return made(tmp_path)

    def come_back(self, file: LedgerFile, tmp_path: Path) -> Iterable[Receipt]:
        (tmp_path / "export.txt").write_bytes(file.body)
        return receipts_of(made(tmp_path))


class TestPnm(TestReadFromItsExport):
    """The fixed-width format."""

    def make_source(self, tmp_path: Path) -> LedgerWriter:
        return made(tmp_path, experimental_pnm=True)

    def refused(self) -> Iterable[Posting]:
        yield from super().refused()
        yield replace(BATCH.postings[1], parts=[replace(BATCH.postings[1].parts[0], debtor_id="C" * 14)])

    def come_back(self, file: LedgerFile, tmp_path: Path) -> Iterable[Receipt]:
        (tmp_path / "export.txt").write_bytes(file.body)
        return receipts_of(made(tmp_path, experimental_pnm=True))
