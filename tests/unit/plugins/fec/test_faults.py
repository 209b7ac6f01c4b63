"""Bad lines, entries and files: held with place and remedy, neighbours pass."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.plugins.fec import simple
from hub.sdk import SourceUnavailable
from hub.sdk.records import Debtor, Invoice, LedgerEntry
from tests.unit.plugins.fec.made import DIALECTS, HEADERS, Made
from tests.unit.plugins.fec.reading import explained, read

TAB = DIALECTS[0]


def three() -> Made:
    made = Made()
    for n in (1, 2, 3):
        made.sale(date(2026, 1, n), f"F{n}", "C1", 12_000 * n)
    return made


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        (b"240,00\t0,00", b"2x0,00\t0,00", "HUB-FEC-011", "fec.txt:5"),
        (b"240,00\t0,00", b"240,005\t0,00", "HUB-FEC-011", "fec.txt:5"),
        (b"000002\t20260102\t411000", b"000002\t20260132\t411000", "HUB-FEC-012", "fec.txt:5"),
        (b"20260102\t411000", b"20260102\t", "HUB-FEC-015", "fec.txt:5"),
        (b"Facture F2", b"Facture\tF2", "HUB-FEC-010", "fec.txt:5"),
        (b"Facture F2", b"Facture \x07F2", "HUB-FEC-014", "fec.txt:5"),
        (b"Facture F2", b"Facture " + b"F2" * 20_000, "HUB-FEC-017", "fec.txt:5"),
        (b"240,00\t0,00", b"250,00\t0,00", "HUB-FEC-020", "fec.txt:5"),
    ],
)
def test_a_bad_line_is_held_with_its_entry(old: bytes, new: bytes, code: str, place: str, tmp_path: Path) -> None:
    """The line is named with its place; the other invoices pass; nothing of the entry is guessed."""
    path = TAB.write(tmp_path / "fec.txt", three().rows)
    raw = path.read_bytes()
    assert old in raw
    path.write_bytes(raw.replace(old, new, 1))
    found = read(tmp_path, path)
    assert code in {one.code for one in found.held}
    [fault] = [one for one in found.held if one.code == code]
    assert place == fault.where
    assert fault.mend
    assert ["F1", "F3"] == [one.number for one in found.of(Invoice)]


def test_a_ledger_that_does_not_balance_says_so(tmp_path: Path) -> None:
    """The entry is named with its debits and credits; its line still counts in the balance, so that a gap shows."""
    path = TAB.write(tmp_path / "fec.txt", three().rows)
    path.write_bytes(path.read_bytes().replace(b"240,00\t0,00", b"250,00\t0,00", 1))
    found = read(tmp_path, path)
    assert {"HUB-FEC-020", "HUB-FEC-022"} == {one.code for one in found.held}
    assert any("debits 250.00, credits 240.00, difference 10.00" in one.what for one in found.held)
    assert {"C1": 73_000} == found.totals()
    [entry] = found.of(LedgerEntry)
    assert ("held", "C1", 25_000, "VE 000002") == (
        entry.category, entry.debtor_id, entry.effect_minor, entry.document_number,
    )  # fmt: skip
    assert "does not balance: debits 250.00, credits 240.00, difference 10.00; export the whole ledger" in entry.label
    assert ["Société C1"] == [one.name for one in found.of(Debtor) if one.debtor_id == "C1"]


def test_what_a_held_entry_did_to_each_debtor(tmp_path: Path) -> None:
    """A payment of two debtors and a refund in one entry that does not balance: one fact for each debtor and side; they
    name the whole difference between the balances and the records."""
    made = three()
    made.entry(
        "BQ", date(2026, 2, 1), "P1", "VIR", ("512000", "", 5_000, ""), ("411000", "C1", -3_000, "AA"),
        ("411000", "C2", -1_500, ""), ("411000", "C1", 400, ""), ("411000", "C1", -100, ""),
    )  # fmt: skip
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", made.rows))
    assert {"HUB-FEC-020", "HUB-FEC-022"} == {one.code for one in found.held}
    told = [(one.debtor_id, one.effect_minor) for one in found.of(LedgerEntry) if one.category == "held"]
    assert [("C1", -3_100), ("C1", 400), ("C2", -1_500)] == sorted(told)
    left = {debtor: minor - explained(found.records).get(debtor, 0) for debtor, minor in found.totals().items()}
    assert {"C1": -2_700, "C2": -1_500} == left


def test_an_extract_can_be_taken(tmp_path: Path) -> None:
    """Only the debtors' lines were exported: the journals then say what is what."""
    made = three()
    made.paid(date(2026, 2, 1), "V1", "C1", 12_000)
    rows = [row for row in made.rows if row["CompteNum"].startswith("411")]
    found = read(tmp_path, TAB.write(tmp_path / "fec.txt", rows), unbalanced="take")
    assert [] == found.held
    assert [("invoice", 12_000), ("invoice", 24_000), ("invoice", 36_000), ("receipt", -12_000)] == found.of_debtor(
        "C1"
    )


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "HUB-FEC-001"),
        (b"a\tb\tc\r\n1\t2\t3\r\n", "HUB-FEC-001"),
        (("\t".join(HEADERS) + "\r\n").encode(), "HUB-FEC-006"),
        (b"%PDF-1.7 whatever", "HUB-FEC-002"),
        (b"PK\x03\x04zip", "HUB-FEC-002"),
        ("JournalCode\tx".encode("utf-16"), "HUB-FEC-002"),
        (b"Journal\0Code", "HUB-FEC-002"),
        ("\t".join(name for name in HEADERS if name != "Debit").encode(), "HUB-FEC-001"),
    ],
)
def test_what_is_no_fec_is_held_whole(content: bytes, code: str, tmp_path: Path) -> None:
    """A file that cannot be taken in is held by name, with what was found in it."""
    path = tmp_path / "fec.txt"
    path.write_bytes(content)
    found = read(tmp_path, path)
    assert [code] == [one.code for one in found.held]
    assert [] == found.records


