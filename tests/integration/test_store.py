"""Rules that the data base keeps by itself, migrations, and what happens when it asks again or is out of reach."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command

from hub.core.store import Store, UnitOfWork, engine, journal, marks, migrate
from hub.core.store import tables as t
from hub.core.store.allocations import NewAllocation, add_allocations, reverse
from hub.core.store.engine import DatabaseUnreachable
from hub.core.store.page_notes import notes_of, standing_notes
from hub.core.store.receipts import take_back
from hub.core.store.revision import HEAD
from hub.core.store.tables import whole_metadata
from hub.core.store.triggers import APPEND_ONLY
from hub.sdk.errors import ConfigError, HubError, SourceUnavailable
from tests.support.hubs import column, make_hub, rows, sync
from tests.support.schema import schema_differences, upgrade_to
from tests.support.scripts import disbursement, invoice, receipt, section, unit, write_script


@contextmanager
def opened(url: str, now: Callable[[], int] = lambda: 1_000_000) -> Iterator[Store]:
    store = Store(url, now)
    try:
        yield store
    finally:
        store.close()


@pytest.fixture
def store(tmp_path: Path, database_url: str, in_process: None) -> Store:
    """Two invoices of 100.00 and 50.00 EUR, one of 100.00 USD; receipts of 100.00 and 60.00 EUR."""
    hub = make_hub(tmp_path, database_url, section())
    facts = (
        invoice("F1", 10_000), invoice("F2", 5_000), invoice("U1", 10_000, currency="USD"),
        receipt("R1", 10_000), receipt("R2", 6_000), disbursement("D1", 6_000),
    )  # fmt: skip
    write_script(tmp_path, [unit(f"u{n}", fact) for n, fact in enumerate(facts)])
    sync(hub, "guest")
    return hub.store


def line(receipt_id: int, invoice_id: int, amount: int, **fields: object) -> NewAllocation:
    values: dict[str, object] = {
        "proposal": f"P{receipt_id}-{invoice_id}", "receipt_id": receipt_id, "invoice_id": invoice_id,
        "nature": "money", "amount_minor": amount, "currency": "EUR", "origin": "confirmed", "rule": "by_hand",
        "reason": "said so", "confidence_ppm": 1_000_000, "evidence": "{}", "books_settled_minor": 0,
        "effective_on": date(2026, 10, 5),
    }  # fmt: skip
    return NewAllocation(**{**values, **fields})  # type: ignore[arg-type]


def allocate(store: Store, *lines: NewAllocation) -> list[int]:
    return store.again("anne", lambda unit: add_allocations(unit, lines))


def test_money_is_allocated_once(store: Store) -> None:
    """Not more than the receipt has, not more than the invoice is, not in another currency; a reversal frees it."""
    allocate(store, line(1, 1, 7_000))
    for refused, words in (
        (line(1, 2, 3_001), "the receipt has less than that left"),
        (line(2, 1, 3_001), "the invoice is smaller than what is allocated to it"),
        (line(2, 3, 100), "not in one currency"),
        (line(2, 3, 100, currency="USD"), "not in one currency"),
        (line(2, 1, 100, used_minor=100), "not in one currency"),
        (line(2, 3, 100, nature="discount", currency="USD", used_minor=9), "not in one currency"),
        (line(2, 2, 0), "amount"),
        (line(2, 99, 100), ""),
    ):
        with pytest.raises(HubError, match=rf"HUB-REC-010.*{words}"):
            allocate(store, refused)
    assert [7_000] == column(store, sa.select(t.allocation.c.amount_minor))
    allocate(store, line(1, 2, 3_000), line(2, 1, 3_000))
    store.again("anne", lambda unit: reverse(unit, [1], "wrong invoice"))
    allocate(store, line(1, 2, 2_000), line(2, 1, 3_000))
    with pytest.raises(HubError, match="HUB-REC-011"):
        store.again("anne", lambda unit: reverse(unit, [1], "again"))
    acts = sa.select(t.journal.c.act, t.journal.c.actor).where(t.journal.c.chain == journal.ACTS)
    assert [("allocate", "anne"), ("allocate", "anne"), ("reverse", "anne"), ("allocate", "anne")] == rows(store, acts)


def test_the_rules_hold_against_plain_sql(store: Store) -> None:
    """Whoever writes: journal, allocations and reversals only grow, and no money is allocated twice."""
    allocate(store, line(1, 1, 10_000))
    store.again("anne", lambda unit: reverse(unit, [1], "undone"))
    allocate(store, line(1, 1, 10_000))
    store.again("anne", lambda unit: take_back(unit, [(2, 1, "AC04")]))
    store.again("anne", lambda unit: marks.add_mark(unit, 2, "no debtor's"))
    store.again("anne", lambda unit: marks.undo_mark(unit, 1, 2, "it was"))
    with store.write("anne") as unit:
        forgotten = {"lesson": "L1", "through_allocation_id": 1, "reason": "x", "recorded_at": 1, "actor": "anne"}
        unit.connection.execute(t.lesson_forgotten.insert().values(**forgotten))
    copy = (
        "INSERT INTO allocation SELECT 77, 'copy', receipt_id, invoice_id, nature, amount_minor, currency, origin, "
        "rule, reason, confidence_ppm, evidence, books_settled_minor, effective_on, recorded_at, actor, policy, "
        "used_minor "
        "FROM allocation WHERE id = 2"
    )
    statements = [copy, *(" ".join(("DELETE FROM", name)) for name in APPEND_ONLY)]
    statements += [" ".join(("UPDATE", name, "SET actor = 'bob'")) for name in APPEND_ONLY]
    if store.engine.dialect.name == "postgresql":
        statements += [f"TRUNCATE {name} CASCADE" for name in APPEND_ONLY]
    for statement in statements:
        with (
            store.engine.connect() as connection,
            pytest.raises(sa.exc.DBAPIError, match=r"only grows|less than|smaller"),
        ):
            connection.exec_driver_sql(statement)
    for wrong in (
        "UPDATE receipt SET amount_minor = -1",
        "UPDATE receipt SET currency = 'EURO'",
        "DELETE FROM raw_unit",
    ):
        with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql(wrong)


def test_one_of_twenty_wins(store: Store, database_url: str) -> None:
    """Twenty people allocate the same money at the same instant: one does, nineteen are told why not."""
    barrier, results = threading.Barrier(20), []

    def work(number: int) -> None:
        with opened(database_url) as mine:
            mine.revision()
            barrier.wait(timeout=60)
            try:
                allocate(mine, line(1, 1, 5_001, proposal=f"P{number}"))
                results.append("won")
            except HubError as error:
                results.append(error.code)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (1, 19) == (results.count("won"), results.count("HUB-REC-010"))
    assert [5_001] == column(store, sa.select(t.allocation.c.amount_minor))
    with store.read() as connection:
        assert [] == journal.breaks(connection)


def test_acts_at_the_same_instant_follow_each_other(store: Store, database_url: str) -> None:
    """Ten people act at once on different things: the chain of acts takes all ten, one after the other."""
    barrier, failed = threading.Barrier(10), []

    def act(unit: UnitOfWork) -> None:
        unit.journal("look", "thing", {})
        time.sleep(0.02)  # the others come while this one is not committed

    def work() -> None:
        with opened(database_url) as mine:
            mine.revision()
            barrier.wait(timeout=60)
            try:
                mine.again("anne", act)
            except Exception as error:
                failed.append(error)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
    with store.read() as connection:
        assert [] == journal.breaks(connection)
    acts = sa.select(t.journal.c.sequence).where(t.journal.c.chain == journal.ACTS).order_by("sequence")
    assert list(range(1, 11)) == column(store, acts)


class _Serialization(Exception):
    sqlstate = "40001"


def test_a_transaction_is_run_again_when_the_data_base_asks(store: Store) -> None:
    """Serialization failure or deadlock: the whole unit of work again, at most five times, then words."""
    tries: list[int] = []

    def work(unit: object, failures: int) -> str:
        tries.append(1)
        if len(tries) <= failures:
            raise sa.exc.OperationalError("COMMIT", None, _Serialization("could not serialize access"))
        return "done"

    assert "done" == store.again("x", lambda unit: work(unit, 4))
    assert 5 == len(tries)
    tries.clear()
    with pytest.raises(SourceUnavailable, match="HUB-DB-003"):
        store.again("x", lambda unit: work(unit, 9))
    assert 5 == len(tries)


def test_a_real_deadlock_is_resolved(store: Store, database_url: str) -> None:
    """Two people lock the same two receipts in opposite order: both get through, in the end."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has one writer at a time: there is no deadlock")
    barrier, done = threading.Barrier(2), []

    def work(order: tuple[int, int]) -> None:
        met = False

        def lock(unit: object) -> None:
            nonlocal met
            for number in order:
                unit.connection.execute(sa.select(t.receipt.c.id).where(t.receipt.c.id == number).with_for_update())  # type: ignore[attr-defined]
                if not met:
                    met = True
                    barrier.wait(timeout=60)

        with opened(database_url) as mine:
            mine.again("x", lock)
            done.append(order)

    threads = [threading.Thread(target=work, args=(order,)) for order in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [(1, 2), (2, 1)] == sorted(done)


def test_the_salt_survives_a_rolled_back_first_write(database_url: str) -> None:
    """A first transaction that fails leaves no salt behind that nobody can find again."""
    with opened(database_url) as store:
        salts = []

        def fail(unit: UnitOfWork) -> None:
            salts.append(unit.salt)
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            store.again("x", fail)
        for _ in range(2):
            with store.write("x") as unit:
                salts.append(unit.salt)
        assert salts[1] == salts[2]
        assert [salts[2].hex()] == column(store, sa.select(t.meta.c.value).where(t.meta.c.name == "salt"))


# --- migrations -----------------------------------------------------------------------------------


def test_the_migrations_make_what_the_code_expects(empty_database_url: str) -> None:
    """Schema by migration and schema by metadata are the same; starting twice changes nothing."""
    with opened(empty_database_url) as store:
        assert store.revision() is None
        store.migrate()
        store.migrate()
        assert HEAD == store.revision() == migrate.head()
        with store.engine.connect() as connection:
            assert [] == schema_differences(connection)
            checks = {
                table.name: {str(c.name) for c in table.constraints if isinstance(c, sa.CheckConstraint)}
                for table in whole_metadata().sorted_tables
            }
            inspector = sa.inspect(connection)
            found = {name: {check["name"] for check in inspector.get_check_constraints(name)} for name in checks}
            assert checks == found


_BEFORE_MARKS = (
    "INSERT INTO connector (id, key, plugin) VALUES (1, 'ledger', 'csv')",
    "INSERT INTO mapping (id, connector_id, fingerprint) VALUES (1, 1, '1 {}')",
    "INSERT INTO stream (id, connector_id, name, ordinal, mapping_id, version) VALUES (1, 1, 'invoices', 0, 1, 1)",
    "INSERT INTO evidence (id, digest, origin, unit_count, recorded_at) VALUES (1, :bytes, 'a.csv', 2, 5)",
    "INSERT INTO raw_unit (id, stream_id, ref, digest, evidence_id, position, mapping_id, state, recorded_at) "
    "VALUES (1, 1, 'A', :bytes, 1, 0, 1, 'mapped', 5), (2, 1, 'B', :bytes, 1, 1, 1, 'mapped', 5)",
    "INSERT INTO seller (id, connector_id, unit_id, recorded_at, seller, name) VALUES (1, 1, 2, 5, 'ACME', 'Acme SA')",
    "INSERT INTO page (stream_id, origin, ordinal, fingerprint, units, digest) "
    "VALUES (1, 'a.csv', 0, :bytes, '1-2', :bytes)",
)


def test_notes_of_pages_are_carried_over(empty_database_url: str) -> None:
    """From 0001, filled: the notes stay and are not believed before the page is read again; units still cannot go."""
    with opened(empty_database_url) as store:
        with store.engine.begin() as connection:
            config = migrate._config()
            config.attributes["connection"] = connection
            command.upgrade(config, "0001")
            for statement in _BEFORE_MARKS:
                connection.execute(sa.text(statement), {"bytes": b"b"} if ":bytes" in statement else {})
        store.migrate()
        with store.read() as connection:
            [note] = notes_of(connection, stream_id=1, origin="a.csv", first=0, count=1).values()
            assert note is not None
            assert ("1-2", b"", [1, 2]) == (note.units, note.marks, note.unit_ids)
            assert not standing_notes(connection, {0: note})
            assert {0} == standing_notes(connection, {0: replace(note, evidence_sum=2)})
        assert ["Acme SA"] == column(store, sa.select(t.metadata.tables["seller"].c.name))
        with store.engine.connect() as connection, pytest.raises(sa.exc.IntegrityError):
            connection.exec_driver_sql("DELETE FROM raw_unit WHERE id = 2")
        with store.engine.connect() as connection:
            assert [] == schema_differences(connection)


def test_two_hubs_may_start_at_once(empty_database_url: str) -> None:
    """Two processes find an empty data base: both start, and it is made once."""
    script = (
        "import sys\nfrom hub.core.store import Store\nprint('ready', flush=True)\nsys.stdin.readline()\n"
        "store = Store(sys.argv[1], lambda: 1)\nstore.migrate()\nprint(store.revision())\n"
    )
    command = [sys.executable, "-c", script, empty_database_url]
    pipe = subprocess.PIPE
    hubs = [subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=pipe, text=True) for _ in range(2)]
    for hub in hubs:
        assert hub.stdout is not None
        hub.stdout.readline()
    for hub in hubs:
        assert hub.stdin is not None
        hub.stdin.write("\n")
        hub.stdin.flush()
    said = [hub.communicate(timeout=120) for hub in hubs]
    assert [(f"{HEAD}\n", "")] * 2 == said


