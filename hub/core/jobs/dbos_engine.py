"""DBOS behind our protocol: one workflow per run of a connector, on one queue, in a data base that may be deleted.

What DBOS asks for and what we found (docs/decisions.md): a serializer that is not pickle, an application version that
does not change with every edit, an executor id that stays, WAL for its SQLite file, only our queue polled, and a
take-over of dead executors of our own. DBOS is a singleton of the process: so is `DbosJobs`.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hub.core.jobs.protocol import State, Work
from hub.core.store.engine import reached
from hub.sdk.errors import ConfigError

#: Raised only when a job's steps change their order: a job begun by another version would wait for ever.
APPLICATION_VERSION = "1"
QUEUE = "hub"
#: The line of what failed the last time: one at a time, looked at less often.
DOUBTFUL = "hub doubtful"
SCHEMA = "hub_jobs"
#: How often the queue is looked at, in seconds; a shorter time costs a daemon that has nothing to do.
POLLING_S = 1.0
DOUBTFUL_POLLING_S = 5.0
_FLOWS = "hub_job"
_STATES: dict[str, State] = {
    "ENQUEUED": "waiting",
    "DELAYED": "waiting",
    "PENDING": "running",
    "SUCCESS": "done",
    "ERROR": "failed",
    "MAX_RECOVERY_ATTEMPTS_EXCEEDED": "failed",
    "CANCELLED": "cancelled",
}


class DbosJobs:
    """The `Jobs` of a daemon. `workers` jobs run here at a time; `executor` is this daemon's stable name."""

    def __init__(self, url: str, executor: str, workers: int) -> None:
        self._url = url
        self._executor = executor
        self._workers = workers
        self._dbos: Any = None
        self._flow: Any = None
        self._at_work: set[str] = set()
        self._doubted: set[str] = set()

    def launch(self, works: Mapping[str, Work]) -> None:
        """See `Jobs.launch`.

        Raises:
            ConfigError: the extra `jobs` is not installed, or this interpreter's SQLite is too old for it.
        """
        dbos = _library()
        if self._url.startswith("sqlite:///"):
            _refuse_old_sqlite()
            _use_wal(Path(self._url.removeprefix("sqlite:///")))
        dbos.DBOS(
            config={
                "name": "receivables-hub",
                "system_database_url": self._url,
                "dbos_system_schema": SCHEMA,
                "application_version": APPLICATION_VERSION,
                "executor_id": self._executor,
                "serializer": dbos.DBOSPortableJSONSerializer(),
                "log_level": "WARNING",
                "sys_db_pool_size": self._workers + 5,
                "scheduler_polling_interval_sec": 3600.0,  # the schedules are ours
                "notification_listener_polling_interval_sec": 5.0,
            }
        )

        @dbos.DBOS.workflow(name=_FLOWS)  # type: ignore[untyped-decorator, unused-ignore]
        def flow(kind: str, argument: str) -> None:
            job = str(dbos.DBOS.workflow_id)
            self._at_work.add(job)
            try:
                works[kind](argument)
            finally:
                self._at_work.discard(job)

        self._dbos, self._flow = dbos, flow
        dbos.DBOS.listen_queues([QUEUE, DOUBTFUL])
        dbos.DBOS.launch()
        dbos.DBOS.register_queue(
            QUEUE, worker_concurrency=self._workers, polling_interval_sec=POLLING_S, on_conflict="always_update"
        )
        dbos.DBOS.register_queue(
            DOUBTFUL, worker_concurrency=1, polling_interval_sec=DOUBTFUL_POLLING_S, on_conflict="always_update"
        )

    def start(self, job: str, kind: str, argument: str, *, doubtful: bool = False) -> None:
        """See `Jobs.start`."""
        with reached(), self._dbos.SetWorkflowID(job):
            self._dbos.DBOS.enqueue_workflow(DOUBTFUL if doubtful else QUEUE, self._flow, kind, argument)

    def cancel(self, job: str) -> None:
        """See `Jobs.cancel`."""
        with reached():
            self._dbos.DBOS.cancel_workflow(job)

    def status(self, job: str) -> State | None:
        """See `Jobs.status`."""
        with reached():
            found = self._dbos.DBOS.get_workflow_status(job)
        return None if found is None else _STATES[found.status]

    def adopt(self, executor: str) -> int:
        """See `Jobs.adopt`."""
        with reached():
            orphans = self._unfinished(executor)
            for orphan in orphans:
                self._dbos.DBOS.resume_workflow(orphan, queue_name=QUEUE)
        return len(orphans)

    def mend(self) -> int:
        """See `Jobs.mend`."""
        with reached():
            lost = self._unfinished(self._executor) - self._at_work
            for job in lost & self._doubted:
                self._dbos.DBOS.resume_workflow(job, queue_name=QUEUE)
            mended, self._doubted = len(lost & self._doubted), lost
        return mended

    def _unfinished(self, executor: str) -> set[str]:
        flows = self._dbos.DBOS.list_workflows(
            executor_id=executor, status="PENDING", load_input=False, load_output=False
        )
        return {flow.workflow_id for flow in flows}

    def prune(self, older_than_s: float) -> None:
        """See `Jobs.prune`."""
        before = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - older_than_s))
        with reached():
            ended = self._dbos.DBOS.list_workflows(
                status=[name for name, state in _STATES.items() if state in ("done", "failed", "cancelled")],
                end_time=before, load_input=False, load_output=False, limit=1000,
            )  # fmt: skip
            if ended:
                self._dbos.DBOS.delete_workflows([flow.workflow_id for flow in ended])

    def close(self, patience_s: float) -> None:
        """See `Jobs.close`."""
        if self._dbos is not None:
            self._dbos.DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=int(patience_s))
            self._dbos = None


def _library() -> Any:
    try:
        import dbos
    except ModuleNotFoundError as error:
        raise ConfigError(
            code="HUB-JOB-002",
            what="the daemon needs the library DBOS, which is not installed",
            where="hub daemon",
            mend="install the extra: pip install 'receivables-hub[jobs]', or run hub sync from cron",
        ) from error
    return dbos


def _refuse_old_sqlite() -> None:
    """DBOS 3.4 takes for granted that Python 3.12 and later come with SQLite 3.42; built on Debian 12 it has 3.40."""
    if sys.version_info >= (3, 12) and sqlite3.sqlite_version_info < (3, 42):
        python = ".".join(map(str, sys.version_info[:2]))
        raise ConfigError(
            code="HUB-JOB-006",
            what=f"the daemon needs SQLite 3.42 or later with Python {python}; this one has {sqlite3.sqlite_version}",
            where="[hub] database",
            mend="use PostgreSQL, Python 3.11, or a Python that brings a newer SQLite; hub sync works as it is",
        )


def _use_wal(path: Path) -> None:
    """Put the SQLite file in WAL, which it remembers: writers do not wait for readers, and it is twice as fast."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
    connection.close()
