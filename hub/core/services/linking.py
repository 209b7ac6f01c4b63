"""Links between sightings of one sum, written: what is applied of the echo goes over to the receipt that counts."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from hub.core.identity.sightings import Found
from hub.core.store import UnitOfWork
from hub.core.store import sightings as store
from hub.core.store.allocations import COUNTED_AS, SOURCE_WITHDREW, UNLINKED, NewAllocation, add_allocations, reverse
from hub.core.store.sightings import NewLink
from hub.core.store.spent import used_by


def name_of(found: Found) -> str:
    """A short name of one way to link: the same way has the same name each time."""
    return "S" + hashlib.sha256(json.dumps([found.whole, found.parts]).encode()).hexdigest()[:10]


class Linked(NamedTuple):
    """What became of links that were found: written, left for a person, and how many allocations went over."""

    certain: list[Found]
    doubtful: list[Found]
    moved: int


def write_links(unit: UnitOfWork, found: Sequence[Found]) -> Linked:
    """Write links that are certain, unless a person applied money of an echo where its carrier has no room: then a
    person decides."""
    ends = [one.whole for one in found] + [part for one in found for part, _ in one.parts]
    facts = store.receipt_facts(unit.connection, ends)
    standing: dict[int, list[Any]] = defaultdict(list)
    for row in store.allocations_of(unit.connection, ends):
        standing[row.receipt_id].append(row)
    certain: list[Found] = []
    doubtful: list[Found] = []
    moved = 0
    for one in found:
        mine = standing.get(one.whole, [])
        if not mine:
            certain.append(one)
        elif len(one.parts) == 1 and has_room(mine, standing.get(one.parts[0][0], []), facts[one.parts[0][0]]):
            moved += move(unit, mine, facts[one.whole], facts[one.parts[0][0]])
            certain.append(one)
        else:  # a person applied money of it otherwise: a person decides
            doubtful.append(one)
    store.add_links(unit, [new_link(one, facts[one.whole].currency, "auto") for one in certain])
    return Linked(certain, doubtful, moved)


def has_room(mine: Sequence[Any], theirs: Sequence[Any], carrier: Any) -> bool:
    """True when the carrier has room for the echo's allocations, or nothing stands in the way but what the hub did by
    itself: that is taken back, the same money was counted twice."""
    room = carrier.amount_minor - _used(theirs)
    wanted = _used(mine)
    return bool(wanted <= room or all(row.origin == "auto" for row in mine))


def _used(lines: Sequence[Any]) -> int:
    """What allocation lines use up of their receipt, in its currency."""
    return sum(used_by(line) for line in lines if line.nature == "money")


def move(unit: UnitOfWork, mine: Sequence[Any], echo: Any, carrier: Any, *, back: bool = False) -> int:
    """The echo's allocations go over to the carrier, as far as it has room; returns how many lines did. `back`: they
    return to where they were, since the link does not stand any more."""
    reverse(unit, [row.id for row in mine], f"{COUNTED_AS}{carrier.receipt_id}")
    theirs = store.allocations_of(unit.connection, [carrier.id])
    if _used(mine) > carrier.amount_minor - _used(theirs):
        return 0
    add_allocations(unit, [_moved(row, echo, carrier, back=back) for row in mine])
    return len(mine)


def move_back(unit: UnitOfWork, echo: int, carrier: int, since: int) -> None:
    """What went over from `echo` to `carrier` with a link that does not stand any more goes back.

    What the hub applied of the carrier by itself since the link was made (the instant `since`) is taken back: the echo
    had a say in it, and the carrier is judged alone now. When the source withdrew the echo, what the hub applied of
    that by itself is taken back too. What a person decided stays with the money that is left.
    """
    facts = store.receipt_facts(unit.connection, [echo, carrier])
    mine, alone = [], []
    for line in store.allocations_of(unit.connection, [carrier]):
        moved = json.loads(line.evidence).get("moved_from") or {}
        if moved.get("receipt") == facts[echo].receipt_id:
            mine.append(line)
        elif line.origin == "auto" and line.recorded_at >= since:
            alone.append(line.id)
    if alone:
        reverse(unit, alone, UNLINKED)
    if facts[echo].withdrawn_at is not None:
        gone = [line.id for line in mine if line.origin == "auto"]
        if gone:
            reverse(unit, gone, SOURCE_WITHDREW)
    elif mine:
        move(unit, mine, facts[carrier], facts[echo], back=True)


def _moved(row: Any, echo: Any, carrier: Any, *, back: bool) -> NewAllocation:
    evidence = json.loads(row.evidence)
    evidence["moved_from"] = {
        "allocation": row.id, "receipt": echo.receipt_id, "received_on": echo.received_on.isoformat(),
        "amount_minor": echo.amount_minor, "currency": echo.currency, "back": back,
    }  # fmt: skip
    return NewAllocation(
        proposal=row.proposal, receipt_id=carrier.id, invoice_id=row.invoice_id, nature=row.nature,
        amount_minor=row.amount_minor, currency=row.currency, origin=row.origin, rule=row.rule, reason=row.reason,
        confidence_ppm=row.confidence_ppm, evidence=as_text(evidence), books_settled_minor=row.books_settled_minor,
        effective_on=carrier.received_on, used_minor=row.used_minor,
    )  # fmt: skip


def as_text(evidence: Mapping[str, Any]) -> str:
    """Evidence as it is stored."""
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True)


def new_link(found: Found, currency: str, origin: str) -> NewLink:
    """A link to write, of what was found; `origin` is auto or confirmed."""
    return NewLink(
        name=name_of(found), echo=found.whole, parts=found.parts, currency=currency, origin=origin, rule=found.rule,
        confidence_ppm=found.confidence_ppm, evidence=as_text(found.evidence),
    )  # fmt: skip
