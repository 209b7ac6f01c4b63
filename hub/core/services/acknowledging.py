"""After the books were read to the end: which postings they have by now, and the links that count each sum once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from hub.core.host.writing import Writer
from hub.core.identity.sightings import Found
from hub.core.services.batches import OpenWriter
from hub.core.services.linking import write_links
from hub.core.store import Store, UnitOfWork, acknowledged, batches, sightings
from hub.core.store.batches import PostingRow
from hub.core.store.reading import connector_keys

#: Receipts told to a connector at a time.
AT_A_TIME = 5_000
CERTAIN_PPM = 1_000_000


def acknowledge(store: Store, key: str, open_writer: OpenWriter, actor: str) -> int:
    """Ask the connector `key` which postings are among the entries that came since it was last asked, note them and
    link them; returns how many postings were found.

    Nothing is asked when it has no batch, or no new entry. An entry that could not be linked before (imported twice,
    of another amount) is linked once that was mended in the books.
    """
    with store.read() as connection:
        connector = next((number for number, name in connector_keys(connection).items() if name == key), None)
        after = None if connector is None else acknowledged.looked_through(connection, connector)
        if connector is None or after is None:
            return 0
        entries = acknowledged.newer_entries(connection, connector, after)
        waiting = acknowledged.unlinked(connection, connector)
        if not entries and not waiting:
            return 0
        rows = batches.batches(connection, connector=connector)
        handed = batches.postings_of(connection, [row.id for row in rows])
    numbers = {row.id: row.number for row in rows}
    pairs: list[tuple[int, int]] = []
    if entries:
        with open_writer() as writer:
            pairs = _found(writer, handed, entries)
    through = max((row.recorded_at for row in entries), default=after)

    def work(unit: UnitOfWork) -> int:
        if entries:
            acknowledged.acknowledge(unit, connector, pairs, through)
        wanted = waiting | {posting for posting, _ in pairs}
        touched = sorted({one.batch_id for one in handed if one.id in wanted})
        now = [one for one in batches.postings_of(unit.connection, touched) if one.id in wanted]
        links = _links(unit, connector, now, numbers)
        if links:
            write_links(unit, links)
        return len({posting for posting, _ in pairs})

    return store.again(actor, work)


def _found(writer: Writer, handed: Sequence[PostingRow], entries: Sequence[Any]) -> list[tuple[int, int]]:
    """(posting, entry) pairs: the entry bears the posting's reference."""
    references = {str(one.id): one.reference for one in handed}
    pairs: list[tuple[int, int]] = []
    for start in range(0, len(entries), AT_A_TIME):
        page = entries[start : start + AT_A_TIME]
        ids = {row.source_key: row.id for row in page}
        found = writer.acknowledged(references, acknowledged.as_columns(page))
        pairs += [(int(posting), ids[key]) for posting, keys in found.items() for key in keys]
    return pairs


def _links(unit: UnitOfWork, connector: int, touched: Sequence[PostingRow], numbers: dict[int, int]) -> list[Found]:
    """Links of entries to the receipt that they book, where they add up to it and nothing else is linked to it; pairs
    that a person set apart stay apart."""
    apart = sightings.apart(unit.connection)
    taken, given = _linked(unit, connector, {posting.receipt_row for posting in touched})
    found: list[Found] = []
    for posting in touched:
        if posting.receipt_row in given:
            continue
        mine = posting.standing()
        free = [entry for entry in mine if entry.linked_to is None and (entry.id, posting.receipt_row) not in apart]
        wanted = sum(entry.amount_minor for entry in free)
        if posting.had_minor() != posting.amount_minor or taken[posting.receipt_row] + wanted > posting.amount_minor:
            continue
        taken[posting.receipt_row] += wanted
        evidence = {"reference": posting.reference, "batch": numbers[posting.batch_id]}
        found += [
            Found(entry.id, ((posting.receipt_row, entry.amount_minor),), sightings.POSTING, CERTAIN_PPM, evidence)
            for entry in free
        ]
    return found


def _linked(unit: UnitOfWork, connector: int, receipts: set[int]) -> tuple[dict[int, int], set[int]]:
    """What these receipts carry of the connector's entries already, in minor units; and those that are themselves
    counted as other receipts."""
    links = sightings.links(unit.connection)
    facts = sightings.receipt_facts(unit.connection, [link.echo for link in links if link.carrier in receipts])
    taken: dict[int, int] = defaultdict(int)
    for link in links:
        if link.carrier in receipts and facts[link.echo].connector_id == connector:
            taken[link.carrier] += link.amount_minor
    return taken, {link.echo for link in links} & receipts
