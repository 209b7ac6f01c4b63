"""The built-in connectors through the whole engine, in their own processes: a ledger in CSV, statements of a bank."""

from __future__ import annotations

import os
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.services import held as quarantine
from hub.core.store import tables as t
from hub.core.store.reading import as_known
from tests.support.hubs import (
    column,
    content,
    counted,
    differences,
    dump,
    make_hub,
    replay,
    rows,
    run,
    sync,
    verified,
    write_csv,
)
from tests.unit.plugins.bank_statements.made import Mv, cfonb, text

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\n'
BANK = '[connector.bank]\nplugin = "bank_statements"\nfolder = "bank"\nsettle_s = 0\n'
HEADER = "number;debtor_id;issued_on;due_on;total"
DAY = date(2026, 9, 1)


def ledger(folder: Path, *lines: str, header: str = HEADER) -> None:
    """The invoices of the ledger, in a file whose time of change is new."""
    path = folder / "invoices.csv"
    before = path.stat().st_mtime_ns if path.exists() else 0
    write_csv(path, header, *lines)
    if before:
        os.utime(path, ns=(before + 10**9, before + 10**9))


@pytest.mark.long_on_postgres
def test_a_ledger_and_its_bank(tmp_path: Path, database_url: str) -> None:
    """Read, read again, one row changed, verified: with real processes from end to end."""
    hub = make_hub(tmp_path, database_url, LEDGER + BANK)
    ledger(tmp_path, "F1;C1;01/09/2026;01/10/2026;1 200,00", "F2;C2;01/09/2026;01/10/2026;99,50", "F3;C2;2/9/2026;;12")
    (tmp_path / "bank").mkdir()
    statement = cfonb([Mv(DAY, 120_000, "VIR C1"), Mv(DAY, -500, "FRAIS")], 0, DAY, DAY)
    (tmp_path / "bank" / "one.txt").write_bytes(text(statement))
    assert {"read": 3, "new": 3} == counted(sync(hub, "ledger"))
    assert {"read": 3, "new": 3} == counted(sync(hub, "bank"))  # two movements, and what their statement proves
    before = dump(hub.store)
    assert ({}, {}) == (counted(sync(hub, "ledger")), counted(sync(hub, "bank")))
    assert [] == differences(before, dump(hub.store))
    ledger(tmp_path, "F1;C1;01/09/2026;01/10/2026;1 200,00", "F2;C2;01/09/2026;01/10/2026;100,00", "F3;C2;2/9/2026;;12")
    assert {"read": 3, "changed": 1, "same": 2} == counted(sync(hub, "ledger"))
    assert [120_000, 10_000, 1_200] == column(
        hub.store, sa.select(as_known("invoice", None).c.total_minor).order_by("id")
    )
    assert [120_000] == column(hub.store, sa.select(as_known("receipt", None).c.amount_minor))
    assert [500] == column(hub.store, sa.select(as_known("disbursement", None).c.amount_minor))
    found = verified(hub)
    assert ([], [], {"EUR": 0}) == (found.differences, found.not_checked, found.gap_minor)


