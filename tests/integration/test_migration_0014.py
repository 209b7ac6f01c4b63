"""The migration to 0014 on a data base that is in use: nothing of what stands there changes, the new rules hold."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.core.store import Store, triggers
from hub.core.store.revision import HEAD, current
from tests.integration.test_migration_0005 import FILLED
from tests.support.schema import fill, schema_differences, upgrade_to

BATCH = (
    "INSERT INTO ledger_batch (id, connector_id, number, file_name, media_type, digest, body, recorded_at, actor) "
    "VALUES ({0}, 1, {0}, 'x', 'x', 'x', 'x', 1, 'anne')"
)
POSTING = (
    "INSERT INTO ledger_posting (id, batch_id, receipt_id, reference, booked_on, account, currency, amount_minor, "
    "label) VALUES ({0}, 1, 1, 'R{0}', '2026-10-05', 'FR76', 'EUR', 10000, 'x')"
)


def test_it_runs_on_filled_data(empty_database_url: str) -> None:
    """Same rows, the schema of a fresh data base, every rule in the words of the code; a receipt goes once."""
    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0011")
    tables = ("connector", "receipt", "invoice", "allocation", "raw_unit")
    with store.engine.begin() as connection:
        fill(connection, FILLED)
        before = {name: connection.execute(sa.text(f"SELECT * FROM {name}")).all() for name in tables}  # noqa: S608
    store.migrate()
    with store.engine.connect() as connection:
        assert HEAD == current(connection)
        after = {name: connection.execute(sa.text(f"SELECT * FROM {name}")).all() for name in tables}  # noqa: S608
        assert before | {"allocation": [(*row, None) for row in before["allocation"]]} == after  # a column of 0016
        assert [] == schema_differences(connection)
        assert [] == triggers.missing(connection)
    with store.engine.begin() as connection:
        connection.exec_driver_sql(BATCH.format(1))
        connection.exec_driver_sql(POSTING.format(1))
    for statement, words in (
        (POSTING.format(2), "handed to the books already"),
        (BATCH.format(3), "numbered one after the other"),
        ("UPDATE ledger_posting SET amount_minor = 1", "only grows"),
        ("DELETE FROM ledger_batch", "only grows"),
    ):
        with store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=words):
            connection.exec_driver_sql(statement)
    store.close()
