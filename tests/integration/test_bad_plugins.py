"""A broken plugin stops itself, by name, and nothing else; and no secret of it is left anywhere."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from hub.core.host.plugins import discover
from hub.core.host.process import ConnectorProcess, Limits, greet
from hub.core.host.spawn import spawn
from hub.core.store import tables as t
from hub.core.store.tables import whole_metadata
from hub.sdk.errors import BrokenPromise, HubError
from tests.support.hubs import counted, make_hub, rows, run, spec_of, sync, write_csv

BAD = Path(__file__).resolve().parents[1] / "samples" / "bad_plugins"
KEY = "canary-5f1e-geheim"
CSV = '[connector.ledger]\nplugin = "csv"\ninvoices = "invoices.csv"\n'

#: How it misbehaves, the code it is reported under, and words of the report.
FAULTS = {
    "raises": ("HUB-HOST-002", "RuntimeError"),
    "raises_ours": ("HUB-DB-003", "was refused"),
    "exits": ("HUB-HOST-001", "ended (3)"),
    "crashes": ("HUB-HOST-001", "signal 11"),
    "hangs": ("HUB-HOST-003", "no answer within"),
    "floods": ("HUB-HOST-004", "log"),
    "garbage": ("HUB-HOST-008", "frame"),
    "no_json": ("HUB-HOST-008", "JSON"),
    "half_a_frame": ("HUB-HOST-003", "no answer within"),
    "none_at_all": ("HUB-HOST-002", "NoneType"),
    "number_as_cursor": ("HUB-HOST-008", "cursor"),
    "nul_in_cursor": ("HUB-HOST-008", "NUL"),
    "number_as_ref": ("HUB-HOST-002", "'int'"),
    "nul_in_ref": ("HUB-HOST-008", "NUL"),
    "text_as_body": ("HUB-HOST-002", "str"),
    "no_records": ("HUB-SDK-010", "no record"),
    "too_many": ("HUB-HOST-007", "5001"),
    "without_end": ("HUB-HOST-002", "MemoryError"),
    "standing": ("HUB-SYNC-001", "without its cursor moving"),
    "build_raises": ("HUB-HOST-002", "ValueError"),
    "nameless_stream": ("HUB-HOST-008", "name"),
    "kills_itself": ("HUB-HOST-001", "signal 15"),
    "floods_memory": ("HUB-HOST-002", "MemoryError"),
    "burns": ("HUB-HOST-001", "signal 24"),
    "for_ever": ("HUB-HOST-012", "longer than 0.025 minutes"),
    "odd_mode": ("HUB-HOST-006", "words the hub does not know"),
}


@pytest.fixture(autouse=True)
def guests(install_guest: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> None:
    """The plugin, and its canary where a secret belongs: in a variable of the hub's own environment."""
    install_guest(BAD, misbehaves="hub_misbehaves")
    monkeypatch.setenv("BAD_KEY", KEY)


def section(how: str) -> str:
    return f'[connector.bad]\nplugin = "misbehaves"\nhow = "{how}"\nkey = {{ env = "BAD_KEY" }}\n'


