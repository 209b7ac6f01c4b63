"""Which invoice of the books is the one that another connector tells under another date or spelling of its number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from hub.core.reconcile.texts.text import compact

#: Calendar days between two issue dates beyond which an equal number with another amount is another year's document.
NEAR_DAYS = 92
#: A number this short is compared with its punctuation: 1-12 is not 11-2.
_SHORT = 5


class Numbered(NamedTuple):
    """A document as one connector tells it; `total_minor` in minor units of `currency`."""

    id: int
    kind: str
    seller: str
    number_key: str
    debtor_id: str
    issued_on: date
    currency: str
    total_minor: int


def number_of(number_key: str) -> str:
    """A number without its punctuation, if it is long enough to be told without."""
    short = compact(number_key)
    return short if len(short) >= _SHORT else number_key


def same_document(one: Numbered, other: Numbered) -> bool:
    """True when both are one document, whatever date each source gives it: the same seller, kind and number, and the
    same debtor or amount. Numbers that restart each year give two documents: of another amount, and far apart in date.
    """
    if (one.kind, one.seller, number_of(one.number_key)) != (other.kind, other.seller, number_of(other.number_key)):
        return False
    amount = (one.currency, one.total_minor) == (other.currency, other.total_minor)
    near = abs((one.issued_on - other.issued_on).days) <= NEAR_DAYS
    return amount or (near and one.debtor_id == other.debtor_id)


def attach(other: Numbered, candidates: Iterable[Numbered]) -> Numbered | None:
    """The document of the books that `other` is: of several the one nearest in date; None when none or two are."""
    found = [one for one in candidates if same_document(one, other)]
    nearest = min((abs((one.issued_on - other.issued_on).days) for one in found), default=0)
    chosen = [one for one in found if abs((one.issued_on - other.issued_on).days) == nearest]
    return chosen[0] if len(chosen) == 1 else None


def attached(others: Sequence[Numbered], books: Mapping[str, Sequence[Numbered]]) -> dict[int, int]:
    """Which document of the books each of one connector's documents is, by id; those that are none are left out. Of two
    that would be the same one the nearer in date is; when both are as near, neither.

    Args:
        books: documents that none of this connector's is already, by `number_of` their number.
    """
    claims: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for other in others:
        own = attach(other, books.get(number_of(other.number_key), ()))
        if own is not None:
            claims[own.id].append((abs((own.issued_on - other.issued_on).days), other.id))
    found = {}
    for own_id, ones in claims.items():
        nearest = [number for days, number in ones if days == min(ones)[0]]
        if len(nearest) == 1:
            found[nearest[0]] = own_id
    return found
