"""One page of a source, taken in whole or not at all: evidence, units, records, held units, journal and cursor.

`read = new + changed + same + held` is what the data base says after comparing the page with what it had.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hub.core.store import bulk, journal, sealing
from hub.core.store import tables as t
from hub.core.store.holding import hold
from hub.core.store.idranges import ranges
from hub.core.store.ownership import Reading, leave, owners_gone
from hub.core.store.page_notes import remember
from hub.core.store.raw_units import insert_units, update_units
from hub.core.store.records import Batch, Outcome, Taking, take_changed, take_new
from hub.core.store.standing import units_to_history
from hub.core.store.streams import Counts, PageToCommit, Refusal
from hub.sdk.errors import SourceUnavailable

if TYPE_CHECKING:
    from hub.core.store.database import UnitOfWork


class TakeApart(Exception):
    """Units of pages that are written as one claim each other's keys; the transaction is to be given up."""


def commit_page(connection: sa.Connection, page: PageToCommit, salt: bytes) -> Counts:
    """Take the page in, in the caller's transaction, and move the stream's cursor.

    Raises:
        SourceUnavailable: another run moved this stream meanwhile; nothing was written.
        TakeApart: the page stands for several (`parts`), which must be written one by one.
    """
    _advance(connection, page)
    counts = Counts(same=page.already_same, held=page.already_held)
    evidence_id = _take(connection, page, counts, salt) if page.taken else None
    for place, first in page.twins.items():
        page.unit_ids[place] = page.unit_ids[first]
    counts.read = counts.new + counts.changed + counts.same + counts.held
    if page.aside:
        return counts
    remember(connection, [(part, _evidence_sum(part, evidence_id)) for part in page.parts or [page]])
    return counts


def _evidence_sum(page: PageToCommit, evidence_id: int | None) -> int | None:
    """The sum of the evidence ids of the page's units, if it needs no looking up: of those taken now and of those that
    stand as they were noted."""
    if len(page.taken) + len(page.twins) == len(page.unit_ids):
        return (evidence_id or 0) * len(page.unit_ids)
    if page.standing_sum is None or len(page.taken) + page.standing != len(page.unit_ids):
        return None
    return page.standing_sum + (evidence_id or 0) * len(page.taken)


def commit_again(unit: UnitOfWork, page: PageToCommit) -> Counts:
    """Take the records of units that were mapped again; their evidence, digests and the cursor stay."""
    page = replace(page, refused=dict(page.refused), recorded_at=unit.at)
    reading = Reading(page.stream.id, page.origin, None, page.unit_ids, whole_objects=False)
    taking = Taking(
        unit.connection,
        page.connector_id,
        page.recorded_at,
        lambda owners: owners_gone(unit.connection, reading, owners),
    )
    outcome = _take_records(taking, page, set())
    leave(unit.connection, sorted(outcome.left), page.recorded_at)
    _refuse_conflicts(page, outcome)
    _keep_understood(unit.connection, page)
    hold(unit.connection, page)
    counts = Counts()
    _count(page, page.taken, outcome, counts)
    counts.read = counts.changed + counts.same + counts.held
    states = ["held" if place in page.refused else "mapped" for place in page.taken]
    again: dict[str, Any] = {"id": _ids(page), "state": states, "mapping_id": bulk.Constant(page.mapping_id)}
    bulk.update_rows(unit.connection, t.raw_unit, again)
    refused = {unit_id for place in page.refused if (unit_id := page.unit_ids[place]) is not None}
    sealing.note_states(unit.connection, [unit_id for unit_id in _ids(page) if unit_id not in refused], "mapped")
    if counts.changed or counts.held:
        unit.note_day()
    journal.append(
        unit.connection,
        chain=page.connector_key,
        at=unit.at,
        actor=unit.actor,
        act="map-again",
        subject=page.stream.name,
        payload={"changed": counts.changed, "held": counts.held, "units": ranges(sorted(_ids(page)))},
    )
    return counts


def _keep_understood(connection: sa.Connection, page: PageToCommit) -> None:
    """Units that were understood and are held now: the history tells on which mapping their records stand."""
    refused = [unit for place in page.refused if (unit := page.unit_ids[place]) is not None]
    columns = [t.raw_unit.c.id]
    rows = bulk.rows_by_id(connection, columns, t.raw_unit.c.id, sorted(refused), t.raw_unit.c.state == "mapped")
    understood = [row.id for row in rows]
    if understood:
        units_to_history(connection, understood, page.recorded_at)
        connection.execute(
            t.raw_unit.update().where(t.raw_unit.c.id == sa.bindparam("b_id")).values(recorded_at=page.recorded_at),
            [{"b_id": unit} for unit in understood],
        )


def _advance(connection: sa.Connection, page: PageToCommit) -> None:
    """Compare-and-swap on the stream's version: of two runs at once, one sees that it lost."""
    version = page.stream.version + (1 if page.taken else 0)
    moves: dict[str, Any] = {"cursor": page.cursor, "origin": page.origin, "ordinal": page.ordinal + 1}
    moved = connection.execute(
        t.stream.update()
        .where(t.stream.c.id == page.stream.id, t.stream.c.version == page.stream.version)
        .values(version=version, **({} if page.aside else moves))
    )
    if moved.rowcount != 1:
        raise SourceUnavailable(
            code="HUB-SYNC-002",
            what=f"another run of connector {page.connector_key!r} took in pages at the same time",
            where=f"[connector.{page.connector_key}]",
            mend="let one run finish, then run hub sync again; nothing was lost or doubled",
        )
    page.stream = replace(page.stream, version=version)


