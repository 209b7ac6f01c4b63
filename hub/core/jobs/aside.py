"""Runs that only wait for their connector step aside: their place is another's, they go on beside it.

Places are counted because a run at work uses a processor. A connector that hangs, or waits for a slow server, uses
none; it must not keep the others waiting until its time is up.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: A run's work; it calls what it is given whenever it has been waiting for a while.
Waiting = Callable[[], None]


class Aside:
    """Does work in threads; at most `most` of them beside those that have a place."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._threads: set[threading.Thread] = set()

    def do(self, name: str, work: Callable[[Waiting], None]) -> None:
        """Do `work`; returns when it is done, or when it waits and there is room beside."""
        free = threading.Event()

        def waits() -> None:
            with self._lock:
                if not free.is_set() and len(self._threads) < self._most:
                    self._threads.add(thread)
                    free.set()

        def body() -> None:
            try:
                work(waits)
            finally:
                with self._lock:
                    self._threads.discard(thread)
                free.set()

        thread = threading.Thread(target=body, name=name, daemon=True)
        thread.start()
        free.wait()

    def wait(self, patience_s: float) -> None:
        """Until those beside have ended, at most so long."""
        deadline = time.monotonic() + patience_s
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
