"""The work of a person on sightings of one sum: look at links and suggestions, confirm, link, unlink."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hub.core.identity.sightings import Found
from hub.core.services.desk import Desk, books_of
from hub.core.services.linking import has_room, move, move_back, name_of, new_link
from hub.core.store import Connection, UnitOfWork
from hub.core.store import sightings as store
from hub.core.store.sightings import LinkRow
from hub.sdk.errors import HubError

#: A person's own link; stored, never respelt.
BY_PERSON = "person"


def list_sightings(desk: Desk, *, statuses: Sequence[str] = ()) -> list[LinkRow]:
    """Links in order of recording, then suggestions; all statuses unless some are named."""
    with desk.store.read() as connection:
        rows = store.link_rows(connection) + store.suggestion_rows(connection)
    return [row for row in rows if not statuses or row.status in statuses]


def confirm(desk: Desk, name: str) -> list[LinkRow]:
    """Link a suggestion, as a person's decision.

    Raises:
        HubError: no suggestion has that name, or money of the receipt is applied otherwise.
    """

    def work(unit: UnitOfWork) -> list[LinkRow]:
        chosen = [row for row in store.suggestion_rows(unit.connection) if row.name == name]
        if not chosen:
            raise _unknown(name)
        first = chosen[0]
        parts = tuple((row.carrier_row, row.amount_minor) for row in chosen)
        found = Found(first.receipt_row, parts, first.rule, 1_000_000, json.loads(first.evidence))
        _link(unit, found)
        return chosen

    return desk.act(work)


def link(desk: Desk, first: str, second: str, reason: str) -> list[LinkRow]:
    """Say that two receipts are one sum, or that one is part of the other; the names are ids or ``connector:id``.

    Of two equal amounts the entry of the books gives way to the bank's; else the larger one holds the smaller.

    Raises:
        HubError: a name means no receipt, or several; the two cannot be one sum.
    """

    def work(unit: UnitOfWork) -> list[LinkRow]:
        books = set(books_of(desk, unit.connection).values())
        ends = [_receipt(unit.connection, name) for name in (first, second)]
        echo, carrier = _direction(ends[0], ends[1], books)
        if echo.currency != carrier.currency or echo.id == carrier.id:
            raise HubError(
                code="HUB-BOOK-002",
                what=f"{first} and {second} are the same receipt, or in two currencies: they are no one sum",
                where=f"{first} {second}",
                mend="name two receipts in one currency",
            )
        carried = [one for one in store.links(unit.connection) if one.echo == echo.id]
        left = echo.amount_minor - sum(one.amount_minor for one in carried)
        amount = min(left, carrier.amount_minor)
        if amount <= 0 or _reaches(unit.connection, carrier.id, echo.id):
            raise HubError(
                code="HUB-BOOK-003",
                what=f"the link was refused: receipt {echo.receipt} is counted elsewhere already",
                where=f"{first} {second}",
                mend="look at hub sightings list; unlink the other one first",
            )
        found = Found(echo.id, ((carrier.id, amount),), BY_PERSON, 1_000_000, {"reason": reason})
        _link(unit, found)
        return [row for row in store.link_rows(unit.connection) if row.name == name_of(found)][-1:]

    return desk.act(work)


@dataclass(frozen=True, slots=True)
class _End:
    id: int
    connector: int
    receipt: str
    amount_minor: int
    currency: str


def _receipt(connection: Connection, name: str) -> _End:
    connector, _, rest = name.partition(":")
    rows = store.receipts_called(connection, name)
    if not rows and rest:
        rows = [row for row in store.receipts_called(connection, rest) if row.connector == connector]
    if len(rows) != 1:
        known = ", ".join(f"{row.connector}:{rest or name}" for row in rows)
        raise HubError(
            code="HUB-BOOK-001",
            what=f"several receipts are called {name!r}: {known}" if rows else f"no receipt is called {name!r}",
            where=name,
            mend="write connector:receipt; the ids stand in hub export receipts",
        )
    row = rows[0]
    return _End(row.id, row.connector_id, name, row.amount_minor, row.currency)


def _direction(first: _End, second: _End, books: set[int]) -> tuple[_End, _End]:
    """(echo, carrier)."""
    if first.amount_minor != second.amount_minor:
        return (first, second) if first.amount_minor > second.amount_minor else (second, first)
    if (first.connector in books) != (second.connector in books):
        return (first, second) if first.connector in books else (second, first)
    return (first, second) if first.id > second.id else (second, first)


def _reaches(connection: Connection, start: int, goal: int) -> bool:
    """True when money of `start` is counted, over whatever links, as `goal`: linking back would make a circle."""
    onward: dict[int, list[int]] = defaultdict(list)
    for one in store.links(connection):
        onward[one.echo].append(one.carrier)
    waiting, met = [start], set()
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        if at not in met:
            met.add(at)
            waiting += onward[at]
    return False


def _link(unit: UnitOfWork, found: Found) -> None:
    """A person's link: what is applied of the echo goes over to a single carrier, if it has room."""
    facts = store.receipt_facts(unit.connection, [found.whole, *(part for part, _ in found.parts)])
    mine = store.allocations_of(unit.connection, [found.whole])
    if mine and len(found.parts) == 1 and found.parts[0][1] == facts[found.whole].amount_minor:
        carrier = facts[found.parts[0][0]]
        if has_room(mine, store.allocations_of(unit.connection, [carrier.id]), carrier):
            move(unit, mine, facts[found.whole], carrier)
    link_ = new_link(found, facts[found.whole].currency, "confirmed")
    store.add_links(unit, [link_])
    waiting = {row.name: row for row in store.suggestion_rows(unit.connection)}
    used = {found.whole, *(part for part, _ in found.parts)}
    _keep_suggestions(unit, [name for name, row in waiting.items() if not {row.receipt_row, row.carrier_row} & used])


