"""Statuses « encaissée »: what was received on each electronic invoice, by VAT rate, prepared once as a file.

Nothing is sent: the platform (plateforme agréée) is not connected. How a status is corrected is not settled by the
sources we have, so none is ever corrected here: those whose allocation was reversed are listed for a person.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path

from hub.core.host.reporting import Asked, Reported, Reporter
from hub.core.services.desk import Desk, books_of
from hub.core.services.files import whole_file
from hub.core.store import Connection, UnitOfWork
from hub.core.store import collected as store
from hub.core.store.collected import Due, Status
from hub.core.store.reading import connector_keys
from hub.sdk.errors import HubError, RecordRejected
from hub.sdk.reporting import Collection

OpenReporter = Callable[[], AbstractContextManager[Reporter]]


@dataclass(slots=True)
class Prepared:
    """What a run came to: how many statuses are new, and the collections of which none can be made, with the reason."""

    new: int = 0
    refused: list[tuple[Due, HubError]] = field(default_factory=list)


def standing_statuses(connection: Connection, due: Sequence[Due]) -> tuple[list[Status], list[Status], set[int]]:
    """Statuses whose money still is applied so, statuses that a person has to correct, and the allocations of `due`
    that a status tells already.

    An allocation that went over to another receipt of the same sum (`moved_from` in its evidence), or that was made
    again of the same receipt, for the same invoice and amount, is what its status says: it gets no second one.
    """
    known = store.statuses(connection)
    told = {one.allocation_id for one in known}
    covered = {one.allocation_id for one in due} & told
    again: dict[tuple[int, int], list[Due]] = defaultdict(list)
    for one in due:
        if one.allocation_id not in told:
            again[one.invoice_row, one.amount_minor].append(one)
    right, wrong = [], []
    for status in known:
        if status.gone is None:
            right.append(status)
            continue
        heir = next((one for one in again[status.invoice_row, status.amount_minor] if _same_money(status, one)), None)
        if heir is None:
            wrong.append(status)
        else:
            again[status.invoice_row, status.amount_minor].remove(heir)
            covered.add(heir.allocation_id)
            right.append(status)
    return right, wrong, covered


def _same_money(status: Status, one: Due) -> bool:
    if status.receipt_row == one.receipt_row:
        return True
    moved = json.loads(one.evidence).get("moved_from") or {}
    return bool(moved.get("receipt") == status.receipt_id)


def prepare(desk: Desk, reporters: Mapping[str, OpenReporter]) -> Prepared:
    """Prepare the status of every collection that has none yet, in one transaction.

    Args:
        reporters: connectors that play `CollectionReports`, by key.

    Raises:
        NotAllowed: there is something to prepare, and who asks is no controller of these sellers.
        HubError: something changed at the same instant; nothing was prepared.
    """
    result = Prepared()
    with desk.store.read() as connection:
        ids = {number: key for number, key in connector_keys(connection).items() if key in reporters}
        due = store.due(connection, list(ids), books_of(desk, connection))
        _, _, covered = standing_statuses(connection, due)
        new = [one for one in due if one.allocation_id not in covered]
        blobs = {one.evidence_id: store.evidence_body(connection, one.evidence_id) for one in new}
    made: list[tuple[Due, Reported]] = []
    for connector, key in sorted(ids.items()):
        mine = [one for one in new if one.connector_id == connector]
        if mine:
            with reporters[key]() as reporter:
                _ask(desk, reporter, mine, blobs, made, result)
    if made:
        sellers = {one.seller for one, _ in made}
        rows = [(one.allocation_id, one.connector_id, said.plain, said.message) for one, said in made]

        def work(unit: UnitOfWork) -> None:
            store.add_statuses(unit, rows)

        desk.act(work, sellers=lambda _: sellers)
    result.new = len(made)
    result.refused.sort(key=lambda pair: pair[0].allocation_id)
    return result


def _ask(
    desk: Desk,
    reporter: Reporter,
    due: Sequence[Due],
    blobs: Mapping[int, bytes | None],
    made: list[tuple[Due, Reported]],
    result: Prepared,
) -> None:
    by_evidence: dict[int, list[Due]] = defaultdict(list)
    for one in due:
        by_evidence[one.evidence_id].append(one)
    for evidence_id, ones in sorted(by_evidence.items()):
        blob = blobs[evidence_id]
        if blob is None:
            result.refused += [(one, _deleted(one)) for one in ones]
            continue
        asked = [Asked(one.position, _collection(one)) for one in ones]
        answers = reporter.collected(blob, asked, desk.clock.now())
        for one in ones:
            answer = answers[str(one.allocation_id)]
            if isinstance(answer, HubError):
                result.refused.append((one, answer))
            else:
                made.append((one, answer))


def _collection(one: Due) -> Collection:
    return Collection(str(one.allocation_id), one.receipt_id, one.received_on, one.amount_minor, one.currency)


def _deleted(one: Due) -> RecordRejected:
    return RecordRejected(
        code="HUB-EXP-007",
        what="the e-invoice itself was deleted by policy: its amounts by rate are not known any more",
        where=one.invoice_number,
        mend="report this receipt on your platform by hand",
    )


def write_messages(desk: Desk, folder: Path) -> int:
    """Write the XML of every status that stands into `folder`, a file each; files that are there stay. Returns how many
    are new."""
    with desk.store.read() as connection:
        known = {one.allocation_id: one for one in store.statuses(connection) if one.gone is None}
        bodies = store.messages(connection, list(known))
    written = 0
    for allocation, body in sorted(bodies.items()):
        number = "".join(c if c.isalnum() else "-" for c in known[allocation].invoice_number)[:60]
        path = folder / f"212-{number}-{allocation}.xml"
        if not path.exists():
            with whole_file(path) as beside:
                beside.write_bytes(body)
            written += 1
    return written
