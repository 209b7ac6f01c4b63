"""`hub backup` and `hub restore`: which file, which data base, what is kept aside, and what is dropped with the old."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path

from hub import __version__
from hub.app.bootstrap import Hub
from hub.app.daemon import jobs_url
from hub.core.jobs.dbos_engine import SCHEMA
from hub.core.store import Store, UnitOfWork, restoring
from hub.core.store.backup import Manifest, opened, write_backup
from hub.core.store.restored import mark
from hub.core.store.restoring import Moment
from hub.sdk.errors import ConfigError
from hub.sdk.redaction import redact

Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Restoring:
    """What a restore came to: the backup's own words, and where the former data base was kept."""

    manifest: Manifest
    kept: Path | None


def backup(hub: Hub, out: Path | None, progress: Progress) -> tuple[Path, Manifest]:
    """Write a backup of the hub as it is now, while it works on.

    Raises:
        ConfigError: the file cannot be written.
        DatabaseUnreachable: the data base cannot be read.
    """
    target = out or hub.settings.folder / "backups" / f"hub-{_stamp(hub)}.zip"
    settings = redact(hub.settings.path.read_text(encoding="utf-8-sig"))
    return target, write_backup(
        hub.store, target, made_at=_now(hub), version=__version__, settings=settings, progress=progress
    )


def restore(hub: Hub, file: Path, *, force: bool, progress: Progress) -> Restoring:
    """Put a backup in the place of the data base; what was there is kept aside.

    Raises:
        ConfigError: the file is no sound backup, the data base is not empty (without `force`) or in use.
        DatabaseUnreachable: the data base is out of reach, or there is no room for it.
    """
    store = Store(hub.settings.database_url, lambda: _now(hub), hub.clock.today)
    if "store" in hub.__dict__:
        hub.store.close()  # a connection would go on to see the file that is put aside
    try:
        with opened(file) as reader:
            empty = _look_at(store, hub, force=force)
            moment = Moment(_now(hub), hub.clock.today())
            if store.engine.dialect.name == "sqlite":
                store.close()
                target = Path(store.engine.url.database or "")
                made = restoring.into_file(reader, target, moment, progress)
                kept = None if empty else target.with_name(f"{target.name}.before-restore-{_stamp(hub)}")
                restoring.put_in_place(made, target, kept)
                _drop_jobs(hub)
            else:
                kept = None if empty else _kept_as_backup(hub, store)
                restoring.into_server(store, reader, moment, SCHEMA, progress)
            manifest = reader.manifest
    finally:
        store.close()
    hub.store.again(hub.actor, lambda unit: _journal(unit, manifest))
    return Restoring(manifest, kept)


def _look_at(store: Store, hub: Hub, *, force: bool) -> bool:
    """Whether the data base is empty; a damaged one counts as full, and may be replaced by force."""
    from hub.core.store.engine import DatabaseUnreachable

    try:
        working, empty = restoring.at_work(store), restoring.is_empty(store)
    except DatabaseUnreachable:
        if not (force and store.engine.dialect.name == "sqlite"):
            raise
        working, empty = [], False
    if working:
        raise restoring.in_use(str(hub.settings.path), ", ".join(working))
    if not empty and not force:
        raise ConfigError(
            code="HUB-BAK-003",
            what="the data base is not empty",
            where=f"{hub.settings.path}: [hub] database",
            mend="name an empty one, or add --force: what is there is kept aside first",
        )
    return empty


def _kept_as_backup(hub: Hub, store: Store) -> Path:
    """On a server the old state is kept as a backup of its own."""
    store.migrate()  # what is saved is always of this version's schema
    target = hub.settings.folder / "backups" / f"before-restore-{_stamp(hub)}.zip"
    write_backup(store, target, made_at=_now(hub), version=__version__, settings="", progress=lambda *_: None)
    return target


def _drop_jobs(hub: Hub) -> None:
    """The engine's notes are of another time; what is due is decided from the hub's own tables."""
    jobs = Path(jobs_url(hub).removeprefix("sqlite:///"))
    for end in ("", "-wal", "-shm"):
        Path(f"{jobs}{end}").unlink(missing_ok=True)


def _journal(unit: UnitOfWork, manifest: Manifest) -> None:
    found = mark(unit.connection)
    generation = found.generation if found else 0
    payload = {"digest": manifest.digest, "made_at": manifest.made_at, "generation": generation}
    unit.journal("restore", "data base", payload)


def _now(hub: Hub) -> int:
    return int(hub.clock.now().timestamp() * 1_000_000)


def _stamp(hub: Hub) -> str:
    return hub.clock.now().astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
