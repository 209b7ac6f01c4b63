"""One sum of money, counted once: link what the bank, a provider and the books saw of it; look, link and unlink."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from hub.core.identity.deposits import Payout, match_deposits, match_payouts
from hub.core.identity.seen import Sighting, Source, reference, sighting
from hub.core.identity.sightings import Found, match_pairs
from hub.core.services.desk import Desk, books_of
from hub.core.services.parties import look_at_parties
from hub.core.store import Connection, UnitOfWork
from hub.core.store import sightings as store
from hub.core.store.allocations import NewAllocation, add_allocations, reverse
from hub.core.store.reading import debtor_accounts
from hub.core.store.sightings import LinkRow, NewLink
from hub.sdk.errors import HubError

#: A person's own link; stored, never respelt.
BY_PERSON = "person"


@dataclass(slots=True)
class LookReport:
    """What a look at the sightings came to: sums linked, suggestions for a person, allocations that went over to the
    receipt that now counts, and allocations taken back because the books used the money otherwise."""

    linked: int = 0
    suggested: int = 0
    moved: int = 0
    contradicted: int = 0
    undone: int = 0


def look(desk: Desk) -> LookReport:
    """Link what is certainly one sum, suggest what may be, and let the books' own matchings stand.

    Running it again without new facts changes nothing. Nothing is read when only one connector gives receipts and the
    books match none.
    """
    report = LookReport()
    look_at_parties(desk)
    with desk.store.read() as connection:
        books = books_of(desk, connection)
        broken = store.broken_links(connection)
        found, suggestions = _matches(connection, books)
    if broken or found or suggestions:
        desk.store.again(desk.actor, lambda unit: _write(unit, broken, found, suggestions, report))
    elif _has_suggestions(desk):
        desk.store.again(desk.actor, lambda unit: store.replace_suggestions(unit, []))
    with desk.store.read() as connection:
        wrong = store.sums(connection, books).contradicted
    if wrong:
        desk.store.again(desk.actor, lambda unit: reverse(unit, wrong, "the books used this money for other documents"))
    report.contradicted = len(wrong)
    return report


def _has_suggestions(desk: Desk) -> bool:
    with desk.store.read() as connection:
        return store.suggested(connection) > 0


def _matches(connection: Connection, books: Mapping[str, int]) -> tuple[list[Found], list[Found]]:
    """What is certain and what is possible among the receipts that are not linked yet."""
    connectors = store.receipt_connectors(connection)
    payouts = _payouts(connection) if len(connectors) > 1 else []
    if len(connectors) < 2 or not (payouts or connectors & set(books.values())):
        return [], []  # nobody but banks: nothing of one is ever that of another
    ours, theirs = store.unlinked(connection, books.values())
    apart = store.apart(connection)
    accounts = _accounts(connection, books) if ours else {}
    sellers: dict[int, list[str]] = defaultdict(list)
    for seller, connector in sorted(books.items()):
        sellers[connector].append(seller)
    entries = [_sighting(row, accounts, sellers) for row in ours]
    wanted = {(one.currency, one.amount_minor) for one in entries}
    batched = any(one.batch for one in entries)
    nets = {(payout.currency, payout.net_minor) for payout in payouts}
    seen = [
        one
        for row in theirs
        if (one := _sighting(row, {}, {})).means == "cheque"
        or batched
        or (one.currency, one.amount_minor) in wanted
        or (one.currency, one.amount_minor) in nets
    ]
    paid_out = match_payouts(payouts, seen, apart)
    used = {found.whole for found in paid_out.links}
    seen = [one for one in seen if one.id not in used]
    pairs = match_pairs(entries, seen, apart)
    paired = {found.whole for found in pairs.links} | {part for found in pairs.links for part, _ in found.parts}
    left = [[one for one in side if one.id not in paired] for side in (entries, seen)]
    deposits = match_deposits(left[0], left[1], apart)
    deposited = {part for found in deposits.links for part, _ in found.parts} | {f.whole for f in deposits.links}
    maybe = [found for found in pairs.suggestions if not {found.whole, found.parts[0][0]} & deposited]
    return (
        [*paid_out.links, *pairs.links, *deposits.links],
        [*paid_out.suggestions, *maybe, *deposits.suggestions],
    )


def _accounts(connection: Connection, books: Mapping[str, int]) -> dict[tuple[str, str], Any]:
    return {(account.seller, account.debtor_id): account for account in debtor_accounts(connection, books)}


def _sighting(row: Any, accounts: Mapping[tuple[str, str], Any], sellers: Mapping[int, Sequence[str]]) -> Sighting:
    """A stored receipt for the matcher; of an entry of the books with what its account is called."""
    names, ibans = [row.payer_name], [row.payer_iban]
    if row.debtor_id is not None:
        for seller in [row.seller] if row.seller else sellers.get(row.connector_id, []):
            account = accounts.get((seller, row.debtor_id))
            if account is not None:
                names += [account.name, account.legal_name]
                ibans += (account.ibans or "").split()
    return sighting(
        Source(
            id=row.id,
            seller=row.seller,
            account=row.account,
            currency=row.currency,
            amount_minor=row.amount_minor,
            received_on=row.received_on,
            value_on=row.value_on,
            references=(row.bank_ref, row.end_to_end_ref, row.structured_ref, row.receipt_id),
            texts=(row.remittance,),
            means=(row.method, row.transaction_code),
            names=tuple(names),
            ibans=tuple(ibans),
            batch=row.batch_ref,
        )
    )


def _payouts(connection: Connection) -> list[Payout]:
    """Payouts whose charges are known as receipts and are in no line at the bank yet."""
    lines: dict[tuple[int, str], list[Any]] = defaultdict(list)
    for row in store.payout_charges(connection):
        lines[row.connector_id, row.payout_id].append(row)
    found = []
    for (_, key), rows in sorted(lines.items()):
        if len({row.currency for row in rows}) > 1 or any(row.id is None or row.carries for row in rows):
            continue
        charges = tuple((row.id, int(row.net_minor)) for row in rows)
        days = [row.paid_on for row in rows if row.paid_on is not None]
        found.append(
            Payout(
                key=key,
                currency=rows[0].currency,
                net_minor=sum(net for _, net in charges),
                paid_on=max(days, default=None),
                references=frozenset(filter(None, [reference(key)])),
                charges=charges,
            )
        )
    return found


def name_of(found: Found) -> str:
    """A short name of one way to link: the same way has the same name each time."""
    return "S" + hashlib.sha256(json.dumps([found.whole, found.parts]).encode()).hexdigest()[:10]


def _write(
    unit: UnitOfWork, broken: Sequence[Any], found: Sequence[Found], suggestions: Sequence[Found], report: LookReport
) -> None:
    report.linked = report.moved = 0
    for why in sorted({row.why for row in broken}):
        store.undo_links(unit, [row.id for row in broken if row.why == why], why)
    report.undone = len(broken)
    ends = [one.whole for one in found] + [part for one in found for part, _ in one.parts]
    facts = store.receipt_facts(unit.connection, ends)
    standing: dict[int, list[Any]] = defaultdict(list)
    for row in store.allocations_of(unit.connection, ends):
        standing[row.receipt_id].append(row)
    certain: list[Found] = []
    doubtful = list(suggestions)
    for one in found:
        mine = standing.get(one.whole, [])
        if not mine:
            certain.append(one)
        elif len(one.parts) == 1 and _clear(mine, standing.get(one.parts[0][0], []), facts[one.parts[0][0]]):
            report.moved += _move(unit, mine, facts[one.whole], facts[one.parts[0][0]])
            certain.append(one)
        else:  # a person applied money of it otherwise: a person decides
            doubtful.append(one)
    store.add_links(unit, [_new_link(one, facts[one.whole].currency, "auto") for one in certain])
    report.linked, report.suggested = len(certain), len(doubtful)
    rows = [
        (name_of(one), one.whole, one.rule, one.confidence_ppm, json.dumps(one.parts), _text(one.evidence))
        for one in doubtful
    ]
    store.replace_suggestions(unit, rows)


def _clear(mine: Sequence[Any], theirs: Sequence[Any], carrier: Any) -> bool:
    """True when the carrier has room for the echo's allocations, or nothing stands in the way but what the hub did by
    itself: that is taken back, the same money was counted twice."""
    room = carrier.amount_minor - sum(row.amount_minor for row in theirs if row.nature == "money")
    wanted = sum(row.amount_minor for row in mine if row.nature == "money")
    return bool(wanted <= room or all(row.origin == "auto" for row in mine))


def _move(unit: UnitOfWork, mine: Sequence[Any], echo: Any, carrier: Any) -> int:
    """The echo's allocations go over to the carrier, as far as it has room; returns how many lines did."""
    reverse(unit, [row.id for row in mine], f"the same money is counted as receipt {carrier.receipt_id}")
    theirs = store.allocations_of(unit.connection, [carrier.id])
    room = carrier.amount_minor - sum(row.amount_minor for row in theirs if row.nature == "money")
    if sum(row.amount_minor for row in mine if row.nature == "money") > room:
        return 0
    add_allocations(unit, [_moved(row, echo, carrier) for row in mine])
    return len(mine)


