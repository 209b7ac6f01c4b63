"""The folder: what is read, what is left for later, what is refused by name."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError

from hub.plugins.bank_statements import CONNECTOR, StatementsConfig, camt, hub_register, packed
from hub.plugins.bank_statements.faults import CODES
from hub.sdk import BulkMap, FileCheck, RecordSource, Registry
from hub.sdk.testing import pages
from tests.unit.plugins.bank_statements import made
from tests.unit.plugins.bank_statements.made import IBAN, REPO, RIB, Mv, cfonb, source, text

DAY = made.date(2026, 4, 7)
MOVES = [Mv(DAY, 45000, "VIR LEROY", [("LIB", "FACT 1")]), Mv(DAY, -700, "FRAIS", code="62")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    return tmp_path / "in"


def test_the_connector_registers_and_plays_its_roles(folder: Path) -> None:
    """One connector, three roles, each really played."""
    registry = Registry()
    hub_register(registry)
    assert CONNECTOR is registry.get("bank_statements")
    assert all(isinstance(source(folder), role) for role in (RecordSource, BulkMap, FileCheck))
    assert set(CONNECTOR.mapping_fields) <= set(StatementsConfig.model_fields)


def test_every_setting_is_described() -> None:
    """The reference page is made from the descriptions."""
    assert all(field.description for field in StatementsConfig.model_fields.values())


def test_settings_say_where_the_statements_are() -> None:
    """Neither folder nor files: refused before starting."""
    with pytest.raises(ValidationError, match="where are the statements"):
        StatementsConfig(plugin="bank_statements")


def test_a_file_still_being_written_is_left_for_next_time(folder: Path) -> None:
    """A file changed in the last seconds waits, and the run says so."""
    path = folder / "a.txt"
    path.write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    now = datetime(2026, 6, 30, 12, tzinfo=UTC).timestamp()  # the frozen clock of tests
    os.utime(path, (now - 1, now - 1))
    [page] = pages(source(folder, settle_s=2), "movements")
    assert ([], ["a.txt (still being written, left for the next run)"]) == (list(page.units), list(page.skipped))
    os.utime(path, (now - 3, now - 3))
    assert 3 == len(next(pages(source(folder, settle_s=2), "movements", cursor=page.cursor)).units)


def test_a_file_that_grows_while_it_is_read_is_read_again(folder: Path) -> None:
    """What was given stays given; the next run reads the whole file and finds the same movements."""
    path = folder / "a.txt"
    path.write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    connector = source(folder)
    first = connector.fetch("movements", None, 1)
    with path.open("ab") as stream:
        stream.write(text(cfonb([Mv(DAY + timedelta(1), 5)], 44300, DAY, DAY + timedelta(1))))
    last = connector.fetch("movements", first.cursor, 10)
    again = [unit.ref for page in pages(source(folder), "movements", cursor=last.cursor) for unit in page.units]
    assert 5 == len(again)  # two statements, three movements
    assert {unit.ref for unit in [*first.units, *last.units]} <= set(again)


def test_a_file_deleted_between_two_pages_ends_the_run_in_peace(folder: Path) -> None:
    """Nothing half done: the rest is not there any more."""
    (folder / "a.txt").write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    page = source(folder).fetch("movements", None, 1)
    (folder / "a.txt").unlink()
    assert source(folder).fetch("movements", page.cursor, 5).last


def test_pipes_and_folders_are_not_read(folder: Path) -> None:
    """Only regular files: a named pipe would block for ever."""
    os.mkfifo(folder / "pipe")
    (folder / "below").mkdir()
    (folder / ".hidden").write_bytes(b"x")
    (folder / "b.txt.part").write_bytes(b"x")
    [page] = pages(source(folder), "movements")
    assert (True, []) == (page.last, list(page.units))


def test_another_account_is_refused_by_name_and_replayed_when_settings_allow(folder: Path) -> None:
    """A held statement keeps its bytes: under corrected settings it gives all its movements, under the usual refs."""
    (folder / "a.txt").write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    [held] = next(pages(source(folder, account="DE89370400440532013000"), "movements")).units
    assert held.rejected is not None
    assert ("HUB-BANK-024", 3) == (held.rejected.code, held.lines)
    assert RIB in held.rejected.what
    right = source(folder, account=IBAN, seller="ACME")
    usual = [right.map("movements", unit)[0] for unit in next(pages(right, "movements")).units]
    assert usual == list(right.map("movements", held))
    assert {("ACME", IBAN)} == {(record.seller, record.account) for record in usual}


def test_sellers_by_account(folder: Path) -> None:
    """One folder, several companies: the account says whose money it is, as RIB or IBAN."""
    (folder / "a.txt").write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    connector = source(folder, accounts={RIB: "ACME"}, seller="OTHER")
    [_, unit, _] = next(pages(connector, "movements")).units
    assert "ACME" == connector.map("movements", unit)[0].seller


@pytest.mark.parametrize("room", [0, 10**9])
def test_a_statement_too_long_to_buffer(folder: Path, monkeypatch: pytest.MonkeyPatch, room: int) -> None:
    """The same units, whether bodies were kept, packed or read again; an unproved one is held without its bytes."""
    twin = Mv(DAY, 45000, "LEROY", [("", "FACT 1")])
    data = made.camt([twin, twin, Mv(DAY, -5, "FRAIS")], 0, DAY, DAY, version=8)
    (folder / "a.xml").write_bytes(data)
    usual = [(unit.ref, unit.body, unit.layout) for unit in next(pages(source(folder), "movements")).units]
    monkeypatch.setattr(camt, "BUFFER_BYTES", 10)
    monkeypatch.setattr(camt, "PACKED_BYTES", room)
    monkeypatch.setattr(packed, "PIECE_BYTES", 1_500)
    for limit in (1, 2, 10):
        found = [unit for page in pages(source(folder), "movements", limit) for unit in page.units]
        assert usual == [(unit.ref, unit.body, unit.layout) for unit in found]
    (folder / "a.xml").write_bytes(data.replace(b"<Amt Ccy='EUR'>0.05", b"<Amt Ccy='EUR'>0.06", 1))
    [held] = next(pages(source(folder), "movements")).units
    assert (b"", 4) == (held.body, held.lines)
    page = source(folder).map_page("movements", [held])
    assert "HUB-BANK-028" == page.rejected[0].code


def test_camt054_is_booked_only_when_asked(folder: Path) -> None:
    """By default the camt.053 is the book; a change of the setting reads the file again."""
    (folder / "n.xml").write_bytes((made.OWN / "camt054_v2.xml").read_bytes())
    [never] = pages(source(folder), "movements")
    assert not never.units
    assert "camt.054" in never.skipped[0]
    [booked] = pages(source(folder, use_camt054="book"), "movements", cursor=never.cursor)
    assert 2 == len(booked.units)


def test_a_damaged_cursor_starts_again(folder: Path) -> None:
    """Refs do not change, so nothing is booked twice."""
    (folder / "a.txt").write_bytes(text(cfonb(MOVES, 0, DAY, DAY)))
    for cursor in ("", "{", "[]", '{"v":1}', "null", '{"v":1,"settings":0,"files":[]}'):
        assert 3 == len(source(folder).fetch("movements", cursor, 10).units)


def test_what_is_shown_of_a_file(folder: Path) -> None:
    """Format, accounts, balances, sums and first movements, before anything is taken in."""
    path = folder / "a.txt"
    path.write_bytes(text(cfonb(MOVES, 1000, DAY, DAY)))
    shown = source(folder).describe(str(path))
    assert ("CFONB 120", [RIB], 2) == (shown["format"], shown["accounts"], shown["movements"])
    [one] = shown["statements"]
    assert ("2026-04-07 10.00 EUR", {"EUR": "443.00"}, "2026-04-07 453.00 EUR", "") == (
        one["opening"],
        one["sums"],
        one["closing"],
        one["held"],
    )
    assert 45000 == shown["first"][0]["amount_minor"]
    path.write_bytes(b"%PDF-1.7")
    assert "HUB-BANK-003" in source(folder).describe(str(path))["refused"]
    assert "HUB-BANK-002" in source(folder).describe(str(folder / "nowhere"))["refused"]


def test_every_code_is_on_its_page() -> None:
    """docs/errors/bank.md lists each code once, with its remedy."""
    page = (REPO / "docs" / "errors" / "bank.md").read_text(encoding="utf-8")
    assert sorted(CODES) == [line[3:] for line in page.splitlines() if line.startswith("## HUB-BANK-")]
