"""A real ledger, when it is here: the figures that an independent count gave (PROVENANCE.md), and its records."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

import pytest

from hub.sdk.records import CreditNote, Debtor, Invoice, LedgerEntry, Receipt, SettlementLine
from tests.support.samples import SAMPLES
from tests.unit.plugins.fec.made import DIALECTS, by_debtor, practice
from tests.unit.plugins.fec.reading import Read, explained, read

ROOT = Path(__file__).resolve().parents[4]
GOLDEN = ROOT / "tests" / "golden" / "fec"
SAMPLE = SAMPLES / "fec"
SAMPLE_FILE = SAMPLE / "111111111FEC20221231_excerpt.txt"


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Read:
    if not SAMPLE_FILE.exists():
        pytest.skip("the sample holds real names and is not part of the repository")
    return read(tmp_path_factory.mktemp("fec"), SAMPLE_FILE)


def _lines() -> list[dict[str, str]]:
    text = SAMPLE_FILE.read_text(encoding="utf-8").splitlines()
    names = [name.strip() for name in text[0].split("|")]
    return [dict(zip(names, map(str.strip, line.split("|")), strict=True)) for line in text[1:]]


def test_every_balance_is_the_files_own(sample: Read) -> None:
    """Debits less credits of each account, read off the file without the connector, to the cent."""
    assert [] == sample.held
    assert by_debtor(_lines()) == sample.totals() == explained(sample.records)
    assert 1_441_652 == sum(sample.totals().values())


def test_the_figures_of_its_provenance(sample: Read) -> None:
    """Debit = credit = 131,653.44; 45 lettered groups that each come to zero; unlettered lines net 14,416.52."""
    described = sample.source.describe(str(SAMPLE_FILE))
    assert ("131653.44", "131653.44", 649) == (described["debit"], described["credit"], described["lines"])
    groups: dict[str, int] = defaultdict(int)
    signs = {("invoice", None): 1, ("credit_note", None): -1, ("receipt", None): -1}
    effects = {one.entry_id: 1 if one.effect_minor > 0 else -1 for one in sample.of(LedgerEntry)}
    for one in sample.of(SettlementLine):
        sign = signs.get((one.target, None)) or effects[one.document_number]
        groups[one.settlement_id] += sign * one.amount_minor
    assert 45 == len(groups)
    assert {0} == set(groups.values())
    counts = [len(sample.of(kind)) for kind in (Debtor, Invoice, CreditNote, Receipt, LedgerEntry)]
    assert [34, 98, 3, 46, 4] == counts


def test_the_records_of_our_own_ledger(tmp_path: Path) -> None:
    """Canonical JSON; `python -m tests.unit.plugins.fec.test_sample` writes it anew."""
    assert json.loads((GOLDEN / "practice.json").read_text(encoding="utf-8")) == _canonical(tmp_path)


def _canonical(folder: Path) -> list[dict[str, object]]:
    found = read(folder, DIALECTS[0].write(folder / "123456782FEC20261231.txt", practice().rows))
    return [
        {"kind": one.kind, **one.model_dump(mode="json", exclude_none=True, exclude_defaults=True)}
        for one in found.records
    ]


if __name__ == "__main__":
    import tempfile

    GOLDEN.mkdir(parents=True, exist_ok=True)
    text = json.dumps(_canonical(Path(tempfile.mkdtemp())), ensure_ascii=False, indent=1, default=str)
    (GOLDEN / "practice.json").write_text(text + "\n", encoding="utf-8")