@pytest.mark.parametrize(
    ("bad", "fault", "words"),
    [(0, "30;2026-10-01;five", "five"), (2, "31;2026-10-01;5", "2026-09-31"), (4, "30;;", "")],
)
def test_a_bad_row_is_held_and_its_neighbours_pass(
    tmp_path: Path, database_url: str, without_processes: None, bad: int, fault: str, words: str
) -> None:
    """Held with its place, its text, the reason and the remedy; a corrected source closes it."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    good = [f"F{n};C1;2026-09-01;2026-10-01;{n}00,00" for n in range(1, 5)]
    ledger(tmp_path, *good[:bad], f"BAD;C1;2026-09-{fault}", *good[bad:])
    assert {"read": 5, "new": 4, "held": 1} == counted(sync(hub, "ledger", page_units=2))
    [entry] = quarantine.list_held(hub.desk)
    assert f"invoices.csv:{bad + 2}" in entry.place
    assert words in entry.what
    assert "BAD" in entry.excerpt
    assert entry.mend
    assert entry.code.startswith("HUB-CSV-")
    ledger(tmp_path, *good[:bad], "BAD;C1;2026-09-30;2026-10-01;5,00", *good[bad:])
    assert 0 == sync(hub, "ledger", page_units=2).counts.held
    assert [] == quarantine.list_held(hub.desk)
    assert ["mended"] == column(hub.store, sa.select(t.held.c.state))


def test_replay_after_the_settings_were_corrected(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """A decimal mark was misread: said in hub.toml, then replayed from the evidence kept, without reading the file."""
    hub = make_hub(tmp_path, database_url, LEDGER + 'decimal = ","\n')
    ledger(tmp_path, "F1;C1;2026-09-01;2026-10-01;12.55", "F2;C1;2026-09-01;2026-10-01;7,10")
    assert {"read": 2, "new": 1, "held": 1} == counted(sync(hub, "ledger"))
    [entry] = quarantine.list_held(hub.desk)
    assert (0, 1) == replay(hub, "ledger", entry.id)
    assert [entry.id] == [still.id for still in quarantine.list_held(hub.desk)]
    (tmp_path / "invoices.csv").unlink()
    mended = make_hub(tmp_path, database_url, LEDGER + 'decimal = "."\n')
    assert (1, 0) == replay(mended, "ledger", entry.id)
    assert [] == quarantine.list_held(mended.desk)
    assert [710, 1_255] == column(
        mended.store, sa.select(as_known("invoice", None).c.total_minor).order_by("total_minor")
    )
    assert ["mended"] == column(mended.store, sa.select(t.held.c.state))
    assert [] == verified(make_hub(tmp_path, database_url, LEDGER + 'decimal = ","\n')).differences[1:]


def test_columns_named_later(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """[columns] was missing: what was held, a whole file or its rows, is taken in when it is there."""
    ledger(
        tmp_path,
        "F1;C1;2026-09-01;2026-10-01;12,55",
        "F2;C2;2026-09-01;2026-10-01;7,10",
        header="Beleg;debtor_id;issued_on;due_on;total",
    )
    hub = make_hub(tmp_path, database_url, LEDGER)
    held = sync(hub, "ledger").counts
    assert (held.read, 0) == (held.held, held.new)
    mended = make_hub(tmp_path, database_url, LEDGER + '[connector.ledger.columns.invoices]\nnumber = "Beleg"\n')
    assert 0 == sync(mended, "ledger").counts.held
    assert ["F1", "F2"] == column(mended.store, sa.select(as_known("invoice", None).c.number).order_by("number"))
    assert [] == quarantine.list_held(mended.desk)
    assert [] == verified(mended).differences


def test_another_mapping_does_not_need_the_file(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """The seller's name was added to the settings: kept rows are mapped again while the file is out of reach."""
    ledger(tmp_path, "F1;C1;2026-09-01;2026-10-01;12,55")
    sync(make_hub(tmp_path, database_url, LEDGER), "ledger")
    (tmp_path / "invoices.csv").unlink()
    hub = make_hub(tmp_path, database_url, LEDGER + 'seller = "ACME"\n')
    run(hub, "ledger")
    assert ["ACME"] == column(hub.store, sa.select(as_known("invoice", None).c.seller))


@pytest.mark.long_on_postgres
@pytest.mark.parametrize("missing", ["withdrawn", "settled", "keep"])
def test_a_snapshot_in_files(tmp_path: Path, database_url: str, without_processes: None, missing: str) -> None:
    """Two files: one unchanged and skipped, one with a row less. Only that row is missing; then nothing."""
    settings = f'[connector.ledger]\nplugin = "csv"\ninvoices = "*.csv"\nmode = "snapshot"\nmissing = "{missing}"\n'
    hub = make_hub(tmp_path, database_url, settings)
    lines = [f"F{n};C1;2026-09-01;2026-10-01;{n},00" for n in range(1, 12)]
    write_csv(tmp_path / "a.csv", HEADER, *[f"A{line}" for line in lines])
    ledger(tmp_path, *lines)
    assert {"read": 22, "new": 22} == counted(sync(hub, "ledger", page_units=3))
    before = dump(hub.store)
    assert {} == counted(sync(hub, "ledger", page_units=3))
    assert [] == differences(before, dump(hub.store))
    ledger(tmp_path, *lines[:3], *lines[4:])
    lost = {} if missing == "keep" else {"missing": 1}
    assert {"read": 21, "same": 21, **lost} == counted(sync(hub, "ledger", page_units=3))
    left = column(hub.store, sa.select(as_known("invoice", None).c.number))
    assert ("F4" not in left) == (missing == "withdrawn")
    after = dump(hub.store)
    assert {} == counted(sync(hub, "ledger", page_units=3))
    assert [] == differences(after, dump(hub.store))


