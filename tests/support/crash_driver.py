"""A process that syncs on demand and says how far it is, so that a test can end it anywhere.

    python -m tests.support.crash_driver HUB_TOML PAGE_UNITS

Each line on standard input names how many runs to start at once. Each run is a process of its own, forked from this
one so that it starts at once. It prints ``start PID CHILD_PID`` when a connector's process is there, ``page`` after
each page and ``end STATE CODE`` after each connector; when all are over this process prints ``over``.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import hub.core.sync.run as run_module
from hub.app.bootstrap import Hub
from hub.core.host.process import ConnectorProcess, Limits
from hub.core.sync import sync_connector


def say(*words: object) -> None:
    """One line, in one piece."""
    os.write(1, (" ".join(str(word) for word in words) + "\n").encode())


class Told(ConnectorProcess):
    """Says which processes are at work."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        say("start", os.getpid(), self.pid)


def work(config: Path, page_units: int) -> None:
    """Run every connector once."""
    hub = Hub.open(config, "crash")
    for section in hub.settings.connectors:
        spec = replace(hub.spec(section), limits=Limits(page_units=page_units, answer_seconds=60))
        report = sync_connector(hub.store, spec, actor="crash", progress=lambda *_: say("page"))
        say("end", report.state, report.error.code if report.error else "")
    hub.store.close()


def main() -> None:
    """Serve until standard input ends."""
    config, page_units = Path(sys.argv[1]), int(sys.argv[2])
    run_module.ConnectorProcess = Told  # type: ignore[misc]
    Hub.open(config, "warm").spec("ledger")  # imports what a run needs
    for line in sys.stdin:
        children = []
        for _ in range(int(line)):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    work(config, page_units)
                    status = 0
                finally:
                    os._exit(status)
            children.append(child)
        for child in children:
            os.waitpid(child, 0)
        say("over")


if __name__ == "__main__":
    main()
