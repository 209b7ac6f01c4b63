"""An hour of forty connectors, a third of them faulty, on a clock that runs faster; and that hour without the faults.

    python -m tests.benchmarks.soak [--minutes 60] [--speed 10] [--healthy 27]

Healthy connectors read a CSV file of their own every quarter of an hour (of the driven clock), which grows four times
in the first third of the hour: what a daemon keeps of more data is not taken for a leak afterwards. Faulty ones,
thirteen, each break another promise: they raise, exit, crash, hang, flood log or memory, fork, send garbage, never
end… What is suspended is resumed every five minutes, so that the faults go on to the end.

The load is chosen to be fair to a machine of two cores, where the start of a connector's process takes 0.6 to 1 s of
CPU: at speed 10 the forty make about 200 runs in 6 minutes, a third of what two cores can do. Limits on answers are
real seconds: a connector that hangs is ended after 10 s (five minutes in earnest, which only makes fewer runs of it).

A run's delay is the time from when its schedule made it due to its start, in real seconds: the tick (1 s), the queue
(1 s) and whatever others make it wait. Printed with faults and without, for the healthy ones alone.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.store import connector_state
from hub.core.store import tables as t
from tests.benchmarks.idle import cpu_s, memory_mb
from tests.support.daemons import DaemonProcess, until
from tests.support.hubs import make_hub, rows, verified, write_csv

ROOT = Path(__file__).resolve().parents[2]
FAULTS = (
    "raises", "exits", "crashes", "hangs", "floods", "garbage", "half_a_frame", "floods_memory", "forks", "standing",
    "build_raises", "kills_itself", "for_ever",
)  # fmt: skip
EVERY_S = 900


@dataclass
class Soak:
    """What one hour gave: delays of the healthy in real seconds, memory of the daemon in MB, its own CPU."""

    delays: list[float] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    runs: dict[str, int] = field(default_factory=dict)
    cpu: float = 0.0


class FastDaemon(DaemonProcess):
    """A daemon on a clock that runs faster."""

    def __init__(self, config: Path, speed: float) -> None:
        self._path = config.parent / "daemon.log"
        self._file = self._path.open("wb")
        command = [sys.executable, "-m", "tests.support.fast_daemon", str(config), str(speed)]
        self.process = subprocess.Popen(
            command, stderr=self._file, stdin=subprocess.DEVNULL, start_new_session=True, cwd=ROOT
        )


def install(folder: Path) -> None:
    """The faulty plugin, announced as a distribution would be, for this process and those it starts."""
    info = folder / "misbehaves-1.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaves\nVersion: 1\n")
    (info / "entry_points.txt").write_text("[hub.plugins]\nmisbehaves = hub_misbehaves\n")
    samples = str(ROOT / "tests" / "samples" / "bad_plugins")
    sys.path[:0] = [samples, str(folder)]
    os.environ["PYTHONPATH"] = os.pathsep.join([samples, str(folder), str(ROOT)])
    os.environ["BAD_KEY"] = "canary-soak"


def grow(folder: Path, healthy: int, times: int) -> int:
    """Each healthy connector's file, grown so often; the number of invoices in all."""
    rows_each = 40 * (times + 1)
    for number in range(healthy):
        lines = [f"F{n:04};C{n % 9};2026-09-01;{n + 1},50" for n in range(rows_each)]
        write_csv(folder / f"{number}.csv", "number;debtor_id;issued_on;total", *lines)
    return healthy * rows_each


