"""Gaps: where a debtor's open items do not add up to the balance the books give: they agree, or we say so.

A gap is shown with the records most likely behind it and blocks outgoing acts for its debtor until it
closes; it is never closed by a corrective entry (DESIGN §1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Literal, NamedTuple

from hub.core.ledger.open_items import OpenItem

Account = tuple[str, str, str]  # seller, debtor, currency of the books

#: How many candidates a gap shows at most: a person reads them.
MOST_CANDIDATES = 5


class Control(NamedTuple):
    """The books' own balance of a debtor on the date of the open items; positive when the debtor owes."""

    seller: str
    debtor_id: str
    currency: str
    balance_minor: int


class Movement(NamedTuple):
    """Money that one side may know and the other not. `ref` is the caller's id; `amount_minor` is positive.

    kind: "receipt", received and not allocated: the books may already have taken it off the balance;
    "allocation", allocated here and pending: the books may not have it yet.
    """

    kind: Literal["receipt", "allocation"]
    ref: int
    seller: str
    debtor_id: str
    currency: str
    amount_minor: int


class Candidate(NamedTuple):
    """What may explain a gap: (kind, id) of one or two records, and how much of the difference they make
    up.
    """

    records: tuple[tuple[str, int], ...]
    amount_minor: int
    exact: bool


class Gap(NamedTuple):
    """`difference_minor` = open − control: positive when more is open here than the books say; zero where part of the
    books' balance cannot be read. Likeliest first.
    """

    seller: str
    debtor_id: str
    currency: str
    open_minor: int
    control_minor: int
    difference_minor: int
    candidates: tuple[Candidate, ...]


class GapReport(NamedTuple):
    """Gaps by seller, debtor, currency; `unchecked`: accounts with open items and no balance to hold them
    against.
    """

    gaps: list[Gap]
    agreed: int
    unchecked: list[Account]


def find_gaps(
    items: Iterable[OpenItem],
    controls: Iterable[Control],
    *,
    movements: Iterable[Movement] = (),
    book_totals: Mapping[int, tuple[int, str]] | None = None,
    missing_is_zero: bool = False,
    unknown: Collection[Account] = (),
) -> GapReport:
    """Hold the open items of each debtor against the books, per currency; to the cent, no tolerance.

    Args:
        items: open items of the same date as the controls; any order.
        controls: one per account. An account with several has them added.
        movements: where else to look for the cause.
        book_totals: for documents in foreign currency, by document id: the books' value of the total, and its
            currency. What is open is converted in proportion, half up.
        missing_is_zero: the books leave out settled accounts, so that no balance means a balance of zero.
        unknown: accounts of which part of the books' balance cannot be read: a gap, even of no difference.
    """
    entries: dict[Account, list[tuple[str, int, int]]] = {}
    sums: dict[Account, int] = {}
    values = book_totals or {}
    for item in items:
        minor, currency = item.open_minor, item.currency
        if item.document_id in values:
            book_total, currency = values[item.document_id]
            minor = book_value_minor(item.open_minor, item.total_minor, book_total)
        account = (item.seller, item.debtor_id, currency)
        sums[account] = sums.get(account, 0) + minor
        entries.setdefault(account, []).append(("item", item.document_id, minor))
    for movement in movements:
        effect = movement.amount_minor if movement.kind == "receipt" else -movement.amount_minor
        account = (movement.seller, movement.debtor_id, movement.currency)
        entries.setdefault(account, []).append((movement.kind, movement.ref, effect))
    balances: dict[Account, int] = {}
    for control in controls:
        account = (control.seller, control.debtor_id, control.currency)
        balances[account] = balances.get(account, 0) + control.balance_minor
    unchecked = [] if missing_is_zero else sorted(sums.keys() - balances.keys())
    compared = sorted({*balances, *sums, *unknown}) if missing_is_zero else sorted(balances)
    gaps = []
    for account in compared:
        here, there = sums.get(account, 0), balances.get(account, 0)
        if here != there or account in unknown:
            found = explain(here - there, entries.get(account, []))
            gaps.append(Gap(*account, here, there, here - there, found))
    return GapReport(gaps, len(compared) - len(gaps), unchecked)


def book_value_minor(open_minor: int, total_minor: int, book_total_minor: int) -> int:
    """What is open, in the books' currency: the same share of the books' value, half away from zero.

    The whole of a document is its book value exactly. A total of zero has no share: zero.
    """
    if total_minor == 0:
        return 0
    value = (2 * abs(open_minor) * book_total_minor + total_minor) // (2 * total_minor)
    return -value if open_minor < 0 else value


def explain(difference_minor: int, entries: Iterable[tuple[str, int, int]]) -> tuple[Candidate, ...]:
    """Records that make up a difference: one alone, then two together, then, if none does, the nearest one.

    Args:
        entries: (kind, id, effect): what the sum here would lose, or the books' gain, were this record the
            cause: an item's signed open amount, a receipt's amount, minus a pending allocation's. Any
            order.

    All pending allocations together count as one candidate, since the books often lag by a whole bank
    statement.
    """
    ranked = sorted(entries)
    singles = [Candidate(((kind, ref),), effect, True) for kind, ref, effect in ranked if effect == difference_minor]
    pending = [entry for entry in ranked if entry[0] == "allocation"]
    if len(pending) > 2 and sum(effect for _, _, effect in pending) == difference_minor:
        records = tuple((kind, ref) for kind, ref, _ in pending)
        singles.append(Candidate(records, difference_minor, True))
    found = [*singles, *_pairs(difference_minor, ranked, MOST_CANDIDATES - len(singles))]
    if not found and ranked:
        kind, ref, effect = min(ranked, key=lambda entry: (abs(entry[2] - difference_minor), entry))
        found = [Candidate(((kind, ref),), effect, False)]
    return tuple(found[:MOST_CANDIDATES])


def _pairs(difference: int, entries: list[tuple[str, int, int]], most: int) -> list[Candidate]:
    """Up to `most` pairs of entries that add up to `difference`, in the order of the entries."""
    seen: dict[int, list[tuple[str, int]]] = {}
    found: list[Candidate] = []
    for kind, ref, effect in entries:
        for other in seen.get(difference - effect, ()):
            if len(found) >= most:
                return found
            found.append(Candidate((other, (kind, ref)), difference, True))
        if effect:
            seen.setdefault(effect, []).append((kind, ref))
    return found
