"""What was known, when; and what `hub verify` finds when somebody changed the data base behind the hub's back."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.cli.export import Instant
from hub.core.services.ledger import view
from hub.core.store import exporting, triggers
from hub.core.store import tables as t
from hub.core.store.allocations import reverse
from hub.core.store.decisions import allocation_rows
from hub.core.store.reading import allocated_by_receipt
from hub.core.store.receipts import take_back
from tests.integration.test_store import allocate, drop_triggers, line
from tests.support.hubs import column, make_hub, sync, verified
from tests.support.scripts import debtor, disbursement, invoice, receipt, section, unit, write_script

PARIS = ZoneInfo("Europe/Paris")
pytestmark = pytest.mark.usefixtures("in_process")


def at(day: int, hour: int) -> int:
    """An instant of November 2026 in Paris, in microseconds."""
    return int(datetime.combine(date(2026, 11, day), time(hour), PARIS).timestamp() * 1_000_000)


class Story:
    """A hub whose clock is set by hand."""

    def __init__(self, folder: Path, url: str, stream: dict[str, str]) -> None:
        self.now = at(1, 8)
        self.folder = folder
        self.stream = stream
        self.hub: Hub = make_hub(folder, url, section(), now=lambda: self.now)

    def read(self, *facts: dict[str, object]) -> None:
        units = [unit(f"u{number}", fact) for number, fact in enumerate(facts)]
        write_script(self.folder, units, stream=self.stream)
        sync(self.hub, "guest")

    def open_minor(self, as_of: int, known_on: int | None = None) -> dict[str, int]:
        """Open amounts by number at the end of a day of November, as known at the end of another."""
        known = None if known_on is None else date(2026, 11, known_on)
        found = view(self.hub.desk, as_of=date(2026, 11, as_of), known_on=known)
        return {item.number: item.open_minor for item in found.ledger.items if item.open_minor}


@pytest.fixture
def story(tmp_path: Path, database_url: str) -> Callable[..., Story]:
    return lambda **stream: Story(tmp_path, database_url, stream)


def test_three_days(story: Callable[..., Story]) -> None:
    """Invoice of 100 on the 2nd; found to be 120 on the 3rd, and 50 of it allocated; reversed on the 4th."""
    tale = story()
    tale.now = at(2, 9)
    tale.read(invoice("F1", 10_000, issued_on="2026-11-02"), receipt("R1", 5_000, received_on="2026-11-03"))
    tale.now = at(3, 9)
    tale.read(invoice("F1", 12_000, issued_on="2026-11-02"), receipt("R1", 5_000, received_on="2026-11-03"))
    tale.now = at(3, 18)
    [number] = allocate(tale.hub.store, line(1, 1, 5_000, effective_on=date(2026, 11, 3)))
    tale.now = at(4, 23)
    tale.hub.store.again("anne", lambda unit: reverse(unit, [number], "another invoice"))
    # What is true: by the day of effect, with all that is known today.
    assert [{}, {"F1": 12_000}, {"F1": 12_000}, {"F1": 12_000}] == [tale.open_minor(day) for day in (1, 2, 3, 4)]
    # What was known at the end of each day about that day and about the next.
    assert {} == tale.open_minor(1, known_on=1)
    assert {"F1": 10_000} == tale.open_minor(2, known_on=2)
    assert {"F1": 7_000} == tale.open_minor(3, known_on=3)
    assert {"F1": 12_000} == tale.open_minor(2, known_on=3)
    assert {"F1": 12_000} == tale.open_minor(4, known_on=4)
    store, desk = tale.hub.store, tale.hub.desk
    with store.read() as connection:
        ends = [desk.known_at(date(2026, 11, day)) for day in (2, 3, 4)]
        assert [[], ["confirmed"], ["reversed"]] == [
            [row.status for row in allocation_rows(connection, k)] for k in ends
        ]
        assert [{}, {1: 5_000}, {}] == [allocated_by_receipt(connection, k) for k in ends]
        exported = [[row.status for row in exporting.allocations(connection, known_at=k)] for k in ends]
        assert [[], ["confirmed"], ["reversed"]] == exported
        spent = [[row.spent for row in exporting.receipts(connection, known_at=k)] for k in ends]
        assert [[0], [5_000], [0]] == spent
        assert [0] == [row.spent for row in exporting.receipts(connection, as_of=date(2026, 11, 3))]


def test_what_a_snapshot_dropped_was_known_before(story: Callable[..., Story]) -> None:
    """Open on the 2nd, gone (settled) on the 3rd, back on the 4th: each evening knew its own state."""
    tale = story(mode="snapshot", missing="settled")
    one, two = invoice("F1", 10_000, issued_on="2026-11-01"), invoice("F2", 500, issued_on="2026-11-01")
    for day, facts in ((2, (one, two)), (3, (one,)), (4, (one, two))):
        tale.now = at(day, 9)
        tale.read(*facts)
    evenings = [tale.open_minor(5, known_on=day) for day in (2, 3, 4)]
    assert [{"F1": 10_000, "F2": 500}, {"F1": 10_000}, {"F1": 10_000, "F2": 500}] == evenings
    assert {"F1": 10_000, "F2": 500} == tale.open_minor(5)


def test_a_withdrawn_fact_was_known_before(story: Callable[..., Story]) -> None:
    """Withdrawn on the 3rd: not there any more, and still there for who asks what was known on the 2nd."""
    tale = story(mode="snapshot", missing="withdrawn")
    one, two = invoice("F1", 10_000, issued_on="2026-11-01"), invoice("F2", 500, issued_on="2026-11-01")
    tale.now = at(2, 9)
    tale.read(one, two)
    tale.now = at(3, 9)
    tale.read(one)
    assert {"F1": 10_000, "F2": 500} == tale.open_minor(5, known_on=2)
    assert {"F1": 10_000} == tale.open_minor(5, known_on=3) == tale.open_minor(5)


def test_a_day_ends_at_midnight_in_the_hub_s_zone(story: Callable[..., Story]) -> None:
    """Read at 23:30 in Paris, 22:30 UTC: known on that day; at 00:30 the next: not."""
    tale = story()
    tale.now = at(2, 23) + 1_800_000_000
    tale.read(invoice("F1", 100, issued_on="2026-11-01"))
    tale.now = at(3, 0) + 1_800_000_000
    tale.read(invoice("F1", 200, issued_on="2026-11-01"))
    assert [{"F1": 100}, {"F1": 200}] == [tale.open_minor(5, known_on=day) for day in (2, 3)]


@pytest.mark.parametrize(
    ("known_on", "total"),
    [
        ("2026-11-02", 200),
        ("2026-11-02T08:59", None),
        ("2026-11-02T09:00:00", 100),
        ("2026-11-02T08:00:00Z", 100),
        ("2026-11-02T09:59:59.999999+01:00", 100),
        ("2026-11-02 17:00+08:00", 200),
        ("2026-11-02T11:00", 200),
    ],
)
def test_known_at_an_instant(story: Callable[..., Story], known_on: str, total: int | None) -> None:
    """Read at 9:00 and at 10:00 in Paris: what was known then depends on the hour asked, in whatever zone."""
    tale = story()
    for hour, amount in ((9, 100), (10, 200)):
        tale.now = at(2, hour)
        tale.read(invoice("F1", amount, issued_on="2026-11-01"))
    moment = Instant().convert(known_on, None, None)
    found = view(tale.hub.desk, as_of=date(2026, 11, 5), known_on=moment)
    assert ([] if total is None else [total]) == [item.open_minor for item in found.ledger.items]


@pytest.mark.parametrize("text", ["2026-11-02T25:00", "9:30", "0026-11-02T09:00"])
def test_no_instant_is_said(text: str) -> None:
    """What is no instant is refused with an example."""
    with pytest.raises(click.BadParameter, match=r"2026-07-02T14:30|a ledger has"):
        Instant().convert(text, None, None)


# --- hub verify -----------------------------------------------------------------------------------


@pytest.fixture
def sound(tmp_path: Path, database_url: str) -> Hub:
    """A hub with some of everything, and nothing to find."""
    hub = make_hub(tmp_path, database_url, section())
    facts = (
        unit("a", debtor("C1", "Dupont", stub=True), invoice("F1", 10_000)),
        unit("b", debtor("C1", "Dupont", stub=True), invoice("F2", 5_000)),
        unit("c", receipt("R1", 8_000)),
        unit("d", debtor("C1", "Dupont SA")),
        {"ref": "e", "reject": "unreadable"},
    )
    write_script(tmp_path, facts)
    sync(hub, "guest", page_units=2)
    write_script(tmp_path, [*facts[:2], unit("c", receipt("R1", 9_000)), *facts[3:]])
    sync(hub, "guest", page_units=2)
    allocate(hub.store, line(1, 1, 5_000), line(1, 2, 3_000))
    [first, _] = column(hub.store, sa.select(t.allocation.c.id).order_by(t.allocation.c.id))
    hub.store.again("anne", lambda unit: reverse(unit, [first], "mistaken"))
    found = verified(hub)
    assert ([], 0, {"EUR": 0}, {"EUR": 12_000}) == (found.differences, found.more, found.gap_minor, found.open_minor)
    assert (5, []) == (found.units, found.not_checked)
    return hub


TAMPERING = {
    "UPDATE invoice SET total_minor = 9999 WHERE number = 'F1'": "invoice of unit 1 is not what its raw unit gives",
    "UPDATE debtor SET siren = '552100554'": "debtor of unit",
    "UPDATE invoice SET withdrawn_at = 5 WHERE number = 'F2'": "invoice of unit 2 is not what its raw unit gives",
    "INSERT INTO instalment (id, connector_id, unit_id, recorded_at, seller, invoice_number, invoice_key, due_on, "
    "rank, amount_minor, currency) VALUES (1, 1, 1, 1, 'ACME', 'F1', 'F1', '2026-12-31', 1, 5, 'EUR')":
        "instalment of unit 1 is not given by its raw unit",
    "UPDATE allocation SET amount_minor = 1 WHERE id = 2": "allocations 1, 2 are not what the journal says",
    "UPDATE allocation SET amount_minor = 9001 WHERE id = 2": "receipt 1: 9001 minor units are allocated of 9000",
    "DELETE FROM allocation_reversal": "allocation reversal 1: gone, the journal has it",
    "INSERT INTO allocation_reversal (allocation_id, reason, recorded_at, actor) VALUES (2, 'x', 1, 'x')":
        "allocation reversal 2: the journal does not know it",
    "UPDATE raw_unit SET digest = (SELECT digest FROM raw_unit WHERE id = 2) WHERE id = 1":
        "unit 'a' is not what was read",
    "UPDATE raw_unit SET ref = 'z' WHERE id = 1": "unit 'z' is not what was read",
    "UPDATE raw_unit SET state = 'settled' WHERE id = 2": "raw unit 2 is settled, the journal says mapped",
    "UPDATE raw_unit SET state = 'withdrawn' WHERE id = 5": "raw unit 5 is withdrawn, the journal says held",
    "UPDATE receipt_history SET amount_minor = 1": "the rows superseded at instant",
    "UPDATE raw_unit_history SET digest = (SELECT digest FROM raw_unit WHERE id = 2)":
        "is not what the journal says was read",
    "DELETE FROM receipt_history": "rows were superseded at instant",
    "UPDATE journal SET actor = 'nobody' WHERE sequence = 2": "entry 2: its content does not give its hash",
}  # fmt: skip


@pytest.mark.long_on_postgres
def test_tampering_is_named(sound: Hub) -> None:
    """A record, an allocation, its reversal, a raw unit, the journal: whatever was changed is named, one by one."""
    drop_triggers(sound.store)
    named: set[str] = set()
    for statement, words in TAMPERING.items():
        with sound.store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        found = set(verified(sound).differences)
        assert any(words in difference for difference in found - named), (statement, sorted(found))
        named = found


BEHIND_ITS_BACK = {
    "a raw unit and its record": (
        ["DELETE FROM debtor WHERE unit_id = 4", "DELETE FROM raw_unit WHERE id = 4"],
        "raw unit 4: gone, the journal has it",
    ),
    "a raw unit more": (
        [
            "INSERT INTO raw_unit (id, stream_id, ref, digest, evidence_id, position, mapping_id, state, recorded_at) "
            "SELECT 99, stream_id, 'forged', digest, evidence_id, 9, mapping_id, 'mapped', recorded_at FROM raw_unit "
            "WHERE id = 2"
        ],
        "raw unit 99: the journal does not know it",
    ),
    "the end of the acts": (
        ["DELETE FROM journal WHERE chain = 'acts' AND sequence = 2"],
        "an entry that the joining chain names is gone",
    ),
    "the end of the acts and of the joins": (
        ["DELETE FROM journal WHERE id > (SELECT max(id) FROM journal WHERE chain = 'guest')"],
        "allocation 1, 2: the journal does not know it",
    ),
    "the middle of the acts": (
        ["DELETE FROM journal WHERE chain = 'acts' AND sequence = 1"],
        "an entry before it is missing",
    ),
    "the end of a connector": (
        ["DELETE FROM journal WHERE chain IN ('guest', 'all') AND sequence > 2"],
        "the journal does not know it",
    ),
    "a rule": (["{drop}"], "changed: journal"),
    "what allocations must obey": (["{drop rules}"], "rules of the data base are missing or were changed"),
}


@pytest.mark.parametrize("what", BEHIND_ITS_BACK)
def test_what_was_done_behind_the_hubs_back_is_named(sound: Hub, what: str) -> None:
    """Whole rows gone or added, chains cut, rules dropped and made again: each is named."""
    statements, words = BEHIND_ITS_BACK[what]
    postgresql = sound.store.engine.dialect.name == "postgresql"
    drop = "ALTER TABLE journal DISABLE TRIGGER journal_only_grows" if postgresql else "DROP TRIGGER journal_no_update"
    looser = "CREATE OR REPLACE FUNCTION hub_allocation_rules() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ "
    rules = f"{looser} LANGUAGE plpgsql" if postgresql else "DROP TRIGGER allocation_rule_1"
    if "{" not in statements[0]:
        drop_triggers(sound.store)
    with sound.store.engine.begin() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement.replace("{drop}", drop).replace("{drop rules}", rules))
        if "{" not in statements[0]:
            _restore_triggers(connection)
    found = verified(sound).differences
    assert any(words in difference for difference in found), found


def test_a_forged_return_is_named(tmp_path: Path, database_url: str) -> None:
    """A receipt that the bank took back: changed, gone, or added."""
    hub = make_hub(tmp_path, database_url, section())
    money = [receipt("R1", 500), receipt("R2", 500), disbursement("D1", 500), disbursement("D2", 500)]
    write_script(tmp_path, [unit(str(number), fact) for number, fact in enumerate(money)])
    sync(hub, "guest")
    hub.store.again("anne", lambda unit: take_back(unit, [(1, 1, "returned")]))
    assert [] == verified(hub).differences
    drop_triggers(hub.store)
    for statement, words in (
        ("UPDATE receipt_return SET reason = 'none'", "receipt return 1: not what the journal says"),
        ("DELETE FROM receipt_return", "receipt return 1: gone"),
        (
            "INSERT INTO receipt_return (receipt_id, disbursement_id, reason, recorded_at, actor) "
            "VALUES (2, 2, 'x', 1, 'x')",
            "receipt return 2: the journal does not know it",
        ),
    ):
        with hub.store.engine.begin() as connection:
            connection.exec_driver_sql(statement)
        assert any(words in difference for difference in verified(hub).differences)


def _restore_triggers(connection: sa.Connection) -> None:
    """So that nobody notices."""
    if connection.dialect.name == "postgresql":
        for name in triggers.APPEND_ONLY:
            connection.exec_driver_sql(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        return
    for statement in triggers.statements("sqlite"):
        connection.exec_driver_sql(statement)


def test_tampered_evidence_is_named(sound: Hub) -> None:
    """Another body under the same digest, and another body under a digest that fits it."""
    import hashlib

    with sound.store.read() as connection:
        proof = connection.execute(sa.select(t.evidence).order_by(t.evidence.c.id).limit(1)).one()
    raw = zlib.decompress(bytes(proof.body))
    forged = zlib.compress(raw.replace(b"F1", b"F7"))
    assert raw.replace(b"F1", b"F7") != raw
    for values in ({"body": forged}, {"body": forged, "digest": hashlib.sha256(forged).digest()}):
        with sound.store.engine.begin() as connection:
            connection.execute(t.evidence.update().where(t.evidence.c.id == proof.id).values(**values))
        found = " ".join(verified(sound).differences)
        assert ("digest" if "digest" not in values else "unit 'a' is not what was read") in found


def test_deleted_evidence_is_told_apart(sound: Hub) -> None:
    """Evidence may be deleted by policy: said, and no difference."""
    with sound.store.engine.begin() as connection:
        connection.execute(t.evidence.update().values(body=None))
    found = verified(sound)
    assert [] == found.differences
    assert any("deleted by policy" in words for words in found.not_checked)


def test_a_connector_that_is_gone_is_said(sound: Hub, tmp_path: Path, database_url: str) -> None:
    """Its units cannot be mapped again: said, not silently skipped; one that fails is said too."""
    other = make_hub(tmp_path, database_url, section("other"))
    assert ["guest/facts: not configured any more"] == verified(other).not_checked
    (tmp_path / "guest.json").write_text("{")
    broken = make_hub(tmp_path, database_url, section(label="x"))
    assert any("is not what its raw unit gives" in words for words in verified(broken).differences)
