"""Backup and restore: one state, taken while the hub works, put back into either data base, proved, and marked."""

from __future__ import annotations

import hashlib
import json
import random
import shutil
import stat
import threading
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.app.cli.run import run
from hub.app.restoring import backup, restore
from hub.core.services.restored import close, must_ask_first, note_asked
from hub.core.services.status import status
from hub.core.store import leases
from hub.core.store import tables as t
from hub.core.store.backup import MANIFEST, opened
from hub.core.sync.run import sync_connector
from hub.sdk.errors import ConfigError
from tests.support.hubs import content, differences, make_hub, records, rows, spec_of, sync, verified, write_csv
from tests.support.in_process import InProcess

LEDGER = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\nreceipts = "receipts.csv"\n'


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connectors without processes."""
    for module in ("hub.core.sync.run", "hub.core.services.verify"):
        monkeypatch.setattr(f"{module}.ConnectorProcess", InProcess)


#: From and into which data base. The whole square is a long proof.
SQUARE = [
    pytest.param("sqlite", "postgres", marks=pytest.mark.postgres),
    pytest.param("postgres", "sqlite", marks=[pytest.mark.postgres, pytest.mark.long]),
    pytest.param("sqlite", "sqlite", marks=pytest.mark.long),
    pytest.param("postgres", "postgres", marks=[pytest.mark.postgres, pytest.mark.long]),
]


@pytest.fixture
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Gives the address of an empty data base of a kind."""
    made = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            return f"sqlite:///{tmp_path / f'{len(made)}.db'}"
        server = request.getfixturevalue("postgres")
        made.append(server.create())
        return str(server.url(made[-1]))

    yield make
    for name in made:
        request.getfixturevalue("postgres").drop(name)


def _files(folder: Path, invoices: int = 60) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"F{n:03};C{n % 9};2026-09-01;2026-11-15;{n},50" for n in range(1, invoices + 1)]
    write_csv(folder / "invoices.csv", "number;debtor_id;issued_on;due_on;total", *lines, "BAD;C1;x;y;z")
    write_csv(folder / "receipts.csv", "receipt_id;received_on;amount;remittance", "R1;2026-11-20;7,50;F007")


def _hub(folder: Path, url: str) -> Hub:
    _files(folder)
    return make_hub(folder, url, LEDGER)


def _quiet(_table: str, _rows: int) -> None:
    """No progress shown."""


@pytest.mark.parametrize(("source", "target"), SQUARE)
def test_a_backup_taken_during_a_sync_is_one_state(
    tmp_path: Path, fresh: Callable[[str], str], source: str, target: str
) -> None:
    """Taken while pages are committed, put back into either data base: it verifies, and reading on ends the same."""
    hub = _hub(tmp_path / "one", fresh(source))
    taken: list[Path] = []
    thread = threading.Thread(target=lambda: taken.append(backup(hub, tmp_path / "b.zip", _quiet)[0]))

    def after_page(stream: str, counts: Any) -> None:
        if (stream, counts.read) == ("invoices", 15):
            thread.start()

    sync_connector(hub.store, spec_of(hub, "ledger", page_units=5), actor="tester", progress=after_page)
    thread.join()
    sections = LEDGER.replace("invoices.csv", f"{tmp_path}/one/invoices.csv")
    sections = sections.replace('"receipts.csv', f'"{tmp_path}/one/receipts.csv')
    restored = make_hub(tmp_path / "two", fresh(target), sections)
    done = restore(restored, taken[0], force=False, progress=_quiet)
    assert done.kept is None
    found = verified(restored)
    assert ([], []) == (found.differences, found.not_checked)
    read = len(content(restored.store).get("invoice", []))
    assert 15 <= read <= 60
    sync(restored, "ledger")
    assert [] == differences(records(content(hub.store)), records(content(restored.store)))
    assert [] == verified(restored).differences
    assert ["restore"] == [row[0] for row in rows(restored.store, sa.select(t.journal.c.act)) if row[0] == "restore"]


