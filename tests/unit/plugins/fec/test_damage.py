"""Whatever happens to the files of a company: what its debtors owe is right, or it is said."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

import pytest

from hub.sdk import SourceUnavailable
from hub.sdk.records import LedgerEntry
from tests.unit.plugins.fec.damage import FILES, LINES, damage_files, damage_line
from tests.unit.plugins.fec.habits import Company
from tests.unit.plugins.fec.reading import explained, named, read


def check_line(seed: int, how: str) -> None:
    """A damaged line: every debtor is right, or has a gap with a name; nobody's line alone is merely held."""
    company, draw = Company(seed), random.Random(f"damage {seed} {how}")
    with tempfile.TemporaryDirectory() as folder:
        paths = company.write(Path(folder))
        damage_line(company, draw.choice(paths), draw, how)
        found = read(Path(folder), Path(folder))
        said, truth, totals = explained(found.records), company.balances(), found.totals()
    assert named(found.records) == totals
    gaps = {one.debtor_id for one in found.of(LedgerEntry) if one.category == "held"}
    wrong = {debtor for debtor in {*said, *truth} if said.get(debtor) != truth.get(debtor)}
    assert wrong <= gaps or found.held
    if how not in ("gone", "account"):  # else nobody can tell whose line it was
        assert wrong <= gaps


def check_files(seed: int, how: str) -> None:
    """Damaged files: a cut one stops the run, a forgotten year is a gap, and what is there twice counts once."""
    company = Company(seed, 3)
    if how in ("cut", "forgotten") and len(company.files) != 3:
        return
    truth = company.balances()
    with tempfile.TemporaryDirectory() as folder:
        damage_files(company, Path(folder), how)
        if how == "cut":
            with pytest.raises(SourceUnavailable, match="HUB-FEC-037"):
                read(Path(folder), Path(folder))
            return
        found = read(Path(folder), Path(folder))
        assert truth == found.totals() == named(found.records)
    if truth != explained(found.records):
        assert ("forgotten", ["HUB-FEC-025"]) == (how, [one.code for one in found.held])
    else:
        assert how == "forgotten" or [] == found.held


@pytest.mark.parametrize("how", LINES)
def test_a_damaged_line(how: str) -> None:
    """Some companies."""
    for seed in range(2):
        check_line(seed, how)


@pytest.mark.parametrize("how", FILES)
def test_damaged_files(how: str) -> None:
    """Some companies."""
    for seed in range(2):
        check_files(seed, how)


@pytest.mark.long
@pytest.mark.parametrize("how", LINES)
def test_many_damaged_lines(how: str) -> None:
    """Many companies."""
    for seed in range(100, 200):
        check_line(seed, how)


@pytest.mark.long
@pytest.mark.parametrize("how", FILES)
def test_many_damaged_files(how: str) -> None:
    """Many companies."""
    for seed in range(100, 200):
        check_files(seed, how)