def test_a_byte_of_another_encoding(tmp_path: Path) -> None:
    """One damaged byte in a UTF-8 file holds its line, not the file."""
    made = three()
    made.names["C1"] = "Élodie Bâtiment Général"
    for row in made.rows:
        row["CompAuxLib"] = "Élodie Bâtiment Général"
    path = TAB.write(tmp_path / "fec.txt", made.rows)
    path.write_bytes(path.read_bytes().replace(b"Facture F2", b"Factur\xe9 F2", 1))
    found = read(tmp_path, path)
    assert "HUB-FEC-013" in {one.code for one in found.held}
    assert 2 == len(found.of(Invoice))


def test_sense_that_says_nothing(tmp_path: Path) -> None:
    """Sens X is neither debit nor credit."""
    [sense] = [one for one in DIALECTS if one.name == "sense DC"]
    path = sense.write(tmp_path / "fec.txt", three().rows)
    path.write_bytes(path.read_bytes().replace(b"120,00\tD", b"120,00\tX", 1))
    assert "HUB-FEC-016" in {one.code for one in read(tmp_path, path).held}


def test_companion_file_that_cannot_be_read(tmp_path: Path) -> None:
    """Due dates that nobody can read stop the run: no date is invented."""
    path, due = TAB.write(tmp_path / "fec.txt", three().rows), tmp_path / "due.csv"
    for text in ("a;b\n1;2\n", "number;due_on\nF1;soon\n", "number;due_on\n;2026-01-01\n"):
        due.write_text(text)
        with pytest.raises(Exception, match="HUB-FEC-034"):
            read(tmp_path, path, due_dates=due)