def test_a_restored_hub_asks_its_partners_first(sqlite_hub: Hub) -> None:
    """Until each was asked, or a person says that all were; a hub that was never restored asks nobody."""
    hub = sqlite_hub
    assert not _asks(hub, "agency")
    with pytest.raises(ConfigError, match="nobody has to be asked"):
        close(hub.desk, [])
    path, _ = backup(hub, None, _quiet)
    restore(hub, path, force=True, progress=_quiet)
    assert _asks(hub, "agency")
    assert _asks(hub, "factor")
    assert status(hub.desk).restored is not None
    hub.store.again("agency", lambda unit: note_asked(unit, "agency"))
    assert not _asks(hub, "agency")
    assert _asks(hub, "factor")
    close(hub.desk, [])
    assert not _asks(hub, "factor")
    assert status(hub.desk).restored is None
    assert [] == verified(hub).differences


def _asks(hub: Hub, partner: str) -> bool:
    with hub.store.read() as connection:
        return must_ask_first(connection, partner)


def test_what_was_there_is_refused_and_by_force_kept(tmp_path: Path, database_url: str) -> None:
    """Facts are never overwritten silently; what is kept aside is the old state, whole."""
    hub = _hub(tmp_path, database_url)
    path, _ = backup(hub, None, _quiet)
    sync(hub, "ledger")
    before = content(hub.store)
    with pytest.raises(ConfigError, match="not empty") as caught:
        restore(hub, path, force=False, progress=_quiet)
    assert "HUB-BAK-003" == caught.value.code
    assert before == content(hub.store)
    kept = restore(hub, path, force=True, progress=_quiet).kept
    assert {} == content(hub.store)
    assert kept is not None
    if database_url.startswith("sqlite"):
        old = make_hub(tmp_path / "old", f"sqlite:///{kept}", LEDGER)
        assert before == content(old.store)
    else:
        restore(hub, kept, force=True, progress=_quiet)
        assert before == content(hub.store)


@pytest.mark.long
@pytest.mark.parametrize(("source", "target"), SQUARE)
def test_new_rows_follow_the_restored_ones(
    tmp_path: Path, fresh: Callable[[str], str], source: str, target: str
) -> None:
    """Numbers go on after the highest; the rules of the data base are in force again."""
    hub = _hub(tmp_path / "one", fresh(source))
    sync(hub, "ledger")
    path, _ = backup(hub, tmp_path / "b.zip", _quiet)
    restored = _hub(tmp_path / "two", fresh(target))
    restore(restored, path, force=False, progress=_quiet)
    write_csv(tmp_path / "two" / "receipts.csv", "receipt_id;received_on;amount;remittance", "R2;2026-11-21;8,50;F008")
    sync(restored, "ledger")
    assert 2 == len(rows(restored.store, sa.select(t.receipt.c.id)))
    with pytest.raises(sa.exc.DBAPIError, match="only grows"):
        restored.store.again("x", lambda unit: unit.connection.execute(t.journal.delete()))


def test_a_data_base_at_work_is_left_alone(sqlite_hub: Hub) -> None:
    """A daemon that lives has its lease."""
    hub = sqlite_hub
    path, _ = backup(hub, None, _quiet)
    holder = leases.this_process()
    hub.store.again("x", lambda unit: leases.take(unit, "executor vm-1", holder))
    with pytest.raises(ConfigError, match="executor vm-1") as caught:
        restore(hub, path, force=True, progress=_quiet)
    assert "HUB-BAK-004" == caught.value.code


@pytest.fixture
def sqlite_hub(tmp_path: Path, sqlite_template: Path) -> Hub:
    """A hub on SQLite that has read its files."""
    shutil.copy(sqlite_template, tmp_path / "hub.db")
    hub = _hub(tmp_path, f"sqlite:///{tmp_path / 'hub.db'}")
    sync(hub, "ledger")
    return hub


def _everything(path: Path) -> list[Any]:
    with opened(path) as reader:
        return [list(reader.batches(part)) for part in reader.manifest.parts]


