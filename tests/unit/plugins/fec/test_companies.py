"""Five companies whose ledgers nobody saw before: balances as their files say, groups of lettering at zero."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import CreditNote, Invoice, LedgerEntry, Receipt, Record, SettlementLine
from tests.unit.plugins.fec.companies import FIRST, PROGRAMS, Company
from tests.unit.plugins.fec.reading import explained, read


def uneven_groups(records: Iterable[Record]) -> dict[str, int]:
    """Groups of lettering whose two sides differ, by how much."""
    records = list(records)
    signs: dict[tuple[str, str, date | None], int] = {}
    for one in records:
        if isinstance(one, Invoice | CreditNote):
            signs[one.kind, one.number, one.issued_on] = 1 if isinstance(one, Invoice) else -1
        elif isinstance(one, Receipt):
            signs["receipt", one.source_key, None] = -1
        elif isinstance(one, LedgerEntry):
            target = "write_off" if one.category == "write_off" else "other"
            signs[target, one.entry_id, None] = 1 if one.effect_minor > 0 else -1
    sums: Counter[str] = Counter()
    for one in records:
        if isinstance(one, SettlementLine):
            key = (one.target, one.document_number, one.document_issued_on)
            sums[one.settlement_id] += signs[key] * one.amount_minor
    return {group: minor for group, minor in sums.items() if minor}


def check(company: Company) -> int:
    """Read after each year; returns how many groups of lettering there were in the end."""
    groups = 0
    with tempfile.TemporaryDirectory() as folder:
        paths = company.write(Path(folder))
        for upto in range(1, company.count + 1):
            found = read(Path(folder), paths[:upto])
            assert [] == found.held
            assert company.balances(upto) == found.totals()
            for year in range(FIRST, FIRST + upto):
                for day in (date(year, 6, 30), date(year, 12, 31)):
                    assert found.totals(day) == explained(found.records, day), day
            assert {} == uneven_groups(found.records)
            groups = len({one.settlement_id for one in found.of(SettlementLine)})
    return groups


@pytest.mark.parametrize("sloppy", [False, True], ids=["neat", "sloppy"])
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_company(program: str, sloppy: bool) -> None:
    """Two years of each."""
    found = sum(check(Company(program, seed, sloppy)) for seed in range(2 if sloppy else 1))
    assert found or not PROGRAMS[program].letters


@pytest.mark.long
@pytest.mark.parametrize("program", PROGRAMS)
def test_many_companies(program: str) -> None:
    """Three years of each, many times."""
    for seed in range(40):
        for sloppy in (False, True):
            check(Company(program, 1_000 + seed, sloppy, count=3))
