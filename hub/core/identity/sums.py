"""What follows from links between sightings: where a sum is counted, and what the books did with it.

A link says: this much of a sighting is money that another receipt carries. The receipt that gives its money up is the
*echo*, the one that counts it the *carrier*. Of a bank movement and its entry in the books the bank's is the carrier;
of a deposit or a payout, whose single line at the bank holds several sums, the single sums are the carriers: they know
who paid.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple


class Link(NamedTuple):
    """`amount_minor` of `echo` is money that `carrier` counts. Positive; never more than the echo."""

    echo: int
    carrier: int
    amount_minor: int


class Lettered(NamedTuple):
    """One matching of the books: what it uses of receipts, and what it settles on documents, by id, minor units.

    The documents may be fewer than the receipts pay for: the source does not always say which they are.
    """

    settlement: str
    receipts: Mapping[int, int]
    documents: Mapping[int, int]


class Applied(NamedTuple):
    """A standing money line of an allocation. Lines with one `proposal` were decided together."""

    allocation_id: int
    proposal: str
    receipt_id: int
    document_id: int
    amount_minor: int  # of the receipt, in its currency
    used_minor: int | None = None  # the same, where the document is in another currency

    def beyond(self, met: int | None) -> bool:
        """Whether the books used less on its document; in which currency they say so, nobody knows of an exchange."""
        return self.amount_minor > (met or 0) if self.used_minor is None else met is None


@dataclass(slots=True)
class Sums:
    """What is known of the sums behind receipts, by receipt; minor units of its currency; what is zero is absent.

    `elsewhere`: counted by carriers. `in_books`: used by matchings of the books. `confirmed`: as much of `in_books` as
    the hub's own allocations say too. `contradicted`: allocations whose money the books used otherwise.
    """

    elsewhere: dict[int, int] = field(default_factory=dict)
    in_books: dict[int, int] = field(default_factory=dict)
    confirmed: dict[int, int] = field(default_factory=dict)
    contradicted: list[int] = field(default_factory=list)

    def taken(self, receipt: int) -> int:
        """What of a receipt is neither free nor in its own allocations: counted elsewhere, or used by the books."""
        return self.elsewhere.get(receipt, 0) + self.in_books.get(receipt, 0) - self.confirmed.get(receipt, 0)


def sums_of(
    amounts: Mapping[int, int], links: Iterable[Link], lettered: Iterable[Lettered], applied: Sequence[Applied]
) -> Sums:
    """What links, matchings of the books and allocations together mean.

    An allocation that the books made too is one fact and counts once. When the books used so much of a sum for other
    documents that an allocation has no money left, they win: they decide amounts. Newest allocations yield first, and
    those the books confirm never.

    Args:
        amounts: of every receipt that a link, matching or allocation names, in minor units.
    """
    result = Sums()
    carriers: dict[int, list[_Share]] = {}
    for echo, carrier, amount in sorted(links):
        result.elsewhere[echo] = result.elsewhere.get(echo, 0) + amount
        carriers.setdefault(echo, []).append(_Share(carrier, amount))
    met: dict[int, dict[int, int]] = {}  # what the books settled with a sum's matchings: by receipt, by document
    unsaid: dict[int, int] = {}  # and what they do not say the document of
    for matching in sorted(lettered, key=lambda one: one.settlement):
        open_end = max(0, sum(matching.receipts.values()) - sum(matching.documents.values()))
        for receipt, amount in matching.receipts.items():
            for at, part in _carried(receipt, amount, carriers):
                result.in_books[at] = result.in_books.get(at, 0) + part
                unsaid[at] = unsaid.get(at, 0) + min(part, open_end)
                documents = met.setdefault(at, {})
                for document, settled in matching.documents.items():
                    documents[document] = documents.get(document, 0) + settled
    by_receipt: dict[int, list[Applied]] = {}
    for line in applied:
        by_receipt.setdefault(line.receipt_id, []).append(line)
    for receipt, used in result.in_books.items():
        result.in_books[receipt] = used = min(used, amounts[receipt])
        lines = by_receipt.get(receipt, [])
        told = _Told(met.get(receipt, {}), unsaid[receipt], used)
        result.contradicted += _contradicted(lines, told, amounts[receipt])
        gone = set(result.contradicted)
        confirmed = told.confirms([line for line in lines if line.allocation_id not in gone])
        if confirmed:
            result.confirmed[receipt] = confirmed
    return result


@dataclass(slots=True)
class _Share:
    """What of an echo a carrier counts, less what matchings used of it already."""

    carrier: int
    left_minor: int


def _carried(receipt: int, amount: int, carriers: Mapping[int, Sequence[_Share]]) -> list[tuple[int, int]]:
    """Where `amount` of a receipt lies in the end: with its carriers, in their order, and what they leave with it.

    What a receipt keeps for itself is used first only when it carries nothing away: the books' entry of a bank
    movement is wholly the bank's. A share is used once, by whatever matching comes first.
    """
    found: list[tuple[int, int]] = []
    for share in carriers.get(receipt, ()):
        part = min(amount, share.left_minor)
        if part:
            share.left_minor -= part
            found += _carried(share.carrier, part, carriers)
            amount -= part
    return [*found, (receipt, amount)] if amount else found


class _Told(NamedTuple):
    """What the books say of one sum: `met` by document, `unsaid` for documents they do not name, `used` in all."""

    met: Mapping[int, int]
    unsaid: int
    used: int

    def confirms(self, lines: Iterable[Applied]) -> int:
        """How much of these allocations the books made too; what they do not say may be any of them."""
        by_document: dict[int, int] = {}
        exchanged = set[int]()
        for line in lines:
            by_document[line.document_id] = by_document.get(line.document_id, 0) + line.amount_minor
            if line.used_minor is not None:
                exchanged.add(line.document_id)
        named = sum(
            amount if document in exchanged and document in self.met else min(amount, self.met.get(document, 0))
            for document, amount in by_document.items()
        )
        return max(0, min(self.used, named + self.unsaid, sum(by_document.values())))


def _contradicted(lines: Sequence[Applied], told: _Told, amount: int) -> list[int]:
    """Allocations for which the books left no money: whole decisions, newest first, those not confirmed."""
    standing = list(lines)
    gone: list[int] = []
    decisions = sorted({line.proposal: line.allocation_id for line in lines}.items(), key=lambda entry: -entry[1])
    for proposal, _ in decisions:
        if told.used + sum(line.amount_minor for line in standing) - told.confirms(standing) <= amount:
            break
        own = [line for line in standing if line.proposal == proposal]
        if any(line.beyond(told.met.get(line.document_id)) for line in own):
            gone += [line.allocation_id for line in own]
            standing = [line for line in standing if line.proposal != proposal]
    return sorted(gone)
