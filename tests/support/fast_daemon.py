"""`hub daemon` with a clock that runs faster: ``python -m tests.support.fast_daemon HUB_TOML SPEED``.

Schedules, pauses after failures and instants of recording follow that clock; leases and limits of processes stay real.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hub.app import bootstrap
from hub.app.daemon import Daemon
from hub.sdk.context import SystemClock

BEGIN = datetime(2026, 11, 30, 8, tzinfo=UTC)


def main() -> None:
    """Run until told to stop."""
    config, speed, since = Path(sys.argv[1]), float(sys.argv[2]), time.monotonic()

    class Fast(SystemClock):
        """So many seconds pass in one."""

        def now(self) -> datetime:
            return BEGIN + timedelta(seconds=(time.monotonic() - since) * speed)

    bootstrap.SystemClock = Fast  # type: ignore[misc]
    Daemon(config).run()


if __name__ == "__main__":
    main()