def test_a_damaged_backup_is_refused(sqlite_hub: Hub, tmp_path: Path) -> None:
    """A byte changed anywhere, or the end cut off: refused, or nothing of what is restored is touched by it."""
    path, _ = backup(sqlite_hub, tmp_path / "b.zip", _quiet)
    sound, whole, dice, refused = _everything(path), path.read_bytes(), random.Random(7), []
    for _ in range(150):
        place = dice.randrange(len(whole))
        changed = whole[:place] + bytes([whole[place] ^ (1 << dice.randrange(8))]) + whole[place + 1 :]
        (tmp_path / "damaged.zip").write_bytes(changed if dice.random() < 0.9 else whole[:place])
        try:
            assert sound == _everything(tmp_path / "damaged.zip")
        except ConfigError as error:
            refused.append(error.code)
    assert {"HUB-BAK-001"} == set(refused)
    assert len(refused) > 100


def _rewritten(path: Path, change: Callable[[dict[str, Any]], None]) -> Path:
    """The same backup with another manifest, sound in itself."""
    with zipfile.ZipFile(path) as old:
        manifest = json.loads(old.read(MANIFEST))
        change(manifest)
        for part in manifest["parts"]:
            part["digest"] = hashlib.sha256(_without(old, part)).hexdigest()
        text = json.dumps(manifest).encode()
        made = path.with_name("rewritten.zip")
        with zipfile.ZipFile(made, "w") as new:
            for part in manifest["parts"]:
                new.writestr(f"tables/{part['name']}.jsonl", _without(old, part))
            new.writestr(MANIFEST, text)
            new.writestr("manifest.sha256", hashlib.sha256(text).hexdigest())
    return made


def _without(backed_up: zipfile.ZipFile, part: dict[str, Any]) -> bytes:
    """A table's lines with as many values each as the manifest has columns: later ones stand at the end."""
    lines = backed_up.read(f"tables/{part['name']}.jsonl").splitlines()
    return b"".join(_line(json.loads(line)[: len(part["columns"])], line) for line in lines)


def _line(values: list[Any], whole: bytes) -> bytes:
    if json.loads(whole) == values:
        return whole + b"\n"
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


#: Tables of later migrations; empty in these backups.
YOUNGER_THAN_0011 = {
    "backlog",
    "collected_status",
    "ledger_acknowledgement",
    "ledger_batch",
    "ledger_batch_withdrawn",
    "ledger_batch_written",
    "ledger_look",
    "ledger_part",
    "ledger_posting",
}
COLUMNS_YOUNGER_THAN_0011 = {"allocation": "used_minor", "receipt_mark": "offered"}


def test_an_older_backup_is_migrated_and_a_newer_one_refused(sqlite_hub: Hub, tmp_path: Path) -> None:
    """0011 did not have the tables of later schemas; a schema from the future is not guessed at."""
    path, _ = backup(sqlite_hub, tmp_path / "b.zip", _quiet)

    def older(manifest: dict[str, Any]) -> None:
        manifest["revision"] = "0011"
        manifest["parts"] = [part for part in manifest["parts"] if part["name"] not in YOUNGER_THAN_0011]
        for part in manifest["parts"]:
            younger = COLUMNS_YOUNGER_THAN_0011.get(part["name"])
            part["columns"] = [column for column in part["columns"] if column[0] != younger]

    before = content(sqlite_hub.store)
    restore(sqlite_hub, _rewritten(path, older), force=True, progress=_quiet)
    assert before == content(sqlite_hub.store)
    assert [] == verified(sqlite_hub).differences
    for change in (lambda m: m.update(revision="9999"), lambda m: m.update(format=99)):
        with pytest.raises(ConfigError, match="newer hub") as caught:
            restore(sqlite_hub, _rewritten(path, change), force=True, progress=_quiet)
        assert "HUB-BAK-002" == caught.value.code
    with pytest.raises(ConfigError, match="backlog"):
        restore(sqlite_hub, _rewritten(path, lambda m: m.update(revision="0011")), force=True, progress=_quiet)
    assert before == content(sqlite_hub.store)


