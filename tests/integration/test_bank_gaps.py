"""A missing statement, or money booked twice, does not go unnoticed: named in euros, with what to ask for."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.cli import main
from hub.core.services.status import status
from hub.core.store import tables as t
from tests.support.hubs import make_hub, sync
from tests.unit.plugins.bank_statements.made import IBAN, Mv, camt, cfonb, text

BANK = '[connector.bank]\nplugin = "bank_statements"\nfolder = "bank"\nsettle_s = 0\n'
OTHER = '[connector.other]\nplugin = "bank_statements"\nfolder = "other"\nsettle_s = 0\n'
DAY = date(2026, 9, 1)


def weeks(folder: Path, *which: int) -> None:
    """Statements of some weeks of September: two movements each."""
    folder.mkdir(exist_ok=True)
    for week in which:
        first = DAY + timedelta(days=7 * week)
        told = cfonb(
            [Mv(first, 5_000, f"VIR {week}"), Mv(first, -700, "FRAIS")], 4_300 * week, first, first + timedelta(7)
        )
        (folder / f"week{week}.txt").write_bytes(text(told))


def test_statements_that_meet_are_no_concern(tmp_path: Path, database_url: str, in_process: None) -> None:
    """Week after week, each movement booked once."""
    hub = make_hub(tmp_path, database_url, BANK)
    weeks(tmp_path / "bank", 0, 1, 2)
    sync(hub, "bank")
    assert [] == status(hub.desk).bank


def test_a_missing_week_is_named(
    tmp_path: Path, database_url: str, in_process: None, capsys: pytest.CaptureFixture[str]
) -> None:
    """Account, days, money and what to ask for; exit status 1, and the export says the same. It heals when it comes."""
    hub = make_hub(tmp_path, database_url, BANK)
    weeks(tmp_path / "bank", 0, 2)
    sync(hub, "bank")
    [one] = status(hub.desk).bank
    assert ("missing_statement", 4_300) == (one.gap.kind, one.gap.difference_minor)
    asked = "ask the bank for the statements of this account from 08/09/2026 to 15/09/2026"
    assert asked == one.mend
    assert "the balance went from 43,00 EUR to 86,00 EUR, 43,00 EUR unseen" in one.what
    assert 1 == main(["--config", str(tmp_path / "hub.toml"), "status"])
    said = " ".join(capsys.readouterr().out.split())
    assert asked in said
    assert "Account 309990000100012345678" in said
    assert 0 == main(["--config", str(tmp_path / "hub.toml"), "export", "bank-gaps"])
    assert "43,00" in capsys.readouterr().out
    weeks(tmp_path / "bank", 1)
    sync(hub, "bank")
    assert [] == status(hub.desk).bank


def test_one_account_in_two_connectors_shows_as_money_booked_twice(
    tmp_path: Path, database_url: str, in_process: None
) -> None:
    """CFONB in one folder, camt of the same account in another: each connector reads it in good faith."""
    hub = make_hub(tmp_path, database_url, BANK + OTHER)
    weeks(tmp_path / "bank", 0)
    (tmp_path / "other").mkdir()
    told = camt([Mv(DAY, 5_000, "VIR 0"), Mv(DAY, -700, "FRAIS")], 0, DAY, DAY + timedelta(7), version=8)
    (tmp_path / "other" / "a.xml").write_bytes(told)
    sync(hub, "bank")
    sync(hub, "other")
    [one] = status(hub.desk).bank
    assert ("booked_otherwise", 4_300, IBAN) == (one.gap.kind, one.gap.difference_minor, one.account)


def test_a_movement_that_is_held_is_money_not_booked(tmp_path: Path, database_url: str, in_process: None) -> None:
    """Its statement is proven, so what is missing is known to the cent."""
    hub = make_hub(tmp_path, database_url, BANK)
    lines = cfonb([Mv(DAY, 5_000, "A"), Mv(DAY, 200, "B")], 0, DAY, DAY)
    lines[1] = lines[1][:34] + "310226" + lines[1][40:]
    (tmp_path / "bank").mkdir()
    (tmp_path / "bank" / "a.txt").write_bytes(text(lines))
    sync(hub, "bank")
    [one] = status(hub.desk).bank
    assert ("booked_otherwise", -5_000) == (one.gap.kind, one.gap.difference_minor)


def test_fees_taken_off_are_no_difference(tmp_path: Path, database_url: str, in_process: None) -> None:
    """A receipt is gross, its fee apart; the balance knows the net."""
    hub = make_hub(tmp_path, database_url, BANK)
    (tmp_path / "bank").mkdir()
    sample = Path(__file__).parents[1] / "samples" / "bank_statements" / "camt053_v8_charges.xml"
    (tmp_path / "bank" / "a.xml").write_bytes(sample.read_bytes())
    sync(hub, "bank")
    with hub.store.read() as connection:
        assert connection.execute(sa.select(sa.func.sum(t.receipt.c.fee_minor))).scalar()
    assert [] == status(hub.desk).bank
