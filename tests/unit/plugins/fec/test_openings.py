"""What is an opening and what is not: no invoice may vanish, no balance may count twice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.plugins.fec import simple
from hub.sdk.records import Invoice, Receipt
from tests.unit.plugins.fec.made import DIALECTS, Leg, Made
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def former() -> Made:
    made = Made(2025)
    made.sale(date(2025, 11, 1), "A25-01", "A", 12_000)
    return made


def years(tmp_path: Path, new: Made, old: Made | None = None, **settings: object) -> Read:
    folder = tmp_path / "fec"
    folder.mkdir(exist_ok=True)
    TAB.write(folder / "2025.txt", (old or former()).rows)
    TAB.write(folder / "2026.txt", new.rows)
    return read(tmp_path, folder, **settings)


@pytest.mark.parametrize("by_columns", [True, False])
@pytest.mark.parametrize(
    ("code", "name", "settings"),
    [
        ("RN", "VENTES RENNES", {}),
        ("RN", "RENNES", {}),
        ("AN", "AGENCE NANTES", {}),
        ("NOUV", "NOUVELLE BOUTIQUE", {}),
        ("VO", "VENTES OUVERTURES", {}),
        ("VO", "OUVERTURES ET FERMETURES", {}),
        ("VE", "VENTES", {"opening_journals": ["VE"]}),
    ],
)
def test_sales_are_no_opening_whatever_their_journal(
    code: str, name: str, settings: dict[str, object], by_columns: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A journal that is called like one of openings: an entry that touches sales is a sale, by both ways of reading."""
    if not by_columns:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    for day in range(1, 9):
        new.sale(date(2026, 1, day), f"R26-{day:02d}", "A", 1_000, JournalCode=code, JournalLib=name)
    found = years(tmp_path, new, **settings)
    assert ["A25-01", *(f"R26-{day:02d}" for day in range(1, 9))] == [one.number for one in found.of(Invoice)]
    assert {"A": 20_000} == found.totals() == explained(found.records)
    assert [] == found.held


def test_money_in_a_branch_called_an_is_a_payment(tmp_path: Path) -> None:
    """By its code alone a journal may be anything: the bank against a debtor is a receipt."""
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    for day in range(2, 9):
        new.paid(date(2026, 1, day), f"V{day}", "A", 100, JournalCode="RN", JournalLib="RENNES")
    found = years(tmp_path, new)
    assert [100] * 7 == [one.amount_minor for one in found.of(Receipt)]
    assert {"A": 11_300} == found.totals() == explained(found.records)


@pytest.mark.parametrize("by_columns", [True, False])
@pytest.mark.parametrize(
    ("code", "name", "label", "day", "other"),
    [
        ("SI", "SOLDES INITIAUX", "F1", 1, "110000"),
        ("OD", "OPERATIONS DIVERSES", "Reprise balance 2025", 1, "471000"),
        ("OD", "OPERATIONS DIVERSES", "RAN 2025", 2, "110000"),
        ("OD", "OPERATIONS DIVERSES", "Report 2025", 1, "471000"),
        ("REP", "REPRISE BALANCE", "F1", 1, "471000"),
        ("A-N", "JOURNAL AN", "F1", 1, "110000"),
        ("A-N", "", "F1", 1, "110000"),
        ("XAN", "JOURNAL DES A.N.", "F1", 1, "110000"),
        ("ANX", "ANX", "A NOUVEAU F1", 2, "110000"),
        ("JAN", "REPORTS", "F1", 1, "512000"),
    ],
)
def test_openings_by_other_names(
    code: str, name: str, label: str, day: int, other: str, by_columns: bool, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """What repeats the year before counts once, however it is called, by both ways of reading."""
    if not by_columns:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    new = Made(2026)
    new.sale(date(2026, 1, 1), "R0", "A", 1_000)
    for debtor, minor in (("A", 12_000), ("B", 3_000), ("C", 500), ("D", 600)):
        legs = (("411000", debtor, minor, ""), (other, "", -minor, ""))
        new.entry(code, date(2026, 1, day), "F1", label, *legs, JournalLib=name)
    new.sale(date(2026, 1, 5), "R1", "A", 1_000)
    old = former()
    for debtor, minor in (("B", 3_000), ("C", 500), ("D", 600)):
        old.sale(date(2025, 12, 1), f"P{debtor}", debtor, minor)
    found = years(tmp_path, new, old)
    assert {"A": 14_000, "B": 3_000, "C": 500, "D": 600} == found.totals() == explained(found.records)
    assert [] == found.held


@pytest.mark.parametrize(
    ("label", "day", "legs"),
    [
        ("Report échéance F1", date(2026, 1, 1), [("411000", "A", 300, ""), ("467000", "", -300, "")]),
        ("Report de solde", date(2026, 1, 1), [("411000", "A", 300, ""), ("411000", "B", -300, "")]),
        ("Report 2025", date(2026, 3, 1), [("411000", "A", 300, ""), ("467000", "", -300, "")]),
        ("Report", date(2026, 1, 2), [("512000", "", 300, ""), ("411000", "A", -300, "")]),
    ],
)
def test_words_alone_make_no_opening(label: str, day: date, legs: list[Leg], tmp_path: Path) -> None:
    """A due date put off, a transfer, a later month, a payment: each counts as what it is."""
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "A nouveaux", ("411000", "A", 12_000, ""), ("110000", "", -12_000, ""))
    new.entry("OD", day, "X", label, *legs)
    found = years(tmp_path, new)
    expected = {"A": 12_000}
    for _, debtor, minor, _ in legs:
        if debtor:
            expected[debtor] = expected.get(debtor, 0) + minor
    assert expected == found.totals() == explained(found.records)