def _keep_suggestions(unit: UnitOfWork, names: Iterable[str]) -> None:
    kept = set(names)
    grouped: dict[str, list[LinkRow]] = defaultdict(list)
    for row in store.suggestion_rows(unit.connection):
        if row.name in kept:
            grouped[row.name].append(row)
    store.replace_suggestions(
        unit,
        [
            (
                name, rows[0].receipt_row, rows[0].rule, rows[0].confidence_ppm,
                json.dumps([(row.carrier_row, row.amount_minor) for row in rows]), rows[0].evidence,
            )
            for name, rows in grouped.items()
        ],
    )  # fmt: skip


def unlink(desk: Desk, name: str, reason: str) -> list[LinkRow]:
    """Say that a link or a suggestion is wrong: its receipts are different sums, and stay so until a person links them.

    Allocations that went over with the link go back to where they were made, if they still stand.

    Raises:
        HubError: no link that stands, and no suggestion, has that name.
    """

    def work(unit: UnitOfWork) -> list[LinkRow]:
        rows = [*store.link_rows(unit.connection), *store.suggestion_rows(unit.connection)]
        chosen = [row for row in rows if row.name == name and row.status != "reversed"]
        if not chosen:
            raise _unknown(name)
        ids = [row.sighting_id for row in chosen if row.sighting_id is not None]
        store.undo_links(unit, ids, reason)
        store.keep_apart(unit, [(row.receipt_row, row.carrier_row) for row in chosen], reason)
        if ids and len(chosen) == 1:
            move_back(unit, chosen[0].receipt_row, chosen[0].carrier_row, chosen[0].recorded_at or 0)
        _keep_suggestions(unit, {row.name for row in rows if row.status == "suggested" and row.name != name})
        return [replace(row, status="reversed", reversed_because=reason) for row in chosen]

    return desk.act(work)


def _unknown(name: str) -> HubError:
    return HubError(
        code="HUB-BOOK-004",
        what=f"no link or suggestion is called {name!r}",
        where=name,
        mend="look at hub sightings list",
    )
