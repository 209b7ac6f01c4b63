"""A ledger must not be doubled by its configuration: two sections on one file, a renamed section, lost books."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub.app.cli.run import run as run_command
from hub.sdk.errors import ConfigError
from tests.support.hubs import close_hubs, make_hub, sync, write_csv

FILE = 'plugin = "csv"\ninvoices = "invoices.csv"\n'


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    write_csv(tmp_path / "invoices.csv", "number;seller;debtor_id;issued_on;total", "F1;ACME;C1;2026-09-01;100,00")
    return tmp_path


def command(folder: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """The status of a command, and all it said."""
    close_hubs()
    status = run_command(["--config", str(folder / "hub.toml"), *words])
    said = capsys.readouterr()
    return status, " ".join((said.out + said.err).split())


@pytest.mark.parametrize("other", ["invoices.csv", "inv*.csv"])
def test_two_sections_on_one_file(
    ledger: Path, database_url: str, capsys: pytest.CaptureFixture[str], other: str
) -> None:
    """Refused by check and by sync, each naming the other; another setting or another plugin is no double."""
    twin = FILE.replace("invoices.csv", other)
    make_hub(ledger, database_url, f"[connector.one]\n{FILE}[connector.two]\n{twin}")
    for words in (["check"], ["sync"]):
        status, said = command(ledger, capsys, *words)
        assert 2 == status
        assert "HUB-CFG-030" in said
        assert "[connector.one] reads" in said
        assert "[connector.two] reads" in said
    apart = FILE.replace("invoices = ", "receipts = ")
    hub = make_hub(ledger, database_url, f"[connector.one]\n{FILE}[connector.two]\n{apart}")
    hub.refuse_doubles("one")
    off = make_hub(ledger, database_url, f"[connector.one]\n{FILE}[connector.two]\n{FILE}enabled = false\n")
    off.refuse_doubles("one")


def test_a_renamed_section_keeps_its_ledger(
    ledger: Path, database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Renamed without id: check and sync stop with the remedy; with it, nothing is new."""
    sync(make_hub(ledger, database_url, f"[connector.ledger]\n{FILE}"), "ledger")
    make_hub(ledger, database_url, f"[connector.erp]\n{FILE}")
    for words in (["check"], ["sync"]):
        status, said = command(ledger, capsys, *words)
        assert 2 == status
        assert "HUB-CFG-032" in said
        assert 'id = "ledger"' in said
    hub = make_hub(ledger, database_url, f'[connector.erp]\n{FILE}id = "ledger"\n')
    hub.refuse_doubles("erp")
    assert 0 == sync(hub, "erp").counts.new


def test_books_that_are_gone(ledger: Path, database_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The books' connector was removed or renamed: what to write is said; an id is as good as a section's name."""
    sync(make_hub(ledger, database_url, f"[connector.ledger]\n{FILE}"), "ledger")
    make_hub(ledger, database_url, '[connector.bank]\nplugin = "csv"\nreceipts = "receipts.csv"\n')
    status, said = command(ledger, capsys, "check")
    assert status
    assert "its books are 'ledger', which is not configured any more" in said
    assert 'id = "ledger"' in said
    seller = '[seller.ACME]\nbooks = "ledger"\n'
    with pytest.raises(ConfigError, match=r'HUB-CFG-008.*id = "ledger"'):
        _ = make_hub(ledger, database_url, f"{seller}[connector.erp]\n{FILE}").books
    assert {"ACME": "ledger"} == make_hub(ledger, database_url, f'{seller}[connector.erp]\n{FILE}id = "ledger"\n').books
