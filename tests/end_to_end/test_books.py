"""`hub books` as an accountant uses it: write, import, read, list; and taking a batch back."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from hub.app.cli import main
from hub.plugins.sage100.tagged import Entry, decode, entry, records, render

IBAN = "FR7630999000010001234567836"
CONFIG = f"""
[hub]
database = "sqlite:///hub.db"
today = 2026-11-30

[seller.ATELIER]
books = "sage"

[connector.sage]
plugin = "sage100"
files = "sage/*.txt"
seller = "ATELIER"
bank_accounts = {{ "{IBAN}" = "512100" }}
bank_journals = {{ "{IBAN}" = "BQ" }}

[connector.bank]
plugin = "csv"
receipts = "bank.csv"
"""
BANK = f"""receipt_id;received_on;amount;payer_name;remittance;account
B1;05/11/2026;120,00;MENUISERIE DURAND;VIR FA2026-00017;{IBAN}
B2;06/11/2026;55,55;INCONNU;divers;{IBAN}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A firm whose Sage exports its entries, and its bank's receipts."""
    from datetime import date

    sold = Entry(
        journal="VE", day=date(2026, 9, 5), piece="V1", invoice="FA2026-00017", treasury_piece="", account="411000",
        debtor="C1", label="Facture", method=0, due=date(2026, 10, 5), signed=120_000_000, currency=0, code="",
        amount=0, reference="",
    )  # fmt: skip
    (tmp_path / "sage").mkdir()
    (tmp_path / "sage" / "sales.txt").write_bytes(render([sold], "EUR"))
    (tmp_path / "hub.toml").write_text(CONFIG)
    (tmp_path / "bank.csv").write_text(BANK)
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2]))
    monkeypatch.setenv("HUB_ACTOR", "anne")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    """The JSON document of a command that did its work."""
    assert 0 == main([*arguments, "--json"])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return document


def test_from_the_bank_to_the_books_and_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Written once, imported, acknowledged; every listing says what to do next."""
    main(["sync"])
    main(["reconcile"])
    capsys.readouterr()
    assert 0 == main(["books", "write", "sage"])
    said = capsys.readouterr().out
    assert "Batch 1: 1 receipt, 120.00 EUR, in" in said.replace("120,00", "120.00")
    assert "Not handed over, 1 receipt:" in said
    assert "hub sync sage" in said
    file = folder / "books" / "hub-ATELIER-000001.txt"
    lines = [entry(record, "x") for record in records(decode(file.read_bytes()), "x")]
    assert [("512100", "", 120_000_000), ("411000", "FA2026-00017", -120_000_000)] == [
        (one.account, one.invoice, one.signed) for one in lines
    ]
    assert [] == told(capsys, "books", "write", "sage")["batches"]
    assert {"not_in_books_yet": 1, "to_correct": 0} == handed_over(capsys)
    assert 0 == main(["books", "list"])
    said = capsys.readouterr().out
    assert "written" in said
    assert "hub books withdraw 1" in said
    (folder / "sage" / "imported.txt").write_bytes(file.read_bytes())
    assert 0 == main(["sync", "sage"])
    assert "sage: the books have 1 payment that you handed over" in capsys.readouterr().out
    assert 0 == main(["reconcile"])
    capsys.readouterr()
    [batch] = told(capsys, "books", "list", "1")["batches"]
    [posting] = batch["postings"]
    assert ("acknowledged", "acknowledged", []) == (batch["state"], posting["state"], posting["corrections"])
    assert ("HUB000001-0001", "120.00", "B1") == (posting["reference"], posting["amount"], posting["receipt_id"])
    assert {"not_in_books_yet": 0, "to_correct": 0} == handed_over(capsys)


def handed_over(capsys: pytest.CaptureFixture[str]) -> dict[str, int]:
    """What `hub status` counts of what was handed over."""
    main(["status", "--json"])
    counts: dict[str, int] = json.loads(capsys.readouterr().out)["books"]["handed_over"]
    return counts


@pytest.mark.long
def test_taking_a_batch_back(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A dry run, a batch, a lost file, a withdrawal with its reason, and the next number."""
    main(["sync"])
    main(["reconcile"])
    capsys.readouterr()
    assert 0 == main(["books", "list"])
    assert "hub books write NAME" in capsys.readouterr().out
    dry = told(capsys, "books", "write", "sage", "--dry-run")
    assert (["B1"], []) == ([one["receipt_id"] for one in dry["would_hand_over"]], dry["batches"])
    assert ["not_applied"] == [one["reason"] for one in dry["left"]]
    [batch] = told(capsys, "books", "write", "sage", "--out", "there", "--until", "2026-11-30")["batches"]
    body = Path(batch["file"]).read_bytes()
    assert [batch["number"]] == [
        one["number"] for one in told(capsys, "books", "write", "sage", "--again", "1", "--out", "here")["batches"]
    ]
    assert body == (folder / "here" / "hub-ATELIER-000001.txt").read_bytes()
    assert 2 == main(["books", "withdraw", "1"]), "no reason, no act"
    capsys.readouterr()
    assert "withdrawn" == told(capsys, "books", "withdraw", "1", "--reason", "wrong folder")["state"]
    assert [2] == [one["number"] for one in told(capsys, "books", "write", "sage")["batches"]]
    assert ["withdrawn", "written"] == [one["state"] for one in told(capsys, "books", "list")["batches"]]
    assert 0 != main(["books", "write", "bank"])
    assert "HUB-BOOK-017" in capsys.readouterr().err


@pytest.mark.long
@pytest.mark.parametrize("at", ["services.batches.whole_file", "store.batches.note_written"])
def test_killed_where_it_hurts(folder: Path, capsys: pytest.CaptureFixture[str], at: str) -> None:
    """SIGKILL after the batch was committed, before its file or before its note: the next run finishes that batch."""
    main(["sync"])
    main(["reconcile"])
    module, _, name = at.rpartition(".")
    program = (
        f"import os, signal; import hub.core.{module} as room; from hub.app.cli import main; "
        f"room.{name} = lambda *_: os.kill(os.getpid(), signal.SIGKILL); main(['books', 'write', 'sage'])"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=folder, timeout=120, check=False)
    assert -signal.SIGKILL == ended.returncode
    left = [path.read_bytes() for path in (folder / "books").glob("hub-*")]
    capsys.readouterr()
    [batch] = told(capsys, "books", "write", "sage")["batches"]
    assert (1, True) == (batch["number"], batch["again"])
    assert left in ([], [Path(batch["file"]).read_bytes()])
    assert [] == told(capsys, "books", "write", "sage")["batches"]
    [row] = told(capsys, "books", "list")["batches"]
    assert (1, "written", 1) == (row["number"], row["state"], len(row["postings"]))
    assert 0 == main(["verify"])