def _take(connection: sa.Connection, page: PageToCommit, counts: Counts, salt: bytes) -> int:
    """Take in the units that were mapped or refused; returns the id of their evidence."""
    ordinal = None if page.parts else page.ordinal  # of several pages all units are as they were noted
    reading = Reading(page.stream.id, page.origin, ordinal, page.unit_ids, whole_objects=page.whole_objects)
    taking = Taking(
        connection, page.connector_id, page.recorded_at, lambda owners: owners_gone(connection, reading, owners)
    )
    fresh = [place for place in page.taken if page.unit_ids[place] is None]
    again = [place for place in page.taken if page.unit_ids[place] is not None] if len(fresh) < len(page.taken) else []
    place_of = {place: index for index, place in enumerate(page.taken)} if again else {}
    evidence_id = _keep_evidence(connection, page)
    insert_units(connection, page, fresh, place_of, evidence_id)
    if again:
        update_units(connection, page, again, place_of, evidence_id)
    outcome = _take_records(taking, page, set(fresh) if again else None)
    if page.parts and outcome.refused:
        raise TakeApart
    leave(connection, sorted(outcome.left), page.recorded_at)
    _refuse_conflicts(page, outcome)
    hold(connection, page)
    _count(page, again, outcome, counts)
    journal.append(
        connection,
        chain=page.connector_key,
        at=page.recorded_at,
        actor=page.actor,
        act="sync-page",
        subject=page.stream.name,
        payload={
            "new": counts.new, "changed": counts.changed, "held": counts.held, "units": ranges(sorted(_ids(page))),
            "evidence": evidence_id, "digest": hmac.new(salt, b"".join(page.digests), hashlib.sha256).hexdigest(),
        },
    )  # fmt: skip
    return evidence_id


def _ids(page: PageToCommit) -> list[int]:
    return [unit for place in page.taken if (unit := page.unit_ids[place]) is not None]


def _keep_evidence(connection: sa.Connection, page: PageToCommit) -> int:
    [evidence_id] = bulk.reserve_ids(connection, t.evidence, 1)
    connection.execute(
        t.evidence.insert().values(
            id=evidence_id, digest=hashlib.sha256(page.evidence).digest(), origin=page.origin,
            unit_count=len(page.taken), body=page.evidence, recorded_at=page.recorded_at,
        )
    )  # fmt: skip
    return evidence_id


def _take_records(taking: Taking, page: PageToCommit, fresh: set[int] | None) -> Outcome:
    """Take the page's records in; a unit that claims another's key gives none. `fresh` None: all units are new.

    What such a unit gave before stands, so the page is then taken in once more without it.
    """
    refused: dict[int, str] = {}
    while True:
        attempt, sums = taking.connection.begin_nested(), sealing.mark(taking.connection)
        outcome = _take_records_but(taking, page, fresh, refused)
        if not outcome.refused:
            attempt.commit()
            outcome.refused = refused
            return outcome
        attempt.rollback()
        sealing.back_to(taking.connection, sums)
        refused |= outcome.refused


def _take_records_but(taking: Taking, page: PageToCommit, fresh: set[int] | None, refused: Collection[int]) -> Outcome:
    """One try, without the records of units in `refused`; mere mentions of an account are taken all the same."""
    outcome = Outcome()
    new: list[Batch] = []
    changed: list[Batch] = []
    again: set[int] = set()
    if fresh is not None:
        known = {page.unit_ids[place] or 0 for place in page.taken if place not in fresh and place not in page.refused}
        again = known.difference(refused)
    for kind, places, values in page.batches:
        stubs = values.get("stub") or [False] * len(places)
        wanted: Sequence[int] = range(len(places))
        if refused:
            wanted = [i for i, place in enumerate(places) if stubs[i] or page.unit_ids[place] not in refused]
        if not again and len(wanted) == len(places):
            new.append(Batch(kind, [page.unit_ids[place] or 0 for place in places], values))
            continue
        for chosen, into in ((True, new), (False, changed)):
            picks = [i for i in wanted if (fresh is None or places[i] in fresh) is chosen]
            if picks:
                part = {name: [column[i] for i in picks] for name, column in values.items()}
                into.append(Batch(kind, [page.unit_ids[places[i]] or 0 for i in picks], part))
    if again:
        take_changed(taking, changed, again, outcome)
    take_new(taking, new, outcome)
    return outcome


def _refuse_conflicts(page: PageToCommit, outcome: Outcome) -> None:
    """Units whose key was taken join the refused ones; their text is found through their place in the evidence."""
    by_id = {page.unit_ids[place]: place for place in page.taken} if outcome.refused else {}
    for unit, what in outcome.refused.items():
        place = by_id[unit]
        page.refused[place] = Refusal(
            code="HUB-REC-002",
            place=f"{page.origin} (record {place + 1} of page {page.ordinal + 1})",
            what=what,
            mend="correct the number in one of the two, or discard this one: hub held discard ID --reason …",
            excerpt=page.refs[page.taken.index(place)],
        )


def _count(page: PageToCommit, again: list[int], outcome: Outcome, counts: Counts) -> None:
    """What became of the units taken; `again`: places of those that are not new."""
    counts.held += sum(refusal.lines for refusal in page.refused.values())
    counts.new += len(page.taken) - len(again) - len(page.refused.keys() - set(again))
    for place in again:
        if place in page.refused:
            continue
        unit = page.unit_ids[place]
        if unit in outcome.changed or unit in outcome.inserted:
            counts.changed += 1
        else:
            counts.same += 1
