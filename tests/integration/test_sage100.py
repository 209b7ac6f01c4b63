"""Sage 100 read into the hub: the total agrees with Sage's own, and still does after people worked in Sage."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import tables as t
from tests.sage_company import SageBase, fill
from tests.support.hubs import counted, rows, run, sync, verified
from tests.support.postgres import PostgresServer
from tests.support.sage import in_hub, in_sage, sage_hub, unmatched

pytestmark = pytest.mark.usefixtures("opened_hubs", "without_processes")


def _filled(url: str) -> None:
    made = SageBase(url)
    fill(made, 2_000)
    made.close()


@pytest.fixture(scope="module")
def sqlite_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with a filled company, to be copied."""
    path = tmp_path_factory.mktemp("company") / "sage.db"
    _filled(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="module")
def postgres_company(postgres: PostgresServer) -> str:
    """The name of a PostgreSQL data base with a filled company, to be copied."""
    name = postgres.create()
    _filled(postgres.url(name))
    return name


@pytest.fixture
def base(request: pytest.FixtureRequest, tmp_path: Path, database_url: str) -> Iterator[SageBase]:
    """A filled company, on the same kind of data base as the hub."""
    if database_url.startswith("sqlite"):
        path = tmp_path / "sage.db"
        shutil.copy(request.getfixturevalue("sqlite_company"), path)
        made = SageBase(f"sqlite:///{path}")
        yield made
        made.close()
        return
    server = request.getfixturevalue("postgres")
    name = server.create(request.getfixturevalue("postgres_company"))
    made = SageBase(server.url(name))
    yield made
    made.close()
    server.drop(name)


@pytest.fixture
def hub(base: SageBase, tmp_path: Path, database_url: str) -> Hub:
    """A hub that read the company once, and agrees with it."""
    made = sage_hub(tmp_path / "hub", database_url, base)
    report = sync(made, "sage", page_units=700)
    assert 0 == report.counts.held
    assert_equal(made, base, tmp_path)
    return made


def assert_equal(hub: Hub, base: SageBase, folder: Path) -> None:
    """Debtor by debtor as Sage's balances, and in all as Sage's unmatched lines plus the rests of partial groups."""
    here = in_hub(hub)
    assert in_sage(base, folder) == here
    assert unmatched(base) + partial_rests(base) == sum(here.values())


def partial_rests(base: SageBase) -> int:
    """What groups that do not balance leave open."""
    sql = """SELECT SUM(CASE WHEN EC_Sens = 0 THEN 1 ELSE -1 END * CAST(ROUND(CAST(EC_Montant AS NUMERIC(24,6)) * 100)
             AS INTEGER)) FROM F_ECRITUREC WHERE EC_Lettre = 1 AND CG_Num LIKE '411%'"""
    return int(base.value(sql) or 0)


def entry(base: SageBase, sql: str) -> int:
    """One entry's number."""
    return int(base.value(f"SELECT MIN(EC_No) FROM F_ECRITUREC WHERE CG_Num LIKE '411%' AND {sql}"))  # noqa: S608


@pytest.mark.long_on_postgres
def test_nothing_moved_nothing_read(hub: Hub) -> None:
    """A second run without a change in Sage reads no unit at all."""
    assert {"read": 1, "same": 1} == counted(sync(hub, "sage"))  # the balances, asked anew


