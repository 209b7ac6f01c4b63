"""One sum of money, counted once: a look at what the bank, a provider and the books saw, and the links it makes."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from hub.core.identity.again import PAIRS, Free, Standing, to_judge_again
from hub.core.identity.deposits import match_deposits, match_payouts
from hub.core.identity.seen import Sighting, Source, sighting
from hub.core.identity.sightings import Found, Pair, match_pairs
from hub.core.services.desk import Desk, books_of
from hub.core.services.linking import as_text, move_back, name_of, write_links
from hub.core.services.parties import look_at_parties
from hub.core.services.payouts import Payouts, payouts, replaced
from hub.core.services.telling import Teller
from hub.core.store import Connection, UnitOfWork, judged_again
from hub.core.store import sightings as store
from hub.core.store.allocations import USED_BY_BOOKS, reverse
from hub.core.store.reading import debtor_accounts

#: Why a link that the hub made by itself does not stand any more; stored.
JUDGED_AGAIN = "judged again with what came since"


@dataclass(slots=True)
class LookReport:
    """What a look at the sightings came to: sums linked, suggestions for a person, allocations that went over to the
    receipt that now counts, and allocations taken back because the books used the money otherwise. `changed`: any of
    that, or the suggestions, differs from before."""

    linked: int = 0
    suggested: int = 0
    moved: int = 0
    contradicted: int = 0
    undone: int = 0
    changed: bool = False


class _Look(NamedTuple):
    """What a look came to: links to write, links that do not stand any more, and what a person should look at."""

    new: list[Found]
    gone: list[Standing]
    suggestions: list[Found]


def look(desk: Desk) -> LookReport:
    """Link what is certainly one sum, suggest what may be, and let the books' own matchings stand.

    Links that the hub made by itself follow the facts: whoever was read first, the end is the same. Running it again
    without new facts changes nothing. Nothing is read when only one connector gives receipts and the books match none.
    """
    report = LookReport()
    look_at_parties(desk)
    with desk.store.read() as connection:
        books = books_of(desk, connection)
        broken = store.broken_links(connection)
    if broken:
        report.undone = len(broken)
        desk.store.again(desk.actor, lambda unit: _undo_broken(unit, broken))
    with desk.store.read() as connection:
        found = _judged(connection, books)
    if found.new or found.gone or found.suggestions:
        desk.store.again(desk.actor, lambda unit: _write(unit, found, report))
    elif _has_suggestions(desk):
        report.changed = desk.store.again(desk.actor, lambda unit: store.replace_suggestions(unit, []))
    with desk.store.read() as connection:
        wrong = store.sums(connection, books).contradicted
    if wrong:
        desk.store.again(desk.actor, lambda unit: reverse(unit, wrong, USED_BY_BOOKS))
    report.contradicted = len(wrong)
    report.changed |= bool(report.linked or report.undone or wrong)
    return report


def _has_suggestions(desk: Desk) -> bool:
    with desk.store.read() as connection:
        return store.suggested(connection) > 0


def _judged(connection: Connection, books: Mapping[str, int]) -> _Look:
    """What is certain and what is possible among the receipts that are not linked yet, and among those whose link may
    be another by what came since."""
    connectors = store.receipt_connectors(connection)
    paid_out = payouts(connection) if len(connectors) > 1 else Payouts([], [])
    if len(connectors) < 2 or not (paid_out.free or connectors & set(books.values())):
        return _Look([], [], [])  # nobody but banks: nothing of one is ever that of another
    ours, theirs = store.unlinked(connection, books.values())
    again = _again(connection, [*ours, *theirs])
    own = set(books.values())
    ends = {end for link in again for end in (link.echo, link.carrier)} | {one.whole for one in paid_out.otherwise}
    for row in judged_again.receipt_rows(connection, ends):
        (ours if row.connector_id in own else theirs).append(row)
    found, suggestions = _matches(connection, books, ours, theirs, paid_out)
    standing: dict[tuple[int, tuple[Pair, ...]], list[Standing]] = defaultdict(list)
    by_name: dict[str, list[Standing]] = defaultdict(list)
    for link in again:
        by_name[link.name].append(link)
    for links in by_name.values():
        parts = tuple(sorted((link.carrier, link.amount_minor) for link in links))
        standing[links[0].echo, parts] += links
    kept = {key for one in found if (key := (one.whole, tuple(sorted(one.parts)))) in standing}
    return _Look(
        [one for one in found if (one.whole, tuple(sorted(one.parts))) not in kept],
        [link for key, links in standing.items() if key not in kept for link in links]
        + [link for one in replaced(paid_out.otherwise, found) for link in one.links],
        suggestions,
    )


def _again(connection: Connection, free: Sequence[Any]) -> list[Standing]:
    """The links that are judged again, see `identity.again`."""
    since, freed = judged_again.fresh_since(connection)
    if since is None:
        return []
    points = [
        Free(row.currency, row.amount_minor, row.received_on, row.recorded_at >= since or row.id in freed)
        for row in free
    ]
    amounts = {one.amount_minor for one in points if one.fresh}
    return to_judge_again(judged_again.automatic_links(connection, since, amounts), points)


def _matches(
    connection: Connection, books: Mapping[str, int], ours: Sequence[Any], theirs: Sequence[Any], known: Payouts
) -> tuple[list[Found], list[Found]]:
    """Links and suggestions among these entries and movements."""
    apart = store.apart(connection)
    accounts = _accounts(connection, books) if ours else {}
    sellers: dict[int, list[str]] = defaultdict(list)
    for seller, connector in sorted(books.items()):
        sellers[connector].append(seller)
    entries = [_sighting(row, accounts, sellers) for row in ours]
    wanted = {(one.currency, one.amount_minor) for one in entries}
    batched = any(one.batch for one in entries)
    nets = {(payout.currency, payout.net_minor) for payout in known.free}
    seen = [
        one
        for row in theirs
        if (one := _sighting(row, {}, {})).means == "cheque"
        or batched
        or (one.currency, one.amount_minor) in wanted
        or (one.currency, one.amount_minor) in nets
    ]
    paid_out = match_payouts(known.free, seen, apart)
    # A line whose payout is told otherwise is matched with another payout, or stays as it is.
    still = [one for one in known.otherwise if one not in replaced(known.otherwise, paid_out.links)]
    used = {found.whole for found in paid_out.links} | {one.whole for one in still}
    seen = [one for one in seen if one.id not in used]
    teller = Teller(connection, books, {row.id: row for row in (*ours, *theirs)}, sellers)
    pairs = match_pairs(entries, seen, apart, teller)
    paired = {found.whole for found in pairs.links} | {part for found in pairs.links for part, _ in found.parts}
    left = [[one for one in side if one.id not in paired] for side in (entries, seen)]
    deposits = match_deposits(left[0], left[1], apart)
    deposited = {part for found in deposits.links for part, _ in found.parts} | {f.whole for f in deposits.links}
    maybe = [found for found in pairs.suggestions if not {found.whole, found.parts[0][0]} & deposited]
    return (
        [*paid_out.links, *pairs.links, *deposits.links],
        [*(one for one in paid_out.suggestions if not replaced(still, [one])), *maybe, *deposits.suggestions],
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
            key=row.receipt_id,
        )
    )


def _undo_broken(unit: UnitOfWork, broken: Sequence[Any]) -> None:
    """Links go whose receipt its source withdrew or changed; what was applied of it goes back where it can."""
    for why in sorted({row.why for row in broken}):
        store.undo_links(unit, [row.id for row in broken if row.why == why], why)
    for row in broken:
        if row.rule in PAIRS:
            move_back(unit, row.receipt_id, row.carrier_id, row.recorded_at)


def _write(unit: UnitOfWork, found: _Look, report: LookReport) -> None:
    store.undo_links(unit, [link.id for link in found.gone], JUDGED_AGAIN)
    for link in found.gone:
        if link.rule in PAIRS:
            move_back(unit, link.echo, link.carrier, link.recorded_at)
    linked = write_links(unit, found.new)
    doubtful = [*found.suggestions, *linked.doubtful]
    report.undone += len(found.gone)
    report.linked, report.suggested, report.moved = len(linked.certain), len(doubtful), linked.moved
    rows = [
        (name_of(one), one.whole, one.rule, one.confidence_ppm, json.dumps(one.parts), as_text(one.evidence))
        for one in doubtful
    ]
    report.changed = store.replace_suggestions(unit, rows)
