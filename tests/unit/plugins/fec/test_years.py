"""Several files: years that follow each other, exports that replace each other, files that do not go together."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.sdk import SourceUnavailable
from hub.sdk.records import Invoice, LedgerEntry, Receipt, SettlementLine
from tests.unit.plugins.fec.made import DIALECTS, Leg, Made
from tests.unit.plugins.fec.reading import Read, explained, read

TAB = DIALECTS[0]


def old_year() -> Made:
    made = Made(2025)
    made.sale(date(2025, 3, 1), "F1", "A", 10_000, "AA")
    made.paid(date(2025, 4, 1), "V1", "A", 10_000, "AA")
    made.sale(date(2025, 11, 1), "F2", "A", 20_000)
    made.sale(date(2025, 12, 1), "F3", "A", 30_000)
    made.sale(date(2025, 12, 2), "F4", "B", 40_000)
    made.sale(date(2025, 12, 3), "F5", "B", 1_500)
    return made


def new_year(*opening: Leg, pieces: list[str] | None = None) -> Made:
    made = Made(2026)
    for leg, piece in zip(opening, pieces or ["AN"] * len(opening), strict=True):
        made.entry("AN", date(2026, 1, 1), piece, f"Report {piece}", leg, ("890000", "", -leg[2], ""))
    made.sale(date(2026, 1, 15), "F6", "A", 5_000)
    return made


def both(tmp_path: Path, old: Made, new: Made) -> Read:
    folder = tmp_path / "fec"
    folder.mkdir(exist_ok=True)
    TAB.write(folder / "123456782FEC20251231.txt", old.rows)
    TAB.write(folder / "123456782FEC20261231.txt", new.rows)
    found = read(tmp_path, folder)
    for day in (date(2025, 12, 31), date(2026, 12, 31)):
        assert found.totals(day) == explained(found.records, day)
    assert [] == found.held
    return found


@pytest.mark.parametrize(
    ("journal", "label", "other"),
    [
        ("OD", "Report F2", "890000"),
        ("OD", "A nouveaux 2026", "110000"),
        ("GL", "Solde initial", "471000"),
        ("XX", "Écriture d'ouverture", "101000"),
    ],
)
def test_an_opening_in_a_journal_of_its_own_or_not(journal: str, label: str, other: str, tmp_path: Path) -> None:
    """What repeats the year before is known by account 890 or by its label too: nothing counts twice."""
    new = Made(2026)
    legs = [("411000", "A", 50_000, ""), ("411000", "B", 41_500, ""), (other, "", -91_500, "")]
    new.entry(journal, date(2026, 1, 1), "", label, *legs)
    new.sale(date(2026, 1, 15), "F6", "A", 5_000)
    found = both(tmp_path, old_year(), new)
    assert {"A": 55_000, "B": 41_500} == found.totals()
    assert ["F1", "F2", "F3", "F4", "F5", "F6"] == sorted(one.number for one in found.of(Invoice))


@pytest.mark.parametrize("missing", [0, 1])
def test_an_opening_that_numbers_each_line(missing: int, tmp_path: Path) -> None:
    """Every line under a number of its own: they balance together, by journal and day; if they do not, each is held."""
    legs = [("411000", "A", 20_000), ("411000", "A", 30_000), ("411000", "B", 41_500), ("512000", "", 8_500)]
    new = Made(2026)
    for account, debtor, minor in [*legs, ("101000", "", missing - 100_000)]:
        new.entry("AN", date(2026, 1, 1), "AN", "A nouveau", (account, debtor, minor, ""))
    new.sale(date(2026, 1, 15), "F6", "A", 5_000)
    if not missing:
        found = both(tmp_path, old_year(), new)
        assert {"A": 55_000, "B": 41_500} == found.totals()
        assert ["F1", "F2", "F3", "F4", "F5", "F6"] == sorted(one.number for one in found.of(Invoice))
        return
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", new.rows))
    assert ["HUB-FEC-020"] * 5 + ["HUB-FEC-022"] == sorted(one.code for one in found.held)


def test_a_sale_on_the_first_of_a_month_is_no_opening(tmp_path: Path) -> None:
    """Words are not enough: an entry that touches sales, costs, or money and nothing else, is what it is."""
    new = Made(2026)
    new.entry("AN", date(2026, 1, 1), "AN", "Report", ("411000", "A", 50_000, ""), ("890000", "", -50_000, ""))
    new.entry("AN", date(2026, 1, 1), "AN", "Report", ("411000", "B", 41_500, ""), ("890000", "", -41_500, ""))
    new.entry("VE", date(2026, 2, 1), "F7", "Solde d'ouverture", ("411000", "A", 1_200, ""), ("706000", "", -1_200, ""))
    new.entry("XX", date(2026, 3, 1), "C1", "Chèque à nouveau", ("512000", "", 200, ""), ("411000", "A", -200, ""))
    found = both(tmp_path, old_year(), new)
    assert {"A": 51_000, "B": 41_500} == found.totals()
    assert "F7" in [one.number for one in found.of(Invoice)]
    assert [200] == [one.amount_minor for one in found.of(Receipt) if one.received_on == date(2026, 3, 1)]


DETAIL: tuple[Leg, ...] = (
    ("411000", "A", 20_000, "AA"),
    ("411000", "A", 30_000, ""),
    ("411000", "B", 40_000, ""),
    ("411000", "B", 1_500, ""),
)


def test_an_invoice_carried_forward_is_not_a_second_invoice(tmp_path: Path) -> None:
    """The opening repeats F2 to F5; a payment of the new year settles F2 of the old one."""
    new = new_year(*DETAIL, pieces=["F2", "F3", "F4", "F5"])
    new.paid(date(2026, 2, 1), "V2", "A", 20_000, "AA")
    found = both(tmp_path, old_year(), new)
    assert ["F1", "F2", "F3", "F4", "F5", "F6"] == [one.number for one in found.of(Invoice)]
    [line] = [one for one in found.of(SettlementLine) if one.document_number == "F2"]
    assert ("2026-01/411000/A/AA", date(2025, 11, 1), date(2026, 2, 1)) == (
        line.settlement_id,
        line.document_issued_on,
        line.settled_on,
    )
    assert {"A": 35_000, "B": 41_500} == found.totals()
    assert {"A": 50_000, "B": 41_500} == found.totals(date(2025, 12, 31))


def test_an_opening_without_pieces_is_joined_by_amount(tmp_path: Path) -> None:
    """PieceRef AN everywhere: equal amounts are the same line, the oldest first."""
    new = new_year(*DETAIL)
    new.paid(date(2026, 2, 1), "V2", "A", 20_000, "AA")
    found = both(tmp_path, old_year(), new)
    assert {"F2"} == {
        one.document_number
        for one in found.of(SettlementLine)
        if one.settlement_id == "2026-01/411000/A/AA" and one.target == "invoice"
    }


def test_an_opening_in_one_lump_keeps_the_invoices(tmp_path: Path) -> None:
    """One line per debtor: its invoices stay, and a payment lettered with the lump settles the oldest of them."""
    new = new_year(("411000", "A", 50_000, "AA"), ("411000", "B", 41_500, ""))
    new.paid(date(2026, 2, 1), "V2", "A", 25_000, "AA")
    found = both(tmp_path, old_year(), new)
    assert [("invoice", 5_000), ("invoice", 25_000)] == found.of_debtor("A")
    assert [("invoice", 1_500), ("invoice", 40_000)] == found.of_debtor("B")


def test_an_opening_that_says_otherwise_is_named(tmp_path: Path) -> None:
    """The year opens with 100.00 less than the former one closed: one named line, no invoice lost."""
    new = new_year(("411000", "A", 40_000, ""), ("411000", "B", 41_500, ""), ("411000", "C", 700, ""))
    found = both(tmp_path, old_year(), new)
    differences = {(one.debtor_id, one.effect_minor) for one in found.of(LedgerEntry)}
    assert {("A", -10_000), ("C", 700)} == differences
    assert {"opening_difference"} == {one.category for one in found.of(LedgerEntry)}


def test_the_first_year_opens_with_what_is_owed(tmp_path: Path) -> None:
    """Without the year before, a debit carried forward is the claim itself."""
    new = new_year(*DETAIL, pieces=["F2", "F3", "F4", "F5"])
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", new.rows))
    assert ["F2", "F3", "F4", "F5", "F6"] == [one.number for one in found.of(Invoice)]


def test_three_years(tmp_path: Path) -> None:
    """What was carried twice is still the invoice of the first year."""
    new = new_year(*DETAIL, pieces=["F2", "F3", "F4", "F5"])
    third = Made(2027)
    third.entry("AN", date(2027, 1, 1), "F2", "Report", ("411000", "A", 20_000, "AB"), ("890000", "", -20_000, ""))
    third.entry("AN", date(2027, 1, 1), "LOT", "Report", ("411000", "A", 35_000, ""), ("890000", "", -35_000, ""))
    third.entry("AN", date(2027, 1, 1), "LOT", "Report", ("411000", "B", 41_500, "BB"), ("890000", "", -41_500, ""))
    third.paid(date(2027, 2, 1), "V9", "A", 20_000, "AB")
    third.paid(date(2027, 2, 1), "V8", "B", 41_500, "BB")
    TAB.write(tmp_path / "1.txt", old_year().rows)
    TAB.write(tmp_path / "2.txt", new.rows)
    TAB.write(tmp_path / "3.txt", third.rows)
    found = read(tmp_path, tmp_path / "*.txt")
    assert found.totals() == explained(found.records) == {"A": 35_000}
    assert 6 == len(found.of(Invoice))


def test_a_later_export_replaces_the_earlier_one(tmp_path: Path) -> None:
    """June and September of one year: September counts, June is contained in it."""
    made = new_year(*DETAIL)
    TAB.write(tmp_path / "123456782FEC20260630.txt", made.rows)
    made.sale(date(2026, 9, 1), "F7", "A", 700)
    TAB.write(tmp_path / "123456782FEC20260930.txt", made.rows)
    found = read(tmp_path, tmp_path / "*.txt")
    assert found.totals() == explained(found.records)
    assert 1 == [one.number for one in found.of(Invoice)].count("F6")
    assert [] == found.held


def test_months_that_follow_each_other(tmp_path: Path) -> None:
    """A file without an opening goes on: a code of January pairs with its payment in February."""
    january, february = Made(), Made()
    january.sale(date(2026, 1, 3), "F1", "A", 1_000, "AA")
    february.paid(date(2026, 2, 3), "V1", "A", 1_000, "AA")
    TAB.write(tmp_path / "01.txt", january.rows)
    TAB.write(tmp_path / "02.txt", february.rows)
    found = read(tmp_path, tmp_path / "*.txt")
    assert {} == found.totals() == explained(found.records)
    assert {"2026-01/411000/A/AA"} == {one.settlement_id for one in found.of(SettlementLine)}


def test_files_that_do_not_go_together_are_held(tmp_path: Path) -> None:
    """Another company, or a period that overlaps: held by name, the others are read."""
    TAB.write(tmp_path / "123456782FEC20251231.txt", old_year().rows)
    other = Made()
    other.sale(date(2026, 5, 1), "X1", "X", 100)
    TAB.write(tmp_path / "552100554FEC20261231.txt", other.rows)
    overlapping = Made()
    overlapping.sale(date(2025, 6, 1), "Y1", "Y", 100)
    overlapping.sale(date(2026, 6, 1), "Y2", "Y", 100)
    TAB.write(tmp_path / "zzz.txt", overlapping.rows)
    found = read(tmp_path, tmp_path / "*.txt")
    assert {"HUB-FEC-005", "HUB-FEC-004"} == {one.code for one in found.held}
    assert {"A": 50_000, "B": 41_500} == found.totals()


def test_what_is_not_there(tmp_path: Path) -> None:
    """A missing file, or a pattern without a file, is an outage: nothing is taken for gone."""
    with pytest.raises(SourceUnavailable, match="HUB-FEC-030"):
        read(tmp_path, tmp_path / "gone.txt")
    with pytest.raises(SourceUnavailable, match="HUB-FEC-033"):
        read(tmp_path, tmp_path / "*.none")


def test_a_group_settled_in_two_files_is_told_twice(tmp_path: Path) -> None:
    """Half a year each, no opening between them: what the second adds to a group has a day and a line of its own."""
    first, second = Made(2026), Made(2026, number=100)
    first.sale(date(2026, 1, 5), "F1", "A", 50_000, "AA")
    first.paid(date(2026, 2, 5), "V1", "A", 30_000, "AA")
    second.paid(date(2026, 8, 5), "V2", "A", 15_000, "AA")
    folder = tmp_path / "fec"
    folder.mkdir()
    TAB.write(folder / "fec1.txt", first.rows)
    TAB.write(folder / "fec2.txt", second.rows)
    found = read(tmp_path, folder)
    lines = found.of(SettlementLine)
    of_invoice = [(one.amount_minor, one.settled_on) for one in lines if one.target == "invoice"]
    assert [(30_000, date(2026, 2, 5)), (15_000, date(2026, 8, 5))] == of_invoice
    assert len(lines) == len({(one.settlement_id, one.line) for one in lines})
    for day in (date(2026, 3, 1), date(2026, 12, 31)):
        assert found.totals(day) == explained(found.records, day)