def test_a_data_base_of_a_newer_hub_is_refused(database_url: str) -> None:
    """With words, and untouched."""
    with opened(database_url) as store:
        with store.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
        with pytest.raises(ConfigError, match=r"HUB-DB-004.*9999.*run the newer hub"):
            store.migrate()
        assert "9999" == store.revision()


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://anne:canary-pw@/hub?host=/nowhere",
        "postgresql+psycopg://anne:canary-pw@127.0.0.1:1/hub",
        "sqlite:////dev/null/hub.db",
        "sqlite:////proc/hub.db",
    ],
)
def test_out_of_reach_is_told(url: str) -> None:
    """No data base there, or none that can be made: retry later, and no password in the text."""
    with pytest.raises(DatabaseUnreachable, match=r"HUB-DB-00[36]") as caught, opened(url) as store:
        store.migrate()
    assert "canary-pw" not in f"{caught.value!s}{caught.value.__cause__!s}"
    assert isinstance(caught.value, SourceUnavailable)


@pytest.mark.parametrize("url", ["mysql://u:canary-pw@host/hub", "hub.db", "postgresql+asyncpg://u:canary-pw@h/hub"])
def test_another_address_is_refused(url: str) -> None:
    """An address that is none, or of another data base: a ConfigError before anything is opened."""
    with pytest.raises(ConfigError, match="HUB-DB-001") as caught:
        Store(url, lambda: 0)
    assert "canary-pw" not in str(caught.value)


