"""Hubs made from a few lines of TOML, and what stands in their data base."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from hub.app.bootstrap import Hub
from hub.core.host.process import Limits
from hub.core.services.exports import Asked, open_table
from hub.core.services.verify import Verification, verify
from hub.core.store import Store
from hub.core.store import tables as t
from hub.core.store.record_tables import RECORD_TABLES
from hub.core.store.tables import whole_metadata
from hub.core.sync import ConnectorSpec, RunReport, sync_connector
from hub.core.sync.replay import replay_held

#: Every hub made since the fixture `opened_hubs` last closed them.
OPENED: list[Hub] = []
RUN_LOG = ("run", "run_stream", "run_lease", "run_state")
Dump = dict[str, list[str]]


def make_hub(
    folder: Path,
    database_url: str,
    sections: str,
    *,
    now: Callable[[], int] | None = None,
    today: str = "2026-11-30",
    actor: str = "tester",
) -> Hub:
    """A hub in `folder` with these sections in its hub.toml; `now` replaces its clock of instants (microseconds)."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "hub.toml"
    path.write_text(f'[hub]\ndatabase = "{database_url}"\ntoday = {today}\n{sections}', encoding="utf-8")
    hub = Hub.open(path, actor)
    if now is not None:
        hub.__dict__["store"] = Store(database_url, now)
        hub.store.migrate()
    OPENED.append(hub)
    return hub


def close_hubs() -> None:
    """Give all connections back."""
    while OPENED:
        OPENED.pop().close()


def spec_of(hub: Hub, section: str, **limits: Any) -> ConnectorSpec:
    """How to run a section, within these limits."""
    return replace(hub.spec(section), limits=Limits(**{"answer_seconds": 60.0, **limits}))


def sync(hub: Hub, section: str, *, full: bool = False, accept_missing: bool = False, **limits: Any) -> RunReport:
    """Run one connector; `page_units` and the other limits may be given. Errors of the connector are raised."""
    report = run(hub, section, full=full, accept_missing=accept_missing, **limits)
    if report.error is not None:
        raise report.error
    return report


def run(hub: Hub, section: str, *, full: bool = False, accept_missing: bool = False, **limits: Any) -> RunReport:
    """Run one connector; its error stands in the report."""
    spec = spec_of(hub, section, **limits)
    report = sync_connector(hub.store, spec, actor=hub.actor, full=full, accept_missing=accept_missing)
    counts = report.counts
    assert counts.new + counts.changed + counts.same + counts.held == counts.read
    return report


def replay(hub: Hub, section: str, *held_ids: int) -> tuple[int, int]:
    """Replay held units: how many were understood now, and how many still are not."""
    counts = replay_held(hub.store, spec_of(hub, section), held_ids, actor=hub.actor)
    return counts.changed, counts.held


def verified(hub: Hub) -> Verification:
    """What `hub verify` finds."""
    specs = [hub.spec(section) for section in hub.settings.connectors]
    return verify(hub.desk, [(spec.key, spec.start) for spec in specs])


def counted(report: RunReport) -> dict[str, int]:
    """The counts of a run that are not zero."""
    names = ("read", "new", "changed", "same", "held", "missing")
    return {name: value for name in names if (value := getattr(report.counts, name))}


def dump(store: Store) -> Dump:
    """All tables but the run log: a line per row, in order."""
    with store.read() as connection:
        return {
            table.name: [_line(row._mapping) for row in connection.execute(sa.select(table).order_by(*table.c))]
            for table in whole_metadata().sorted_tables
            if table.name not in RUN_LOG
        }


def content(store: Store) -> Dump:
    """What was taken in, told without numbers and instants: equal for two roads to the same facts."""
    result: Dump = {}
    with store.read() as connection:
        for table in RECORD_TABLES.values():
            columns = [table.current.c[name] for name in table.payload]
            joined = table.current.join(t.connector, t.connector.c.id == table.current.c.connector_id)
            chosen = sa.select(t.connector.c.key, *columns).select_from(joined)
            rows = connection.execute(chosen.where(table.current.c.withdrawn_at.is_(None)))
            result[table.name] = sorted(_line(row._mapping) for row in rows)
        unit, stream = t.raw_unit, t.stream
        rows = connection.execute(
            sa.select(stream.c.name, unit.c.ref, unit.c.digest, unit.c.state).join(
                stream, stream.c.id == unit.c.stream_id
            )
        )
        result["raw_unit"] = sorted(_line(row._mapping) for row in rows)
        held = sa.select(t.held.c.code, t.held.c.what, t.held.c.mend, t.held.c.lines)
        rows = connection.execute(held.where(t.held.c.state == "open"))
        result["held"] = sorted(_line(row._mapping) for row in rows)
    return {name: lines for name, lines in result.items() if lines}


def records(dumped: Dump) -> Dump:
    """The record tables of a dump."""
    return {name: lines for name, lines in dumped.items() if name in RECORD_TABLES}


def differences(before: Dump, after: Dump) -> list[str]:
    """What changed between two dumps, a line per row that went or came; empty when they are equal."""
    found: list[str] = []
    for name in sorted({*before, *after}):
        lines = difflib.unified_diff(before.get(name, []), after.get(name, []), n=0, lineterm="")
        found += [f"{name} {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]
    return found


def column(store: Store, statement: sa.Select[Any]) -> list[Any]:
    """The first column of a query."""
    with store.read() as connection:
        return list(connection.execute(statement).scalars())


def rows(store: Store, statement: sa.Select[Any]) -> list[tuple[Any, ...]]:
    """The rows of a query as tuples."""
    with store.read() as connection:
        return [tuple(row) for row in connection.execute(statement)]


def exported(hub: Hub, kind: str, **asked: Any) -> list[dict[str, Any]]:
    """The rows of `hub export KIND`, by the names of their columns."""
    with open_table(hub.desk, kind, Asked(**asked)) as table:
        names = [column.name for column in table.columns]
        return [dict(zip(names, row, strict=True)) for row in table.rows]


def write_csv(path: Path, *lines: str | Iterable[str]) -> Path:
    """A file of these lines, written at an instant of its own, so that a change is always seen."""
    path.write_text("\n".join(line if isinstance(line, str) else ";".join(line) for line in lines) + "\n")
    return path


def _line(row: Any) -> str:
    return "  ".join(f"{name}={_shown(value)}" for name, value in row.items() if value is not None)


def _shown(value: Any) -> str:
    if isinstance(value, bytes | memoryview):
        plain = bytes(value)
        return plain.hex() if len(plain) <= 32 else f"sha256:{hashlib.sha256(plain).hexdigest()[:16]}"
    return str(value)
