"""The balance of every account is the sum of what is said of it: in every dialect, for any lettering, on any day."""

from __future__ import annotations

import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.sdk.records import Invoice, Record
from tests.unit.plugins.fec.made import DIALECTS, Dialect, by_debtor, practice, random_ledger
from tests.unit.plugins.fec.reading import END, explained, read


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_every_dialect_says_the_same(dialect: Dialect, tmp_path: Path) -> None:
    """Separator, encoding, dates, signs and order of columns change nothing of amounts and names."""
    made = practice()
    plain = read(tmp_path, DIALECTS[0].write(tmp_path / "plain.txt", made.rows))
    found = read(tmp_path, dialect.write(tmp_path / "123456782FEC20261231.txt", made.rows))
    assert [] == found.held
    assert found.totals() == explained(found.records)
    if dialect.name == "debtor in account":
        assert sum(made.balance.values()) == sum(found.totals().values())
        return
    assert {debtor: minor for debtor, minor in made.balance.items() if minor} == found.totals()
    assert sorted(map(_said, plain.records)) == sorted(map(_said, found.records))


def _said(record: Record) -> str:
    """A record without what a dialect may change: the date of the piece."""
    return repr(record.model_dump(exclude={"issued_on", "document_issued_on"}))


@given(st.integers(0, 10**6), st.integers(1, 40))
def test_any_ledger_is_explained_to_the_cent(seed: int, size: int) -> None:
    """Whatever the entries and however they are lettered, on each day: balance = open items + named lines."""
    import tempfile

    made = random_ledger(random.Random(seed), size)
    with tempfile.TemporaryDirectory() as folder:
        found = read(Path(folder), DIALECTS[seed % 3].write(Path(folder) / "fec.txt", made.rows))
        assert by_debtor(made.rows) == found.totals()
        for day in (date(2026, 3, 31), date(2026, 9, 1), END):
            assert found.totals(day) == explained(found.records, day), day
        keys = [(one.number, one.issued_on.year) for one in found.of(Invoice)]
        assert len(set(keys)) == len(keys)