@pytest.fixture
def url(tmp_path: Path, sqlite_template: Path) -> str:
    """SQLite is enough: what a plugin does ends before the data base."""
    (tmp_path / "hub.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'hub.db'}"


@pytest.mark.parametrize("how", FAULTS)
def test_each_fault_is_contained_and_named(
    tmp_path: Path, url: str, how: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The run ends with the plugin and its author in the place, and without the canary in any text."""
    caplog.set_level(logging.DEBUG)
    limits = {"output_bytes": 500_000, "memory_bytes": 512 * 1024**2}
    if how in ("hangs", "half_a_frame"):
        limits["answer_seconds"] = 2
    if how == "burns":
        limits["cpu_seconds"] = 2
    if how == "for_ever":
        limits["run_seconds"] = 1.5
    hub = make_hub(tmp_path, url, section(how))
    report = run(hub, "bad", page_units=10, **limits)
    code, words = FAULTS[how]
    assert report.error is not None
    assert code == report.error.code, str(report.error)
    assert words in report.error.what
    if isinstance(report.error, BrokenPromise):
        assert "[connector.bad] plugin misbehaves (mallory@bad.test)" in report.error.where
    assert report.state == ("incomplete" if how in ("standing", "for_ever") else "failed")
    [logged] = rows(hub.store, sa.select(t.run.c.error, t.run.c.state))
    assert KEY not in f"{report.error!s}{report.error.__cause__!r}{logged}{caplog.text}"
    assert KEY.encode() not in (tmp_path / "hub.db").read_bytes()


def test_what_it_prints_is_no_answer(tmp_path: Path, url: str) -> None:
    """Standard output is not the pipe to the hub: a chatty plugin works."""
    assert "complete" == run(make_hub(tmp_path, url, section("prints")), "bad").state


def test_its_whole_family_ends_with_it(tmp_path: Path, url: str) -> None:
    """It forks thirty processes, some into sessions of their own, some orphaned, and hangs: none of them is left."""
    hub = make_hub(tmp_path, url, section("forks"))
    family: set[bytes] = set()

    def look() -> None:
        family.update(found for pid in _others() if _is_ours(pid) and (found := _mark_of(pid)))
        counts.append(sum(1 for pid in _others() if _mark_of(pid) in family))

    counts: list[int] = []
    report = run(hub, "bad", answer_seconds=3, silent_seconds=0, when_silent=look)
    assert report.error is not None
    assert "HUB-HOST-003" == report.error.code
    assert 30 <= max(counts)
    look()
    assert 0 == counts[-1]


def _others() -> list[str]:
    return [name for name in os.listdir("/proc") if name.isdigit()]


def _is_ours(pid: str) -> bool:
    """Its parent is this very process: other tests run connectors at the same time."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1]) == os.getpid()
    except OSError:
        return False


def _mark_of(pid: str) -> bytes | None:
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return next((line for line in variables if line.startswith(b"HUB_CONNECTOR_FAMILY=")), None)
    except OSError:
        return None


def test_its_neighbours_go_on(tmp_path: Path, url: str) -> None:
    """One connector crashes; the other's run is complete, before and after."""
    hub = make_hub(tmp_path, url, section("crashes") + CSV)
    write_csv(tmp_path / "invoices.csv", "number;debtor_id;issued_on;total", "F1;C1;2026-09-01;12,00")
    assert "failed" == run(hub, "bad").state
    assert {"read": 1, "new": 1} == counted(sync(hub, "ledger"))


def test_what_the_plugin_was_killed_by_is_told(tmp_path: Path, url: str) -> None:
    """Ended from outside, in the middle of its work: said with the signal."""
    with ConnectorProcess(spec_of(make_hub(tmp_path, url, section("good")), "bad").start) as process:
        os.kill(process.pid, 9)
        with pytest.raises(BrokenPromise, match="signal 9"):
            process.streams()


def test_told_beforehand_who_it_is(tmp_path: Path, url: str) -> None:
    """A process that was greeted is the connector at once; what keeps it from that is told as ever."""
    spec, faulty = (spec_of(make_hub(tmp_path / how, url, section(how)), "bad") for how in ("good", "build_raises"))
    spawned = spawn()
    greet(spawned, spec.start, spec.limits)
    with ConnectorProcess(spec.start, spec.limits, spawned) as process:
        assert process.streams()
    spawned = spawn()
    greet(spawned, faulty.start, faulty.limits)
    with pytest.raises(BrokenPromise, match="ValueError"):
        ConnectorProcess(faulty.start, faulty.limits, spawned)
    spawned = spawn()
    spawned.process.kill()
    spawned.process.wait()
    greet(spawned, spec.start, spec.limits)
    with pytest.raises(BrokenPromise, match="signal 9"):
        ConnectorProcess(spec.start, spec.limits, spawned)


def test_no_secret_leaves(tmp_path: Path, url: str, capfd: pytest.CaptureFixture[str]) -> None:
    """Not in the arguments or the environment of the process, not in what is held, not in the data base."""
    hub = make_hub(tmp_path, url, section("tells_the_key"))
    spec = spec_of(hub, "bad")
    with ConnectorProcess(spec.start, Limits()) as process:
        process.streams()
        folder = Path("/proc") / str(process.pid)
        assert KEY.encode() not in (folder / "cmdline").read_bytes() + (folder / "environ").read_bytes()
        assert b"PYTHONUNBUFFERED" in (folder / "environ").read_bytes()
    assert {"read": 1, "held": 1} == counted(sync(hub, "bad"))
    with hub.store.read() as connection:
        everything = [
            tuple(row) for table in whole_metadata().sorted_tables for row in connection.execute(sa.select(table))
        ]
    assert "[secret]" in repr(everything)
    assert KEY not in repr(everything)
    assert KEY not in repr(spec.start.config["how"]) + "".join(capfd.readouterr())


def test_a_secret_is_not_told_by_the_settings(tmp_path: Path, url: str) -> None:
    """Neither the settings of the connector nor how it is started show the secret when they are printed."""
    hub = make_hub(tmp_path, url, section("good"))
    assert KEY not in repr(hub.settings)
    assert KEY not in repr(hub.spec("bad"))


def test_plugins_that_cannot_be_loaded_are_reported(install_guest: Callable[..., None]) -> None:
    """Whatever happens when they are imported: told by name, and the others are there."""
    names = ("raises_on_import", "exits_on_import", "without_hook", "other_sdk")
    install_guest(BAD, **{name: f"hub_{name}" for name in names}, nowhere="hub_nowhere")
    registry, faults = discover()
    assert {"csv", "bank_statements", "misbehaves"} <= registry.connectors.keys()
    found = {fault.plugin: fault.error.code for fault in faults}
    assert found == {
        "raises_on_import": "HUB-SDK-003",
        "exits_on_import": "HUB-SDK-003",
        "without_hook": "HUB-SDK-005",
        "other_sdk": "HUB-SDK-001",
        "nowhere": "HUB-SDK-003",
    }
    assert all(isinstance(fault.error, HubError) and fault.error.mend for fault in faults)


def test_a_disabled_plugin_is_left_alone(install_guest: Callable[..., None]) -> None:
    """[hub] disabled_plugins: not even imported."""
    install_guest(BAD, raises_on_import="hub_raises_on_import")
    registry, faults = discover(disabled=["raises_on_import", "misbehaves"])
    assert ([], False) == (faults, "misbehaves" in registry.connectors)


@pytest.mark.parametrize("how", ["good", "hangs"])
def test_nobody_is_left_behind(tmp_path: Path, url: str, how: str) -> None:
    """The hub is killed: its connector's process ends by itself, also when it hangs."""
    script = (
        "import sys,os\nfrom pathlib import Path\nfrom hub.app.bootstrap import Hub\n"
        "from hub.core.host.process import ConnectorProcess\n"
        f"process = ConnectorProcess(Hub.open(Path({str(tmp_path / 'hub.toml')!r}), 'x').spec('bad').start)\n"
        "process.tell({'op': 'fetch', 'stream': 'facts', 'cursor': None, 'limit': 5})\n"
        "print(process.pid, flush=True)\nsys.stdin.read()\n"
    )
    make_hub(tmp_path, url, section(how))
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        parent.kill()
        parent.wait()
        assert _ends(child)


def _ends(pid: int) -> bool:
    import time

    for _ in range(100):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.1)
    return False
