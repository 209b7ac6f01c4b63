"""Openings that carry 411000 forward in one sum, though every other line of it names a debtor."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from tests.unit.plugins.fec.made import DIALECTS, Made
from tests.unit.plugins.fec.reading import Read, explained, named, read

TAB = DIALECTS[0]


def before() -> Made:
    """A owes 400.00 and B 300.00 at the end of 2025."""
    made = Made(2025)
    made.sale(date(2025, 11, 5), "F1", "A", 50_000)
    made.sale(date(2025, 12, 6), "F2", "B", 30_000)
    made.paid(date(2025, 12, 31), "V1", "A", 10_000)
    return made


def opened(year: int, *sums: tuple[str, int]) -> Made:
    """A year that begins with one sum for each account, without a name."""
    made = Made(year)
    own = -sum(minor for _, minor in sums)
    lumps = [(account, "", minor, "") for account, minor in sums]
    made.entry("AN", date(year, 1, 1), "AN", "A nouveaux", *lumps, ("120000", "", own, ""))
    return made


def of(tmp_path: Path, *years: Made) -> Read:
    folder = tmp_path / "fec"
    folder.mkdir()
    for made in years:
        TAB.write(folder / f"{made.year}.txt", made.rows)
    return read(tmp_path, folder)


def test_a_lump_is_shared_out_to_those_who_owed_it(tmp_path: Path) -> None:
    """Over two years: who paid owes nothing, who did not owes what he owed."""
    second, third = opened(2026, ("411000", 70_000)), opened(2027, ("411000", 41_000))
    second.paid(date(2026, 1, 15), "V2", "B", 30_000)
    second.sale(date(2026, 12, 15), "F3", "B", 1_000)
    third.paid(date(2027, 1, 15), "V3", "B", 600)
    found = of(tmp_path, before(), second, third)
    assert [] == found.held
    assert {"A": 40_000, "B": 400} == found.totals() == explained(found.records)
    assert {"A": 40_000, "B": 30_000} == found.totals(date(2026, 1, 1)) == explained(found.records, date(2026, 1, 1))


def test_each_account_is_shared_out_by_itself(tmp_path: Path) -> None:
    """A doubtful debtor stands on an account of his own; what nobody in particular owes stays nobody's."""
    first, second = before(), opened(2026, ("411000", 45_000), ("416000", 30_000))
    first.entry("OD", date(2025, 12, 31), "D", "Douteux", ("416000", "B", 30_000, ""), ("411000", "B", -30_000, ""))
    first.sale(date(2025, 12, 31), "F9", "", 5_000)
    found = of(tmp_path, first, second)
    assert [] == found.held
    assert {"A": 40_000, "B": 30_000, "411000": 5_000} == found.totals() == explained(found.records)


def test_a_lump_that_nobody_owed_is_a_gap_with_a_name(tmp_path: Path) -> None:
    """50.00 more than was owed before: whose they are nobody can tell, and nothing is guessed."""
    found = of(tmp_path, before(), opened(2026, ("411000", 75_000)))
    assert ["HUB-FEC-026"] == [one.code for one in found.held]
    assert {"411000": 75_000} == found.totals() == named(found.records)
    assert {"A": 40_000, "B": 30_000} == explained(found.records)


def test_an_account_without_names_goes_on_without_names(tmp_path: Path) -> None:
    """Sales over the counter are carried forward as they were; what the others paid since the older file was made is a
    difference like any other."""
    first = before()
    first.sale(date(2025, 12, 31), "F9", "", 5_000)
    found = of(tmp_path, first, opened(2026, ("411000", 5_000)))
    assert [] == found.held
    assert {"411000": 5_000} == found.totals() == explained(found.records)