def test_a_restore_that_breaks_off_changes_nothing(sqlite_hub: Hub, tmp_path: Path) -> None:
    """In the middle of the rows: the old state stands."""
    path, _ = backup(sqlite_hub, tmp_path / "b.zip", _quiet)
    _files(tmp_path, 70)
    sync(sqlite_hub, "ledger")
    before = content(sqlite_hub.store)

    def breaks(table: str, _rows: int) -> None:
        if table == "raw_unit":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(sqlite_hub, path, force=True, progress=breaks)
    assert before == content(sqlite_hub.store)


def test_what_is_in_it_and_what_is_not(sqlite_hub: Hub, tmp_path: Path) -> None:
    """The configuration without the password of an address; readable by its owner only; no leases."""
    text = (tmp_path / "hub.toml").read_text()
    (tmp_path / "hub.toml").write_text(text + '# was "postgresql+psycopg://hub:canary-9d1f@db/hub"\n')
    path, manifest = backup(sqlite_hub, tmp_path / "b.zip", _quiet)
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    assert "run_lease" not in {part.name for part in manifest.parts}
    with zipfile.ZipFile(path) as archive:
        kept = archive.read("hub.toml").decode()
        assert "[connector.ledger]" in kept
        assert all(b"canary-9d1f" not in archive.read(name) for name in archive.namelist())


def test_a_place_that_cannot_be_written_is_told(sqlite_hub: Hub, tmp_path: Path) -> None:
    """With the place, and nothing half written is left."""
    with pytest.raises(ConfigError, match="cannot be written") as caught:
        backup(sqlite_hub, tmp_path / "hub.toml" / "b.zip", _quiet)
    assert "HUB-BAK-005" == caught.value.code
    assert [] == list(tmp_path.glob("**/*.part"))


@pytest.mark.long
def test_a_damaged_data_base_is_replaced_by_force(sqlite_hub: Hub, tmp_path: Path) -> None:
    """The reason why one restores; the ruin is kept."""
    path, _ = backup(sqlite_hub, tmp_path / "b.zip", _quiet)
    before = content(sqlite_hub.store)
    sqlite_hub.store.close()
    ruin = b"\0" * 8_192
    (tmp_path / "hub.db").write_bytes(ruin)
    for end in ("-wal", "-shm"):
        (tmp_path / f"hub.db{end}").unlink(missing_ok=True)
    del sqlite_hub.__dict__["store"]
    kept = restore(sqlite_hub, path, force=True, progress=_quiet).kept
    assert kept is not None
    assert ruin == kept.read_bytes()
    assert before == content(sqlite_hub.store)


def test_the_commands(sqlite_hub: Hub, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A backup, a restore by force with its proof, then the answer of partners; the engine's notes are dropped."""
    config = ["--config", str(tmp_path / "hub.toml")]
    (tmp_path / ".hub").mkdir(exist_ok=True)
    (tmp_path / ".hub" / "jobs.sqlite3").write_bytes(b"")
    assert 0 == run(["backup", "--out", str(tmp_path / "b.zip"), "--json", *config])
    told = json.loads(capsys.readouterr().out)
    assert str(tmp_path / "b.zip") == told["file"]
    assert 2 == run(["restore", str(tmp_path / "b.zip"), *config])
    assert "HUB-BAK-003" in capsys.readouterr().err
    assert 0 == run(["restore", str(tmp_path / "b.zip"), "--force", *config])
    said = capsys.readouterr().out
    assert "No difference." in said
    assert "hub.db.before-restore-" in said
    assert not (tmp_path / ".hub" / "jobs.sqlite3").exists()
    run(["status", *config])
    assert "Restored on" in capsys.readouterr().out
    assert 0 == run(["restore", "--asked", "all", *config])
    run(["status", *config])
    assert "Restored on" not in capsys.readouterr().out
    assert 2 == run(["restore", *config])