def soak(folder: Path, healthy: int, faults: tuple[str, ...], minutes: float, speed: float) -> Soak:
    """One hour, or so many minutes, of the driven clock; everything is counted at the end."""
    folder.mkdir()
    sections = ['[daemon]\nlog = "json"\nwatch_every = "PT20S"\n']
    sections += [
        f'[connector.c{n}]\nplugin = "csv"\ninvoices = "{n}.csv"\nseller = "S{n}"\nevery = "PT15M"\n'
        for n in range(healthy)
    ]
    sections += [
        f'[connector.bad_{how}]\nplugin = "misbehaves"\nhow = "{how}"\nkey = {{ env = "BAD_KEY" }}\nevery = "PT15M"\n'
        'max_answer = "PT10S"\nmax_run = "PT15S"\n'
        for how in faults
    ]
    number = grow(folder, healthy, 0)
    hub = make_hub(folder, f"sqlite:///{folder / 'hub.db'}", "\n".join(sections))
    hub.store.migrate()
    found, begun = Soak(), time.monotonic()
    with FastDaemon(folder / "hub.toml", speed) as daemon:
        daemon.wait_for("ready")
        steps = int(minutes // 5)
        for step in range(1, steps + 1):
            while time.monotonic() - begun < step * 300 / speed:
                time.sleep(2)
                found.memory.append(memory_mb(daemon.process.pid)[1])
            _resume(hub, faults)
            if step <= steps // 3:
                number = grow(folder, healthy, step)
        found.cpu = cpu_s(daemon.process.pid)
        until(lambda: number == len(rows(hub.store, sa.select(t.invoice.c.id))), daemon.log)
        assert 0 == daemon.stop()
    _count(hub, number, faults, found, speed)
    hub.store.close()
    return found


def _resume(hub: Hub, faults: tuple[str, ...]) -> None:
    for how in faults:
        hub.store.again("tester", lambda unit, key=f"bad_{how}": connector_state.resume(unit, key))  # type: ignore[misc]


def _count(hub: Hub, number: int, faults: tuple[str, ...], found: Soak, speed: float) -> None:
    """Nothing lost, nothing doubled, nobody left behind; delays of the healthy ones."""
    pages = rows(hub.store, sa.select(t.raw_unit.c.stream_id, t.raw_unit.c.ref))
    assert len(pages) == len(set(pages))
    starts: dict[str, list[int]] = {}
    query = sa.select(t.connector.c.key, t.run.c.started_at, t.run.c.state).join(t.connector).order_by(t.run.c.id)
    for key, at, state in rows(hub.store, query):
        starts.setdefault(key, []).append(at)
        kind = "faulty" if key.startswith("bad_") else "healthy"
        found.runs[f"{kind} {state}"] = found.runs.get(f"{kind} {state}", 0) + 1
    for key, times in starts.items():
        if key.startswith("c"):
            gaps = [(later - earlier) / 1e6 - EVERY_S for earlier, later in pairwise(times)]
            found.delays += [gap / speed for gap in gaps]
    assert {f"bad_{how}" for how in faults} <= starts.keys()
    check = verified(hub)
    assert ([], {"EUR": 0}) == (check.differences, check.gap_minor), check.differences
    assert [] == [name for name in os.listdir("/proc") if name.isdigit() and _is_family(name)]


def _is_family(pid: str) -> bool:
    """Whether a process is one of our connectors', or of those that these started."""
    try:
        variables = Path(f"/proc/{pid}/environ").read_bytes()
    except OSError:
        return False
    return b"HUB_CONNECTOR_FAMILY=" in variables and os.environ["PYTHONPATH"].encode() in variables


def show(name: str, found: Soak) -> None:
    """One hour in a few lines."""
    delays = sorted(found.delays)
    nearly = delays[int(len(delays) * 0.95)]
    twelfths = [statistics.mean(part) for part in _parts(found.memory, 12)]
    before, last = (statistics.mean(part) for part in _parts(found.memory, 4)[2:])
    print(f"{name}: {dict(sorted(found.runs.items()))}; daemon {found.cpu:.0f} s of CPU")
    middle = statistics.median(delays)
    print(f"  delay of the healthy: median {middle:.2f} s, 95 % {nearly:.2f} s, most {delays[-1]:.2f} s")
    print(f"  memory of the daemon by twelfths: {', '.join(f'{mean:.0f}' for mean in twelfths)} MB")
    print(f"  the last quarter has {last / before - 1:+.1%} of the one before", flush=True)


def _parts(values: list[float], number: int) -> list[list[float]]:
    size = max(1, len(values) // number)
    return [values[start : start + size] for start in range(0, number * size, size)]


def main() -> None:
    """Soak with faults and without, and print both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--speed", type=float, default=10)
    parser.add_argument("--healthy", type=int, default=27)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        install(Path(name) / "site")
        without = soak(Path(name) / "without", given.healthy, (), given.minutes, given.speed)
        show("without faults", without)
        faulty = soak(Path(name) / "with", given.healthy, FAULTS, given.minutes, given.speed)
        show("a third faulty", faulty)
    more = [
        statistics.median(faulty.delays) - statistics.median(without.delays),
        max(faulty.delays) - max(without.delays),
    ]
    print(f"the faulty third delays the healthy by {more[0]:.2f} s (median), {more[1]:.2f} s (the most)")
    print("0 lost, 0 doubled, nobody left behind, hub verify finds no difference")


if __name__ == "__main__":
    main()
