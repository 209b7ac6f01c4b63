"""Replaying held units: map them again from the evidence that was kept, with today's configuration."""

from __future__ import annotations

from collections.abc import Sequence

from hub.core.host.process import ConnectorProcess
from hub.core.store import Store, held, runs
from hub.core.store.corrections import ASKED, replace_former
from hub.core.store.streams import Counts
from hub.core.sync.again import map_again
from hub.core.sync.run import ConnectorSpec
from hub.core.sync.session import Session


def replay_held(
    store: Store, spec: ConnectorSpec, held_ids: Sequence[int], *, actor: str, instead: bool = False
) -> Counts:
    """Map held units of one connector again; an empty `held_ids` means all but the questions to a person.

    Args:
        instead: a person says that these documents take the place of the former ones of their number.

    Returns:
        Counts: `changed` were understood now, `held` still are not.
    """
    with store.write(actor) as unit:
        connector = runs.connector_id(unit.connection, spec.key, spec.plugin)
        mapping = runs.mapping_id(unit.connection, connector, spec.fingerprint)
        found = held.held_units(unit.connection, ids=list(held_ids))
    total = Counts()
    mine = [entry for entry in found if entry.connector == spec.key and (held_ids or entry.code != ASKED)]
    by_stream = {
        entry.stream_id: frozenset(e.unit_id for e in mine if e.stream_id == entry.stream_id) for entry in mine
    }
    if not by_stream:
        return total
    with ConnectorProcess(spec.start, spec.limits) as process:
        session = Session(store, process, spec.key, connector, mapping, actor)
        for stream_id, only in by_stream.items():
            with store.read() as connection:
                state = runs.stream_by_id(connection, stream_id)
            total.add(map_again(session, state, only))
            if instead:
                store.again(actor, lambda unit, only=only: replace_former(unit, only))  # type: ignore[misc]
    return total