def test_a_ledger_whose_debtors_are_elsewhere(tmp_path: Path) -> None:
    """Sales, and not one account of debtors: it is said, with the accounts that were debited; cash is none."""
    made = Made()
    made.entry("CA", date(2026, 1, 2), "T1", "Ticket", ("530000", "", 1_200, ""), ("707000", "", -1_200, ""))
    path = TAB.write(tmp_path / "fec.txt", made.rows)
    assert [] == read(tmp_path, path).held
    made.entry("VE", date(2026, 1, 3), "F1", "Facture", ("C0042", "", 1_200, ""), ("706000", "", -1_200, ""))
    TAB.write(path, made.rows)
    [fault] = read(tmp_path, path).held
    assert ("HUB-FEC-007", True) == (fault.code, "owed on C0042" in fault.what)
    found = read(tmp_path, path, accounts=["C"])
    assert ([], {"C0042": 1_200}) == (found.held, found.totals())


@pytest.mark.parametrize("by_columns", [True, False])
def test_sales_to_accounts_that_are_not_read(by_columns: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One debtor on 411, others elsewhere: these are named once with their sums; a till, tax and accruals are not."""
    if not by_columns:
        monkeypatch.setattr(simple, "shape_of", lambda word: None)
    made = three()
    for n, account in enumerate(("9CLI0001", "410DUPONT", "CMARTIN", "451000", "451000")):
        legs = ((account, "", 1_200 + n, ""), ("706000", "", -1_000, ""), ("445710", "", -200 - n, ""))
        made.entry("VE", date(2026, 1, 5 + n), f"G{n}", "Facture", *legs)
    for sign in (1, -1):  # one that was taken back
        made.entry(
            "VE", date(2026, 1, 9), "H1", "Facture", ("462000", "", sign * 900, ""), ("706000", "", -sign * 900, "")
        )
    for account in ("530000", "418100", "445800", "471000", "627000", "401000"):
        made.entry("OD", date(2026, 2, 1), "X", "Autre", (account, "", 700, ""), ("706000", "", -700, ""))
    path = TAB.write(tmp_path / "fec.txt", made.rows)
    found = read(tmp_path, path)
    [fault] = found.held
    assert "HUB-FEC-023" == fault.code
    assert fault.what.endswith(": 451000 (24.07), CMARTIN (12.02), 410DUPONT (12.01), 9CLI0001 (12.00)")
    assert "sales of 60.10" in fault.what
    assert {"C1": 72_000} == found.totals()
    found = read(tmp_path, path, accounts=["411", "9CLI", "410", "C", "451"])
    assert ([], 72_000 + 6_010) == (found.held, sum(found.totals().values()))


@pytest.mark.parametrize("end", [b"", b"\x1a"])
def test_a_file_that_breaks_off(end: bytes, tmp_path: Path) -> None:
    """A last line without an end and with too few fields: the run fails, and nothing is taken for gone."""
    path = TAB.write(tmp_path / "fec.txt", three().rows)
    good = path.read_bytes()
    path.write_bytes(good[: good.index(b"Facture F3")] + end)
    with pytest.raises(SourceUnavailable, match=r"HUB-FEC-037 .*after 11 fields of 18"):
        read(tmp_path, path)
    path.write_bytes(good.rstrip(b"\r\n") + end)
    found = read(tmp_path, path)
    assert ([], 3) == (found.held, len(found.of(Invoice)))
    path.write_bytes(good + b"\x1a")
    assert [] == read(tmp_path, path).held


def test_columns_by_another_name(tmp_path: Path) -> None:
    """EcrtureLet, as the decree once spelt it, and what some programs call the others."""
    made = three()
    made.paid(date(2026, 2, 1), "V1", "C1", 12_000, "AA")
    made.rows[0]["EcritureLet"] = "AA"
    path = TAB.write(tmp_path / "fec.txt", made.rows)
    path.write_bytes(path.read_bytes().replace(b"EcritureLet", b"EcrtureLet").replace(b"CompAuxNum", b"CompteAuxNum"))
    assert [("invoice", 24_000), ("invoice", 36_000)] == read(tmp_path, path).of_debtor("C1")
