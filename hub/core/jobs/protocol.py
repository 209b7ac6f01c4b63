"""What the rest of the hub knows of the engine that runs jobs: four verbs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

#: A job's work: called with its argument, in a thread of some daemon; may be called again after a crash.
Work = Callable[[str], None]
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class Jobs(Protocol):
    """Runs jobs on this or another machine, and again when a crash interrupted them.

    Whatever is asked of it may raise `DatabaseUnreachable`: try again later.

    A job is known by its id: starting an id again does nothing. A job's work must be safe to begin twice; that it is
    not *done* twice is the business of leases, not of this engine.
    """

    def launch(self, works: Mapping[str, Work]) -> None:
        """Begin to take jobs; those of this executor that a crash interrupted are begun again. `works` by kind."""

    def start(self, job: str, kind: str, argument: str, *, doubtful: bool = False) -> None:
        """Have `kind` done with `argument`, soon, on any executor; nothing happens when `job` is known already.

        What is `doubtful` (it failed the last time) waits in a line of its own: others do not wait for it.
        """

    def cancel(self, job: str) -> None:
        """A job that waits is not begun; one that runs is not stopped."""

    def status(self, job: str) -> State | None:
        """How a job stands; None when it is not known (any more)."""

    def adopt(self, executor: str) -> int:
        """Have the unfinished jobs of a dead executor done by others; returns how many there were."""

    def mend(self) -> int:
        """Begin again what this executor ended without being able to note it, as on a full disk; returns how many.

        A job must be found so by two calls in a row: between its taking and its beginning it looks the same.
        """

    def prune(self, older_than_s: float) -> None:
        """Forget ended jobs older than this."""

    def close(self, patience_s: float) -> None:
        """Take no more jobs, wait for those at work, at most so long."""
