"""The connector keeps every promise of RecordSource and BulkMap, on each format."""

from __future__ import annotations

from pathlib import Path

from hub.sdk.errors import SourceUnavailable
from hub.sdk.money import Money
from hub.sdk.testing import RecordSourceConformance
from tests.unit.plugins.bank_statements.made import IBAN, OWN, source


class _Samples(RecordSourceConformance):
    """A folder with some of our samples."""

    files: tuple[str, ...] = ()
    damage: tuple[bytes, bytes] = (b"", b"")

    def make_source(self, tmp_path: Path):
        return self._over(tmp_path, damaged=False)

    def make_source_with_bad(self, tmp_path: Path):
        return self._over(tmp_path, damaged=True) if self.damage[0] else None

    def failures(self, tmp_path: Path):
        yield source(tmp_path / "missing"), SourceUnavailable

    def _over(self, tmp_path: Path, damaged: bool):
        folder = tmp_path / "in"
        folder.mkdir(parents=True, exist_ok=True)
        for number, name in enumerate(self.files):
            if not (folder / name).exists():  # an account of its own each: they tell different things of one week
                data = (OWN / name).read_bytes()
                (folder / name).write_bytes(data.replace(b"12345678", b"1234567%d" % number))
        if damaged:
            first = folder / self.files[0]
            first.write_bytes(first.read_bytes().replace(*self.damage, 1))
        return source(folder, account=None, currency="EUR", decimals=2, accounts={IBAN: "ACME"})


class TestCfonb(_Samples):
    """CFONB 120: two statements in a file, one held whole, and a file without line breaks."""

    files = ("cfonb_details.txt", "cfonb_unbalanced_and_good.txt", "cfonb_blank_currency.txt", "cfonb_accents.txt")
    damage = (b"00000000012500{", b"0000000001x500{")
    expected_total = Money(minor=125000 + 2 * 45000 + 91350 + 700 + 100000 + 100000, currency="EUR")
    expected_refs_count = (1 + 6) + 1 + (1 + 1) + (1 + 1) + (1 + 1)


class TestCamt(_Samples):
    """camt.053: batches, charges, returns, twins, versions, a statement held whole."""

    files = (
        "camt053_v8_twins.xml",
        "camt053_v2_batch.xml",
        "camt053_v8_charges.xml",
        "camt053_v2_return_and_pending.xml",
        "camt053_v8_unbalanced.xml",
    )
    damage = (b"<Amt Ccy='EUR'>450", b"<Amt Ccy='EUR'>4..0")
    expected_total = Money(minor=90000 + 100000 + 150000 + 100000, currency="EUR")


class TestMt940(_Samples):
    """MT940: pages of one statement, reversals, charges."""

    files = ("mt940_pages.sta",)
    damage = (b"C450,00", b"C4x0,00")
    expected_total = Money(minor=47600 + 9950, currency="EUR")


class TestOfx(_Samples):
    """OFX 1 with a decimal comma and accents."""

    files = ("ofx1_french.ofx",)
    damage = (b"+1250,00", b"12OO")
    expected_total = Money(minor=125000, currency="EUR")
    expected_refs_count = 2


class TestMany(_Samples):
    """All formats in one folder, in one stream."""

    files = (
        "cfonb_details.txt",
        "cfonb_unbroken.txt",
        "camt053_v8_twins.xml",
        "mt940_pages.sta",
        "ofx1_french.ofx",
        "bank.qif",
        "camt054_v2.xml",
    )
