"""PNM behind its flag: what is written is read again; what could be another layout is held whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.plugins.sage100 import Sage100, Sage100Config
from hub.plugins.sage100.pnm import entries, render
from hub.plugins.sage100.tagged import Entry
from hub.sdk import ConfigError, RecordRejected
from hub.sdk.records import Invoice, Receipt
from hub.sdk.testing import make_context, read_records
from tests.unit.plugins.sage100.test_writing import BATCH, IBAN

SALE = Entry(
    "VE", date(2026, 3, 5), "V1", "FA1", "", "411000", "C1", "Hôtel", 0, date(2026, 4, 5), 120_000_000, 0, "", 0, "R"
)
REST = replace(SALE, account="706000", debtor="", invoice="", due=None, signed=-120_000_000)


def made(folder: Path, **settings: Any) -> Sage100:
    """The connector over the files of a folder, with the flag set unless told otherwise."""
    values = {
        "plugin": "sage100", "files": folder / "*", "seller": "S", "bank_accounts": {IBAN: "512100"},
        "bank_journals": {IBAN: "BQ"}, "experimental_pnm": True, **settings,
    }  # fmt: skip
    return Sage100(Sage100Config.model_validate(values), make_context(folder))


def test_there_and_back(tmp_path: Path) -> None:
    """Written behind the flag, imported and exported again: each posting is acknowledged; every line has 138 places."""
    sage = made(tmp_path)
    file = sage.write(BATCH)
    assert "hub-S-000012.pnm" == file.file_name
    name, *lines, end = file.body.decode("cp1252").split("\r\n")
    assert ("S", "", {138}) == (name, end, {len(line) for line in lines})
    (tmp_path / "export.pnm").write_bytes(file.body)
    receipts = [r for one in read_records(sage) for r in one.records if isinstance(r, Receipt)]
    assert 15_950 == sum(receipt.amount_minor for receipt in receipts)
    found = sage.acknowledged(file.references, receipts)
    assert {"R17": 3, "R18": 1} == {posting: len(keys) for posting, keys in found.items()}


def test_without_the_flag_nothing_changes(tmp_path: Path) -> None:
    """The tagged format is written, and a PNM file is held as a stranger's."""
    sage = made(tmp_path, experimental_pnm=False)
    assert sage.write(BATCH).body.startswith(b"#FLG 000")
    (tmp_path / "export.pnm").write_bytes(render("S", [SALE, REST]))
    held = [unit.rejected.code for unit in sage.fetch("entries", None, 100).units if unit.rejected]
    assert ["HUB-SAGE-040"] == held


def test_a_sale_is_an_invoice(tmp_path: Path) -> None:
    """Line by line into the same records as the tagged format; both kinds of files side by side."""
    (tmp_path / "a.pnm").write_bytes(render("ATELIER FICTIF", [SALE, REST]))
    records = [r for one in read_records(made(tmp_path)) for r in one.records]
    [invoice] = [record for record in records if isinstance(record, Invoice)]
    assert ("FA1", "C1", 12_000, date(2026, 4, 5)) == (
        invoice.number, invoice.debtor_id, invoice.total_minor, invoice.due_on,
    )  # fmt: skip


texts = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=13)


@given(
    st.lists(
        st.tuples(texts, texts, st.integers(1, 10**11), st.dates(date(1980, 1, 1), date(2079, 12, 31))),
        min_size=1,
        max_size=8,
    )
)
def test_what_is_written_is_read(lines: list[tuple[str, str, int, date]]) -> None:
    """Any accounts, numbers, dates and amounts in cents."""
    made = [
        replace(SALE, debtor=debtor, invoice=number, signed=cents * 10_000, day=day, due=day, reference="HUB", label="")
        for debtor, number, cents, day in lines
    ]
    whole = [*made, replace(REST, signed=-sum(one.signed for one in made), reference="HUB", label="")]
    read = [one for one, _ in entries(render("S", whole), "x")]
    assert whole == [replace(one, reference=one.label, label="") for one in read]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda body: body.replace(b"              120.00", b"               12000"), "HUB-SAGE-061"),
        (lambda body: body.replace(b"C              120.00", b"C              119.99"), "HUB-SAGE-062"),
        (lambda body: body[:-200], "HUB-SAGE-06[02]"),
        (lambda body: body.replace(b"050326", b"310226"), "HUB-SAGE-044"),
        (lambda body: b"S\r\n", "HUB-SAGE-062"),
        (lambda body: body.replace(b"D              120.00N", b"       120.00         "), "HUB-SAGE-060"),
    ],
)
def test_another_layout_is_not_guessed(change: Any, code: str) -> None:
    """Cents or euros, a cut file, a date that is none, debit and credit in columns of their own."""
    with pytest.raises(RecordRejected, match=code):
        entries(change(render("S", [SALE, REST])), "x")


def test_nothing_is_cut() -> None:
    """A number that does not fit is refused: cut, it would be another's."""
    for long in (replace(SALE, debtor="C" * 14), replace(SALE, invoice="F" * 14), replace(SALE, journal="BANK")):
        with pytest.raises(ConfigError, match="HUB-SAGE-054"):
            render("S", [long])
