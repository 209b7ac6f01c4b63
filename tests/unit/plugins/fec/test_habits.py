"""Companies in any mixture of habits: what each debtor owes is what happened, or a gap with a name."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import Invoice, Receipt
from tests.unit.plugins.fec.habits import Company
from tests.unit.plugins.fec.made import DIALECTS, Made
from tests.unit.plugins.fec.reading import explained, read


def check(seed: int, years: int = 2) -> None:
    """One company: what its debtors owe; every invoice once; the money that came in."""
    company = Company(seed, years)
    with tempfile.TemporaryDirectory() as folder:
        company.write(Path(folder))
        found = read(Path(folder), Path(folder))
        truth = company.balances()
        assert [] == found.held
        assert truth == found.totals()
        assert truth == explained(found.records)
        assert len(company.invoices) == len(found.of(Invoice))
        assert company.received == sum(one.amount_minor for one in found.of(Receipt))


@pytest.mark.parametrize("seed", range(16))
def test_a_company(seed: int) -> None:
    """Two years of each."""
    check(seed)


@pytest.mark.long
@pytest.mark.parametrize("hundred", range(1, 6))
def test_many_companies(hundred: int) -> None:
    """Three years of each."""
    for seed in range(hundred * 100, hundred * 100 + 100):
        check(seed, 3)


@pytest.mark.parametrize("encoding", ["cp850", "cp1252"])
@pytest.mark.parametrize("name", ["HÔTEL", "ÉTÉ", "NOËL"])
def test_a_file_with_few_letters_is_written_like_the_others(name: str, encoding: str, tmp_path: Path) -> None:
    """One letter that may be of either old encoding: the other year says which, so the debtor is the same one."""
    folder = tmp_path / "fec"
    folder.mkdir()
    [dialect] = [one for one in DIALECTS if one.name == encoding]
    old, new = Made(2025), Made(2026)
    old.sale(date(2025, 12, 1), "F1", name, 12_000)
    old.sale(date(2025, 12, 2), "F2", "Société générale", 1_000)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", name, 12_000, ""), ("890000", "", -12_000, ""))
    for row in (*old.rows, *new.rows):
        row["CompAuxLib"] = ""
    dialect.write(folder / "2025.txt", old.rows)
    dialect.write(folder / "2026.txt", [row | {"JournalLib": "A nouveaux"} for row in new.rows])
    assert {name: 12_000} == {code: minor for code, minor in read(tmp_path, folder).totals().items() if code == name}
