"""A data base that is full, busy, read-only or gone, and files that change while they are read: words, and a way on."""

from __future__ import annotations

import ctypes
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import engine
from hub.core.store.engine import DatabaseUnreachable
from hub.core.sync.run import RunReport, sync_connector
from tests.support.hubs import close_hubs, make_hub, spec_of, sync, verified, write_csv

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "*.csv"\n'
HEADER = "number;debtor_id;issued_on;total"


def ledger(folder: Path, count: int) -> Path:
    """A file of that many invoices."""
    return write_csv(folder / "a.csv", HEADER, *(f"F{n};C{n};2026-09-01;{n},00" for n in range(1, count + 1)))


def test_a_full_disk_is_told_and_the_next_run_finishes(
    tmp_path: Path, sqlite_template: Path, without_processes: None
) -> None:
    """SQLite may not grow any more: HUB-DB-007, what was committed stays, and with room the run goes on."""
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", LEDGER)
    ledger(tmp_path, 900)
    full = True

    @sa.event.listens_for(hub.store.engine, "begin")
    def little_room(connection: sa.Connection) -> None:
        if full:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {min(pages + 20, 190)}")
        else:
            connection.exec_driver_sql("PRAGMA max_page_count = 4294967294")

    def fill() -> None:
        for number in range(20):
            sync(hub, "ledger", page_units=100)
            lines = (f"G{number}-{n};C{n};2026-09-01;{n},00" for n in range(900))
            write_csv(tmp_path / f"{number}.csv", HEADER, *lines)

    with pytest.raises(DatabaseUnreachable, match=r"HUB-DB-007.*full"):
        fill()
    full = False
    files = len(list(tmp_path.glob("*.csv")))
    sync(hub, "ledger", page_units=100)
    with hub.store.read() as connection:
        assert 900 * files == connection.exec_driver_sql("SELECT count(*) FROM invoice").scalar()
    assert [] == verified(hub).differences


def test_a_busy_data_base_is_told(
    tmp_path: Path, sqlite_template: Path, without_processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds the write lock: HUB-DB-005, and once it is free the run works."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 50)
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    hub = make_hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}", LEDGER)
    ledger(tmp_path, 3)
    other = sqlite3.connect(tmp_path / "hub.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnreachable, match="HUB-DB-005"):
        sync(hub, "ledger")
    other.execute("ROLLBACK")
    other.close()
    assert 3 == sync(hub, "ledger").counts.new


class Refused(sqlite3.Connection):
    """SQLite as it answers who puts a new file in WAL at the same instant as another one: busy, without waiting."""

    times = 0

    def execute(self, sql: str, *more: Any) -> sqlite3.Cursor:
        """Busy twice, then as ever."""
        if sql == "PRAGMA journal_mode = WAL" and Refused.times < 2:
            Refused.times += 1
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        return super().execute(sql, *more)


def test_two_who_make_the_data_base_at_one_instant(tmp_path: Path) -> None:
    """Webhooks of twenty threads meet a data base that is not there yet: who is refused tries again."""
    path = tmp_path / "hub.db"
    opened = engine.open_engine(f"sqlite:///{path}")
    sa.event.listen(opened, "do_connect", lambda *_: sqlite3.connect(path, factory=Refused))
    with opened.connect() as connection:
        assert "wal" == connection.exec_driver_sql("PRAGMA journal_mode").scalar()
    opened.dispose()
    assert 2 == Refused.times


@pytest.fixture
def locked_folder(sqlite_template: Path) -> Iterator[Path]:
    """A folder with a hub that its user may read and not write; outside of pytest's own, which others cannot enter."""
    folder = Path(tempfile.mkdtemp(prefix="hubro"))
    (folder / "hub.db").write_bytes(sqlite_template.read_bytes())
    ledger(folder, 3)
    (folder / "hub.toml").write_text(f'[hub]\ndatabase = "sqlite:///hub.db"\n{LEDGER}')
    for path in (*folder.iterdir(), folder):
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def _no_overriding() -> None:
    """Root may write anywhere; without this capability it may not."""
    if os.geteuid() == 0:
        ctypes.CDLL(None).prctl(24, 1)  # PR_CAPBSET_DROP, CAP_DAC_OVERRIDE; in force after exec


def test_a_read_only_folder_is_told(locked_folder: Path) -> None:
    """A real folder without the right to write: HUB-DB-006 and status 3."""
    root = Path(__file__).resolve().parents[2]
    command = "import sys; from hub.app.cli.run import run; sys.exit(run())"
    done = subprocess.run(
        [sys.executable, "-c", command, "--config", str(locked_folder / "hub.toml"), "sync"],
        capture_output=True, text=True, cwd=locked_folder, env={**os.environ, "PYTHONPATH": str(root)}, timeout=120,
        check=False, preexec_fn=_no_overriding,
    )  # fmt: skip
    assert (3, True) == (done.returncode, "HUB-DB-006" in done.stderr), done.stderr
    assert "give this user the right to write" in " ".join(done.stderr.split())


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (psycopg.errors.DiskFull("could not extend file: No space left on device"), "HUB-DB-007"),
        (psycopg.errors.ReadOnlySqlTransaction("cannot execute INSERT in a read-only transaction"), "HUB-DB-006"),
        (psycopg.errors.LockNotAvailable("canceling statement due to lock timeout"), "HUB-DB-005"),
        (psycopg.OperationalError("connection refused"), "HUB-DB-003"),
        (sqlite3.OperationalError("disk I/O error"), "HUB-DB-008"),
    ],
)
def test_each_cause_has_its_own_remedy(error: Exception, code: str) -> None:
    """By the server's state or the library's words."""
    found = engine.unreachable(sa.exc.OperationalError("INSERT", None, error))
    assert code == found.code
    assert found.mend


def read_with(hub: Hub, meddle: object) -> RunReport:
    """A run during which `meddle` is called once, after the first page; the file has more than are read ahead."""
    calls: list[int] = []

    def once(*_: object) -> None:
        if not calls:
            calls.append(1)
            meddle()  # type: ignore[operator]

    return sync_connector(hub.store, spec_of(hub, "ledger", page_units=3), actor="x", progress=once)


@pytest.mark.parametrize("mode", ["append", "snapshot"])
@pytest.mark.parametrize("what", ["deleted", "grown"])
def test_a_file_that_changes_while_it_is_read(tmp_path: Path, database_url: str, what: str, mode: str) -> None:
    """Deleted or still growing: said by name, nothing is lost or doubled, and the next run finishes."""
    missing = 'missing = "withdrawn"\n' if mode == "snapshot" else ""
    hub = make_hub(tmp_path, database_url, f'{LEDGER}mode = "{mode}"\n{missing}')
    path = ledger(tmp_path, 60)

    def meddle() -> None:
        if what == "deleted":
            path.unlink()
        else:
            with path.open("a") as file:
                file.write("F61;C1;2026-09-01;61,00\n")

    report = read_with(hub, meddle)
    told = [name for stream in report.streams for name in stream.skipped]
    words = f"{report.error}" if report.error else " ".join(told)
    assert "a.csv" in words
    assert 0 == report.counts.missing
    close_hubs()
    again = make_hub(tmp_path, database_url, f'{LEDGER}mode = "{mode}"\n{missing}')
    ledger(tmp_path, 61)
    assert "complete" == sync(again, "ledger").state
    with again.store.read() as connection:
        assert 61 == connection.exec_driver_sql("SELECT count(*) FROM invoice WHERE withdrawn_at IS NULL").scalar()
