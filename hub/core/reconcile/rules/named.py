"""What the numbers of a text stand for, debtor by debtor, with the ranges between them filled."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

from hub.core.reconcile.case import Case, Desk, Named
from hub.core.reconcile.index.layouts import year_first
from hub.core.reconcile.payers.stances import AGREES, CONTRADICTS, UNKNOWN
from hub.core.reconcile.payers.stances import STRONG as SURE
from hub.core.reconcile.reading.mentions import BARE, FULL, WEAK
from hub.core.reconcile.rules.for_another import may_pay_for

_LONGEST_RANGE = 20_000  # between the counters of a range; other debtors have most of them
CONTRADICTED = 0.45
# An invoice may be sent before the day it bears; what is later, and has the number, is another seller's.
AHEAD = timedelta(days=31)
_LEAST_COUNTER = 3  # characters that may name an invoice which is paid


def named_by_debtor(desk: Desk, case: Case) -> list[Named]:
    """What the text names by debtor group; the groups the payer agrees with, and the fuller ones, first.

    Remembered while none of the items named is used up any further.
    """
    left = desk.ledger.left
    rest = [left[ref.row] for mention in case.reading.mentions for ref in mention.refs]
    if case.named is None or case.named[0] != rest:
        case.named = (rest, _by_debtor(desk, case))
    return case.named[1]


def _by_debtor(desk: Desk, case: Case) -> list[Named]:
    ledger = desk.ledger
    groups: dict[int, list[list[tuple[int, int, str]]]] = {}
    if case.payer.score >= SURE:  # what a sure payer owes explains more than a namesake of the number
        groups = _grouped(desk, case, {a for payer in case.payer.accounts for a in ledger.groups.of(payer)})
    found = []
    for mentions in (groups or _grouped(desk, case, None)).values():
        accounts = sorted({ledger.account_of[row] for refs in mentions for row, _, _ in refs})
        stance = max([desk.payers.stance(case.payer, a) for a in accounts])
        picks = _pick(desk, case, mentions, stance)
        if picks:
            group = ledger.groups.of(accounts[0]) if len(accounts) > 1 else accounts
            weakest, rows = min([strength for _, strength, _ in picks]), [row for row, _, _ in picks]
            if stance == CONTRADICTS and weakest >= FULL and sum(map(desk.signed, rows)) == case.amount:
                stance = UNKNOWN if may_pay_for(desk, case, group) else CONTRADICTS
            found.append(Named(picks, mentions, stance, group, rows, weakest))
    if len(found) > 1:
        found.sort(key=lambda n: (-n.stance, -n.strength, -len(n.picks), n.accounts))
    return found[:6]


def _grouped(desk: Desk, case: Case, only: set[int] | None) -> dict[int, list[list[tuple[int, int, str]]]]:
    """Usable items per debtor group and number: (row, strength, text); of some accounts only, if given."""
    ledger = desk.ledger
    issued_on, last = ledger.items.issued_on, case.received_on + AHEAD
    groups: dict[int, list[list[tuple[int, int, str]]]] = {}
    for mention in case.reading.mentions:
        by_group: dict[int, list[tuple[int, int, str]]] = {}
        figure = mention.text in desk.payers.figures
        for row, strength in mention.refs:
            account = ledger.account_of[row]
            if strength <= BARE and figure and desk.payers.bears(account, mention.text):
                continue  # a figure of the debtor's name: "Garage 24", "3D Services"
            if only is not None and (account not in only or issued_on[row] > last):
                continue
            if desk.usable(row, case):
                by_group.setdefault(ledger.groups.of(account)[0], []).append((row, strength, mention.text))
        for group, refs in by_group.items():
            groups.setdefault(group, []).append(refs)
    return groups


def _pick(
    desk: Desk, case: Case, mentions: list[list[tuple[int, int, str]]], stance: int
) -> list[tuple[int, int, str]]:
    """The likeliest item per number; weak numbers only beside stronger ones or for a payer that agrees."""
    items = desk.ledger.items
    picks: dict[int, tuple[int, int, str]] = {}
    for refs in mentions:
        best = refs[0]
        if len(refs) > 1:
            best = max(
                refs,
                key=lambda x: (
                    x[1],
                    desk.ledger.left[x[0]] == case.amount,
                    items.issued_on[x[0]] <= case.received_on,
                    items.issued_on[x[0]],
                    -items.id[x[0]],
                ),
            )
        if best[1] > WEAK or stance == AGREES:
            known = picks.get(best[0])
            if known is None or known[1] < best[1]:
                picks[best[0]] = best
    firm = [p for p in picks.values() if p[1] > WEAK]
    return list(picks.values()) if not firm else firm + [p for p in picks.values() if p[1] == WEAK and stance == AGREES]


def ranges(desk: Desk, case: Case, named: Named) -> list[int]:
    """All named rows with the ranges between them filled; empty when the text has no range."""
    mentions, ledger = case.reading.mentions, desk.ledger
    if not any([mention.opens_range for mention in mentions]):
        return []
    rows, opened = dict.fromkeys(named.rows), False
    for one, other in pairwise(mentions):
        if not one.opens_range:
            continue
        first, last = (next((ref.row for ref in m.refs if ref.row in rows), None) for m in (one, other))
        if first is not None and last is not None:
            opened = True
            rows.update(dict.fromkeys(r for r in _between(desk, first, last) if desk.usable(r, case)))
    return [r for r in rows if ledger.left[r] > 0] if opened else []


def _between(desk: Desk, first: int, last: int) -> list[int]:
    """Items of the same debtor and series with a counter between two others."""
    numbers, ledger = desk.ledger.numbers, desk.ledger

    def parts(row: int) -> tuple[str, str, int]:
        number, scheme = numbers.compact[row], numbers.scheme_of[row]
        counter = number[scheme.counter]
        return number[scheme.prefix], year_first(number[scheme.period]), int(counter) if counter.isdigit() else -1

    prefix, first_period, low = parts(first)
    other_prefix, last_period, high = parts(last)
    if prefix != other_prefix or (first_period, low) >= (last_period, high):
        return []
    rows = ledger.rows_by_age(ledger.account_of[first])
    mine = [(r, parts(r)) for r in rows if not ledger.is_credit[r]]
    if low < high <= low + _LONGEST_RANGE:  # a counter that goes on over the periods
        return [r for r, p in mine if p[0] == prefix and first_period <= p[1] <= last_period and low < p[2] < high]
    return [r for r, p in mine if p[0] == prefix and (first_period, low) < p[1:] < (last_period, high)][:200]


def paid_with_this(desk: Desk, case: Case, accounts: Sequence[int]) -> list[str]:
    """Invoices of some accounts that the text may mean, and that an earlier receipt paid with this very sum.

    Money paid twice is likelier than a part of a namesake ("FA2005" is 02005 of this year and of the last), or than
    another invoice of that sum.
    """
    ledger, opened = desk.ledger, desk.ledger.items.open_minor
    return [
        f"{ledger.items.number[ref.row]} was paid with exactly this amount"
        for mention in case.reading.mentions
        for ref in mention.refs
        if (len(mention.text) >= _LEAST_COUNTER or ref.strength > WEAK)
        and ledger.left[ref.row] == 0
        and opened[ref.row] == case.amount
        and not ledger.is_credit[ref.row]
        and ledger.account_of[ref.row] in accounts
    ][:3]


def full_lines(desk: Desk, rows: list[int]) -> list[tuple[int, int]]:
    """Lines that settle items in full; a credit note's is negative."""
    return [(row, desk.signed(row)) for row in rows]


def own_words(desk: Desk, case: Case, named: Named) -> set[str]:
    """The words of the texts that are no part of the debtor's names."""
    return set(case.reading.words).difference(*(desk.payers.words_of(account) for account in named.accounts))


def fits_elsewhere(desk: Desk, case: Case, named: Named, rows: list[int]) -> list[str]:
    """Other items of the debtor, or of who paid, with exactly this amount: the number may be the misprint."""
    own = [a for a in case.payer.accounts[:20] if a not in named.accounts] if case.payer.score >= SURE else []
    return [
        f"{desk.ledger.items.number[r]} has exactly this amount open"
        for a in (*named.accounts[:20], *own)
        for r in desk.ledger.rows_of_amount(a, case.amount)
        if r not in rows and desk.usable(r, case)
    ][:3]
