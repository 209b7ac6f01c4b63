"""What a daemon costs that has nothing to do: seconds from start to ready, share of a core, memory.

    python -m tests.benchmarks.idle [--connectors 10] [--seconds 60] [--database URL]

Connectors read a small file each and are due again in a day. CPU is that of the daemon's own process while nothing is
due, so another process's load on the machine counts little; `ready` is wall time and counts it fully.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

from tests.support.daemons import DaemonProcess

_TICK = os.sysconf("SC_CLK_TCK")


def cpu_s(pid: int) -> float:
    """Seconds of CPU that a process used, its threads included, its children not."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / _TICK


def memory_mb(pid: int) -> tuple[float, float]:
    """Resident memory, and its share when pages shared with others are divided (PSS), in MB."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    found = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in lines[1:]}
    return found["Rss"], found["Pss"]


def make(folder: Path, connectors: int, url: str) -> Path:
    """A hub with that many connectors of one file each."""
    sections = [f'[hub]\ndatabase = "{url}"\n[daemon]\nlog = "json"\n']
    for number in range(connectors):
        lines = ["number;debtor_id;issued_on;total", *(f"F{number}-{n};C{n};2026-09-01;{n},50" for n in range(20))]
        (folder / f"{number}.csv").write_text("\n".join(lines) + "\n")
        sections.append(
            f'[connector.c{number}]\nplugin = "csv"\ninvoices = "{number}.csv"\nevery = "P1D"\nseller = "S{number}"\n'
        )
    (folder / "hub.toml").write_text("\n".join(sections))
    return folder / "hub.toml"


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--connectors", type=int, default=10)
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--database", default="sqlite:///hub.db")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        config = make(Path(name), given.connectors, given.database)
        for start in ("first start", "second start"):
            begun = time.monotonic()
            with DaemonProcess(config) as daemon:
                daemon.wait_for("ready")
                ready, ready_cpu = time.monotonic() - begun, cpu_s(daemon.process.pid)
                print(f"{start}: ready after {ready:.1f} s ({ready_cpu:.1f} s of CPU)", flush=True)
                if start == "first start":
                    for number in range(given.connectors):
                        daemon.wait_for("run complete", connector=f"c{number}")
                time.sleep(8)  # the last workers have gone to sleep
                before, since = cpu_s(daemon.process.pid), time.monotonic()
                time.sleep(given.seconds)
                share = (cpu_s(daemon.process.pid) - before) / (time.monotonic() - since)
                rss, pss = memory_mb(daemon.process.pid)
                print(
                    f"{start}: idle {share:.2%} of a core, {rss:.0f} MB resident ({pss:.0f} MB its share)", flush=True
                )
                daemon.stop()


if __name__ == "__main__":
    main()
