"""Rows that companies really export and that were read otherwise than they are meant, or held without need."""

from __future__ import annotations

import gzip
import io
import warnings
import zipfile
from pathlib import Path

from tests.unit.plugins.csv.tables import read

HEAD = "N° facture;Code client;Date facture;"


def test_a_debit_taken_back_is_a_credit_note(tmp_path: Path) -> None:
    """Ledgers write a reversal as a negative debit: without its sign it was one more invoice."""
    rows = "F1;C1;15/01/2026;100,00;\nA1;C1;16/01/2026;-40,00;\nF2;C1;17/01/2026;;-7,00\n"
    found = read(tmp_path, f"{HEAD}Débit;Crédit\n{rows}")
    assert [("F1", 10000), ("F2", 700)] == [(one.number, one.total_minor) for one in found.of("invoice")]
    assert [("A1", 4000)] == [(one.number, one.total_minor) for one in found.of("credit_note")]
    bank = read(tmp_path, "Date;Libellé;Débit;Crédit\n15/01/2026;PRLV;-40,00;\n16/01/2026;VIR;;5,00\n", "receipts")
    assert [4000] == [one.amount_minor for one in bank.of("disbursement")]  # a bank's column says the direction


def test_a_sign_against_its_direction_is_held(tmp_path: Path) -> None:
    """A negative amount with C says the same twice; with D it contradicts itself, as in receipts."""
    found = read(tmp_path, f"{HEAD}Montant TTC;Sens\nA1;C1;15/01/2026;-5,00;C\nF1;C1;15/01/2026;-5,00;D\n")
    assert ["A1"] == [one.number for one in found.of("credit_note")]
    assert [("HUB-CSV-025", "invoices.csv:3:Sens")] == [(one.code, one.where) for one in found.rejected]


def test_blanks_of_another_width_make_no_second_invoice(tmp_path: Path) -> None:
    """FA 1 with a no-break blank, as copied from a web page, is FA 1."""
    found = read(tmp_path, f"{HEAD}Montant TTC\nFA\u00a01;C\u202f1;15/01/2026;5,00\n")
    assert [("FA 1", "C 1")] == [(one.number, one.debtor_id) for one in found.of("invoice")]


def test_a_total_in_the_column_of_dates_is_no_record(tmp_path: Path) -> None:
    """Where the date stands first, so does the word Total; a row that names a document beside it is held."""
    rows = "15/01/2026;F1;C1;5,00\nTOTAL GÉNÉRAL;;;5,00\nTotal;F2;C1;6,00\nà vérifier;;;6,00\n"
    found = read(tmp_path, f"Date facture;N° facture;Code client;Montant TTC\n{rows}")
    assert ["F1"] == [one.number for one in found.of("invoice")]
    assert ["invoices.csv:4:Date facture", "invoices.csv:5:N° facture"] == sorted(one.where for one in found.rejected)
    bank = read(tmp_path, "Date;Libellé;Montant\n15/01/2026;VIR;5,00\nSolde au 31/01/2026;;105,00\n", "receipts")
    assert ([500], []) == ([one.amount_minor for one in bank.of("receipt")], bank.codes)


def test_the_sign_that_ends_a_file_of_dos(tmp_path: Path) -> None:
    """Old programs write 0x1A behind the last row; anywhere else it is a control character like another."""
    rows = f"{HEAD}Montant TTC\nF1;C1;15/01/2026;5,00\n"
    for content in (f"{rows}\x1a", f"{rows[:-1]}\x1a"):
        found = read(tmp_path, content)
        assert (["F1"], []) == ([one.number for one in found.of("invoice")], found.codes)
    assert ["HUB-CSV-016"] == read(tmp_path, f"{rows}\x1aF2;C1;15/01/2026;5,00\n").codes


def test_archives_under_another_name_are_called_by_theirs(tmp_path: Path) -> None:
    """A gzip without .gz was asked for its missing columns."""
    (held,) = read(tmp_path, gzip.compress(b"number;debtor_id;issued_on;total\n")).rejected
    assert ("HUB-CSV-011", True) == (held.code, "gzip archive" in held.what)


def test_two_members_of_one_name(tmp_path: Path) -> None:
    """Only the last could be reached: the first was left out without a word. The others of the archive are read."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")
        for name, number in (("a.csv", "F1"), ("b.csv", "F2"), ("a.csv", "F3")):
            archive.writestr(name, f"{HEAD}Montant TTC\n{number};C1;15/01/2026;5,00\n")
    found = read(tmp_path, packed.getvalue(), name="t.zip")
    assert ["F2"] == [one.number for one in found.of("invoice")]
    assert ["2 of its members have the name 'a.csv'"] == [one.what.rpartition(": ")[2] for one in found.rejected]


def test_a_balance_among_the_movements_is_held(tmp_path: Path) -> None:
    """The bank's SOLDE PRECEDENT was booked as money received; a payer's own word on a balance is not meant."""
    rows = "01/01/2026;SOLDE PRECEDENT;;100,00\n15/01/2026;VIR SOLDE FACTURE 12;;5,00\n"
    last = "31/01/2026;Solde au 31/01/2026;;105,00\n"
    found = read(tmp_path, f"Date;Libellé;Débit;Crédit\n{rows}{last}", "receipts")
    assert [500] == [one.amount_minor for one in found.of("receipt")]
    assert ["receipts.csv:2:Libellé", "receipts.csv:4:Libellé"] == [one.where for one in found.rejected]


def test_texts_of_several_lines_in_a_table_that_ends_its_rows_with_a_separator(tmp_path: Path) -> None:
    """A large French bank exports so: the line that ends the text has all separators of a row, and is none."""
    head = "Compte de Dépôt n° 00012345678\nSolde au 31/01/2026 1 234,56 €\n\nDate;Libellé;Débit euros;Crédit euros;\n"
    first = '15/01/2026;"VIREMENT EN VOTRE FAVEUR     \nDUPONT SARL     \nFACT 12\n";;1 234,56;\n'
    second = '14/01/2026;"PRELEVEMENT ""X"" \nEDF\n";45,00;;\n'
    found = read(tmp_path, (head + first + second).encode("cp1252"), "receipts")
    assert ([123456], [4500], []) == (
        [one.amount_minor for one in found.of("receipt")],
        [one.amount_minor for one in found.of("disbursement")],
        found.codes,
    )
    stray = '14/01/2026;"VIR A;;1,00;\n15/01/2026;VIR B";;2,00;\n16/01/2026;VIR C;;3,00;\n17/01";X;;4,00;\n'
    found = read(tmp_path, (head + stray).encode("cp1252"), "receipts")  # rows of their own, each with a stray quote
    assert [200, 300] == [one.amount_minor for one in found.of("receipt")]
    assert ["HUB-CSV-018", "HUB-CSV-013"] == found.codes
