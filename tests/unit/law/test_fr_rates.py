"""The dated rates."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pytest

from hub.core.law.fr.rates import UnknownRate, build_table, hundredths, read_rates, shipped_rates

DERIVED = Path(__file__).parent / "vectors" / "late_penalty_rate_by_half_year.csv"


def test_shipped_rates_give_the_published_table() -> None:
    """Each half-year: MRO of its first day, default, legal interest, floor, and the trap of 2024."""
    table = shipped_rates()
    with DERIVED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(table.half_years)
    for row in rows:
        found = table.on(date.fromisoformat(row["valid_from"]))
        assert hundredths(row["ecb_mro_percent"]) == found.mro
        assert hundredths(row["default_penalty_percent"]) == found.default
        assert hundredths(row["legal_interest_percent"]) == found.legal
        assert hundredths(row["floor_3x_legal_percent"]) == found.floor
        assert (row["default_below_floor"] == "yes") == found.default_below_floor


def test_a_change_inside_a_half_year_waits_for_the_next() -> None:
    """The MRO rose on 2026-06-17 and 2026-09-16: June keeps 2.15, December keeps 2.40."""
    table = shipped_rates()
    on_the_day = build_table({date(2025, 1, 1): 100, date(2026, 1, 1): 200}, {date(2026, 1, 1): 262})
    assert 200 == on_the_day.on(date(2026, 3, 3)).mro
    assert 215 == table.on(date(2026, 6, 30)).mro
    assert 240 == table.on(date(2026, 12, 31)).mro


@pytest.mark.parametrize(
    ("day", "named"), [(date(2027, 1, 1), "first half of 2027"), (date(2014, 12, 31), "second half of 2014")]
)
def test_what_nobody_entered_is_unknown(day: date, named: str) -> None:
    """Neither the future nor the past is extrapolated, although an MRO of that time may be known."""
    with pytest.raises(UnknownRate, match=named) as caught:
        shipped_rates().on(day)
    assert day >= caught.value.half_year


def test_a_table_is_checked_when_it_is_built() -> None:
    """A rate needs a source, one date once, two decimals, and the first day of a half-year for legal
    interest.
    """
    head = "valid_from,rate_percent,source\n"
    with pytest.raises(ValueError, match="no source"):
        read_rates(head + "2026-01-01,2.15,\n")
    with pytest.raises(ValueError, match="two rates"):
        read_rates(head + "2026-01-01,2.15,a\n2026-01-01,2.15,b\n")
    with pytest.raises(ValueError, match="no rate"):
        read_rates(head + "2026-01-01,2.155,a\n")
    with pytest.raises(ValueError, match="1 January"):
        build_table({date(2020, 1, 1): 0}, {date(2026, 2, 1): 262})
    with pytest.raises(ValueError, match="no MRO"):
        build_table({date(2026, 1, 2): 0}, {date(2026, 1, 1): 262})
