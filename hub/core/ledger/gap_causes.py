"""Why a debtor's open items and the books' balance differ: the records behind a gap, with their share of it.

Most gaps are a matter of days: money is at the bank and applied here before the books have it. Those records are
named with their exact effect. A payment that the books have on account is a credit of the debtor on both sides, not a
cause: it is compared as one (`standing_credits`). What the records leave unexplained is searched among open items and
among what other connectors say of the debtor's invoices; if nothing fits it is unknown, and said so. A gap is never
closed by an entry of the hub (DESIGN §1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hub.core.ledger.gaps import Account, Candidate, Gap, explain

# Kinds of causes; exported, never respelt.
NOT_IN_BOOKS = "not_in_books"
NOT_CONFIRMED = "not_confirmed"
#: The books have an entry that may be the same money: a person has not said yet whether it is.
MAYBE_TWICE = "maybe_twice"
DEDUCTION = "deduction"
HELD_ENTRY = "held_entry"
#: Kinds of candidates for what is left: an open item, what another connector says of an invoice, an invoice that only
#: another connector has.
OPEN_ITEM, DISAGREEMENT, MISSING = "open_item", "disagreement", "not_in_the_books"


class Pending(NamedTuple):
    """Money applied here that no settlement of the books holds yet.

    `effect_minor`: what it takes from the sum of open items, in the books' currency: negative on an invoice, positive
    on a credit note that was used up. `deduction`: no money, a rest that was closed.
    """

    account: Account
    allocation_id: int
    receipt_id: int
    document_id: int
    effect_minor: int
    deduction: bool = False


class OnAccount(NamedTuple):
    """An entry of the books that they matched with nothing yet, in whole or part: it lowers their balance.

    `receipt_id` is the receipt that counts the money (the bank's, once it was seen), `entry_id` the books' own.
    """

    account: Account
    receipt_id: int
    entry_id: int
    amount_minor: int


class Telling(NamedTuple):
    """What another connector says: an invoice whose amount differs from the books', or which they do not have.

    `effect_minor`: what the difference would be, were the other one right.
    """

    account: Account
    kind: str
    document_id: int
    effect_minor: int


class HeldEntry(NamedTuple):
    """What an entry of the books that is held here did to an account: it is in their balance and in no record.

    `minor`: signed, positive when the debtor owes more by it. `entry_id`: the named line that tells of it.
    """

    account: Account
    entry_id: int
    minor: int


class Cause(NamedTuple):
    """A record behind a gap: `effect_minor` of the difference is its doing. Ids are None where they do not apply."""

    kind: str
    effect_minor: int
    receipt_id: int | None = None
    document_id: int | None = None
    allocation_id: int | None = None
    entry_id: int | None = None


class ExplainedGap(NamedTuple):
    """A gap with its causes; `unexplained_minor` is the difference less their effects. `candidates`: what may explain
    the rest, likeliest first; (kind, document id) each."""

    gap: Gap
    causes: tuple[Cause, ...]
    unexplained_minor: int
    candidates: tuple[Candidate, ...]


def explain_gaps(
    gaps: Iterable[Gap],
    *,
    pending: Iterable[Pending],
    on_account: Iterable[OnAccount],
    items: Iterable[tuple[Account, int, int]],
    tellings: Iterable[Telling],
    entered: frozenset[int],
    doubted: frozenset[int] = frozenset(),
    held: Iterable[HeldEntry] = (),
) -> list[ExplainedGap]:
    """Each gap with the records behind it, in the order of `gaps`.

    Money that the books have on account and that is applied here weighs on both sides alike: it is no cause.

    Args:
        items: (account, document id, signed open amount) of open items, in the books' currency.
        entered: receipts whose money the books have, as an entry of theirs.
        doubted: receipts that may be an entry of theirs: it is suggested to a person.
        held: entries of the books that are held here; they come first among the causes of their gap.
    """
    waiting: dict[Account, list[Pending]] = defaultdict(list)
    unmatched: dict[Account, list[OnAccount]] = defaultdict(list)
    others: dict[Account, list[tuple[str, int, int]]] = defaultdict(list)
    for one in pending:
        waiting[one.account].append(one)
    for entry in on_account:
        unmatched[entry.account].append(entry)
    for account, document, minor in items:
        others[account].append((OPEN_ITEM, document, minor))
    for telling in tellings:
        others[telling.account].append((telling.kind, telling.document_id, telling.effect_minor))
    kept: dict[Account, list[Cause]] = defaultdict(list)
    for line in held:
        kept[line.account].append(Cause(HELD_ENTRY, -line.minor, entry_id=line.entry_id))
    found = []
    for gap in gaps:
        account = (gap.seller, gap.debtor_id, gap.currency)
        causes = (*kept[account], *_causes(waiting[account], unmatched[account], entered, doubted))
        rest = gap.difference_minor - sum(cause.effect_minor for cause in causes)
        candidates = explain(rest, others[account]) if rest else ()
        found.append(ExplainedGap(gap, causes, rest, tuple(c for c in candidates if c.exact)))
    return found


def _causes(
    waiting: list[Pending], unmatched: list[OnAccount], entered: frozenset[int], doubted: frozenset[int]
) -> tuple[Cause, ...]:
    """The causes of one account, largest first; what is on both sides cancels."""
    free: dict[int, int] = defaultdict(int)
    for entry in unmatched:
        free[entry.receipt_id] += entry.amount_minor
    causes = []
    for one in sorted(waiting, key=lambda one: one.allocation_id):
        effect = one.effect_minor
        if not one.deduction and effect < 0:
            both = min(-effect, free[one.receipt_id])
            free[one.receipt_id] -= both
            effect += both
        if effect:
            causes.append(
                Cause(_kind(one, entered, doubted), effect, one.receipt_id, one.document_id, one.allocation_id)
            )
    return tuple(sorted(causes, key=lambda cause: (-abs(cause.effect_minor), cause)))


def _kind(one: Pending, entered: frozenset[int], doubted: frozenset[int]) -> str:
    if one.deduction:
        return DEDUCTION
    if one.receipt_id in entered:
        return NOT_CONFIRMED
    return MAYBE_TWICE if one.receipt_id in doubted else NOT_IN_BOOKS


def standing_credits(on_account: Iterable[OnAccount], pending: Iterable[Pending]) -> list[tuple[Account, int, int]]:
    """What of each entry on account is applied nowhere: (account, entry, amount), by entry; to be taken off the sum of
    open items, as the books take it off their balance."""
    applied: dict[tuple[Account, int], int] = defaultdict(int)
    for one in pending:
        if not one.deduction and one.effect_minor < 0:
            applied[one.account, one.receipt_id] -= one.effect_minor
    found = []
    for entry in sorted(on_account, key=lambda entry: entry.entry_id):
        key = (entry.account, entry.receipt_id)
        both = min(applied[key], entry.amount_minor)
        applied[key] -= both
        if entry.amount_minor > both:
            found.append((entry.account, entry.entry_id, entry.amount_minor - both))
    return found


class Standing(NamedTuple):
    """Where the books do not agree: debtors with a gap, as (seller, debtor), and sellers whose books were not read to
    the end."""

    debtors: frozenset[tuple[str, str]]
    sellers: frozenset[str]


def standing_of(gaps: Iterable[Gap], unread: Mapping[str, str]) -> Standing:
    """What `gaps` and unread books (seller: why) forbid."""
    return Standing(frozenset((gap.seller, gap.debtor_id) for gap in gaps), frozenset(unread))


def standing_of_entries(gaps: Iterable[ExplainedGap], unread: Mapping[str, str]) -> Standing:
    """For whom no entry may be written into the books. A gap that is nothing but money which they do not have yet, and
    deductions made with it, is what an entry closes; any other is a difference that nobody understands."""
    closed_by_entries = {NOT_IN_BOOKS, DEDUCTION}
    differing = (
        found.gap
        for found in gaps
        if found.unexplained_minor or not {cause.kind for cause in found.causes} <= closed_by_entries
    )
    return standing_of(differing, unread)


def may_act(standing: Standing, seller: str, debtor_id: str) -> bool:
    """False as long as no outgoing act (reminder, assignment, placement) is allowed for this debtor: his open items and
    the books' balance differ, or the seller's books were not read to the end."""
    return seller not in standing.sellers and (seller, debtor_id) not in standing.debtors
