"""Mapping kept units again, without fetching: after a corrected configuration, a new version, or for one held unit."""

from __future__ import annotations

from hub.core.host.answers import MAPPED
from hub.core.store import runs, units
from hub.core.store.corrections import open_questions
from hub.core.store.pages import commit_again
from hub.core.store.streams import Counts, PageToCommit, StreamState
from hub.core.store.units import StoredPage
from hub.core.sync.mapped import read_mapped
from hub.core.sync.session import Session


def prepared(session: Session, stream: str) -> tuple[StreamState, Counts]:
    """The stream's state; units mapped by an older version or configuration are mapped again first."""
    with session.store.write(session.actor) as unit:
        state = runs.stream_state(unit.connection, session.connector_id, stream)
    counts = Counts()
    if state.mapping_id != session.mapping_id:
        if state.mapping_id is not None:
            counts = map_again(session, state)
        with session.store.write(session.actor) as unit:
            runs.set_mapping(unit.connection, state.id, session.mapping_id)
            state = runs.stream_by_id(unit.connection, state.id)
    return state, counts


def map_again(session: Session, state: StreamState, only: frozenset[int] | None = None) -> Counts:
    """Map the stream's kept units with the session's mapping; the units of one piece of evidence are one transaction.

    Args:
        only: ids of the units to map again; None: all that are not yet mapped this way, but those about which a
            person was asked whether they are new.

    Returns:
        Counts of units whose records changed (`changed`), are the same, or are held now; `read` is their sum. Units
        whose evidence was deleted by policy keep their records and are not counted.
    """
    total = Counts()
    with session.store.read() as connection:
        pages = list(units.stored_pages(connection, state.id))
        asked = open_questions(connection)
    for page in pages:
        chosen = [
            index
            for index, unit in enumerate(page.unit_ids)
            if (page.mapping_ids[index] != session.mapping_id and unit not in asked if only is None else unit in only)
        ]
        if chosen and page.blob is not None:
            total.add(_one_page(session, state, page, page.blob, chosen))
    return total


def _one_page(session: Session, state: StreamState, page: StoredPage, blob: bytes, chosen: list[int]) -> Counts:
    """Map the chosen units of one piece of evidence again and take their records in."""
    positions = [page.positions[index] for index in chosen]
    request = {"op": "map_stored", "stream": state.name, "places": positions}
    answer, _ = session.process.ask(request, blob, form=MAPPED)
    places = list(range(len(chosen)))
    batches, refused = read_mapped(answer, places, page.origin)
    again = PageToCommit(
        connector_id=session.connector_id,
        connector_key=session.key,
        stream=state,
        cursor=state.cursor,
        origin=page.origin,
        ordinal=0,
        fingerprint=b"",
        mapping_id=session.mapping_id,
        recorded_at=0,
        actor=session.actor,
        unit_ids=[page.unit_ids[index] for index in chosen],
        taken=places,
        refs=[page.refs[index] for index in chosen],
        digests=[page.digests[index] for index in chosen],
        batches=batches,
        refused=refused,
    )
    return session.store.again(session.actor, lambda unit: commit_again(unit, again))
