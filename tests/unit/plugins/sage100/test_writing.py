"""Receipts of the hub carried to Sage, imported there, and known again when they come back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.plugins.sage100 import Sage100, Sage100Config
from hub.plugins.sage100.tagged import decode, entry, records
from hub.sdk import ConfigError, LedgerBatch, LedgerWriter, Posting, PostingPart
from hub.sdk.records import Receipt
from hub.sdk.testing import make_context, read_records

IBAN = "FR7630999000010001234567836"
PARTS = [PostingPart("C1", "FA1", 12_000), PostingPart("C1", "FA2", 3_000), PostingPart("C2", None, 50)]
BATCH = LedgerBatch(12, [
    Posting("R17", date(2026, 11, 5), IBAN, "EUR", 15_050, "VIR DUPONT FA1 FA2 \N{EURO SIGN}", PARTS),
    Posting("R18", date(2026, 11, 6), IBAN, "EUR", 900, "VIR  HÔTEL\nDU PARC", [PostingPart("C2", "FA9", 900)]),
])  # fmt: skip


def made(folder: Path, **settings: Any) -> Sage100:
    """The connector, reading the files that it wrote as if Sage had exported them again."""
    values = {
        "plugin": "sage100", "files": folder / "*.txt", "seller": "S", "bank_accounts": {IBAN: "512100"},
        "bank_journals": {IBAN: "BQ"}, **settings,
    }  # fmt: skip
    return Sage100(Sage100Config.model_validate(values), make_context(folder))


def test_a_batch_balances_and_says_what_it_pays(tmp_path: Path) -> None:
    """Debit the bank, credit each debtor with the invoice's number; one voucher a receipt; a reference on each line."""
    file = made(tmp_path).write(BATCH)
    entries = [entry(record, "x") for record in records(decode(file.body), "x")]
    told = [(e.journal, e.account, e.debtor, e.invoice, e.signed // 10_000, e.reference) for e in entries]
    assert [
        ("BQ", "512100", "", "", 15_050, "HUB000012-0001"),
        ("BQ", "411000", "C1", "FA1", -12_000, "HUB000012-0001"),
        ("BQ", "411000", "C1", "FA2", -3_000, "HUB000012-0001"),
        ("BQ", "411000", "C2", "", -50, "HUB000012-0001"),
        ("BQ", "512100", "", "", 900, "HUB000012-0002"),
        ("BQ", "411000", "C2", "FA9", -900, "HUB000012-0002"),
    ] == told
    assert {"H0000120001": 0, "H0000120002": 0} == {
        piece: sum(e.signed for e in entries if e.piece == piece) for piece in {e.piece for e in entries}
    }
    assert {""} == {e.code for e in entries}
    assert "hub-S-000012.txt" == file.file_name
    assert b"H\xe2TEL DU PARC\r\n" in file.body  # CP850, on one line


def test_an_entry_that_is_no_sale_is_paid_on_account(tmp_path: Path) -> None:
    """The hub's own name for it is no invoice number in Sage: field 5 stays empty."""
    parts = [PostingPart("C1", "OD 1204#4711", 500), PostingPart("C1", "FA#12", 400)]
    file = made(tmp_path).write(LedgerBatch(1, [replace(BATCH.postings[1], parts=parts)]))
    lines = [entry(record, "x") for record in records(decode(file.body), "x")]
    assert ["", "", "FA#12"] == [line.invoice for line in lines]


def test_the_same_batch_is_the_same_file(tmp_path: Path) -> None:
    """A lost file is made again, to the byte."""
    assert made(tmp_path).write(BATCH) == made(tmp_path).write(BATCH)


def test_entries_are_known_again(tmp_path: Path) -> None:
    """Imported and exported by Sage, read by the same connector: each posting is acknowledged by its receipt."""
    sage = made(tmp_path)
    assert isinstance(sage, LedgerWriter)
    file = sage.write(BATCH)
    assert {} == sage.acknowledged(file.references, [])
    (tmp_path / "export.txt").write_bytes(file.body)
    read = [record for one in read_records(sage) for record in one.records]
    receipts = [record for record in read if isinstance(record, Receipt)]
    assert 15_950 == sum(receipt.amount_minor for receipt in receipts)
    found = sage.acknowledged(file.references, receipts)
    assert {"R17", "R18"} == found.keys()
    assert [3, 1] == [
        len(found[posting]) for posting in ("R17", "R18")
    ]  # a receipt of the books for each debtor's line
    assert {key for keys in found.values() for key in keys} == {receipt.source_key for receipt in receipts}


@pytest.mark.parametrize(
    ("change", "settings", "code"),
    [
        ({"account": "FR00"}, {}, "HUB-SAGE-050"),
        ({}, {"bank_journals": {}}, "HUB-SAGE-050"),
        ({"currency": "USD"}, {}, "HUB-SAGE-051"),
        ({"amount_minor": 1}, {}, "HUB-SAGE-052"),
        ({}, {"ledger": "commercial", "files": None, "url": "mssql+pytds://reader@server/BASE"}, "HUB-SAGE-053"),
    ],
)
def test_what_cannot_be_written_is_refused_whole(
    tmp_path: Path, change: dict[str, Any], settings: dict[str, Any], code: str
) -> None:
    """No file with a part of the postings."""
    batch = LedgerBatch(1, [BATCH.postings[1], replace(BATCH.postings[0], **change)])
    with pytest.raises(ConfigError, match=code):
        made(tmp_path, **settings).write(batch)
