"""Migration 0006 on filled data, and the connector fec through the hub itself: synced twice, mended, balanced."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.services.status import status
from hub.core.store import Store
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.revision import HEAD, current
from tests.support.hubs import column, counted, differences, dump, make_hub, records, sync, verified
from tests.support.schema import schema_differences, upgrade_to
from tests.unit.plugins.fec.made import DIALECTS, Made, practice

line = RECORD_TABLES["settlement_line"].current


def test_the_migration_keeps_what_is_stored(empty_database_url: str) -> None:
    """From 0001 with a receipt and its former version: both keep every value, and the schema is the one of the code."""
    store = Store(empty_database_url, lambda: 1)
    try:
        upgrade_to(store, "0001")
        with store.engine.begin() as connection:
            _fill(connection)
        store.migrate()
        with store.engine.connect() as connection:
            assert HEAD == current(connection)
            assert [] == schema_differences(connection)
            for table in ("receipt", "receipt_history"):
                row = connection.execute(sa.text(f"SELECT source_key, amount_minor, debtor_id FROM {table}")).one()  # noqa: S608
                assert ("bank-1", 12_345, None) == tuple(row)
            assert 0 == connection.execute(sa.text("SELECT count(*) FROM ledger_entry")).scalar()
    finally:
        store.close()


def _fill(connection: sa.Connection) -> None:
    """A connector with one receipt and its former version, as the first schema has them."""
    names = "id, connector_id, unit_id, recorded_at, source_key, receipt_id, amount_minor, currency, received_on"
    values = "1, 1, 1, 1, 'bank-1', 'B1', 12345, 'EUR', '2026-01-31'"
    for statement in (
        "INSERT INTO connector (id, key, plugin) VALUES (1, 'bank', 'bank_statements')",
        "INSERT INTO mapping (id, connector_id, fingerprint) VALUES (1, 1, 'x')",
        "INSERT INTO stream (id, connector_id, name, ordinal, version) VALUES (1, 1, 'movements', 0, 1)",
        "INSERT INTO raw_unit (id, stream_id, ref, digest, evidence_id, position, mapping_id, state, recorded_at) "
        "VALUES (1, 1, 'r', '', 1, 0, 1, 'mapped', 1)",
        f"INSERT INTO receipt ({names}) VALUES ({values})",  # noqa: S608 - words of our own
        f"INSERT INTO receipt_history ({names}, superseded_at) VALUES ({values}, 2)",  # noqa: S608
    ):
        connection.execute(sa.text(statement))


SECTION = '[connector.books]\nplugin = "fec"\nfiles = "fec"\nseller = "ACME"\n'


def write(folder: Path, made: Made) -> None:
    """The ledger again, at an instant of its own."""
    path = folder / "fec" / "123456782FEC20261231.txt"
    path.parent.mkdir(exist_ok=True)
    before = path.stat().st_mtime_ns if path.exists() else 0
    DIALECTS[1].write(path, made.rows)
    if path.stat().st_mtime_ns <= before:
        os.utime(path, ns=(before + 1_000_000, before + 1_000_000))


@pytest.mark.long_on_postgres
def test_a_ledger_through_the_hub(tmp_path: Path, database_url: str, opened_hubs: None) -> None:
    """Read once; read again: the same; every record fits the data base, and the hub's own check is content."""
    hub = make_hub(tmp_path, database_url, SECTION)
    write(tmp_path, practice())
    first = counted(sync(hub, "books", page_units=7))
    assert first["read"] == first["new"] > 80
    before = dump(hub.store)
    again = counted(sync(hub, "books"))
    assert "new" not in again
    assert "changed" not in again
    os.utime(tmp_path / "fec" / "123456782FEC20261231.txt")
    sync(hub, "books")
    full = counted(sync(hub, "books", full=True))
    assert {"read": first["read"], "same": first["read"]} == full
    assert [] == [line for line in differences(records(before), records(dump(hub.store))) if line]
    assert [] == verified(hub).differences


def test_lettering_that_comes_later(tmp_path: Path, database_url: str, opened_hubs: None) -> None:
    """Lettered, given another code, an entry taken out: each time the present state stands."""
    hub = make_hub(tmp_path, database_url, SECTION)
    made = Made()
    made.sale(date(2026, 1, 5), "F1", "C1", 12_000)
    made.paid(date(2026, 2, 5), "V1", "C1", 12_000)
    made.paid(date(2026, 2, 6), "V2", "C1", 500)
    write(tmp_path, made)
    sync(hub, "books")
    lines = sa.select(line.c.settlement_id).where(line.c.withdrawn_at.is_(None)).distinct()
    assert [] == column(hub.store, lines)
    for code in ("AA", "AB"):
        for row in made.rows[:5]:
            row["EcritureLet"] = code if row["CompteNum"] == "411000" else ""
        write(tmp_path, made)
        assert 2 == counted(sync(hub, "books"))["changed"]
        assert [f"2026-01/411000/C1/{code}"] == column(hub.store, lines)
        assert 2 == len(column(hub.store, sa.select(line.c.id).where(line.c.withdrawn_at.is_(None))))
    made.rows = made.rows[:5]
    write(tmp_path, made)
    assert 1 == counted(sync(hub, "books"))["missing"]
    receipt = RECORD_TABLES["receipt"].current
    assert [12_000] == column(hub.store, sa.select(receipt.c.amount_minor).where(receipt.c.withdrawn_at.is_(None)))


HEAD_LINE = (
    "JournalCode|JournalLib|EcritureNum|EcritureDate|CompteNum|CompteLib|CompAuxNum|CompAuxLib|PieceRef|PieceDate|"
    "EcritureLib|Debit|Credit|EcritureLet|DateLet|ValidDate|Montantdevise|Idevise"
)


def _entry(journal: str, number: int, day: str, piece: str, *lines: tuple[str, str, str, str, str]) -> list[str]:
    return [
        f"{journal}|{journal}|{number}|{day}|{account}|x|{debtor}|{debtor}|{piece}|{day}|x|{debit}|{credit}|{group}||{day}||"
        for account, debtor, debit, credit, group in lines
    ]


def test_the_last_debtor_pays(tmp_path: Path, database_url: str, opened_hubs: None) -> None:
    """Nobody owes anything any more: the books say zero, the balances told before do not stand, there is no gap."""
    hub = make_hub(tmp_path, database_url, SECTION)
    (tmp_path / "fec").mkdir()
    path = tmp_path / "fec" / "123456789FEC20261231.txt"
    bill = (("411000", "DUPONT", "120,00", "0,00", ""), ("706000", "", "0,00", "120,00", ""))
    paid = (("512000", "", "120,00", "0,00", ""), ("411000", "DUPONT", "0,00", "120,00", ""))
    sold = _entry("VE", 1, "20260901", "FA100", *bill)
    path.write_text("\n".join([HEAD_LINE, *sold]) + "\n")
    sync(hub, "books")
    path.write_text("\n".join([HEAD_LINE, *sold, *_entry("BQ", 2, "20261001", "FA100", *paid)]) + "\n")
    os.utime(path, ns=(path.stat().st_mtime_ns + 10**9,) * 2)
    sync(hub, "books")
    found = status(hub.desk).of_books
    assert found is not None
    assert (True, 0) == (found.check.checked, len(found.check.gaps))
