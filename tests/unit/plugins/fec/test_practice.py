"""French account practice: what each case of docs/connectors/french-accounts.md becomes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from hub.sdk.records import CreditNote, Debtor, Instalment, Invoice, LedgerEntry, Receipt, SettlementLine
from tests.unit.plugins.fec.made import DIALECTS, Made, practice
from tests.unit.plugins.fec.reading import Read, explained, read


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Read:
    folder = tmp_path_factory.mktemp("fec")
    return read(folder, DIALECTS[0].write(folder / "fec.txt", practice().rows))


@pytest.mark.parametrize(
    ("debtor", "open_now"),
    [
        ("OPEN", [("opening", -8_000)]),
        ("PLAIN", [("invoice", 120_000)]),
        ("PAID", []),
        ("CREDITED", []),
        ("PARTLY", [("invoice", 60_000)]),
        ("LCR", [("bill", 80_000)]),
        ("LCRPAID", []),
        ("BOUNCED", [("invoice", 90_000)]),
        ("RETAIN", [("invoice", 100_000)]),
        ("DOUBT", [("invoice", 24_000)]),
        ("BAD", []),
        ("DEPOSIT", [("invoice", 90_000)]),
        ("NETTED", []),
        ("DISCOUNT", []),
        ("CENT", []),
        ("DOLLAR", []),
        ("DOLLAROPEN", [("invoice", 46_000)]),
        ("CHILD", [("lettered_elsewhere", 15_000)]),
        ("PARENT", [("lettered_elsewhere", -15_000)]),
        ("AGAIN", []),
        ("UNKNOWN", [("receipt", -7_700)]),
        ("SUSPENSE", [("suspense", -500)]),
        ("SPLIT", [("invoice", 22_550)]),
        ("NEW", [("transfer", 1_000)]),
        ("OLD", [("transfer", -1_000)]),
        ("TWO1", [("receipt", -1_000)]),
        ("TWO2", [("receipt", -2_000)]),
    ],
)
def test_what_is_open_and_what_is_named(books: Read, debtor: str, open_now: list[tuple[str, int]]) -> None:
    """Each case is part of an open item or a named line, and nothing else is left."""
    assert open_now == books.of_debtor(debtor)


def test_money_is_told_apart_from_what_completes_it(books: Read) -> None:
    """A discount taken is no money: 980.00 came in, 20.00 is the discount."""
    [receipt] = [one for one in books.of(Receipt) if one.debtor_id == "DISCOUNT"]
    [discount] = [one for one in books.of(LedgerEntry) if one.debtor_id == "DISCOUNT"]
    assert (98_000, "512000", "VIR5") == (receipt.amount_minor, receipt.account, receipt.bank_ref)
    assert ("discount", -2_000) == (discount.category, discount.effect_minor)


def test_kinds_of_named_lines(books: Read) -> None:
    """The other side of an entry names it."""
    found = {one.debtor_id: one.category for one in books.of(LedgerEntry)}
    assert found["BAD"] == "write_off"
    assert found["CENT"] == "rounding"
    assert found["DOLLAR"] == "exchange"
    assert found["NETTED"] == "netting"
    assert found["BOUNCED"] == "payment_returned"
    targets = {
        one.debtor_id: one.target for one in books.of(SettlementLine) if one.target not in ("invoice", "receipt")
    }
    assert targets["BAD"] == "write_off"
    assert targets["CENT"] == "other"


def test_tax_and_currency(books: Read) -> None:
    """The entry gives the tax; an invoice in dollars keeps the books' value beside its own."""
    invoices = {one.number: one for one in books.of(Invoice)}
    assert (100_000, 20_000) == (invoices["F001"].total_excl_tax_minor, invoices["F001"].tax_minor)
    dollars = invoices["F015"]
    assert ("USD", 100_000, 92_000, "EUR") == (
        dollars.currency,
        dollars.total_minor,
        dollars.book_total_minor,
        dollars.book_currency,
    )
    [settled] = [one for one in books.of(SettlementLine) if one.document_number == "F015"]
    assert ("USD", 100_000) == (settled.currency, settled.amount_minor)
    [receipt] = [one for one in books.of(Receipt) if one.debtor_id == "DOLLAR"]
    assert (90_000, "EUR", 100_000, "USD") == (
        receipt.amount_minor,
        receipt.currency,
        receipt.original_amount_minor,
        receipt.original_currency,
    )


def test_a_code_used_twice_settles_on_two_days(books: Read) -> None:
    """AA in January and AA in June are two groups."""
    days = {one.document_number: one.settled_on for one in books.of(SettlementLine) if one.debtor_id == "AGAIN"}
    assert {date(2026, 1, 31), date(2026, 6, 30)} == set(days.values())
    assert (date(2026, 1, 31), date(2026, 6, 30)) == (days["F018"], days["F019"])


def test_no_due_date_is_invented(books: Read) -> None:
    """A FEC has none: the ledger derives one from terms and says so."""
    assert {None} == {one.due_on for one in books.of(Invoice)}
    assert {None} == {one.payment_terms for one in books.of(Debtor)}


def test_terms_and_due_dates_from_beside(tmp_path: Path) -> None:
    """Terms by debtor from the settings, dates from a companion CSV; several dates are instalments."""
    made = practice()
    due = tmp_path / "echeances.csv"
    due.write_text(
        "N° pièce;Échéance;Montant\nF001;31/03/2026;\nf 004;2026-04-30;400,00\nF004;31/05/2026;600,00\n", "utf-8"
    )
    found = read(
        tmp_path,
        DIALECTS[0].write(tmp_path / "fec.txt", made.rows),
        due_dates=due,
        payment_terms="30 jours",
        terms={"PLAIN": "45 jours fin de mois"},
    )
    terms = {one.debtor_id: one.payment_terms for one in found.of(Debtor)}
    assert ("45 jours fin de mois", "30 jours") == (terms["PLAIN"], terms["PAID"])
    assert date(2026, 3, 31) == {one.number: one for one in found.of(Invoice)}["F001"].due_on
    parts = [(one.invoice_number, one.due_on, one.amount_minor) for one in found.of(Instalment)]
    assert [("F004", date(2026, 4, 30), 40_000), ("F004", date(2026, 5, 31), 60_000)] == parts


