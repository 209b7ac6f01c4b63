"""Killed in the middle, run again: nothing lost, nothing doubled. Two runs at once: the same."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import journal
from hub.core.store.record_tables import RECORD_TABLES
from tests.support.hubs import Dump, content, differences, dump, make_hub, records, rows, sync, verified
from tests.unit.plugins.bank_statements.made import Mv, cfonb, text

SECTIONS = """
[connector.ledger]
plugin = "csv"
invoices = "invoices.csv"
mode = "snapshot"
missing = "withdrawn"

[connector.bank]
plugin = "bank_statements"
folder = "bank"
settle_s = 0
"""
DAY = date(2026, 9, 1)
PAGE_UNITS = 5


def write_files(folder: Path, stage: int) -> None:
    """Stage 1: 120 invoices, a faulty one, and a statement. Stage 2: it is mended, some invoices are gone, some
    changed, some new; another statement overlaps."""
    lines = ["number;debtor_id;issued_on;due_on;total"]
    for n in range(1 if stage == 1 else 16, 121 if stage == 1 else 131):
        total = n * 10 + (1 if stage == 2 and n % 7 == 0 else 0)
        line = f"F{n:03};C{n % 9};{DAY + timedelta(n % 30)};2026-11-15;{total},50"
        lines += [line] * (2 if n % 40 == 0 else 1)
    lines.append(f"BAD;C1;2026-09-01;2026-11-15;{'twelve' if stage == 1 else '12,00'}")
    (folder / "invoices.csv").write_text("\n".join(lines) + "\n")
    moves = [Mv(DAY + timedelta(n // 3), 1_000 + n // 2, f"VIR CLIENT {n // 2}") for n in range(45)]
    first, later = moves[:30], moves[24:]
    (folder / "bank").mkdir(exist_ok=True)
    (folder / "bank" / "one.txt").write_bytes(text(cfonb(first, 0, DAY, DAY + timedelta(9))))
    if stage == 2:
        opening = sum(mv.minor for mv in moves[:24])
        statement = cfonb(later, opening, DAY + timedelta(7), DAY + timedelta(15))
        (folder / "bank" / "two.txt").write_bytes(text(statement))


def facts(hub: Hub) -> Dump:
    """What was taken in and what it was before, without numbers and instants."""
    found = content(hub.store)
    for name in ("invoice", "receipt"):
        table = RECORD_TABLES[name]
        past = rows(hub.store, sa.select(*(table.history.c[column] for column in table.payload)))
        found[f"{name}_history"] = sorted(map(str, past))
    return found


@pytest.fixture
def undisturbed(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> dict[int, Dump]:
    """The facts after each stage when nobody interferes."""
    from tests.support.in_process import InProcess

    folder = tmp_path / "calm"
    folder.mkdir()
    (folder / "hub.db").write_bytes(sqlite_template.read_bytes())
    hub = make_hub(folder, f"sqlite:///{folder / 'hub.db'}", SECTIONS)
    found = {}
    with monkeypatch.context() as patch:
        patch.setattr("hub.core.sync.run.ConnectorProcess", InProcess)
        for stage in (1, 2):
            write_files(folder, stage)
            for section in hub.settings.connectors:
                sync(hub, section, page_units=PAGE_UNITS)
            found[stage] = facts(hub)
    counts = [(len(found[stage]["invoice"]), len(found[stage]["receipt"])) for stage in (1, 2)]
    assert [(120, 30), (116, 45)] == counts, "the undisturbed run itself is not what the files say"
    return found


class Driver:
    """The driver's end of the conversation."""

    def __init__(self, config: Path) -> None:
        command = [sys.executable, "-m", "tests.support.crash_driver", str(config), str(PAGE_UNITS)]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def begin(self, runs: int = 1) -> Iterator[list[str]]:
        """Start runs; their lines, as words, until all are over."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(f"{runs}\n")
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line == "over\n":
                return
            yield line.split()

    def to_the_end(self, runs: int = 1) -> list[list[str]]:
        """Runs that nobody disturbs; how each connector's run ended."""
        return [words[1:] for words in self.begin(runs) if words[0] == "end"]

    def killed(self, dice: random.Random) -> str:
        """A run of which the hub's or the connector's process is killed at some moment; which one, if it came to it."""
        wanted, pids, done = dice.randrange(6), (0, 0), ""
        victim = dice.choice(("hub", "connector"))
        for words in self.begin():
            if words[0] == "start":
                pids = (int(words[1]), int(words[2]))
            if words[0] == "page":
                wanted -= 1
            if words[0] != "end" and wanted <= 0 and not done:
                time.sleep(dice.uniform(0, 0.02))
                done = victim if _kill(pids[victim == "connector"]) else "late"
        return done or "late"


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def driving(folder: Path) -> Iterator[Driver]:
    driver = Driver(folder / "hub.toml")
    try:
        yield driver
    finally:
        assert driver.process.stdin is not None
        assert driver.process.stdout is not None
        driver.process.stdin.close()
        driver.process.wait(timeout=60)
        driver.process.stdout.close()


def endure(folder: Path, database_url: str, undisturbed: dict[int, Dump], kills: int, seed: int) -> Counter[str]:
    """Kill runs, then let one end; the facts must be those of the undisturbed run, at both stages."""
    dice = random.Random(seed)
    hub = make_hub(folder, database_url, SECTIONS)
    fates: Counter[str] = Counter()
    with driving(folder) as driver:
        for stage in (1, 2):
            write_files(folder, stage)
            fates.update(driver.killed(dice) for _ in range(kills // 2))
            assert [["complete"], ["complete"]] == driver.to_the_end()
            assert [] == differences(undisturbed[stage], facts(hub))
        before = dump(hub.store)
        assert [["complete"], ["complete"]] == driver.to_the_end()
        assert [] == differences(before, dump(hub.store))
    with hub.store.read() as connection:
        assert [] == journal.breaks(connection)
    found = verified(hub)
    assert ([], []) == (found.differences, found.not_checked)
    assert {"EUR": 0} == found.gap_minor
    return fates


def test_nothing_is_lost_or_doubled(tmp_path: Path, database_url: str, undisturbed: dict[int, Dump]) -> None:
    """Fifteen kills per data base, of hub or connector, at any page of a first and of a second reading."""
    fates = endure(tmp_path, database_url, undisturbed, kills=16, seed=20_261_130)
    assert fates["hub"] >= 3
    assert fates["connector"] >= 3


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_or_doubled_by_two_hundred(
    tmp_path: Path, database_url: str, undisturbed: dict[int, Dump], seed: int
) -> None:
    """The same with 200 kills per data base, in ten rounds of their own."""
    endure(tmp_path, database_url, undisturbed, kills=20, seed=seed)


@pytest.mark.long_on_postgres
def test_two_runs_at_once(tmp_path: Path, database_url: str, undisturbed: dict[int, Dump]) -> None:
    """Two hubs read the same sources at the same instant: one may be told to wait; no fact is lost or doubled."""
    hub = make_hub(tmp_path, database_url, SECTIONS)
    with driving(tmp_path) as driver:
        for stage in (1, 2):
            write_files(tmp_path, stage)
            ends = driver.to_the_end(runs=2)
            assert len(ends) == 4, "a run ended without a word"
            assert all(end[0] == "complete" or end[1] == "HUB-SYNC-002" for end in ends), ends
            assert [["complete"], ["complete"]] == driver.to_the_end()
            assert [] == differences(undisturbed[stage], facts(hub))
    with hub.store.read() as connection:
        assert [] == journal.breaks(connection)
    assert [] == verified(hub).differences
    assert records(dump(hub.store))