def test_a_year_without_an_opening_is_said(tmp_path: Path) -> None:
    """What was owed at the end of 2025 is booked again, and nothing says that it is an opening: held with a remedy."""
    new = Made(2026)
    legs = (("411000", "A", 12_000, ""), ("471000", "", -12_000, ""))
    new.entry("ZZ", date(2026, 1, 1), "F1", "Divers", *legs)
    new.sale(date(2026, 1, 5), "R1", "A", 1_000)
    found = years(tmp_path, new)
    assert [("HUB-FEC-009", "2026.txt")] == [(one.code, one.where) for one in found.held]
    assert "opening_journals" in str(found.held[0].mend)
    found = years(tmp_path, new, opening_journals=["ZZ"])
    assert ([], {"A": 13_000}) == (found.held, found.totals())


def test_a_year_that_was_not_opened_yet_is_noted(tmp_path: Path) -> None:
    """Nothing is booked again: it goes on where the year before ended, nothing is held."""
    new = Made(2026)
    new.sale(date(2026, 1, 5), "R1", "A", 12_000)
    new.paid(date(2026, 1, 6), "V1", "A", 2_000)
    found = years(tmp_path, new)
    assert ([], {"A": 22_000}) == (found.held, found.totals())
    assert ["2026.txt (it has no opening: it goes on where the year before ended)"] == found.notes


def test_a_year_after_one_that_left_nothing_needs_no_opening(tmp_path: Path) -> None:
    """All was paid: there is nothing to carry forward, and nothing to say."""
    old, new = former(), Made(2026)
    old.paid(date(2025, 12, 1), "V1", "A", 12_000)
    new.sale(date(2026, 1, 5), "R1", "A", 1_000)
    found = years(tmp_path, new, old)
    assert ([], {"A": 1_000}) == (found.held, found.totals())


@pytest.mark.parametrize("account", ["101300", "110000", "120000"])
def test_own_funds_beside_debtors_are_an_opening(account: str, tmp_path: Path) -> None:
    """No journal and no label says it, but on the first day capital stands against what is owed; in May it does not."""
    new = Made(2026)
    legs = (("411000", "A", 12_000, ""), ("512000", "", 7_000, ""), (account, "", -19_000, ""))
    new.entry("ZZ", date(2026, 1, 1), "1", "Divers", *legs)
    new.sale(date(2026, 1, 5), "R1", "A", 1_000)
    new.entry("OD", date(2026, 5, 1), "2", "Apport", ("411000", "B", 500, ""), (account, "", -500, ""))
    found = years(tmp_path, new)
    assert ([], {"A": 13_000, "B": 500}) == (found.held, found.totals())
    assert ["A25-01", "R1"] == [one.number for one in found.of(Invoice)]


def test_a_year_that_begins_in_october_without_an_opening(tmp_path: Path) -> None:
    """The first debtor of the former year came in January only: the next October is another year all the same."""
    old, new = Made(2025), Made(2025)
    old.sale(date(2025, 1, 15), "F1", "A", 12_000)
    new.entry("ZZ", date(2025, 10, 1), "1", "Divers", ("411000", "A", 12_000, ""), ("471000", "", -12_000, ""))
    new.sale(date(2025, 10, 5), "R1", "A", 1_000)
    assert ["HUB-FEC-009"] == [one.code for one in years(tmp_path, new, old).held]


@pytest.mark.parametrize("followed", [True, False])
@pytest.mark.parametrize("journal", ["OD", "CL"])
def test_closing_the_accounts_pays_nothing(followed: bool, journal: str, tmp_path: Path) -> None:
    """All accounts against 891 on the last day, and against 890 on the first of the next year: who owed still owes."""
    old, new = former(), Made(2026)
    legs = (("891000", "", 12_000, ""), ("411000", "A", -12_000, ""))
    old.entry(journal, date(2025, 12, 31), "CLO", "Clôture", *legs)
    new.entry("OD", date(2026, 1, 1), "OUV", "Ouverture", ("411000", "A", 12_000, ""), ("890000", "", -12_000, ""))
    folder = tmp_path / "fec"
    folder.mkdir()
    TAB.write(folder / "2025.txt", old.rows)
    if followed:
        TAB.write(folder / "2026.txt", new.rows)
    found = read(tmp_path, folder)
    assert [] == found.held
    assert {"A": 12_000} == found.totals() == explained(found.records)
    assert [("invoice", 12_000)] == found.of_debtor("A")