def test_a_server_that_goes_away_is_told(store: Store) -> None:
    """The connection breaks in the middle of a transaction: words, and the next transaction works."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")

    def broken(unit: object) -> None:
        raise sa.exc.OperationalError("SELECT 1", None, psycopg.errors.AdminShutdown("terminating connection"))

    with pytest.raises(DatabaseUnreachable, match="HUB-DB-003"):
        store.again("x", broken)
    assert 6 == len(column(store, sa.select(t.raw_unit.c.id)))


def test_connections_that_the_server_closed_while_they_rested_are_made_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A daemon's connections may be closed between two runs; one used a moment ago is not tried first."""
    if store.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no server")
    with store.look() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with store.look() as connection:
        assert own == connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with sa.create_engine(store.engine.url, poolclass=sa.NullPool).connect() as other:
        other.exec_driver_sql(f"SELECT pg_terminate_backend({own}, 10000)")
    monkeypatch.setattr(engine, "_RESTED_S", 0.0)
    with store.read() as connection:
        assert own != connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()


# --- journal --------------------------------------------------------------------------------------


@pytest.fixture
def chained(store: Store) -> Store:
    """A journal of some acts, joined, and without the triggers that keep it from being changed."""
    for amount in (100, 200, 300):
        allocate(store, line(1, 1, amount))
    drop_triggers(store)
    with store.read() as connection:
        assert [] == journal.breaks(connection)
    return store


