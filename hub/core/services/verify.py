"""`hub verify`: recompute what can be recomputed and name every difference. Nothing is corrected."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from typing import Any

from hub.core.host.answers import MAPPED
from hub.core.host.evidence import digests_of, unpack
from hub.core.host.process import ConnectorProcess, Start, named
from hub.core.services.desk import Desk
from hub.core.services.ledger import view_in
from hub.core.store import Connection, journal, units, verifying, verifying_identity, verifying_outgoing, witness
from hub.core.store.record_tables import table_of
from hub.core.store.units import StoredPage
from hub.sdk.columns import validate_columns
from hub.sdk.errors import HubError

#: Differences named in full; beyond that they are only counted.
NAMED = 20


@dataclass(slots=True)
class Verification:
    """What was recomputed and what differs. Sound when `differences` is empty."""

    units: int = 0
    records: int = 0
    journal_entries: int = 0
    open_minor: dict[str, int] = field(default_factory=dict)
    gap_minor: dict[str, int] = field(default_factory=dict)
    differences: list[str] = field(default_factory=list)
    more: int = 0
    not_checked: list[str] = field(default_factory=list)

    def differs(self, what: str) -> None:
        """Note a difference."""
        if len(self.differences) < NAMED:
            self.differences.append(what)
        else:
            self.more += 1


def verify(
    desk: Desk, starts: Sequence[tuple[str, Start]], progress: Callable[[int], None] | None = None
) -> Verification:
    """Recompute the journal's chains, the evidence's digests, every record from its raw unit, and the open amounts.

    Args:
        starts: connector keys and how to start them: units are mapped again in their connector's own process.
        progress: called with the number of units done so far.
    """
    result = Verification()
    with desk.store.read() as connection:
        result.journal_entries = verifying.journal_entries(connection)
        for broken in journal.breaks(connection):
            result.differs(f"journal {broken.chain} entry {broken.sequence}: {broken.why}")
        for what in [
            *verifying.unjournalled(connection),
            *verifying.overdrawn(connection),
            *verifying.orphans(connection),
            *witness.contradictions(connection),
            *verifying_identity.unsound(connection),
            *verifying_outgoing.unsound(connection),
        ]:
            result.differs(what)
        known = dict(starts)
        for stream in verifying.streams(connection):
            if stream.connector not in known:
                result.not_checked.append(f"{stream.connector}/{stream.name}: not configured any more")
                continue
            try:
                with ConnectorProcess(known[stream.connector]) as process:
                    stale = verifying.last_good(connection, stream.id)
                    for page in units.stored_pages(connection, stream.id):
                        _page(connection, process, stream, page, result, stale.keys())
                        if progress:
                            progress(result.units)
                    for page in verifying.good_pages(connection, stale):
                        if set(page.mapping_ids) <= {stream.mapping_id}:
                            _page(connection, process, stream, page, result)
                        else:
                            where = f"{stream.connector}/{stream.name} {page.origin}"
                            result.not_checked.append(f"{where}: its records stand as former settings gave them")
            except HubError as error:  # a broken connector does not keep the others from being checked
                result.not_checked.append(f"{stream.connector}/{stream.name}: {named(error, known[stream.connector])}")
        _open_amounts(desk, connection, result)
    return result


def _page(
    connection: Connection,
    process: ConnectorProcess,
    stream: verifying.StreamName,
    page: StoredPage,
    result: Verification,
    stale: Container[int] = (),
) -> None:
    """One piece of evidence: its digest, its units' digests, and their records mapped again.

    `stale`: units whose records stand on an older version, which is looked at by itself.
    """
    where = f"{stream.connector}/{stream.name} {page.origin}"
    if page.blob is None:
        result.not_checked.append(f"{where}: evidence was deleted by policy")
        return
    if hashlib.sha256(page.blob).digest() != verifying.evidence_digest(connection, page.evidence_id):
        result.differs(f"{where}: the evidence does not give its digest")
        return
    all_units = unpack(page.blob)
    if max(page.positions, default=-1) >= len(all_units):
        result.differs(f"{where}: the evidence does not have all the units that rest on it")
        return
    chosen = [all_units[position] for position in page.positions]
    for index, digest in enumerate(digests_of(chosen)):
        again = f" (again {digest.hex()[:12]})"
        if digest != page.digests[index] or page.refs[index] not in (chosen[index].ref, chosen[index].ref + again):
            result.differs(f"{where}: unit {page.refs[index]!r} is not what was read")
    request = {"op": "map_stored", "stream": stream.name, "places": page.positions}
    answer, _ = process.ask(request, page.blob, form=MAPPED)
    result.units += len(chosen)
    _records(connection, page, answer, where, result, stale)


def _records(
    connection: Connection,
    page: StoredPage,
    answer: dict[str, Any],
    where: str,
    result: Verification,
    stale: Container[int],
) -> None:
    mapped = {index for index, state in enumerate(page.states) if state == "mapped"}
    given: Counter[tuple[str, int]] = Counter()
    for column in answer["columns"]:
        values, faults = validate_columns(column["kind"], len(column["unit"]), column["values"])
        keep = [i for i, index in enumerate(column["unit"]) if index in mapped and i not in faults]
        chosen = {name: [entries[i] for i in keep] for name, entries in values.items()}
        unit_ids = [page.unit_ids[column["unit"][i]] for i in keep]
        result.records += len(keep)
        given.update((table_of(column["kind"]).name, unit) for unit in unit_ids)
        for what in verifying.compare_records(connection, column["kind"], unit_ids, chosen):
            result.differs(f"{where}: {what}")
    for what in verifying.surplus_records(
        connection, sorted(unit for unit in page.unit_ids if unit not in stale), given
    ):
        result.differs(f"{where}: {what}")


def _open_amounts(desk: Desk, connection: Connection, result: Verification) -> None:
    """Open amounts computed twice: by the ledger room from columns, and by plain sums in the data base."""
    view = view_in(desk, connection)
    for item in view.ledger.items:
        signed = item.open_minor
        result.open_minor[item.currency] = result.open_minor.get(item.currency, 0) + signed
    plain = verifying.open_by_sums(connection, view.books, view.as_of)
    for currency in sorted({*result.open_minor, *plain}):
        gap = result.open_minor.get(currency, 0) - plain.get(currency, 0)
        result.gap_minor[currency] = gap
        if gap:
            result.differs(
                f"open items in {currency}: the ledger and the sums of the data base differ by {gap} minor units"
            )
