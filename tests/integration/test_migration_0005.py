"""The migration to 0005 on a data base that is in use: nothing of what stands there changes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from hub.core.store import Store, verifying
from hub.core.store import tables as t
from tests.support.schema import fill, schema_differences, upgrade_to

SALT = "00" * 16
#: A connector, an invoice and a receipt with one allocation, as revision 0001 kept them.
FILLED = (
    "INSERT INTO meta (name, value) VALUES ('salt', '00000000000000000000000000000000')",
    "INSERT INTO connector (id, key, plugin) VALUES (1, 'ledger', 'csv')",
    "INSERT INTO stream (id, connector_id, name, ordinal, version) VALUES (1, 1, 'facts', 0, 1)",
    "INSERT INTO mapping (id, connector_id, fingerprint) VALUES (1, 1, 'x')",
    "INSERT INTO evidence (id, digest, origin, unit_count, recorded_at) VALUES (1, 'x', 'x', 1, 1)",
    "INSERT INTO raw_unit (id, stream_id, ref, digest, evidence_id, position, mapping_id, state, recorded_at) "
    "VALUES (1, 1, 'u', 'x', 1, 0, 1, 'mapped', 1)",
    "INSERT INTO invoice (id, connector_id, unit_id, recorded_at, kind, seller, number, number_key, debtor_id, "
    "issued_on, currency, total_minor, issue_year) "
    "VALUES (1, 1, 1, 1, 'invoice', 'ACME', 'F1', 'F1', 'C1', '2026-09-01', 'EUR', 10000, 2026)",
    "INSERT INTO receipt (id, connector_id, unit_id, recorded_at, source_key, receipt_id, received_on, currency, "
    "amount_minor, remittance) VALUES (1, 1, 1, 1, 'R1', 'R1', '2026-10-05', 'EUR', 10000, '')",
    "INSERT INTO allocation (id, proposal, receipt_id, invoice_id, nature, amount_minor, currency, origin, rule, "
    "reason, confidence_ppm, evidence, books_settled_minor, effective_on, recorded_at, actor) VALUES "
    "(1, 'P1', 1, 1, 'money', 6000, 'EUR', 'auto', 'number_exact', 'x', 1000000, '{}', 0, '2026-10-05', 5, 'anne')",
    "INSERT INTO proposal (receipt_id, rank, proposal, rule, reason, confidence_ppm, lines, evidence) "
    "VALUES (1, 1, 'P2', 'amount_only', 'x', 500000, '[]', '{}')",
)
#: The digest that revision 0001 wrote for that allocation: made from its sixteen columns.
COLUMNS = (
    1, "P1", 1, 1, "money", 6000, "EUR", "auto", "number_exact", "x", 1_000_000, "{}", 0, "2026-10-05", 5, "anne",
)  # fmt: skip


@pytest.fixture
def filled(empty_database_url: str) -> Store:
    """A data base at revision 0001 with an allocation and its journal entry."""
    import hashlib
    import hmac
    import json

    store = Store(empty_database_url, lambda: 9)
    upgrade_to(store, "0001")
    with store.engine.begin() as connection:
        fill(connection, FILLED)
    digest = hmac.new(bytes.fromhex(SALT), json.dumps([COLUMNS]).encode(), hashlib.sha256).hexdigest()
    with store.write("anne") as unit:
        unit.journal("allocate", "allocation", {"ids": "1", "digest": digest})
    return store


def test_it_runs_on_filled_data(filled: Store) -> None:
    """Same rows, same digests, the new rules in force, and the schema of a fresh data base."""
    with filled.read() as connection:
        before = connection.execute(sa.text("SELECT * FROM allocation")).all()
    filled.migrate()
    with filled.engine.connect() as connection:
        after = connection.execute(sa.select(t.allocation)).all()
        assert [(*map(str, row), None, None) for row in before] == [
            (*map(str, row[:-2]), *row[-2:])
            for row in after  # the policy, and what 0016 added
        ]
        assert [] == verifying.unjournalled(connection)
        assert [] == schema_differences(connection)
    mark = "INSERT INTO receipt_mark (id, receipt_id, reason, recorded_at, actor) VALUES (1, 1, 'x', 1, 'anne')"
    with filled.engine.connect() as connection, pytest.raises(sa.exc.DBAPIError, match="applied to invoices"):
        connection.exec_driver_sql(mark)
    filled.close()