def test_people_work_in_sage(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """Lines are matched, unmatched, deleted, postponed and entered: the next run ends equal again."""
    base.tick(hours=5)
    invoice = entry(base, "EC_Lettre = 0 AND JO_Num = 'VE' AND EC_Sens = 0")
    debtor = base.value(f"SELECT CT_Num FROM F_ECRITUREC WHERE EC_No = {invoice}")  # noqa: S608
    cents = base.value(f"SELECT EC_Montant FROM F_ECRITUREC WHERE EC_No = {invoice}")  # noqa: S608
    paid = entry(base, "EC_Lettre = 1 AND JO_Num = 'BQ'")
    group = base.value(f"SELECT EC_Lettrage FROM F_ECRITUREC WHERE EC_No = {paid}")  # noqa: S608
    whose = base.value(f"SELECT CT_Num FROM F_ECRITUREC WHERE EC_No = {paid}")  # noqa: S608
    gone = entry(base, f"EC_Lettre = 0 AND JO_Num = 'VE' AND EC_Sens = 0 AND EC_No > {invoice}")
    late = entry(base, f"EC_Lettre = 0 AND JO_Num = 'VE' AND EC_Sens = 0 AND EC_No > {gone}")
    base.add("F_ECRITUREC", [{
        "EC_No": 900_001, "JO_Num": "BQ", "JM_Date": "2026-11-01", "EC_Jour": 21, "CG_Num": "41100000",
        "CT_Num": debtor, "EC_Sens": 1, "EC_Montant": cents, "EC_Intitule": "VIR", "EC_Piece": "BQ1",
    }])  # fmt: skip
    base.letter("ZZZ", invoice, 900_001)
    assert base.change("F_ECRITUREC", {"CT_Num": whose, "EC_Lettrage": group}, EC_Lettre=0, EC_Lettrage="")
    assert base.delete("F_ECRITUREC", EC_No=gone)
    assert base.change("F_ECRITUREC", {"EC_No": late}, EC_Echeance="2027-02-28")
    report = sync(hub, "sage")
    # One document deleted; the unmatched group went too.
    assert report.counts.missing in (2, 3)
    assert report.counts.read < 400
    assert_equal(hub, base, tmp_path)
    number = base.value(f"SELECT EC_RefPiece FROM F_ECRITUREC WHERE EC_No = {late}")  # noqa: S608
    found = rows(hub.store, sa.select(t.invoice.c.due_on).where(t.invoice.c.number == number))
    assert ["2027-02-28"] == [str(due) for (due,) in found]
    assert [] == verified(hub).differences


@pytest.mark.long_on_postgres
def test_a_line_taken_out_of_a_group(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """Unmatching one line alone leaves the rest of its group partial, though their stamps did not move."""
    base.tick(hours=5)
    one = entry(base, "EC_Lettre = 1 AND JO_Num = 'BQ'")
    base.unletter(one)
    sync(hub, "sage")
    assert_equal(hub, base, tmp_path)


def test_a_late_transaction_is_seen(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """A line whose stamp is older than the newest one read (committed late, or the hour repeated in October)."""
    base.add("F_ECRITUREC", [{
        "EC_No": 900_002, "JO_Num": "VE", "JM_Date": "2026-11-01", "EC_Jour": 2, "EC_RefPiece": "LATE-1",
        "CG_Num": "41100000", "CT_Num": "C00001", "EC_Sens": 0, "EC_Montant": "12.340000",
        "cbModification": base.now - timedelta(minutes=61),
    }])  # fmt: skip
    assert 1 <= sync(hub, "sage").counts.new
    assert_equal(hub, base, tmp_path)


@pytest.mark.long_on_postgres
def test_a_line_without_a_stamp_is_seen(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """Batch writers that leave `cbModification` empty."""
    base.add("F_ECRITUREC", [{
        "EC_No": 900_003, "JO_Num": "OD", "JM_Date": "2026-11-01", "EC_Jour": 0, "CG_Num": "41100000",
        "CT_Num": "C00002", "EC_Sens": 1, "EC_Montant": "5.000000", "cbModification": None,
    }])  # fmt: skip
    assert 1 <= sync(hub, "sage").counts.new  # the entry, and balances of another day
    assert_equal(hub, base, tmp_path)
    assert {"read": 1, "same": 1} == counted(sync(hub, "sage"))  # the balances, asked anew


@pytest.mark.long_on_postgres
def test_a_restored_backup_is_compared_whole(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """The clock of the data base went back: everything is read again, what is gone is withdrawn."""
    newest = base.value("SELECT MAX(EC_No) FROM F_ECRITUREC")
    for number in range(newest - 40, newest + 1):
        base.delete("F_ECRITUREC", EC_No=number)
    # What was changed since the backup is as it was then.
    base.now -= timedelta(days=900)
    base.change("F_ECRITUREC", {})
    report = sync(hub, "sage")
    assert report.counts.same > 1_000
    assert report.counts.missing > 5
    assert_equal(hub, base, tmp_path)


@pytest.mark.long_on_postgres
def test_a_silent_writer_is_noticed(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """An amount changed with the triggers off, no stamp moved: his figures say whose, and he is read again."""
    one = entry(base, "EC_Lettre = 0 AND JO_Num = 'VE' AND EC_Sens = 0")
    base.change("F_ECRITUREC", {"EC_No": one}, silent=True, EC_Montant="1.000000")
    report = sync(hub, "sage")
    assert report.counts.changed
    assert report.counts.read < 400
    assert_equal(hub, base, tmp_path)
    assert {"read": 1, "same": 1} == counted(sync(hub, "sage"))


@pytest.mark.long_on_postgres
def test_what_leaves_no_trace_in_its_neighbours_is_noticed(hub: Hub, base: SageBase, tmp_path: Path) -> None:
    """One line of an invoice of two is deleted, another line goes to another debtor, new ones come as always."""
    several = "EC_RefPiece IN (SELECT EC_RefPiece FROM F_ECRITUREC WHERE JO_Num = 'VE' GROUP BY EC_RefPiece"
    base.tick(hours=5)
    assert base.delete("F_ECRITUREC", EC_No=entry(base, f"EC_Lettre = 0 AND {several} HAVING COUNT(*) > 1)"))
    base.change("F_ECRITUREC", {"EC_No": entry(base, "EC_Lettre = 1 AND JO_Num = 'BQ'")}, silent=True, CT_Num="C00004")
    base.add("F_ECRITUREC", [{
        "EC_No": 900_010 + n, "JO_Num": "VE", "JM_Date": "2026-11-01", "EC_Jour": 2, "EC_RefPiece": f"NEW-{n}",
        "CG_Num": "41100000", "CT_Num": f"C0000{n}", "EC_Sens": 0, "EC_Montant": "12.340000",
    } for n in range(1, 4)])  # fmt: skip
    assert sync(hub, "sage").counts.read < 700
    assert_equal(hub, base, tmp_path)


def test_half_the_ledger_gone_is_not_believed(hub: Hub, base: SageBase) -> None:
    """Another company's data base behind the same address: nothing is withdrawn, and the run says so."""
    before = in_hub(hub)
    with base.engine.begin() as connection:
        connection.execute(base.tables["F_COMPTET"].delete().where(base.tables["F_COMPTET"].c.CT_Num > "C00005"))
    report = run(hub, "sage")
    assert report.error is not None
    assert "HUB-SYNC-003" == report.error.code
    assert before == in_hub(hub)


@pytest.mark.long_on_postgres
def test_a_debtor_deleted_in_sage_is_withdrawn(hub: Hub, base: SageBase) -> None:
    """And only that one."""
    base.add("F_COMPTET", [{"CT_Num": "C99999", "CT_Intitule": "ERREUR"}])
    assert 1 == sync(hub, "sage").counts.new
    base.delete("F_COMPTET", CT_Num="C99999")
    assert 1 == sync(hub, "sage").counts.missing
