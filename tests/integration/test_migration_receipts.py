"""The migration (0008) that lets receipts know their debtor, on a data base that was filled before it."""

from __future__ import annotations

import sqlalchemy as sa

from hub.core.store import Store
from hub.core.store.record_tables import RECORD_TABLES
from tests.support.schema import schema_differences, upgrade_to

#: A receipt as version 0001 kept it.
BEFORE = {
    "id": 1, "connector_id": 1, "unit_id": 1, "recorded_at": 5, "source_key": "K1", "amount_minor": 1_250,
    "currency": "EUR", "receipt_id": "B1", "received_on": "2026-11-02", "remittance": "FA-1",
}  # fmt: skip


def test_filled_receipts_stay_as_they_are(empty_database_url: str) -> None:
    """Rows and their history keep every value, `debtor_id` is empty, and the schema equals a fresh one."""
    store = Store(empty_database_url, lambda: 0)
    upgrade_to(store, "0001")
    names = ", ".join(BEFORE)
    marks = ", ".join(f":{name}" for name in BEFORE)
    if store.engine.dialect.name == "postgresql":
        marks = marks.replace(":received_on", "CAST(:received_on AS DATE)")
    with store.engine.connect() as connection:  # rows alone, without the pages they came in
        if store.engine.dialect.name == "postgresql":
            connection.execute(sa.text("SET session_replication_role = replica"))
        else:
            connection.connection.driver_connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(sa.text(f"INSERT INTO receipt ({names}) VALUES ({marks})"), BEFORE)  # noqa: S608
        connection.execute(
            sa.text(f"INSERT INTO receipt_history ({names}, superseded_at) VALUES ({marks}, 9)"),  # noqa: S608
            BEFORE,
        )
        connection.commit()
    store.close()
    store = Store(empty_database_url, lambda: 0)
    store.migrate()
    receipts = RECORD_TABLES["receipt"]
    with store.engine.connect() as connection:
        assert [] == schema_differences(connection)
        for table in (receipts.current, receipts.history):
            [row] = connection.execute(sa.select(table)).mappings()
            kept = {name: str(row[name]) for name in BEFORE}
            assert {name: str(value) for name, value in BEFORE.items()} == kept
            assert row["debtor_id"] is None
    store.close()