def test_identical_rows_and_repeated_numbers(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """A row twice is one invoice; a number twice with another amount: the first stands, the second is held."""
    hub = make_hub(tmp_path, database_url, LEDGER)
    ledger(
        tmp_path,
        *["F1;C1;2026-09-01;2026-10-01;12,00"] * 2,
        "F2;C1;2026-09-01;2026-10-01;5,00",
        "F2;C1;2026-09-01;2026-10-01;6,00",
    )
    first = counted(sync(hub, "ledger", page_units=3))
    assert (4, 1) == (first["read"], first["held"])
    assert [500, 1_200] == column(hub.store, sa.select(as_known("invoice", None).c.total_minor).order_by("total_minor"))
    facts = content(hub.store)
    again = counted(sync(hub, "ledger", full=True, page_units=3))
    assert {"read": 4, "same": 3, "held": 1} == again
    assert [] == differences(facts, content(hub.store))


def test_overlapping_statements_and_genuine_twins(tmp_path: Path, database_url: str, without_processes: None) -> None:
    """Two equal transfers on one day stay two; a statement that tells some days again adds nothing."""
    moves = [Mv(DAY + timedelta(n // 4), 1_000 + n // 2, f"VIR {n // 2}") for n in range(16)]
    hub = make_hub(tmp_path, database_url, BANK)
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "a.txt").write_bytes(text(cfonb(moves[:12], 0, DAY, DAY + timedelta(2))))
    assert {"read": 13, "new": 13} == counted(sync(hub, "bank", page_units=5))
    opening = sum(mv.minor for mv in moves[:8])
    (tmp_path / "bank" / "b.txt").write_bytes(text(cfonb(moves[8:], opening, DAY + timedelta(2), DAY + timedelta(3))))
    assert {"read": 9, "new": 5, "same": 4} == counted(sync(hub, "bank", page_units=5))
    received = as_known("receipt", None)
    assert sorted(mv.minor for mv in moves) == column(
        hub.store, sa.select(received.c.amount_minor).order_by("amount_minor")
    )
    copy = (tmp_path / "bank" / "a.txt").read_bytes()
    (tmp_path / "bank" / "again.txt").write_bytes(copy)
    assert 0 == sync(hub, "bank", page_units=5).counts.new
    assert 16 == len(column(hub.store, sa.select(received.c.id)))


def test_a_statement_that_does_not_balance_is_held_whole(
    tmp_path: Path, database_url: str, without_processes: None
) -> None:
    """Opening + movements ≠ closing: none of it is taken, it counts its lines; the good statement beside it passes."""
    hub = make_hub(tmp_path, database_url, BANK)
    (tmp_path / "bank").mkdir()
    wrong = cfonb([Mv(DAY, 500), Mv(DAY, 700)], 0, DAY, DAY)
    wrong[-1] = cfonb([], 9_999, DAY, DAY)[-1]
    (tmp_path / "bank" / "a.txt").write_bytes(text(wrong))
    (tmp_path / "bank" / "b.txt").write_bytes(text(cfonb([Mv(DAY, 42)], 0, DAY, DAY)))
    assert {"read": 5, "new": 2, "held": 3} == counted(sync(hub, "bank"))
    [entry] = quarantine.list_held(hub.desk)
    assert (3, "a.txt") == (entry.lines, Path(entry.place.split(":")[0]).name)
    assert [(42,)] == rows(hub.store, sa.select(as_known("receipt", None).c.amount_minor))


@pytest.mark.parametrize("road", ["sync", "replay", "replay, full"])
def test_a_statement_held_whole_is_read_once_the_settings_are_right(
    tmp_path: Path, database_url: str, without_processes: None, road: str
) -> None:
    """It was held as one; replayed or read again, its movements are units of their own, and nothing is held twice."""
    moves = [Mv(DAY, 500, "VIR A"), Mv(DAY, 700, "VIR B"), Mv(DAY, 700, "VIR B"), Mv(DAY, -30, "FRAIS")]
    hub = make_hub(tmp_path, database_url, BANK + 'account = "30004000031234567890143"\n')
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "a.txt").write_bytes(text(cfonb(moves, 0, DAY, DAY)))
    assert {"read": 5, "held": 5} == counted(sync(hub, "bank"))
    hub = make_hub(tmp_path, database_url, BANK)
    [entry] = quarantine.list_held(hub.desk)
    if "replay" in road:
        assert (1, 0) == replay(hub, "bank", entry.id)
    for _ in range(2):
        assert 0 == sync(hub, "bank", full="full" in road).counts.held
        assert [] == quarantine.list_held(hub.desk)
        received = as_known("receipt", None)
        assert [500, 700, 700] == column(hub.store, sa.select(received.c.amount_minor).order_by("amount_minor"))
        found = verified(hub)
        assert ([], []) == (found.differences, found.not_checked)
    (tmp_path / "bank" / "b.txt").write_bytes(text(cfonb([*moves, Mv(DAY, 5)], 0, DAY, DAY)))
    assert {"read": 6, "new": 2, "same": 4} == counted(sync(hub, "bank"))


@pytest.mark.parametrize(
    ("plugin", "setting", "code"),
    [
        ("csv", "invoices", "HUB-CSV-036"),
        ("bank_statements", "files", "HUB-BANK-001"),
        ("einvoices", "files", "HUB-EINV-001"),
    ],
)
def test_a_folder_that_is_not_there_is_no_day_without_files(
    tmp_path: Path, database_url: str, plugin: str, setting: str, code: str
) -> None:
    """A glob in a folder that is not there finds nothing, like one in an empty folder: the run tells them apart."""
    hub = make_hub(tmp_path, database_url, f'[connector.x]\nplugin = "{plugin}"\n{setting} = "share/out/f*.csv"\n')
    error = run(hub, "x").error
    assert error is not None
    assert code == error.code
    assert str(tmp_path / "share" / "out") in str(error)
    (tmp_path / "share" / "out").mkdir(parents=True)
    assert {} == counted(sync(hub, "x"))