def test_numbers_of_invoices(tmp_path: Path) -> None:
    """PieceRef where it numbers invoices; where it labels a month, journal and entry; a repeated one is told apart."""
    made = Made()
    for day in range(1, 11):
        made.sale(date(2026, 1, day), "VE 0126", "C1", 100 * day)
    months = read(tmp_path, DIALECTS[0].write(tmp_path / "months.txt", made.rows))
    assert [f"VE {n:06d}" for n in range(1, 11)] == [one.number for one in months.of(Invoice)]
    assert {"VE 0126"} == {one.payment_ref for one in months.of(Invoice)}
    for row in made.rows:
        row["PieceRef"] = "" if row["EcritureNum"] == "000003" else f"F{row['EcritureNum']}"
        row["PieceRef"] = row["PieceRef"].replace("F000002", "F000001")
    pieces = read(tmp_path, DIALECTS[0].write(tmp_path / "pieces.txt", made.rows))
    numbers = [one.number for one in pieces.of(Invoice)]
    assert ["F000001", "F000001 (VE 000002)", "VE 000003", "F000004"] == numbers[:4]


def test_entries_without_numbers(tmp_path: Path) -> None:
    """EcritureNum always 0: the piece keeps entries apart, and two alike on one day stay two."""
    made = Made()
    for piece, total in (("F1", 1_000), ("F2", 2_000), ("F3", 3_000), ("F3", 3_000)):
        made.sale(date(2026, 1, 1), piece, "C1", total)
    for row in made.rows:
        row["EcritureNum"] = "0"
    found = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    assert {"C1": 9_000} == found.totals()
    assert [1_000, 2_000, 6_000] == [one.total_minor for one in found.of(Invoice)]


def test_a_month_of_bank_under_one_number(tmp_path: Path) -> None:
    """One EcritureNum for all receipts of a month: each place where the lines balance is a receipt of its own."""
    made = Made()
    for n in range(3):
        made.paid(date(2026, 1, 5), "BQ01", "C1", 1_000 + n)
    for row in made.rows:
        row["EcritureNum"] = "000001"
    found = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    assert [1_000, 1_001, 1_002] == [one.amount_minor for one in found.of(Receipt)]
    assert 3 == len({one.source_key for one in found.of(Receipt)})


def test_a_cash_sale(tmp_path: Path) -> None:
    """Invoice and payment in one entry are two facts."""
    made = Made()
    made.entry(
        "VE",
        date(2026, 1, 2),
        "T1",
        "Vente comptoir",
        ("411000", "CASH", 1_200, ""),
        ("706000", "", -1_000, ""),
        ("445710", "", -200, ""),
        ("530000", "", 1_200, ""),
        ("411000", "CASH", -1_200, ""),
    )
    found = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    assert [("invoice", 1_200), ("receipt", -1_200)] == found.of_debtor("CASH")


def test_a_negative_invoice_is_a_credit_note(tmp_path: Path) -> None:
    """Debit −360,00 is a credit."""
    made = Made()
    made.sale(date(2026, 1, 2), "A9", "C1", 36_000)
    for row in made.rows:
        row["Debit"], row["Credit"] = (
            f"-{row[side]}" if row[side] != "0,00" else row[side] for side in ("Debit", "Credit")
        )
    found = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    [note] = found.of(CreditNote)
    assert ("A9", 36_000, 30_000) == (note.number, note.total_minor, note.total_excl_tax_minor)
    assert {"C1": -36_000} == found.totals()


def test_an_entry_of_several_days(tmp_path: Path) -> None:
    """A program that gives each line a day of its own: the entry balances under its number, and each line counts on
    its day. What does not balance there either is held."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 12_000)
    legs = [("512000", "", 12_000, ""), ("411000", "A", -7_000, ""), ("411000", "A", -5_000, "")]
    made.entry("BQ", date(2026, 2, 3), "V1", "Remise", *legs)
    for row, day in zip(made.rows[-3:], ("20260203", "20260204", "20260206"), strict=True):
        row["EcritureDate"] = day
    made.entry("BQ", date(2026, 3, 3), "V2", "VIR", ("512000", "", 100, ""), ("411000", "A", -100, ""))
    made.rows[-1] |= {"EcritureDate": "20260304", "Credit": "1,01"}
    found = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows))
    money = [(one.received_on, one.amount_minor) for one in found.of(Receipt)]
    assert [(date(2026, 2, 4), 7_000), (date(2026, 2, 6), 5_000)] == money
    assert {"A": 12_000 - 7_000} == found.totals(date(2026, 2, 5)) == explained(found.records, date(2026, 2, 5))
    assert {"HUB-FEC-020", "HUB-FEC-022"} == {one.code for one in found.held}


@pytest.mark.parametrize("nothing", ["19000101", "18991230", "17530101", "00000000", "01/01/1900", ""])
def test_a_date_that_stands_for_none(nothing: str, tmp_path: Path) -> None:
    """No invoice was issued in 1900: the entry's own date is the invoice's."""
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "A", 12_000, PieceDate=nothing, DateLet=nothing)
    [one] = read(tmp_path, DIALECTS[0].write(tmp_path / "fec.txt", made.rows)).of(Invoice)
    assert date(2026, 1, 5) == one.issued_on
