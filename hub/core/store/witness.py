"""What the journal says about the tables, held against them: `hub verify` names what was changed behind its back.

Units that are gone or in a state that nobody gave them, pages whose digests are not those that were read, rows of the
history that were changed or removed, rules that the data base no longer keeps.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from hub.core.store import receipts, sealing, triggers
from hub.core.store import tables as t
from hub.core.store.idranges import from_ranges, ranges
from hub.core.store.record_tables import RECORD_TABLES

#: States by number, as they are kept while the journal is gone through; 0: not told, 1: told without the state.
_STATES = ("", "?", "mapped", "held", "discarded", "withdrawn", "settled")
_UNTOLD, _UNCLEAR = 0, 1
#: Acts whose entries name units.
_PAGE, _LOST = "sync-page", ("settled", "withdrawn")


@dataclass(slots=True)
class Told:
    """What the journal tells of units and history.

    Attributes:
        states: by unit id, the number of its state after its last entry.
        pages: by evidence: units and the digest over their digests.
        past: by instant: how many rows were superseded, and the sum of their digests.
        vague: instants with entries of a hub that did not write these things yet.
    """

    states: bytearray = field(default_factory=bytearray)
    pages: dict[int, tuple[str, str]] = field(default_factory=dict)
    past: dict[int, tuple[int, int]] = field(default_factory=dict)
    vague: set[int] = field(default_factory=set)

    def put(self, unit_ids: list[int], state: int) -> None:
        """These units are in that state from now on."""
        highest = max(unit_ids, default=0)
        if highest >= len(self.states):
            self.states.extend(bytes(highest + 1 - len(self.states)))
        for unit in unit_ids:
            self.states[unit] = state

    def hear(self, at: int, act: str, said: Mapping[str, Any]) -> None:
        """One entry of the journal, in order."""
        if act == _PAGE:
            self.put(from_ranges(said["units"]), _STATES.index("mapped") if "evidence" in said else _UNCLEAR)
            if "evidence" in said:
                self.pages[said["evidence"]] = (said["units"], said["digest"])
        if (act == _PAGE and "evidence" not in said) or (act in (*_LOST, "map-again") and "states" not in said):
            self.vague.add(at)
            units = said.get("units", "")
            self.put(from_ranges(units) if isinstance(units, str) else [u for u in units if u != "…"], _UNCLEAR)
        for state, units in said.get("states", {}).items():
            self.put(from_ranges(units), _STATES.index(state))
        if "past" in said:
            rows, digest = self.past.get(at, (0, 0))
            self.past[at] = (rows + said["past"][0], (digest + int(said["past"][1], 16)) % (1 << 128))


def told(connection: sa.Connection) -> Told:
    """The whole journal, gone through once."""
    columns = [t.journal.c[name] for name in ("recorded_at", "act", "payload")]
    rows = connection.execute(sa.select(*columns).order_by(t.journal.c.id).execution_options(stream_results=True))
    found = Told()
    for at, act, payload in rows:
        found.hear(at, act, json.loads(payload))
    return found


def contradictions(connection: sa.Connection) -> Iterator[str]:
    """Everything in which the tables differ from what the journal tells of them."""
    said = told(connection)
    salt = connection.execute(sa.select(t.meta.c.value).where(t.meta.c.name == "salt")).scalar() or ""
    yield from _units(connection, said)
    yield from _pages(connection, said, bytes.fromhex(salt))
    yield from _history(connection, said, bytes.fromhex(salt))
    yield from _returns(connection, bytes.fromhex(salt))
    if rules := triggers.missing(connection):
        yield f"rules of the data base are missing or were changed: {', '.join(rules)}"


def _units(connection: sa.Connection, said: Told) -> Iterator[str]:
    """Raw units: each that the journal names is there, in the state it was given, and no other."""
    unit = t.raw_unit
    left = bytearray(said.states)
    unknown: list[int] = []
    rows = connection.execute(
        sa.select(unit.c.id, unit.c.state, unit.c.recorded_at).execution_options(stream_results=True)
    )
    for number, state, at in rows:
        expected = said.states[number] if number < len(said.states) else _UNTOLD
        if expected == _UNTOLD:
            unknown.append(number)
        elif expected != _UNCLEAR and _STATES[expected] != state and at not in said.vague:
            yield f"raw unit {number} is {state}, the journal says {_STATES[expected]}"
        if number < len(left):
            left[number] = _UNTOLD
    if unknown:
        yield f"raw unit {ranges(sorted(unknown))}: the journal does not know it"
    gone = [number for number, state in enumerate(left) if state]
    if gone:
        yield f"raw unit {ranges(gone)}: gone, the journal has it"


def _pages(connection: sa.Connection, said: Told, salt: bytes) -> Iterator[str]:
    """The digests of each page's units, of what stands and of what was superseded, give the journal's digest."""
    old: dict[int, dict[int, tuple[int, bytes]]] = {}
    past, unit = t.raw_unit_history, t.raw_unit
    for row in connection.execute(sa.select(past.c.evidence_id, past.c.position, past.c.unit_id, past.c.digest)):
        old.setdefault(row.evidence_id, {})[row.position] = (row.unit_id, bytes(row.digest))
    rows = connection.execute(
        sa.select(unit.c.evidence_id, unit.c.position, unit.c.id, unit.c.digest)
        .order_by(unit.c.evidence_id)
        .execution_options(stream_results=True)
    )
    left = dict(said.pages)
    for evidence, group in groupby(rows, key=lambda row: int(row.evidence_id)):
        found = old.pop(evidence, {}) | {row.position: (row.id, bytes(row.digest)) for row in group}
        yield from _page(evidence, found, left.pop(evidence, None), salt)
    for evidence in sorted(left):
        yield from _page(evidence, old.get(evidence, {}), left[evidence], salt)


def _page(
    evidence: int, found: dict[int, tuple[int, bytes]], said: tuple[str, str] | None, salt: bytes
) -> Iterator[str]:
    if said is None:
        return  # of a hub that did not name the evidence; its units are looked at one by one
    digest = hmac.new(salt, b"".join(found[place][1] for place in sorted(found)), hashlib.sha256).hexdigest()
    if digest != said[1] or sorted(number for number, _ in found.values()) != from_ranges(said[0]):
        yield f"the page of evidence {evidence} (raw units {said[0]}) is not what the journal says was read"


def _history(connection: sa.Connection, said: Told, salt: bytes) -> Iterator[str]:
    """Superseded rows, added up by the instant at which they were superseded."""
    sums: dict[int, tuple[int, int]] = {}
    for table in (t.raw_unit_history, *(table.history for table in RECORD_TABLES.values())):
        for row in connection.execute(sa.select(table).execution_options(stream_results=True)):
            rows, digest = sums.get(row.superseded_at, (0, 0))
            sums[row.superseded_at] = (rows + 1, (digest + sealing.digest_of(salt, table.name, row)) % (1 << 128))
    for at in sorted({*sums, *said.past} - said.vague):
        there, expected = sums.get(at, (0, 0)), said.past.get(at, (0, 0))
        if there[0] != expected[0]:
            yield f"history: {there[0]} rows were superseded at instant {at}, the journal says {expected[0]}"
        elif there[1] != expected[1]:
            yield f"history: the rows superseded at instant {at} are not what the journal says"


def _returns(connection: sa.Connection, salt: bytes) -> Iterator[str]:
    """Receipts that the bank took back: as noted, none missing, none added."""
    acts = connection.execute(
        sa.select(t.journal.c.payload).where(t.journal.c.act == "return").order_by(t.journal.c.id)
    ).scalars()
    known: set[int] = set()
    for payload in acts:
        said = json.loads(payload)
        known.update(said["ids"])
        rows = receipts.returns_by_receipt(connection, said["ids"])
        complete = len(rows) == len(said["ids"]) and "digest" in said
        if complete and receipts.returns_digest(salt, rows) != said["digest"]:
            yield f"receipt return {_some(said['ids'])}: not what the journal says"
    there = set(connection.execute(sa.select(t.receipt_return.c.receipt_id)).scalars())
    if known - there:
        yield f"receipt return {_some(sorted(known - there))}: gone, the journal has it"
    if there - known:
        yield f"receipt return {_some(sorted(there - known))}: the journal does not know it"


def _some(ids: list[int]) -> str:
    shown = ", ".join(map(str, ids[:5]))
    return shown if len(ids) <= 5 else f"{shown}, … ({len(ids)})"
