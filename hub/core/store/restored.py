"""The mark of a data base that was restored from a backup: since when, and which partners were asked since."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace

import sqlalchemy as sa

from hub.core.store import keyed
from hub.core.store import tables as t
from hub.core.store.database import UnitOfWork

_NAME = "restored"


@dataclass(frozen=True, slots=True)
class Restored:
    """The last restore; instants in microseconds UTC. `generation` counts restores, `asked` are keys of connectors."""

    generation: int
    at: int
    backup_of: int
    digest: str
    asked: tuple[str, ...] = ()
    closed: bool = False


def mark(connection: sa.Connection) -> Restored | None:
    """The mark, if the data base was ever restored."""
    text = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == _NAME)).scalar()
    if text is None:
        return None
    values = json.loads(text)
    return Restored(**{**values, "asked": tuple(values["asked"])})


def note_restored(unit: UnitOfWork, backup_of: int, digest: str) -> Restored:
    """This data base was just made from the backup of that instant; whoever was asked before is asked again."""
    before = mark(unit.connection)
    made = Restored(before.generation + 1 if before else 1, unit.at, backup_of, digest)
    _write(unit, made)
    return made


def note_asked(unit: UnitOfWork, partners: Iterable[str], *, closed: bool) -> Restored:
    """These partners were asked; `closed`: nobody is left to be asked."""
    found = mark(unit.connection)
    if found is None:
        raise LookupError("the data base was not restored")
    changed = replace(found, asked=tuple(sorted({*found.asked, *partners})), closed=closed or found.closed)
    _write(unit, changed)
    return changed


def _write(unit: UnitOfWork, mark_: Restored) -> None:
    keyed.insert_if_absent(unit.connection, t.meta, name=_NAME, value="")
    unit.connection.execute(t.meta.update().where(t.meta.c.name == _NAME).values(value=json.dumps(asdict(mark_))))