def drop_triggers(store: Store) -> None:
    """As somebody would who has the password of the data base."""
    with store.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            for name in (*APPEND_ONLY, "raw_unit"):
                connection.exec_driver_sql(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            return
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f"DROP TRIGGER {name}")


TAMPERING = {
    "changed": ["UPDATE journal SET actor = 'bob' WHERE chain = 'acts' AND sequence = 2"],
    "payload": ["UPDATE journal SET payload = '{}' WHERE chain = 'acts' AND sequence = 3"],
    "deleted": ["DELETE FROM journal WHERE chain = 'acts' AND sequence = 2"],
    "first deleted": ["DELETE FROM journal WHERE chain = 'acts' AND sequence = 1"],
    "inserted": [
        "INSERT INTO journal (id, chain, sequence, recorded_at, actor, act, subject, payload, previous, hash) "
        "SELECT 99, chain, 4, recorded_at, actor, act, subject, payload, previous, hash FROM journal "
        "WHERE chain = 'acts' AND sequence = 3"
    ],
    "swapped": [
        "UPDATE journal SET sequence = 9 WHERE chain = 'acts' AND sequence = 1",
        "UPDATE journal SET sequence = 1 WHERE chain = 'acts' AND sequence = 2",
        "UPDATE journal SET sequence = 2 WHERE chain = 'acts' AND sequence = 9",
    ],
    "tail cut": ["DELETE FROM journal WHERE chain = 'acts' AND sequence = 3"],
    "chain gone": ["DELETE FROM journal WHERE chain = 'acts'"],
    "another chain": ["UPDATE journal SET chain = 'guest2' WHERE chain = 'guest'"],
}