def _moved(row: Any, echo: Any, carrier: Any) -> NewAllocation:
    evidence = json.loads(row.evidence)
    evidence["moved_from"] = {"allocation": row.id, "receipt": echo.receipt_id}
    return NewAllocation(
        proposal=row.proposal, receipt_id=carrier.id, invoice_id=row.invoice_id, nature=row.nature,
        amount_minor=row.amount_minor, currency=row.currency, origin=row.origin, rule=row.rule, reason=row.reason,
        confidence_ppm=row.confidence_ppm, evidence=_text(evidence), books_settled_minor=row.books_settled_minor,
        effective_on=carrier.received_on,
    )  # fmt: skip


def _text(evidence: Mapping[str, Any]) -> str:
    return json.dumps(evidence, ensure_ascii=False, sort_keys=True)


def _new_link(found: Found, currency: str, origin: str) -> NewLink:
    return NewLink(
        name=name_of(found), echo=found.whole, parts=found.parts, currency=currency, origin=origin, rule=found.rule,
        confidence_ppm=found.confidence_ppm, evidence=_text(found.evidence),
    )  # fmt: skip


# --- the work of a person --------------------------------------------------------------------------


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
        if _clear(mine, store.allocations_of(unit.connection, [carrier.id]), carrier):
            _move(unit, mine, facts[found.whole], carrier)
    link_ = _new_link(found, facts[found.whole].currency, "confirmed")
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
            _move_back(unit, chosen[0])
        _keep_suggestions(unit, {row.name for row in rows if row.status == "suggested" and row.name != name})
        return [replace(row, status="reversed", reversed_because=reason) for row in chosen]

    return desk.act(work)


def _move_back(unit: UnitOfWork, row: LinkRow) -> None:
    facts = store.receipt_facts(unit.connection, [row.receipt_row, row.carrier_row])
    mine = []
    for line in store.allocations_of(unit.connection, [row.carrier_row]):
        moved = json.loads(line.evidence).get("moved_from") or {}
        if moved.get("receipt") == row.receipt_id:
            mine.append(line)
    if mine:
        _move(unit, mine, facts[row.carrier_row], facts[row.receipt_row])


def _unknown(name: str) -> HubError:
    return HubError(
        code="HUB-BOOK-004",
        what=f"no link or suggestion is called {name!r}",
        where=name,
        mend="look at hub sightings list",
    )
