"""The migration to 0016: an allocation may be in another currency than its receipt; those that stand keep all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.core.store import Store, sealing, triggers
from hub.core.store.allocations import allocations_by_id, digest_of
from hub.core.store.revision import HEAD, current
from tests.integration.test_migration_0005 import COLUMNS, FILLED, SALT
from tests.support.schema import fill, schema_differences, upgrade_to

LINE = (
    "INSERT INTO allocation (id, proposal, receipt_id, invoice_id, nature, amount_minor, currency, origin, rule, "
    "reason, confidence_ppm, evidence, books_settled_minor, effective_on, recorded_at, actor{more}) VALUES "
    "({id}, 'P{id}', 1, 1, 'money', {amount}, 'EUR', 'auto', 'x', 'x', 1000000, '{{}}', 0, '2026-10-05', 5, "
    "'anne'{value})"
)


def test_it_runs_on_filled_data(empty_database_url: str) -> None:
    """Same rows with an empty column, the same digests, every rule in the words of the code, and none left out."""
    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0015")
    with store.engine.begin() as connection:
        fill(connection, FILLED)
        before = connection.execute(sa.text("SELECT * FROM allocation")).all()
    store.migrate()
    with store.engine.connect() as connection:
        assert HEAD == current(connection)
        assert [(*row, None) for row in before] == connection.execute(sa.text("SELECT * FROM allocation")).all()
        assert [] == schema_differences(connection)
        assert [] == triggers.missing(connection)
        [row] = allocations_by_id(connection, [1])
        assert digest_of(bytes.fromhex(SALT), [row]) == sealing.digest_of_rows(bytes.fromhex(SALT), [COLUMNS])
    for statement, words in (
        (LINE.format(id=2, amount=9_999, more="", value=""), "less than that left|smaller"),
        (LINE.format(id=2, amount=1, more=", used_minor", value=", 1"), "not in one currency"),
    ):
        with store.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match=words):
            connection.exec_driver_sql(statement)
    store.close()