def test_tampering_with_the_journal_is_found(chained: Store) -> None:
    """Change, delete, insert, swap, cut the tail of the chain of acts: each is found, in its chain."""
    found = {}
    for how, statements in TAMPERING.items():
        with chained.engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
            found[how] = {broken.chain for broken in journal.breaks(connection)}
            connection.rollback()
    assert {how: {"acts"} for how in TAMPERING} == {**found, "another chain": {"acts"}}
    assert {"guest", "guest2"} <= found["another chain"]


def test_chains_are_joined_after_each_act(store: Store) -> None:
    """An entry names the heads of all chains, in the transaction of the act; none without something to join."""
    joins = sa.select(sa.func.count()).where(t.journal.c.chain == journal.ALL)
    before = int(column(store, joins)[0])
    allocate(store, line(1, 1, 5))
    assert [before + 1] == column(store, joins)
    with store.write("x") as unit:
        journal.join_chains(unit.connection, at=unit.at, actor="x")
    assert [before + 1] == column(store, joins)


def test_a_filled_data_base_comes_to_the_newest_schema(empty_database_url: str) -> None:
    """From the first schema, with facts in it: nothing is lost, and the schema is the one a fresh data base has."""
    with opened(empty_database_url) as store:
        upgrade_to(store, "0001")
        with store.engine.begin() as connection:
            for statement in _FILLED:
                connection.exec_driver_sql(statement)
        store.migrate()
        with store.engine.connect() as connection:
            assert HEAD == store.revision()
            assert [("R1", 5_000, None)] == [
                tuple(row)
                for row in connection.execute(
                    sa.select(t.receipt.c.receipt_id, t.receipt.c.amount_minor, t.receipt.c.debtor_id)
                )
            ]
            assert [] == schema_differences(connection)


_FILLED = (
    "INSERT INTO connector (id, key, plugin) VALUES (1, 'bank', 'bank_statements')",
    "INSERT INTO mapping (id, connector_id, fingerprint) VALUES (1, 1, '1 {}')",
    "INSERT INTO stream (id, connector_id, name, ordinal, version) VALUES (1, 1, 'facts', 0, 1)",
    "INSERT INTO evidence (id, digest, origin, unit_count, recorded_at) VALUES (1, '\\x00', 'x', 1, 1)",
    "INSERT INTO raw_unit (id, stream_id, ref, digest, evidence_id, position, mapping_id, state, recorded_at) "
    "VALUES (1, 1, 'u', '\\x00', 1, 0, 1, 'mapped', 1)",
    "INSERT INTO receipt (id, connector_id, unit_id, recorded_at, source_key, amount_minor, currency, receipt_id, "
    "received_on) VALUES (1, 1, 1, 1, 'k', 5000, 'EUR', 'R1', '2026-10-05')",
)
