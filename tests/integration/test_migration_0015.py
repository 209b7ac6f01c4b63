"""The migration to 0015: a debtor's list may have a credit note, in a data base that is in use as in a fresh one."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.core.store import Store, triggers
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.revision import HEAD, current
from hub.sdk.records import KINDS, SignedMinor
from tests.integration.test_migration_0005 import FILLED
from tests.support.schema import fill, schema_differences, upgrade_to

LINE = (
    "INSERT INTO remittance_line (id, connector_id, unit_id, recorded_at, remittance_id, line, receipt_source_key, "
    "document_number, document_key, amount_minor, currency) "
    "VALUES ({0}, 1, 1, 1, 'R1', {0}, 'R1', 'F{0}', 'F{0}', {1}, 'EUR')"
)


def test_it_runs_on_filled_data(empty_database_url: str) -> None:
    """Lines that stand there keep every value, a negative one is taken, a key given twice is not."""
    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0014")
    with store.engine.begin() as connection:
        fill(connection, FILLED)
        connection.exec_driver_sql(LINE.format(1, 48_000))
        before = connection.execute(sa.text("SELECT * FROM remittance_line")).all()
    with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(LINE.format(2, -3_000))
    store.migrate()
    with store.engine.connect() as connection:
        assert HEAD == current(connection)
        assert before == connection.execute(sa.text("SELECT * FROM remittance_line")).all()
        assert [] == schema_differences(connection)
        assert [] == triggers.missing(connection)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(LINE.format(2, -3_000))
    with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
        connection.exec_driver_sql(LINE.format(2, -3_000))
    store.close()


def test_the_tables_take_what_the_records_allow(database_url: str) -> None:
    """No amount that a record may have below zero is refused by its table; totals and other amounts are."""
    store = Store(database_url, lambda: 0)
    refused = {
        (table.name, check["name"])
        for table in (record.current for record in RECORD_TABLES.values())
        for check in sa.inspect(store.engine).get_check_constraints(table.name)
    }
    store.close()
    for kind, cls in KINDS.items():
        table = {"credit_note": "invoice"}.get(kind, kind)
        for name, field in cls.model_fields.items():
            if "ge=-" in repr(field) or SignedMinor in getattr(field.annotation, "__args__", ()):
                assert (table, f"ck_{table}_{name}_positive") not in refused
    assert {("invoice", "ck_invoice_total_minor_positive"), ("receipt", "ck_receipt_amount_minor_positive")} <= refused
