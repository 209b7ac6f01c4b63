"""Files whose days overlap: compared by their entries; none is dropped for its dates alone, none counts twice."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import Invoice, SettlementLine
from tests.unit.plugins.fec.made import DIALECTS, Made, Row
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def files(tmp_path: Path, **rows: list[Row]) -> Read:
    """The files by name, each written a minute after the one before."""
    folder = tmp_path / "fec"
    folder.mkdir(exist_ok=True)
    for age, (name, some) in enumerate(rows.items()):
        path = TAB.write(folder / f"{name}.txt", some)
        os.utime(path, (1_700_000_000 + 60 * age, 1_700_000_000 + 60 * age))
    found = read(tmp_path, folder)
    assert found.totals() == explained(found.records)
    return found


def numbers(found: Read) -> list[str]:
    return sorted(one.number for one in found.of(Invoice))


def year(last: int = 5) -> Made:
    made = Made(2026)
    for month in range(1, last + 1):
        made.sale(date(2026, month, 5), f"F{month}", "A", 12_000, f"A{month}")
        made.paid(date(2026, month, 20), f"V{month}", "A", 12_000, f"A{month}")
    return made


def of(made: Made, *journals: str) -> list[Row]:
    return [row for row in made.rows if row["JournalCode"] in journals]


@pytest.mark.parametrize("first", ["VE", "BQ"])
def test_a_file_for_each_journal(first: str, tmp_path: Path) -> None:
    """Sales of January to April, payments within these days: both count, and letters pair across the files."""
    made = year(3)
    made.sale(date(2026, 4, 5), "F4", "A", 12_000)
    names = {"VE": of(made, "VE"), "BQ": of(made, "BQ")}
    found = files(tmp_path, **{name: names[name] for name in sorted(names, reverse=first == "VE")})
    assert ({"A": 12_000}, []) == (found.totals(), found.held)
    assert 3 == len({one.settlement_id for one in found.of(SettlementLine)})


def test_a_file_for_each_journal_of_the_second_year(tmp_path: Path) -> None:
    """The opening stands in another file than payments of the same days: it is joined to the year before alone."""
    old, new = Made(2025), Made(2026)
    old.sale(date(2025, 11, 1), "F1", "A", 12_000)
    new.paid(date(2026, 1, 1), "V1", "A", 2_000)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    new.sale(date(2026, 2, 1), "F2", "A", 500)
    found = files(tmp_path, old=old.rows, bank=of(new, "BQ"), rest=of(new, "AN", "VE"))
    assert ({"A": 10_500}, [], ["F1", "F2"]) == (found.totals(), found.held, numbers(found))


@pytest.mark.parametrize("by_name", [True, False])
def test_a_newer_export_without_a_wrong_last_entry(by_name: bool, tmp_path: Path) -> None:
    """It ends earlier, and still it counts; what is gone is said."""
    made = year()
    good = list(made.rows)
    made.sale(date(2026, 12, 5), "WRONG", "A", 99_900)
    old, new = ("123456782FEC20260630", "123456782FEC20260930") if by_name else ("z", "a")
    order = [(old, made.rows), (new, good)]
    found = files(tmp_path, **dict(reversed(order) if by_name else order))
    assert ([f"F{n}" for n in range(1, 6)], {}) == (numbers(found), found.totals())
    [fault] = found.held
    assert ("HUB-FEC-008", f"{old}.txt") == (fault.code, fault.where)
    assert "1 entries" in fault.what
    assert "VE 000011 2026-12-05" in fault.what


def test_a_copy_of_an_older_export_replaces_nothing(tmp_path: Path) -> None:
    """The export of March copied after the one of December: all of it is in the other."""
    found = files(tmp_path, december=year(12).rows, march=year(3).rows)
    assert (12, []) == (len(numbers(found)), found.held)


def test_a_newer_export_with_a_correction(tmp_path: Path) -> None:
    """An entry that says something else in the newer file is corrected: it counts once, as it is now."""
    made = year(3)
    later = year(6)
    for row in later.rows:
        if row["PieceRef"] == "F2":
            row["EcritureLib"] = "Corrigée"
            for side, old in (("Debit", "120,00"), ("Credit", "100,00"), ("Credit", "20,00")):
                if row[side] == old:
                    row[side] = {"120,00": "132,00", "100,00": "110,00", "20,00": "22,00"}[old]
    found = files(tmp_path, march=made.rows, june=later.rows)
    assert (6, {"A": 1_200}, []) == (len(numbers(found)), found.totals(), found.held)


def test_a_mistyped_year_swallows_no_other_file(tmp_path: Path) -> None:
    """2052 in the file of 2025: the file of 2026 counts."""
    old, new = Made(2025), Made(2026)
    for month in range(1, 12):
        old.sale(date(2025, month, 1), f"F{month}", "A", 1_000)
    old.sale(date(2052, 12, 1), "F12", "A", 1_000)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    new.sale(date(2026, 2, 1), "G1", "A", 500)
    found = files(tmp_path, old=old.rows, new=new.rows)
    assert "G1" in numbers(found)
    assert 13 == len(numbers(found))
    assert [] == found.held


def test_a_date_in_the_next_year_is_said(tmp_path: Path) -> None:
    """May 2026 in the file of 2025: the files contradict each other; the later one waits, and it is said."""
    old, new = Made(2025), Made(2026)
    for day in (date(2025, 3, 1), date(2025, 9, 1), date(2026, 5, 1)):
        old.sale(day, f"F{day}", "A", 1_000)
    for month in (1, 2, 3):
        new.sale(date(2026, month, 1), f"G{month}", "A", 500)
    assert ["HUB-FEC-004"] == [one.code for one in files(tmp_path, old=old.rows, new=new.rows).held]


def test_two_halves_of_a_month_share_a_day(tmp_path: Path) -> None:
    """The 15th stands in both: what is in both counts once, what is in one counts."""
    made = Made(2026)
    for day in (3, 9, 15, 15, 15, 20, 28):
        made.sale(date(2026, 1, day), f"F{len(made.rows)}", "A", 1_000)
    found = files(tmp_path, first=made.rows[:12], second=made.rows[9:])
    assert (7, {"A": 7_000}, []) == (len(numbers(found)), found.totals(), found.held)


@pytest.mark.parametrize("months", [1, 4])
@pytest.mark.parametrize("named", [True, False])
def test_a_draft_and_the_final_export(named: bool, months: int, tmp_path: Path) -> None:
    """Every entry got another number when it became final, and more came: the draft is left aside, nothing is gone."""
    draft = year(months)
    final = Made(2026, number=500)
    for row in draft.rows:
        final.rows.append(row | {"EcritureNum": f"{500 + int(row['EcritureNum']):06d}" if named else ""})
    final.sale(date(2026, 11, 5), "F11", "A", 700)
    found = files(tmp_path, draft=draft.rows, final=final.rows)
    assert ({"A": 700}, []) == (found.totals(), found.held)
    assert [*(f"F{month}" for month in range(1, months + 1)), "F11"] == sorted(numbers(found), key=lambda n: int(n[1:]))


def test_a_draft_of_which_an_entry_was_deleted(tmp_path: Path) -> None:
    """All have other numbers but one, which is not there any more: that one is said."""
    draft = year(3)
    final = [row | {"EcritureNum": f"9{row['EcritureNum']}"} for row in draft.rows if row["PieceRef"] != "F3"]
    found = files(tmp_path, draft=draft.rows, final=final)
    [fault] = found.held
    assert ("HUB-FEC-008", True) == (fault.code, fault.what.startswith("1 entries of this file"))
    assert {"A": -12_000} == found.totals()
